"""The text cells of a layout become the figures that the store keeps: numbers, codes, places and years."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadOfficial
from datashift.official.arrays import constant, counted, encoded, ids, joined, mapped, numbers, ranks
from datashift.official.codes import period_of, places, year_of
from datashift.official.schema import FIGURES, Cells, Setting

_NUMBER = r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_SHOWN = 40
_EXPONENT = re.compile(r"[+-]?[0-9]{1,2}(?:\.0+)?")
_SIZES = {
    "": 0, "_z": 0, "_x": 0, "units": 0, "tens": 1, "hundreds": 2, "thousands": 3, "millions": 6, "billions": 9,
    "trillions": 12,
}  # fmt: skip
"""Powers of ten by their names in the SDMX list of unit multipliers (CL_UNIT_MULT); Open SDG writes the names."""

_TEXTS = ("indicator", "series", "area_code", "area_name", "nature", "status", "source_detail", "footnote", "unit",
          "unit_mult")  # fmt: skip
ORDER = ("series", "area_code", "area_name", "breakdown", "period")
"""How the figures of a snapshot are sorted; those of one series lie together."""


def figures(cells: Cells, file: str, setting: Setting) -> pa.Table:
    """Return the figures of `cells` in the columns FIGURES, sorted by ORDER.

    value is the published number times ten to the power of unit_mult, so that it is in the unit named; value_text is
    the text as published. A text that is no number ("<5", "N", ".."), or too large for one, keeps its row, and its
    value is null; so does a number whose multiplier nobody can read.
    Raises BadOfficial when a row has no year, or when there is no number at all.
    """
    length = len(cells.rows)
    texts = {role: cells.columns.get(role, constant("", length)) for role in _TEXTS}
    texts["indicator"] = _or(texts["indicator"], setting.indicator)
    published = _plain(cells.columns["value"])
    power = _power(texts["unit_mult"])
    value = _scaled(published, power)
    if length == value.null_count:
        first = published[0].as_py() if length else ""
        raise BadOfficial("official-import.no-number", file=file, rows=length, value=first[:_SHOWN])
    period = mapped(cells.columns["period"], period_of)
    columns = texts | {
        "area": _areas(cells, texts["area_code"], setting),
        "period": period,
        "year": _years(period, cells, file),
        "value": value,
        "value_text": published,
        "breakdown": joined(cells.breakdowns.items(), length),
        "attributes": joined(_without_joints(cells.attributes), length),
        "row": cells.rows,
    }
    columns |= {role: _scaled(_plain(cells.columns[role]), power) for role in _ERRORS if role in cells.columns}
    return _sorted(columns, length)


_ERRORS = ("se", "lower", "upper")


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the figures of several files of one layout as one table, sorted by ORDER."""
    if len(tables) == 1:
        return tables[0]
    whole = pa.concat_tables(tables).combine_chunks()
    columns = {name: encoded(whole[name]) if pa.types.is_string(whole[name].type) else whole[name]
               for name in whole.column_names}  # fmt: skip
    return _sorted(columns, len(whole))


def part_of(table: pa.Table) -> str:
    """Return what a file is limited to: its only series, indicator, target or goal, and its only place; "" = neither.

    A series named like the indicator it belongs to says no more than the indicator.
    """
    series = set(pc.unique(table["series"]).to_pylist())
    codes = {code.split(",")[0] for code in pc.unique(table["indicator"]).to_pylist()}
    about = series.pop() if len(series) == 1 else _common(codes)
    places_named = list(counted(table, ("area", "area_code")))
    only = next(filter(None, places_named[0]), "") if len(places_named) == 1 else ""
    return " ".join(filter(None, (about, only)))


def _common(codes: set[str]) -> str:
    parts = [code.split(".") for code in codes]
    if "" in codes:
        return ""
    shared = 0
    while all(len(part) > shared and part[shared] == parts[0][shared] for part in parts):
        shared += 1
    return ".".join(parts[0][:shared])


def _or(column: pa.Array, text: str) -> pa.Array:
    return mapped(column, lambda own: own.strip() or text)


def _plain(column: Any) -> pa.Array:
    return encoded(column).cast(pa.string()) if pa.types.is_dictionary(column.type) else _combined(column)


def _combined(column: Any) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _power(multipliers: pa.Array) -> np.ndarray | None:
    """Return what each figure is multiplied with; NaN where nobody can tell, None where nothing is to be done."""
    powers = [_exponent(text.strip()) for text in multipliers.dictionary.to_pylist()]
    return 10.0 ** np.array(powers)[numbers(multipliers)] if any(powers) else None


def _exponent(text: str) -> float:
    if text.lower() in _SIZES:
        return _SIZES[text.lower()]
    return float(text) if _EXPONENT.fullmatch(text) else float("nan")


def _scaled(texts: pa.Array, power: np.ndarray | None) -> pa.Array:
    is_number = pc.match_substring_regex(texts, _NUMBER)
    value = pc.cast(pc.utf8_trim_whitespace(pc.if_else(is_number, texts, pa.scalar(None, pa.string()))), pa.float64())
    scaled = value if power is None else pc.multiply(value, pa.array(power))
    return pc.if_else(pc.is_finite(scaled), scaled, pa.scalar(None, pa.float64()))


def _years(period: pa.Array, cells: Cells, file: str) -> pa.Array:
    known = [year_of(text) for text in period.dictionary.to_pylist()]
    at = numbers(period)
    lacking = np.array([year is None for year in known], bool)
    if len(at) and lacking[at].any():
        first = int(np.argmax(lacking[at]))
        text = cells.columns["period"][first].as_py()
        raise BadOfficial("official-import.no-year", file=file, row=cells.rows[first].as_py(), text=text)
    return pa.array([year or 0 for year in known], pa.int32()).take(pa.array(at))


def _areas(cells: Cells, codes: pa.Array, setting: Setting) -> pa.Array:
    if "area" in cells.columns:
        return cells.columns["area"]
    place: Callable[[str], str] = places(setting.home)
    return mapped(codes, lambda code: place(code) if code.strip() else setting.area)


def _without_joints(attributes: Any) -> list[tuple[str, pa.Array]]:
    clean = {"_Z": "", "_X": ""}
    return [
        (name, mapped(column, lambda text: clean.get(text, text).replace(";", ",")))
        for name, column in attributes.items()
    ]


def _sorted(columns: dict[str, pa.Array], length: int) -> pa.Table:
    order = partial(pa.array, type=pa.int64())(_order([columns[name] for name in ORDER], length))
    arrays = []
    for column in FIGURES:
        array = columns.get(column.name)
        if array is None:
            array = pa.nulls(length, column.type) if pa.types.is_floating(column.type) else constant("", length)
        arrays.append(array.take(order).cast(column.type))
    return pa.Table.from_arrays(arrays, schema=FIGURES)


def _order(columns: Sequence[pa.Array], length: int) -> np.ndarray:
    ranked = [pa.DictionaryArray.from_arrays(pa.array(ranks(c)), c.dictionary) for c in columns]
    found, _first = ids(ranked, length)
    return np.argsort(found, kind="stable")
