"""What a corrected table and a clean file say differently, each difference with its kind in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from datashift.corrections.cells import ROW, Sheet
from datashift.corrections.multiple import find, parent_of
from datashift.corrections.replay import Replayed
from datashift.corrections.sameness import same, truth
from datashift.errors import BadCorrection
from datashift.language import N_, _
from datashift.model import Raw

KINDS = {
    "value": N_("another value"),
    "emptied": N_("empty in the clean file only"),
    "filled": N_("filled in the clean file only"),
    "follows": N_("a 0/1 column that follows from its question, which differs too"),
    "number": N_("the same number, written differently (such as 35.0 and 35)"),
    "truth": N_("the same truth value, written differently (such as 0 and False)"),
    "text": N_("the same text but for blanks"),
    "case": N_("the same text but for capital letters"),
    "row-gone": N_("a row that the clean file leaves out, though no line removes it"),
    "row-kept": N_("a row that a line removes, and the clean file keeps"),
    "row-new": N_("a row that only the clean file has"),
    "repeated-key": N_("a key that names several rows, so they cannot be compared"),
    "column-gone": N_("a column that the clean file leaves out"),
    "column-new": N_("a column that only the clean file has"),
}
"""The kinds of difference, the weightiest of the cells first."""

SAME_VALUE = ("number", "truth", "text")
"""Kinds where nothing but the writing differs."""


@dataclass(frozen=True)
class Difference:
    """One difference: its kind (see KINDS), the key of the row and the column where it has them, and both values."""

    kind: str
    row: str = ""
    column: str = ""
    corrected: str = ""
    clean: str = ""

    def text(self) -> str:
        """Return the kind in plain words, in the current language."""
        return _(KINDS[self.kind])


@dataclass(frozen=True)
class Compared:
    """All differences, and how much was compared: rows and columns that both tables have."""

    differences: tuple[Difference, ...]
    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """How many cells were compared."""
        return self.rows * self.columns

    @property
    def agreeing(self) -> int:
        """How many cells hold the very same text in both."""
        return self.cells - sum(bool(d.row and d.column) for d in self.differences)

    def by_kind(self) -> dict[str, int]:
        """Return how many differences there are of each kind, in the order of KINDS."""
        found = Counter(difference.kind for difference in self.differences)
        return {kind: found[kind] for kind in KINDS if found[kind]}


def compare(corrected: Replayed | pa.Table, clean: Raw | pa.Table, key: str) -> Compared:
    """List each difference between a corrected table and the clean file that should be the same.

    In: the result of a replay (or a table of text), the clean table of text, and the column that names rows in both.
    Out: see Compared; an absent cell and an empty one are the same, `_row` is left out.
    Raises BadCorrection where one of the tables has no such column.
    """
    removed = corrected.removed_keys if isinstance(corrected, Replayed) else frozenset()
    ours = Sheet(corrected.table if isinstance(corrected, Replayed) else corrected, key)
    theirs = Sheet(clean.table if isinstance(clean, Raw) else clean, key)
    for sheet in (ours, theirs):
        if key not in sheet:
            raise BadCorrection("correction.no-column", column=key, known=", ".join(sheet.table.column_names[:40]))
    shared = [name for name in ours.table.column_names if name in theirs and name not in (ROW, key)]
    pairs = {k: (ours.rows_of[k][0], theirs.rows_of[k][0]) for k in ours.rows_of if _once(k, ours, theirs)}
    found = [
        *_columns(ours.table.column_names, theirs.table.column_names),
        *_rows(ours, theirs, removed),
        *_cells(ours, theirs, shared, pairs),
    ]
    return Compared(tuple(found), len(pairs), len(shared))


def _once(key: str, ours: Sheet, theirs: Sheet) -> bool:
    return len(ours.rows_of[key]) == len(theirs.rows_of.get(key, ())) == 1


def _columns(ours: list[str], theirs: list[str]) -> Iterator[Difference]:
    yield from (Difference("column-gone", column=name) for name in ours if name not in {*theirs, ROW})
    yield from (Difference("column-new", column=name) for name in theirs if name not in {*ours, ROW})


def _rows(ours: Sheet, theirs: Sheet, removed: frozenset[str]) -> Iterator[Difference]:
    for key in dict.fromkeys([*ours.rows_of, *theirs.rows_of]):
        here, there = len(ours.rows_of.get(key, ())), len(theirs.rows_of.get(key, ()))
        if max(here, there) > 1:
            yield Difference("repeated-key", row=key)
        elif not there:
            yield Difference("row-gone", row=key)
        elif not here:
            yield Difference("row-kept" if key in removed else "row-new", row=key)


def _cells(ours: Sheet, theirs: Sheet, shared: list[str], pairs: dict[str, tuple[int, int]]) -> Iterator[Difference]:
    keys = list(pairs)
    here, there = (pa.array([pair[side] for pair in pairs.values()], pa.int64()) for side in (0, 1))
    multiple = find(ours.table)
    differing: set[tuple[str, str]] = set()
    # Questions come before their 0/1 columns, so that these are seen to follow.
    for name in sorted(shared, key=lambda name: parent_of(name, multiple) is not None):
        left, right = _taken(ours, name, here), _taken(theirs, name, there)
        for place in pc.indices_nonzero(pc.not_equal(left, right)).to_pylist():
            one, other = left[place].as_py(), right[place].as_py()
            follows = (parent_of(name, multiple) or "", keys[place]) in differing
            kind = _kind(one, other, follows)
            if kind not in SAME_VALUE:
                differing.add((name, keys[place]))
            yield Difference(kind, keys[place], name, one, other)


def _taken(sheet: Sheet, name: str, places: pa.Array) -> pa.Array:
    return sheet.cells(name).array().take(places).cast(pa.string()).fill_null("")


def _kind(one: str, other: str, follows: bool) -> str:
    way = same(one, other)
    if way:
        return way
    if follows and all(truth(value) is not None or not value for value in (one, other)):
        return "follows"
    if one.casefold() == other.casefold():
        return "case"
    return "emptied" if not other else "filled" if not one else "value"
