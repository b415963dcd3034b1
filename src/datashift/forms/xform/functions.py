"""The functions of expressions: those of XPath 1.0 and those that the ODK XForms specification adds."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import tzinfo
from decimal import ROUND_FLOOR, Decimal
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from datashift.forms.xform import moments
from datashift.forms.xform.patterns import compiled, shared_pattern
from datashift.forms.xform.places import area, distance
from datashift.forms.xform.values import Value, member_text, number, number_text, text, trimmed, truth, words


class Function(NamedTuple):
    """A function: what it does with the time zone and its arguments, and how many it takes."""

    work: Callable[..., Value]
    least: int
    most: int


MANY = 1000
LONGEST = 10_000
"""Signs of a text that a pattern is tried on."""


def _texts(values: Iterable[Value]) -> list[str]:
    found: list[str] = []
    for value in values:
        found += [member_text(member) for member in value] if isinstance(value, list) else [text(value)]
    return found


def _numbers(zone: tzinfo, values: Iterable[Value]) -> list[float]:
    return [number(plain, zone) for plain in _texts(values)]


def _known(zone: tzinfo, values: Iterable[Value]) -> list[float]:
    """The numbers among values: blanks and what is no number are left out, as JavaRosa does."""
    return [one for one in _numbers(zone, values) if not math.isnan(one)]


def _total(values: Iterable[float]) -> float:
    """Add from left to right, so that every evaluator comes to the same last digit."""
    return reduce(add, values, 0.0)


def _is_blank(value: Value) -> bool:
    return text(value) == "" or (isinstance(value, float) and math.isnan(value))


def _moment(value: Value) -> str | float:
    plain = trimmed(text(value))
    return value if isinstance(value, float) and not isinstance(value, bool) else plain


def _substring(zone: tzinfo, value: Value, start: Value, length: Value = math.inf) -> str:
    first = _half_up(number(start, zone))
    last = first + _half_up(number(length, zone))
    return "".join(sign for place, sign in enumerate(text(value), 1) if first <= place < last)


def _substr(zone: tzinfo, value: Value, start: Value, end: Value | None = None) -> str:
    plain = text(value)
    first = _whole(zone, start)
    last = float(len(plain)) if end is None else _whole(zone, end)
    if math.isnan(first) or math.isnan(last):
        return ""
    size = len(plain)
    ends = [int(max(0, min(size, place + size if place < 0 else place))) for place in (first, last)]
    return plain[ends[0] : ends[1]]


def _translate(_zone: tzinfo, value: Value, old: Value, new: Value) -> str:
    wanted: dict[str, str] = {}
    for place, sign in enumerate(text(old)):
        wanted.setdefault(sign, text(new)[place : place + 1])
    return "".join(wanted.get(sign, sign) for sign in text(value))


def _half_up(value: float) -> float:
    return math.floor(value + 0.5) if math.isfinite(value) else value


def _round(zone: tzinfo, value: Value, places: Value = 0.0) -> float:
    exact, shift = number(value, zone), number(places, zone)
    if not math.isfinite(exact) or not math.isfinite(shift) or abs(shift) > 30:
        return exact
    moved = Decimal(repr(exact)).scaleb(int(shift)) + Decimal("0.5")
    return float(moved.to_integral_value(rounding=ROUND_FLOOR).scaleb(-int(shift)))


def _whole(zone: tzinfo, value: Value) -> float:
    exact = number(value, zone)
    return float(math.trunc(exact)) if math.isfinite(exact) else exact


def _safe(work: Callable[..., float]) -> Callable[..., Value]:
    def safely(zone: tzinfo, *values: Value) -> float:
        try:
            made = work(*(number(value, zone) for value in values))
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan
        return float(made) if not isinstance(made, complex) else math.nan

    return safely


def _selected(_zone: tzinfo, answers: Value, code: Value) -> bool:
    return trimmed(text(code)) in words(text(answers))


def _selected_at(zone: tzinfo, answers: Value, place: Value) -> str:
    codes, at = words(text(answers)), _whole(zone, place)
    return codes[int(at)] if math.isfinite(at) and 0 <= at < len(codes) else ""


def _regex(_zone: tzinfo, value: Value, pattern: Value) -> bool:
    plain = text(value)
    try:
        return len(plain) <= LONGEST and compiled(shared_pattern(text(pattern))).fullmatch(plain) is not None
    except (ValueError, RecursionError):
        return False


def _digest(_zone: tzinfo, value: Value, name: Value, encoding: Value = "base64") -> str:
    kind = text(name).lower().replace("-", "")
    if kind not in ("md5", "sha1", "sha256", "sha384", "sha512"):
        return ""
    made = hashlib.new(kind, text(value).encode(), usedforsecurity=False).digest()
    return made.hex() if text(encoding).lower() == "hex" else base64.b64encode(made).decode()


def _decoded(_zone: tzinfo, value: Value) -> str:
    try:
        return base64.b64decode(text(value), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _uuid(zone: tzinfo, length: Value | None = None) -> str:
    if length is None:
        return str(uuid.uuid4())
    wanted = number(length, zone)
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(signs) for _ in range(int(wanted))) if 0 < wanted <= MANY else ""


def _checklist(zone: tzinfo, least: Value, most: Value, *tests: Value) -> bool:
    return _between(
        sum(truth(test) for value in tests for test in _each(value)), number(least, zone), number(most, zone)
    )


def _weighted(zone: tzinfo, least: Value, most: Value, *tests: Value) -> bool:
    sets = len(tests) == 2 and all(isinstance(one, list) for one in tests)
    pairs = zip(*map(_each, tests), strict=False) if sets else zip(tests[::2], tests[1::2], strict=False)
    weights = [number(weight, zone) for test, weight in pairs if truth(test)]
    return _between(_total(weights), number(least, zone), number(most, zone))


def _between(value: float, least: float, most: float) -> bool:
    return (least < 0 or value >= least) and (most < 0 or value <= most)


def _each(value: Value) -> list[Value]:
    return [[member] for member in value] if isinstance(value, list) else [value]


def _extreme(choose: Callable[..., float]) -> Callable[..., Value]:
    def chosen(zone: tzinfo, *values: Value) -> float:
        return choose(_known(zone, values), default=math.nan)

    return chosen


def _grouped(zone: tzinfo, value: Value) -> str:
    exact = number(value, zone)
    whole, point, rest = number_text(abs(exact)).partition(".")
    if not whole.isdigit():
        return text(value)
    return f"{'-' if exact < 0 else ''}{int(whole):,}{point}{rest}"


def _members(value: Value) -> list[Any]:
    return value if isinstance(value, list) else []


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


_MATHS: dict[str, tuple[Callable[..., float], int]] = {
    "pow": (_power, 2), "log": (math.log, 1), "log10": (math.log10, 1), "exp": (math.exp, 1), "sqrt": (math.sqrt, 1),
    "abs": (abs, 1), "sin": (math.sin, 1), "cos": (math.cos, 1), "tan": (math.tan, 1), "asin": (math.asin, 1),
    "acos": (math.acos, 1), "atan": (math.atan, 1), "atan2": (math.atan2, 2), "floor": (math.floor, 1),
    "ceiling": (math.ceil, 1), "exp10": (lambda x: math.pow(10, x), 1),
}  # fmt: skip

FUNCTIONS: dict[str, Function] = {
    **{name: Function(_safe(work), count, count) for name, (work, count) in _MATHS.items()},
    "selected": Function(_selected, 2, 2),
    "selected-at": Function(_selected_at, 2, 2),
    "count-selected": Function(lambda _z, answers: float(len(words(text(answers)))), 1, 1),
    "count": Function(lambda _z, nodes: float(len(_members(nodes))), 1, 1),
    "count-non-empty": Function(lambda _z, nodes: float(sum(m != "" for m in _texts([nodes]))), 1, 1),
    "sum": Function(lambda zone, *values: _total(_known(zone, values)), 1, MANY),
    "min": Function(_extreme(min), 1, MANY),
    "max": Function(_extreme(max), 1, MANY),
    "join": Function(lambda _z, sign, *values: text(sign).join(_texts(values)), 1, MANY),
    "concat": Function(lambda _z, *values: "".join(_texts(values)), 0, MANY),
    "coalesce": Function(lambda _z, first, second: second if _is_blank(first) else first, 2, 2),
    "substr": Function(_substr, 2, 3),
    "substring": Function(_substring, 2, 3),
    "substring-before": Function(
        lambda _z, a, b: text(a).partition(text(b))[0] if text(b) and text(b) in text(a) else "", 2, 2
    ),
    "substring-after": Function(lambda _z, a, b: text(a).partition(text(b))[2] if text(b) else text(a), 2, 2),
    "string-length": Function(lambda _z, value: float(len(text(value))), 1, 1),
    "contains": Function(lambda _z, a, b: text(b) in text(a), 2, 2),
    "starts-with": Function(lambda _z, a, b: text(a).startswith(text(b)), 2, 2),
    "ends-with": Function(lambda _z, a, b: text(a).endswith(text(b)), 2, 2),
    "translate": Function(_translate, 3, 3),
    "normalize-space": Function(lambda _z, value: " ".join(words(text(value))), 1, 1),
    "regex": Function(_regex, 2, 2),
    "string": Function(lambda _z, value: text(value), 1, 1),
    "number": Function(lambda zone, value: number(value, zone), 1, 1),
    "boolean": Function(lambda _z, value: truth(value), 1, 1),
    "not": Function(lambda _z, value: not truth(value), 1, 1),
    "true": Function(lambda _z: True, 0, 0),
    "false": Function(lambda _z: False, 0, 0),
    "boolean-from-string": Function(lambda _z, value: text(value).lower() in ("true", "1"), 1, 1),
    "int": Function(_whole, 1, 1),
    "round": Function(_round, 1, 2),
    "pi": Function(lambda _z: math.pi, 0, 0),
    "random": Function(lambda _z: secrets.randbelow(2**53) / 2**53, 0, 0),
    "uuid": Function(_uuid, 0, 1),
    "date": Function(lambda zone, value: moments.day_text(_moment(value), zone), 1, 1),
    "date-time": Function(lambda zone, value: moments.moment_text(_moment(value), zone), 1, 1),
    "decimal-date-time": Function(lambda zone, value: moments.instant(trimmed(text(value)), zone), 1, 1),
    "decimal-time": Function(lambda zone, value: moments.clock(trimmed(text(value)), zone), 1, 1),
    "format-date": Function(lambda zone, v, pattern: moments.formatted(_moment(v), text(pattern), zone), 2, 2),
    "format-date-time": Function(lambda zone, v, pattern: moments.formatted(_moment(v), text(pattern), zone), 2, 2),
    "digest": Function(_digest, 2, 3),
    "base64-decode": Function(_decoded, 1, 1),
    "area": Function(lambda _z, *values: area(_texts(values)), 1, MANY),
    "distance": Function(lambda _z, *values: distance(_texts(values)), 1, MANY),
    "checklist": Function(_checklist, 3, MANY),
    "weighted-checklist": Function(_weighted, 4, MANY),
    "thousands-sep": Function(_grouped, 1, 1),
}
"""Functions that need their arguments and the time zone only."""
