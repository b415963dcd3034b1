"""What could go wrong with a data set: ten plain questions, and how carefully it is then published, with reasons."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from datashift.legal.gate import Said

Points = Literal["exact", "moved", "hexagons"]
_CAREFUL: tuple[Points, ...] = ("exact", "moved", "hexagons")


class Answer(StrEnum):
    """What is said to a question. Not to be sure counts as yes."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sets(_Record):
    """What a yes asks for, as far as it asks for anything."""

    threshold: int | None = Field(None, ge=3, le=1000)
    points: Points | None = None
    delay: int | None = Field(None, ge=0, le=3650)
    anonymous: Literal[True] | None = None
    microdata: Literal[False] | None = None


class Question(_Record):
    """One of the ten: the question, what a yes sets, and why."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    sets: Sets
    text: Said
    why: Said


class Reason(_Record):
    """Why a default is what it is: the question, whether it was answered, and its reason."""

    question: str
    answer: str
    why: dict[str, str]


class Defaults(_Record):
    """How a data set is published unless a person says otherwise.

    threshold: fewer answers are hidden; points: "exact", "moved" within their area, or counted in "hexagons"; delay:
    days from the last answer to publication; anonymous: the organisation is not named; microdata: rows may be released.
    `reasons` holds for each of these what made it so; a setting without one stands as it began.
    """

    threshold: int = Field(ge=3)
    points: Points
    delay: int = Field(ge=0)
    anonymous: bool
    microdata: bool
    reasons: dict[str, tuple[Reason, ...]] = {}


class _File(_Record):
    start: Defaults
    questions: tuple[Question, ...] = Field(min_length=10, max_length=10)


def questions() -> tuple[Question, ...]:
    """Return the ten questions, in their order."""
    return _file().questions


def defaults(answers: Mapping[str, str]) -> Defaults:
    """Return how a data set is to be published, from the answers {question: yes, no or unsure}.

    The most careful of all answers holds. What was not answered counts as "not sure", and so as yes: who answers
    nothing gets the most careful defaults. Raises ValueError for a question or an answer that is none.
    """
    known = {one.id for one in questions()}
    if strange := sorted(set(answers) - known):
        raise ValueError(f"there is no question {strange[0]!r}")
    given = {one.id: Answer(answers.get(one.id, Answer.UNSURE)) for one in questions()}
    asked = [one for one in questions() if given[one.id] != Answer.NO]
    start = _file().start
    settled: dict[str, Any] = {}
    reasons: dict[str, tuple[Reason, ...]] = {}
    for name in Sets.model_fields:
        wishes = [(one, value) for one in asked if (value := getattr(one.sets, name)) is not None]
        settled[name] = max([getattr(start, name), *(value for _one, value in wishes)], key=_care(name))
        because = [one for one, value in wishes if value == settled[name] and value != getattr(start, name)]
        if because:
            reasons[name] = tuple(Reason(question=one.id, answer=given[one.id].value, why=one.why) for one in because)
    return Defaults(**settled, reasons=reasons)


def _care(name: str) -> Any:
    """Return what orders the values of a setting, the most careful last."""
    if name == "points":
        return _CAREFUL.index
    return (lambda allowed: not allowed) if name == "microdata" else (lambda value: value)


@cache
def _file() -> _File:
    return _File.model_validate(tomllib.loads(files("datashift").joinpath("legal", "threats.toml").read_text("utf-8")))
