"""What the API gives: each record with its fields. Texts are in the language that was asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

Language = Literal["en", "es", "sw", "ne"]
State = Literal["current", "replaced", "withdrawn"]


class MeasureOut(BaseModel):
    """One figure that a kit or release defines."""

    id: str
    label: str
    unit: str
    unit_label: str
    estimator: str


class ReleaseOut(BaseModel):
    """A published release. Of one that was withdrawn only who, what and why is told."""

    id: str
    state: State
    series: str
    number: int
    organisation: str
    producer: str
    licence: str
    title: str
    finding: str | None
    limits: list[str]
    kit: str
    kit_version: str
    indicator: str
    relation: str
    country: str
    whole: str
    sampling_type: str
    simulated: bool
    created: date
    released_at: datetime
    replaced_by: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None
    answers_withdrawn: int = Field(description="How many of its answers were withdrawn since it was made.")
    measures: list[MeasureOut]
    rows_in: int | None
    rows_used: int | None
    figures: int | None
    page: str
    bundle: str | None = Field(description="Address of the release bundle; null where the release was withdrawn.")


class FigureOut(BaseModel):
    """A published figure. A hidden or missing one has no number; `status` and `reason` say why."""

    id: int
    release: str
    state: State
    indicator: str
    measure: str
    kit: str
    country: str
    area: str
    area_name: str
    period: str
    year: int
    breakdown: str = Field(description='"" for everybody, else dimensions and codes, such as "AGE=Y15T24;SEX=F".')
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int | None
    n_eff: float | None
    deff: float | None
    df: float | None
    unit: str
    status: str = Field(description="A as usual, U low reliability, Q hidden, O there is none.")
    reason: str | None
    method: str
    sampling_type: str
    producer: str
    simulated: bool


class ComparisonOut(BaseModel):
    """A published figure beside an official one, with the verdict.

    A difference stands only where both measure the same.
    """

    id: int
    release: str
    state: State
    indicator: str
    measure: str
    country: str
    area: str
    area_name: str
    period: str
    breakdown: str
    value: float | None
    lower: float | None
    upper: float | None
    verdict: str
    word: str | None
    reason: str | None
    contest: str | None = Field(description="What would have to be wrong for the difference to vanish.")
    difference: float | None
    difference_lower: float | None
    difference_upper: float | None
    probability: float | None
    p_adjusted: float | None
    official: dict[str, Any] | None = Field(
        description="The official figure with its source, dates, series, nature and relation; null where there is none."
    )
    simulated: bool


class IndicatorOut(BaseModel):
    """An indicator of the SDG framework."""

    code: str
    label: str
    goal: int
    target: str | None


class AreaOut(BaseModel):
    """A place with the time for which it had its extent."""

    id: str
    name: str
    country: str
    level: int
    kind: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    predecessors: list[str]


class OrganisationOut(BaseModel):
    """Who has released figures."""

    slug: str
    name: str
    country: str
    website: str | None
    releases: int


class KitOut(BaseModel):
    """A version of a kit."""

    kit: str
    version: str
    title: str
    indicator: str
    relation: str
    base: str | None
    shipped: bool
    digest: str
    measures: list[MeasureOut]
    flow: str = Field(description="Its SDMX dataflow.")
    page: str


class Releases(BaseModel):
    """A page of releases."""

    items: list[ReleaseOut]
    next: str | None


class Figures(BaseModel):
    """A page of figures, in the order of their ids. It may hold few, or none, while `next` leads on."""

    items: list[FigureOut]
    next: str | None


class Comparisons(BaseModel):
    """A page of comparisons, in the order of their ids. It may hold few, or none, while `next` leads on."""

    items: list[ComparisonOut]
    next: str | None


class Indicators(BaseModel):
    """All indicators."""

    items: list[IndicatorOut]
    next: str | None


class Areas(BaseModel):
    """All areas of a country."""

    items: list[AreaOut]
    next: str | None


class Organisations(BaseModel):
    """All organisations with a release."""

    items: list[OrganisationOut]
    next: str | None


class Kits(BaseModel):
    """All versions of all kits."""

    items: list[KitOut]
    next: str | None


class LedgerOut(BaseModel):
    """All that is known about an indicator in a place: what its page shows."""

    indicator: str
    area: str
    language: Language
    told: dict[str, Any]


class CoverageOut(BaseModel):
    """Who counted what in a country. Labels are {language: text}."""

    country: str
    told: dict[str, Any]
