"""Who fills forms in: a name for the supervisor and a key for the phone. No account, no address, no person.

Of a key only the digest is kept, so nobody can read it here, and a lost one is replaced by another.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datashift.errors import BadFieldwork
from datashift.web.fieldwork.models import Enumerator, Form
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import record

LONGEST_NAME = 80


class Key(NamedTuple):
    """A key as it is shown once: `code` is the secret itself."""

    enumerator: Enumerator
    code: str


def digest(code: str) -> str:
    """Return by what a key is known: its SHA-256."""
    return sha256(code.encode()).hexdigest()


def add_enumerator(*, organisation: Organisation, name: str, forms: Iterable[Form], by: User) -> Key:
    """Add somebody who fills in forms, under a name for the supervisor. Raises BadFieldwork."""
    plain, code = " ".join(name.split()), token_urlsafe(24)
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise BadFieldwork("fieldwork.no-name")
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        if Enumerator.objects.filter(organisation=organisation, name=plain).exists():
            raise BadFieldwork("fieldwork.name-there", name=plain)
        made = Enumerator.objects.create(organisation=organisation, name=plain, digest=digest(code))
        made.forms.set(_own(organisation, forms))
        _record("enumerator-added", made, by)
    return Key(made, code)


def renew_key(*, enumerator: Enumerator, by: User) -> Key:
    """Make another key; the one before opens nothing from now on. A phone that was stopped works again."""
    code = token_urlsafe(24)
    with transaction.atomic():
        found = Enumerator.objects.select_for_update(of=("self",)).get(pk=enumerator.pk)
        found.digest, found.stopped = digest(code), None
        found.save(update_fields=["digest", "stopped"])
        _record("enumerator-key-renewed", found, by)
    return Key(found, code)


def stop_enumerator(*, enumerator: Enumerator, by: User) -> Enumerator:
    """Give out nothing to a key from now on. What came in with it stays; what still comes is kept apart."""
    with transaction.atomic():
        found = Enumerator.objects.select_for_update(of=("self",)).get(pk=enumerator.pk)
        if found.stopped is None:
            found.stopped = timezone.now()
            found.save(update_fields=["stopped"])
            _record("enumerator-stopped", found, by)
    return found


def assign(*, enumerator: Enumerator, forms: Iterable[Form], by: User) -> Enumerator:
    """Say which forms somebody gets; those that are not named are taken from the phone. Raises BadFieldwork."""
    with transaction.atomic():
        enumerator.forms.set(_own(enumerator.organisation, forms))
        _record("enumerator-assigned", enumerator, by, forms=enumerator.forms.count())
    return enumerator


def open_link(*, form: Form, by: User, on: bool) -> Form:
    """Let everybody answer who knows an address, or end that. Turned on again, the address is another one.

    Raises BadFieldwork where the form is not published.
    """
    with transaction.atomic():
        found = Form.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=form.pk)
        if on and found.state != Form.State.PUBLISHED:
            raise BadFieldwork("fieldwork.not-published")
        if on != bool(found.open_link):
            found.open_link = token_urlsafe(24) if on else None
            found.save(update_fields=["open_link", "changed"])
            verb = "open-link-made" if on else "open-link-ended"
            record(verb, f"form:{found.pk}", by=by, organisation=found.organisation)
    return found


def address(code: str) -> str:
    """Return the address that a phone is told."""
    return f"{settings.ORIGIN}/key/{code}"


def collect_settings(code: str, project: str) -> str:
    """Return what ODK Collect reads from a picture: its settings as JSON, zlib, base64.

    The phone keeps the same forms as the site, sends at once what is finished, and keeps nothing that was sent, so
    that a lost phone tells nothing. Format: ODK Collect, "Making your own QR code"; `general` and `admin` are needed.
    """
    general = {
        "protocol": "odk_default", "server_url": address(code), "form_update_mode": "match_exactly",
        "autosend": "wifi_and_cellular", "delete_send": True, "analytics": False,
    }  # fmt: skip
    told = {"general": general, "admin": {}, "project": {"name": project[:40]}}
    return b64encode(zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9)).decode("ascii")


def _own(organisation: Organisation, forms: Iterable[Form]) -> list[Form]:
    found = list(forms)
    if any(form.organisation_id != organisation.pk for form in found):
        raise BadFieldwork("fieldwork.other-organisation")
    return found


def _record(verb: str, enumerator: Enumerator, by: User, **facts: object) -> None:
    record(verb, f"enumerator:{enumerator.pk}", by=by, organisation=enumerator.organisation, **facts)
