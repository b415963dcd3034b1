"""What is asked of each sensor beside the sensors around it, and how sure the answer is (part of check K33)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from datashift.assess.apart import apart_p
from datashift.assess.checks import discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.sources.hourly import Hours, Readings, around, kilometres, positions
from datashift.assess.sources.series import LEAST_DAYS, above_p, trend_p

ASKED = ("flat", "unlike", "drift", "level", "reference")
"""The questions about one sensor, each a column of the family's p values."""

LEAST_MOVE = 1 / 3
"""A sensor that moves less than a third as much as the others is hardly one that honest places can explain."""

LEAST_FOLLOW = 1 / 2
"""A sensor that follows the others less than half as much as they follow each other has an air of its own."""

REFERENCE_RATIO = 1.35
"""How far a sensor may be off beside one that is right: the EPA's target for the slope of low-cost sensors is
1.0 ± 0.35 (Performance Testing Protocols, Metrics, and Target Values for Fine Particulate Matter Air Sensors, 2021)."""

_DAY = 24
_HOURS_OF_DAY = 12
_BESIDE_KM = 0.2
_AGREEING = 0.2
_STILL = 0.005
_FAR = 5.0
_FAR_OTHERS = 3
_FAR_DAYS = 3
_FAR_SHARE = 0.2


class Asked(NamedTuple):
    """What was asked of the sensors of `Hours`: p values by sensor and question, and the figures behind them."""

    p: Numbers
    swing: Numbers
    rise: Numbers
    ratio: Numbers
    first: Numbers
    last: Numbers


def asked_in_turn(evidence: Evidence, found: Readings, hours: Hours, far: Flags) -> Asked:
    """Ask all sensors, set the clearest odd one aside, and ask the others again, until none is found any more.

    Sensors that are far from all others are set aside from the beginning.
    """
    aside = far.copy()
    beside = _beside(evidence, found, hours)
    final = _ask(hours, aside, beside)
    while aside.sum() < len(aside) - 3:
        _rates, odd = discoveries(final.p)
        fresh = np.flatnonzero(odd.any(axis=1) & ~aside)
        if not len(fresh):
            break
        aside[fresh[np.argmin(np.nanmin(final.p[fresh], axis=1))]] = True
        again = _ask(hours, aside, beside)
        for kept, new in zip(final, again, strict=True):
            kept[~aside] = new[~aside]
    return final


def far_off(hours: Hours) -> tuple[Whole, Whole, Flags]:
    """Return for each sensor on how many days it was far from all others, of how many days, and whether on many.

    Far is a daily mean of five times the highest of at least three others, or a fifth of the lowest; many is three days
    and a fifth of them.
    """
    count, days = len(hours.names), hours.level.shape[1] // _DAY
    own = hours.level.reshape(count, days, _DAY)
    known = ~np.isnan(own)
    hour = known.sum(axis=2)
    mean = np.where(hour >= _HOURS_OF_DAY, np.where(known, own, 0.0).sum(axis=2) / np.maximum(hour, 1), np.nan)
    off, compared = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for k in range(count):
        others = mean[hours.others[k]]
        asked = ((~np.isnan(others)).sum(axis=0) >= _FAR_OTHERS) & ~np.isnan(mean[k])
        compared[k] = asked.sum()
        if asked.any():
            above = mean[k, asked] > np.nanmax(others[:, asked], axis=0) + np.log(_FAR)
            below = mean[k, asked] < np.nanmin(others[:, asked], axis=0) - np.log(_FAR)
            off[k] = max(above.sum(), below.sum())
    return off, compared, (off >= _FAR_DAYS) & (off >= _FAR_SHARE * compared)


def _ask(hours: Hours, aside: Flags, beside: Mapping[int, Whole]) -> Asked:
    count, days = len(hours.names), hours.level.shape[1] // _DAY
    own = hours.level.reshape(count, days, _DAY)
    swing = _swings(own)
    score, square, apart = (np.full((count, days), np.nan) for _each in range(3))
    for k in range(count):
        score[k], square[k], apart[k] = _beside_the_others(own[k], around(hours, k, aside).reshape(days, _DAY))
    rise = np.nansum(score, axis=1) / np.maximum(np.nansum(square, axis=1), 1e-12)
    rise[(~np.isnan(score)).sum(axis=1) < LEAST_DAYS] = np.nan
    p = np.full((count, len(ASKED)), np.nan)
    less = np.full(count, np.nan)
    for k in range(count):
        others = hours.others[k][~aside[hours.others[k]]]
        p[k, 0], less[k] = _flat_p(swing[k], swing[others])
        p[k, 1] = _unlike_p(score[k], square[k], rise[others])
        p[k, 2] = trend_p(apart[k])
        if k in beside:
            p[k, 4], apart[k] = _reference_p(hours.level, k, beside[k])
    enough = (~np.isnan(apart)).sum(axis=1) >= LEAST_DAYS
    level = np.array([np.nanmean(row) if good else np.nan for row, good in zip(apart, enough, strict=True)])
    compared = np.where(aside, np.nan, level)
    p[:, 3] = np.minimum(1.0, 2 * np.minimum(*apart_p(compared)))
    ends = [_ends(row) for row in apart]
    return Asked(p, less, rise, np.exp(level), np.array([a for a, _b in ends]), np.array([b for _a, b in ends]))


