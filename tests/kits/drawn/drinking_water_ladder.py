"""Households with their drinking water: how the example is drawn, and the ladder as the JMP describes it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import Chance, Place, households, segments
from textbook import Unit

SOURCES = {
    "urban": {
        "piped_dwelling": 24, "piped_yard": 24, "piped_neighbour": 6, "public_tap": 14, "borehole": 6, "kiosk": 6,
        "tanker": 5, "bottled": 5, "refill": 2, "cart": 2, "well": 3, "unprotected_well": 2, "other": 1,
    },
    "rural": {
        "piped_yard": 8, "public_tap": 14, "borehole": 22, "protected_well": 10, "protected_spring": 8, "rainwater": 3,
        "well": 5, "unprotected_well": 9, "spring": 3, "unprotected_spring": 5, "surface_water": 11, "dont_know": 2,
    },
}  # fmt: skip
PLACES = {
    "tanker": {"delivered": 80, "elsewhere": 20},
    "cart": {"delivered": 70, "elsewhere": 30},
    "rainwater": {"yard": 95, "dwelling": 5},
    "public_tap": {"elsewhere": 97, "dont_know": 3},
}  # fmt: skip
SELDOM_AT_HOME = {"elsewhere": 80, "yard": 18, "dwelling": 2}

# The words of the definition: what protects the water, and what does not.
OPEN_GROUND = {"unprotected_well", "unprotected_spring", "well", "spring", "other"}
TAP_AT_HOME = {"piped_dwelling", "piped_yard"}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Return the interviews of the drawn segments, as the form drinking-water-ladder collects them."""
    return households(places, kit, _shares(), seed=6110, refused=47)


def _shares() -> dict[str, Any]:
    return {
        "household_size": lambda chance, row: str(chance.number(1, 9)),
        "source": lambda chance, row: chance.one_of(SOURCES[row["place"]]),
        "source_location": lambda chance, row: chance.one_of(PLACES.get(row["source"], SELDOM_AT_HOME)),
        "minutes": _minutes,
        "enough": {"always": 68, "not_always": 29, "dont_know": 3},
        "e_coli": _e_coli,
    }


def _minutes(chance: Chance, row: dict[str, str]) -> str:
    if row["source_location"] == "dont_know" or chance.share() < 0.08:
        return "998"
    return str(5 * chance.number(1, 6 if row["place"] == "urban" else 14))


def _e_coli(chance: Chance, row: dict[str, str]) -> str:
    if chance.share() < 0.35:
        return ""
    clean = 0.3 if row["source"] in OPEN_GROUND | {"surface_water"} else 0.65
    return "0" if chance.share() < clean else chance.one_of({"3": 30, "10": 10, "11": 10, "54": 30, "101": 20})


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """Say what each household adds, in people: the service level, and the three parts of safely managed water."""
    return [Unit(row, _figures(row)) for row in rows]


def _figures(row: dict[str, str]) -> dict[str, tuple[float, float]]:
    people = float(row["household_size"] or 0)
    level, told = _level(row), row["source"] not in ("", "dont_know")
    surface, unimproved = row["source"] == "surface_water", row["source"] in OPEN_GROUND
    improved = told and not surface and not unimproved
    facts: dict[str, bool | None] = {
        "WATER_AT_LEAST_BASIC": level == "basic" if level else None,
        "WATER_LIMITED": level == "limited" if level else None,
        "WATER_UNIMPROVED": unimproved if told else None,
        "WATER_SURFACE": surface if told else None,
        "WATER_IMPROVED": improved if told else None,
    }
    home, enough = _at_home(row), {"always": True, "not_always": False}.get(row["enough"])
    clean = float(row["e_coli"]) == 0 if row["e_coli"] else None
    if improved:
        facts |= {"IMPROVED_ON_PREMISES": home, "IMPROVED_AVAILABLE": enough, "IMPROVED_FREE_OF_E_COLI": clean}
    if told and None not in (home, enough, clean):
        facts["ALL_THREE_TOGETHER"] = bool(improved and home and enough and clean)
    return {name: (people * fact, people) for name, fact in facts.items() if fact is not None}


def _at_home(row: dict[str, str]) -> bool | None:
    if row["source"] in TAP_AT_HOME:
        return True
    return {"dwelling": True, "yard": True, "delivered": True, "elsewhere": False}.get(row["source_location"])


def _level(row: dict[str, str]) -> str:
    """At most half an hour is basic; longer, or not knowing how long, is limited; what is open to dirt is neither."""
    if row["source"] in ("", "dont_know"):
        return ""
    if row["source"] in OPEN_GROUND | {"surface_water"}:
        return "unprotected"
    if _at_home(row):
        return "basic"
    if not row["minutes"]:
        return ""
    return "basic" if float(row["minutes"]) <= 30 else "limited"
