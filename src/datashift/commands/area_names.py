"""The verbs of `datashift areas` that read names: match and boundaries."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapidfuzz import process

from datashift.commands import home
from datashift.commands.area_lists import country_code, day_of
from datashift.errors import BadAreas
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.model import Raw
from datashift.numbers import said
from datashift.read import read
from datashift.standards.areas import areas_at_hand
from datashift.standards.boundaries import TOLERANCE, geojson, outlines
from datashift.standards.place_names import PlaceMatch, Status, match
from datashift.standards.shapes import polygons

Told = tuple[str, Callable[[], Any]]

STATUS: dict[Status, str] = {
    "exact": N_("as written"),
    "plain": N_("without case, accents and signs"),
    "variant": N_("without words of the kind “District”"),
    "confirmed": N_("confirmed"),
    "ambiguous": N_("two or more areas"),
    "other_extent": N_("an extent of another day"),
    "candidates": N_("similar names"),
    "unknown": N_("unknown"),
}


def match_areas(options: argparse.Namespace) -> Told:
    """Match the names of a column and list what stays open."""
    areas, day = areas_at_hand(country_code(options.country), home()), day_of(options.as_of)
    raw = rows_where(read(options.file, sheet=options.sheet), options.where)
    names = cells(raw, options.column)
    within = None
    if options.within:
        outer = cells(raw, options.within)
        known = {m.name: m.area.id for m in match(outer, areas, day) if m.area}
        within = [known.get(name) for name in outer]
    confirmed = confirmed_names(options.confirmed)
    matches = match(names, areas, day, level=options.level, confirmed=confirmed, within=within)
    rows = Counter(zip(names, [place or "" for place in within], strict=True) if within else ((n, "") for n in names))
    if options.out:
        as_toml = options.out.suffix == ".toml"
        options.out.write_text(_names_toml(matches) if as_toml else _names_csv(matches, rows), "utf-8")
    return _matched(matches, rows, options.out), lambda: [_match_data(m, rows) for m in matches]


def _matched(matches: Sequence[PlaceMatch], rows: Mapping[tuple[str, str], int], out: Path | None) -> str:
    counts = Counter(m.status for m in matches)
    done = sum(m.resolved for m in matches)
    text = _("{count} names: {done} resolved, {open} listed with candidates.")
    lines = [text.format(count=len(matches), done=done, open=len(matches) - done)]
    lines += [f"  {counts[status]:>5}  {_(word)}" for status, word in STATUS.items() if counts[status]]
    left = [m for m in matches if not m.resolved]
    if left:
        header = [_("name"), _("rows"), _("why"), _("nearest")]
        shown = [[m.name, str(rows[m.name, m.within]), _(STATUS[m.status]), _candidates(m, 1)] for m in left]
        reasons = dict.fromkeys(m.said() for m in left if m.status == "other_extent")
        lines += ["", grid(header, shown, "lrll"), *(wrapped(reason, "  ", "    ") for reason in reasons)]
    if out and out.suffix != ".toml":
        lines += ["", _("Wrote {file}. Fill in its column id, then use it with --confirmed.").format(file=out)]
    return "\n".join(lines)


def _candidates(match: PlaceMatch, most: int = 3) -> str:
    return ", ".join(f"{c.name} ({c.area}, {c.score:.0f})" for c in match.candidates[:most])


def _names_csv(matches: Sequence[PlaceMatch], rows: Mapping[tuple[str, str], int]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "id", "status", "rows", "within", "reason", "candidates"])
    for m in matches:
        area = m.area.id if m.area else ""
        count = rows[m.name, m.within]
        writer.writerow([m.name, area, m.status, count, m.within, m.said(), _candidates(m)])
    return out.getvalue()


def _names_toml(matches: Sequence[PlaceMatch]) -> str:
    """The pairs that a recipe needs: names that the recipe's own, stricter look-up would not find as they stand."""
    pairs = [(m.name, m.area.id) for m in matches if m.area and m.status in ("variant", "confirmed", "plain")]
    lines = [f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(area)}" for name, area in pairs]
    return "\n".join(["[place.names]", *lines, ""])


def _match_data(match: PlaceMatch, rows: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "name": match.name,
        "status": match.status,
        "id": match.area.id if match.area else None,
        "rows": rows[match.name, match.within],
        "within": match.within,
        "reason": match.said(),
        "candidates": [c._asdict() for c in match.candidates],
    }


def boundaries_areas(options: argparse.Namespace) -> Told:
    """Tie the polygons of a file to areas, simplify them and write GeoJSON; say which names stay open."""
    country, day = country_code(options.country), day_of(options.as_of)
    areas = areas_at_hand(country, home())
    found = polygons(options.file, options.name)
    matches = match(found, areas, day, level=options.level, confirmed=confirmed_names(options.confirmed))
    outline = outlines(found, matches, TOLERANCE if options.tolerance is None else options.tolerance)
    out = options.out or home() / "areas" / f"{country}-{day.isoformat()}-{options.file.name.split('.')[0]}.geojson"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(geojson(outline, areas, day), "utf-8")
    size = {"before": options.file.stat().st_size, "after": out.stat().st_size}
    shared = _("Neighbours share their border.") if outline.shared else _("Some borders do not fit together.")
    text = _("{areas} areas in {file}: {after} bytes, {before} before; {dropped} pieces too small to see left out.")
    sizes = {name: said(number) for name, number in size.items()}
    first = text.format(areas=len(outline.shapes), file=out.name, dropped=outline.dropped, **sizes)
    lines = [wrapped(first), shared, str(out)]
    if outline.unmatched:
        lines += [_("Not drawn, for their names stand for no one area:")]
        unmatched = (f"{m.name}: {m.said()} {_candidates(m)}" for m in outline.unmatched)
        lines += [wrapped(told, "  ", "    ") for told in unmatched]
    data = {
        "file": str(out),
        "areas": len(outline.shapes),
        "shared": outline.shared,
        "dropped": outline.dropped,
        **size,
    }
    return "\n".join(lines), lambda: data | {"unmatched": [m.name for m in outline.unmatched]}


def cells(raw: Raw, column: str) -> list[str]:
    """Return the cells of a column without outer blanks. Raises BadAreas with the nearest names of columns."""
    if column not in raw.table.column_names:
        known = [name for name in raw.table.column_names if name != "_row"]
        near = ", ".join(name for name, _score, _k in process.extract(column, known, limit=3))
        raise BadAreas("areas.no-column", file=raw.origin.file, column=column, near=near or "–")
    return [(cell or "").strip() for cell in raw.table[column].to_pylist()]


def rows_where(raw: Raw, wanted: Sequence[str]) -> Raw:
    """Return the rows that have every wanted value, each given as "column=value"."""
    table = raw.table
    for text in wanted:
        column, _sign, value = text.partition("=")
        table = table.filter([cell == value.strip() for cell in cells(replace(raw, table=table), column.strip())])
    return replace(raw, table=table)


def confirmed_names(path: Path | None) -> dict[str, str] | None:
    """Return name -> id from a list of confirmed names; rows without an id are left out."""
    if path is None:
        return None
    raw = read(path)
    return {name: area for name, area in zip(cells(raw, "name"), cells(raw, "id"), strict=True) if name and area}
