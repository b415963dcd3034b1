"""Replay: the raw rows and a ledger give the corrected rows, always the same, with what each line did.

Lines work in their order. A change whose `old` is not what the row holds is a conflict: it is not applied, and listed
with what was found. A removed row is a row explained: its number and the line are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.corrections.cells import ROW, Cells, Positions, Sheet
from datashift.corrections.entry import Change, Entry, Remove, Rule
from datashift.corrections.ledger import Ledger
from datashift.corrections.multiple import follow, parent_of
from datashift.corrections.sameness import same
from datashift.errors import BadCorrection
from datashift.language import N_, _
from datashift.model import Raw

CONFLICTS = {
    "no-row": N_("no row has this key"),
    "repeated-key": N_("several rows have this key, so it is not clear which one is meant"),
    "no-column": N_("the table has no such column"),
    "other-value": N_("the row holds another value than the one to be corrected"),
    "key-column": N_("the column that names the rows cannot be changed"),
}


@dataclass(frozen=True)
class Touched:
    """Cells of one column that a line changed: source row numbers, what they held, what they hold, and why they fit.

    `way` is how the old value was the one that the line names: exact, number, truth, text; any where the line names
    none; follows for a 0/1 column that follows from its question.
    """

    column: str
    rows: npt.NDArray[np.int64]
    found: pa.Array
    became: str | None
    way: str


@dataclass(frozen=True)
class Conflict:
    """A line that was not applied: a code of CONFLICTS, the source rows it meant, and the value that was found."""

    entry: Entry
    code: str
    rows: tuple[int, ...] = ()
    found: str | None = None

    def text(self) -> str:
        """Return the reason in the current language."""
        return _(CONFLICTS[self.code])


@dataclass(frozen=True)
class Replayed:
    """The corrected table, and what became of every line and row.

    table: the raw table with the changes, without the removed rows. applied: lines that did something. already: lines
    in force that found their work done. conflicts: lines not applied. removed: source row number -> the line that
    removes it. removed_keys: the keys of these rows.
    effects: number of the line -> the cells it changed. loose: 0/1 cells that were changed alone, so that they disagree
    with their question: (source row number, column).
    """

    table: pa.Table
    applied: tuple[Entry, ...]
    already: tuple[Entry, ...]
    conflicts: tuple[Conflict, ...]
    removed: dict[int, Entry]
    effects: dict[int, tuple[Touched, ...]]
    removed_keys: frozenset[str] = frozenset()
    loose: tuple[tuple[int, str], ...] = ()


def replay(raw: Raw | pa.Table, ledger: Ledger) -> Replayed:
    """Apply the lines of `ledger` that are in force to the raw rows.

    In: a raw table (all text; `_row` gives the row numbers, else rows count from 1) with the key column of the ledger.
    Out: see Replayed. With every line taken back the table is the raw table itself.
    Raises BadCorrection where the key column, or a column of a rule's condition, is not there or not text.
    """
    table = raw.table if isinstance(raw, Raw) else raw
    _must_have(table, ledger.open.key)
    course = _Course(Sheet(table, ledger.open.key), ledger)
    for entry in ledger.in_force():
        if isinstance(entry, Change):
            course.change(entry)
        elif isinstance(entry, Remove):
            course.remove(entry)
        elif isinstance(entry, Rule):
            course.rule(entry)
    return course.end()


def _alike(one: str | None, other: str | None) -> bool:
    return (one or "") == (other or "")


def _must_have(table: pa.Table, column: str) -> None:
    if column != ROW and column not in table.column_names:
        raise BadCorrection("correction.no-column", column=column, known=", ".join(table.column_names[:40]))


@dataclass
class _Course:
    """One replay on its way."""

    sheet: Sheet
    ledger: Ledger
    applied: list[Entry] = field(default_factory=list)
    already: list[Entry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    removed: dict[int, Entry] = field(default_factory=dict)
    effects: dict[int, list[Touched]] = field(default_factory=dict)
    alone: dict[tuple[int, str], None] = field(default_factory=dict)

    def change(self, entry: Change) -> None:
        place = self._place(entry)
        if place is None:
            return
        column = self._column(entry)
        if column is None:
            return
        allowed, found = self.ledger.open.equivalent, column[place]
        way = "any" if entry.old is None else same(found, entry.old, allowed)
        if found == entry.new or (not way and same(found, entry.new, allowed)) or not (found or entry.new):
            self.already.append(entry)
        elif not way:
            self._conflict(entry, "other-value", [place], found)
        else:
            self._put(entry, entry.column, column, np.asarray([place]), entry.new, way)
            self.applied.append(entry)

    def remove(self, entry: Remove) -> None:
        place = self._place(entry)
        if place is not None:
            self._leave_out(entry, np.asarray([place]))

    def rule(self, entry: Rule) -> None:
        for condition in entry.where:
            _must_have(self.sheet.table, condition.column)
        fits = self.sheet.fitting(entry.where, self.ledger.open.equivalent)
        if entry.column is None or entry.new is None:
            self._leave_out(entry, np.flatnonzero(fits))
            return
        column = self._column(entry)
        if column is None:
            return
        old, new, allowed = entry.old, entry.new, self.ledger.open.equivalent
        if old is not None:
            fits &= column.where(lambda value: bool(same(value, old, allowed)))
        fits &= ~column.where(partial(_alike, new))
        places = np.flatnonzero(fits)
        if len(places):
            self._put(entry, entry.column, column, places, new, "any" if old is None else "rule")
        (self.applied if len(places) else self.already).append(entry)

    def end(self) -> Replayed:
        table, gone = self.sheet.result(), np.isin(self.sheet.row_numbers, np.fromiter(self.removed, dtype=np.int64))
        if self.removed:
            table = table.filter(pa.array(~gone))
        return Replayed(
            table, tuple(self.applied), tuple(self.already), tuple(self.conflicts), self.removed,
            {number: tuple(touched) for number, touched in self.effects.items()},
            frozenset(self.sheet.keys[place] or "" for place in np.flatnonzero(gone)), self._loose(),
        )  # fmt: skip

    # --- parts ---

    def _place(self, entry: Change | Remove) -> int | None:
        places = self.sheet.rows_of.get(entry.row, [])
        if len(places) == 1:
            return places[0]
        self._conflict(entry, "repeated-key" if places else "no-row", places)
        return None

    def _column(self, entry: Change | Rule) -> Cells | None:
        if entry.column == self.ledger.open.key:
            self._conflict(entry, "key-column")
        elif entry.column is None or entry.column not in self.sheet:
            self._conflict(entry, "no-column")
        else:
            return self.sheet.cells(entry.column)
        return None

    def _conflict(self, entry: Entry, code: str, places: Sequence[int] = (), found: str | None = None) -> None:
        rows = tuple(int(self.sheet.row_numbers[place]) for place in places)
        self.conflicts.append(Conflict(entry, code, rows, found))

    def _leave_out(self, entry: Entry, places: Positions) -> None:
        new = [int(row) for row in self.sheet.row_numbers[places] if int(row) not in self.removed]
        self.removed |= dict.fromkeys(new, entry)
        (self.applied if new else self.already).append(entry)

    def _put(self, entry: Entry, name: str, column: Cells, places: Positions, new: str, way: str) -> None:
        became = new or column.blank()
        self._note(entry, Touched(name, self.sheet.row_numbers[places], column.taken(places), became, way))
        column.put(places, became)
        multiple = self.ledger.open.multiple
        if name in multiple:
            self._follow(entry, name, places, new)
        elif parent_of(name, multiple):
            self.alone |= {(int(place), name): None for place in places}

    def _follow(self, entry: Entry, parent: str, places: Positions, answer: str) -> None:
        for name, value in follow(self.sheet, parent, self.ledger.open.multiple[parent], answer):
            column = self.sheet.cells(name)
            wanted = places[~column.where(partial(_alike, value))[places]]
            if len(wanted):
                rows = self.sheet.row_numbers[wanted]
                self._note(entry, Touched(name, rows, column.taken(wanted), value, "follows"))
                column.put(wanted, value)

    def _note(self, entry: Entry, touched: Touched) -> None:
        self.effects.setdefault(entry.id, []).append(touched)

    def _loose(self) -> tuple[tuple[int, str], ...]:
        multiple, found = self.ledger.open.multiple, []
        for place, name in self.alone:
            parent = parent_of(name, multiple)
            row = int(self.sheet.row_numbers[place])
            if parent and row not in self.removed:
                answer = self.sheet.cells(parent)[place] or ""
                wanted = dict(follow(self.sheet, parent, multiple[parent], answer))
                if not same(self.sheet.cells(name)[place], wanted[name]):
                    found.append((row, name))
        return tuple(found)
