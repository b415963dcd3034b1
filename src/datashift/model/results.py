"""The results: findings, estimates, official figures, comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Literal

from datashift.model.record import Label, Verdict
from datashift.model.shadow import Breakdown, Contest
from datashift.model.tables import Loss
from datashift.numbers import amount


@dataclass(frozen=True)
class Effect:
    """What leaving rows out does to one figure, in the figure's unit."""

    measure: str
    with_rows: float | None
    without_rows: float | None
    unit: str


@dataclass(frozen=True)
class Subject:
    """One interviewer, device, contributor, sensor or place that a finding singles out, with its rows.

    What is known about one person is private: an interviewer, a device and a contributor are shown to those who
    supervise them and to nobody else (`private`). `text` is an English template with `facts`.
    """

    kind: Literal["enumerator", "device", "contributor", "sensor", "place"]
    name: str
    text: str
    facts: dict[str, Any]
    rows: tuple[int, ...]
    p_value: float | None = None
    p_adjusted: float | None = None
    effects: tuple[Effect, ...] = ()

    @property
    def private(self) -> bool:
        """Say whether it is about a person."""
        return self.kind in ("enumerator", "device", "contributor")


@dataclass(frozen=True)
class Finding:
    """What a check noticed: rows (1-based source row numbers), facts for the sentence, and the effect on the answer.

    `text` is the English template; `sentence()` in assess says it in the current language. Facts never carry names,
    phone numbers or exact household coordinates, and never single out a person: `subjects` do.
    p_value: chance of something at least as strong where nothing is wrong, None where a fixed rule is broken.
    p_adjusted: among the `tested` questions that its check asked (false discovery rate).
    """

    check: str
    code: str
    text: str
    facts: dict[str, Any]
    rows: tuple[int, ...]
    effects: tuple[Effect, ...] = ()
    p_value: float | None = None
    p_adjusted: float | None = None
    tested: int = 0
    subjects: tuple[Subject, ...] = ()

    @property
    def of_persons(self) -> bool:
        """Say whether it singles out persons: then its row numbers too are for those who supervise them alone."""
        return any(one.private for one in self.subjects)

    @property
    def strength(self) -> float:
        """Return how sure it is that there is something (0 to 1): 1 where a rule is broken."""
        return 1.0 if self.p_adjusted is None else 1.0 - self.p_adjusted


@dataclass(frozen=True)
class Estimate:
    """One figure with its uncertainty, or the reason why there is none.

    value, se, lower, upper are in `unit` (PT = per cent). status is an SDMX observation status:
    A normal, U low reliability, Q suppressed, O refused or missing.
    """

    kit: str
    measure: str
    area: str
    area_name: str
    period: str
    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    n_eff: float | None
    deff: float | None
    df: float | None
    unit: str
    status: str
    method: str
    sampling_type: str
    breakdown: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    loss: Loss | None = None

    def _repr_html_(self) -> str:
        """Show the figure in a notebook: its words, and a dot on a line for its interval."""
        if self.value is None:
            return f"<p>{escape(self.measure)}: –</p>"
        shown = amount(self.value, self.lower, self.upper, self.unit)
        return f"<p>{escape(self.measure)} {escape(self.area_name)}: {escape(shown)}</p>{_strip(self)}"

    @property
    def key(self) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
        """Return what identifies the figure: measure, area, period and breakdown."""
        return (self.measure, self.area, self.period, self.breakdown)

    def suppressed(self, reason: str, **facts: Any) -> Estimate:
        """Return the same cell without its numbers, with the reason."""
        return replace(
            self, value=None, se=None, lower=None, upper=None, n=0, n_eff=None, deff=None, df=None,
            status="Q", reason=reason, facts=facts, loss=None,
        )  # fmt: skip


def _strip(one: Estimate) -> str:
    """Draw a figure and its interval on a line of 300 pixels: shares from 0 to 100, others around the interval."""
    if one.value is None or one.lower is None or one.upper is None:
        return ""
    start, end = (0.0, 100.0) if one.unit == "PT" else (2 * one.lower - one.value, 2 * one.upper - one.value)
    left, dot, right = (300 * (x - start) / ((end - start) or 1.0) for x in (one.lower, one.value, one.upper))
    return (
        '<svg width="320" height="20" viewBox="-10 0 320 20" role="presentation"><path d="M0 10H300" stroke="#bbb"/>'
        f'<path d="M{left:.1f} 10H{right:.1f}" stroke="#b34700" stroke-width="3"/>'
        f'<circle cx="{dot:.1f}" cy="10" r="5" fill="#b34700"/></svg>'
    )


@dataclass(frozen=True)
class Benchmark:
    """One official figure from a dated snapshot. `area` is None where its place could not be matched; see `refused`.

    se: its standard error; `stated` says where it comes from when the source publishes none ("" = published).
    breakdown: the group it is for, () = everybody.   source_detail, footnote: what travels along with the figure.
    """

    measure: str
    source: str
    released: str
    retrieved: str
    series: str
    area: str | None
    area_name: str
    period: str
    value: float
    unit: str
    nature: str
    relation: str
    definition: Label
    difference: Label
    se: float | None = None
    refused: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    breakdown: Breakdown = ()
    stated: str = ""
    source_detail: str = ""
    footnote: str = ""


@dataclass(frozen=True)
class Comparison:
    """A citizen figure beside an official one, with a verdict; the difference only where the concept is the same.

    `reason` is an English template with `facts`; `compare.reason()` says it in the current language.
    probability: that the two truly differ by more than what matters (or, where nothing is agreed, in the direction
    seen), given both uncertainties.   p_value: two-sided, of no difference; p_adjusted: among all comparisons made
    with the same official series (false discovery rate).   contest: what would have to be wrong to reconcile the two.
    """

    measure: str
    area: str
    area_name: str
    period: str
    breakdown: tuple[tuple[str, str], ...]
    value: float | None
    lower: float | None
    upper: float | None
    official: Benchmark | None
    verdict: Verdict
    difference: float | None
    difference_lower: float | None
    difference_upper: float | None
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
    probability: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    contest: Contest | None = None
