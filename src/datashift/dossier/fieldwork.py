"""How the fieldwork went: rows, days, how many people asked, how long an interview took, and what was corrected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.evidence import Evidence
from datashift.assess.moments import seconds
from datashift.dossier.saying import EXPLAINED, words
from datashift.language import N_
from datashift.model import Label
from datashift.pipeline import Result, raw_table
from datashift.standards.moments import clock

LEAST_PEOPLE = 5
"""Below this many interviewers or devices, their number itself would point at somebody."""

LEAST_TIMED = 10
"""Below this many timed interviews, their median would tell of single ones."""

MOST_DAYS = 20_000
"""More different texts than this are moments, not days; reading each one would take too long."""

ROWS = N_("{rows_in} rows came in. {used} of them are used; for {explained}, the reason is known.")
ALL_USED = N_("{rows_in} rows came in, and all of them are used.")
BETWEEN = N_("The answers came in between {first} and {last}.")
NO_DAYS = N_("The file does not say on which days the answers came in.")
PEOPLE = {
    "enumerator": (
        N_("{n} interviewers took part."),
        N_("Fewer than {least} interviewers took part; how many is not told, so that nobody is pointed at."),
        N_("The file does not say who asked."),
    ),
    "device": (
        N_("{n} devices were used."),
        N_("Fewer than {least} devices were used; how many is not told, so that nobody is pointed at."),
        N_("The file does not say with which devices."),
    ),
}
"""What is said of the people and devices behind the rows: their number, that they are few, or that it is not known."""

MINUTES = N_("Half of the interviews took less than {minutes} minutes.")
NO_MINUTES = N_("The file does not say how long the interviews took.")
LEDGER = N_(
    "Corrections: {lines} lines of the ledger changed {cells} cells and took out {rows} rows; {conflicts} could "
    "not be applied, because the row says something else."
)
NO_LEDGER = N_("No ledger of corrections is part of the recipe: the rows are as they came.")


def fieldwork(result: Result) -> dict[str, Any]:
    """Return what the rows tell of the fieldwork: numbers of rows, days and minutes, and nothing about a person."""
    setting = result.setting
    raw = result.corrected.table if result.corrected else raw_table(setting)[0]
    told = {*setting.recipe.paradata.columns, setting.recipe.period.column}
    raw = raw.select(["_row", *(name for name in raw.column_names if name in told)])
    evidence = Evidence(raw, result.harmonised, setting.recipe, setting.kit, datetime.now(UTC).date())
    first, last = _days(evidence)
    people = {role: _people(evidence, role) for role in PEOPLE}
    minutes = _minutes(evidence)
    harmonised = result.harmonised
    facts = {"rows_in": harmonised.rows_in, "used": harmonised.rows_out, "explained": harmonised.rows_explained}
    return {
        "rows_in": harmonised.rows_in,
        "rows_used": harmonised.rows_out,
        "rows_explained": harmonised.rows_explained,
        "explained": _explained(harmonised.rejects),
        "balance": words(ROWS if harmonised.rows_explained else ALL_USED, **facts),
        "first_day": first,
        "last_day": last,
        "days": words(BETWEEN, first=first, last=last) if first else words(NO_DAYS),
        "interviewers": people["enumerator"],
        "devices": people["device"],
        "people": {role: _said_of(role, evidence, n) for role, n in people.items()},
        "median_minutes": minutes,
        "minutes": words(MINUTES, minutes=minutes) if minutes is not None else words(NO_MINUTES),
        "corrections": _corrections(result),
    }


def _explained(rejects: pa.Table) -> list[dict[str, Any]]:
    """Rows that could not be used, by the kind of reason: the most frequent first."""
    rows: dict[str, set[int]] = {}
    for row, code in zip(rejects["row"].to_pylist(), rejects["code"].to_pylist(), strict=True):
        rows.setdefault(code, set()).add(row)
    return [
        {"code": code, "rows": len(found), "text": words(EXPLAINED.get(code, code))}
        for code, found in sorted(rows.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def _days(evidence: Evidence) -> tuple[str, str]:
    """The first and last day on which rows that are used came in; "" where no column tells."""
    used = np.isin(evidence.rows, evidence.observed)
    started = evidence.moments("start")
    if started is not None:
        local = started.local[used]
        days = local[~np.isnat(local)].astype("datetime64[D]")
        return (str(days.min()), str(days.max())) if len(days) else ("", "")
    found = _written_days(evidence, used)
    return (found[0].isoformat(), found[-1].isoformat()) if found else ("", "")


def _written_days(evidence: Evidence, used: Any) -> list[date]:
    period = evidence.recipe.period
    if not period.column or period.column not in evidence.columns:
        return []
    encoded = evidence.columns[period.column]
    texts = encoded.texts.take(pa.array(np.unique(encoded.codes[used])))
    if len(texts) > MOST_DAYS and period.format.startswith("%Y-%m-%d"):
        # Written so, the first and the last text are the first and the last moment.
        ends = pc.min_max(pc.drop_null(texts)).as_py()
        texts = pa.array([ends["min"], ends["max"]])
    if len(texts) > MOST_DAYS:
        return []
    read = clock(period)
    moments = (read(text or "") for text in texts.to_pylist())
    return sorted({moment.date() for moment in moments if moment is not None})


def _people(evidence: Evidence, role: str) -> int | None:
    """How many there are; None where no column tells, or where they are too few for their number to be told."""
    encoded = evidence.role(role)
    if encoded is None:
        return None
    present = evidence.written & ~evidence.missing(getattr(evidence.recipe.paradata, role))
    n = len(np.unique(encoded.codes[present]))
    return n if n >= LEAST_PEOPLE else None


def _said_of(role: str, evidence: Evidence, n: int | None) -> Label:
    many, few, unknown = PEOPLE[role]
    if n is not None:
        return words(many, n=n)
    return words(unknown) if evidence.role(role) is None else words(few, least=LEAST_PEOPLE)


def _minutes(evidence: Evidence) -> float | None:
    paradata = evidence.recipe.paradata
    started, ended = evidence.moments("start"), evidence.moments("end")
    if paradata.seconds and paradata.seconds in evidence.columns:
        took = evidence.value(paradata.seconds)
    elif started is not None and ended is not None:
        took = seconds(ended.sure, started.sure)
    else:
        return None
    took = took[np.isfinite(took) & (took >= 0)]
    return round(float(np.median(took)) / 60, 1) if len(took) >= LEAST_TIMED else None


def _corrections(result: Result) -> Label:
    done = result.corrected
    if done is None:
        return words(NO_LEDGER)
    cells = sum(len(touched) for touched in done.effects.values())
    return words(
        LEDGER, lines=len(done.applied), cells=cells, rows=len(done.removed), conflicts=len(done.conflicts)
    )  # fmt: skip
