"""Where one more survey would help most: gaps ranked by the people whose label it would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from datashift.coverage.chance import Prospect, Survey, prospect
from datashift.coverage.groups import BREAKDOWNS
from datashift.coverage.marks import MODELLED_NATURES
from datashift.coverage.matrix import Coverage
from datashift.model import Kit, Target
from datashift.progress import target_of
from datashift.standards.framework import Framework
from datashift.standards.kits import known_kits, shipped_kit

People = Mapping[tuple[str, str], float]
"""How many people a group in an area has: (area id, group) -> people; group "" = everybody."""

_SHARES = frozenset({"PT", "PERCENT", "%"})
_ASKED = ("proportion", "mean", "mean_of")
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Gap:
    """A group in a place that nobody has counted for a while, and what one more survey would be worth.

    last: last year that somebody counted it, "by" citizens or official; None = never.   part, modelled: last years of a
    count of a part, and of a modelled value: neither is a count.   stale: years since the last count.
    people: size of the group, None = not known.   chance: probability that the survey changes the label, None where it
    cannot be told; `why` says why, or "never": nothing is known, any answer is news.   kit: the kit to count it with.
    rule, label, target, value, value_year, series, producer: what that chance rests on.   prospect: to ask for other
    sizes of survey.
    """

    indicator: str
    area: str
    area_name: str
    group: str
    last: int | None
    by: str
    part: int | None
    modelled: int | None
    stale: int | None
    people: float | None
    chance: float | None
    why: str = ""
    kit: str = ""
    rule: str = ""
    label: str = ""
    target: Target | None = None
    value: float | None = None
    value_year: int | None = None
    series: str = ""
    producer: str = ""
    prospect: Prospect | None = field(default=None, repr=False, compare=False)

    @property
    def expected(self) -> float | None:
        """Return the people whose label is expected to change: size times chance."""
        return None if self.people is None or self.chance is None else self.people * self.chance

    def at(self, survey: Survey) -> float:
        """Return the chance that a survey of another size changes the label; 0 where it cannot be told."""
        return self.prospect.chance(survey) if self.prospect else self.chance or 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return everything that is shown, ready for JSON."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("prospect", "target")}
        return told | {"expected": self.expected, "target": None if self.target is None else vars(self.target)}


@dataclass(frozen=True)
class _Known:
    """The figures of one series that the chance rests on: distinct years in order, with a value each."""

    series: str
    producer: str
    years: list[int]
    values: list[float]


def gaps(coverage: Coverage, *, survey: Survey | None = None, people: People | None = None) -> list[Gap]:
    """Return every indicator, area and group that nobody counted in the last year of the matrix, the worst first.

    Breakdowns such as "by age" are no group of people and are left out.

    Order: people whose label one more survey is expected to change (size x chance); then, where the size is not known,
    by chance; where the chance is not known, by size; ties by staleness, never counted first, then those with a kit.
    Nothing is guessed: a size, a target or a past that is not known is None.
    """
    asked, sizes, now = survey or Survey(), people or {}, coverage.years[1]
    past, kits = _past(coverage), [shipped_kit(name) for name in known_kits()]
    answered = by_interview(coverage, kits)
    names = {kit.indicator: kit.id for kit in reversed(kits)}
    figures = set(zip(*(coverage.figures[name].to_pylist() for name in ("indicator", "area", "group")), strict=True))
    found = []
    for row in coverage.stems.to_pylist():
        last = max((year for year in (row["citizen"], row["official"]) if year is not None), default=None)
        if last == now or row["group"] in BREAKDOWNS:
            continue
        by = "" if last is None else "citizens" if last == row["citizen"] else "official"
        stem = (row["indicator"], row["area"], row["group"])
        told: dict[str, Any] = {"chance": None, "why": "no-interview"}
        if stem[0] in answered:
            told = _told(stem, past.get(stem, []), coverage.framework, now, asked)
            if stem not in past and (why := _silent(row, stem in figures)):
                told = {"chance": None, "why": why}
        found.append(
            Gap(
                **{name: row[name] for name in ("indicator", "area", "area_name", "group", "part", "modelled")},
                last=last, by=by, stale=None if last is None else now - last, people=sizes.get(stem[1:]),
                kit=names.get(stem[0], ""), **told,
            )
        )  # fmt: skip
    return sorted(found, key=_order)


def by_interview(coverage: Coverage, kits: Iterable[Kit]) -> set[str]:
    """Return the indicators that people can be asked about: a kit asks them, or figures part the people.

    Forests and fish are not counted by interviews; for an indicator that only other kits measure, neither.
    """
    asking: dict[str, bool] = {}
    for kit in kits:
        asks = kit.universe.people and any(m.estimator in _ASKED for m in kit.measures)
        asking[kit.indicator] = asking.get(kit.indicator, False) or asks
    stems = zip(coverage.stems["indicator"].to_pylist(), coverage.stems["group"].to_pylist(), strict=True)
    parted = {code for code, group in stems if group}
    return {code for code in coverage.indicators if asking.get(code, code in parted)}


def _silent(row: Mapping[str, Any], figures: bool) -> str:
    """Return why a stem without a past in shares was not "never counted"; "" where it truly never was."""
    if figures:
        return "not-a-share"
    if any(row[name] is not None for name in ("citizen", "official", "part", "modelled")):
        return "no-figure"
    return "hidden" if row["hidden"] is not None else ""


def _order(gap: Gap) -> tuple[Any, ...]:
    stale = np.inf if gap.stale is None else gap.stale
    known = 0 if gap.expected is not None else 1 if gap.chance is not None else 2
    first = (gap.expected, gap.chance, gap.people)[known] or 0.0
    return known, -first, -stale, not gap.kit, gap.area, gap.group, gap.indicator


# --- the chance -------------------------------------------------------------------------------------------------------


def _told(stem: _Key, past: Sequence[_Known], framework: Framework, now: int, survey: Survey) -> dict[str, Any]:
    """Return what is told of the chance, as fields of a gap."""
    if not past:
        return {"chance": 1.0, "why": "never"}
    why = "no-target"
    for known in past:
        told = {
            "series": known.series, "producer": known.producer,
            "value": known.values[-1], "value_year": known.years[-1],
        }  # fmt: skip
        for target in _targets(stem[0], known.series, framework):
            found = prospect([float(year) for year in known.years], known.values, target, now)
            if isinstance(found, Prospect):
                ahead = {"prospect": found, "rule": found.rule, "label": found.label, "target": found.target}
                return {**told, **ahead, "chance": found.chance(survey)}
            why = found
    return {"chance": None, "why": why}


def _targets(indicator: str, series: str, framework: Framework) -> Iterator[Target]:
    """Yield the targets of an indicator; none where its parts want different ways, for then nothing says which."""
    if framework.entry(indicator).direction:
        yield from sorted(target_of(indicator, series, framework), key=lambda target: target.value is None)


def _past(coverage: Coverage) -> dict[_Key, list[_Known]]:
    """Return the shares that are known by indicator, area and group, the series that tells most first."""
    table = coverage.figures
    rows: dict[tuple[str, ...], dict[int, tuple[bool, float]]] = {}
    for row in table.to_pylist():
        if row["unit"].upper() not in _SHARES or row["year"] > coverage.years[1]:
            continue
        key = tuple(row[name] for name in ("indicator", "area", "group", "side", "producer", "series"))
        seen = (row["nature"].upper() in MODELLED_NATURES, row["value"])
        rows.setdefault(key, {}).setdefault(row["year"], seen)
    found: dict[_Key, list[tuple[tuple[Any, ...], _Known]]] = {}
    for (indicator, area, group, _side, producer, series), years in rows.items():
        ordered = sorted(years)
        counted = [year for year in ordered if not years[year][0]]
        rank = (bool(counted), counted[-1] if counted else ordered[-1], len(ordered), series)
        known = _Known(series, producer, ordered, [years[year][1] for year in ordered])
        found.setdefault((indicator, area, group), []).append((rank, known))
    best_first = {key: sorted(several, key=lambda one: one[0], reverse=True) for key, several in found.items()}
    return {key: [known for _rank, known in several] for key, several in best_first.items()}
