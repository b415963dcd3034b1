"""The words around a place's own name: what kind of place it is, town or country side, numbers and small words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from datashift.standards.areas import folded

KINDS: dict[str, frozenset[str]] = {
    words: frozenset(kinds.split("|"))
    for words, kinds in {
        "development region": "development region",
        "विकास क्षेत्र": "development region",
        "federal province": "province",
        "province": "province",
        "provincia": "province|autonomous city",
        "provincia de": "province",
        "provincia del": "province",
        "prov": "province|autonomous city",
        "prov de": "province",
        "pradesh": "province",
        "प्रदेश": "province",
        "state": "province",
        "mkoa": "region|province",
        "mkoa wa": "region|province",
        "region": "region|development region",
        "region of": "region|development region",
        "zone": "zone",
        "anchal": "zone",
        "अञ्चल": "zone",
        "county": "county",
        "county of": "county",
        "kaunti": "county",
        "kaunti ya": "county",
        "sub county": "sub-county|constituency",
        "subcounty": "sub-county|constituency",
        "kaunti ndogo": "sub-county|constituency",
        "kaunti ndogo ya": "sub-county|constituency",
        "constituency": "constituency",
        "jimbo la": "constituency",
        "district": "district",
        "wilaya": "district",
        "wilaya ya": "district",
        "jilla": "district",
        "जिल्ला": "district",
        "departamento": "department",
        "departamento de": "department",
        "departamento del": "department",
        "depto": "department",
        "department": "department",
        "partido": "department",
        "partido de": "department",
    }.items()
}
"""Words before or after a name that say its kind, folded, and the kinds that an area may then have."""

TOWNS: dict[str, str] = {
    "urban": "urban",
    "mjini": "urban",
    "mji": "urban",
    "municipal": "urban",
    "municipality": "urban",
    "municipal council": "urban",
    "manispaa ya": "urban",
    "mamlaka ya mji": "urban",
    "mamlaka ya mji wa": "urban",
    "township": "urban",
    "township authority": "urban",
    "town council": "urban",
    "city council": "urban",
    "rural": "rural",
    "vijijini": "rural",
    "district council": "council",
    "halmashauri ya": "council",
    "halmashauri ya wilaya": "council",
    "halmashauri ya wilaya ya": "council",
}
"""Words that part a town from the country side around it, folded; a district council has what no town council has."""

_SMALL = frozenset(("and", "y", "e", "na", "no", "nº", "num", "number", "nambari", "नं", "नम्बर"))
_ROMAN = dict(zip(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), map(str, range(1, 11)), strict=True))
_WORDS = {
    word: str(number)
    for number, words in enumerate(
        (
            "one uno moja एक", "two dos mbili दुई", "three tres tatu तीन", "four cuatro nne चार", "five cinco tano पाँच",
            "six seis sita छ", "seven siete saba सात",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_LONGEST = 5  # words in the longest phrase above


class Key(NamedTuple):
    """A name taken apart: its core without blanks, the kinds it may be (empty: not said), urban, rural or council."""

    core: str
    kinds: frozenset[str] = frozenset()
    town: str = ""


@lru_cache(maxsize=1 << 16)
def key(name: str) -> Key:
    """Take a name apart; a name that consists of such words only stays whole.

    "Mkoa wa Arusha" -> ("arusha", {region, province}, ""); "Arusha Mjini" -> ("arusha", {}, "urban").
    """
    words = folded(_APOSTROPHES.sub("", name)).split()
    kinds: frozenset[str] = frozenset()
    town = ""
    while True:
        phrase, rest = _phrase(words)
        if not phrase:
            break
        kinds, town, words = kinds or KINDS.get(phrase, frozenset()), town or TOWNS.get(phrase, ""), rest
    plain = [_numbered(word) for word in words if word not in _SMALL] or words
    return Key("".join(plain), kinds, town)


def fits(wanted: Key, other: Key, kind: str, *, beside_town: bool) -> bool:
    """Say whether a name taken apart may be an area's name of the same core, given the area's kind.

    "X Rural" is also plain "X" where the list has an "X Urban" beside it (`beside_town`): then X is what is left.
    """
    if wanted.kinds and kind and kind not in wanted.kinds:
        return False
    if "council" in (wanted.town, other.town):
        return "urban" not in (wanted.town, other.town)
    return wanted.town == other.town or (beside_town and {wanted.town, other.town} == {"rural", ""})


_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_STRIPPED = {folded(words): words for words in (*KINDS, *TOWNS)}


def _phrase(words: list[str]) -> tuple[str, list[str]]:
    """Find a known phrase at the start or the end; return its entry and the words that are left."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if found := _STRIPPED.get(" ".join(words[:length])):
            return found, words[length:]
        if found := _STRIPPED.get(" ".join(words[-length:])):
            return found, words[:-length]
    return "", words


def _numbered(word: str) -> str:
    # int() reads the digits of every script.
    return _ROMAN.get(word) or _WORDS.get(word) or (str(int(word)) if word.isdecimal() else word)
