"""The last digits of one question: which place they are in, and whether they are what chance gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.figures.smooth import excess, smoothed, standing_out
from datashift.assess.figures.tally import Tally

ROUND = (0, 5)
OTHERS = (1, 2, 3, 4, 6, 7, 8, 9)

_LEAST = 50
_WIDE = 20
_LONG = 3000
_ON_GRID = 0.9
_UNEVEN = 0.03
_FREE = 100
_ONE = 0.1
_CALENDAR = (1900, 2100)


class Digits(NamedTuple):
    """The last digits of a question: per different number its digit (-1 where it is written otherwise)."""

    tally: Tally
    whole: Whole
    digit: Whole
    power: int

    @property
    def rows(self) -> Whole:
        """Return the last digit per raw row, -1 where there is none."""
        return np.append(self.digit, -1)[self.tally.rows]

    @property
    def shares(self) -> Numbers:
        """Return the share of each last digit."""
        return shares_of(self.digit, self.tally.counts, range(10))


def digits(tally: Tally) -> Digits | None:
    """Return the digits in the place to which a question is written, or None where they are not left to chance.

    That place is the coarsest of which 9 of 10 numbers are multiples. The middle half of the numbers must span 20 of
    its steps: the last digits of smooth numbers are then nearly even, whatever their distribution. Zeros are left out.
    """
    kept = tally.of(tally.values != 0)
    if kept.total < _LEAST:
        return None
    size = np.abs(kept.values)
    for power in range(9, -4, -1):
        scaled = size / 10.0**power
        whole = np.round(scaled)
        on = np.abs(scaled - whole) <= 1e-9 * scaled
        if kept.counts[on].sum() >= _ON_GRID * kept.total:
            break
    else:
        return None
    if np.diff(kept.quantile(np.array([0.25, 0.75])))[0] < _WIDE * 10.0**power:
        return None
    steps = whole.astype(np.int64)
    return Digits(kept, steps, np.where(on, steps % 10, -1), power)


def preference(found: Digits) -> float:
    """Return the digit preference score: 100 √(chi-square / (n · 9)) against even digits (SMART; nipnTK)."""
    return float(100 * np.sqrt(((found.shares - 0.1) ** 2 / 0.1).sum() / 9))


def uneven(found: Digits, chance: np.random.Generator) -> float:
    """Return how likely the last digits other than 0 and 5 are so uneven.

    Rounding to 0 and 5 is human; it leaves the others even. What is held against them is a smooth curve through the
    numbers, and a score of 3 is allowed for what a curve cannot follow. NaN where most numbers are round or one
    number makes a tenth, for then the digits are not free; and for years of a calendar, of which some are remembered.
    """
    keep = (found.digit >= 0) & ~np.isin(found.digit, ROUND)
    free = found.tally.counts[keep]
    if free.sum() < max(_FREE, found.tally.total / 2) or free.max() > _ONE * free.sum() or _years(found):
        return float("nan")
    counts, digit = _along(found, keep, round_=False)
    groups = np.array([digit == one for one in range(10) if one not in ROUND], dtype=np.float64).T
    return standing_out(smoothed(counts, 0.8 * _WIDE), groups, 7 * _UNEVEN**2, chance)


def rounded(found: Digits, chance: np.random.Generator) -> float:
    """Return how likely so many numbers that were read from an instrument, with decimals, end in 0 or 5."""
    if found.power >= 0:
        return float("nan")
    counts, digit = _along(found, found.digit >= 0, round_=True)
    return excess(smoothed(counts, _WIDE), np.isin(digit, ROUND).astype(np.float64), _UNEVEN, chance)


def _years(found: Digits) -> bool:
    first, last = found.tally.quantile(np.array([0.01, 0.99]))
    return bool(_CALENDAR[0] <= first and last <= _CALENDAR[1] and found.power == 0)


def _along(found: Digits, keep: Flags, round_: bool) -> tuple[Numbers, Whole]:
    """Return counts at consecutive steps (without those that end in 0 or 5, unless `round_`), and their last digits.

    The outermost thousandths are left out. Over a very long range the curve would be even: all is put in one decade.
    """
    steps, counts = found.whole[keep], found.tally.counts[keep]
    order = np.argsort(steps, kind="stable")
    share = np.cumsum(counts[order]) / counts.sum()
    first, last = (int(steps[order][np.searchsorted(share, at)]) for at in (0.001, 0.999))
    if last - first > _LONG:
        first, last, steps = 0, 9, steps % 10
    inside = (steps >= first) & (steps <= last)
    along = np.arange(first, last + 1)
    tallied = np.bincount(steps[inside] - first, weights=counts[inside], minlength=len(along))
    kept = np.ones(len(along), dtype=np.bool_) if round_ else ~np.isin(along % 10, ROUND)
    return tallied[kept].astype(np.float64), along[kept] % 10


def shares_of(digit: Whole, counts: Whole, among: Sequence[int]) -> Numbers:
    """Return the share of each digit of `among` in the counts of these."""
    seen = np.array([counts[digit == one].sum() for one in among], dtype=np.float64)
    return np.asarray(seen / max(seen.sum(), 1.0), dtype=np.float64)
