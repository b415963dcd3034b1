"""The figures of a kit, from its cells: what is estimated, what is refused, and with which interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa

from datashift.estimation.cells import COUNTS, STAGES, SUMS, UNKNOWN
from datashift.estimation.encoding import encoded, shares_drawn, weighting
from datashift.estimation.exposure import Question, against, population, without_margin
from datashift.estimation.figures import Rows, Weighting, figures, linearised, present, variances
from datashift.estimation.frame import Floats, Frame, Ints
from datashift.estimation.interval import Shape, interval
from datashift.language import N_
from datashift.model import Design, Estimate, Kit, Measure
from datashift.numbers import said

NO_ANSWERS = N_("No answers were collected here that count for this figure.")
ONLY_AVERAGES = N_("These are averages that somebody published: how far the answers behind them differ is not known.")
WITHOUT_SPREAD = {"event_registry": ("A", ""), "published_averages": ("U", ONLY_AVERAGES)}
"""Sampling types without a spread of their own, with status and reason: a count of known events is what it is, a lower
bound; an average of averages is no estimate of how much people differ."""
NO_SPREAD = N_("All answers come from one cluster, so how sure the figure is cannot be said.")
FEW_KNOWN = N_("Only {share} of the rows know the value that is needed; at least {least} would be enough.")
NO_MARGIN = N_("The population of this area is not known, so the figure cannot be formed.")
NONE_COUNTED = N_("Nothing was counted here, so a number per unit cannot be formed.")


def estimate(table: pa.Table, question: Question) -> list[Estimate]:
    """Estimate every measure for the whole and for each of its breakdowns, per period.

    In:  cells as `cells` makes them.   Out: one Estimate per measure × breakdown cell × period, in the measure's unit.
    Method: totals, ratios and means by Taylor linearisation over the full design (see Frame.variance): domains are
    never cut out of it. With calibration: variance by residuals (see figures.influence). Degrees of freedom: clusters −
    strata among those with an answer in the domain. Shares: the interval of the design with the t quantile; at 0 and
    100 % Clopper–Pearson. deff: against simple random sampling with replacement (R: deff = "replace"); n_eff: n / deff.
    Equals R survey 4.5 on the cases in tests/golden. Raises DesignError for a lonely stratum under the rule `fail`, and
    where margins cannot be reached.
    """
    survey = _survey(table, question.design)
    results: list[Estimate] = []
    for measure in question.measures:
        for breakdown in ((), *measure.breakdowns):
            results += _breakdown(survey, table, question, measure, tuple(breakdown))
    return results


@dataclass(frozen=True)
class _Survey:
    """What all figures of a table of cells share: the frame, the unit of each cell, and the calibrated weights."""

    frame: Frame
    unit: Ints
    weighting: Weighting | None


def _survey(table: pa.Table, design: Design) -> _Survey:
    stages = [name for name in STAGES if name in table.column_names]
    stratum, strata = encoded(table, ["stratum"])
    clusters, unit = [], np.zeros(table.num_rows, dtype=np.int64)
    for depth in range(len(stages)):
        unit, _names = encoded(table, ["stratum", *stages[: depth + 1]])
        clusters.append(unit)
    first = np.unique(unit, return_index=True)[1]
    shares = [share[first] for share in shares_drawn(table, stratum, clusters)]
    of_unit = [cluster[first] for cluster in clusters]
    frame = Frame(stratum[first], of_unit, shares, design.lonely, [name for (name,) in strata]).check()
    return _Survey(frame, unit, weighting(table, unit, frame.units, design.calibration))


@dataclass(frozen=True)
class _Domains:
    """Per domain: sums of the measure, point estimate, variance and degrees of freedom."""

    n: Floats
    missing: Floats
    point: Floats
    variance: Floats
    simple: Floats
    df: Floats
    uncovered: bool = False


def _breakdown(
    survey: _Survey, table: pa.Table, question: Question, measure: Measure, breakdown: tuple[str, ...]
) -> list[Estimate]:
    names = [*breakdown, "period"]
    domain, keys = encoded(table, names)
    domains = replace(
        _domains(survey, table, measure, domain, len(keys)), uncovered=without_margin(table, question, measure)
    )
    results = []
    for index, key in enumerate(keys):
        cell = dict(zip(names, key, strict=True))
        # A group outside the figure's universe (cattle troughs among improved points) is not a gap in the data.
        outside = domains.n[index] + domains.missing[index] == 0 and set(breakdown) - {"area"}
        if UNKNOWN not in cell.values() and not outside:
            results.append(_one(domains, index, cell, question, measure))
    return results


def _domains(survey: _Survey, table: pa.Table, measure: Measure, domain: Ints, count: int) -> _Domains:
    parts = [Rows(survey.unit, domain, count, _sums(table, part)) for part in (measure.parts or (measure.id,))]
    total = measure.estimator in COUNTS
    found = [figures(survey.frame, part, total=total, weighting=survey.weighting) for part in parts]
    if len(parts) == 1:
        one = found[0]
        return _Domains(one.n, one.missing, one.point, one.variance, one.simple, one.df)
    # The mean of several shares: their influences add up before they are squared, since the same people answered.
    factor = survey.weighting.g[survey.weighting.of] if survey.weighting else None
    z = sum((linearised(part, total=False, factor=factor).z for part in parts), np.zeros(table.num_rows)) / len(parts)
    answered = [present(survey.frame, part) for part in parts]
    together = reduce(lambda one, other: one.minimum(other), answered)
    return _Domains(
        n=np.min([part.n for part in found], axis=0),
        missing=np.max([part.missing for part in found], axis=0),
        point=np.mean([part.point for part in found], axis=0),
        variance=variances(survey.frame, parts[0], z, survey.weighting),
        simple=np.full(count, np.nan),
        df=survey.frame.degrees(together),
    )


def _sums(table: pa.Table, measure: str) -> dict[str, Floats]:
    return {name: table[f"{measure.lower()}__{name}"].to_numpy().astype(np.float64) for name in SUMS}


def _one(domains: _Domains, i: int, cell: dict[str, str], question: Question, measure: Measure) -> Estimate:
    area = cell.get("area", question.country)
    known = question.areas.get(area)
    n = int(domains.n[i])
    deff = _design_effect(domains, i, measure)
    base: dict[str, Any] = {
        "kit": f"{question.kit.id}@{question.kit.version}",
        "measure": measure.id,
        "area": area,
        "area_name": known.name if known else area,
        "period": cell["period"],
        "n": n,
        "n_eff": None if deff is None else n / deff,
        "deff": deff,
        "df": float(domains.df[i]),
        "unit": measure.unit,
        "method": _method(measure, question.design),
        "sampling_type": question.design.sampling_type,
        "breakdown": tuple((k, v) for k, v in cell.items() if k not in ("area", "period")),
    }
    reason, facts = _refusal(domains, i, cell, question, measure)
    if reason:
        return Estimate(**base, value=None, se=None, lower=None, upper=None, status="O", reason=reason, facts=facts)
    value, se = float(domains.point[i]), float(np.sqrt(domains.variance[i]))
    if measure.margin:
        value, se = against(measure, population(question, measure.margin, area), value, se)
    scale = 100.0 if measure.unit == "PT" else 1.0
    if question.design.sampling_type in WITHOUT_SPREAD:
        base |= {"df": None, "deff": None, "n_eff": None}
        status, reason = WITHOUT_SPREAD[question.design.sampling_type]
        return Estimate(**base, value=value * scale, se=None, lower=None, upper=None, status=status, reason=reason)
    shape = Shape(measure.estimator, n, float(domains.df[i]), question.design, _positive(measure, question.kit))
    if shape.on_log_scale(value, se):
        base["method"] = base["method"].removesuffix("; t") + ("; log-t" if base["method"].endswith("; t") else "")
    lower, upper = interval(value, se, shape)
    alone = domains.df[i] < 1
    return Estimate(
        **base,
        value=value * scale,
        se=None if alone else se * scale,
        lower=None if lower is None else lower * scale,
        upper=None if upper is None else upper * scale,
        status="U" if alone else "A",
        reason=NO_SPREAD if alone else "",
    )


def _positive(measure: Measure, kit: Kit) -> bool:
    """Say whether a figure cannot be below zero: all it is formed of is counts, or numbers that cannot."""
    named = [name for name in (measure.value, measure.per) if name]
    least = [kit.concepts[name].least for name in named if name in kit.concepts]
    return len(least) == len(named) and all(bound is not None and bound >= 0 for bound in least)


def _refusal(
    domains: _Domains, i: int, cell: Mapping[str, str], question: Question, measure: Measure
) -> tuple[str, dict[str, Any]]:
    n, missing = domains.n[i], domains.missing[i]
    share = n / (n + missing) if n + missing else 0.0
    if missing and share < measure.least_response:
        return FEW_KNOWN, {"share": f"{said(share * 100)} %", "least": f"{said(measure.least_response * 100)} %"}
    if n == 0 or np.isnan(domains.point[i]):
        return (NONE_COUNTED if measure.estimator == "per_unit" else NO_ANSWERS), {}
    if measure.margin and not population(question, measure.margin, cell.get("area", question.country)):
        return NO_MARGIN, {}
    # Margins are known by area: what happened to women, over all people, would be a rate of nothing. And what happened
    # where nobody knows the population has no place in the rate of the whole.
    if measure.margin and (set(cell) - {"area", "period"} or ("area" not in cell and domains.uncovered)):
        return NO_MARGIN, {}
    return "", {}


def _design_effect(domains: _Domains, i: int, measure: Measure) -> float | None:
    simple = float(domains.simple[i])
    if measure.estimator in (*COUNTS, "mean_of") or np.isnan(simple) or domains.df[i] < 1:
        return None
    return float(domains.variance[i]) / simple if domains.variance[i] > 0 else None


def _method(measure: Measure, design: Design) -> str:
    stages = "ultimate-cluster" if design.stages < 2 else f"{design.stages}-stage"
    kind = design.interval if measure.estimator == "proportion" else "log-t" if measure.estimator == "per_unit" else "t"
    calibrated = f"; calibrated-{design.calibration.kind}" if design.calibration else ""
    return f"taylor-{stages}{calibrated}; {kind}"
