"""The area-level model of Fay & Herriot (1979): direct estimate = Xb + what is the area's own + sampling error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datashift.estimation.random_effects import Array, Method, fit


@dataclass(frozen=True)
class FayHerriot:
    """The fitted model, as sae::mseFH gives it: refvar, beta, beta_se, loglike, eblup and mse (areas in their order).

    own: the weight of an area's own direct estimate (gamma); 0 where it has none.
    refvar_se: large-sample standard error of refvar.
    distance: (direct − Xb) / sd, in standard deviations; NaN without a direct estimate.
    """

    refvar: float
    refvar_se: float
    beta: Array
    beta_se: Array
    loglike: float
    eblup: Array
    mse: Array
    own: Array
    distance: Array


def fay_herriot(y: Array, x: Array, v: Array, method: Method = "reml") -> FayHerriot:
    """Fit the area-level model; return EBLUPs and their second-order mean squared errors.

    In:  y (m) direct estimates, x (m × p) with its column of ones, v (m) known sampling variances; v = inf: the area
         has no direct estimate (y is not looked at) and gets the synthetic one, Xb.
    MSE: g1 + g2 + 2 g3; with ml and moments minus (1 − gamma)² times the bias of the variance (Prasad & Rao 1990,
    Datta & Lahiri 2000, Datta, Rao & Smith 2005). R: sae::mseFH(y ~ x, v, method = "REML" | "ML" | "FH"). Where the
    variance between areas is 0, sae may stop without an answer; here it is held at 0 while the model is fitted.
    """
    known = np.isfinite(v)
    fitted = fit(y[known], x[known], v[known], method)
    a = fitted.tau2
    own = a / (a + v)
    pull = np.where(known, np.divide(v, a + v, where=known, out=np.ones_like(v)), 1.0)
    mean = x @ fitted.beta
    gap = np.where(known, y - mean, 0.0)
    g2 = pull**2 * np.einsum("mp,pq,mq->m", x, fitted.covariance, x)
    g3 = pull**2 / (a + v) * fitted.tau2_variance
    # With moments and no variance between areas, the correction for bias may exceed all the rest.
    mse = a * pull + g2 + 2 * g3 - pull**2 * fitted.tau2_bias
    return FayHerriot(
        refvar=a,
        refvar_se=float(np.sqrt(fitted.tau2_variance)),
        beta=fitted.beta,
        beta_se=fitted.beta_se,
        loglike=fitted.loglike,
        eblup=mean + own * gap,
        mse=np.where(mse > 0, mse, g2),
        own=own,
        distance=np.where(known, gap / np.sqrt(a + v), np.nan),
    )
