"""How much more carefully than its kit asks a source is published."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from datashift.model.kit import Kit
from datashift.model.record import Record


class Caution(Record):
    """What a recipe asks for beyond the rule of its kit: of both, the stricter holds, for each field.

    `points`: as the kit says, "moved" within their area, or counted in "hexagons". `microdata`: whether rows may be
    released, once they are made safe. `delay`: days between the last answer and publication.
    """

    least_n: int = Field(default=1, ge=1, le=1_000_000)
    least_effective_n: float = Field(default=0.0, ge=0)
    round_to: int = Field(default=1, ge=1, le=1_000_000)
    points: Literal["exact", "moved", "hexagons"] = "exact"
    microdata: bool = True
    delay: int = Field(default=0, ge=0, le=3650)

    def on(self, kit: Kit) -> Kit:
        """Return the kit with the stricter of its rule and this one."""
        rule, universe = kit.disclosure, kit.universe
        names = ("least_n", "least_effective_n", "round_to")
        stricter = {name: max(getattr(rule, name), getattr(self, name)) for name in names}
        exact = universe.exact_points and self.points == "exact"
        return kit.model_copy(
            update={
                "disclosure": rule.model_copy(update=stricter),
                "universe": universe.model_copy(update={"exact_points": exact}),
            }
        )
