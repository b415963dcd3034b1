"""What a form promises to who answers it: sealed answers, coarse positions, words of consent, and for how long.

A promise holds from the moment in which it is made. Once answers came under it, it can only be made stricter: a form
that breaks its promise would make who answered believe what is not so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from datashift import sealed
from datashift.errors import BadProtection, DataShiftError
from datashift.language import N_, _
from datashift.web.fieldwork import services
from datashift.web.fieldwork.coarsening import LEAST, MOST
from datashift.web.fieldwork.leaves import under
from datashift.web.fieldwork.models import ConsentText, Form, SealKey
from datashift.web.fieldwork.promised import FILES, PLACES, Field, fields, followers
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import record

PROTECT = "protect_answers"
"""The job that protects what was here before."""
LONGEST = 4000
MOST_DAYS = 3650
PERSONAL = {
    "form.personal-phone": N_("a phone number"),
    "form.personal-e-mail": N_("an e-mail address"),
    "form.personal-id": N_("the number of an identity card"),
    "form.personal-name": N_("a name"),
    "form.device": N_("which phone it is"),
    "form.home-position": N_("where people live"),
}
LOOSER = {
    "sealed": N_("a field is sealed no more"),
    "coarse": N_("positions become finer"),
    "keep_days": N_("answers are kept longer"),
}


class Asked(NamedTuple):
    """What is asked for: paths to seal, metres (None: positions as they come), days (None: no end), words by language;
    and, where another key is taken into use, which one, with its last signs. `seen`: when the form that was looked at
    was changed last; somebody else may have changed it since.
    """

    sealed: Sequence[str]
    metres: int | None
    keep_days: int | None
    consent: Mapping[str, str]
    key: SealKey | None = None
    last_signs: str = ""
    seen: str = ""


class Question(NamedTuple):
    """One field as the page shows it: `personal` says what it seems to ask for ("" for nothing personal)."""

    path: str
    label: str
    place: bool
    file: bool
    sealed: bool
    follows: bool
    personal: str


# --- keys -------------------------------------------------------------------------------------------------------------


def make_key(*, organisation: Organisation, by: User) -> tuple[SealKey, str]:
    """Make a key for sealing; return what is kept of it, and the text of the file that is shown this once."""
    made = sealed.new_keys()
    with transaction.atomic():
        kept = SealKey.objects.create(organisation=organisation, public=made.public, made_by=by)
        record("seal-key-made", f"seal-key:{kept.pk}", by=by, organisation=organisation)
    return kept, sealed.key_file(made.private, organisation.name, kept.made.date().isoformat())


def key_with(organisation: Organisation, signs: str) -> SealKey | None:
    """Return the key of an organisation to which these last signs belong, or else the one that was made last."""
    keys = list(organisation.seal_keys.filter(retired=None).order_by("-pk"))
    return next((one for one in keys if fits(one, signs)), keys[0] if keys else None)


def fits(key: SealKey, signs: str) -> bool:
    """Say whether these are the last four signs of the private key, as whoever kept its file can read them there."""
    return signs.strip().upper() == sealed.last_signs(key.public)


# --- promises ---------------------------------------------------------------------------------------------------------


def protect(*, form: Form, asked: Asked, by: User) -> Form:
    """Keep what a form promises from now on. What is worked out from sealed fields is sealed with them.

    Raises BadProtection; nothing is changed then.
    """
    with transaction.atomic():
        found = services.locked(form)
        if asked.seen not in ("", found.changed.isoformat()):
            raise BadProtection("protection.unmet")
        known = _known(found)
        before = (set(found.sealed), dict(found.coarse), found.keep_days)
        found.sealed = _sealed(asked.sealed, known, before[0])
        found.coarse = _coarse(asked.metres, known, before[1])
        found.keep_days = _days(asked.keep_days)
        found.consent = _words(asked.consent)
        _take_key(found, asked)
        if found.submissions.exists():
            _require_stricter(found, before)
        found.save(update_fields=["sealed", "coarse", "keep_days", "consent", "seal_key", "changed"])
        record("form-protected", f"form:{found.pk}", by=by, organisation=found.organisation, sealed=len(found.sealed),
               coarse=max(found.coarse.values(), default=0), keep_days=found.keep_days)  # fmt: skip
        if (set(found.sealed), found.coarse) != before[:2]:
            enqueue(PROTECT, str(found.pk))
    return found


def _known(form: Form) -> list[Field]:
    """Return the fields of all versions: what an old phone sends is protected too."""
    found: dict[str, Field] = {}
    for version in form.versions.order_by("-number"):
        for one in fields(version.xform):
            found.setdefault(one.path, one)
    return list(found.values())


def _sealed(asked: Sequence[str], known: list[Field], before: set[str]) -> list[str]:
    paths = {one.path for one in known} | before
    for path in asked:
        if path not in paths:
            raise BadProtection("protection.no-field", path=path)
    chosen = frozenset(asked)
    return sorted(chosen | followers(known, chosen))


def _coarse(metres: int | None, known: list[Field], before: Mapping[str, int]) -> dict[str, int]:
    if metres is None:
        return {}
    if not LEAST <= metres <= MOST:
        raise BadProtection("protection.metres", value=metres, least=LEAST, most=MOST)
    return dict.fromkeys([one.path for one in known if one.type in PLACES] + list(before), metres)


def _days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadProtection("protection.days", value=days, most=MOST_DAYS)
    return days


def _words(consent: Mapping[str, str]) -> dict[str, str]:
    for language, words in consent.items():
        if len(words) > LONGEST:
            raise BadProtection("protection.words", language=language, most=LONGEST)
    return {language: words.strip() for language, words in consent.items() if words.strip()}


def _take_key(form: Form, asked: Asked) -> None:
    if asked.key is not None and asked.key != form.seal_key:
        if asked.key.organisation_id != form.organisation_id or not fits(asked.key, asked.last_signs):
            raise BadProtection("protection.last-signs")
        form.seal_key = asked.key
    if form.sealed and form.seal_key is None:
        raise BadProtection("protection.no-key")


def _require_stricter(form: Form, before: tuple[set[str], dict[str, int], int | None]) -> None:
    sealed_before, coarse_before, days_before = before
    looser = {
        "sealed": bool(sealed_before - set(form.sealed)),
        "coarse": any(form.coarse.get(path, 0) < metres for path, metres in coarse_before.items()),
        "keep_days": days_before is not None and (form.keep_days is None or form.keep_days > days_before),
    }
    for what, is_so in looser.items():
        if is_so:
            raise BadProtection("protection.looser", what=_(LOOSER[what]))


# --- what a page shows ------------------------------------------------------------------------------------------------


def told(form: Form) -> dict[str, Any]:
    """Return the questions of a form with what is proposed, how coarse positions are, and how many answers came."""
    known, personal = _known(form), proposed(form)
    sealed_now = frozenset(form.sealed)
    follow = {
        one.path for one in known
        if one.path in sealed_now and any(under(path, sealed_now - {one.path}) for path in one.made_of)
    }  # fmt: skip
    said = [
        Question(one.path, one.label or one.name, one.type in PLACES, one.type in FILES, one.path in form.sealed,
                 one.path in follow, personal.get(one.name, ""))
        for one in known
    ]  # fmt: skip
    return {
        "questions": said,
        "positions": [one for one in said if one.place],
        "metres": max(form.coarse.values(), default=None),
        "answers": form.submissions.count(),
        "proposed": sum(bool(one.personal) and not one.sealed for one in said),
    }


def proposed(form: Form) -> dict[str, str]:
    """Return the names of questions that seem to ask for something personal, with what in plain words.

    It is what the check of the form says; where the workbook is not at hand, nothing is proposed.
    """
    version = form.versions.order_by("-number").first()
    if version is None or not version.source_sha256:
        return {}
    try:
        return {one.name: _(PERSONAL[one.code]) for one in services.noticed(version) if one.code in PERSONAL}
    except DataShiftError:
        return {}


# --- consent ----------------------------------------------------------------------------------------------------------


def consent_words(form: Form, language: str) -> ConsentText | None:
    """Return the words to show before the first question: in a language, else in the first that has any; None where
    the form has none. They are kept, so that a submission can name them by their digest (`Submission.consent`).
    """
    if not form.consent:
        return None
    spoken = language if language in form.consent else next(iter(form.consent))
    words = form.consent[spoken]
    digest = sha256(f"{form.pk}\n{spoken}\n{words}".encode()).hexdigest()
    made = {"form": form, "language": spoken, "words": words, "since": timezone.now()}
    return ConsentText.objects.get_or_create(digest=digest, defaults=made)[0]
