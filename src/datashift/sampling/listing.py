"""The second stage from a listing made in the field: who lives in the places that were drawn."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from datashift.errors import BadSample
from datashift.sampling.drawing import Draw, second_stage
from datashift.sampling.frame import cells, digest_of, once


def draw_within(first: Draw, listing: pa.Table, *, place: str, unit: str) -> Draw:
    """Draw units in the drawn places from a listing; the weights of both stages multiply.

    In: the draw of places (its plan states `within`), and a table with one row per household, person or point: `place`
    names the column of the place, `unit` that of the number or name in the place. Numbers may start again in each
    place, so a unit is called "place/unit" from here on. A place that is not in the listing yet is left out; what is
    drawn in the others does not change when it comes. Raises BadSample for a place that was not drawn or that is a
    reserve not in use, and for a unit that is listed twice.
    """
    if first.plan.within is None:
        raise BadSample("sample.no-within")
    if not listing.num_rows:
        raise BadSample("sample.empty")
    places, units = cells(listing, place), cells(listing, unit)
    used = {row["unit"] for row in first.table.to_pylist() if row["weight"] > 0}
    for at, (where, who) in enumerate(zip(places, units, strict=True)):
        if where not in used:
            raise BadSample("sample.place-not-drawn", place=where)
        if not who:
            raise BadSample("sample.no-unit", row=at + 1, column=unit)
    names = once([f"{where}/{who}" for where, who in zip(places, units, strict=True)])
    listed = pa.table({"place": places, "unit": names})
    made = second_stage(first, listed)
    return replace(made, listing={"digest": digest_of(listed), "place": place, "unit": unit, "first": _units(first)})


def unlisted(first: Draw, second: Draw) -> list[str]:
    """Return the places in use that no unit was listed in yet: they are to be listed, or their loss to be explained."""
    seen = set(second.table["place"].to_pylist())
    return sorted(row["unit"] for row in first.table.to_pylist() if row["weight"] > 0 and row["unit"] not in seen)


def _units(first: Draw) -> dict[str, str]:
    """What became of each place, so that the same second stage can be drawn again."""
    return dict(zip(first.table["unit"].to_pylist(), first.table["status"].to_pylist(), strict=True))
