"""Names on a map: inside the area where they fit, else beside it with a line to it where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from datashift.draw import letters, look
from datashift.draw.page import Line, Spec, marks
from datashift.draw.rows import Row

State = Literal["shown", "few", "unknown", "empty"]
SIGNS: tuple[State, ...] = ("few", "empty")

_SIGN, _HALF, _DARK = 18, 9, 4
_STEP = 4.0  # pixels between the places that are tried
_FAR = 60.0  # pixels; a name further from its area than this would be read as another's


@dataclass(frozen=True)
class Region:
    """An area on the page: its outline in pixels, its name, what is known, and its class from 0 (light) to 4."""

    outline: BaseGeometry
    name: str
    state: State
    order: int

    @property
    def body(self) -> BaseGeometry:
        """Return the largest part."""
        parts: list[BaseGeometry] = list(shapely.get_parts(self.outline))
        return max(parts, key=lambda part: float(part.area))


def state_of(row: Row | None) -> State:
    """Say what is known of an area; without a row nobody counted there."""
    if row is None:
        return "empty"
    return "shown" if row.figure else "few" if row.state == "few" else "unknown"


def names(regions: Sequence[Region]) -> tuple[list[Line], list[Spec]]:
    """Name the areas and mark those without a figure; return the lines of text and the layers below them."""
    lines: list[Line] = []
    plates: list[Spec] = []
    marked: dict[State, list[Spec]] = {}
    outside: list[Region] = []
    for region in regions:
        sign = _SIGN if region.state in SIGNS else 0
        text = letters.width(region.name, look.NAME)
        at = _inside(region.body, text + sign) if region.name else None
        if at:
            ink = look.PAPER if region.state == "shown" and region.order == _DARK else look.BLACK
            lines.append(Line(region.name, at[0] + sign / 2, at[1] + 5, look.NAME, ink, align="center"))
        else:
            outside += [region] if region.name else []
            text, at = 0.0, _inside(region.body, sign) if sign else None
        if at and region.state != "shown":
            plates.append(_plate(at, text + sign))
            marked.setdefault(region.state, []).append({"x": at[0] - text / 2, "y": at[1]})
    beside, leaders = _beside(outside, regions)
    plate = marks("plate", {"type": "rect", "fill": look.PAPER, "cornerRadius": 4}, plates)
    leader = marks("leader", {"type": "rule", "color": look.BLACK}, leaders)
    return [*lines, *beside], [plate, leader, *(signs(s, values) for s, values in marked.items() if s in SIGNS)]


def signs(state: State, values: Sequence[Spec]) -> Spec:
    """Return a layer of locks (too few answers) or empty rings (nobody counted)."""
    lock = {"type": "point", "shape": look.LOCK, "filled": True, "color": look.QUIET, "size": 170, "opacity": 1}
    ring = {"type": "point", "shape": "circle", "filled": False, "stroke": look.QUIET, "strokeWidth": 2}
    return marks(state, lock if state == "few" else {**ring, "size": 90, "opacity": 1}, values)


def _plate(at: tuple[float, float], across: float) -> Spec:
    x, y = at
    return {"x": x - across / 2 - 2, "x2": x + across / 2 + 2, "y": y - _HALF - 1, "y2": y + _HALF + 1}


def _inside(body: BaseGeometry, across: float) -> tuple[float, float] | None:
    """Return the middle of a place inside the outline for a line of text, as near to its middle as can be."""
    x, y = _grid(*body.bounds)
    shapely.prepare(body)
    fits = shapely.contains(body, _boxes(x, y, across))
    if not fits.any():
        return None
    middle = body.centroid
    best = int(np.argmin(np.where(fits, (x - middle.x) ** 2 + (y - middle.y) ** 2, np.inf)))
    return round(float(x[best]), 1), round(float(y[best]), 1)


def _grid(west: float, north: float, east: float, south: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.arange(west, east + 1, _STEP), np.arange(north, south + 1, _STEP))
    return x.ravel(), y.ravel()


def _boxes(x: np.ndarray, y: np.ndarray, across: float) -> np.ndarray:
    boxes: np.ndarray = shapely.box(x - across / 2 - 2, y - _HALF, x + across / 2 + 2, y + _HALF)
    return boxes


def _beside(outside: Sequence[Region], regions: Sequence[Region]) -> tuple[list[Line], list[Spec]]:
    land = shapely.union_all([region.outline for region in regions]).buffer(1)
    written: BaseGeometry = shapely.Point()
    lines, leaders = [], []
    for region in outside:
        others = np.array([written, *(r.outline for r in regions if r is not region)])
        across = letters.width(region.name, look.NAME)
        at = _free(region, others, land, across)
        if at is None:
            continue
        x, y = at
        box = shapely.box(x - across / 2, y - _HALF, x + across / 2, y + _HALF)
        leader = _leader(box, region.body)
        written = shapely.union_all([written, box.buffer(4), leader.buffer(4)])
        lines.append(Line(region.name, x, y + 5, look.NAME, look.BLACK, align="center"))
        (x1, y1), (x2, y2) = shapely.get_coordinates(leader).tolist()
        leaders.append({"x": round(x1, 1), "y": round(y1, 1), "x2": round(x2, 1), "y2": round(y2, 1)})
    return lines, leaders


def _free(region: Region, others: np.ndarray, land: BaseGeometry, across: float) -> tuple[float, float] | None:
    """Return the nearest empty place for a name from which a straight line meets its area and nothing else.

    `others` are the other areas, and first what is already written beside them.
    """
    west, north, east, south = region.body.bounds
    edge, reach = look.MARGIN + across / 2 + 2, _FAR + across / 2
    _west, top, _east, bottom = land.bounds
    high, low = max(top + _HALF, north - _FAR), min(bottom - _HALF, south + _FAR)
    x, y = _grid(max(edge, west - reach), high, min(look.WIDTH - edge, east + reach), low)
    boxes = _boxes(x, y, across)
    shapely.prepare(land)
    away = shapely.distance(boxes, region.body)
    good = ~shapely.intersects(land, boxes) & ~shapely.intersects(others[0], boxes) & (away < _FAR)
    for k in np.argsort(away, kind="stable"):
        if good[k] and not shapely.intersects(_leader(boxes[k], region.body), others).any():
            return round(float(x[k]), 1), round(float(y[k]), 1)
    return None


def _leader(box: BaseGeometry, body: BaseGeometry) -> shapely.LineString:
    """Return the shortest line from a name to its area, drawn on for a few pixels so that it is seen to arrive."""
    (x1, y1), (x2, y2) = shapely.get_coordinates(shapely.shortest_line(box, body)).tolist()
    longer = 1 + 4 / max(1.0, float(np.hypot(x2 - x1, y2 - y1)))
    return shapely.LineString([(x1, y1), (x1 + (x2 - x1) * longer, y1 + (y2 - y1) * longer)])
