"""A form as a browser's script takes it: plain lists and texts, every expression read and resolved beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datashift.errors import BadXForm
from datashift.forms.xform.expressions import Expression
from datashift.forms.xform.graph import graph_of
from datashift.forms.xform.model import Action, Field, Said, XForm
from datashift.language import _

FORMAT = 1
SPOKEN = (
    "xform.required", "xform.constraint", "xform.whole-number", "xform.a-number", "xform.a-date", "xform.a-time",
    "xform.a-moment", "xform.a-place", "xform.between", "xform.not-offered", "xform.many-repeats",
)  # fmt: skip
"""Codes of what a script tells when an answer does not fit and the form has no message of its own."""


def as_program(form: XForm) -> dict[str, Any]:
    """Return `form` as JSON takes it (docs/reference/xforms.md says what each part means).

    Raises BadXForm where an expression cannot be read: ask `problems` first.
    """
    graph = graph_of(form)
    return {
        "format": FORMAT, "id": form.id, "version": form.version, "title": form.title, "root": form.root,
        "namespace": form.namespace,
        "languages": list(form.languages), "default_language": form.default_language,
        "fields": [_field(one) for one in form.fields],
        "actions": [_action(one) for one in form.actions],
        "order": [list(vertex) for vertex in graph.order],
        "readers": {path: [[*vertex, shared] for vertex, shared in found] for path, found in graph.readers.items()},
        "lists": {name: [dict(row) for row in rows] for name, rows in form.lists.items()},
        "files": dict(form.files),
        "texts": {name: {kind: _said(said) for kind, said in forms.items()} for name, forms in _by_id(form)},
        "messages": {code: _(BadXForm.texts[code]) for code in SPOKEN},
    }  # fmt: skip


def _by_id(form: XForm) -> list[tuple[str, Mapping[str, Said]]]:
    """The texts that something names while the form is filled in: choices, or jr:itext()."""
    cells = {cell for rows in form.lists.values() for row in rows for cell in row.values()}
    called = any("jr:itext" in one.calls for field in form.fields for one in field.expressions().values())
    return [(name, forms) for name, forms in form.texts.items() if called or name in cells]


def _field(field: Field) -> dict[str, Any]:
    made: dict[str, Any] = {"path": field.path, "name": field.name, "kind": field.kind, "type": field.type}
    plain = {
        "appearance": field.appearance, "default": field.default, "parameters": dict(field.parameters),
        "media": {kind: dict(by) for kind, by in field.media.items()}, "namespace": field.namespace,
    }  # fmt: skip
    made |= {name: told for name, told in plain.items() if told}
    made |= {name: _said(said) for name, said in field.said().items()}
    made |= {name: one.readable() for name, one in field.expressions().items() if name not in ("choices", "seed")}
    made |= {"repeats": field.repeats} if field.kind == "repeat" else {}
    if field.choices:
        chosen = field.choices
        made["choices"] = {
            "nodes": chosen.nodes.readable(), "value": chosen.value, "label": chosen.label,
            "label_is_text": chosen.label_is_text, "shuffled": chosen.shuffled,
            "seed": chosen.seed.readable() if chosen.seed else None,
        }  # fmt: skip
    return made


def _action(action: Action) -> dict[str, Any]:
    value = action.value
    told = value.readable() if isinstance(value, Expression) else ["text", value]
    return {"target": action.target, "value": told, "events": sorted(action.events), "source": action.source}


def _said(said: Said) -> dict[str, list[Any]]:
    """Texts by language: each a list of plain texts and expressions."""
    return {
        language: [part if isinstance(part, str) else part.readable() for part in parts]
        for language, parts in said.items()
    }
