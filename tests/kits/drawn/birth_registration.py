"""Children under 5 whose carers were asked for the birth certificate (16.9.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, segments
from textbook import Unit

from drawn.responsive_decision_making import interviewed


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from interviewed(places, kit, Chance(1691), _answers, most=3)


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Registered is who has a certificate, seen or not, or is said to be registered; every child is counted."""
    found = []
    for row in rows:
        figures = {}
        if row["consent"] == "yes":
            certificate = row["certificate"] in ("seen", "not_seen")
            figures["BIRTH_CERTIFICATE"] = (float(certificate), 1.0)
            figures["SG_REG_BRTH"] = (float(certificate or row["registered"] == "yes"), 1.0)
        first = int(row["age_months"]) // 12 * 12 if row["age_months"] else 0
        group = f"m{first}_{first + 11}" if row["age_months"] else ""
        found.append(Unit(row | {"age_group": group}, figures))
    return found


def _answers(luck: float) -> dict[str, Any]:
    def certificate(chance: Chance, row: dict[str, str]) -> str:
        content = 34 + 80 * luck + 0.3 * int(row["age_months"]) + (14 if row["place"] == "urban" else 0)
        return chance.one_of(
            {"seen": 0.7 * content, "not_seen": 0.3 * content, "none": 40, "dont_know": 3, "refused": 1}
        )

    return {
        "sex": {"female": 49, "male": 51},
        "age_months": lambda chance, _row: str(chance.number(0, 59)),
        "certificate": certificate,
        "registered": {"yes": 28, "no": 62, "dont_know": 8, "refused": 2},
    }
