"""Places, tables and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Area:
    """A place with the extent it had from `valid_from` to `valid_to`; a new extent is a new area with a new id."""

    id: str
    name: str
    country: str
    level: int
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()
    kind: str = ""
    iso: str = ""
    pcode: str = ""
    code: str = ""
    names: tuple[tuple[str, str], ...] = ()
    """Official names by language, such as ("ne", "झापा")."""
    former_parents: tuple[tuple[str, date], ...] = ()
    """Earlier parents, the earliest first, each with the last day it was one."""

    def valid_on(self, day: date) -> bool:
        """Say whether the area had this extent on `day`."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    def parent_on(self, day: date) -> str | None:
        """Return the id of the area that this one belonged to on `day`."""
        return next((parent for parent, last in self.former_parents if day <= last), self.parent)


@dataclass(frozen=True)
class Origin:
    """Where a raw table comes from. `file` is the bare name; `notes` are templates and facts of what was noticed."""

    file: str
    sha256: str
    size: int
    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()


@dataclass(frozen=True)
class Raw:
    """A table as it came: every column is text (null = no cell, "" = empty text), nothing converted.

    The first column `_row` (int64) is the row number that a spreadsheet program would show (header above it).
    """

    table: pa.Table
    origin: Origin


@dataclass(frozen=True)
class Loss:
    """What was lost between the answers as given and the kit's codes, as shares (0 to 1) of the rows that are meant.

    unmapped: an answer that has no code.   many_to_one: an answer that shares its code with other answers.
    rejected: a row that could not be used, for whatever reason.
    """

    unmapped: float
    many_to_one: float
    rejected: float


@dataclass(frozen=True)
class Harmonised:
    """Observations and what became of every row.

    observations: row (int64, source row number), area (text), period (text), weight (float64), stratum (text),
    cluster (text), latitude and longitude (float64, null where unknown), and one column per concept of the kit that
    the recipe feeds (text codes, or float64 numbers; null = missing). Names are lower snake case.
    rejects: row (int64), column, code (an errors.BadRow code), value, text; a row may have several lines.
    rows_in = rows_out + rows_explained, where rows_explained counts distinct rejected rows.
    losses: by measure and area id ("" for all rows together).
    readings: where several rows make one observation: `row` (int64) of each row used, and `observation` (int64), the
    `row` of the observation that it went into, which is the first of its rows. None where each row is one.
    """

    observations: pa.Table
    rejects: pa.Table
    rows_in: int
    rows_out: int
    rows_explained: int
    losses: Mapping[tuple[str, str], Loss] = field(default_factory=dict)
    readings: pa.Table | None = None


@dataclass(frozen=True)
class Chart:
    """A drawn chart with its twins: SVG, PNG (2x), a text of at most three sentences, and a table (header first)."""

    name: str
    svg: str
    png: bytes
    text: str
    table: tuple[tuple[str, ...], ...]
