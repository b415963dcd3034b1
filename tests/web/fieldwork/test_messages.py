"""Messages through gateways: each counts once, nobody's number is kept, and what was finished is on the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone
from simple_phones import NUMBER, OTHER, Phone, answer, opened, water_form

from datashift.errors import BadMessage, NotKept
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.messages import africas_talking, talking
from datashift.web.fieldwork.messages.gateways import stop_gateway
from datashift.web.fieldwork.models import Conversation, Form, Gateway, Submission
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return water_form(organisation)


@pytest.fixture
def staff(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was handed to the gateway: (number, text)."""
    found: list[tuple[str, str]] = []

    def post(address: str, body: Any, headers: Any) -> requests.Response:
        assert address == africas_talking.SANDBOX
        assert headers["apiKey"] == "secret-of-gateway"
        assert (body["username"], body["from"]) == ("sandbox", "12345")
        found.append((body["to"], body["message"]))
        return answer(101)

    monkeypatch.setattr(africas_talking, "_post", post)
    return found


def test_a_whole_conversation_by_sms_becomes_one_submission_with_a_receipt(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    assert [phone.sms(text) for text in ("Maji", "kisima", "५")] == [200, 200, 200]
    assert "Maji yanatoka wapi?" in sent[0][1]
    assert sent[1][1].startswith("Watu wangapi")
    assert re.search(r"\d{4} \d{4} \d{4} \d{4}", sent[2][1])
    found = Submission.objects.get()
    assert (found.channel, found.form, found.receipt is not None) == ("sms", form, True)
    told = current(found)
    assert (told["source"], told["people"]) == ("well", "5")
    assert {number for number, _text in sent} == {NUMBER}


def test_nothing_of_a_number_or_of_what_was_said_is_kept_in_clear(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    phone.sms("MAJI")
    phone.sms("kisima")
    kept = json.dumps([*Conversation.objects.values(), *Gateway.objects.values()], default=str)
    for word in (NUMBER, NUMBER[1:], "well", "Watu wangapi", "secret-of-gateway"):
        assert word not in kept
    phone.sms("4")
    [conversation] = Conversation.objects.all()
    left = talking._opened(conversation)
    assert (left.state, left.ready, left.heard) == ("", "", "")


def test_a_message_that_is_delivered_again_counts_once_and_is_answered_once(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    for text, name in (("MAJI", "a"), ("MAJI", "a"), ("2", "b"), ("2", "b"), ("MAJI", "a"), ("7", "c"), ("2", "b"),
                       ("7", "c"), ("7", "c")):  # fmt: skip
        assert phone.sms(text, name) == 200
    assert len(sent) == 3
    assert current(Submission.objects.get())["people"] == "7"


def test_two_people_at_once_do_not_hear_of_each_other(form: Form, staff: User, sent: list[tuple[str, str]]) -> None:
    secret = opened(form, staff, "africastalking-sms").secret
    one, two = Phone(secret), Phone(secret, OTHER)
    for phone, text in ((one, "MAJI"), (two, "MAJI"), (one, "1"), (two, "2"), (two, "9"), (one, "3")):
        phone.sms(text)
    told = sorted((current(found)["source"], current(found)["people"]) for found in Submission.objects.all())
    assert told == [("tap", "3"), ("well", "9")]
    assert Conversation.objects.values("person").distinct().count() == 2


def test_stop_deletes_what_was_said_and_nothing_is_sent(form: Form, staff: User, sent: list[tuple[str, str]]) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    for text in ("MAJI", "1", "STOP"):
        phone.sms(text)
    [conversation] = Conversation.objects.all()
    assert conversation.done is not None
    assert talking._opened(conversation).state == ""
    assert not Submission.objects.exists()
    phone.sms("12")
    assert len(sent) == 3  # what is no keyword begins nothing and is not answered


def test_only_the_keyword_begins_and_in_the_middle_it_repeats_the_question(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    assert phone.sms("hello") == 200
    assert not sent
    assert not Conversation.objects.exists()
    for text in ("maji", "1", "MAJI", "4"):
        phone.sms(text)
    assert sent[1][1] == sent[2][1]
    assert current(Submission.objects.get())["source"] == "tap"


@pytest.mark.parametrize(("keyword", "said"), [
    ("पानी", "पानी"), ("पानी", "पानी।"), ("खानेपानी", " खानेपानी  कृपया"), ("गर्\u200dयो", "गर्यो"),
    ("ANÁLISIS", "analisis"),
])  # fmt: skip
def test_a_keyword_may_be_of_any_script_and_is_known_as_people_type_it(
    form: Form, staff: User, sent: list[tuple[str, str]], keyword: str, said: str
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms", keyword=keyword).secret)
    phone.sms("पान")
    assert not sent
    phone.sms(said)
    assert "Maji yanatoka wapi?" in sent[0][1]


def test_an_answer_that_begins_with_the_keyword_is_an_answer(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms", keyword="Kisima").secret)
    for text in ("kisima", "Kisima 2", "4"):
        phone.sms(text)
    assert sent[1][1] != sent[0][1]
    assert "Chagua" in sent[1][1]  # it was heard as an answer, and is none of the list


def test_after_days_without_a_word_it_begins_anew(form: Form, staff: User, sent: list[tuple[str, str]]) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    phone.sms("MAJI")
    phone.sms("1")
    Conversation.objects.update(changed=timezone.now() - timedelta(days=4))
    phone.sms("MAJI")
    assert "Maji yanatoka wapi?" in sent[-1][1]
    assert Conversation.objects.count() == 1


def test_a_form_that_was_finished_and_cut_off_is_received_when_the_message_comes_again(
    form: Form, staff: User, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(opened(form, staff, "africastalking-sms").secret)
    phone.sms("MAJI")
    phone.sms("1")

    def full(*_given: Any, **_more: Any) -> None:
        raise NotKept("submission.not-kept")

    with monkeypatch.context() as cut:
        cut.setattr(talking, "receive", full)
        assert phone.sms("4", "last") == 503
    assert not Submission.objects.exists()
    Conversation.objects.update(changed=timezone.now() - timedelta(days=5))
    assert phone.sms("4", "last") == 200
    assert phone.sms("4", "last") == 200
    assert Submission.objects.count() == 1
    assert len(sent) == 3


def test_a_form_that_was_finished_and_cut_off_is_received_before_its_gateway_is_stopped(
    form: Form, staff: User, sent: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = opened(form, staff, "africastalking-ussd")
    phone = Phone(made.secret)
    phone.ussd("")
    phone.ussd("1")

    def full(*_given: Any, **_more: Any) -> None:
        raise NotKept("submission.not-kept")

    with monkeypatch.context() as cut:
        cut.setattr(talking, "receive", full)
        assert phone.ussd("1*4").startswith("END ")
    assert not Submission.objects.exists()
    stop_gateway(gateway=made.gateway, by=staff)
    found = Submission.objects.get()
    assert (found.channel, current(found)["people"]) == ("ussd", "4")


# --- USSD -------------------------------------------------------------------------------------------------------------


def test_a_whole_conversation_on_screens_of_ussd(form: Form, staff: User) -> None:
    phone = Phone(opened(form, staff, "africastalking-ussd").secret)
    first = phone.ussd("")
    assert first.startswith("CON ")
    assert "1 Bomba\n2 Kisima" in first
    assert phone.ussd("2").startswith("CON Watu wangapi")
    assert phone.ussd("2") == phone.ussd("2")
    last = phone.ussd("2*6")
    assert last.startswith("END ")
    assert len(last) <= 186
    assert phone.ussd("2*6") == last
    found = Submission.objects.get()
    assert (found.channel, current(found)["source"], current(found)["people"]) == ("ussd", "well", "6")


def test_a_session_that_broke_off_goes_on_with_the_same_question(form: Form, staff: User) -> None:
    phone = Phone(opened(form, staff, "africastalking-ussd").secret)
    phone.ussd("")
    asked = phone.ussd("1")
    assert phone.ussd("", "s2") == asked
    assert phone.ussd("8", "s2").startswith("END ")
    assert current(Submission.objects.get())["people"] == "8"


def test_a_long_question_in_nepali_comes_in_screens_and_after_a_break_from_its_beginning(
    form: Form, staff: User
) -> None:
    version = form.versions.get()
    version.xform = version.xform.replace("Maji yanatoka wapi?", "खानेपानी कहाँबाट आउँछ? " * 8)
    version.save()
    phone = Phone(opened(form, staff, "africastalking-ussd").secret)
    told, text = [phone.ussd("")], ""
    while "\n98 " in told[-1]:
        text += "*98" if text else "98"
        told.append(phone.ussd(text))
    assert len(told) > 2
    assert all(len(one.removeprefix("CON ")) <= 80 for one in told)
    assert " ".join(told).count("खानेपानी") == 8
    assert phone.ussd("", "s2").split()[1] == "खानेपानी"
    assert phone.ussd("2", "s2").startswith("CON Watu wangapi")


def test_a_code_dialled_with_an_extension_is_no_answer_and_a_star_may_be_said(form: Form, staff: User) -> None:
    phone = Phone(opened(form, staff, "africastalking-ussd").secret)
    assert "Kisima" in phone.ussd("33")
    assert "Kisima" in phone.ussd("33*a*b")
    assert phone.ussd("33*a*b*2").startswith("CON Watu")


def test_after_half_an_hour_it_begins_anew(form: Form, staff: User) -> None:
    phone = Phone(opened(form, staff, "africastalking-ussd").secret)
    first = phone.ussd("")
    phone.ussd("1")
    Conversation.objects.update(changed=timezone.now() - timedelta(hours=1))
    assert phone.ussd("", "s2") == first


# --- what else comes --------------------------------------------------------------------------------------------------


def test_nobody_is_heard_without_the_secret_and_nothing_after_the_gateway_is_stopped(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    made = opened(form, staff, "africastalking-sms")
    assert Phone("x" * 32).sms("MAJI") == 404
    assert Phone(made.secret).client.get(f"/gateway/{made.secret}/sms").status_code == 405
    assert Phone(made.secret).ussd("") == ""
    Phone(made.secret).sms("MAJI")
    stop_gateway(gateway=made.gateway, by=staff)
    assert not Conversation.objects.exists()
    assert Phone(made.secret).sms("MAJI", "new") == 404
    assert Gateway.objects.get().secrets == ""


def test_posts_that_are_no_messages_are_refused(form: Form, staff: User, sent: list[tuple[str, str]]) -> None:
    secret = opened(form, staff, "africastalking-sms").secret
    client = Client()
    assert client.post(f"/gateway/{secret}/sms", {"text": "MAJI"}).status_code == 400
    assert client.post(f"/gateway/{secret}/sms", {"from": NUMBER, "id": "1", "text": "x" * 20_000}).status_code == 400
    assert client.post(f"/gateway/{secret}/sms", b"\xff\x00", content_type="text/plain").status_code == 400
    assert client.post(f"/gateway/{secret}/sms", {"from": NUMBER, "id": "1", "text": "MAJI\x00"}).status_code == 200
    assert len(sent) == 1


def test_a_form_that_seals_or_is_closed_begins_no_conversation(
    form: Form, staff: User, sent: list[tuple[str, str]]
) -> None:
    sms, ussd = opened(form, staff, "africastalking-sms"), opened(form, staff, "africastalking-ussd")
    form.state = Form.State.CLOSED
    form.save()
    assert Phone(sms.secret).sms("MAJI") == 200
    assert Phone(ussd.secret).ussd("").startswith("END ")
    assert not sent
    form.state, form.sealed = Form.State.PUBLISHED, ["/data/source"]
    form.save()
    with pytest.raises(BadMessage) as refused:
        opened(form, staff, "africastalking-sms")
    assert refused.value.code == "message.not-fitting"


@pytest.mark.parametrize(("kind", "keyword", "code"), [
    ("pigeon", "MAJI", "message.no-gateway"), ("africastalking-sms", "", "message.keyword"),
    ("africastalking-sms", "two words", "message.keyword"), ("africastalking-sms", "Stop", "message.keyword"),
    ("africastalking-sms", "मद्दत", "message.keyword"), ("africastalking-sms", "12", "message.keyword"),
    ("africastalking-ussd", "!", "message.keyword"), ("email", "MAJI", "message.blank"),
])  # fmt: skip
def test_a_gateway_needs_what_it_needs(form: Form, staff: User, kind: str, keyword: str, code: str) -> None:
    with pytest.raises(BadMessage) as refused:
        opened(form, staff, kind, keyword=keyword)
    assert refused.value.code == code
    assert str(refused.value)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_address_once_and_stops_the_gateway(
    form: Form, staff: User, signed_in: Callable[[User], Client]
) -> None:
    client, at = signed_in(staff), f"/en/work/forms/{form.pk}/messages/"
    page = client.get(at).content.decode()
    assert "fits into messages" in page
    assert "Kiswahili (sw): SMS to each person: 4; from each person: 4." in page
    body = {"kind": "africastalking-ussd", "keyword": "", "language": ""}
    shown = client.post(at, body).content.decode()
    [secret] = re.findall(r"/gateway/([\w-]{32})/ussd", shown)
    assert secret not in client.get(at).content.decode()
    assert Phone(secret).ussd("").startswith("CON ")
    gateway = Gateway.objects.get()
    assert client.post(f"{at}{gateway.pk}/stop/").status_code == 302
    assert Phone(secret).ussd("") == ""
    assert client.post(at, body | {"kind": "pigeon"}).status_code == 400


def test_the_conversation_can_be_tried_and_nothing_of_it_is_stored(
    form: Form, staff: User, signed_in: Callable[[User], Client]
) -> None:
    client, at = signed_in(staff), f"/en/work/forms/{form.pk}/messages/try/"
    page = client.get(at).content.decode()
    for said in ("2", "1", "5"):
        [state] = re.findall(r'name="state" value="([^"]+)"', page)
        page = client.post(at, {"state": state, "said": said, "room": "sms", "do": "say"}).content.decode()
    assert "Begin again" in page
    assert not Submission.objects.exists()
    assert not Conversation.objects.exists()
    assert client.post(at, {"state": "forged", "said": "1"}).status_code == 200


def test_others_find_no_such_page(form: Form, person: Callable[..., User], signed_in: Callable[[User], Client]) -> None:
    elsewhere = Organisation.objects.create(slug="other", name="Other", country="KE")
    client = signed_in(person("producer", elsewhere))
    assert client.get(f"/en/work/forms/{form.pk}/messages/").status_code == 404