def _swings(own: Numbers) -> Numbers:
    """Return how far each sensor swings within each day: the spread of its hours, NaN with fewer than twelve."""
    known = ~np.isnan(own)
    count = known.sum(axis=2)
    filled = np.where(known, own, 0.0)
    mean = filled.sum(axis=2) / np.maximum(count, 1)
    spread = np.sqrt((np.where(known, own - mean[..., None], 0.0) ** 2).sum(axis=2) / np.maximum(count - 1, 1))
    return np.where(count >= _HOURS_OF_DAY, np.maximum(spread, _STILL), np.nan)


def _beside_the_others(own: Numbers, others: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return by day how a sensor and the others move together, how much the others move, and how far apart they are."""
    common = ~np.isnan(own) & ~np.isnan(others)
    count = common.sum(axis=1)
    mine, theirs = np.where(common, own, 0.0), np.where(common, others, 0.0)
    size = np.maximum(count, 1)[:, None]
    mine = np.where(common, mine - mine.sum(axis=1, keepdims=True) / size, 0.0)
    theirs = np.where(common, theirs - theirs.sum(axis=1, keepdims=True) / size, 0.0)
    apart = (np.where(common, own - others, 0.0)).sum(axis=1) / size[:, 0]
    whole = count >= _HOURS_OF_DAY
    found = ((mine * theirs).sum(axis=1), (theirs**2).sum(axis=1), apart)
    score, square, far = (np.where(whole, values, np.nan) for values in found)
    return score, square, far


def _flat_p(own: Numbers, others: Numbers) -> tuple[float, float]:
    """Return the p value of swinging at least a third as much as the others, and how many times less it swings."""
    known = (~np.isnan(others)).sum(axis=0) >= 2
    days = known & ~np.isnan(own)
    if days.sum() < LEAST_DAYS:
        return float("nan"), float("nan")
    less = np.log(np.nanmedian(others[:, days], axis=0) / own[days])
    return above_p(less, -np.log(LEAST_MOVE)), float(np.exp(less.mean()))


def _unlike_p(score: Numbers, square: Numbers, others: Numbers) -> float:
    """Return the p value of following the others at least half as much as they follow each other."""
    usual = float(np.median(others[~np.isnan(others)])) if (~np.isnan(others)).sum() >= 2 else 0.0
    if usual < _AGREEING:  # they do not follow each other either: each place has an air of its own
        return float("nan")
    return above_p(LEAST_FOLLOW * usual * square - score)


def _reference_p(level: Numbers, sensor: int, beside: Whole) -> tuple[float, Numbers]:
    days = level.shape[1] // _DAY
    right = np.array([level[k] for k in beside])
    known = (~np.isnan(right)).any(axis=0)
    middle = np.full(level.shape[1], np.nan)
    middle[known] = np.nanmedian(right[:, known], axis=0)
    _score, _square, apart = _beside_the_others(level[sensor].reshape(days, _DAY), middle.reshape(days, _DAY))
    bound = np.log(REFERENCE_RATIO)
    return min(1.0, 2 * min(above_p(apart, bound), above_p(-apart, bound))), apart


def _beside(evidence: Evidence, found: Readings, hours: Hours) -> dict[int, Whole]:
    """Return for each sensor within 200 metres of a reference sensor the numbers of these."""
    right = np.flatnonzero(np.isin(hours.names, evidence.recipe.protocol.reference))
    where = positions(evidence, found, hours.sensor) if len(right) else None
    if where is None:
        return {}
    near = kilometres(where[:, None], where[right][None]) <= _BESIDE_KM
    return {int(k): right[near[k]] for k in np.flatnonzero(near.any(axis=1)) if k not in right}


def _ends(apart: Numbers) -> tuple[float, float]:
    known = apart[~np.isnan(apart)]
    if len(known) < LEAST_DAYS:
        return float("nan"), float("nan")
    week = min(7, len(known) // 2)
    return float(np.exp(known[:week].mean())), float(np.exp(known[-week:].mean()))
