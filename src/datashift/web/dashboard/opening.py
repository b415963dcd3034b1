"""A figure opened step by step: what counts, what the recipe decided, the totals behind it, and what checks moved."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datashift.language import _, label
from datashift.web.dashboard.members import Opened, content
from datashift.web.dashboard.models import Figure

Row = dict[str, Any]

CELLS = "cells.parquet"
_MOST_ROWS = 30
_SUMS = ("n", "sy", "sx")
_PLAIN_SHARES = ("proportion", "mean", "ratio")


def measure_of(kit: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a measure as its kit writes it; nothing where the kit does not have it."""
    found: Iterable[Mapping[str, Any]] = kit.get("measures", ())
    return next((measure for measure in found if measure.get("id") == name), {})


def counted(kit: Mapping[str, Any], measure: Mapping[str, Any]) -> Row:
    """Return what counts and among what: concepts with the answers meant, and the numbers that are added up."""
    numbers = [measure[name] for name in ("value", "per", "size") if measure.get(name)]
    return {
        "counts": [_answers(kit, *pair) for pair in measure.get("numerator", {}).items()],
        "among": [_answers(kit, *pair) for pair in measure.get("denominator", {}).items()],
        "numbers": [_named(kit, concept) for concept in numbers],
        "margin": measure.get("margin", ""),
    }


def decisions(bundle: Opened, measure: Mapping[str, Any]) -> list[Row]:
    """Return the lines of the recipe that decide: for each concept its column, what was read as what, what is missing.

    Concepts that are derived from others stand with those they are derived from.
    """
    kit, columns = bundle.kit, bundle.recipe.get("columns", {})
    wanted = [*measure.get("numerator", {}), *measure.get("denominator", {})]
    wanted += [measure[name] for name in ("value", "per", "size") if measure.get(name)]
    found = []
    for concept in dict.fromkeys(_asked(kit, wanted)):
        column = columns.get(concept)
        if column is None:
            continue
        codes = _codes(kit, concept)
        found.append(
            {
                "concept": _named(kit, concept),
                "column": column.get("column", ""),
                "read": [(was, label(codes.get(code, {}).get("label", code))) for was, code in _pairs(column)],
                "missing": list(column.get("missing", ())),
            }
        )
    return found


def questions(kit: Mapping[str, Any]) -> list[Row]:
    """Return what the kit asks: the question, or the name of the concept, with its answers."""
    return [
        {
            "name": _named(kit, name),
            "question": label(concept["question"]) if concept.get("question") else "",
            "answers": [label(code["label"]) for code in _codes(kit, name).values()],
            "unit": label(concept["unit"]) if concept.get("unit") else "",
        }
        for name, concept in kit.get("concepts", {}).items()
        if not _derived(concept)
    ]


def design_of(recipe: Mapping[str, Any]) -> Row:
    """Return how the rows were drawn, as the recipe states it: columns of weights, strata and clusters."""
    design = recipe.get("design", {})
    stages, strata = design.get("clusters", ()), design.get("strata", ())
    stages = [stages] if isinstance(stages, str) else stages
    return {
        "note": design.get("note", {}),
        "weights": design.get("weights") or design.get("weight_margin") or "",
        "strata": strata if isinstance(strata, str) else " × ".join(strata),
        "clusters": [" × ".join([stage] if isinstance(stage, str) else stage) for stage in stages],
        "confidence": 100 * design.get("confidence", 0.95),
        "calibrated": "calibration" in design,
    }


