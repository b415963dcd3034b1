"""Figures that depend on what is known of their sources: meta-regression with moderators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.errors import BadSources
from datashift.pooling.between import Correlated, Floats, Method, between
from datashift.pooling.meta import Test, known, meta, quantiles, two_sided


@dataclass(frozen=True)
class Regression:
    """A meta-regression; the first coefficient is the intercept.

    coefficients, se, statistic, p_value, lower, upper: one entry per coefficient; covariance of the coefficients.
    q: what is left between the sources (QE).   qm, qm_p: test of all moderators, χ² or with Hartung–Knapp F.
    r2: share of τ² that the moderators explain, per cent; for FE the adjusted R² of the weighted regression.
    """

    method: Method
    test: Test
    coefficients: Floats
    se: Floats
    statistic: Floats
    p_value: Floats
    lower: Floats
    upper: Floats
    covariance: Floats
    tau2: float
    se_tau2: float
    q: float
    q_p: float
    i2: float
    h2: float
    qm: float
    qm_p: float
    r2: float


def meta_regression(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    moderators: npt.ArrayLike,
    *,
    method: Method = "REML",
    test: str = "hartung-knapp-floor",
    level: float = 0.95,
) -> Regression:
    """Regress the figures of one cell on moderators, with random effects.

    In:  y, v: [sources], all known; moderators: [sources] or [sources, moderators], without a column of ones.
    Out: Regression. R: metafor::rma(y, v, mods = ~ x, method, test).
    Errors: BadSources (pool.moderators) where there are not more sources than coefficients, or moderators say the same.
    """
    y, v, z = np.asarray(y, float), np.asarray(v, float), np.asarray(moderators, float)
    chosen = known(method, test, level)
    x = np.column_stack([np.ones(len(y)), z.reshape(len(y), -1)])
    columns = x.shape[1]
    if len(y) <= columns or np.linalg.matrix_rank(x) < columns or not np.isfinite(np.column_stack([x, y, v])).all():
        raise BadSources("pool.moderators", sources=len(y), columns=columns - 1)
    if (v <= 0).any():
        raise BadSources("pool.no-spread", count=int((v <= 0).sum()))
    # Orthonormal columns: years near 2015 beside a column of ones cost no digits.
    orthonormal, turn = np.linalg.qr(x)
    cells = Correlated(y[None], np.diag(v)[None], orthonormal[None], np.ones((1, len(y)), bool))
    tau2, se_tau2 = between(cells, method)
    back = np.linalg.inv(turn)
    weights = cells.inverse(tau2)
    inner = np.linalg.inv(cells.information(weights))[0]
    coefficients = back @ inner @ (orthonormal.T @ (weights[0] @ y))
    plain, degrees = cells.sums(np.zeros(1)), float(len(y) - columns)
    factor = 1.0 if chosen == "z" else float(cells.sums(tau2).q[0]) / degrees
    if chosen == "hartung-knapp-floor":
        factor = max(1.0, factor)
    covariance = factor * back @ inner @ back.T
    se = np.sqrt(np.diag(covariance))
    df = np.full(columns, np.inf if chosen == "z" else degrees)
    half = quantiles(df, level) * se
    statistic = coefficients / se
    q, qm = float(plain.q[0]), float(coefficients[1:] @ np.linalg.solve(covariance[1:, 1:], coefficients[1:]))
    typical = degrees / float(plain.trace[0])
    fixed = method == "FE"
    return Regression(
        method, chosen, coefficients, se, statistic, two_sided(statistic, df), coefficients - half, coefficients + half,
        covariance, float(tau2[0]), float(se_tau2[0]), q, float(special.chdtrc(degrees, q)),
        100 * (max(0.0, 1 - degrees / q) if fixed else float(tau2[0]) / (float(tau2[0]) + typical)),
        q / degrees if fixed else float(tau2[0]) / typical + 1, *_moderated(qm, columns - 1, df[0]),
        _explained(y, v, q, float(tau2[0]), method),
    )  # fmt: skip


def _moderated(qm: float, columns: int, df: float) -> tuple[float, float]:
    if np.isinf(df):
        return qm, float(special.chdtrc(columns, qm))
    return qm / columns, float(special.fdtrc(columns, df, qm / columns))


def _explained(y: Floats, v: Floats, q: float, tau2: float, method: Method) -> float:
    alone = meta(y, v, method=method, test="z")
    if method == "FE":
        columns = 1
        degrees = len(y) - 1 - columns
        return 100 * max(0.0, 1 - (q / degrees) / (float(alone.q[0]) / (len(y) - 1)))
    before = float(alone.tau2[0])
    return 100 * max(0.0, (before - tau2) / before) if before > 0 else float("nan")
