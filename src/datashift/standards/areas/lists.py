"""Area lists: the layout of the files, the lists that ship, and a recipe's own list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Area
from datashift.standards.areas.world import world

COLUMNS = (
    "id", "name", "country", "level", "parent", "valid_from", "valid_to", "aliases", "predecessors",
    "kind", "iso", "pcode", "code", "names", "former_parents",
)  # fmt: skip
"""The columns of an area list; those from `kind` on may be missing."""

_FOLDER = "areas_data"


def known_areas(country: str, listed: str | None = None) -> dict[str, Area]:
    """Return every area of `country` (ISO 3166-1 alpha-2) by id, with all the extents it ever had.

    `listed` is the text of an area list of the same layout, used instead of the one that ships with the program.
    Lists that were imported into a store are never looked at: a recipe gives the same areas on every machine.
    Raises BadRecipe when there is none.
    """
    if listed is None:
        return shipped(country)
    try:
        return parse(listed)
    except (KeyError, ValueError, AttributeError) as problem:
        raise BadRecipe("recipe.bad-field", file="recipe.toml", field="place.areas", problem=problem) from problem


def shipped(country: str) -> dict[str, Area]:
    """Return the areas of the list that ships for `country`, or the country alone where none ships.

    Raises BadRecipe when there is no such country.
    """
    return dict(_shipped(country))


def countries() -> list[str]:
    """Return the countries whose area lists ship, sorted."""
    folder = files("datashift.standards").joinpath(_FOLDER)
    return sorted(entry.name.removesuffix(".csv") for entry in folder.iterdir() if entry.name.endswith(".csv"))


def parse(text: str) -> dict[str, Area]:
    """Return the areas of an area list (CSV text) by id.

    Raises KeyError, ValueError or AttributeError where the text is none.
    """
    rows: Iterable[dict[str, str]] = csv.DictReader(io.StringIO(text))
    return {row["id"]: _area(row) for row in rows}


def as_csv(areas: Iterable[Area]) -> str:
    """Return the areas as the text of an area list with all columns; `parse` gives the same areas back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(area) for area in areas)
    return out.getvalue()


def _area(row: dict[str, str]) -> Area:
    return Area(
        id=row["id"],
        name=row["name"],
        country=row["country"],
        level=int(row["level"]),
        parent=row["parent"] or None,
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        aliases=_parts(row["aliases"]),
        predecessors=_parts(row["predecessors"]),
        kind=row.get("kind") or "",
        iso=row.get("iso") or "",
        pcode=row.get("pcode") or "",
        code=row.get("code") or "",
        names=tuple(_pair(part, "=") for part in _parts(row.get("names"))),
        former_parents=tuple(
            (parent, date.fromisoformat(last))
            for parent, last in (_pair(part, ":") for part in _parts(row.get("former_parents")))
        ),
    )


def _row(area: Area) -> list[object]:
    return [
        area.id, area.name, area.country, area.level, area.parent or "", area.valid_from or "", area.valid_to or "",
        "|".join(area.aliases), "|".join(area.predecessors), area.kind, area.iso, area.pcode, area.code,
        "|".join(f"{language}={name}" for language, name in area.names),
        "|".join(f"{parent}:{last}" for parent, last in area.former_parents),
    ]  # fmt: skip


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("|") if part)


def _pair(part: str, sign: str) -> tuple[str, str]:
    first, found, second = part.partition(sign)
    if not found:
        raise ValueError(_("“{part}” should be two parts with “{sign}” between them").format(part=part, sign=sign))
    return first, second


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _shipped(country: str) -> dict[str, Area]:
    source = files("datashift.standards").joinpath(_FOLDER, f"{country}.csv")
    if not source.is_file():
        # A country without a list of its own still is a place.
        if country in world():
            return {country: world()[country]}
        problem = _("no area list ships for {country}; state one as place.areas").format(country=country)
        raise BadRecipe("recipe.bad-field", file="recipe.toml", field="place.country", problem=problem)
    return parse(source.read_text("utf-8"))
