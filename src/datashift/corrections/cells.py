"""The cells of a table while corrections are replayed: each touched column as numbers that stand for its values."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.corrections.entry import Condition, Equivalence
from datashift.corrections.sameness import number, same
from datashift.errors import BadCorrection

ROW = "_row"

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass
class Cells:
    """One column: `codes` are places in `values`; equal cells have equal codes, so a rule looks at each value once."""

    codes: npt.NDArray[np.int32]
    values: list[str | None]
    type: pa.DataType
    places: dict[str | None, int] = field(default_factory=dict)
    changed: bool = False

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Cells:
        """Return the cells of a column of text."""
        coded = pa.chunked_array(column).combine_chunks().dictionary_encode(null_encoding="encode")
        values = coded.dictionary.to_pylist()
        codes = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int32)
        return cls(codes.copy(), values, column.type, {value: place for place, value in enumerate(values)})

    def __getitem__(self, position: int) -> str | None:
        return self.values[int(self.codes[position])]

    def put(self, positions: Positions, value: str | None) -> None:
        """Set the cells at `positions` to `value`."""
        if value not in self.places:
            self.places[value] = len(self.values)
            self.values.append(value)
        self.codes[positions] = self.places[value]
        self.changed = True

    def where(self, fits: Callable[[str | None], bool]) -> Mask:
        """Return which cells hold a value that fits."""
        return np.asarray([fits(value) for value in self.values] or [False], dtype=np.bool_)[self.codes]

    def taken(self, positions: Positions) -> pa.Array:
        """Return the values at `positions`."""
        return pa.array(self.values, self.type).take(pa.array(self.codes[positions]))

    def blank(self) -> str | None:
        """Return how this column writes an empty cell."""
        return None if None in self.places else ""

    def array(self) -> pa.Array:
        """Return the whole column."""
        return self.taken(np.arange(len(self.codes)))


@dataclass
class Sheet:
    """A table whose columns are opened as cells when a correction first needs them."""

    table: pa.Table
    key: str
    opened: dict[str, Cells] = field(default_factory=dict)

    def __contains__(self, column: str) -> bool:
        return column in self.table.column_names and column != ROW

    def cells(self, column: str) -> Cells:
        """Return the cells of a column. Raises BadCorrection where it is not text."""
        if column not in self.opened:
            self.opened[column] = Cells.of(self._text(column))
        return self.opened[column]

    def _text(self, column: str) -> pa.ChunkedArray:
        found = self.table[column]
        if not (pa.types.is_string(found.type) or pa.types.is_large_string(found.type)):
            raise BadCorrection("correction.not-text", column=column, type=found.type)
        return found

    @cached_property
    def row_numbers(self) -> npt.NDArray[np.int64]:
        """The row numbers of the source: the column `_row`, else counted from 1."""
        if ROW in self.table.column_names:
            return np.asarray(self.table[ROW].to_numpy(), dtype=np.int64)
        return np.arange(1, self.table.num_rows + 1)

    @cached_property
    def keys(self) -> list[str | None]:
        """The key of each row; the row number itself where the key is `_row`."""
        return [str(row) for row in self.row_numbers] if self.key == ROW else self._text(self.key).to_pylist()

    @cached_property
    def rows_of(self) -> dict[str, list[int]]:
        """For each key the places of its rows; more than one where the key repeats. Empty keys name no row."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self.keys):
            if key:
                found.setdefault(key, []).append(place)
        return found

    def fitting(self, conditions: Collection[Condition], allowed: Collection[Equivalence]) -> Mask:
        """Return which rows hold what all `conditions` ask; `allowed` is what counts as the same value."""
        found = np.ones(self.table.num_rows, dtype=np.bool_)
        for condition in conditions:
            found &= self.cells(condition.column).where(_test(condition, allowed))
        return found

    def result(self) -> pa.Table:
        """Return the table as it is now; columns that nothing changed are the very same."""
        table = self.table
        for name, cells in self.opened.items():
            if cells.changed:
                place = table.column_names.index(name)
                table = table.set_column(place, table.schema.field(place), cells.array())
        return table


def _test(condition: Condition, allowed: Collection[Equivalence]) -> Callable[[str | None], bool]:
    if condition.test in ("is", "is_not"):
        wanted = condition.test == "is"
        return lambda value: any(same(value, one, allowed) for one in condition.values) is wanted
    limit = number(condition.values[0])
    if limit is None:
        raise BadCorrection("correction.not-a-number", column=condition.column, value=condition.values[0])
    below = condition.test == "less"

    def fits(value: str | None) -> bool:
        found = number(value or "")
        return found is not None and (found < limit if below else found > limit)

    return fits
