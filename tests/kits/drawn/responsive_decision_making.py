"""Adults who were asked how far they have a say and an influence (16.7.2); `interviewed` also serves the other kits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, Shares, answered, segments, submission
from textbook import Unit

EACH = 8
BELOW = {25: "y18_24", 35: "y25_34", 45: "y35_44", 55: "y45_54", 65: "y55_64", 999: "y65"}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    chance = Chance(1672)
    yield from interviewed(places, kit, chance, lambda luck: ADULT | {"difficulty": DIFFICULTY} | _answers(luck))


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """From some upwards is positive; whoever gave none of the five answers is left out of that share alone."""
    found = []
    for row in rows:
        figures = {}
        for measure, item in (("IU_DMK_INCL", "say"), ("IU_DMK_RESP", "influence")):
            if row[item] in FIVE:
                figures[measure] = (float(FIVE.index(row[item]) >= 2), 1.0)
        found.append(Unit(row | {"age_group": age_group(row["age"])}, figures))
    return found


def interviewed(
    places: Sequence[Place], kit: Mapping[str, Any], chance: Chance, shares: Any, most: int = 5
) -> Iterator[dict[str, str]]:
    """Yield one drawn person of `most` at most in each household; every 47th household does not want to take part.

    `shares` gives the chances of the answers in a place, from the luck of that place (-0.25 to 0.25).
    """
    number = 0
    for place in places:
        luck = 0.5 * (chance.share() - 0.5)
        for _ in range(EACH):
            number += 1
            head = submission(number, chance) | {
                "organisation": "Simulated data",
                "area": place.area,
                "cluster": place.cluster,
                "stratum": place.stratum,
                "cluster_weight": place.weight,
            }
            if number % 47 == 0:
                yield head | {"consent": "no", "eligible": "", "weight": place.weight} | _nothing(kit)
                continue
            eligible = chance.number(1, most)
            head |= {"consent": "yes", "eligible": str(eligible), "weight": str(int(place.weight) * eligible)}
            known: Shares = {"place": {place.stratum.split("-")[2]: 1.0}}
            yield answered(kit, chance, {**known, **shares(luck)}, head)


def _nothing(kit: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" for name, concept in kit["concepts"].items() if "question" in concept}


def age_group(age: str) -> str:
    return next(group for below, group in BELOW.items() if int(age) < below) if age else ""


ADULT: dict[str, Any] = {
    "sex": {"female": 52, "male": 47, "another": 0.5, "refused": 0.5},
    "age": lambda chance, _row: str(18 + int(65 * chance.share() ** 1.4)),
}
DIFFICULTY = {"yes": 13, "no": 84, "dont_know": 1, "refused": 2}
FIVE = ("not_at_all", "very_little", "some", "a_lot", "a_great_deal")


def _answers(luck: float) -> dict[str, Any]:
    say = {"not_at_all": 16, "very_little": 24, "some": 30 + 60 * luck, "a_lot": 17, "a_great_deal": 5}
    influence = {"not_at_all": 26, "very_little": 28, "some": 24 + 60 * luck, "a_lot": 10, "a_great_deal": 3}
    unknown = {"not_applicable": 1, "dont_know": 6, "refused": 2}
    return {"say": say | unknown, "influence": influence | unknown}
