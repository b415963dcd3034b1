"""Quantiles of domains: from the weighted distribution, with Woodruff's interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from datashift.analysis.asks import Ask
from datashift.analysis.estimates import Block
from datashift.analysis.survey import Survey
from datashift.estimation.figures import figures
from datashift.estimation.frame import Floats, Ints
from datashift.estimation.grouped import Grouped, domains
from datashift.estimation.interval import number_intervals
from datashift.model import Design

_SAME = 1e-10
"""Two sums of weights that differ by less than this share are the same."""


def quantiles(survey: Survey, ask: Ask, by: Sequence[str]) -> list[Block]:
    """Estimate the quantiles of a column in every domain: one block per probability.

    Method: the quantile is read off the weighted distribution by the rule of the question; the interval is that of the
    share of rows at most the quantile (p ± t·se over the full design), read back (Woodruff 1952; R: svyquantile,
    interval.type = "mean"). se = length of the interval / (2 t). NaN where the share's interval leaves 0 to 1.
    """
    rows = survey.grouped([replace(ask, kind="mean")], by, deff=False, each=True)
    domain, keys = domains(rows.axes, len(rows.unit))
    if not by and not len(keys):
        keys = np.zeros((1, 0), dtype=np.int64)
    value, weight = rows.sums["f0"]["value"], rows.sums["f0"]["sw"]
    if rows.weighting is not None:
        weight = weight * rows.weighting.g[rows.weighting.of]
    heavy = np.flatnonzero(weight > 0)  # rows that are not used have none either
    heavy = heavy[np.argsort(domain[heavy], kind="stable")]
    starts = np.searchsorted(domain[heavy], np.arange(len(keys) + 1))
    inside = [heavy[start:stop] for start, stop in pairwise(starts)]
    read = [_reader(value[at], weight[at], ask.rule) for at in inside]
    return [_block(survey.design, ask, p, (rows, domain, keys), read) for p in ask.probabilities]


def _block(
    design: Design, ask: Ask, p: float, at: tuple[Grouped, Ints, Ints], read: Sequence[Callable[[float], float]]
) -> Block:
    rows, domain, keys = at
    point = np.array([one(p) for one in read], dtype=np.float64)
    s = rows.sums["f0"]
    below = np.where(domain >= 0, s["value"] <= point[np.maximum(domain, 0)], False)
    share = {**s, "sy": s["sw"] * below, "syy": s["sw"] * below, "syx": s["sw"] * below, "sx": s["sw"], "sxx": s["sw"]}
    cells = Grouped(rows.frame, rows.unit, rows.axes, {"f0": share}, rows.weighting)
    chosen, _levels = cells.rows("f0", range(len(rows.axes)))
    found = figures(rows.frame, replace(chosen, domain=domain, count=len(keys)), weighting=rows.weighting)
    degrees = found.df if design.degrees == "domain" else np.full(len(found.df), rows.frame.total_degrees)
    tail = (1 - design.confidence) / 2
    low, high = number_intervals(found.point, np.sqrt(found.variance), degrees, tail)
    lower = np.array([one(q) if q >= 0 else np.nan for one, q in zip(read, low, strict=True)])
    upper = np.array([one(q) if q <= 1 else np.nan for one, q in zip(read, high, strict=True)])
    unit = number_intervals(np.zeros(len(degrees)), np.ones(len(degrees)), degrees, tail)[1]
    return Block(
        ask=ask, names=tuple(axis.name for axis in rows.axes), levels=tuple(axis.levels for axis in rows.axes),
        keys=keys, value=point, se=(upper - lower) / (2 * unit), lower=lower, upper=upper, df=degrees,
        design_df=rows.frame.total_degrees, n=found.n, positive=found.positive, missing=found.missing, sw=found.sw,
        deff=np.full(len(point), np.nan), method=f"woodruff; {ask.rule}; df-{design.degrees}",
        label=f"quantile({ask.variable}, {p:g})",
    )  # fmt: skip


# --- the weighted distribution ----------------------------------------------------------------------------------------


def _reader(value: Floats, weight: Floats, rule: str) -> Callable[[float], float]:
    """Return the quantile function of values with weights above zero, by a rule of R survey (svyquantile, qrule)."""
    if not len(value):
        return lambda p: float("nan")
    order = np.argsort(value, kind="stable")
    x, w = value[order], weight[order]
    if rule in ("math", "school", "hf4"):
        return _steps(x, w, rule)
    place = _places(np.cumsum(w), w, rule)
    return lambda p: float("nan") if np.isnan(p) else float(np.interp(p, place, x))


def _steps(x: Floats, w: Floats, rule: str) -> Callable[[float], float]:
    values, first = np.unique(x, return_index=True)
    reached = np.add.reduceat(w, first).cumsum()
    whole = reached[-1]

    def read(p: float) -> float:
        if np.isnan(p):
            return float("nan")
        wanted = p * whole
        k = int(np.searchsorted(reached, wanted * (1 - _SAME), side="left"))
        k = min(k, len(values) - 1)
        hit = abs(reached[k] - wanted) <= _SAME * whole
        if rule == "school" and hit and k + 1 < len(values):
            return float((values[k] + values[k + 1]) / 2)
        if rule == "hf4" and not hit and k > 0:
            part = (wanted - reached[k - 1]) / (reached[k] - reached[k - 1])
            return float(values[k - 1] + part * (values[k] - values[k - 1]))
        return float(values[k])

    return read


def _places(reached: Floats, w: Floats, rule: str) -> Floats:
    """Return the probability at which each value lies (Hyndman & Fan's types 5 to 9, with weights)."""
    before, whole, last = reached - w, reached[-1], w[-1]
    places: dict[str, Floats] = {
        "hf5": (reached - w / 2) / whole,
        "hf6": reached / (whole + last),
        "hf7": before / (whole - last if len(w) > 1 else 1.0),
        "hf8": (before / 3 + reached * 2 / 3) / (whole + last / 3),
        "hf9": (before * 3 / 8 + reached * 5 / 8) / (whole + last / 4),
    }
    return places[rule]
