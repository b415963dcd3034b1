"""Simple phones in tests: a form, a gateway to it, what people send, and what the gateway says to our replies."""

from __future__ import annotations

import json

import requests
from django.test import Client
from django.utils import timezone
from made_forms import sheet

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.messages.gateways import Opened, add_gateway
from datashift.web.fieldwork.models import Form, FormVersion
from datashift.web.people.models import Organisation, User

NUMBER, OTHER = "+255700000111", "+255700000222"
SWAHILI = "Kiswahili (sw)"


def water_form(organisation: Organisation) -> Form:
    """A published form of two questions."""
    made = Form.objects.create(
        organisation=organisation, form_id="water", title="Maji", country="TZ", state=Form.State.PUBLISHED
    )
    file = sheet(form_id="water", version="1", default_language="English (en)")
    xform = as_xform(file.data, file.name).decode()
    FormVersion.objects.create(
        form=made, number=1, version="1", xform=xform, published=timezone.now(),
        languages=["English (en)", SWAHILI],
    )  # fmt: skip
    return made


def opened(form: Form, staff: User, kind: str, **more: str) -> Opened:
    """A gateway to a form."""
    told = {"username": "sandbox", "api_key": "secret-of-gateway", "sender": "12345"}
    keyword = more.pop("keyword", "" if kind.endswith("ussd") else "MAJI")
    return add_gateway(form=form, kind=kind, keyword=keyword, language=SWAHILI, told=told, by=staff)


class Phone:
    """Somebody with a simple phone; what the gateway was given to send is in `got`."""

    def __init__(self, secret: str, number: str = NUMBER) -> None:
        self.secret, self.number, self.client = secret, number, Client(enforce_csrf_checks=True)
        self.count = 0

    def sms(self, text: str, name: str = "") -> int:
        self.count += 1
        body = {"id": name or f"{self.number}-{self.count}", "from": self.number, "to": "12345", "text": text,
                "date": "2026-11-23 10:00:00", "linkId": ""}  # fmt: skip
        return self.client.post(f"/gateway/{self.secret}/sms", body).status_code

    def ussd(self, text: str, session: str = "s1") -> str:
        body = {"sessionId": session, "phoneNumber": self.number, "networkCode": "64002", "serviceCode": "*384*1#",
                "text": text}  # fmt: skip
        return self.client.post(f"/gateway/{self.secret}/ussd", body).content.decode()


def answer(code: int, status: int = 201) -> requests.Response:
    """What the gateway says to a reply."""
    made = requests.Response()
    made.status_code = status
    recipients = [{"statusCode": code, "number": NUMBER, "status": "Success", "messageId": "x"}]
    made._content = json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": recipients}}).encode()
    return made
