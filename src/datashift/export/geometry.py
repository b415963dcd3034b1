"""Places as ODK writes them ("lat lon altitude accuracy; …"), as geometries that maps read (well-known binary)."""

from __future__ import annotations

import math
import struct

POINT, LINE, AREA = 1, 2, 3
"""Numbers of geometries in well-known binary."""

KINDS = {"geopoint": POINT, "geotrace": LINE, "geoshape": AREA}
"""What a question of a form gives."""

Position = tuple[float, float]
"""Longitude and latitude in degrees of WGS 84."""


def positions(answer: str, kind: int) -> list[Position] | None:
    """Return the positions of an answer; None where it is no such geometry: it stays readable as text only.

    A line needs two positions, an area three. An area that was left open is closed.
    """
    found = [_position(piece) for piece in answer.strip().removesuffix(";").split(";")]
    known = [one for one in found if one is not None]
    if len(known) != len(found):
        return None
    if kind == AREA and known[0] != known[-1]:
        known.append(known[0])
    least = {POINT: 1, LINE: 2, AREA: 4}[kind]
    return known if len(known) >= least and (kind != POINT or len(known) == 1) else None


def binary(found: list[Position], kind: int) -> bytes:
    """Return the positions as well-known binary, little-endian, without altitude."""
    numbers = [number for position in found for number in position]
    body = struct.pack(f"<{len(numbers)}d", *numbers)
    if kind == POINT:
        return struct.pack("<BI", 1, kind) + body
    if kind == LINE:
        return struct.pack("<BII", 1, kind, len(found)) + body
    return struct.pack("<BIII", 1, kind, 1, len(found)) + body


def extent(found: list[Position]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of positions."""
    east, north = zip(*found, strict=True)
    return min(east), min(north), max(east), max(north)


class Box:
    """The extent of everything seen so far."""

    def __init__(self) -> None:
        self.sides: tuple[float, float, float, float] | None = None

    def take(self, one: tuple[float, float, float, float]) -> None:
        """Grow so that it holds this extent too."""
        known = self.sides or one
        self.sides = (min(known[0], one[0]), min(known[1], one[1]), max(known[2], one[2]), max(known[3], one[3]))


def _position(piece: str) -> Position | None:
    """Return a position on Earth, or None."""
    try:
        latitude, longitude, *_ = map(float, piece.split())
    except ValueError:
        return None
    on_earth = math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (longitude, latitude) if on_earth else None
