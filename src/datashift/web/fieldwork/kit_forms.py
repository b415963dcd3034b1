"""The form of a kit for an organisation: its places as answers, its languages alone, with or without a sampling list.

Without a list, whoever answers writes the name of the village, and what would be looked up in the list (stratum,
weight) is left out: figures then speak of those who were asked. With a list, the form looks things up in sample.csv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from datashift.errors import BadFieldwork, BadRecipe
from datashift.forms.compose import HEADINGS
from datashift.forms.workbook import tables, workbook
from datashift.language import LANGUAGES
from datashift.model import Area, Kit
from datashift.standards.areas import known_areas

Rows = list[dict[str, str]]
LIST = "area"
_USED = re.compile(r"\$\{([^}]+)\}")


def kit_workbook(
    kit: Kit, form: str, form_id: str, places: Sequence[str], languages: Sequence[str], *, listed: bool
) -> bytes:
    """Return the form of a kit (Markdown tables) as an XLSX workbook.

    places: ids of areas among which people choose (none: they write the name); languages: codes, the first is the
    form's own; listed: whether a sampling list exists. Raises BadFieldwork.
    """
    spoken = [code for code in languages if code in LANGUAGES]
    if not spoken:
        raise BadFieldwork("fieldwork.no-language")
    sheets = {name: _rows(cells) for name, cells in tables(form).items()}
    survey, choices = sheets["survey"], sheets["choices"]
    if not listed:
        survey = _without_list(survey)
    survey, more = _with_places(survey, [area_named(place) for place in places])
    first = spoken[0]
    settings = {
        "form_title": kit.title.get(first) or kit.title["en"], "form_id": form_id, "version": kit.version,
        "default_language": HEADINGS[first],
    }  # fmt: skip
    made = {"survey": survey, "choices": [*choices, *more], "settings": [settings]}
    return workbook({name: _cells(rows, spoken) for name, rows in made.items()})


def area_named(place: str) -> Area:
    """Return the area of an id that stands today, or once stood. Raises BadFieldwork."""
    try:
        return known_areas(place[:2])[place]
    except (KeyError, BadRecipe):
        raise BadFieldwork("fieldwork.no-place", place=place[:80]) from None


def _without_list(survey: Rows) -> Rows:
    """Ask the village as a text, and leave out what is looked up in the list, with all that is worked out from it."""
    dropped = {row["name"] for row in survey if "pulldata('sample'" in row.get("calculation", "")}
    kept: Rows = []
    for row in survey:
        if row["name"] in dropped or dropped & set(_USED.findall(row.get("calculation", ""))):
            dropped.add(row["name"])
        elif row["type"] == "select_one_from_file sample.csv":
            hints = {name: "" for name in row if name.startswith("hint")}
            kept.append(row | hints | {"type": "text", "choice_filter": "", "parameters": ""})
        else:
            kept.append(row)
    return kept


def _with_places(survey: Rows, places: Sequence[Area]) -> tuple[Rows, Rows]:
    """Put the places into the form as answers, so that it needs no file; without places, their name is written."""
    kind = f"select_one {LIST}" if places else "text"
    named = [
        row | {"type": kind, "choice_filter": "", "parameters": ""}
        if row["type"] == "select_one_from_file areas.csv" else row
        for row in survey
    ]  # fmt: skip
    return named, [{"list_name": LIST, "name": area.id, **_names(area)} for area in places]


def _names(area: Area) -> Mapping[str, str]:
    names = dict(area.names)
    return {f"label::{heading}": names.get(language, area.name) for language, heading in HEADINGS.items()}


def _rows(cells: Sequence[Sequence[str]]) -> Rows:
    header, *lines = cells
    return [dict(zip(header, line, strict=False)) for line in lines]


def _cells(rows: Rows, languages: Sequence[str]) -> Sequence[Sequence[str]]:
    """Return rows as cells under their headings; other languages and columns without a text are left out."""
    order = [HEADINGS[code] for code in languages]
    found = list(dict.fromkeys(name for row in rows for name, text in row.items() if text))
    said = {name: name.partition("::")[2] for name in found}
    header = [name for name in found if not said[name] or said[name] in order]
    # The language of the form comes first, as phones show it first.
    header.sort(key=lambda name: order.index(said[name]) if said[name] else -1)
    return [header, *([row.get(name, "") for name in header] for row in rows)]
