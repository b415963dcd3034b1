"""Positions as they leave: exact, moved, or as counts in hexagons; as a table, as a map, with a page about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import h3
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from datashift.errors import CannotProtect
from datashift.language import N_, _
from datashift.model import Kit
from datashift.protect.hexagons import COUNTED, LEFT_OUT, MERGED, hexagons_of_areas
from datashift.protect.points import EXACT, Displacement, Numbers, Points, displaced

Way = Literal["exact", "moved", "hexagons"]
WAYS: tuple[Way, ...] = get_args(Way)
"""From the most open to the most careful."""

TABLE, MAP, ABOUT, DATA = "points.csv", "points.geojson", "about.txt", "about.json"

SINGLE = N_("{count} of {rows} rows are told as points.")
COUNTS = N_("{count} of {rows} rows are told as counts in {hexagons} hexagons, which end at the borders of areas.")
MISSING = N_("{count} rows have no position and are left out.")
OUTSIDE = N_("{count} rows are left out, because their position lies farther than {far} km outside their area.")
NO_OUTLINE = N_("{count} rows are left out, because the border of their area is not known.")
HIDDEN = N_("{count} rows are left out, because their areas hold too few answers to be shown.")
TOGETHER = N_("{count} rows stand at a place at which another row stands as well.")
KEPT = N_("A place moves the same way in every release, by a key that does not leave.")

KIT_EXACT = N_("the kit does not say that the positions of these things may be known.")
RECIPE_SAYS = N_("the recipe says so ([disclosure] points).")

_TOLERANCE = 5.0
"""Kilometres that a position may lie outside the outline of its area: outlines are drawn roughly, the GPS is not."""

_DEGREE = 111.2
"""Kilometres in a degree of latitude; in one of longitude there are fewer, which makes the tolerance narrower there."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rules:
    """How points leave: the way, how many must stand behind a hexagon or an area, and which areas are not shown."""

    way: Way
    least_n: int
    hidden: frozenset[str] = frozenset()
    finest: int = 7
    coarsest: int = 4
    displacement: Displacement = field(default_factory=Displacement)


@dataclass(frozen=True)
class Shown:
    """What leaves: a table, a shape for each of its rows, and sentences with their facts.

    `rows`: the rows of the input behind the rows of the table, one to one (none for hexagons).
    """

    table: dict[str, list[Any]]
    shapes: list[str]
    rows: npt.NDArray[np.intp]
    said: tuple[tuple[str, dict[str, str]], ...]


@dataclass(frozen=True)
class _Usable:
    """Which points can be told at all, and why the others cannot."""

    ready: Flags
    missing: int
    outside: int
    no_outline: int
    hidden: int


def allowed(kit: Kit, stated: Way, asked: Way | None) -> Way:
    """Return the way in which points leave: the most careful of what kit, recipe (`stated`) and `asked` say.

    Raises CannotProtect (points.not-so-open) where more is asked than is allowed.
    """
    by_kit: Way = "exact" if kit.universe.exact_points else "moved"
    most = max(by_kit, stated, key=WAYS.index)
    if asked is not None and WAYS.index(asked) < WAYS.index(most):
        why = _(RECIPE_SAYS) if most == stated else _(KIT_EXACT)
        raise CannotProtect("points.not-so-open", most=most, asked=asked, why=why)
    return asked or most


def shown(
    points: Points,
    rules: Rules,
    *,
    outlines: Mapping[str, BaseGeometry],
    key: Callable[[], bytes],
    people: Sequence[str] = (),
) -> Shown:
    """Return the points as they may leave by `rules`; `key` gives the permanent key, where points are moved.

    Exact points need nothing but a position that fits their area. Moved points need the outline of their area, so that
    none leaves it. Where the number of answers of an area is hidden, neither its points nor its hexagons are told: to
    count them would tell it. Raises CannotProtect: points.no-outlines, points.none.
    """
    if rules.way == "moved" and len(points.area) and not outlines:
        raise CannotProtect("points.no-outlines")
    usable = _usable(points, rules, outlines)
    if not usable.ready.any():
        raise _nothing(points, usable)
    if rules.way == "hexagons":
        made = _counted(points, rules, usable, people)
    else:
        made = _single(points, rules, usable, outlines, key)
    if not made.shapes:
        raise _nothing(points, usable)
    return made


def _nothing(points: Points, usable: _Usable) -> CannotProtect:
    outside = usable.outside + usable.no_outline
    few = len(points.longitude) - usable.missing - outside
    facts = {"rows": len(points.longitude), "missing": usable.missing, "outside": outside, "hidden": few}
    return CannotProtect("points.none", **facts)


def _usable(points: Points, rules: Rules, outlines: Mapping[str, BaseGeometry]) -> _Usable:
    there = (np.abs(points.longitude) <= 180) & (np.abs(points.latitude) <= 90)  # NaN is neither
    there &= (np.abs(points.longitude) > 1e-4) | (np.abs(points.latitude) > 1e-4)  # 0, 0 stands for no position
    area = _areas(points)
    names, of = np.unique(area, return_inverse=True)
    inside = np.ones(len(area), dtype=bool)
    for number, name in enumerate(names):
        if name in outlines:
            own = np.flatnonzero(there & (of == number))
            inside[own] = _near(outlines[name], points.longitude[own], points.latitude[own])
    bordered = np.isin(names, ["", *outlines])[of] | (rules.way != "moved")
    few = np.bincount(of, there & inside, minlength=len(names)) < rules.least_n
    open_areas = (~np.isin(names, list(rules.hidden)) & ~few)[of] | (rules.way == "exact")
    return _Usable(
        ready=there & inside & bordered & open_areas,
        missing=int((~there).sum()),
        outside=int((there & ~inside).sum()),
        no_outline=int((there & inside & ~bordered).sum()),
        hidden=int((there & inside & bordered & ~open_areas).sum()),
    )


