"""What pages of the road say about the columns of a file, in the reader's language: one sentence each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from datashift.language import N_, _, label
from datashift.model import Concept, Kit
from datashift.numbers import said
from datashift.web.collection.kits import kit_named
from datashift.web.collection.models import Dataset

SAYS = N_("Column “{column}” tells us: “{concept}”.")
READ_AS = N_("We read “{answer}” as “{meaning}”.")
MORE = N_("Other answers that are read: {n}.")
OPEN = N_("Answers not known yet: {n}.")
NUMBERS = N_("It holds numbers.")
COUNTED_IN = N_("We count in {unit}.")
PERHAPS = N_("Column “{column}” may tell us: “{concept}”. It is not used yet.")
NOT_USED = N_("Column “{column}” is not used.")
ROLES = {
    "personal": N_("Column “{column}” may name people. It is never published."),
    "place": N_("Column “{column}” says where."),
    "country": N_("Column “{column}” says in which country."),
    "date": N_("Column “{column}” says when."),
    "id": N_("Column “{column}” gives each row its name."),
    "latitude": N_("Column “{column}” is one half of a place on the map."),
    "longitude": N_("Column “{column}” is one half of a place on the map."),
    "weight": N_("Column “{column}” may say how much each row counts."),
    "stratum": N_("Column “{column}” may say from which part the row was drawn."),
    "cluster": N_("Column “{column}” may say which rows were collected together."),
}
EXAMPLE = datetime(2024, 3, 31, 14, 5, tzinfo=UTC)
"""A moment by which pages show how dates are written."""
_ORDER = ("concept", "perhaps", *ROLES, "")


@dataclass(frozen=True)
class Answer:
    """An answer of a column and what it is read as. `code` "" with `known`: missing; without: nobody said it yet."""

    value: str
    rows: int
    code: str
    meaning: str
    known: bool
    sure: float


@dataclass(frozen=True)
class Sentence:
    """One column in one sentence, with what is needed to change it.

    use: "concept" (it feeds the concept of the kit), "perhaps" (it may, but is not used), a role of ROLES, or "".
    kind: code, number or text. `choices` are the codes of the concept with their words.
    """

    number: int
    column: str
    use: str
    text: str
    concept: str = ""
    concept_label: str = ""
    kind: str = ""
    reason: str = ""
    confidence: float = 0.0
    answers: tuple[Answer, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    distinct: int = 0
    empty: int = 0

    @property
    def open(self) -> int:
        """Return how many answers nobody has read yet."""
        return sum(not answer.known for answer in self.answers)


def sentences(dataset: Dataset) -> list[Sentence]:
    """Return a sentence for every column of the file: what is used first, then what may be, then the rest."""
    if not dataset.recipe:
        return []
    recipe, kit = tomllib.loads(dataset.recipe), kit_named(dataset.kit)
    fed = {stated["column"]: concept for concept, stated in recipe.get("columns", {}).items()}
    columns = dataset.suggestion["columns"]
    found = [
        _sentence(number, one, fed.get(one["name"], ""), recipe, kit, dataset) for number, one in enumerate(columns)
    ]
    return sorted(found, key=lambda one: (_ORDER.index(one.use), one.number))


def concepts(dataset: Dataset) -> list[tuple[str, str]]:
    """Return the concepts that a column may feed, with their words."""
    asked = kit_named(dataset.kit).concepts.items()
    return [(name, label(concept.label)) for name, concept in asked if not concept.inputs]


# --- one column -----------------------------------------------------------------------------------------------------


def _sentence(
    number: int, column: Mapping[str, Any], concept: str, recipe: Mapping[str, Any], kit: Kit, dataset: Dataset
) -> Sentence:
    name = column["name"]
    guesses = [one for one in dataset.suggestion["guesses"] if one["column"] == name]
    guess = next((one for one in guesses if one["role"] == concept), guesses[0] if guesses and not concept else {})
    if guess and "columns" in dataset.answers:
        # Once the columns were confirmed, an answer without a code is missing, and no question any more.
        guess = {**guess, "open": []}
    told = {
        "number": number, "column": name, "distinct": column["distinct"], "empty": column["empty"],
        "reason": _reason(guess) if guess else "", "confidence": guess.get("confidence", 0.0),
    }  # fmt: skip
    if concept:
        return _of_concept(kit.concepts[concept], concept, column, recipe, guess, told)
    role = _role(name, guess, recipe)
    if role == "perhaps":
        known = kit.concepts[guess["role"]].label
        text = _(PERHAPS).format(column=name, concept=label(known))
        return Sentence(use=role, text=text, concept=guess["role"], concept_label=label(known), **told)
    return Sentence(use=role, text=_(ROLES.get(role, NOT_USED)).format(column=name), **told)


def _reason(guess: Mapping[str, Any]) -> str:
    """Say why a column is read so; how its dates are written, by an example."""
    said, fact = label(guess["reason"]), str(guess["fact"])
    return said.replace(fact, EXAMPLE.strftime(fact)) if guess["role"] == "date" and fact else said


def _role(name: str, guess: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
    """What a column is that feeds no concept: as the recipe has it, else as it was guessed."""
    place, design = recipe["place"], recipe["design"]
    stated = {
        "personal": recipe["personal"], "place": [place.get("column")], "date": [recipe["period"].get("column")],
        "id": [recipe.get("row_id")], "latitude": [place.get("latitude")], "longitude": [place.get("longitude")],
        "weight": [design.get("weights")], "stratum": design["strata"],
        "cluster": [part for stage in design["clusters"] for part in stage],
    }  # fmt: skip
    role = next((role for role, names in stated.items() if name in names), "")
    if role or not guess:
        return role
    if guess["concept"]:
        return "perhaps"
    # What was guessed and then taken away is not used; parts of the design were only ever guessed.
    return guess["role"] if guess["role"] in ("weight", "stratum", "cluster", "country") else ""


def _of_concept(
    concept: Concept, name: str, column: Mapping[str, Any], recipe: Mapping[str, Any], guess: Mapping[str, Any],
    told: Mapping[str, Any],
) -> Sentence:  # fmt: skip
    stated = recipe["columns"][name]
    answers = tuple(_answers(concept, column, stated, recipe, guess)) if concept.kind == "code" else ()
    parts = [_(SAYS).format(column=column["name"], concept=label(concept.label)), *_how(concept, answers)]
    return Sentence(
        use="concept", text=" ".join(parts), concept=name, concept_label=label(concept.label), kind=concept.kind,
        answers=answers, choices=tuple((code, label(one.label)) for code, one in concept.codes.items()),
        unit=label(concept.unit), **told,
    )  # fmt: skip


def _how(concept: Concept, answers: tuple[Answer, ...]) -> Iterator[str]:
    read = [answer for answer in answers if answer.code]
    if read:
        yield _(READ_AS).format(answer=read[0].value, meaning=read[0].meaning)
    if len(read) > 1:
        yield _(MORE).format(n=said(len(read) - 1))
    if count := sum(not answer.known for answer in answers):
        yield _(OPEN).format(n=said(count))
    if concept.kind == "number":
        yield _(NUMBERS)
        if concept.unit:
            yield _(COUNTED_IN).format(unit=label(concept.unit))


def _answers(
    concept: Concept, column: Mapping[str, Any], stated: Mapping[str, Any], recipe: Mapping[str, Any],
    guess: Mapping[str, Any],
) -> Iterator[Answer]:  # fmt: skip
    codes, missing = stated.get("codes", {}), {*recipe["missing"], *stated.get("missing", ())}
    # Answers that nobody wrote often enough to be kept with the column still have the code that was suggested.
    rows = dict(column["values"]) or dict.fromkeys(codes, 0)
    for value, count in rows.items():
        plain = value.strip()
        spelt = next((one for one in (value, plain, plain.casefold()) if one in codes), None)
        code = codes[spelt] if spelt is not None else plain if plain in concept.codes else ""
        known = bool(code) or plain in missing or (spelt is not None and not _still_open(spelt, guess))
        meaning = label(concept.codes[code].label) if code in concept.codes else ""
        yield Answer(value, count, code, meaning, known, guess.get("sure", {}).get(value, 1.0))


def _still_open(value: str, guess: Mapping[str, Any]) -> bool:
    return value in [one for one, _rows in guess.get("open", ())]
