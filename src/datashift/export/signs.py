"""What of a text and of a number a file can hold."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_LONE = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")

# Up to 15 digits are exact in the floats of workbooks and SPSS. 007 is no number: its zeros would be lost.
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
DECIMAL = re.compile(r"(?!-0(?:\.0*)?\Z)-?(?=(?:[0-9]\.?){1,15}\Z)(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NAMING = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def sound(text: str) -> str:
    """Return a text that UTF-8 can hold: half a sign (a lone surrogate) becomes the replacement sign."""
    return text.translate(_LONE)


def lettered(name: str, also: str) -> str:
    """Return a name of letters and digits of any script and these signs; all others become one _.

    The signs of vowels in scripts such as Devanagari belong to letters, which regular expressions forget.
    """
    kept = "".join(one if one in also or unicodedata.category(one) in _NAMING else "\0" for one in name)
    return re.sub("\0+", "_", kept)


def is_day(text: str) -> bool:
    """Say whether a text is a day of the calendar, as 2026-02-28."""
    return day(text) is not None


def day(text: str) -> dt.date | None:
    """Return the day that a text names, None where it names none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def within(text: str, most: int) -> str:
    """Return as much of a text as fits into a number of UTF-8 bytes, whole signs only."""
    return text.encode()[:most].decode("utf-8", "ignore")
