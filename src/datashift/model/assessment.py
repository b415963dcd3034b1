"""What an assessment gives: checks that looked, what they noticed, and what is known about each criterion."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import Field

from datashift.chance import LEVEL
from datashift.model.record import Label, Record
from datashift.model.results import Finding

State = Literal["met", "partly", "not_met", "unknown", "not_applicable"]
Basis = Literal["automatic", "stated", "rated"]


@dataclass(frozen=True)
class Checked:
    """What became of one check (see `assess.checks.Check`).

    `idle` is an English template with `facts`: why it could not look; "" where it did.
    `tested` counts the questions it asked of chance (its family); 0 where it looked at every row by a fixed rule.
    """

    id: str
    name: str
    looks_for: str
    expects: str
    null: str
    tested: int = 0
    noticed: int = 0
    idle: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Suspect:
    """An interview that somebody should look at: source row, chance of it all together, and the checks that see it.

    `told` are the checks among them with a finding about it, or about who did it.
    Private: for who reviews the interviews, and never a verdict.
    """

    row: int
    p_value: float
    p_adjusted: float
    checks: tuple[str, ...]
    told: tuple[str, ...] = ()

    @property
    def noticed(self) -> bool:
        """Say whether a check tells of it, or it is less likely than chance gives."""
        return bool(self.told) or self.p_adjusted <= LEVEL


@dataclass(frozen=True)
class Assessment:
    """All that the checks gave on one source: findings (the greatest effect first), each check, and the interviews
    that somebody should look at first (private).
    """

    findings: list[Finding]
    checks: tuple[Checked, ...]
    interviews: tuple[Suspect, ...] = ()


@dataclass(frozen=True)
class Item:
    """What is known about one criterion of the catalogue: its state, in words, and where that comes from.

    `text` is a label in all languages; `source` is a check, a part of the release, or a link; `day` is ISO, or "".
    """

    criterion: str
    state: State
    basis: Basis
    text: Label
    source: str = ""
    day: str = ""


class Statement(Record):
    """What somebody states about one criterion, with what shows it."""

    state: State
    text: Label = Field(default_factory=dict)
    link: str = ""
    day: date | None = None
    by: str = ""


class Rating(Record):
    """A score that a person gave to one criterion of a profile, and why."""

    score: float
    why: Label = Field(default_factory=dict)
    day: date | None = None
    by: str = ""


class Statements(Record):
    """What people say about a source: statements by criterion, ratings by profile and criterion, and explanations of
    findings by "check/code".
    """

    statements: dict[str, Statement] = Field(default_factory=dict)
    ratings: dict[str, dict[str, Rating]] = Field(default_factory=dict)
    explanations: dict[str, Label] = Field(default_factory=dict)
