"""Suggest a recipe for a file: which kit, which columns, which values, where, when; each with its reason.

A suggestion is a text that a person reads and confirms. It never runs by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from datashift.harmonise.suggestion.answers import MOST_COMPARED
from datashift.harmonise.suggestion.confidence import chances, kit_chances, kit_features, of_way
from datashift.harmonise.suggestion.evidence import NAME, QUESTION, VALUES, Evidence, Floats, best_word, evidence
from datashift.harmonise.suggestion.profile import FormWords, Profile, profiles
from datashift.harmonise.suggestion.recipe_text import EVEN, Stated, recipe_text
from datashift.harmonise.suggestion.roles import BY_NAME, Found, roles
from datashift.language import N_, _
from datashift.model import Area, Kit, Raw

BY_VALUES = N_("{share} of its answers are known")
BY_NUMBERS = N_("it holds numbers")
BY_QUESTION = N_("its question is like that of the kit")
LEAST = 0.15  # a column that is less likely than this is not worth a person's time
REGISTER = N_("The kit is about public installations, so this may be a register. Change it if they were drawn.")
SENSORS = N_("The kit is about readings of sensors.")
UNSTATED = N_("The file does not say how the rows were chosen.")


@dataclass(frozen=True)
class Guess:
    """One suggestion: what a column is, how sure (0–1), and why in plain words.

    `values` sends answers to codes, `sure` says how sure each of these is; `open_values` are answers without a code.
    `zeros` is the share of rows with 0, `highest` the greatest number.
    """

    column: str
    role: str
    confidence: float
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
    open_values: tuple[str, ...] = ()
    zeros: float = 0.0
    highest: float = float("nan")


@dataclass(frozen=True)
class Suggestion:
    """The suggested kit with the kits that fit nearly as well, the columns, and the recipe text to confirm."""

    kit: str
    confidence: float
    guesses: tuple[Guess, ...]
    recipe: str
    kits: tuple[tuple[str, float], ...] = ()


def suggest(
    raw: Raw,
    kits: Sequence[Kit],
    areas: Mapping[str, Mapping[str, Area]],
    form: FormWords | None = None,
    country: str = "",
    corrections: str = "",
) -> Suggestion:
    """Suggest a recipe for `raw` from names, answers and, where there is one, the words of its form.

    In: a raw table; the kits at hand; area lists by country; the questions and labels of an XLSForm; the country, if it
    is known: then places are looked for in it alone; the ledger of corrections, if there is one. Out: the best kit
    with a guess for every concept, place, date, coordinate, id and personal column that was found, and a TOML text that
    says why. Confidences are probabilities, see `confidence`.
    """
    columns = profiles(raw.table, form or FormWords())
    seen = evidence(kits, columns)
    found = chances(seen)
    of_kits = kit_chances([kit_features(kit, seen, found) for kit in kits])
    order = np.argsort(-of_kits, kind="stable")
    kit = kits[int(order[0])]
    guesses = columns_of(kit, columns, seen, found)
    taken = {guess.column for guess in guesses if guess.confidence >= EVEN}
    places = {code: listed for code, listed in areas.items() if country in ("", code)}
    others = roles([profile for profile in columns if profile.name not in taken], places)
    meant = {guess.column: guess.values for guess in guesses}
    missing = sorted({word for one in columns for word in one.missing if word not in meant.get(one.name, ())})
    text = recipe_text(raw, kit, guesses, others, Stated(missing, _design(kit), country, corrections))
    told = [Guess(one.column, _role(one), one.confidence, one.reason) for one in others]
    ranked = tuple((kits[int(i)].id, float(of_kits[int(i)])) for i in order[:3])
    return Suggestion(kit.id, float(of_kits[int(order[0])]), (*guesses, *told), text, ranked)


def columns_of(kit: Kit, columns: Sequence[Profile], seen: Evidence, found: Floats) -> list[Guess]:
    """Give every concept of `kit` its likeliest free column, the surest first."""
    rows = [row for row, (owner, _name) in enumerate(seen.concepts) if owner == kit.id]
    pairs = sorted((-found[row, j], row, j) for row in rows for j in range(len(columns)) if found[row, j] >= LEAST)
    guesses: list[Guess] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for chance, row, j in pairs:
        if row not in used_rows and j not in used_columns:
            used_rows.add(row)
            used_columns.add(j)
            guesses.append(_guess(kit, columns[j], seen, row, j, float(-chance)))
    return guesses


def _guess(kit: Kit, profile: Profile, seen: Evidence, row: int, j: int, chance: float) -> Guess:
    key = seen.concepts[row]
    name, question, share = seen.features[row, j, [NAME, QUESTION, VALUES]]
    reasons = [_(BY_NAME).format(word=best_word(seen.words[row], profile))] if name >= 0.6 else []
    reasons += [_(BY_QUESTION)] if question >= 0.6 else []
    if key not in seen.spellings:
        reasons += [_(BY_NUMBERS)] if profile.numeric > 0.9 and kit.concepts[key[1]].kind == "number" else []
        return Guess(profile.name, key[1], chance, "; ".join(reasons), zeros=profile.zeros, highest=profile.high)
    meant = seen.spellings[key].meanings(profile)
    reasons.append(_(BY_VALUES).format(share=f"{share:.0%}"))
    left = tuple(value for value in profile.values[:MOST_COMPARED] if value not in meant)
    values = {value: meaning.code for value, meaning in meant.items()}
    sure = {value: of_way(meaning.way) for value, meaning in meant.items()}
    return Guess(profile.name, key[1], chance, "; ".join(reasons), values, sure, left)


def _role(found: Found) -> str:
    facts = found.facts
    return {
        "place": f"place {facts.get('country')}",
        "country": f"country {facts.get('country')}",
        "date": f"date {facts.get('format')}",
        "id": "row id",
    }.get(found.role, found.role)


def _design(kit: Kit) -> tuple[str, str]:
    if kit.readings:
        return "sensor_network", _(SENSORS)
    return ("facility_register", _(REGISTER)) if kit.universe.public_infrastructure else ("undocumented", _(UNSTATED))
