"""Works out an expression where it stands. What the parts of an expression mean: docs/reference/xforms.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from datashift.errors import BadXForm
from datashift.forms.xform.expressions import Ast, Expression, path_of, walk
from datashift.forms.xform.functions import FUNCTIONS, MANY
from datashift.forms.xform.model import Action, Row
from datashift.forms.xform.moments import moment_text
from datashift.forms.xform.nodes import Node
from datashift.forms.xform.values import Value, differ, equal, number, text, truth

SPECIAL = {"if": (3, 3), "position": (0, 1), "last": (0, 0), "today": (0, 0), "now": (0, 0), "version": (0, 0),
           "property": (1, 1), "jr:choice-name": (2, 2), "jr:itext": (1, 1)}  # fmt: skip
"""Functions that need more than their arguments, with the least and the most of these."""


class World(Protocol):
    """What expressions see around the nodes."""

    root: Node
    now: datetime
    today: date
    timezone: tzinfo
    known: Mapping[str, str]
    last_saved: Mapping[str, str]
    version: str
    actions: tuple[Action, ...]

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a list."""
        ...

    def matching(self, name: str, column: str, wanted: str) -> tuple[Row, ...]:
        """Return the rows of a list whose cell in `column` is `wanted`."""
        ...

    def choice_label(self, path: str, node: Node, code: str) -> str:
        """Return the label of a choice of the question at `path`, as seen from `node`."""
        ...

    def text_of(self, identity: str) -> str:
        """Return the text that is named by an id, in the current language."""
        ...


@dataclass(frozen=True)
class Here:
    """Where an expression is worked out; item, place and size are set inside [ ] only."""

    world: World
    node: Node
    item: Any = None
    place: int = 0
    size: int = 0


def evaluate(expression: Expression, world: World, node: Node) -> Value:
    """Return what an expression gives at `node`. Raises BadXForm where it cannot be read or calls what nobody knows."""
    return _value(expression.readable(), Here(world, node))


def _value(ast: Ast, here: Here) -> Value:
    return _KINDS[ast[0]](ast, here)


def _literal(ast: Ast, _here: Here) -> Value:
    found: Value = ast[1]
    return found


def _minus(ast: Ast, here: Here) -> Value:
    return -number(_value(ast[1], here), here.world.timezone)


# --- paths ----------------------------------------------------------------------------------------------------------


def _form(ast: Ast, here: Here) -> Value:
    """Nodes of the form: the first `shared` steps are those of the node itself; what is not asked does not count."""
    shared, steps = ast[1], ast[2]
    if shared:
        found = [here.node.up(shared)]
    else:
        found = [here.world.root] if steps[0][0] == here.world.root.field.name else []
        shared = 1
    for step in steps[shared:]:
        below = [child for parent in found for child in parent.children.get(step[0], ())]
        found = [child for child in below if child.relevant]
        for predicate in step[1:]:
            found = _kept(found, predicate, here)
    return [node for node in found if node.relevant]


def _item(ast: Ast, here: Here) -> Value:
    found = [here.item]
    for step in ast[1]:
        below: list[Any] = []
        for one in found:
            if isinstance(one, Node):
                below += one.children.get(step[0], [])
            elif isinstance(one, Mapping) and step[0] in one:
                below.append(one[step[0]])
        found = below
        for predicate in step[1:]:
            found = _kept(found, predicate, here)
    return found


def _list(ast: Ast, here: Here) -> Value:
    name, steps = ast[1], ast[2]
    predicates = list(steps[0][1:])
    rows: list[Any] | None = None
    if predicates:
        rows, predicates[0:1] = _looked_up(name, predicates[0], here)
    found: list[Any] = list(here.world.rows(name)) if rows is None else rows
    for predicate in predicates:
        found = _kept(found, predicate, here)
    if len(steps) == 1:
        return found
    column = steps[1][0]
    cells = [row[column] for row in found if column in row]
    for predicate in steps[1][1:]:
        cells = _kept(cells, predicate, here)
    return cells


def _looked_up(name: str, predicate: Ast, here: Here) -> tuple[list[Any] | None, list[Ast]]:
    """Take the rows of `column = text` from an index; return them with what of the predicate is left to be tested."""
    if predicate[:2] == ["op", "and"]:
        rows, left = _looked_up(name, predicate[2], here)
        return rows, [*left, ["call", "boolean", [predicate[3]]]]
    if predicate[:2] == ["op", "="]:
        for column, other in (predicate[2:], predicate[:1:-1]):
            plain = column[0] == "item" and len(column[1]) == 1 and len(column[1][0]) == 1
            if plain and not any(part[0] in ("item", "call") for part in walk(other)):
                wanted = _value(other, here)
                if isinstance(wanted, str) or _one_text(wanted):
                    return list(here.world.matching(name, column[1][0][0], text(wanted))), []
    return None, [predicate]


