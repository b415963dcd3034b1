"""The map: areas in five classes, hatched where nothing is known, each area in the plane of the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from datashift.draw import letters, look
from datashift.draw.naming import SIGNS, Region, State, names, signs, state_of
from datashift.draw.numbers import CANNOT_TELL, TOO_FEW
from datashift.draw.page import HATCH, ROOM, Align, Line, Spec, block, corner, foot, head, marks, page, texts
from datashift.draw.rows import Row
from datashift.draw.words import Words
from datashift.language import N_, _
from datashift.numbers import said

LEAST_AREAS = 5
NOBODY_COUNTED = N_("nobody counted")

Points = npt.NDArray[np.float64]

_TALLEST = 620
_COARSE = (0.8, 1.0, 1.2, 1.6, 2.2, 3.0)  # pixels; the first is what no eye sees, the next are for maps of many bends
_MOST_POINTS = 5600  # about 40 kB of outlines
_SLIT = 0.4  # pixels; half the width of a hole that is no lake
_SPECK = 0.5  # square pixels; no eye sees an island below this
_SWATCH, _HIGH = 84, 20
_MOST_IN_ONE = 0.6
_NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0, 15.0, 20.0, 25.0, 50.0)
_WORDS: dict[State, str] = {"unknown": CANNOT_TELL, "few": TOO_FEW, "empty": NOBODY_COUNTED}


def choropleth(rows: Sequence[Row], shapes: Mapping[str, Any], words: Words) -> Spec | None:
    """Return the specification of the map of `rows`, or None where fewer than five areas have figure and shape."""
    by_area = {row.area: row for row in rows if not row.whole}
    figures = [row.figure for area, row in by_area.items() if row.figure and area in shapes]
    if len(figures) < LEAST_AREAS:
        return None
    values = [figure.value for figure in figures]
    limits = class_limits(values, share=figures[0].unit == "PT")
    outlines = on_page(shapes)
    lines, top = head(words)
    states = {state_of(by_area.get(area)) for area in outlines}
    keyed, key_layers, top = _legend(limits, words, states, top)
    regions = [_region(_moved(outline, top), by_area.get(area), limits) for area, outline in outlines.items()]
    foot_lines, height = foot(words, max(region.outline.bounds[3] for region in regions))
    named, name_layers = names(regions)
    layers = [_areas(regions), *key_layers, *name_layers, *corner(words)]
    return page([*layers, *texts([*lines, *keyed, *named, *foot_lines])], height)


def class_limits(values: Sequence[float], *, share: bool) -> list[float]:
    """Return the six limits of five classes with round numbers that hold every value; shares stay within 100.

    Method: classes of equal width; where these would put most areas into one class, classes of about equal number.
    """
    least, most = min(values), max(values)
    equal = _equal_limits(least, most, share)
    fullest = int(np.histogram(values, equal)[0].max())
    if fullest <= _MOST_IN_ONE * len(values) or least == most:
        return equal
    digits = 1 - math.floor(math.log10(most - least))  # two digits of the range are enough for a limit
    inner = [round(float(limit), digits) for limit in np.quantile(values, (0.2, 0.4, 0.6, 0.8))]
    step = 10.0**-digits
    limits = [math.floor(least / step) * step, *inner, math.ceil(most / step) * step]
    return [round(limit, 10) for limit in limits] if all(a < b for a, b in pairwise(limits)) else equal


def on_page(shapes: Mapping[str, Any]) -> dict[str, BaseGeometry]:
    """Return the outline of each area in pixels of the page, its top at 0, simple enough to be sent to a phone.

    In: area id -> GeoJSON geometry, shapely geometry, or a sequence of these, which are united; degrees (WGS84).
    Method: equirectangular, true at the middle latitude; coverage simplification, so that neighbours still touch.
    """
    areas = {area: _united(given) for area, given in shapes.items()}
    west, south, east, north = shapely.total_bounds(list(areas.values()))
    if east - west > 180:  # both sides of the date line
        areas = {area: shapely.transform(outline, _eastward) for area, outline in areas.items()}
        west, south, east, north = shapely.total_bounds(list(areas.values()))
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min(ROOM / max((east - west) * narrow, 1e-9), _TALLEST / max(north - south, 1e-9))
    left = look.MARGIN + (ROOM - (east - west) * narrow * scale) / 2

    def placed(points: Points) -> Points:
        return np.column_stack([left + (points[:, 0] - west) * narrow * scale, (north - points[:, 1]) * scale])

    plane = _simple([shapely.transform(outline, placed) for outline in areas.values()])
    return dict(zip(areas, plane, strict=True))


# --- classes ------------------------------------------------------------------------------------------------------


def _equal_limits(least: float, most: float, share: bool) -> list[float]:
    span = most - least or abs(most) / 10 or 1.0  # equal figures still need classes to stand in
    power = 10.0 ** math.floor(math.log10(span / 5))
    for step in (power * nice for nice in _NICE):
        first = math.floor(least / step + 1e-9) * step
        if share and first + 5 * step > 100:
            first = max(0.0, 100 - 5 * step)
        if first <= least and first + 5 * step >= most - 1e-9:
            break
    return [round(first + k * step, 10) for k in range(6)]


# --- geometry -----------------------------------------------------------------------------------------------------


def _united(given: Any) -> BaseGeometry:
    several = given if isinstance(given, (list, tuple)) else [given]
    shapes = [g if isinstance(g, BaseGeometry) else shape(g) for g in several]
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def _eastward(points: Points) -> Points:
    return np.column_stack([np.where(points[:, 0] < 0, points[:, 0] + 360, points[:, 0]), points[:, 1]])


def _simple(outlines: list[BaseGeometry]) -> list[BaseGeometry]:
    touching = bool(shapely.coverage_is_valid(outlines))
    plain = outlines
    for tolerance in _COARSE:
        if touching:
            plain = list(shapely.coverage_simplify(plain, tolerance))
        else:  # areas that overlap have no common edges to keep; the slits between them stay below half a pixel
            plain = list(shapely.simplify(plain, tolerance / 2, preserve_topology=False))
        if shapely.get_num_coordinates(plain).sum() <= _MOST_POINTS:
            break
    return [_drawn(fine if coarse.is_empty else coarse) for fine, coarse in zip(outlines, plain, strict=True)]


def _drawn(outline: BaseGeometry) -> BaseGeometry:
    """Keep the parts that can be seen (at least the largest), clockwise as Vega wants them."""
    # Fewer points can make a ring touch itself.
    sound = shapely.make_valid(outline, method="structure", keep_collapsed=False)
    parts = sorted((p for p in shapely.get_parts(sound) if isinstance(p, Polygon)), key=lambda p: -p.area)
    seen = [_without_slits(part) for k, part in enumerate(parts) if not k or part.area >= _SPECK]
    return shapely.orient_polygons(MultiPolygon(seen), exterior_cw=True)


def _without_slits(part: Polygon) -> Polygon:
    # Where areas are united whose edges do not quite meet, slits stay between them; lakes are wider.
    holes = [hole for hole in part.interiors if Polygon(hole).area > _SLIT * hole.length]
    return Polygon(part.exterior, holes)


def _moved(outline: BaseGeometry, down: float) -> BaseGeometry:
    return shapely.transform(outline, lambda points: points + np.array([0.0, down]))


# --- areas --------------------------------------------------------------------------------------------------------


def _region(outline: BaseGeometry, row: Row | None, limits: Sequence[float]) -> Region:
    value = row.figure.value if row and row.figure else limits[0]
    found = int(np.searchsorted(limits, value, side="right")) - 1
    return Region(outline, row.name if row else "", state_of(row), min(4, max(0, found)))


def _areas(regions: Sequence[Region]) -> Spec:
    unknown = f"url(#{HATCH})"
    features = [
        {
            "type": "Feature",
            "properties": {"ink": look.CLASSES[region.order] if region.state == "shown" else unknown},
            "geometry": mapping(shapely.transform(region.outline, lambda points: points.round(1))),
        }
        for region in regions
    ]
    return {
        "name": "area",
        "data": {"values": features},
        "projection": {"type": "identity", "scale": 1, "translate": [0, 0]},
        "mark": {"type": "geoshape", "stroke": look.QUIET, "strokeWidth": 0.8, "strokeJoin": "round"},
        "encoding": {"fill": {"field": "properties.ink", "type": "nominal", "scale": None}},
    }


# --- legend -------------------------------------------------------------------------------------------------------


def _legend(
    limits: Sequence[float], words: Words, states: set[State], top: float
) -> tuple[list[Line], list[Spec], float]:
    lines, end = block(words.unit, top, (look.LABEL, look.LABEL_LINE), ink=look.QUIET)
    swatches = [
        {
            "x": look.MARGIN + k * _SWATCH,
            "x2": look.MARGIN + (k + 1) * _SWATCH,
            "y": end + 4,
            "y2": end + 4 + _HIGH,
            "ink": ink,
        }
        for k, ink in enumerate(look.CLASSES)
    ]
    fill: Spec = {"field": "ink", "type": "nominal", "scale": None}
    layers = [marks("class", {"type": "rect", "stroke": look.QUIET, "strokeWidth": 0.8}, swatches, fill=fill)]
    decimals = max(len(f"{limit:.10g}".partition(".")[2]) for limit in limits)
    for k, limit in enumerate(limits):
        align: Align = "left" if not k else "center"
        lines.append(Line(said(limit, decimals), look.MARGIN + k * _SWATCH, end + _HIGH + 22, align=align))
    return _state_legend(states, lines, layers, end + _HIGH + 32)


def _state_legend(
    states: set[State], lines: list[Line], layers: list[Spec], top: float
) -> tuple[list[Line], list[Spec], float]:
    x = float(look.MARGIN)
    for state in (state for state in _WORDS if state in states):
        text = _(_WORDS[state])
        hatched = {"x": x, "x2": x + 40, "y": top + 2, "y2": top + 2 + _HIGH}
        layers.append(marks("key", {"type": "rect", "fill": f"url(#{HATCH})", "stroke": look.QUIET}, [hatched]))
        if state in SIGNS:
            plate = {"x": x + 11, "x2": x + 29, "y": top + 3, "y2": top + 1 + _HIGH}
            layers.append(marks("key", {"type": "rect", "fill": look.PAPER}, [plate]))
            layers.append(signs(state, [{"x": x + 20, "y": top + 2 + _HIGH / 2}]))
        lines.append(Line(text, x + 48, top + 18))
        x += 48 + letters.width(text, look.LABEL) + 24
    return lines, layers, top + (_HIGH + 18 if x > look.MARGIN else 8)
