"""A table of sources as arrays: one entry per row, checked, with its variance on the scale of the pooling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadSources
from datashift.model.record import SAMPLING_TYPES
from datashift.pooling.between import Floats, Ints, Method
from datashift.pooling.meta import known
from datashift.pooling.scales import SCALES, Scale, from_counts, from_error, from_interval

Unit = Literal["percent", "share", "number"]
UNITS: tuple[Unit, ...] = ("percent", "share", "number")
Objects = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]

KEYS = ("indicator", "measure", "area", "period")
NUMBERS = ("value", "se", "lower", "upper", "level", "n", "n_eff", "shared")
TEXTS = ("source", "source_type", "period", "universe", "definition", "overlap", "shared_with")
NEEDED = ("source", "source_type", "value")


@dataclass(frozen=True)
class Pooling:
    """How to pool. Every field has a default that suits a table of published figures.

    method: how the variance between sources is estimated (REML; FE: none).   test: z, hartung-knapp,
    hartung-knapp-floor; by default hartung-knapp-floor, and t with the degrees of freedom of the learnt bias in cells
    whose sources were corrected.   scale: by default logit for shares, raw for numbers.   unit: of the values; by
    default shares where all lie between 0 and 1, else numbers.   by: columns that tell cells apart, beside indicator,
    measure, area and period.   period: pool the sources of this time only.   level: of the intervals.
    columns: names of columns by what they say, such as {"value": "pct"}.
    correct: learn from surveys drawn by chance how far other types of sources are off, and correct them.
    """

    method: Method = "REML"
    test: str | None = None
    scale: Scale | None = None
    unit: Unit | None = None
    by: Sequence[str] = ()
    period: str | None = None
    level: float = 0.95
    columns: Mapping[str, str] = field(default_factory=dict)
    correct: bool = True


@dataclass(frozen=True)
class SourceRows:
    """The rows as arrays. Values are shares from 0 to 1, or numbers; NaN and "" where nothing is stated.

    cell: which cell a row belongs to; cells: what each cell is, by column.   basis: where the variance comes from: se,
    interval, srs (n of a simple random sample), or "".   y, v: value and variance on `scale`.   answers: effective
    number of answers, stated or computed from a share and its standard error.   per: what a value of 1 is in the file.
    """

    row: Ints
    cell: Ints
    cells: tuple[dict[str, str], ...]
    texts: Mapping[str, Objects]
    numbers: Mapping[str, Floats]
    basis: Objects
    y: Floats
    v: Floats
    answers: Floats
    scale: Scale
    unit: Unit
    inferred: bool

    @property
    def per(self) -> float:
        """Return what a value of 1 is in the unit of the file."""
        return 100.0 if self.unit == "percent" else 1.0


def source_rows(table: pa.Table, how: Pooling) -> SourceRows:
    """Return the rows of a table as arrays.

    In:  columns source, source_type, value and what else `Pooling` and docs/reference/pooling.md name; text or typed;
         `_row` with row numbers where there is one.
    Errors: BadSources, with the row and the column.
    """
    known(how.method, how.test or "z", how.level)
    if not table.num_rows:
        raise BadSources("pool.empty")
    named = _named(table, how.columns)
    row = np.asarray(table["_row"].to_numpy() if "_row" in table.column_names else np.arange(table.num_rows) + 1)
    texts = {name: _texts(named.get(name), table.num_rows) for name in TEXTS}
    numbers = {name: _numbers(named.get(name), name, row) for name in NUMBERS}
    _check_names(texts, row)
    unit, inferred = _unit(numbers["value"], how)
    scale = how.scale or ("raw" if unit == "number" else "logit")
    if scale not in SCALES:
        raise BadSources("pool.option", option="scale", value=scale, known=", ".join(SCALES))
    if unit == "number" and scale != "raw":
        raise BadSources("pool.unit", scale=scale)
    numbers = _in_ones(numbers, unit)
    _check_numbers(numbers, row, unit)
    cell, cells = _cells(named, how, table.num_rows)
    basis, y, v = _on_scale(numbers, scale, unit)
    return SourceRows(
        row, cell, cells, texts, numbers, basis, y, v, _answers(numbers, unit), scale, unit, inferred
    )  # fmt: skip


def _named(table: pa.Table, columns: Mapping[str, str]) -> dict[str, pa.ChunkedArray]:
    """Return the columns by what they say; names are compared without case, blanks as underscores."""
    found: dict[str, pa.ChunkedArray] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if _folded(name) in found:
            raise BadSources("pool.same-column", column=_folded(name))
        found[_folded(name)] = column
    listed = ", ".join(name for name in table.column_names if name != "_row")
    for role, name in columns.items():
        if _folded(name) not in found:
            raise BadSources("pool.no-column", column=name, known=listed)
        found[_folded(role)] = found[_folded(name)]
    for role in NEEDED:
        if role not in found:
            raise BadSources("pool.no-column", column=role, known=listed)
    return found


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip()).casefold()


def _texts(column: pa.ChunkedArray | None, count: int) -> Objects:
    if column is None:
        return np.full(count, "", dtype=object)
    plain = pc.utf8_trim_whitespace(pc.fill_null(column.cast(pa.string()), ""))
    return np.asarray(plain.to_numpy(zero_copy_only=False), dtype=object)


def _numbers(column: pa.ChunkedArray | None, name: str, row: Ints) -> Floats:
    """Return a column as numbers; empty cells are NaN. Raises BadSources for a text that is no number."""
    if column is None:
        return np.full(len(row), np.nan)
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        typed = pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy()
        return _finite(np.asarray(typed, float), column, name, row)
    texts = _texts(column, len(row))
    try:
        typed = np.where(texts == "", "nan", texts).astype(float)
    except ValueError:
        wrong = next(i for i, text in enumerate(texts) if text and not _is_number(text))
        raise BadSources("pool.not-a-number", row=int(row[wrong]), column=name, value=texts[wrong]) from None
    return _finite(np.where((texts != "") & np.isnan(typed), np.inf, typed), column, name, row)


def _finite(numbers: Floats, column: pa.ChunkedArray, name: str, row: Ints) -> Floats:
    wrong = np.flatnonzero(np.isinf(numbers))
    if len(wrong):
        facts = {"row": int(row[wrong[0]]), "column": name, "value": column[int(wrong[0])].as_py()}
        raise BadSources("pool.not-a-number", **facts)
    return numbers


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_names(texts: Mapping[str, Objects], row: Ints) -> None:
    nameless = np.flatnonzero(texts["source"] == "")
    if len(nameless):
        raise BadSources("pool.no-source", row=int(row[nameless[0]]))
    wrong = np.flatnonzero(~np.isin(texts["source_type"].astype(str), SAMPLING_TYPES))
    if len(wrong):
        facts = {"row": int(row[wrong[0]]), "value": texts["source_type"][wrong[0]]}
        raise BadSources("pool.source-type", **facts, known=", ".join(SAMPLING_TYPES))


def _unit(value: Floats, how: Pooling) -> tuple[Unit, bool]:
    """Return the unit, and whether it was told from the values."""
    if how.unit is not None:
        if how.unit not in UNITS:
            raise BadSources("pool.option", option="unit", value=how.unit, known=", ".join(UNITS))
        return how.unit, False
    stated = value[~np.isnan(value)]
    return ("share" if ((stated >= 0) & (stated <= 1)).all() else "number"), True


def _in_ones(numbers: Mapping[str, Floats], unit: Unit) -> dict[str, Floats]:
    if unit != "percent":
        return dict(numbers)
    return {
        name: array / 100 if name in ("value", "se", "lower", "upper") else array for name, array in numbers.items()
    }


def _check_numbers(numbers: Mapping[str, Floats], row: Ints, unit: Unit) -> None:
    value = numbers["value"]
    wrong = np.flatnonzero((value < 0) | (value > 1))
    if unit != "number" and len(wrong):
        most = 100 if unit == "percent" else 1
        raise BadSources("pool.not-a-share", row=int(row[wrong[0]]), value=f"{value[wrong[0]] * most:g}", most=most)
    for name in ("se", "n", "n_eff", "shared"):
        wrong = np.flatnonzero(numbers[name] < 0)
        if len(wrong):
            facts = {"row": int(row[wrong[0]]), "column": name, "value": f"{numbers[name][wrong[0]]:g}"}
            raise BadSources("pool.negative", **facts)
    lower, upper = numbers["lower"], numbers["upper"]
    wrong = np.flatnonzero((lower > value) | (upper < value))
    if len(wrong):
        facts = {name: f"{numbers[name][wrong[0]]:g}" for name in ("value", "lower", "upper")}
        raise BadSources("pool.interval", row=int(row[wrong[0]]), **facts)
    level = numbers["level"]
    wrong = np.flatnonzero((level <= 0) | (level >= 100))
    if len(wrong):
        raise BadSources("pool.level", value=f"{level[wrong[0]]:g}")


def _cells(named: Mapping[str, pa.ChunkedArray], how: Pooling, count: int) -> tuple[Ints, tuple[dict[str, str], ...]]:
    """Return the number of each row's cell, in the order of the file, and what each cell is."""
    for name in (*how.by, *(["period"] if how.period is not None else [])):
        if _folded(name) not in named:
            listed = ", ".join(name for name in named if name != "_row")
            raise BadSources("pool.no-column", column=name, known=listed)
    keys = [key for key in KEYS if key in named] + [_folded(name) for name in how.by if _folded(name) not in KEYS]
    columns = [pa.array(_texts(named[key], count)).dictionary_encode() for key in keys]
    code = np.zeros(count, dtype=np.int64)
    for key, column in zip(keys, columns, strict=True):
        if not (key == "period" and how.period is not None):
            code = code * max(len(column.dictionary), 1) + column.indices.to_numpy()
            code = np.unique(code, return_inverse=True)[1]
    _values, first, cell = np.unique(code, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    texts = [np.asarray(column.dictionary.to_pylist(), object)[column.indices.to_numpy()] for column in columns]
    kept = np.sort(first)
    cells = [dict(zip(keys, values, strict=True)) for values in zip(*(text[kept] for text in texts), strict=True)]
    if how.period is not None and "period" in keys:
        cells = [{**each, "period": how.period} for each in cells]
    return order[cell].astype(np.intp), tuple(cells) or ({},)


def _on_scale(numbers: Mapping[str, Floats], scale: Scale, unit: Unit) -> tuple[Objects, Floats, Floats]:
    """Return where each variance comes from, and value and variance on the scale.

    A standard error goes before an interval, an interval before n. A share of 0 or 1 has a variance from n only.
    """
    value, se, n = numbers["value"], numbers["se"], numbers["n"]
    level = np.where(numbers["level"] > 1, numbers["level"] / 100, numbers["level"])
    level = np.where(np.isnan(level), 0.95, level)
    y, v = from_error(value, np.where(se > 0, se, np.nan), scale)
    spread = from_interval(value, numbers["lower"], numbers["upper"], level, scale)
    basis = np.where(np.isfinite(v), "se", "").astype(object)
    use = (basis == "") & (spread > 0)
    v, basis[use] = np.where(use, spread, v), "interval"
    if unit != "number":
        with np.errstate(all="ignore"):
            counted, plain = from_counts(value * n, n, scale)
        use = (basis == "") & (n > 0) & np.isfinite(plain)
        y, v, basis[use] = np.where(use, counted, y), np.where(use, plain, v), "srs"
    missing = np.isnan(value) | (basis == "")
    basis[missing] = ""
    return basis, np.where(missing, np.nan, y), np.where(missing, np.nan, v)


def _answers(numbers: Mapping[str, Floats], unit: Unit) -> Floats:
    """Return how many answers each figure is worth: n_eff, else p(1 − p)/se² of a share, else n; NaN: unknown."""
    value, se = numbers["value"], numbers["se"]
    with np.errstate(all="ignore"):
        worth = value * (1 - value) / se**2 if unit != "number" else np.full_like(value, np.nan)
    worth = np.where(np.isfinite(worth) & (worth > 0), worth, numbers["n"])
    return np.where(np.isnan(numbers["n_eff"]), worth, numbers["n_eff"])