def _one_text(value: Value) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], Node) and not value[0].counts


def _kept(found: list[Any], predicate: Ast, here: Here) -> list[Any]:
    kept = []
    for place, one in enumerate(found, 1):
        told = _value(predicate, replace(here, item=one, place=place, size=len(found)))
        numeric = isinstance(told, float) and not isinstance(told, bool)
        if (told == place) if numeric else truth(told):
            kept.append(one)
    return kept


def _saved(ast: Ast, here: Here) -> Value:
    return here.world.last_saved.get(ast[1], "")


# --- operators ------------------------------------------------------------------------------------------------------


def _op(ast: Ast, here: Here) -> Value:
    sign = ast[1]
    if sign in ("and", "or"):
        first = truth(_value(ast[2], here))
        return truth(_value(ast[3], here)) if first is (sign == "and") else first
    left, right = _value(ast[2], here), _value(ast[3], here)
    if sign == "|":
        return [*_set(left), *(one for one in _set(right) if not any(one is other for other in _set(left)))]
    return _SIGNS[sign](left, right, here.world.timezone)


def _set(value: Value) -> list[Any]:
    return value if isinstance(value, list) else []


def _arithmetic(work: Callable[[float, float], float]) -> Callable[[Value, Value, tzinfo], Value]:
    def worked(left: Value, right: Value, zone: tzinfo) -> Value:
        return work(number(left, zone), number(right, zone))

    return worked


def _ordered(work: Callable[[float, float], bool]) -> Callable[[Value, Value, tzinfo], Value]:
    def compared(left: Value, right: Value, zone: tzinfo) -> Value:
        sides = [[number([m], zone) for m in side] if isinstance(side, list) else [number(side, zone)]
                 for side in (left, right)]  # fmt: skip
        return any(work(a, b) for a in sides[0] for b in sides[1])

    return compared


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    if math.isnan(left) or math.isnan(right) or left == 0:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_SIGNS: dict[str, Callable[[Value, Value, tzinfo], Value]] = {
    "=": equal, "!=": differ,
    "<": _ordered(lambda a, b: a < b), "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b), ">=": _ordered(lambda a, b: a >= b),
    "+": _arithmetic(lambda a, b: a + b), "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b), "div": _arithmetic(_divided), "mod": _arithmetic(_remainder),
}  # fmt: skip


# --- calls ----------------------------------------------------------------------------------------------------------


def _call(ast: Ast, here: Here) -> Value:
    name, arguments = ast[1], ast[2]
    if not takes(name, len(arguments)):
        raise BadXForm("xform.function", path=here.node.field.path, name=name)
    if name == "if":
        return _value(arguments[1 if truth(_value(arguments[0], here)) else 2], here)
    values = [_value(argument, here) for argument in arguments]
    if name in SPECIAL:
        return _special(name, arguments, values, here)
    return FUNCTIONS[name].work(here.world.timezone, *values)


def takes(name: str, count: int) -> bool:
    """Whether a function of that name is known, and takes so many arguments."""
    if name in SPECIAL:
        least, most = SPECIAL[name]
    elif name in FUNCTIONS:
        _work, least, most = FUNCTIONS[name]
    else:
        return False
    return least <= count <= min(most, MANY)


def _special(name: str, arguments: list[Ast], values: list[Value], here: Here) -> Value:
    world = here.world
    if name == "position":
        return float(here.place or here.node.index) if not values else _position(values[0])
    if name == "jr:choice-name":
        return world.choice_label(path_of(arguments[1]), here.node, text(values[0]))
    plain: dict[str, Callable[[], Value]] = {
        "today": lambda: world.today.isoformat(),
        "now": lambda: moment_text(world.now, world.timezone),
        "version": lambda: world.version,
        "property": lambda: world.known.get(text(values[0]), ""),
        "last": lambda: float(here.size),
        "jr:itext": lambda: world.text_of(text(values[0])),
    }
    return plain[name]()


def _position(value: Value) -> float:
    members = _set(value)
    return float(members[0].index) if members and isinstance(members[0], Node) else math.nan


_KINDS: dict[str, Callable[[Ast, Here], Value]] = {
    "text": _literal, "number": _literal, "minus": _minus, "form": _form, "item": _item, "list": _list,
    "saved": _saved, "op": _op, "call": _call,
}  # fmt: skip
