"""Frozen records: what a kit, a recipe, an area, an estimate, an official figure and a comparison are.

A kit says what is measured, a recipe how one source becomes observations of a kit. Both are read from TOML and
checked field by field. The results (Finding, Estimate, Benchmark, Comparison) are plain frozen records.
Values are always in the unit that `unit` names: shares are per cent (PT), never fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal, get_args

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Label = dict[str, str]
Verdict = Literal["gap", "no_gap_seen", "cannot_tell", "not_comparable", "no_official_figure"]

SamplingType = Literal[
    "probability", "quota", "snowball", "rds", "small_area_census", "volunteer",
    "sensor_network", "event_registry", "facility_register", "undocumented",
]  # fmt: skip
"""How the answers came about. Only `probability` carries a plain margin of error."""

SAMPLING_TYPES = get_args(SamplingType)


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


# --- the kit: what is measured ------------------------------------------------------------------------------------


class Code(Record):
    """One answer of a codelist; `unknown` marks don't know, refused and the like."""

    label: Label
    synonyms: tuple[str, ...] = ()
    unknown: bool = False


class Bounds(Record):
    """A range of numbers: `least` and `most` belong to it, `above` and `below` do not."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _bounds_something(self) -> Bounds:
        if all(bound is None for bound in (self.least, self.most, self.above, self.below)):
            raise ValueError("state least, most, above or below")
        return self


When = dict[str, Bounds | Names]
"""Conditions that must all hold: a concept has one of these codes, or a number in this range. The code `_U` means a
missing answer; without it a missing answer leaves the condition open."""


class Rule(Record):
    """One rule of a derived answer: where `when` holds, its `code`, or its `value` (a number, `concept` or `-concept`).

    A rule without conditions always holds.
    """

    code: str | None = None
    value: float | str | None = None
    when: When = Field(default_factory=dict)

    @model_validator(mode="after")
    def _gives_something(self) -> Rule:
        if (self.code is None) == (self.value is None):
            raise ValueError("state either a code or a value")
        return self


class Concept(Record):
    """A column of the observations: a coded answer, a number or a short text.

    A concept is asked (then `question` and `hint` are its words in the form, and `asked_if` says of whom), or derived:

    rules       the first rule that holds decides; where one is open before that, the answer is missing
    count_of    how many of these concepts have one of their codes; missing where one of them is missing or unknown
    sum_of      the sum of these numbers, over `divided_by`; missing where one of them is
    product_of  the product of these numbers, over `divided_by`; missing where one of them is
    scale       the probability of a raw score on a Rasch scale
    """

    label: Label
    kind: Literal["code", "number", "text"] = "code"
    synonyms: tuple[str, ...] = ()
    codelist: str | None = None
    codes: dict[str, Code] = Field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    decimals: bool = False
    unit: Label = Field(default_factory=dict)
    question: Label = Field(default_factory=dict)
    hint: Label = Field(default_factory=dict)
    asked_if: When = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    count_of: dict[str, Names] = Field(default_factory=dict)
    sum_of: Names = ()
    product_of: Names = ()
    divided_by: float = 1.0
    scale: Scale | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The concepts from which this one is derived; empty where it is asked."""
        named = {concept for rule in self.rules for concept in rule.when}
        named |= {rule.value.lstrip("-") for rule in self.rules if isinstance(rule.value, str)}
        named |= {*self.count_of, *self.sum_of, *self.product_of}
        return frozenset(named | set(self.scale.items if self.scale else ()))


class Scale(Record):
    """A Rasch scale: items with their severity on a common standard, and the item whose severity is the threshold.

    `yes` and `no` are the codes that affirm and deny an item; any other answer leaves the respondent out. An item is
    common with the standard while its severity, brought to it, differs by less than `tolerance`; `least_common` items
    must be. Fewer than `least_n` respondents between the lowest and the highest score give no figure.
    """

    items: dict[str, float]
    threshold: str
    yes: Names = ("yes",)
    no: Names = ("no",)
    tolerance: float = 0.35
    least_common: int = 4
    least_n: int = 100
    source: str = ""


