"""Days on which far more came in than around them (part of check K31)."""

from __future__ import annotations

import numpy as np
from scipy import stats

from datashift.assess.encoded import Numbers, Whole

LEAST_DAYS = 21
"""With fewer days, a busy week cannot be told from a burst."""

LEAST_REPORTS = 50
"""With fewer reports, a burst is two people on one day."""

WINDOWS = (1, 3, 7)
"""Lengths of the bursts that are looked for, in days."""

_AROUND = 14
_LEAST_SIDE = 5
_ALWAYS = 0.15
"""Days of a crowd differ by as much beyond chance, whatever the others say."""
_WEEK = 7
_HALF = 0.5


def burst_p(counts: Whole) -> tuple[Numbers, Numbers]:
    """Return for each length of `WINDOWS` and first day the p value of so many reports, and how many were expected.

    In: reports by day, without gaps. Expected is the geometric mean of the days before and those after (up to two weeks
    on both sides, as many here as there, but for the days next to it: right where a crowd grows or tires), times the
    factor of its day of the week (from four weeks on). Counts of crowds vary more than chance (weather, holidays): how
    much more, in the logarithm, is told by the quieter half of the windows, so that a burst does not hide itself. The
    rate of a day is then t-distributed around what is expected, and the count is Poisson's given the rate.
    """
    found = np.full((len(WINDOWS), len(counts)), np.nan)
    expected = np.full_like(found, np.nan)
    if len(counts) < LEAST_DAYS or counts.sum() < LEAST_REPORTS:
        return found, expected
    factor = _rhythm(counts)
    for row, width in enumerate(WINDOWS):
        found[row], expected[row] = _of_width(counts, factor, width)
    return found, expected


def _rhythm(counts: Whole) -> Numbers:
    """Return the factor of each day by its day of the week, drawn towards 1 where there are few reports."""
    days = len(counts)
    if days < 4 * _WEEK:
        return np.ones(days)
    weekday = np.arange(days) % _WEEK
    # A burst must not make its own day of the week: the logarithm counts a day of a hundred little more than one of 20.
    size = np.exp(np.bincount(weekday, np.log(counts + 1.0)) / np.bincount(weekday))
    return np.asarray((size / size.mean())[weekday])


def _of_width(counts: Whole, factor: Numbers, width: int) -> tuple[Numbers, Numbers]:
    days = len(counts)
    starts = np.arange(days - width + 1)
    total, weight = np.append(0.0, np.cumsum(counts)), np.append(0.0, np.cumsum(factor))
    reach = np.minimum(_AROUND, np.minimum(starts - width, days - starts - 2 * width))
    known = reach >= _LEAST_SIDE
    reach = np.maximum(reach, 0)
    last = np.clip(starts - width, 0, days)
    first = np.clip(starts + 2 * width, 0, days)
    before, after = total[last] - total[last - reach], total[np.minimum(first + reach, days)] - total[first]
    of_before, of_after = weight[last] - weight[last - reach], weight[np.minimum(first + reach, days)] - weight[first]
    here, days_here = total[starts + width] - total[starts], weight[starts + width] - weight[starts]
    rate = (before + _HALF) * (after + _HALF) / np.maximum(of_before * of_after, 1e-9)
    mean = np.where(known, np.sqrt(rate) * days_here, np.nan)
    unsure = (1 / (before + _HALF) + 1 / (after + _HALF)) / 4
    apart = np.log((here + _HALF) / (mean + _HALF))
    p, expected = np.full(days, np.nan), np.full(days, np.nan)
    if known.sum() < _WEEK:
        return p, expected
    middle = float(np.median(apart[known]))
    low = known & (apart <= middle)
    more = max(_beyond_chance(here[low], mean[low] * np.exp(middle), unsure[low]), _ALWAYS**2)
    spread, freedom = np.sqrt(more + unsure[known]), max(low.sum() / 2, 4.0)
    p[starts[known]] = _tail(here[known], np.log(mean[known]) + max(middle, 0.0), spread, freedom)
    expected[starts] = mean
    return p, expected


def _beyond_chance(here: Numbers, mean: Numbers, unsure: Numbers) -> float:
    """Return the variance of the logarithm of rates beyond chance, from roots of counts: these hold it at any size.

    Anscombe (1948): twice the root of a count plus 3/8 has a variance of one.
    """
    apart = 2 * (np.sqrt(here + 0.375) - np.sqrt(mean + 0.375))
    return float((apart**2 - 1 - mean * unsure).sum() / mean.sum())


def _tail(here: Numbers, centre: Numbers, spread: Numbers, freedom: float) -> Numbers:
    """Return the chance of a count as great, where the logarithm of its rate is t-distributed."""
    at = np.concatenate([np.linspace(-12, 12, 121), np.geomspace(12.5, 400, 40)])
    edges = np.concatenate([[-np.inf], (at[1:] + at[:-1]) / 2, [np.inf]])
    weight = np.diff(stats.t.cdf(edges, freedom))
    rate = np.exp(np.minimum(centre[:, None] + spread[:, None] * at, 40.0))
    return np.asarray((stats.poisson.sf(here[:, None] - 1, rate) * weight).sum(axis=1))
