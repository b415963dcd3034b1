"""The page of a chart: title, subtitle, foot and corner note, and how lines of text become Vega-Lite marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from datashift.draw import letters, look
from datashift.draw.words import Words
from datashift.language import N_, _

Spec = dict[str, Any]
Align = Literal["left", "center", "right"]

SIMULATED = N_("simulated")
SIMULATED_SUBTITLE = N_("{subtitle} (simulated)")
ROOM = look.WIDTH - 2 * look.MARGIN

HATCH = "hatch"
"""Fill with this id (as "url(#hatch)") where nothing is known; rendering draws the pattern."""

_CORNER = 30


@dataclass(frozen=True)
class Line:
    """One line of text; x and y (baseline) in pixels from the upper left corner of the page."""

    text: str
    x: float
    y: float
    size: int = look.LABEL
    ink: str = look.TEXT
    bold: bool = False
    align: Align = "left"


def block(
    text: str, top: float, setting: tuple[int, int], *, ink: str = look.TEXT, bold: bool = False, most: int = 1000
) -> tuple[list[Line], float]:
    """Set `text` (size and line height in `setting`) over the full width; return its lines and where they end."""
    size, step = setting
    rows = letters.balanced(text, ROOM, size, bold, most)
    return [
        Line(row, look.MARGIN, top + k * step + 0.78 * step, size, ink, bold) for k, row in enumerate(rows)
    ], top + step * len(rows)


def head(words: Words, *notes: str) -> tuple[list[Line], float]:
    """Set corner note, title, subtitle and `notes`; return their lines and where they end."""
    top = float(look.MARGIN + (_CORNER if words.simulated else 0))
    lines, top = block(words.title, top, (look.TITLE, look.TITLE_LINE), bold=True, most=60)
    subtitle = _(SIMULATED_SUBTITLE).format(subtitle=words.subtitle) if words.simulated else words.subtitle
    for text in (subtitle, *notes):
        more, top = block(text, top + 4, (look.SUBTITLE, look.SUBTITLE_LINE), ink=look.QUIET)
        lines += more
    return lines, top + 14


def foot(words: Words, top: float) -> tuple[list[Line], float]:
    """Set the foot from `top` down; return its lines and the height of the whole page."""
    lines, end = block(words.foot, top + 12, (look.FOOT, look.FOOT_LINE), ink=look.QUIET)
    return lines, end + look.MARGIN


def corner(words: Words) -> list[Spec]:
    """Return the framed note in the upper right corner that says that the data are made up; none otherwise."""
    if not words.simulated:
        return []
    right, text = look.WIDTH - look.MARGIN, _(SIMULATED)
    left = right - letters.width(text, look.LABEL, bold=True) - 20
    frame = {"x": left, "x2": right, "y": 8, "y2": 8 + 26}
    mark = {"type": "rect", "fill": look.PAPER, "stroke": look.CITIZEN_TEXT, "strokeWidth": 1.5}
    note = Line(text, (left + right) / 2, 8 + 18.5, look.LABEL, look.CITIZEN_TEXT, True, "center")
    return [marks("corner", mark, [frame]), *texts([note])]


def texts(lines: Iterable[Line]) -> list[Spec]:
    """Return text layers for `lines`, one for each way of setting."""
    groups: dict[tuple[Align, bool], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.align, line.bold), []).append(line)
    return [
        marks(
            "words",
            {"type": "text", "align": align, "baseline": "alphabetic", "fontWeight": "bold" if bold else "normal"},
            [{**asdict(line), "text": letters.writable(line.text)} for line in group],
            text={"field": "text"},
            size={"field": "size", "type": "quantitative", "scale": None},
            color={"field": "ink", "type": "nominal", "scale": None},
        )
        for (align, bold), group in groups.items()
    ]


def marks(name: str, mark: Spec, values: Sequence[Spec], **encoding: Spec) -> Spec:
    """Return a layer whose x, y, x2 and y2 are pixels on the page; `encoding` adds or replaces channels.

    `name` becomes the class of the marks in the SVG.
    """
    used = set().union(*values) if values else {"x", "y"}
    places: Spec = {
        axis: {"field": axis, "type": "quantitative", "scale": None, "axis": None}
        for axis in ("x", "y")
        if axis in used
    }
    places |= {axis: {"field": axis} for axis in ("x2", "y2") if axis in used}
    return {"name": name, "data": {"values": list(values)}, "mark": mark, "encoding": places | encoding}


def page(layers: Sequence[Spec], height: float) -> Spec:
    """Return the Vega-Lite specification of a page of full width and `height` pixels."""
    drawn = [layer for layer in layers if layer["data"]["values"]]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": look.WIDTH,
        "height": round(height),
        "padding": 0,
        "autosize": {"type": "none"},
        "background": look.PAPER,
        "config": {"view": {"stroke": None}, "aria": False},
        "layer": [{**layer, "name": f"{layer['name']}_{k}"} for k, layer in enumerate(drawn)],  # names are unique
    }
