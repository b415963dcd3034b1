"""Care for the people who answer, and for what the data will be worth: consent, personal data, position, time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from datashift.forms.problem import Problem
from datashift.forms.xlsform import Form, Question

_CONSENT = re.compile(
    r"consent|\bagree|willing to|take part|participat|may we ask|permission"
    r"|consentimiento|acepta|participar|permiso|podemos hacer"
    r"|ridhaa|idhini|kushiriki|kukubali|tunaweza kukuuliza"
    r"|सहमति|मञ्जुरी|सोध्न सक्|भाग लिन|موافق|استعداد|consentement|accept",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"household|respondent|\bfamily\b|\bhh\b|\bhogar|encuestad|familia|\bkaya\b|mhojiwa|घरपरिवार|घरमुली|परिवार|ménage|الأسرة"
    r"|\byour age|how old are you",
    re.IGNORECASE,
)
_PERSONAL: dict[str, re.Pattern[str]] = {
    "phone": re.compile(r"phone|mobile|\btel\b|teléfono|celular|\bsimu\b|फोन|मोबाइल|هاتف", re.IGNORECASE),
    "e-mail": re.compile(r"e-?mail|correo electr|barua pepe|इमेल", re.IGNORECASE),
    "id": re.compile(
        r"national id|id (?:card|number)|passport|documento de identidad|\bdni\b|kitambulisho|नागरिकता", re.IGNORECASE
    ),
    "name": re.compile(
        r"(?:full|first|last|family|respondent|your|his|her|their|head|person|interviewee|child|mother|father)\W{0,3}\w*"
        r"[ _]names?\b|names? of (?:the )?(?:respondent|head|person|interviewee|household|child|mother|father|owner)"
        r"|nombre (?:completo|del? (?:encuestad|jef|entrevistad|persona|niñ))|jina (?:lako|la mhojiwa|kamili|la mtu)"
        r"|तपाईंको नाम|उत्तरदाताको नाम|व्यक्तिको नाम",
        re.IGNORECASE,
    ),
}  # fmt: skip
_DEVICE = ("deviceid", "phonenumber", "simserial", "subscriberid", "username", "email")
_PLACES = ("geopoint", "geotrace", "geoshape", "start-geopoint")


def hints(form: Form) -> Iterator[Problem]:
    """Yield what a careful person would ask about the form: each hint says why, and how to do better."""
    said = " ".join(text for question in form.questions for text in _words(question))
    people = bool(_PEOPLE.search(said))
    consent = any(
        _CONSENT.search(text) for q in form.questions if q.kind == "code" or q.type == "note" for text in _words(q)
    )
    first = next((question.row for question in form.questions), 1)
    if people and not consent:
        yield Problem("hint", "form.no-consent", "survey", first, "–")
    if not any(question.kind == "date" for question in form.questions):
        yield Problem("hint", "form.no-time", "survey", first, "–")
    if not form.settings.get("version"):
        yield Problem("hint", "form.no-version", "settings", 2, "version")
    default = form.settings.get("default_language", "")
    if default and form.languages and default not in form.languages.values():
        known = ", ".join(form.languages.values())
        yield Problem("warning", "form.default-language", "settings", 2, default, {"known": known})
    for question in form.questions:
        yield from _of_one(question, people)


def _of_one(question: Question, people: bool) -> Iterator[Problem]:
    if question.type in _PLACES and people:
        yield Problem("hint", "form.home-position", "survey", question.row, question.name)
    elif question.type in _DEVICE:
        yield Problem("hint", "form.device", "survey", question.row, question.name or "–", {"type": question.type})
    elif question.type == "audit" and "location" in question.cells.get("parameters", ""):
        yield Problem("hint", "form.audit-position", "survey", question.row, question.name or "–")
    elif question.type in ("text", "integer", "barcode"):
        asked = [*question.labels.values(), " ".join(question.name.split("_"))]
        kind = next((kind for kind, pattern in _PERSONAL.items() if any(map(pattern.search, asked))), None)
        if kind:
            yield Problem("hint", f"form.personal-{kind}", "survey", question.row, question.name)


def _words(question: Question) -> Iterable[str]:
    return (*question.labels.values(), question.name)
