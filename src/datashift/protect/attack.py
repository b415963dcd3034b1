"""What somebody outside can work out: the least and the most that every hidden cell can be, by linear programming.

The attacker knows all figures shown, how they add up, and what a hidden number can be at all. A hidden cell that is
bounded more closely than it needs is found. The answers are exact; nothing here trusts what chose the hidden cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

from datashift.protect.rules import Need
from datashift.protect.tables import Booleans, Floats, Integers, Table

NEARLY = 1e-7
"""Changes below are the solver's rounding."""


FEW = 10
"""With so few cells open, each is looked at by itself."""


@dataclass(frozen=True)
class Found:
    """A cell that was bounded too closely: the least and the most it can be, and the true number."""

    cell: int
    low: float
    high: float
    value: float


class Possible:
    """How far each cell can be from its true number, as far as found yet: every change serves all cells still open.

    `lowest` and `highest` tell which change showed a cell's bound (-1: none), `moved_by` which changes move a cell.
    """

    def __init__(self, need: Need) -> None:
        size = need.width.size
        self.need = need
        self.low: Floats = np.zeros(size)
        self.high: Floats = np.zeros(size)
        self.lowest: Integers = np.full(size, -1)
        self.highest: Integers = np.full(size, -1)
        self.moved_by: dict[int, set[int]] = {}
        self._changes = 0

    def saw(self, cells: Integers, change: Floats) -> None:
        """Take note of a change of the cells that fits all that is known."""
        cells, change = cells[np.abs(change) > NEARLY], change[np.abs(change) > NEARLY]
        still = ~self.need.met(self.low, self.high, cells)
        lower, higher = still & (change < self.low[cells]), still & (change > self.high[cells])
        for bound, by, better in ((self.low, self.lowest, lower), (self.high, self.highest, higher)):
            bound[cells[better]] = change[better]
            by[cells[better]] = self._changes
        if lower.any() or higher.any():
            for cell in cells.tolist():
                self.moved_by.setdefault(cell, set()).add(self._changes)
        self._changes += 1

    def open(self) -> Integers:
        """Return the cells not yet known to have the protection they need."""
        cells = np.flatnonzero(self.need.sensitive)
        return cells[~self.need.met(self.low, self.high, cells)]

    def forget(self, cells: Integers) -> None:
        """Forget what was found about the cells, because it is to be shown in another way."""
        self.low[cells] = self.high[cells] = 0.0
        self.lowest[cells] = self.highest[cells] = -1

    def enough(self, cell: int | np.intp) -> bool:
        """Return whether `cell` is known to have the protection it needs."""
        return bool(self.need.met(self.low, self.high, np.array([cell]))[0])


class Attacker:
    """One who knows the table but for its hidden cells. Changes that leave every sum as it is are all that is open."""

    def __init__(self, table: Table, hidden: Booleans, *, whole: bool = False) -> None:
        self.table, self.whole = table, whole
        self.unknown = np.flatnonzero(hidden | ~table.published)
        matrix = table.relations[:, self.unknown]
        ties = sparse.csr_array(matrix.T @ abs(matrix)) if matrix.shape[0] else sparse.csr_array((0, 0))
        parts = connected_components(abs(ties), directed=False)[1] if self.unknown.size and matrix.shape[0] else None
        self._matrix = sparse.csc_array(matrix)
        self._part = np.arange(self.unknown.size) if parts is None else parts

    def reach(self, cell: int, sign: float, possible: Possible) -> float:
        """Return how far `cell` can go up (sign 1) or down (-1); what else moves on the way is noted in `possible`."""
        place = int(np.searchsorted(self.unknown, cell))
        here = np.flatnonzero(self._part == self._part[place])
        aim = (here == place) * -sign
        change = self._solved(here, aim)
        possible.saw(self.unknown[here], change)
        return float(change[here == place][0])

    def bounds(self, cell: int | np.intp, possible: Possible) -> None:
        """Look how far `cell` can go up and down, until that is enough."""
        for sign in (1.0, -1.0):
            if not possible.enough(cell) and cell in self.unknown:
                self.reach(int(cell), sign, possible)

    def look_around(self, possible: Possible) -> None:
        """Move many cells at once, up or down by chance, and back; stop when that no longer shows much."""
        chance = np.random.default_rng(1)
        here, reach = np.arange(self.unknown.size), possible.need.far.max()
        while (open_cells := np.intersect1d(possible.open(), self.unknown)).size > FEW:
            aim = np.zeros(self.table.size)
            aim[open_cells] = chance.choice([-1.0, 1.0], open_cells.size)
            for sign in (1.0, -1.0):
                possible.saw(self.unknown, self._solved(here, sign * aim[self.unknown], reach))
            if np.intersect1d(possible.open(), self.unknown).size > 0.9 * open_cells.size:
                break

    def _solved(self, here: Integers, aim: Floats, reach: float = np.inf) -> Floats:
        cells = self.unknown[here]
        matrix = self._matrix[:, here].tocsr()
        matrix = matrix[np.diff(matrix.indptr) > 0]
        # No cell can go further than twice the largest; a bound keeps the solver from the infinite.
        reach = min(reach, 2.0 * (self.table.value.max() + 1.0))
        low = np.maximum(-self.table.room_below[cells], -reach)
        high = np.minimum(self.table.room_above[cells], reach)
        if self.whole:
            ties = [LinearConstraint(matrix, 0, 0)] if matrix.shape[0] else []
            found = milp(aim, constraints=ties, bounds=Bounds(low, high), integrality=np.ones(here.size))
        else:
            zero = np.zeros(matrix.shape[0])
            ties_of = {"A_eq": matrix, "b_eq": zero} if matrix.shape[0] else {}
            found = linprog(aim, bounds=np.stack([low, high], axis=1), method="highs-ds", **ties_of)
        return np.zeros(here.size) if found.x is None else np.asarray(found.x, dtype=float)


def attack(table: Table, hidden: Booleans, need: Need, *, whole: bool = False) -> list[Found]:
    """Return the cells of `need` that can be bounded more closely than they need.

    whole: the attacker also knows that only whole numbers are possible (slower).
    """
    possible = Possible(need)
    failing = [cell for cell, met in audit(table, hidden, possible, whole=whole) if not met]
    value = table.value
    return [
        Found(c, float(value[c] + possible.low[c]), float(value[c] + possible.high[c]), float(value[c]))
        for c in failing
    ]


def audit(table: Table, hidden: Booleans, possible: Possible, *, whole: bool = False) -> Iterator[tuple[int, bool]]:
    """Yield every cell that needs protection, and whether it has it."""
    attacker = Attacker(table, hidden, whole=whole)
    if not whole:
        attacker.look_around(possible)
    for cell in np.flatnonzero(possible.need.sensitive):
        attacker.bounds(cell, possible)
        yield int(cell), possible.enough(cell)
