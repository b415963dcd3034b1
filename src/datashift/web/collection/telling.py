"""What a run found, told for pages: facts as plain data, sentences as labels in all four languages.

Nothing here is about a single person: rows are numbers, findings give the facts that the checks give, and of rows that
could not be used only the kind of reason is told.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow as pa

from datashift.assess import queue, sentence, subject_sentence
from datashift.compare import contest_sentence, reason, verdict_word
from datashift.dossier.saying import EXPLAINED, method
from datashift.language import _, in_all, label
from datashift.model import Benchmark, Checked, Comparison, Effect, Estimate, Finding, Label, Measure
from datashift.pipeline import Result, Since, finding_sentence, uncertainty_sentence, whole_area
from datashift.publish.bundle import MANIFEST
from datashift.publish.sdmx_csv import number
from datashift.standards.areas import area_label

FIRST_ROWS = 5
MOST_ROWS = 2000
"""Rows that are kept with what concerns one person: more than anybody looks through."""
MOST_INTERVIEWS = 100
HEAVIEST = 1e9
"""The weight of what would leave no figure at all: JSON and databases know no infinity."""


def told(result: Result, bundle: Path | None = None) -> dict[str, Any]:
    """Return what a run tells, ready for JSON; a label is {language: text}. `bundle` is its release.zip, once made.

    rows_in, rows_used, simulated, whole (the area of all rows), finding (the headline), uncertainty, limits: labels
    explained    [{code, rows, text: label, first_rows}]: rows that could not be used
    findings     [{check, code, rows, first_rows, text: label, effects: [{measure, with, without, unit}], weight, p}]:
                 weight is the effect × the strength, by which the review queue is ordered
    checks       [{id, name: label, state, why: label, tested}]: noticed, nothing, or idle and why
    measures     [{id, label, finding, unit, unit_label, estimator, desired, relevant_difference}], the headline first
    estimates    [{measure, label, area, area_name, place: label, period, breakdown: {concept: code}, value, se,
                 lower, upper, n, n_eff, deff, df, unit, status, method_id, method: label, reason: label}]
    since        {soon: label, repair: label, hidden}: what the release tells beside the one before, {} where nothing;
                 which estimates are hidden for the sake of earlier releases alone
    comparisons  [{measure, area, …, value, …, verdict, word: label, reason: label, contest: label, official: {…}}]
    charts       names of the charts in the bundle;   bundle_id: its id, "" where none was made
    """
    setting, harmonised = result.setting, result.harmonised
    shown = {e.measure for e in result.estimates if not e.breakdown and e.status != "Q"}
    measures = {measure.id: measure for measure in setting.measures}
    named = {e.area: setting.areas[e.area] for e in result.estimates if e.area in setting.areas}
    places = {key: in_all(partial(area_label, area)) for key, area in named.items()}
    return {
        "rows_in": harmonised.rows_in,
        "rows_used": harmonised.rows_out,
        "explained": _explained(harmonised.rejects),
        "findings": [
            {**_finding(entry.finding, shown), "weight": min(entry.weight, HEAVIEST)}
            for entry in queue(result.findings)
            if entry.subject is None
        ],
        "checks": [_checked(one) for one in result.assessment.checks],
        "finding": _headline(result),
        "measures": [_measure(measure) for measure in setting.measures],
        "estimates": [{**_estimate(e, measures[e.measure]), "place": places.get(e.area, {})} for e in result.estimates],
        "comparisons": [_comparison(c) for c in result.comparisons],
        "since": _since(result.since),
        "limits": [dict(limit) for limit in setting.recipe.limits],
        "uncertainty": in_all(lambda: uncertainty_sentence(setting.recipe)),
        "charts": [chart.name for chart in result.charts],
        "bundle_id": _bundle_id(bundle) if bundle else "",
        "whole": whole_area(setting),
        "simulated": setting.recipe.simulated,
    }


def _since(since: Since) -> dict[str, Any]:
    hidden = [
        {"measure": measure, "area": area, "period": period, "breakdown": dict(group)}
        for measure, area, period, group in sorted(since.hidden)
    ]
    if since.warning is None:
        return {"soon": {}, "repair": {}, "hidden": hidden}
    soon, repair = (in_all(lambda which=which: (since.warning or ("", ""))[which]) for which in (0, 1))  # type: ignore[misc]
    return {"soon": soon, "repair": repair, "hidden": hidden}


def concerns_of(result: Result) -> list[dict[str, Any]]:
    """Return what is told of persons, the greatest effect × strength first, as fields of `Concern`."""
    return [
        {
            "check_id": entry.finding.check, "code": entry.finding.code, "kind": one.kind, "subject": one.name[:200],
            "text": in_all(lambda one=one: subject_sentence(one)),  # type: ignore[misc]
            "rows": list(one.rows[:MOST_ROWS]), "effects": [_moved(effect) for effect in one.effects],
            "weight": min(entry.weight, HEAVIEST),
        }
        for entry in queue(result.findings)
        if (one := entry.subject) is not None and one.private
    ]  # fmt: skip


def interviews_of(result: Result) -> list[dict[str, Any]]:
    """Return the rows that somebody should look at first, the least likely by chance before the others."""
    first = result.assessment.interviews[:MOST_INTERVIEWS]
    return [{"row": one.row, "p": one.p_adjusted, "checks": list(one.checks)} for one in first]


def _bundle_id(bundle: Path) -> str:
    with ZipFile(bundle) as parts:
        return str(json.loads(parts.read(MANIFEST))["id"])


def _explained(rejects: pa.Table) -> list[dict[str, Any]]:
    """Rows that could not be used, by the kind of reason: the most frequent first."""
    rows: dict[str, dict[int, None]] = {}
    for row, code in zip(rejects["row"].to_pylist(), rejects["code"].to_pylist(), strict=True):
        rows.setdefault(code, {})[row] = None
    return [
        {"code": code, "rows": len(found), "text": _words(EXPLAINED.get(code, code)), "first_rows": _first(found)}
        for code, found in sorted(rows.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def _finding(finding: Finding, shown: set[str]) -> dict[str, Any]:
    """An effect on a figure that is hidden has no numbers, as in the bundle."""
    effects = [
        {
            "measure": effect.measure,
            "with": _plain(effect.with_rows) if effect.measure in shown else None,
            "without": _plain(effect.without_rows) if effect.measure in shown else None,
            "unit": effect.unit,
        }
        for effect in finding.effects
    ]
    # With the file at hand, the rows of one interviewer name that interviewer.
    first = [] if finding.of_persons else _first(finding.rows)
    return {
        "check": finding.check, "code": finding.code, "rows": len(finding.rows), "first_rows": first,
        "text": in_all(lambda: sentence(finding)), "effects": effects, "p": _plain(finding.p_adjusted),
    }  # fmt: skip


def _checked(one: Checked) -> dict[str, Any]:
    state = "idle" if one.idle else "noticed" if one.noticed else "nothing"
    why = in_all(lambda: _(one.idle).format(**one.facts)) if one.idle else {}
    return {"id": one.id, "name": _words(one.name), "state": state, "why": why, "tested": one.tested}


def _headline(result: Result) -> Label:
    """The first measure for all rows together; where there is no figure, why there is none."""
    setting, whole = result.setting, whole_area(result.setting)
    measure = setting.measures[0]
    rows = [e for e in result.estimates if e.measure == measure.id and e.area == whole and not e.breakdown]
    latest = max(rows, key=lambda e: (e.value is not None, e.period), default=None)

    def say() -> str:
        if latest is None or latest.value is None:
            why = _(latest.reason).format(**latest.facts) if latest else ""
            return f"{label(measure.label)}: {why}" if why else label(measure.label)
        named = setting.recipe.place.whole
        place = label(named.name) if named else area_label(setting.areas[whole]) if whole in setting.areas else whole
        return finding_sentence(setting, measure, replace(latest, area_name=place))

    return in_all(say)


def _measure(measure: Measure) -> dict[str, Any]:
    names = ("id", "label", "finding", "unit", "unit_label", "estimator", "desired", "relevant_difference")
    return {name: getattr(measure, name) for name in names}


def _estimate(e: Estimate, measure: Measure) -> dict[str, Any]:
    numbers = {name: _plain(getattr(e, name)) for name in ("value", "se", "lower", "upper", "n_eff", "deff", "df")}
    return numbers | {
        "measure": e.measure, "label": measure.label, "area": e.area, "area_name": e.area_name, "period": e.period,
        "breakdown": dict(e.breakdown), "n": e.n, "unit": e.unit, "status": e.status, "method_id": e.method,
        "method": in_all(lambda: method(e.method)),
        "reason": in_all(lambda: _(e.reason).format(**e.facts)) if e.reason else {},
    }  # fmt: skip


def _comparison(c: Comparison) -> dict[str, Any]:
    names = ("value", "lower", "upper", "difference", "difference_lower", "difference_upper", "probability", "p_value",
             "p_adjusted")  # fmt: skip
    return {name: _plain(getattr(c, name)) for name in names} | {
        "measure": c.measure, "area": c.area, "area_name": c.area_name, "period": c.period,
        "breakdown": dict(c.breakdown), "verdict": c.verdict, "word": in_all(lambda: verdict_word(c)),
        "reason": in_all(lambda: reason(c)), "contest": in_all(lambda: contest_sentence(c)),
        "official": _official(c.official) if c.official else {},
    }  # fmt: skip


def _official(figure: Benchmark) -> dict[str, Any]:
    names = ("source", "released", "retrieved", "series", "area", "area_name", "period", "unit", "nature", "relation",
             "definition", "difference", "stated", "source_detail", "footnote")  # fmt: skip
    numbers = {"value": figure.value, "se": figure.se, **{k: figure.facts.get(k) for k in ("lower", "upper")}}
    return (
        {name: getattr(figure, name) for name in names}
        | {name: _plain(value) for name, value in numbers.items()}
        | {"breakdown": dict(figure.breakdown)}
    )


def _moved(effect: Effect) -> dict[str, Any]:
    numbers = {"with": effect.with_rows, "without": effect.without_rows}
    plain = {name: value if value is not None and math.isfinite(value) else None for name, value in numbers.items()}
    return {"measure": effect.measure, "unit": effect.unit, **plain}


def _words(template: str) -> Label:
    return in_all(lambda: _(template))


def _first(rows: Any) -> list[int]:
    return sorted(rows)[:FIRST_ROWS]


def _plain(value: float | None) -> float | None:
    """Return a number as it is published, with ten digits; what is none, None."""
    text = number(value) if value is not None and math.isfinite(value) else ""
    return float(text) if text else None
