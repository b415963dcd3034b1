"""Which official figures stand beside a citizen figure: by measure, series, place, group and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from datashift.compare import wording
from datashift.model import Area, Benchmark, Breakdown, Estimate, Verdict
from datashift.standards.areas import folded
from datashift.standards.periods import years, years_apart
from datashift.standards.structures.identifiers import BREAKDOWNS, EVERYBODY, code_ids, dimension

Because = tuple[Verdict, str, dict[str, Any]]
"""A verdict, the template of its reason, and the facts that the template names."""

SeriesKey = tuple[Any, ...]


@dataclass
class Series:
    """The figures of one official series: by place and group, and by the names of these places."""

    key: SeriesKey
    by_area: dict[str, dict[Breakdown, list[Benchmark]]] = field(default_factory=dict)
    by_name: dict[str, list[Benchmark]] = field(default_factory=dict)

    def groups(self, area: str) -> Mapping[Breakdown, list[Benchmark]]:
        """Return the figures of a place, by group."""
        return self.by_area.get(area, {})


@dataclass
class Shelf:
    """The official series of one measure, and in which of them a place or its name stands."""

    series: dict[SeriesKey, Series] = field(default_factory=dict)
    where: dict[tuple[str, str], dict[SeriesKey, None]] = field(default_factory=dict)

    def add(self, figure: Benchmark, names: set[str]) -> None:
        """Put a figure into its series; a figure for everybody also under the names of its place."""
        assert figure.area is not None
        series = self.series.setdefault(series_of(figure), Series(series_of(figure)))
        group = group_of(figure.breakdown)
        series.by_area.setdefault(figure.area, {}).setdefault(group, []).append(figure)
        self.where.setdefault(("id", figure.area), {})[series.key] = None
        for name in () if group else names:
            series.by_name.setdefault(name, []).append(figure)
            self.where.setdefault(("name", name), {})[series.key] = None

    def of(self, estimate: Estimate, areas: Mapping[str, Area]) -> list[Series]:
        """Return the series that know the place of an estimate, or another of its name, in the order they came."""
        names = _names(estimate.area, estimate.area_name, areas)
        keys = [("id", estimate.area), *(("name", name) for name in names)]
        here = {key for place in keys for key in self.where.get(place, ())}
        return (
            [series for key, series in self.series.items() if key in here]
            if len(here) > 1
            else [self.series[key] for key in here]
        )


def by_measure(benchmarks: Iterable[Benchmark], areas: Mapping[str, Area]) -> dict[str, Shelf]:
    """Return the official series of each measure; figures whose place could not be matched are left out."""
    shelves: dict[str, Shelf] = {}
    for figure in benchmarks:
        if figure.area is not None:
            names = _names(figure.area, figure.area_name, areas)
            shelves.setdefault(figure.measure, Shelf()).add(figure, names)
    return shelves


def series_of(figure: Benchmark) -> SeriesKey:
    """Return what tells one official series from another: source, release, code, concept and chosen rows."""
    chosen = tuple(sorted(figure.facts.get("select", {}).items()))
    concept = tuple(sorted(figure.definition.items()))
    return (figure.source, figure.released, figure.series, figure.relation, concept, chosen)


@cache
def group_of(breakdown: Breakdown) -> Breakdown:
    """Return a group in the concepts and codes of SDMX, sorted; () for everybody.

    So the group "sex: female" of a kit and the group "SEX: F" of an official file are the same.
    """
    own = {concept: concept if concept in BREAKDOWNS.values() else dimension(concept) for concept, _code in breakdown}
    coded = ((own[concept], code_ids([code], own[concept])[code]) for concept, code in breakdown)
    return tuple(sorted((concept, code) for concept, code in coded if code != EVERYBODY))


def namesakes(estimate: Estimate, series: Series, areas: Mapping[str, Area]) -> list[Benchmark]:
    """Return the official figures for other places of the same name, country and level."""
    here = areas.get(estimate.area)
    names = sorted(_names(estimate.area, estimate.area_name, areas))
    there = [(b, areas.get(b.area or "")) for name in names for b in series.by_name.get(name, [])]
    return [b for b, area in there if not (here and area) or (here.country, here.level) == (area.country, area.level)]


def nearest(period: str, figures: Sequence[Benchmark], within: int, *, same_year: bool = False) -> list[Benchmark]:
    """Return the figures of the time that stands beside `period`, one of each nature; [] where there is none.

    Figures that share a year with the period go before all others. Of these, else of all: the latest which does not end
    after the period and is at most `within` years away, else the nearest one.
    With `same_year` it is one that shares a year with the period, else one that ended more than `within` years before.
    """
    last = years(period)[1]
    now = [figure for figure in figures if not years_apart(figure.period, period)]
    if same_year:
        newest = max(figures, key=_end)
        old = _end(newest)[0] < years(period)[0] and years_apart(newest.period, period) > within
        figures = now or ([newest] if old else [])
    if not figures:
        return []
    figures = now or figures
    past = [f for f in figures if _end(f)[0] <= last and years_apart(f.period, period) <= within]
    chosen = max(past, key=_end) if past else min(figures, key=lambda f: (years_apart(f.period, period), f.period))
    same = {f.nature: f for f in figures if (f.area, f.period) == (chosen.area, chosen.period)}
    return list(same.values())


def uncovered(estimates: Sequence[Estimate], benchmarks: Sequence[Benchmark]) -> list[Benchmark]:
    """Return the official figures whose place has no citizen figure: the latest of each series, place and nature.

    Places that could not be matched at all (area None) are among them, with the reason in `refused`. Figures of groups
    are left aside.
    """
    counted = {(e.measure, e.area) for e in estimates if not e.breakdown}
    latest: dict[tuple[Any, ...], Benchmark] = {}
    for figure in benchmarks:
        if (figure.measure, figure.area) not in counted and not group_of(figure.breakdown):
            key = (*series_of(figure), figure.measure, figure.area or figure.area_name, figure.nature)
            if key not in latest or _end(figure) > _end(latest[key]):
                latest[key] = figure
    return list(latest.values())


def other_place(estimate: Estimate, official: Benchmark, areas: Mapping[str, Area]) -> Because:
    """Say why an official figure of a place of the same name is not for this place."""
    here, there = areas.get(estimate.area), areas.get(official.area or "")
    facts: dict[str, Any] = {"area": estimate.area_name, "official_area": official.area}
    if here is None or there is None:
        return "not_comparable", wording.NAMESAKE, facts
    older, newer = sorted((here, there), key=lambda area: (area.valid_from or date.min, area.valid_to or date.max))
    day = _changed_on(older, newer)
    if day is None:
        return "not_comparable", wording.NAMESAKE, facts
    name = folded(newer.name)
    cut = [a.name for a in areas.values() if older.id in a.predecessors and folded(a.name) != name]
    facts |= {"date": day.isoformat(), "cut": sorted(cut)}
    return "not_comparable", wording.EXTENT if cut else wording.EXTENT_ONLY, facts


def _names(area: str, name: str, areas: Mapping[str, Area]) -> set[str]:
    known = areas.get(area)
    return {folded(n) for n in (name, *((known.name, *known.aliases) if known else ()))}


def _end(figure: Benchmark) -> tuple[int, int, str]:
    first, last = years(figure.period)
    return last, first, figure.period


def _changed_on(older: Area, newer: Area) -> date | None:
    if older.valid_to and older.valid_to < (newer.valid_from or date.max):
        return older.valid_to + timedelta(days=1)
    return newer.valid_from if older.id in newer.predecessors else None
