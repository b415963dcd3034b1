"""What stands against single rows, and the table of rejects that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadRow
from datashift.language import label
from datashift.model import Label, Recipe
from datashift.standards.conditions import Objects

Mask = npt.NDArray[np.bool_]
ROW = "\0"
REJECTS = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in ("column", "code", "value", "text"))])


@dataclass
class Problems:
    """What stands against single rows: parallel lists of row index, column, code, value and facts.

    An empty row has no place, no date and no answer either; one line that says so is enough.
    """

    empty: Mask
    index: list[int] = field(default_factory=list)
    column: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> Mask:
        """Which rows have anything against them."""
        found = np.zeros(len(self.empty), dtype=bool)
        found[self.index] = True
        return found

    def add(self, where: Mask, column: str, code: str, values: Objects, **facts: Any) -> None:
        """Note `code` against the rows that `where` marks, each with its value."""
        for i in np.flatnonzero(where & ~self.empty):
            self._note(int(i), column, code, values[i], facts)

    def add_empty_rows(self) -> None:
        """Note of each empty row that it is empty."""
        for i in np.flatnonzero(self.empty):
            self._note(int(i), "", "harmonise.empty-row", "", {})

    def table(self, rows: npt.NDArray[np.int64], recipe: Recipe) -> pa.Table:
        """Return the rejects; `rows` are the source row numbers of all rows."""
        of_line = rows[self.index] if self.index else np.zeros(0, dtype=np.int64)
        said: dict[tuple[Any, ...], str] = {}
        texts = []
        for row, column, code, value, facts in zip(
            of_line, self.column, self.code, self.value, self.facts, strict=True
        ):
            key = (column, code, value, id(facts))
            if key not in said:
                said[key] = _told(code, column, value, facts, recipe)
            texts.append(said[key].replace(ROW, str(row)))
        return pa.table([of_line, self.column, self.code, self.value, texts], schema=REJECTS)

    def _note(self, i: int, column: str, code: str, value: object, facts: dict[str, Any]) -> None:
        self.index.append(i)
        self.column.append(column)
        self.code.append(code)
        self.value.append("" if value is None else str(value))
        self.facts.append(facts)


def taken_out(removed: Mapping[int, str]) -> pa.Table:
    """Return as rejects the rows that corrections took out, by row number with the reason."""
    rows = sorted(removed)
    texts = [str(BadRow("harmonise.removed", row=row, why=removed[row])) for row in rows]
    blank = [""] * len(rows)
    codes = ["harmonise.removed"] * len(rows)
    return pa.table([rows, blank, codes, blank, texts], schema=REJECTS)


def not_meant(raw: pa.Table, column: str, recipe: Recipe, why: Label) -> pa.Table:
    """Return all rows of `raw` as rejects that are not meant; the text is said once for each value of `column`."""
    code = "harmonise.not-meant"
    values = pc.fill_null(raw[column], "")
    facts = {"why": label(why)}
    different = pc.unique(values)
    said = [_told(code, column, value, facts, recipe).partition(ROW) for value in different.to_pylist()]
    before, after = (pa.array([parts[k] for parts in said], pa.string()) for k in (0, 2))
    where = pc.index_in(values, value_set=different)
    rows = raw["_row"]
    texts = pc.binary_join_element_wise(before.take(where), pc.cast(rows, pa.string()), after.take(where), "")
    named = (pa.repeat(pa.scalar(word), raw.num_rows) for word in (column, code))
    return pa.table([rows, *named, values, texts], schema=REJECTS)


def _told(code: str, column: str, value: str, facts: Mapping[str, Any], recipe: Recipe) -> str:
    """Say what stands against a value, with ROW where the number of the row belongs."""
    shown = "…" if column in recipe.personal else value
    return str(BadRow(code, row=ROW, column=column, value=shown, **facts))
