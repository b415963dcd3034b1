"""Figures over the years: citizens and officials on one axis, with the target, and a table that says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datashift.language import _, label
from datashift.numbers import in_digits, said
from datashift.standards.structures.layout import answers
from datashift.web.dashboard.charts.axis import SHARE, Axis
from datashift.web.dashboard.charts.marks import (
    NOTHING,
    arrow,
    citizen_at,
    figure,
    flag_at,
    is_modelled,
    joined,
    line,
    mark,
    official_at,
)
from datashift.web.frame.calendar import year as when

Series = Mapping[str, Any]
Point = Mapping[str, Any]

HIGH = 220
"""Height of the plot in pixels; its width is that of the page."""

_STEPS = (1, 2, 5, 10, 20, 50)
_MOST_YEARS = 6  # as many as stand side by side on a phone
_APART = 17  # pixels between two labels
_LETTER = 1.4  # half the width of a letter on a phone, in per cent of the plot
_MANY = 12  # figures of a series beyond which its marks are small


@dataclass(frozen=True)
class Frame:
    """The years from `first` to `last` across the plot, the values of `axis` up it."""

    axis: Axis
    first: float
    last: float

    def x(self, year: float) -> float:
        """Return where a year stands, in per cent."""
        return round(100 * (year - self.first) / (self.last - self.first), 2)

    def y(self, value: float) -> float:
        """Return where a value stands, in pixels from the top."""
        return round(HIGH * (1 - self.axis.at(value) / 100), 1)

    @property
    def years(self) -> list[int]:
        """Return the years that are written below the plot."""
        span = self.last - self.first
        step = next((step for step in _STEPS if span / step < _MOST_YEARS), _STEPS[-1])
        return [year for year in range(int(self.first), int(self.last) + 1) if year % step == 0]


def timeline(
    series: Sequence[Series], axis: Axis, target: Mapping[str, Any] | None = None, *, said: str, table: bool = True
) -> SafeString:
    """Return the chart of `series` with its legend and, unless there is no room for it, its table.

    A series has tag, side, producer, title, points (year, value, lower, upper, nature, status, n, source, footnote) and
    breaks (period, why). `said` is the chart in words, for those who listen.
    """
    plot = _frame(series, axis, target)
    if plot is None:
        return NOTHING
    drawn = [*_axes(plot), *_target(plot, target)]
    for one in sorted(series, key=lambda one: one["side"] == "citizen"):
        drawn += _breaks(one, plot) + _curve(one, plot)
    drawn += _labels(series, plot)
    return format_html(
        '<div class="time"><svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}</svg></div>{}{}',
        HIGH, said, joined(drawn), _legend(series, target),
        _table(series, axis) if table else NOTHING,
    )  # fmt: skip


def shown(one: Series) -> list[Point]:
    """Return the points of a series that have a value and a year, in the order of time."""
    points = [p for p in one["points"] if p.get("value") is not None and p.get("year") is not None]
    return sorted(points, key=lambda point: point["year"])


def _frame(series: Sequence[Series], axis: Axis, target: Mapping[str, Any] | None) -> Frame | None:
    years = [float(point["year"]) for one in series for point in shown(one)]
    if not years:
        return None
    if target and target.get("value") is not None:
        years.append(float(target["year"]))
    first, last = min(years), max(years)
    return Frame(axis, first, last) if last > first else Frame(axis, first - 1, last + 1)


def _axes(plot: Frame) -> Iterator[SafeString]:
    for tick, word in zip(plot.axis.ticks, plot.axis.words, strict=True):
        y = plot.y(tick)
        yield line("grid" if y < HIGH else "base", 0, y, 100, y)
        yield format_html('<text x="-8" y="{}" class="tick">{}</text>', y + 5, word)
    for year in plot.years:
        yield format_html('<text x="{}%" y="{}">{}</text>', plot.x(year), HIGH + 20, in_digits(str(year)))


def _target(plot: Frame, target: Mapping[str, Any] | None) -> list[SafeString]:
    if not target or target.get("value") is None:
        return []
    return [flag_at(plot.x(target["year"]), plot.y(target["value"]))]


def _breaks(one: Series, plot: Frame) -> list[SafeString]:
    years = {_year(b["period"]) for b in one.get("breaks", ())}
    return [line("break", plot.x(y), 0, plot.x(y), HIGH) for y in sorted(years) if plot.first <= y <= plot.last]


def _curve(one: Series, plot: Frame) -> list[SafeString]:
    """Draw a series: its line, then its intervals, then its marks, so that no mark is crossed."""
    points, side = shown(one), one["side"]
    small = len(points) > _MANY
    at = [(plot.x(p["year"]), plot.y(p["value"])) for p in points]
    drawn = [line(f"{side}-line path", *a, *b) for a, b in pairwise(at)]
    for (x, _y), point in zip(at, points, strict=True):
        if point.get("lower") is not None and point.get("upper") is not None:
            drawn.append(line(f"{side}-line", x, plot.y(point["lower"]), x, plot.y(point["upper"])))
            drawn += [arrow(side, x, 0, -90)] if point["upper"] > plot.axis.ticks[-1] else []
            drawn += [arrow(side, x, HIGH, 90)] if point["lower"] < plot.axis.ticks[0] else []
    for (x, y), point in zip(at, points, strict=True):
        drawn.append(citizen_at(x, y, small) if side == "citizen" else official_at(x, y, is_modelled(point), small))
    return drawn


def _labels(series: Sequence[Series], plot: Frame) -> list[SafeString]:
    """Name each series at its last mark; names that would touch are moved apart."""
    ends = [(one, shown(one)[-1]) for one in series if shown(one)]
    placed: list[tuple[float, float, int]] = []
    drawn = []
    for one, point in sorted(ends, key=lambda end: -end[1]["value"]):
        x, y, text = plot.x(point["year"]), plot.y(point["value"]) - 13, _short(one)
        while any(abs(x - left) < _LETTER * (len(text) + size) and abs(y - at) < _APART for left, at, size in placed):
            y += _APART
        placed.append((x, y, len(text)))
        drawn.append(
            format_html('<text class="name {}" x="{}%" y="{}"{}>{}</text>', one["side"], x, max(y, 10), _side(x), text)
        )
    return drawn


def _side(x: float) -> SafeString:
    if x > 80:
        return SafeString(' text-anchor="end"')
    return SafeString(' text-anchor="start"') if x < 20 else NOTHING


def _short(one: Series) -> str:
    return one.get("tag") or (_("citizens") if one["side"] == "citizen" else _("official"))


def _legend(series: Sequence[Series], target: Mapping[str, Any] | None) -> SafeString:
    entries: list[tuple[SafeString, str]] = [(mark(_kind(one)), _who(one)) for one in series if shown(one)]
    if target and target.get("value") is not None:
        entries.append((mark("target"), _("target for {year}").format(year=in_digits(str(target["year"])))))
    return format_html('<ul class="legend">{}</ul>', format_html_join("", "<li>{} {}</li>", entries))


def _kind(one: Series) -> str:
    if one["side"] == "citizen":
        return "citizen"
    return "modelled" if all(is_modelled(point) for point in shown(one)) else "official"


def _who(one: Series) -> SafeString:
    tag = format_html("<b>{}</b> ", one["tag"]) if one.get("tag") else NOTHING
    side = _("citizens") if one["side"] == "citizen" else _("official")
    return format_html("{}{}: {}", tag, side, one.get("producer") or "")


def _table(series: Sequence[Series], axis: Axis) -> SafeString:
    rows = sorted(
        ((point, one) for one in series for point in one["points"]),
        key=lambda pair: (-(pair[0].get("year") or 0), pair[1]["side"] != "citizen", pair[1].get("tag") or ""),
    )
    heads = [_("Year"), _("Who counted"), _("Figure"), _("Answers"), _("How it came about"), _("Note")]
    return format_html(
        '<details class="twin"><summary>{}</summary><div class="scroll" tabindex="0" role="group" aria-label="{}">'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        _("The chart as a table"), _("The chart as a table"),
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)),
        joined(_cells(point, one, axis.unit) for point, one in rows),
    )  # fmt: skip


def _cells(point: Point, one: Series, unit: str) -> SafeString:
    none = mark("hidden" if point.get("status") == "Q" else "empty")
    told = none if point.get("value") is None else figure(point["value"], point.get("lower"), point.get("upper"), unit)
    return format_html(
        '<tr><th scope="row">{}</th><td>{} {}</td><td>{}</td><td class="n">{}</td><td>{}</td><td>{}</td></tr>',
        when(str(point.get("period") or point.get("year") or "")),
        mark(_kind(one) if one["side"] == "citizen" or not is_modelled(point) else "modelled"),
        _who(one),
        told,
        said(point["n"]) if (point.get("n") or 0) > 1 else "–",  # a published sum is one row, not one answer
        nature_word(str(point.get("nature") or "")) or "–",
        "; ".join(_notes(point, one)),
    )


def _notes(point: Point, one: Series) -> Iterator[str]:
    if point.get("status") == "U":
        yield _("Little is known about how sure this is.")
    if "marks" in point:  # the ledger says it all
        yield from point["marks"]
        return
    if point.get("value") is None:
        yield _("Too few answers to show.")
    yield from (b["why"] for b in one.get("breaks", ()) if b.get("why") and b["period"] == point.get("period"))
    yield from (str(point[key]) for key in ("source", "footnote") if point.get(key))


def nature_word(code: str) -> str:
    """Return how an official figure came about, in words."""
    found = answers()["CL_NATURE"].codes.get(code)
    return label(found) if found else code


def unit_word(unit: str) -> str:
    """Return a unit in words; the code itself where it is not known."""
    if unit == SHARE:
        return "%"
    found = answers()["CL_UNIT_MEASURE"].codes.get(unit)
    return label(found) if found else unit


def _year(period: str) -> int:
    return int(str(period)[:4])
