"""Several figures of the same thing, pooled: fixed and random effects, for one cell or for many at once.

The definitions are those of R's metafor (Viechtbauer 2010, doi 10.18637/jss.v036.i03); docs/reference/pooling.md names
the call that each number equals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.errors import BadSources
from datashift.pooling.between import Cells, Correlated, Floats, Independent, Method, Sums, between, level_of_q

Test = Literal["z", "hartung-knapp", "hartung-knapp-floor"]

METHODS: tuple[Method, ...] = ("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
TESTS: dict[str, Test] = {
    "z": "z", "hartung-knapp": "hartung-knapp", "hartung-knapp-floor": "hartung-knapp-floor",
    "knha": "hartung-knapp", "adhoc": "hartung-knapp-floor",
}  # fmt: skip
"""The tests, and the names that metafor has for them."""

_BLOCK = 4000
"""Cells that are worked on together: few enough for their arrays to stay near the processor."""


@dataclass(frozen=True)
class Meta:
    """Pooled estimates, one entry per cell, on the scale of the inputs. NaN: not defined.

    estimate, se, statistic, p_value, lower, upper: of the pooled value; df of its interval (∞ for z).
    tau2, se_tau2: variance between sources.   q, q_p: Cochran's Q and its p-value.   i2: per cent; h2.
    prediction_*: where the true value of one more source would lie, with t on k − 2 degrees of freedom (Higgins 2009);
    prediction_*_by_test: with the quantile of the test, as metafor::predict prints it.
    weights: [cells, sources], per cent.   factor: the square that Hartung–Knapp puts before the variance (1 for z).
    """

    method: Method
    test: Test
    level: float
    k: npt.NDArray[np.intp]
    estimate: Floats
    se: Floats
    df: Floats
    statistic: Floats
    p_value: Floats
    lower: Floats
    upper: Floats
    tau2: Floats
    se_tau2: Floats
    q: Floats
    q_p: Floats
    i2: Floats
    h2: Floats
    prediction_lower: Floats
    prediction_upper: Floats
    prediction_lower_by_test: Floats
    prediction_upper_by_test: Floats
    weights: Floats
    factor: Floats


@dataclass(frozen=True)
class LeftOut:
    """The pooled estimate without each source in turn: [cells, sources]."""

    estimate: Floats
    se: Floats
    lower: Floats
    upper: Floats
    tau2: Floats
    i2: Floats


@dataclass(frozen=True)
class Asymmetry:
    """Egger's test: whether figures with a large standard error lie to one side. One entry per cell."""

    statistic: Floats
    df: Floats
    p_value: Floats


def meta(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: Method = "REML",
    test: str = "hartung-knapp-floor",
    level: float = 0.95,
    covariance: npt.ArrayLike | None = None,
) -> Meta:
    """Pool the figures of each cell.

    In:  y, v: estimates and their sampling variances, [cells, sources] or [sources]; NaN where a source is absent.
         covariance: [cells, sources, sources] where sources err together (the same people asked twice); v is then
         ignored, and the estimate is generalised least squares with V + τ²I (R: rma.mv(y, V, random = ~ 1 | id)).
         test: z; hartung-knapp (metafor's knha); hartung-knapp-floor (adhoc: its factor is never below 1, so that
         sources that agree by chance do not make the interval narrower than with known variances).
    Out: Meta. A cell with one source keeps its value; Hartung–Knapp gives it no interval.
    Errors: BadSources (pool.no-spread, pool.option, pool.level) for a variance that is 0 or below, or an option that
    there is not; pool.method-together: HS and SJ are not defined with a covariance.
    """
    cells, chosen = cells_of(y, v, covariance), known(method, test, level)
    if covariance is not None and method in ("HS", "SJ"):
        rest = ", ".join(name for name in METHODS if name not in ("HS", "SJ"))
        raise BadSources("pool.method-together", method=method, known=rest)
    count = len(cells.sources)
    blocks = [np.arange(start, min(start + _BLOCK, count)) for start in range(0, max(count, 1), _BLOCK)]
    parts = [_block(cells.at(block) if len(blocks) > 1 else cells, method, chosen, level) for block in blocks]
    return Meta(method, chosen, level, *(np.concatenate(field) for field in zip(*parts, strict=True)))


