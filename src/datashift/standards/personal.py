"""The shapes of personal data in a text: phones, e-mails, exact coordinates and identity numbers of four countries."""

from __future__ import annotations

import re

from datashift.language import N_

KINDS = (N_("phone"), N_("e-mail"), N_("coordinates"), N_("id number"))
"""What `scan` can find, in the order in which it says so."""

# A number does not begin inside another number, a word, a digest, a uuid or a file name, nor end inside one.
_START = r"(?<![\w+])(?<!\d\.)(?<![0-9a-f]{4}-)(?<!\\)"
_END = r"(?![\w]|[.,]?\d|-\d)"
_YEAR = r"(?:19|20)\d\d"
_GAP = r"[ .\u00a0-]?"

_PHONES = (
    rf"(?<![\w+./-])\+(?:{_GAP}\(?\d\)?){{9,15}}{_END}",  # with the code of any country
    rf"(?<![\w+./-])00(?:{_GAP}\(?\d\)?){{10,15}}{_END}",
    rf"{_START}(?:254[17]|255[67]|9779[678])\d{{8}}{_END}",  # the same without its sign, as payment logs have it
    rf"{_START}549\d{{10}}{_END}",
    rf"{_START}0[167]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{3}}{_END}",  # Kenya, Tanzania: 0712 345 678
    rf"{_START}0[167]\d{_GAP}\d{{3}}{_GAP}\d{{4}}{_END}",
    rf"{_START}9(?:8[0124568]|7[456]|6[12])(?:\d{{7}}|[ -]\d{{3}}[ -]?\d{{4}}|[ -]\d{{7}}){_END}",  # Nepal: 984-1234567
    rf"{_START}9(?:8[0124568]|7[456]|6[12])\d[ -]\d{{3}}[ -]?\d{{3}}{_END}",
    rf"{_START}\(?0(?:11|[23]\d{{2,3}})\)?[ -](?:15[ -]?)?\d{{3,4}}[ -]?\d{{4}}{_END}",  # Argentina: (011) 4123-4567
    rf"{_START}1[15][ -](?!{_YEAR}-{_YEAR})\d{{4}}-\d{{4}}{_END}",  # Argentina: 11 4123-4567
)
_E_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d]{2,}"
_FINE = r"-?\d{1,3}\.\d{4,}"
_DEGREES = r"\d{1,3}(?:\.\d{4,})?\s?°(?:\s?\d{1,2}(?:\.\d+)?\s?['′](?:\s?\d{1,2}(?:\.\d+)?\s?[\"″]?)?)?\s?"
_PAIR = re.compile(rf"(?<![\w.,;-])({_FINE})°?[ \t]*[,;/ \t][ \t]*({_FINE})(?!\w|\.\d|,\S|;\S)")
_NAMED_PAIR = re.compile(
    rf"(?i:\blat(?:itude)?)\W{{1,4}}({_FINE})\W{{0,4}}[ \t]*(?i:lon|lng|long|longitude)\W{{1,4}}({_FINE})"
)
_POSITIVE_PLACES = ((0.0, 6.0, 29.0, 42.0), (26.0, 31.0, 80.0, 89.0))
"""Where latitude and longitude are both above zero: the north of Kenya, Nepal. Elsewhere such a pair is two shares."""

_DEGREE_PAIR = rf"{_DEGREES}[NnSs][ ,;]+{_DEGREES}[EeWwOo]\b"
_IDS = (
    rf"{_START}{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?\d{{5}}-?\d{{5}}-?\d{{2}}{_END}",  # Tanzania: NIDA
    rf"{_START}(?:2[03478]|3[034])-\d{{8}}-\d{_END}",  # Argentina: CUIL, CUIT
    rf"{_START}(?!{_YEAR}-)\d{{2}}-\d{{2}}-\d{{2}}-\d{{5}}{_END}",  # Nepal: citizenship certificate
    rf"{_START}[AP]\d{{9}}[A-Z](?!\w)",  # Kenya: PIN of the revenue authority
    rf"{_START}\d{{2}}-\d{{2}}-\d{{2}}-\d{{4}}-\d{{2}}-\d{{5}}{_END}",  # Haiti: CIN
    r"(?i:\b(?:dni|d\.n\.i\.|cuil|cuit|nida|national id|id no\.?|id number|identity card|passport|kitambulisho)"
    r"|नागरिकता)[^\n\w]{0,4}(?i:no|nr|n°|number)?[^\n\w]{0,4}\d[\d. -]{5,}\d",
)

DEVANAGARI = {ord("०") + digit: str(digit) for digit in range(10)}
"""Digits of Nepali texts as those of all others, sign for sign."""

PHONE_SHAPES = re.compile(rf"(?=[+(\d])(?:{'|'.join(_PHONES)})")
MAIL_SHAPE = re.compile(_E_MAIL)
DEGREE_PAIR = re.compile(_DEGREE_PAIR)
ID_SHAPES = re.compile(rf"(?=[AP\d])(?:{'|'.join(_IDS[:-1])})|{_IDS[-1]}")
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("phone", PHONE_SHAPES),
    ("e-mail", MAIL_SHAPE),
    ("coordinates", DEGREE_PAIR),
    ("id number", ID_SHAPES),
)


def scan(text: str) -> list[str]:
    """Return the kinds of personal data that are seen in `text`, out of KINDS; none for an ordinary text.

    Phones of Kenya, Tanzania, Nepal and Argentina, and any with a country code; e-mail addresses; latitude and
    longitude side by side with four decimals (about ten metres) or more; identity numbers of the four countries.
    Figures, years, codes of SDMX, digests and version numbers are not taken for any of these.
    """
    text = text.translate(DEVANAGARI)
    found = {kind for kind, shape in _SHAPES if shape.search(text)}
    named = any(_on_earth(*_numbers(match)) for match in _NAMED_PAIR.finditer(text))
    if named or any(_a_place(*_numbers(match)) for match in _PAIR.finditer(text)):
        found.add("coordinates")
    return [kind for kind in KINDS if kind in found]


def _numbers(match: re.Match[str]) -> tuple[float, float]:
    first, second = match.groups()
    return float(first), float(second)


def _on_earth(first: float, second: float) -> bool:
    return min(abs(first), abs(second)) <= 90 and max(abs(first), abs(second)) <= 180


def _a_place(first: float, second: float) -> bool:
    if first < 0 or second < 0:
        return _on_earth(first, second)
    lower, upper = sorted((first, second))
    return any(south <= lower <= north and west <= upper <= east for south, north, west, east in _POSITIVE_PLACES)
