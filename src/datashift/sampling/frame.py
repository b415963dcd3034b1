"""The frame: the list of everybody or everything that can be drawn, checked before anything is drawn from it."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict, Unpack

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadSample


class Named(TypedDict, total=False):
    """The columns of a frame by what they say; each may be left out.

    size: a number above 0 that the chance may follow, such as households.   strata: columns that together name the
    stratum.   place: the unit of the first stage, where the list holds households.   order: columns that a systematic
    draw is sorted by.   latitude, longitude: degrees.
    """

    size: str | None
    strata: Sequence[str]
    place: str | None
    order: Sequence[str]
    latitude: str | None
    longitude: str | None


@dataclass(frozen=True)
class Frame:
    """A checked list, sorted by the name of the unit, so that the order of the rows decides nothing.

    table: `unit`, `stratum` (parts joined by " / ", "" without strata), `size` (1 where none is named), and where named
    `place`, `latitude`, `longitude`, `order` (the values of the order columns as one JSON text).
    sized: whether a size was named.
    """

    table: pa.Table
    sized: bool = False

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the frame: the same for the same list, whatever the order of its rows."""
        return digest_of(self.table)

    @property
    def strata(self) -> dict[str, int]:
        """How many units each stratum has, by name."""
        return dict(sorted(Counter(self.table["stratum"].to_pylist()).items()))


def frame_of(table: pa.Table, unit: str, **named: Unpack[Named]) -> Frame:
    """Check a list and return it as a frame. `unit` names the column with a name of its own for each row.

    Cells may be text or numbers. Raises BadSample, with the row or the unit, for what would give somebody no chance or
    two: a missing column, no rows, a unit without a name or there twice, a size that is not above 0, no stratum, a
    position that is not on the earth.
    """
    if not table.num_rows:
        raise BadSample("sample.empty")
    names = unit_names(table, unit)
    columns: dict[str, Any] = {"unit": names, "stratum": _strata(table, names, named.get("strata") or ())}
    size = named.get("size")
    columns["size"] = [1.0] * len(names) if size is None else _sizes(names, cells(table, size))
    if place := named.get("place"):
        columns["place"] = _filled(names, cells(table, place), place)
    for axis, most in (("latitude", 90.0), ("longitude", 180.0)):
        if (column := named.get(axis)) is not None:
            columns[axis] = _degrees(names, cells(table, str(column)), most)
    if order := named.get("order"):
        columns["order"] = [json.dumps(row, ensure_ascii=False) for row in _sortable(table, order)]
    return Frame(pa.table(columns).sort_by("unit"), size is not None)


def places_of(frame: Frame) -> Frame:
    """Return the first stage of a frame of households: its places, with their number of households as size.

    Where the frame has sizes, they are added up instead; positions are the mean of those in the place.
    Raises BadSample where a place lies in two strata.
    """
    sums = [("size", "sum"), ("stratum", "distinct")]
    sums += [(axis, "mean") for axis in ("latitude", "longitude") if axis in frame.table.column_names]
    sums += [("order", "min")] if "order" in frame.table.column_names else []
    grouped = frame.table.group_by("place", use_threads=False).aggregate(sums).sort_by("place")
    for place, strata in zip(grouped["place"].to_pylist(), grouped["stratum_distinct"].to_pylist(), strict=True):
        if len(strata) > 1:
            raise BadSample("sample.two-strata", place=place, strata=", ".join(sorted(strata)))
    columns = {"unit": grouped["place"], "stratum": pc.list_element(grouped["stratum_distinct"], 0)}
    columns["size"] = grouped["size_sum"]
    for name, how in (("latitude", "mean"), ("longitude", "mean"), ("order", "min")):
        if f"{name}_{how}" in grouped.column_names:
            columns[name] = grouped[f"{name}_{how}"]
    return Frame(pa.table(columns), sized=True)


def digest_of(table: pa.Table) -> str:
    """Return the SHA-256 of a table: its columns by name, its rows as lines of JSON in sorted order."""
    columns = sorted(table.column_names)
    rows = zip(*(table[name].to_pylist() for name in columns), strict=True)
    lines = sorted(json.dumps(row, ensure_ascii=False) for row in rows)
    return hashlib.sha256("\n".join([json.dumps(columns), *lines]).encode()).hexdigest()


# --- cells ----------------------------------------------------------------------------------------------------------


def cells(table: pa.Table, name: str) -> list[str]:
    """Return a column as texts without outer blanks, "" where nothing stands. Raises BadSample for an unknown one."""
    if name not in table.column_names:
        known = ", ".join(known for known in table.column_names if known != "_row")
        raise BadSample("sample.no-column", column=name, known=known)
    return ["" if value is None else str(value).strip() for value in table[name].to_pylist()]


def unit_names(table: pa.Table, column: str) -> list[str]:
    """Return the names of the units. Raises BadSample for one that is missing or stands there twice."""
    names = cells(table, column)
    if "" in names:
        at = names.index("")
        row = table["_row"][at].as_py() if "_row" in table.column_names else at + 1
        raise BadSample("sample.no-unit", row=row, column=column)
    return once(names)


def once(names: list[str]) -> list[str]:
    """Return the names as they are. Raises BadSample where one stands there twice."""
    [(unit, count)] = Counter(names).most_common(1) or [("", 0)]
    if count > 1:
        raise BadSample("sample.unit-twice", unit=unit, count=count)
    return names


def _filled(names: Sequence[str], values: list[str], column: str) -> list[str]:
    if "" in values:
        raise BadSample("sample.no-stratum", unit=names[values.index("")], column=column)
    return values


def _strata(table: pa.Table, names: Sequence[str], columns: Sequence[str]) -> list[str]:
    parts = [_filled(names, cells(table, column), column) for column in columns]
    return [" / ".join(row) for row in zip(*parts, strict=True)] if parts else [""] * len(names)


def number(text: str) -> float:
    """Return a plain number, NaN for anything else."""
    try:
        found = float(text)
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _sizes(names: Sequence[str], texts: Sequence[str]) -> list[float]:
    sizes = [number(text) for text in texts]
    for name, text, size in zip(names, texts, sizes, strict=True):
        if not size > 0:
            raise BadSample("sample.size", unit=name, value=text[:40])
    return sizes


def _degrees(names: Sequence[str], texts: Sequence[str], most: float) -> list[float]:
    found = [number(text) for text in texts]
    for name, text, degrees in zip(names, texts, found, strict=True):
        if not -most <= degrees <= most:
            raise BadSample("sample.position", unit=name, value=text[:40])
    return found


def _sortable(table: pa.Table, columns: Sequence[str]) -> list[list[float | str]]:
    """Return rows to sort by: a column of numbers only sorts as numbers, any other as text."""
    parts: list[list[Any]] = []
    for column in columns:
        texts = cells(table, column)
        numbers = [number(text) for text in texts]
        parts.append(texts if any(map(math.isnan, numbers)) else numbers)
    return [list(row) for row in zip(*parts, strict=True)]
