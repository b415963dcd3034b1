"""`datashift coverage`: who counted which indicator where and when, where nobody did, and which gap weighs most."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.language import N_, _
from datashift.layout import WIDTH, grid, wrapped
from datashift.numbers import in_digits, said

if TYPE_CHECKING:
    from datashift.coverage import Coverage, Gap, Planned, View
    from datashift.coverage.view import Across

HELP = N_("who counted which indicator, where and when; where nobody did; and where one more survey would tell most")

MARKS = {
    "both": "◈", "citizens": "●", "official": "◇", "part": "◐", "hidden": "▣", "modelled": "◌", "nobody": "○",
}  # fmt: skip
SHOWN = 15
_COLUMNS = 16

Told = tuple[str, Callable[[], Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add where, what, when and for whom; what stands across; the gaps and the chart."""
    add = parser.add_argument
    add("--area", action="append", default=[], help=_("a place: its id or the name of a country; can be repeated"))
    add("--indicator", action="append", default=[], help=_("an indicator, such as 6.1.1; can be repeated"))
    add("--group", action="append", default=[], help=_("a group, such as SEX=F or AGE; can be repeated"))
    add("--from", dest="first", type=int, default=2015, help=_("the first year (default: 2015)"))
    add("--to", dest="last", type=int, help=_("the last year (default: this year)"))
    add("--release", action="append", default=[], type=Path, metavar="BUNDLE",
        help=_("a release of citizens: release.zip or its folder; can be repeated"))  # fmt: skip
    add("--across", choices=("years", "areas", "groups"), help=_("what stands in the columns (default: years for one "
        "place, else areas)"))  # fmt: skip
    add("--gaps", action="store_true", help=_("rank the gaps by what one more survey would tell"))
    add("--interviews", type=int, default=400, help=_("the interviews of one more survey (default: 400)"))
    add("--design-effect", type=float, default=1.5, help=_("how much wider the survey is than a simple random sample, "
        "in variance (default: 1.5)"))  # fmt: skip
    add("--budget", type=int, help=_("interviews to be shared out where they tell most (with --population)"))
    add("--population", type=Path, help=_("a table of people: area, people, and group where it has one"))
    add("--chart", type=Path, metavar="OUT.svg", help=_("draw the matrix; .txt and .csv stand beside it"))
    add("--width", choices=("720", "360"), default="720", help=_("the width of the chart in pixels; 360 for a phone"))


def run(options: argparse.Namespace) -> Told:
    """Bring everything that is at hand to one matrix. Out: text for people and, as a function, data for machines."""
    coverage = _coverage(options)
    views = _views(coverage, options)
    ranked = _gaps(coverage, options) if options.gaps or options.budget else []
    planned = _plan(ranked, options)
    written = _draw(coverage, views, options)
    parts = [_matrix(coverage, view) for view in views]
    if options.gaps:
        parts.append(_ranked(coverage, ranked, options))
    if options.budget:
        parts.append(_planned(coverage, planned, options))
    parts += [wrapped(_("Drawn: {files}").format(files=", ".join(map(str, written))))] if written else []
    return "\n\n".join(parts), lambda: _data(coverage, views, ranked, planned)


# --- what is at hand --------------------------------------------------------------------------------------------------


def _coverage(options: argparse.Namespace) -> Coverage:
    from datetime import UTC, datetime

    from datashift.coverage import counted, matrix
    from datashift.errors import BadCoverage
    from datashift.official import observations
    from datashift.publish import released
    from datashift.standards.framework import framework

    known, last = framework(store=home()), options.last or datetime.now(UTC).year
    releases = [released(path) for path in options.release]
    counts = counted(observations(home()), releases, framework=known)
    areas = [_area(name, set(counts["area"].to_pylist())) for name in options.area]
    found = matrix(
        counts, known, indicators=options.indicator, areas=areas, groups=options.group or None,
        years=(options.first, last),
    )  # fmt: skip
    if not found.areas:
        raise BadCoverage("coverage.no-area")
    return found


def _area(name: str, known: set[str]) -> str:
    from datashift.coverage.told import country_of
    from datashift.errors import BadCoverage
    from datashift.standards.areas import areas_at_hand, countries, country_named

    if name in known:
        return name
    if country := country_named(name):
        return country
    if country_of(name) in countries() and name in areas_at_hand(country_of(name), home()):
        return name
    raise BadCoverage("coverage.area", area=name)


