"""Violent events: how the example is drawn, and the counts as the definitions say them in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import NAMES, Chance, Place, answered, submission
from textbook import Unit

EVENTS = {"ZZ-01": (8, 14), "ZZ-02": (6, 12), "ZZ-03": (5, 9)}
CRIMES = {
    "killing": 46, "attempted_killing": 8, "sexual_violence": 12, "torture": 7, "physical_violence": 14,
    "disappearance": 5, "kidnapping": 6, "detention": 14, "threat": 10, "attack_on_property": 4,
}  # fmt: skip
# What a register also hears of: needs and accidents, in which nobody did anything to anybody.
MISHAPS = {"person_in_danger": 3, "medical_emergency": 2, "shortage": 3, "damage": 2, "no_event": 2, "other": 2}
AGAINST_DEFENDERS = {"killing", "disappearance", "torture", "detention", "kidnapping"}


def places() -> list[Place]:
    """Seven towns of each area keep a register; nothing is drawn, so every event counts once."""
    return [
        Place(f"{area[-2:]}t{k}", f"{NAMES[area]}, town {k} (simulated)", area, area, "1")
        for area in NAMES
        for k in range(1, 8)
    ]


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the events of each town, as the form events-register collects them."""
    chance = Chance(16101)
    number = 0
    for place in places:
        for _ in range(chance.number(*EVENTS[place.area])):
            number += 1
            head = submission(number, chance) | {"organisation": "Simulated data"}
            head |= {name: getattr(place, name) for name in ("area", "cluster", "stratum", "weight")}
            yield answered(kit, chance, SHARES, head | {"consent": "yes"})


def _victims(chance: Chance, row: dict[str, str]) -> str:
    return chance.one_of({"1": 78, "2": 10, "3": 5, "7": 2, "": 5})


def _victim_sex(chance: Chance, row: dict[str, str]) -> str:
    if row["victims"] in ("", "1"):
        return chance.one_of({"female": 70, "male": 26, "unknown": 4})
    return chance.one_of({"female": 40, "male": 20, "several": 40})


def _perpetrator(chance: Chance, row: dict[str, str]) -> str:
    if row["event_type"] in MISHAPS:
        return "nobody"
    return chance.one_of(
        {"partner": 40, "family": 10, "known": 10, "state": 16, "armed_group": 8, "stranger": 8, "unknown": 8}
    )


SHARES: dict[str, Any] = {
    "month": lambda chance, row: f"2024-{chance.number(1, 12):02d}",
    "event_type": {**CRIMES, **MISHAPS, "unknown": 2},
    "verified": {"verified": 72, "not_verified": 24, "unknown": 4},
    "source": {"victim": 30, "press": 30, "authority": 14, "health": 8, "organisation": 8, "crowd": 8, "unknown": 2},
    "victims": _victims,
    "victim_sex": _victim_sex,
    "victim_group": {"journalist": 14, "trade_unionist": 10, "defender": 26, "none": 44, "unknown": 6},
    "perpetrator": _perpetrator,
}


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """What each event adds: itself, and once it is verified the people harmed in it."""
    found = []
    for row in rows:
        # News and offers of help come in by the same road, but nothing happened.
        happened = row["event_type"] != "no_event"
        figures = {"EVENTS_KNOWN": (1.0, 0.0)} if happened else {}
        if happened and row["verified"] == "verified":
            figures["EVENTS_VERIFIED"] = (1.0, 0.0)
            if row["victims"] and row["event_type"] in CRIMES:
                figures |= _people(row, (float(row["victims"]), 0.0))
        found.append(Unit(row, figures))
    return found


def _people(row: dict[str, str], people: tuple[float, float]) -> dict[str, tuple[float, float]]:
    figures = {"PEOPLE_HARMED": people}
    if row["victim_sex"] == "female":
        figures["WOMEN_HARMED_RATE"] = people
        if row["event_type"] == "killing":
            figures["WOMEN_KILLED"] = people
    if row["victim_group"] not in ("none", "unknown") and row["event_type"] in AGAINST_DEFENDERS:
        figures["DEFENDERS_HARMED"] = people
    return figures
