"""Interviews and their back-checks, side by side."""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import pyarrow.compute as pc

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Encoded, Flags, Numbers, Whole, encode, numbers
from datashift.assess.evidence import Evidence
from datashift.language import N_
from datashift.model import BackChecks

NO_BACKCHECKS = N_(
    "No interviews were asked again, or the recipe does not say so. Ask one in ten again with a few questions, and "
    "name the file under [protocol.backchecks]."
)
NO_FILE = N_("The back-checks in {file} are not at hand here; they are looked at when the recipe is run.")
NO_COLUMN = N_("The file with the back-checks has no column '{column}'. Correct its name under [protocol.backchecks].")
NO_KEY = N_("No column of the answers has the ids of the back-checks. Name it as row_id in the recipe.")
NO_MATCH = N_("No id of the back-checks is among the answers. Check how the ids are written.")
NO_ANSWERS = N_("No question was answered both times, so there is nothing to compare.")


class Twice(NamedTuple):
    """One question asked twice, per interview that was asked again.

    both           whether there is an answer each time;   differs: whether it is another
    first, second  the answers as codes of one list, or as numbers where `number`
    by_chance      how likely the answers of two different interviews differ
    """

    column: str
    kind: int
    both: Flags
    differs: Flags
    first: Numbers
    second: Numbers
    number: bool
    by_chance: float


class Again(NamedTuple):
    """The interviews that were asked again: positions in the raw table, and every question that was."""

    rows: Whole
    questions: tuple[Twice, ...]


def matched(evidence: Evidence) -> Again | Outcome:
    """Return the interviews that were asked again with both answers; or why there are none."""
    stated, table = evidence.recipe.protocol.backchecks, evidence.backchecks
    if stated is None:
        return Outcome(idle=NO_BACKCHECKS)
    if table is None:
        return Outcome(idle=NO_FILE, facts={"file": stated.file.rpartition("/")[2]})
    key = next((name for name in (evidence.recipe.row_id, stated.id) if name in evidence.columns), None)
    missing = next((name for name in (stated.id, *stated.kinds) if name not in table.column_names), None)
    missing = missing or next((name for name in stated.kinds if name not in evidence.columns), None)
    if missing is not None:
        return Outcome(idle=NO_COLUMN, facts={"column": missing})
    if key is None:
        return Outcome(idle=NO_KEY)
    where = _positions(evidence, key, table[stated.id])
    found = where >= 0
    if not found.any():
        return Outcome(idle=NO_MATCH)
    rows, chosen = where[found], np.flatnonzero(found)
    questions = tuple(_twice(evidence, stated, name, rows, table[name].take(chosen)) for name in stated.kinds)
    answered = tuple(one for one in questions if one.both.any())
    return Again(rows, answered) if answered else Outcome(idle=NO_ANSWERS)


def _positions(evidence: Evidence, key: str, ids: Any) -> Whole:
    """Return for each back-check the position of its interview, -1 where it has none or is a second one of the same."""
    encoded = evidence.columns[key]
    known = ~evidence.missing(key) & evidence.written
    texts = pc.fill_null(pc.utf8_trim_whitespace(encoded.texts), "").to_pylist()
    place: dict[str, int] = {}
    for position in np.flatnonzero(known)[::-1].tolist():
        place[texts[encoded.codes[position]]] = position
    found, seen = [], set()
    for text in ids.to_pylist():
        position = place.get((text or "").strip(), -1)
        found.append(-1 if position in seen else position)
        seen.add(position)
    return np.array(found, dtype=np.int64)


def _twice(evidence: Evidence, stated: BackChecks, name: str, rows: Whole, column: Any) -> Twice:
    encoded, again = evidence.columns[name], encode(column)
    words = {word.strip() for word in (*evidence.recipe.missing, "")}
    blank = np.array([(text or "").strip() in words for text in again.texts.to_pylist()], dtype=np.bool_)
    both = ~evidence.missing(name)[rows] & ~again.where(blank)
    first, second = numbers(encoded.texts)[encoded.codes[rows]], numbers(again.texts)[again.codes]
    # 7 and 7.0 are the same answer, whoever wrote them.
    readable = both & ~np.isnan(first) & ~np.isnan(second)
    apart = readable & (np.abs(np.where(readable, first - second, 0.0)) > stated.tolerance.get(name, 0.0) + 1e-9)
    if (name in stated.tolerance or _is_number(evidence, name)) and readable[both].all():
        chance = _differ(first[both], stated.tolerance.get(name, 0.0))
        return Twice(name, stated.kinds[name], both, apart, first, second, number=True, by_chance=chance)
    one, two = (_plain(part, codes) for part, codes in ((encoded, encoded.codes[rows]), (again, again.codes)))
    codes = np.unique(np.concatenate([one, two]), return_inverse=True)[1].astype(np.float64)
    first, second = codes[: len(one)], codes[len(one) :]
    differs, chance = np.where(readable, apart, both & (one != two)), _differ(first[both], 0.0)
    return Twice(name, stated.kinds[name], both, differs, first, second, number=False, by_chance=chance)


def _differ(values: Numbers, tolerance: float) -> float:
    """Return the share of pairs of different interviews whose values lie further apart than the tolerance."""
    if len(values) < 2:
        return 0.0
    ordered = np.sort(values)
    within = np.searchsorted(ordered, ordered + tolerance + 1e-9, "right") - np.arange(len(ordered)) - 1
    return 1.0 - float(within.sum()) / (len(ordered) * (len(ordered) - 1) / 2)


def _plain(encoded: Encoded, codes: Any) -> Any:
    return np.array([(text or "").strip().casefold() for text in encoded.texts.to_pylist()], dtype=np.str_)[codes]


def _is_number(evidence: Evidence, name: str) -> bool:
    return any(question.kind == "number" for question in evidence.questions if question.name == name)


def stability(one: Twice) -> dict[str, float | None]:
    """Return how stable a question is: Cohen's kappa of a choice (1960); of a number its simple response variance
    (Hansen, Hurwitz & Pritzker 1964), and the share of the variance that is not response variance.
    """
    first, second = one.first[one.both], one.second[one.both]
    if len(first) < 2:
        return {}
    if one.number:
        noise = float(((first - second) ** 2).mean() / 2)
        whole = float((first.var(ddof=1) + second.var(ddof=1)) / 2)
        return {"response_variance": noise, "reliability": 1 - noise / whole if whole > 0 else None}
    codes = np.unique(np.concatenate([first, second]))
    expected = float(sum((first == code).mean() * (second == code).mean() for code in codes))
    agreed = float((first == second).mean())
    if expected >= 1:
        return {"kappa": None}
    error = sqrt(agreed * (1 - agreed) / len(first)) / (1 - expected)
    kappa = (agreed - expected) / (1 - expected)
    return {
        "kappa": kappa,
        "kappa_lower": max(kappa - 1.96 * error, -1.0),
        "kappa_upper": min(kappa + 1.96 * error, 1.0),
    }
