"""Boxes in crossed tables: the cheapest cells that can move against each other without any sum changing.

The hypercube method (Repsilber 1994; GHMITER of tau-Argus), carried over to codes that lie in trees: on each axis a
lowest code rises with all above it, another falls; a cell moves where all axes do. What a box lets move, it lets move
by whole numbers, so its proof holds against an attacker who knows that people are whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datashift.protect.rules import Need
from datashift.protect.tables import Floats, Integers, Table

MOST = 200_000
"""Boxes looked at for one cell at most; where there are more, the cheapest ways on each axis are tried."""


STEPS = 8
"""Boxes put upon one another at most."""


@dataclass(frozen=True)
class Box:
    """Cells, how each moves (1 with the cell to be protected, -1 against it), and how far down and up they can."""

    cells: Integers
    sign: Floats
    down: float
    up: float

    def moved(self, size: int, by: float) -> Floats:
        """Return the change of a table of so many cells when the box moves."""
        change = np.zeros(size)
        change[self.cells] = self.sign * by
        return change


@dataclass(frozen=True)
class _Way:
    """The ways of one axis: codes of each way, padded with the code that is none; who rises and who falls."""

    codes: Integers
    sign: Floats


class Boxes:
    """All boxes of a crossed table; who climbs also uses margins above the cell to be protected."""

    def __init__(self, table: Table, climb: bool = False) -> None:
        self.table, self.climb = table, climb
        self._none, self._fixed = table.size, table.size + 1
        self._down = np.concatenate([table.room_below, [np.inf, 0.0]])
        self._up = np.concatenate([table.room_above, [np.inf, 0.0]])
        self._cells = self._grid()
        self._ways: dict[tuple[int, int], _Way | None] = {}

    def cheapest(self, cell: int, need: Need, cost: Floats) -> Box | None:
        """Return the cheapest box that gives `cell` what it needs; of equally cheap ones the widest."""
        price = np.concatenate([cost, [0.0, np.inf]])
        cells, sign = self._all(cell, price)
        down, up = self._room(cells, sign, self._down, self._up)
        enough = (down >= need.below[cell]) & (up >= need.above[cell]) & (down + up >= need.width[cell])
        total = np.where(enough, price[cells].sum(axis=1), np.inf)
        lowest = total.min(initial=np.inf)
        if not np.isfinite(lowest):
            return None
        tied = np.flatnonzero(total <= lowest + 1e-9)
        best = tied[np.argmax(np.minimum(down + up, 1e12)[tied])]
        real = cells[best] < self.table.size
        return Box(cells[best][real], sign[real], float(down[best]), float(up[best]))

    def several(self, cell: int, way: float, far: float, cost: Floats) -> tuple[Floats, float]:
        """Return a change that moves `cell` up (way 1) or down (-1) by `far`, or as far as it goes, and how far.

        Box upon box, each the cheapest for what it moves, in the room that those before have left.
        """
        price = np.concatenate([cost, [0.0, np.inf]])
        cells, sign = self._all(cell, price)
        change, moved = np.zeros(self.table.size + 2), 0.0
        for _step in range(STEPS if len(cells) else 0):
            down, up = self._down + change, self._up - change
            room = np.minimum(self._room(cells, sign, down, up)[1 if way > 0 else 0], far - moved)
            toll = np.where(room > 0, (price[cells].sum(axis=1) + 1e-3) / np.maximum(room, 1e-9), np.inf)
            best = int(np.argmin(toll))
            if not np.isfinite(toll[best]):
                break
            real = cells[best] < self.table.size
            change[cells[best][real]] += way * sign[real] * room[best]
            price[cells[best]] = 0.0
            moved += float(room[best])
        return change[: self.table.size], moved

    def _all(self, cell: int, price: Floats) -> tuple[Integers, Floats]:
        ways = [self._way(axis, int(code)) for axis, code in enumerate(self.table.at[cell])]
        known = [way for way in ways if way is not None]
        if len(known) < len(ways):
            return np.empty((0, 1), dtype=np.intp), np.ones(1)
        return self._boxes(self._fewer(cell, known, price))

    def _grid(self) -> Integers:
        """Return the number of the cell at each place; of places without one, whether something could move there.

        A place whose siblings have cells is empty because nobody was counted: it stays. A place without any sibling is
        one of a margin that nobody prints: there everything may move.
        """
        table = self.table
        grid = np.full([len(axis.codes) + 1 for axis in table.axes], self._none)
        for number, axis in enumerate(table.axes):
            place = table.at.copy()
            above = np.array(axis.above)[place[:, number]]
            for code in range(len(axis.codes)):
                siblings = above == axis.above[code]
                place[:, number] = code
                grid[tuple(place[siblings & (above >= 0)].T)] = self._fixed
        grid[tuple(table.at.T)] = np.arange(table.size)
        return grid.astype(np.int32)

    def _way(self, number: int, code: int) -> _Way | None:
        if (number, code) not in self._ways:
            axis = self.table.axes[number]
            ways, nothing = axis.ways(code, self.climb), len(axis.codes)
            rise, fall = (max((len(way[side]) for way in ways), default=0) for side in (0, 1))
            codes = np.full((len(ways), rise + fall), nothing)
            for row, (up, down) in enumerate(ways):
                codes[row, : len(up)] = up
                codes[row, rise : rise + len(down)] = down
            sign = np.repeat([1.0, -1.0], [rise, fall])
            self._ways[number, code] = _Way(codes.astype(np.intp), sign) if ways else None
        return self._ways[number, code]

    def _fewer(self, cell: int, ways: list[_Way], price: Floats) -> list[_Way]:
        size = float(np.prod([way.codes.size for way in ways]))
        if size <= MOST:
            return ways
        share = (MOST / size) ** (1 / sum(len(way.codes) > 8 for way in ways))
        return [
            way if len(way.codes) <= 8 else self._cheap(cell, number, way, price, max(8, int(share * len(way.codes))))
            for number, way in enumerate(ways)
        ]

    def _cheap(self, cell: int, number: int, way: _Way, price: Floats, keep: int) -> _Way:
        place = [np.broadcast_to(code, way.codes.shape) for code in self.table.at[cell]]
        place[number] = way.codes
        cells = self._cells[tuple(place)]
        order = np.argsort(np.where(self._down[cells] > 0, price[cells], np.inf).sum(axis=1), kind="stable")
        return _Way(way.codes[order[:keep]], way.sign)

    def _boxes(self, ways: list[_Way]) -> tuple[Integers, Floats]:
        """Return the cells of all boxes, one per row, and how the cells of each column move."""
        flat, sign = np.zeros((1, 1), dtype=np.int32), np.ones(1)
        for way, length in zip(ways, self._cells.shape, strict=True):
            wide = flat[:, None, :, None] * length + way.codes[None, :, None, :]
            flat = wide.reshape(flat.shape[0] * way.codes.shape[0], -1)
            sign = np.outer(sign, way.sign).ravel()
        return self._cells.ravel()[flat], sign

    @staticmethod
    def _room(cells: Integers, sign: Floats, down: Floats, up: Floats) -> tuple[Floats, Floats]:
        plus, minus = cells[:, sign > 0], cells[:, sign < 0]
        lower, higher = down[plus].min(axis=1), up[plus].min(axis=1)
        if minus.shape[1]:
            lower = np.minimum(lower, up[minus].min(axis=1))
            higher = np.minimum(higher, down[minus].min(axis=1))
        return lower, higher


def holds(table: Table, change: Floats) -> bool:
    """Return whether a change leaves every sum as it is."""
    return bool(np.abs(table.relations @ change).max(initial=0.0) < 1e-6)
