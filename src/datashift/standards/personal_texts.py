"""Personal data in free text: where it stands, what could stand there instead, and the text without it.

Nothing is ever taken out by itself: `propose` says where, a person confirms, `redact` puts a mark in its place.

Shapes of identity numbers, and where they are described:
AR  DNI, 7 or 8 digits, with or without points; CUIL and CUIT, 11 digits with a check digit
    learn.microsoft.com/en-us/purview/sit-defn-argentina-national-identity-numbers and
    learn.microsoft.com/en-us/purview/sit-defn-argentina-unique-tax-identification-key
KE  KRA PIN, A or P, nine digits, a letter: kra.go.ke, as quoted in npm stdnum src/ke/pin.ts. The number of the identity
    card (7 or 8 digits) has no shape of its own and is seen after a word that announces it; no source was found.
NP  number of the citizenship certificate, 2-2-2-5 digits: taken from practice, no source of the office was found.
TZ  NIDA number, 20 digits that begin with the day of birth: taken from practice, no source of the office was found.
HT  CIN, 2-2-2-4-2-5 digits: as it stands in reports of 2010.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from datashift.errors import PersonalWords
from datashift.language import N_, _
from datashift.standards.personal import DEGREE_PAIR, DEVANAGARI, ID_SHAPES, KINDS, MAIL_SHAPE, PHONE_SHAPES, scan
from datashift.standards.personal_names import lowered, named

MARKS = {
    "name": N_("[name]"),
    "phone": N_("[phone]"),
    "e-mail": N_("[e-mail]"),
    "id number": N_("[id number]"),
    "coordinates": N_("[coordinates]"),
    "address": N_("[address]"),
}
"""What stands in a redacted text in the place of each kind."""

KIND_WORDS = {**dict(zip(KINDS, KINDS, strict=True)), "name": N_("name"), "address": N_("address")}
"""What each kind is called, to be translated."""

_ORDER = ("e-mail", "coordinates", "id number", "address", "phone", "name")
"""Where two kinds overlap, the first of these is proposed."""


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text that looks personal: from `start` up to, not with, `end`, and what it seems to be."""

    start: int
    end: int
    kind: str

    @property
    def mark(self) -> str:
        """What would stand in its place."""
        return MARKS[self.kind]


_MARKED = (
    r"(?:#|(?i:n[o°º][.:]?|nº|n°|num[.:]?|núm[.:]?|numero|número|numéro|nimewo|nimero|minewo|number|house|namba|na\.))"
)
_STREET = (
    r"(?i:rue|ri|ru|ruelle|riyel|impasse|imp|inp|avenue|avnue|avenida|av|ave|blvd|blv|boulevard|bulevar|street|road|rd|"
    r"route|rte|lane|calle|pasaje|diagonal|mtaa wa|mtaa|barabara ya|barabara|plot|marg|tole)"
)
_NO_STREET = (
    r"(?!(?i:i|we|live|lives|at|in|the|nan|abite|rete|vivo|vivimos|en|my|me|is|and|ak|et|tel|phone|number|please)\b)"
)
_NAME_OF_STREET = rf"{_NO_STREET}[^\W\d_][\w'’?.-]*"
_ADDRESSES = re.compile(
    "|".join(
        (
            # #21 Rue Ancernio
            rf"#[ ]?\d{{1,4}},?[ ]{_STREET}\b\.?(?:[ ]{_NAME_OF_STREET}){{1,3}}",
            # 664 Blv. Jean Jacques, 29, rue Babiole
            rf"(?<![\w.#])\d{{1,4}}(?:,[ ]?|[ ])(?:\d{{1,2}}[eè]\w*[ ])?{_STREET}\b\.?(?:[ ]{_NAME_OF_STREET}){{1,3}}",
            # rue Menos prolonge #20, Impasse Immaculée No. 9, Midway #22, Delmas 29 #12
            rf"\b(?:{_STREET}\b\.?[ ])?(?:{_NAME_OF_STREET},?[ ](?:\d{{1,3}},?[ ]?)?){{1,5}}{_MARKED}[ ]?\d{{1,4}}\b",
            rf"\b{_NAME_OF_STREET}#\d{{1,4}}\b",
            # Calle Belgrano 1234, Baussan street 9, rue Baussan 9
            rf"\b{_STREET}\b\.?(?:[ ][^\W\d_a-z][\w'’.-]*){{1,3}}[ ]\d{{1,5}}\b",
            rf"\b[^\W\d_a-z][\w'’.-]+[ ](?i:street|road|avenue|st\.?),?[ ](?:{_MARKED}[ ]?)?\d{{1,4}}\b",
            # 12 Moi Avenue
            r"(?<![\w.#])\d{1,4}[ ](?:[^\W\d_a-z][\w'’.-]+[ ]){1,3}(?i:street|st|road|rd|avenue|ave|lane|marg)\b",
            r"\b(?i:p\.?[ ]?o\.?[ ]?box|s\.?l\.?p\.?|casilla(?: de correo)?|nyumba (?:namba|na\.?)|house no\.?)"
            r"[ ]?\d{1,6}\b",
            r"घर[ ](?:नं\.?|नम्बर)[ ]?\d{1,5}",
        )
    )
)
_HINT = re.compile(
    r"#|\b(?:n[o°º]|n°|num|núm|numero|número|numéro|nimewo|nimero|minewo|number|house|namba|na\.|rue|ri|ru|ruelle|riyel|"
    r"impasse|imp|inp|avenue|avnue|avenida|av|ave|blvd|blv|boulevard|bulevar|street|st|road|rd|route|rte|lane|calle|"
    r"pasaje|diagonal|mtaa|barabara|plot|marg|tole|box|s\.?l\.?p|casilla|nyumba)(?![^\W\d_])|घर"
)
"""Looked for in the text in small letters: without one of these there is no address."""

