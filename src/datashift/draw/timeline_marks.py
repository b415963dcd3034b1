"""The marks of a chart of time and value, layer by layer, in the one visual grammar of the house."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from datashift.draw import look
from datashift.draw.legend import citizen_marks, gap_marks, interval_marks, official_marks
from datashift.draw.naming import signs
from datashift.draw.page import HATCH, Spec, marks
from datashift.draw.timeline_frame import Frame
from datashift.draw.timeline_labels import Box, along, around
from datashift.draw.timeline_records import Curve, Flag, Point, Tie, Timeline

_LARGE, _SMALL, _TINY = 120, 56, 26
_POLE = 30.0
_FAN = 100  # steps of a fan


def layers(drawn: Timeline, plot: Frame) -> list[Spec]:
    """Return all layers of the figures, what is behind first."""
    found: list[Spec] = []
    for curve in drawn.curves:
        found += _ahead(curve, plot)
    found += [*_ties(drawn.ties, plot), *_breaks(drawn.curves, plot)]
    for curve in sorted(drawn.curves, key=lambda c: c.side, reverse=True):
        found += [*_line(curve, plot), *_revised(curve, plot), *_intervals(curve, plot), *_dots(curve, plot)]
    found += _missing(drawn.curves, plot)
    return [*found, *(flag(drawn.flag, plot) if drawn.flag else [])]


def taken(drawn: Timeline, plot: Frame) -> Iterator[Box]:
    """Yield the rectangles that words should leave free."""
    for curve in drawn.curves:
        for point in curve.shown:
            yield around(*_at(point, plot))
            if point.lower is not None and point.upper is not None:
                yield from along(plot.x(point.at), plot.y(point.lower), plot.x(point.at), plot.y(point.upper))
        for one, other in curve.joined():
            yield from along(*_at(one, plot), *_at(other, plot))
        if curve.ahead and curve.shown:
            ahead = curve.ahead
            yield from along(*_at(curve.shown[-1], plot), plot.x(ahead.at), plot.y(ahead.middle))
            yield from along(plot.x(ahead.at), plot.y(ahead.lower), plot.x(ahead.at), plot.y(ahead.upper))
    for tie in drawn.ties:
        yield from along(plot.x(tie.one[0]), plot.y(tie.one[1]), plot.x(tie.other[0]), plot.y(tie.other[1]), 5.0)
    if drawn.flag:
        x, y = plot.x(drawn.flag.at), plot.y(drawn.flag.value)
        yield Box(x - 18, y - 4, x + 18, y + _POLE)


def flag(target: Flag, plot: Frame, name: str = "target") -> list[Spec]:
    """Return a flag whose pole stands with its top at the target, upside down where there is no room below."""
    x, y = plot.x(target.at), plot.y(target.value)
    return flag_at(x, y, 1.0 if plot.y0 - y > _POLE else -1.0, name)


def flag_at(x: float, y: float, down: float = 1.0, name: str = "target") -> list[Spec]:
    """Return a flag at a pixel; `down` = -1 draws the pole upwards from it."""
    pole = [{"x": x, "y": y, "y2": y + down * 22}]
    cloth = {"type": "point", "shape": "M0,0L-1.6,0.55L0,1.1Z", "filled": True, "color": look.TEXT, "opacity": 1}
    at = {"x": x, "y": y if down > 0 else y - 22 + 10}
    return [
        marks(f"{name}-pole", {"type": "rule", "color": look.TEXT, "strokeWidth": 2}, pole),
        marks(name, {**cloth, "size": 330}, [at]),
    ]


def dot_size(curve: Curve, plot: Frame) -> int:
    """Return how large the marks of a series may be, so that neighbours do not run into each other."""
    xs = [plot.x(point.at) for point in curve.shown]
    nearest = min((b - a for a, b in pairwise(xs)), default=99.0)
    return _LARGE if nearest >= 17 else _SMALL if nearest >= 10 else _TINY


def _at(point: Point, plot: Frame) -> tuple[float, float]:
    return plot.x(point.at), plot.y(point.value or 0.0)


def _line(curve: Curve, plot: Frame) -> list[Spec]:
    pairs = [(_at(one, plot), _at(other, plot)) for one, other in curve.joined()]
    values = [{"x": one[0], "y": one[1], "x2": other[0], "y2": other[1]} for one, other in pairs]
    official = curve.side == "official"
    return [interval_marks(f"{curve.side}-line", values, official, 1.6 if official else 2.4)]


def _intervals(curve: Curve, plot: Frame) -> list[Spec]:
    values = [
        {"x": plot.x(p.at), "y": plot.y(p.lower), "y2": plot.y(p.upper)}
        for p in curve.shown
        if p.lower is not None and p.upper is not None
    ]
    official = curve.side == "official"
    return [interval_marks(f"{curve.side}-interval", values, official, 2.2 if official else 3)]


def _dots(curve: Curve, plot: Frame) -> list[Spec]:
    size = dot_size(curve, plot)
    if curve.side == "citizen":
        return [citizen_marks("citizen", _places(curve.shown, plot), size)]
    found = []
    for modelled in (False, True):
        layer = official_marks(
            "modelled" if modelled else "official",
            _places([p for p in curve.shown if p.modelled == modelled], plot),
            modelled,
        )
        found.append(layer | {"mark": layer["mark"] | {"size": size, "strokeWidth": 2.2 if size == _LARGE else 1.6}})
    return found


def _places(points: Iterable[Point], plot: Frame) -> list[Spec]:
    return [{"x": x, "y": y} for x, y in (_at(point, plot) for point in points)]


def _revised(curve: Curve, plot: Frame) -> list[Spec]:
    """The earlier value of a revised figure: a small grey mark, and a thin line to what is said now."""
    pairs = [(plot.x(p.at), plot.y(p.before), plot.y(p.value or 0.0)) for p in curve.shown if p.before is not None]
    shape = {"type": "point", "shape": "diamond" if curve.side == "official" else "circle", "filled": False}
    mark = {**shape, "stroke": look.HATCHING, "strokeWidth": 1.2, "size": 40, "opacity": 1}
    return [
        marks("revision", {"type": "rule", "color": look.HATCHING}, [{"x": x, "y": a, "y2": b} for x, a, b in pairs]),
        marks("earlier", mark, [{"x": x, "y": a} for x, a, _b in pairs]),
    ]


def _ahead(curve: Curve, plot: Frame) -> list[Spec]:
    """What is expected: a light fan from the last figure to the limits, the middle as a thin dashed line."""
    if not curve.ahead or not curve.shown:
        return []
    (x1, y1), ahead = _at(curve.shown[-1], plot), curve.ahead
    x2, low, high, middle = (plot.x(ahead.at), *(plot.y(v) for v in (ahead.lower, ahead.upper, ahead.middle)))
    ink = look.CITIZEN if curve.side == "citizen" else look.OFFICIAL
    start = curve.shown[-1].value or 0.0
    # In steps, so that what runs beyond the axis leaves the plot where it does, and not at its corner.
    fan = [
        {
            "x": x1 + t * (x2 - x1),
            "y": plot.y(start + t * (ahead.lower - start)),
            "y2": plot.y(start + t * (ahead.upper - start)),
        }
        for t in (k / _FAN for k in range(_FAN + 1))
    ]
    return [
        marks("fan", {"type": "area", "color": ink, "opacity": 0.13, "line": False}, fan),
        marks("ahead", {"type": "rule", "color": ink, "strokeWidth": 1.3, "strokeDash": [2, 3]},
              [{"x": x1, "y": y1, "x2": x2, "y2": middle}]),
        marks("ahead-interval", {"type": "rule", "color": ink, "strokeWidth": 1.6}, [{"x": x2, "y": low, "y2": high}]),
    ]  # fmt: skip


def _ties(ties: Sequence[Tie], plot: Frame) -> list[Spec]:
    gaps, hatched = [], []
    for tie in ties:
        (x1, y1), (x2, y2) = ((plot.x(at), plot.y(value)) for at, value in (tie.one, tie.other))
        if tie.kind == "gap":
            gaps.append({"x": x1, "y": y1, "x2": x2, "y2": y2})
        else:
            hatched.append({"x": x1 - 6, "x2": x1 + 6, "y": min(y1, y2), "y2": max(y1, y2)})
    return [gap_marks("gap", gaps), marks("unknown", {"type": "rect", "fill": f"url(#{HATCH})"}, hatched)]


def _breaks(curves: Sequence[Curve], plot: Frame) -> list[Spec]:
    times = sorted({at for curve in curves for at, _reason in curve.breaks})
    values = [{"x": plot.x(at), "y": plot.y1 - 4, "y2": plot.y0} for at in times]
    return [marks("break", {"type": "rule", "color": look.AXIS, "strokeWidth": 1}, values)]


def _missing(curves: Sequence[Curve], plot: Frame) -> list[Spec]:
    """Locks and empty rings stand on the axis of time, where a figure would be."""
    found = []
    for state in ("few", "empty"):
        points = sorted({p.at for curve in curves for p in curve.points if p.value is None and p.state == state})
        found.append(signs(state, [{"x": plot.x(at), "y": plot.y0 - 11} for at in points]))
    return found
