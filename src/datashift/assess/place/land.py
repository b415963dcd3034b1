"""Areas on a flat map in kilometres: which area a point lies in, and how far points are from an area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.model import Area

_KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Land:
    """The parts of all areas of a country, flattened at its middle latitude.

    `owners` names the area of each part. Distances east and west are right at the middle latitude and off by the ratio
    of the cosines elsewhere: enough for tolerances of a few kilometres.
    """

    parts: tuple[BaseGeometry, ...]
    owners: tuple[str, ...]
    shrink: float

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.parts)

    def plane(self, longitude: Numbers, latitude: Numbers) -> tuple[Numbers, Numbers]:
        """Return degrees as kilometres east and north."""
        return longitude * (_KM_PER_DEGREE * self.shrink), latitude * _KM_PER_DEGREE

    def inside(self, east: Numbers, north: Numbers) -> Whole:
        """Return for each point the number of a part it lies in, or -1."""
        found = np.full(len(east), -1, dtype=np.int64)
        for number, part in enumerate(self.parts):
            west, south, right, top = part.bounds
            open_ = np.flatnonzero((found < 0) & (east >= west) & (east <= right) & (north >= south) & (north <= top))
            found[open_[shapely.contains_xy(part, east[open_], north[open_])]] = number
        return found

    def near(self, east: Numbers, north: Numbers, km: float) -> Flags:
        """Return which points lie at most `km` kilometres from any area."""
        flags = np.zeros(len(east), dtype=np.bool_)
        flags[self._tree.query(shapely.points(east, north), predicate="dwithin", distance=km)[0]] = True
        return flags

    def of(self, owners: Iterable[str]) -> BaseGeometry:
        """Return the parts of the named areas as one geometry, ready for many questions."""
        wanted = set(owners)
        chosen = [part for part, owner in zip(self.parts, self.owners, strict=True) if owner in wanted]
        joined = shapely.union_all(chosen) if len(chosen) > 1 else chosen[0]
        shapely.prepare(joined)
        return joined


def flattened(polygons: Mapping[str, list[BaseGeometry]]) -> Land | None:
    """Return the polygons (longitude, latitude in degrees) by area id as Land, or None where there are none."""
    named = [(area, part) for area, several in polygons.items() for part in several if not part.is_empty]
    if not named:
        return None
    bounds = shapely.total_bounds([part for _area, part in named])
    shrink = float(np.cos(np.radians((bounds[1] + bounds[3]) / 2)))
    scale = np.array([_KM_PER_DEGREE * shrink, _KM_PER_DEGREE])
    parts, owners = [], []
    for area, several in named:
        flat = shapely.transform(several, lambda corners: corners * scale)
        for part in _polygons(flat if flat.is_valid else shapely.make_valid(flat)):
            shapely.prepare(part)
            parts.append(part)
            owners.append(area)
    return Land(tuple(parts), tuple(owners), shrink)


def within(area: BaseGeometry, east: Numbers, north: Numbers, km: float) -> Flags:
    """Return which points lie in `area` or at most `km` kilometres from it."""
    points: npt.NDArray[np.object_] = np.asarray(shapely.points(east, north), dtype=object)
    return np.asarray(shapely.dwithin(area, points, km), dtype=np.bool_)


def same_place(one: str, other: str, areas: Mapping[str, Area]) -> bool:
    """Say whether a point in one of two areas can also lie in the other, by what is known of their history.

    True where they are equal, where one was cut from the other, or where one is part of the other.
    """
    return one == other or one in _lineage(other, areas) or other in _lineage(one, areas)


def _polygons(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Return the polygons of a geometry; a repair may also leave lines and points, which hold no point."""
    several = [part for part in shapely.get_parts(geometry) if not part.is_empty]
    nested = [part for part in several if part.geom_type.startswith(("Multi", "Geometry"))]
    single = [part for part in several if part.geom_type == "Polygon"]
    return single + [polygon for part in nested for polygon in _polygons(part)]


def _lineage(area: str, areas: Mapping[str, Area]) -> set[str]:
    """Return all areas that `area` was cut from or is part of, however long ago or far above."""
    known: set[str] = set()
    waiting = [area]
    while waiting:
        entry = areas.get(waiting.pop())
        above = [*entry.predecessors, *filter(None, [entry.parent])] if entry else []
        waiting += [name for name in above if name not in known]
        known.update(above)
    return known
