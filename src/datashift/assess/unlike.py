"""Whose interviews differ from those of the others by more than chance, places and habits explain."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import special, stats

from datashift.assess.encoded import Numbers, Whole
from datashift.assess.groups import FEW, crossed, dense
from datashift.chance import LEVEL

_KEPT = 0.75
_KEPT_SQUARES = 0.3684
"""Mean square of the three quarters of standard normal values that lie nearest to 0."""
_DRAWN = 400_000
_MOVED = 10_000_000
_HEAVY = 8
"""Degrees of freedom: habits may be somewhat further apart than normal ones."""

_SHARED = 0.6


class Unlike(NamedTuple):
    """Per group the chance of a mean as high, and as low, where nobody differs; NaN where it cannot be asked.

    mean  of the group;   others: mean of the others in the same places
    """

    high: Numbers
    low: Numbers
    mean: Numbers
    others: Numbers

    @property
    def either(self) -> Numbers:
        """Return the two-sided p values."""
        return np.asarray(np.minimum(2 * np.fmin(self.high, self.low), 1.0))


class _Units(NamedTuple):
    """Visits: the interviews of one group in one place on one day. `value` has the mean of its place taken off."""

    of: Whole
    place: Whole
    value: Numbers
    variance: Numbers


def unlike(
    score: Numbers, of: Whole, groups: int, visit: Whole, place: Whole | None, *, factors: bool = False
) -> Unlike:
    """Compare the mean of `score` (NaN: none) between groups; `of` is the group of each row, -1 for none.

    Two chances are asked, and the greater counts. (1) Visits fall to the groups of a place in any order: a permutation
    of visits within places, with its exact mean, variance and skewness (Pearson III, as Mielke & Berry 2007 do), and
    where that is small, no smaller than in permutations that are drawn. A
    visit is one whole, because people of one village asked on one day resemble each other; visits with few interviews
    vary more and are brought to one variance first. (2) Groups differ from each other by habit: the group among all
    groups, whose spread beyond chance is estimated from the three quarters nearest to the middle (a robust
    Paule-Mandel estimate), against draws of as many groups of unknown spread (Student's t of 8); with `factors`,
    habits multiply a rate, and its logarithm is what is normal. NaN below five groups.
    """
    nothing = np.full(groups, np.nan)
    asked = (of >= 0) & ~np.isnan(score)
    if groups < FEW or not asked.any():
        return Unlike(nothing, nothing, nothing, nothing)
    where = _shared(of[asked], place[asked] if place is not None else None)
    kept = np.flatnonzero(asked)[where >= 0]
    where = where[where >= 0]
    units, residual = _units(score[kept], of[kept], visit[kept], where)
    high, low = _visits(units, groups)
    weight = np.bincount(units.of, 1 / units.variance, groups)
    known = weight > 0
    if known.sum() < FEW:
        return Unlike(nothing, nothing, nothing, nothing)
    counts = np.maximum(np.bincount(of[kept], minlength=groups), 1).astype(np.float64)
    own = np.where(known, np.bincount(of[kept], score[kept], groups) / counts, np.nan)
    others = own - np.where(known, np.bincount(of[kept], residual, groups) / counts, np.nan)
    spread = _spread_of_others(units, groups) / np.where(known, weight, 1.0)
    if factors:
        middle = max(float(score[kept].mean()), 1e-9)
        mean = np.log((own * counts + middle) / (np.maximum(others, 0.0) * counts + middle))
        variance = spread / np.maximum(others, middle / 10) ** 2
    else:
        mean = np.bincount(units.of, units.value / units.variance, groups) / np.where(known, weight, 1.0)
        variance = spread
    above, below = habits(mean[known], variance[known])
    high[known], low[known] = np.maximum(high[known], above), np.maximum(low[known], below)
    return Unlike(np.where(known, high, np.nan), np.where(known, low, np.nan), own, others)


def _shared(of: Whole, place: Whole | None) -> Whole:
    """Return the place of each row, -1 where a group worked alone; one place for all if most of them did."""
    if place is None or (place < 0).all():
        return np.zeros(len(of), dtype=np.int64)
    pair = dense(np.where(place < 0, -1, place * (int(of.max()) + 1) + of))
    home = np.full(int(pair.max()) + 1, -1)
    home[pair[pair >= 0]] = place[pair >= 0]
    met = np.bincount(home, minlength=int(place.max()) + 1) > 1
    shared = (place >= 0) & met[np.maximum(place, 0)]
    whole = len(np.unique(of[shared])) == len(np.unique(of))
    return np.where(shared, place, -1) if shared.mean() >= _SHARED and whole else np.zeros(len(of), dtype=np.int64)


def _units(score: Numbers, of: Whole, visit: Whole, place: Whole) -> tuple[_Units, Numbers]:
    """Return the visits, and what is left of each score without the mean of the others in its place."""
    place = dense(place)
    residual = score - _means_of_others(score, of, place)
    unit = crossed(of, place, visit)
    count = np.bincount(unit).astype(np.float64)
    first = np.zeros(len(count), dtype=np.int64)
    first[unit] = np.arange(len(unit))
    centred = score - (np.bincount(place, score) / np.bincount(place))[place]
    value = np.bincount(unit, centred) / count
    within = ((centred - value[unit]) ** 2).sum() / max(len(score) - len(count), 1)
    apart, freedom = _own_spread(value, of[first])
    between = (apart**2).sum() / freedom - within * (1 / count).mean()
    variance = np.maximum(between, 0.0) + within / count
    floor = max(float((value**2).mean()) * 1e-6, 1e-18)
    return _Units(of[first], place[first], value, np.maximum(variance, floor)), residual


def _own_spread(value: Numbers, of: Whole) -> tuple[Numbers, int]:
    """Return how far visits lie from the mean of their group, so that a group that is unlike hides nothing.

    From the mean of all, where groups have hardly more than one visit.
    """
    number = np.bincount(of)
    left = len(value) - int((number > 0).sum())
    if left < int((number > 0).sum()):
        return value, max(len(value) - 1, 1)
    return value - (np.bincount(of, value) / np.maximum(number, 1))[of], left


def _spread_of_others(units: _Units, groups: int) -> Numbers:
    """Return per group the mean square of the standardised visits of the other groups around their own means.

    Whoever is unlike may vary more as well, and must not be measured by that.
    """
    apart, _freedom = _own_spread(units.value, units.of)
    squares = np.bincount(units.of, apart**2 / units.variance, groups)
    left = np.maximum(np.bincount(units.of, minlength=groups) - 1.0, 0.0)
    rest = np.maximum(left.sum() - left, 1.0)
    return np.asarray(np.clip((squares.sum() - squares) / rest, 0.05, None))


def _means_of_others(score: Numbers, of: Whole, place: Whole) -> Numbers:
    """Return per row the mean of the other groups in its place."""
    both = crossed(place, of)
    total, count = np.bincount(place, score), np.bincount(place)
    own, number = np.bincount(both, score), np.bincount(both)
    left = count[place] - number[both]
    return np.where(left > 0, (total[place] - own[both]) / np.maximum(left, 1), score)


def _visits(units: _Units, groups: int) -> tuple[Numbers, Numbers]:
    """Return the chances of a sum of standardised visits as high, and as low, when visits change hands in a place."""
    z = units.value / np.sqrt(units.variance)
    number = np.bincount(units.place).astype(np.float64)
    middle = np.bincount(units.place, z) / number
    apart = z - middle[units.place]
    second, third = (np.bincount(units.place, apart**k) / number for k in (2, 3))
    _pair, first, own = np.unique(crossed(units.place, units.of), return_index=True, return_counts=True)
    place, of, n = units.place[first], units.of[first], own.astype(np.float64)
    whole = number[place]
    variance = np.bincount(of, n * (whole - n) / np.maximum(whole - 1, 1) * second[place], groups)
    spread = n * (whole - n) * (whole - 2 * n) / np.maximum((whole - 1) * (whole - 2), 1)
    skewed = np.bincount(of, np.where(whole > 2, spread * third[place], 0.0), groups)
    orders = np.bincount(
        of, special.gammaln(whole + 1) - special.gammaln(n + 1) - special.gammaln(whole - n + 1), groups
    )
    total: Numbers = np.bincount(units.of, apart, groups).astype(np.float64)
    moved = variance > 1e-12
    scale = np.sqrt(np.where(moved, variance, 1.0))
    skew = np.clip(skewed / scale**3, -6.0, 6.0)
    least = np.exp(-orders)
    high = np.where(moved, np.maximum(stats.pearson3.sf(total / scale, skew), least), 1.0)
    low = np.where(moved, np.maximum(stats.pearson3.cdf(total / scale, skew), least), 1.0)
    if min(high.min(), low.min()) <= LEVEL:
        above, below = _drawn(units, apart, total)
        high, low = np.maximum(high, above), np.maximum(low, below)
    return np.clip(high, 0, 1), np.clip(low, 0, 1)


def _drawn(units: _Units, apart: Numbers, total: Numbers) -> tuple[Numbers, Numbers]:
    """Return how often visits in a drawn order give as high, and as low, a sum; 0 for never.

    A few rare visits make a sum that takes few values, which the curve of Pearson does not know.
    """
    size, chance = len(apart), np.random.default_rng(len(apart))
    times = int(np.clip(_MOVED // max(size, 1), 200, 2000))
    home = np.argsort(units.place, kind="stable")
    above, below = np.zeros(len(total)), np.zeros(len(total))
    slack = 1e-9 * max(float(np.abs(apart).max()), 1e-12)
    for _draw in range(times):
        order = np.argsort(units.place + chance.random(size))
        sums = np.bincount(units.of[home], apart[order], len(total))
        above += sums >= total - slack
        below += sums <= total + slack
    found = [np.where(hits > 0, (1 + hits) / (1 + times), 0.0) for hits in (above, below)]
    return found[0], found[1]


def habits(mean: Numbers, variance: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each group the chance of lying as high, and as low, among groups that differ by habit.

    In: the mean of each group, and what chance adds to its variance. The spread by habit counts as unknown throughout.
    """
    size = len(mean)
    apart = mean - np.median(mean)
    found = apart / np.sqrt(_habit(apart**2, variance, _kept(size)) + variance)
    order = _standing(size)
    beyond = len(order) - np.searchsorted(order, np.abs(found) * (1 - 1e-9))
    both = (1 + beyond) / (1 + len(order))
    return np.where(found > 0, both / 2, 1 - both / 2), np.where(found > 0, 1 - both / 2, both / 2)


def _kept(size: int) -> int:
    return max(int(np.ceil(_KEPT * size)), 3)


def _habit(squares: Numbers, variance: Numbers, kept: int) -> float:
    """Return the variance beyond chance, so that the smaller squares are as large as they should be."""
    low, high = 0.0, float(squares.max()) / _KEPT_SQUARES
    if np.partition(squares / variance, kept - 1)[:kept].mean() <= _KEPT_SQUARES:
        return 0.0
    for _step in range(50):
        middle = (low + high) / 2
        wide = np.partition(squares / (middle + variance), kept - 1)[:kept].mean() > _KEPT_SQUARES
        low, high = (middle, high) if wide else (low, middle)
    return high


@lru_cache(maxsize=32)
def _standing(size: int) -> Numbers:
    """Return in order how far groups stand from their median, in the spread of the three quarters nearest."""
    chance = np.random.default_rng(size)
    drawn = chance.standard_t(_HEAVY, (max(_DRAWN // size, 20), size))
    apart = np.abs(drawn - np.median(drawn, axis=1, keepdims=True))
    kept = _kept(size)
    spread = np.sqrt((np.partition(apart, kept - 1, axis=1)[:, :kept] ** 2).mean(axis=1) / _KEPT_SQUARES)
    return np.asarray(np.sort((apart / spread[:, None]).ravel()))
