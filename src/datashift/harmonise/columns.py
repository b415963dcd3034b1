"""Columns of a raw table → concepts, areas and moments; each is translated by its distinct values.

So a million rows cost as little thought as their codelist.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.harmonise.loss import Mapped, mapped
from datashift.harmonise.problems import Mask, Problems
from datashift.language import label
from datashift.model import Area, Column, Concept, Kit, Period, Recipe
from datashift.standards.conditions import Objects
from datashift.standards.moments import clock

_PLAIN = {
    ".": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
}
"""How a number may be written with each decimal sign. Where that is the comma, 12.5 is no number: read as 125 it would
be wrong, and nobody would see it."""


def concepts(
    raw: pa.Table, recipe: Recipe, kit: Kit, problems: Problems
) -> tuple[dict[str, Objects], dict[str, Mapped]]:
    """Return the answers of each concept that the recipe feeds, and how they compare with what was written.

    Answers are codes, numbers or texts, None where missing; what cannot be read is added to `problems`.
    """
    translated, mapping = {}, {}
    for name, column in recipe.columns.items():
        concept = kit.concepts[name]
        missing = {*recipe.missing, *column.missing}
        values = text_of(raw, column.column)
        if concept.kind == "code":
            found, wrong = by_value(values, partial(_code, column=column, concept=concept, missing=missing))
            problems.add(wrong, column.column, "harmonise.unknown-code", values, concept=label(concept.label))
        elif concept.kind == "number":
            found, wrong = by_value(values, partial(number, column=column, missing=missing))
            problems.add(wrong, column.column, "harmonise.not-a-number", values)
        else:
            found, wrong = by_value(values, partial(_words, missing=missing))
        translated[name] = found
        # Numbers and texts have no codes to share: only what could not be read is lost.
        coded = concept.kind == "code"
        mapping[name] = mapped(values, found, wrong, missing) if coded else Mapped(wrong, np.zeros_like(wrong))
    return translated, mapping


def _code(value: str, column: Column, concept: Concept, missing: set[str]) -> tuple[str | None, bool]:
    """Find the code of a value: as the recipe says, else missing, else the code's own name. Never a guess."""
    for spelling in (value, value.strip(), value.strip().casefold()):
        if spelling in column.codes:
            return column.codes[spelling] or None, False
    stripped = value.strip()
    if value in missing or stripped in missing:
        return None, False
    if column.match == "part":
        for word, code in column.codes.items():
            if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", stripped.casefold()):
                return code or None, False
    return (stripped, False) if stripped in concept.codes else (None, True)


def _words(value: str, missing: set[str]) -> tuple[str | None, bool]:
    return (None if value.strip() in missing else value.strip()), False


def number(value: str, column: Column, missing: set[str]) -> tuple[float | None, bool]:
    """Read a number as the recipe's column writes it; say whether it is wrong. Missing words give None."""
    stripped = value.strip()
    if value in missing or stripped in missing:
        return None, False
    if not _PLAIN[column.decimal].fullmatch(stripped):
        return None, True
    found = float(stripped.replace(".", "").replace(",", ".") if column.decimal == "," else stripped)
    if not np.isfinite(found):
        return None, True
    # A recipe that calls 0 unknown means 0.0 as well.
    return (None if found in _numbers(frozenset(missing)) else found * column.factor), False


@cache
def _numbers(words: frozenset[str]) -> frozenset[float]:
    plain = (word for word in words if word.replace(".", "", 1).replace("-", "", 1).isdigit())
    return frozenset(float(word) for word in plain)


def places(
    raw: pa.Table, recipe: Recipe, resolve: Callable[[str], Area | None], problems: Problems
) -> dict[str, Objects]:
    """Return the area of each row, and its latitude and longitude where the recipe names their columns."""
    place = recipe.place
    if place.column is None:
        area = np.full(raw.num_rows, place.area or place.country, dtype=object)
    else:
        values = text_of(raw, place.column)
        missing = set(recipe.missing)

        def find(value: str) -> tuple[str | None, bool]:
            if value.strip() in missing:
                return None, False
            known = resolve(value)
            return (known.id, False) if known else (None, True)

        area, wrong = by_value(values, find)
        day = place.as_of.isoformat()
        problems.add(wrong, place.column, "harmonise.unknown-place", values, country=place.country, date=day)
        problems.add(is_none(area) & ~wrong, place.column, "harmonise.no-place", values)
    found = {"area": area}
    for name, column in (("latitude", place.latitude), ("longitude", place.longitude)):
        if column:
            # A coordinate that cannot be read is a finding of the checks, not a reason to lose the answer.
            found[name], _wrong = by_value(
                text_of(raw, column), partial(number, column=Column(column=column), missing=set(recipe.missing))
            )
    return found


def moments(raw: pa.Table, recipe: Recipe, problems: Problems) -> Objects:
    """Return the local moment of each row (datetime), None where it has none or the recipe knows no column for it.

    What cannot be read, is missing or lies outside the period is added to `problems`. Raises BadRecipe.
    """
    period = recipe.period
    if period.column is None:
        return np.full(raw.num_rows, None, dtype=object)
    values = text_of(raw, period.column)
    absent, read = set(recipe.missing), clock(period)

    def moment_of(value: str) -> tuple[datetime | None, bool]:
        found = None if value.strip() in absent else read(value)
        return found, found is None and value.strip() not in absent

    found, wrong = by_value(values, moment_of)
    problems.add(wrong, period.column, "harmonise.not-a-date", values, format=period.format)
    problems.add(is_none(found) & ~wrong, period.column, "harmonise.no-date", values)
    first, last = period.first or date.min, period.last or date.max
    outside = np.array([moment is not None and not first <= moment.date() <= last for moment in found], dtype=bool)
    problems.add(outside, period.column, "harmonise.outside-period", values, first=first, last=last)
    return found


def periods(seen: Objects, period: Period) -> Objects:
    """Return the period of each row: the recipe's, or the year of its moment (None without one)."""
    if period.column is None or period.by == "whole":
        return np.full(len(seen), period.label, dtype=object)
    return np.array([None if moment is None else str(moment.year) for moment in seen], dtype=object)


def text_of(raw: pa.Table, name: str) -> Objects:
    """Return a column as an array of texts, "" where there is no cell."""
    values: Objects = pc.fill_null(raw[name], "").to_numpy(zero_copy_only=False).astype(object)
    return values


def by_value(values: Objects, translate: Callable[[str], tuple[Any, bool]]) -> tuple[Objects, Mask]:
    """Apply `translate` to the distinct values; return the results and where they could not be translated."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    answers = [translate(value) for value in encoded.dictionary.to_pylist()]
    found = np.empty(len(answers), dtype=object)
    found[:] = [answer for answer, _wrong in answers]
    wrong = np.array([w for _answer, w in answers], dtype=bool)
    index = encoded.indices.to_numpy(zero_copy_only=False)
    return (found[index], wrong[index]) if len(answers) else (np.empty(0, dtype=object), np.zeros(0, dtype=bool))


def is_none(values: Objects) -> Mask:
    """Say which values are missing."""
    return np.array([value is None for value in values], dtype=bool)
