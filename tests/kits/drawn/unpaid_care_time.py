"""People of 15 and more and the minutes of one day for unpaid housework and care, by diary or from memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, segments
from textbook import Unit

from drawn.responsive_decision_making import interviewed

BELOW = {25: "y15_24", 45: "y25_44", 55: "y45_54", 65: "y55_64", 999: "y65"}
DAY = 24 * 60


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from interviewed(places, kit, Chance(541), _shares)


def _shares(luck: float) -> dict[str, Any]:
    return {
        "sex": {"female": 52, "male": 47, "another": 0.5, "refused": 0.5},
        "age": lambda chance, _row: str(15 + int(68 * chance.share() ** 1.4)),
        "instrument": {"diary": 60, "recall": 40},
        "domestic_minutes": lambda chance, row: _minutes(chance, row, 260, 70, luck),
        "care_minutes": lambda chance, row: _minutes(chance, row, 120, 40, luck),
    }


def _minutes(chance: Chance, row: Mapping[str, str], hers: int, his: int, luck: float) -> str:
    if chance.share() < 0.03:
        return ""
    if chance.share() < 0.015:
        return str(chance.number(1000, 1440))  # somebody was tired of writing
    usual = (hers if row["sex"] == "female" else his) * (1 + luck) * (1.25 if row["instrument"] == "recall" else 1.0)
    none = 0.08 if row["sex"] == "female" else 0.35
    return "0" if chance.share() < none else str(5 * int(usual * (0.3 + 1.4 * chance.share()) / 5))


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Time of the two divisions over 24 hours, over everybody with a day that is known and no longer than a day."""
    found = []
    for row in rows:
        figures: dict[str, tuple[float, float]] = {}
        if row["domestic_minutes"] and row["care_minutes"]:
            house, care = int(row["domestic_minutes"]), int(row["care_minutes"])
            if house + care <= DAY and row["instrument"] == "diary":
                figures["SL_DOM_TSPD"] = ((house + care) / DAY, 1.0)
                figures["SL_DOM_TSPDDC"] = (house / DAY, 1.0)
                figures["SL_DOM_TSPDCW"] = (care / DAY, 1.0)
            elif house + care <= DAY:
                figures["UNPAID_SHARE_RECALL"] = ((house + care) / DAY, 1.0)
        age = row["age"]
        group = next(code for below, code in BELOW.items() if int(age) < below) if age else ""
        found.append(Unit(row | {"age_group": group}, figures))
    return found
