"""Litter on beaches: how the example is drawn, and density as the UN metadata describe it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import CORNERS, NAMES, Chance, Place, answered, submission
from textbook import Unit

DRAWN_OF = {"ZZ-01": 40, "ZZ-02": 24, "ZZ-03": 16}
DIRT = {"ZZ-01": 1.0, "ZZ-02": 2.2, "ZZ-03": 0.6}
USUAL = {
    "bags": 8, "bottles": 14, "caps": 11, "food_packaging": 18, "cigarette_butts": 12, "fishing_gear": 6, "foam": 9,
    "fragments": 25, "other_plastic": 7, "glass_metal": 9, "other_litter": 10,
}  # fmt: skip
# Made of plastic, whatever its use; the filter of a cigarette is plastic as well.
PLASTIC = set(USUAL) - {"glass_metal", "other_litter"}


def places() -> list[Place]:
    """Eight of the beaches of each area were drawn."""
    return [
        Place(f"{area[-2:]}b{k}", f"{NAMES[area]}, beach {k} (simulated)", area, area, str(of // 8))
        for area, of in DRAWN_OF.items()
        for k in range(1, 9)
    ]


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield three stretches of each drawn beach, as the form beach-litter collects them."""
    chance = Chance(1411)
    number = 0
    for place in places:
        south, west = CORNERS[place.area]
        latitude, longitude = south + chance.share(), west + 1.5 * chance.share()
        dirt = DIRT[place.area] * (0.4 + 1.2 * chance.share())
        shore = chance.one_of({"sand": 60, "pebbles": 20, "rock": 12, "mud": 8})
        for _ in range(3):
            number += 1
            head = submission(number, chance) | {"organisation": "Simulated data"}
            head |= {name: getattr(place, name) for name in ("area", "cluster", "stratum", "weight")}
            head |= {
                "location-Latitude": f"{latitude + 0.01 * chance.share():.6f}",
                "location-Longitude": f"{longitude + 0.01 * chance.share():.6f}",
                "location-Altitude": str(chance.number(0, 4)),
                "location-Accuracy": f"{3 + 6 * chance.share():.1f}",
            }
            yield answered(kit, chance, _shares(dirt) | {"shore": {shore: 1.0}}, head)


def _shares(dirt: float) -> dict[str, Any]:
    counts = {
        name: lambda chance, row, usual=usual: str(int(usual * dirt * int(row["cleanups"]) * 2 * chance.share()))
        for name, usual in USUAL.items()
    }
    return counts | {
        # A few groups measured nothing: their counts say how much was found, not how dense it lay.
        "length_m": lambda chance, row: (
            "" if chance.share() < 0.08 else chance.one_of({"100": 80, "50": 12, "75.5": 8})
        ),
        "width_m": lambda chance, row: f"{6 + 24 * chance.share():.1f}" if row["length_m"] else "",
        "cleanups": {"1": 90, "2": 8, "3": 2},
    }


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """What each stretch adds: pieces counted, and the ground they were counted on, once for each time it was walked."""
    found = []
    for row in rows:
        times = int(row["cleanups"])
        plastic = float(sum(int(row[name]) for name in PLASTIC))
        everything = plastic + int(row["glass_metal"]) + int(row["other_litter"])
        figures = {"PLASTIC_SHARE": (plastic, everything), "PLASTIC_PER_CLEANUP": (plastic, float(times))}
        if row["length_m"]:
            metres = float(row["length_m"]) * times
            figures["PLASTIC_PER_100M"] = (plastic, metres / 100)
            figures["LITTER_PER_100M"] = (everything, metres / 100)
            figures["EN_MAR_BEALITSQ"] = (plastic, metres * float(row["width_m"]) / 1000 / 1000)
        found.append(Unit(row, figures))
    return found
