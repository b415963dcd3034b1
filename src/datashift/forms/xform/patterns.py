"""Patterns of regex(): read as Java reads them (ODK Collect does), and told so that Python and JavaScript agree.

The three differ in what \\d, \\s, \\b and the point stand for, in \\p{L}, and in which signs may follow a backslash.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

Rules = Mapping[str, Callable[[str, bool], str]]
"""Kind of a part of a pattern -> how it is told, given the part and whether it stands between [ and ]."""

_PART = re.compile(
    r"(?P<property>\\[pP](?:\{\w+\}|\w))|(?P<quoted>\\Q.*?(?:\\E|$))|(?P<escape>\\.)|(?P<open>\[\^?)|(?P<close>\])"
    r"|(?P<twice>&&|--|~~|\|\|)|(?P<group>\(\?(?:[:=!]|<[=!])?)|(?P<count>(?:[*+?]|\{\d+(?:,\d*)?\})[?+]?)"
    r"|(?P<brace>[{}])|(?P<sign>.)",
    re.DOTALL,
)
_SYNTAX = "^$\\.*+?()[]{}|/"
_LAST = chr(sys.maxunicode)
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t-\\r", "D": f"\\x00-\\/:-{_LAST}",
            "W": f"\\x00-\\/:-@\\[-\\^`\\{{-{_LAST}", "S": f"\\x00-\\x08\\x0e-\\x1f!-{_LAST}"}  # fmt: skip
_NAMED = {"Lower": "a-z", "Upper": "A-Z", "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "A-Za-z0-9",
          "Punct": "!-\\/:-@\\[-`\\{-~", "Space": " \\t-\\r", "ASCII": "\\x00-\\x7f"}  # fmt: skip
_CATEGORIES = frozenset((
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp",
))  # fmt: skip


@lru_cache(maxsize=256)
def shared_pattern(pattern: str) -> str:
    """Return a pattern in the words that Python and JavaScript share. Raises ValueError where there are none."""
    flag = "(?i)" if pattern.startswith("(?i)") else ""
    made = flag + "".join(_told(pattern.removeprefix(flag), _SHARED))
    compiled(made)
    return made


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return what `shared_pattern` gave as Python reads it. Raises ValueError where it is no pattern."""
    flag = "(?i)" if pattern.startswith("(?i)") else ""
    try:
        return re.compile("".join(_told(pattern.removeprefix(flag), _PYTHON)), re.IGNORECASE if flag else 0)
    except (re.error, RecursionError, OverflowError) as problem:
        raise ValueError(pattern) from problem


def _told(pattern: str, rules: Rules) -> Iterator[str]:
    inside = False
    for found in _PART.finditer(pattern):
        kind, part = found.lastgroup or "", found[0]
        if kind == "open":
            if inside or pattern[found.end() : found.end() + 1] == "]":
                raise ValueError(pattern)
            inside = True
        elif kind == "close":
            part = part if inside else "\\]"
            inside = False
        elif kind in rules:
            part = rules[kind](part, inside)
        yield part


# --- into what both share -------------------------------------------------------------------------------------------


def _property(part: str, inside: bool) -> str:
    name = part[2:].strip("{}").removeprefix("Is")
    if name in _NAMED and not (inside and part[1] == "P"):
        return _class(_NAMED[name], inside, without=part[1] == "P")
    if name not in _CATEGORIES:
        raise ValueError(part)
    return f"\\{part[1]}{{{name}}}"


def _class(signs: str, inside: bool, *, without: bool = False) -> str:
    return signs if inside else f"[{'^' if without else ''}{signs}]"


def _quoted(part: str, _inside: bool) -> str:
    plain = part.removeprefix("\\Q").removesuffix("\\E")
    return "".join(f"\\{sign}" if sign in _SYNTAX else sign for sign in plain)


def _escape(part: str, inside: bool) -> str:
    sign = part[1]
    if sign in _CLASSES:
        return _class(_CLASSES[sign], inside)
    if sign.isascii() and sign.isalnum():
        return _letter(sign, inside)
    return part if sign in _SYNTAX or (inside and sign == "-") else sign


def _letter(sign: str, inside: bool) -> str:
    anchors = {"A": "^", "z": "$", "Z": "$", "b": "\\b", "B": "\\B"}
    if not inside and (sign in anchors or sign in "123456789"):
        return anchors.get(sign, f"\\{sign}")
    if sign not in "tnrfxu":
        raise ValueError(sign)
    return f"\\{sign}"


def _twice(part: str, inside: bool) -> str:
    if inside:
        raise ValueError(part)
    return part


def _group(part: str, inside: bool) -> str:
    if part == "(?" and not inside:
        raise ValueError(part)
    return part


def _count(part: str, inside: bool) -> str:
    if part.endswith("+") and len(part) > 1 and not inside:
        raise ValueError(part)
    return part


def _brace(part: str, inside: bool) -> str:
    return part if inside else f"\\{part}"


_SHARED: Rules = {"property": _property, "quoted": _quoted, "escape": _escape, "twice": _twice, "group": _group,
                  "count": _count, "brace": _brace}  # fmt: skip


# --- into Python ----------------------------------------------------------------------------------------------------


def _ranges_of(part: str, inside: bool) -> str:
    return _class(_ranges(part[2:].strip("{}"), part[1] == "p"), inside)


@lru_cache(maxsize=64)
def _ranges(category: str, among: bool) -> str:
    """Return all signs of a category of Unicode (or all others) as ranges."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(category) is among:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def _edge(part: str, _inside: bool) -> str:
    return f"(?a:{part})" if part in ("\\b", "\\B") else part


def _sign(part: str, inside: bool) -> str:
    plain = {".": "[^\\n\\r\\u2028\\u2029]", "$": "\\Z"}
    return part if inside else plain.get(part, part)


_PYTHON: Rules = {"property": _ranges_of, "escape": _edge, "sign": _sign}
