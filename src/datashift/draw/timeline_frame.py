"""The frame of a chart of time and value: its page of any width, its two axes, and which pixels a figure stands on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datashift.draw import letters, look
from datashift.draw.numbers import ticks
from datashift.draw.page import Line, Spec, marks
from datashift.draw.timeline_records import Timeline
from datashift.numbers import in_digits, said

NARROW = 480
"""Pages below this width are read on a phone: what stands side by side on others stands one below the other."""

_STRETCH = 1.5  # how far intervals may stretch the axis beyond the figures
_STEPS = (1, 2, 5, 10, 20, 50)
_APART = 14


@dataclass(frozen=True)
class Page:
    """A page of `width` pixels, the same letters at every width."""

    width: float

    @property
    def room(self) -> float:
        return self.width - 2 * look.MARGIN

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    def block(
        self, text: str, top: float, setting: tuple[int, int], *, ink: str = look.TEXT, bold: bool = False
    ) -> tuple[list[Line], float]:
        """Set `text` (size and line height in `setting`) over the page; return its lines and where they end."""
        size, step = setting
        rows = letters.balanced(text, self.room, size, bold, 60 if bold else 1000)
        lines = [Line(row, look.MARGIN, top + (k + 0.78) * step, size, ink, bold) for k, row in enumerate(rows)]
        return lines, top + step * len(rows)


@dataclass(frozen=True)
class Frame:
    """The plot: time from x0 to x1, values from the bottom y0 up to y1, each with its round numbers."""

    x0: float
    x1: float
    y0: float
    y1: float
    times: tuple[int, ...]
    first: float
    last: float
    values: tuple[float, ...]

    def x(self, at: float) -> float:
        """Return the pixel of a time in decimal years."""
        return round(self.x0 + (at - self.first) / (self.last - self.first) * (self.x1 - self.x0), 2)

    def y(self, value: float) -> float:
        """Return the pixel of a value; what lies beyond the axis stands at its end."""
        least, most = self.values[0], self.values[-1]
        inside = min(max(value, least), most)
        return round(self.y0 - (inside - least) / (most - least) * (self.y0 - self.y1), 2)


def frame(drawn: Timeline, page: Page, top: float, height: float, right: float) -> Frame:
    """Return the plot of `drawn` from `top` down over `height` pixels, with `right` pixels free at its right side."""
    values = _values(drawn)
    x0 = look.MARGIN + max(letters.width(text, look.LABEL) for text in spoken(values)) + 10
    x1 = page.width - look.MARGIN - right
    first, last = _span(drawn)
    inner = x1 - x0
    step = next(
        (s for s in _STEPS if (last - first) / s * (letters.width(in_digits("2030"), look.LABEL) + _APART) < inner),
        _STEPS[-1],
    )
    times = tuple(year for year in range(math.ceil(first), math.floor(last) + 1) if year % step == 0)
    return Frame(x0, x1, top + height, top, times, first, last, values)


def spoken(values: Sequence[float]) -> list[str]:
    """Return the round numbers of an axis in words of the reader, all with as many decimals."""
    decimals = max((max(0, len(f"{value:.10g}".partition(".")[2])) for value in values), default=0)
    return [said(value, decimals) for value in values]


def axes(plot: Frame, unit: str, page: Page) -> tuple[list[Line], list[Spec]]:
    """Return the words and the layers of both axes; the unit stands above the values."""
    grid = [{"x": plot.x0, "x2": plot.x1, "y": plot.y(value)} for value in plot.values]
    foot = [{"x": plot.x0, "x2": plot.x1, "y": plot.y(max(0.0, plot.values[0]))}]
    ends = [{"x": plot.x(year), "y": plot.y0, "y2": plot.y0 + 5} for year in plot.times]
    layers = [
        marks("grid", {"type": "rule", "color": look.GRID}, grid),
        marks("axis", {"type": "rule", "color": look.AXIS, "strokeWidth": 1.5}, foot),
        marks("tick", {"type": "rule", "color": look.AXIS}, ends),
    ]
    down = 0.35 * look.LABEL
    lines = [
        Line(text, plot.x0 - 8, plot.y(value) + down, ink=look.QUIET, align="right")
        for text, value in zip(spoken(plot.values), plot.values, strict=True)
    ]
    lines += [
        Line(in_digits(str(year)), _kept(plot.x(year), year, page), plot.y0 + 22, ink=look.QUIET, align="center")
        for year in plot.times
    ]
    return lines, layers


def _kept(x: float, year: int, page: Page) -> float:
    half = letters.width(in_digits(str(year)), look.LABEL) / 2
    return min(x, page.width - half - 2)


def _span(drawn: Timeline) -> tuple[float, float]:
    times = [p.at for c in drawn.curves for p in c.points] + [c.ahead.at for c in drawn.curves if c.ahead]
    times += [drawn.flag.at] if drawn.flag else []
    first, last = min(times, default=2015.0), max(times, default=2030.0)
    pad = max(0.6, 0.02 * (last - first))
    return first - pad, last + pad


def _values(drawn: Timeline) -> tuple[float, ...]:
    figures = list(_figures(drawn))
    bounds = [*figures, *_bounds(drawn)]
    if drawn.unit == "PT" and min(bounds, default=0.0) >= 0 and max(bounds, default=0.0) <= 100:
        return (0, 20, 40, 60, 80, 100)
    low, high = min(0.0, *figures, 0.0), max(0.0, *figures, 0.0)
    least, most = min(0.0, *bounds, 0.0), max(0.0, *bounds, 0.0)
    reach = (_STRETCH - 1) * (high - low)
    found = ticks(least if least >= low - reach else low, most if most <= high + reach else high)
    return tuple(found if len(found) > 1 else [0.0, 1.0])


def _figures(drawn: Timeline) -> Iterable[float]:
    for curve in drawn.curves:
        yield from (value for p in curve.points for value in (p.value, p.before) if value is not None)
        yield from [curve.ahead.middle] if curve.ahead else []
    yield from [drawn.flag.value] if drawn.flag else []


def _bounds(drawn: Timeline) -> Iterable[float]:
    for curve in drawn.curves:
        yield from (bound for p in curve.points for bound in (p.lower, p.upper) if bound is not None)
        yield from (curve.ahead.lower, curve.ahead.upper) if curve.ahead else ()
