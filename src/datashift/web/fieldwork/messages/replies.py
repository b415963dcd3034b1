"""Replies on their way: stored before they are sent, held by one while they are sent, and gone once they went.

A conversation has one reply, the last: what a person says makes the reply before it void, so that no old question comes
after a new one. Beside a reply that waits lies the number that it goes to, sealed. It is deleted when the gateway took
the reply, when nobody can know whether it did, and when the reply is given up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from datashift.web.fieldwork.models import Conversation, Form
from datashift.web.people.sealed import Sealed

Delivery = Conversation.Delivery
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=4)
"""After each try in vain the wait doubles, up to the longest."""
GIVEN_UP = timedelta(days=1)
"""After so long a reply is not tried again: nobody remembers the question."""
HELD = timedelta(minutes=2)
"""How long a reply may take to be sent: several times what a gateway is waited for."""


class Told(NamedTuple):
    """The last reply of a conversation: its text, and whether it ends the conversation."""

    text: str
    over: bool


class Outgoing(NamedTuple):
    """A reply that somebody holds to send it. to: a number, "" for e-mail; held: until when, which is also who."""

    key: int
    to: str
    text: str
    held: datetime


def keep(found: Conversation, told: Told, *, delivery: str, person: str | None = None) -> None:
    """Store a reply with its conversation, in place of the one before. person: whom it goes to; None: as before."""
    found.reply = Sealed().encrypt(json.dumps(told._asdict(), ensure_ascii=False))
    found.delivery, found.tries = delivery if told.text else "", 0
    found.due = timezone.now() if found.delivery else None
    if person is not None:
        found.to = Sealed().encrypt(person) if person else ""
    found.save()


def told(found: Conversation) -> Told:
    """Return the last reply of a conversation."""
    kept = json.loads(Sealed().decrypt(found.reply))
    return Told(kept["text"], kept["over"])


def claimed(key: int | None) -> Outgoing | None:
    """Hold a reply that waits, to send it; None where none waits, or somebody else holds it."""
    with transaction.atomic():
        found = Conversation.objects.select_for_update().filter(pk=key or 0, delivery=Delivery.WAITING).first()
        if found is None:
            return None
        held = timezone.now() + HELD
        Conversation.objects.filter(pk=found.pk).update(delivery=Delivery.SENDING, due=held)
        return Outgoing(found.pk, Sealed().decrypt(found.to) if found.to else "", told(found).text, held)


def settle(outgoing: Outgoing, became: Delivery) -> None:
    """Say what became of a reply that was held; WAITING: it certainly was not taken, and is tried again.

    Where the person said something meanwhile, another reply is in its place, and nothing is changed.
    """
    mine = Conversation.objects.filter(pk=outgoing.key, delivery=Delivery.SENDING, due=outgoing.held)
    if became != Delivery.WAITING:
        mine.update(delivery=became, to="", due=None)
        return
    with transaction.atomic():
        found = mine.select_for_update().first()
        if found is not None:
            wait = min(FIRST_WAIT * 2 ** min(found.tries, 10), LONGEST_WAIT)
            mine.update(delivery=Delivery.WAITING, tries=found.tries + 1, due=timezone.now() + wait)


def tidy_up() -> None:
    """Give up SMS that wait for too long, and those of whose sender nothing was heard: they may have been taken."""
    now, gone = timezone.now(), {"to": "", "due": None}
    Conversation.objects.filter(delivery=Delivery.SENDING, due__lt=now).update(delivery=Delivery.UNCLEAR, **gone)
    old = Conversation.objects.filter(delivery=Delivery.WAITING, changed__lt=now - GIVEN_UP)
    old.exclude(gateway__kind="email").update(delivery=Delivery.GIVEN_UP, **gone)  # its letters lie in the mailbox


def standing(form: Form) -> Mapping[int, Mapping[str, int]]:
    """Return {gateway: {delivery: number}} of the replies of a form that were not sent at once."""
    found = Conversation.objects.filter(gateway__form=form).exclude(delivery=Delivery.WAITING, tries=0)
    made: dict[int, dict[str, int]] = defaultdict(dict)
    for gateway, delivery, number in found.values_list("gateway", "delivery").annotate(Count("pk")):
        made[gateway][delivery] = number
    return made
