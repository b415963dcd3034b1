"""Replacement by rule: the next reserve of the same stratum or place, with the reason; never by choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as changed
from typing import Any, NamedTuple

from datashift.errors import AgainstDesign, BadSample
from datashift.language import N_
from datashift.sampling.drawing import Draw, table_of

REASONS = {
    "refusal": N_("refused"),
    "non-contact": N_("nobody reached after all visits"),
    "not-eligible": N_("does not belong to those who are asked"),
    "unknown": N_("could not be found out"),
    "not-reached": N_("the place could not be reached"),
    "not-safe": N_("it was not safe to go there"),
}
"""Why a unit is replaced. What the unit counts as in the response rates: the same, and `unknown` for the last two."""


class Replacement(NamedTuple):
    """One replacement: which unit, by which reserve, in which stratum or place, why, and the day it was decided."""

    unit: str
    reserve: str
    pool: str
    reason: str
    day: str = ""


def replace(
    drawn: Draw, unit: str, reason: str, *, earlier: Sequence[Replacement] = (), day: str = "", wanted: str = ""
) -> Replacement:
    """Return the replacement that the rule gives for a unit: the next reserve of its stratum (place, with two stages).

    earlier: the replacements so far.   wanted: the unit somebody would like to take; it is refused unless it is next.
    A reserve in use can be replaced in its turn. A unit that was certain to be drawn cannot: it stands for itself only.
    Raises BadSample for an unknown unit or reason, AgainstDesign for what the design forbids.
    """
    if reason not in REASONS:
        raise BadSample("sample.choice", what="reason", value=reason, known=", ".join(REASONS))
    now = standing(drawn, earlier)
    row = _row(now, unit)
    _may_be_replaced(row, earlier)
    pool = row[now.pool]
    ready = [r for r in now.table.to_pylist() if r[now.pool] == pool and r["status"] == "reserve"]
    if not ready:
        raise AgainstDesign("sample.no-reserve-left", pool=pool or "–", unit=unit)
    reserve = min(ready, key=lambda one: one["order"])["unit"]
    if wanted and wanted != reserve:
        raise AgainstDesign("sample.free-substitution", wanted=wanted, unit=unit, reserve=reserve)
    return Replacement(unit, reserve, pool, reason, day)


def standing(drawn: Draw, replacements: Iterable[Replacement]) -> Draw:
    """Return the draw as it stands after replacements: who is out has weight 0, who is in has 1 / chance.

    Each replacement is held against the rule once more. The reserve has the chance that the plan gave it, so that
    sizes still add up to the stratum. Raises AgainstDesign for one that the rule would not have given.
    """
    rows = {row["unit"]: row for row in drawn.table.to_pylist()}
    done: list[Replacement] = []
    for one in replacements:
        row = _row(drawn, one.unit) if one.unit not in rows else rows[one.unit]
        _may_be_replaced(row, done)
        ready = [r for r in rows.values() if r[drawn.pool] == row[drawn.pool] and r["status"] == "reserve"]
        following = min(ready, key=lambda r: r["order"])["unit"] if ready else "–"
        if one.reserve != following:
            raise AgainstDesign("sample.free-substitution", wanted=one.reserve, unit=one.unit, reserve=following)
        rows[one.unit]["status"], rows[one.reserve]["status"] = "replaced", "replacing"
        done.append(one)
    return changed(drawn, table=table_of(list(rows.values())))


def _may_be_replaced(row: dict[str, Any], earlier: Sequence[Replacement]) -> None:
    unit = row["unit"]
    if row["status"] == "replaced":
        reserve = next((one.reserve for one in earlier if one.unit == unit), "–")
        raise AgainstDesign("sample.replaced-already", unit=unit, reserve=reserve)
    if row["status"] == "reserve":
        raise AgainstDesign("sample.not-in-use", unit=unit)
    if row["chance"] >= 1:
        raise AgainstDesign("sample.stands-for-itself", unit=unit)


def _row(drawn: Draw, unit: str) -> dict[str, Any]:
    found = [row for row in drawn.table.to_pylist() if row["unit"] == unit]
    if not found:
        raise BadSample("sample.unknown-unit", unit=unit)
    row: dict[str, Any] = found[0]
    return row
