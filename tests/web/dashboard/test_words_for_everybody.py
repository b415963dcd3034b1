"""Words that a person writes and everybody reads: no phone among them, and a name only where somebody confirmed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from registry_variant import VARIANT

from datashift.errors import PersonalWords
from datashift.standards.profiles import shipped_profile
from datashift.standards.profiles.files import profile_text
from datashift.web.dashboard import rating, services
from datashift.web.dashboard.models import Release
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import add_organisation, change_organisation
from datashift.web.standards.profiles import add_profile, sync_profiles
from datashift.web.standards.services import add_variant

pytestmark = pytest.mark.django_db
PHONE, NAMED = "Call 0712 345 678.", "Ask for Zelphine Harrowgate, who said so."
MAY_BE_PUBLIC = "I looked at it: this may be public."

People = Callable[..., User]
SignIn = Callable[[User], Client]


def test_the_reason_of_a_withdrawal(released: Release, person: People, signed_in: SignIn) -> None:
    client, address = signed_in(person("administrator")), reverse("withdraw", args=[released.pk])
    answer = client.post(address, {"why": PHONE, "public": "1"})
    assert answer.status_code == 400
    assert PHONE in answer.content.decode()  # what was typed is not lost
    assert MAY_BE_PUBLIC not in answer.content.decode()
    answer = client.post(address, {"why": NAMED})
    assert MAY_BE_PUBLIC in answer.content.decode()
    released.refresh_from_db()
    assert released.withdrawn_at is None
    assert client.post(address, {"why": NAMED, "public": "1"}).status_code == 302
    released.refresh_from_db()
    assert released.withdrawn_why == NAMED


def test_the_program_itself_takes_a_release_back_without_asking(released: Release) -> None:
    assert services.withdraw(release=released, why="Too few answers are left.", by=None).withdrawn_at


def test_the_reason_of_a_score(released: Release, person: People, signed_in: SignIn) -> None:
    sync_profiles()
    by, name = person("reviewer"), shipped_profile("ons").criteria[0].id
    client, address = signed_in(by), reverse("rate", args=[released.pk, "ons"])
    page = rating.seen(released, rating.profile_asked("ons"), by)
    sent = {"page": page, f"{name}-score": "2"}
    assert client.post(address, {**sent, f"{name}-why": PHONE, "public": "1"}).status_code == 400
    answer = client.post(address, {**sent, f"{name}-why": NAMED})
    assert (answer.status_code, MAY_BE_PUBLIC in answer.content.decode()) == (400, True)
    assert not released.ratings.exists()
    assert client.post(address, {**sent, f"{name}-why": NAMED, "public": "1"}).status_code == 302
    assert released.ratings.get().why == NAMED


def test_a_reason_that_was_confirmed_is_not_asked_about_again(released: Release, person: People) -> None:
    sync_profiles()
    by, (one, other) = person("reviewer"), [one.id for one in shipped_profile("ons").criteria[:2]]
    asked = rating.profile_asked("ons")
    for said, confirmed in (({one: ("2", NAMED)}, True), ({one: ("1", NAMED), other: ("1", "Because.")}, False)):
        page = rating.seen(released, asked, by)
        assert rating.rate(release=released, profile="ons", said=said, page=page, by=by, confirmed=confirmed)
    assert released.ratings.count() == 2


def test_what_is_said_of_an_organisation(organisation: Organisation, person: People, signed_in: SignIn) -> None:
    client, address = signed_in(person("administrator")), reverse("people-edit", args=[organisation.pk])
    sent = {"name": "Water Watch", "country": "TZ", "website": ""}
    answer = client.post(address, {**sent, "about": PHONE, "confirmed": "on"})
    assert "phone" in answer.content.decode()
    answer = client.post(address, {**sent, "about": NAMED})
    assert MAY_BE_PUBLIC in answer.content.decode()
    organisation.refresh_from_db()
    assert organisation.about == ""
    assert client.post(address, {**sent, "about": NAMED, "confirmed": "on"}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.about == NAMED


def test_the_name_of_an_organisation_may_be_that_of_somebody_and_holds_no_phone(person: People) -> None:
    boss = person("administrator")
    made = add_organisation(name="Zelphine Harrowgate Foundation", by=boss)
    with pytest.raises(PersonalWords):
        add_organisation(name="Wells, 0712 345 678", by=boss)
    with pytest.raises(PersonalWords):
        change_organisation(organisation=made, name="Wells, 0712 345 678", by=boss)


def test_a_kit_and_a_profile_hold_no_phone(person: People) -> None:
    with pytest.raises(PersonalWords):
        add_variant(text=VARIANT.replace("Walking 45", PHONE + " Walking 45"), organisation=None, by=person("editor"))
    text = profile_text("ons").replace('id = "ons"', 'id = "own"')
    assert add_profile(text=text, by=person("office", None, "TZ"))
    with pytest.raises(PersonalWords):
        add_profile(text=text.replace('owner = "', f'owner = "{PHONE} '), by=person("office", None, "TZ"))
