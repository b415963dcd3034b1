"""The table of the ledger: one row per figure, with everything that is said of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Literal

from datashift.compare import contest_sentence, reason, verdict_word
from datashift.language import N_, _, label
from datashift.ledger.moments import moment
from datashift.ledger.sentences import lead, period_said
from datashift.model import Comparison, Observation, Revision, TimeSeries
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.ledger.record import Ledger

_Z = 1.959964

Sure = Literal["published", "stated", "none"]

BROKEN = N_("break: {reason}")
REVISED = N_("revised: {before} before")
REVISED_NEW = N_("new in this release")
FEW = N_("too few answers")
NOT_SHOWN = N_("not counted")


@dataclass(frozen=True)
class Row:
    """One figure. value, lower, upper, difference: in the unit of the ledger; None where there is none.

    sure: where its uncertainty comes from.   verdict: the fixed word, with its reason.   marks: breaks, revisions,
    footnotes and what is not shown, in words.
    """

    side: str
    tag: str
    series: str
    title: str
    producer: str
    released: str
    period: str
    value: float | None
    lower: float | None
    upper: float | None
    sure: Sure
    nature: str
    source: str
    n: int | None
    verdict: str
    reason: str
    official: str
    difference: float | None
    difference_lower: float | None
    difference_upper: float | None
    probability: float | None
    contestation: str
    marks: str


COLUMNS = tuple(field.name for field in fields(Row))


def rows(found: Ledger) -> list[Row]:
    """Return one row per figure, series by series, in the order of time."""
    return [
        row
        for tag, series in zip(found.tags, found.series, strict=True)
        for row in _rows(series, tag, found.comparisons, found.revisions)
    ]


def as_table(listed: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    """Return the rows as text under their column names, numbers with a point, as files for machines have them."""
    return (tuple(name.upper() for name in COLUMNS), *(tuple(_cell(cell) for cell in astuple(r)) for r in listed))


def of_figure(series: TimeSeries, period: str, comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons of one citizen figure."""
    if series.side != "citizen":
        return []
    own = [c for c in comparisons if (c.measure, c.breakdown) == (series.series, series.breakdown)]
    return [c for c in own if (c.area, c.period) == (series.area, period)]


def shown(observation: Observation) -> bool:
    """Say whether an observation has a value that may be shown."""
    return math.isfinite(observation.value)


def _rows(
    series: TimeSeries, tag: str, comparisons: Sequence[Comparison], revisions: Sequence[Revision]
) -> Iterator[Row]:
    for one in series.observations:
        compared = lead(of_figure(series, one.period, comparisons))
        official = compared.official if compared else None
        low, high = limits(one, series.unit)
        yield Row(
            side=series.side,
            tag=tag,
            series=series.series,
            title=label(series.title),
            producer=series.producer,
            released=series.released,
            period=one.period,
            value=one.value if shown(one) else None,
            lower=low,
            upper=high,
            sure=sure(one),
            nature=one.nature,
            source=one.source,
            n=one.n,
            verdict=verdict_word(compared) if compared else "",
            reason=reason(compared) if compared else "",
            official=f"{official.source}, {period_said(official.period)}" if official else "",
            difference=compared.difference if compared else None,
            difference_lower=compared.difference_lower if compared else None,
            difference_upper=compared.difference_upper if compared else None,
            probability=compared.probability if compared else None,
            contestation=contest_sentence(compared) if compared else "",
            marks="; ".join(marks(series, one, revisions)),
        )


def limits(one: Observation, unit: str) -> tuple[float | None, float | None]:
    """Return the limits of a figure: as published, else 95 % of a normal distribution with its standard error."""
    if not shown(one):
        return None, None
    if one.lower is not None or one.se is None:
        return one.lower, one.upper
    low, high = one.value - _Z * one.se, one.value + _Z * one.se
    return (max(0.0, low), min(100.0, high)) if unit == "PT" and 0 <= one.value <= 100 else (low, high)


def sure(one: Observation) -> Sure:
    """Say where the uncertainty of a figure comes from."""
    if one.se is None and one.lower is None:
        return "none"
    return "stated" if one.stated else "published"


def marks(series: TimeSeries, one: Observation, revisions: Sequence[Revision]) -> list[str]:
    """Return what must be said of a figure besides, in words."""
    found = []
    if not shown(one):
        hidden = FEW if one.status == "Q" else NOT_SHOWN
        found.append(_(hidden))
    found += [_(BROKEN).format(reason=why) for period, why in series.breaks if moment(period) == moment(one.period)]
    revised = revision_of(series, one, revisions)
    if revised:
        before = revised.before
        found.append(_(REVISED_NEW) if before is None else _(REVISED).format(before=said(before, _decimals(before))))
    return [*found, *([one.footnote] if one.footnote else [])]


def revision_of(series: TimeSeries, one: Observation, revisions: Sequence[Revision]) -> Revision | None:
    """Return the newest revision that gave a figure another value (revisions come newest first)."""
    if series.side != "official":
        return None
    key = (series.series, series.area, series.breakdown, one.period)
    own = [
        r for r in revisions if (r.series, r.area, r.breakdown, r.period) == key and r.after == one.value != r.before
    ]
    return own[0] if own else None


def _decimals(value: float) -> int:
    return 0 if float(value).is_integer() else 2


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
