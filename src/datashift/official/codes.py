"""The words of official files as codes: breakdowns in SDMX, natures, units, places and time periods.

Only what is sure is translated; every other word stays as the source writes it. Breakdown codes are those of the SDG
data structure (CL_SEX, CL_AGE, CL_URBANISATION, CL_QUANTILE, CL_EDUCATION_LEV); the words are those of the UNSD global
database and of DDF copies of it, in which underscores and signs got lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from functools import cache, partial
from itertools import count
from pathlib import Path

from datashift.errors import BadAreas, BadRecipe
from datashift.standards.areas import areas_at_hand, world
from datashift.standards.periods import years
from datashift.standards.structures.identifiers import BREAKDOWNS, name_id

_CONCEPTS = BREAKDOWNS | {
    "location": "URBANISATION",
    "urbanization": "URBANISATION",
    "degree_of_urbanisation": "URBANISATION",
    "quantile": "INCOME_WEALTH_QUANTILE",
    "education_lev": "EDUCATION_LEV",
    "type_of_occupation": "OCCUPATION",
    "type_of_product": "PRODUCT",
}
_TOTAL = frozenset({"", "_T", "TOTAL", "BOTHSEX", "BOTH SEXES", "ALLAREA", "ALLAGE", "ALLAGES", "ALL AGES"})
_CODES = {
    "SEX": {"MALE": "M", "FEMALE": "F", "MEN": "M", "WOMEN": "F", "BOYS": "M", "GIRLS": "F", "T": ""},
    "URBANISATION": {"URBAN": "U", "RURAL": "R", "NATIONAL": ""},
    "INCOME_WEALTH_QUANTILE": {"POOREST": "Q1", "POOR": "Q2", "MIDDLE": "Q3", "RICH": "Q4", "RICHEST": "Q5"},
    "EDUCATION_LEV": {"PRIMAR": "ISCED11_1", "LOWSEC": "ISCED11_2", "UPPSEC": "ISCED11_3", "SECOND": "AGG_2_3"},
}  # fmt: skip
_LOST = {"T": "", "U": "_U", "X": "_X", "N": "_N"}
"""Codes that begin with an underscore, as DDF writes them."""

_NATURE = {"NOTSPEC": "", "_X": "", "NA": ""}
_UNITS = {
    "PERCENT": "PT", "PERCENTAGE": "PT", "PERCENTAGE (%)": "PT", "PERCENT (%)": "PT", "%": "PT", "PT": "PT",
    "NUMBER": "NUMBER", "INDEX": "IX", "RATIO": "RO", "KMSQ": "KM2", "TONNES": "T", "MGR_M_3": "GPERM3",
    "MGR/M^3": "GPERM3",
}  # fmt: skip

_WORLD = frozenset({"WLD", "1W"})
"""The world as the World Bank writes it. Its other regions are not those of M49."""

_SPAN = re.compile(r"Y?(\d+)\s?(?:-|–|_|TO|T)\s?(\d+)Y?")
_BELOW = re.compile(r"(<|<=|LT|LT_)(\d+)([YM]?)")
_PLUS = re.compile(r"(\d+)\+")
_YEAR = re.compile(r"([0-9]{4})(?:\.0+)?")
_PART = re.compile(r"([0-9]{4})-?(?:Q([1-4])|M([0-9]{1,2}))")
_SHORT_SPAN = re.compile(r"(\d{4})([/–-])(\d{2})")


def concept_of(column: str) -> str:
    """Return the SDMX concept of a breakdown column; a column without one keeps its name, in capitals."""
    plain = re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")
    return _CONCEPTS.get(plain) or name_id(plain)


def unused(name: str, taken: Container[str]) -> str:
    """Return `name`, with a number behind it where it is taken: two columns of one concept are both kept."""
    return next(one for number in count(1) if (one := f"{name}_{number}" if number > 1 else name) not in taken)


@cache
def code_of(concept: str, text: str, ddf: bool = False) -> str:
    """Return the code of a breakdown, "" for the total. `ddf`: the file lost underscores and signs, as DDF does."""
    word = text.strip().upper()
    if word in _TOTAL:
        return ""
    if ddf and word in _LOST:
        return _LOST[word]
    known = _CODES.get(concept, {}).get(word)
    if known is not None:
        return known
    if concept == "AGE":
        return _age(word, ddf)
    # The two signs that part the breakdowns of a figure cannot stand inside a code.
    return (word if ddf else text.strip()).replace(";", ",").replace("=", ":")


def _age(word: str, ddf: bool) -> str:
    if span := _SPAN.fullmatch(word):
        return f"Y{span[1]}T{span[2]}"
    if over := _PLUS.fullmatch(word) or (ddf and re.fullmatch(r"(\d+)", word)):
        return f"Y_GE{over[1]}"
    if below := _BELOW.fullmatch(word):
        sign, number, unit = below[1], int(below[2]), below[3] or "Y"
        last = number if sign in ("<=", "LT_") else number - 1
        return f"{unit}0T{last}" if last else f"{unit}0"
    return word.replace(";", ",").replace("=", ":")


def nature_of(text: str) -> str:
    """Return the NATURE of a figure in capitals, "" where the source does not say."""
    word = text.strip().upper()
    return _NATURE.get(word, word)


def unit_of(text: str, ddf: bool = False) -> str:
    """Return the SDMX unit where it is sure (percent is PT), else the unit as the source writes it."""
    word = text.strip().upper()
    return _UNITS.get(word) or (word if ddf else text.strip())


def period_of(text: str) -> str:
    """Return a time period as SDMX writes it: 2016.0 is 2016, 2014/15 is 2014/2015, 2015Q1 is 2015-Q1, 2015M3 is
    2015-M03. Anything else stays.
    """
    plain = text.strip()
    if year := _YEAR.fullmatch(plain):
        return year[1]
    if part := _PART.fullmatch(plain.upper()):
        return f"{part[1]}-Q{part[2]}" if part[2] else f"{part[1]}-M{int(part[3]):02}"
    short = _SHORT_SPAN.fullmatch(plain)
    if short and int(short[3]) == (int(short[1]) + 1) % 100 and (short[2] != "-" or int(short[3]) > 12):
        return f"{short[1]}/{int(short[1]) + 1}"
    return plain


def year_of(period: str) -> int | None:
    """Return the calendar year that a period is for, the last one where it touches several; None for no SDMX period.

    A start with a length (2014-07-01/P1Y) counts as the year it starts in.
    """
    try:
        first, last = years(period)
    except BadRecipe:
        return None
    # Digits of other scripts would stand beside 2016 as another period.
    return (first if "/P" in period else last) or None if period.isascii() or "–" in period else None


def places(home: Path) -> Callable[[str], str]:
    """Return a function from a place code to our id: M49 with or without zeros, ISO 3166 of two or three letters, or
    the code of a part of a country in the lists that ship or were imported into the store `home`.

    Numbers that are no country are regions of the world ("M49:202"). It gives "" where the code is not known.
    """
    parts = cache(partial(_parts, home=home))

    def place(code: str) -> str:
        plain = code.strip().upper().removeprefix("M49:")
        if plain.isascii() and plain.isdigit():
            number = plain.lstrip("0")
            return _countries().get(number) or (f"M49:{number}" if number else "")
        if plain in _WORLD:
            return "M49:1"
        inside = len(plain) > 2 and plain[:2] in world()
        return _countries().get(plain) or (parts(plain[:2]).get(plain.replace("_", "-"), "") if inside else "")

    return place


@cache
def _countries() -> dict[str, str]:
    found = {area.code.lstrip("0"): code for code, area in world().items() if area.code}
    for code, area in world().items():
        found |= {code: code, area.aliases[0].upper(): code}
    return found


def _parts(country: str, home: Path) -> dict[str, str]:
    try:
        areas = areas_at_hand(country, home).values()
    except BadAreas:
        return {}
    found: dict[str, str] = {}
    for area in sorted(areas, key=lambda area: area.valid_to is not None):
        for code in filter(None, (area.id, area.iso, area.pcode)):
            found.setdefault(code.upper(), area.id)
    return found
