"""Findings in plain words: one sentence for what was noticed, one for what it does to the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from datashift.language import N_, _, label
from datashift.model import Effect, Finding, Subject
from datashift.numbers import THIN, said

TEXTS: dict[str, str] = {
    "assess.repeated-id": N_(
        "In {n} of {total} rows, the id in '{column}' was already used by an earlier row. "
        "The same thing may be counted twice."
    ),
    "assess.copy-without-id": N_(
        "In {n} of {total} rows, everything repeats an earlier row; chance alone would give about {expected}. "
        "They may have been sent or copied twice."
    ),
    "assess.copy": N_(
        "In {n} of {total} rows, everything but the id repeats an earlier row; chance alone would give about "
        "{expected}. They may have been sent or copied twice."
    ),
    "assess.empty-rows": N_("Rows in which nothing is written: {n}."),
    "assess.missing": N_("In {n} of {total} rows ({share} %), '{column}' has no answer."),
    "assess.constant": N_("Column '{column}' says the same in every row, so it cannot tell groups apart."),
    "assess.constant-value": N_("Column '{column}' says '{value}' in every row, so it cannot tell groups apart."),
    "assess.constant-unused": N_("These columns say the same in every row; the recipe does not use them: {columns}."),
    "assess.placeholder": N_(
        "In {n} of {total} rows ({share} %), '{column}' says '{value}'. If that means 'not known', add it to the "
        "missing values of the recipe. If it is a true answer, leave it."
    ),
    "assess.unknown-code": N_(
        "In {n} of {total} rows, the answer in '{column}' is not in the list “{concept}”. "
        "Correct these answers or add them to the recipe."
    ),
    "assess.unknown-place": N_(
        "In {n} of {total} rows, the place in '{column}' is not in the area list of {country} for {date}. "
        "Add it to the recipe under [place.names]."
    ),
    "assess.not-a-number": N_("In {n} of {total} rows, '{column}' is not a number. Correct it."),
    "assess.bad-weight": N_("In {n} of {total} rows, the weight in '{column}' is missing or below zero. Correct it."),
    "assess.no-total": N_(
        "In {n} of {total} rows, the area has no known total, so these answers have no weight. Add it to the margin."
    ),
    "assess.out-of-range": N_(
        "In {n} of {total} rows, '{column}' is outside what is possible: {below} are below {least}, "
        "{above} are above {most}."
    ),
    "assess.too-low": N_("In {n} of {total} rows, '{column}' is below {least}, which is not possible."),
    "assess.too-high": N_("In {n} of {total} rows, '{column}' is above {most}, which is not possible."),
    "assess.date-unreadable": N_("In {n} of {total} rows, '{column}' is not a date of the form {format}."),
    "assess.date-future": N_(
        "In {n} of {total} rows, the date in '{column}' is after {today}, so it is still to come."
    ),
    "assess.date-clock": N_(
        "In {n} of {total} rows, the date in '{column}' is before 1980. "
        "The clock of the device was probably set back, as happens when a battery is changed."
    ),
    "assess.date-before": N_("In {n} of {total} rows, the date in '{column}' is before {first}, the first day meant."),
    "assess.date-after": N_("In {n} of {total} rows, the date in '{column}' is after {last}, the last day meant."),
    "assess.few-days": N_(
        "Of {sensors} sensors, {few} have complete readings on fewer than {least} per cent of the days of {period}. "
        "The figure speaks of the days measured, not of the whole time."
    ),
    "assess.no-coordinates": N_("In {n} of {total} rows ({share} %), there are no coordinates that can be read."),
    "assess.zero-coordinates": N_(
        "In {n} of {total} rows ({share} %), the coordinates are 0/0, a point in the sea. "
        "The place was not measured there."
    ),
    "assess.outside-world": N_("In {n} of {total} rows, the coordinates are on no map: more than 90 or 180 degrees."),
    "assess.swapped": N_(
        "In {n} of {total} rows, latitude and longitude seem to have changed places: "
        "the other way round they lie in the country."
    ),
    "assess.outside-country": N_("In {n} of {total} rows, the coordinates lie more than {km} km outside the country."),
    "assess.other-area": N_(
        "In {n} of {located} rows with a place on the map ({share} %), the coordinates lie more than {km} km outside "
        "the area that the row names."
    ),
    "assess.same-coordinates": N_(
        "In {n} of {located} rows with a place on the map, the coordinates are exactly those of an earlier row. "
        "Several things can stand in one spot; the same thing may also be counted twice."
    ),
}
"""What was noticed, by code. Facts of a finding fill the braces."""

_DETAILS: dict[str, str] = {
    "values": N_("Most often: {values}."),
    "placeholders": N_("If this means 'not known', add it to the missing values of the recipe: {placeholders}."),
    "named": N_("Most of them name: {named}."),
    "pairs": N_("Most often named and found: {pairs}."),
    "first_row": N_("The first is row {first_row}."),
}

_MOVES = N_("Leaving these rows out moves '{measure}' from {before} to {after}.")
_STAYS = N_("Leaving these rows out leaves '{measure}' at {before}.")
_VANISHES = N_("Without these rows, nothing is left to tell '{measure}' from.")
_BY_CHANCE = N_("Chance alone would do as much in fewer than 1 of {odds} surveys like this one.")
_OUTSIDE = N_("None of these rows is part of the answer.")


def sentence(finding: Finding) -> str:
    """Return what `finding` says, in the current language: what was noticed, details, chance, and the effect in words.

    The effect is told for the figure that changes most; figures are in their own unit.
    """
    facts = {name: _said(fact) for name, fact in finding.facts.items()}
    parts = [_(finding.text).format(**facts)]
    parts += [_(text).format(**facts) for name, text in _DETAILS.items() if finding.facts.get(name)]
    return " ".join([*parts, *_chance(finding.p_adjusted), *_effect(finding)])


def subject_sentence(subject: Subject) -> str:
    """Return what is said of one interviewer, device, contributor, sensor or place, in the current language."""
    facts = {name: _said(fact) for name, fact in subject.facts.items()}
    return " ".join([_(subject.text).format(**facts), *_chance(subject.p_adjusted)])


def _chance(p: float | None) -> list[str]:
    """Say how seldom chance alone gives as much: once in so many surveys, to the order of magnitude."""
    if p is None:
        return []
    odds = min(10 ** math.floor(-math.log10(max(p, 1e-6)) + 1e-9), 1_000_000)
    return [_(_BY_CHANCE).format(odds=said(odds if odds >= 100 else 20, 0))] if p <= 0.05 else []


def change(effect: Effect) -> float:
    """Return how much leaving the rows out changes a figure: in percentage points for shares, else in per cent of it.

    Infinite where no figure is left.
    """
    if effect.with_rows is None:
        return 0.0
    if effect.without_rows is None:
        return math.inf
    moved = abs(effect.without_rows - effect.with_rows)
    if effect.unit == "PT" or moved == 0:
        return moved
    return 100 * moved / abs(effect.with_rows) if effect.with_rows else math.inf


def _effect(finding: Finding) -> list[str]:
    told = [effect for effect in finding.effects if effect.with_rows is not None]
    if not told:
        return [_(_OUTSIDE)] if finding.rows and finding.facts.get("counted") == 0 else []
    most = max(told, key=change)
    known: Mapping[str, Any] = finding.facts.get("measures", {}).get(most.measure, {})
    unit = "%" if most.unit == "PT" else label(known.get("unit", most.unit))
    facts = {
        "measure": label(known.get("label", most.measure)),
        "before": _figure(most.with_rows, unit),
        "after": _figure(most.without_rows, unit),
    }
    if most.without_rows is None:
        return [_(_VANISHES).format(**facts)]
    text = _STAYS if facts["before"] == facts["after"] else _MOVES
    return [_(text).format(**facts)]


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    decimals = 1 if unit == "%" else 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    # The sign must not stand alone on the next line.
    return f"{said(value, decimals)}{THIN if unit == '%' else ' '}{unit}".strip()


def _said(fact: Any) -> str:
    if isinstance(fact, dict):
        return label(fact) if all(isinstance(text, str) for text in fact.values()) else ""
    if isinstance(fact, list | tuple):
        return ", ".join(_counted(entry) for entry in fact)
    if isinstance(fact, float):
        return said(fact, 1)
    return said(fact, 0) if isinstance(fact, int) else str(fact)


def _counted(entry: Any) -> str:
    """Say ["Mwanza", 807] as Mwanza (807) and ["Arusha", "Manyara", 12] as Arusha → Manyara (12)."""
    if isinstance(entry, str):
        return entry
    *names, count = entry
    return f"{' → '.join(names)} ({said(count, 0)})"
