"""Households with their place to wash hands: how the example is drawn, and 6.2.1b in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import Place, households, segments
from textbook import Unit

SEEN = {
    "urban": {"fixed": 52, "mobile": 24, "none": 14, "no_permission": 7, "not_seen": 3},
    "rural": {"fixed": 18, "mobile": 40, "none": 34, "no_permission": 4, "not_seen": 4},
}
SHARES: dict[str, Any] = {
    "household_size": lambda chance, row: str(chance.number(1, 9)),
    "facility": lambda chance, row: chance.one_of(SEEN[row["place"]]),
    "water": {"yes": 78, "no": 22},
    "cleaning": {"soap": 66, "ash_or_sand": 9, "nothing": 25},
}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Return the interviews of the drawn segments, as the form handwashing-facility collects them."""
    return households(places, kit, SHARES, seed=6212, refused=61)


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """Say what each household adds, in people. Homes whose place could not be seen add nothing."""
    return [Unit(row, _figures(row)) for row in rows]


def _figures(row: dict[str, str]) -> dict[str, tuple[float, float]]:
    if row["facility"] not in ("fixed", "mobile", "none"):
        return {}
    people = float(row["household_size"] or 0)
    complete = row["water"] == "yes" and row["cleaning"] == "soap"
    facts = {
        "SH_SAN_HNDWSH": complete,
        "HANDWASHING_LIMITED": row["facility"] != "none" and not complete,
        "HANDWASHING_NONE": row["facility"] == "none",
        "HANDWASHING_PLACE": row["facility"] != "none",
    }
    return {name: (people * fact, people) for name, fact in facts.items()}
