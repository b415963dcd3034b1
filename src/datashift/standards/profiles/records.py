"""What a profile is made of, the catalogue of criteria that it draws on, and what reading one gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field, FiniteFloat, model_validator

from datashift.model.assessment import Basis
from datashift.model.record import Label, Names, Record

Effort = Literal["minutes", "hours", "days", "round"]
"""What it costs to supply a piece of evidence; `round`: only the next round of fieldwork can."""

Outcome = Literal["accepted", "not_accepted", "cannot_tell", "described"]
GateState = Literal["passed", "failed", "open"]
BoxState = Literal["ticked", "not_ticked", "open"]


class Criterion(Record):
    """One criterion of the catalogue: what it asks, where the answer comes from, and how to supply it.

    basis   automatic (read from recipe, kit and run), stated (somebody shows it) or rated (somebody judges it)
    lifts   what somebody states counts also where the program found none of it, or a part
    met, partly   bounds of an automatic criterion that measures something, in the `unit` named; ours, and editable
    """

    id: str
    group: str
    label: Label
    asks: Label
    basis: Basis
    effort: Effort
    supply: Label
    lifts: bool = False
    met: float | None = None
    partly: float | None = None
    unit: str = ""


class Catalogue(Record):
    """All criteria, in order, and the names of their groups."""

    version: str
    reviewed: tuple[str, ...] = ("en",)
    groups: dict[str, Label]
    criteria: tuple[Criterion, ...]

    @cached_property
    def by_id(self) -> dict[str, Criterion]:
        """Return the criteria by their ids."""
        return {criterion.id: criterion for criterion in self.criteria}


class Tick(Record):
    """One box of a criterion. It is ticked where `enough` of `evidence` is met (all of it, unless stated).

    A person may tick it or not (a rating of 1 or 0 for its id), which then counts. `rated`: only a person does.
    """

    id: str
    label: Label
    evidence: Names = ()
    enough: int | None = Field(default=None, ge=1)
    rated: bool = False


class Gate(Tick):
    """Something that must be so, whatever else: yes or no, from evidence or from a person."""

    asks: Label = Field(default_factory=dict)


class Score(Record):
    """One criterion of a profile, scored from 0 to `most`.

    A person may give the score; `rated`: only a person does, and `evidence` stands beside. Else it follows from the
    boxes in `ticks`, or, where there are none, from one box for each piece of `evidence`. `points` is the score for 0,
    1, 2, … ticked boxes; without it each box counts the same. `levels` says in words what a score means.
    """

    id: str
    label: Label
    asks: Label = Field(default_factory=dict)
    most: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    evidence: Names = ()
    ticks: tuple[Tick, ...] = Field(default=(), max_length=30)
    points: tuple[FiniteFloat, ...] = ()
    rated: bool = False
    levels: dict[str, Label] = Field(default_factory=dict)

    @property
    def boxes(self) -> tuple[Tick, ...]:
        """Return the boxes from which the score follows; none where only a person gives it."""
        if self.rated:
            return ()
        return self.ticks or tuple(Tick(id=f"{self.id}:{one}", label={}, evidence=(one,)) for one in self.evidence)

    @property
    def top(self) -> float:
        """Return the highest score: `most`, or where nothing is stated one for each box."""
        return self.most or float(len(self.boxes))

    @property
    def pieces(self) -> tuple[str, ...]:
        """Return the ids of the catalogue that this criterion looks at."""
        return tuple(dict.fromkeys([*self.evidence, *(one for tick in self.ticks for one in tick.evidence)]))

    def worth(self, ticked: int) -> float:
        """Return the score for so many ticked boxes."""
        return self.points[ticked] if self.points else self.top * ticked / max(1, len(self.boxes))

    @model_validator(mode="after")
    def _can_be_scored(self) -> Score:
        if self.rated and not self.most:
            raise ValueError("most: state the highest score that a person can give")
        if not self.rated and not self.boxes:
            raise ValueError("state evidence, ticks, or rated = true with most")
        if self.points and len(self.points) != len(self.boxes) + 1:
            raise ValueError(f"points: state {len(self.boxes) + 1} numbers, for no box up to all of them")
        if self.points and (list(self.points) != sorted(self.points) or self.points[0] < 0):
            raise ValueError("points: more boxes cannot be worth less, and none less than 0")
        if self.points and self.points[-1] != self.top:
            raise ValueError("points: all boxes together must give the highest score, most")
        return self


class Grade(Record):
    """A grade of what is accepted; the last one whose bound is reached is given."""

    id: str
    label: Label
    least_total: float | None = Field(default=None, allow_inf_nan=False)
    above_mean: float | None = Field(default=None, allow_inf_nan=False)


class Rule(Record):
    """When data are accepted: all gates passed, and each bound that is stated here.

    above_mean: the mean of the scores is above it.   least_total: their sum is at least it.   no_zero: none is 0.
    """

    above_mean: float | None = Field(default=None, allow_inf_nan=False)
    least_total: float | None = Field(default=None, allow_inf_nan=False)
    no_zero: bool = False
    grades: tuple[Grade, ...] = ()


class Profile(Record):
    """What one office or framework asks of data: gates, criteria, and a rule; without a rule it describes only.

    `unseen` says what of the original was not seen, and what was decided here instead. `kits` are the kits that it is
    for; empty means any.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)
    version: str
    title: Label
    owner: str
    about: Label
    sources: tuple[str, ...] = ()
    unseen: Label = Field(default_factory=dict)
    reviewed: tuple[str, ...] = ("en",)
    kits: Names = ()
    gates: tuple[Gate, ...] = Field(default=(), max_length=60)
    criteria: tuple[Score, ...] = Field(default=(), max_length=60)
    rule: Rule | None = None

    @property
    def parts(self) -> tuple[Gate | Score, ...]:
        """Return the gates, then the criteria."""
        return (*self.gates, *self.criteria)

    @property
    def pieces(self) -> tuple[str, ...]:
        """Return the ids of the catalogue that the profile looks at, in order."""
        looked_at = [piece for part in self.parts for piece in _pieces(part)]
        return tuple(dict.fromkeys(looked_at))

    @property
    def tops(self) -> dict[str, float]:
        """Return what a person may rate, by id, with the highest score: 1 for a gate or a box."""
        found = {gate.id: 1.0 for gate in self.gates} | {score.id: score.top for score in self.criteria}
        return found | {tick.id: 1.0 for score in self.criteria for tick in score.ticks}

    @model_validator(mode="after")
    def _can_be_read(self) -> Profile:
        twice = [name for name, count in Counter(self._ids()).items() if count > 1]
        if twice:
            raise ValueError(f"{', '.join(twice)}: each id of a gate, criterion or box stands once")
        bounded = self.rule and (self.rule.above_mean is not None or self.rule.least_total is not None)
        if bounded and not self.criteria:
            raise ValueError("rule: there are no criteria to add up")
        return self

    def _ids(self) -> Iterator[str]:
        yield from (gate.id for gate in self.gates)
        for score in self.criteria:
            yield score.id
            yield from (tick.id for tick in score.ticks)


