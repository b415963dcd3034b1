"""The dot-and-interval chart: rows on one axis, citizen figures as filled circles, official ones as hollow diamonds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from datashift.draw import letters, look
from datashift.draw.legend import Entry, citizen_marks, gap_marks, interval_marks, legend, official_marks
from datashift.draw.numbers import ticks
from datashift.draw.page import HATCH, Line, Spec, corner, foot, head, marks, page, texts
from datashift.draw.rows import NOT_COMPARABLE, Figure, OfficialFigure, Row
from datashift.draw.words import Words
from datashift.language import N_, _
from datashift.numbers import said

UNSURE = N_("~ little is known about how sure this figure is")
BEYOND = N_("Arrow: the line goes on to the number at the right.")
WITH_INTERVAL = N_("{label}, with its interval")
MODELLED = N_("{label} (modelled)")
GAP = N_("gap between the two")

_NAME_ROOM, _VALUE_ROOM, _GAP, _LOCK_ROOM = 240, 200, 18, 20
_ROW_PADDING = 9
_STRETCH = 1.5  # how far intervals may push the end of the axis beyond the last figure


@dataclass(frozen=True)
class Scale:
    """The value axis: from pixel x0 (`least`) to pixel x1 (`most`), with its round numbers."""

    x0: float
    x1: float
    values: tuple[float, ...]

    @property
    def least(self) -> float:
        return self.values[0]

    @property
    def most(self) -> float:
        return self.values[-1]

    def at(self, value: float) -> float:
        """Return the pixel of `value`."""
        return self.x0 + (value - self.least) / (self.most - self.least) * (self.x1 - self.x0)

    def channel(self, field: str) -> Spec:
        """Return the Vega-Lite x channel of a field in the unit of the axis."""
        scale = {"domain": [self.least, self.most], "range": [self.x0, self.x1], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}


@dataclass(frozen=True)
class Said:
    """One line of words for a figure of a row: 0 is the citizen figure, the official ones follow."""

    text: str
    figure: int
    ink: str
    missing: bool
    bold: bool = False


@dataclass(frozen=True)
class Place:
    """A row on the page: its name and its figures in lines, and the height of each figure."""

    row: Row
    top: float
    bottom: float
    names: tuple[str, ...]
    said: tuple[Said, ...]

    def line(self, k: int, lines: int) -> float:
        """Return the middle of line `k` of `lines` lines that are centred in the row."""
        return (self.top + self.bottom) / 2 + (k - (lines - 1) / 2) * look.LABEL_LINE

    def at(self, figure: int) -> float:
        """Return the height of a figure's mark: the middle of the first line of its words."""
        return self.line(next(k for k, part in enumerate(self.said) if part.figure == figure), len(self.said))


def ledger(rows: Sequence[Row], words: Words, notes: Sequence[str] = ()) -> Spec:
    """Return the specification of the chart of `rows`, with `notes` below the subtitle."""
    lines, top = head(words, *notes)
    scale = _scale(rows)
    keyed, key_layers, top = legend(_entries(list(_places(rows, 0.0, scale)), scale, words), top)
    places = list(_places(rows, top, scale))
    bottom = places[-1].bottom if places else top
    axis_lines, axis_layers, end = _axis(scale, top, bottom, [words.unit, *_explained(rows, scale)])
    foot_lines, height = foot(words, end)
    lines += [*keyed, *(line for place in places for line in _row_lines(place, scale)), *axis_lines, *foot_lines]
    drawn = [*axis_layers, *_rulings(places), *key_layers, *_citizen(places, scale), *_official(places, scale)]
    return page([*drawn, *corner(words), *texts(lines)], height)


# --- room and scale -----------------------------------------------------------------------------------------------


def _scale(rows: Sequence[Row]) -> Scale:
    names = max((letters.width(r.name, look.LABEL, r.whole) for r in rows), default=0.0)
    values = max((_width(part) for row in rows for part in _said(row)), default=0.0)
    x0 = look.MARGIN + min(names, _NAME_ROOM) + _GAP
    x1 = look.WIDTH - look.MARGIN - min(values, _VALUE_ROOM) - _GAP
    figures = [figure for row in rows for figure in _figures(row)]
    bounds = [bound for f in figures for bound in (f.value, f.lower, f.upper) if bound is not None]
    if all(figure.unit == "PT" for figure in figures) and max(bounds, default=0.0) <= 100:
        return Scale(x0, x1, (0, 20, 40, 60, 80, 100))
    marks_at = ticks(min(0.0, *bounds), max(0.0, _furthest(figures, bounds)))
    return Scale(x0, x1, tuple(marks_at if len(marks_at) > 1 else [0.0, 1.0]))


def _furthest(figures: Sequence[Figure], bounds: Sequence[float]) -> float:
    # One very wide interval must not press all figures together: the axis ends after the last figure then.
    last = max(figure.value for figure in figures)
    return max(bounds) if max(bounds) <= _STRETCH * last else last


