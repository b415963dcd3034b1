"""The expressions of a form (XPath 1.0 as XForms use it), read into nested lists that any language can evaluate.

Every path is resolved while it is read: what `../age` means is known from where it stands. The nodes of an expression
are described in docs/reference/xforms.md, which a browser's evaluator is written against.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datashift.errors import BadXForm
from datashift.forms.xform.grammar import LAST_SAVED, Ast, Place, Reader, Unreadable

HIGHEST = 200
Reference = tuple[str, int]
"""An abstract path, and how many of its leading steps are those of the place where the expression stands."""


@dataclass(frozen=True)
class Expression:
    """One expression. ast: the nested lists, None where it cannot be read, and `why` says why not.

    references: the paths that it reads; calls: the names of the functions that it calls.
    """

    text: str
    ast: Ast | None
    why: str = ""
    references: tuple[Reference, ...] = ()
    calls: frozenset[str] = frozenset()

    def readable(self) -> Ast:
        """Return the nested lists. Raises BadXForm where the expression cannot be read."""
        if self.ast is None:
            raise BadXForm("xform.expression", text=self.text, why=self.why)
        return self.ast


def read_expression(text: str, place: Place) -> Expression:
    """Read `text`, which stands at `place`. Never raises: what cannot be read is told in the result."""
    try:
        ast = Reader(text, place).whole()
    except Unreadable as problem:
        return Expression(text.strip(), None, str(problem))
    if _height(ast) > HIGHEST:
        return Expression(text.strip(), None, "((…))")
    parts = list(walk(ast))
    references = dict.fromkeys(reference for part in parts if part[0] == "form" for reference in _references(part))
    return Expression(text.strip(), ast, "", tuple(references), frozenset(p[1] for p in parts if p[0] == "call"))


def _references(part: Ast) -> Iterator[Reference]:
    """The path of a part of the kind form, and the paths below it that its predicates read."""
    yield path_of(part), part[1]
    above = ""
    for name, *predicates in part[2]:
        above += f"/{name}"
        for inner in (found for predicate in predicates for found in walk(predicate) if found[0] == "item"):
            yield "/".join([above, *(step[0] for step in inner[1])]), part[1]


def path_of(part: Ast) -> str:
    """Return the abstract path of a part of the kind form: /data/group/question."""
    return "/" + "/".join(step[0] for step in part[2])


def walk(ast: Ast) -> Iterator[Ast]:
    """Yield every part of an expression, predicates too."""
    yield ast
    if ast[0] == "op":
        inner = ast[2:]
    elif ast[0] in ("call", "minus"):
        inner = ast[2] if ast[0] == "call" else ast[1:]
    elif ast[0] in ("form", "list", "item"):
        inner = [predicate for step in ast[-1] for predicate in step[1:]]
    else:
        inner = []
    for part in inner:
        yield from walk(part)


def _height(ast: Ast) -> int:
    """How deep an expression is, found without recursion."""
    waiting, highest = [(ast, 1)], 0
    while waiting:
        part, height = waiting.pop()
        highest = max(highest, height)
        waiting += [(inner, height + 1) for inner in part if isinstance(inner, list)]
    return highest


__all__ = ["LAST_SAVED", "Ast", "Expression", "Place", "Reference", "path_of", "read_expression", "walk"]
