"""Land and water of basic spatial units: how the example is drawn, and the rows of the accounts in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import CORNERS, NAMES, Chance, Place, answered, submission
from textbook import Unit

DRAWN_OF = {"ZZ-01": 280, "ZZ-02": 350, "ZZ-03": 210}
BEFORE = {
    "forest": 30,
    "shrubland": 12,
    "grassland": 18,
    "bare": 5,
    "wetland": 8,
    "water": 5,
    "cropland": 16,
    "built": 6,
}
# What becomes of a type where it does not stay what it is.
TURNS_INTO = {
    "forest": {"cropland": 60, "shrubland": 25, "built": 15},
    "shrubland": {"forest": 30, "cropland": 50, "grassland": 20},
    "grassland": {"cropland": 60, "shrubland": 20, "built": 20},
    "bare": {"built": 50, "water": 50},
    "wetland": {"cropland": 60, "water": 25, "built": 15},
    "water": {"wetland": 60, "bare": 40},
    "cropland": {"forest": 35, "built": 40, "grassland": 25},
    "built": {"grassland": 100},
}
GOOD = {
    "forest": 60,
    "shrubland": 55,
    "grassland": 50,
    "bare": 80,
    "wetland": 45,
    "water": 50,
    "cropland": 30,
    "built": 15,
}
JUDGED_BY = {"wetland": "species", "water": "water_quality", "bare": "soil", "built": "score"}


def places() -> list[Place]:
    """Seven of the landscapes of each area were drawn, and in each of them one in six of its units."""
    return [
        Place(f"{area[-2:]}l{k}", f"{NAMES[area]}, landscape {k} (simulated)", area, area, str(of // 7 * 6))
        for area, of in DRAWN_OF.items()
        for k in range(1, 8)
    ]


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield seven units of each landscape, as the form ecosystem-extent collects them."""
    chance = Chance(1511)
    number = 0
    for place in places:
        south, west = CORNERS[place.area]
        latitude, longitude = south + chance.share(), west + 1.5 * chance.share()
        for _ in range(7):
            number += 1
            head = submission(number, chance) | {"organisation": "Simulated data"}
            head |= {name: getattr(place, name) for name in ("area", "cluster", "stratum", "weight")}
            head |= {
                "location-Latitude": f"{latitude + 0.05 * chance.share():.6f}",
                "location-Longitude": f"{longitude + 0.05 * chance.share():.6f}",
                "location-Altitude": str(chance.number(5, 1200)),
                "location-Accuracy": f"{3 + 6 * chance.share():.1f}",
            }
            yield answered(kit, chance, SHARES, head)


def _after(chance: Chance, row: dict[str, str]) -> str:
    before = row["type_opening"]
    return before if chance.share() < 0.8 else chance.one_of(TURNS_INTO[before])


def _condition(chance: Chance, kind: str) -> str:
    return "" if chance.share() < 0.1 else str(min(100, max(0, GOOD[kind] + chance.number(-20, 25))))


SHARES: dict[str, Any] = {
    "area_ha": lambda chance, row: f"{0.5 + 12 * chance.share() ** 2:.2f}",
    "type_opening": BEFORE,
    "type_closing": _after,
    "condition_variable": lambda chance, row: JUDGED_BY.get(row["type_closing"], "cover"),
    "condition_opening": lambda chance, row: _condition(chance, row["type_opening"]),
    "condition_closing": lambda chance, row: _condition(chance, row["type_closing"]),
}


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """What each unit adds: hectares to the stocks, to the flows where it turned, and its condition times hectares."""
    found = []
    for row in rows:
        hectares, before, after = float(row["area_ha"]), row["type_opening"], row["type_closing"]
        stock = (hectares, 0.0)
        figures = dict.fromkeys(("OPENING_EXTENT", "CLOSING_EXTENT", "CHANGE_MATRIX"), stock)
        if before != after:
            figures |= {"ADDITIONS": stock, "REDUCTIONS": stock}
        figures |= {f"NET_{kind.upper()}": (hectares * ((after == kind) - (before == kind)), 0.0) for kind in BEFORE}
        figures["FOREST_SHARE"] = (hectares if after == "forest" else 0.0, hectares)
        for when in ("opening", "closing"):
            if row[f"condition_{when}"]:
                share = int(row[f"condition_{when}"]) / 100
                figures[f"CONDITION_{when.upper()}"] = (share * hectares, hectares)
        found.append(Unit(row, figures))
    return found
