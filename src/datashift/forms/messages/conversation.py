"""A form as a conversation: one question, one answer, the next question. The caller keeps the state in between.

`begin` gives the first message, `go_on` takes what was said and gives the next, until the form is full (`Turn.xml`) or
the person stops. The rules of the form (relevance, constraints, required) are those of `xform.Instance`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from datashift.forms.messages import reading
from datashift.forms.messages.fitting import questions
from datashift.forms.messages.lengths import SMS, Room, screens, simple
from datashift.forms.xform import Entry, Instance, XForm
from datashift.language import _, current, speaking

_CODE = re.compile(r"\(([A-Za-z]{2,3})\)\s*$")
_SELECTS = ("select_one", "select_multiple")


def _no_words(_language: str) -> str:
    return ""


@dataclass(frozen=True)
class Setting:
    """Where a conversation takes place: how long messages may be, the moment and the clock of the place, and the words
    of consent in a language of the form ("" where there are none).
    """

    now: datetime
    timezone: tzinfo
    room: Room = SMS
    consent: Callable[[str], str] = field(default=_no_words)


@dataclass(frozen=True)
class Turn:
    """What is said next. state: to be given to `go_on`; "" once it is over, for then nothing is to be kept.

    xml: the finished form; None while it goes on, and where it was stopped. language: of the form; consent: the
    language in which words of consent were agreed to.
    """

    state: str
    text: str
    done: bool = False
    xml: bytes | None = None
    language: str = ""
    consent: str = ""


@dataclass
class _State:
    """What is kept between two messages. phase: language, consent or ask; at: the question that is asked."""

    xml: str = ""
    language: str = ""
    phase: str = "ask"
    at: str = ""
    screen: int = 0
    first: bool = True
    told: str = ""
    consent: str = ""


@dataclass
class _Talk:
    """One turn of a conversation."""

    form: XForm
    setting: Setting
    state: _State
    instance: Instance

    @property
    def entry(self) -> Entry | None:
        """The question that is asked; where rules hide it meanwhile, the first one without answer."""
        found = questions(self.instance)
        blank = next((one for one in found if not self.instance.value(one.path)), None)
        return next((one for one in found if one.path == self.state.at), blank or next(iter(found), None))

    @property
    def numbered(self) -> bool:
        """Whether one of several choices is asked for."""
        return self.state.phase != "ask" or bool(self.entry and self.entry.field.kind in _SELECTS)


# --- turns ------------------------------------------------------------------------------------------------------------


def begin(form: XForm, setting: Setting, language: str = "") -> Turn:
    """Begin, in a language of the form; without one, and where the form has several, the person is asked for it."""
    asked = language not in form.languages and len(form.languages) > 1
    state = _State(language=language if language in form.languages else form.default_language)
    talk = _Talk(form, setting, state, Instance(form, language=state.language, **_around(setting)))
    with speaking(code_of(state.language) or current()):
        if asked:
            state.phase = "language"
            return _said(talk)
        return _greet(talk)


def go_on(form: XForm, state: str, said: str, setting: Setting) -> Turn:
    """Take what was said, and go on. What does not fit is asked again, with the reason."""
    talk = _restored(form, state, setting)
    with speaking(code_of(talk.state.language) or current()):
        return _heard(talk, said)


def again(form: XForm, state: str, setting: Setting) -> Turn:
    """Say the last question once more, as after a connection that broke off."""
    talk = _restored(form, state, setting)
    talk.state.screen, talk.state.told = 0, ""
    with speaking(code_of(talk.state.language) or current()):
        return _said(talk)


def closing(language: str, receipt: str, room: Room = SMS) -> str:
    """Return the last message: thanks, and the number by which the answers can be withdrawn ("" where there is none).
    Of several wordings it is the longest that fits.
    """
    with speaking(code_of(language) or current()):
        if not receipt:
            return simple(_("Thank you. Your answers are sent."))
        wordings = (
            _("Thank you. Your answers are sent. Receipt: {code}. Keep it: with it you can withdraw them."),
            _("Sent. Receipt: {code}"),
            "{code}",
        )
        said = [simple(one.format(code=receipt)) for one in wordings]
    return next(one for one in said if room.holds(one) or one == said[-1])


def code_of(language: str) -> str:
    """Return the code of a language as a form names it, "English (en)" -> "en"; "" where it names none."""
    found = _CODE.search(language)
    return found[1].lower() if found else ""


def _around(setting: Setting) -> dict[str, Any]:
    here = setting.now.astimezone(setting.timezone)
    return {"now": here, "today": here.date(), "timezone": setting.timezone}


def _restored(form: XForm, state: str, setting: Setting) -> _Talk:
    kept = _State(**json.loads(state))
    return _Talk(form, setting, kept, _instance(form, kept, setting))


def _instance(form: XForm, kept: _State, setting: Setting) -> Instance:
    return Instance.of_draft(form, kept.xml.encode(), language=kept.language, **_around(setting))


# --- what was said ----------------------------------------------------------------------------------------------------


def _heard(talk: _Talk, said: str) -> Turn:
    state, last = talk.state, len(_screens(talk)) - 1
    asked_for = _command(talk, said, more=state.screen < last)
    if asked_for == "stop":
        return Turn("", simple(_("Stopped. What you said is deleted.")), done=True, language=state.language)
    if asked_for == "more":
        return _said(talk, screen=state.screen + 1 if state.screen < last else 0)
    if asked_for == "help":
        return _said(talk, told=_("Send the number or the word. 00: back. 000: skip. STOP: end, delete all."))
    if asked_for == "language" and len(talk.form.languages) > 1:
        state.phase = "language"
        return _said(talk)
    if state.phase != "ask":
        return _spoken(talk, said) if state.phase == "language" else _consented(talk, said)
    if asked_for == "back":
        return _step_back(talk)
    if not talk.numbered and state.screen < last:  # nobody answers a question that was not read to its end
        return _said(talk, screen=state.screen + 1, told=state.told)
    return _answered(talk, "" if asked_for == "skip" else said)


def _command(talk: _Talk, said: str, *, more: bool) -> str:
    """Return what is asked for; a choice of the same name comes first, but for the word that ends everything."""
    found = reading.command(said, numbered=talk.numbered, more=more)
    entry = talk.entry
    if not found or found == "stop" or talk.state.phase != "ask" or entry is None:
        return found
    labels = {reading.folded(one.label) for one in talk.instance.choices(entry.path)} if talk.numbered else set()
    return "" if reading.folded(said) in labels and not reading.folded(said).isdecimal() else found


def _spoken(talk: _Talk, said: str) -> Turn:
    place = reading.chosen(_language_names(talk.form), said)
    if place is None:
        return _said(talk)
    state = talk.state
    state.language = talk.form.languages[place]
    talk.instance.speak(state.language)
    with speaking(code_of(state.language) or current()):
        state.phase = "ask"
        return _greet(talk) if state.first else _said(talk)


def _consented(talk: _Talk, said: str) -> Turn:
    place = reading.chosen(_consent_choices(), said)
    if place == 1:
        return Turn("", simple(_("Nothing of this is kept.")), done=True, language=talk.state.language)
    if place is None:
        return _said(talk)
    talk.state.consent, talk.state.phase = talk.state.language, "ask"
    return _said(talk)


def _step_back(talk: _Talk) -> Turn:
    paths = [one.path for one in questions(talk.instance)]
    here = talk.entry.path if talk.entry else ""
    place = paths.index(here) if here in paths else 0
    talk.state.at = paths[max(place - 1, 0)] if paths else ""
    return _said(talk)


def _answered(talk: _Talk, said: str) -> Turn:
    entry = talk.entry
    if entry is None:
        return _finished(talk)
    told = reading.read(talk.instance, entry, said) if said.strip() else reading.Said("")
    if not told.problem:
        talk.instance.answer(entry.path, told.value)
    fault = None if told.problem else talk.instance.fault(entry.path)
    if told.problem or fault:
        talk.instance = _instance(talk.form, talk.state, talk.setting)  # as it was: what does not fit is not kept
        return _said(talk, told=told.problem or (fault.text if fault else ""))
    paths = [one.path for one in questions(talk.instance)]
    place = paths.index(entry.path) + 1 if entry.path in paths else 0
    if place >= len(paths):
        return _finished(talk)
    talk.state.at = paths[place]
    return _said(talk)


def _finished(talk: _Talk) -> Turn:
    """End; where a later answer made an earlier one not fit, that one is asked again first."""
    asked = {one.path for one in questions(talk.instance)}
    fault = next((one for one in talk.instance.faults() if one.path in asked), None)
    if fault is not None:
        talk.state.at = fault.path
        return _said(talk, told=fault.text)
    talk.instance.finish(talk.setting.now.astimezone(talk.setting.timezone))
    xml, state = talk.instance.as_xml(), talk.state
    return Turn("", closing(state.language, "", talk.setting.room), True, xml, state.language, state.consent)


# --- what is said next ------------------------------------------------------------------------------------------------


def _greet(talk: _Talk) -> Turn:
    if talk.setting.consent(talk.state.language):
        talk.state.phase = "consent"
    return _said(talk)


def _said(talk: _Talk, *, screen: int = 0, told: str = "") -> Turn:
    state = talk.state
    state.told, entry = told or (state.told if screen else ""), talk.entry
    if state.phase == "ask" and entry is None:
        return _finished(talk)
    state.at = entry.path if entry else ""
    texts = _screens(talk)
    state.screen = min(screen, len(texts) - 1)
    text = texts[state.screen]
    greeted = state.phase == "language" or state.screen < len(texts) - 1
    state.xml, state.first = talk.instance.as_xml(draft=True).decode(), state.first and greeted
    return Turn(json.dumps(asdict(state), ensure_ascii=False), text, False, None, state.language, state.consent)


def _screens(talk: _Talk) -> list[str]:
    words, lines = _prompt(talk)
    words = "\n".join(part for part in (talk.state.told, _greeting(talk), words) if part)
    more = simple(f"{reading.MORE} {_('more')}")
    return screens(simple(words), [simple(line) for line in lines], talk.setting.room, more)


def _greeting(talk: _Talk) -> str:
    """Return what is said once before the first question: what this is, and how it ends. Screens of USSD are small,
    and who hangs up has ended it.
    """
    if not talk.state.first or talk.state.phase == "language":
        return talk.form.title if talk.state.first else ""
    how = "" if talk.setting.room.name == "ussd" else _("STOP ends this and deletes what you said.")
    return " ".join(part for part in (talk.form.title.rstrip(".") + ".", how) if part)


def _prompt(talk: _Talk) -> tuple[str, list[str]]:
    """Return the words of the question and the lines below it."""
    if talk.state.phase == "language":
        return "", _listed(_language_names(talk.form))
    if talk.state.phase == "consent":
        return talk.setting.consent(talk.state.language), _listed(_consent_choices())
    entry = talk.entry
    if entry is None:
        return "", []
    instance = talk.instance
    said = [*_notes(instance, entry), instance.said(entry.path), instance.said(entry.path, "hint")]
    return "\n".join(reading.tidy(one) for one in said if one), _below(instance, entry)


def _below(instance: Instance, entry: Entry) -> list[str]:
    choices = instance.choices(entry.path) if entry.field.choices else []
    listed = zip(reading.marks(choices), choices, strict=True)
    lines = [f"{mark} {reading.tidy(one.label)}" for mark, one in listed]
    how = {
        "select_multiple": _("Several: 1 3"), "date": _("Day-month-year, such as 31-12-2026"),
        "time": _("Such as 14:30"),
    }.get(entry.field.kind, "")  # fmt: skip
    skip = "" if instance.required(entry.path) else _("000: skip")
    return [*lines, *(one for one in (how, skip) if one)]


def _notes(instance: Instance, entry: Entry) -> list[str]:
    """Return what the form says right before a question."""
    found: list[str] = []
    for one in instance.questions():
        if one.path == entry.path:
            break
        if one.field.kind == "note":
            found.append(instance.said(one.path))
        elif one.field.kind != "group":
            found = []
    return found


def _language_names(form: XForm) -> list[str]:
    return [_CODE.sub("", name).strip() or name for name in form.languages]


def _consent_choices() -> list[str]:
    return [_("Yes, begin"), _("No")]


def _listed(labels: list[str]) -> list[str]:
    return [f"{number} {label}" for number, label in enumerate(labels, 1)]
