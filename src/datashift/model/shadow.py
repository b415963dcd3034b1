"""What is known about an indicator over the years: observations, their series, targets, and what would refute them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from datashift.model.record import Label

Breakdown = tuple[tuple[str, str], ...]
"""Concepts and codes of a group, sorted by concept, such as (("AGE", "Y15T24"), ("SEX", "F")); () = everybody."""

Side = Literal["citizen", "official"]


@dataclass(frozen=True)
class Observation:
    """One figure of a series, in the unit of the series.

    period: SDMX time period.   se, lower, upper: its uncertainty, None where none is published.   stated: where the
    uncertainty was not published with the figure, the source of the one that is used; "" = published or none.
    nature: SDMX NATURE of an official figure (C country, CA country adjusted, E estimated, M modelled, G monitoring).
    source, footnote: as the origin states them.   n, n_eff: answers, and what they are worth.   status: OBS_STATUS.
    """

    period: str
    value: float
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    stated: str = ""
    nature: str = ""
    source: str = ""
    footnote: str = ""
    status: str = "A"
    n: int | None = None
    n_eff: float | None = None


@dataclass(frozen=True)
class TimeSeries:
    """Figures of one concept for one place and group over the years, as one producer gives them.

    side: who counted.   indicator: SDG code, "" where unknown.   series: code of the series (UNSD, JMP) or the measure.
    producer: the organisation or database.   released: the release or snapshot it comes from.   area: id in our lists,
    or "M49:" and the code for regions of the world.   relation, difference: as in Benchmark.   breaks: periods from
    which the method or the extent changed, with the reason.   sampling_type: how citizen answers came about.
    """

    side: Side
    indicator: str
    series: str
    title: Label
    producer: str
    released: str
    area: str
    area_name: str
    unit: str
    observations: tuple[Observation, ...]
    breakdown: Breakdown = ()
    relation: str = "same"
    difference: Label | None = None
    sampling_type: str = ""
    breaks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Target:
    """What is to be reached: `value` by `year`, and which way is good ("up", "down", "" = only the value tells)."""

    value: float | None
    year: int
    direction: Literal["up", "down", ""]
    source: str
    rule: str = ""


@dataclass(frozen=True)
class Revision:
    """A figure that differs between two snapshots of one official series; None: not there."""

    series: str
    area: str
    area_name: str
    breakdown: Breakdown
    period: str
    before: float | None
    after: float | None
    before_snapshot: str
    after_snapshot: str
    before_nature: str = ""
    after_nature: str = ""


@dataclass(frozen=True)
class Contest:
    """What would have to be true for the official figure to be right: the contestation test.

    Each number is given twice: [0] so that the two are equal, [1] so that their difference could be chance.
    shift: change of the citizen figure, in its unit.   wrong: per cent of the answers that would have to be wrong, all
    in one direction (shares), or of the events that would be false or counted twice.   missing: per cent of the
    population that would have to be missing and all answer the other way (shares), or for events per cent of the true
    number.   odds: how many times as likely one kind of answer
    would have to be to be seen (shares).   correlation: data-defect correlation of Meng (2018); needs `population`.
    None: not defined for this kind of figure, or a fact is missing.
    """

    shift: tuple[float, float]
    wrong: tuple[float, float] | None = None
    missing: tuple[float, float] | None = None
    odds: tuple[float, float] | None = None
    correlation: tuple[float, float] | None = None
    n: int | None = None
    population: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return vars(self).copy()
