"""The coverage chart: indicators down, years, areas or groups across, and in each cell who counted it.

The one grammar of marks holds: citizens a filled circle, official a hollow diamond (dotted where modelled), both one in
the other, a part of either smaller within a ring, hidden a lock, nobody an empty ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from datashift.draw import letters, look
from datashift.draw.page import Line, Spec, corner, marks, page, texts
from datashift.draw.words import Words
from datashift.language import N_, _

Citizen = Literal["", "counted", "part", "hidden"]
Official = Literal["", "measured", "unstated", "modelled", "part", "hidden"]

NARROW = 360

LEGEND = {
    "citizen": N_("citizens counted it"),
    "official": N_("officially counted"),
    "both": N_("both"),
    "modelled": N_("official, but modelled: not a count"),
    "citizen-part": N_("citizens, in part"),
    "official-part": N_("official, in part"),
    "hidden": N_("counted, but hidden: too few answers"),
    "nobody": N_("nobody counted"),
}

_ORDER = ("nobody", "hidden", "official", "modelled", "official-part", "citizen-part", "citizen", "both", "slice")
_ROW, _STEP, _LEAD = 28, 21, 8
_LEAST, _MOST = 24, 90  # the width of a column
_TOTAL = 62
_RING, _DOT, _SMALL = 150, 120, 34
_KEY, _KEY_APART = 24, 18


@dataclass(frozen=True)
class Cell:
    """Who counted one cell: citizens, and officially."""

    citizen: Citizen = ""
    official: Official = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the marks of the cell, the lowest first."""
        whole = self.official in ("measured", "unstated")
        below = "official" if whole else {"modelled": "modelled", "part": "official-part"}.get(self.official, "")
        if self.citizen == "counted":
            return (below, "both") if below in ("official", "modelled") else ("citizen",)
        if self.citizen == "part":
            return (below, "slice") if below else ("citizen-part",)
        hidden = "hidden" in (self.citizen, self.official)
        return (below,) if below else ("hidden",) if hidden else ("nobody",)


@dataclass(frozen=True)
class MatrixRow:
    """One row: its name, its cells from left to right, and a word on all of them (such as 3 / 12).

    None stands for a cell that nobody asks for: it stays blank.
    """

    name: str
    cells: tuple[Cell | None, ...]
    total: str = ""


@dataclass(frozen=True)
class _Plan:
    """Where things stand: left end and width of a column, and how wide the page is. Narrow: names above their cells."""

    width: int
    left: float
    step: float
    narrow: bool

    def x(self, column: int) -> float:
        """Return the middle of a column."""
        return self.left + (column + 0.5) * self.step

    def within(self, column: int, name: str) -> float:
        """Return the middle of a column, or where its name must stand so that it stays on the page."""
        half = letters.width(name, look.LABEL) / 2
        return min(max(self.x(column), look.MARGIN + half), self.width - look.MARGIN - half)


def matrix(rows: Sequence[MatrixRow], columns: Sequence[str], words: Words, width: int = look.WIDTH) -> Spec:
    """Return the specification of the chart of `rows` by `columns`, on a page `width` pixels wide."""
    plan = _plan(rows, columns, width)
    lines, top = _head(words, width)
    there = {kind for row in rows for cell in row.cells if cell for kind in cell.kinds}
    there |= {"citizen-part"} if "slice" in there else set()
    kinds = [kind for kind in LEGEND if kind in there]
    keyed, signs, top = _legend(kinds, top, width)
    named, leaders, top = _columns(columns, plan, top)
    lines += [*keyed, *named]
    places: dict[str, list[Spec]] = {}
    rulings: list[Spec] = []
    for row in rows:
        names, middle, bottom = _row(row, plan, top)
        lines += names
        for k, cell in enumerate(row.cells):
            for kind in cell.kinds if cell else ():
                places.setdefault(kind, []).append({"x": plan.x(k), "y": middle})
        rulings.append({"x": look.MARGIN, "x2": width - look.MARGIN, "y": bottom})
        top = bottom
    if leaders:
        leaders = [{**leader, "y2": top} for leader in leaders]
    foot, top = _block(words.foot, top + 12, (look.FOOT, look.FOOT_LINE), width, ink=look.QUIET)
    layers = [
        marks("leader", {"type": "rule", "color": look.HAIRLINE}, leaders),
        marks("hairline", {"type": "rule", "color": look.HAIRLINE}, rulings[:-1]),
        *(layer for kind in _ORDER if kind in places for layer in _signs(kind, places[kind])),
    ]
    return page([*layers, *signs, *corner(words), *texts([*lines, *foot])], top + look.MARGIN) | {"width": width}


def _plan(rows: Sequence[MatrixRow], columns: Sequence[str], width: int) -> _Plan:
    narrow = width < look.WIDTH
    total = _TOTAL if any(row.total for row in rows) and not narrow else 0
    room = width - 2 * look.MARGIN - total
    most = max((letters.width(row.name, look.LABEL) for row in rows), default=0.0) + 12
    names = 0.0 if narrow else min(most, room - _LEAST * len(columns))
    step = min((room - names) / max(1, len(columns)), _MOST)
    return _Plan(width, look.MARGIN + names, step, narrow)


# --- words ------------------------------------------------------------------------------------------------------------


def _head(words: Words, width: int) -> tuple[list[Line], float]:
    top = float(look.MARGIN + (30 if words.simulated else 0))
    lines, top = _block(words.title, top, (look.TITLE, look.TITLE_LINE), width, bold=True)
    more, top = _block(words.subtitle, top + 4, (look.SUBTITLE, look.SUBTITLE_LINE), width, ink=look.QUIET)
    return [*lines, *more], top + 10


