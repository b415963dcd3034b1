"""What the checks see about one interviewer, device or contributor: kept apart, decided by a supervisor; an appeal.

Nothing here is ever part of a release, of what a producer or a reviewer sees, or of the record: there stand numbers.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from datashift.errors import BadUpload, NotAllowed
from datashift.web.collection.models import Concern, Dataset, Run
from datashift.web.people.models import User
from datashift.web.people.services import record

LONGEST_TEXT = 4000

State, Appeal = Concern.State, Concern.Appeal


def keep(run: Run, found: list[dict[str, Any]], before: Run | None) -> None:
    """Keep the concerns of a run. What was decided of the same rows in the run before still stands."""
    known = {_key(one): one for one in before.concerns.all()} if before else {}
    for fields in found:
        made = Concern(run=run, token=secrets.token_urlsafe(32), **fields)
        former = known.get(_key(made))
        if former is not None and former.rows == made.rows:
            # The old link leads on to the new concern; the old one gets a link that nobody has.
            made.token, former.token = former.token, made.token
            former.save(update_fields=["token"])
            for name in ("state", "words", "decided_by_id", "decided", "appeal", "appeal_text", "appealed", "answer",
                         "answered_by_id", "answered"):  # fmt: skip
                setattr(made, name, getattr(former, name))
        made.save()


def settle(*, concern: Concern, state: str, words: str, by: User) -> Concern:
    """Keep what a supervisor decided. Raises BadUpload where the words are missing or the decision is none, and
    NotAllowed once the person replied: then a safety officer has the last word.
    """
    if state not in (State.NOTHING, State.EXPLAINED, State.CORRECTED):
        raise BadUpload("upload.no-choice", value=state)
    if state != State.NOTHING and not words.strip():
        raise BadUpload("upload.no-words")
    with transaction.atomic():
        found = _locked(concern)
        if found.appeal == Appeal.OPEN:
            raise NotAllowed("concern.appealed")
        if found.appeal != Appeal.NONE:
            raise NotAllowed("concern.answered")
        found.state, found.words = state, _plain(words)
        found.decided_by, found.decided = by, timezone.now()
        found.save()
        _record("concern-settled", found, by, state=state)
    return found


def appeal(*, token: str, text: str) -> Concern:
    """Keep what the person says whom a concern is about, and ask for another look by a safety officer.

    Raises BadUpload where nothing is said, and NotAllowed where a decision on an earlier reply was made.
    """
    if not text.strip():
        raise BadUpload("upload.no-words")
    with transaction.atomic():
        found = _locked(Concern.objects.get(token=token))
        if found.appeal not in (Appeal.NONE, Appeal.OPEN):
            raise NotAllowed("concern.answered")
        found.appeal, found.appeal_text, found.appealed = Appeal.OPEN, _plain(text), timezone.now()
        found.save()
        _record("concern-appealed", found, None)
    return found


def answer(*, concern: Concern, granted: bool, words: str, by: User) -> Concern:
    """Keep what a safety officer decided on a reply: if it is granted, the concern is explained.

    Raises BadUpload without words, and NotAllowed for who decided before or where no reply is open.
    """
    if not words.strip():
        raise BadUpload("upload.no-words")
    with transaction.atomic():
        found = _locked(concern)
        if found.appeal != Appeal.OPEN:
            raise NotAllowed("concern.answered")
        if found.decided_by_id == by.pk:
            raise NotAllowed("concern.own")
        found.appeal = Appeal.GRANTED if granted else Appeal.REFUSED
        found.answer, found.answered_by, found.answered = _plain(words), by, timezone.now()
        if granted:
            found.state = State.EXPLAINED
        found.save()
        _record("concern-answered", found, by, granted=granted)
    return found


def _locked(concern: Concern) -> Concern:
    return (
        Concern.objects.select_for_update(of=("self",)).select_related("run__dataset__organisation").get(pk=concern.pk)
    )


def _key(one: Concern) -> tuple[str, str, str, str]:
    return one.check_id, one.code, one.kind, one.subject


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]


def _record(verb: str, concern: Concern, by: User | None, **facts: Any) -> None:
    dataset: Dataset = concern.run.dataset
    record(verb, f"concern:{concern.pk}", by=by, organisation=dataset.organisation, check=concern.check_id, **facts)
