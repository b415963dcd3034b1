"""Tables as an attacker sees them: cells, and the sums that tie them together."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Booleans = npt.NDArray[np.bool_]

NEVER = np.inf
"""Cost of a cell that may not be hidden: a zero, the number of all rows, what was published before."""


@dataclass(frozen=True)
class Axis:
    """The codes of one dimension as a tree: `above[i]` is the code that code i is part of, -1 for everything.

    A flat list of codes is a tree with one level below everything; area, region, country is one with more.
    """

    codes: tuple[Hashable, ...]
    above: tuple[int, ...]

    @classmethod
    def tree(cls, parents: Mapping[Any, Any]) -> Axis:
        """Make an axis from code → the code above it (None for the one that is everything)."""
        codes = tuple(parents)
        number = {code: index for index, code in enumerate(codes)}
        return cls(codes, tuple(-1 if parents[code] is None else number[parents[code]] for code in codes))

    @classmethod
    def flat(cls, codes: Sequence[Hashable], everything: Hashable = "*") -> Axis:
        """Make an axis of codes that all lie directly below everything."""
        return cls((everything, *codes), (-1, *(0 for _code in codes)))

    @cached_property
    def below(self) -> tuple[tuple[int, ...], ...]:
        """Return the codes directly below each code."""
        found: list[list[int]] = [[] for _code in self.codes]
        for code, above in enumerate(self.above):
            if above >= 0:
                found[above].append(code)
        return tuple(tuple(codes) for codes in found)

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """Return the codes below which nothing lies."""
        return tuple(code for code, below in enumerate(self.below) if not below)

    def path(self, code: int, top: int = -1) -> tuple[int, ...]:
        """Return the codes from `code` upwards, up to and with `top` (-1: up to everything)."""
        found = [code]
        while found[-1] != top and self.above[found[-1]] >= 0:
            found.append(self.above[found[-1]])
        return tuple(found)

    def ways(self, code: int, climb: bool = False) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return how a change of `code` can be made good on this axis: codes that go up, codes that go down.

        A lowest code below `code` rises with all above it up to `code`; a lowest code below a sibling of `code` falls
        with all above it up to that sibling. Who climbs may let the rise go on above, and make it good there; the code
        that is everything has no sibling, and nothing falls.
        """
        found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        for top in self.path(code) if climb else (code,):
            siblings = [] if self.above[top] < 0 else [c for c in self.below[self.above[top]] if c != top]
            falls = [self.path(leaf, sibling) for sibling in siblings for leaf in self._lowest(sibling)]
            falls += [()] if self.above[top] < 0 else []
            found += [(self.path(leaf, top), fall) for leaf in self._lowest(code) for fall in falls]
        return found

    def _lowest(self, code: int) -> Iterator[int]:
        if not self.below[code]:
            yield code
        for one in self.below[code]:
            yield from self._lowest(one)


@dataclass(frozen=True)
class Table:
    """Cells with all that somebody outside knows about them before looking at the figures.

    value:     the true numbers, which only we know
    relations: one row per sum; relations @ value tells what a sum leaves over (0 where it adds up, and this is known)
    least, most: between what a hidden number must lie, by common knowledge
    cost:      information lost when the cell is hidden; NEVER where it may not be
    published: False for sums that nobody prints: nobody knows them, and nobody needs to be kept from knowing them
    axes, at:  for crossed tables, the dimensions and the code of each cell in each; else empty
    """

    value: Floats
    relations: sparse.csr_array
    least: Floats
    most: Floats
    cost: Floats
    published: Booleans
    axes: tuple[Axis, ...] = ()
    at: Integers = field(default_factory=lambda: np.empty((0, 0), dtype=np.intp))

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return int(self.value.size)

    @cached_property
    def room_below(self) -> Floats:
        """Return by how much each cell could be lower than it is."""
        return np.maximum(self.value - self.least, 0.0)

    @cached_property
    def room_above(self) -> Floats:
        """Return by how much each cell could be higher than it is."""
        return np.maximum(self.most - self.value, 0.0)

    def known(self, **knowledge: Floats) -> Table:
        """Return the table with other bounds, costs or values."""
        return replace(self, **knowledge)  # type: ignore[arg-type]


