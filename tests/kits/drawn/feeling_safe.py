"""Adults who were asked how safe they feel walking alone after dark (16.1.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import Chance, Place, segments
from textbook import Unit

from drawn.responsive_decision_making import ADULT, age_group, interviewed


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from interviewed(places, kit, Chance(1614), lambda luck: ADULT | _answers(luck))


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Everybody who did not refuse is in the denominator; never going out and not knowing are not feeling safe."""
    found = []
    for row in rows:
        figures = {}
        said, would = row["after_dark"], row["if_went_out"]
        if said not in ("", "refused"):
            figures["VC_SNS_WALN_DRK"] = (float(said in ("safe", "very_safe")), 1.0)
            figures["NEVER_OUT_ALONE"] = (float(said == "never_out"), 1.0)
            if would != "refused":
                figures["SAFE_IF_OUT"] = (float({said, would} & {"safe", "very_safe"} != set()), 1.0)
        found.append(Unit(row | {"age_group": age_group(row["age"])}, figures))
    return found


def _answers(luck: float) -> dict[str, Any]:
    def after_dark(chance: Chance, row: dict[str, str]) -> str:
        never = 20 if row["sex"] == "female" else 5
        content = 60 + 100 * luck - (15 if row["place"] == "urban" else 0)
        options = {"very_safe": 0.3 * content, "safe": 0.7 * content, "unsafe": 25, "very_unsafe": 12}
        return chance.one_of({**options, "never_out": never, "dont_know": 4, "refused": 1})

    return {
        "after_dark": after_dark,
        "if_went_out": {"very_safe": 4, "safe": 24, "unsafe": 40, "very_unsafe": 24, "dont_know": 6, "refused": 2},
    }
