"""What follows from what: in which order a form is worked out, and what an answer changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from datashift.forms.xform.expressions import Expression
from datashift.forms.xform.model import Field, XForm
from datashift.forms.xform.nodes import Node

Vertex = tuple[str, str]
"""What is worked out (relevant, calculation), and the path of the field."""


@dataclass(frozen=True)
class Graph:
    """below: the fields right below a path. order: all that is worked out, each after what it follows from.

    readers: path -> (what follows from it, how many steps they have in common). cyclic: paths that follow from
    themselves.
    """

    below: dict[str, tuple[Field, ...]]
    order: tuple[Vertex, ...]
    rank: dict[Vertex, int]
    readers: dict[str, tuple[tuple[Vertex, int], ...]]
    cyclic: tuple[str, ...]

    def following(self, node: Node, *, outside: int = 0) -> Iterator[tuple[int, Node]]:
        """Yield the rank and the node of everything that reads `node`; with `outside`, only what shares fewer steps."""
        for vertex, shared in self.readers.get(node.field.path, ()):
            if not outside or shared < outside:
                names = vertex[1].strip("/").split("/")[shared:]
                for found in node.up(shared).at(names) if shared else ():
                    yield self.rank[vertex], found

    def own(self, node: Node) -> Iterator[tuple[int, Node]]:
        """Yield the ranks of what is worked out for a node itself."""
        for what in ("relevant", "calculation"):
            if (rank := self.rank.get((what, node.field.path))) is not None:
                yield rank, node


@lru_cache(maxsize=64)
def graph_of(form: XForm) -> Graph:
    """Return what follows from what in `form`."""
    below: dict[str, list[Field]] = {}
    for field in form.fields:
        below.setdefault(field.above, []).append(field)
    reads = dict(_reads(form))
    order, cyclic = _sorted(reads)
    readers: dict[str, list[tuple[Vertex, int]]] = {}
    for field in form.fields:
        for what in ("relevant", "calculation"):
            found: Expression | None = getattr(field, what)
            for path, shared in found.references if found else ():
                if path != field.path:
                    readers.setdefault(path, []).append(((what, field.path), shared))
    return Graph(
        {path: tuple(fields) for path, fields in below.items()}, tuple(order),
        {vertex: place for place, vertex in enumerate(order)},
        {path: tuple(found) for path, found in readers.items()}, tuple(cyclic),
    )  # fmt: skip


def _reads(form: XForm) -> Iterator[tuple[Vertex, list[Vertex]]]:
    calculated = {field.path for field in form.fields if field.calculation}
    known = {field.path for field in form.fields}
    for field in form.fields:
        around = [("relevant", field.above)] if field.above in known else []
        yield ("relevant", field.path), around + _read(field, field.relevant, calculated, known)
        if field.calculation:
            own = [("relevant", field.path)]
            yield ("calculation", field.path), own + _read(field, field.calculation, calculated, known)


def _read(field: Field, found: Expression | None, calculated: set[str], known: set[str]) -> list[Vertex]:
    vertices: list[Vertex] = []
    for path, _shared in found.references if found else ():
        if path != field.path and path in known:
            vertices += [("relevant", path)] if not field.path.startswith(f"{path}/") else []
            vertices += [("calculation", path)] if path in calculated else []
    return vertices


def _sorted(reads: dict[Vertex, list[Vertex]]) -> tuple[list[Vertex], list[str]]:
    """Put each vertex behind what it reads; what reads itself is told, and stands where it was met."""
    order: list[Vertex] = []
    state: dict[Vertex, int] = {}
    cyclic: dict[str, None] = {}
    for first in reads:
        stack = [(first, iter(reads[first]))] if first not in state else []
        state.setdefault(first, 1)
        while stack:
            vertex, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                state[vertex] = 2
                order.append(vertex)
            elif following not in state:
                state[following] = 1
                stack.append((following, iter(reads[following])))
            elif state[following] == 1:
                cyclic[vertex[1]] = None
    return order, list(cyclic)
