"""Read flat YAML: lines of the form `key: text`, as the translations of goals, targets and indicators are written.

The text is plain or in single or double quotes and may go on over indented lines, which are folded as YAML 1.1 says: a
line break becomes a blank, an empty line a line break. Everything else that YAML can say (lists, nesting, anchors,
types) is refused with its line, so that nothing is misread.
"""

from __future__ import annotations

import re

from datashift.errors import BadStandard
from datashift.language import _

_KEY = re.compile(r"([^\s:#'\"\[\]{},&*!|>%@`?-][^\n:#]*|-?[^\s\n:#'\"]+)[ \t]*:(?=[ \t\n]|$)[ \t]*")
_SINGLE = re.compile(r"'((?:[^']|'')*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REST = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\n]*)?(?:\n|$)")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\n[ \t]*|.)", re.DOTALL)
_MARKS = dict(zip('0abtnvfre "/\\N_LP', '\0\a\b\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_NOT_PLAIN = tuple("[]{},&*!|>%@`#")
_OPEN = "\x00"
"""Stands for a character that folding must not touch; it cannot occur in the text of a YAML file."""


def read_flat(text: str, file: str) -> dict[str, str]:
    """Return the texts of a flat YAML file by key, in their order; `file` names it in errors.

    Raises BadStandard, naming the line, for everything that is not `key: text` and for a key that comes twice.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if _OPEN in text:
        raise _problem(text, text.index(_OPEN), file, _("there is a sign that text cannot hold"))
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        line = text[at:end]
        if not line.strip() or line.startswith("#") or (at == 0 and line.strip() == "---"):
            at = end
            continue
        key = _KEY.match(text, at)
        if key is None:
            raise _problem(text, at, file, _("this is not “key: text”"))
        name = key[1].strip()
        if name in found:
            raise _problem(text, at, file, _("the key {key} comes twice").format(key=name))
        found[name], at = _value(text, key.end(), file)
    return found


def _value(text: str, at: int, file: str) -> tuple[str, int]:
    sign = text[at : at + 1]
    if sign in ("'", '"'):
        return _quoted(text, at, file, _SINGLE if sign == "'" else _DOUBLE)
    return _plain(text, at, file)


def _quoted(text: str, at: int, file: str, pattern: re.Pattern[str]) -> tuple[str, int]:
    found = pattern.match(text, at)
    if found is None:
        raise _problem(text, at, file, _("a quote sign is opened and not closed"))
    for line in re.finditer(r"\n(?=[^\s])", found[0]):
        raise _problem(text, at + line.end(), file, _("the text goes on without being indented"))
    rest = _REST.match(text, found.end())
    if rest is None:
        raise _problem(text, found.end(), file, _("something stands behind the closing quote sign"))
    if pattern is _SINGLE:
        return _folded(found[1]).replace("''", "'"), rest.end()
    return _unescaped(found[1], text, at, file), rest.end()


def _unescaped(inner: str, text: str, at: int, file: str) -> str:
    kept: list[str] = []

    def keep(escape: re.Match[str]) -> str:
        said = escape[1]
        if said[0] == "\n":
            return ""
        if len(said) > 1:
            number = int(said[1:], 16)
            if number > 0x10FFFF:
                raise _problem(text, at, file, _("\\{escape} is no sign").format(escape=said))
            kept.append(chr(number))
        elif said in _MARKS:
            kept.append(_MARKS[said])
        else:
            raise _problem(text, at, file, _("\\{escape} is no sign").format(escape=said))
        return _OPEN

    folded = _folded(_ESCAPE.sub(keep, inner))
    parts = iter(kept)
    return "".join(next(parts) if sign == _OPEN else sign for sign in folded)


def _plain(text: str, at: int, file: str) -> tuple[str, int]:
    lines, start = [], at
    while True:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        lines.append(text[at:end])
        at = min(end + 1, len(text))
        following = re.compile(r"(?:[ \t]*\n)*").match(text, at)
        assert following is not None
        if at >= len(text) or text[following.end() : following.end() + 1] not in (" ", "\t"):
            break
    whole = "\n".join(lines).rstrip("\n")
    inner = whole.strip()
    if inner.startswith(_NOT_PLAIN) or inner[:2] in ("- ", "? ") or inner in ("-", "?"):
        raise _problem(text, start, file, _("the text begins with a sign that YAML reads otherwise; put it in quotes"))
    if re.search(r":(?=\s)|:$|\s#", inner):
        raise _problem(text, start, file, _("the text holds “: ” or “ #”; put it in quotes"))
    return _folded(inner), at


def _folded(text: str) -> str:
    first, *others = text.split("\n")
    if not others:
        return first
    lines = [first.rstrip(" \t"), *(line.strip(" \t") for line in others[:-1]), others[-1].lstrip(" \t")]
    folded, breaks = lines[0], 0
    for number, line in enumerate(lines[1:], 1):
        breaks += 1
        if line or number == len(lines) - 1:
            folded += ("\n" * (breaks - 1) or " ") + line
            breaks = 0
    return folded


def _problem(text: str, at: int, file: str, problem: str) -> BadStandard:
    return BadStandard("standard.framework-yaml", file=file, row=text.count("\n", 0, at) + 1, problem=problem)
