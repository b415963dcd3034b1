"""Outlines as paths: light, whole, and never taken for somebody's telephone."""

from __future__ import annotations

import re

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, box

from datashift.draw.outlines import frame, light, path
from datashift.standards.personal import scan


def points(drawn: str) -> set[tuple[int, int]]:
    """Return every point of a path."""
    found: set[tuple[int, int]] = set()
    for ring in filter(None, drawn.split("z")):
        steps = [[int(n) for n in re.findall(r"-?\d+", part)] for part in ring.removeprefix("M").split("l")]
        found |= {(int(x), int(y)) for x, y in np.cumsum(steps, axis=0)}
    return found


def test_neighbours_keep_their_common_points_however_coarse() -> None:
    whole = shapely.segmentize(Point(300, 300).buffer(280, quad_segs=400), 1)
    west, east = whole.intersection(box(0, 0, 300, 600)), whole.intersection(box(300, 0, 600, 600))
    fine = light({"west": west, "east": east}, lambda _paths: True)
    coarse = light({"west": west, "east": east}, lambda paths: len(paths) < 1000)
    assert sum(len(one.path) for one in coarse.values()) < 1000 < sum(len(one.path) for one in fine.values())
    for drawn in (fine, coarse):
        assert len(points(drawn["west"].path) & points(drawn["east"].path)) >= 2


def test_the_frame_holds_every_point() -> None:
    drawn = light({"a": box(10.4, 20.6, 30.5, 40.5), "b": box(50, 1, 60, 9)}, lambda _paths: True, 2)
    left, top, width, height = frame(drawn.values(), 2)
    for one in drawn.values():
        assert all(left <= x <= left + width and top <= y <= top + height for x, y in points(one.path))


def test_an_area_too_small_for_whole_numbers_is_still_there() -> None:
    assert path(box(5.1, 5.1, 5.2, 5.2)) == "M5,5l1,0l0,1l-1,0z"
    assert path(MultiPolygon([box(0, 0, 9, 9), box(20, 20, 20.1, 20.1)])).count("M") == 1


def test_no_path_looks_like_personal_data() -> None:
    draw = np.random.default_rng(3)
    for _shape in range(200):
        shape = shapely.convex_hull(shapely.MultiPoint(draw.uniform(0, 2000, (12, 2))))
        assert scan(path(shape)) == []
