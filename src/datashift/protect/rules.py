"""Which cells tell about single people by themselves, by the rules of statistical offices, and why.

The names are those of tau-Argus and sdcMicro: minimum frequency (threshold), (n, k)-dominance, p-per-cent rule. The
protection each needs is that of Hundepool et al., Statistical Disclosure Control (2012), section 4.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datashift.language import N_
from datashift.protect.tables import Axis, Booleans, Floats, Integers

FEW = N_("Hidden: fewer than {least} stand behind this figure.")
DOMINATED = N_("Hidden: the {n} largest make up more than {k} per cent of this figure.")
GUESSED = N_("Hidden: one contributor could work out another to within {p} per cent.")


@dataclass(frozen=True)
class Contributions:
    """Who stands behind each cell: how many contribute, how much together, and the largest amounts in order."""

    people: Integers
    total: Floats
    largest: Floats

    def top(self, n: int) -> Floats:
        """Return the sum of the n largest amounts of each cell."""
        return np.asarray(self.largest[:, :n].sum(axis=1), dtype=float)


@dataclass(frozen=True)
class Need:
    """How far off a cell must stay: how much lower and how much higher it could be, and how wide both together.

    A cell that needs nothing has zero in all three. `why` is the first reason of each cell (None: no reason).
    """

    below: Floats
    above: Floats
    width: Floats
    why: tuple[tuple[str, dict[str, float]] | None, ...] = ()

    @property
    def sensitive(self) -> Booleans:
        """Return which cells need protection."""
        return (self.below > 0) | (self.above > 0) | (self.width > 0)

    @property
    def far(self) -> Floats:
        """Return how far no cell needs to go."""
        return self.width + self.above + self.below

    def met(self, low: Floats, high: Floats, of: Integers) -> Booleans:
        """Return which of the cells `of` are protected when cells can be off their true numbers from low to high."""
        low, high = low[of], high[of]
        return (-low >= self.below[of] - 1e-6) & (high >= self.above[of] - 1e-6) & (high - low >= self.width[of] - 1e-6)

    def together(self, other: Need) -> Need:
        """Return what both ask for."""
        why = tuple(mine or theirs for mine, theirs in zip(self.why, other.why, strict=True))
        return Need(
            np.maximum(self.below, other.below),
            np.maximum(self.above, other.above),
            np.maximum(self.width, other.width),
            why,
        )


def threshold(people: Integers, least: int) -> Need:
    """Cells with fewer than `least` contributors (minimum frequency). At least `least` whole numbers stay possible."""
    few = (people > 0) & (people < least)
    nothing = np.zeros(people.size)
    return Need(nothing, nothing, np.where(few, least - 1.0, 0.0), _why(few, FEW, least=least))


def dominance(behind: Contributions, n: int, k: float) -> Need:
    """Cells of which the n largest contributors hold more than k per cent."""
    lacking = 100 / k * behind.top(n) - behind.total
    return _both_sides(lacking, DOMINATED, n=n, k=k)


def p_percent(behind: Contributions, p: float) -> Need:
    """Cells whose second largest contributor can work out the largest to within p per cent."""
    lacking = p / 100 * behind.top(1) - (behind.total - behind.top(2))
    return _both_sides(lacking, GUESSED, p=p)


def contributions(axes: Sequence[Axis], at: Integers, amounts: Floats, keep: int = 3) -> Contributions:
    """Return who stands behind each cell of the crossed table, from rows: their lowest codes and amounts.

    The cells are those of `tables.crossed`, in its order.
    """
    shape = [len(axis.codes) for axis in axes]
    cells, row = _holding(axes, at)
    order = np.lexsort((-amounts[row], cells))
    cells, amount = cells[order], amounts[row[order]]
    size = int(np.prod(shape))
    people = np.bincount(cells, minlength=size)
    rank = np.arange(cells.size) - np.repeat(np.cumsum(people) - people, people)
    largest = np.zeros((size, keep))
    top = rank < keep
    largest[cells[top], rank[top]] = amount[top]
    return Contributions(people, np.bincount(cells, amount, minlength=size).astype(float), largest)


def _holding(axes: Sequence[Axis], at: Integers) -> tuple[Integers, Integers]:
    """Return every pair of cell and row in it, as two arrays."""
    cells, rows = np.zeros(len(at), dtype=np.intp), np.arange(len(at), dtype=np.intp)
    for number, axis in enumerate(axes):
        paths = [axis.path(code) for code in range(len(axis.codes))]
        lengths = np.array([len(path) for path in paths])[at[rows, number]]
        codes = np.concatenate([paths[code] for code in at[rows, number]]) if rows.size else rows
        cells, rows = np.repeat(cells, lengths) * len(axis.codes) + codes, np.repeat(rows, lengths)
    return cells, rows


def _both_sides(lacking: Floats, reason: str, **facts: float) -> Need:
    # A cell whose largest hold exactly k per cent passes; rounding of sums must not turn it into one that does not.
    need = np.where(lacking > 1e-9, lacking, 0.0)
    return Need(need, need, np.zeros(need.size), _why(need > 0, reason, **facts))


def _why(cells: Booleans, reason: str, **facts: float) -> tuple[tuple[str, dict[str, float]] | None, ...]:
    return tuple((reason, facts) if cell else None for cell in cells)
