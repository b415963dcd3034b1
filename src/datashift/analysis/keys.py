"""What rows are grouped by: whole numbers of known range go into one key, which is twice as fast; and back again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import mul
from typing import Any

import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz, process

from datashift.analysis.tables import MISSING
from datashift.engine import Relation
from datashift.estimation.encoding import encoded_any
from datashift.estimation.frame import Floats, Ints
from datashift.estimation.grouped import Axis

PACKED = "packed_key"
LARGEST_KEY = 2**62
SMALL_KEY = 2**31
WIDEST = 2**26
"""A column of whole numbers that spans more than this is no list of codes."""


@dataclass(frozen=True)
class Whole:
    """A column of whole numbers: [cells] value − least, with `width − 1` for a missing one."""

    codes: Ints
    least: int
    width: int


@dataclass(frozen=True)
class Keys:
    """The answer of a grouping.   whole: columns of whole numbers; other: the rest, as Arrow; sums: [cells] each."""

    rows: int
    whole: Mapping[str, Whole] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)
    sums: Mapping[str, Floats] = field(default_factory=dict)

    @staticmethod
    def of(found: pa.Table) -> Keys:
        """Sort the columns of an answer into keys and sums (which have `__` in their names)."""
        sums = {name: _floats(found[name]) for name in found.column_names if "__" in name}
        other = {name: found[name] for name in found.column_names if "__" not in name}
        return Keys(found.num_rows, {}, other, sums)

    @staticmethod
    def nearest(name: str, known: Sequence[str]) -> list[str]:
        """Return the three names nearest to `name`."""
        return [match for match, _score, _i in process.extract(name, known, scorer=fuzz.WRatio, limit=3)]

    def values(self, name: str) -> Any:
        """Return a key column as Arrow, nulls where it is missing."""
        if name in self.other:
            return self.other[name]
        whole = self.whole[name]
        return pa.array(whole.codes + whole.least, mask=whole.codes == whole.width - 1)

    def table(self, *starts: str) -> pa.Table:
        """Return the columns whose names begin with one of `starts`."""
        names = [name for name in (*self.whole, *self.other) if name.startswith(starts)]
        columns = {name: self.values(name) for name in names}
        return pa.table(columns | {name: pa.array(v) for name, v in self.sums.items() if name.startswith(starts)})


def packed(
    relation: Relation, ranges: Mapping[str, tuple[int, int]], keys: Mapping[str, Any], sums: Mapping[str, Any]
) -> Keys:
    """Group the rows of a relation.

    In: key columns and sums as Ibis expressions by the name they get; ranges of internal columns of whole numbers.
    """
    spans = {name: _span(column, ranges) for name, column in keys.items()}
    whole = {name: span for name, span in spans.items() if span is not None}
    size = reduce(mul, (width for _least, width in whole.values()), 1)
    if len(whole) < len(keys) or not whole or size >= LARGEST_KEY:
        grouped = [column.name(name) for name, column in keys.items()]
        aggregated = relation.table.group_by(grouped).agg(**sums) if grouped else relation.table.agg(**sums)
        return Keys.of(relation.collect(aggregated))
    kind = "int32" if size < SMALL_KEY else "int64"
    key = None
    for name, (least, width) in whole.items():
        code = keys[name].cast(kind) - least if least else keys[name].cast(kind)
        code = code.fill_null(width - 1)
        key = code if key is None else key * width + code
    with relation.keyed(size):
        found = relation.collect(relation.table.group_by(key.name(PACKED)).agg(**sums))  # type: ignore[union-attr]
    rest = found[PACKED].to_numpy().astype(np.int64)
    codes: dict[str, Whole] = {}
    for name, (least, width) in reversed(whole.items()):
        rest, code = np.divmod(rest, width)
        codes[name] = Whole(code, least, width)
    return Keys(found.num_rows, codes, {}, {name: _floats(found[name]) for name in sums})


def _span(column: Any, ranges: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
    name = column.get_name()
    if name not in ranges or not column.type().is_integer():
        return None
    least, most = ranges[name]
    return (least, most - least + 2) if most - least < WIDEST else None


def _floats(column: pa.ChunkedArray) -> Floats:
    values = column.to_numpy()
    if values.dtype != np.float64:
        values = values.astype(np.float64)
    floats: Floats = np.nan_to_num(values, copy=False) if column.null_count else values
    return floats


def dimension(name: str, keys: Keys, column: str, missing: Collection[str]) -> Axis:
    """Number the levels of a breakdown in their order; words and numbers that mean missing get -1."""
    words = MISSING | {word.strip().lower() for word in missing}
    if column in keys.whole:
        whole = keys.whole[column]
        codes, found = whole.codes, np.flatnonzero(np.bincount(whole.codes, minlength=whole.width))
        levels: list[Any] = [int(code) + whole.least if code < whole.width - 1 else None for code in found]
        numbered = np.zeros(whole.width, dtype=np.int64)
        numbered[found] = np.arange(len(found))
        codes = numbered[codes]
    else:
        codes, combinations = encoded_any(pa.table({name: keys.other[column]}), [name])
        levels = [value for (value,) in combinations]
    kept = [k for k, level in enumerate(levels) if level is not None and str(level).strip().lower() not in words]
    ordered = sorted(kept, key=lambda k: _in_order(levels[k]))
    rank = np.full(max(len(levels), 1), -1, dtype=np.int64)
    rank[ordered] = np.arange(len(ordered))
    return Axis(name, rank[codes], tuple(levels[k] for k in ordered))


def _in_order(level: Any) -> tuple[int, float, str]:
    if isinstance(level, bool | int | float):
        return (0, float(level), "")
    return (1, 0.0, str(level))


def lookup(keys: Keys, columns: Sequence[str], labels: pa.Table) -> Ints:
    """Return for each cell the number of its unit, which is the row of `labels` with the same values of `columns`."""
    if not columns:
        return np.zeros(keys.rows, dtype=np.int64)
    if len(columns) == 1 and columns[0] in keys.whole:
        whole = keys.whole[columns[0]]
        place = np.zeros(whole.width, dtype=np.int64)
        place[labels[columns[0]].to_numpy() - whole.least] = np.arange(labels.num_rows)
        return place[whole.codes]
    of, combinations = encoded_any(pa.table({name: keys.values(name) for name in columns}), columns)
    known = {tuple(row.values()): k for k, row in enumerate(labels.to_pylist())}
    return np.array([known[combination] for combination in combinations], dtype=np.int64)[of]
