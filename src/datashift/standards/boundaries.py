"""Boundaries for maps: a public file becomes small polygons under the ids of areas, with borders that stay shared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from datashift.errors import BadAreas
from datashift.model import Area
from datashift.standards.place_names import PlaceMatch

TOLERANCE = 0.01
"""Degrees (about 1.1 km) that a simplified border may leave the true one; a national map does not show less."""

DECIMALS = 4  # of a degree: 11 m

_EARTH = 6371.0072  # km: the radius of the sphere with the surface of the earth
_SHOWN = 5


@dataclass(frozen=True)
class Outline:
    """Simplified boundaries: area id -> polygon in degrees, and what became of the names in the file.

    shared: whether the polygons fit together without gaps and overlaps, so that neighbours share their border.
    dropped: pieces too small to see that were left out.
    """

    shapes: Mapping[str, BaseGeometry]
    matches: tuple[PlaceMatch, ...]
    shared: bool
    dropped: int

    @property
    def unmatched(self) -> list[PlaceMatch]:
        """The names that stand for no one area."""
        return [found for found in self.matches if not found.resolved]


def outlines(found: Mapping[str, Sequence[BaseGeometry]], matches: Sequence[PlaceMatch], tolerance: float) -> Outline:
    """Tie polygons to areas and simplify them together.

    In:  name -> polygons in degrees, as `shapes.polygons` reads them; what each name means, as `place_names.match`
    finds it; the tolerance in degrees (0 leaves the borders as they are).
    Out: one polygon for each area that was found, however many features of the file have its name.
    How: GEOS mends overlaps and gaps narrower than the tolerance (`coverage_clean`), then simplifies by
    Visvalingam–Whyatt (`coverage_simplify`), which moves a shared border once for both sides.
    Raises BadAreas where no name stands for an area.
    """
    pieces: dict[str, list[BaseGeometry]] = {}
    for place in matches:
        if place.area is not None:
            pieces.setdefault(place.area.id, []).extend(found[place.name])
    if not pieces:
        raise BadAreas("areas.no-shape", names=", ".join(list(found)[:_SHOWN]))
    whole = {area: shapely.union_all(pieces[area]) for area in sorted(pieces)}
    coverage = _fitting(np.array(list(whole.values()), dtype=object), tolerance)
    shared = bool(shapely.coverage_is_valid(coverage))
    simple = shapely.coverage_simplify(coverage, tolerance) if tolerance else coverage
    kept, dropped = {}, 0
    for area, shape, original in zip(whole, simple, coverage, strict=True):
        kept[area], few = _without_slivers(shape if not shape.is_empty else original, tolerance)
        dropped += few
    return Outline(kept, tuple(matches), shared, dropped)


def geojson(outline: Outline, areas: Mapping[str, Area], day: date) -> str:
    """Return the outlines as GeoJSON text: each feature has the area's id, name, level and the day of the extent.

    Coordinates have four decimals of a degree; a recipe names this file as place.boundaries with name = "id".
    """
    features = [
        {
            "type": "Feature",
            "id": area,
            "properties": {
                "id": area,
                "name": areas[area].name,
                "level": areas[area].level,
                "as_of": day.isoformat(),
            },
            "geometry": mapping(_rounded(shape)),
        }
        for area, shape in outline.shapes.items()
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def square_kilometres(shape: BaseGeometry) -> float:
    """Return the area of a polygon in degrees, in km², by Lambert's cylindrical equal-area projection of a sphere.

    The earth is flatter than that sphere; the error is below 0.7 % of the area anywhere.
    """

    def flat(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        east, north = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
        return np.column_stack([east * _EARTH, np.sin(north) * _EARTH])

    return float(shapely.transform(shape, flat).area)


def _fitting(shapes: npt.NDArray[np.object_], tolerance: float) -> npt.NDArray[np.object_]:
    """Make the polygons fit together, where the library can; most public files have small overlaps and gaps."""
    if shapely.coverage_is_valid(shapes) or not hasattr(shapely, "coverage_clean"):
        return shapes
    return np.asarray(shapely.coverage_clean(shapes, gap_width=tolerance), dtype=object)


def _without_slivers(shape: BaseGeometry, tolerance: float) -> tuple[BaseGeometry, int]:
    """Leave out pieces that the tolerance makes invisible; the largest piece always stays."""
    parts = shapely.get_parts(shape)
    sizes = shapely.area(parts)
    seen = (sizes >= tolerance**2) | (sizes == sizes.max())
    kept = parts[seen]
    return (kept[0] if len(kept) == 1 else shapely.multipolygons(kept)), int((~seen).sum())


def _rounded(shape: BaseGeometry) -> BaseGeometry:
    # Rounding points keeps shared borders shared; a ring that rounding would make cross itself keeps its points.
    near = shapely.transform(shape, lambda points: np.round(points, DECIMALS))
    return near if near.is_valid else shape
