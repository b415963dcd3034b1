"""The verb convert of `datashift areas`: counts of one day's areas in the areas of another."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from datashift.commands import home
from datashift.commands.area_lists import country_code, day_of
from datashift.commands.area_names import cells, confirmed_names, rows_where
from datashift.errors import BadAreas
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.model import Area
from datashift.numbers import said
from datashift.read import read
from datashift.read.store import content
from datashift.standards.areas import area_label, areas_at_hand
from datashift.standards.crosswalks import (
    Brought,
    Crosswalk,
    Piece,
    convert,
    convert_rates,
    crosswalk,
    pieces,
    read_pieces,
)
from datashift.standards.place_names import match
from datashift.standards.tables_of_areas import nested, number, rate_like

SPLIT = N_(
    "Split by {of}: {names}. The standard error of a split takes {counts} to lie about as {of} does; how nearly, was "
    "measured on other splits."
)
WEIGHTS = {"population": N_("population"), "households": N_("the number of households"), "area": N_("land area")}
COUNTED = {"people": N_("people"), "things": N_("the things counted")}

Told = tuple[str, Callable[[], Any]]
Count = tuple[float, float | None, float]


def convert_areas(options: argparse.Namespace) -> Told:
    """Bring the counts of a file to the areas of another day; refuse rates without their denominators."""
    country, days = country_code(options.country), (day_of(options.before), day_of(options.after))
    areas = areas_at_hand(country, home())
    if options.crosswalk:
        known: Sequence[Piece] = _own_pieces(options.crosswalk)
    else:
        known = pieces(country)
    counts = _counts(options, areas, days[0])
    links = crosswalk(counts, areas, days, known, of=options.of, kind=options.to_kind)
    if options.per:
        rates = convert_rates({a: (v, per) for a, (v, _se, per) in counts.items()}, links)
        return _rates(rates, areas, links, options)
    brought = convert({a: (v, se) for a, (v, se, _per) in counts.items()}, links, counted=options.counts)
    return _brought(brought, areas, links, options)


def _own_pieces(path: Path) -> list[Piece]:
    try:
        return read_pieces(content(path).decode("utf-8-sig"), path.name)
    except UnicodeDecodeError as problem:
        raise BadAreas("areas.bad-crosswalk", file=path.name, row=1, problem=_("it is not UTF-8 text")) from problem


def _counts(options: argparse.Namespace, areas: Mapping[str, Area], day: date) -> dict[str, Count]:
    """Return (value, standard error, denominator) by area id; rows of one area add up where they are counts."""
    file = options.file.name
    raw = rows_where(read(options.file, sheet=options.sheet), options.where)
    names, texts = cells(raw, options.column), cells(raw, options.value)
    matches = match(names, areas, day, level=options.level, confirmed=confirmed_names(options.confirmed))
    left = [m.name for m in matches if not m.resolved]
    if left:
        facts = {"file": file, "count": len(left), "date": day.isoformat(), "names": ", ".join(left[:8])}
        raise BadAreas("areas.no-match", **facts)
    if not options.per and rate_like(options.value, texts):
        raise BadAreas("areas.needs-denominator", column=options.value)
    ids = {m.name: m.area.id for m in matches if m.area}
    nested(ids.values(), areas, day, file)
    errors = cells(raw, options.se) if options.se else None
    pers = cells(raw, options.per) if options.per else None
    found: dict[str, Count] = {}
    for i, (name, text) in enumerate(zip(names, texts, strict=True)):
        if name not in ids:
            continue
        row = int(raw.table["_row"][i].as_py())
        value = number(text, file, row)
        se = number(errors[i], file, row) if errors else None
        per = number(pers[i], file, row) if pers else 0.0
        found[ids[name]] = _together(found.get(ids[name]), (value, se, per))
    return found


def _together(first: Count | None, second: Count) -> Count:
    if first is None:
        return second
    (a, se_a, per_a), (b, se_b, per_b) = first, second
    se = None if se_a is None and se_b is None else ((se_a or 0.0) ** 2 + (se_b or 0.0) ** 2) ** 0.5
    per = per_a + per_b
    return ((a * per_a + b * per_b) / per if per else a + b), se, per


def _brought(found: Mapping[str, Brought], areas: Mapping[str, Area], links: Crosswalk, options: Any) -> Told:
    split = sorted({area for area, parts in links.items() if not parts[0].exact})
    text = _("{before} areas of {first} to {after} areas of {last}: {total} in, {total} out. {split} were split.")
    total = sum(b.value for b in found.values())
    facts = {"before": len(links), "first": options.before, "after": len(found), "last": options.after}
    shown = said(total, 0 if float(total).is_integer() else 1)
    lines = [wrapped(text.format(total=shown, split=len(split), **facts))]
    if split:
        facts = {"of": _(WEIGHTS.get(options.of, options.of)), "counts": _(COUNTED[options.counts])}
        lines.append(wrapped(_(SPLIT).format(names=", ".join(split), **facts)))
    header = [_("id"), _("name"), _("count"), _("standard error"), _("of it by splits")]
    rows = [[a, area_label(areas[a]), said(b.value), said(b.se), said(b.split_se)] for a, b in found.items()]
    data = [{"id": a, "name": areas[a].name, **vars(b), "parts": "|".join(b.parts)} for a, b in found.items()]
    _write(options.out, data)
    return "\n".join([*lines, "", grid(header, rows, "llrrr")]), lambda: data


def _rates(found: Mapping[str, tuple[float, float]], areas: Mapping[str, Area], links: Crosswalk, options: Any) -> Told:
    split = {link.to for parts in links.values() for link in parts if not link.exact}
    header = [_("id"), _("name"), _("rate"), _("denominator"), _("assumed for a part")]
    data: list[dict[str, Any]] = [
        {"id": a, "name": areas[a].name, "rate": rate, "denominator": per, "assumed": a in split}
        for a, (rate, per) in found.items()
    ]
    rows = [
        [
            r["id"],
            area_label(areas[r["id"]]),
            said(r["rate"], 3),
            said(r["denominator"]),
            _("yes") if r["assumed"] else _("no"),
        ]
        for r in data
    ]
    note = _("Each part of a divided area is taken to have the area's rate, which nobody has measured.")
    _write(options.out, data)
    return "\n".join([*([note, ""] if split else []), grid(header, rows, "llrrl")]), lambda: data


def _write(out: Path | None, data: Sequence[Mapping[str, Any]]) -> None:
    if out and data:
        with out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(data[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(data)
