"""A form as a conversation: one question, one answer, the next question. The caller keeps the state in between.

`begin` gives the first message, `go_on` takes what was said and gives the next, until the form is full (`Turn.xml`) or
the person stops. The rules of the form (relevance, constraints, required) are those of `xform.Instance`.
"""

from __future__ import annotations

from datashift.forms.messages import reading
from datashift.forms.messages.fitting import questions
from datashift.forms.messages.folding import bare
from datashift.forms.messages.lengths import simple
from datashift.forms.messages.saying import closing, consent_choices, said_now
from datashift.forms.messages.talk import Setting, Talk, Turn, begun, code_of, language_names, restored
from datashift.forms.xform import XForm
from datashift.language import _, current, in_all, speaking


def begin(form: XForm, setting: Setting, language: str = "") -> Turn:
    """Begin, in a language of the form; without one, and where the form has several, the person is asked for it."""
    talk = begun(form, setting, language)
    with speaking(code_of(talk.state.language) or current()):
        if language not in form.languages and len(form.languages) > 1:
            talk.state.phase = "language"
            return _said(talk)
        return _greet(talk)


def go_on(form: XForm, state: str, said: str, setting: Setting) -> Turn:
    """Take what was said, and go on. What does not fit is asked again, with the reason."""
    talk = restored(form, state, setting)
    with speaking(code_of(talk.state.language) or current()):
        return _heard(talk, said)


def again(form: XForm, state: str, setting: Setting) -> Turn:
    """Say the last question once more, as after a connection that broke off."""
    talk = restored(form, state, setting)
    talk.state.screen, talk.state.told = 0, ""
    with speaking(code_of(talk.state.language) or current()):
        return _said(talk)


# --- what was said ----------------------------------------------------------------------------------------------------


def _heard(talk: Talk, said: str) -> Turn:
    state, last = talk.state, len(said_now(talk)) - 1
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


def _command(talk: Talk, said: str, *, more: bool) -> str:
    """Return what is asked for; a choice of the same name comes first, but for the word that ends everything."""
    found = reading.command(said, numbered=talk.numbered, more=more)
    entry = talk.entry
    if not found or found == "stop" or talk.state.phase != "ask" or entry is None:
        return found
    labels = {bare(one.label) for one in talk.instance.choices(entry.path)} if talk.numbered else set()
    return "" if bare(said) in labels and not bare(said).isdecimal() else found


def _spoken(talk: Talk, said: str) -> Turn:
    codes = [(place, code_of(name)) for place, name in enumerate(talk.form.languages)]
    place = reading.chosen(language_names(talk.form), said, codes)
    if place is None:
        return _said(talk)
    state = talk.state
    state.language = talk.form.languages[place]
    talk.instance.speak(state.language)
    with speaking(code_of(state.language) or current()):
        state.phase = "ask"
        return _greet(talk) if state.first else _said(talk)


def _consented(talk: Talk, said: str) -> Turn:
    place = reading.chosen(consent_choices(), said, _consent_words())
    if place == 1:
        return Turn("", simple(_("Nothing of this is kept.")), done=True, language=talk.state.language)
    if place is None:
        return _said(talk)
    talk.state.consent, talk.state.phase = talk.state.language, "ask"
    return _said(talk)


def _consent_words() -> list[tuple[int, str]]:
    """Return yes and no alone, as every language says them: a no in another language is a no."""
    said = [(place, in_all(lambda place=place: consent_choices()[place])) for place in (0, 1)]  # type: ignore[misc]
    return [(place, text.partition(",")[0]) for place, texts in said for text in texts.values()]


def _step_back(talk: Talk) -> Turn:
    paths = [one.path for one in questions(talk.instance)]
    here = talk.entry.path if talk.entry else ""
    place = paths.index(here) if here in paths else 0
    talk.state.at = paths[max(place - 1, 0)] if paths else ""
    return _said(talk)


def _answered(talk: Talk, said: str) -> Turn:
    entry = talk.entry
    if entry is None:
        return _finished(talk)
    told = reading.read(talk.instance, entry, said) if said.strip() else reading.Said("")
    if not told.problem:
        talk.instance.answer(entry.path, told.value)
    fault = None if told.problem else talk.instance.fault(entry.path)
    if told.problem or fault:
        talk.forget()  # what does not fit is not kept
        return _said(talk, told=told.problem or (fault.text if fault else ""))
    paths = [one.path for one in questions(talk.instance)]
    place = paths.index(entry.path) + 1 if entry.path in paths else 0
    if place >= len(paths):
        return _finished(talk)
    talk.state.at = paths[place]
    return _said(talk)


# --- what is said next ------------------------------------------------------------------------------------------------


def _greet(talk: Talk) -> Turn:
    if talk.setting.consent(talk.state.language):
        talk.state.phase = "consent"
    return _said(talk)


def _said(talk: Talk, *, screen: int = 0, told: str = "") -> Turn:
    state = talk.state
    state.told, entry = told or (state.told if screen else ""), talk.entry
    if state.phase == "ask" and entry is None:
        return _finished(talk)
    state.at = entry.path if entry else ""
    texts = said_now(talk)
    state.screen = min(screen, len(texts) - 1)
    text = texts[state.screen]
    greeted = state.phase == "language" or state.screen < len(texts) - 1
    state.xml, state.first = talk.instance.as_xml(draft=True).decode(), state.first and greeted
    return Turn(state.as_text(), text, False, None, state.language, state.consent)


def _finished(talk: Talk) -> Turn:
    """End; where a later answer made an earlier one not fit, that one is asked again first."""
    asked = {one.path for one in questions(talk.instance)}
    fault = next((one for one in talk.instance.faults() if one.path in asked), None)
    if fault is not None:
        talk.state.at = fault.path
        return _said(talk, told=fault.text)
    talk.instance.finish(talk.setting.now.astimezone(talk.setting.timezone))
    xml, state = talk.instance.as_xml(), talk.state
    return Turn("", closing(state.language, "", talk.setting.room), True, xml, state.language, state.consent)