class Readings(Record):
    """How the readings of a sensor become one observation per sensor, area and day, in the local time of the recipe.

    `sensor` and `value` name concepts. An hour counts with at least `least_of_hour` (a share) of the readings that this
    sensor usually gives in an hour (the median of its hours with any), a day with at least `least_hours` such hours;
    the day's value is the mean of the means of its hours. `least_of_days` is the share of the days of a period from
    which on its mean may be called that of the period. `source` says where the rule is from.
    """

    sensor: str
    value: str
    least_of_hour: float = 0.75
    least_hours: int = 18
    least_of_days: float = 0.75
    source: str = ""


class Measure(Record):
    """One figure of a kit. Which rows count is data: sets of codes over concepts.

    proportion  share of `denominator` rows that are also in `numerator` (weighted by `size` where named)
    mean        mean of the number concept `value` over `denominator` rows
    ratio       total of `value` over total of `per`, over `denominator` rows
    total       weighted number of `numerator` rows (or total of `value`)
    per_unit    the area's margin `margin` (persons) divided by the weighted number of `numerator` rows
    rate        `times` the weighted number of `numerator` rows (or total of `value`) over the area's margin `margin`
    mean_of     the plain mean of the measures named in `parts`, each with its own denominator (16.6.2, 16.7.2)
    """

    id: str
    label: Label
    finding: Label
    estimator: Literal["proportion", "mean", "ratio", "total", "per_unit", "rate", "mean_of"]
    parts: Names = ()
    numerator: dict[str, Names] = Field(default_factory=dict)
    denominator: dict[str, Names] = Field(default_factory=dict)
    value: str | None = None
    per: str | None = None
    size: str | None = None
    margin: str | None = None
    times: float = 1.0
    unit: str = "PT"
    unit_label: Label = Field(default_factory=lambda: {"en": "%"})
    desired: Literal["up", "down", "none"] = "up"
    relevant_difference: float | None = None
    least_response: float = 0.0
    breakdowns: tuple[Names, ...] = (("area",),)


class Universe(Record):
    """Who or what one row stands for, and which of them are meant.

    `people` are asked for their consent, and their position is not taken. `eligible` asks how many people of a
    household might have been drawn, where one of them is.
    """

    unit: Label
    text: Label
    public_infrastructure: bool = False
    people: bool = False
    eligible: Label = Field(default_factory=dict)


class Disclosure(Record):
    """The least number of answers behind a published cell, and the least effective number."""

    least_n: int = 10
    least_effective_n: float = 5.0


class Custodian(Record):
    """The agency that keeps the global series, and when it takes up a figure of somebody else's (its own rule)."""

    agency: Names
    rule: Label
    source: str = ""


class Variant(Record):
    """A national or local variant: the kit it departs from (`id@version`), who decided it, and why."""

    of: str
    decided_by: str = ""
    why: Label = Field(default_factory=dict)


class Kit(Record):
    """The unit of comparability: concepts, codelists and measures, with a version.

    Concepts that share a list of answers name it in `codelist`. `series` are codes of the global series that the
    relation speaks of; `benchmarks` are concepts whose distribution official sources know (sex, age, place).
    """

    id: str
    version: str
    title: Label
    description: Label
    indicator: str
    relation: Literal["same", "proxy", "component", "local"]
    relation_note: Label
    sources: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    custodian: Custodian | None = None
    variant: Variant | None = None
    universe: Universe
    disclosure: Disclosure = Disclosure()
    benchmarks: tuple[str, ...] = ()
    codelists: dict[str, dict[str, Code]] = Field(default_factory=dict)
    concepts: dict[str, Concept]
    readings: Readings | None = None
    measures: tuple[Measure, ...]
    form: str | None = None
    reviewed: tuple[str, ...] = ("en",)

    @model_validator(mode="before")
    @classmethod
    def _give_codes(cls, stated: Any) -> Any:
        """Give every concept the codes of the codelist that it names."""
        if not isinstance(stated, dict) or not isinstance(stated.get("concepts"), dict):
            return stated
        lists = stated.get("codelists", {})
        concepts = {}
        for name, concept in stated["concepts"].items():
            wanted = concept.get("codelist") if isinstance(concept, dict) else None
            if wanted is not None and wanted not in lists:
                raise ValueError(f"there is no codelist {wanted}")
            concepts[name] = {**concept, "codes": lists[wanted]} if wanted is not None else concept
        return {**stated, "concepts": concepts}

    def measure(self, name: str) -> Measure:
        """Return the measure called `name`."""
        return next(m for m in self.measures if m.id == name)


# --- the recipe: how one source becomes observations --------------------------------------------------------------


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


