"""The legend inside a chart: at the marks of the first row where there is room, else as a line of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from datashift.draw import letters, look
from datashift.draw.page import ROOM, Line, Spec, marks

_STEP = look.LABEL_LINE + 1
_SAMPLE, _APART, _BESIDE = 48, 26, 7


@dataclass(frozen=True)
class Entry:
    """What one kind of mark means; `at` is the mark of the first row: its x and its depth below the legend."""

    kind: Literal["citizen", "official", "modelled", "gap"]
    text: str
    interval: bool
    at: tuple[float, float] | None = None

    @property
    def ink(self) -> str:
        """Return the ink of the text."""
        inks = {"citizen": look.CITIZEN_TEXT, "gap": look.QUIET}
        return inks.get(self.kind, look.OFFICIAL)


@dataclass(frozen=True)
class _Label:
    """A place for the text of an entry: which of the lines, and from where to where."""

    line: int
    left: float
    right: float


def legend(entries: Sequence[Entry], top: float) -> tuple[list[Line], list[Spec], float]:
    """Set the legend from `top` down; return its lines of text, its layers, and where it ends."""
    labels = _beside_marks(entries)
    return _at_marks(entries, labels, top) if labels else _listed(entries, top)


def citizen_marks(name: str, values: Sequence[Spec], size: float, **x: Spec) -> Spec:
    """Return a layer of filled circles."""
    mark = {"type": "point", "shape": "circle", "filled": True, "color": look.CITIZEN, "opacity": 1, "size": size}
    return marks(name, mark, values, **x)


def official_marks(name: str, values: Sequence[Spec], modelled: bool, **x: Spec) -> Spec:
    """Return a layer of hollow diamonds; the outline of modelled figures is dotted."""
    mark = {"type": "point", "shape": "diamond", "filled": False, "fill": look.PAPER, "stroke": look.OFFICIAL}
    mark |= {"size": 130, "strokeWidth": 2.2, "opacity": 1, **({"strokeDash": [2.6, 1.6]} if modelled else {})}
    return marks(name, mark, values, **x)


def interval_marks(name: str, values: Sequence[Spec], official: bool, width: float, **ends: Spec) -> Spec:
    """Return a layer of interval lines: solid for citizens, dashed for official figures."""
    mark = {"type": "rule", "color": look.OFFICIAL if official else look.CITIZEN, "strokeWidth": width}
    return marks(name, {**mark, **({"strokeDash": [6, 4]} if official else {})}, values, **ends)


def gap_marks(name: str, values: Sequence[Spec], **ends: Spec) -> Spec:
    """Return a layer of thin lines, each from an official figure to the citizen figure."""
    return marks(name, {"type": "rule", "color": look.HATCHING, "strokeWidth": 1.5}, values, **ends)


# --- at the marks -------------------------------------------------------------------------------------------------


def _beside_marks(entries: Sequence[Entry]) -> list[_Label]:
    """Place each text beside the line that leads to its mark, so that nothing crosses; [] where that cannot be."""
    if not entries or any(entry.at is None for entry in entries):
        return []
    several = [tuple(0 for _ in entries), *product(range(len(entries)), repeat=len(entries))]
    for order, sides in product(several, product("rl", repeat=len(entries))):
        labels = [_label(e, n, side) for e, n, side in zip(entries, order, sides, strict=True)]
        if _clear(entries, labels):
            return labels
    return []


def _label(entry: Entry, line: int, side: str) -> _Label:
    x, room = entry.at[0] if entry.at else 0.0, letters.width(entry.text, look.LABEL)
    return (
        _Label(line, x + _BESIDE, x + _BESIDE + room) if side == "r" else _Label(line, x - _BESIDE - room, x - _BESIDE)
    )


def _clear(entries: Sequence[Entry], labels: Sequence[_Label]) -> bool:
    if any(label.left < look.MARGIN or label.right > look.WIDTH - look.MARGIN for label in labels):
        return False
    for (j, one), (k, other) in product(enumerate(labels), repeat=2):
        if j == k:
            continue
        x = (entries[j].at or (0.0, 0.0))[0]
        if other.line >= one.line and other.left - 6 <= x <= other.right + 6:
            return False  # the line from one label to its mark would run through the other text
        if other.line == one.line and one.left - 12 < other.right and other.left - 12 < one.right:
            return False
    return True


def _at_marks(entries: Sequence[Entry], labels: Sequence[_Label], top: float) -> tuple[list[Line], list[Spec], float]:
    end = top + _STEP * (1 + max(label.line for label in labels))
    lines, leaders = [], []
    for entry, label in zip(entries, labels, strict=True):
        x, depth = entry.at or (0.0, 0.0)
        y = top + _STEP * label.line
        lines.append(Line(entry.text, label.left if label.left > x else label.right, y + 16, ink=entry.ink,
                          align="left" if label.left > x else "right"))  # fmt: skip
        leaders.append({"x": x, "y": y + 4, "y2": end + depth})
    return lines, [marks("leader", {"type": "rule", "color": look.AXIS}, leaders)], end


# --- samples ------------------------------------------------------------------------------------------------------


def _listed(entries: Sequence[Entry], top: float) -> tuple[list[Line], list[Spec], float]:
    x, y, deepest = float(look.MARGIN), top, 1
    lines: list[Line] = []
    layers: list[Spec] = []
    for entry in entries:
        rows = letters.balanced(entry.text, ROOM - _SAMPLE, look.LABEL)
        room = _SAMPLE + max((letters.width(row, look.LABEL) for row in rows), default=0.0)
        if x > look.MARGIN and x + room > look.WIDTH - look.MARGIN:
            x, y, deepest = float(look.MARGIN), y + _STEP * deepest, 1
        lines += [Line(row, x + _SAMPLE, y + 16 + k * _STEP, ink=entry.ink) for k, row in enumerate(rows)]
        layers += _sample(entry, x, y + 10.5)
        x, deepest = x + room + _APART, max(deepest, len(rows))
    return lines, layers, y + _STEP * deepest + 4 if entries else top


def _sample(entry: Entry, x: float, y: float) -> list[Spec]:
    middle = [{"x": x + _SAMPLE / 2 - 4, "y": y}]
    ends = [{"x": x, "x2": x + _SAMPLE - 8, "y": y}]
    if entry.kind == "gap":
        return [gap_marks("key-gap", ends)]
    official = entry.kind != "citizen"
    line = interval_marks("key-interval", ends if entry.interval else [], official, 2.2 if official else 3)
    mark = official_marks("key", middle, entry.kind == "modelled") if official else citizen_marks("key", middle, 120)
    return [line, mark]
