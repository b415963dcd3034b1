"""What a form by messages costs: parts that travel to each person, and messages that each person sends."""

from __future__ import annotations

from typing import NamedTuple

from datashift.forms.messages import saying
from datashift.forms.messages.fitting import AROUND, ASKED
from datashift.forms.messages.lengths import parts
from datashift.forms.messages.talk import Setting, begun, code_of, language_names
from datashift.forms.xform import Entry, XForm
from datashift.language import current, speaking

_RECEIPT = "0000 0000 0000 0000"


class Cost(NamedTuple):
    """Of one conversation in a language: parts that travel to the person, and messages that the person sends."""

    language: str
    parts: int
    answers: int


def costs(form: XForm, setting: Setting, language: str = "") -> list[Cost]:
    """Return what one conversation costs where every question is asked once, in each language of the form; with
    `language`, in this one, for which nobody is asked. A list that depends on answers counts as it is without them.
    """
    return [_cost(form, setting, one, asked=not language) for one in form.languages or ("",) if language in ("", one)]


def _cost(form: XForm, setting: Setting, language: str, *, asked: bool) -> Cost:
    instance, room = begun(form, setting, language).instance, setting.room
    shown = [Entry(one.path, one) for one in form.fields if one.kind in ASKED | AROUND and "/meta" not in one.path]
    asked_for = [one for one in shown if one.field.kind in ASKED and not instance.readonly(one.path)]
    with speaking(code_of(language) or current()):
        told = [saying.question(instance, one, shown) for one in asked_for]
        if consent := setting.consent(language):
            told.insert(0, (consent, saying.listed(saying.consent_choices())))
        words, lines = told[0]
        told[0] = f"{saying.greeting(form.title, room)}\n{words}", lines
        if asked and len(form.languages) > 1:
            told.insert(0, (form.title, saying.listed(language_names(form))))
        said = [text for words, lines in told for text in saying.fitted(words, lines, room)]
    closing = saying.closing(language, _RECEIPT, room)
    return Cost(language, sum(parts(one, room) for one in (*said, closing)), len(said) + 1)
