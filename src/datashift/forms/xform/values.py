"""What expressions give: text, numbers, true or false, and sets of nodes; and how one becomes another.

The rules are those of XPath 1.0, with what ODK adds: days are numbers, and a set means its first node. They stand in
docs/reference/xforms.md, which a browser's evaluator is written against: change both, or none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Any, Protocol

from datashift.forms.xform.moments import days

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_BLANKS = " \t\n\v\f\r"
NEAR = 1e-12
"""Numbers that lie nearer than this are the same, as in JavaRosa: 0.1 + 0.2 is 0.3."""


class Leaf(Protocol):
    """A node of the form, as far as expressions see it."""

    text: str

    @property
    def counts(self) -> bool:
        """Whether it is a number (integer, decimal)."""
        ...


Member = Leaf | str | Mapping[str, str]
"""A node of the form, a cell of a list, or an item of a list."""
Value = str | float | bool | list[Any]


def text(value: Value) -> str:
    """Return a value as text."""
    if isinstance(value, list):
        return member_text(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else value


def member_text(member: Any) -> str:
    """Return the text of one member of a set."""
    if isinstance(member, str):
        return member
    return "".join(member.values()) if isinstance(member, Mapping) else str(member.text)


def number_text(value: float) -> str:
    """Return a number as text: no exponent, no point where it is whole, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if abs(value - int(value)) < NEAR:
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def number(value: Value, zone: tzinfo) -> float:
    """Return a value as a number; NaN where it is none."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, int | float):
        return float(value)
    plain = trimmed(text(value))
    return float(plain) if _NUMBER.fullmatch(plain) else days(plain, zone) if plain else math.nan


def truth(value: Value) -> bool:
    """Return a value as true or false: of a set, its first node; a number that is not 0; a text that is not empty."""
    if isinstance(value, list):
        return bool(value) and truth(atom(value[0]))
    if isinstance(value, float | int):
        return abs(value) > NEAR
    return value != ""


def words(plain: str) -> list[str]:
    """Return the words of a text, as the codes of several choices are kept."""
    return [word for word in re.split(f"[{_BLANKS}]+", plain) if word]


def trimmed(plain: str) -> str:
    """Return a text without the blanks around it: those of ASCII, so that every evaluator takes off the same."""
    return plain.strip(_BLANKS)


def atom(member: Any) -> str | float:
    """Return a member of a set as it is compared: a question for numbers as a number, all else as text."""
    plain = member_text(member)
    counts = not isinstance(member, str | Mapping) and member.counts
    return float(plain) if counts and _NUMBER.fullmatch(trimmed(plain)) else plain


def atoms(value: Value) -> list[str | float | bool]:
    """Return what is compared for a value: each member of a set, "" for an empty set, or the value itself."""
    if isinstance(value, list):
        return [atom(member) for member in value] or [""]
    return [value]


def equal(left: Value, right: Value, zone: tzinfo) -> bool:
    """Whether some member of `left` equals some member of `right`."""
    return _some(left, right, zone, same=True)


def differ(left: Value, right: Value, zone: tzinfo) -> bool:
    """Whether some member of `left` differs from some member of `right`."""
    return _some(left, right, zone, same=False)


def _some(left: Value, right: Value, zone: tzinfo, *, same: bool) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return (truth(left) == truth(right)) is same
    return any(_alike(a, b, zone) is same for a in atoms(left) for b in atoms(right))


def _alike(left: str | float, right: str | float, zone: tzinfo) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    a, b = number(left, zone), number(right, zone)
    return a == b or abs(a - b) < NEAR