def _views(coverage: Coverage, options: argparse.Namespace) -> list[View]:
    from datashift.coverage import view

    across: Across = options.across or ("years" if len(coverage.areas) == 1 else "areas")
    group = options.group[0] if options.group else ""
    if across == "areas":
        return [view(coverage, across, group=group)]
    return [view(coverage, across, area=area, group=group) for area in coverage.areas]


def _gaps(coverage: Coverage, options: argparse.Namespace) -> list[Gap]:
    from datashift.coverage import Survey, gaps, people_of_table
    from datashift.read import read

    people = {}
    if options.population:
        people = people_of_table(read(options.population).table, options.population.name)
    return gaps(coverage, survey=Survey(options.interviews, options.design_effect), people=people)


def _plan(ranked: Sequence[Gap], options: argparse.Namespace) -> list[Planned]:
    from datashift.coverage import plan

    return plan(ranked, options.budget, design_effect=options.design_effect) if options.budget else []


def _draw(coverage: Coverage, views: Iterable[View], options: argparse.Namespace) -> list[Path]:
    if not options.chart:
        return []
    from datashift.coverage import pictures
    from datashift.publish.sdmx_csv import csv_bytes

    charts = [chart for view in views for chart in pictures(coverage, view, width=int(options.width))]
    options.chart.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for k, chart in enumerate(charts, 1):
        name = options.chart.stem if len(charts) == 1 else f"{options.chart.stem}-{k}"
        path = options.chart.with_name(f"{name}.svg")
        path.write_text(chart.svg, "utf-8")
        path.with_suffix(".txt").write_text(chart.text + "\n", "utf-8")
        path.with_suffix(".csv").write_bytes(csv_bytes(chart.table[0], chart.table[1:]))
        written.append(path)
    return written


# --- text for people --------------------------------------------------------------------------------------------------


def _matrix(coverage: Coverage, view: View) -> str:
    from datashift.coverage import wording

    lines = [wrapped(wording.finding(coverage, view))]
    lines += [wrapped(text) for text in (wording.modelled(view),) if text]
    lines += ["", wording.subtitle(coverage, view)]
    empty = [code for code in view.uncounted if all(c is None or c.who == "nobody" for c in view.rows[code])]
    shown = [code for code in view.rows if code not in empty]
    for start in range(0, len(view.columns) if shown else 0, _COLUMNS):
        lines += ["", *_table(coverage, view, shown, range(start, min(start + _COLUMNS, len(view.columns))))]
    there = {cell.who for cell in view.cells}
    legend = "   ".join(f"{mark} {_(wording.WHO[who])}" for who, mark in MARKS.items() if who in there)
    lines += ["", wrapped(legend)]
    if empty:
        codes = ", ".join(in_digits(code) for code in empty)
        lines += ["", wrapped(_("Nobody counted, and no model tells of the whole: {codes}").format(codes=codes))]
    lines += ["", wrapped(wording.sentences(coverage, view))]
    return "\n".join([*lines, *_unplaced(coverage)])


def _table(coverage: Coverage, view: View, codes: Sequence[str], span: range) -> list[str]:
    from datashift.coverage import wording
    from datashift.coverage.view import WHOLE

    names = [wording.column_name(coverage, view, view.columns[k]) for k in span]
    years = view.across == "years"
    heads = [name[-2:] for name in names] if years else [said(k + 1) for k in span]
    pairs = (f"{head} {name}".replace(" ", "\u00a0") for head, name in zip(heads, names, strict=True))
    key = [] if years else [wrapped("  ".join(pairs))]
    rows = []
    for code in codes:
        cells = [view.rows[code][k] for k in span]
        asked = [cell for cell in view.rows[code] if cell]
        total = f"{said(sum(cell.who in WHOLE for cell in asked))}/{said(len(asked))}"
        name = _cut(wording.indicator_name(coverage, code), 71 - 3 * len(span))
        rows.append([name, " ".join(_mark(cell, head) for cell, head in zip(cells, heads, strict=True)), total])
    return [*key, grid(["", " ".join(head.rjust(2) for head in heads), ""], rows, "llr")]


def _mark(cell: Any, head: str) -> str:
    return (MARKS[cell.who] if cell else " ").rjust(max(2, len(head)))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _unplaced(coverage: Coverage) -> list[str]:
    if not coverage.unplaced:
        return []
    text = _(
        "Left out are {figures} figures of {series} series that no indicator is known for. Import a list of series: "
        "datashift standards import FILE."
    )
    count = sum(coverage.unplaced.values())
    return ["", wrapped(text.format(figures=said(count), series=said(len(coverage.unplaced))))]


