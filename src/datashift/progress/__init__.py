"""On track for 2030? Several published methods side by side, each with the probability of its labels.

Methods differ less in arithmetic than in what they take progress to be; each label therefore names its concept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from datashift.model import Observation, Target, TimeSeries
from datashift.progress import escap, open_sdg, sdsn, un_chart
from datashift.progress.case import BASE_YEAR, SHARES, Case, Options, case
from datashift.progress.defects import defects
from datashift.progress.draws import draw
from datashift.progress.label import Array, Label, Method, Remark
from datashift.progress.line import line
from datashift.progress.outlook import outlook as foreseen
from datashift.progress.results import Progress
from datashift.progress.rules import Rules, read_rules
from datashift.progress.targets import BASES, fits, of_series, resolved, target_of, unit_of

__all__ = ["METHODS", "Label", "Options", "Progress", "Remark", "Rules", "progress", "read_rules", "target_of"]

METHODS: tuple[Method, ...] = (
    open_sdg.METHOD, un_chart.METHOD, un_chart.FIVE_CLASSES, sdsn.METHOD, escap.METHOD, escap.STATUS,
)  # fmt: skip
"""The published rules, in the order shown; the trend follows."""

WORLDWIDE = {"3.1.1"}
"""Indicators whose target is a number for the whole world, while countries have their own."""

DRAWS = 10_000
SEED = 2030
NORMAL = 1.959964
"""Half the width of a 95 % interval, in standard errors."""

Columns = tuple[Sequence[float], Sequence[float], Sequence[float] | None]


def progress(series: TimeSeries | Columns, target: Target, **asked: Unpack[Options]) -> Progress:
    """Judge a series by every method.

    In:  a series, or its years, values and standard errors (None where unknown); the target; see `Options`.
    Out: one label per method with its concept, number, probabilities, defects, or why it gives none. Probabilities of
         labels say how often the label comes about when the years observed are drawn again (see `draws.draw`).
    Raises BadSeries and TooThin (see trends.series), BadProgress where nothing says which way is good.
    """
    notes: list[Remark] = []
    if isinstance(series, TimeSeries):
        columns, asked, notes = _columns(series, asked)
    else:
        columns = series
    wanted = _wanted(target, columns, asked, notes)
    if asked.get("indicator") in WORLDWIDE and target.rule:
        notes.append(Remark("global-target"))
    this = case(*columns, wanted, asked)
    count, seed = asked.get("draws", DRAWS), asked.get("seed", SEED)
    drawn = draw(this.series, count, seed)
    notes += this.notes
    if isinstance(drawn, Remark):
        notes.append(drawn)
        matrix = None
    else:
        matrix = this.shaped(drawn)
        if this.series.se is None:
            notes.append(Remark("scatter"))
    labels = [_label(this, method, matrix) for method in METHODS]
    data = this.series
    return Progress(
        years=tuple(data.years.tolist()), values=tuple(data.values.tolist()),
        se=None if data.se is None else tuple(data.se.tolist()), unit=data.unit, target=wanted,
        direction="up" if this.sign > 0 else "down",
        base_year=float(this.years[this.base]) if this.base >= 0 else None,
        met=bool(un_chart.met(this, this.values[-1])),
        labels=(*labels, line(this)), outlook=_outlook(this), notes=tuple(notes), draws=count, seed=seed,
    )  # fmt: skip


def _wanted(target: Target, columns: Columns, asked: Options, notes: list[Remark]) -> Target:
    """Return the target as a value, or without one where its number is of another unit than the figures."""
    indicator, unit = asked.get("indicator", ""), asked.get("unit", "")
    if not fits(target.rule, unit, unit_of(indicator)):
        notes.append(Remark("other-unit", {"rule": target.rule, "unit": unit}))
        return replace(target, value=None)
    start = BASES.get(indicator, asked.get("base_year", BASE_YEAR))
    wanted = resolved(target, columns[0], columns[1], start)
    if wanted != target and wanted.value is not None:
        notes.append(Remark("relative-target", {"rule": target.rule, "target": wanted.value}))
    return wanted


def _label(this: Case, method: Method, matrix: Array | None) -> Label:
    start = Label(
        method=method.name, code="", tone=None, number=None, kind=method.number, looks=method.looks,
        source=this.rules.sources.get(method.name, method.source),
    )  # fmt: skip
    reason = method.refuses(this)
    if reason is not None:
        return replace(start, reason=reason)
    judged = method.judge(this, this.values[None, :])
    code = int(judged.code[0])
    name = method.labels[code] if code >= 0 else ""
    probabilities = {} if matrix is None or not method.labels else _probabilities(this, method, matrix)
    number = float(judged.number[0]) + 0.0  # no "−0"
    found = replace(
        start, code=name, tone=method.tones[code] if code >= 0 else None,
        number=number if np.isfinite(number) else None,
        kind="growth" if this.target is None and method.name != "sdsn" else method.number,
        more={key: float(value[0]) for key, value in judged.more.items() if np.isfinite(value[0])},
        probabilities=probabilities if name else {}, notes=_notes(this, method, judged.more),
        reason=None if name or not method.labels or _unnamed(method, number) else Remark("undefined"),
    )  # fmt: skip
    return replace(found, defects=defects(this, method, judged, found.probability)) if name else found


def _unnamed(method: Method, number: float) -> bool:
    # ESCAP's number stands without a name where nobody has stated its cut-offs.
    return method is escap.METHOD and bool(np.isfinite(number))


def _outlook(this: Case) -> dict[str, Any]:
    """Return the calibrated outlook for the target year, with the probability that the target is reached."""
    data = this.series
    if this.shape not in ("", "floor"):
        return {}
    low, high = data.bounds or (None, None)
    se = None if data.se is None else data.se.tolist()
    found = foreseen(
        data.years.tolist(), data.values.tolist(), se, year=this.target_year, lower=low, upper=high, unit=data.unit,
        confidence=data.confidence,
    )  # fmt: skip
    told = found.as_dict()
    if this.goal is not None:
        told["reached"] = found.probability_beyond(this.goal, "up" if this.sign > 0 else "down")
    return told


def _probabilities(this: Case, method: Method, matrix: Array) -> dict[str, float]:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        codes = method.judge(this, matrix).code
    counts = np.bincount(codes + 1, minlength=len(method.labels) + 1) / len(codes)
    found = {label: float(counts[i + 1]) for i, label in enumerate(method.labels)}
    return {**found, "": float(counts[0])} if counts[0] else found


def _notes(this: Case, method: Method, more: Mapping[str, Array]) -> tuple[Remark, ...]:
    if method is escap.STATUS:
        return (Remark("no-cutoffs-status", {"due": float(more["due"][0])}),)
    if method is escap.METHOD and this.rules.maintain is None:
        return (Remark("no-cutoffs-escap"),)
    if method is sdsn.METHOD:
        green = (Remark("green-is-target"),) if this.rules.green is None else ()
        return (*green, Remark("half-is-judgement", {"moderate": this.rules.moderate}))
    return ()


def _columns(series: TimeSeries, asked: Options) -> tuple[Columns, Options, list[Remark]]:
    years, values = of_series(series)
    order = sorted(series.observations, key=lambda seen: (seen.period, seen.value))
    errors = [_error(seen) for seen in order]
    smooth = any(seen.nature.upper() in ("E", "M") for seen in order)
    told = Options(unit=series.unit, indicator=series.indicator, code=series.series, smooth=smooth)
    told.update(asked)
    notes = [Remark("break", {"period": period, "reason": reason}) for period, reason in series.breaks]
    if any(seen.se is None and np.isfinite(error) for seen, error in zip(order, errors, strict=True)):
        notes.append(Remark("bounds-read"))
    if "unit" not in asked and series.unit.upper() in SHARES and any(not 0 <= value <= 100 for value in values):
        told["unit"] = ""
        notes.append(Remark("no-share"))
    known = errors if any(np.isfinite(errors)) else None
    return (years, values, known), told, notes


def _error(seen: Observation) -> float:
    """Return the standard error of an observation, from its bounds where only they are known, else NaN."""
    if seen.se is not None:
        return seen.se
    if seen.lower is None or seen.upper is None or seen.upper <= seen.lower:
        return float("nan")
    return (seen.upper - seen.lower) / (2 * NORMAL)
