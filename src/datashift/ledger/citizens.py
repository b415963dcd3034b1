"""What citizens counted, read from releases: series over time, and the official figures that stood beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from datashift.compare.matching import group_of
from datashift.ledger.moments import moment
from datashift.model import Benchmark, Breakdown, Comparison, Estimate, Measure, Observation, TimeSeries
from datashift.publish import Released
from datashift.standards.kits import chosen_measures

_ENOUGH = 3


def measured(release: Released, indicator: str, wanted: Sequence[str]) -> list[Measure]:
    """Return the measures of a release that speak of an indicator: those `wanted`, else its headline, the first."""
    if release.kit.indicator != indicator:
        return []
    chosen = list(chosen_measures(release.recipe, release.kit))
    return [measure for measure in chosen if measure.id in wanted] or chosen[:1]


def whole_of(release: Released) -> str:
    """Return the id of the area that all rows of a release together stand for."""
    place = release.recipe.place
    return place.whole.id if place.whole else (place.area or place.country)


def area_of(release: Released, area: str) -> str:
    """Return which area of a release speaks of `area`: itself, or for a country the whole that was counted there."""
    if any(estimate.area == area for estimate in release.estimates) or area != release.recipe.place.country:
        return area
    return whole_of(release)


def estimates_of(release: Released, measure: Measure, area: str, breakdown: Breakdown) -> list[Estimate]:
    """Return the estimates of one measure, place and group in the order of time."""
    found = [
        e for e in release.estimates if (e.measure, e.area, group_of(e.breakdown)) == (measure.id, area, breakdown)
    ]
    return sorted(found, key=lambda e: moment(e.period))


def citizen_series(release: Released, measure: Measure, estimates: Sequence[Estimate]) -> TimeSeries:
    """Return estimates of one measure, place and group as a series; a hidden figure has the value NaN."""
    kit, first = release.kit, estimates[0]
    return TimeSeries(
        side="citizen", indicator=kit.indicator, series=measure.id, title=measure.label,
        producer=release.recipe.producer, released=release.created, area=first.area, area_name=first.area_name,
        unit=first.unit, observations=tuple(map(_observation, estimates)), breakdown=group_of(first.breakdown),
        relation=kit.relation, difference=None if kit.relation == "same" else kit.relation_note,
        sampling_type=first.sampling_type,
    )  # fmt: skip


def official_beside(release: Released, measure: Measure, area: str, breakdown: Breakdown) -> list[TimeSeries]:
    """Return the official figures that stood beside a measure in a release, as series."""
    groups: dict[tuple[object, ...], list[Benchmark]] = {}
    for figure in release.official:
        if (figure.measure, figure.area, group_of(figure.breakdown)) == (measure.id, area, breakdown):
            # Figures of one source that were chosen by other conditions are another series.
            chosen = tuple(sorted(figure.facts.get("select", {}).items()))
            key = (figure.source, figure.released, figure.series, figure.unit, figure.relation, chosen)
            groups.setdefault(key, []).append(figure)
    return [_official_series(release, figures) for figures in groups.values()]


def compared_in(release: Released, measure: Measure, area: str, breakdown: Breakdown) -> list[Comparison]:
    """Return the comparisons of a release for one measure, place and group."""
    found = [replace(c, breakdown=group_of(c.breakdown)) for c in release.comparisons]
    return [c for c in found if (c.measure, c.area, c.breakdown) == (measure.id, area, breakdown)]


def as_benchmarks(series: TimeSeries, citizen: TimeSeries) -> list[Benchmark]:
    """Return an official series as figures that may stand beside a citizen series, with the stated difference."""
    same = series.relation == citizen.relation == "same"
    return [
        Benchmark(
            measure=citizen.series,
            source=series.producer,
            released=series.released,
            retrieved="",
            series=series.series,
            area=series.area,
            area_name=series.area_name,
            period=one.period,
            value=one.value,
            unit=series.unit,
            nature=one.nature,
            relation="same" if same else "different",
            definition=series.title,
            difference={} if same else (citizen.difference or series.difference or {}),
            se=one.se,
            breakdown=series.breakdown,
            stated=one.stated,
            source_detail=one.source,
            footnote=one.footnote,
        )
        for one in series.observations
        if math.isfinite(one.value)
    ]


def merged(stored: Iterable[TimeSeries], beside: Iterable[TimeSeries]) -> list[TimeSeries]:
    """Return the stored series, and of those that stood beside figures in releases the ones that say anything else."""
    kept = list(stored)
    for one in sorted(beside, key=lambda s: -len(s.observations)):
        if not any(contained(one, other) for other in kept):
            kept.append(one)
    return kept


def contained(one: TimeSeries, other: TimeSeries) -> bool:
    """Say whether a series only repeats another one for the same place, group and unit.

    Three figures that agree to the sixth decimal are no coincidence; fewer only count under the same code.
    """
    alike = (one.side, one.area, one.breakdown, one.unit)
    if alike != (other.side, other.area, other.breakdown, other.unit):
        return False
    figures = _figures(one)
    return figures.items() <= _figures(other).items() and (one.series == other.series or len(figures) >= _ENOUGH)


def _figures(series: TimeSeries) -> Mapping[str, float]:
    return {one.period: round(one.value, 6) for one in series.observations if math.isfinite(one.value)}


def _observation(e: Estimate) -> Observation:
    return Observation(
        period=e.period, value=math.nan if e.value is None else e.value, se=e.se, lower=e.lower, upper=e.upper,
        source=e.method, footnote="", status=e.status, n=e.n, n_eff=e.n_eff,
    )  # fmt: skip


def _official_series(release: Released, figures: Sequence[Benchmark]) -> TimeSeries:
    first, kit = figures[0], release.kit
    # A figure of the same thing as a measure that is not the indicator itself is not the indicator either.
    relation = kit.relation if first.relation == "same" else first.relation
    series = TimeSeries(
        side="official", indicator=kit.indicator, series=first.series, title=first.definition, producer=first.source,
        released=first.released, area=first.area or "", area_name=first.area_name, unit=first.unit,
        observations=(), breakdown=group_of(first.breakdown), relation=relation, difference=first.difference,
    )  # fmt: skip
    seen = [
        Observation(
            period=b.period,
            value=b.value,
            se=b.se,
            stated=b.stated,
            nature=b.nature,
            source=b.source_detail,
            footnote=b.footnote,
            lower=b.facts.get("lower"),
            upper=b.facts.get("upper"),
        )
        for b in sorted(figures, key=lambda b: moment(b.period))
    ]
    return replace(series, observations=tuple(seen))
