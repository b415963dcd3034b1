"""Another key for a phone, and stopping it: first a plain page says what becomes of answers that were not sent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from desk_forms import water, xml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from datashift.web.fieldwork import phones
from datashift.web.fieldwork.models import Enumerator, Form, Submission
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db
PHONES = "/en/work/forms/phones/"


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def client(producer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(producer)


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return water(organisation)


@pytest.fixture
def key(organisation: Organisation, form: Form, producer: User) -> phones.Key:
    return phones.add_enumerator(organisation=organisation, name="Team 1", forms=[form], by=producer)


def answers(number: int) -> dict[str, SimpleUploadedFile]:
    return {"xml_submission_file": SimpleUploadedFile("s.xml", xml(number), "text/xml")}


@pytest.mark.parametrize(
    ("act", "words"),
    [("key", "they cannot be sent with the old key"), ("stop", "They are kept apart until somebody looks at them.")],
)
def test_the_list_of_phones_leads_to_a_page_that_says_what_becomes_of_answers(
    client: Client, key: phones.Key, act: str, words: str
) -> None:
    listed = client.get(PHONES).content.decode()
    address = f"{PHONES}{key.enumerator.pk}/{act}/"
    assert f'href="{address}"' in listed
    assert f'action="{address}"' not in listed, "the list itself changes nothing"
    asked = client.get(address)
    assert asked.status_code == 200
    assert words in asked.content.decode()
    kept = Enumerator.objects.get()
    assert (kept.digest, kept.stopped) == (phones.digest(key.code), None), "looking changes nothing"
    assert client.post(address).status_code in (200, 302)
    kept.refresh_from_db()
    assert (kept.digest, kept.stopped) != (phones.digest(key.code), None)


def test_what_waits_in_a_browser_under_an_old_key_is_told_so_and_sent_under_the_new_one(
    client: Client, key: phones.Key
) -> None:
    made = client.post(f"{PHONES}{key.enumerator.pk}/key/").content.decode()
    old = Client().post(f"/en/fill/{key.code}/water/submission", answers(1))
    assert old.status_code == 404
    assert old.json()["error"]["code"] == "submission.no-key"
    (fresh,) = re.findall(r"/fill/([\w-]+)/<", made)
    assert Client().post(f"/en/fill/{fresh}/water/submission", answers(1)).status_code == 201
    assert Submission.objects.get().enumerator == key.enumerator


def test_what_waits_on_a_phone_that_was_stopped_is_kept_apart(client: Client, key: phones.Key) -> None:
    client.post(f"{PHONES}{key.enumerator.pk}/stop/")
    sent = Client().post(f"/en/fill/{key.code}/water/submission", answers(1))
    assert (sent.status_code, sent.json()["state"]) == (202, "stray")
    assert not Submission.objects.exists()
