"""The choices of a question as they are now: filtered, in their order, in words."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datashift.forms.xform.evaluating import evaluate
from datashift.forms.xform.model import Itemset, spoken
from datashift.forms.xform.nodes import Node
from datashift.forms.xform.values import number, text

if TYPE_CHECKING:
    from datashift.forms.xform.instance import Instance

_MODULUS = 2**31 - 1


@dataclass(frozen=True)
class Choice:
    """One choice: its code, its label in the language of the person, and its files (image, audio … -> file name)."""

    code: str
    label: str
    media: Mapping[str, str] = field(default_factory=dict)


def codes_of(instance: Instance, node: Node) -> list[str]:
    """Return the codes that a question offers now."""
    itemset = node.field.choices
    return [code for code, _member in _members(instance, node, itemset)] if itemset else []


def choices_of(instance: Instance, node: Node) -> list[Choice]:
    """Return the choices that a question offers now, in the order in which they are shown."""
    itemset = node.field.choices
    if itemset is None:
        return []
    found = [_choice(instance, node, itemset, code, member) for code, member in _members(instance, node, itemset)]
    return shuffled(found, _seed(instance, node, itemset)) if itemset.shuffled else found


def label_of(instance: Instance, path: str, node: Node, code: str) -> str:
    """Return the label of one choice of the question at an abstract path, as seen from `node`."""
    asked = _nearest(instance, path, node)
    itemset = asked.field.choices if asked else None
    if asked is None or itemset is None:
        return ""
    for other, member in _members(instance, asked, itemset):
        if other == code:
            return _choice(instance, asked, itemset, code, member).label
    return ""


def _nearest(instance: Instance, path: str, node: Node) -> Node | None:
    steps = path.strip("/").split("/")
    here = node.field.path.strip("/").split("/")
    shared = next((n for n, (a, b) in enumerate(zip(steps, here, strict=False)) if a != b), min(len(steps), len(here)))
    start = node.up(shared) if shared else instance.root
    return next(iter(start.at(steps[max(shared, 1) :])), None)


def _members(instance: Instance, node: Node, itemset: Itemset) -> Iterator[tuple[str, Any]]:
    found = evaluate(itemset.nodes, instance, node)
    for member in found if isinstance(found, list) else ():
        if code := _cell(member, itemset.value):
            yield code, member


def _cell(member: Any, column: str) -> str:
    if isinstance(member, Node):
        plain = column.removeprefix("./")
        return next((child.text for child in member.children.get(plain, ())), "")
    return str(member.get(column, "")) if isinstance(member, Mapping) else ""


def _choice(instance: Instance, node: Node, itemset: Itemset, code: str, member: Any) -> Choice:
    cell = _cell(member, itemset.label)
    if not itemset.label_is_text:
        return Choice(code, cell or code)
    form = instance.form
    said = form.texts.get(cell, {})
    label = instance.words(said.get("", {}), node)
    media = {
        kind: str(parts[0])
        for kind, by_language in said.items()
        if kind not in ("", "guidance", "short", "long")
        and (parts := spoken(by_language, instance.language, form.default_language))
    }
    return Choice(code, label or code, media)


def _seed(instance: Instance, node: Node, itemset: Itemset) -> int:
    if itemset.seed is not None:
        told = number(evaluate(itemset.seed, instance, node), instance.timezone)
        if math.isfinite(told):
            return int(told)
        return zlib.crc32(text(evaluate(itemset.seed, instance, node)).encode())
    return zlib.crc32(f"{instance.instance_id}{node.path}".encode())


def shuffled(found: list[Any], seed: int) -> list[Any]:
    """Return a list in the order that ODK's randomize() gives it: Fisher and Yates with Park and Miller's numbers."""
    state = int(math.fmod(seed, _MODULUS))  # the sign of the seed, as in JavaScript and Java
    state += _MODULUS - 1 if state <= 0 else 0
    made = list(found)
    for last in range(len(made) - 1, 0, -1):
        state = state * 16807 % _MODULUS
        place = int((state - 1) / (_MODULUS - 1) * (last + 1))
        made[last], made[place] = made[place], made[last]
    return made