def _near(outline: BaseGeometry, longitude: Numbers, latitude: Numbers) -> Flags:
    """Return which positions lie in the outline or near it."""
    shapely.prepare(outline)
    near: Flags = shapely.contains_xy(outline, longitude, latitude)
    out = np.flatnonzero(~near)
    near[out] = shapely.dwithin(shapely.points(longitude[out], latitude[out]), outline, _TOLERANCE / _DEGREE)
    return near


def _areas(points: Points) -> npt.NDArray[np.str_]:
    return np.asarray(points.area if len(points.area) else [""] * len(points.longitude), dtype=np.str_)


# --- points ---------------------------------------------------------------------------------------------------------


def _single(
    points: Points, rules: Rules, usable: _Usable, outlines: Mapping[str, BaseGeometry], key: Callable[[], bytes]
) -> Shown:
    rows = np.flatnonzero(usable.ready)
    some = points.some(rows)
    told: tuple[tuple[str, dict[str, str]], ...] = ((EXACT, {}),)
    longitude, latitude = some.longitude.round(5), some.latitude.round(5)
    if rules.way == "moved":
        moved = displaced(some, key=key(), outlines=outlines, rule=rules.displacement)
        longitude, latitude = moved.longitude, moved.latitude
        told = (*moved.said, (KEPT, {}))
    left = np.flatnonzero(~np.isnan(longitude))
    if rules.way == "moved":  # the order of the file would tell which row is which
        left = left[np.lexsort((latitude[left], longitude[left]))]
    rows, x, y = rows[left], longitude[left].tolist(), latitude[left].tolist()
    area = _areas(points)[rows].tolist()
    said = [(SINGLE, {"count": str(len(rows)), "rows": str(len(points.longitude))}), *told, *_why(usable)]
    if twice := len(rows) - len({*zip(x, y, strict=True)}):
        said.append((TOGETHER, {"count": str(twice)}))
    shapes = [f'{{"type":"Point","coordinates":[{a},{b}]}}' for a, b in zip(x, y, strict=True)]
    return Shown({"longitude": x, "latitude": y, "area": area}, shapes, rows, tuple(said))


# --- hexagons -------------------------------------------------------------------------------------------------------


def _counted(points: Points, rules: Rules, usable: _Usable, people: Sequence[str]) -> Shown:
    # What has a position that cannot be told counts as having none: it is among what is left over of its area.
    told = hexagons_of_areas(
        replace(points, longitude=np.where(usable.ready, points.longitude, np.nan)),
        least_n=rules.least_n, finest=rules.finest, coarsest=rules.coarsest, people=people,
    )  # fmt: skip
    cells = [(area, cell, n) for area, made in told.items() for cell, n in sorted(made.counts.items())]
    count = sum(n for _area, _cell, n in cells)
    facts = {"count": str(count), "rows": str(len(points.longitude)), "hexagons": str(len(cells))}
    said = [(COUNTS, facts), (COUNTED, {"least_n": str(rules.least_n)})]
    for text, many in ((MERGED, "merged"), (LEFT_OUT, "left_out")):
        if total := sum(getattr(made, many) for made in told.values()):
            said.append((text, {"count": str(total)}))
    table: dict[str, list[Any]] = {
        "h3": [cell for _area, cell, _n in cells],
        "size": [h3.get_resolution(cell) for _area, cell, _n in cells],
        "area": [area for area, _cell, _n in cells],
        "count": [n for _area, _cell, n in cells],
    }
    shapes = [_outline(cell) for _area, cell, _n in cells]
    return Shown(table, shapes, np.empty(0, dtype=np.intp), (*said, *_why(usable)))


def _outline(cell: str) -> str:
    ring = [[round(x, 6), round(y, 6)] for y, x in h3.cell_to_boundary(cell)]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, separators=(",", ":"))


def _why(usable: _Usable) -> list[tuple[str, dict[str, str]]]:
    told = [(MISSING, usable.missing), (OUTSIDE, usable.outside), (NO_OUTLINE, usable.no_outline)]
    told.append((HIDDEN, usable.hidden))
    return [(text, {"count": str(count), "far": f"{_TOLERANCE:g}"}) for text, count in told if count]


# --- files ----------------------------------------------------------------------------------------------------------


def as_geojson(made: Shown) -> bytes:
    """Return what leaves as GeoJSON; the columns beside the coordinates are properties."""
    names = [name for name in made.table if name not in ("longitude", "latitude")]
    cells = [[json.dumps(value, ensure_ascii=False) for value in made.table[name]] for name in names]
    keys = [json.dumps(name) for name in names]
    features = (
        f'{{"type":"Feature","geometry":{shape},"properties":{{'
        + ",".join(f"{key}:{value}" for key, value in zip(keys, values, strict=True))
        + "}}"
        for shape, values in zip(made.shapes, zip(*cells, strict=True), strict=True)
    )
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n").encode()
