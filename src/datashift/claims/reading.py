"""The numbers in a sentence that somebody wrote: per cent, "7 in 10", counts, years; in four languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from datashift.claims.words import LETTER, found, plain

Kind = Literal["share", "points", "plain", "year", "part"]

_DIGITS = r"\d+(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*"
_WORDS = {
    1: "one uno una moja एक", 2: "two dos mbili दुई", 3: "three tres tatu तीन", 4: "four cuatro nne चार",
    5: "five cinco tano पाँच पाच", 6: "six seis sita छ", 7: "seven siete saba सात", 8: "eight ocho nane आठ",
    9: "nine nueve tisa नौ", 10: "ten diez kumi दश दस", 100: "hundred cien mia सय",
}  # fmt: skip
_VALUE = {plain(word): number for number, words in _WORDS.items() for word in words.split()}
_SMALL = rf"(?:\d+|{'|'.join(sorted(_VALUE, key=len, reverse=True))})(?:\s+(?:hundred))?"
_IN = re.compile(
    rf"(?<!{LETTER})(?<![.,])({_SMALL})\s+(?:in(?:\s+every)?|out\s+of(?:\s+every)?|of\s+every|of|de\s+cada|de|"
    rf"kati\s+ya(?:\s+kila)?|katika\s+kila)\s+({_SMALL})(?!{LETTER})(?![.,]\d)"
)
_IN_NEPALI = re.compile(
    rf"(?<!{LETTER})({_SMALL})\s*(?:जना|वटा)?\s*(?:मध्ये|जनामा|वटामा)\s*(?:करिब|लगभग)?\s*({_SMALL})(?!{LETTER})"
)
_FRACTIONS = (
    (200 / 3, "two thirds, two-thirds, dos tercios, dos terceras partes, theluthi mbili, दुई तिहाइ"),
    (100 / 3, "a third, one third, one-third, un tercio, una tercera parte, la tercera parte, theluthi moja, एक तिहाइ"),
    (75.0, "three quarters, three-quarters, tres cuartos, tres cuartas partes, robo tatu, तीन चौथाइ"),
    (25.0, "a quarter, one quarter, un cuarto, una cuarta parte, la cuarta parte, robo moja, robo, एक चौथाइ"),
    (50.0, "half, mitad, nusu, आधा, आधि"),
)
_MOST = "most, majority, la mayoría, mayor parte, wengi wa, nyingi ya, vingi vya, अधिकांश, बहुसङ्ख्यक"
"""Words for more than half."""
_PER_CENT = re.compile(r"\s*(?:%|per\s?cent|por\s+ciento|प्रतिशत)")
_POINTS = re.compile(
    r"\s*(?:(?:percentage|per\s?cent|%)[ -]points?|puntos?\s+porcentuales?|प्रतिशत\s*(?:विन्दु|बिन्दु|अङ्क)"
    r"|pointi\s+za\s+asilimia)"
)
_POINTS_BEFORE = re.compile(r"(?:pointi|alama|nukta)\s+(?:za\s+)?asilimia\s*$")
_BEFORE = {
    ">": "more than, over, above, at least, no less than, más de, más del, al menos, por lo menos, como mínimo, "
    "zaidi ya, angalau, si chini ya, कम्तीमा",
    "<": "less than, fewer than, under, below, at most, no more than, menos de, menos del, como máximo, chini ya, "
    "pungufu ya, si zaidi ya, बढीमा",
}
_AFTER = {">": "भन्दा बढी", "<": "भन्दा कम|भन्दा थोरै"}
_NOTHING_BETWEEN = re.compile(r"\s*(?:el|la|los|las|the|asilimia|about|un|una)?\s*")
_NOT_A_FIGURE = re.compile(
    r"(?:sdgs?|ods|goal|target|indicator|objetivo|meta|indicador|lengo|shabaha|kiashiria|लक्ष्य|सूचक)\s*"
    r"\d[\w.]*|(?<![\w.])\d{1,2}\.[\da-d]{1,2}\.[\d]{1,2}[a-c]?(?![\w.])"
)
_MONTHS = (
    "january february march april may june july august september october november december enero febrero marzo abril "
    "mayo junio julio agosto septiembre octubre noviembre diciembre januari februari machi aprili mei juni julai "
    "agosti septemba oktoba novemba desemba जनवरी फेब्रुअरी मार्च अप्रिल मे जुन जुलाई अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर"
)
_DAY = re.compile(
    rf"\d{{1,2}}[/.]\d{{1,2}}[/.](?=(?:19|20)\d\d)|(?<=(?:19|20)\d\d[-–/])\d\d(?!\d)|"
    rf"(?:{(m := '|'.join(plain(_MONTHS).split()))})\s+\d{{1,2}}(?=\D)(?!\d)|\d{{1,2}}\s+(?:de\s+)?(?:{m})(?!{LETTER})"
)


@dataclass(frozen=True)
class Mention:
    """A number in a sentence.

    text: as written.   values: what it may mean ("1.393" is 1393 or 1.393).   decimals: as written.   bound: ">" where
    the sentence says "more than", "<" for "less than".   of: for "7 in 10" the 10.   tolerance: of words such as half.
    """

    text: str
    start: int
    kind: Kind
    values: tuple[float, ...]
    decimals: int = 0
    bound: str = ""
    of: float = 0.0
    tolerance: float = 0.0


def mentions(text: str) -> list[Mention]:
    """Return the numbers in a text (as `plain` gives it): in their order, each once, codes of indicators left out."""
    text = _NOT_A_FIGURE.sub(_blank, text)
    taken, text = _parts(text)
    fractions, text = _fractions(text)
    days = _DAY.sub(lambda match: re.sub(r"\d", " ", match[0]) if len(match[0]) else "", text)
    numbers = [_number(match, days) for match in re.finditer(rf"(?<![\w.]){_DIGITS}|(?<=[≈~±]){_DIGITS}", days)]
    return sorted([*taken, *fractions, *numbers], key=lambda mention: mention.start)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _parts(text: str) -> tuple[list[Mention], str]:
    got: list[Mention] = []
    for pattern, order in ((_IN_NEPALI, (2, 1)), (_IN, (1, 2))):
        for match in list(pattern.finditer(text)):
            part, whole = (_small(match[i]) for i in order)
            if 0 <= part <= whole and whole > 1 and not 1900 <= whole <= 2100:
                bound = _bound(text, match.start(), match.end())
                got.append(Mention(match[0], match.start(), "part", (part,), bound=bound, of=whole))
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return got, text


def _small(text: str) -> float:
    words = text.split()
    number = _VALUE.get(words[0])
    return float(words[0] if number is None else number) * (100 if len(words) > 1 and number == 1 else 1)


def _fractions(text: str) -> tuple[list[Mention], str]:
    got: list[Mention] = []
    for value, words in (*_FRACTIONS, (50.0, _MOST)):
        for word in found(words, text):
            start = text.index(word)
            bound = ">" if words is _MOST else _bound(text, start, start + len(word))
            got.append(Mention(word, start, "share", (value,), bound=bound, tolerance=2.5))
            text = text[:start] + " " * len(word) + text[start + len(word) :]
    return got, text


def _number(match: re.Match[str], text: str) -> Mention:
    written, after = match[0], text[match.end() :]
    values, decimals = _values(written)
    kind: Kind = "plain"
    before = text[: match.start()]
    if _POINTS.match(after) or _POINTS_BEFORE.search(before):
        kind = "points"
    elif _PER_CENT.match(after) or re.search(r"asilimia\s*$", before):
        kind = "share"
    elif re.fullmatch(r"(?:19|20)\d\d", written):
        kind = "year"
    return Mention(written, match.start(), kind, values, decimals, _bound(text, match.start(), match.end()))


def _values(written: str) -> tuple[tuple[float, ...], int]:
    joined = re.sub(r"\s", "", written)
    signs = [sign for sign in joined if sign in ".,"]
    if not signs:
        return (float(joined),), 0
    grouped = re.fullmatch(r"[1-9]\d{0,2}(?:([.,])\d{2,3})*(?:[.,])\d{3}", joined) and len(set(signs)) == 1
    whole = (float(re.sub(r"[.,]", "", joined)),) if grouped else ()
    if len(signs) > 1 and len(set(signs)) == 1:
        return whole or (float(re.sub(r"[.,]", "", joined)),), 0
    head, _sign, tail = joined.rpartition(signs[-1])
    fraction = float(f"{re.sub(r'[.,]', '', head)}.{tail}")
    return (*whole, fraction), 0 if grouped else len(tail)


def _bound(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 28) : start], text[end : end + 28]
    for sign in "><":
        near = found(_BEFORE[sign], before)
        if near and _NOTHING_BETWEEN.fullmatch(before[before.rfind(near[-1]) + len(near[-1]) :]):
            return sign
        if re.match(rf"\s*(?:%|प्रतिशत)?\s*(?:{_AFTER[sign]})", after):
            return sign
    return ""
