"""Children of drawn households whose reading and numbers were tested at home (beside 4.1.1a)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, answered, segments, submission
from textbook import Unit

READING = ("nothing", "letter", "word", "paragraph", "story")
NUMERACY = ("nothing", "counting", "numbers", "greater", "addition", "subtraction", "multiplication", "division")
HOUSEHOLDS = 5
# Many of 8 to 10 years, so that every area has pupils of grades 2 and 3.
AGES = {"6": 7, "7": 11, "8": 17, "9": 18, "10": 15, "11": 9, "12": 7, "13": 6, "14": 4, "15": 3, "16": 3}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    chance = Chance(411)
    number = 0
    for place in places:
        luck = chance.share() - 0.5
        for _ in range(HOUSEHOLDS):
            for _ in range(1 + (chance.share() < 0.55)):
                number += 1
                head = submission(number, chance) | {
                    "organisation": "Simulated data",
                    "area": place.area,
                    "cluster": place.cluster,
                    "stratum": place.stratum,
                    "weight": place.weight,
                    "consent": "no" if number % 53 == 0 else "yes",
                }
                if head["consent"] == "no":
                    yield head | {name: "" for name, concept in kit["concepts"].items() if "question" in concept}
                else:
                    yield answered(kit, chance, _answers(place, luck), head)


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Levels count from nothing (0); a story counts for grades 2 and 3 with its questions, numbers from subtraction."""
    found = []
    for row in rows:
        figures = {}
        early = row["schooling"] == "in_school" and row["grade"] in ("2", "3")
        if row["reading"] in READING:
            figures["READING_LEVEL"] = (float(READING.index(row["reading"])), 1.0)
            if early and row["understands"] != "dont_know":
                figures["READS_STORY_G23"] = (float(row["understands"] == "yes"), 1.0)
        if row["numeracy"] in NUMERACY:
            figures["NUMERACY_LEVEL"] = (float(NUMERACY.index(row["numeracy"])), 1.0)
            if early:
                figures["SUBTRACTS_G23"] = (float(NUMERACY.index(row["numeracy"]) >= 5), 1.0)
        group = (
            ("y6_9" if int(row["age"]) < 10 else "y10_12" if int(row["age"]) < 13 else "y13_16") if row["age"] else ""
        )
        found.append(Unit(row | {"age_group": group}, figures))
    return found


def _answers(place: Place, luck: float) -> dict[str, Any]:
    def schooling(chance: Chance, row: dict[str, str]) -> str:
        old = int(row["age"]) > 12
        return chance.one_of({"in_school": 78 if old else 88, "left": 16 if old else 2, "never": 6, "dont_know": 1})

    def grade(chance: Chance, row: dict[str, str]) -> str:
        return str(max(0, int(row["age"]) - 6 - (chance.share() < 0.4) - (chance.share() < 0.2)))

    def reached(chance: Chance, row: dict[str, str], levels: Sequence[str], most: int) -> str:
        if chance.share() < 0.04:
            return "not_tested"
        years = int(row["grade"] or 0) if row["schooling"] == "in_school" else 1
        level = 1.8 + 0.62 * years + luck + 3 * (chance.share() - 0.5)
        return levels[max(0, min(most, int(level * (most + 1) / 5)))]

    return {
        "sex": {"female": 50, "male": 50},
        "age": AGES,
        "place": {place.stratum.split("-")[2]: 1.0},
        "schooling": schooling,
        "grade": grade,
        "language": {"Tavelian": 100} if place.area != "ZZ-03" else {"Cerulan": 100},
        "reading": lambda chance, row: reached(chance, row, READING, 4),
        "understands": {"yes": 72, "no": 26, "dont_know": 2},
        "numeracy": lambda chance, row: reached(chance, row, NUMERACY, 7),
    }
