"""The record of a draw: everything needed to work with the sample, and to prove that it was drawn as it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from datashift.errors import BadSample
from datashift.sampling.drawing import Draw, draw, table_of
from datashift.sampling.frame import Frame
from datashift.sampling.listing import draw_within
from datashift.sampling.lots import METHOD
from datashift.sampling.plan import Plan


def written(drawn: Draw) -> dict[str, Any]:
    """Return the record of a draw, ready for JSON: plan with seed, digest of the frame, the rows, and its own digest.

    It holds the names of the units. Where these tell who a person is, the record is as private as the list.
    """
    record = {
        "method": METHOD,
        "plan": drawn.plan.as_dict(),
        "frame": {"sha256": drawn.digest, "units_by_stratum": drawn.population},
        "listing": drawn.listing,
        "rows": drawn.table.to_pylist(),
    }
    return record | {"sha256": _digest(record)}


def read_record(record: Mapping[str, Any]) -> Draw:
    """Return the draw that a record tells of. Raises BadSample where it is none, or was changed later."""
    if not isinstance(record, Mapping) or record.get("method") != METHOD:
        raise BadSample("sample.record", problem="method")
    missing = [name for name in ("plan", "frame", "rows", "sha256", "listing") if name not in record]
    if missing:
        raise BadSample("sample.record", problem=", ".join(missing))
    if record["sha256"] != _digest({name: part for name, part in record.items() if name != "sha256"}):
        raise BadSample("sample.record-changed")
    try:
        frame, listing = record["frame"], record["listing"]
        told = Draw(
            Plan(**record["plan"]), frame["sha256"], dict(frame["units_by_stratum"]), table_of(record["rows"]), listing
        )
        _listed = listing is None or (listing["digest"], listing["place"], listing["unit"], dict(listing["first"]))
    except (AttributeError, KeyError, TypeError, ValueError, pa.ArrowException) as problem:
        raise BadSample("sample.record", problem=str(problem)[:80]) from None
    return told


def again(record: Mapping[str, Any], frame: Frame, listing: pa.Table | None = None) -> Draw:
    """Draw once more from the frame and prove that the record tells the same sample; return the draw of the record.

    `listing` is the table of the field, where the second stage was drawn from one.
    Raises BadSample for a list that is not the one of the record, and for a sample that does not come out again.
    Replacements are no part of the proof: they are known by their own list.
    """
    told = read_record(record)
    if frame.digest != told.digest:
        raise BadSample("sample.frame-changed", digest=told.digest)
    made = draw(frame, told.plan)
    if told.listing is not None:
        made = _within_again(made, told.listing, listing)
    _same(made, told)
    return told


def _within_again(first: Draw, known: Mapping[str, Any], listing: pa.Table | None) -> Draw:
    if listing is None:
        raise BadSample("sample.needs", method="two stages", what="listing")
    status = known["first"]
    rows = [row | {"status": status.get(row["unit"], row["status"])} for row in first.table.to_pylist()]
    first = replace(first, table=table_of(rows))
    made = draw_within(first, listing, place=known["place"], unit=known["unit"])
    if made.listing is None or made.listing["digest"] != known["digest"]:
        raise BadSample("sample.frame-changed", digest=known["digest"])
    return made


def _same(made: Draw, told: Draw) -> None:
    """Compare what chance decided, row by row; what became of the units since then may differ."""
    decided = [name for name in made.table.column_names if name not in ("weight", "status")]
    first, second = ({row["unit"]: row for row in drawn.table.to_pylist()} for drawn in (made, told))
    differs = set(first) ^ set(second)
    for unit in set(first) & set(second):
        mine, theirs = first[unit], second[unit]
        standing_by = [row["status"] in ("reserve", "replacing") for row in (mine, theirs)]
        if standing_by[0] != standing_by[1] or any(mine[name] != theirs.get(name) for name in decided):
            differs.add(unit)
    if differs:
        raise BadSample("sample.not-the-same", unit=min(differs))


def _digest(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
