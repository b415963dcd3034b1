"""The marks of every chart, and a figure as text that keeps its exact value for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datashift.language import _
from datashift.numbers import SPAN, THIN, amount, places, said
from datashift.web.dashboard.charts.axis import SHARE, Axis

Row = Mapping[str, Any]

NOTHING = SafeString("")
MODELLED = ("M", "E", "MODELLED", "MODELED", "ESTIMATED")
"""Natures of official figures that nobody counted."""

_STEP, _IN_LINE = 16, 18  # pixels of a mark in a tally, and marks in a line: 288 pixels
_ONE, _TWO = 28, 36  # heights of a row in pixels: with one figure, with an official one below it


def figure(value: float | None, lower: float | None = None, upper: float | None = None, unit: str = "") -> SafeString:
    """Return a published figure as text, its exact value kept for machines: **71 %** (66 to 76)."""
    if value is None:
        return SafeString("–")
    decimals = places(value, lower, upper)
    head = format_html("<b>{}</b>", said(value, decimals) + (f"{THIN}%" if unit == SHARE else ""))
    if lower is not None and upper is not None and lower < upper:  # of a full count there is no interval to tell
        head = format_html(_(SPAN), value=head, lower=said(lower, decimals), upper=said(upper, decimals))
    return format_html('<data value="{}">{}</data>', f"{value:.10g}", head)


def is_modelled(one: Row) -> bool:
    """Say whether an official figure was estimated or modelled, not counted."""
    return str(one.get("nature") or "").upper() in MODELLED


def mark(kind: str) -> SafeString:
    """Return a mark as it stands beside words: citizen, official, modelled, hidden, target, else an empty ring."""
    return format_html(
        '<svg class="dot" viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">{}</svg>', shape(kind)
    )


def tally(kinds: Sequence[str]) -> SafeString:
    """Return one mark for each of many things, in lines that fit the smallest phone; words must say the same."""
    lines = -(-len(kinds) // _IN_LINE)
    marks = (
        (_STEP * (k % _IN_LINE) + _STEP // 2, _STEP * (k // _IN_LINE) + _STEP // 2, shape(kind))
        for k, kind in enumerate(kinds)
    )
    return format_html(
        '<svg class="tally" width="{}" height="{}" aria-hidden="true">{}</svg>',
        _STEP * min(len(kinds), _IN_LINE), _STEP * lines,
        format_html_join("", '<g transform="translate({} {})scale(.8)">{}</g>', marks),
    )  # fmt: skip


_SHAPES = {
    "citizen": SafeString('<circle class="citizen" r="6"/>'),
    "official": SafeString('<path class="official" d="M0-7 7 0 0 7-7 0z"/>'),
    "modelled": SafeString('<path class="official modelled" d="M0-7 7 0 0 7-7 0z"/>'),
    "small official": SafeString('<path class="official" d="M0-4 4 0 0 4-4 0z"/>'),
    "small modelled": SafeString('<path class="official modelled" d="M0-4 4 0 0 4-4 0z"/>'),
    "hidden": SafeString('<path class="lock" d="M-6-1H6V7H-6zM-4-1V-4a4 4 0 0 1 8 0v3h-2V-4a2 2 0 0 0-4 0v3z"/>'),
    "target": SafeString('<path class="target" d="M-4 8V-6L5-2.5-4 1"/>'),
    "nobody": SafeString('<circle class="empty" r="6"/>'),
}


def shape(kind: str) -> SafeString:
    """Return the outline of a kind of mark around the point 0, 0; the empty ring for what is no kind."""
    return _SHAPES.get(kind, _SHAPES["nobody"])


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Return pieces of safe HTML as one."""
    return SafeString("".join(parts))


def citizen_at(x: float, y: float, small: bool = False) -> SafeString:
    """Return a filled circle at `x` per cent and `y` pixels."""
    return SafeString(f'<circle class="citizen" cx="{x}%" cy="{y}" r="{4 if small else 6}"/>')


def official_at(x: float, y: float, modelled: bool, small: bool = False) -> SafeString:
    """Return a hollow diamond at `x` per cent and `y` pixels, its outline dotted where modelled."""
    return at(("small " if small else "") + ("modelled" if modelled else "official"), x, y)


def at(kind: str, x: float, y: float) -> SafeString:
    """Return a mark of a kind at `x` per cent and `y` pixels."""
    return SafeString(f'<svg x="{x}%" y="{y}">{shape(kind)}</svg>')


