"""The verbs of `datashift areas` about lists: list, show, import, export, download."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from datashift.commands import home
from datashift.errors import BadAreas
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.model import Area
from datashift.read.store import content
from datashift.standards.areas import (
    area_label,
    areas_at_hand,
    countries,
    export,
    fetch,
    import_list,
    imported,
    kind_label,
    known_areas,
)

Told = tuple[str, Callable[[], Any]]

FOR_RECIPES = N_(
    "Recipes do not read the store. To use these areas in one: datashift areas export COUNTRY --out areas.csv, and "
    'areas = "areas.csv" under [place].'
)


def list_areas(_options: argparse.Namespace) -> Told:
    """Say how many areas of each kind every country has now and had earlier, and when they changed."""
    own = imported(home())
    rows: list[dict[str, Any]] = []
    for country in sorted({*countries(), *own}):
        areas = areas_at_hand(country, home()).values()
        for kind in dict.fromkeys((a.level, a.kind) for a in sorted(areas, key=lambda a: a.level)):
            same = [a for a in areas if (a.level, a.kind) == kind]
            now = sum(a.valid_to is None for a in same)
            first, last = _span(same)
            rows.append(
                {"country": country, "level": kind[0], "kind": kind[1], "now": now, "earlier": len(same) - now}
                | {"first_change": first, "last_change": last, "imported": country in own and kind[0] > 1}
            )
    header = [_("country"), _("level"), _("kind"), _("now"), _("earlier"), _("changes")]
    shown = [
        [r["country"], str(r["level"]), kind_label(r["kind"]), str(r["now"]), str(r["earlier"]), _changes(r)]
        for r in rows
    ]
    return grid(header, shown, "lrlrrl"), lambda: rows


def _span(areas: Sequence[Area]) -> tuple[str, str]:
    days = sorted({str(day) for a in areas for day in (a.valid_from, a.valid_to) if day})
    return (days[0], days[-1]) if days else ("", "")


def _changes(row: Mapping[str, Any]) -> str:
    return " – ".join(dict.fromkeys(filter(None, (row["first_change"], row["last_change"]))))


def show_areas(options: argparse.Namespace) -> Told:
    """Show the areas of one country, with since when and until when they have their extent."""
    areas = areas_at_hand(country_code(options.country), home())
    day = day_of(options.as_of) if options.as_of else None
    chosen = [
        a for a in areas.values()
        if (day is None or a.valid_on(day)) and options.level in (None, a.level)
    ]  # fmt: skip
    header = [_("id"), _("name"), _("kind"), _("extent")]
    rows = [[a.id, area_label(a), kind_label(a.kind), _extent(a)] for a in chosen]
    return grid(header, rows, "llll"), lambda: [_as_data(a) for a in chosen]


def _as_data(area: Area) -> dict[str, Any]:
    return vars(area) | {"names": dict(area.names), "former_parents": [list(pair) for pair in area.former_parents]}


def import_areas(options: argparse.Namespace) -> Told:
    """Import a list of areas into the store."""
    since = day_of(options.valid_from) if options.valid_from else None
    country = options.country.upper() if options.country else None
    found = import_list(content(options.file), options.file.name, home(), country=country, valid_from=since)
    numbers = {code: len(areas) for code, areas in sorted(found.items())}
    shown = ", ".join(f"{code} {count}" for code, count in numbers.items())
    text = _("Imported into the store, besides the areas that ship: {areas}.").format(areas=shown)
    return "\n".join(wrapped(line) for line in (text, _(FOR_RECIPES))), lambda: numbers


def export_areas(options: argparse.Namespace) -> Told:
    """Write all areas at hand of a country as an area list."""
    text = export(country_code(options.country), home())
    if options.out:
        options.out.write_text(text, "utf-8")
        text = _("Wrote {count} areas to {file}.").format(count=text.count("\n") - 1, file=options.out)
    return text.rstrip("\n"), lambda: {"file": str(options.out or "")}


def download_areas(options: argparse.Namespace) -> Told:
    """Get the public files of a country and import the list among them."""
    country = country_code(options.country)
    found = fetch(country, home(), lambda text: None)
    lines = []
    for source, path in found:
        if not source.country:
            taken = import_list(path.read_bytes(), source.file, home(), country=country)
            lines.append(_("{file}: {count} areas").format(file=source.file, count=sum(map(len, taken.values()))))
            continue
        line = _("{file}: boundaries. Next: datashift areas boundaries {path} --country {country} {rest}")
        rest = f"--name {source.name} --as-of {source.as_of}"
        lines.append(line.format(file=source.file, path=path, country=country, rest=rest))
    return "\n".join(lines), lambda: [{**source._asdict(), "path": str(path)} for source, path in found]


def _extent(area: Area) -> str:
    """Since when and until when: "2012-03-02 –", "– 2012-03-01", or nothing where it never changed."""
    if area.valid_from is None and area.valid_to is None:
        return ""
    return f"{area.valid_from or ''} – {area.valid_to or ''}".strip()


def country_code(text: str) -> str:
    """Return the alpha-2 code of a country given by its alpha-2 or alpha-3 code."""
    code = text.upper()
    return next((c for c in countries() if code in (c, *known_areas(c)[c].aliases)), code)


def day_of(text: str) -> date:
    """Return a day written as year-month-day. Raises BadAreas for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadAreas("areas.bad-date", text=text) from problem
