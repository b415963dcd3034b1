"""Numbers in words and digits of the reader's language, as precise as their interval allows."""

from __future__ import annotations

import math

from datashift.language import N_, _, current

THIN = "\u202f"
"""The thin blank that does not break: between thousands, and before the per cent sign."""

SPAN = N_("{value} ({lower} to {upper})")

_DIGITS = {"ne": str.maketrans("0123456789", "०१२३४५६७८९")}
_DECIMAL = {"es": ","}


def places(value: float, lower: float | None, upper: float | None) -> int:
    """Return how many decimals the interval allows; below zero means tens, hundreds and so on.

    Whole numbers while half the interval is 1 to 100; below 1 as many decimals as half the interval needs to show its
    first digit (at most 4); from 100 up its first two digits decide. Without an interval: one decimal, or none for a
    whole number and from a hundred up.
    """
    half = (upper - lower) / 2 if lower is not None and upper is not None else 0.0
    if half <= 0:
        return 0 if float(value).is_integer() or abs(value) >= 100 else 1
    if half >= 100:
        return 1 - math.floor(math.log10(half))
    return min(4, max(0, math.ceil(-math.log10(half) - 1e-9)))


def said(number: float, decimals: int = 0) -> str:
    """Return `number` rounded to `decimals`, with thin blanks between thousands, in the reader's digits."""
    rounded = round(number, decimals) + 0.0  # adding 0.0 turns -0.0 into 0.0
    plain = f"{abs(rounded):,.{max(0, decimals)}f}"
    local = plain.replace(".", "\0").replace(",", THIN).replace("\0", _DECIMAL.get(current(), "."))
    return ("−" if rounded < 0 else "") + in_digits(local)


def in_digits(text: str) -> str:
    """Return `text` with its digits in the script of the reader's language."""
    return text.translate(_DIGITS.get(current(), {}))


def amount(value: float, lower: float | None, upper: float | None, unit: str) -> str:
    """Return a figure with its interval, such as "71 % (66 to 76)"; without an interval the figure alone."""
    decimals = places(value, lower, upper)
    sign = f"{THIN}%" if unit == "PT" else ""
    if lower is None or upper is None:
        return said(value, decimals) + sign
    return _(SPAN).format(value=said(value, decimals) + sign, lower=said(lower, decimals), upper=said(upper, decimals))
