"""What a producer states about a source: evidence by criterion of the catalogue, with what shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.db import transaction

from datashift.errors import BadUpload
from datashift.language import current
from datashift.publish.bundle import PUBLIC
from datashift.standards.profiles import Criterion, catalogue, statements_of
from datashift.web.collection.models import Dataset, Run
from datashift.web.collection.recipes import STATED, rebuild, stated_text
from datashift.web.collection.services import changed, locked, writable
from datashift.web.collection.steps import ready
from datashift.web.people.models import User

DOSSIER = "dossier.json"
STATES = ("met", "partly", "not_met")
LONGEST = 2000

Said = Mapping[str, Mapping[str, str]]
"""By criterion: state, text, link and day, as they were filled in; without a state nothing is stated."""


def statable() -> tuple[Criterion, ...]:
    """Return the criteria about which somebody can state something that counts."""
    return tuple(one for one in catalogue().criteria if one.basis != "automatic" or one.lifts)


def state(*, dataset: Dataset, said: Said, version: int, by: User) -> Dataset:
    """Keep what a producer states, in place of what was stated before. Where that changes anything, the dossier is made
    again. Raises BadUpload and BadProfile; nothing is changed then.
    """
    with transaction.atomic():
        found = locked(dataset)
        if found.version != version:
            raise BadUpload("upload.old-page")
        if found.state == Dataset.State.IN_REVIEW:
            raise BadUpload("upload.in-review")
        stated = _stated(writable(said), found.answers.get("evidence", {}))
        if stated == found.answers.get("evidence", {}):
            return found
        statements_of(stated_text(stated), STATED)
        found.answers = {**found.answers, "evidence": stated}
        if ready(found):
            rebuild(found)
            changed(found, "run", by, "stated")
        else:
            found.version += 1
            found.save()
    return found


def dossier_of(run: Run | None) -> dict[str, Any]:
    """Return the dossier in the draft of a run; {} where there is none."""
    if run is None:
        return {}
    try:
        with ZipFile(settings.HOME / run.folder / PUBLIC) as parts:
            return dict(json.loads(parts.read(DOSSIER)))
    except (OSError, KeyError, BadZipFile, ValueError):
        return {}


def _stated(said: Said, before: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in statable():
        fields = said.get(one.id, {})
        if fields.get("state") not in STATES:
            continue
        text, former = fields.get("text", "").strip()[:LONGEST], before.get(one.id, {}).get("text", {})
        # What was written in another language stands while this one says the same.
        words = dict(former) if former and text == former.get(current(), "") else {current(): text} if text else {}
        made[one.id] = {"state": fields["state"], "text": words, "link": _link(fields.get("link", ""))}
        if day := fields.get("day", "").strip():
            made[one.id]["day"] = _day(day)
    return made


def _link(text: str) -> str:
    link = text.strip()[:500]
    if link and not link.startswith(("https://", "http://")):
        raise BadUpload("upload.not-a-link", value=link)
    return link


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadUpload("upload.not-a-date", value=text) from None
