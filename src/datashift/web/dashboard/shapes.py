"""Outlines for the maps of a release: from the boundaries that its run had, simple enough for a slow line."""

from __future__ import annotations

import gzip
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from datashift.draw.maps import LEAST_AREAS, on_page
from datashift.draw.outlines import frame, light
from datashift.inputs import Inputs, bare_name
from datashift.pipeline import set_up
from datashift.publish.bundle import EVIDENCE, PUBLIC
from datashift.standards.kits import parse_recipe
from datashift.web.dashboard.models import Shape

MOST_BYTES = 12_000
"""What the outlines of one map may weigh, compressed."""

HALF_PIXELS = 2
"""Steps of a path in a pixel of a map 700 wide."""


def shapes_in(release: str, home: Path) -> list[Shape]:
    """Return the outlines of the areas of a release; none where its run had no boundaries, or fewer than five areas.

    In: the id of a release in the store. Out: paths in one frame, x to the right, y down; neighbours share the same
    points, so that no gaps are drawn. Equirectangular, true at the middle latitude.
    """
    inputs = _inputs(home / "releases" / release / PUBLIC, home / "evidence" / release / EVIDENCE)
    areas = set_up(inputs, {}).outlines() if inputs else {}
    if len(areas) < LEAST_AREAS:
        return []
    drawn = light(on_page(areas), _light_enough, HALF_PIXELS)
    box = " ".join(map(str, frame(drawn.values(), HALF_PIXELS)))
    return [Shape(map=release, area=area, path=one.path, box=box) for area, one in drawn.items()]


def _light_enough(paths: str) -> bool:
    return len(gzip.compress(paths.encode(), 6)) <= MOST_BYTES


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