def loss(value: Floats) -> Floats:
    """Return the information lost with each cell: the root of its value, between counting cells and counting people.

    (tau-Argus calls this a Box-Cox transformation with lambda 1/2.) Zeros are never hidden: nobody counted is said.
    """
    return np.where(value > 0, np.sqrt(np.maximum(value, 0.0)), NEVER)


def crossed(axes: Sequence[Axis], inner: npt.ArrayLike) -> Table:
    """Return the table of all cells and margins over `axes`, from the numbers of the lowest codes (a cube).

    The grand total is known to everybody; every other cell above zero may be hidden and is then at least 1.
    """
    full = _summed(axes, np.asarray(inner, dtype=float))
    at = np.stack([grid.ravel() for grid in np.indices(full.shape)], axis=1)
    value = full.ravel()
    cost = loss(value)
    cost[[_root(axes, cell) for cell in at]] = NEVER
    return Table(
        value=value,
        relations=_sums(axes, at)[1],
        least=np.minimum(value, 1.0),
        most=np.full(value.size, np.inf),
        cost=cost,
        published=np.ones(value.size, dtype=bool),
        axes=tuple(axes),
        at=at,
    )


def overlapping(value: npt.ArrayLike, members: Sequence[Sequence[int]]) -> Table:
    """Return a table of cells that are unions of pieces: `value` of the pieces, then each cell as pieces it holds.

    For areas of two divisions of one land, whose differences are pieces that nobody meant to show. The pieces come
    first and are not published; the cells follow. Nothing is known of all together, unless a cell holds all pieces.
    """
    pieces = np.asarray(value, dtype=float)
    holds = sparse.lil_array((len(members), pieces.size))
    for row, chosen in enumerate(members):
        holds[row, list(chosen)] = 1.0
    holds = holds.tocsr()
    both = np.concatenate([pieces, holds @ pieces])
    shown = np.arange(both.size) >= pieces.size
    return Table(
        value=both,
        relations=sparse.csr_array(sparse.hstack([holds, -sparse.eye_array(len(members))])),
        least=np.zeros(both.size),
        most=np.full(both.size, np.inf),
        cost=np.where(shown, loss(both), NEVER),
        published=shown,
    )


def related(axes: Sequence[Axis], at: Integers) -> tuple[Integers, sparse.csr_array]:
    """Return the cells `at` with the sums above them that are missing (behind the others), and their relations."""
    return _sums(axes, at)


def _root(axes: Sequence[Axis], cell: Integers) -> bool:
    return all(axis.above[code] < 0 for axis, code in zip(axes, cell, strict=True))


def _summed(axes: Sequence[Axis], inner: Floats) -> Floats:
    for number, axis in enumerate(axes):
        holds = np.zeros((len(axis.codes), len(axis.leaves)))
        for column, leaf in enumerate(axis.leaves):
            holds[list(axis.path(leaf)), column] = 1.0
        inner = np.moveaxis(np.tensordot(holds, inner, axes=(1, number)), 0, number)
    return inner


def _sums(axes: Sequence[Axis], at: Integers) -> tuple[Integers, sparse.csr_array]:
    cells = [tuple(cell) for cell in at.tolist()]
    number = {cell: index for index, cell in enumerate(cells)}
    parts: dict[tuple[int, int], list[int]] = {}
    for cell in cells:  # grows while we walk: a sum that is missing is itself a part of others
        for axis in range(len(axes)):
            above = axes[axis].above[cell[axis]]
            if above < 0:
                continue
            total = (*cell[:axis], above, *cell[axis + 1 :])
            if total not in number:
                number[total] = len(cells)
                cells.append(total)
            parts.setdefault((number[total], axis), []).append(number[cell])
    columns = [[total, *members] for (total, _axis), members in parts.items()]
    row = np.repeat(np.arange(len(columns)), [len(one) for one in columns])
    sign = list(itertools.chain.from_iterable([-1.0, *[1.0] * (len(one) - 1)] for one in columns))
    entries = (sign, (row, np.array(list(itertools.chain.from_iterable(columns)), dtype=np.intp)))
    found = sparse.csr_array(entries, shape=(len(columns), len(cells)))
    return np.array(cells, dtype=np.intp).reshape(len(cells), len(axes)), found
