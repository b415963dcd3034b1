"""Citizen figures against official ones: how far apart they are, and what that licenses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from datashift.chance import adjusted
from datashift.compare import wording
from datashift.compare.contest import by_chance
from datashift.compare.matching import (
    Because,
    Series,
    SeriesKey,
    Shelf,
    by_measure,
    group_of,
    namesakes,
    nearest,
    other_place,
)
from datashift.compare.pairs import (
    Pair,
    Rules,
    citizen_limits,
    contested,
    official_limits,
    own_reach,
    probability,
    uncertainty_known,
)
from datashift.compare.stated import with_error
from datashift.compare.uncertainty import apart
from datashift.model import BY_CHANCE, Area, Benchmark, Comparison, Estimate, Measure
from datashift.standards.periods import years, years_apart


def compare(
    estimates: Sequence[Estimate],
    benchmarks: Sequence[Benchmark],
    *,
    measures: Mapping[str, Measure],
    areas: Mapping[str, Area],
    rules: Rules | None = None,
) -> list[Comparison]:
    """Set each citizen figure beside the official figures of the same measure, place and group.

    In: estimates, of totals and of groups; benchmarks; the measures with their relevant difference; the areas with all
    the extents they had; and the rules. Out: one comparison per figure and official series, in the order of the
    estimates; values and differences in the unit of the measure.

    Places are the same when their ids are the same, never when only their names are. For the time see `nearest`; all
    natures of that figure are shown. Difference = citizen - official, with the interval of `uncertainty.apart`. All
    comparisons of one measure with one official series are a family: a gap must hold after control of the false
    discovery rate among them.

    gap                   the interval leaves out 0, and still does among all comparisons of the family
    no_gap_seen           the whole interval lies within the relevant difference
    cannot_tell           neither; or no uncertainty is known, the answers were not drawn by chance, the figure is not
                          shown, or the official figure is of a later time, too far away
    not_comparable        another concept, another unit or another extent; no difference is computed
    official_stale        the newest official figure ended more than `stale_after` years before
    official_hides_group  the series has a figure for the place, but none for the group
    no_official_figure    no series has a figure for the place
    """
    rules = rules or Rules()
    figures = [with_error(figure) for figure in benchmarks if math.isfinite(figure.value)]
    shelves = by_measure(figures, areas)
    families: dict[tuple[str, SeriesKey], list[int]] = {}
    found: list[Comparison] = []
    for estimate in estimates:
        before = len(found)
        measure = measures.get(estimate.measure)
        shelf = shelves.get(estimate.measure, Shelf()).of(estimate, areas)
        for series in shelf:
            for row in _beside(estimate, series, measure, areas, rules):
                if row.p_value is not None:
                    families.setdefault((estimate.measure, series.key), []).append(len(found))
                found.append(row)
        if len(found) == before:
            found.append(_row(estimate, None, _nothing(estimate, shelf), {}))
    for members in families.values():
        rates = adjusted([found[i].p_value or 0.0 for i in members])
        for i, rate in zip(members, rates, strict=True):
            found[i] = _among(found[i], rate, len(members), 1 - rules.confidence)
    return found


# --- which official figures ---------------------------------------------------------------------------------------


def _beside(
    estimate: Estimate, series: Series, measure: Measure | None, areas: Mapping[str, Area], rules: Rules
) -> Iterator[Comparison]:
    group = group_of(estimate.breakdown)
    figures = series.groups(estimate.area)
    here = figures.get(group, [])
    totals = figures.get((), [])
    if here:
        for official in _then(estimate, here, rules):
            yield _judged(Pair(estimate, official, measure, rules))
    elif group and totals:
        for official in _then(estimate, totals, rules):
            yield _hidden(Pair(estimate, official, measure, rules))
    elif not group and not figures:
        for official in _then(estimate, namesakes(estimate, series, areas), rules):
            pair = Pair(estimate, official, measure, rules)
            yield _row(estimate, official, other_place(estimate, official, areas), _facts(pair))


def _then(estimate: Estimate, figures: Sequence[Benchmark], rules: Rules) -> list[Benchmark]:
    if not figures:
        return []
    return nearest(estimate.period, figures, rules.stale_after, same_year=rules.same_year)


def _nothing(estimate: Estimate, shelf: Sequence[Series]) -> Because:
    there = [series.groups(estimate.area) for series in shelf if series.groups(estimate.area)]
    if not there:
        return "no_official_figure", wording.NO_FIGURE, {}
    group = group_of(estimate.breakdown)
    timely = any(group in figures or () in figures for figures in there)
    return "no_official_figure", wording.NO_FIGURE_THEN if timely else wording.NO_FIGURE_GROUP, {}


# --- the verdict --------------------------------------------------------------------------------------------------


def _judged(pair: Pair) -> Comparison:
    estimate, official, rules = pair.estimate, pair.official, pair.rules
    facts = _facts(pair)
    barred = _barred(pair, facts)
    if barred or estimate.value is None:
        return _row(estimate, official, barred or _not_shown(estimate), facts)
    difference = estimate.value - official.value
    facts |= {"difference": difference, "size": abs(difference)}
    open_question = _untestable(pair)
    if open_question:
        row = _row(estimate, official, open_question, facts)
        return replace(row, difference=difference, contest=contested(pair, own_reach(pair, difference)))
    if estimate.facts.get("bias_sd"):
        facts["bias_sd"] = float(estimate.facts["bias_sd"])
    found = apart(citizen_limits(pair), official_limits(pair), rules.confidence)
    low, high = float(found.lower), float(found.upper)
    facts |= {"lower": low, "upper": high}
    if pair.relevant is not None:
        facts["agreed"] = float(pair.relevant)
    return replace(
        _row(estimate, official, _graded(low, high, pair.relevant), facts),
        difference=difference,
        difference_lower=low,
        difference_upper=high,
        p_value=float(found.p_value),
        probability=probability(found, pair.relevant),
        contest=contested(pair, difference - low if difference > 0 else high - difference),
    )


def _hidden(pair: Pair) -> Comparison:
    estimate, official = pair.estimate, pair.official
    facts = _facts(pair)
    barred = _barred(pair, facts)
    if barred:
        return _row(estimate, official, barred, facts)
    facts |= {"official_value": official.value}
    if estimate.sampling_type in BY_CHANCE and estimate.lower is not None and estimate.upper is not None:
        facts["position"] = (
            "above" if estimate.lower > official.value else "below" if estimate.upper < official.value else "inside"
        )
    return _row(estimate, official, ("official_hides_group", wording.HIDES, {}), facts)


def _facts(pair: Pair) -> dict[str, Any]:
    estimate, official, measure = pair.estimate, pair.official, pair.measure
    return {
        "source": official.source,
        "nature": official.nature,
        "period": estimate.period,
        "official_period": official.period,
        "years_apart": years_apart(estimate.period, official.period),
        "unit": dict(measure.unit_label) if measure else {"en": estimate.unit},
        "unit_code": estimate.unit,
        "official_unit": official.unit,
        "status": estimate.status,
        "counted": dict(measure.label) if measure else {"en": estimate.measure},
    }


def _barred(pair: Pair, facts: Mapping[str, Any]) -> Because | None:
    estimate, official = pair.estimate, pair.official
    if official.relation != "same":
        return "not_comparable", wording.DIFFERENT, {"stated": dict(official.difference) or {"en": ""}}
    if official.unit != estimate.unit:
        return "not_comparable", wording.OTHER_UNIT, {}
    if estimate.value is None:
        return _not_shown(estimate)
    if facts["years_apart"] <= pair.rules.stale_after:
        return None
    if years(official.period)[1] < years(estimate.period)[0]:
        return "official_stale", wording.STALE, {}
    return "cannot_tell", wording.TOO_FAR, {}


def _not_shown(estimate: Estimate) -> Because:
    return "cannot_tell", wording.NOT_SHOWN, {"why": estimate.reason, "why_facts": dict(estimate.facts)}


def _untestable(pair: Pair) -> Because | None:
    estimate = pair.estimate
    if estimate.sampling_type not in BY_CHANCE and not estimate.facts.get("bias_sd"):
        return "cannot_tell", wording.SELECTION, {"sampling": estimate.sampling_type}
    if not uncertainty_known(pair):
        return "cannot_tell", wording.NO_OFFICIAL_ERROR, {}
    # One cluster whose answers agree has an error of 0, no degree of freedom, and says nothing of the others.
    if estimate.se is None or not math.isfinite(estimate.se) or (estimate.df is not None and estimate.df <= 0):
        return "cannot_tell", wording.NO_CITIZEN_ERROR, {}
    return None


def _graded(low: float, high: float, relevant: float | None) -> Because:
    matters = {} if relevant is None else {"relevant": float(relevant)}
    inside = relevant is not None and -relevant <= low and high <= relevant
    if inside:
        return "no_gap_seen", wording.CLOSE, matters
    if low > 0 or high < 0:
        return "gap", wording.HIGHER if low > 0 else wording.LOWER, matters
    return "cannot_tell", wording.NO_MEASURE if relevant is None else wording.WIDE, matters


def _among(row: Comparison, rate: float, count: int, level: float) -> Comparison:
    """Give a comparison its place in the family: a gap that does not hold among all of them is none."""
    row = replace(row, p_adjusted=rate)
    if rate <= level:
        return row
    # One of so many can differ this much by chance, so nothing would have to be wrong.
    row = replace(row, contest=by_chance(row.contest) if row.contest else None)
    if row.verdict != "gap":
        return row
    return replace(row, verdict="cannot_tell", reason=wording.AMONG, facts={**row.facts, "count": count})


def _row(estimate: Estimate, official: Benchmark | None, because: Because, facts: Mapping[str, Any]) -> Comparison:
    verdict, template, more = because
    return Comparison(
        measure=estimate.measure,
        area=estimate.area,
        area_name=estimate.area_name,
        period=estimate.period,
        breakdown=estimate.breakdown,
        value=estimate.value,
        lower=estimate.lower,
        upper=estimate.upper,
        official=official,
        verdict=verdict,
        difference=None,
        difference_lower=None,
        difference_upper=None,
        reason=template,
        facts={**facts, **more},
    )
