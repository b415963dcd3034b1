"""How much of the land was reached (criterion C3): shares only, from which nobody's position can be told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]

PER_CELL = 5
"""Answers that a cell would have, were they spread evenly: cells of this size are rarely empty by accident."""
LEAST_CELLS, MOST_CELLS = 16, 400
KM = 111.32
"""Kilometres of a degree of latitude."""


@dataclass(frozen=True)
class Space:
    """Positions inside the land, as shares of 0 to 1.

    n: positions inside.   side: length of a cell in km.   cells: of those on land.   occupied: with a position.
    expected: occupied, if as many positions fell evenly over the land.   hull: land inside the line around all of them.
    """

    n: int
    side: float
    cells: int
    occupied: float
    expected: float
    hull: float


def space(latitude: Floats, longitude: Floats, land: Sequence[BaseGeometry], least_n: int) -> Space | None:
    """Return how far positions are spread over the land; None with fewer than `least_n` inside it.

    Method: a grid of squares in the plane (equirectangular, true at the middle latitude), as many as give each five
    positions, between 16 and 400; a cell is on land where its middle is. The line around all positions is their convex
    hull. Nobody need live everywhere: `expected` is what to hold `occupied` against only where people live evenly.
    Outlines are taken without detail below a thousandth of the extent of the land.
    """
    if not land:
        return None
    ground = _ground(land)
    known = np.isfinite(latitude) & np.isfinite(longitude)
    inside = np.zeros(len(latitude), dtype=np.bool_)
    shapely.prepare(ground)
    inside[known] = shapely.contains_xy(ground, longitude[known], latitude[known])
    n = int(inside.sum())
    if n < max(least_n, 3):
        return None
    west, south, east, north = ground.bounds
    narrow = math.cos(math.radians((south + north) / 2))
    wanted = min(max(n // PER_CELL, LEAST_CELLS), MOST_CELLS)
    side = math.sqrt(ground.area * narrow / wanted)
    across, down = math.ceil((east - west) * narrow / side), math.ceil((north - south) / side)
    columns, rows = np.meshgrid(np.arange(across), np.arange(down))
    on_land = shapely.contains_xy(ground, west + (columns + 0.5) * side / narrow, south + (rows + 0.5) * side)
    found = np.zeros((down, across), dtype=np.bool_)
    at_column = np.minimum(((longitude[inside] - west) * narrow / side).astype(np.int64), across - 1)
    at_row = np.minimum(((latitude[inside] - south) / side).astype(np.int64), down - 1)
    found[at_row, at_column] = True
    cells = int(on_land.sum())
    around = MultiPoint(np.column_stack([longitude[inside], latitude[inside]])).convex_hull
    return Space(
        n=n,
        side=side * KM,
        cells=cells,
        occupied=float((found & on_land).sum() / max(cells, 1)),
        expected=1 - (1 - 1 / max(cells, 1)) ** n,
        hull=float(around.intersection(ground).area / ground.area),
    )


def _ground(land: Sequence[BaseGeometry]) -> BaseGeometry:
    west, south, east, north = shapely.total_bounds(list(land))
    plain = shapely.simplify(list(land), max(east - west, north - south) / 1000)
    return shapely.union_all(shapely.make_valid(plain))
