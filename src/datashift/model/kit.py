"""The kit: what is measured."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from datashift.model.record import Label, Names, Record


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
    household might have been drawn, where one of them is. `exact_points` lets the positions of public things leave as
    they are; of people, and of things that stand at somebody's home, they never do.
    """

    unit: Label
    text: Label
    public_infrastructure: bool = False
    exact_points: bool = False
    people: bool = False
    eligible: Label = Field(default_factory=dict)

    @model_validator(mode="after")
    def _exact_only_where_public(self) -> Universe:
        if self.exact_points and (self.people or not self.public_infrastructure):
            raise ValueError("exact_points needs public_infrastructure, and no people")
        return self


class Disclosure(Record):
    """The least number of answers behind a published cell, and the least effective number.

    `round_to`: numbers of answers are published as multiples of it (1: as they are). For sums and means of amounts:
    `dominance_k`: hidden where the `dominance_n` largest make up more than this per cent; `p_percent`: hidden where one
    contributor could work out another to within this per cent. Without them neither is asked.
    """

    least_n: int = 10
    least_effective_n: float = 5.0
    round_to: int = Field(default=1, ge=1)
    dominance_n: int = Field(default=1, ge=1, le=3)
    dominance_k: float | None = Field(default=None, gt=0, lt=100)
    p_percent: float | None = Field(default=None, gt=0, le=100)


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
