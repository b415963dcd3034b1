"""What a producer says of consent: on what ground answers are used, what people were told, until when rows are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from django.db import transaction
from django.utils import timezone

from datashift.errors import BadUpload
from datashift.language import current
from datashift.model import Consent
from datashift.model.consent import Basis, Channel
from datashift.web.collection.models import Dataset
from datashift.web.collection.recipes import rebuild
from datashift.web.collection.services import changed, locked, writable
from datashift.web.collection.steps import ready
from datashift.web.people.models import User

BASES, CHANNELS = get_args(Basis), get_args(Channel)
COLUMNS = ("column", "version_column", "time_column")
FIELDS = ("basis", "text", "version", "since", "channel", *COLUMNS, "until")
LONGEST = 4000


def state(*, dataset: Dataset, said: Mapping[str, str], version: int, by: User) -> Dataset:
    """Keep what is said of consent (FIELDS; empty ones are not stated) in place of what was said before.

    The figures are made again where that changes the recipe. Raises BadUpload; nothing is changed then.
    """
    with transaction.atomic():
        found = locked(dataset)
        if found.version != version:
            raise BadUpload("upload.old-page")
        if found.state == Dataset.State.IN_REVIEW:
            raise BadUpload("upload.in-review")
        agreed = _agreed(found, writable(dict(said)))
        if agreed == found.answers.get("consent"):
            return found
        found.answers = {**found.answers, "consent": agreed}
        found.keep_until = _day(agreed.get("until", ""))
        if ready(found):
            rebuild(found)
            changed(found, "run", by, "consent")
        else:
            found.version += 1
            found.save()
    return found


def _agreed(dataset: Dataset, said: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: said.get(name, "").strip()[:LONGEST] for name in FIELDS}
    for name, known in (("basis", BASES), ("channel", ("", *CHANNELS))):
        if told[name] not in known:
            raise BadUpload("upload.no-choice", value=told[name])
    columns = ["", *(one["name"] for one in dataset.suggestion.get("columns", ()))]
    for name in COLUMNS:
        if told[name] not in columns:
            raise BadUpload("upload.no-column", column=told[name], near=", ".join(columns[1:6]))
    _day(told["since"])
    last = _day(told["until"])
    if last and last < timezone.now().date():
        raise BadUpload("consent.past-day", day=last)
    if told["basis"] == "consent" and not told["text"]:
        raise BadUpload("consent.no-text")
    former = dataset.answers.get("consent", {}).get("text", {})
    # What was written in another language stands while this one says the same.
    told["text"] = _words(told["text"], former)
    kept = {name: one for name, one in told.items() if one}
    Consent.model_validate({name: one for name, one in kept.items() if name not in ("column", "since", "until")})
    return kept


def _words(text: str, former: Mapping[str, str]) -> dict[str, str]:
    if former and text == former.get(current(), ""):
        return dict(former)
    return {current(): text} if text else {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadUpload("upload.not-a-date", value=text) from None
