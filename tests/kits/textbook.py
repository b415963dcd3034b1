"""Figures as a textbook forms them, one row after the other: nothing of the program is used here.

Taylor linearisation over ultimate clusters, without finite population correction (Lohr, Sampling: Design and Analysis,
chapter 9): V = sum over strata of n/(n-1) times the sum over its clusters of (e - mean of e) squared, where e is the
cluster's total of weight * (y - R * x) for a ratio R, or of weight * y for a total. Rows outside a domain count as 0.
"""

from __future__ import annotations

import csv
import io
import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

Row = Mapping[str, str]


@dataclass(frozen=True)
class Design:
    """Columns with the weight, the stratum and the cluster of a row."""

    weight: str
    stratum: str
    cluster: str


@dataclass(frozen=True)
class Answer:
    """A value with its standard error and the rows behind it; `known` is the share of rows that know their size."""

    value: float
    se: float
    n: int
    known: float = 1.0


def rows_of(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def ratio(rows: Sequence[Row], y: Sequence[float], x: Sequence[float], design: Design) -> tuple[float, float]:
    """Total of y over total of x, with its standard error."""
    weights = [float(row[design.weight]) for row in rows]
    over = sum(w * b for w, b in zip(weights, x, strict=True))
    share = sum(w * a for w, a in zip(weights, y, strict=True)) / over
    left = [w * (a - share * b) for w, a, b in zip(weights, y, x, strict=True)]
    return share, math.sqrt(_spread(rows, left, design)) / over


def total(rows: Sequence[Row], y: Sequence[float], design: Design) -> tuple[float, float]:
    """Total of y, with its standard error."""
    parts = [float(row[design.weight]) * a for row, a in zip(rows, y, strict=True)]
    return sum(parts), math.sqrt(_spread(rows, parts, design))


def _spread(rows: Sequence[Row], parts: Sequence[float], design: Design) -> float:
    strata: dict[str, dict[str, float]] = {}
    for row, part in zip(rows, parts, strict=True):
        clusters = strata.setdefault(row[design.stratum], {})
        clusters[row[design.cluster]] = clusters.get(row[design.cluster], 0.0) + part
    variance = 0.0
    for clusters in strata.values():
        n = len(clusters)
        mean = math.fsum(clusters.values()) / n
        variance += n / (n - 1) * math.fsum((e - mean) ** 2 for e in clusters.values())
    return variance


def measured(
    measure: Mapping[str, Any], rows: Sequence[Row], inside: Sequence[bool], design: Design, margin: float
) -> Answer:
    """Form one measure of a kit (as its TOML says it) for the rows that are `inside` a domain."""
    counted = [_chosen(row, measure.get("denominator", {})) and here for row, here in zip(rows, inside, strict=True)]
    hits = [_chosen(row, measure["numerator"]) and here for row, here in zip(rows, counted, strict=True)]
    if measure["estimator"] == "per_unit":
        found, error = total(rows, [float(hit) for hit in hits], design)
        return Answer(margin / found, margin / found**2 * error, sum(hits))
    if measure["estimator"] != "proportion":
        raise ValueError(f"no textbook formula here for {measure['estimator']}")
    sizes = [_size(row, measure.get("size")) for row in rows]
    used = [here and size is not None for here, size in zip(counted, sizes, strict=True)]
    x = [size if here and size is not None else 0.0 for here, size in zip(used, sizes, strict=True)]
    y = [size if hit else 0.0 for hit, size in zip(hits, x, strict=True)]
    if not sum(used):
        return Answer(math.nan, math.nan, 0)
    share, error = ratio(rows, y, x, design)
    return Answer(share * 100, error * 100, sum(used), sum(used) / sum(counted))


def mean_of(parts: Sequence[Mapping[str, Any]], rows: Sequence[Row], inside: Sequence[bool], design: Design) -> Answer:
    """Mean of several shares, each with its own denominator, by the mean of their influence values."""
    influence = [0.0] * len(rows)
    shares, counts = [], []
    for part in parts:
        counted = [_chosen(row, part["denominator"]) and here for row, here in zip(rows, inside, strict=True)]
        over = math.fsum(float(row[design.weight]) for row, here in zip(rows, counted, strict=True) if here)
        if not over:
            return Answer(math.nan, math.nan, 0)
        hits = [_chosen(row, part["numerator"]) and here for row, here in zip(rows, counted, strict=True)]
        share = math.fsum(float(row[design.weight]) for row, hit in zip(rows, hits, strict=True) if hit) / over
        for k, (row, here, hit) in enumerate(zip(rows, counted, hits, strict=True)):
            influence[k] += float(row[design.weight]) * here * (hit - share) / over / len(parts)
        shares.append(share)
        counts.append(sum(counted))
    error = math.sqrt(_spread(rows, influence, design))
    return Answer(100 * math.fsum(shares) / len(shares), 100 * error, min(counts))


def _chosen(row: Row, selection: Mapping[str, Sequence[str]]) -> bool:
    return all(row[concept] in codes for concept, codes in selection.items())


def _size(row: Row, concept: str | None) -> float | None:
    if concept is None:
        return 1.0
    return float(row[concept]) if row[concept] else None


@dataclass(frozen=True)
class Unit:
    """One row of the design with what it adds to each figure: measure id -> (y, x)."""

    row: Row
    figures: Mapping[str, tuple[float, float]]


def from_units(
    measure: Mapping[str, Any], units: Sequence[Unit], inside: Sequence[bool], design: Design
) -> tuple[float, float, int]:
    """Value, standard error and rows behind a measure, in the measure's unit, over the units `inside` a domain."""
    parts = measure.get("parts", [measure["id"]])
    rows = [unit.row for unit in units]
    shares, counts, influence = [], [], [0.0] * len(units)
    for part in parts:
        pairs = [u.figures.get(part) if here else None for u, here in zip(units, inside, strict=True)]
        counts.append(sum(pair is not None for pair in pairs))
        weights = [float(row[design.weight]) if design.weight else 1.0 for row in rows]
        y = math.fsum(w * pair[0] for w, pair in zip(weights, pairs, strict=True) if pair)
        if measure["estimator"] in ("total", "rate"):
            shares.append(y)
            influence = [w * pair[0] if pair else 0.0 for w, pair in zip(weights, pairs, strict=True)]
            continue
        x = math.fsum(w * pair[1] for w, pair in zip(weights, pairs, strict=True) if pair)
        if not x:
            return math.nan, math.nan, 0
        shares.append(y / x)
        for k, (w, pair) in enumerate(zip(weights, pairs, strict=True)):
            influence[k] += w * (pair[0] - y / x * pair[1]) / x / len(parts) if pair else 0.0
    scale = 100.0 if measure["unit"] == "PT" else 1.0
    error = math.sqrt(_spread(rows, influence, design)) if design.cluster else math.nan
    return scale * math.fsum(shares) / len(shares), scale * error, min(counts)


def expected(folder: Path, module: ModuleType | None = None) -> str:
    """Return the text of expected.json for the example of a kit; `module` says what its rows add to each figure."""
    kit = tomllib.loads((folder / "kit.toml").read_text("utf-8"))
    recipe = tomllib.loads((folder / "recipe.toml").read_text("utf-8"))
    rows = rows_of((folder / "example.csv").read_text("utf-8"))
    lines_of = _lines(kit, recipe, rows) if module is None else _unit_lines(kit, recipe, module.units(rows))
    lines = ",\n".join("    " + json.dumps(line, ensure_ascii=False) for line in lines_of)
    head = {
        "simulated": True,
        "kit": f"{kit['id']}@{kit['version']}",
        "method": "Taylor linearisation over ultimate clusters, weights and strata of recipe.toml, no finite "
        "population correction; cells with fewer answers than the kit's least_n are left out",
    }
    opening = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
    return f'{opening},\n  "estimates": [\n{lines}\n  ]\n}}\n'


def _lines(kit: dict[str, Any], recipe: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    design = Design(*(recipe["design"][name] for name in ("weights", "strata", "clusters")))
    for measure in kit["measures"]:
        for breakdown in ([], *measure["breakdowns"]):
            for domain in _domains(kit, rows, breakdown):
                inside = [all(row[name] == value for name, value in domain.items()) for row in rows]
                area = domain.get("area", recipe["place"]["country"])
                if measure["estimator"] == "mean_of":
                    parts = [m for m in kit["measures"] if m["id"] in measure["parts"]]
                    answer = mean_of(parts, rows, inside, design)
                else:
                    answer = measured(measure, rows, inside, design, _margin(measure, recipe, area))
                if answer.n >= kit["disclosure"]["least_n"]:
                    by = {name: value for name, value in domain.items() if name != "area"}
                    yield {"measure": measure["id"], "area": area, "breakdown": by} | _told(measure, answer)


def _unit_lines(kit: dict[str, Any], recipe: dict[str, Any], units: Sequence[Unit]) -> Iterator[dict[str, Any]]:
    stated = recipe["design"]
    design = Design(*(stated.get(name, "") for name in ("weights", "strata", "clusters")))
    for measure in kit["measures"]:
        for breakdown in ([], *measure.get("breakdowns", [["area"]])):
            names = [breakdown] if isinstance(breakdown, str) else breakdown
            values = sorted({tuple(unit.row[name] for name in names) for unit in units})
            for domain in (dict(zip(names, value, strict=True)) for value in values if all(value)):
                inside = [all(unit.row[name] == value for name, value in domain.items()) for unit in units]
                value, se, n = from_units(measure, units, inside, design)
                if n == 0 or n < kit.get("disclosure", {}).get("least_n", 10):
                    continue
                area = domain.pop("area", recipe["place"]["country"])
                if measure["estimator"] == "rate":
                    per = measure["times"] / _margin(measure, recipe, area)
                    value, se = value * per, se * per
                told = {"measure": measure["id"], "area": area, "breakdown": domain, "unit": measure["unit"]}
                yield told | {"value": value, "se": None if math.isnan(se) else se, "n": n}


def _domains(kit: dict[str, Any], rows: list[dict[str, str]], breakdown: list[str]) -> Iterator[dict[str, str]]:
    if not breakdown:
        yield {}
        return
    (name,) = breakdown
    codes = sorted({row["area"] for row in rows}) if name == "area" else kit["concepts"][name]["codes"]
    for code in codes:
        yield {name: code}


def _margin(measure: dict[str, Any], recipe: dict[str, Any], area: str) -> float:
    if "margin" not in measure:
        return math.nan
    totals: dict[str, float] = recipe["margin"][measure["margin"]]["totals"]
    return totals.get(area, sum(totals.values()))


def _told(measure: dict[str, Any], answer: Answer) -> dict[str, Any]:
    if answer.known < measure.get("least_response", 0.0):
        return {"unit": measure["unit"], "value": None, "se": None, "n": answer.n, "known": answer.known}
    return {"unit": measure["unit"], "value": answer.value, "se": answer.se, "n": answer.n}
