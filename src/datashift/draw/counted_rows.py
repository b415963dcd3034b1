"""The rows of the chart of who was counted, and its twins: a text of at most three sentences, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from datashift.language import N_, _
from datashift.numbers import said

State = Literal["counted", "few", "none", "many", "cannot_tell", "hidden"]

STATES: dict[State, str] = {
    "counted": N_("counted"),
    "many": N_("many"),
    "few": N_("few"),
    "none": N_("nobody counted"),
    "cannot_tell": N_("cannot tell"),
    "hidden": N_("few answers"),
}
"""What is said of a group, fixed."""

LEGEND: dict[State, str] = {
    **STATES,
    "many": N_("many for their number"),
    "few": N_("few for their number"),
    "hidden": N_("few answers (hidden)"),
}

LEAST = N_("Counted least for their number: {low} ({low_ratio}); most: {high} ({high_ratio}).")
NOBODY = N_("Nobody was counted: {names}.")
UNSURE = N_("Groups of which one cannot tell: {count}.")
HEADER = (
    N_("Group"), N_("Share of the people (%)"), N_("Share of what was counted (%)"), N_("Ratio of the two"),
    N_("Lower"), N_("Upper"), N_("What can be said"),
)  # fmt: skip
_NAMED = 6


@dataclass(frozen=True)
class Ratio:
    """One group: its shares (0 to 1; None where hidden), their ratio with its interval, and its state."""

    name: str
    people: float
    answers: float | None
    ratio: float | None
    lower: float | None
    upper: float | None
    state: State

    @property
    def known(self) -> bool:
        """Say whether the ratio may be shown as a number."""
        return self.ratio is not None and self.state not in ("none", "hidden")

    @property
    def value(self) -> float:
        """Return the ratio, 0 where there is none."""
        return self.ratio or 0.0

    @property
    def said(self) -> str:
        """Return the ratio and the state in words."""
        word = _(STATES[self.state])
        return f"{ratio_text(self.value, self.lower, self.upper)} · {word}" if self.known else word


def ratio_text(ratio: float, lower: float | None, upper: float | None) -> str:
    """Return a ratio with its interval: two decimals below 2, one above."""
    decimals = 2 if ratio < 2 else 1
    if lower is None or upper is None:
        return said(ratio, decimals)
    value, low, high = (said(number, decimals) for number in (ratio, lower, upper))
    return _("{value} ({lower} to {upper})").format(value=value, lower=low, upper=high)


def text(rows: Sequence[Ratio]) -> str:
    """Say who was counted least and most for their number, and where nobody was."""
    sure = [row for row in rows if row.known and row.state != "cannot_tell"]
    known = sorted(sure, key=lambda row: row.value)
    nobody = [row.name for row in rows if row.state == "none"]
    unsure = sum(row.state in ("cannot_tell", "hidden") for row in rows)
    parts = []
    if known:
        low, high = known[0], known[-1]
        facts = {"low": low.name, "low_ratio": said(low.value, 2), "high": high.name, "high_ratio": said(high.value, 2)}
        parts.append(_(LEAST).format(**facts))
    if nobody:
        parts.append(_(NOBODY).format(names=", ".join(nobody[:_NAMED]) + ("…" if nobody[_NAMED:] else "")))
    if unsure:
        parts.append(_(UNSURE).format(count=said(unsure)))
    return " ".join(parts)


def table(rows: Sequence[Ratio]) -> tuple[tuple[str, ...], ...]:
    """Return header and one line per group."""
    return (tuple(_(name) for name in HEADER), *(_cells(row) for row in rows))


def _cells(row: Ratio) -> tuple[str, ...]:
    answers = "" if row.answers is None else said(100 * row.answers, 1)
    numbers = ("" if one is None else said(one, 2) for one in (row.ratio, row.lower, row.upper))
    return (row.name, said(100 * row.people, 1), answers, *numbers, _(STATES[row.state]))