def _block(
    text: str, top: float, setting: tuple[int, int], width: int, *, ink: str = look.TEXT, bold: bool = False
) -> tuple[list[Line], float]:
    size, step = setting
    rows = letters.balanced(text, width - 2 * look.MARGIN, size, bold, 60 if bold else 1000)
    lines = [Line(row, look.MARGIN, top + k * step + 0.78 * step, size, ink, bold) for k, row in enumerate(rows)]
    return lines, top + step * len(rows)


def _columns(columns: Sequence[str], plan: _Plan, top: float) -> tuple[list[Line], list[Spec], float]:
    """Name the columns ("" = no name): above each where the names fit, else one below the other.

    A line then leads from each name down to its column; the last stands highest, so that no line crosses a name.
    """
    named = [k for k, name in enumerate(columns) if name]
    apart = min((b - a for a, b in pairwise(named)), default=1) * plan.step - 4
    if all(letters.width(name, look.LABEL) <= apart for name in columns):
        lines = [Line(columns[k], plan.within(k, columns[k]), top + 16, ink=look.QUIET, align="center") for k in named]
        return lines, [], top + _STEP + 4
    lines, leaders, depth = [], [], len(columns)
    for k, name in enumerate(columns):
        y = top + (depth - 1 - k) * _STEP
        x = plan.x(k)
        fits = letters.wrapped(name, x - look.MARGIN - _LEAD, look.LABEL)
        right = letters.width(name, look.LABEL) > x - look.MARGIN - _LEAD
        lines.append(Line(name if right else fits[0], x + (4 if right else -4), y + 16, ink=look.QUIET,
                          align="left" if right else "right"))  # fmt: skip
        leaders.append({"x": x, "y": y + 4})
    return lines, leaders, top + depth * _STEP + 4


def _row(row: MatrixRow, plan: _Plan, top: float) -> tuple[list[Line], float, float]:
    """Set the name and the total of a row; return them, the height of its marks, and where the row ends."""
    down = 0.35 * look.LABEL
    if plan.narrow:
        text = f"{row.name} ·\u00a0{row.total}" if row.total else row.name
        names = letters.wrapped(text, plan.width - 2 * look.MARGIN, look.LABEL)
        lines = [Line(name, look.MARGIN, top + 18 + k * _STEP) for k, name in enumerate(names)]
        bottom = top + 6 + len(names) * _STEP + _ROW
        return lines, bottom - _ROW / 2 - 2, bottom
    names = letters.wrapped(row.name, plan.left - look.MARGIN - 12 + 0.01, look.LABEL)
    height = max(_ROW, len(names) * _STEP + 7)
    middle = top + height / 2
    lines = [
        Line(name, look.MARGIN, middle + (k - (len(names) - 1) / 2) * _STEP + down) for k, name in enumerate(names)
    ]
    if row.total:
        lines.append(Line(row.total, plan.width - look.MARGIN - _TOTAL + 8, middle + down, ink=look.QUIET))
    return lines, middle, top + height


# --- marks ------------------------------------------------------------------------------------------------------------


def _signs(kind: str, at: Sequence[Spec]) -> list[Spec]:
    """Return the layers of one kind of mark; the name of the layer is its class in the SVG."""
    citizen = {"type": "point", "shape": "circle", "filled": True, "color": look.CITIZEN, "opacity": 1}
    diamond = {"type": "point", "shape": "diamond", "filled": False, "stroke": look.OFFICIAL, "opacity": 1,
               "fill": look.PAPER, "strokeWidth": 2}  # fmt: skip
    ring = {"type": "point", "shape": "circle", "filled": False, "stroke": look.HATCHING, "opacity": 1, "size": _RING}
    lock = {"type": "point", "shape": look.LOCK, "filled": True, "color": look.QUIET, "size": 200, "opacity": 1}
    drawn: dict[str, list[Spec]] = {
        "citizen": [{**citizen, "size": _DOT}],
        "official": [{**diamond, "size": 190}],
        "both": [{**citizen, "size": 56}],
        "slice": [{**citizen, "size": 15}],
        "modelled": [{**diamond, "size": 190, "strokeDash": [1.8, 1.8], "strokeWidth": 1.8}],
        "citizen-part": [{**ring, "strokeWidth": 1.2}, {**citizen, "size": _SMALL}],
        "official-part": [{**ring, "strokeWidth": 1.2}, {**diamond, "size": 76, "strokeWidth": 1.6}],
        "hidden": [lock],
        "nobody": [{**ring, "strokeWidth": 1.2}],
    }
    return [marks(kind, mark, at) for mark in drawn[kind]]


def _legend(kinds: Sequence[str], top: float, width: int) -> tuple[list[Line], list[Spec], float]:
    """Set a line of samples, as many lines as it needs."""
    x, y = float(look.MARGIN), top
    lines: list[Line] = []
    layers: list[Spec] = []
    for kind in kinds:
        text = _(LEGEND[kind])
        room = _KEY + letters.width(text, look.LABEL)
        if x > look.MARGIN and x + room > width - look.MARGIN:
            x, y = float(look.MARGIN), y + _STEP + 3
        lines.append(Line(text, x + _KEY, y + 16))
        for part in ("official", "both") if kind == "both" else (kind,):
            layers += [_renamed(layer, f"key-{part}") for layer in _signs(part, [{"x": x + 9, "y": y + 10.5}])]
        x += room + _KEY_APART
    return lines, layers, y + _STEP + 10 if kinds else top


def _renamed(layer: Spec, name: str) -> Spec:
    # Samples must not be counted as marks.
    return {**layer, "name": name}
