"""Somebody who lays everything printed side by side: all measures, the rows they are of, and the sums of each.

Every measure counts some of the same rows. So in each place its number is that of the rows less those it leaves out,
and how many it leaves out in all is known wherever both sums are. The bounds come from `protect.attack`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from datashift.model import Estimate
from datashift.protect.attack import Found, attack
from datashift.protect.rules import Need
from datashift.protect.suppress import FEW_WORTH, Place, _place, _places
from datashift.protect.tables import Table, related

Cells = Mapping[Place, tuple[Estimate, Estimate]]
"""A measure: each place with its cell as printed, and as it was before anything was hidden."""

Floats = npt.NDArray[np.float64]


def bounded(
    shown: Sequence[Estimate], true: Sequence[Estimate], parents: Mapping[str, str | None], least: int,
    rows: Mapping[Place, int] | None = None,
) -> list[Found]:  # fmt: skip
    """Return the hidden cells that somebody bounds to fewer numbers than they need.

    `true` are the same cells before anything was hidden. `rows`: how many rows there are of each place; where that is
    not told, as many as the measure that counts most of them.
    """
    found = []
    for period in sorted({one.period for one in shown}):
        pairs = [pair for pair in zip(shown, true, strict=True) if pair[0].period == period]
        found += _bounded(_measures(pairs), parents, least, rows)
    return found


def _measures(pairs: Sequence[tuple[Estimate, Estimate]]) -> list[Cells]:
    found: dict[str, dict[Place, tuple[Estimate, Estimate]]] = {}
    for one, was in pairs:
        assert one.key == was.key
        found.setdefault(one.measure, {})[_place(one)] = (one, was)
    return list(found.values())


def _bounded(
    measures: Sequence[Cells], parents: Mapping[str, str | None], least: int, rows: Mapping[Place, int] | None
) -> list[Found]:
    places = list(dict.fromkeys(place for cells in measures for place in cells))
    axes, at = _places(places, parents)
    at, sums = related(axes, at)
    root = (at == [axis.above.index(-1) for axis in axes]).all(axis=1)
    blank = [0.0] * (len(at) - len(places))
    count = [np.array([float(cells[p][1].n) if p in cells else 0.0 for p in places] + blank) for cells in measures]
    most = np.max(count, axis=0) if rows is None else np.array([float(rows.get(p, 0)) for p in places] + blank)
    printed = [np.array([p in cells for p in places] + [False] * len(blank)) | root for cells in measures]
    every = (len(measures) + 1) * len(at)
    table = Table(  # each measure, the rows, and what each measure leaves out of them
        value=np.concatenate([*count, most, *(most - one for one in count)]),
        relations=_ties(sums, len(measures)),
        least=np.concatenate([*(np.array([_least(c, p, least) for p in places] + [-np.inf] * len(blank)) for c in
                                measures), np.zeros(every)]),
        most=np.full(len(measures) * len(at) + every, np.inf),
        cost=np.zeros(len(measures) * len(at) + every),
        published=np.concatenate([*printed, root, np.zeros(every - len(at), dtype=bool)]),
    )  # fmt: skip
    width = np.zeros(table.size)
    for k, cells in enumerate(measures):
        for j, place in enumerate(places):
            if place in cells and cells[place][0].status == "Q" and not root[j]:
                few = cells[place][1].n < least or cells[place][0].reason == FEW_WORTH
                width[k * len(at) + j] = least - 1.0 if few else 1.0
    nothing = np.zeros(table.size)
    return attack(table, width > 0, Need(nothing, nothing, width))


def _ties(sums: sparse.csr_array, measures: int) -> sparse.csr_array:
    eye, none = sparse.eye_array(sums.shape[1]), sparse.csr_array((sums.shape[1], sums.shape[1]))
    lines = []
    for k in range(measures):
        line = [none] * (2 * measures + 1)
        line[k], line[measures], line[measures + 1 + k] = eye, -eye, eye
        lines.append(line)
    return sparse.csr_array(sparse.vstack([sparse.block_diag([sums] * (2 * measures + 1)), sparse.block_array(lines)]))


def _least(cells: Cells, place: Place, least: int) -> float:
    """Return the least that somebody takes a hidden number for; nothing is known of what is not printed."""
    if place not in cells:
        return -np.inf
    shown, was = cells[place]
    return float(least) if shown.reason == FEW_WORTH else min(float(was.n), 1.0)
