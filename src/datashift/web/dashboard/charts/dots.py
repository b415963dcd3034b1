"""Dots and intervals: a table whose cells are the chart, so that chart and table cannot say different things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datashift.language import _
from datashift.web.dashboard.charts.axis import Axis
from datashift.web.dashboard.charts.marks import NOTHING, figure, interval_cell, is_modelled, joined, mark, scale
from datashift.web.frame.calendar import year

Row = Mapping[str, Any]


class Shown(NamedTuple):
    """Which columns the table has, and whether each figure says its time because they differ."""

    officials: bool
    words: bool
    periods: bool


_HIDDEN, _RING = "hidden", "empty"


def dots(rows: Sequence[Row], axis: Axis, *, caption: str, first: str = "", target: float | None = None) -> SafeString:
    """Return the table of `rows`, the greatest first, what is not shown last; a verdict on all of them stands below.

    A row has name (or area_name), value, lower, upper, status, and may have reason (why it is not shown), official
    (a figure with its nature), verdict, word and verdict_reason, href (its page), made (how its figure was made),
    note (below its name), dated (say its time, even where all have the same) and whole (the row that all others are
    part of). `first` heads the first column.
    """
    officials = any((row.get("official") or {}).get("value") is not None for row in rows)
    alike = _alike(rows)
    words = not alike and any(row.get("word") for row in rows)
    dated = len({row.get("period") for row in rows if row.get("value") is not None}) > 1
    shown = Shown(officials, words, dated)
    heads = [(first or _("Place"), "name"), (format_html("{} {}", mark("citizen"), _("Citizens")), "fig")]
    heads += [(format_html('{}<span class="hidden">{}</span>', scale(axis, target), _("Chart")), "plot")]
    heads += [(format_html("{} {}", mark("official"), _("Official")), "off")] if officials else []
    heads += [(_("Is there a gap?"), "say")] if words else []
    return format_html(
        '<table class="dots by{}" role="table"><caption>{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>{}',
        axis.steps,
        caption,
        format_html_join("", '<th scope="col" role="columnheader" class="{1}">{0}</th>', heads),
        joined(_row(row, axis, shown) for row in _sorted(rows)),
        alike,
    )


def _alike(rows: Sequence[Row]) -> SafeString:
    """Return the verdict as a sentence of its own where it and its reason are the same for several rows."""
    said = {(row["word"], row.get("verdict_reason") or "") for row in rows if row.get("word")}
    if len(said) != 1 or sum(bool(row.get("word")) for row in rows) < 2:
        return NOTHING
    (word, reason) = said.pop()
    return format_html('<p class="alike"><span class="word">{}</span> {}</p>', word, reason)


def _sorted(rows: Sequence[Row]) -> list[Row]:
    shown = [row for row in rows if row.get("value") is not None]
    rest = [row for row in rows if row.get("value") is None]
    return [*sorted(shown, key=lambda row: (not row.get("whole"), -row["value"])), *sorted(rest, key=_name)]


def _name(row: Row) -> str:
    return str(row.get("name") or row.get("area_name") or "")


def _row(row: Row, axis: Axis, shown: Shown) -> SafeString:
    name = format_html('<a href="{}">{}</a>', row["href"], _name(row)) if row.get("href") else _name(row)
    if row.get("note"):
        name = format_html('{}<br><span class="small">{}</span>', name, row["note"])
    return format_html(
        '<tr role="row"{}><th scope="row" role="rowheader" class="name">{}</th><td role="cell" class="fig">{}</td>'
        '<td role="cell" class="plot">{}</td>{}{}</tr>',
        SafeString(' class="whole"') if row.get("whole") else NOTHING,
        name,
        _figure(row, axis.unit, shown.periods),
        interval_cell(row, axis),
        _cell("off", _official(row, axis.unit)) if shown.officials else NOTHING,
        _cell("say", _said(row)) if shown.words else NOTHING,
    )


def _cell(kind: str, inner: SafeString) -> SafeString:
    return format_html('<td role="cell" class="{}">{}</td>', kind if inner else f"{kind} nil", inner or "–")


def _figure(row: Row, unit: str, dated: bool) -> SafeString:
    if row.get("value") is None:
        kind = _HIDDEN if row.get("status") == "Q" else _RING
        officially = (row.get("official") or {}).get("value") is not None
        none = _("no figures from citizens yet") if officially else _("nobody counted")
        why = row.get("reason") or (_("too few answers to show") if kind == _HIDDEN else none)
        return format_html('{} <span class="small">{}</span>', mark(kind), why)
    told = figure(row["value"], row.get("lower"), row.get("upper"), unit)
    told = format_html('<a href="{}">{}</a>', row["made"], told) if row.get("made") else told
    more = [year(row["period"])] if dated or row.get("dated") else []
    more += [_("little is known about how sure this is")] if row.get("status") == "U" else []
    return _with(told, more)


def _official(row: Row, unit: str) -> SafeString:
    official = row.get("official") or {}
    if official.get("value") is None:
        return NOTHING
    told = figure(official["value"], official.get("lower"), official.get("upper"), unit)
    kind = "modelled" if is_modelled(official) else "official"
    more = [_("modelled")] if kind == "modelled" else []
    if official.get("period") and official["period"] != row.get("period"):
        more.append(year(str(official["period"])))
    return _with(format_html("{} {}", mark(kind), told), more)


def _with(told: SafeString, more: Sequence[str]) -> SafeString:
    return format_html('{} <span class="small">{}</span>', told, " · ".join(more)) if more else told


def _said(row: Row) -> SafeString:
    word, reason = row.get("word") or "", row.get("verdict_reason") or ""
    if not word or not reason:
        return format_html("{}", word)
    return format_html("<details><summary>{}</summary>{}</details>", word, reason)
