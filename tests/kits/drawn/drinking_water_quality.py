"""Samples of drinking water: how the example is drawn, and what WHO says of each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import CORNERS, Chance, Place, answered, submission, villages
from textbook import Unit

HIGHEST = {"fluoride": 1.5, "arsenic": 10.0, "nitrate": 50.0, "manganese": 0.08}
"""WHO 2022: fluoride, nitrate and manganese in mg/L, arsenic in µg/L. At the value itself the water is still good."""
USUAL = {"fluoride": 0.7, "arsenic": 3.0, "nitrate": 18.0, "manganese": 0.03, "iron": 0.2, "turbidity": 2.0}
DIGITS = {"manganese": 3, "iron": 2, "turbidity": 1}


def places() -> list[Place]:
    return villages()


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the samples of the drawn villages, as the form drinking-water-quality collects them."""
    chance = Chance(6111)
    number = 0
    for place in places:
        south, west = CORNERS[place.area]
        latitude, longitude = south + chance.share(), west + 0.3 + 1.2 * chance.share()
        side = "urban" if int(place.cluster[-2:]) <= 3 else "rural"
        for _ in range(chance.number(4, 7)):
            number += 1
            head = submission(number, chance) | {"organisation": "Simulated data"}
            head |= {name: getattr(place, name) for name in ("area", "cluster", "stratum", "weight")}
            head |= {
                "location-Latitude": f"{latitude + 0.02 * chance.share():.6f}",
                "location-Longitude": f"{longitude + 0.02 * chance.share():.6f}",
                "location-Altitude": str(chance.number(200, 900)),
                "location-Accuracy": f"{3 + 6 * chance.share():.1f}",
                "place": side,
            }
            yield answered(kit, chance, SHARES, head)


def _tested(name: str, share: float) -> Any:
    def draw(chance: Chance, row: dict[str, str]) -> str:
        if chance.share() > share:
            return ""
        # Squared twice and stretched, most values are small and a few are far above.
        value = USUAL[name] * (0.1 + 6 * chance.share() ** 4)
        return f"{value:.{DIGITS.get(name, 1)}f}"

    return draw


def _e_coli(chance: Chance, row: dict[str, str]) -> str:
    if chance.share() < 0.2:
        return ""
    clean = {"borehole": 0.75, "tap": 0.7, "household": 0.45}.get(row["sampled_at"], 0.35)
    return "0" if chance.share() < clean else chance.one_of({"1": 20, "7": 30, "10": 5, "40": 25, "101": 20})


SHARES: dict[str, Any] = {
    "sampled_at": {
        "borehole": 34, "dug_well": 18, "spring": 10, "tap": 20, "rainwater": 4, "surface_water": 4, "household": 10,
    },
    **{name: _tested(name, 0.9) for name in ("fluoride", "nitrate", "iron", "turbidity")},
    **{name: _tested(name, 0.8) for name in ("arsenic", "manganese")},
    "ph": lambda chance, row: f"{5.8 + 2.4 * chance.share():.1f}",
    "conductivity": lambda chance, row: str(80 + int(2500 * chance.share() ** 3)),
    "e_coli": _e_coli,
}  # fmt: skip


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """Say what each sample adds: for a substance only if it was tested, for several only if all were."""
    return [Unit(row, _figures(row)) for row in rows]


def _figures(row: dict[str, str]) -> dict[str, tuple[float, float]]:
    good = {name: float(row[name]) <= highest for name, highest in HIGHEST.items() if row[name]}
    facts = {f"{name.upper()}_WITHIN": kept for name, kept in good.items()}
    if {"fluoride", "arsenic"} <= set(good):
        facts["PRIORITY_CHEMICALS_WITHIN"] = good["fluoride"] and good["arsenic"]
    if len(good) == len(HIGHEST):
        facts["ALL_CHEMICALS_WITHIN"] = all(good.values())
    if row["e_coli"]:
        facts["FREE_OF_E_COLI"] = row["e_coli"] == "0"
    return {name: (float(fact), 1.0) for name, fact in facts.items()}
