"""The road of a run: read → harmonise → estimate → protect → compare → draw → assess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess import assess
from datashift.compare import Rules, compare, uncovered
from datashift.corrections import Replayed, replay
from datashift.corrections import parse as parse_ledger
from datashift.errors import DesignError
from datashift.estimation import COUNTS, cells, estimate, uncertainty
from datashift.harmonise import harmonise
from datashift.inputs import Inputs, bare_name
from datashift.language import _
from datashift.model import (
    Assessment,
    Benchmark,
    Chart,
    Comparison,
    Effect,
    Estimate,
    Finding,
    Harmonised,
    Loss,
    Origin,
    Recipe,
)
from datashift.official import benchmarks, series_table
from datashift.pipeline.contributing import contributing
from datashift.pipeline.drawings import Drawing, at_once, drawings, finished
from datashift.pipeline.earlier import Since, earlier, in_their_periods, since
from datashift.pipeline.setting import Setting, question, raw_table, set_up, whole_area
from datashift.pooling.ladder import explain
from datashift.protect import protect
from datashift.publish import rounded
from datashift.standards.areas import resolver

NOT_CHECKED = ("harmonise.not-meant", "harmonise.removed")
"""Rows that the recipe does not mean, or that a correction took out: the checks have nothing to say about them."""


@dataclass(frozen=True)
class Result:
    """All that a run found. Estimates have passed the disclosure gate; findings and observations have not."""

    setting: Setting
    origins: tuple[Origin, ...]
    harmonised: Harmonised
    assessment: Assessment
    cells: pa.Table
    estimates: list[Estimate]
    comparisons: list[Comparison]
    official: list[Benchmark]
    uncovered: list[Benchmark]
    charts: tuple[Chart, ...]
    uncertainty: str
    since: Since
    corrected: Replayed | None = None

    @property
    def findings(self) -> list[Finding]:
        """What the checks noticed, the greatest effect on the answer first."""
        return self.assessment.findings


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
    grouped = cells(harmonised.observations, setting.measures, setting.recipe.design.calibration)
    found, told = _estimates(setting, grouped, harmonised.losses, earlier(setting), harmonised.observations)
    progress(_("comparing with official figures"))
    official = official_figures(setting)
    compared = comparisons(setting, found, official)
    pending = [draw(drawing) for drawing in drawings(setting, found, compared)]
    progress(_("checking the rows and what they do to the answer"))
    looked = assessment(setting, done.table if done else raw, harmonised)
    progress(_("drawing"))
    return Result(
        setting=setting,
        origins=origins,
        harmonised=harmonised,
        assessment=looked,
        cells=grouped,
        estimates=found,
        comparisons=compared,
        official=official,
        uncovered=uncovered([e for e in found if not e.breakdown], official),
        charts=finished(pending),
        uncertainty=uncertainty_sentence(setting.recipe),
        since=told,
        corrected=done,
    )


def observations(setting: Setting, raw: pa.Table, done: Replayed | None = None) -> Harmonised:
    """Harmonise the raw table with the setting's recipe, as corrected by its ledger (`done`, where it is replayed).

    Raises DesignError when no row is left.
    """
    place = setting.recipe.place
    resolve = resolver(setting.areas, place.as_of, place.names)
    done = done or corrected(setting, raw)
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
    setting: Setting,
    grouped: pa.Table,
    losses: Mapping[tuple[str, str], Loss] | None = None,
    before: Sequence[Estimate] = (),
    rows: pa.Table | None = None,
) -> list[Estimate]:
    """Estimate from cells, note what was lost on the way to each figure, and pass all through the disclosure gate.

    `before` are the cells of earlier releases: nothing is shown that tells about single people beside them. `rows` are
    the observations, needed where the kit hides what few contributors make.
    """
    return _estimates(setting, grouped, losses, before, rows)[0]


def _estimates(
    setting: Setting,
    grouped: pa.Table,
    losses: Mapping[tuple[str, str], Loss] | None,
    before: Sequence[Estimate],
    rows: pa.Table | None,
) -> tuple[list[Estimate], Since]:
    """Return the figures, and what the earlier releases did to them."""
    known = losses or {}
    whole = whole_area(setting)
    found = [
        replace(e, loss=known.get((e.measure, "" if e.area == whole else e.area)))
        for e in estimate(grouped, question(setting))
    ]
    parents = {area.id: area.parent for area in setting.areas.values()}
    parents |= dict.fromkeys({e.area for e in found}, whole_area(setting))
    parents[whole_area(setting)] = None
    before = in_their_periods(setting, before, found)
    amounts = {} if rows is None else contributing(setting, rows)
    shown = protect(found, setting.kit, area_parents=parents, earlier=before, amounts=amounts)
    alone = protect(found, setting.kit, area_parents=parents, amounts=amounts) if before else shown
    # What is compared and drawn is what is published: figures of ten digits.
    return rounded(shown), since(setting, found, before, shown, alone)


def official_figures(setting: Setting) -> list[Benchmark]:
    """Read every official source that is at hand."""
    found: list[Benchmark] = []
    for spec in setting.recipe.official:
        name = bare_name(spec.file)
        if name in setting.inputs.files:
            resolve = resolver(setting.areas, spec.as_of, spec.names)
            in_series = spec.reader == "series"
            raw = series_table(setting.inputs.files[name], name) if in_series else setting.table(spec.file).table
            found += benchmarks(spec, raw, resolve)
    return found


def comparisons(setting: Setting, found: Sequence[Estimate], official: Sequence[Benchmark]) -> list[Comparison]:
    """Hold the estimates against the official figures: all totals, and the groups of places that these know."""
    named = {measure for spec in setting.recipe.official for measure in spec.measures}
    known = {(b.measure, b.area) for b in official} | {(measure, whole_area(setting)) for measure in named}
    candidates = [e for e in found if e.measure in named and (not e.breakdown or (e.measure, e.area) in known)]
    rules = Rules(
        confidence=setting.recipe.design.confidence,
        # In a series by year each year stands beside its own; otherwise the nearest official figure is shown.
        same_year=setting.recipe.period.by == "year",
        population=_population(setting),
    )
    measures = {measure.id: measure for measure in setting.measures}
    candidates.sort(key=lambda e: e.period)
    return compare(candidates, official, measures=measures, areas=setting.areas, rules=rules)


def _population(setting: Setting) -> dict[str, float]:
    """Return how many people the answers of each area stand for: known where they are weighted up to a margin."""
    margin = setting.recipe.design.weight_margin
    totals = dict(setting.margins.get(margin, {})) if margin else {}
    return {whole_area(setting): sum(totals.values()), **totals} if totals else {}


def assessment(setting: Setting, raw: pa.Table, harmonised: Harmonised) -> Assessment:
    """Check the raw rows, as corrected, and what each finding does to the answer; rows that are not meant are aside."""
    land = setting.land() or None
    refused = harmonised.rejects.filter(pc.is_in(harmonised.rejects["code"], value_set=pa.array(NOT_CHECKED)))
    aside = None
    if refused.num_rows:
        checked = pc.invert(pc.is_in(raw["_row"], value_set=refused["row"].combine_chunks()))
        aside = raw.filter(pc.invert(checked)) if setting.recipe.protocol.humidity else None
        raw = raw.filter(checked)
    effect = partial(_effect, setting, harmonised, _whole_values(setting, harmonised.observations))
    again = setting.recipe.protocol.backchecks
    return assess(
        raw, harmonised, setting.recipe, setting.kit, effect=effect, areas=setting.areas, polygons=land, aside=aside,
        backchecks=setting.table(again.file).table if again else None,
    )  # fmt: skip


def _effect(
    setting: Setting, harmonised: Harmonised, before: Mapping[str, float | None], rows: tuple[int, ...]
) -> tuple[Effect, ...]:
    """Estimate the whole again without some source rows, for each measure of the recipe.

    Where an observation is a day of readings, a reading more or less has no effect that could be told from the day:
    only days of which no reading is left are left out, such as those of a whole sensor. Of fewer people than the kit
    asks for there is no effect to be told: with the figures before and after, anybody could work out what they said.
    """
    table, left_out = harmonised.observations, pa.array(rows, pa.int64())
    if harmonised.readings is None:
        kept = table.filter(pc.invert(pc.is_in(table["row"], value_set=left_out)))
    else:
        read = harmonised.readings.filter(pc.invert(pc.is_in(harmonised.readings["row"], value_set=left_out)))
        kept = table.filter(pc.is_in(table["row"], value_set=read["observation"].unique()))
    least = 1 if setting.kit.universe.public_infrastructure else setting.kit.disclosure.least_n
    if table.num_rows - kept.num_rows < least:
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
    for found in estimate(cells(table, plain, asked.design.calibration), asked):
        values[found.measure] = found.value
    return values


def uncertainty_sentence(recipe: Recipe) -> str:
    """Say in the current language what the intervals of this recipe's figures mean."""
    # Known totals change on what the interval rests: the ladder says on what.
    if recipe.design.calibration is not None:
        return explain(recipe.design).sentence()
    return uncertainty(recipe.design, _clusters(recipe))


def _clusters(recipe: Recipe) -> str | None:
    return recipe.design.clusters[0][-1] if recipe.design.clusters else None
