"""Lengths and areas of positions taken in the field, as JavaRosa, the engine of ODK Collect, works them out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from datashift.forms.xform.values import trimmed, words

RADIUS = 6_378_100.0
"""Metres from the centre of the Earth, as JavaRosa has it."""
_DEGREES = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
Position = tuple[float, float]


def positions(texts: Sequence[str]) -> list[Position] | None:
    """Return the positions (latitude, longitude in degrees) of texts such as `lat lon alt acc;…`; None where one is
    no position."""
    found: list[Position] = []
    for text in (trimmed(part) for whole in texts for part in whole.split(";")):
        if not text:
            continue
        degrees = words(text)[:2]
        if len(degrees) < 2 or not all(_DEGREES.fullmatch(part) for part in degrees):
            return None
        latitude, longitude = map(float, degrees)
        if abs(latitude) > 90 or abs(longitude) > 180:
            return None
        found.append((latitude, longitude))
    return found


def distance(texts: Sequence[str]) -> float:
    """Return the length of a line in metres (great circles); 0 for fewer than two positions, NaN for none."""
    line = positions(texts)
    return math.nan if line is None else math.fsum(_apart(a, b) for a, b in pairwise(line))


def _apart(a: Position, b: Position) -> float:
    up, across = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    half = (
        math.sin(up / 2) ** 2 + math.cos(math.radians(a[0])) * math.cos(math.radians(b[0])) * math.sin(across / 2) ** 2
    )
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(half)))


def area(texts: Sequence[str]) -> float:
    """Return the area of a shape in square metres; 0 for fewer than three positions, NaN for no positions.

    Each position is projected on the plane (sinusoidal, from the first), then the shoelace formula.
    """
    shape = positions(texts)
    if shape is None:
        return math.nan
    if len(shape) < 3:
        return 0.0
    around = 2 * math.pi * RADIUS / 360
    first = shape[0]
    flat = [
        ((y - first[0]) * around, (x - first[1]) * around * math.cos(math.radians(y))) for y, x in [*shape, shape[0]]
    ]
    return abs(math.fsum((a[0] * b[1] - b[0] * a[1]) / 2 for a, b in pairwise(flat)))
