"""The job `send_messages`, and the first try before it: replies by SMS are handed to the gateway.

Each is tried when it is made, so that a person need not wait for the worker. What the gateway did not take is tried by
the worker, with growing waits; the first that it takes again brings the others with it.
"""

from __future__ import annotations

from django.utils import timezone

from datashift.errors import DataShiftError
from datashift.language import N_
from datashift.web.fieldwork.messages import africas_talking
from datashift.web.fieldwork.messages.gateways import secrets_of
from datashift.web.fieldwork.messages.replies import FIRST_WAIT, Delivery, claimed, settle, tidy_up
from datashift.web.fieldwork.models import Conversation, Gateway
from datashift.web.jobs.services import Progress, enqueue

SENDING = N_("sending messages")
SMS = "africastalking-sms"
_PAUSE = FIRST_WAIT / 15
"""After a try in vain, so long no other is made from a page: a gateway that is away must not hold every thread."""


def send_now(gateway: Gateway, key: int | None) -> None:
    """Hand a reply over at once where the gateway answers. Raises nothing for a gateway that does not."""
    now = timezone.now()
    waiting = gateway.conversations.filter(delivery=Delivery.WAITING, tries__gt=0)
    if waiting.filter(tries=1, due__gt=now + FIRST_WAIT - _PAUSE).exists():
        return
    if _handed_over(gateway, key) == Delivery.SENT and waiting.update(due=now):
        enqueue("send_messages", "")


def send_messages(subject: str, progress: Progress) -> None:
    """Send the replies that are due through every gateway. One that does not take them is left for the next time."""
    progress(SENDING)
    tidy_up()
    due = Conversation.objects.filter(delivery=Delivery.WAITING, due__lte=timezone.now())
    problem: DataShiftError | None = None
    for gateway in Gateway.objects.filter(kind=SMS, stopped=None, pk__in=due.values("gateway")):
        try:
            _work_off(gateway)
        except DataShiftError as found:  # as one that was sealed with a key that is gone
            problem = found
    if problem is not None:
        raise problem


def _work_off(gateway: Gateway) -> None:
    waiting = gateway.conversations.filter(delivery=Delivery.WAITING).order_by("due", "pk")
    for key in list(waiting.values_list("pk", flat=True)):
        if _handed_over(gateway, key) in (Delivery.WAITING, Delivery.UNCLEAR):
            return


def _handed_over(gateway: Gateway, key: int | None) -> Delivery | None:
    """Send a reply and say what became of it; None where there was nothing to send."""
    keys = secrets_of(gateway)
    outgoing = claimed(key)
    if outgoing is None:
        return None
    became = africas_talking.send_sms(keys, outgoing.to, outgoing.text)
    settle(outgoing, became)
    return became
