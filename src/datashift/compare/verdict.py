"""Citizen figures against official ones: which may be compared, how far apart they are, and what that licenses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from datashift.compare import wording
from datashift.model import Area, Benchmark, Comparison, Estimate, Measure, Verdict
from datashift.standards.areas import folded
from datashift.standards.periods import years, years_apart

MOST_YEARS_APART = 5
"""An official figure further away than this says nothing about a gap."""

_DRAWN_BY_CHANCE = ("probability", "small_area_census")

Because = tuple[Verdict, str, dict[str, Any]]


@dataclass
class _Series:
    """The figures of one official series, by place and by the names of these places."""

    by_area: dict[str, list[Benchmark]] = field(default_factory=dict)
    by_name: dict[str, list[Benchmark]] = field(default_factory=dict)


def compare(
    estimates: Sequence[Estimate],
    benchmarks: Sequence[Benchmark],
    *,
    measures: Mapping[str, Measure],
    areas: Mapping[str, Area],
    confidence: float = 0.95,
) -> list[Comparison]:
    """Set each citizen figure beside the official figures of the same measure and place.

    In: estimates (those with a breakdown are left aside), benchmarks, the measures with their relevant difference,
    and the areas with all the extents they had. Out: one comparison per figure and official series, in the order of
    the estimates; values and differences in the unit of the measure.

    Places are the same when their ids are the same, never when only their names are. Of each series the latest figure
    that does not end after the citizen period is taken, else the nearest one; all natures of that figure are shown.
    Difference = citizen - official, with sqrt(se1^2 + se2^2) and a t quantile (Welch-Satterthwaite; the official
    degrees of freedom count as infinite unless its facts state `df`).

    gap                 the interval leaves out 0
    no_gap_seen         the whole interval lies within the relevant difference
    cannot_tell         neither; or no uncertainty is known, the answers were not drawn by chance, the figure is not
                        shown, or more than five years lie between the two
    not_comparable      another concept, another unit or another extent; no difference is computed
    no_official_figure  no series has a figure for the place
    """
    shelves = _by_measure(benchmarks, areas)
    found: list[Comparison] = []
    for estimate in estimates:
        if not estimate.breakdown:
            measure = measures.get(estimate.measure)
            rows = list(_beside(estimate, shelves.get(estimate.measure, []), measure, areas, confidence))
            found.extend(rows or [_row(estimate, None, ("no_official_figure", wording.NO_FIGURE, {}))])
    return found


def uncovered(estimates: Sequence[Estimate], benchmarks: Sequence[Benchmark]) -> list[Benchmark]:
    """Return the official figures whose place has no citizen figure: the latest of each series, place and nature.

    Places that could not be matched at all (area None) are among them, with the reason in `refused`.
    """
    counted = {(e.measure, e.area) for e in estimates if not e.breakdown}
    latest: dict[tuple[Any, ...], Benchmark] = {}
    for figure in benchmarks:
        if (figure.measure, figure.area) not in counted:
            key = (*_series_of(figure), figure.measure, figure.area or figure.area_name, figure.nature)
            if key not in latest or _end(figure) > _end(latest[key]):
                latest[key] = figure
    return list(latest.values())


def difference_interval(
    difference: ArrayLike, ses: tuple[ArrayLike, ArrayLike], dfs: tuple[ArrayLike, ArrayLike], confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the interval of a difference of two independent figures (scalars or arrays).

    In: standard errors and degrees of freedom of both (df > 0, may be infinite). Method: t quantile with
    Welch-Satterthwaite degrees of freedom; where both standard errors are 0 the interval is the difference itself.
    """
    variances = [np.square(np.asarray(se, dtype=float)) for se in ses]
    total = variances[0] + variances[1]
    spread = sum(np.square(v) / np.asarray(df, dtype=float) for v, df in zip(variances, dfs, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(spread > 0, np.square(total) / spread, np.inf)
    reach = stdtrit(df, 0.5 + confidence / 2) * np.sqrt(total)
    middle = np.asarray(difference, dtype=float)
    return middle - reach, middle + reach


# --- which official figures ---------------------------------------------------------------------------------------


def _by_measure(benchmarks: Iterable[Benchmark], areas: Mapping[str, Area]) -> dict[str, list[_Series]]:
    shelves: dict[str, dict[tuple[Any, ...], _Series]] = {}
    for figure in benchmarks:
        if figure.area is not None:
            series = shelves.setdefault(figure.measure, {}).setdefault(_series_of(figure), _Series())
            series.by_area.setdefault(figure.area, []).append(figure)
            for name in _names(figure.area, figure.area_name, areas):
                series.by_name.setdefault(name, []).append(figure)
    return {measure: list(shelf.values()) for measure, shelf in shelves.items()}


def _series_of(figure: Benchmark) -> tuple[Any, ...]:
    chosen = tuple(sorted(figure.facts.get("select", {}).items()))
    concept = tuple(sorted(figure.definition.items()))
    return (figure.source, figure.released, figure.series, figure.relation, concept, chosen)


def _names(area: str, name: str, areas: Mapping[str, Area]) -> set[str]:
    known = areas.get(area)
    return {folded(n) for n in (name, *((known.name, *known.aliases) if known else ()))}


def _beside(
    estimate: Estimate,
    shelf: list[_Series],
    measure: Measure | None,
    areas: Mapping[str, Area],
    confidence: float,
) -> Iterator[Comparison]:
    for series in shelf:
        figures = series.by_area.get(estimate.area)
        if figures:
            for official in _nearest(estimate.period, figures):
                yield _judged(estimate, official, measure, confidence)
        else:
            namesakes = _namesakes(estimate, series, areas)
            for official in _nearest(estimate.period, namesakes) if namesakes else []:
                facts = _facts(estimate, official, measure)
                yield _row(estimate, official, _other_place(estimate, official, areas), facts)


def _namesakes(estimate: Estimate, series: _Series, areas: Mapping[str, Area]) -> list[Benchmark]:
    here = areas.get(estimate.area)
    names = sorted(_names(estimate.area, estimate.area_name, areas))
    there = [(b, areas.get(b.area or "")) for name in names for b in series.by_name.get(name, [])]
    return [b for b, area in there if not (here and area) or (here.country, here.level) == (area.country, area.level)]


def _nearest(period: str, figures: list[Benchmark]) -> list[Benchmark]:
    last = years(period)[1]
    past = [figure for figure in figures if years(figure.period)[1] <= last]
    chosen = max(past, key=_end) if past else min(figures, key=lambda figure: (years(figure.period), figure.period))
    same = {figure.nature: figure for figure in figures if (figure.area, figure.period) == (chosen.area, chosen.period)}
    return list(same.values())


def _end(figure: Benchmark) -> tuple[int, int, str]:
    first, last = years(figure.period)
    return last, first, figure.period


# --- another extent -----------------------------------------------------------------------------------------------


def _other_place(estimate: Estimate, official: Benchmark, areas: Mapping[str, Area]) -> Because:
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


def _changed_on(older: Area, newer: Area) -> date | None:
    if older.valid_to and older.valid_to < (newer.valid_from or date.max):
        return older.valid_to + timedelta(days=1)
    return newer.valid_from if older.id in newer.predecessors else None


# --- the verdict --------------------------------------------------------------------------------------------------


def _judged(estimate: Estimate, official: Benchmark, measure: Measure | None, confidence: float) -> Comparison:
    facts = _facts(estimate, official, measure)
    barred = _barred(estimate, official, facts)
    if barred or estimate.value is None:
        return _row(estimate, official, barred or _not_shown(estimate), facts)
    difference = estimate.value - official.value
    facts |= {"difference": difference, "size": abs(difference)}
    open_question = _untestable(estimate, official)
    if open_question:
        return _row(estimate, official, open_question, facts, (difference, None, None))
    low, high = _interval(estimate, official, difference, confidence)
    facts |= {"lower": low, "upper": high}
    because = _graded(low, high, measure.relevant_difference if measure else None)
    return _row(estimate, official, because, facts, (difference, low, high))


def _facts(estimate: Estimate, official: Benchmark, measure: Measure | None) -> dict[str, Any]:
    return {
        "source": official.source,
        "nature": official.nature,
        "period": estimate.period,
        "official_period": official.period,
        "years_apart": years_apart(estimate.period, official.period),
        "unit": dict(measure.unit_label) if measure else {"en": estimate.unit},
        "unit_code": estimate.unit,
        "official_unit": official.unit,
    }


def _barred(estimate: Estimate, official: Benchmark, facts: Mapping[str, Any]) -> Because | None:
    if official.relation != "same":
        return "not_comparable", wording.DIFFERENT, {"stated": dict(official.difference) or {"en": ""}}
    if official.unit != estimate.unit:
        return "not_comparable", wording.OTHER_UNIT, {}
    if estimate.value is None:
        return _not_shown(estimate)
    if facts["years_apart"] > MOST_YEARS_APART:
        return "cannot_tell", wording.TOO_FAR, {}
    return None


def _not_shown(estimate: Estimate) -> Because:
    return "cannot_tell", wording.NOT_SHOWN, {"why": estimate.reason, "why_facts": dict(estimate.facts)}


def _untestable(estimate: Estimate, official: Benchmark) -> Because | None:
    if estimate.sampling_type not in _DRAWN_BY_CHANCE:
        return "cannot_tell", wording.SELECTION, {"sampling": estimate.sampling_type}
    if official.se is None:
        return "cannot_tell", wording.NO_OFFICIAL_ERROR, {}
    if estimate.se is None or (estimate.df is not None and estimate.df <= 0 < estimate.se):
        return "cannot_tell", wording.NO_CITIZEN_ERROR, {}
    return None


def _interval(estimate: Estimate, official: Benchmark, difference: float, confidence: float) -> tuple[float, float]:
    df = estimate.df if estimate.df else math.inf
    se = estimate.se or _error_from_interval(estimate, df, confidence)
    low, high = difference_interval(
        difference, (se, official.se or 0.0), (df, official.facts.get("df") or math.inf), confidence
    )
    return float(low), float(high)


def _error_from_interval(estimate: Estimate, df: float, confidence: float) -> float:
    # At 0 or 100 per cent the linearised standard error is 0, while the exact interval still has a width.
    reach = [abs(bound - (estimate.value or 0.0)) for bound in (estimate.lower, estimate.upper) if bound is not None]
    return max(reach, default=0.0) / float(stdtrit(df, 0.5 + confidence / 2))


def _graded(low: float, high: float, relevant: float | None) -> Because:
    matters = {} if relevant is None else {"relevant": float(relevant)}
    inside = relevant is not None and -relevant <= low and high <= relevant
    if low > 0:
        return "gap", wording.SMALL_HIGHER if inside else wording.HIGHER, matters
    if high < 0:
        return "gap", wording.SMALL_LOWER if inside else wording.LOWER, matters
    if inside:
        return "no_gap_seen", wording.CLOSE, matters
    return "cannot_tell", wording.NO_MEASURE if relevant is None else wording.WIDE, matters


def _row(
    estimate: Estimate,
    official: Benchmark | None,
    because: Because,
    facts: Mapping[str, Any] | None = None,
    difference: tuple[float | None, float | None, float | None] = (None, None, None),
) -> Comparison:
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
        difference=difference[0],
        difference_lower=difference[1],
        difference_upper=difference[2],
        reason=template,
        facts={**(facts or {}), **more},
    )
