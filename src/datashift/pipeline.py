"""The only place where the verbs meet: bytes in, a release out, and the same bytes give the same release anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from datashift.assess import assess
from datashift.compare import benchmarks, compare, uncovered, years
from datashift.corrections import Replayed, replay
from datashift.corrections import parse as parse_ledger
from datashift.draw import Words, area_map, beside_official, by_area
from datashift.errors import BadRecipe, DesignError
from datashift.estimate import COUNTS, Question, cells, estimate, uncertainty
from datashift.harmonise import harmonise, join
from datashift.inputs import Inputs, bare_name
from datashift.language import N_, _, current, label
from datashift.model import (
    Area,
    Benchmark,
    Boundaries,
    Chart,
    Comparison,
    Effect,
    Estimate,
    Finding,
    Harmonised,
    Kit,
    Loss,
    Measure,
    Official,
    Origin,
    Raw,
    Recipe,
    Verdict,
)
from datashift.numbers import THIN, in_digits, places, said
from datashift.protect import protect
from datashift.publish import rounded
from datashift.read import read_bytes
from datashift.standards.areas import known_areas, resolver
from datashift.standards.kits import check_together, chosen_measures, parse_kit, parse_recipe
from datashift.standards.margins import totals
from datashift.standards.shapes import polygons

NOT_CHECKED = ("harmonise.not-meant", "harmonise.removed")
"""Rows that the recipe does not mean, or that a correction took out: the checks have nothing to say about them."""
PAGE = 700  # pixels that a map takes on its page
SOURCE = N_("Source: {producer}.")
DRAWN = N_("Drawn by DataShift from the recipe {recipe}.")


@dataclass(frozen=True)
class Setting:
    """What recipe, kit and files say before the first row is looked at."""

    inputs: Inputs
    recipe: Recipe
    kit: Kit
    measures: tuple[Measure, ...]
    areas: Mapping[str, Area]
    margins: Mapping[str, Mapping[str, float]]
    table: Callable[[str], Raw]
    land: Callable[[], dict[str, list[Any]]]


@dataclass(frozen=True)
class Result:
    """All that a run found. Estimates have passed the disclosure gate; findings and observations have not."""

    setting: Setting
    origins: tuple[Origin, ...]
    harmonised: Harmonised
    findings: list[Finding]
    cells: pa.Table
    estimates: list[Estimate]
    comparisons: list[Comparison]
    official: list[Benchmark]
    uncovered: list[Benchmark]
    charts: tuple[Chart, ...]
    uncertainty: str
    corrected: Replayed | None = None


Drawing = Callable[[], Chart | None]
"""One chart to draw: called, it gives the chart, or None where there is nothing to draw."""


def at_once(drawing: Drawing) -> Drawing:
    """Draw when the chart is asked for, in this process."""
    return drawing


def run(
    inputs: Inputs,
    progress: Callable[[str], None] = lambda stage: None,
    draw: Callable[[Drawing], Drawing] = at_once,
) -> Result:
    """Read → harmonise → estimate → protect → compare → draw → assess.

    `progress` hears the name of each stage. `draw` may start a drawing elsewhere, such as in a process of its own that
    draws while the rows are checked; what it returns gives the finished chart.
    """
    setting = set_up(inputs)
    progress(_("reading the files"))
    raw, origins = raw_table(setting)
    progress(_("bringing the rows to the kit's concepts"))
    done = corrected(setting, raw)
    harmonised = observations(setting, raw, done)
    progress(_("estimating"))
    grouped = cells(harmonised.observations, setting.measures)
    found = estimates(setting, grouped, harmonised.losses)
    progress(_("comparing with official figures"))
    official = official_figures(setting)
    compared = comparisons(setting, found, official)
    pending = [draw(drawing) for drawing in drawings(setting, found, compared)]
    progress(_("checking the rows and what they do to the answer"))
    findings = _findings(setting, done.table if done else raw, harmonised)
    progress(_("drawing"))
    return Result(
        setting=setting,
        origins=origins,
        harmonised=harmonised,
        findings=findings,
        cells=grouped,
        estimates=found,
        comparisons=compared,
        official=official,
        uncovered=uncovered([e for e in found if not e.breakdown], official),
        charts=finished(pending),
        uncertainty=uncertainty(setting.recipe.design, _clusters(setting.recipe)),
        corrected=done,
    )


def set_up(inputs: Inputs, margins: Mapping[str, Mapping[str, float]] | None = None) -> Setting:
    """Parse recipe and kit, and load areas and margins (unless `margins` are given). Raises BadRecipe."""
    recipe = parse_recipe(inputs.recipe_text, "recipe.toml")
    kit = parse_kit(inputs.kit_text, "kit.toml")
    check_together(recipe, kit)
    place = recipe.place
    listed = inputs.files[bare_name(place.areas)].decode("utf-8-sig", "replace") if place.areas else None
    areas = known_areas(place.country, listed)
    _require_areas(recipe, areas)
    if place.whole:
        whole = place.whole
        areas[whole.id] = Area(whole.id, label(whole.name), place.country, level=0)

    @cache
    def table(reference: str) -> Raw:
        name = bare_name(reference)
        options = next((s for s in recipe.source if s.file == reference), None)
        chosen = options.model_dump(include={"sheet", "header_row", "encoding", "delimiter"}) if options else {}
        raw: Raw = read_bytes(inputs.files[name], name, **chosen)
        return raw

    if margins is None:
        margins = {
            name: totals(margin, table(margin.file).table if margin.file else None, areas, file="recipe.toml")
            for name, margin in recipe.margin.items()
        }
    land = cache(partial(_by_area_id, inputs, place.boundaries, areas))
    return Setting(inputs, recipe, kit, chosen_measures(recipe, kit), areas, margins, table, land)


def _require_areas(recipe: Recipe, areas: Mapping[str, Area]) -> None:
    place = recipe.place
    resolve = resolver(areas, place.as_of)
    for name, sent_to in [*place.names.items(), *([("", place.area)] if place.area else [])]:
        if resolve(sent_to) is None:
            day = place.as_of.isoformat()
            raise BadRecipe("recipe.no-area", name=name, area=sent_to, country=place.country, date=day)


def raw_table(setting: Setting) -> tuple[pa.Table, tuple[Origin, ...]]:
    """Read the sources and join them; return one raw table and where its parts come from."""
    sources = setting.recipe.source
    raws = [setting.table(source.file) for source in sources]
    others = [(raw, source.join or "") for raw, source in zip(raws[1:], sources[1:], strict=True)]
    return join(raws[0], others), tuple(raw.origin for raw in raws)


def observations(setting: Setting, raw: pa.Table, done: Replayed | None = None) -> Harmonised:
    """Harmonise the raw table, as corrected by `done`, with the setting's recipe.

    Raises DesignError when no row is left.
    """
    place = setting.recipe.place
    resolve = resolver(setting.areas, place.as_of, place.names)
    removed = {row: entry.why for row, entry in done.removed.items()} if done else {}
    found = harmonise(
        done.table if done else raw,
        setting.recipe,
        setting.kit,
        resolve=resolve,
        margins=setting.margins,
        removed=removed,
    )
    if found.rows_out == 0:
        raise DesignError("estimate.no-rows", explained=found.rows_explained, rows_in=found.rows_in)
    return found


def corrected(setting: Setting, raw: pa.Table) -> Replayed | None:
    """Replay the recipe's ledger of corrections on the raw rows; None where the recipe names no ledger."""
    stated = setting.recipe.corrections
    if stated is None:
        return None
    name = bare_name(stated.file)
    return replay(raw, parse_ledger(setting.inputs.files[name], name))


