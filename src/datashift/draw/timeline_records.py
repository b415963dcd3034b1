"""What a chart of time and value shows: series of figures, what ties two of them together, a target, what is ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from datashift.model import Side

Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Point:
    """One figure at a time in decimal years; without a value it is "few" (too few answers) or "empty" (not counted).

    before: what an earlier release of the same source said.   modelled: not a direct result of a count or a survey.
    """

    at: float
    value: float | None
    lower: float | None = None
    upper: float | None = None
    state: Literal["shown", "few", "empty"] = "shown"
    modelled: bool = False
    before: float | None = None


@dataclass(frozen=True)
class Ahead:
    """Where a series will stand at a later time: the middle and the limits of what is expected."""

    at: float
    middle: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Curve:
    """The figures of one producer in the order of time.

    name: for the legend.   tag: a letter, where several must be told apart.   told: the words at its end besides the
    last figure.   breaks: (time, reason); figures on both sides of a break are not joined.
    """

    side: Side
    name: str
    tag: str
    points: tuple[Point, ...]
    told: str = ""
    breaks: tuple[tuple[float, str], ...] = ()
    ahead: Ahead | None = None

    @property
    def shown(self) -> list[Point]:
        """Return the figures that have a value."""
        return [point for point in self.points if point.value is not None]

    @property
    def label(self) -> str:
        """Return the tag in brackets, "" without one."""
        return f"[{self.tag}]" if self.tag else ""

    def joined(self) -> Iterator[tuple[Point, Point]]:
        """Yield the pairs of neighbours between which a line may run: nothing broke between them."""
        for one, other in pairwise(self.shown):
            if not any(one.at < at <= other.at for at, _reason in self.breaks):
                yield one, other


@dataclass(frozen=True)
class Tie:
    """What is said of two figures, each (time, value): a gap, or that nobody can tell."""

    kind: Literal["gap", "cannot_tell"]
    one: tuple[float, float]
    other: tuple[float, float]


@dataclass(frozen=True)
class Flag:
    """The target: its time, its value, and its words."""

    at: float
    value: float
    text: str


@dataclass(frozen=True)
class Outcome:
    """What one method says of the progress of each series: (tag in brackets, words) pairs."""

    method: str
    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Timeline:
    """Everything on one chart; all texts are already in the language of the chart.

    unit: PT draws an axis from 0 to 100.   notes: said below the subtitle.   remarks: said below the axis.
    text, table: the twins of the chart.
    """

    curves: tuple[Curve, ...]
    unit: str
    ties: tuple[Tie, ...] = ()
    flag: Flag | None = None
    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    text: str = ""
    table: Table = ()
