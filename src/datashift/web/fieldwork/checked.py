"""What the checks of the credibility issue said of the answers of a form, and when somebody looks again.

Each arrival asks for a look, at most once a minute; and so does whoever opens the desk when something came since, and
the worker every quarter of an hour.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import Error
from django.utils import timezone

from datashift.web.fieldwork.models import Checked, Form, Submission
from datashift.web.jobs.services import enqueue

CHECK = "check_answers"
PAUSE = 60
"""Seconds between two looks."""
_asked: dict[UUID, float] = {}


class Told(NamedTuple):
    """The last look: its record (None where nobody looked yet), and whether answers came in since."""

    checked: Checked | None
    behind: bool

    def part(self, name: str) -> list[dict[str, Any]]:
        """Return a part of what was told: findings, concerns or interviews."""
        return list(self.checked.told.get(name, ())) if self.checked else []


def arrived(form: UUID) -> None:
    """Ask for a look at the answers of a form, unless that was done within the last minute."""
    now = time.monotonic()
    if now - _asked.get(form, -PAUSE) >= PAUSE:
        _asked[form] = now
        with suppress(Error):  # what came in is stored already, and stays so
            enqueue(CHECK, str(form))


def last_look(form: Form) -> Told:
    """Return what the last look said; where answers came in since, ask for another."""
    checked = Checked.objects.filter(form=form).first()
    came = Submission.objects.filter(form=form, withdrawn=None, erased=None).order_by("-pk")
    newest = came.values_list("pk", flat=True).first() or 0
    behind = newest > (checked.upto if checked else 0)
    if behind and (checked is None or timezone.now() - checked.at > timedelta(seconds=PAUSE)):
        arrived(form.pk)
    return Told(checked, behind)
