"""How long a message may be: signs as networks count them, and texts cut into screens.

Sources: 3GPP TS 23.038, 6.2.1 (the alphabet of seven bits and its extension); TS 23.040, 9.2.3.24 (parts of a long
message); TS 22.090 and 23.038 (a screen of USSD carries 160 bytes: 182 signs of seven bits or 80 of sixteen).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_PLAIN = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
"""Each of these takes two places."""
_WEIGHT = dict.fromkeys(_PLAIN, 1) | dict.fromkeys(_EXTENDED, 2)
_SIMPLE = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
})  # fmt: skip
_MOST_PARTS = 3
_JOINERS = "\u200c\u200d"
_HELD = ("\u094d", "\u200d")
"""After a virama or a joiner, the next letter is written into this one."""
_LONGEST_LETTER = 12


@dataclass(frozen=True)
class Room:
    """What one message of a kind can hold.

    name: sms, ussd or email; most_parts: how many parts a long one may have; single and joined: signs of seven bits in
    a message of one part, and in each of several; wide: the same two for signs of sixteen bits.
    """

    name: str
    most_parts: int
    single: int
    joined: int
    wide: tuple[int, int]

    def holds(self, text: str) -> bool:
        """Whether a text fits into one message."""
        return parts(text, self) <= self.most_parts


SMS = Room("sms", _MOST_PARTS, 160, 153, (70, 67))
USSD = Room("ussd", 1, 182, 182, (80, 80))
EMAIL = Room("email", 1, 4000, 4000, (4000, 4000))
ROOMS = {room.name: room for room in (SMS, USSD, EMAIL)}


def septets(text: str) -> int | None:
    """Return how many places of seven bits a text takes; None where a sign is not in the alphabet."""
    weights = [_WEIGHT.get(sign, 0) for sign in text]
    return None if 0 in weights else sum(weights)


def parts(text: str, room: Room = SMS) -> int:
    """Return in how many parts a text travels. No sign is cut in two: neither an extended one nor a surrogate pair."""
    if septets(text) is not None:
        weights, single, joined = [_WEIGHT[sign] for sign in text], room.single, room.joined
    else:
        weights, (single, joined) = [1 + (ord(sign) > 0xFFFF) for sign in text], room.wide
    return 1 if sum(weights) <= single else _packed(weights, joined)


def _packed(weights: Iterable[int], most: int) -> int:
    count, filled = 1, 0
    for weight in weights:
        count, filled = (count + 1, weight) if filled + weight > most else (count, filled + weight)
    return count


def simple(text: str) -> str:
    """Return a text with plain quotes, dashes and blanks: one fine dash would make a whole message dearer."""
    return text.translate(_SIMPLE)


def screens(words: str, lines: Sequence[str], room: Room, more: str) -> list[str]:
    """Cut words and the lines below them (choices, hints) into messages; all but the last end with `more`.

    A line is kept whole where it fits into a message of its own.
    """
    whole = "\n".join([words, *lines])
    if room.holds(whole):
        return [whole]
    made, here = [], ""
    for unit in _units(words, lines, room, f"\n{more}"):
        if here and not room.holds(f"{here}{unit}\n{more}"):
            made.append(f"{here}\n{more}")
            here = unit.lstrip()
        else:
            here += unit
    return [*made, here]


def _units(words: str, lines: Sequence[str], room: Room, more: str) -> Iterator[str]:
    """Yield what must not be cut, with the blank or new line before it."""
    for place, line in enumerate((words, *lines)):
        start = "\n" if place else ""
        if place and room.holds(line + more):
            yield start + line
            continue
        for number, word in enumerate(line.split(" ")):
            yield from _cut((" " if number else start) + word, room, more)


def _cut(word: str, room: Room, more: str) -> Iterator[str]:
    here = ""
    for sign in _letters(word):
        if here and not room.holds(here + sign + more):
            yield here
            here = ""
        here += sign
    yield here


def _letters(word: str) -> Iterator[str]:
    """Yield signs with the marks that belong to them: a vowel sign at the head of a screen cannot be read."""
    here = ""
    for sign in word:
        hangs = unicodedata.category(sign)[0] == "M" or sign in _JOINERS or here[-1:] in _HELD
        if here and (not hangs or len(here) >= _LONGEST_LETTER):
            yield here
            here = ""
        here += sign
    yield here