def _ranked(coverage: Coverage, ranked: Sequence[Gap], options: argparse.Namespace) -> str:
    from datashift.coverage import group_label, wording

    if not ranked:
        return wrapped(_("Every group was counted in the last year: there is no gap."))
    text = _("{count} gaps. First stand those where a survey of {interviews} interviews changes most people's label.")
    lines = [wrapped(text.format(count=said(len(ranked)), interviews=said(options.interviews)))]
    rows = [
        [
            in_digits(gap.indicator), _cut(wording.area_name(coverage, gap.area), 14), group_label(gap.group),
            "–" if gap.last is None else in_digits(str(gap.last)), _people(gap.people), wording.chance_said(gap),
            _people(gap.expected),
        ]
        for gap in ranked[:SHOWN]
    ]  # fmt: skip
    header = [_("indicator"), _("place"), _("group"), _("last"), _("people"), _("chance"), _("expected")]
    lines += ["", _fitted(header, rows, "lllrrrr", 2), ""]
    reasons = list(dict.fromkeys(gap.why for gap in ranked[:SHOWN] if gap.why))
    rules = list(dict.fromkeys(gap.rule for gap in ranked[:SHOWN] if gap.rule))
    for why in reasons:
        percent = "100 %" if why == "never" else "–"
        lines.append(wrapped(_("Chance {percent}: {reason}.").format(percent=percent, reason=_(wording.REASONS[why]))))
    lines += [wrapped(_("Label by: {rule}.").format(rule=_(wording.RULES[rule]))) for rule in rules]
    if any(gap.people is None for gap in ranked):
        lines.append(wrapped(_("The number of people is not known for some groups: name a table with --population.")))
    lines.append(wrapped(_("A modelled value is no count: it does not shorten the time since the last one.")))
    return "\n".join(lines)


def _planned(coverage: Coverage, planned: Sequence[Planned], options: argparse.Namespace) -> str:
    from datashift.coverage import group_label, wording

    if not planned:
        return wrapped(_("No interviews can be shared out: 200 or more are needed, and people known by --population."))
    text = _("{count} interviews tell most people something new here:")
    rows = [
        [
            said(one.interviews), in_digits(one.gap.indicator), _cut(wording.area_name(coverage, one.gap.area), 14),
            group_label(one.gap.group), said(100 * one.chance), _people(one.expected),
        ]
        for one in planned
    ]  # fmt: skip
    header = [_("interviews"), _("indicator"), _("place"), _("group"), _("chance in %"), _("expected")]
    return "\n".join([wrapped(text.format(count=said(options.budget))), "", _fitted(header, rows, "rlllrr", 3)])


def _fitted(header: Sequence[str], rows: Sequence[Sequence[str]], align: str, column: int) -> str:
    """Return a table of at most 80 columns: the text of one column gives way."""
    over = max(map(len, grid(header, rows, align).splitlines())) - WIDTH
    most = max(len(row[column]) for row in rows) - max(0, over)
    cut = [[_cut(cell, most) if k == column else cell for k, cell in enumerate(row)] for row in rows]
    return grid(header, cut, align)


def _people(number: float | None) -> str:
    """Return people as thousands or millions where that is enough, – where they are not known."""
    if number is None:
        return "–"
    return _("{number} M").format(number=said(number / 1e6, 1)) if number >= 1e6 else said(number)


# --- data for machines ------------------------------------------------------------------------------------------------


def _data(
    coverage: Coverage, views: Sequence[View], ranked: Sequence[Gap], planned: Sequence[Planned]
) -> dict[str, Any]:
    from datashift.coverage import wording

    return {
        "findings": [wording.finding(coverage, view) for view in views],
        "texts": [wording.sentences(coverage, view) for view in views],
        "years": list(coverage.years),
        "areas": dict(coverage.areas),
        "indicators": list(coverage.indicators),
        "groups": list(coverage.groups),
        "cells": coverage.cells.to_pylist(),
        "last": coverage.stems.to_pylist(),
        "unplaced": dict(coverage.unplaced),
        "gaps": [gap.as_dict() for gap in ranked],
        "plan": [
            {"interviews": one.interviews, "chance": one.chance, "expected": one.expected}
            | {name: getattr(one.gap, name) for name in ("indicator", "area", "group")}
            for one in planned
        ],
    }
