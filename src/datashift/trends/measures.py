"""Measures of change that need no line of least squares: ranks, growth rates, and the first and last year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from datashift.trends.series import Series


@dataclass(frozen=True)
class TheilSen:
    """The median of the slopes of all pairs of years (Theil 1950, Sen 1968); a few odd years do not move it.

    intercept: median of value − slope × year.   R: mblm or zyp give this slope and intercept.
    """

    slope: float
    intercept: float
    at_target: float


@dataclass(frozen=True)
class MannKendall:
    """Whether later years lie above earlier ones (Mann 1945, Kendall 1975), with the variance for ties.

    s: pairs that rise minus pairs that fall.   p_value: two-sided, normal approximation with continuity correction.
    R: Kendall::MannKendall (approximate for fewer than about 8 years).
    """

    s: int
    variance: float
    z: float
    p_value: float
    pairs: int


@dataclass(frozen=True)
class Growth:
    """Compound annual growth rates: first to last year, first year to target, last year to target; None = undefined.

    ratio: actual / required, the progress measure of the UN family; 1 or more is on track.
    """

    actual: float | None
    required: float | None
    required_from_last: float | None
    ratio: float | None


@dataclass(frozen=True)
class FirstLast:
    """Last minus first value; with sampling errors, as the difference of two independent estimates."""

    difference: float
    se: float | None
    z: float | None
    p_value: float | None


def theil_sen(series: Series) -> TheilSen:
    """Return slope, intercept and the value in the target year."""
    i, j = np.triu_indices(len(series.years), 1)
    years, values = series.years, series.values
    slope = float(np.median((values[j] - values[i]) / (years[j] - years[i])))
    intercept = float(np.median(values - slope * years))
    return TheilSen(slope, intercept, intercept + slope * series.target_year)


def mann_kendall(series: Series) -> MannKendall:
    """Test for a trend in either direction."""
    n = len(series.values)
    i, j = np.triu_indices(n, 1)
    s = int(np.sign(series.values[j] - series.values[i]).sum())
    ties = np.unique(series.values, return_counts=True)[1]
    variance = float(n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    z = (s - np.sign(s)) / np.sqrt(variance) if variance > 0 else 0.0
    return MannKendall(s, variance, float(z), float(2 * special.ndtr(-abs(z))), len(i))


def growth(series: Series) -> Growth:
    """Return the growth rates; a rate from or to 0 (or across it) is undefined, since no factor leads there."""
    first, last = float(series.values[0]), float(series.values[-1])
    start, end = float(series.years[0]), float(series.years[-1])
    actual = _rate(first, last, end - start)
    required = from_last = ratio = None
    if series.target is not None:
        required = _rate(first, series.target, series.target_year - start)
        from_last = _rate(last, series.target, series.target_year - end)
        ratio = actual / required if actual is not None and required else None
    return Growth(actual, required, from_last, ratio)


def _rate(start: float, end: float, years: float) -> float | None:
    if not (start > 0 and end > 0 and years > 0):
        return None
    rate = (end / start) ** (1 / years) - 1
    return rate if np.isfinite(rate) else None


def first_last(series: Series) -> FirstLast:
    """Return the difference of the last and the first value."""
    difference = float(series.values[-1] - series.values[0])
    if series.se is None:
        return FirstLast(difference, None, None, None)
    se = float(np.hypot(series.se[0], series.se[-1]))
    z = difference / se
    return FirstLast(difference, se, z, float(2 * special.ndtr(-abs(z))))
