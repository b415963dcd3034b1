"""The revision of what is public: every cached page knows the one it was made at."""

from __future__ import annotations

import time

from django.db import models
from django.db.models import F

_LASTS = 1.0
_seen: dict[str, tuple[float, int]] = {}


class Revision(models.Model):
    """One row with a number that grows whenever something public changes."""

    number = models.BigIntegerField(default=1)

    class Meta:
        """One row is enough."""

        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_revision"),)


def bump() -> None:
    """Say that something public changed: pages made before are not shown again."""
    Revision.objects.get_or_create(pk=1)
    Revision.objects.filter(pk=1).update(number=F("number") + 1)
    _seen.clear()


def current() -> int:
    """Return the revision of what is public; asked of the database once a second."""
    now = time.monotonic()
    at, number = _seen.get("revision", (-_LASTS, 0))
    if now - at >= _LASTS:
        number = Revision.objects.values_list("number", flat=True).filter(pk=1).first() or 0
        _seen["revision"] = (now, number)
    return number
