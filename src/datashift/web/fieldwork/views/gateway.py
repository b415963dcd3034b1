"""What gateways for messages post to us. The secret in the address is looked at before anything of the body is."""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from datashift.errors import DataShiftError
from datashift.language import _, speaking
from datashift.web.fieldwork.filling import code_of
from datashift.web.fieldwork.messages import africas_talking
from datashift.web.fieldwork.messages.gateways import gateway_of
from datashift.web.fieldwork.messages.sending import send_now
from datashift.web.fieldwork.messages.talking import hear

LARGEST = 16_384
"""Bytes of one post: many times a message."""
_log = logging.getLogger("datashift.web")


@csrf_exempt  # a gateway has no cookies; whoever knows the secret may post
@require_POST
def sms(request: HttpRequest, token: str) -> HttpResponse:
    """Take an SMS, and hand the reply to the gateway: at once, else the worker does. 503 says that nothing was stored,
    and asks the gateway to deliver the message again.
    """
    gateway = gateway_of(token, "africastalking-sms")
    if gateway is None:
        return _plain("", 404)
    posted = _posted(request)
    came = africas_talking.read_sms(posted) if posted is not None else None
    if came is None:
        return _plain("", 400)
    try:
        send_now(gateway, hear(gateway, came, "sms").key)
    except (Error, OSError, DataShiftError):
        _log.exception("message.not-kept")
        return _plain("", 503)
    return _plain("")


@csrf_exempt  # as above
@require_POST
def ussd(request: HttpRequest, token: str) -> HttpResponse:
    """Take what was typed on a screen, and answer with the next."""
    gateway = gateway_of(token, "africastalking-ussd")
    if gateway is None:
        return _plain("", 404)
    posted = _posted(request)
    came = africas_talking.read_ussd(posted) if posted is not None else None
    if came is None:
        return _plain("", 400)
    try:
        return _plain(africas_talking.screen(hear(gateway, came, "ussd")))
    except (Error, OSError, DataShiftError):
        _log.exception("message.not-kept")
        with speaking(code_of(gateway.language)):
            return _plain("END " + _("Nothing can be stored just now. Try again later."))


def _posted(request: HttpRequest) -> dict[str, str] | None:
    """Return the fields that were posted; None where they are too many or too long, or no text."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    try:
        return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}
    except (RequestDataTooBig, TooManyFieldsSent, SuspiciousOperation, UnicodeError):
        return None


def _plain(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response
