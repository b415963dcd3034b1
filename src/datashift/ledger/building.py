"""The ledger put together: breaks found, official sources set beside each other, progress judged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

from datashift.errors import BadLedger, BadProgress, BadSeries, BadStandard, TooThin
from datashift.language import N_, _
from datashift.ledger.collecting import Asked, collect, indicator_label
from datashift.ledger.record import Apart, Ledger
from datashift.model import Comparison, Observation, Revision, Target, TimeSeries
from datashift.progress import Progress, progress, target_of
from datashift.publish import Released
from datashift.standards.framework import framework
from datashift.standards.periods import years

NATURE = N_("other kind of figure: {before} before, {after} from here on")
NATURES = N_("The figures of {producer} change their kind {count} times (country data, estimates, models).")

_MOST_BREAKS = 3
_PLOTTED = ("E", "M", "C", "CA", "G")


def ledger(
    series: Sequence[TimeSeries],
    *,
    target: Target | None = None,
    comparisons: Sequence[Comparison] = (),
    revisions: Sequence[Revision] = (),
    judged: Mapping[int, Progress] | None = None,
    notes: Sequence[str] = (),
) -> Ledger:
    """Put all that is known about one indicator and place together.

    In: series of one place and unit, citizens first in the result; the target; comparisons of their figures;
    revisions; what the methods of progress say of a series, by its place in `series`. Out: the ledger. Official series
    of the same concept are set beside each other in the latest year that both have; where the nature of the figures of
    a series changes, that is a break. Raises BadLedger where units differ.
    """
    units = {one.unit for one in series}
    if len(units) > 1:
        listed = "; ".join(f"{unit}: {', '.join(s.series for s in series if s.unit == unit)}" for unit in sorted(units))
        raise BadLedger("ledger.units", units=listed)
    order = sorted(range(len(series)), key=lambda k: series[k].side != "citizen")
    placed = [_broken(series[k]) for k in order]
    more = [note for k in order if (note := _restless(series[k]))]
    lead = next((s for s in placed if s.relation == "same"), placed[0])
    return Ledger(
        indicator=lead.indicator, title=lead.title, area=placed[-1].area, area_name=placed[-1].area_name,
        breakdown=lead.breakdown, unit=lead.unit, series=tuple(placed), target=target, comparisons=tuple(comparisons),
        apart=tuple(_apart(placed)), revisions=tuple(revisions),
        progress=tuple((k, found) for k, was in enumerate(order) if (found := (judged or {}).get(was))),
        notes=(*notes, *more),
    )  # fmt: skip


def from_releases(
    asked: Asked, bundles: Sequence[Path | Released], home: Path, *, target: Target | None = None
) -> Ledger:
    """Collect what releases and the store at `home` know, judge the progress of every series, and return the ledger.

    `target`: what is to be reached, else that of the SDG framework. Raises BadLedger, NothingKnown and Tampered.
    """
    found = collect(asked, bundles, home)
    aims = [target or _target(asked.indicator, one, home) for one in found.series]
    judged = {k: p for k, one in enumerate(found.series) if (aim := aims[k]) and (p := _judged(one, aim))}
    shown = next((aim for aim in reversed(aims) if aim), None)
    made = ledger(
        found.series, target=shown, comparisons=found.comparisons, revisions=found.revisions, judged=judged,
        notes=found.notes,
    )  # fmt: skip
    return replace(made, title=indicator_label(asked.indicator) or made.title, simulated=found.simulated)


# --- progress -----------------------------------------------------------------------------------------------------


def _target(indicator: str, series: TimeSeries, home: Path) -> Target | None:
    """Return the target of the framework; none for a figure that is not the indicator itself."""
    if series.relation != "same":
        return None
    try:
        known = target_of(indicator, series.series, framework(store=home), series)
    except BadStandard:
        try:
            known = target_of(indicator, observed=_shown(series))
        except BadStandard:
            return None
    return next((one for one in known if one.value is not None), known[0] if known else None)


def _judged(series: TimeSeries, target: Target) -> Progress | None:
    seen = _shown(series)
    if len({years(one.period) for one in seen.observations}) < 2:
        return None
    try:
        return progress(seen, target)
    except (BadProgress, BadSeries, TooThin):
        return None


def _shown(series: TimeSeries) -> TimeSeries:
    return replace(series, observations=tuple(o for o in series.observations if math.isfinite(o.value)))


# --- breaks -------------------------------------------------------------------------------------------------------


def _broken(series: TimeSeries) -> TimeSeries:
    """Add a break where the nature of the figures changes, unless it does so again and again."""
    changes = list(_changes(series))
    if not changes or len(changes) > _MOST_BREAKS:
        return series
    known = {period for period, _why in series.breaks}
    found = [
        (now.period, _(NATURE).format(before=before.nature, after=now.nature))
        for before, now in changes
        if now.period not in known
    ]
    return replace(series, breaks=tuple(sorted([*series.breaks, *found])))


def _changes(series: TimeSeries) -> Iterator[tuple[Observation, Observation]]:
    seen = [one for one in series.observations if one.nature.upper() in _PLOTTED]
    return ((one, other) for one, other in pairwise(seen) if one.nature.upper() != other.nature.upper())


def _restless(series: TimeSeries) -> str:
    count = sum(1 for _change in _changes(series))
    return _(NATURES).format(producer=series.producer, count=count) if count > _MOST_BREAKS else ""


# --- official beside official -------------------------------------------------------------------------------------


def _apart(series: Sequence[TimeSeries]) -> Iterator[Apart]:
    """Yield the official series of one concept in pairs, in the latest year that both have."""
    official = [k for k, one in enumerate(series) if one.side == "official" and one.relation == "same"]
    for one, other in combinations(official, 2):
        a, b = (_by_year(series[k]) for k in (one, other))
        common = max(a.keys() & b.keys(), default=None)
        if common is not None:
            yield Apart(one, other, common, a[common], b[common])


def _by_year(series: TimeSeries) -> dict[int, float]:
    # A figure of several years is of none of them.
    spans = [(years(one.period), one.value) for one in series.observations if math.isfinite(one.value)]
    return {first: value for (first, last), value in spans if first == last}
