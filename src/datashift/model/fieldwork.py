"""How answers came about: columns of paradata, and what was agreed before the fieldwork."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from datashift.model.kit import Bounds
from datashift.model.record import Label, Names, Record


class Paradata(Record):
    """Columns that tell how an answer came about, not what it is; each may be missing.

    start, end    when the interview began and ended, by the clock of the device
    submitted     when the device sent it;   received: when the server took it
    seconds       how long it took, where a column says so;   question_seconds: {question: column of its seconds}
    format        how these moments are written (`iso`: ISO 8601, as survey tools write it; else as strptime has it)
    zone          the local time (IANA) to which moments with an offset are brought; without it they stay as written
    enumerator    who asked;   supervisor: who leads them;   device: on what;   version: of the form
    consent       whether it was given;   age, sex: of who answered;   household: number of people in it
    accuracy      radius of the position in metres;   mocked: whether the device says that the position was made up
    contributor   who reported, where many people may;   joined: when they first took part
    comments      free remarks of the field team
    """

    start: str | None = None
    end: str | None = None
    submitted: str | None = None
    received: str | None = None
    seconds: str | None = None
    question_seconds: dict[str, str] = Field(default_factory=dict)
    format: str = "iso"
    zone: str | None = None
    enumerator: str | None = None
    supervisor: str | None = None
    device: str | None = None
    version: str | None = None
    consent: str | None = None
    age: str | None = None
    sex: str | None = None
    household: str | None = None
    accuracy: str | None = None
    mocked: str | None = None
    contributor: str | None = None
    joined: str | None = None
    comments: Names = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that is named, in the order of the fields."""
        named = [value for name, value in self if name not in ("format", "zone", "comments", "question_seconds")]
        return tuple(filter(None, [*named, *self.comments, *self.question_seconds.values()]))


class Assertion(Record):
    """Something that must hold in every row where `when` holds: `columns` have one of these values or lie in a range.

    `compare` holds two number columns against each other: "children <= household_size". `why` says it in words.
    """

    when: dict[str, Bounds | Names] = Field(default_factory=dict)
    columns: dict[str, Bounds | Names] = Field(default_factory=dict)
    compare: str = ""
    why: Label


class BackChecks(Record):
    """Interviews that somebody asked again: a file with the id of the interview and the answers the second time.

    kinds: {column: kind}: 1 cannot change, 2 hard to ask, 3 may change (IPA's types). tolerance: {number column: by how
    much it may differ}.
    """

    file: str
    sha256: str | None = None
    id: str
    kinds: dict[str, Literal[1, 2, 3]]
    tolerance: dict[str, float] = Field(default_factory=dict)


class Protocol(Record):
    """What was agreed before the fieldwork: the checks hold what came in against it. Each part may be missing.

    targets       interviews planned by value of the column `target_by`
    versions      the first day on which each version of the form was to be used
    minutes       how long an interview can take;   hours: between which full hours of the day people are asked
    consent       answers that mean consent;   least_age: the youngest who may answer
    accuracy      greatest radius of a position, in metres;   speed: greatest speed between two interviews, in km/h
    grids         groups of questions that are answered on one scale
    others        {question: the column of what "other" was};   refused: answers that mean don't know or refused
    rules         what must hold between columns
    audited       the column that says whether a recording or photo was listened to or looked at; audit_share: how many
                  of 100 should have been
    effort        columns of the effort of a transect or patrol (minutes, metres, people), each with its bounds
    reference     sensors that are known to be right
    humidity      relative humidity in per cent: a column, or the word for such rows where the recipe chooses its rows
    questions     columns that are answers, where not all that are left over are
    """

    targets: dict[str, int] = Field(default_factory=dict)
    target_by: str | None = None
    versions: dict[str, date] = Field(default_factory=dict)
    minutes: Bounds | None = None
    hours: tuple[int, int] | None = None
    consent: Names = ("yes",)
    least_age: float | None = None
    accuracy: float | None = None
    speed: float = 150.0
    grids: tuple[Names, ...] = ()
    others: dict[str, str] = Field(default_factory=dict)
    refused: Names = ()
    rules: tuple[Assertion, ...] = ()
    backchecks: BackChecks | None = None
    audited: str | None = None
    audit_share: float | None = None
    effort: dict[str, Bounds] = Field(default_factory=dict)
    reference: Names = ()
    humidity: str | None = None
    questions: Names = ()
