"""Where and when: the country, the names of places in the file and what they mean, and how dates are written."""

from __future__ import annotations

import tomllib
from typing import Any

from datashift.language import _, current
from datashift.standards.areas import area_label, countries, folded, known_areas, resolver, world
from datashift.web.collection.models import Dataset
from datashift.web.collection.recipes import own_area_id
from datashift.web.collection.sentences import EXAMPLE

Facts = dict[str, Any]

PRACTICE = "ZZ"
FORMATS = (
    ("%Y-%m-%d", "2024-03-31"),
    ("%d/%m/%Y", "31/03/2024"),
    ("%m/%d/%Y", "03/31/2024"),
    ("%d.%m.%Y", "31.03.2024"),
    ("%d-%m-%Y", "31-03-2024"),
    ("%Y/%m/%d", "2024/03/31"),
    ("%Y-%m-%dT%H:%M:%S", "2024-03-31T14:05:00"),
    ("%Y-%m-%d %H:%M:%S", "2024-03-31 14:05:00"),
    ("%d/%m/%Y %H:%M", "31/03/2024 14:05"),
    ("%Y", "2024"),
)


def place(dataset: Dataset) -> Facts:
    """Return what stands about place and time, and what can be chosen."""
    recipe, said = tomllib.loads(dataset.recipe), dataset.answers.get("place", {})
    where, when = recipe["place"], recipe["period"]
    own, names, known = _names(dataset, recipe)
    now = {name: where.get(name, "") for name in ("country", "column", "area", "latitude", "longitude")}
    now |= {"as_of": str(where.get("as_of", "")), "names": where.get("names", {}), "whole": said.get("whole", "")}
    # What the rows stand for is never guessed: a figure of three districts is none of the country.
    now["stands"] = said.get("stands") or ("part" if said.get("whole") else "")
    now |= {"date": when.get("column", ""), "format": when.get("format", ""), "label": when.get("label", "")}
    return {
        "countries": named_countries(),
        "columns": [one["name"] for one in dataset.suggestion["columns"]],
        "formats": _formats(when.get("format", "")),
        "own": own,
        "named": names,
        "areas": known,
        "now": {**now, "by": when.get("by", "whole")},
    }


def _formats(stated: str) -> tuple[tuple[str, str], ...]:
    """Return how dates may be written, each by an example; a way that is in no list is shown by one, too."""
    if not stated or stated in dict(FORMATS):
        return FORMATS
    return (*FORMATS, (stated, EXAMPLE.strftime(stated)))


def unasked(dataset: Dataset, asked: list[str]) -> bool:
    """Say whether the file has names of places that are in no list and that nobody was asked about yet."""
    own, names, _areas = _names(dataset, tomllib.loads(dataset.recipe))
    return not own and not {name for name, _rows in names} <= set(asked)


def named_countries() -> list[tuple[str, str]]:
    """Return code and name of every country by name, and last the one for practice."""
    language = current()
    named = [(code, dict(area.names).get(language, area.name)) for code, area in world().items()]
    return [*sorted(named, key=lambda pair: folded(pair[1])), (PRACTICE, _("A made-up country, for practice"))]


def _names(dataset: Dataset, recipe: Facts) -> tuple[bool, list[tuple[str, int]], list[tuple[str, str]]]:
    """Return whether the places are the producer's own, the names that have to be looked at with their rows, and the
    areas that they may mean. Where a list ships, only names outside it are asked.
    """
    where, missing = recipe["place"], recipe["missing"]
    column, country, day = where.get("column"), where["country"], where["as_of"]
    values: list[tuple[str, int]] = next(
        (one["values"] for one in dataset.suggestion["columns"] if one["name"] == column), []
    )
    values = [(name, rows) for name, rows in values if name.strip() and name.strip() not in missing]
    if not column or not country:
        return False, [], []
    if country not in countries():
        own: dict[str, tuple[str, int]] = {}
        for name, rows in values:
            most, before = own.get(own_area_id(country, name), (name, 0))
            own[own_area_id(country, name)] = most, before + rows
        return True, list(own.values()), [(key, name) for key, (name, _rows) in own.items()]
    areas = {key: area for key, area in known_areas(country).items() if area.valid_on(day)}
    resolve = resolver(areas, day)
    order = sorted(areas.values(), key=lambda area: (area.level, area.name))
    return False, [one for one in values if not resolve(one[0])], [(area.id, area_label(area)) for area in order]
