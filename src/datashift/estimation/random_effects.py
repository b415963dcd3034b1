"""Regression with random effects and known sampling variances: y = Xb + u + e, u ~ (0, τ²), e_i ~ (0, v_i).

The core of small-area models (u: what is particular to an area) and of trends (u: what is particular to a year).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import optimize

Array = np.ndarray[Any, np.dtype[np.float64]]
Method = Literal["reml", "ml", "moments"]


@dataclass(frozen=True)
class Fit:
    """A fitted random-effects regression.

    tau2: variance of the random effects.   beta, covariance: coefficients and (X'WX)⁻¹.   weights: 1/(τ² + v).
    tau2_variance, tau2_bias: large-sample variance and bias of τ².   loglike: log-likelihood at the estimates.
    scatter: Σ w r² / (m − p); 1 where the residuals are as large as τ² and v say.   degrees: m − p.
    """

    tau2: float
    beta: Array
    covariance: Array
    weights: Array
    tau2_variance: float
    tau2_bias: float
    loglike: float
    scatter: float
    degrees: int

    @property
    def beta_se(self) -> Array:
        """Return the standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


def fit(y: Array, x: Array, v: Array, method: Method = "reml") -> Fit:
    """Estimate coefficients and the variance of the random effects.

    In:  y (m), x (m × p, with its column of ones, full rank, m > p), v (m; known sampling variances, above 0).
    reml, ml: (restricted) maximum likelihood.   moments: Fay & Herriot (1979) = Paule & Mandel: Σ w r² = m − p.
    τ² is never below 0. The likelihood is looked at on a grid first, so a second, lower peak is not taken for the top;
    the root of the score then has all digits. R: metafor::rma (REML, ML, PM), sae::eblupFH (REML, ML, FH).
    """
    # Orthonormal columns: years near 2015 beside a column of ones cost no digits.
    q, r = np.linalg.qr(x)
    peak = {"reml": _likelihood_peak, "ml": _likelihood_peak, "moments": _moment_root}[method]
    tau2 = peak(y, q, v, method)
    w, information, residual = _solved(y, q, v, tau2)
    back = np.linalg.inv(r)
    inner = np.linalg.inv(information)
    sums, squares = float(w.sum()), float((w**2).sum())
    variance, bias = 2 / squares, 0.0
    if method == "ml":
        bias = -float(np.trace(inner @ _cross(q, w**2))) / squares
    elif method == "moments":
        m = len(y)
        variance, bias = 2 * m / sums**2, 2 * (m * squares - sums**2) / sums**3
    degrees = len(y) - q.shape[1]
    return Fit(
        tau2=tau2,
        beta=back @ (inner @ (q.T @ (w * y))),
        covariance=back @ inner @ back.T,
        weights=w,
        tau2_variance=variance,
        tau2_bias=bias,
        loglike=float(-0.5 * (np.log(2 * np.pi / w) + w * residual**2).sum()),
        scatter=float((w * residual**2).sum() / degrees),
        degrees=degrees,
    )


def _cross(x: Array, w: Array) -> Array:
    return np.asarray(x.T @ (w[:, None] * x))


def _solved(y: Array, x: Array, v: Array, tau2: float) -> tuple[Array, Array, Array]:
    w = 1 / (v + tau2)
    information = _cross(x, w)
    return w, information, y - x @ np.linalg.solve(information, x.T @ (w * y))


def _ceiling(y: Array, x: Array, v: Array) -> float:
    """Return a τ² above every root: with s² the plain residual variance, s² + s·√max(v) makes each score negative."""
    spread = float(((y - x @ (x.T @ y)) ** 2).sum() / (len(y) - x.shape[1]))
    return spread + float(np.sqrt(spread * v.max()))


def _moment_root(y: Array, x: Array, v: Array, method: str) -> float:
    def excess(tau2: float) -> float:
        w, _information, residual = _solved(y, x, v, tau2)
        return float((w * residual**2).sum()) - float(len(y) - x.shape[1])

    return _root(excess, 0.0, _ceiling(y, x, v)) if excess(0.0) > 0 else 0.0


def _likelihood_peak(y: Array, x: Array, v: Array, method: str) -> float:
    def score(tau2: float) -> float:
        w, information, residual = _solved(y, x, v, tau2)
        taken = np.trace(np.linalg.solve(information, _cross(x, w**2))) if method == "reml" else 0.0
        return float(((w * residual) ** 2).sum() - w.sum() + taken)

    grid = np.concatenate([[0.0], _ceiling(y, x, v) * np.logspace(-8, 0, 33)])
    top = int(np.argmax(_likelihoods(y, x, v, grid, method)))
    rising = score(grid[top]) > 0
    if (top == 0 and not rising) or (rising and top == len(grid) - 1):
        return float(grid[top])
    return _root(score, *((grid[top], grid[top + 1]) if rising else (grid[top - 1], grid[top])))


def _likelihoods(y: Array, x: Array, v: Array, grid: Array, method: str) -> Array:
    w = 1 / (v + grid[:, None])
    information = np.einsum("gm,mp,mq->gpq", w, x, x, optimize=True)
    beta = np.linalg.solve(information, ((w * y) @ x)[..., None])
    squares = (w * (y - np.einsum("mp,gpz->gm", x, beta)) ** 2).sum(axis=1)
    value = np.log(w).sum(axis=1) - squares
    return np.asarray(value - (np.linalg.slogdet(information)[1] if method == "reml" else 0.0))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the root between two points of opposite sign; the nearer end where there is none (all residuals 0)."""
    below, above = function(low), function(high)
    if below * above > 0 or low == high:
        return low if abs(below) < abs(above) else high
    return float(optimize.brentq(function, low, high, xtol=1e-300, rtol=1e-15, maxiter=500))
