"""Who was counted, as a map in no language: the outline of each area, and its answers beside its people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from datashift.assess.reached.representation import Held, Share
from datashift.dossier.people import RATED, Known, Shown, brief, group_label, short
from datashift.draw.maps import LEAST_AREAS, on_page
from datashift.draw.outlines import Outline, frame, light
from datashift.pipeline import Result

MOST_LETTERS = 24_000
"""What the outlines of all areas together may take."""


def area_map(result: Result, shared: Known, held: Sequence[Shown]) -> dict[str, Any] | None:
    """Return the ratio of each area with its outline; None where the areas have none, or there is nothing to rate.

    Also None for fewer than five areas, which a table tells better, and for more than can be told apart. An area whose
    answers are hidden is `hidden`, and nothing of them is told. `at` is a point inside the area, for its sign.
    """
    found = next(((table, hidden) for table, hidden in held if table.by == ("area",)), None)
    if found is None or shared.unit not in RATED:
        return None
    table, hidden = found
    drawn = _drawn(result, table)
    meant = [(_area(one), one, k in hidden) for k, one in enumerate(table.shares)]
    if not any(area in drawn and one.n and not hides for area, one, hides in meant):
        return None
    return {
        "viewbox": list(frame(drawn.values())),
        "areas": [
            {
                "label": short(group_label(result, shared, one.group)),
                "state": "hidden" if hides else one.state,
                "ratio": None if hides else brief(one.ratio),
                "at": _middle(drawn[area].shape),
                "path": drawn[area].path,
            }
            for area, one, hides in meant
            if area in drawn
        ],
        "without": [short(group_label(result, shared, one.group)) for area, one, _hides in meant if area not in drawn],
    }


def _area(one: Share) -> str:
    return dict(one.group)["area"]


def _drawn(result: Result, table: Held) -> dict[str, Outline]:
    """Return the outlines of the areas of a table, light enough; nothing where there are too few or too many."""
    meant = {_area(one) for one in table.shares}
    shapes = {area: shape for area, shape in result.setting.outlines().items() if area in meant}
    if len(shapes) < LEAST_AREAS:
        return {}
    drawn = light(on_page(shapes), _light_enough)
    return drawn if _light_enough("".join(one.path for one in drawn.values())) else {}


def _light_enough(paths: str) -> bool:
    return len(paths) <= MOST_LETTERS


def _middle(shape: BaseGeometry) -> list[int]:
    """Return the point of the largest part that is furthest from its edges, in whole pixels."""
    body = max(shapely.get_parts(shape), key=lambda part: float(part.area))
    circle = shapely.maximum_inscribed_circle(body)
    return [round(number) for number in circle.coords[0]]
