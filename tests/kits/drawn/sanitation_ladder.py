"""Households with their toilets: how the example is drawn, and the ladder as the JMP describes it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chance import Place, households, segments
from textbook import Unit

TOILETS = {
    "urban": {
        "flush_sewer": 22, "flush_septic": 28, "flush_pit": 16, "flush_elsewhere": 5, "flush_unknown": 6,
        "pit_with_slab": 14, "pit_without_slab": 4, "container": 2, "none": 2, "dont_know": 1,
    },
    "rural": {
        "flush_pit": 8, "vip": 10, "pit_with_slab": 34, "pit_without_slab": 20, "composting": 4, "bucket": 2,
        "hanging": 3, "other": 2, "none": 17,
    },
}  # fmt: skip

# The words of the definition: nothing keeps people from the excreta in these, or the excreta from the ground.
OPEN_TO_CONTACT = {"flush_elsewhere", "pit_without_slab", "bucket", "hanging", "other"}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Return the interviews of the drawn segments, as the form sanitation-ladder collects them."""
    return households(places, kit, SHARES, seed=6211, refused=59)


SHARES: dict[str, Any] = {
    "household_size": lambda chance, row: str(chance.number(1, 9)),
    "facility": lambda chance, row: chance.one_of(TOILETS[row["place"]]),
    "shared": lambda chance, row: chance.one_of({"yes": 30, "no": 67, "dont_know": 3}),
    "emptying": {"never": 52, "buried": 14, "taken_away": 20, "open": 8, "dont_know": 6},
    "overflows": {"yes": 14, "no": 80, "dont_know": 6},
}


def units(rows: Iterable[dict[str, str]]) -> list[Unit]:
    """Say what each household adds, in people: its service level, and whether its pit or tank keeps what is in it."""
    return [Unit(row, _figures(row)) for row in rows]


def _figures(row: dict[str, str]) -> dict[str, tuple[float, float]]:
    people = float(row["household_size"] or 0)
    toilet, shared = row["facility"], row["shared"]
    if toilet in ("", "dont_know"):
        return {}
    improved = toilet != "none" and toilet not in OPEN_TO_CONTACT
    facts = {
        "SANITATION_IMPROVED": improved,
        "SANITATION_UNIMPROVED": toilet in OPEN_TO_CONTACT,
        "OPEN_DEFECATION": toilet == "none",
    }
    if not improved or shared in ("yes", "no"):
        facts["SANITATION_AT_LEAST_BASIC"] = improved and shared == "no"
        facts["SANITATION_LIMITED"] = improved and shared == "yes"
    kept = _kept_on_plot(row)
    if improved and shared == "no" and kept is not None:
        facts["KEPT_SAFELY_ON_PLOT"] = kept
    return {name: (people * fact, people) for name, fact in facts.items()}


def _kept_on_plot(row: dict[str, str]) -> bool | None:
    """Nothing leaks, and nothing was ever taken out or it was buried; None unless both answers are known."""
    if row["overflows"] not in ("yes", "no") or row["emptying"] in ("", "dont_know"):
        return None
    return row["overflows"] == "no" and row["emptying"] in ("never", "buried")
