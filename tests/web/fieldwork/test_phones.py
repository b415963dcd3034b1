"""Phones: a key is shown once and kept by nobody; a phone that is stopped or gone opens nothing."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from datashift.errors import BadFieldwork
from datashift.web.fieldwork import phones
from datashift.web.fieldwork.models import Enumerator, Form
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def water(organisation: Organisation) -> Form:
    return Form.objects.create(organisation=organisation, form_id="water", title="Water", state="published")


def test_a_key_is_kept_by_its_digest_alone(organisation: Organisation, water: Form, producer: User) -> None:
    made, code = phones.add_enumerator(organisation=organisation, name=" Team  1 ", forms=[water], by=producer)
    kept = Enumerator.objects.get()
    assert (kept.name, kept.digest, kept.stopped) == ("Team 1", phones.digest(code), None)
    assert [*kept.forms.all()] == [water]
    assert code not in repr(Enumerator.objects.values().get()) + repr([*Event.objects.values()])
    assert "Team" not in repr([*Event.objects.values()]), "the record holds no names"
    assert made == kept
    assert len(code) == 32


def test_two_phones_of_an_organisation_have_two_names(organisation: Organisation, producer: User) -> None:
    phones.add_enumerator(organisation=organisation, name="Team 1", forms=[], by=producer)
    with pytest.raises(BadFieldwork, match="Team 1"):
        phones.add_enumerator(organisation=organisation, name="Team 1", forms=[], by=producer)
    other = Organisation.objects.create(slug="other", name="Other")
    phones.add_enumerator(organisation=other, name="Team 1", forms=[], by=producer)
    assert Enumerator.objects.count() == 2


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b"])
def test_a_phone_needs_a_name(name: str, organisation: Organisation, producer: User) -> None:
    with pytest.raises(BadFieldwork):
        phones.add_enumerator(organisation=organisation, name=name, forms=[], by=producer)


def test_a_new_key_ends_the_one_before(organisation: Organisation, producer: User) -> None:
    made, code = phones.add_enumerator(organisation=organisation, name="Team 1", forms=[], by=producer)
    phones.stop_enumerator(enumerator=made, by=producer)
    assert Enumerator.objects.get().stopped is not None
    renewed, other = phones.renew_key(enumerator=made, by=producer)
    assert other != code
    assert (renewed.digest, renewed.stopped) == (phones.digest(other), None)
    assert not Enumerator.objects.filter(digest=phones.digest(code)).exists()


def test_a_phone_gets_the_forms_of_its_organisation_alone(
    organisation: Organisation, water: Form, producer: User
) -> None:
    other = Organisation.objects.create(slug="other", name="Other")
    theirs = Form.objects.create(organisation=other, form_id="theirs", title="Theirs")
    with pytest.raises(BadFieldwork):
        phones.add_enumerator(organisation=organisation, name="Team 1", forms=[theirs], by=producer)
    made, _code = phones.add_enumerator(organisation=organisation, name="Team 1", forms=[water], by=producer)
    with pytest.raises(BadFieldwork):
        phones.assign(enumerator=made, forms=[theirs], by=producer)
    assert [*made.forms.all()] == [water]
    phones.assign(enumerator=made, forms=[], by=producer)
    assert not made.forms.exists()


def test_an_open_link_is_another_one_each_time(water: Form, producer: User) -> None:
    first = phones.open_link(form=water, by=producer, on=True).open_link
    assert first
    assert phones.open_link(form=water, by=producer, on=True).open_link == first, "twice on is once on"
    assert phones.open_link(form=water, by=producer, on=False).open_link is None
    assert phones.open_link(form=water, by=producer, on=True).open_link not in (None, first)


def test_nobody_answers_openly_before_a_form_is_published(water: Form, producer: User) -> None:
    Form.objects.update(state="draft")
    with pytest.raises(BadFieldwork):
        phones.open_link(form=water, by=producer, on=True)


def test_collect_reads_its_settings_from_the_picture(settings: Any) -> None:
    settings.ORIGIN = "https://figures.example.org"
    text = phones.collect_settings("abc", "Water Watch")
    told = json.loads(zlib.decompress(b64decode(text)))
    assert set(told) == {"general", "admin", "project"}
    assert told["general"]["server_url"] == "https://figures.example.org/key/abc"
    assert told["general"]["protocol"] == "odk_default"
    assert told["general"]["delete_send"] is True
    assert told["project"] == {"name": "Water Watch"}
    assert len(text) < 400, "a picture that a cheap phone can read"
