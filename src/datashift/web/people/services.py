"""What is done to people and organisations; every act leaves a record."""

from __future__ import annotations

from typing import Any

from datashift.web.people.models import Event, Organisation, User


def record(
    verb: str, subject: str = "", *, by: User | None, organisation: Organisation | None = None, **facts: Any
) -> Event:
    """Write what was done into the record. Facts never hold names, addresses or answers."""
    return Event.objects.create(
        actor=by.pk if by else None, verb=verb, subject=subject,
        organisation=organisation.pk if organisation else None, facts=facts,
    )  # fmt: skip