def flag_at(x: float, y: float) -> SafeString:
    """Return the flag of a target with its foot at `x` per cent and `y` pixels; it never leaves the chart."""
    turned = ' transform="scale(-1 1)"' if x > 50 else ""
    return SafeString(f'<svg x="{x}%" y="{y}"><path class="target"{turned} d="M0 0V-14L9-10.5 0-7"/></svg>')


def arrow(side: str, x: float, y: float, turned: int) -> SafeString:
    """Return the head of an arrow, turned by so many degrees: an interval goes on beyond the axis."""
    return SafeString(
        f'<svg x="{x}%" y="{y}"><path class="{side}" transform="rotate({turned})" d="M7 0-3-5V5z"/></svg>'
    )


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    """Return a line of a kind (a class of the style) from (x1 per cent, y1 pixels) to (x2, y2)."""
    return SafeString(f'<line class="{kind}" x1="{x1}%" y1="{y1}" x2="{x2}%" y2="{y2}"/>')


def interval_cell(row: Row, axis: Axis) -> SafeString:
    """Return a row as a picture: the citizen dot on its interval, and the official diamond on its own below it.

    Between the two lies a thin bridge where there is a gap, a hatched one where nobody can tell. Hidden from those who
    listen: the words of the row say the same.
    """
    official = row.get("official") or {}
    both = row.get("value") is not None and official.get("value") is not None
    height = _TWO if both else _ONE
    parts = [_bridge(row, official, axis)] if both else []
    parts += [_on_interval(official, axis, height - 11 if both else 14, "official", is_modelled(official))]
    parts += [_on_interval(row, axis, 11 if both else 14, "citizen", False)]
    if row.get("value") is None and row.get("status") == "Q":
        parts.append(at("hidden", 2, 14))
    elif row.get("value") is None and official.get("value") is None:
        parts.append(at("nobody", 2, 14))
    return SafeString(f'<svg class="chart" width="100%" height="{height}" aria-hidden="true">{joined(parts)}</svg>')


def strip(row: Row, axis: Axis) -> SafeString:
    """Return a row as a small picture with its axis below it, said in words for those who listen."""
    told = amount(row["value"], row.get("lower"), row.get("upper"), axis.unit) if row.get("value") is not None else "–"
    return format_html(
        '<div class="strip" role="img" aria-label="{}">{}{}</div>',
        told,
        interval_cell(row, axis),
        scale(axis, ends=True),
    )


def scale(axis: Axis, target: float | None = None, ends: bool = False) -> SafeString:
    """Return the round numbers of an axis in its own line; with `ends` only the first and the last."""
    words = axis.words
    chosen = [(tick, word) for tick, word in zip(axis.ticks, words, strict=True)]
    chosen = [chosen[0], chosen[-1]] if ends else chosen
    texts = format_html_join(
        "", '<text x="{}%" y="14"{}>{}</text>',
        ((axis.at(tick), _anchor(axis.at(tick)), word) for tick, word in chosen),
    )  # fmt: skip
    flag = NOTHING if target is None else flag_at(axis.at(target), 36)
    height = 18 if target is None else 36
    return format_html(
        '<svg class="chart scale" width="100%" height="{}" aria-hidden="true">{}{}</svg>', height, texts, flag
    )


def _anchor(at: float) -> SafeString:
    if at <= 0:
        return SafeString(' text-anchor="start"')
    return SafeString(' text-anchor="end"') if at >= 100 else NOTHING


def _on_interval(one: Row, axis: Axis, y: float, side: str, modelled: bool) -> SafeString:
    if one.get("value") is None:
        return NOTHING
    x, parts = axis.at(one["value"]), []
    if one.get("lower") is not None and one.get("upper") is not None:
        parts.append(line(f"{side}-line", axis.at(one["lower"]), y, axis.at(one["upper"]), y))
        parts += [arrow(side, 100, y, 0)] if one["upper"] > axis.ticks[-1] else []
        parts += [arrow(side, 0, y, 180)] if one["lower"] < axis.ticks[0] else []
    parts.append(citizen_at(x, y) if side == "citizen" else official_at(x, y, modelled))
    return joined(parts)


def _bridge(row: Row, official: Row, axis: Axis) -> SafeString:
    kind = {"gap": "gap", "cannot_tell": "unsure"}.get(str(row.get("verdict", "")))
    if kind is None:
        return NOTHING
    return line(kind, axis.at(row["value"]), _TWO / 2, axis.at(official["value"]), _TWO / 2)