def _block(cells: Cells, method: Method, chosen: Test, level: float) -> tuple[npt.NDArray[Any], ...]:
    """Return the fields of Meta, from `k` on, for some cells."""
    with np.errstate(all="ignore"):
        tau2, se_tau2 = between(cells, method)
        estimate, variance, weights, scatter = _pooled(cells, tau2)
        factor = scatter / cells.degrees if chosen != "z" else np.ones(len(tau2))
        if chosen == "hartung-knapp-floor":
            factor = np.maximum(factor, 1.0)
        se = np.sqrt(variance * factor)
        df = np.where(cells.degrees >= 1, cells.degrees, np.nan) if chosen != "z" else np.full(len(tau2), np.inf)
        statistic = estimate / se
        half = quantiles(df, level) * se
        q, i2, h2 = _heterogeneity(cells.sums(np.zeros(len(tau2))), cells.degrees, tau2, method)
        two = quantiles(np.where((cells.sources > 2) & (method != "FE"), cells.sources - 2, np.nan), level)
        ahead = np.sqrt(tau2 + se**2)
        of_test = quantiles(df, level) * (np.nan if method == "FE" else 1.0)
        return (
            cells.sources.astype(np.intp), estimate, se, df, statistic, two_sided(statistic, df),
            estimate - half, estimate + half, tau2, se_tau2, q, special.chdtrc(cells.degrees, q), i2, h2,
            estimate - two * ahead, estimate + two * ahead, estimate - of_test * ahead, estimate + of_test * ahead,
            100 * weights, factor,
        )  # fmt: skip


