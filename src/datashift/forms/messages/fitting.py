"""Which forms can be asked by messages, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterator

from datashift.errors import BadMessage
from datashift.forms.xform import Entry, Field, Instance, XForm, problems
from datashift.forms.xform.model import SILENT

MOST_QUESTIONS = 20
MOST_CHOICES = 90
"""Numbers from 98 on mean something else."""
ASKED = frozenset(("text", "integer", "decimal", "range", "date", "time", "select_one", "select_multiple"))
AROUND = frozenset(("group", "note"))


def unfit(form: XForm) -> list[BadMessage]:
    """Return what keeps a form from being asked by messages, one sentence for each thing; none where it fits."""
    fields = [one for one in form.fields if one.kind not in SILENT and "/meta" not in one.path]
    found = [fault for one in fields for fault in _of_field(form, one)]
    count = sum(one.kind in ASKED for one in fields)
    if count > MOST_QUESTIONS:
        found.append(BadMessage("message.many-questions", number=count, most=MOST_QUESTIONS))
    if not count:
        found.append(BadMessage("message.no-questions"))
    return found + [BadMessage("message.rules", why=str(why)) for why in problems(form)]


def questions(instance: Instance) -> list[Entry]:
    """Return what is asked now, one after the other."""
    return [one for one in instance.questions() if one.field.kind in ASKED and not instance.readonly(one.path)]


def _of_field(form: XForm, field: Field) -> Iterator[BadMessage]:
    name = _named(form, field)
    if field.kind == "repeat":
        yield BadMessage("message.repeat", question=name)
    elif field.kind not in ASKED and field.kind not in AROUND:
        yield BadMessage("message.kind", question=name)
    if field.media:
        yield BadMessage("message.pictures", question=name)
    if field.choices and (number := _offered(form, field)) > MOST_CHOICES:
        yield BadMessage("message.many-choices", question=name, number=number, most=MOST_CHOICES)


def _named(form: XForm, field: Field) -> str:
    said = field.label.get(form.default_language) or next(iter(field.label.values()), ())
    return "".join(part if isinstance(part, str) else "…" for part in said).strip()[:60] or field.name


def _offered(form: XForm, field: Field) -> int:
    """Return how many choices a list without a filter has; one with a filter is shorter than anybody can tell."""
    text = field.choices.nodes.text if field.choices else ""
    found = next((rows for name, rows in form.lists.items() if f"'{name}'" in text or f'"{name}"' in text), ())
    return 0 if "[" in text else len(found)
