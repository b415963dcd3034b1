"""Words beside marks on a chart of time and value, placed where they cover nothing that is drawn or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, hypot

from datashift.draw import letters, look
from datashift.draw.page import Line, Spec, marks

_STEP = 8.0
_NEAR = 16.0  # pixels; words further from their mark get a line to it


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Box) -> float:
        """Return the area that two rectangles share."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)


@dataclass(frozen=True)
class Label:
    """Words for the mark at (x, y), one line each."""

    texts: tuple[str, ...]
    x: float
    y: float
    ink: str


def around(x: float, y: float, half: float = 8.0) -> Box:
    """Return the square around a mark."""
    return Box(x - half, y - half, x + half, y + half)


def along(x1: float, y1: float, x2: float, y2: float, half: float = 3.0) -> Iterator[Box]:
    """Yield small squares along a line."""
    count = max(1, ceil(hypot(x2 - x1, y2 - y1) / _STEP))
    for k in range(count + 1):
        yield around(x1 + (x2 - x1) * k / count, y1 + (y2 - y1) * k / count, half)


def placed(labels: Sequence[Label], taken: Iterable[Box], within: Box) -> tuple[list[Line], list[Spec]]:
    """Place each label near its mark, inside `within` and off what is `taken`.

    Out: the lines of text, and the layers below them: a white plate for each label, and a line to its mark where it
    stands away from it.
    """
    filled = list(taken)
    lines: list[Line] = []
    leaders: list[Spec] = []
    boxes: list[Box] = []
    for label in labels:
        box = min(_candidates(label, within), key=lambda place: _cost(place, label, filled, within))
        filled.append(Box(box.left - 3, box.top - 1, box.right + 3, box.bottom + 1))
        boxes.append(box)
        lines += [
            Line(text, box.left, box.top + (k + 0.78) * look.LABEL_LINE, ink=label.ink)
            for k, text in enumerate(label.texts)
        ]
        if _away(box, label) > _NEAR:
            x, y = min(max(label.x, box.left), box.right), min(max(label.y, box.top), box.bottom)
            leaders.append({"x": label.x, "y": label.y, "x2": x, "y2": y})
    plates = [{"x": b.left - 2, "x2": b.right + 2, "y": b.top + 1, "y2": b.bottom - 1} for b in boxes]
    plate = marks("plate", {"type": "rect", "fill": look.PAPER, "opacity": 0.85}, plates)
    return lines, [marks("leader", {"type": "rule", "color": look.AXIS}, leaders), plate]


def _candidates(label: Label, within: Box) -> Iterator[Box]:
    across = max(letters.width(text, look.LABEL) for text in label.texts)
    down = look.LABEL_LINE * len(label.texts)
    lefts = [label.x + 11, label.x - across / 2, label.x - across - 11, label.x - across + 6, label.x - 6]
    for left in lefts:
        for k in range(-14, 15):
            top = label.y - down / 2 + k * 8
            left = min(max(left, within.left), within.right - across)
            yield Box(left, top, left + across, top + down)


def _cost(place: Box, label: Label, filled: Sequence[Box], within: Box) -> float:
    outside = max(0.0, within.top - place.top) + max(0.0, place.bottom - within.bottom)
    covered = sum(place.covers(box) for box in filled)
    left_of = 6.0 if place.right < label.x else 0.0
    return 40.0 * outside + 3.0 * covered + _away(place, label) + left_of


def _away(place: Box, label: Label) -> float:
    return hypot(
        max(0.0, place.left - label.x, label.x - place.right), max(0.0, place.top - label.y, label.y - place.bottom)
    )
