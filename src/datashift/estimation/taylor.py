"""The arithmetic on the cells: Taylor linearisation over ultimate clusters of the full design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.errors import DesignError
from datashift.estimation.cells import COUNTS, SUMS, UNKNOWN
from datashift.estimation.exposure import Question, against, population, without_margin
from datashift.estimation.interval import Shape, interval
from datashift.language import N_
from datashift.model import Design, Estimate, Kit, Measure
from datashift.numbers import said

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

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
    Method: totals, ratios and means by Taylor linearisation over ultimate clusters,
    V = Σ_h n_h/(n_h−1) Σ_i (e_hi − ē_h)², with n_h the clusters of the full design: domains are never cut out of it.
    Degrees of freedom: clusters − strata among those with an answer in the domain. Shares: logit or Korn–Graubard
    interval with the t quantile; at 0 and 100 % Clopper–Pearson. deff: against simple random sampling with
    replacement (R: deff = "replace"); n_eff = n / deff.
    Equals R survey 4.5 on the cases in tests/golden. Raises DesignError for a lonely stratum under the rule `fail`.
    """
    frame = _Frame(table, question.design.lonely)
    results: list[Estimate] = []
    for measure in question.measures:
        for breakdown in ((), *measure.breakdowns):
            results += _breakdown(frame, table, question, measure, tuple(breakdown))
    return results


class _Frame:
    """The full design: every cluster, its stratum, and the factor n_h/(n_h−1) of each stratum."""

    def __init__(self, table: pa.Table, lonely: str) -> None:
        strata, self.strata_names = _encoded(table, ["stratum"])
        self.cluster, names = _encoded(table, ["stratum", "cluster"])
        self.clusters = len(names)
        self.stratum_of = np.zeros(self.clusters, dtype=np.int64)
        self.stratum_of[self.cluster] = strata
        self.sizes = np.bincount(self.stratum_of, minlength=len(self.strata_names)).astype(np.float64)
        self.lonely = lonely
        alone = np.flatnonzero(self.sizes == 1)
        if lonely == "fail" and alone.size:
            raise DesignError("estimate.lonely-stratum", stratum=self.strata_names[alone[0]][0])
        self.alone = alone
        self.factor = np.divide(self.sizes, self.sizes - 1, out=np.zeros_like(self.sizes), where=self.sizes > 1)

    def variance(self, domain: Ints, cluster: Ints, value: Floats, domains: int) -> Floats:
        """Variance of the domain totals of `value`, given per domain × cluster pair; absent pairs are zeros."""
        stratum = self.stratum_of[cluster]
        strata = len(self.sizes)
        pair, where = np.unique(domain * strata + stratum, return_inverse=True)
        total = _total(where, value, pair.size)
        square = _total(where, value * value, pair.size)
        of_domain, of_stratum = pair // strata, pair % strata
        spread = self.factor[of_stratum] * np.maximum(square - total * total / self.sizes[of_stratum], 0.0)
        result = _total(of_domain, spread, domains)
        if self.lonely == "average" and self.alone.size:
            result = result * (strata / max(strata - self.alone.size, 1))
        if self.lonely == "adjust" and self.alone.size:
            mean = _total(domain, value, domains) / self.clusters
            single = self.sizes[of_stratum] == 1
            here = _total(of_domain[single], np.ones(int(single.sum())), domains)
            apart = (total[single] - mean[of_domain[single]]) ** 2
            result = result + _total(of_domain[single], apart, domains) + (self.alone.size - here) * mean**2
        return result


@dataclass(frozen=True)
class _Domains:
    """Per domain: sums of the measure, point estimate, variance and degrees of freedom."""

    n: Floats
    missing: Floats
    sums: dict[str, Floats]
    point: Floats
    variance: Floats
    df: Floats
    uncovered: bool = False


def _breakdown(
    frame: _Frame, table: pa.Table, question: Question, measure: Measure, breakdown: tuple[str, ...]
) -> list[Estimate]:
    names = [*breakdown, "period"]
    domain, keys = _encoded(table, names)
    domains = replace(
        _domains(frame, table, measure, domain, len(keys)), uncovered=without_margin(table, question, measure)
    )
    results = []
    for index, key in enumerate(keys):
        cell = dict(zip(names, key, strict=True))
        # A group outside the figure's universe (cattle troughs among improved points) is not a gap in the data.
        outside = domains.n[index] + domains.missing[index] == 0 and set(breakdown) - {"area"}
        if UNKNOWN not in cell.values() and not outside:
            results.append(_one(domains, index, cell, question, measure))
    return results


