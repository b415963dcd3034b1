"""Estimates as a sentence over all groups, and as a chart with its text and table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from datashift.draw import Words, by_area
from datashift.estimation.wording import explained
from datashift.language import N_, _, current
from datashift.model import Chart, Estimate
from datashift.numbers import amount, said

SPREAD = N_("{figure} by {by}: lowest in {low_group}, {low}; highest in {high_group}, {high}; {count} groups.")
UNTOLD = N_("{figure} by {by}: cannot tell for any group.")
NO_GROUPS = N_("{figure} by {by}: there is no row to tell it from.")
PER_CENT = N_("Per cent")
METHOD = N_("Method: {method}.")
WHOLE = "whole"


def finding(figure: str, by: Sequence[str], rows: Sequence[Estimate]) -> str:
    """Say what the estimates of one figure by one breakdown find, in one sentence."""
    facts: dict[str, Any] = {"figure": figure, "by": ", ".join(by)}
    if not rows:
        return _(NO_GROUPS).format(**facts)
    known = sorted((one for one in rows if one.value is not None), key=lambda one: one.value or 0.0)
    if not known:
        return _(UNTOLD).format(**facts)
    if len(rows) == 1:
        return explained(rows[0])
    for name, one in (("low", known[0]), ("high", known[-1])):
        facts[f"{name}_group"] = group(one)
        facts[name] = amount(one.value or 0.0, one.lower, one.upper, one.unit)
    return _(SPREAD).format(count=said(len(rows)), **facts)


def group(one: Estimate) -> str:
    """Return the levels of a breakdown, such as North / female."""
    return " / ".join(level for _name, level in one.breakdown)


def chart(figure: str, by: Sequence[str], rows: Sequence[Estimate], note: str = "") -> Chart:
    """Draw the estimates of one figure by one breakdown: a dot with its interval for each group, the highest first.

    In: estimates as of Estimates; `note` says what the interval means.   Out: a Chart (SVG, PNG, text, table), in the
    current language.
    """
    drawn = [replace(one, area=group(one) or WHOLE, area_name=group(one) or _("all"), breakdown=()) for one in rows]
    methods = dict.fromkeys(one.method for one in rows)
    foot = " ".join([*(_(METHOD).format(method=method) for method in methods), note])
    return by_area(
        drawn,
        words=Words(
            name="estimates",
            title=finding(figure, by, rows),
            subtitle=f"{figure} · {', '.join(by)}" if by else figure,
            foot=foot,
            unit=_(PER_CENT) if rows and rows[0].unit == "PT" else figure,
            value_label=figure,
            overall=WHOLE,
            language=current(),
        ),
    )
