"""All checks of one source, each finding with what it does to the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
from shapely.geometry.base import BaseGeometry

from datashift.assess.catalogue import CHECKS
from datashift.assess.checks import Outcome
from datashift.assess.evidence import Evidence
from datashift.assess.joint import interviews
from datashift.assess.wording import change
from datashift.model import Area, Assessment, Checked, Effect, Finding, Harmonised, Kit, Recipe

_MANY, _AT_A_TIME = 50_000, 2
"""Fewer rows are not worth a thread; more than two at a time would need more memory and hardly be faster."""


def assess(  # noqa: PLR0913 - the whole case is needed, and each part is a record of its own
    raw: pa.Table,
    harmonised: Harmonised,
    recipe: Recipe,
    kit: Kit,
    *,
    effect: Callable[[tuple[int, ...]], tuple[Effect, ...]],
    areas: Mapping[str, Area],
    polygons: Mapping[str, list[BaseGeometry]] | None = None,
    today: date | None = None,
    aside: pa.Table | None = None,
    backchecks: pa.Table | None = None,
) -> Assessment:
    """Return what all checks notice, the greatest effect on the answer first, and what became of each check.

    In:  raw table (all text, `_row`), its observations and rejects, the recipe and its kit; `effect` estimates with and
         without some source rows; `areas` by id; `polygons` by area id (longitude, latitude in degrees) for the date of
         the recipe's boundaries; `today` is the last day a date may carry (default: the day it is anywhere on earth);
         `aside` are raw rows that the recipe does not mean, such as those of humidity; `backchecks`: the raw
         table of the interviews that were asked again.
    Out: findings with rows, facts and effects, of subjects too. Rows that are all rejects keep their finding without
         an effect, and are not handed to `effect`. Facts carry no names, phone numbers, e-mails or coordinates.
    Order: the largest change over all measures (points for shares, per cent of the figure otherwise), then most rows.
    """
    last = today or (datetime.now(UTC) + timedelta(hours=14)).date()
    evidence = Evidence(raw, harmonised, recipe, kit, last, areas, polygons or {}, aside, backchecks)
    found, checks, signals = [], [], {}
    for check, outcome in zip(CHECKS, _outcomes(evidence), strict=True):
        found += [_with_effect(finding, evidence, effect) for finding in outcome.findings]
        checks.append(
            Checked(
                check.id, check.name, check.looks_for, check.expects, check.null, outcome.tested,
                len(outcome.findings), outcome.idle, outcome.facts,
            )
        )  # fmt: skip
        if outcome.signal is not None:
            signals[check.id] = outcome.signal
    found.sort(key=lambda finding: (-_weight(finding), -len(finding.rows), finding.check, finding.code))
    return Assessment(found, tuple(checks), interviews(evidence, signals, found))


def _outcomes(evidence: Evidence) -> list[Outcome]:
    """Run all checks, several at a time where there are many rows: each has random numbers of its own."""
    if len(evidence.rows) < _MANY:
        return [check.run(evidence) for check in CHECKS]
    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        return list(pool.map(lambda check: check.run(evidence), CHECKS))


def _with_effect(
    finding: Finding, evidence: Evidence, effect: Callable[[tuple[int, ...]], tuple[Effect, ...]]
) -> Finding:
    counted = int(np.isin(finding.rows, evidence.observed).sum()) if finding.rows else 0
    effects = effect(finding.rows) if counted else ()
    subjects = tuple(
        replace(one, effects=tuple(effect(one.rows))) if np.isin(one.rows, evidence.observed).any() else one
        for one in finding.subjects
    )
    known = {measure.id: measure for measure in evidence.kit.measures}
    told = {
        entry.measure: {"label": known[entry.measure].label, "unit": known[entry.measure].unit_label}
        for entry in effects
        if entry.measure in known
    }
    facts = {**finding.facts, "counted": counted, **({"measures": told} if told else {})}
    return replace(finding, facts=facts, effects=tuple(effects), subjects=subjects)


def _weight(finding: Finding) -> float:
    return max((change(entry) for entry in finding.effects), default=0.0) if finding.effects else -math.inf
