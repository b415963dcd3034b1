"""Works out a form that is being filled in: what is asked, what is calculated, how often a group repeats."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from datashift.forms.xform import moments
from datashift.forms.xform.evaluating import World, evaluate
from datashift.forms.xform.graph import Graph
from datashift.forms.xform.model import Action, Field
from datashift.forms.xform.nodes import Node, grown
from datashift.forms.xform.values import Value, number, number_text, text, truth

if TYPE_CHECKING:
    from datashift.forms.xform.model import XForm

MOST_REPEATS = 500
_ROUNDS = 8
_IN_WORDS = frozenset(("jr:choice-name", "jr:itext"))

Seeds = Iterable[tuple[int, Node]]


def work_out_all(form: XForm, graph: Graph, world: World, root: Node) -> None:
    """Work out everything once, in order, then the number of repeats."""
    for what, path in graph.order:
        for node in root.at(path.strip("/").split("/")[1:]):
            if what == "relevant":
                node.relevant = _is_relevant(node, world)
            elif not node.settled:
                _calculate(node, world)
    count_repeats(form, graph, world, root)


def spread(graph: Graph, world: World, seeds: Seeds) -> None:
    """Work out what is in `seeds` and all that follows from what changes, each after what it reads."""
    waiting = _Waiting()
    add = waiting.add
    add(seeds, -1)
    while waiting.queue:
        rank, node = waiting.take()
        if graph.order[rank][0] == "calculation":
            if _calculate(node, world):
                add(graph.following(node), rank)
        elif (told := _is_relevant(node, world)) != node.relevant:
            node.relevant = told
            add(graph.following(node), rank)
            for alike in node.children.values():
                add(((graph.rank["relevant", child.field.path], child) for child in alike), rank)


class _Waiting:
    """What is still to be worked out, first what others follow from; each only once."""

    def __init__(self) -> None:
        self.queue: list[tuple[int, int, Node]] = []
        self.there: set[tuple[int, int]] = set()
        self.order = count()

    def add(self, found: Seeds, beyond: int) -> None:
        """Add what comes after the rank `beyond`."""
        for rank, node in found:
            if rank > beyond and (rank, id(node)) not in self.there:
                self.there.add((rank, id(node)))
                heapq.heappush(self.queue, (rank, next(self.order), node))

    def take(self) -> tuple[int, Node]:
        """Take the first out."""
        rank, _order, node = heapq.heappop(self.queue)
        self.there.discard((rank, id(node)))
        return rank, node


def count_repeats(form: XForm, graph: Graph, world: World, root: Node) -> None:
    """Give each repeat as many instances as its count says. Those too many are parked, not lost."""
    counted = [field for field in form.fields if field.repeat_count]
    for _round in range(_ROUNDS if counted else 0):
        changed = [_counted(field, graph, world, root) for field in counted]
        if not any(changed):
            return


def _counted(field: Field, graph: Graph, world: World, root: Node) -> bool:
    changed = False
    for parent in root.at(field.above.strip("/").split("/")[1:]):
        wanted = wanted_repeats(field, parent, world)
        alike = parent.children[field.name]
        parked = parent.parked.setdefault(field.name, [])
        if wanted == len(alike):
            continue
        changed = True
        while len(alike) > wanted:
            parked.insert(0, alike.pop())
            spread(graph, world, list(without(graph, parked[0])))
        while len(alike) < wanted:
            fresh = not parked
            alike.append(grown(field, parent, graph.below) if fresh else parked.pop(0))
            begin(graph, world, alike[-1], "odk-new-repeat" if fresh else "")
    return changed


def wanted_repeats(field: Field, parent: Node, world: World) -> int:
    """Return how many instances the count of a repeat asks for, from 0 to the most that are possible."""
    if not field.repeat_count:
        return len(parent.children[field.name])
    stand_in = Node(field, parent)
    told = number(evaluate(field.repeat_count, world, stand_in), world.timezone)
    return int(max(0, min(told, MOST_REPEATS))) if math.isfinite(told) else 0


def could_be_asked(field: Field, parent: Node, world: World) -> bool:
    """Whether an instance of a repeat below `parent` would be asked now."""
    return any(one.relevant for one in parent.children[field.name]) or _is_relevant(Node(field, parent), world)


def begin(graph: Graph, world: World, node: Node, event: str) -> None:
    """Set what actions set in a new instance of a repeat, then work out it and all that follows."""
    inside = list(node.below())
    for action in world.actions:
        if event and event in action.events:
            for target in (one for one in inside if one.field.path == action.target):
                target.text = acted(action, target, world)
    spread(graph, world, list(_with(graph, inside)))


def _with(graph: Graph, inside: list[Node]) -> Iterator[tuple[int, Node]]:
    for node in inside:
        yield from graph.own(node)
        yield from graph.following(node)


def without(graph: Graph, gone: Node) -> Iterator[tuple[int, Node]]:
    """Yield what is to be worked out when an instance is gone: what read it, and what knows its own position."""
    for node in gone.below():
        yield from graph.following(node, outside=gone.depth)
    for alike in gone.parent.children[gone.field.name] if gone.parent else ():
        for node in alike.below():
            found = (getattr(node.field, what) for what in ("relevant", "calculation"))
            if any(one and "position" in one.calls for one in found):
                yield from graph.own(node)


def in_words(form: XForm, graph: Graph, root: Node) -> Iterator[tuple[int, Node]]:
    """Yield what is to be worked out when the language changes."""
    for rank, (what, path) in enumerate(graph.order):
        found = getattr(form.field(path), what)
        if found and found.calls & _IN_WORDS:
            yield from ((rank, node) for node in root.at(path.strip("/").split("/")[1:]))


def acted(action: Action, target: Node, world: World) -> str:
    """Return what an action sets its target to."""
    if isinstance(action.value, str):
        return action.value
    return as_answer(target.field, evaluate(action.value, world, target), world)


def _is_relevant(node: Node, world: World) -> bool:
    if node.parent and not node.parent.relevant:
        return False
    return node.field.relevant is None or truth(evaluate(node.field.relevant, world, node))


def _calculate(node: Node, world: World) -> bool:
    calculation = node.field.calculation
    if calculation is None or (node.settled and not calculation.references and not calculation.calls & _IN_WORDS):
        return False
    before = node.text
    node.text = as_answer(node.field, evaluate(calculation, world, node), world)
    node.settled = node.settled or not calculation.references
    return node.text != before


def as_answer(field: Field, value: Value, world: World) -> str:
    """Return what an expression gave as the text of a field of its type; what is not a number is blank."""
    plain = text(value)
    if isinstance(value, float) and not isinstance(value, bool) and math.isnan(value):
        return ""
    if field.type in ("int", "integer", "decimal"):
        told = number(value, world.timezone)
        if not math.isfinite(told):
            return plain
        return str(math.trunc(told)) if field.type != "decimal" else number_text(told)
    if field.type == "date":
        return moments.day_text(value if isinstance(value, float) else plain, world.timezone) or plain
    if field.type == "dateTime":
        return moments.moment_text(value if isinstance(value, float) else plain, world.timezone) or plain
    return plain
