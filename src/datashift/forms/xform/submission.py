"""Submissions: the answers of one filled-in form as XML, and that XML as plain records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from datashift.errors import BadXForm
from datashift.forms.xform.document import OPENROSA, clean, plain, read_xml
from datashift.forms.xform.model import MEDIA, XForm
from datashift.forms.xform.nodes import Node

Answers = dict[str, Any]


@dataclass(frozen=True)
class Submission:
    """One submission. answers: path below the root ("group/question") -> text; a repeat -> a list of such answers,
    with paths below the repeat. unknown: paths that the form does not have (kept in answers). media: names of files.
    """

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    instance_name: str
    answers: Answers = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    media: tuple[str, ...] = ()


def read_submission(form: XForm | None, xml: bytes) -> Submission:
    """Read a submission. Without the form, a repeat is known by being there twice.

    Raises BadXForm where the bytes are no submission, or one of another form.
    """
    root = read_xml(xml)
    identity = root.get("id") or (root.tag[1:].partition("}")[0] if root.tag.startswith("{") else "")
    if not identity:
        raise BadXForm("xform.not-a-submission")
    if form is not None and identity != form.id:
        raise BadXForm("xform.other-form", theirs=identity, ours=form.id)
    meta = {plain(leaf.tag): (leaf.text or "").strip() for leaf in _meta(root)}
    reader = _Reader({one.path: one.kind for one in form.fields} if form else {}, form is not None)
    answers = reader.below(root, f"/{plain(root.tag)}")
    return Submission(
        identity, root.get("version") or root.get(f"{OPENROSA}version") or "",
        meta.get("instanceID") or root.get("instanceID") or "", meta.get("deprecatedID", ""),
        meta.get("instanceName", ""), answers, tuple(reader.unknown), tuple(reader.media),
    )  # fmt: skip


def _meta(root: Element) -> Iterator[Element]:
    for child in root:
        if plain(child.tag) == "meta":
            yield from child


class _Reader:
    """Collects answers, and what the form does not know of them."""

    def __init__(self, kinds: dict[str, str], strict: bool) -> None:
        self.kinds = kinds
        self.strict = strict
        self.unknown: dict[str, None] = {}
        self.media: dict[str, None] = {}

    def below(self, parent: Element, path: str, before: str = "") -> Answers:
        found: Answers = {}
        twice = _twice(parent)
        for child in parent:
            name = plain(child.tag)
            here, key = f"{path}/{name}", f"{before}{name}"
            kind = self.kinds.get(here, "")
            if self.strict and not kind and not here.rpartition("/")[0].endswith("/meta"):
                self.unknown[here] = None
            if kind == "repeat" or (not kind and name in twice):
                inner = (
                    self.below(child, here) if len(child) else {"": child.text} if (child.text or "").strip() else {}
                )
                found.setdefault(key, []).append(inner)
            elif len(child):
                found |= self.below(child, here, f"{key}/")
            elif kind not in ("group",):
                found[key] = child.text or ""
                if kind in MEDIA and found[key]:
                    self.media[found[key]] = None
        return found


def _twice(parent: Element) -> set[str]:
    seen: set[str] = set()
    return {name for child in parent if (name := plain(child.tag)) in seen or seen.add(name)}  # type: ignore[func-returns-value]


# --- writing --------------------------------------------------------------------------------------------------------


def written(form: XForm, root: Node, meta: dict[str, str], *, draft: bool) -> bytes:
    """Return the answers as XML. What is not asked is left out, as ODK Collect does; a draft keeps all."""
    space = f" xmlns={quoteattr(form.namespace)}" if form.namespace else ""
    version = f" version={quoteattr(form.version)}" if form.version else ""
    inside = _inside(root, draft)
    known = {name for node in root.children.get("meta", ()) for name, alike in node.children.items() if alike}
    rest = "".join(
        f"<orx:{name}>{escape(clean(told))}</orx:{name}>" for name, told in meta.items() if name not in known
    )
    name = form.root.strip("/")
    extra = f"<orx:meta>{rest}</orx:meta>" if rest else ""
    head = f'<{name} id={quoteattr(form.id)}{version}{space} xmlns:orx="{OPENROSA[1:-1]}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{inside}{extra}</{name}>'.encode()


def _written(node: Node, draft: bool) -> str:
    if not node.relevant and not draft:
        return ""
    name = f"orx:{node.field.name}" if node.field.namespace else node.field.name
    if node.field.kind not in ("group", "repeat"):
        told = escape(clean(node.text), {"\r": "&#13;"})
        return f"<{name}>{told}</{name}>" if told else f"<{name}/>"
    return f"<{name}>{_inside(node, draft)}</{name}>"


def _inside(node: Node, draft: bool) -> str:
    parts: list[str] = []
    for name, alike in node.children.items():
        parked = node.parked.get(name, []) if draft else []
        parts += (_written(child, draft) for child in [*alike, *parked])
    return "".join(parts)
