"""What a conversation is made of: where it takes place, what is said next, and what is kept in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from datashift.forms.messages.fitting import questions
from datashift.forms.messages.lengths import SMS, Room
from datashift.forms.xform import Entry, Instance, XForm

CODE = re.compile(r"\(([A-Za-z]{2,3})\)\s*$")
SELECTS = ("select_one", "select_multiple")


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

    @property
    def around(self) -> dict[str, Any]:
        """What a form must be told of the moment and the place."""
        here = self.now.astimezone(self.timezone)
        return {"now": here, "today": here.date(), "timezone": self.timezone}


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
class State:
    """What is kept between two messages. phase: language, consent or ask; at: the question that is asked."""

    xml: str = ""
    language: str = ""
    phase: str = "ask"
    at: str = ""
    screen: int = 0
    first: bool = True
    told: str = ""
    consent: str = ""

    def as_text(self) -> str:
        """Return it as the caller keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass
class Talk:
    """One turn of a conversation."""

    form: XForm
    setting: Setting
    state: State
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
        return self.state.phase != "ask" or bool(self.entry and self.entry.field.kind in SELECTS)

    def forget(self) -> None:
        """Take the last answer back: it is again as it was kept."""
        self.instance = _instance(self.form, self.state, self.setting)


def begun(form: XForm, setting: Setting, language: str) -> Talk:
    """Return a conversation that nothing was said in, in a language of the form (another is the form's default)."""
    state = State(language=language if language in form.languages else form.default_language)
    return Talk(form, setting, state, Instance(form, language=state.language, **setting.around))


def restored(form: XForm, state: str, setting: Setting) -> Talk:
    """Return a conversation as it was kept."""
    kept = State(**json.loads(state))
    return Talk(form, setting, kept, _instance(form, kept, setting))


def code_of(language: str) -> str:
    """Return the code of a language as a form names it, "English (en)" -> "en"; "" where it names none."""
    found = CODE.search(language)
    return found[1].lower() if found else ""


def language_names(form: XForm) -> list[str]:
    """Return the languages of a form as people call them, "English (en)" -> "English"."""
    return [CODE.sub("", name).strip() or name for name in form.languages]


def _instance(form: XForm, kept: State, setting: Setting) -> Instance:
    return Instance.of_draft(form, kept.xml.encode(), language=kept.language, **setting.around)
