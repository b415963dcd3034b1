"""All checks of one source, each finding with what it does to the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
from shapely.geometry.base import BaseGeometry

from datashift.assess.coverage import few_days
from datashift.assess.dates import impossible_dates
from datashift.assess.evidence import Evidence
from datashift.assess.place import impossible_places
from datashift.assess.structure import (
    constant_columns,
    copies,
    empty_rows,
    missing_answers,
    placeholders,
    repeated_ids,
)
from datashift.assess.values import impossible_numbers, unlisted_values
from datashift.assess.wording import change
from datashift.model import Area, Effect, Finding, Harmonised, Kit, Recipe

_CHECKS = (
    repeated_ids,
    copies,
    empty_rows,
    missing_answers,
    constant_columns,
    placeholders,
    unlisted_values,
    impossible_numbers,
    impossible_dates,
    impossible_places,
    few_days,
)


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
) -> list[Finding]:
    """Return what the checks of structure, values, dates and place notice, the greatest effect on the answer first.

    In:  raw table (all text, `_row`), its observations and rejects, the recipe and its kit; `effect` estimates with and
         without some source rows; `areas` by id; `polygons` by area id (longitude, latitude in degrees) for the date of
         the recipe's boundaries; `today` is the last day a date may carry (default: the day it is anywhere on earth).
    Out: findings with rows, facts and effects. Rows that are all rejects keep their finding without an effect, and are
         not handed to `effect`. Facts carry no names, phone numbers, e-mails or coordinates.
    Order: the largest change over all measures (points for shares, per cent of the figure otherwise), then most rows.
    """
    last = today or (datetime.now(UTC) + timedelta(hours=14)).date()
    evidence = Evidence(raw, harmonised, recipe, kit, last, areas, polygons or {})
    found = [_with_effect(finding, evidence, effect) for check in _CHECKS for finding in check(evidence)]
    return sorted(found, key=lambda finding: (-_weight(finding), -len(finding.rows), finding.check, finding.code))


def _with_effect(
    finding: Finding, evidence: Evidence, effect: Callable[[tuple[int, ...]], tuple[Effect, ...]]
) -> Finding:
    counted = int(np.isin(finding.rows, evidence.observed).sum()) if finding.rows else 0
    effects = effect(finding.rows) if counted else ()
    known = {measure.id: measure for measure in evidence.kit.measures}
    told = {
        entry.measure: {"label": known[entry.measure].label, "unit": known[entry.measure].unit_label}
        for entry in effects
        if entry.measure in known
    }
    facts = {**finding.facts, "counted": counted, **({"measures": told} if told else {})}
    return replace(finding, facts=facts, effects=tuple(effects))


def _weight(finding: Finding) -> float:
    return max((change(entry) for entry in finding.effects), default=0.0) if finding.effects else -math.inf
