"""The chart of who was counted: the share of each group among the answers, against its share of the people.

A line stands at 1, where a group was counted as often as its number asks for; the axis doubles from step to step.
Counted is a filled circle, too few an open one, nobody a thin empty ring at 0, cannot tell a hatched band, hidden a
lock; every row says it in words, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from datashift.draw import letters, look, render
from datashift.draw.counted_rows import LEGEND, STATES, Ratio, State, table, text
from datashift.draw.page import HATCH, Line, Spec, corner, marks, page, texts
from datashift.draw.words import Words
from datashift.language import N_, _, speaking
from datashift.model import Chart
from datashift.numbers import in_digits, said

FAIR = N_("1 = as many as their number asks for")
BEYOND = N_("Arrow: the line goes on.")

_LEAST, _MOST = 1 / 16, 16.0
_NAMES, _VALUES, _GUTTER, _ROW, _STEP = 200, 260, 34, 26, 20
_LEGEND, _APART = 34, 20


def who_was_counted(rows: Sequence[Ratio], *, words: Words, width: int = look.WIDTH, png: bool = True) -> Chart:
    """Draw the ratios of groups in the order of `rows`, on a page of `width` pixels (360 for a phone).

    In: texts of `words` in its language; `png` = False spares the picture of dots. Out: the chart, with a text of at
    most three sentences and a table.
    """
    with speaking(words.language):
        spec, told = _spec(rows, words, width), text(rows)
        described = f"{words.title.strip().rstrip('.।')}. {told}"
        svg = render.svg(spec, name=words.name, description=described, language=words.language)
        return Chart(words.name, svg, render.png(svg) if png else b"", told, table(rows))


# --- the page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Axis:
    """The axis of doublings from pixel x0 to x1; `zero` is the pixel of nobody."""

    x0: float
    x1: float
    least: float
    most: float

    @property
    def zero(self) -> float:
        return self.x0 - _GUTTER / 2 - 2

    def at(self, ratio: float) -> float:
        inside = min(max(ratio, self.least), self.most)
        share = math.log(inside / self.least) / math.log(self.most / self.least)
        return self.x0 + share * (self.x1 - self.x0)

    @property
    def steps(self) -> list[float]:
        count = round(math.log2(self.most / self.least))
        return [self.least * 2**k for k in range(count + 1)]


@dataclass(frozen=True)
class _Place:
    row: Ratio
    names: tuple[str, ...]
    said: tuple[str, ...]
    top: float
    middle: float
    bottom: float


def _spec(rows: Sequence[Ratio], words: Words, width: int) -> Spec:
    narrow = width < look.WIDTH
    axis = _axis(rows, width, narrow)
    lines, top = _head(words, width)
    keyed, key_layers, top = _legend({row.state for row in rows}, top, width)
    places, top = _places(rows, top + 4, axis, width)
    scale_lines, scale_layers, end = _scale(axis, places, width, rows)
    foot, end = _block(words.foot, end + 12, (look.FOOT, look.FOOT_LINE), width, ink=look.QUIET)
    lines += [*keyed, *(line for place in places for line in _row_lines(place, axis, narrow)), *scale_lines, *foot]
    layers = [*scale_layers, *key_layers, *_marks(places, axis), *corner(words), *texts(lines)]
    return page(layers, end + look.MARGIN) | {"width": width}


def _axis(rows: Sequence[Ratio], width: int, narrow: bool) -> _Axis:
    seen = [one for row in rows for one in (row.ratio, row.lower, row.upper) if one and row.state != "hidden"]
    least = min([0.5, *(2.0 ** math.floor(math.log2(max(one, _LEAST))) for one in seen)])
    most = max([2.0, *(2.0 ** math.ceil(math.log2(min(one, _MOST))) for one in seen)])
    if narrow:
        return _Axis(look.MARGIN + _GUTTER, width - look.MARGIN - 14, least, most)
    names = min(max((letters.width(row.name, look.LABEL) for row in rows), default=0.0), _NAMES)
    values = min(max((letters.width(row.said, look.LABEL) for row in rows), default=0.0), _VALUES)
    return _Axis(look.MARGIN + names + 14 + _GUTTER, width - look.MARGIN - values - 22, least, most)


def _head(words: Words, width: int) -> tuple[list[Line], float]:
    top = float(look.MARGIN + (30 if words.simulated else 0))
    lines, top = _block(words.title, top, (look.TITLE, look.TITLE_LINE), width, bold=True)
    more, top = _block(words.subtitle, top + 4, (look.SUBTITLE, look.SUBTITLE_LINE), width, ink=look.QUIET)
    return [*lines, *more], top + 10


def _block(
    said_text: str, top: float, setting: tuple[int, int], width: int, *, ink: str = look.TEXT, bold: bool = False
) -> tuple[list[Line], float]:
    size, step = setting
    rows = letters.balanced(said_text, width - 2 * look.MARGIN, size, bold, 60 if bold else 1000)
    lines = [Line(row, look.MARGIN, top + k * step + 0.78 * step, size, ink, bold) for k, row in enumerate(rows)]
    return lines, top + step * len(rows)


def _places(rows: Sequence[Ratio], top: float, axis: _Axis, width: int) -> tuple[list[_Place], float]:
    narrow, found = width < look.WIDTH, []
    for row in rows:
        if narrow:
            names = letters.wrapped(f"{row.name}: {row.said}", width - 2 * look.MARGIN, look.LABEL)
            middle = top + len(names) * _STEP + 12
            found.append(_Place(row, tuple(names), (), top, middle, middle + 14))
        else:
            names = letters.wrapped(row.name, axis.x0 - _GUTTER - 14 - look.MARGIN + 0.01, look.LABEL)
            told = letters.wrapped(row.said, width - look.MARGIN - axis.x1 - 22 + 0.01, look.LABEL)
            height = max(_ROW, max(len(names), len(told)) * _STEP + 8)
            found.append(_Place(row, tuple(names), tuple(told), top, top + height / 2, top + height))
        top = found[-1].bottom
    return found, top


def _row_lines(place: _Place, axis: _Axis, narrow: bool) -> list[Line]:
    if narrow:
        return [Line(name, look.MARGIN, place.top + 16 + k * _STEP) for k, name in enumerate(place.names)]
    down = 0.35 * look.LABEL
    lines = [
        Line(name, look.MARGIN, place.middle + (k - (len(place.names) - 1) / 2) * _STEP + down)
        for k, name in enumerate(place.names)
    ]
    ink = look.QUIET if place.row.state in ("none", "hidden", "cannot_tell") else look.CITIZEN_TEXT
    return lines + [
        Line(part, axis.x1 + 22, place.middle + (k - (len(place.said) - 1) / 2) * _STEP + down, ink=ink)
        for k, part in enumerate(place.said)
    ]


def _scale(
    axis: _Axis, places: Sequence[_Place], width: int, rows: Sequence[Ratio]
) -> tuple[list[Line], list[Spec], float]:
    top, bottom = (places[0].top, places[-1].bottom) if places else (0.0, 0.0)
    # On a phone the words stand above the marks, and no line may run through them.
    spans = [(p.middle - 12, p.bottom) for p in places] if width < look.WIDTH else [(top, bottom + 4)]
    grid = [{"x": axis.at(step), "y": top, "y2": bottom + 4} for step in axis.steps if len(spans) == 1]
    one = [{"x": axis.at(1.0), "y": start, "y2": end} for start, end in spans]
    room = (axis.x1 - axis.x0) / max(len(axis.steps) - 1, 1)
    shown = [step for k, step in enumerate(axis.steps) if room > 30 or step == 1 or not (k - axis.steps.index(1.0)) % 2]
    lines = [Line(_step(s), axis.at(s), bottom + 22, look.LABEL, look.QUIET, align="center") for s in shown]
    if any(row.state == "none" for row in rows):
        lines.append(Line(said(0), axis.zero, bottom + 22, look.LABEL, look.QUIET, align="center"))
    more, end = _block(_(FAIR), bottom + 28, (look.LABEL, _STEP), width, ink=look.QUIET)
    if any(row.known and ((row.upper or 0.0) > axis.most or (row.lower or 1.0) < axis.least) for row in rows):
        beyond, end = _block(_(BEYOND), end, (look.LABEL, _STEP), width, ink=look.QUIET)
        more += beyond
    layers = [
        marks("grid", {"type": "rule", "color": look.GRID}, grid),
        marks("one", {"type": "rule", "color": look.TEXT, "strokeWidth": 2}, one),
    ]
    return [*lines, *more], layers, end


def _step(step: float) -> str:
    return said(step) if step >= 1 else in_digits(f"1/{round(1 / step)}")


# --- marks ------------------------------------------------------------------------------------------------------------


def _marks(places: Sequence[_Place], axis: _Axis) -> list[Spec]:
    unsure = [_ends(p, axis) for p in places if p.row.state == "cannot_tell" and p.row.lower is not None]
    bands = [{"x": e["x"], "x2": e["x2"], "y": e["y"] - 6, "y2": e["y"] + 6} for e in unsure]
    lined = [_ends(p, axis) for p in places if p.row.lower is not None and p.row.state in ("counted", "few", "many")]
    lined_at = [p for p in places if p.row.known]
    right = [{"x": axis.x1 + 6, "y": p.middle} for p in lined_at if (p.row.upper or 0.0) > axis.most]
    left = [{"x": axis.x0 - 6, "y": p.middle} for p in lined_at if (p.row.lower or axis.least) < axis.least]
    arrow = {"type": "point", "filled": True, "size": 90, "color": look.CITIZEN, "opacity": 1}
    layers = [
        marks("unknown", {"type": "rect", "fill": f"url(#{HATCH})"}, bands),
        marks("interval", {"type": "rule", "color": look.CITIZEN, "strokeWidth": 3}, lined),
        marks("beyond", {**arrow, "shape": "triangle-right"}, right),
        marks("beyond", {**arrow, "shape": "triangle-left"}, left),
    ]
    for state in STATES:
        here = [p for p in places if p.row.state == state]
        at = [{"x": axis.zero if state in ("none", "hidden") else axis.at(p.row.value), "y": p.middle} for p in here]
        layers.append(_sign(state, state.replace("_", "-"), at))
    return layers


def _ends(place: _Place, axis: _Axis) -> Spec:
    return {"x": axis.at(place.row.lower or _LEAST), "x2": axis.at(place.row.upper or _MOST), "y": place.middle}


def _sign(state: State, name: str, at: Sequence[Spec]) -> Spec:
    ring = {"type": "point", "shape": "circle", "filled": False, "opacity": 1, "fill": look.PAPER}
    dot = {"type": "point", "shape": "circle", "filled": True, "opacity": 1, "color": look.CITIZEN}
    drawn: dict[State, Spec] = {
        "counted": {**dot, "size": 120},
        "many": {**dot, "size": 120},
        "few": {**ring, "stroke": look.CITIZEN, "strokeWidth": 2.6, "size": 120},
        "none": {**ring, "stroke": look.HATCHING, "strokeWidth": 1.4, "size": 150},
        "cannot_tell": {**dot, "size": 50},
        "hidden": {"type": "point", "shape": look.LOCK, "filled": True, "color": look.QUIET, "size": 190, "opacity": 1},
    }
    return marks(name, drawn[state], at)


def _legend(states: set[State], top: float, width: int) -> tuple[list[Line], list[Spec], float]:
    """Set a line of samples, as many lines as it needs. Many shares its mark with counted: the line at 1 parts them."""
    x, y = float(look.MARGIN), top
    lines: list[Line] = []
    layers: list[Spec] = []
    for state in (one for one in STATES if one in states and not (one == "many" and "counted" in states)):
        word = _(LEGEND[state])
        room = _LEGEND + letters.width(word, look.LABEL)
        if x > look.MARGIN and x + room > width - look.MARGIN:
            x, y = float(look.MARGIN), y + _STEP + 4
        if state == "cannot_tell":
            band = {"x": x, "x2": x + _LEGEND - 8, "y": y + 4, "y2": y + 16}
            layers.append(marks("key", {"type": "rect", "fill": f"url(#{HATCH})"}, [band]))
        layers.append(_sign(state, "key", [{"x": x + (_LEGEND - 8) / 2, "y": y + 10}]))
        lines.append(Line(word, x + _LEGEND, y + 16))
        x += room + _APART
    return lines, layers, y + _STEP + 8 if states else top
