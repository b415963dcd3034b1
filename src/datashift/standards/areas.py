"""Areas with time: which place a name means on a given day."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Area


def known_areas(country: str, listed: str | None = None) -> dict[str, Area]:
    """Return every area of `country` (ISO 3166-1 alpha-2) by id, with all the extents it ever had.

    `listed` is the text of an area list of the same layout, used instead of the one that ships with the program.
    Raises BadRecipe when there is none.
    """
    if listed is None:
        return dict(_shipped(country))
    try:
        return _parse(listed)
    except (KeyError, ValueError, AttributeError) as problem:
        raise BadRecipe("recipe.bad-field", file="recipe.toml", field="place.areas", problem=problem) from problem


def countries() -> list[str]:
    """Return the countries whose area lists ship, sorted."""
    folder = files("datashift.standards").joinpath("areas_data")
    return sorted(entry.name.removesuffix(".csv") for entry in folder.iterdir() if entry.name.endswith(".csv"))


def resolver(
    areas: Mapping[str, Area], day: date, renamed: Mapping[str, str] | None = None
) -> Callable[[str], Area | None]:
    """Return a function that finds the area which a name meant on `day`; it returns None when none or two fit.

    Names match without regard to case, accents, blanks and hyphens. `renamed` sends a spelling to an area's id or name
    first. A name never matches an extent that was not valid on `day`: sameness of name is not sameness of place.
    """
    found: dict[str, set[str]] = {}
    for area in areas.values():
        if area.valid_on(day):
            for name in (area.id, area.name, *area.aliases):
                found.setdefault(folded(name), set()).add(area.id)
    spelled = {folded(k): v for k, v in (renamed or {}).items()}

    def resolve(name: str) -> Area | None:
        wanted = spelled.get(folded(name), name)
        if wanted in areas:
            return areas[wanted]
        ids = found.get(folded(wanted), set())
        return areas[next(iter(ids))] if len(ids) == 1 else None

    return resolve


@lru_cache(maxsize=1 << 16)
def folded(name: str) -> str:
    """Return `name` in lower case without accents, hyphens and surplus blanks, for comparison only."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in plain)
    return " ".join("".join(c for c in letters if not _accent(c)).split())


def _accent(character: str) -> bool:
    # Latin accents fall away; Devanagari vowel signs carry meaning and stay.
    return unicodedata.combining(character) != 0 and ord(character) < 0x0900


@cache
def _shipped(country: str) -> dict[str, Area]:
    source = files("datashift.standards").joinpath("areas_data", f"{country}.csv")
    if not source.is_file():
        problem = _("no area list ships for {country}; state one as place.areas").format(country=country)
        raise BadRecipe("recipe.bad-field", file="recipe.toml", field="place.country", problem=problem)
    return _parse(source.read_text("utf-8"))


def _parse(text: str) -> dict[str, Area]:
    rows: Iterable[dict[str, str]] = csv.DictReader(io.StringIO(text))
    return {
        row["id"]: Area(
            id=row["id"],
            name=row["name"],
            country=row["country"],
            level=int(row["level"]),
            parent=row["parent"] or None,
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            aliases=tuple(filter(None, row["aliases"].split("|"))),
            predecessors=tuple(filter(None, row["predecessors"].split("|"))),
        )
        for row in rows
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
