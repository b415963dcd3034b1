"""What is on screen: the questions asked now, one to a page, but for groups that are shown as one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datashift.forms.xform.filling import could_be_asked
from datashift.forms.xform.model import SILENT, Field
from datashift.forms.xform.nodes import Node

if TYPE_CHECKING:
    from datashift.forms.xform.instance import Instance


@dataclass(frozen=True)
class Entry:
    """One thing on a page: its path, and its field (a question, a note, or a group inside a list)."""

    path: str
    field: Field


@dataclass(frozen=True)
class Page:
    """One page. kind: question, list (the group at `path` with everything in it), or repeat (is there another one?).

    within: the paths of the groups and repeats around it, outermost first. Of a repeat, `path` is where one more
    would be added, and `count` how many there are.
    """

    path: str
    kind: str
    entries: tuple[Entry, ...] = ()
    within: tuple[str, ...] = ()
    count: int = 0


def pages_of(instance: Instance) -> Iterator[Page]:
    """Yield the pages of a form as it is now."""
    yield from _below(instance, instance.root, ())


def _below(instance: Instance, node: Node, within: tuple[str, ...]) -> Iterator[Page]:
    for field in instance.graph.below.get(node.field.path, ()):
        alike = node.children[field.name]
        for child in alike:
            if child.relevant:
                yield from _pages(instance, child, within)
        if field.kind == "repeat" and not field.repeat_count and could_be_asked(field, node, instance):
            yield Page(f"{node.path}/{field.name}", "repeat", (), within, len(alike))


def _pages(instance: Instance, node: Node, within: tuple[str, ...]) -> Iterator[Page]:
    field = node.field
    if field.kind not in ("group", "repeat"):
        if field.kind not in SILENT and seen(field):
            yield Page(node.path, "question", (Entry(node.path, field),), within)
    elif "field-list" in field.appearances:
        entries = tuple(_entries(node))
        if entries:
            yield Page(node.path, "list", entries, (*within, node.path))
    else:
        yield from _below(instance, node, (*within, node.path))


def _entries(node: Node) -> Iterator[Entry]:
    for alike in node.children.values():
        for child in alike:
            if child.relevant and child.field.kind not in SILENT and seen(child.field):
                yield Entry(child.path, child.field)
                yield from _entries(child)


def seen(field: Field) -> bool:
    """Whether a field is shown at all: the groups of metadata are not."""
    return not field.path.endswith("/meta") and "/meta/" not in field.path