def _pieces(part: Gate | Score) -> tuple[str, ...]:
    return part.pieces if isinstance(part, Score) else part.evidence


@dataclass(frozen=True)
class GateReading:
    """Whether one gate is passed, from which pieces of evidence, and why."""

    id: str
    label: Label
    state: GateState
    items: tuple[str, ...]
    why: Label
    rated: bool = False


@dataclass(frozen=True)
class BoxReading:
    """Whether one box of a criterion is ticked, and from which pieces of evidence."""

    id: str
    label: Label
    state: BoxState
    items: tuple[str, ...]


@dataclass(frozen=True)
class ScoreReading:
    """The score of one criterion; None while what is missing could change it from `lowest` up to `highest`."""

    id: str
    label: Label
    score: float | None
    lowest: float
    highest: float
    most: float
    items: tuple[str, ...]
    why: Label
    boxes: tuple[BoxReading, ...] = ()
    rated: bool = False


@dataclass(frozen=True)
class Reading:
    """What a profile says of the evidence at hand.

    result: accepted or not_accepted where no missing piece could change it, cannot_tell where one could, described
    where the profile has no rule.   grade: the id of a grade, "" where there is none or it is open.
    total, mean: None while a score is open.
    """

    profile: Profile
    result: Outcome
    grade: str
    gates: tuple[GateReading, ...]
    criteria: tuple[ScoreReading, ...]
    total: float | None
    mean: float | None
    sentence: Label


@dataclass(frozen=True)
class Step:
    """What could be supplied next: pieces of the catalogue and ratings (by id, with the least score that does it).

    result and grade: what the profile would say then. `changes`: whether that differs from today.
    """

    pieces: tuple[str, ...]
    ratings: tuple[tuple[str, float], ...]
    effort: Effort
    result: Outcome
    grade: str
    changes: bool
    sentence: Label
