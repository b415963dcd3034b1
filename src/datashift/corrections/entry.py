"""The lines of a ledger: what each kind of correction says, as frozen records.

A value is text, as in the raw table; empty text stands for an empty cell. Comments of people in the field are kept in
`details`: they are private, and no public output carries them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, field_validator, model_validator

from datashift.errors import BadCorrection
from datashift.model import Record

Equivalence = Literal["number", "truth", "text"]
EQUIVALENCES: tuple[Equivalence, ...] = ("number", "truth", "text")

_CONDITION = re.compile(r"([^=<>!]+?)(!=|=|<|>)(.*)", re.DOTALL)
_SIGNS: dict[str, Literal["is", "is_not", "less", "more"]] = {"=": "is", "!=": "is_not", "<": "less", ">": "more"}
_PERSONAL = re.compile(r"@|(?:\d[ ()./-]*){8,}$|^\+\d")


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class LogRow(Record):
    """The row of a cleaning log that an entry was made from: SHA-256 of the file, and the row number in it."""

    sha256: str
    row: int


class Condition(Record):
    """What a row must hold for a rule to apply: a column, and the values it must (or must not) have.

    `is` and `is_not` name values; `less` and `more` compare with one number. An empty value stands for an empty cell.
    """

    column: str
    test: Literal["is", "is_not", "less", "more"] = "is"
    values: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(min_length=1)


class Line(Record):
    """What every line carries: its number, when it was written (ISO 8601 with zone), by which role, and why.

    `dated` is the day that a cleaning log states for it, and `log` the row of that log.
    """

    id: int = Field(default=0, ge=0)
    when: str = ""
    who: str = Field(min_length=1)
    why: str = ""
    dated: str = ""
    log: LogRow | None = None
    details: dict[str, str] = Field(default_factory=dict)

    @field_validator("when")
    @classmethod
    def _has_a_zone(cls, value: str) -> str:
        if value and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError("a time needs its zone, such as 2026-01-31T09:00:00+00:00")
        return value


class Open(Line):
    """The first line: which column names a row, and what counts as the same value when `old` is compared.

    `multiple` names the columns that hold several answers, with the sign before the code in the names of their 0/1
    columns (`water_sources` and `.`: water_sources.piped); these follow when the column is changed.
    """

    kind: Literal["open"] = "open"
    key: str
    source: str | None = None
    equivalent: Annotated[tuple[Equivalence, ...], BeforeValidator(_as_tuple)] = EQUIVALENCES
    multiple: dict[str, str] = Field(default_factory=dict)


class Change(Line):
    """One cell: the row whose key is `row`, from `old` (None: whatever it holds) to `new`."""

    kind: Literal["change"] = "change"
    row: str
    column: str
    old: str | None = None
    new: str


class Remove(Line):
    """One row is left out; the reason is `why`."""

    kind: Literal["remove"] = "remove"
    row: str


class Rule(Line):
    """Every row that fits all conditions, today and later: one column becomes `new`, or the row is left out."""

    kind: Literal["rule"] = "rule"
    where: Annotated[tuple[Condition, ...], BeforeValidator(_as_tuple)] = Field(min_length=1)
    column: str | None = None
    old: str | None = None
    new: str | None = None
    remove: bool = False

    @model_validator(mode="after")
    def _does_one_thing(self) -> Rule:
        if self.remove == (self.column is not None) or (self.column is None) != (self.new is None):
            raise ValueError("a rule either sets a column to a new value, or removes rows")
        return self


class Undo(Line):
    """An earlier line is taken back; taking back an undo brings the line into force again."""

    kind: Literal["undo"] = "undo"
    undoes: int = Field(ge=2)


class Note(Line):
    """A question that was raised and left the data as they are."""

    kind: Literal["note"] = "note"
    row: str | None = None
    column: str | None = None
    question: str = ""


Entry = Annotated[Open | Change | Remove | Rule | Undo | Note, Field(discriminator="kind")]
ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


def condition(text: str) -> Condition:
    """Return the condition that a person wrote: column=value, column!=value, column<number or column>number.

    Several values are parted by |. Raises BadCorrection.
    """
    found = _CONDITION.fullmatch(text.strip())
    if not found:
        raise BadCorrection("correction.condition", text=text)
    column, sign, value = (part.strip() for part in found.groups())
    test = _SIGNS[sign]
    return Condition(column=column, test=test, values=tuple(value.split("|")) if sign in ("=", "!=") else (value,))


def names_a_person(who: str) -> bool:
    """Say whether `who` looks like an e-mail address or a telephone number instead of a role."""
    return bool(_PERSONAL.search(who.strip()))