_AROUND = 90
"""Characters before and behind a hint within which an address is looked for."""

_NOT_STREETS = re.compile(
    r"(?i)\b(?:category|section|message|report|page|route nationale|idushahidi|about|line|phone|tel|telephone|camp|dni|"
    r"cell|cel|call|text|texte|id|message|item|document|documento|passport|pasaporte|kitambulisho|simu|age)\b"
)

_QUARTERS = re.compile(r"(?i)\b(?:d.?l+mas?|fontamara|lil+av\w+|mon repos|waney|bolosse)\s*$")
"""Quarters of Port-au-Prince that are counted, as they are written there."""

_SOME = r"\d(?:[ .()\u00a0/-]{0,2}\d){6,13}"
_LOOSE_PHONES = re.compile(
    r"(?i:\b(?:phones?|tel|tél|teléfono|telefono|telephone|telefon|cell?|celular|cellulaire|mobile|whatsapp|"
    r"call(?: me)?|"
    r"appelez|rele(?:m| nou| mwen)?|numbers?(?: is| are)?|num[ée]ros?|nimewo|nimero|llam\w+|simu|namba ya simu|piga|"
    r"contact)"
    r"|फोन|मोबाइल|सम्पर्क|नम्बर)[^\w\n]{0,3}(?:\w{1,8}[ :.#]{1,3}){0,2}[ :.#(+-]{0,3}(?P<said>"
    + _SOME
    + r")(?![\w]|[.,]\d)"
    r"|(?<![\w.,/+-])(?P<shaped>"
    r"\+?509[ -]?\d[ -]?\d{3}[ -]?\n?\d{3,4}"  # Haiti with its code
    r"|[34]\d{3}[ -]?\d{4}|[34]\d(?:[ .]\d\d){3}|3-\d{3}-\d{4}"  # Haiti: 3770-9548
    r"|\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}"  # North America
    r"|0\d(?:[ .-]\d\d){4}"  # France
    r"|07\d{8}|01\d{8}|06\d{8}"  # Kenya and Tanzania without blanks
    r")(?![\w]|[.,]\d|-\d)"
)
_LOOSE_IDS = re.compile(
    r"(?<![\w-])[AP]\d{9}[A-Z](?!\w)"
    r"|(?<![\w-])\d{2}-\d{2}-\d{2}-\d{4}-\d{2}-\d{5}(?![\w-])"
    r"|(?<![\w-])(?P<cuil>(?:20|23|24|27|30|33|34)\d{9})(?!\w)"
    r"|(?i:\b(?:dni|d\.n\.i\.|documento(?: nacional)?|c[ée]dula|cin|id(?: card)?(?: no\.?| number)?|"
    r"identity card|passport|"
    r"pasaporte|pasipoti|kitambulisho|nida|nin|licen[cs]e)|नागरिकता|परिचयपत्र|राहदानी)[^\w\n]{0,3}"
    r"(?:(?i:no|nr|n°|nº|number|namba|"
    r"card|es|is|ni|cha taifa|na)|नं|नम्बर|प्रमाणपत्र)?[^\w\n]{0,3}(?:नं|नम्बर|(?i:namba|no|ni))?[^\w\n]{0,3}"
    r"(?P<said>(?:[A-Z]{1,2}[ -]?)?\d[\d. /-]{5,22}\d)"
)
_FINE = r"-?\d{1,3}\.\d{4,}"
_LOOSE_PAIR = re.compile(
    rf"(?<![\w.,-])(?P<first>{_FINE})[ ]?°?[ ]?[NSns]?[ \t]*(?:[,;/]|[ \t]|[\s,;]+(?i:lon\w*|lng))[ \t:=]*"
    rf"(?P<second>{_FINE})(?:[ ]?°?[ ]?[EWOewo]\b)?(?!\w|\.\d)"
)
_MINUTES = r"\d{1,3}[ ]?(?:°|degrees?|deg|grados|o)[ ]?\d{1,2}[ ]?['′’][ ]?\d{1,2}(?:\.\d+)?[ ]?(?:\"|″|&quot;|'')?[ ]?"
_LOOSE_DEGREES = re.compile(rf"{_MINUTES}[NnSs][\s,;]+{_MINUTES}[EeWwOo]\b")