def _domains(frame: _Frame, table: pa.Table, measure: Measure, domain: Ints, count: int) -> _Domains:
    pair, where = np.unique(domain * frame.clusters + frame.cluster, return_inverse=True)
    layout = _Layout(where, pair // frame.clusters, pair % frame.clusters, domain, count)
    parts = [_linearised(layout, table, part) for part in (measure.parts or (measure.id,))]
    if measure.estimator in COUNTS:
        parts = [replace(part, point=part.sums["sy"], influence=part.totals["sy"]) for part in parts]
    influence = sum((part.influence for part in parts), np.zeros(pair.size)) / len(parts)
    variance = frame.variance(layout.domain, layout.cluster, influence, count)
    # What is left of a difference of equal sums is rounding, not spread.
    noise = sum((part.noise for part in parts), np.zeros(count))
    answered = np.all([(part.totals["n"] > 0) & (part.totals["sw"] > 0) for part in parts], axis=0)
    strata = len(frame.sizes)
    seen = np.unique(layout.domain[answered] * strata + frame.stratum_of[layout.cluster[answered]]) // strata
    clusters = _total(layout.domain, answered.astype(np.float64), count)
    return _Domains(
        n=np.min([part.sums["n"] for part in parts], axis=0),
        missing=np.max([part.sums["missing"] for part in parts], axis=0),
        sums=parts[0].sums,
        point=sum((part.point for part in parts), np.zeros(count)) / len(parts),
        variance=np.where(variance <= noise, 0.0, variance),
        df=clusters - _total(seen, np.ones(seen.size), count),
    )


@dataclass(frozen=True)
class _Layout:
    """How cells fall into domain × cluster pairs: the pair of each cell, domain and cluster of each pair."""

    where: Ints
    domain: Ints
    cluster: Ints
    domain_of_cell: Ints
    count: int


@dataclass(frozen=True)
class _Linear:
    """One ratio per domain, and the influence of each domain × cluster pair on it."""

    totals: dict[str, Floats]
    sums: dict[str, Floats]
    point: Floats
    influence: Floats
    noise: Floats


def _linearised(layout: _Layout, table: pa.Table, measure: str) -> _Linear:
    columns = {name: _column(table, measure, name) for name in SUMS}
    totals = {name: _total(layout.where, columns[name], layout.domain.size) for name in ("n", "sw", "sy", "sx")}
    sums = {name: _total(layout.domain_of_cell, column, layout.count) for name, column in columns.items()}
    over = np.where(sums["sx"] != 0, sums["sx"], np.nan)
    point = sums["sy"] / over
    influence = np.nan_to_num((totals["sy"] - point[layout.domain] * totals["sx"]) / over[layout.domain])
    scale = np.nan_to_num(1 / over, nan=1.0)
    noise = 1e-24 * _total(layout.domain, totals["sy"] ** 2, layout.count) * scale**2
    return _Linear(totals, sums, point, influence, noise)


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
    s = {name: float(values[i]) for name, values in domains.sums.items()}
    n = s["n"]
    if measure.estimator in (*COUNTS, "mean_of") or n < 2 or s["sx"] == 0 or domains.df[i] < 1:
        return None
    ratio = s["sy"] / s["sx"]
    residual = max(s["syy"] - 2 * ratio * s["syx"] + ratio**2 * s["sxx"], 0.0)
    simple = residual * s["sw"] / s["sx"] ** 2 / (n - 1)
    return float(domains.variance[i]) / simple if simple > 1e-20 and domains.variance[i] > 0 else None


def _method(measure: Measure, design: Design) -> str:
    if measure.estimator == "proportion":
        return f"taylor-ultimate-cluster; {design.interval}"
    return "taylor-ultimate-cluster; " + ("log-t" if measure.estimator == "per_unit" else "t")


def _total(code: Ints, value: Floats, count: int) -> Floats:
    totals: Floats = np.bincount(code, value, minlength=count).astype(np.float64)
    return totals


def _column(table: pa.Table, measure: str, name: str) -> Floats:
    column: Floats = table[f"{measure.lower()}__{name}"].to_numpy().astype(np.float64)
    return column


def _encoded(table: pa.Table, names: Sequence[str]) -> tuple[Ints, list[tuple[str, ...]]]:
    """Number the distinct combinations of text columns; return the number per row and the combinations in order."""
    code = np.zeros(table.num_rows, dtype=np.int64)
    levels: list[list[str]] = []
    for name in names:
        encoded = table[name].combine_chunks().dictionary_encode()
        words = encoded.dictionary.to_pylist()
        order = np.argsort(np.array(words, dtype=object)) if words else np.zeros(0, dtype=np.int64)
        rank = np.empty(len(words), dtype=np.int64)
        rank[order] = np.arange(len(words))
        levels.append([words[k] for k in order])
        code = code * max(len(words), 1) + rank[encoded.indices.to_numpy(zero_copy_only=False)]
    distinct, inverse = np.unique(code, return_inverse=True)
    return inverse.astype(np.int64), [_decoded(int(value), levels) for value in distinct]


def _decoded(value: int, levels: list[list[str]]) -> tuple[str, ...]:
    words = []
    for level in reversed(levels):
        words.append(level[value % len(level)])
        value //= len(level)
    return tuple(reversed(words))
