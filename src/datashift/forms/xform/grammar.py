"""The grammar of expressions: XPath 1.0 as XForms use it, as nested lists in which every path is resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from datashift.forms.xform.patterns import shared_pattern

Ast = list[Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<name>[^\W\d][\w.\-]*(?::(?!:)[^\W\d][\w.\-]*)?)|(?P<sign>!=|<=|>=|::|//|\.\.|[()\[\].@,=<>+\-*/|$]))"
)
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_WORDS = frozenset(("or", "and", "div", "mod"))
_BEFORE_OPERAND = frozenset(("@", "::", "(", "[", ",", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "|"))
DEEPEST = 40
LAST_SAVED = "__last-saved"


@dataclass(frozen=True)
class Place:
    """Where an expression stands: the abstract path of its node, and the paths of all repeats of the form."""

    path: str
    repeats: frozenset[str] = frozenset()


class Unreadable(Exception):
    """What is wrong with an expression, in words."""


@dataclass
class _Steps:
    """A path as it is written: where it starts, and its steps (name with predicates, `..`, `.`)."""

    start: str
    steps: list[list[Any]] = field(default_factory=list)


class Reader:
    """Reads one expression by recursive descent, one method for one rule of the grammar."""

    def __init__(self, text: str, place: Place) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.place = place
        self.inside = 0
        self.depth = 0

    def whole(self) -> Ast:
        """Return the whole expression. Raises Unreadable."""
        ast = self.level(0)
        if self.at < len(self.tokens):
            self.stop()
        return ast

    def stop(self) -> NoReturn:
        found = self.tokens[self.at][1] if self.at < len(self.tokens) else ""
        raise Unreadable(f"“{found}”" if found else "…")

    def peek(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")
        return text if kind in ("sign", "word") else ""

    def take(self, sign: str) -> bool:
        if self.peek() != sign:
            return False
        self.at += 1
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            self.stop()

    def level(self, number: int) -> Ast:
        if number == len(_LEVELS):
            return self.negative()
        terms = [self.level(number + 1)]
        signs: list[str] = []
        while (sign := self.peek()) in _LEVELS[number] and sign:
            self.at += 1
            signs.append(sign)
            terms.append(self.level(number + 1))
        return _halved(terms, signs[0]) if number < 2 and signs else _from_the_left(terms, signs)

    def negative(self) -> Ast:
        if self.take("-"):
            return ["minus", self.nested(self.negative)]
        left = self.operand()
        while self.take("|"):
            left = ["op", "|", left, self.operand()]
        return left

    def nested(self, rule: Callable[..., Ast], *given: Any) -> Ast:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("((…))")
        made = rule(*given)
        self.depth -= 1
        return made

    def operand(self) -> Ast:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")
        if kind in ("number", "text"):
            self.at += 1
            return [kind, float(text) if kind == "number" else text[1:-1]]
        if self.take("("):
            made = self.nested(self.level, 0)
            self.need(")")
            return made
        following = self.tokens[self.at + 1][1] if self.at + 1 < len(self.tokens) else ""
        if kind == "name" and following == "(":
            return self.call(text)
        return self.resolved(self.path())

    def call(self, name: str) -> Ast:
        self.at += 2
        arguments: list[Ast] = []
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.nested(self.level, 0))
        if name in ("instance", "current") and self.peek() == "/":
            return self.resolved(self.rooted(name, arguments))
        rewrite = _REWRITES.get(name)
        return rewrite(self, arguments) if rewrite else ["call", name, arguments]

    def rooted(self, name: str, arguments: list[Ast]) -> _Steps:
        if name == "instance" and not (len(arguments) == 1 and arguments[0][0] == "text"):
            raise Unreadable("instance()")
        self.need("/")
        start = f"instance {arguments[0][1].strip()}" if name == "instance" else "current"
        return _Steps(start, self.steps())

    def path(self) -> _Steps:
        return _Steps("root" if self.take("/") else "here", self.steps())

    def steps(self) -> list[list[Any]]:
        found = [self.step()]
        while self.take("/"):
            found.append(self.step())
        return found

    def step(self) -> list[Any]:
        if self.peek() in (".", ".."):
            self.at += 1
            return [self.tokens[self.at - 1][1]]
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")
        if kind != "name":
            self.stop()
        self.at += 1
        made: list[Any] = [text]
        while self.take("["):
            self.inside += 1
            made.append(self.nested(self.level, 0))
            self.inside -= 1
            self.need("]")
        return made

    def resolved(self, path: _Steps) -> Ast:
        if path.start.startswith("instance "):
            return _listed(path)
        if path.start == "root":
            return self.absolute(path.steps)
        if path.start == "here" and self.inside:
            steps = [step for step in path.steps if step != ["."]]
            if [".."] in steps:
                raise Unreadable("[../…]")
            return ["item", steps]
        return self.relative(path.steps)

    def absolute(self, steps: list[list[Any]]) -> Ast:
        here = self.place.path.strip("/").split("/")
        shared = 0
        for step, name in zip(steps, here, strict=False):
            if step != [name]:
                break
            shared += 1
        whole = "/" + "/".join(step[0] for step in steps)
        if shared == len(steps) and whole in self.place.repeats:
            shared -= 1
        return ["form", shared, steps]

    def relative(self, steps: list[list[Any]]) -> Ast:
        found: list[list[Any]] = [[name] for name in self.place.path.strip("/").split("/")]
        shared = len(found)
        for step in steps:
            if step == [".."]:
                if len(found) < 2:
                    raise Unreadable("..")
                found.pop()
                shared = min(shared, len(found))
            elif step != ["."]:
                found.append(step)
        return ["form", shared, found]

    # --- calls that are told in simpler words ---------------------------------------------------------------------

    def indexed(self, arguments: list[Ast]) -> Ast:
        """indexed-repeat(x, r, i, …) is the path of x with [i] behind r; i is read where the expression stands."""
        if len(arguments) not in (3, 5, 7, 9, 11) or any(
            part[0] != "form" for part in (arguments[0], *arguments[1::2])
        ):
            raise Unreadable("indexed-repeat()")
        steps = [list(step) for step in arguments[0][2]]
        shared = arguments[0][1]
        for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
            depth = len(repeat[2])
            if [step[0] for step in steps[:depth]] != [step[0] for step in repeat[2]]:
                raise Unreadable("indexed-repeat()")
            steps[depth - 1].append(["call", "int", [index]])
            shared = min(shared, depth - 1)
        return ["form", shared, steps]

    def looked_up(self, arguments: list[Ast]) -> Ast:
        """pulldata(list, column, key column, key) is the path of the first item of that list with that key."""
        if len(arguments) != 4 or any(part[0] != "text" for part in arguments[:3]):
            raise Unreadable("pulldata()")
        name, column, key = (part[1].strip() for part in arguments[:3])
        test = ["op", "=", ["item", [[key]]], ["call", "string", [arguments[3]]]]
        return ["list", name.removesuffix(".csv"), [["item", test], [column]]]

    def chosen(self, arguments: list[Ast]) -> Ast:
        """jr:choice-name(code, 'path'): the path is resolved."""
        if len(arguments) != 2 or arguments[1][0] != "text":
            raise Unreadable("jr:choice-name()")
        target = Reader(arguments[1][1], self.place).whole()
        if target[0] != "form":
            raise Unreadable("jr:choice-name()")
        return ["call", "jr:choice-name", [arguments[0], target]]

    def of_itself(self, name: str, arguments: list[Ast]) -> Ast:
        """A function that without an argument is one of the answer itself."""
        return ["call", name, arguments or [["item", []] if self.inside else self.relative([["."]])]]

    def length(self, arguments: list[Ast]) -> Ast:
        """string-length(x): without x, of the answer itself."""
        return self.of_itself("string-length", arguments)

    def spaced(self, arguments: list[Ast]) -> Ast:
        """normalize-space(x): without x, of the answer itself."""
        return self.of_itself("normalize-space", arguments)

    def matched(self, arguments: list[Ast]) -> Ast:
        """regex(x, 'pattern'): the pattern means the same to every evaluator."""
        if len(arguments) == 2 and arguments[1][0] == "text":
            try:
                arguments[1] = ["text", shared_pattern(arguments[1][1])]
            except ValueError as problem:
                raise Unreadable(f"regex(…, '{arguments[1][1]}')") from problem
        return ["call", "regex", arguments]

    def kept(self, arguments: list[Ast]) -> Ast:
        """once(x): what is there already, else x."""
        own: Ast = self.relative([["."]])
        return ["call", "if", [["op", "!=", own, ["text", ""]], own, *arguments]]


_REWRITES: dict[str, Callable[[Reader, list[Ast]], Ast]] = {
    "indexed-repeat": Reader.indexed,
    "pulldata": Reader.looked_up,
    "jr:choice-name": Reader.chosen,
    "once": Reader.kept,
    "string-length": Reader.length,
    "normalize-space": Reader.spaced,
    "regex": Reader.matched,
}


def _from_the_left(terms: list[Ast], signs: list[str]) -> Ast:
    made = terms[0]
    for sign, term in zip(signs, terms[1:], strict=True):
        made = ["op", sign, made, term]
    return made


def _halved(terms: list[Ast], sign: str) -> Ast:
    """Join conditions in halves: the same truth, and a long chain of them is not deep."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return ["op", sign, _halved(terms[:half], sign), _halved(terms[half:], sign)]


def _listed(path: _Steps) -> Ast:
    name = path.start.removeprefix("instance ")
    plain = [step[0] for step in path.steps]
    if name == LAST_SAVED:
        return ["saved", "/" + "/".join(plain)]
    if len(plain) not in (2, 3) or plain[0] != "root" or "." in plain or ".." in plain:
        raise Unreadable(f"instance('{name}')/{'/'.join(plain)}")
    return ["list", name, path.steps[1:]]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, before = 0, "("
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or not found.lastgroup:
            raise Unreadable(f"“{text[at : at + 10].strip()}”")
        kind, said = found.lastgroup, found[found.lastgroup]
        operator = before not in _BEFORE_OPERAND and before not in _WORDS_SEEN
        if kind == "name" and said in _WORDS and operator:
            kind, before = "word", f" {said}"
        else:
            before = said if kind == "sign" else "operand"
        yield kind, said
        at = found.end()


_WORDS_SEEN = frozenset(f" {word}" for word in _WORDS)