def propose(text: str) -> tuple[Span, ...]:
    """Return what looks personal in `text`, in its order and without overlaps; nothing is proposed that is masked.

    It looks further than `scan`, which must never stop a figure: what it proposes, a person looks at.
    """
    plain = text.translate(DEVANAGARI)
    found = [
        Span(start, end, kind)
        for kind, start, end in _found(plain, text)
        if kind in _IN_LETTERS or _says_something(plain[start:end])
    ]
    kept: list[Span] = []
    for one in sorted(found, key=lambda span: (_ORDER.index(span.kind), span.start - span.end)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept))


def redact(text: str, confirmed: Iterable[Span]) -> str:
    """Return `text` with a mark in the place of every span that was confirmed; overlapping spans become one mark.

    Raises ValueError where a span does not lie in the text.
    """
    parts, behind = [], 0
    for one in sorted(confirmed):
        if not 0 <= one.start < one.end <= len(text):
            raise ValueError(f"a span from {one.start} to {one.end} does not lie in a text of {len(text)} characters")
        if one.start >= behind:
            parts += [text[behind : one.start], one.mark]
        behind = max(behind, one.end)
    return "".join([*parts, text[behind:]])


def require_none(*texts: str, confirmed: bool = False) -> None:
    """Let words pass that a person wrote and everybody will read, or raise PersonalWords, which quotes none of them.

    Phones, e-mails, exact coordinates and identity numbers never pass. What may be a name or an address passes once a
    person `confirmed` that it may be public: a well may bear somebody's name.
    """
    if kinds := {kind for text in texts for kind in scan(text)}:
        raise PersonalWords("words.personal", kinds=in_words(kinds))
    if not confirmed and (kinds := {span.kind for text in texts for span in propose(text)}):
        raise PersonalWords("words.to-confirm", kinds=in_words(kinds))


def in_words(kinds: Iterable[str]) -> str:
    """Return kinds of personal data as they are called in the current language."""
    return ", ".join(sorted(_(KIND_WORDS[kind]) for kind in kinds))


def _found(plain: str, text: str) -> Iterator[tuple[str, int, int]]:
    if "@" in plain:
        yield from (("e-mail", *match.span()) for match in MAIL_SHAPE.finditer(plain))
    if re.search(r"\d", plain):
        yield from _numbers(plain)
        yield from (("address", *match.span()) for match in _houses(plain) if _a_house(match))
    yield from (("name", start, end) for start, end in named(text))


def _numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    for shape in (DEGREE_PAIR, _LOOSE_DEGREES):
        yield from (("coordinates", *match.span()) for match in shape.finditer(plain))
    for match in _LOOSE_PAIR.finditer(plain):
        first, second = abs(float(match["first"])), abs(float(match["second"]))
        if min(first, second) <= 90 and 1 < max(first, second) <= 180:
            yield "coordinates", *match.span()
    yield from (("id number", *match.span()) for match in ID_SHAPES.finditer(plain))
    for match in _LOOSE_IDS.finditer(plain):
        if match["cuil"] is None or _checks(match["cuil"]):
            yield "id number", *match.span("said" if match["said"] else 0)
    yield from (("phone", *match.span()) for match in PHONE_SHAPES.finditer(plain))
    for match in _LOOSE_PHONES.finditer(plain):
        if not re.match(r"(?:19|20)\d\d-\d\d-\d\d|\d\d?/\d\d?/\d{4}", match[match.lastgroup or 0]):
            yield "phone", *match.span(match.lastgroup or 0)


def _houses(plain: str) -> Iterator[re.Match[str]]:
    windows: list[tuple[int, int]] = []
    for hint in _HINT.finditer(lowered(plain)):
        start, end = max(0, hint.start() - _AROUND), hint.end() + _AROUND
        if windows and start <= windows[-1][1]:
            start, _before = windows.pop()
        windows.append((start, end))
    for start, end in windows:
        yield from _ADDRESSES.finditer(plain, start, end)


def _a_house(match: re.Match[str]) -> bool:
    """Say whether it is one house, not a street: in "Delmas 75, rue X" the number is one of the quarter."""
    quarter = match[0][0].isdigit() and _QUARTERS.search(match.string, max(0, match.start() - 15), match.start())
    return not quarter and _NOT_STREETS.search(match[0]) is None


def _checks(cuil: str) -> bool:
    digits = [int(one) for one in cuil]
    left = sum(one * weight for one, weight in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    return (11 - left) % 11 == digits[-1]


_IN_LETTERS = ("e-mail", "name")
"""These tell somebody by letters, whatever the digits are: juma0@example.org."""


def _says_something(stretch: str) -> bool:
    """Say whether a stretch was not masked already: 0000-0000 tells nothing of anybody."""
    digits = [letter for letter in stretch if letter.isdigit()]
    return not digits or set(digits) != {"0"}
