"""What became of the sample: outcomes, response rates against the plan, and weights that make up for silence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datashift.errors import AgainstDesign, BadSample
from datashift.sampling.answering import with_shares
from datashift.sampling.drawing import Draw
from datashift.sampling.frame import cells
from datashift.sampling.replacing import Replacement, standing

OUTCOMES = ("completed", "partial", "refusal", "non-contact", "other", "not-eligible", "unknown")
"""Final outcomes, after AAPOR Standard Definitions: I, P, R, NC, O, not eligible, unknown eligibility (UH, UO)."""

ANSWERED = ("completed", "partial")
ELIGIBLE = (*ANSWERED, "refusal", "non-contact", "other")

Row = dict[str, Any]


def outcomes_of(table: pa.Table, *, unit: str = "unit", outcome: str = "outcome", when: str | None = None) -> pa.Table:
    """Return one outcome per unit: `unit`, `outcome`, and the other columns of its row.

    A unit may stand there once per visit where `when` names the column of the time (ISO, sorts as text): an answer
    stays an answer, else the last visit counts. Without `when`, two different outcomes raise BadSample. A row without
    an outcome is of a unit that is still open.
    """
    units, told = cells(table, unit), cells(table, outcome)
    times = cells(table, when) if when else [""] * len(units)
    for value in told:
        if value and value not in OUTCOMES:
            raise BadSample("sample.choice", what="outcome", value=value, known=", ".join(OUTCOMES))
    last: dict[str, int] = {}
    for i in sorted(range(len(units)), key=lambda i: (_rank(told[i]), times[i])):
        before = told[last[units[i]]] if units[i] in last else ""
        if before not in ("", told[i]) and not when:
            raise BadSample("sample.outcome-twice", unit=units[i], outcomes=f"{before}, {told[i]}")
        last[units[i]] = i
    at = sorted(last.values())
    chosen = table.take(at)
    rest = {name: chosen[name] for name in chosen.column_names if name not in (unit, outcome)}
    return pa.table({"unit": [units[i] for i in at], "outcome": [told[i] for i in at]} | rest)


def _rank(outcome: str) -> int:
    """Say what wins over what, whatever the day: an answer over a part of one, that over no answer."""
    return {"": 0, "partial": 2, "completed": 3}.get(outcome, 1)


def progress(
    drawn: Draw, outcomes: pa.Table, by: Sequence[str] = ("stratum",), replacements: Iterable[Replacement] = ()
) -> pa.Table:
    """Return per group, and for all (the last row), what was planned and what has come of it.

    drawn: as it was recorded.   by: columns of the draw or of the outcomes (such as `enumerator`); a unit without one
    is in the group "".
    Columns: those of `by`, then planned (units drawn at first), reserves (that came into use), issued (both together),
    replaced (of these, also reserves in their turn), open (without an outcome), the number of each outcome (with open
    they add up to issued), and as parts of 1, null where nothing is finished:
      rr1, rr2        AAPOR response rates 1 and 2 among what is finished (rr2 counts partial answers).
      rr1_least       RR1 if the fieldwork ended now: what is open counts as unknown.
      rr2_weighted    rr2 with each unit counted by 1 / chance.
    Units out of use keep the outcome of their replacement's reason where they have none of their own.
    """
    stood_by = {row["unit"] for row in drawn.table.to_pylist() if row["status"] in ("reserve", "replacing")}
    rows = [row | {"planned": row["unit"] not in stood_by} for row in _with_outcomes(drawn, outcomes, replacements)]
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row.get(name) or "") for name in by), []).append(row)
    made: list[Row] = [dict(zip(by, key, strict=True)) | _counted(groups[key]) for key in sorted(groups)]
    made.append(dict.fromkeys(by) | _counted(rows))
    columns = [(name, pa.string()) for name in by]
    columns += [(name, pa.int64()) for name in ("planned", "reserves", "issued", "replaced", "open", *OUTCOMES)]
    columns += [(name, pa.float64()) for name in ("rr1", "rr2", "rr1_least", "rr2_weighted")]
    return pa.Table.from_pylist(made, pa.schema(columns))


@dataclass(frozen=True)
class Weighted:
    """Weights after nonresponse, and how they came about.

    table: `unit`, `stratum`, `outcome`, `base` (1 / chance), `weight` (0 for who gave no answer), and the columns of
    the design.   cells, per stratum: units, answers, `known` (factor for those of whom nothing could be found out),
    `answered` (factor for those who did not answer), `sum` of the weights of answers.
    kish: 1 + the squared coefficient of variation of the weights: what unequal weights cost, at most.
    """

    table: pa.Table
    cells: pa.Table
    kish: float


def weighted(drawn: Draw, outcomes: pa.Table, replacements: Iterable[Replacement] = ()) -> Weighted:
    """Return weights of the answers, with those who gave none made up for by the others of their stratum.

    First whoever's eligibility is unknown (or who has no outcome yet) is shared out over those of whom it is known,
    then the eligible who did not answer over those who did; factors are ratios of sums of weights. This is right as far
    as the silent are, within a stratum, like those who answered; nothing in the data can prove it. The shares of the
    design are those of whom it is known what they are (`with_shares`): who is silent is no part of the sample there.
    Raises AgainstDesign where nobody answered in a stratum that has eligible or unknown units.
    """
    done = list(replacements)
    rows = [row for row in _with_outcomes(drawn, outcomes, done) if row["weight"] > 0]
    known = [row["unit"] for row in rows if row["outcome"] in (*ANSWERED, "not-eligible")]
    shares = {row["unit"]: row for row in with_shares(standing(drawn, done), known)}
    strata: dict[str, list[Row]] = {}
    for row in rows:
        strata.setdefault(row["stratum"], []).append(row)
    told, made = [], []
    for name in sorted(strata):
        cell = _cell(name, strata[name])
        told.append(cell)
        for row in strata[name]:
            factor = cell["known"] * cell["answered"] if row["outcome"] in ANSWERED else 0.0
            own = shares[row["unit"]]
            row |= {name: own[name] for name in ("share_1", "share_2") if name in own}
            made.append(row | {"base": row["weight"], "weight": row["weight"] * factor})
    kept = ("stratum", "place", "design_stratum", "design_cluster", "share_1", "share_2")
    names = ["unit", *(name for name in kept if name in drawn.table.column_names), "outcome", "base", "weight"]
    types = {"base": pa.float64(), "weight": pa.float64(), "share_1": pa.float64(), "share_2": pa.float64()}
    table = pa.Table.from_pylist(made, pa.schema([(name, types.get(name, pa.string())) for name in names]))
    return Weighted(table, pa.Table.from_pylist(told), _kish([row["weight"] for row in made if row["weight"] > 0]))


def _cell(name: str, rows: list[Row]) -> Row:
    def total(outcomes: Sequence[str]) -> float:
        return math.fsum(row["weight"] for row in rows if row["outcome"] in outcomes)

    every, known = math.fsum(row["weight"] for row in rows), total((*ELIGIBLE, "not-eligible"))
    eligible, answers = total(ELIGIBLE), total(ANSWERED)
    if not answers and (eligible or every > known):
        raise AgainstDesign("sample.nobody-answered", cell=name or "–")
    factors = {"known": every / known, "answered": eligible / answers if answers else 1.0}
    count = sum(row["outcome"] in ANSWERED for row in rows)
    final = answers * factors["known"] * factors["answered"]
    return {"stratum": name, "units": len(rows), "answers": count, **factors, "sum": final}


def _kish(weights: list[float]) -> float:
    total = math.fsum(weights)
    return len(weights) * math.fsum(w * w for w in weights) / (total * total) if total else 1.0


def _with_outcomes(drawn: Draw, outcomes: pa.Table, replacements: Iterable[Replacement]) -> list[Row]:
    """Return every unit that was given out, with its outcome ("" while it is open) and what stands beside that."""
    done = list(replacements)
    now = standing(drawn, done) if done else drawn
    told = {row["unit"]: row for row in outcomes_of(outcomes).to_pylist()} if outcomes.num_rows else {}
    issued = {row["unit"]: row for row in now.table.to_pylist() if row["status"] != "reserve"}
    strangers = sorted(set(told) - set(issued))
    if strangers:
        raise BadSample("sample.unknown-unit", unit=strangers[0])
    _no_answer_is_replaced(done, told)
    reasons = {one.unit: one.reason if one.reason in OUTCOMES else "unknown" for one in done}
    return [
        told.get(unit, {}) | row | {"outcome": told.get(unit, {}).get("outcome") or reasons.get(unit, "")}
        for unit, row in issued.items()
    ]


def _no_answer_is_replaced(replacements: Sequence[Replacement], told: Mapping[str, Row]) -> None:
    for one in replacements:
        if told.get(one.unit, {}).get("outcome") in ANSWERED:
            raise AgainstDesign("sample.answered", unit=one.unit)


def _counted(rows: Sequence[Row]) -> Row:
    planned = sum(row["planned"] for row in rows)
    counts = {outcome: sum(row["outcome"] == outcome for row in rows) for outcome in OUTCOMES}
    finished = sum(counts.values())
    asked, answers = finished - counts["not-eligible"], counts["completed"] + counts["partial"]
    open_ = len(rows) - finished
    by_chance = {row["unit"]: 1 / row["chance"] for row in rows if row["outcome"] not in ("", "not-eligible")}
    answered = math.fsum(by_chance[row["unit"]] for row in rows if row["outcome"] in ANSWERED)
    return {
        "planned": planned,
        "reserves": len(rows) - planned,
        "issued": len(rows),
        "replaced": sum(row["status"] == "replaced" for row in rows),
        "open": open_,
        **counts,
        "rr1": _part(counts["completed"], asked),
        "rr2": _part(answers, asked),
        "rr1_least": _part(counts["completed"], asked + open_),
        "rr2_weighted": _part(answered, math.fsum(by_chance.values())),
    }


def _part(some: float, of: float) -> float | None:
    return some / of if of else None
