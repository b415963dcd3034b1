"""Adults who dealt with public officials, some of whom wanted a bribe (16.5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, segments
from textbook import Unit

from drawn.responsive_decision_making import ADULT, age_group, interviewed

OFFICIALS = {
    "police": 30, "courts": 4, "tax_customs": 6, "utilities": 10, "permits": 16, "health": 16, "school": 8,
    "elected": 4, "other": 3, "dont_know": 1, "refused": 2,
}  # fmt: skip


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from interviewed(places, kit, Chance(1651), lambda luck: ADULT | _answers(luck))


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Of those in contact: a yes to either question is a bribe, two times no is none, anything else is not known."""
    found = []
    for row in rows:
        figures = {}
        if row["contact"] in ("yes", "no"):
            figures["OFFICIAL_CONTACT"] = (float(row["contact"] == "yes"), 1.0)
        if row["contact"] == "yes":
            both = {row["paid"], row["asked"]}
            if "yes" in both or both == {"no"}:
                figures["IU_COR_BRIB"] = (float("yes" in both), 1.0)
            if row["paid"] in ("yes", "no"):
                figures["BRIBE_PAID"] = (float(row["paid"] == "yes"), 1.0)
        found.append(Unit(row | {"age_group": age_group(row["age"])}, figures))
    return found


def _answers(luck: float) -> dict[str, Any]:
    def asked(chance: Chance, row: dict[str, str]) -> str:
        # Most who paid were asked; some gave without being asked, and some were asked and gave nothing.
        yes = 0.75 if row["paid"] == "yes" else 0.12 + 0.2 * luck
        return "yes" if chance.share() < yes else chance.one_of({"no": 94, "dont_know": 3, "refused": 3})

    return {
        "contact": {"yes": 72, "no": 25, "dont_know": 2, "refused": 1},
        "paid": {"yes": 22 + 40 * luck, "no": 72, "dont_know": 2, "refused": 4},
        "asked": asked,
        "paid_to": OFFICIALS,
        "asked_by": OFFICIALS,
    }