def estimates(
    setting: Setting, grouped: pa.Table, losses: Mapping[tuple[str, str], Loss] | None = None
) -> list[Estimate]:
    """Estimate from cells, note what was lost on the way to each figure, and pass all through the disclosure gate."""
    known = losses or {}
    whole = whole_area(setting)
    found = [
        replace(e, loss=known.get((e.measure, "" if e.area == whole else e.area)))
        for e in estimate(grouped, question(setting))
    ]
    parents = {area.id: area.parent for area in setting.areas.values()}
    parents |= dict.fromkeys({e.area for e in found}, whole_area(setting))
    parents[whole_area(setting)] = None
    # What is compared and drawn is what is published: figures of ten digits.
    return rounded(protect(found, setting.kit, area_parents=parents))


def official_figures(setting: Setting) -> list[Benchmark]:
    """Read every official source that is at hand."""
    found: list[Benchmark] = []
    for spec in setting.recipe.official:
        if bare_name(spec.file) in setting.inputs.files:
            resolve = resolver(setting.areas, spec.as_of, spec.names)
            found += benchmarks(spec, setting.table(spec.file).table, resolve)
    return found


def comparisons(setting: Setting, found: Sequence[Estimate], official: Sequence[Benchmark]) -> list[Comparison]:
    """Hold the estimates against the official figures."""
    named = {measure for spec in setting.recipe.official for measure in spec.measures}
    measures = {measure.id: measure for measure in setting.measures}
    candidates = [e for e in found if e.measure in named and not e.breakdown]
    compared: list[Comparison] = []
    for period in sorted({e.period for e in candidates}):
        now = [e for e in candidates if e.period == period]
        first, last = years(period)
        # In a series by year each year stands beside its own; otherwise the nearest official figure is shown.
        yearly = setting.recipe.period.by == "year"
        beside = [b for b in official if not yearly or (years(b.period)[0] <= last and years(b.period)[1] >= first)]
        confidence = setting.recipe.design.confidence
        compared += compare(now, beside, measures=measures, areas=setting.areas, confidence=confidence)
    return compared


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
    here = [c for c in compared if c.measure == measure.id]
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


# --- checks ---------------------------------------------------------------------------------------------------------


