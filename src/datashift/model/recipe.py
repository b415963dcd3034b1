"""The recipe: how one source becomes observations of a kit."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from datashift.model.caution import Caution
from datashift.model.consent import Consent
from datashift.model.design import Design
from datashift.model.fieldwork import Paradata, Protocol
from datashift.model.record import Label, Names, Record


class Source(Record):
    """One file; the second and later ones are joined one to one on the column `join`."""

    file: str
    sha256: str | None = None
    url: str | None = None
    licence: str = ""
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    join: str | None = None


class Column(Record):
    """How one column becomes one concept.

    `match` says whether `codes` name whole answers, or words that stand among others in an answer ("part", for several
    answers in one cell: the first one named here that occurs decides). `factor` turns numbers into the kit's unit.
    """

    column: str
    codes: dict[str, str] = Field(default_factory=dict)
    match: Literal["whole", "part"] = "whole"
    missing: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    factor: float = 1.0


class RowChoice(Record):
    """Rows that are meant: those whose `column` has one of the values `only`, or none of the values `without`."""

    column: str
    only: Names = ()
    without: Names = ()
    why: Label

    @model_validator(mode="after")
    def _chooses(self) -> RowChoice:
        if bool(self.only) == bool(self.without):
            raise ValueError("state either only or without")
        return self


class Ledger(Record):
    """A ledger of corrections that is replayed on the raw rows."""

    file: str
    sha256: str | None = None


class Before(Record):
    """A release before this one, of the same answers: its release.zip, or its estimates.csv."""

    file: str
    sha256: str | None = None


class Stated(Record):
    """A file in which people say what no file of data can tell: evidence by criterion, ratings, explanations."""

    file: str
    sha256: str | None = None


class Boundaries(Record):
    """Polygons against which coordinates are checked; `as_of` is the date of their geography."""

    file: str
    name: str
    as_of: date
    sha256: str | None = None
    url: str | None = None
    names: dict[str, str] = Field(default_factory=dict)


class Whole(Record):
    """What all rows together stand for, where that is not the country (mainland only, the districts asked)."""

    id: str
    name: Label


class Place(Record):
    """Where a row belongs: a column with place names, and the date whose geography these names follow.

    `boundaries` are polygons for the checks and the map. `parts` are smaller polygons, sent to areas by their names,
    for areas that were divided among several later ones and cannot be put together from `boundaries` alone.
    """

    country: str
    as_of: date
    whole: Whole | None = None
    column: str | None = None
    area: str | None = None
    areas: str | None = None
    names: dict[str, str] = Field(default_factory=dict)
    latitude: str | None = None
    longitude: str | None = None
    boundaries: Boundaries | None = None
    parts: Boundaries | None = None


class Period(Record):
    """When a row was seen, and the period the figures stand for. `label` is an SDMX time period.

    `zone` (an IANA name such as Africa/Nairobi) is the local time to which moments with an offset are brought.
    """

    label: str | None = None
    column: str | None = None
    format: str = "%Y-%m-%d"
    zone: str | None = None
    first: date | None = None
    last: date | None = None
    by: Literal["whole", "year"] = "whole"

    @model_validator(mode="after")
    def _has_a_time(self) -> Period:
        if self.label is None and (self.column is None or self.by == "whole"):
            raise ValueError("state a label, or a column with by = 'year'")
        return self


class Group(Record):
    """A column of an official file that splits its figures into groups, such as women and men.

    `codes` sends its words to codes; without it they stand as they are. An empty cell and `_T` mean everybody.
    """

    column: str
    codes: dict[str, str] = Field(default_factory=dict)


class Margin(Record):
    """A known total per area (census), read from a file or stated in the recipe as `totals`.

    Names of the column `area` are places on `as_of`. `regroup` sends them, or their parts named in the column `part`
    (`*` for all others), to areas of the recipe's own date: {area name: {part: area id}}. `crosswalk` brings whole
    areas of `as_of` to those of the recipe's date by the crosswalks that ship. `groups` reads the groups (SEX, AGE, …)
    that a file splits its totals into: they tell who was counted and who was not.
    """

    file: str | None = None
    sha256: str | None = None
    url: str | None = None
    source: str
    area: str = "area"
    part: str | None = None
    value: str = "value"
    select: dict[str, str] = Field(default_factory=dict)
    as_of: date
    names: dict[str, str] = Field(default_factory=dict)
    regroup: dict[str, dict[str, str]] = Field(default_factory=dict)
    crosswalk: bool = False
    groups: dict[str, Group] = Field(default_factory=dict)
    totals: dict[str, float] = Field(default_factory=dict)


OFFICIAL_PARTS = (
    "area", "value", "of", "period", "se", "df", "lower", "upper", "nature", "source_detail", "footnote", "date",
    "format",
)  # fmt: skip
"""What a column of an official file may hold, as `columns` of an [[official]] names it."""


class Official(Record):
    """Where official figures for one or more measures come from, and how their concept relates to ours.

    `breakdown` is the group that all these figures are for; `breakdowns` reads it from columns. Both name concepts and
    codes of SDMX. `repair` says what would make another concept comparable. `stated` says where a `std_error` comes
    from that the source does not publish. `source_detail` and `footnote` travel along with each figure, unless the
    file has columns for them.
    """

    file: str
    reader: Literal["jmp-region", "jmp-national", "unsd", "series", "table", "event-register"]
    source: str
    licence: str = ""
    released: str
    retrieved: date | None = None
    sha256: str | None = None
    url: str | None = None
    measures: Names
    series: str
    select: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    breakdown: dict[str, str] = Field(default_factory=dict)
    breakdowns: dict[str, Group] = Field(default_factory=dict)
    nature: str = ""
    unit: str = "PT"
    relation: Literal["same", "different"]
    definition: Label
    difference: Label = Field(default_factory=dict)
    repair: Label = Field(default_factory=dict)
    country: str
    as_of: date
    names: dict[str, str] = Field(default_factory=dict)
    period: str | None = None
    std_error: str | float | None = None
    stated: str = ""
    source_detail: str = ""
    footnote: str = ""

    @field_validator("columns")
    @classmethod
    def _known_parts(cls, columns: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(columns) - set(OFFICIAL_PARTS))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: not one of {', '.join(OFFICIAL_PARTS)}")
        return columns


class Recipe(Record):
    """How one source becomes observations of one kit, with its design and its official counterparts."""

    id: str
    title: Label
    kit: str
    producer: str
    licence: str = ""
    simulated: bool = False
    source: tuple[Source, ...]
    corrections: Ledger | None = None
    stated: Stated | None = None
    consent: Consent | None = None
    disclosure: Caution = Caution()
    earlier: tuple[Before, ...] = ()
    rows: tuple[RowChoice, ...] = ()
    row_id: str | None = None
    missing: tuple[str, ...] = ("",)
    personal: tuple[str, ...] = ()
    columns: dict[str, Column]
    place: Place
    period: Period
    design: Design
    paradata: Paradata = Paradata()
    protocol: Protocol = Protocol()
    margin: dict[str, Margin] = Field(default_factory=dict)
    official: tuple[Official, ...] = ()
    measures: tuple[str, ...] = ()
    limits: tuple[Label, ...] = ()

    @model_validator(mode="after")
    def _says_who_was_asked(self) -> Recipe:
        if "sampling_type" not in self.design.model_fields_set:
            raise ValueError("design.sampling_type: state how the rows came about")
        if self.design.replicates is not None:
            raise ValueError("design.replicates: replicate weights are for estimate, not for recipes")
        return self
