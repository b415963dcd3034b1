"""Outlines as SVG paths: whole numbers, neighbours on the same points, as fine as they may weigh."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

COARSER = (0.0, 1.5, 2.5, 4.0, 6.0, 9.0)
"""Steps of simplification, in pixels of a map 700 wide."""


@dataclass(frozen=True)
class Outline:
    """The outline of an area: in pixels of its page, and as a path in whole parts of a pixel."""

    shape: BaseGeometry
    path: str


def light(areas: Mapping[str, BaseGeometry], fits: Callable[[str], bool], per_pixel: int = 1) -> dict[str, Outline]:
    """Return outlines as fine as `fits` lets all their paths together be, else the coarsest.

    In: outlines in pixels, as `maps.on_page` lays them; how many steps a path has in a pixel.
    """
    found: dict[str, Outline] = {}
    for tolerance in COARSER:
        plain = _simpler(list(areas.values()), tolerance) if tolerance else list(areas.values())
        found = {area: Outline(shape, path(shape, per_pixel)) for area, shape in zip(areas, plain, strict=True)}
        if fits("".join(one.path for one in found.values())):
            break
    return found


def path(shape: BaseGeometry, per_pixel: int = 1) -> str:
    """Return an outline as steps between whole numbers, each ring closed; a small square where no ring is left.

    A letter stands before each step, so that nobody takes a row of numbers for that of a telephone.
    """
    rings: list[Any] = [r for part in shapely.get_parts(shape) for r in (part.exterior, *part.interiors)]
    drawn = [
        _ring([(round(per_pixel * x), round(per_pixel * y)) for x, y in ring.coords[:-1]])
        for ring in rings
        if not ring.is_empty
    ]
    return "".join(drawn) or _square(shape, per_pixel)


def frame(outlines: Iterable[Outline], per_pixel: int = 1) -> tuple[int, int, int, int]:
    """Return the frame of a map (left, top, width, height) in the steps of its paths, with room for a line around."""
    west, north, east, south = shapely.total_bounds([one.shape for one in outlines])
    numbers = (west, north, east - west, south - north)
    left, top, width, height = (round(per_pixel * number) for number in numbers)
    return left - 2, top - 2, width + 4, height + 4


def _simpler(shapes: Sequence[BaseGeometry], tolerance: float) -> list[BaseGeometry]:
    """Leave bends out, of common borders on both sides alike; an area that would vanish stays as it is."""
    plain = shapely.coverage_simplify(list(shapes), tolerance)
    return [fine if coarse.is_empty else coarse for fine, coarse in zip(shapes, plain, strict=True)]


def _ring(points: Sequence[tuple[int, int]]) -> str:
    kept = [point for k, point in enumerate(points) if not k or point != points[k - 1]]
    if len(kept) < 3:
        return ""
    steps = "".join(f"l{x - a},{y - b}" for (a, b), (x, y) in pairwise(kept))
    return f"M{kept[0][0]},{kept[0][1]}{steps}z".replace(",-", "-")


def _square(shape: BaseGeometry, per_pixel: int) -> str:
    west, north, _east, _south = shape.bounds
    return f"M{round(per_pixel * west)},{round(per_pixel * north)}l1,0l0,1l-1,0z"
