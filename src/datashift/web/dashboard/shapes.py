"""Outlines for the maps of a release: from the boundaries that its run had, simple enough for a slow line."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import shapely
from shapely.geometry.base import BaseGeometry

from datashift.draw.maps import LEAST_AREAS, on_page
from datashift.inputs import Inputs, bare_name
from datashift.pipeline import outlines, set_up
from datashift.publish.bundle import EVIDENCE, PUBLIC
from datashift.standards.kits import parse_recipe
from datashift.web.dashboard.models import Shape

MOST_BYTES = 12_000
"""What the outlines of one map may weigh, compressed."""

_COARSER = (0.0, 1.5, 2.5, 4.0, 6.0, 9.0)
"""Steps of simplification, in pixels of a map 700 wide; the first that is light enough is taken."""


def shapes_in(release: str, home: Path) -> list[Shape]:
    """Return the outlines of the areas of a release; none where its run had no boundaries, or fewer than five areas.

    In: the id of a release in the store. Out: paths in one frame, x to the right, y down; neighbours share the same
    points, so that no gaps are drawn. Equirectangular, true at the middle latitude.
    """
    inputs = _inputs(home / "releases" / release / PUBLIC, home / "evidence" / release / EVIDENCE)
    areas = outlines(set_up(inputs, {})) if inputs else {}
    if len(areas) < LEAST_AREAS:
        return []
    paths = _light(on_page(areas))
    box = _box(paths)
    return [Shape(map=release, area=area, path=path, box=box) for area, (path, _bounds) in paths.items()]


def _inputs(bundle: Path, evidence: Path) -> Inputs | None:
    """Return what is needed of a run to know its areas: recipe, kit, list of areas, boundaries."""
    try:
        with ZipFile(bundle) as public, ZipFile(evidence) as private:
            recipe, kit = (public.read(name).decode() for name in ("recipe.toml", "kit.toml"))
            place = parse_recipe(recipe, "recipe.toml").place
            wanted = {bare_name(one.file) for one in (place.boundaries, place.parts) if one}
            wanted |= {bare_name(place.areas)} if place.areas else set()
            raw = {name: name.partition("-")[2] for name in private.namelist() if name.startswith("raw/")}
            return Inputs(recipe, kit, {bare: private.read(name) for name, bare in raw.items() if bare in wanted})
    except (OSError, BadZipFile, KeyError):
        return None


Paths = dict[str, tuple[str, tuple[float, float, float, float]]]


def _light(areas: Mapping[str, BaseGeometry]) -> Paths:
    """Return the paths as fine as they may be."""
    found: Paths = {}
    for tolerance in _COARSER:
        plain = _simpler(list(areas.values()), tolerance) if tolerance else list(areas.values())
        found = {area: (_path(shape), shape.bounds) for area, shape in zip(areas, plain, strict=True)}
        text = "".join(path for path, _bounds in found.values())
        if len(gzip.compress(text.encode(), 6)) <= MOST_BYTES:
            break
    return found


def _simpler(shapes: Sequence[BaseGeometry], tolerance: float) -> list[BaseGeometry]:
    """Leave bends out, of common borders on both sides alike; an area that would vanish stays as it is."""
    plain = shapely.coverage_simplify(list(shapes), tolerance)
    return [fine if coarse.is_empty else coarse for fine, coarse in zip(shapes, plain, strict=True)]


def _path(shape: BaseGeometry) -> str:
    """Return an outline as steps between whole half pixels, each ring closed."""
    rings: list[Any] = [r for part in shapely.get_parts(shape) for r in (part.exterior, *part.interiors)]
    return "".join(filter(None, (_ring([(round(2 * x), round(2 * y)) for x, y in ring.coords[:-1]]) for ring in rings)))


def _ring(points: Sequence[tuple[int, int]]) -> str:
    kept = [point for k, point in enumerate(points) if not k or point != points[k - 1]]
    if len(kept) < 3:
        return ""
    steps = " ".join(f"{x - a},{y - b}" for (a, b), (x, y) in pairwise(kept))
    return f"M{kept[0][0]},{kept[0][1]}l{steps}z".replace(",-", "-").replace(" -", "-")


def _box(paths: Paths) -> str:
    """Return the frame of the map, in the half pixels of its paths, with room for a line around it."""
    bounds = [bounds for _path, bounds in paths.values()]
    west, north = (min(b[k] for b in bounds) for k in (0, 1))
    east, south = (max(b[k] for b in bounds) for k in (2, 3))
    frame = (2 * west - 2, 2 * north - 2, 2 * (east - west) + 4, 2 * (south - north) + 4)
    return " ".join(str(round(n)) for n in frame)
