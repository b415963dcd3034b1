"""Which numbers of one question lie too far from all others to be honest, on either side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from datashift.assess.encoded import Numbers, Whole
from datashift.assess.figures.outlying import NEIGHBOURS, apart, beyond_neighbours, reference, steps
from datashift.assess.figures.tally import Tally
from datashift.chance import LEVEL

LEAST = 54
"""So many numbers other than zero must have been given: of fewer, one may well be all that came of another kind."""

_FEW = 0.02
_NEGATIVE = 0.02
_IMPLAUSIBLE = 0.01
_EVER = 0.05
_NEAREST = 10
_UPPER = 12
_TINY = 1e-300
_GROUP = 0.1
"""People of another kind, with numbers of their own, are at least this share of all."""
RARE = LEVEL / 2
"""So few of such a tenth may come by this chance at most: half of what is staked on a question, for each side."""
_BROAD = 0.06
"""Where more numbers than this lie further above the middle than zero lies below it, they may reach down to zero."""
_APART = 1.2
"""The nearest of the far numbers must lie so many times as far from the middle as the furthest of the others."""


class Side(NamedTuple):
    """One side of a question: the p value of its family of counts, and per count asked about how likely it is.

    at     counts of values asked about, those with a gap below;   p: that so many lie so far out
    paid   the same, paid for by how many counts were asked about
    kind   that so few came of a tenth who are of another kind
    gap    how wide the gap is below so many, in logarithms of the distance
    total  p of the side: the least of `paid`; 1 where that count is too large, or too small to be no other kind
    """

    at: Whole
    p: Numbers
    paid: Numbers
    kind: Numbers
    gap: Numbers
    total: float


class Question(NamedTuple):
    """The numbers of a question that were looked at (no zeros among positive ones), and its two sides."""

    tally: Tally
    above: Side
    below: Side


def question(tally: Tally) -> Question | None:
    """Return how likely the greatest and the least numbers are, or None where there are too few to tell.

    A value is far only if it is so for every shape that its question may have: symmetric with the tails of Student's t
    with three degrees of freedom (unless the numbers lean too much for it), exponential tails on the scale of
    logarithms, and, where the numbers themselves tell their tail, a Pareto tail as heavy as theirs. Small positive
    numbers are far only if they are even where all sizes down to zero are alike frequent: then the j least lie below a
    share r of the next with a chance of r to the power j.

    Beside any of these shapes, a tenth of all or more may be of another kind, such as a second group with numbers of
    its own or a broad one down to zero: j numbers are far only if so few of a tenth have a chance of 2.5 % at most,
    so that fewer than 54 numbers never tell and are not asked. A group of less than a tenth is told from slips only
    where it is more than a fiftieth. Zeros of numbers that cannot be negative, and zeros in more than a twentieth, are
    an answer of their own and left out.
    """
    positive = bool((tally.counts[tally.values < 0]).sum() <= _NEGATIVE * tally.total)
    none = tally.values == 0
    filled = tally.counts[none].sum() > _EVER * tally.total
    kept = tally.of(~none) if positive or filled else tally
    if kept.total < LEAST or len(kept.values) < 5:
        return None
    above = _side(kept, positive)
    mirrored = Tally(kept.column, -kept.values[::-1], kept.counts[::-1], kept.rows)
    return Question(kept, above, _side(mirrored, positive and bool(kept.values[0] > 0)))


def most(n: int) -> int:
    """Return how many of n numbers may lie apart from the rest on a side and still be single ones, not a group."""
    return max(2, int(_FEW * n))


def _side(tally: Tally, positive: bool) -> Side:
    """Ask about the upper side of a tally (or of a mirrored one, whose values are below zero where it is positive)."""
    n = tally.total
    k = _reference(n)
    ends = steps(min(2 * most(n), k - 1))
    top = _greatest(tally, min(n // 2, max(n // 5, int(ends[-1]) + 10), int(ends[-1]) + 101))
    middle = float(tally.quantile(0.5))
    step = _step(top)
    nearer = np.log(np.maximum(top - middle - step, _TINY))
    distance = np.log(np.maximum(top - middle, _TINY))
    at, stake = apart(distance, ends[ends < len(top)], np.log(_APART))
    if not at.size:
        return Side(at, np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0), 1.0)
    even = _even(tally, top[at - 1], at, k, middle)
    neighbours = beyond_neighbours(distance, nearer, at)
    if positive and middle < 0:
        nearer, distance = -np.log(np.maximum(step - top, _TINY)), -np.log(np.maximum(-top, _TINY))
        flat = 1.5 * np.exp(np.minimum(at * (distance[at] - nearer[at - 1]), 0.0))
        broad = tally.counts[tally.values < 2 * middle].sum() > _BROAD * n
        wide = flat if broad else np.minimum(6 * np.minimum(neighbours, even), flat)
        p = np.max([wide, *(beyond_neighbours(distance, nearer, at, few) for few in (_NEAREST, NEIGHBOURS))], axis=0)
    else:
        skewed = _skewed(tally, top[at - 1], at, 0.0 if positive else middle)
        p = 2 * np.minimum(neighbours, np.maximum(even, skewed))
    p, kind, gap = np.minimum(p, 1.0), special.bdtr(at, n, _GROUP), distance[at - 1] - distance[at]
    paid = np.minimum(p * stake, 1.0)
    best = int(np.argmin(paid))
    single = at[best] <= most(n) and kind[best] <= RARE
    return Side(at, p, paid, kind, gap, float(paid[best]) if single else 1.0)


def _step(top: Numbers) -> Numbers:
    """Return how exactly each number is written: its own last place, at most the usual step from one to the next."""
    usual = float(np.median(np.diff(different))) if len(different := np.unique(top)) > 1 else 0.0
    own = np.full(len(top), 1e-6)
    for power in range(-5, 10):
        scaled = top / 10.0**power
        own = np.where(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.abs(scaled), 10.0**power, own)
    return np.asarray(np.minimum(own, usual), dtype=np.float64)


def _reference(n: int) -> int:
    return max(5, round(_EVER * n))


def _greatest(tally: Tally, count: int) -> Numbers:
    tail = np.searchsorted(np.cumsum(tally.counts[::-1]), count) + 1
    top: Numbers = np.repeat(tally.values[::-1][:tail], tally.counts[::-1][:tail])[:count]
    return top


def _even(tally: Tally, values: Numbers, at: Whole, k: int, middle: float) -> Numbers:
    """Tails of Student's t on the scale of the numbers; 0 everywhere where they lean too much to be symmetric."""
    share, shape = (k - 0.5) / tally.total, reference(tally.total, k, "heavy")
    far, near = float(tally.quantile(1 - share)) - middle, middle - float(tally.quantile(share))
    if far <= 0 or (near > 0 and shape.leaning(max(far / near, near / far)) <= _IMPLAUSIBLE / 2):
        return np.zeros(len(at))
    return shape.p_values((values - middle) / far, at)


def _skewed(tally: Tally, values: Numbers, at: Whole, origin: float) -> Numbers:
    """Exponential tails of the logarithm of the distance from an origin: zero, or the middle of the numbers."""
    upper = tally.of(tally.values > origin)
    n, k = upper.total, _reference(tally.total)
    logs = Tally(upper.column, np.log(upper.values - origin), upper.counts, upper.rows)
    if n < _UPPER or k >= n // 2:
        return np.ones(len(at))
    middle = float(logs.quantile(0.5))
    far = float(logs.quantile(1 - (k - 0.5) / n)) - middle
    if far <= 0:
        return np.ones(len(at))
    return reference(n, k, "exponential").p_values((np.log(values - origin) - middle) / far, at)
