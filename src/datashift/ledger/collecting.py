"""Everything at hand about one indicator and one place: releases of citizens, official snapshots, what was compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datashift import official
from datashift.compare import compare
from datashift.compare.matching import group_of
from datashift.errors import BadLedger, BadRecipe, BadStandard, NothingKnown
from datashift.language import N_, _, label
from datashift.ledger import citizens
from datashift.model import Area, Breakdown, Comparison, Label, Measure, Revision, TimeSeries
from datashift.publish import Released, released
from datashift.standards.areas import known_areas
from datashift.standards.framework import framework

OTHER_EXTENT = N_(
    "What citizens counted is {counted}, not the whole of {place}. The two are shown on one axis and not compared."
)
RELATED = N_("{title}: {note}")
NOT_THERE = N_("The release of {producer} has no figure for this place and group.")
MORE = N_("The release has other figures for this indicator too: {measures}.")

_NEAR = 8


@dataclass(frozen=True)
class Asked:
    """What the ledger is about. series: codes of official series and ids of measures, () = all.   sources: official
    sources, () = all.   breakdown: the group, () = everybody.
    """

    indicator: str
    area: str
    series: tuple[str, ...] = ()
    breakdown: Breakdown = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collected:
    """What was found: series with citizens first, comparisons, revisions, and notes in the current language;
    simulated: the citizen figures are made up.
    """

    series: tuple[TimeSeries, ...]
    comparisons: tuple[Comparison, ...]
    revisions: tuple[Revision, ...]
    notes: tuple[str, ...]
    simulated: bool


def collect(asked: Asked, bundles: Sequence[Path | Released], home: Path) -> Collected:
    """Collect what releases and the store know. In: what is asked; release bundles, or what was read from them
    before; the folder of the store.

    Raises Tampered for a bundle that is not what was released, BadLedger where several series or units remain, and
    NothingKnown where nothing does.
    """
    releases = [bundle if isinstance(bundle, Released) else released(bundle) for bundle in bundles]
    stored = _stored(asked, home)
    counted: list[TimeSeries] = []
    beside: list[TimeSeries] = []
    compared: list[Comparison] = []
    notes: list[str] = []
    for release in releases:
        for measure in citizens.measured(release, asked.indicator, asked.series):
            area = citizens.area_of(release, asked.area)
            estimates = citizens.estimates_of(release, measure, area, asked.breakdown)
            if not estimates:
                notes.append(_(NOT_THERE).format(producer=release.recipe.producer))
                continue
            series = citizens.citizen_series(release, measure, estimates)
            own = citizens.official_beside(release, measure, area, asked.breakdown)
            counted.append(series)
            beside += own
            compared += citizens.compared_in(release, measure, area, asked.breakdown)
            new = [one for one in stored if not any(citizens.contained(other, one) for other in own)]
            compared += _compared(release, series, measure, new, asked, home)
            notes += _notes(release, measure, series, asked)
    listed = [*_ordered(counted), *_ordered(citizens.merged(stored, beside))]
    if not listed:
        _without_numbers(asked, home)
        raise NothingKnown(
            "ledger.nothing", indicator=asked.indicator, area=asked.area, near=_near(asked, releases, home) or "–"
        )
    _one_unit(listed)
    revisions = [r for s in listed if s.side == "official" and s in stored for r in _revisions(s, home)]
    simulated = any(release.recipe.simulated for release in releases) and bool(counted)
    return Collected(
        tuple(listed), tuple(_settled(compared)), tuple(revisions), tuple(dict.fromkeys(notes)), simulated
    )  # fmt: skip


# --- official -------------------------------------------------------------------------------------------------------


def _stored(asked: Asked, home: Path) -> list[TimeSeries]:
    found = [
        _titled(series, asked.indicator)
        for series in official.time_series(home, indicator=asked.indicator, area=asked.area)
        if group_of(series.breakdown) == asked.breakdown and (not asked.sources or series.producer in asked.sources)
    ]
    named = [series for series in found if series.series in asked.series]
    if named:
        return named
    codes: dict[str, set[str]] = {}
    for series in found:
        codes.setdefault(series.producer, set()).add(series.series)
    # Sources have codes of their own. Where the indicator is one series, they mean the same; else nobody knows.
    differ = len({code for own in codes.values() for code in own}) > 1
    if any(len(own) > 1 for own in codes.values()) or (differ and _parts(asked.indicator, home) > 1):
        listed = "; ".join(f"{producer}: {', '.join(sorted(own))}" for producer, own in codes.items())
        raise BadLedger("ledger.several", indicator=asked.indicator, area=asked.area, series=listed)
    return found


def _parts(indicator: str, home: Path) -> int:
    """Return how many series the framework has for an indicator."""
    return sum(indicator in series.indicators for series in framework(store=home).all_series.values())


def _titled(series: TimeSeries, indicator: str) -> TimeSeries:
    """Name a series that its source does not name by its indicator and its code."""
    if label(series.title) != series.series:
        return series
    words = indicator_label(indicator)
    return replace(
        series, title={language: f"{text}, {series.series}" for language, text in words.items()} or series.title
    )


def indicator_label(indicator: str) -> Label:
    """Return the short title of an indicator, {} for one that the framework does not know."""
    try:
        return framework().entry(indicator).label
    except BadStandard:
        return {}


def _revisions(series: TimeSeries, home: Path) -> list[Revision]:
    found = official.revisions(home, source=series.producer, series=series.series, area=series.area)
    return [revision for revision in found if revision.breakdown == series.breakdown]


def _one_unit(series: Iterable[TimeSeries]) -> None:
    units: dict[str, list[str]] = {}
    for one in series:
        units.setdefault(one.unit, []).append(one.series)
    if len(units) > 1:
        raise BadLedger("ledger.units", units="; ".join(f"{unit}: {', '.join(c)}" for unit, c in units.items()))


def _ordered(series: Iterable[TimeSeries]) -> list[TimeSeries]:
    return sorted(series, key=lambda s: (-len(s.observations), s.producer, s.series))


def _without_numbers(asked: Asked, home: Path) -> None:
    """Raise NothingKnown with the sources where there are entries, but no number may be shown or none is known."""
    rows = official.observations(home, indicator=asked.indicator, area=asked.area).to_pylist()
    sources = {row["source"] for row in rows if group_of(official.breakdown_of(row["breakdown"])) == asked.breakdown}
    if sources:
        raise NothingKnown(
            "ledger.hidden", indicator=asked.indicator, area=asked.area, sources=", ".join(sorted(sources))
        )


def _near(asked: Asked, releases: Sequence[Released], home: Path) -> str:
    """Name what is known of this indicator and place for groups, else elsewhere, else of other indicators here."""
    own = official.time_series(home, indicator=asked.indicator, area=asked.area)
    groups = {"--group " + " --group ".join(f"{c}={code}" for c, code in s.breakdown) for s in own if s.breakdown}
    if groups:
        return _cut(sorted(groups))
    everywhere = official.observations(home, indicator=asked.indicator)
    places = {a or n for a, n in zip(everywhere["area"].to_pylist(), everywhere["area_name"].to_pylist(), strict=True)}
    places |= {citizens.whole_of(r) for r in releases if r.kit.indicator == asked.indicator}
    if places:
        return _cut([f"{asked.indicator} {place}" for place in sorted(places, key=lambda place: (":" in place, place))])
    others = set(official.observations(home, area=asked.area)["indicator"].to_pylist())
    others |= {r.kit.indicator for r in releases}
    return _cut([f"{other} {asked.area}" for other in sorted(filter(None, others))])


def _cut(names: Sequence[str]) -> str:
    return ", ".join([*names[:_NEAR], *(["…"] if len(names) > _NEAR else [])])


# --- citizens beside official ---------------------------------------------------------------------------------------


def _compared(
    release: Released, series: TimeSeries, measure: Measure, stored: Sequence[TimeSeries], asked: Asked, home: Path
) -> list[Comparison]:
    """Set the citizen figures of one place beside stored series.

    All places of the release are compared, since a gap must hold among all that were looked at. A group stands beside
    its own figures only; the figures for everybody show where officials hide it.
    """
    chosen = {(one.producer, one.series) for one in stored}
    if not chosen and not asked.breakdown:
        return []
    estimates = [e for e in release.estimates if e.measure == measure.id and group_of(e.breakdown) == asked.breakdown]
    areas = {estimate.area for estimate in estimates}
    figures = [
        figure
        for one in official.time_series(home, indicator=asked.indicator)
        if one.area in areas
        and group_of(one.breakdown) in ((), asked.breakdown)
        and (not chosen or (one.producer, one.series) in chosen)
        for figure in citizens.as_benchmarks(one, series)
    ]
    if not any(figure.area == series.area for figure in figures):
        return []
    found = compare(estimates, figures, measures={measure.id: measure}, areas=_areas(series.area))
    return [replace(c, breakdown=asked.breakdown) for c in found if c.area == series.area]


def _settled(compared: Sequence[Comparison]) -> list[Comparison]:
    """Leave out that there is no official figure, where another source has one."""
    known = {(c.measure, c.area, c.period) for c in compared if c.official}
    return [c for c in compared if c.official or (c.measure, c.area, c.period) not in known]


def _areas(area: str) -> Mapping[str, Area]:
    """The areas of the country of a place; none where its release has a list of its own, as for a made-up country."""
    try:
        return known_areas(area.partition("-")[0].partition("_")[0])
    except BadRecipe:
        return {}


def _name(area: str) -> str:
    known = _areas(area).get(area)
    return known.name if known else area


def _notes(release: Released, measure: Measure, series: TimeSeries, asked: Asked) -> list[str]:
    notes = []
    if series.difference:
        notes.append(_(RELATED).format(title=label(series.title), note=label(series.difference)))
    if series.area != asked.area:
        notes.append(_(OTHER_EXTENT).format(counted=series.area_name, place=_name(asked.area)))
    others = citizens.measured(release, asked.indicator, [m.id for m in release.kit.measures])
    if not asked.series and len(others) > 1:
        names = "; ".join(f"{m.id} ({label(m.label)})" for m in others if m.id != measure.id)
        notes.append(_(MORE).format(measures=names))
    return notes
