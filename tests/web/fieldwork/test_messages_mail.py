"""E-mail as a gateway, with a mailbox and a post office in memory."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone
from made_forms import sheet

from datashift.errors import BadMessage, MessageNotSent
from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.messages import mail
from datashift.web.fieldwork.messages.gateways import add_gateway
from datashift.web.fieldwork.models import Conversation, Form, FormVersion, Gateway, Submission
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db
WHO = "Asha <Asha@example.org>"


class Letters:
    """A mailbox and a post office: what is unread, and what was sent."""

    def __init__(self) -> None:
        self.unread: dict[bytes, bytes] = {}
        self.sent: list[EmailMessage] = []
        self.down, self.count = False, 0
        self.refused: dict[str, int] = {}

    def come(self, text: str, name: str = "", sender: str = WHO, **headers: str) -> None:
        self.count += 1
        letter = EmailMessage()
        letter["From"], letter["Subject"] = sender, "Water"
        letter["Message-ID"] = name or f"<{self.count}@example.org>"
        for header, value in headers.items():
            letter[header.replace("_", "-")] = value
        letter.set_content(text)
        self.unread[str(self.count).encode()] = letter.as_bytes()

    # as imaplib and smtplib call them
    def login(self, _name: str, _password: str) -> None: ...
    def select(self, _box: str) -> None: ...
    def logout(self) -> None: ...

    def search(self, _charset: None, _what: str) -> tuple[str, list[bytes]]:
        return "OK", [b" ".join(self.unread)]

    def fetch(self, number: bytes, _what: str) -> tuple[str, list[Any]]:
        return "OK", [(b"head", self.unread[number]), b")"]

    def store(self, number: bytes, _how: str, _flag: str) -> None:
        del self.unread[number]

    def __enter__(self) -> Letters:
        if self.down:
            raise smtplib.SMTPServerDisconnected("away")
        return self

    def __exit__(self, *_what: object) -> None: ...

    def send_message(self, letter: EmailMessage) -> None:
        if code := self.refused.get(letter["To"]):
            raise smtplib.SMTPRecipientsRefused({letter["To"]: (code, b"no")})
        self.sent.append(letter)


@pytest.fixture
def gateway(organisation: Organisation, person: Callable[..., User], monkeypatch: pytest.MonkeyPatch) -> Gateway:
    form = Form.objects.create(
        organisation=organisation, form_id="water", title="Maji", country="TZ", state=Form.State.PUBLISHED
    )
    file = sheet(form_id="water", version="1", default_language="English (en)")
    xform = as_xform(file.data, file.name).decode()
    FormVersion.objects.create(form=form, number=1, version="1", xform=xform, published=timezone.now())
    told = {"username": "ask@example.net", "api_key": "x", "imap": "imap.example.net", "smtp": "smtp.example.net"}
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, _port: [(0, 0, 0, "", ("93.184.216.34", 0))])
    return add_gateway(
        form=form, kind="email", keyword="WATER", language="English (en)", told=told,
        by=person("producer", organisation),
    ).gateway  # fmt: skip


@pytest.fixture
def letters() -> Letters:
    return Letters()


def look(gateway: Gateway, letters: Letters) -> int:
    return mail.poll(gateway, mailbox=lambda _host, timeout: letters, post=lambda _host, timeout: letters)


def test_a_whole_conversation_by_letters_keeps_the_subject_and_becomes_a_submission(
    gateway: Gateway, letters: Letters
) -> None:
    for text in ("water", "Well\n\nOn Monday somebody wrote:\n> Tap", "5\n-- \nAsha, 5 Street"):
        letters.come(text)
        assert look(gateway, letters) == 1
    assert [one["Subject"] for one in letters.sent] == ["Re: Water"] * 3
    assert {one["To"] for one in letters.sent} == {"asha@example.org"}
    assert letters.sent[1]["In-Reply-To"] == "<2@example.org>"
    found = Submission.objects.get()
    assert (found.channel, current(found)["source"], current(found)["people"]) == ("email", "well", "5")
    assert "asha" not in str(list(Conversation.objects.values())).lower()


def test_a_letter_that_could_not_be_answered_is_answered_the_next_time_and_counts_once(
    gateway: Gateway, letters: Letters
) -> None:
    letters.come("water")
    letters.down = True
    with pytest.raises(MessageNotSent):
        look(gateway, letters)
    letters.down = False
    look(gateway, letters)
    letters.come("water", "<1@example.org>")
    look(gateway, letters)
    assert len(letters.sent) == 1
    assert not letters.unread


def test_an_address_that_is_refused_for_good_does_not_keep_the_letters_behind_it_waiting(
    gateway: Gateway, letters: Letters
) -> None:
    letters.come("water")
    letters.come("water", sender="b@example.org")
    letters.refused["asha@example.org"] = 550
    assert look(gateway, letters) == 2
    assert [one["To"] for one in letters.sent] == ["b@example.org"]
    assert not letters.unread
    assert set(Conversation.objects.values_list("delivery", flat=True)) == {"given-up", "sent"}


def test_an_address_that_is_refused_for_now_is_tried_again(gateway: Gateway, letters: Letters) -> None:
    letters.come("water")
    letters.refused["asha@example.org"] = 450
    with pytest.raises(MessageNotSent):
        look(gateway, letters)
    assert letters.unread
    letters.refused.clear()
    look(gateway, letters)
    look(gateway, letters)
    assert len(letters.sent) == 1


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "x"}, {"X_Autoreply": "yes"},
])  # fmt: skip
def test_machines_are_never_answered(gateway: Gateway, letters: Letters, headers: dict[str, str]) -> None:
    letters.come("water", **headers)
    letters.come("water", sender="ask@example.net")
    letters.come("water", sender="nobody")
    assert look(gateway, letters) == 3
    assert not letters.sent
    assert not Conversation.objects.exists()


def test_a_letter_that_is_no_letter_is_left_behind(gateway: Gateway, letters: Letters) -> None:
    letters.unread = {
        b"1": b"\xff\xfe\x00",
        b"2": b"From: a@example.org\nContent-Type: text/plain; charset=klingon\n\nx",
    }
    assert look(gateway, letters) == 2
    assert not letters.sent


def test_a_host_inside_a_private_network_is_refused(
    gateway: Gateway, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, _port: [(0, 0, 0, "", ("10.0.0.7", 0))])
    with pytest.raises(BadMessage) as refused:
        look(gateway, letters)
    assert refused.value.code == "message.host"


def test_a_mailbox_that_does_not_answer_does_not_keep_the_others_waiting(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    Gateway.objects.create(
        organisation=gateway.organisation, form=gateway.form, kind="email", digest="2", secrets=gateway.secrets
    )
    asked: list[int] = []

    def away(one: Gateway) -> int:
        asked.append(one.pk)
        raise MessageNotSent("message.no-mailbox")

    monkeypatch.setattr(mail, "poll", away)
    with pytest.raises(MessageNotSent):
        mail.fetch_mail("", lambda _stage: None)
    assert len(asked) == 2
