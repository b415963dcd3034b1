"""Which interviews, and where, would change the label for most people, for a given number of them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from datashift.coverage.chance import Survey
from datashift.coverage.gaps import Gap

MOST = 20
"""Blocks in one place: beyond some thousand interviews a survey is as good as a census for a label."""


@dataclass(frozen=True)
class Planned:
    """Interviews to be made in one gap, and the people whose label they are expected to change."""

    gap: Gap
    interviews: int
    chance: float
    expected: float


def plan(ranked: Sequence[Gap], interviews: int, *, block: int = 200, design_effect: float = 1.5) -> list[Planned]:
    """Return which gaps to spend `interviews` on, in blocks of at least `block`, so that most people get a new label.

    Greedy: each time the blocks go to the gap where they bring most people per interview, looking at all sizes of
    survey that can still be paid (a survey that is too small may bring nothing). Gaps of unknown size or chance are
    left out. Never counted gaps need one block.
    """
    if block < 1 or interviews < block:
        return []
    most = interviews // block
    gains = {k: _gains(gap, min(most, MOST), block, design_effect) for k, gap in enumerate(ranked) if gap.expected}
    left, spent = most, dict.fromkeys(gains, 0)
    queue = [(*_best(gains[k], 0, left), k) for k in gains]
    heapq.heapify(queue)
    while queue and left:
        rate, blocks, k = heapq.heappop(queue)
        if rate >= 0:
            break
        if blocks > left:
            heapq.heappush(queue, (*_best(gains[k], spent[k], left), k))
            continue
        spent[k] += blocks
        left -= blocks
        if left:
            heapq.heappush(queue, (*_best(gains[k], spent[k], left), k))
    made = [_planned(ranked[k], n, block, gains[k][n]) for k, n in spent.items() if n]
    return sorted(made, key=lambda one: -one.expected)


def _planned(gap: Gap, blocks: int, block: int, expected: float) -> Planned:
    return Planned(gap, blocks * block, expected / (gap.people or 1.0), expected)


def _gains(gap: Gap, most: int, block: int, design_effect: float) -> list[float]:
    """Return the people whose label is expected to change, for surveys of 0, 1, 2, … blocks."""
    people = gap.people or 0.0
    return [0.0, *(people * gap.at(Survey(n * block, design_effect)) for n in range(1, most + 1))]


def _best(gains: Sequence[float], spent: int, left: int) -> tuple[float, int]:
    """Return the best gain per block that can still be bought, negative for the heap, and its number of blocks."""
    ends = range(spent + 1, min(len(gains), spent + left + 1))
    return min(((-(gains[end] - gains[spent]) / (end - spent), end - spent) for end in ends), default=(0.0, 1))
