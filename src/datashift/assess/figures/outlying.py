"""How far the greatest numbers of honest data lie: nulls for tails of any shape between normal and Pareto."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from datashift.assess.encoded import Numbers, Whole

_DRAWS = 1000
NEIGHBOURS = 100
"""So many of the next numbers tell how steep a tail is."""
_STEEPEST = 10.0
"""No tail is taken for steeper than this power: a value is far only at a multiple of its neighbours' distance."""

_SHAPES: dict[str, tuple[Callable[[Numbers], Numbers], Callable[[Numbers], Numbers]]] = {
    "heavy": (lambda x: special.stdtr(3, -x), lambda share: -special.stdtrit(3, share)),
    "exponential": (lambda x: np.exp(-np.maximum(x, 0.0)), lambda share: -np.log(share)),
}
"""By shape the share above a value, and the value above which a share lies."""


def steps(most: int) -> Whole:
    """Return the numbers of values to ask about: 1 to 20, then ever wider steps, to `most`."""
    wide = np.unique(np.round(20 * 1.2 ** np.arange(1, 80)).astype(np.int64))
    every = np.concatenate([np.arange(1, 21), wide])
    return np.asarray(every[every <= max(most, 1)], dtype=np.int64)


def apart(logs: Numbers, ends: Whole, least: float) -> tuple[Whole, Numbers]:
    """Return the counts of values that lie apart from the rest, and by what their p values are paid for.

    `logs` are logarithms of distances, descending. Of the counts after each of `ends` up to the next, the one with the
    widest gap below is asked about, if that gap is `least` or more: no group hides between two steps. Asking is paid
    for by how many counts it was chosen from, and the g-th step by g (g + 1), whose inverses add up to one.
    """
    gap = logs[:-1] - logs[1:]
    starts = np.concatenate([[0], ends[:-1]])
    at = np.array([start + 1 + int(np.argmax(gap[start:end])) for start, end in zip(starts, ends, strict=True)])
    step = np.arange(1, len(ends) + 1)
    wide = gap[at - 1] >= least
    return at[wide], np.asarray(((ends - starts) * step * (step + 1))[wide], dtype=np.float64)


class Reference(NamedTuple):
    """Where the k-th greatest, the middle and the k-th least of n values of a shape lie, drawn often enough."""

    k: int
    sf: Callable[[Numbers], Numbers]
    beyond: Numbers
    above: Numbers
    middle: Numbers
    below: Numbers

    def p_values(self, distance: Numbers, count: Whole) -> Numbers:
        """Return how likely so many values lie so far out.

        distance: (value - middle) / (k-th greatest - middle); count: how many values lie at least so far. Given the
        k-th greatest, the k - 1 above it are independent, so each draw gives an exact binomial probability.
        """
        far = np.clip(distance, -1e6, 1e300)
        p = np.ones(len(count))
        asked = (count < self.k) & (distance > 1)
        place = self.middle + far[asked, None] * (self.above - self.middle)
        further = np.clip(self.sf(place) / self.beyond, 0.0, 1.0)
        p[asked] = special.betainc(count[asked, None], self.k - count[asked, None], further).mean(axis=1)
        return p

    def leaning(self, ratio: float) -> float:
        """Return the chance that a symmetric shape leans so much: upper over lower distance from the middle."""
        return float(((self.above - self.middle) / (self.middle - self.below) >= ratio).mean())


@lru_cache(maxsize=256)
def reference(n: int, k: int, shape: Literal["heavy", "exponential"]) -> Reference:
    """Draw the k-th greatest, the middle and the k-th least of n values of a shape; the same for the same n and k.

    heavy        Student's t with three degrees of freedom: symmetric, with tails as heavy as those of stock prices
    exponential  on the scale of logarithms, Pareto's
    """
    sf, isf = _SHAPES[shape]
    half = n // 2
    # Of the n + 1 gaps between n uniform values, k lie above the k-th greatest and k below the k-th least.
    chance = np.random.default_rng([n, k])
    gaps = chance.gamma(np.array([k, half - k, n + 1 - k - half, k])[:, None], size=(4, _DRAWS))
    shares = np.cumsum(gaps, axis=0)[:3] / gaps.sum(axis=0)
    return Reference(k, sf, shares[0], *(isf(share) for share in shares))


def beyond_neighbours(logs: Numbers, nearer: Numbers, count: Whole, among: int = NEIGHBOURS) -> Numbers:
    """Return how likely the `count`-th greatest lies so far beyond the next ones, where the tail is at most Pareto's.

    `logs` are logarithms of distances, descending; `nearer` the same, less the step in which the numbers are written.
    Under Pareto's tail the spacings i (log D(i) - log D(i + 1)) are independent and exponential (Rényi); the ratio of
    one to the mean of those below it is what Bhattacharya, Kallitsis & Stoev (2019) trim outliers by. A tail that grows
    steeper, as the normal, the exponential and the lognormal do, makes the first spacing smaller than that: the test
    then speaks less often.
    """
    m = np.minimum(among, np.maximum(len(logs) - 1 - count, 0))
    sums = np.concatenate([[0.0], np.cumsum(logs)])
    upper, lower = np.minimum(count, len(logs) - 1), np.minimum(count + m, len(logs) - 1)
    spacing = count * np.maximum(nearer[np.minimum(count, len(logs)) - 1] - logs[upper], 0.0)
    rest = count * logs[upper] + sums[np.minimum(count + m, len(logs))] - sums[upper] - (count + m) * logs[lower]
    mean = np.maximum(rest / np.maximum(m, 1), 1 / _STEEPEST)
    return np.where(m >= 8, (1 + spacing / (mean * np.maximum(m, 1))) ** -np.maximum(m, 1.0), 1.0)
