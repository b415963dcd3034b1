"""Chances: how probable it is that a unit is drawn, and that two are drawn together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datashift.errors import BadSample

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_STEPS = 40_000_000
"""Numbers that the recursion of Sampford's method may hold in memory (twice)."""


def chances_by_size(sizes: Floats, n: int, stratum: str = "") -> Floats:
    """Return the chance of each unit to be among n drawn in proportion to size; they add up to n.

    A unit whose share of the sizes would give it more than one place is certain (chance 1); the others share out what
    is left, and so on until nobody has more than one.
    """
    chance = np.zeros(len(sizes))
    open_ = np.ones(len(sizes), dtype=bool)
    while True:
        left = n - int(np.sum(~open_))
        chance[open_] = left * sizes[open_] / (math.fsum(sizes[open_]) or 1.0)
        large = open_ & (chance >= 1)
        if not large.any():
            break
        chance[large] = 1.0
        open_ &= ~large
    if np.any(chance <= 0):
        raise BadSample("sample.sizes-apart", stratum=stratum)
    return chance


# --- Sampford's design ----------------------------------------------------------------------------------------------
#
# P(s) is in proportion to (Σ in s of q_i) · Π in s of p_i · Π outside s of q_i, where p is the chance and q = 1 − p.
# `alone` holds the sums of the products, `joined` those with the first factor, over all sets of m of the units seen.


def _seen(alone: Floats, joined: Floats, p: Floats, q: Floats) -> tuple[Floats, Floats]:
    """Return both sums with one more unit; the last axis is m = 0, 1, …, the number still to be drawn."""
    more, with_factor = q * alone, q * joined
    more[..., 1:] += p * alone[..., :-1]
    with_factor[..., 1:] += p * (joined[..., :-1] + q * alone[..., :-1])
    return more, with_factor


def sampford_drawn(chance: Floats, n: int, own: Floats) -> npt.NDArray[np.bool_]:
    """Return who is drawn by Sampford's design with fixed size n; no draw is ever thrown away.

    In: chances above 0 and below 1 that add up to n, and a lot of each unit. One unit after the other is decided by its
    own lot, at its chance given who is drawn already (the sums over all sets that can still follow are exact).
    """
    count = len(chance)
    alone, joined = np.zeros((count + 1, n + 1)), np.zeros((count + 1, n + 1))
    alone[count, 0] = 1.0
    for k in range(count - 1, -1, -1):
        alone[k], joined[k] = _seen(alone[k + 1], joined[k + 1], chance[k], 1 - chance[k])
    drawn = np.zeros(count, dtype=bool)
    left, factor = n, 0.0
    for k in range(count):
        if left == 0:
            break
        p, q = float(chance[k]), 1 - float(chance[k])
        into = p * ((factor + q) * alone[k + 1, left - 1] + joined[k + 1, left - 1])
        past = q * (factor * alone[k + 1, left] + joined[k + 1, left])
        drawn[k] = past == 0 or own[k] * (into + past) < into
        if drawn[k]:
            left, factor = left - 1, factor + q
    return drawn


def sampford_pairs(chance: Floats, n: int, first: Ints, second: Ints) -> Floats:
    """Return the chance that both units of each pair are drawn by Sampford's design; exact, by the same recursion.

    In: chances above 0 and below 1 that add up to n, and the positions of the units of each pair.
    """
    if n < 2:
        return np.zeros(len(first))
    alone, joined = _start(len(first), n - 2)
    whole_alone, whole_joined = _start(1, n)
    for k, p in enumerate(chance):
        whole_alone, whole_joined = _seen(whole_alone, whole_joined, p, 1 - p)
        # A unit of the pair itself is passed over.
        other = ((first != k) & (second != k))[:, None]
        more, with_factor = _seen(alone, joined, p, 1 - p)
        alone, joined = np.where(other, more, alone), np.where(other, with_factor, joined)
    p, r = chance[first], chance[second]
    inside = (2 - p - r) * alone[:, -1] + joined[:, -1]
    found: Floats = p * r * inside / whole_joined[0, -1]
    return found


def _start(rows: int, most: int) -> tuple[Floats, Floats]:
    alone, joined = np.zeros((rows, most + 1)), np.zeros((rows, most + 1))
    alone[:, 0] = 1.0
    return alone, joined


# --- systematic -----------------------------------------------------------------------------------------------------


def systematic_drawn(chance: Floats, n: int, order: Sequence[int], start: float) -> npt.NDArray[np.bool_]:
    """Return who is drawn where chances are laid end to end in an order and n points, one apart, fall on them.

    `start` is the first point, above 0 and below 1.
    """
    ends = np.cumsum(chance[np.asarray(order, dtype=np.intp)])
    ends[-1] = n
    points = np.floor(ends - start) + 1
    drawn = np.zeros(len(chance), dtype=bool)
    drawn[np.asarray(order, dtype=np.intp)] = np.diff(points, prepend=0) > 0
    return drawn
