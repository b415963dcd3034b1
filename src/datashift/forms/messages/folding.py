"""Texts as they are compared: what people leave out or add when they type on a phone makes no difference."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000
"""Signs of one message that are looked at."""
LONGEST_KEYWORD = 20
_STRAY = " .,;:!?¡¿()[]{}\"'“”„«»।॥*#_"
_APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʼ`´", "'"))
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\u20e3\ufe00-\ufe0f\ufeff]")
"""Joiners and what makes a sign a picture: nobody sees whether they are there."""
_ACCENTS = re.compile("[\u0300-\u036f]")
"""Of Latin, Greek and Cyrillic. The vowel signs of Devanagari are others: without them it is another word."""
_DASHES = re.compile(r"^[-–—•]\s+|\s*[-–—]+$")


def tidy(said: str) -> str:
    """Return what was said without what no form keeps: one width of signs, digits of computers, no control signs."""
    shown = unicodedata.normalize("NFC", said[:LONGEST])
    kept = (" " if sign.isspace() else sign for sign in shown if sign.isspace() or unicodedata.category(sign)[0] != "C"
            or sign in "\u200c\u200d")  # fmt: skip
    return " ".join("".join(kept).split())


def folded(said: str) -> str:
    """Return a text with small letters and digits of computers, and nothing around it."""
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in said)
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", digits).translate(_APOSTROPHES)).casefold()
    return unicodedata.normalize("NFC", plain).strip(_STRAY)


def bare(said: str) -> str:
    """Return a text as it is compared: folded, without accents, apostrophes and the dash of a list."""
    letters = _ACCENTS.sub("", unicodedata.normalize("NFD", folded(said))).replace("'", "")
    plain = _DASHES.sub("", " ".join(letters.split())).strip(_STRAY)
    return unicodedata.normalize("NFC", plain)


def as_keyword(said: str) -> str:
    """Return a keyword as it is kept; "" where it is not one word of letters (of any script) and digits."""
    word = unicodedata.normalize("NFC", said.strip())
    kinds = [unicodedata.category(sign)[0] for sign in word if sign not in "\u200c\u200d"]
    fits = bool(kinds) and kinds[0] in "LN" and set(kinds) <= set("LMN") and len(word) <= LONGEST_KEYWORD
    return word if fits and not bare(word).isdecimal() else ""