class Design(Record):
    """How the rows were drawn: sampling type, weights, strata, clusters, and the rule for lonely strata.

    `weights` names a column; `weight_margin` names a margin whose area totals are shared out over the area's rows.
    """

    sampling_type: SamplingType
    note: Label = Field(default_factory=dict)
    weights: str | None = None
    weight_margin: str | None = None
    strata: Names = ()
    clusters: Names = ()
    lonely: Literal["fail", "adjust", "average", "certainty"] = "fail"
    confidence: float = 0.95
    interval: Literal["logit", "korn-graubard"] = "logit"


class Margin(Record):
    """A known total per area (census), read from a file or stated in the recipe as `totals`.

    Names of the column `area` are places on `as_of`. `regroup` sends them, or their parts named in the column `part`
    (`*` for all others), to areas of the recipe's own date: {area name: {part: area id}}.
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
    totals: dict[str, float] = Field(default_factory=dict)


class Official(Record):
    """Where official figures for one or more measures come from, and how their concept relates to ours."""

    file: str
    reader: Literal["jmp-region", "jmp-national", "unsd", "table", "event-register"]
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
    nature: str = ""
    unit: str = "PT"
    relation: Literal["same", "different"]
    definition: Label
    difference: Label = Field(default_factory=dict)
    country: str
    as_of: date
    names: dict[str, str] = Field(default_factory=dict)
    period: str | None = None
    std_error: str | float | None = None


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
    rows: tuple[RowChoice, ...] = ()
    row_id: str | None = None
    missing: tuple[str, ...] = ("",)
    personal: tuple[str, ...] = ()
    columns: dict[str, Column]
    place: Place
    period: Period
    design: Design
    margin: dict[str, Margin] = Field(default_factory=dict)
    official: tuple[Official, ...] = ()
    measures: tuple[str, ...] = ()
    limits: tuple[Label, ...] = ()


# --- places ---------------------------------------------------------------------------------------------------------


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


# --- tables and where they come from --------------------------------------------------------------------------------


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


# --- results --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """What leaving rows out does to one figure, in the figure's unit."""

    measure: str
    with_rows: float | None
    without_rows: float | None
    unit: str


@dataclass(frozen=True)
class Finding:
    """What a check noticed: rows (1-based source row numbers), facts for the sentence, and the effect on the answer.

    `text` is the English template; `sentence()` in assess says it in the current language. Facts never carry names,
    phone numbers or exact household coordinates.
    """

    check: str
    code: str
    text: str
    facts: dict[str, Any]
    rows: tuple[int, ...]
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """One figure with its uncertainty, or the reason why there is none.

    value, se, lower, upper are in `unit` (PT = per cent). status is an SDMX observation status:
    A normal, U low reliability, Q suppressed, O refused or missing.
    """

    kit: str
    measure: str
    area: str
    area_name: str
    period: str
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    n_eff: float | None
    deff: float | None
    df: float | None
    unit: str
    status: str
    method: str
    sampling_type: str
    breakdown: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    loss: Loss | None = None

    @property
    def key(self) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
        """Return what identifies the figure: measure, area, period and breakdown."""
        return (self.measure, self.area, self.period, self.breakdown)

    def suppressed(self, reason: str, **facts: Any) -> Estimate:
        """Return the same cell without its numbers, with the reason."""
        return replace(
            self, value=None, se=None, lower=None, upper=None, n=0, n_eff=None, deff=None, df=None,
            status="Q", reason=reason, facts=facts, loss=None,
        )  # fmt: skip


@dataclass(frozen=True)
class Benchmark:
    """One official figure from a dated snapshot. `area` is None where its place could not be matched; see `refused`."""

    measure: str
    source: str
    released: str
    retrieved: str
    series: str
    area: str | None
    area_name: str
    period: str
    value: float
    unit: str
    nature: str
    relation: str
    definition: Label
    difference: Label
    se: float | None = None
    refused: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """A citizen figure beside an official one, with a verdict; the difference only where the concept is the same.

    `reason` is an English template with `facts`; `compare.reason()` says it in the current language.
    """

    measure: str
    area: str
    area_name: str
    period: str
    breakdown: tuple[tuple[str, str], ...]
    value: float | None
    lower: float | None
    upper: float | None
    official: Benchmark | None
    verdict: Verdict
    difference: float | None
    difference_lower: float | None
    difference_upper: float | None
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
