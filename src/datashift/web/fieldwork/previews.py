"""A version of a form as people read it: its questions in order, in every language side by side, and what lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from datashift.forms.xform.model import Field, XForm
from datashift.forms.xlsform import language_code
from datashift.language import N_
from datashift.web.fieldwork.layouts import Labels, choices, spoken

KINDS = {
    "text": N_("text"), "integer": N_("whole number"), "decimal": N_("number"), "range": N_("number in a range"),
    "select_one": N_("one answer"), "select_multiple": N_("several answers"), "rank": N_("answers put in order"),
    "date": N_("date"), "time": N_("time"), "datetime": N_("date and time"), "geopoint": N_("position"),
    "geotrace": N_("line on a map"), "geoshape": N_("area on a map"), "image": N_("picture"), "audio": N_("sound"),
    "video": N_("film"), "file": N_("file"), "barcode": N_("barcode"), "note": N_("note"), "group": N_("group"),
    "repeat": N_("group that repeats"), "trigger": N_("confirmation"), "acknowledge": N_("confirmation"),
}  # fmt: skip
"""What kinds of questions are called."""
MOST_CHOICES = 60
"""How many answers of a question are shown; the others are counted."""


class Line(NamedTuple):
    """One text of a form: of a question (kind), its hint (kind "hint") or an answer (kind "answer"), by language."""

    kind: str
    name: str
    texts: Labels
    deep: int = 0
    required: bool = False
    more: int = 0


def lines(form: XForm) -> list[Line]:
    """Return the texts of a form in its order. What nobody sees is left out."""
    return [line for one in form.fields if one.kind in KINDS for line in _of_one(form, one)]


def tongues(form: XForm) -> list[str]:
    """Return the codes of the languages of a form, in its order; [""] for one that names none."""
    return list(dict.fromkeys(_code(name) for name in form.languages)) or [""]


def gaps(form: XForm) -> dict[str, int]:
    """Return by language how many texts are missing that another language has."""
    told = lines(form)
    return {tongue: sum(1 for one in told if any(one.texts.values()) and not one.texts.get(tongue))
            for tongue in tongues(form)}  # fmt: skip


def _of_one(form: XForm, one: Field) -> Iterator[Line]:
    deep = one.path.count("/") - 2
    labels = _by_code(spoken(one.label))
    if one.kind in ("group", "repeat") and not any(labels.values()):
        return
    yield Line(one.kind, one.name, labels, deep, one.required is not None)
    if hint := _by_code(spoken(one.hint)):
        yield Line("hint", one.name, hint, deep)
    offered = list(choices(form, one).items())
    more = max(len(offered) - MOST_CHOICES, 0)
    for place, (code, texts) in enumerate(offered[:MOST_CHOICES], 1):
        yield Line("answer", code, _by_code(texts), deep + 1, more=more if place == MOST_CHOICES else 0)


def _by_code(texts: Labels) -> Labels:
    return {code: text for code, text in texts.items() if text}


def _code(language: str) -> str:
    code = language_code(language)
    return "" if code == "default" else code
