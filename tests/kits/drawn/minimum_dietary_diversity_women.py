"""Women of 15 to 49 who say which of ten kinds of food they ate yesterday."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, segments
from textbook import Unit

from drawn.responsive_decision_making import interviewed

OFTEN = {
    "grains_roots": 0.97, "pulses": 0.62, "nuts_seeds": 0.28, "dairy": 0.4, "meat_fish": 0.45, "eggs": 0.22,
    "dark_green_leaves": 0.55, "vitamin_a_foods": 0.35, "other_vegetables": 0.72, "other_fruits": 0.38,
}  # fmt: skip
GROUPS = {"y15_24": range(15, 25), "y25_34": range(25, 35), "y35_49": range(35, 50)}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from interviewed(places, kit, Chance(224), _shares, most=3)


def _shares(luck: float) -> dict[str, Any]:
    age = {"age": lambda chance, _row: str(chance.number(15, 49))}
    eaten = {
        food: {"yes": 100 * min(share + 0.5 * luck, 0.98), "no": 100 * (1 - min(share + 0.5 * luck, 0.98)),
               "dont_know": 0.5, "refused": 0.2}
        for food, share in OFTEN.items()
    }  # fmt: skip
    return age | eaten


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Five of the ten kinds are enough; whoever is not sure of one of them is left out."""
    found = []
    for row in rows:
        answers = [row[food] for food in OFTEN]
        figures: dict[str, tuple[float, float]] = {}
        if all(answer in ("yes", "no") for answer in answers):
            figures["MDD_W"] = (float(answers.count("yes") >= 5), 1.0)
            figures["MDD_W_GROUPS"] = (float(answers.count("yes")), 1.0)
        animal = [row[food] for food in ("dairy", "meat_fish", "eggs")]
        # One sure yes is enough to know.
        if "yes" in animal or animal == ["no"] * 3:
            figures["MDD_W_ANIMAL_FOOD"] = (float("yes" in animal), 1.0)
        age = int(row["age"]) if row["age"] else 0
        group = next((code for code, years in GROUPS.items() if age in years), "")
        found.append(Unit(row | {"age_group": group}, figures))
    return found
