"""Doors for messages: made for one form, known by a secret in their address, of which only the digest is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datashift.errors import BadMessage
from datashift.forms.messages import unfit
from datashift.forms.messages.folding import as_keyword
from datashift.forms.messages.reading import command
from datashift.language import N_, _
from datashift.web.fieldwork.filling import form_of
from datashift.web.fieldwork.messages.talking import finish
from datashift.web.fieldwork.models import Conversation, Form, FormVersion, Gateway
from datashift.web.fieldwork.phones import digest
from datashift.web.people.models import User
from datashift.web.people.sealed import Sealed
from datashift.web.people.services import record

KINDS = {
    "africastalking-sms": N_("SMS through Africa's Talking"),
    "africastalking-ussd": N_("USSD through Africa's Talking"),
    "email": N_("E-mail"),
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "africastalking-sms": ("username", "api_key"),
    "africastalking-ussd": (),
    "email": ("username", "api_key", "imap", "smtp"),
}
"""What must be known of each kind, beside what all have."""
LABELS = {
    "username": N_("User name at the gateway or mailbox"), "api_key": N_("API key or password"),
    "imap": N_("Host of the mailbox (IMAP)"), "smtp": N_("Host that sends (SMTP)"),
}  # fmt: skip
LONGEST = 200


class Opened(NamedTuple):
    """A gateway as it is shown once; `secret` stands in the address to which messages are sent."""

    gateway: Gateway
    secret: str


def add_gateway(*, form: Form, kind: str, keyword: str, language: str, told: Mapping[str, str], by: User) -> Opened:
    """Open a door for messages to a form. `told` holds what the gateway asks for (`LABELS`), and the sender's name.

    Raises BadMessage where the form does not fit, or something is missing.
    """
    version = form.versions.exclude(published=None).order_by("-number").first()
    if version is None or form.state != Form.State.PUBLISHED:
        raise BadMessage("message.not-published")
    if not_fitting(form):
        raise BadMessage("message.not-fitting")
    if kind not in KINDS:
        raise BadMessage("message.no-gateway")
    word = as_keyword(keyword)
    if command(word) or (not word and (keyword.strip() or not kind.endswith("ussd"))):
        raise BadMessage("message.keyword")
    if language and language not in form_of(version).languages:
        raise BadMessage("message.no-language")
    secret = token_urlsafe(24)
    with transaction.atomic():
        made = Gateway.objects.create(
            organisation=form.organisation, form=form, kind=kind, digest=digest(secret), keyword=word,
            language=language, secrets=Sealed().encrypt(json.dumps(_needed(kind, told))),
        )  # fmt: skip
        record("gateway-added", f"gateway:{made.pk}", by=by, organisation=form.organisation, kind=kind)
    return Opened(made, secret)


def stop_gateway(*, gateway: Gateway, by: User) -> None:
    """Take nothing through a gateway any more; its keys, and what was said and not sent, are deleted. Forms that were
    finished are received first.
    """
    finish(gateway)
    with transaction.atomic():
        found = Gateway.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=gateway.pk)
        Conversation.objects.filter(gateway=found).delete()
        if found.stopped is None:
            found.stopped, found.secrets = timezone.now(), ""
            found.save(update_fields=["stopped", "secrets"])
            record("gateway-stopped", f"gateway:{found.pk}", by=by, organisation=found.organisation)


def gateway_of(secret: str, kind: str) -> Gateway | None:
    """Return the gateway of a secret; None where there is none, or it was stopped."""
    found = Gateway.objects.select_related("form__organisation", "form__seal_key")
    return found.filter(digest=digest(secret), kind=kind, stopped=None).first()


def secrets_of(gateway: Gateway) -> dict[str, str]:
    """Return what the gateway asks us for."""
    told: dict[str, str] = json.loads(Sealed().decrypt(gateway.secrets)) if gateway.secrets else {}
    return told


def version_of(form: Form) -> FormVersion | None:
    """Return the version that is asked: the last one that is published, else the last one."""
    published = form.versions.exclude(published=None).order_by("-number").first()
    return published or form.versions.order_by("-number").first()


def not_fitting(form: Form) -> list[BadMessage]:
    """Return what keeps a form from being asked by messages."""
    version = version_of(form)
    found = unfit(form_of(version)) if version else [BadMessage("message.no-questions")]
    return [*found, BadMessage("message.sealed")] if form.sealed else found


def address(kind: str, secret: str) -> str:
    """Return the address that a gateway is told; "" for a mailbox, which we ask ourselves."""
    return "" if kind == "email" else f"{settings.ORIGIN}/gateway/{secret}/{kind.rpartition('-')[2]}"


def _needed(kind: str, told: Mapping[str, str]) -> dict[str, str]:
    found = {name: told.get(name, "").strip() for name in (*FIELDS[kind], "sender")}
    for name in FIELDS[kind]:
        if not found[name] or len(found[name]) > LONGEST or not found[name].isprintable():
            raise BadMessage("message.blank", field=_(LABELS[name]))
    return {name: text for name, text in found.items() if text and text.isprintable()}
