"""What does not fit yet in a form that is being filled in: blanks that are needed, answers that break a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from datashift.errors import BadXForm
from datashift.forms.xform import moments
from datashift.forms.xform.choices import codes_of
from datashift.forms.xform.evaluating import evaluate
from datashift.forms.xform.filling import MOST_REPEATS
from datashift.forms.xform.model import GROUPS, SELECTS, SILENT
from datashift.forms.xform.nodes import Node
from datashift.forms.xform.places import positions
from datashift.forms.xform.values import number, trimmed, truth, words

if TYPE_CHECKING:
    from datashift.forms.xform.instance import Instance


@dataclass(frozen=True)
class Fault:
    """What does not fit: the path, a code of BadXForm, and the sentence for the person (the form's own, if it has
    one)."""

    path: str
    code: str
    text: str


def _whole(text: str) -> bool:
    return text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()


def _number(text: str) -> bool:
    found = number(text, UTC)
    return found == found and moments.as_day(text) is None and moments.as_moment(text, UTC) is None


_FITS: dict[str, tuple[Callable[[str], Any], str]] = {
    "integer": (_whole, "xform.whole-number"),
    "decimal": (_number, "xform.a-number"),
    "range": (_number, "xform.a-number"),
    "date": (moments.as_day, "xform.a-date"),
    "time": (lambda text: moments.as_time(text) is not None, "xform.a-time"),
    "dateTime": (lambda text: moments.as_moment(text, UTC), "xform.a-moment"),
    "geopoint": (lambda text: positions([text]), "xform.a-place"),
    "geotrace": (lambda text: positions([text]), "xform.a-place"),
    "geoshape": (lambda text: positions([text]), "xform.a-place"),
}


def fault_of(instance: Instance, node: Node) -> Fault | None:
    """Return what does not fit at one node that is asked now, or None."""
    field = node.field
    if field.kind == "repeat" and len(_alike(node)) >= MOST_REPEATS and field.repeat_count:
        return _fault(instance, node, "xform.many-repeats", path=field.name, most=MOST_REPEATS)
    if field.kind in GROUPS | SILENT:
        return None
    if not trimmed(node.text):
        needed = field.required and truth(evaluate(field.required, instance, node))
        return _fault(instance, node, "xform.required") if needed else None
    return _of_answer(instance, node)


def _of_answer(instance: Instance, node: Node) -> Fault | None:
    field = node.field
    fits, code = _FITS.get(field.kind, (bool, ""))
    if code and not fits(trimmed(node.text)):
        return _fault(instance, node, code)
    if field.kind == "range" and not _in_range(node):
        ends = {name: field.parameters.get(name, "") for name in ("start", "end")}
        return _fault(instance, node, "xform.between", **ends)
    if field.kind in SELECTS and field.choices:
        chosen = [node.text] if field.kind == "select_one" else words(node.text)
        if not set(chosen) <= set(codes_of(instance, node)):
            return _fault(instance, node, "xform.not-offered")
    if field.constraint and not truth(evaluate(field.constraint, instance, node)):
        return _fault(instance, node, "xform.constraint")
    return None


def _in_range(node: Node) -> bool:
    start, end = (number(node.field.parameters.get(name, ""), UTC) for name in ("start", "end"))
    told = number(node.text, UTC)
    return not (told < min(start, end) or told > max(start, end))


def _alike(node: Node) -> list[Node]:
    return node.parent.children[node.field.name] if node.parent else [node]


def _fault(instance: Instance, node: Node, code: str, **facts: Any) -> Fault:
    own = {"xform.required": node.field.required_message, "xform.constraint": node.field.constraint_message}
    said = instance.words(own.get(code, {}), node)
    return Fault(node.path, code, said or str(BadXForm(code, **facts)))
