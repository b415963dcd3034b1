"""The language of conditions on rows, in the words that R, SQL and Python share: comp.imp == 'Yes' and meals > 50.

    condition   =  both { ("or" | "|" | "||") both }
    both        =  part { ("and" | "&" | "&&") part }
    part        =  ("not" | "!") part  |  "(" condition ")"  |  side comparison
    comparison  =  ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") side
                |  ["not"] "in" "(" value { "," value } ")"  |  "is" ["not"] "missing"
    side        =  column | value
    value       =  number | 'text' | "text" | true | false

A column is a name (letters of any script, digits, _ and dots), or anything between backticks. Text stands in single,
double or typographic quotes; a quote inside is written twice. Words may be written in small or capital letters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from datashift.errors import BadQuestion
from datashift.language import _

DEEPEST = 40
"""Parentheses and `not` inside each other."""

Value = bool | int | float | str

_QUOTES = {"'": "'", '"': '"', "`": "`", "“": "”", "‘": "’", "„": "“", "«": "»"}
_SIGNS = re.compile(r"==|!=|<>|<=|>=|&&|\|\||[=<>!&|(),]")
_DIGITS = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_SPELLED = {"=": "==", "<>": "!=", "&": "and", "&&": "and", "|": "or", "||": "or", "!": "not"}
_WORDS = {"and", "or", "not", "in", "is", "missing", "true", "false"}
COMPARISONS = {"==", "!=", "<", "<=", ">", ">="}
_INNER = "_.\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


@dataclass(frozen=True)
class Column:
    """A column, by its name in the source."""

    name: str


Side = Column | bool | int | float | str


@dataclass(frozen=True)
class Compare:
    """One comparison; at least one side is a column."""

    left: Side
    operator: str
    right: Side


@dataclass(frozen=True)
class In:
    """The column is one of some values."""

    column: Column
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Missing:
    """The column has no value."""

    column: Column


@dataclass(frozen=True)
class Not:
    """The opposite; what is unknown stays unknown."""

    part: Part


@dataclass(frozen=True)
class Joined:
    """All parts (and) or one of the parts (or)."""

    word: str
    parts: tuple[Part, ...]


Part = Compare | In | Missing | Not | Joined


def parse(text: str) -> Part:
    """Read a condition. Errors: BadQuestion question.condition-…, with the sign where reading stopped."""
    if not text.strip():
        raise BadQuestion("question.condition-empty")
    reader = _Reader(text)
    part = reader.either()
    if reader.here.kind != "end":
        reader.stop(_("“and”, “or” or the end"))
    return part


def as_number(text: str) -> int | float | None:
    """Return the number that `text` writes with a decimal point; None if it writes none, or one too large."""
    if not _DIGITS.fullmatch(text):
        return None
    if text.lstrip("-").isdigit() and len(text) < 19:
        return int(text)
    return float(text) if math.isfinite(float(text)) else None


@dataclass(frozen=True)
class _Token:
    kind: str  # word, name, text, number, sign, end
    value: Any
    position: int  # of its first sign, from 1
    found: str


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _quoted(text, at) or _plain(text, at)
        yield token
        at += len(token.found)
    yield _Token("end", "", at + 1, "")


def _quoted(text: str, at: int) -> _Token | None:
    closing = _QUOTES.get(text[at])
    if closing is None:
        return None
    end = at + 1
    while (end := text.find(closing, end)) >= 0 and text.startswith(closing, end + 1):
        end += 2
    if end < 0:
        raise BadQuestion("question.condition-quote", text=text, position=at + 1, found=text[at])
    value = text[at + 1 : end].replace(closing * 2, closing)
    return _Token("name" if closing == "`" else "text", value, at + 1, text[at : end + 1])


def _plain(text: str, at: int) -> _Token:
    if name := _name(text, at):
        small = name.lower()
        return _Token("word", small, at + 1, name) if small in _WORDS else _Token("name", name, at + 1, name)
    if (found := _DIGITS.match(text, at)) and (number := as_number(found[0])) is not None:
        return _Token("number", number, at + 1, found[0])
    if found := _SIGNS.match(text, at):
        spelled = _SPELLED.get(found[0], found[0])
        return _Token("word" if spelled in _WORDS else "sign", spelled, at + 1, found[0])
    raise BadQuestion("question.condition-sign", text=text, position=at + 1, found=text[at : at + 12])


def _name(text: str, at: int) -> str:
    """Return the name that begins there, with the vowel signs of Indic scripts, which are marks and no letters."""
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] in _INNER or unicodedata.category(text[end])[0] == "M"):
        end += 1
    return text[at:end] if text[at].isalpha() or text[at] == "_" else ""


class _Reader:
    """Walks over the tokens; one method for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = self.depth = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def took(self, *values: str) -> str:
        """Go on if the next word or sign is one of `values`, and return it."""
        if self.here.kind in ("word", "sign") and self.here.value in values:
            self.at += 1
            return str(self.tokens[self.at - 1].value)
        return ""

    def need(self, value: str) -> None:
        if not self.took(value):
            self.stop(f"“{value}”")

    def stop(self, expected: str) -> NoReturn:
        if self.here.kind == "end":
            raise BadQuestion("question.condition-breaks-off", text=self.text, expected=expected)
        raise BadQuestion(
            "question.condition-expected",
            text=self.text, position=self.here.position, found=self.here.found, expected=expected,
        )  # fmt: skip

    def either(self) -> Part:
        return self.joined("or", self.both)

    def both(self) -> Part:
        return self.joined("and", self.one)

    def joined(self, word: str, read: Callable[[], Part]) -> Part:
        parts = [read()]
        while self.took(word):
            parts.append(read())
        return Joined(word, tuple(parts)) if len(parts) > 1 else parts[0]

    def one(self) -> Part:
        opening = self.took("not", "(")
        if not opening:
            return self.comparison()
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadQuestion("question.condition-deep", most=DEEPEST)
        part: Part = Not(self.one()) if opening == "not" else self.either()
        if opening == "(":
            self.need(")")
        self.depth -= 1
        return part

    def comparison(self) -> Part:
        position = self.here.position
        left = self.side()
        if operator := self.took(*COMPARISONS):
            right = self.side()
            if not isinstance(left, Column) and not isinstance(right, Column):
                raise BadQuestion("question.condition-no-column", text=self.text, position=position)
            return Compare(left, operator, right)
        if not isinstance(left, Column):
            self.stop(_("a comparison such as == or <"))
        if self.took("is"):
            negated = bool(self.took("not"))
            self.need("missing")
            return Not(Missing(left)) if negated else Missing(left)
        negated = bool(self.took("not"))
        if not self.took("in"):
            self.stop(_("a comparison such as ==, <, in (…) or is missing"))
        return Not(In(left, self.values())) if negated else In(left, self.values())

    def side(self) -> Side:
        if self.here.kind == "name":
            self.at += 1
            return Column(str(self.tokens[self.at - 1].value))
        return self.value(_("a column or a value"))

    def values(self) -> tuple[Value, ...]:
        self.need("(")
        found = [self.value(_("a value"))]
        while self.took(","):
            found.append(self.value(_("a value")))
        self.need(")")
        return tuple(found)

    def value(self, expected: str) -> Value:
        if self.here.kind in ("text", "number"):
            self.at += 1
            found: Value = self.tokens[self.at - 1].value
            return found
        word = self.took("true", "false")
        if not word:
            self.stop(expected)
        return word == "true"
