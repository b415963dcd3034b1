"""The table that an analyst hands in, and what counts in it as a number, as a text and as missing.

A small file is read here, whatever its format, and its columns become numbers where all their texts are numbers. What
is large goes to the engine as it is: there the texts of a CSV become numbers inside the expressions. Both ways give the
same answers, since both use the words for missing and the form of a number that stand here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadQuestion
from datashift.read import read

MISSING = frozenset({"", "na", "n/a", "null", "nan", "."})
"""Words, in small letters, that mean in any column that there is no value."""
MISSING_NUMBERS = MISSING | {"none"}
"""The same in a column of numbers. `none` is an answer elsewhere: no toilet, no school."""

LARGE = 50_000_000
"""Bytes from which a CSV is left to the engine."""

_NUMBER = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
_LONGEST = 200  # with two digits of exponent no number overflows: PostgreSQL would stop, others say infinite
_WHOLE = r"^-?[0-9]{1,18}$"
_CODE = r"^(\+|-?0[0-9]|-?[0-9]{19})"  # 007, +255…, long ids: no quantities, although they are written with digits
_LAZY = (".csv", ".csv.gz", ".tsv", ".tsv.gz")


def table_of(
    source: Any, *, sheet: str | None = None, missing: Collection[str] = (), notes: list[Any] | None = None
) -> Any:
    """Return what `engine.relation` takes, for anything that holds one table.

    In:  a path to a file of any format that `read` knows (its `sheet`, where it has several); a Parquet file or folder,
         a pattern (`data/*.parquet`) or an address (`s3://…`); a table in memory: columns by name, a list of rows, or
         anything that the engine itself takes. `missing`: more words for no value.
    Out: what the engine reads itself (Parquet, patterns, addresses, CSV above LARGE bytes, its own kinds of table) as
         it is; else an Arrow table without `_row`, its columns int64, float64 or text. A column is a number only if
         all its texts are numbers and none is written like a code (007, +255…, 19 digits and more).
         What `read` noticed is added to `notes`.
    Errors: Unreadable for a file, BadQuestion for columns of different lengths and rows that are none.
    """
    if not isinstance(source, str | Path):
        return _in_memory(source)
    if sheet is None and _is_for_the_engine(str(source)):
        return source
    raw = read(Path(source), sheet=sheet)
    if notes is not None:
        notes += raw.origin.notes
    return typed(raw.table.drop_columns(["_row"]), missing)


def typed(table: pa.Table, missing: Collection[str] = ()) -> pa.Table:
    """Return a table of texts with columns of numbers as int64 or float64, and null for words for missing."""
    columns = [_typed(column.cast(pa.string()), missing) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def number(column: Any, missing: Collection[str] = ()) -> Any:
    """Return a column (an Ibis expression of text, numbers or truth values) as float64, null where it holds no number.

    A text that is a word for missing or no number at all gives null; count the latter with `not_numbers`, so that they
    are not lost unseen. Truth values give 1 and 0. Columns of floats hold no NaN, as the engine promises.
    """
    kind = column.type()
    if kind.is_temporal():
        return ibis.null("float64")
    if kind.is_string():
        column = _is_number(column).ifelse(column.strip(), ibis.null("string"))
    found = (column.cast("int32") if kind.is_boolean() else column).cast("float64")
    codes = sorted({float(word) for word in missing if _said_number(word)})
    return found.isin(codes).ifelse(ibis.null("float64"), found) if codes else found


def text(column: Any, missing: Collection[str] = ()) -> Any:
    """Return a column (an Ibis expression) as text, null where it holds a word for missing; else not changed."""
    if not column.type().is_string():
        column = column.cast("string")
    words = sorted(MISSING | _folded(missing))
    return column.strip().lower().isin(words).ifelse(ibis.null("string"), column)


def not_numbers(column: Any, missing: Collection[str] = ()) -> Any:
    """Return a truth value per row: what stands there is neither a number nor a word for missing. Never null."""
    if not column.type().is_string():
        return column.notnull() if column.type().is_temporal() else ibis.literal(False)
    words = sorted(MISSING_NUMBERS | _folded(missing))
    return (~_is_number(column) & ~column.strip().lower().isin(words)).fill_null(False)


def check_numbers(relation: Any, columns: Iterable[str], missing: Collection[str] = ()) -> None:
    """Refuse columns with texts or dates, which are no numbers; columns of numbers cost nothing.

    In: a Relation of the engine and the source's names of columns that a question calculates with.
    Errors: BadQuestion question.not-numbers with the count and up to three of the values.
    """
    table = relation.table
    kinds = {name: table[relation.names[name]].type() for name in columns}
    texts = [name for name, kind in kinds.items() if kind.is_string() or kind.is_temporal()]
    if not texts:
        return
    wrong = {name: not_numbers(table[relation.names[name]], missing) for name in texts}
    counts = relation.collect(table.agg(**{f"n{i}": wrong[name].cast("int64").sum() for i, name in enumerate(texts)}))
    for i, name in enumerate(texts):
        count = counts[f"n{i}"][0].as_py() or 0
        if count:
            values = table.filter(wrong[name]).select(value=table[relation.names[name]]).distinct()
            few = relation.collect(values.order_by("value").limit(3))["value"].to_pylist()
            said = ", ".join(f"“{str(value)[:40]}”" for value in few)
            raise BadQuestion("question.not-numbers", column=name, count=count, examples=said)


def _is_for_the_engine(path: str) -> bool:
    if "://" in path or "*" in path or Path(path).is_dir() or path.lower().endswith((".parquet", ".pq")):
        return True
    return path.lower().endswith(_LAZY) and Path(path).is_file() and Path(path).stat().st_size > LARGE


def _in_memory(source: Any) -> Any:
    if not isinstance(source, Mapping | list):
        return source
    try:
        return pa.table(dict(source)) if isinstance(source, Mapping) else pa.Table.from_pylist(source)
    except (TypeError, ValueError, AttributeError, pa.ArrowException) as problem:
        raise BadQuestion("question.no-table", kind=type(source).__name__) from problem


def _typed(column: Any, missing: Collection[str]) -> Any:
    stripped = pc.utf8_trim_whitespace(column)
    folded = pc.utf8_lower(stripped)
    own = _folded(missing)
    given = pc.if_else(pc.is_in(folded, pa.array(sorted(MISSING_NUMBERS | own))), None, stripped)
    if given.null_count < len(given) and _all(given, _NUMBER) and not _any(given, _CODE):
        if _all(given, _WHOLE):
            return given.cast(pa.int64())
        longest = pc.max(pc.utf8_length(given)).as_py()
        if longest < _LONGEST:
            return given.cast(pa.float64())
    return pc.if_else(pc.is_in(folded, pa.array(sorted(MISSING | own))), None, column)


def _all(column: Any, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(column, pattern)).as_py())


def _any(column: Any, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())


def _is_number(column: Any) -> Any:
    stripped = column.strip()
    return stripped.re_search(_NUMBER) & (stripped.length() < _LONGEST)


def _said_number(word: str) -> bool:
    return bool(re.match(_NUMBER, word.strip())) and math.isfinite(float(word))


def _folded(words: Collection[str]) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in words)
