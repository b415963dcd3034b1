"""When two texts say the same value: the same number, the same truth value, or the same text but for blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

from datashift.corrections.entry import EQUIVALENCES, Equivalence

# A code with a leading zero (007) is a name, not a number.
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,30})(?:\.\d{0,30})?(?:[eE][+-]?\d{1,3})?")
_TRUE, _FALSE = ("1", "true", "1.0"), ("0", "false", "0.0")


def same(one: str | None, other: str | None, allowed: Collection[Equivalence] = EQUIVALENCES) -> str:
    """Say in what way two values are the same: "exact", "number", "truth", "text", or "" where they are not.

    An absent cell and empty text are both an empty cell, and exactly the same.
    """
    left, right = one or "", other or ""
    if left == right:
        return "exact"
    for way in ("number", "truth", "text"):
        if way in allowed and _WAYS[way](left, right):
            return way
    return ""


@lru_cache(maxsize=100_000)
def number(text: str) -> Decimal | None:
    """Return the number that `text` writes with a decimal point, exactly; None for any other text and codes (007)."""
    plain = text.strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def truth(text: str) -> bool | None:
    """Return the truth value that `text` writes (1, 0, TRUE, False …), or None."""
    plain = text.strip().lower()
    return True if plain in _TRUE else False if plain in _FALSE else None


def _same_number(left: str, right: str) -> bool:
    one = number(left)
    return one is not None and one == number(right)


def _same_truth(left: str, right: str) -> bool:
    one = truth(left)
    return one is not None and one is truth(right)


def _same_text(left: str, right: str) -> bool:
    return _plain(left) == _plain(right)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


_WAYS = {"number": _same_number, "truth": _same_truth, "text": _same_text}
