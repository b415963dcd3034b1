"""How far the answers reach: over the land, over the questions, and what they are worth (criteria C3 to C6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.reached.representation import worth
from datashift.assess.reached.space import Space, space
from datashift.dossier.people import Known, brief, per_cent, sentences, short
from datashift.dossier.saying import words
from datashift.language import N_
from datashift.model import Kit, Label
from datashift.pipeline import Result, whole_area
from datashift.standards.margins import people_by

AREAS = N_("{reached} of {areas} areas have an answer; {people} of the people live in these.")
SPREAD = N_(
    "Positions lie in {occupied} of the squares of {side} km; spread evenly they would lie in {expected}. The line "
    "around them holds {hull} of the land."
)


def reached(result: Result, shared: Known) -> dict[str, Any]:
    """Return how many areas have an answer, how many people live in these, and how far positions are spread (C3)."""
    found: dict[str, Any] = {}
    there = set(pc.unique(result.harmonised.observations["area"]).to_pylist())
    for people, answers in list(shared.pairs.values())[:1]:
        totals = people_by(people, ("area",))
        there_too = {area for (area,) in totals} & (set(pc.unique(answers["area"]).to_pylist()) | there)
        inside = sum(number for (area,), number in totals.items() if area in there_too)
        found = {
            "areas": len(totals),
            "areas_reached": len(there_too),
            "people_reached": brief(inside / sum(totals.values())),
        }
    spread = _spread(result, there)
    if spread is not None:
        found |= {name: value if isinstance(value, int) else brief(value) for name, value in asdict(spread).items()}
    if not found:
        return {}
    return found | {"sentence": _about_space(found)}


def _spread(result: Result, there: set[str]) -> Space | None:
    table, setting = result.harmonised.observations, result.setting
    names = ("latitude", "longitude")
    if not set(names) <= set(table.column_names) or any(table[name].null_count == table.num_rows for name in names):
        return None
    land = [
        shape
        for area, shapes in setting.land().items()
        if area in there or there & set(setting.areas[area].predecessors)
        for shape in shapes
    ]
    latitude, longitude = (np.asarray(pc.fill_null(table[name], float("nan")).to_numpy()) for name in names)
    return space(latitude, longitude, land, setting.kit.disclosure.least_n)


def _about_space(found: Mapping[str, Any]) -> Label:
    parts = []
    if "areas" in found:
        people = partial(per_cent, found["people_reached"])
        parts.append(words(AREAS, reached=found["areas_reached"], areas=found["areas"], people=people))
    if "occupied" in found:
        facts = {name: partial(per_cent, found[name]) for name in ("occupied", "expected", "hull")}
        parts.append(words(SPREAD, side=round(found["side"]), **facts))
    return sentences(*parts)


def numbers(result: Result) -> dict[str, Any]:
    """Return item silence (C4), what the answers are worth (C5), and the smallest cells (C6)."""
    table, kit = result.harmonised.observations, result.setting.kit
    weights = np.asarray(pc.fill_null(table["weight"], 0.0).to_numpy(), dtype=np.float64)
    effective, deff = worth(weights)
    shown = [e for e in result.estimates if e.value is not None and e.status != "Q"]
    asked = [name for name in result.setting.recipe.columns if name in table.column_names and name in kit.concepts]
    return {
        "rows_in": result.harmonised.rows_in,
        "rows_used": result.harmonised.rows_out,
        "used_share": brief(result.harmonised.rows_out / max(result.harmonised.rows_in, 1)),
        "weights_worth": brief(effective),
        "weights_deff": brief(deff),
        "worth": {e.measure: brief(e.n_eff) for e in shown if e.area == whole_area(result.setting) and not e.breakdown},
        "smallest_cell": min((e.n for e in shown if e.n), default=None),
        "least_n": kit.disclosure.least_n,
        "hidden_cells": sum(e.status == "Q" for e in result.estimates),
        "cells": len(result.estimates),
        "silence": [_silence(table[name], kit, name) for name in asked],
    }


def _silence(column: pa.ChunkedArray, kit: Kit, name: str) -> dict[str, Any]:
    """Return the share of answers that are missing, and of those that say they do not know or will not say."""
    rows = max(len(column), 1)
    unknown = [code for code, one in kit.concepts[name].codes.items() if one.unknown]
    said_so = pc.sum(pc.is_in(column, value_set=pa.array(unknown, column.type))).as_py() if unknown else 0
    return {
        "question": short(dict(kit.concepts[name].label)),
        "missing": brief(column.null_count / rows),
        "unknown": brief((said_so or 0) / rows),
    }
