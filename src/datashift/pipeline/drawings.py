"""What is drawn of a run: each measure by area, beside its official figures, and the first also as a map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from datashift.draw import Words, area_map, beside_official, by_area
from datashift.language import N_, _, current, label
from datashift.model import (
    Chart,
    Comparison,
    Estimate,
    Measure,
    Official,
    Verdict,
)
from datashift.numbers import THIN, in_digits, places, said
from datashift.pipeline.setting import Setting, whole_area
from datashift.standards.periods import years

PAGE = 700  # pixels that a map takes on its page


SOURCE = N_("Source: {producer}.")


DRAWN = N_("Drawn by DataShift from the recipe {recipe}.")


Drawing = Callable[[], Chart | None]
"""One chart to draw: called, it gives the chart, or None where there is nothing to draw."""


def at_once(drawing: Drawing) -> Drawing:
    """Draw when the chart is asked for, in this process."""
    return drawing


def finished(pending: Iterable[Drawing]) -> tuple[Chart, ...]:
    """Return the charts that came of the drawings, in their order."""
    charts = (drawing() for drawing in pending)
    return tuple(chart for chart in charts if chart is not None)


def drawings(setting: Setting, found: Sequence[Estimate], compared: Sequence[Comparison]) -> list[Drawing]:
    """What to draw: each measure by area and beside its official figures; the first, the headline, also as a map."""
    drawn: list[Drawing] = []
    for measure in setting.measures:
        rows = [e for e in found if e.measure == measure.id and not e.breakdown]
        for period in sorted({e.period for e in rows}):
            drawn += _by_place(setting, measure, [e for e in rows if e.period == period])
        for index, (pairs, specs) in enumerate(_beside(setting, compared, measure), 1):
            words = _words(setting, measure, rows, f"{measure.id.lower()}-official-{index}", specs)
            drawn.append(partial(beside_official, pairs, words=words))
    return drawn


def _by_place(setting: Setting, measure: Measure, rows: list[Estimate]) -> list[Drawing]:
    places = [e for e in rows if e.area != whole_area(setting)]
    if not any(e.value is not None for e in rows):
        return []
    stem = measure.id.lower() + (f"-{rows[0].period}" if setting.recipe.period.by == "year" else "")
    drawn: list[Drawing] = [partial(by_area, rows, words=_words(setting, measure, rows, f"{stem}-by-area"))]
    if places and measure.id == setting.measures[0].id:
        shapes = _shapes(setting)
        words = _words(setting, measure, rows, f"{stem}-map")
        drawn += [partial(area_map, places, shapes, words=words)] if shapes else []
    return drawn


def _beside(
    setting: Setting, compared: Sequence[Comparison], measure: Measure
) -> list[tuple[list[Comparison], list[Official]]]:
    """The charts beside official figures: sources that speak of the same places and times share one."""
    here = [c for c in compared if c.measure == measure.id and not c.breakdown]
    groups: dict[tuple[Any, ...], tuple[list[Comparison], list[Official]]] = {}
    for spec in setting.recipe.official:
        own = [c for c in here if c.official and (c.official.source, c.official.series) == (spec.source, spec.series)]
        if not own:
            continue
        several = len({(c.area, c.period) for c in own}) > 1
        pairs, specs = groups.setdefault((spec.source, spec.series) if several else (own[0].area,), ([], []))
        pairs += own
        specs.append(spec)
        if len({c.period for c in own}) > 1:
            # A series by year also shows the years for which this source has no figure.
            seen = {(c.area, c.period) for c in own}
            blank = {(c.area, c.period): c for c in here if (c.area, c.period) not in seen}
            none: Verdict = "no_official_figure"
            pairs += [replace(c, official=None, verdict=none, reason="", facts={}) for c in blank.values()]
    return list(groups.values())


def _words(
    setting: Setting, measure: Measure, rows: Sequence[Estimate], name: str, official: Sequence[Official] = ()
) -> Words:
    recipe = setting.recipe
    wholes = [e for e in rows if e.area == whole_area(setting)]
    known = [e for e in wholes if e.value is not None] or wholes
    latest = max(known, key=lambda e: e.period, default=None)
    place = setting.areas[whole_area(setting)].name if whole_area(setting) in setting.areas else recipe.place.country
    counted = _("n\u00a0=\u00a0{n}.").format(n=said(latest.n)) if latest and len(wholes) == 1 else ""
    foot = [_(SOURCE).format(producer=recipe.producer), counted, _(DRAWN).format(recipe=recipe.id)]
    foot += [f"{spec.source}, {spec.released}." for spec in official]
    return Words(
        name=name,
        title=finding_sentence(setting, measure, latest),
        subtitle=f"{label(measure.label)}, {label(measure.unit_label)} · {place} · {in_digits(_period(rows))}",
        foot=" ".join(filter(None, foot)),
        unit=label(measure.unit_label),
        value_label=label(measure.label),
        official_label=label(official[0].definition) if len(official) == 1 else _("Official figure"),
        overall=whole_area(setting),
        simulated=recipe.simulated,
        language=current(),
    )


def finding_sentence(setting: Setting, measure: Measure, whole: Estimate | None) -> str:
    """Say the figure for the whole in one sentence of the kit, in the current language; else the measure's label."""
    if whole is None or whole.value is None:
        return label(measure.label)
    decimals = places(whole.value, whole.lower, whole.upper)
    sign = f"{THIN}%" if measure.unit == "PT" else ""
    figures = {"value": whole.value, "lower": whole.lower, "upper": whole.upper}
    shown = {key: "?" if value is None else said(value, decimals) + sign for key, value in figures.items()}
    return label(measure.finding).format(
        area=whole.area_name, period=in_digits(_period([whole])), n=said(whole.n), **shown
    )


def _shapes(setting: Setting) -> dict[str, BaseGeometry]:
    united = setting.outlines()
    # Every map of the run uses these outlines; detail below half a pixel of a page would only be computed again.
    extent = shapely.total_bounds(list(united.values())) if united else (0.0, 0.0, 0.0, 0.0)
    fine = max(extent[2] - extent[0], extent[3] - extent[1]) / PAGE / 2
    return {area: shapely.simplify(shape, fine) for area, shape in united.items()}


def _period(rows: Sequence[Estimate]) -> str:
    periods = {e.period for e in rows}
    if len(periods) == 1 and "/" not in (only := periods.pop()):
        return only
    covered = [year for e in rows for year in years(e.period)]
    return "–".join(dict.fromkeys((str(min(covered)), str(max(covered))))) if covered else ""
