"""What every format becomes on its way to a raw table: named text columns, row numbers, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from datashift.errors import Unreadable
from datashift.language import N_

Note = tuple[str, dict[str, Any]]

MOST_COLUMNS = 20_000
ROW = "_row"

UNNAMED = N_("Columns without a name were named by their letter: {columns}.")
REPEATED = N_("Names that stand more than once were numbered: {columns}.")
RENAMED_ROW = N_("The column '_row' of the source is called '{column}' here, since '_row' holds the row number.")
NEARLY_SAME = N_("Names that differ only in upper and lower case: {columns}.")


@dataclass(frozen=True)
class Options:
    """What the sender says about a file; None means: find out."""

    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table that was read, before it is told which file it came from."""

    table: pa.Table
    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    notes: tuple[Note, ...] = field(default=())


def listed(names: Iterable[Any], most: int = 12) -> str:
    """Return `names` as one line of text; after `most` of them only how many more there are."""
    known = [str(name) for name in names]
    rest = f" … (+{len(known) - most})" if len(known) > most else ""
    return ", ".join(known[:most]) + rest


def letter(position: int) -> str:
    """Return the letters that a spreadsheet program shows above the column at `position` (0 is A, 26 is AA)."""
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_column(cells: Iterable[str | None]) -> pa.Array:
    """Return a text column; None becomes null, half a surrogate pair becomes its escape."""
    known = list(cells)
    try:
        return pa.array(known, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if cell is None else _printable(cell) for cell in known], pa.string())


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def assemble(names: Sequence[str | None], columns: Sequence[Any], rows: Any, file: str) -> tuple[pa.Table, list[Note]]:
    """Put text columns and row numbers together under names that are unique.

    In: names as they stand in the source ("" = no name, None = cells beyond the header), columns of text, the row
    number of each row. Out: the table with `_row` first, and notes on every name that had to be changed.
    """
    if len(columns) > MOST_COLUMNS:
        raise Unreadable("read.too-many-columns", file=file, columns=len(columns), most=MOST_COLUMNS)
    final, notes = _unique([_given(names, place) for place in range(len(names))])
    unnamed = [letter(place) for place, name in enumerate(names) if name is not None and not name.strip()]
    if unnamed:
        notes.append((UNNAMED, {"columns": listed(unnamed)}))
    return pa.table([pa.array(np.asarray(rows, dtype=np.int64)), *columns], names=[ROW, *final]), notes


def counted(rows: int) -> Any:
    """Return row numbers for records that have no rows of their own: the first record is row 2, under the header."""
    return np.arange(2, rows + 2, dtype=np.int64)


def _given(names: Sequence[str | None], place: int) -> str:
    name = names[place]
    if name is None:
        return f"_extra_{place + 1 - names.index(None)}"
    return _printable(name) if name.strip() else f"column {letter(place)}"


def _unique(names: list[str]) -> tuple[list[str], list[Note]]:
    taken: dict[str, None] = {ROW: None}
    stated = set(names)
    final, numbered, notes = [], [], []
    for name in names:
        new = name
        if name == ROW:
            new = _free(f"{ROW} (source)", taken, stated)
            notes.append((RENAMED_ROW, {"column": new}))
        elif name in taken:
            new = _free(name, taken, stated)
            numbered.append(new)
        taken[new] = None
        final.append(new)
    if numbered:
        notes.append((REPEATED, {"columns": listed(numbered)}))
    alike = _differ_in_case_only(final)
    if alike:
        notes.append((NEARLY_SAME, {"columns": listed(alike)}))
    return final, notes


def _free(name: str, taken: dict[str, None], stated: set[str]) -> str:
    number = 2
    new = name if name not in taken and name not in stated else f"{name} ({number})"
    while new in taken or new in stated:
        number += 1
        new = f"{name} ({number})"
    return new


def _differ_in_case_only(names: list[str]) -> list[str]:
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(name.casefold(), []).append(name)
    return [name for same in folded.values() if len(same) > 1 for name in same]
