"""A condition on rows becomes one expression, the same in every engine: comp.imp == 'Yes' and meals > 50.

The language is described in `syntax`. A comparison with a missing value is unknown, as in SQL and R; a row for which
the whole condition is unknown is not chosen.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import Any

import ibis

from datashift.analysis import syntax, tables
from datashift.analysis.syntax import Column, Compare, In, Joined, Missing, Not, Part, Value
from datashift.errors import BadQuestion

_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_DAYS = {10: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", 7: r"^[0-9]{4}-[0-9]{2}$"}


@dataclass(frozen=True)
class Condition:
    """A condition that was read: its text as it was written, and what it says."""

    text: str
    part: Part

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns in the order in which they are first named."""
        return tuple(dict.fromkeys(column.name for column in _columns(self.part)))

    def expression(self, table: Any, names: Mapping[str, str], missing: Collection[str] = ()) -> Any:
        """Return the condition as an Ibis truth value per row of `table`: true where the row is chosen, never null.

        In:  an Ibis table; the internal column name of each source column; more words for missing (see `tables`).
        A number against a column of texts compares as numbers, and a text that is no number is unknown; so do two
        columns, unless both hold text and are asked to be equal. true and false count as 1 and 0 beside numbers.
        A date such as '2024-03-31' or '2024-03' against < or > compares with as many signs of each value as it has
        itself; a value that is no date is unknown.
        Errors: BadQuestion for a column that is not there, and for a value that the column cannot hold.
        """
        for name in self.columns:
            if name not in names:
                raise no_column(name, names)
        return _part(self.part, _Rows(table, names, missing)).fill_null(False)


def parse(text: str) -> Condition:
    """Read a condition. Errors: BadQuestion question.condition-…, with the sign where reading stopped."""
    return Condition(text, syntax.parse(text))


def no_column(name: str, known: Collection[str]) -> BadQuestion:
    """Return the error for a column that is not there, with the nearest names."""
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(one.casefold(), one)
    near = [folded[one] for one in get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]
    return BadQuestion("question.no-column", column=name, near=", ".join(near or list(known)[:12]))


@dataclass(frozen=True)
class _Rows:
    """The rows that are asked; a column can be seen as numbers, texts, truth values, days or months."""

    table: Any
    names: Mapping[str, str]
    missing: Collection[str]

    def kind(self, column: Column) -> str:
        kind = self.raw(column).type()
        if kind.is_string() or kind.is_boolean():
            return "text" if kind.is_string() else "boolean"
        return "number" if kind.is_numeric() else "time"

    def raw(self, column: Column) -> Any:
        return self.table[self.names[column.name]]

    def seen(self, column: Column, view: str) -> Any:
        raw = self.raw(column)
        if view == "number":
            # Cast to float64, the digits of long whole numbers would be lost.
            return raw if raw.type().is_integer() and not self.missing else tables.number(raw, self.missing)
        if view == "text":
            return tables.text(raw, self.missing)
        if view == "boolean":
            return raw if raw.type().is_boolean() else _truth(tables.text(raw, self.missing))
        return _days(raw, 10 if view == "day" else 7)


def _truth(text: Any) -> Any:
    small = text.strip().lower()
    return ibis.ifelse(small.isin(["true", "false"]), small == "true", ibis.null("boolean"))


def _days(raw: Any, length: int) -> Any:
    if not raw.type().is_string():
        return (raw.date() if raw.type().is_timestamp() else raw).cast("string").substr(0, length)
    start = raw.strip().substr(0, length)
    return start.re_search(_DAYS[length]).ifelse(start, ibis.null("string"))


def _columns(part: Part) -> Iterator[Column]:
    if isinstance(part, Joined):
        for one in part.parts:
            yield from _columns(one)
    elif isinstance(part, Not):
        yield from _columns(part.part)
    elif isinstance(part, Compare):
        yield from (side for side in (part.left, part.right) if isinstance(side, Column))
    else:
        yield part.column


def _part(part: Part, rows: _Rows) -> Any:
    if isinstance(part, Joined):
        return reduce(operator.and_ if part.word == "and" else operator.or_, [_part(one, rows) for one in part.parts])
    if isinstance(part, Not):
        return ~_part(part.part, rows)
    if isinstance(part, Missing):
        kind = rows.kind(part.column)
        return rows.seen(part.column, "day" if kind == "time" else kind).isnull()
    if isinstance(part, In):
        return _in(part, rows)
    return _compare(part, rows)


def _in(part: In, rows: _Rows) -> Any:
    views: dict[str, list[Value]] = {}
    for value in part.values:
        view, read = _read(part.column, value, False, rows)
        views.setdefault(view, []).append(read)
    return reduce(operator.or_, [rows.seen(part.column, view).isin(values) for view, values in views.items()])


def _compare(part: Compare, rows: _Rows) -> Any:
    left, said, right = part.left, part.operator, part.right
    if not isinstance(left, Column):
        left, said, right = right, _TURNED.get(said, said), left
    assert isinstance(left, Column)
    compare = _OPERATIONS[said]
    if not isinstance(right, Column):
        view, value = _read(left, right, said in _TURNED, rows)
        return compare(rows.seen(left, view), value)
    kinds = {rows.kind(left), rows.kind(right)}
    if "time" in kinds:
        if "number" in kinds or "boolean" in kinds:
            raise BadQuestion("question.not-a-date", column=left.name, value=right.name)
        view = "day"
    else:
        view = "text" if kinds == {"text"} and said not in _TURNED else "number"
    return compare(rows.seen(left, view), rows.seen(right, view))


def _read(column: Column, value: Value, ordered: bool, rows: _Rows) -> tuple[str, Value]:
    """Return how the column is looked at beside this value, and the value in that form."""
    kind = rows.kind(column)
    if kind == "time":
        return _day(column, value)
    if isinstance(value, str):
        return _read_text(column, kind, value, ordered)
    if isinstance(value, bool) and kind != "number" and not ordered:
        return "boolean", value
    return "number", int(value) if isinstance(value, bool) else value


def _read_text(column: Column, kind: str, value: str, ordered: bool) -> tuple[str, Value]:
    number = syntax.as_number(value.strip())
    if kind == "boolean":
        if value.strip().lower() not in ("true", "false"):
            raise BadQuestion("question.not-yes-no", column=column.name, value=value)
        return "boolean", value.strip().lower() == "true"
    if kind == "number" or (ordered and number is not None):
        if number is None:
            raise BadQuestion("question.not-a-number", column=column.name, value=value)
        return "number", number
    if not ordered:
        return "text", value
    if not _DAY.fullmatch(value):
        raise BadQuestion("question.no-order", value=value)
    return _day(column, value)


def _day(column: Column, value: Value) -> tuple[str, Value]:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise BadQuestion("question.not-a-date", column=column.name, value=value)
    return ("day" if len(value) == 10 else "month"), value
