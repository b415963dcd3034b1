"""Replies by SMS when the gateway is away: none is lost, none goes twice or to another, and the number goes with it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.apps import apps
from django.test import Client
from django.utils import timezone
from simple_phones import NUMBER, OTHER, Phone, answer, opened, water_form
from urllib3.exceptions import MaxRetryError, NewConnectionError

from datashift.errors import NotKept
from datashift.web.fieldwork.exporting_answers import export_answers
from datashift.web.fieldwork.exports import KINDS
from datashift.web.fieldwork.messages import africas_talking, talking
from datashift.web.fieldwork.messages.replies import FIRST_WAIT, GIVEN_UP, HELD, claimed, settle
from datashift.web.fieldwork.messages.sending import send_messages
from datashift.web.fieldwork.models import Conversation, Form, Submission
from datashift.web.frame.logs import Json
from datashift.web.jobs.models import Job
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User
from datashift.web.serving import QUARTERLY, kinds

pytestmark = pytest.mark.django_db
Delivery = Conversation.Delivery
REFUSED = answer(101, 500)
TAKEN = answer(101)


class Post:
    """A gateway that says `then` to everything; what it was given is in `got`."""

    def __init__(self) -> None:
        self.then: Any = TAKEN
        self.got: list[tuple[str, str]] = []

    def __call__(self, _address: str, body: Any, _headers: Any) -> requests.Response:
        self.got.append((body["to"], body["message"]))
        if isinstance(self.then, Exception):
            raise self.then
        made: requests.Response = self.then
        return made


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    made = Post()
    monkeypatch.setattr(africas_talking, "_post", made)
    return made


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return water_form(organisation)


@pytest.fixture
def staff(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def secret(form: Form, staff: User) -> str:
    return opened(form, staff, "africastalking-sms").secret


def later(wait: timedelta) -> None:
    """Let time pass for replies, and let the worker look."""
    for one in Conversation.objects.all():
        due = one.due - wait if one.due else None
        Conversation.objects.filter(pk=one.pk).update(due=due, changed=one.changed - wait)
    send_messages("", lambda _stage: None)


def no_connection() -> requests.ConnectionError:
    reason = NewConnectionError(None, "away")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(None, "", reason))  # type: ignore[arg-type]


# --- not taken --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [
    REFUSED, answer(101, 401), answer(101, 429), answer(101, 503), answer(405), answer(500), requests.ConnectTimeout(),
    requests.exceptions.SSLError(),
])  # fmt: skip
def test_what_the_gateway_did_not_take_is_sent_by_the_worker_once(secret: str, post: Post, then: Any) -> None:
    post.then = then
    assert Phone(secret).sms("MAJI") == 200
    post.then = TAKEN
    later(timedelta(minutes=1))
    assert len(post.got) == 1
    later(FIRST_WAIT)
    later(FIRST_WAIT)
    assert [number for number, _text in post.got] == [NUMBER, NUMBER]
    assert "Maji yanatoka wapi?" in post.got[1][1]
    assert Conversation.objects.get().delivery == Delivery.SENT


def test_waits_grow_up_to_the_longest_and_after_a_day_a_reply_is_given_up(secret: str, post: Post) -> None:
    post.then = REFUSED
    Phone(secret).sms("MAJI")
    waits = []
    for _try in range(20):
        found = Conversation.objects.get()
        if found.due is None:
            break
        waits.append(round((found.due - timezone.now()).total_seconds() / 60))
        later(timedelta(minutes=waits[-1] + 1))
    assert "send_messages" in QUARTERLY  # or nobody would try
    assert waits == [15, 30, 60, 120, 240, 240, 240, 240, 240, 240]
    assert sum(waits[:-1]) <= GIVEN_UP.total_seconds() / 60
    assert len(post.got) == len(waits)
    gone = Conversation.objects.get()
    assert (gone.delivery, gone.to) == (Delivery.GIVEN_UP, "")
    post.then = TAKEN
    Phone(secret).sms("HELP", "h")
    assert "Maji yanatoka wapi?" in post.got[-1][1]


@pytest.mark.parametrize("then", [
    requests.ReadTimeout(), requests.ConnectionError(), answer(101, 504), answer(101, 502), requests.Response(),
])  # fmt: skip
def test_what_the_gateway_may_have_taken_is_not_sent_twice(secret: str, post: Post, then: Any) -> None:
    if isinstance(then, requests.Response) and then.status_code is None:
        then.status_code, then._content = 200, b"<html>"
    post.then = then
    phone = Phone(secret)
    assert phone.sms("MAJI", "a") == 200
    post.then = TAKEN
    assert phone.sms("MAJI", "a") == 200
    later(FIRST_WAIT)
    found = Conversation.objects.get()
    assert (len(post.got), found.delivery, found.to) == (1, Delivery.UNCLEAR, "")
    phone.sms("HELP", "b")
    assert len(post.got) == 2


def test_a_number_that_gets_no_messages_is_given_up_and_the_others_get_theirs(secret: str, post: Post) -> None:
    post.then = answer(406)
    Phone(secret).sms("MAJI")
    assert Conversation.objects.get().delivery == Delivery.GIVEN_UP
    post.then = TAKEN
    Phone(secret, OTHER).sms("MAJI")
    later(FIRST_WAIT)
    assert [number for number, _text in post.got] == [NUMBER, OTHER]


# --- once, and to nobody else -----------------------------------------------------------------------------------------


def test_everybody_gets_their_own_reply_once_the_gateway_is_back(secret: str, post: Post) -> None:
    post.then = REFUSED
    one, two = Phone(secret), Phone(secret, OTHER)
    one.sms("MAJI")
    two.sms("MAJI")
    two.sms("2")
    post.got, post.then = [], TAKEN
    later(FIRST_WAIT)
    told = dict(post.got)
    assert len(post.got) == 2
    assert "Maji yanatoka wapi?" in told[NUMBER]
    assert told[OTHER].startswith("Watu wangapi")


def test_a_new_reply_takes_the_place_of_one_that_waits(secret: str, post: Post) -> None:
    phone, post.then = Phone(secret), REFUSED
    phone.sms("MAJI")
    post.then = TAKEN
    Conversation.objects.update(due=timezone.now())
    phone.sms("2")
    later(FIRST_WAIT)
    assert len(post.got) == 2
    assert post.got[1][1].startswith("Watu wangapi")


def test_a_message_that_is_delivered_again_while_its_reply_waits_is_answered_once(secret: str, post: Post) -> None:
    phone, post.then = Phone(secret), no_connection()
    for _again in range(3):
        assert phone.sms("MAJI", "a") == 200
    assert len(post.got) == 1
    post.got, post.then = [], TAKEN
    later(FIRST_WAIT)
    assert phone.sms("MAJI", "a") == 200
    assert len(post.got) == 1


def test_of_two_workers_one_sends_and_what_it_says_late_does_not_touch_the_next_reply(secret: str, post: Post) -> None:
    phone, post.then = Phone(secret), REFUSED
    phone.sms("MAJI")
    key = Conversation.objects.get().pk
    held = claimed(key)
    assert held is not None
    assert claimed(key) is None
    phone.sms("2", "second")  # which stands in the place of the one that is being sent
    settle(held, Delivery.SENT)
    found = Conversation.objects.get()
    assert found.delivery == Delivery.WAITING
    assert found.to


def test_a_process_that_died_while_it_sent_leaves_no_second_message_and_no_number(secret: str, post: Post) -> None:
    post.then = REFUSED
    Phone(secret).sms("MAJI")
    assert claimed(Conversation.objects.get().pk) is not None
    post.then = TAKEN
    later(HELD + timedelta(seconds=1))
    found = Conversation.objects.get()
    assert (len(post.got), found.delivery, found.to) == (1, Delivery.UNCLEAR, "")


@pytest.mark.django_db(transaction=True)  # the worker closes its connection
def test_the_first_that_is_taken_again_brings_the_others_with_it(secret: str, post: Post) -> None:
    post.then = REFUSED
    Phone(secret).sms("MAJI")
    Conversation.objects.update(due=timezone.now() + FIRST_WAIT / 2)  # some minutes ago
    post.then = TAKEN
    Phone(secret, OTHER).sms("MAJI")
    assert Job.objects.filter(kind="send_messages", state=Job.State.WAITING).count() == 1
    assert work_off(kinds("send_messages")) == 1
    assert [number for number, _text in post.got] == [NUMBER, OTHER, NUMBER]


def test_a_gateway_that_is_away_does_not_hold_every_thread_of_the_site(secret: str, post: Post) -> None:
    post.then = requests.ConnectTimeout()
    for number in range(30):
        assert Phone(secret, f"+2557000{number:05}").sms("MAJI") == 200
    assert len(post.got) == 1
    send_messages("", lambda _stage: None)
    assert len(post.got) == 2  # the worker, too, asks once and waits
    post.then = TAKEN
    later(FIRST_WAIT)
    assert len({number for number, _text in post.got}) == 30


def test_the_receipt_of_a_form_that_was_cut_off_comes_after_it_is_received(
    secret: str, post: Post, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(secret)
    phone.sms("MAJI")
    phone.sms("1")

    def full(*_given: Any, **_more: Any) -> None:
        raise NotKept("submission.not-kept")

    with monkeypatch.context() as cut:
        cut.setattr(talking, "receive", full)
        assert phone.sms("4") == 503
    later(FIRST_WAIT)
    assert len(post.got) == 2  # nobody is thanked for what is not kept
    talking.finish(form.gateways.get())
    later(FIRST_WAIT)
    assert len(post.got) == 3
    assert post.got[2][0] == NUMBER
    assert Submission.objects.get().receipt is not None


# --- what is shown, and what is not -----------------------------------------------------------------------------------


def test_the_page_of_the_form_says_what_waits_and_what_was_given_up(
    form: Form, secret: str, post: Post, staff: User, signed_in: Callable[[User], Client]
) -> None:
    client, at = signed_in(staff), f"/en/work/forms/{form.pk}/messages/"
    assert "Replies that" not in client.get(at).content.decode()
    for then, number in ((answer(403), "1"), (requests.ReadTimeout(), "2"), (REFUSED, "3"), (REFUSED, "4")):
        post.then = then
        Phone(secret, f"+25570000000{number}").sms("MAJI")
        Conversation.objects.filter(due__gt=timezone.now()).update(due=timezone.now() + FIRST_WAIT / 2)
    page = client.get(at).content.decode()
    for words in ("Replies that wait: 2.", "Replies that were given up: 1.", "Replies that may not have arrived: 1."):
        assert words in page
    assert "+2557" not in page


def everything() -> str:
    """Return the whole database as text."""
    return json.dumps([list(model.objects.values()) for model in apps.get_models()], default=str)


@pytest.mark.parametrize("then", [TAKEN, REFUSED, requests.ReadTimeout(), ValueError("unforeseen")])
def test_a_number_is_in_no_row_no_log_and_no_export(
    form: Form,
    secret: str,
    post: Post,
    then: Any,
    site: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    phone, post.then = Phone(secret), then
    phone.client.raise_request_exception = False
    for text in ("MAJI", "2", "4", "MAJI", "STOP"):
        phone.sms(text)
        later(FIRST_WAIT)
        assert NUMBER[1:] not in everything()
    for kind in KINDS:
        export_answers(f"{form.pk}:{kind}", lambda _stage: None)
    assert NUMBER[1:] not in everything()
    kept = [path.read_bytes() for path in site.rglob("*") if path.is_file() and "sqlite" not in path.name]
    assert kept
    assert not any(NUMBER[1:].encode() in data for data in kept)
    logged = "".join(Json().format(one) for one in caplog.records if one.name.startswith("datashift"))
    assert "gateway-sms" in logged
    assert NUMBER[1:] not in logged
