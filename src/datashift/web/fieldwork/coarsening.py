"""Positions told no finer than a form promises: snapped on arrival, before anything is written.

Each position moves to the middle of the cell of a grid in which it lies. It is not moved by chance: a house that is
visited twice, or sent twice, would be told at two places, and from many such places the true one can be averaged. A
grid gives the same cell each time, so a thousand visits tell no more than one. What it does not hide: where a cell
holds a single house, the cell is that house. Altitude and accuracy go too: both tell finer than the cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from datashift.web.fieldwork.leaves import Leaf, leaves, plain_path, rewritten, rewritten_answers
from datashift.web.fieldwork.models import Form

LEAST, MOST = 50, 50_000
"""Metres between which a form may choose. Finer than 50 m the cell of a farm is the farm."""

_DEGREE = 111_320.0
"""Metres in a degree of latitude, and in one of longitude at the equator."""
_POLE = 0.01
FINE = re.compile(r"-?\d{1,3}\.(\d{4,})")
"""A number with so many decimals that it tells a place to 11 m."""

Point = tuple[float, float]


def snapped(latitude: float, longitude: float, metres: float) -> Point:
    """Return the middle of the cell, `metres` high and about as wide, in which a position lies (degrees, WGS84).

    The rows of cells begin at the equator and are all of one height; in each row the cells begin at Greenwich and have
    the width that is right at its middle. What is a middle already stays.
    """
    step = metres / _DEGREE
    y = min(max((math.floor(latitude / step) + 0.5) * step, -90.0), 90.0)
    across = step / max(math.cos(math.radians(y)), _POLE)
    x = min(max((math.floor(longitude / across) + 0.5) * across, -180.0), 180.0)
    return round(y, 6), round(x, 6)


def coarse_positions(form: Form, xml: bytes, answers: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Return XML and answers in which the positions that the form tells coarsely are no finer than it says.

    A position that cannot be read is taken out. What the form made of a position (a sum with its latitude, the name of
    the submission) holds the coarse numbers then. Raises BadXForm where this is no XML.
    """
    rules = {plain_path(path): float(metres) for path, metres in form.coarse.items()}
    if not rules:
        return xml, dict(answers)
    found = [leaf for leaf in leaves(xml) if leaf.path in rules]
    moved = {old: new for leaf in found for old, new in _moved(leaf.text, rules[leaf.path])}

    def change(leaf: Leaf) -> str:
        return coarse(leaf.text, rules[leaf.path]) if leaf.path in rules else _repeated(leaf.text, moved)

    return rewritten(xml, change), rewritten_answers(answers, change)


def coarse(text: str, metres: float) -> str:
    """Return a position, or the line or shape of several, on the grid; points of one cell behind each other are one."""
    told: list[str] = []
    for part in text.split(";"):
        if part.strip() and (point := _point(part)):
            y, x = snapped(*point, metres)
            if not told or told[-1] != f"{y:.6f} {x:.6f}":
                told.append(f"{y:.6f} {x:.6f}")
    # A line has two ends, also where both lie in one cell.
    return ";".join(told * 2 if len(told) == 1 and ";" in text.strip(" ;") else told)


def _point(text: str) -> Point | None:
    parts = text.split()
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _moved(text: str, metres: float) -> list[tuple[float, float]]:
    """Return each number of a position with the one that stands for it."""
    points = [point for part in text.split(";") if (point := _point(part))]
    return [pair for point in points for pair in zip(point, snapped(*point, metres), strict=True)]


def _repeated(text: str, moved: Mapping[float, float]) -> str:
    """Return a text in which a number that was taken from a position is as coarse as the position."""

    def other(found: re.Match[str]) -> str:
        number, last = float(found[0]), 10.0 ** -len(found[1])  # it may have been rounded, or cut off
        return next((f"{new:.6f}" for old, new in moved.items() if abs(old - number) < last), found[0])

    return FINE.sub(other, text) if moved else text
