"""Whether a series of days lies above a bound, or moves away, when one day resembles the next."""

from __future__ import annotations

import numpy as np
from scipy import stats

from datashift.assess.encoded import Numbers

LEAST_DAYS = 4
"""Fewer days say nothing about their mean."""

LEAST_FOR_TREND = 21
"""Three weeks: with fewer days, a trend cannot be told from weather."""


MEMORY = 0.6
"""How much of a day may be left on the next one (autocorrelation of days) before these p values become too small."""


def above_p(values: Numbers, bound: float = 0.0) -> float:
    """Return the p value of the mean of a series against being at most `bound`; NaN with fewer than four days.

    From three weeks on, the error comes from the slow waves of the series: equal-weighted cosines with Student's t
    (Lazarus, Lewis, Stock & Watson 2018, JBES 36: 541-559), each brought to what it would be at frequency zero if days
    had the memory allowed for.
    """
    series = values[~np.isnan(values)]
    count = len(series)
    if count < LEAST_DAYS:
        return float("nan")
    mean = float(series.mean())
    if count < LEAST_FOR_TREND:
        spread, freedom = float(series.std(ddof=1)), count - 1
    else:
        waves = _waves(series - mean, _width(count)) / (1 - MEMORY)
        spread, freedom = float(np.sqrt((waves**2).mean())), len(waves)
    t = (mean - bound) / max(spread / np.sqrt(count), 1e-12)
    return float(stats.t.sf(t, freedom))


def trend_p(values: Numbers) -> float:
    """Return the two-sided p value of a series that moves away from where it began; NaN with fewer than three weeks.

    The slowest cosine wave, a half one from the first day to the last, is held against the next ones, which a series
    that only swings around its level feeds as well (Müller & Watson 2008, Econometrica 76: 979-1016).
    """
    series = values[~np.isnan(values)]
    if len(series) < LEAST_FOR_TREND:
        return float("nan")
    waves = _waves(series - series.mean(), _width(len(series)) + 1)
    others = max(float(np.sqrt((waves[1:] ** 2).mean())), 1e-12)
    return float(2 * stats.t.sf(abs(waves[0]) / others, len(waves) - 1))


def _waves(series: Numbers, count: int) -> Numbers:
    """Return the first cosine coefficients of a series, each divided by its size in a series with the memory.

    What is left has the same variance in all of them; where days have less memory, the first is smaller.
    """
    days = len(series)
    waves = np.arange(1, count + 1)
    angles = np.pi * np.outer(waves, (np.arange(days) + 0.5) / days)
    size = 1 / np.sqrt(1 + MEMORY**2 - 2 * MEMORY * np.cos(np.pi * waves / days))
    return np.asarray(np.sqrt(2 / days) * np.cos(angles) @ series / size)


def _width(days: int) -> int:
    """Return how many waves count as slow."""
    return int(np.clip(round(1.2 * days**0.5), 4, 16))
