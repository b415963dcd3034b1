"""The answers as a tree: one node for each place of the form, repeats with their instances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from datashift.forms.xform.model import NUMBERS, Field

_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")
Below = Mapping[str, Sequence[Field]]
"""Path of a group -> the fields right below it, in order."""


class Node:
    """One place: its field, what is around and below it, its answer, and whether it is asked now.

    parked: instances of a repeat, by name, that its count does not need now; they come back when it does.
    settled: a calculation that reads nothing else has been done.
    """

    __slots__ = ("children", "depth", "field", "parent", "parked", "relevant", "settled", "text")

    def __init__(self, field: Field, parent: Node | None) -> None:
        self.field = field
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 1
        self.children: dict[str, list[Node]] = {}
        self.parked: dict[str, list[Node]] = {}
        self.text = field.default
        self.relevant = True
        self.settled = False

    @property
    def counts(self) -> bool:
        """Whether it is a number."""
        return self.field.type == "int" or self.field.type in NUMBERS

    @property
    def index(self) -> int:
        """Its number among the instances of its repeat, from 1; of one that is not there yet, the next."""
        alike = self.parent.children[self.field.name] if self.parent else [self]
        return next((place for place, one in enumerate(alike, 1) if one is self), len(alike) + 1)

    @property
    def path(self) -> str:
        """Its path, with the number of each instance: /data/household[2]/name."""
        above = self.parent.path if self.parent else ""
        return f"{above}/{self.field.name}" + (f"[{self.index}]" if self.field.kind == "repeat" else "")

    def up(self, depth: int) -> Node:
        """Return the node around it (or itself) with so many steps from the root, which has 1."""
        node = self
        while node.depth > depth and node.parent:
            node = node.parent
        return node

    def below(self) -> Iterator[Node]:
        """Yield it and everything below it, in order."""
        yield self
        for alike in self.children.values():
            for child in alike:
                yield from child.below()

    def at(self, names: Sequence[str]) -> list[Node]:
        """Return all nodes reached by following the names of steps below it."""
        found = [self]
        for name in names:
            found = [child for node in found for child in node.children.get(name, ())]
        return found


def grown(field: Field, parent: Node | None, below: Below) -> Node:
    """Return a node with everything below it; repeats as often as the form itself has them."""
    node = Node(field, parent)
    for inner in below.get(field.path, ()):
        times = 0 if inner.repeat_count else inner.repeats if inner.kind == "repeat" else 1
        node.children[inner.name] = [grown(inner, node, below) for _ in range(times)]
    return node


def found_at(root: Node, path: str) -> Node | None:
    """Return the node at a path such as /data/household[2]/name, or None. Without a number it is the first."""
    steps = path.strip("/").split("/")
    if not steps or steps[0] != root.field.name:
        return None
    node = root
    for step in steps[1:]:
        told = _STEP.fullmatch(step)
        alike = node.children.get(told[1], []) if told else []
        place = int(told[2] or 1) if told else 0
        if not 1 <= place <= len(alike):
            return None
        node = alike[place - 1]
    return node
