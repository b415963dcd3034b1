"""Dates that cannot be right (check K14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import numpy as np

from datashift.assess.evidence import Evidence
from datashift.model import Finding, Period
from datashift.standards.moments import clock

_EARLIEST_CLOCK = date(1980, 1, 1)


def impossible_dates(evidence: Evidence) -> Iterator[Finding]:
    """K14: dates that are unreadable, still to come, older than any device, or outside the recipe's period.

    Each row is told once, under the first of these that fits. Dates before 1980 are put down to the clock of the
    device unless the recipe's period reaches back to them.
    """
    period = evidence.recipe.period
    if period.column is None or period.column not in evidence.columns:
        return
    encoded = evidence.columns[period.column]
    read = clock(period)
    kinds = np.array([_kind(text, read, period, evidence.today) for text in encoded.texts.to_pylist()], dtype=object)
    present = ~evidence.missing(period.column) & evidence.written
    facts = {
        "assess.date-unreadable": {"format": period.format},
        "assess.date-future": {"today": evidence.today.isoformat()},
        "assess.date-clock": {},
        "assess.date-before": {"first": str(period.first)},
        "assess.date-after": {"last": str(period.last)},
    }
    for code, told in facts.items():
        where = encoded.where(kinds == code) & present
        if where.any():
            yield evidence.found("K14", code, where, column=period.column, **told)


def _kind(text: str | None, read: Callable[[str], datetime | None], period: Period, today: date) -> str:
    moment = read(text or "")
    if moment is None:
        return "assess.date-unreadable"
    day = moment.date()
    if day > today:
        return "assess.date-future"
    if day < (period.first or _EARLIEST_CLOCK):
        return "assess.date-clock" if day < _EARLIEST_CLOCK else "assess.date-before"
    return "assess.date-after" if period.last and day > period.last else ""
