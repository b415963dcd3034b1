"""What is said next, in words that fit into the room: questions, choices, greeting, thanks."""

from __future__ import annotations

from collections.abc import Sequence

from datashift.forms.messages import reading
from datashift.forms.messages.folding import tidy
from datashift.forms.messages.lengths import SMS, Room, screens, simple
from datashift.forms.messages.talk import Talk, code_of, language_names
from datashift.forms.xform import Entry, Instance
from datashift.language import _, current, speaking


def said_now(talk: Talk) -> list[str]:
    """Return the messages that ask what is asked now."""
    words, lines = _prompt(talk)
    whole = "\n".join(part for part in (talk.state.told, _greeting(talk), words) if part)
    return fitted(whole, lines, talk.setting.room)


def fitted(words: str, lines: Sequence[str], room: Room) -> list[str]:
    """Return words and the lines below them as messages of a room."""
    more = _("more")  # a word inside an f-string does not reach the catalogues
    return screens(simple(words), [simple(line) for line in lines], room, simple(f"{reading.MORE} {more}"))


def question(instance: Instance, entry: Entry, shown: Sequence[Entry]) -> tuple[str, list[str]]:
    """Return the words of a question and the lines below it. shown: everything that is shown, in its order."""
    said = [*_notes(instance, entry, shown), instance.said(entry.path), instance.said(entry.path, "hint")]
    return "\n".join(tidy(one) for one in said if one), _below(instance, entry)


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


def consent_choices() -> list[str]:
    """Return what can be said to the words of consent: first the yes, then the no."""
    return [_("Yes, begin"), _("No")]


def listed(labels: Sequence[str]) -> list[str]:
    """Return labels, each with its number."""
    return [f"{number} {label}" for number, label in enumerate(labels, 1)]


def greeting(title: str, room: Room) -> str:
    """Return what is said once before the first question: what this is, and how it ends. Screens of USSD are small,
    and who hangs up has ended it.
    """
    how = "" if room.name == "ussd" else _("STOP ends this and deletes what you said.")
    return " ".join(part for part in (title.rstrip(".") + ".", how) if part)


def _greeting(talk: Talk) -> str:
    if not talk.state.first:
        return ""
    return talk.form.title if talk.state.phase == "language" else greeting(talk.form.title, talk.setting.room)


def _prompt(talk: Talk) -> tuple[str, list[str]]:
    if talk.state.phase == "language":
        return "", listed(language_names(talk.form))
    if talk.state.phase == "consent":
        return talk.setting.consent(talk.state.language), listed(consent_choices())
    entry = talk.entry
    return question(talk.instance, entry, talk.instance.questions()) if entry else ("", [])


def _below(instance: Instance, entry: Entry) -> list[str]:
    choices = instance.choices(entry.path) if entry.field.choices else []
    lines = [f"{mark} {tidy(one.label)}" for mark, one in zip(reading.marks(choices), choices, strict=True)]
    how = {
        "select_multiple": _("Several: 1 3"), "date": _("Day-month-year, such as 31-12-2026"),
        "time": _("Such as 14:30"),
    }.get(entry.field.kind, "")  # fmt: skip
    skip = "" if instance.required(entry.path) else _("000: skip")
    return [*lines, *(one for one in (how, skip) if one)]


def _notes(instance: Instance, entry: Entry, shown: Sequence[Entry]) -> list[str]:
    """Return what the form says right before a question."""
    found: list[str] = []
    for one in shown:
        if one.path == entry.path:
            break
        if one.field.kind == "note":
            found.append(instance.said(one.path))
        elif one.field.kind != "group":
            found = []
    return found