def cells_of(bundle: Opened, figure: Figure, whole: str) -> Row | None:
    """Return the totals behind a figure for everybody, where they are public: rows by stratum or group, and their sum.

    None where the cells are not public, or the figure is that of a group. `gives` is what the sums make by hand; it is
    given where the measure is a plain division and the division is exactly the published figure.
    """
    data = content(bundle, CELLS)
    if data is None or figure.breakdown or figure.value is None:
        return None
    stem = figure.measure.lower()
    table = pq.read_table(io.BytesIO(data))
    if f"{stem}__n" not in table.column_names:
        return None
    table = table.filter(pc.equal(table["period"], figure.period))
    if figure.area != whole:
        table = table.filter(pc.equal(table["area"], figure.area))
    if not table.num_rows:
        return None
    key = _by(table, bundle.kit)
    sums = [(f"{stem}__{name}", "sum") for name in _SUMS]
    grouped = table.group_by(key).aggregate(sums).sort_by(key) if key else None
    codes = _codes(bundle.kit, key) if key else {}
    rows = [
        {"name": label(codes.get(row[key], {}).get("label", row[key] or "–"))} | _sums(row, stem)
        for row in (grouped.to_pylist() if grouped is not None else ())
    ]
    total = {name: pc.sum(table[f"{stem}__{name}"]).as_py() or 0.0 for name in _SUMS}
    units = len(pc.unique(table["cluster"])) if "cluster" in table.column_names else 0
    return {
        "by": _("Part of the sample (stratum)") if key == "stratum" else _named(bundle.kit, key or ""),
        "rows": [row for row in rows if row["n"]],
        "total": total,
        "cells": table.num_rows,
        "clusters": units,
        "gives": _gives(total, measure_of(bundle.kit, figure.measure), figure.value),
    }


def effects(findings: Iterable[Mapping[str, Any]], measure: str) -> list[Row]:
    """Return the findings with what leaving their rows out does to one measure: {…finding, effect or None}."""
    return [
        dict(finding) | {"effect": next((e for e in finding.get("effects", ()) if e["measure"] == measure), None)}
        for finding in findings
    ]


def _gives(total: Mapping[str, float], measure: Mapping[str, Any], value: float) -> float | None:
    if measure.get("estimator") not in _PLAIN_SHARES or not total["sx"]:
        return None
    times = 100.0 if measure["estimator"] == "proportion" else float(measure.get("times", 1.0))
    made = times * total["sy"] / total["sx"]
    return made if math.isclose(made, value, rel_tol=1e-8) else None  # published with ten digits


def _by(table: pa.Table, kit: Mapping[str, Any]) -> str | None:
    """Return the column that makes a short table: the stratum, else the first coded concept."""
    strata = len(pc.unique(table["stratum"])) if "stratum" in table.column_names else 0
    if 1 < strata <= _MOST_ROWS:
        return "stratum"
    coded = [name for name in table.column_names if _codes(kit, name)]
    return next((name for name in coded if 1 < len(pc.unique(table[name])) <= _MOST_ROWS), None)


def _sums(row: Mapping[str, Any], stem: str) -> Row:
    return {name: row[f"{stem}__{name}_sum"] for name in _SUMS}


def _answers(kit: Mapping[str, Any], concept: str, codes: str | list[str]) -> Row:
    known = _codes(kit, concept)
    wanted = [codes] if isinstance(codes, str) else codes
    return {"concept": _named(kit, concept), "codes": [label(known.get(c, {}).get("label", c)) for c in wanted]}


def _named(kit: Mapping[str, Any], concept: str) -> str:
    return label(kit.get("concepts", {}).get(concept, {}).get("label", concept))


def _codes(kit: Mapping[str, Any], concept: str) -> Mapping[str, Any]:
    stated = kit.get("concepts", {}).get(concept, {})
    found: Mapping[str, Any] = kit.get("codelists", {}).get(stated.get("codelist"), {}) or stated.get("codes", {})
    return found


def _pairs(column: Mapping[str, Any]) -> list[tuple[str, str]]:
    return list(column.get("codes", {}).items())


def _derived(concept: Mapping[str, Any]) -> bool:
    return any(concept.get(name) for name in ("rules", "count_of", "sum_of", "product_of", "scale"))


def _asked(kit: Mapping[str, Any], wanted: Iterable[str]) -> Iterator[str]:
    """Yield the concepts that are asked for: those wanted, and those that the derived ones among them rest on."""
    waiting, seen = list(wanted), set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        yield name
        concept = kit.get("concepts", {}).get(name, {})
        for rule in concept.get("rules", ()):
            waiting += [*rule.get("when", {})]
            waiting += [rule["value"].lstrip("-")] if isinstance(rule.get("value"), str) else []
        waiting += [*concept.get("count_of", ()), *concept.get("sum_of", ()), *concept.get("product_of", ())]
        waiting += [*(concept.get("scale") or {}).get("items", ())]