def _figures(row: Row) -> Iterator[Figure]:
    if row.figure:
        yield row.figure
    yield from (official.figure for official in row.officials)


def _width(part: Said) -> float:
    return letters.width(part.text, look.LABEL, part.bold) + _LOCK_ROOM * part.missing


def _said(row: Row) -> Iterator[Said]:
    yield Said(row.said, 0, look.CITIZEN_TEXT if row.figure else look.QUIET, row.figure is None, row.whole)
    for k, official in enumerate(row.officials, 1):
        tag = f" [{official.tag}]" if official.tag else ""
        yield Said(f"{official.figure}{tag}", k, look.OFFICIAL, False)
    if row.refused:
        yield Said(_(NOT_COMPARABLE), len(row.officials) + 1, look.OFFICIAL, False)


def _places(rows: Sequence[Row], top: float, scale: Scale) -> Iterator[Place]:
    room = look.WIDTH - look.MARGIN - scale.x1 - _GAP + 0.01
    for row in rows:
        names = letters.wrapped(row.name, scale.x0 - _GAP - look.MARGIN + 0.01, look.LABEL, row.whole)
        parts = [
            replace(part, text=line)
            for part in _said(row)
            for line in letters.wrapped(part.text, room - _LOCK_ROOM * part.missing, look.LABEL, part.bold)
        ]
        height = max(len(names), len(parts)) * look.LABEL_LINE + _ROW_PADDING
        yield Place(row, top, top + height, tuple(names), tuple(parts))
        top += height


# --- words --------------------------------------------------------------------------------------------------------


def _row_lines(place: Place, scale: Scale) -> Iterator[Line]:
    whole, down = place.row.whole, 0.35 * look.LABEL
    for k, name in enumerate(place.names):
        yield Line(name, look.MARGIN, place.line(k, len(place.names)) + down, bold=whole)
    for k, part in enumerate(place.said):
        x = scale.x1 + _GAP + (_LOCK_ROOM if place.row.state == "few" and part.missing else 0)
        yield Line(part.text, x, place.line(k, len(place.said)) + down, ink=part.ink, bold=part.bold)


def _entries(places: Sequence[Place], scale: Scale, words: Words) -> list[Entry]:
    """Return what the legend must explain, with the marks of the first row where they can be pointed at."""
    rows = [place.row for place in places]
    officials = [official for row in rows for official in row.officials]
    entries = []
    if any(row.figure for row in rows):
        sure = any(row.figure and row.figure.lower is not None for row in rows)
        entries.append(Entry("citizen", _named(words.value_label, sure), sure, _citizen_mark(places[0], scale)))
    kinds = {(o.tag, o.modelled): o for o in reversed(officials)}
    for (tag, modelled), official in sorted(kinds.items()):
        sure = any(o.figure.lower is not None for o in officials if (o.tag, o.modelled) == (tag, modelled))
        label = f"{words.official_label} [{tag}]: {official.source}" if tag else words.official_label
        label = _(MODELLED).format(label=label) if modelled else label
        at = _official_mark(places[0], scale) if len(kinds) == 1 else None
        entries.append(Entry("modelled" if modelled else "official", _named(label, sure), sure, at))
    if any(official.gap for row in rows if row.figure for official in row.officials):
        entries.append(Entry("gap", _(GAP), True))
    return entries


def _named(label: str, sure: bool) -> str:
    return _(WITH_INTERVAL).format(label=label) if sure else label


def _citizen_mark(place: Place, scale: Scale) -> tuple[float, float] | None:
    return (scale.at(place.row.figure.value), place.at(0) - 11) if place.row.figure else None


def _official_mark(place: Place, scale: Scale) -> tuple[float, float] | None:
    """Return the first diamond, unless a line to it from above would run through the citizen mark."""
    if not place.row.officials:
        return None
    official, citizen = place.row.officials[0].figure.value, place.row.figure
    if citizen:
        bounds = [b for b in (citizen.value, citizen.lower, citizen.upper) if b is not None]
        if min(bounds) <= official <= max(bounds) or abs(scale.at(official) - scale.at(citizen.value)) < 14:
            return None
    return scale.at(official), place.at(1) - 11


# --- axis ---------------------------------------------------------------------------------------------------------


def _explained(rows: Sequence[Row], scale: Scale) -> list[str]:
    """Return what must be said below the axis about signs that stand in the rows."""
    unsure = any(row.state == "unsure" for row in rows)
    beyond = any((figure.upper or 0.0) > scale.most for row in rows for figure in _figures(row))
    return [_(UNSURE)] * unsure + [_(BEYOND)] * beyond


