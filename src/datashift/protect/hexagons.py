"""Points as counts in hexagons (H3), each with enough points and enough people, and none told by subtraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import h3
import numpy as np
import numpy.typing as npt

from datashift.errors import CannotProtect
from datashift.language import N_
from datashift.protect.points import Points

COUNTED = N_("Points are told as counts in hexagons, each with at least {least_n} of them.")
MERGED = N_("{count} points are told in a larger hexagon, because a small one near them held too few.")
LEFT_OUT = N_("{count} points are left out, because even the largest hexagons around them held too few.")
NO_PLACE = N_("{count} points have no position.")

Numbers = npt.NDArray[np.float64]
Texts = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Hexagons:
    """Counts in hexagons that do not overlap, and what could not be told.

    `counts`: H3 cell -> number of points.   `cell_of`: per point its cell, "" where it is not told: with it a figure
    for each cell can be formed.   `merged`: points told in a larger hexagon than the smallest size.
    A larger hexagon stands for the small ones that it is made of; at its rim they reach a little beyond its outline.
    """

    counts: dict[str, int]
    cell_of: Texts
    merged: int
    left_out: int
    no_place: int
    said: tuple[tuple[str, dict[str, str]], ...]


def hexagons(
    longitude: Numbers,
    latitude: Numbers,
    *,
    least_n: int,
    finest: int = 7,
    coarsest: int = 4,
    people: Sequence[str] = (),
) -> Hexagons:
    """Count points in hexagons of sizes `finest` (7: about 5 km²) to `coarsest` (4: about 1,770 km²).

    In:  degrees (WGS84); `people`: who stands behind each point, if known: each hexagon has `least_n` of them, too.
    Out: a hexagon is split only where all its parts that hold a point hold enough. So none is told beside the larger
         one around it, and no small one is found by subtraction. Of the largest, those with too few are left out.
         Where fewer than `least_n` points would be left out, or one hexagon alone, the smallest others go with them.
    Raises CannotProtect: points.resolutions, points.lengths.
    """
    if not 0 <= coarsest <= finest <= 15:
        raise CannotProtect("points.resolutions", coarsest=coarsest, finest=finest)
    for field, column in (("latitude", latitude), ("people", people)):
        if len(column) != len(longitude) and (len(column) or field == "latitude"):
            raise CannotProtect("points.lengths", points=len(longitude), field=field, length=len(column))
    placed = np.flatnonzero((np.abs(longitude) <= 180) & (np.abs(latitude) <= 90))
    smallest = [h3.latlng_to_cell(latitude[k], longitude[k], finest) for k in placed]
    names, cell = np.unique(np.array(smallest, dtype=np.str_), return_inverse=True)
    who = np.asarray(people, dtype=np.str_)[placed] if len(people) else None
    told = _mosaic(names, cell, who, (finest, coarsest), least_n)
    told = _not_few_left(told, names, cell, who, (coarsest, least_n))[cell]
    whole = np.full(len(longitude), "", dtype="<U15")
    whole[placed] = told
    cells, counts = np.unique(told[told != ""], return_counts=True)
    merged = sum(int(n) for name, n in zip(cells, counts, strict=True) if h3.get_resolution(str(name)) < finest)
    gone = (merged, int((told == "").sum()), len(longitude) - placed.size)
    counted = {str(name): int(n) for name, n in zip(cells, counts, strict=True)}
    return Hexagons(counted, whole, *gone, _said(least_n, *gone))


def hexagons_of_areas(
    points: Points, *, least_n: int, finest: int = 7, coarsest: int = 4, people: Sequence[str] = ()
) -> dict[str, Hexagons]:
    """Count points in hexagons that end at the borders of areas: those of each area by themselves, as `hexagons` does.

    So whoever takes the hexagons of an area from the figure of the area is left with nobody, or with `least_n` at
    least; and a hexagon that lies in two areas tells no difference between them. Points without a position count
    among those left over: where they alone are too few, the smallest hexagon is left out with them.
    """
    longitude, latitude = points.longitude, points.latitude
    area = np.asarray(points.area if len(points.area) else [""] * len(longitude), dtype=np.str_)
    names, of = np.unique(area, return_inverse=True)
    who = np.asarray(people, dtype=np.str_) if len(people) else None
    made: dict[str, Hexagons] = {}
    for number, name in enumerate(names):
        own = np.flatnonzero(of == number)
        told = hexagons(
            longitude[own], latitude[own], least_n=least_n, finest=finest, coarsest=coarsest,
            people=() if who is None else who[own].tolist(),
        )  # fmt: skip
        made[str(name)] = _with_the_placeless(told, least_n)
    return made


def _with_the_placeless(told: Hexagons, least_n: int) -> Hexagons:
    if not told.counts or not 0 < told.left_out + told.no_place < least_n:
        return told
    smallest = min(told.counts, key=lambda cell: (told.counts[cell], cell))
    counts = {cell: n for cell, n in told.counts.items() if cell != smallest}
    cells = np.where(told.cell_of == smallest, "", told.cell_of)
    return replace(told, counts=counts, cell_of=cells, left_out=told.left_out + told.counts[smallest])


def _mosaic(names: Texts, cell: npt.NDArray[np.intp], who: Texts | None, sizes: tuple[int, int], least_n: int) -> Texts:
    """Return for each of the smallest cells the cell in which it is told; "" where none has enough."""
    finest, coarsest = sizes
    told, whole = names.astype("<U15"), np.ones(names.size, dtype=bool)
    for size in range(finest, coarsest - 1, -1):
        around = np.array([h3.cell_to_parent(str(name), size) for name in names], dtype="<U15")
        cells, of = np.unique(around, return_inverse=True)
        enough = _many(of[cell], who, cells.size) >= least_n
        # A cell stays split while all its parts are told; it takes them in as soon as one of them is not.
        split = np.ones(cells.size, dtype=bool)
        np.logical_and.at(split, of, whole)
        split &= size < finest
        told = np.where(split[of], told, np.where(enough[of], around, ""))
        whole = np.where(split[of], whole, enough[of])
    return told


def _many(of: npt.NDArray[np.intp], who: Texts | None, cells: int) -> npt.NDArray[np.intp]:
    points = np.bincount(of, minlength=cells)
    if who is None:
        return points
    persons = np.unique(who, return_inverse=True)[1]
    pairs = np.unique(of * (persons.max(initial=0) + 1) + persons)
    return np.minimum(points, np.bincount(pairs // (persons.max(initial=0) + 1), minlength=cells))


def _not_few_left(
    told: Texts, names: Texts, cell: npt.NDArray[np.intp], who: Texts | None, rule: tuple[int, int]
) -> Texts:
    """Leave out the smallest of the largest hexagons as well, until those left out do not point at a few people."""
    coarsest, least_n = rule
    largest, of = np.unique(np.array([h3.cell_to_parent(str(n), coarsest) for n in names]), return_inverse=True)
    out = np.zeros(largest.size, dtype=bool)
    out[of[told == ""]] = True
    size = _many(of[cell], who, largest.size)
    for one in np.argsort(size, kind="stable"):
        left = out[of[cell]].astype(np.intp)
        if not out.any() or (out.sum() > 1 and _many(left, who, 2)[1] >= least_n):
            break
        out[one] = True
    return np.where(out[of], "", told)


def _said(least_n: int, merged: int, left_out: int, no_place: int) -> tuple[tuple[str, dict[str, str]], ...]:
    said = [(COUNTED, {"least_n": str(least_n)})]
    told = ((MERGED, merged), (LEFT_OUT, left_out), (NO_PLACE, no_place))
    return tuple(said + [(text, {"count": str(count)}) for text, count in told if count])
