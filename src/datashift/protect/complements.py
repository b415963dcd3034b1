"""Which further cells to hide, so that none of those that must be hidden can be worked out.

`complements` is fast and safe: boxes first (see `boxes`), then linear programs for the cells that no box protects,
then cells hidden in vain are shown again. `optimal` loses the least information possible, on small tables: the integer
program of Fischetti and Salazar (2001), whose conditions are added as an attacker is found who breaks them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from datashift.protect.attack import NEARLY, Attacker, Possible
from datashift.protect.boxes import Boxes, holds
from datashift.protect.rules import Need
from datashift.protect.tables import Booleans, Floats, Integers, Table


@dataclass(frozen=True)
class Hiding:
    """The cells to hide, and those that cannot be given what they need whatever is hidden."""

    hidden: Booleans
    unprotected: tuple[int, ...]

    def lost(self, table: Table, need: Need) -> tuple[int, float]:
        """Return the information lost beside the cells that had to be hidden: cells, and the numbers in them."""
        extra = self.hidden & ~need.sensitive & table.published
        return int(extra.sum()), float(table.value[extra].sum())


def complements(table: Table, need: Need, *, hidden: Booleans | None = None) -> Hiding:
    """Return the cells to hide beside those that need it (and those that are `hidden` already)."""
    must = need.sensitive & table.published
    must = must if hidden is None else must | hidden
    if not need.sensitive.any():
        return Hiding(must, ())
    search = _Search(table, need, must)
    search.look_around()
    for boxes in search.boxes:
        search.box(boxes)
        search.look_around()
    search.program()
    search.show_again()
    return Hiding(search.hidden, tuple(int(cell) for cell in search.open()))


class _Search:
    """What is hidden so far, and what is known to be possible so far."""

    def __init__(self, table: Table, need: Need, must: Booleans) -> None:
        self.table, self.need, self.must = table, need, must
        self.hidden = must.copy()
        self.possible = Possible(need)
        self.boxes = (Boxes(table), Boxes(table, climb=True)) if table.axes else ()

    def open(self) -> Integers:
        """Return the cells not yet known to be safe."""
        return self.possible.open()

    def price(self) -> Floats:
        """Return what it costs to let each cell move: nothing where nobody sees it anyway."""
        return np.where(self.hidden | ~self.table.published, 0.0, self.table.cost)

    def look_around(self) -> None:
        """See which cells protect each other already."""
        Attacker(self.table, self.hidden).look_around(self.possible)

    def box(self, boxes: Boxes) -> None:
        """Give each cell that is open the cheapest boxes; the largest choose first, having the fewest ways."""
        left = self.open()
        for cell in left[np.argsort(-self.table.value[left], kind="stable")]:
            if not self.possible.enough(cell):
                self._saw(self._boxed(boxes, int(cell), self.price()))

    def program(self) -> None:
        """Protect by linear programs what no box protects."""
        attacker = Attacker(self.table, self.hidden)
        for cell in self.open():
            if not self.possible.enough(cell):
                attacker.bounds(cell, self.possible)
        for cell in self.open():
            if not self.possible.enough(cell):
                self._saw(cheapest_changes(self.table, self.need, int(cell), self.price()))

    def show_again(self) -> None:
        """Show again what turned out not to be needed, the most telling cells first."""
        extra = np.flatnonzero(self.hidden & ~self.must)
        for cell in extra[np.argsort(-self.table.cost[extra], kind="stable")]:
            self._without(int(cell))

    def _without(self, cell: int) -> None:
        needing = list(self.possible.moved_by.get(cell, ()))
        sensitive = np.flatnonzero(self.need.sensitive)
        resting = np.isin(self.possible.lowest[sensitive], needing) | np.isin(self.possible.highest[sensitive], needing)
        price = np.where(self.hidden | ~self.table.published, 0.0, np.inf)
        price[cell] = np.inf
        found = []
        for user in sensitive[resting]:
            found.append(self._boxed(self.boxes[0], int(user), price) if self.boxes else ())
            if not found[-1]:
                return
        self.hidden[cell] = False
        self.possible.forget(sensitive[resting])
        for changes in found:
            self._saw(changes)

    def _boxed(self, boxes: Boxes, cell: int, price: Floats) -> tuple[Floats, ...]:
        """Return changes that together give the cell what it needs, by one box or several; () if none do."""
        need, size = self.need, self.table.size
        far = float(need.far[cell])
        box = boxes.cheapest(cell, need, price)
        if box is not None:
            changes = [box.moved(size, min(box.up, far)), box.moved(size, -min(box.down, far))]
        else:
            up, high = boxes.several(cell, 1.0, max(need.above[cell], need.width[cell]), price)
            down, low = boxes.several(cell, -1.0, max(need.below[cell], need.width[cell] - high), price)
            if high < need.above[cell] or low < need.below[cell] or low + high < need.width[cell]:
                return ()
            changes = [up, down]
        return tuple(changes) if all(holds(self.table, change) for change in changes) else ()

    def _saw(self, changes: tuple[Floats, ...]) -> None:
        for change in changes:
            self.possible.saw(np.arange(self.table.size), change)
            self.hidden |= (np.abs(change) > NEARLY) & self.table.published


def cheapest_changes(table: Table, need: Need, cell: int, price: Floats) -> tuple[Floats, Floats]:
    """Return two changes of the table between which `cell` has what it needs, moving what is cheapest to hide.

    Where no two changes give it all, they give as much as is possible.
    """
    movable = np.flatnonzero(np.isfinite(price))
    reach = max(need.width[cell], need.above[cell], need.below[cell])
    down, up = np.minimum(table.room_below[movable], reach), np.minimum(table.room_above[movable], reach)
    toll = (price[movable] + 1e-4) / np.maximum(np.minimum(np.maximum(up, down), reach), NEARLY)
    size, own = movable.size, (movable == cell).astype(float)
    # Each change is what rises less what falls; the last three columns are what the cell lacks of its need.
    still = sparse.csr_array(table.relations[:, movable])
    change, nothing = sparse.hstack([still, -still]), sparse.csr_array((still.shape[0], 2 * size))
    aside = sparse.csr_array((still.shape[0], 3))
    ties = sparse.vstack([sparse.hstack([change, nothing, aside]), sparse.hstack([nothing, change, aside])])
    here, none = np.concatenate([own, -own]), np.zeros(2 * size)
    asked = -np.array([
        [*here, *none, 1.0, 0.0, 0.0], [*none, *-here, 0.0, 1.0, 0.0], [*here, *-here, 0.0, 0.0, 1.0]
    ])  # fmt: skip
    lacking = 1e3 * (1.0 + toll.max())
    found = linprog(
        np.concatenate([toll, toll, toll, toll, np.full(3, lacking)]),
        A_ub=sparse.csr_array(asked), b_ub=[-need.above[cell], -need.below[cell], -need.width[cell]],
        A_eq=sparse.csr_array(ties), b_eq=np.zeros(ties.shape[0]),
        bounds=np.stack([np.zeros(4 * size + 3), np.concatenate([up, down, up, down, np.full(3, np.inf)])], axis=1),
        method="highs-ds",
    )  # fmt: skip
    first, second = np.zeros(table.size), np.zeros(table.size)
    if found.x is not None:
        first[movable] = found.x[:size] - found.x[size : 2 * size]
        second[movable] = found.x[2 * size : 3 * size] - found.x[3 * size : 4 * size]
    return first, second


def optimal(table: Table, need: Need, *, rounds: int = 500) -> Hiding | None:
    """Return the cells to hide that lose the least, by integer programming; None where there is no way.

    For small tables (some hundred cells). Each round asks for the cheapest choice that meets all conditions so far;
    each cell still bounded too closely adds the condition that the attacker's own proof gives (Benders).
    """
    must = need.sensitive & table.published
    can = np.isfinite(table.cost) | must
    fixed = ~table.published | must
    conditions: list[Floats] = []
    least: list[float] = []
    for _round in range(rounds):
        master = milp(
            np.where(can & ~fixed, table.cost, 0.0).clip(max=1e12) * (can & ~fixed),
            constraints=[LinearConstraint(np.array(conditions), np.array(least), np.inf)] if conditions else [],
            bounds=Bounds(fixed.astype(float), (can | fixed).astype(float)),
            integrality=np.ones(table.size),
            options={"mip_rel_gap": 0.0},
        )
        if master.x is None:
            return None
        hidden = master.x > 0.5
        broken = [cut for cell in np.flatnonzero(need.sensitive) for cut in _cuts(table, need, int(cell), hidden)]
        if not broken:
            return Hiding(hidden & table.published, ())
        conditions += [coefficients for coefficients, _least in broken]
        least += [bound for _coefficients, bound in broken]
    return None


def _cuts(table: Table, need: Need, cell: int, hidden: Booleans) -> list[tuple[Floats, float]]:
    """Return the conditions that `hidden` breaks: weights of the cells hidden, and what they must come to at least."""
    (up, over), (down, under) = (_bounded(table, cell, sign, hidden) for sign in (1.0, -1.0))
    asked = ((up, over, need.above[cell]), (down, under, need.below[cell]), (up + down, over + under, need.width[cell]))
    return [(np.minimum(weights, least), float(least)) for far, weights, least in asked if far < least - 1e-6]


def _bounded(table: Table, cell: int, sign: float, hidden: Booleans) -> tuple[float, Floats]:
    """Return how far the cell can go, and the attacker's proof: by how much each cell's being hidden adds to it.

    Proof = multipliers of the sums; what they leave of the cell's own row is the price of the room of each cell.
    """
    reach = 2.0 * (table.value.max() + 1.0)
    down, up = np.minimum(table.room_below, reach), np.minimum(table.room_above, reach)
    aim = np.zeros(table.size)
    aim[cell] = -sign
    found = linprog(
        aim, A_eq=table.relations, b_eq=np.zeros(table.relations.shape[0]), method="highs-ds",
        bounds=np.stack([-down * hidden, up * hidden], axis=1),
    )  # fmt: skip
    left = -aim + table.relations.T @ found.eqlin.marginals
    return float(-found.fun), np.where(left > NEARLY, left * up, 0.0) + np.where(left < -NEARLY, -left * down, 0.0)