def _axis(scale: Scale, top: float, bottom: float, notes: Sequence[str]) -> tuple[list[Line], list[Spec], float]:
    decimals = max(_decimals(value) for value in scale.values)
    grid = [{"value": value, "y": top, "y2": bottom + 6} for value in scale.values]
    layer = marks("grid", {"type": "rule", "color": look.GRID}, grid, x=scale.channel("value"))
    zero = {"x": scale.at(max(0.0, scale.least)), "y": top, "y2": bottom + 6}
    base = marks("axis", {"type": "rule", "color": look.AXIS, "strokeWidth": 1.5}, [zero])
    lines = [
        Line(said(v, decimals), scale.at(v), bottom + 24, look.LABEL, look.QUIET, align="center") for v in scale.values
    ]
    end = bottom + 30
    for text in notes:
        for row in letters.wrapped(text, look.WIDTH - look.MARGIN - scale.x0, look.LABEL):
            end += look.LABEL_LINE
            lines.append(Line(row, scale.x0, end - 4, look.LABEL, look.QUIET))
    return lines, [layer, base], end


def _decimals(value: float) -> int:
    return max(0, len(f"{value:.10g}".partition(".")[2]))


# --- marks --------------------------------------------------------------------------------------------------------


def _rulings(places: Sequence[Place]) -> list[Spec]:
    """Thin lines between rows of several lines, and a stronger one under the figure of the whole."""
    right = look.WIDTH - look.MARGIN
    several = any(len(place.said) > 1 for place in places)
    thin = [{"x": look.MARGIN, "x2": right, "y": p.bottom} for p in places[:-1] if several and not p.row.whole]
    strong = [{"x": look.MARGIN, "x2": right, "y": p.bottom} for p in places[:-1] if p.row.whole]
    return [
        marks("hairline", {"type": "rule", "color": look.HAIRLINE}, thin),
        marks("whole", {"type": "rule", "color": look.AXIS}, strong),
    ]


def _citizen(places: Sequence[Place], scale: Scale) -> list[Spec]:
    shown = [
        (p, f, {"value": f.value, "lower": f.lower, "upper": f.upper, "y": p.at(0)})
        for p in places
        if (f := p.row.figure)
    ]
    layers = []
    for whole, width, size in ((False, 3, 120), (True, 5, 220)):
        dots = [mark for place, _figure, mark in shown if place.row.whole == whole]
        layers += [
            *_intervals("citizen-interval", dots, scale, width),
            citizen_marks("citizen", dots, size, x=scale.channel("value")),
        ]
    return [*_missing([place for place in places if not place.row.figure], scale), *layers]


def _missing(places: Sequence[Place], scale: Scale) -> list[Spec]:
    hatched = [{"x": scale.x0, "x2": scale.x1, "y": p.at(0) - 6, "y2": p.at(0) + 6} for p in places]
    locked = [{"x": scale.x1 + _GAP + 6, "y": p.at(0)} for p in places if p.row.state == "few"]
    lock = {"type": "point", "shape": look.LOCK, "filled": True, "color": look.QUIET, "size": 210, "opacity": 1}
    return [marks("unknown", {"type": "rect", "fill": f"url(#{HATCH})"}, hatched), marks("few", lock, locked)]


def _official(places: Sequence[Place], scale: Scale) -> list[Spec]:
    pairs = [(p, k, o) for p in places for k, o in enumerate(p.row.officials, 1)]
    value = scale.channel("value")
    gaps = [_bridge(p, k, o) for p, k, o in pairs if o.gap and p.row.figure]
    layers = [gap_marks("gap", gaps, x=value, x2={"field": "citizen"})]
    for modelled in (False, True):
        shown = [_mark(p, k, o) for p, k, o in pairs if o.modelled == modelled]
        layers += [
            *_intervals("official-interval", shown, scale, 2.2),
            official_marks("modelled" if modelled else "official", shown, modelled, x=value),
        ]
    return layers


def _mark(place: Place, k: int, official: OfficialFigure) -> Spec:
    figure = official.figure
    return {"value": figure.value, "lower": figure.lower, "upper": figure.upper, "y": place.at(k)}


def _bridge(place: Place, k: int, official: OfficialFigure) -> Spec:
    citizen = place.row.figure.value if place.row.figure else None
    return {"value": official.figure.value, "citizen": citizen, "y": place.at(k) - look.LABEL_LINE / 2}


def _intervals(name: str, values: Sequence[Spec], scale: Scale, width: float) -> list[Spec]:
    """Return the layer of interval lines, and one of arrows where a line goes on beyond the axis."""
    official = name.startswith("official")
    known = [value for value in values if value["lower"] is not None and value["upper"] is not None]
    inside = [{**value, "upper": min(value["upper"], scale.most)} for value in known]
    beyond = [{"x": scale.x1 + 5, "y": value["y"]} for value in known if value["upper"] > scale.most]
    arrow = {"type": "point", "shape": "triangle-right", "filled": True, "size": 90, "opacity": 1}
    ends = {"x": scale.channel("lower"), "x2": {"field": "upper"}}
    return [
        interval_marks(name, inside, official, width, **ends),
        marks("beyond", {**arrow, "color": look.OFFICIAL if official else look.CITIZEN}, beyond),
    ]