def _findings(setting: Setting, raw: pa.Table, harmonised: Harmonised) -> list[Finding]:
    land = setting.land() or None
    aside = harmonised.rejects.filter(pc.is_in(harmonised.rejects["code"], value_set=pa.array(NOT_CHECKED)))
    if aside.num_rows:
        raw = raw.filter(pc.invert(pc.is_in(raw["_row"], value_set=aside["row"].combine_chunks())))
    table = harmonised.observations
    effect = partial(_effect, setting, table, _whole_values(setting, table))
    return assess(raw, harmonised, setting.recipe, setting.kit, effect=effect, areas=setting.areas, polygons=land)


def _effect(
    setting: Setting, table: pa.Table, before: Mapping[str, float | None], rows: tuple[int, ...]
) -> tuple[Effect, ...]:
    """Estimate the whole again without some source rows, for each measure of the recipe.

    Where an observation is a day of readings, a reading more or less has no effect that could be told from the day.
    """
    if setting.kit.readings:
        return ()
    without = pc.invert(pc.is_in(table["row"], value_set=pa.array(rows, pa.int64())))
    kept = table.filter(without)
    if kept.num_rows == table.num_rows:
        return ()
    after = _whole_values(setting, kept)
    return tuple(Effect(m.id, before[m.id], after.get(m.id), m.unit) for m in setting.measures if m.id in before)


def _whole_values(setting: Setting, table: pa.Table) -> dict[str, float | None]:
    # A count falls with every row that is left out, whatever it says: counts speak only where nothing else does.
    rates = [m for m in setting.measures if m.estimator not in COUNTS] or setting.measures
    plain = tuple(measure.model_copy(update={"breakdowns": ()}) for measure in rates)
    # Only the value is asked for here, not its spread, so a stratum that becomes lonely does no harm.
    loose = setting.recipe.design.model_copy(update={"lonely": "certainty"})
    asked = replace(question(setting), measures=plain, design=loose)
    values = {}
    for found in estimate(cells(table, plain), asked):
        values[found.measure] = found.value
    return values


# --- places ---------------------------------------------------------------------------------------------------------


def _by_area_id(
    inputs: Inputs, boundaries: Boundaries | None, areas: Mapping[str, Area]
) -> dict[str, list[BaseGeometry]]:
    name = bare_name(boundaries.file) if boundaries else ""
    if boundaries is None or name not in inputs.files:
        return {}
    resolve = resolver(areas, boundaries.as_of, boundaries.names)
    found: dict[str, list[BaseGeometry]] = {}
    for place, shapes in polygons(inputs.files[name], boundaries.name, file=name).items():
        area = resolve(place)
        if area:
            found.setdefault(area.id, []).extend(shapes)
    return found


def _shapes(setting: Setting) -> dict[str, BaseGeometry]:
    """Outline by area id, in the geography of the recipe: later areas go back to what they were cut from."""
    place = setting.recipe.place
    pieces: dict[str, list[BaseGeometry]] = {}
    for area_id, shapes in setting.land().items():
        home = _before(setting.areas[area_id], place.as_of)
        if home:
            pieces.setdefault(home, []).extend(shapes)
    if place.parts and bare_name(place.parts.file) in setting.inputs.files:
        name, sent_to = bare_name(place.parts.file), place.parts.names
        for part, shapes in polygons(setting.inputs.files[name], place.parts.name, file=name, only=sent_to).items():
            pieces.setdefault(sent_to[part], []).extend(shapes)
    united = {area: shapely.union_all(shapes) for area, shapes in pieces.items()}
    # Every map of the run uses these outlines; detail below half a pixel of a page would only be computed again.
    extent = shapely.total_bounds(list(united.values())) if united else (0.0, 0.0, 0.0, 0.0)
    fine = max(extent[2] - extent[0], extent[3] - extent[1]) / PAGE / 2
    return {area: shapely.simplify(shape, fine) for area, shape in united.items()}


def _before(area: Area, day: Any) -> str | None:
    if area.valid_on(day):
        return area.id
    # An area cut from several older ones belongs to none of them as a whole.
    return area.predecessors[0] if len(area.predecessors) == 1 else None


def question(setting: Setting) -> Question:
    """Return what the estimator asks of the cells of this setting."""
    design, areas = setting.recipe.design, setting.areas
    return Question(setting.kit, setting.measures, design, areas, whole_area(setting), setting.margins)


def whole_area(setting: Setting) -> str:
    """Return the id of the area that all rows together stand for."""
    place = setting.recipe.place
    return place.whole.id if place.whole else (place.area or place.country)


def _clusters(recipe: Recipe) -> str | None:
    return recipe.design.clusters[-1] if recipe.design.clusters else None


def _period(rows: Sequence[Estimate]) -> str:
    periods = {e.period for e in rows}
    if len(periods) == 1 and "/" not in (only := periods.pop()):
        return only
    covered = [year for e in rows for year in years(e.period)]
    return "–".join(dict.fromkeys((str(min(covered)), str(max(covered))))) if covered else ""
