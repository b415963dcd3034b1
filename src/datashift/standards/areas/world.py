"""The countries of ISO 3166-1 with their names in four languages."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from datashift.model import Area
from datashift.standards.areas.names import folded

LANGUAGES = ("en", "es", "sw", "ne")
ALSO = {
    "TZ": ("Tanzania, United Republic of", "United Republic of Tanzania"), "GB": ("UK", "Great Britain"),
    "US": ("USA", "United States of America"), "CI": ("Cote d'Ivoire", "Cote D_ivoire", "Ivory Coast"),
    "TW": ("Taiwan_ Republic of China (ROC)", "Taiwan, Republic of China (ROC)"), "VN": ("Viet Nam",),
    "CD": ("DRC", "Democratic Republic of the Congo"), "CG": ("Republic of the Congo", "Congo"),
    "LA": ("Lao PDR",), "SY": ("Syrian Arab Republic",), "IR": ("Iran (Islamic Republic of)",),
    "BO": ("Bolivia (Plurinational State of)",), "VE": ("Venezuela (Bolivarian Republic of)",),
    "KR": ("Republic of Korea",), "MD": ("Republic of Moldova",), "RU": ("Russian Federation",),
}  # fmt: skip
"""Names in use that the list does not have."""


@cache
def world() -> dict[str, Area]:
    """Return every country as an area of level 0, by its two letters."""
    text = files("datashift.standards").joinpath("areas_data", "world", "countries.csv").read_text("utf-8")
    return {
        row["id"]: Area(
            id=row["id"],
            name=row["en"],
            country=row["id"],
            level=0,
            aliases=(row["iso3"], *ALSO.get(row["id"], ())),
            iso=row["id"],
            code=row["m49"],
            kind="country",
            names=tuple((language, row[language]) for language in LANGUAGES),
        )
        for row in csv.DictReader(text.splitlines())
    }


def country_named(name: str) -> str | None:
    """Return the two letters of the country that `name` means, in any of four languages; None where none does."""
    return _by_name().get(folded(name))


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, area in world().items():
        for name in (code, area.name, *area.aliases, *(text for _language, text in area.names)):
            found.setdefault(folded(name), code)
    return found