def blups(
    found: Meta, y: npt.ArrayLike, v: npt.ArrayLike, covariance: npt.ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Return for each source its own true value, drawn towards the pooled one, and its standard error.

    In: the result of `meta` for the same y, v and covariance. Out: two [cells, sources]. R: metafor::blup.
    """
    cells = cells_of(y, v, covariance)
    tau2, mean, error = found.tau2[:, None], found.estimate[:, None], found.se[:, None]
    with np.errstate(all="ignore"):
        if isinstance(cells, Independent):
            own = tau2 / (tau2 + cells.v.T)
            value = own * cells.y.T + (1 - own) * mean
            spread = tau2 * (1 - own) + (1 - own) ** 2 * error**2
            return value, np.where(np.isfinite(cells.v.T), np.sqrt(spread), np.nan)
        inverse = cells.inverse(found.tau2)
        away = np.einsum("cij,cj->ci", inverse, np.where(cells.present, cells.y - mean, 0.0))
        left = 1 - tau2 * inverse.sum(axis=2)
        spread = tau2 - tau2**2 * np.diagonal(inverse, axis1=1, axis2=2) + left**2 * error**2
        present = np.where(cells.present, 0.0, np.nan)
        return mean + tau2 * away + present, np.sqrt(np.maximum(spread, 0.0)) + present


def leave_one_out(
    y: npt.ArrayLike,
    v: npt.ArrayLike,
    *,
    method: Method = "REML",
    test: str = "hartung-knapp-floor",
    level: float = 0.95,
    covariance: npt.ArrayLike | None = None,
) -> LeftOut:
    """Pool again without each source in turn; NaN where the source is absent. Arguments as for `meta`."""
    y, v = np.atleast_2d(np.asarray(y, float)), np.atleast_2d(np.asarray(v, float))
    without = []
    for source in range(y.shape[1]):
        fewer = y.copy()
        fewer[:, source] = np.nan
        found = meta(fewer, v, method=method, test=test, level=level, covariance=covariance)
        absent = np.isnan(y[:, source])
        parts = (found.estimate, found.se, found.lower, found.upper, found.tau2, found.i2)
        without.append([np.where(absent, np.nan, part) for part in parts])
    return LeftOut(*np.array(without).transpose(1, 2, 0))


def tau2_interval(
    y: npt.ArrayLike, v: npt.ArrayLike, *, level: float = 0.95, covariance: npt.ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Return the Q-profile interval of τ² of each cell (Viechtbauer 2007): where Q(τ²) meets its χ² quantiles.

    NaN with fewer than two sources. R: metafor::confint, whose search stops some digits earlier.
    """
    cells = cells_of(y, v, covariance)
    tail = (1 - level) / 2
    none = np.where(cells.degrees >= 1, 0.0, np.nan)
    ends = [special.chdtri(np.maximum(cells.degrees, 1), p) for p in (tail, 1 - tail)]
    return level_of_q(cells, ends[0]) + none, level_of_q(cells, ends[1]) + none


def egger(y: npt.ArrayLike, v: npt.ArrayLike) -> Asymmetry:
    """Regress the figures on their standard errors, weighted by 1/v, and test the slope (Egger 1997).

    In: [cells, sources] or [sources]. Out: t, degrees of freedom k − 2, p. R: metafor::regtest(model = "lm").
    """
    cells = cells_of(y, v)
    assert isinstance(cells, Independent)
    w, at, y = 1 / cells.v.T, np.sqrt(np.where(np.isfinite(cells.v), cells.v, 0.0)).T, cells.y.T
    with np.errstate(all="ignore"):
        total = w.sum(axis=1, keepdims=True)
        x = at - (w * at).sum(axis=1, keepdims=True) / total
        z = y - (w * y).sum(axis=1, keepdims=True) / total
        over = (w * x**2).sum(axis=1)
        slope = (w * x * z).sum(axis=1) / over
        df = cells.sources - 2
        residual = (w * (z - slope[:, None] * x) ** 2).sum(axis=1) / np.where(df > 0, df, np.nan)
        statistic = slope / np.sqrt(residual / over)
        return Asymmetry(statistic, df, two_sided(statistic, df))


def cells_of(y: npt.ArrayLike, v: npt.ArrayLike, covariance: npt.ArrayLike | None = None) -> Cells:
    """Return the cells of [cells, sources] arrays. Raises BadSources for a variance that is not above 0."""
    y, v = np.atleast_2d(np.asarray(y, float)), np.atleast_2d(np.asarray(v, float))
    if covariance is not None:
        full = np.asarray(covariance, float).reshape(*y.shape, y.shape[1])
        v = np.diagonal(full, axis1=1, axis2=2)
    present = np.isfinite(y) & np.isfinite(v)
    if (present & (v <= 0)).any():
        raise BadSources("pool.no-spread", count=int((present & (v <= 0)).sum()))
    if covariance is None:
        return Independent(
            np.ascontiguousarray(np.where(present, y, 0.0).T), np.ascontiguousarray(np.where(present, v, np.inf).T)
        )
    both = present[:, :, None] & present[:, None, :]
    x = present[:, :, None].astype(float)
    return Correlated(np.where(present, y, 0.0), np.where(both, full, 0.0), x, present)


def known(method: str, test: str, level: float) -> Test:
    """Return the test by its own name. Raises BadSources for a method, test or level that there is not."""
    for option, value, choices in (("method", method, METHODS), ("test", test, TESTS)):
        if value not in choices:
            raise BadSources("pool.option", option=option, value=value, known=", ".join(choices))
    if not 0 < level < 1:
        raise BadSources("pool.level", value=level)
    return TESTS[test]


def quantiles(df: Floats, level: float) -> Floats:
    """Return the upper t quantile of each entry of df (∞: normal; NaN stays), looked up once per value."""
    values, where = np.unique(df, return_inverse=True)
    tail = 1 - (1 - level) / 2
    found = [special.stdtrit(d, tail) if np.isfinite(d) else d if np.isnan(d) else special.ndtri(tail) for d in values]
    return np.asarray(found, float)[where]


def two_sided(statistic: Floats, df: Floats) -> Floats:
    """Return the two-sided p-value of t on df degrees of freedom (∞: normal)."""
    finite = np.isfinite(df)
    t = special.stdtr(np.where(finite, df, 1.0), -np.abs(statistic))
    return np.asarray(2 * np.where(finite, t, np.where(np.isnan(df), np.nan, special.ndtr(-np.abs(statistic)))))


def pooled_at(cells: Cells, tau2: Floats) -> tuple[Floats, Floats]:
    """Return the pooled estimate and its variance for a τ² that is given."""
    estimate, variance, _weights, _scatter = _pooled(cells, tau2)
    return estimate, variance


def _pooled(cells: Cells, tau2: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return estimate, variance, weights (sum 1) and Σ w r² at τ²."""
    if isinstance(cells, Independent):
        w = 1 / (cells.v + tau2)
        total = w.sum(axis=0)
        share = w / total
        estimate = (share * cells.y).sum(axis=0)
        scatter = (w * (cells.y - estimate) ** 2).sum(axis=0)
        share, present = share.T, np.isfinite(cells.v).T
    else:
        inverse = cells.inverse(tau2)
        rows = inverse.sum(axis=1)
        total = rows.sum(axis=1)
        share, present = rows / total[:, None], cells.present
        estimate = (share * cells.y).sum(axis=1)
        r = np.where(present, cells.y - estimate[:, None], 0.0)
        scatter = np.einsum("ci,cij,cj->c", r, inverse, r)
    return estimate, 1 / total, np.where(present, share, np.nan), scatter


def _heterogeneity(plain: Sums, degrees: Floats, tau2: Floats, method: Method) -> tuple[Floats, Floats, Floats]:
    """Return Q, I² (per cent) and H², from the sums without τ²."""
    enough = np.where(degrees >= 1, 0.0, np.nan)
    if method == "FE":
        return plain.q + enough, 100 * np.maximum(1 - degrees / plain.q, 0.0) + enough, plain.q / degrees + enough
    typical = degrees / plain.trace
    return plain.q + enough, 100 * tau2 / (tau2 + typical) + enough, tau2 / typical + 1 + enough
