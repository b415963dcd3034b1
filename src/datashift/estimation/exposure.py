"""What counts are set against: known totals of areas, such as the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from datashift.model import Area, Design, Kit, Measure


@dataclass(frozen=True)
class Question:
    """What `estimate` needs beside the cells: kit, measures, design, areas, and margins by name and area id."""

    kit: Kit
    measures: Sequence[Measure]
    design: Design
    areas: Mapping[str, Area]
    country: str
    margins: Mapping[str, Mapping[str, float]]


def against(measure: Measure, persons: float, counted: float, se: float) -> tuple[float, float]:
    """Set what was counted against the population: people per unit, or a rate."""
    if measure.estimator == "rate":
        return measure.times * counted / persons, measure.times * se / persons
    return persons / counted, persons / counted**2 * se


def without_margin(table: pa.Table, question: Question, measure: Measure) -> bool:
    """Say whether something was counted in an area of which neither itself nor an area above has the margin."""
    totals = question.margins.get(measure.margin or "", {})
    if not measure.margin or question.country in totals:
        return False
    counted = table["area"].filter(pc.greater(table[f"{measure.id.lower()}__n"], 0.0))
    areas = set(pc.unique(counted).to_pylist()) - {question.country}
    return any(totals.keys().isdisjoint(_with_areas_above(area, question.areas)) for area in areas)


def _with_areas_above(area: str, areas: Mapping[str, Area]) -> list[str]:
    chain = [area]
    while chain[-1] in areas and (parent := areas[chain[-1]].parent) is not None and parent not in chain:
        chain.append(parent)
    return chain


def population(question: Question, margin: str, area: str) -> float:
    """Return the margin of an area, 0 where it is not known; for the whole its own, or the sum of all."""
    totals = question.margins.get(margin, {})
    return sum(totals.values()) if area == question.country and area not in totals else totals.get(area, 0.0)
