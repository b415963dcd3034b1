"""What a form asks that we cannot draw or work out, each as a coded sentence, so that nobody starts in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datashift.errors import BadXForm
from datashift.forms.xform.evaluating import takes
from datashift.forms.xform.expressions import Expression, walk
from datashift.forms.xform.graph import graph_of
from datashift.forms.xform.model import GROUPS, MEDIA, PRELOADED, SELECTS, Field, XForm

KINDS = GROUPS | MEDIA | SELECTS | PRELOADED | {
    "text", "integer", "decimal", "date", "time", "dateTime", "range", "geopoint", "geotrace", "geoshape", "barcode",
    "note", "acknowledge", "calculate", "hidden", "audit", "start-geopoint", "background-audio",
    "background-geopoint",
}  # fmt: skip
_SEARCH = re.compile(r"\bsearch\s*\(")
"""The appearance with which old forms take their choices from a file."""


def problems(form: XForm) -> list[BadXForm]:
    """Return what we cannot draw or work out, in the order of the form. An empty list: it can be filled in here."""
    found = [problem for field in form.fields for problem in _of_field(form, field)]
    found += [problem for action in form.actions for problem in _of_action(form, action.target, action.value)]
    return found + [BadXForm("xform.cycle", path=path) for path in graph_of(form).cyclic]


def _of_field(form: XForm, field: Field) -> Iterator[BadXForm]:
    if field.kind not in KINDS:
        yield BadXForm("xform.kind", path=field.path, kind=field.kind)
    if _SEARCH.search(field.appearance):
        yield BadXForm("xform.function", path=field.path, name="search")
    for expression in _expressions(field):
        yield from _of_expression(form, field.path, expression)


def _of_action(form: XForm, path: str, value: Expression | str) -> Iterator[BadXForm]:
    if isinstance(value, Expression):
        yield from _of_expression(form, path, value)


def _expressions(field: Field) -> Iterator[Expression]:
    yield from field.expressions().values()
    for said in field.said().values():
        for parts in said.values():
            yield from (part for part in parts if isinstance(part, Expression))


def _of_expression(form: XForm, path: str, expression: Expression) -> Iterator[BadXForm]:
    if expression.ast is None:
        yield BadXForm("xform.expression", text=expression.text, why=expression.why)
        return
    for part in walk(expression.ast):
        if part[0] == "call" and not takes(part[1], len(part[2])):
            yield BadXForm("xform.function", path=path, name=part[1])
        if part[0] == "list" and part[1] not in form.lists:
            yield BadXForm("xform.no-list", path=path, list=form.files.get(part[1], part[1]))
