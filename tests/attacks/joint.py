"""Somebody who lays everything printed side by side: all measures, the rows they are of, and the sums of each.

Every measure counts some of the same rows. So in each place its number is that of the rows less those it leaves out,
and how many it leaves out in all is known wherever both sums are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from datashift.model import Estimate
from datashift.protect.attack import Found, attack
from datashift.protect.rules import Need
from datashift.protect.suppress import FEW_WORTH, Place, _place, _places
from datashift.protect.tables import Booleans, Table, related

ROWS = "*"
"""The block of all rows, beside those of the measures."""


def side_by_side(
    shown: Sequence[Estimate], true: Sequence[Estimate], parents: Mapping[str, str | None], least: int,
    rows: Mapping[Place, int] | None = None,
) -> tuple[Table, Booleans, Need, list[tuple[str, Estimate]]]:
    """Return all measures of one period as one table, what is hidden in it, and what the hidden cells need.

    `true` are the same cells before anything was hidden. `rows`: how many rows there are of each place; where it is not
    known, as many as the measure that counts most of them.
    The last list says which block and cell each of the first numbers is.
    """
    blocks = _blocks(shown, true)
    places = list(dict.fromkeys(place for cells in blocks.values() for place in cells))
    axes, at = _places(places, parents)
    at, relations = related(axes, at)
    size, roots = len(at), (at == [axis.above.index(-1) for axis in axes]).all(axis=1)
    value = {name: np.array([_n(cells, place) for place in places] + [0.0] * (size - len(places))) for name, cells in
             blocks.items()}  # fmt: skip
    rows = np.max(list(value.values()), axis=0) if rows is None else np.array([rows.get(p, 0) for p in places] + [0.0]*(size-len(places)))
    parts = [*blocks, ROWS, *blocks]  # the last ones are those left out
    numbers = [*value.values(), rows, *(rows - one for one in value.values())]
    sums = sparse.block_diag([relations] * len(parts))
    eye, ties = sparse.eye_array(size), []
    for k in range(len(blocks)):
        line: list[sparse.sparray | None] = [sparse.csr_array((size, size))] * len(parts)
        line[k], line[len(blocks)], line[len(blocks) + 1 + k] = eye, -eye, eye
        ties.append(line)
    known = [_printed(cells, places, size) | (roots & (one > 0)) for cells, one in zip(blocks.values(), value.values(),
             strict=True)]  # fmt: skip
    table = Table(
        value=np.concatenate(numbers),
        relations=sparse.csr_array(sparse.vstack([sums, sparse.block_array(ties)])),
        least=np.concatenate([*(_least(cells, places, size, least) for cells in blocks.values()),
                              np.zeros(size * (len(blocks) + 1))]),
        most=np.full(size * len(parts), np.inf),
        cost=np.zeros(size * len(parts)),
        published=np.concatenate([*known, roots, *([np.zeros(size, dtype=bool)] * len(blocks))]),
    )  # fmt: skip
    hidden, width = np.zeros(table.size, dtype=bool), np.zeros(table.size)
    named = [(name, cells[place][0]) for name, cells in blocks.items() for place in places if place in cells]
    for k, cells in enumerate(blocks.values()):
        for j, place in enumerate(places):
            if place in cells and cells[place][0].status == "Q" and not roots[j]:
                hidden[k * size + j] = True
                few = cells[place][1].n < least or cells[place][0].reason == FEW_WORTH
                width[k * size + j] = least - 1.0 if few else 1.0
    nothing = np.zeros(table.size)
    return table, hidden, Need(nothing, nothing, width), named


def bounded(
    shown: Sequence[Estimate], true: Sequence[Estimate], parents: Mapping[str, str | None], least: int,
    rows: Mapping[Place, int] | None = None,
) -> list[Found]:
    """Return the hidden cells of all periods that somebody bounds to fewer numbers than they need."""
    found = []
    for period in sorted({one.period for one in shown}):
        now = [[one for one in cells if one.period == period] for cells in (shown, true)]
        table, hidden, need, _named = side_by_side(now[0], now[1], parents, least, rows)
        found += attack(table, hidden, need)
    return found


def _blocks(shown, true):
    blocks: dict[str, dict] = {}
    for one, was in zip(shown, true, strict=True):
        assert one.key == was.key
        blocks.setdefault(one.measure, {})[_place(one)] = (one, was)
    return blocks


def _n(cells, place) -> float:
    return float(cells[place][1].n) if place in cells else 0.0


def _printed(cells, places, size) -> Booleans:
    return np.array([place in cells for place in places] + [False] * (size - len(places)))


def _least(cells, places, size, least):
    def one(place):
        if place not in cells:
            return -np.inf
        shown, was = cells[place]
        return float(least) if shown.reason == FEW_WORTH else min(float(was.n), 1.0)
    return np.array([one(place) for place in places] + [-np.inf] * (size - len(places)))
