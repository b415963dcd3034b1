"""What rows are grouped by: whole numbers of known range go into one key, which is twice as fast; and back again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
class Extent:
    """What is known of a column of numbers: its ends, and whether values are missing."""

    least: float
    most: float
    gaps: bool


@dataclass(frozen=True)
class Whole:
    """A column of whole numbers, in few distinct combinations.

    of: [cells] number of the combination.   codes: [combinations] value − least, `gap` for a missing one (None: no
    value is missing).   seen: [combinations] whether it occurs.
    """

    of: Ints
    codes: Ints
    seen: npt.NDArray[np.bool_]
    least: int
    width: int
    gap: int | None


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

    def values(self, name: str) -> Any:
        """Return a key column as Arrow, nulls where it is missing."""
        if name in self.other:
            return self.other[name]
        whole = self.whole[name]
        codes = whole.codes[whole.of]
        return pa.array(codes + whole.least, mask=None if whole.gap is None else codes == whole.gap)

    def table(self, *starts: str) -> pa.Table:
        """Return the columns whose names begin with one of `starts`."""
        names = [name for name in (*self.whole, *self.other) if name.startswith(starts)]
        columns = {name: self.values(name) for name in names}
        return pa.table(columns | {name: pa.array(v) for name, v in self.sums.items() if name.startswith(starts)})


def packed(relation: Relation, extents: Mapping[str, Extent], keys: Mapping[str, Any], sums: Mapping[str, Any]) -> Keys:
    """Group the rows of a relation.

    In: key columns and sums as Ibis expressions by the name they get (the unit first); extents of internal columns.
    """
    spans = {name: _span(column, extents) for name, column in keys.items()}
    whole = {name: span for name, span in spans.items() if span is not None}
    size = reduce(mul, (width for _least, width, _gap in whole.values()), 1)
    if len(whole) < len(keys) or not whole or size >= LARGEST_KEY:
        grouped = [column.name(name) for name, column in keys.items()]
        aggregated = relation.table.group_by(grouped).agg(**sums) if grouped else relation.table.agg(**sums)
        return Keys.of(relation.collect(aggregated))
    kind = "int32" if size < SMALL_KEY else "int64"
    key = None
    for name, (least, width, gap) in whole.items():
        code = keys[name].cast(kind) - least if least else keys[name].cast(kind)
        code = code if gap is None else code.fill_null(gap)
        key = code if key is None else key * width + code
    with relation.keyed(size):
        found = relation.collect(relation.table.group_by(key.name(PACKED)).agg(**sums))  # type: ignore[union-attr]
    columns = _unpacked(found[PACKED].to_numpy(), whole)
    return Keys(found.num_rows, columns, {}, {name: _floats(found[name]) for name in sums})


def _unpacked(key: Ints, spans: Mapping[str, tuple[int, int, int | None]]) -> dict[str, Whole]:
    """Take the packed key apart: into the first column and the rest, and the rest by a table of its combinations."""
    (first, (least, width, gap)), *others = spans.items()
    inner = reduce(mul, (width for _name, (_least, width, _gap) in others), 1)
    if inner > WIDEST:
        return _unpacked_one_by_one(key, spans)
    head, tail = np.divmod(key, np.asarray(inner, dtype=key.dtype))
    everything = np.ones(width, dtype=bool)
    columns = {first: Whole(head, np.arange(width), everything, least, width, gap)}
    combination, seen = np.arange(inner), np.bincount(tail, minlength=inner) > 0
    for name, (least, width, gap) in others[::-1]:
        combination, code = np.divmod(combination, width)
        columns[name] = Whole(tail, code, seen, least, width, gap)
    return columns


def _unpacked_one_by_one(key: Ints, spans: Mapping[str, tuple[int, int, int | None]]) -> dict[str, Whole]:
    columns = {}
    for name, (least, width, gap) in list(spans.items())[::-1]:
        key, code = np.divmod(key, width)
        columns[name] = Whole(code, np.arange(width), np.bincount(code, minlength=width) > 0, least, width, gap)
    return columns


def _span(column: Any, extents: Mapping[str, Extent]) -> tuple[int, int, int | None] | None:
    """Return least value, number of codes and the code of a missing value; None where the column is no code."""
    extent = extents.get(column.get_name())
    if extent is None or not column.type().is_integer() or extent.most - extent.least >= WIDEST:
        return None
    width = int(extent.most) - int(extent.least) + 1
    return int(extent.least), width + extent.gaps, width if extent.gaps else None


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
        found = np.unique(whole.codes[whole.seen])
        levels: list[Any] = [None if code == whole.gap else int(code) + whole.least for code in found]
        numbered = np.zeros(whole.width, dtype=np.int64)
        numbered[found] = np.arange(len(found))
        table, of = numbered[whole.codes], whole.of
    else:
        of, combinations = encoded_any(pa.table({name: keys.other[column]}), [name])
        levels = [value for (value,) in combinations]
        table = np.arange(len(levels))
    kept = [k for k, level in enumerate(levels) if level is not None and str(level).strip().lower() not in words]
    ordered = sorted(kept, key=lambda k: _in_order(levels[k]))
    rank = np.full(max(len(levels), 1), -1, dtype=np.int32)  # half the memory of what millions of cells take
    rank[ordered] = np.arange(len(ordered))
    codes: Ints = rank[table][of] if len(table) else of  # type: ignore[assignment]
    return Axis(name, codes, tuple(levels[k] for k in ordered))


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
        return place[whole.codes][whole.of]
    of, combinations = encoded_any(pa.table({name: keys.values(name) for name in columns}), columns)
    known = {tuple(row.values()): k for k, row in enumerate(labels.to_pylist())}
    return np.array([known[combination] for combination in combinations], dtype=np.int64)[of]
