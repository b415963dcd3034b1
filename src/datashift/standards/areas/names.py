"""From a name on a day to an area: the strict way, which recipes use."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from datashift.language import label
from datashift.model import Area


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
            for name in (area.id, area.name, *area.aliases, *(name for _language, name in area.names)):
                found.setdefault(folded(name), set()).add(area.id)
    spelled = {folded(k): v for k, v in (renamed or {}).items()}

    def resolve(name: str) -> Area | None:
        wanted = spelled.get(folded(name), name)
        if wanted in areas:
            return areas[wanted]
        ids = found.get(folded(wanted), set())
        return areas[next(iter(ids))] if len(ids) == 1 else None

    return resolve


def area_label(area: Area) -> str:
    """Return the name of an area in the current language, where it has one there; else its usual name."""
    return label({"en": area.name, **dict(area.names)})


def ancestors(area: str, areas: Mapping[str, Area], day: date) -> Iterator[str]:
    """Yield the ids of the areas that `area` lay in on `day`, the nearest first."""
    seen = {area}
    above = areas[area].parent_on(day)
    while above is not None and above in areas and above not in seen:
        yield above
        seen.add(above)
        above = areas[above].parent_on(day)


@lru_cache(maxsize=1 << 16)
def folded(name: str) -> str:
    """Return `name` in lower case without accents, hyphens and surplus blanks, for comparison only."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in plain)
    return " ".join("".join(c for c in letters if not _accent(c)).split())


def _accent(character: str) -> bool:
    # Latin accents fall away; Devanagari vowel signs carry meaning and stay.
    return unicodedata.combining(character) != 0 and ord(character) < 0x0900
