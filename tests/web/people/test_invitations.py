"""The way in: an invitation works once, for a while, and the first one only where nobody looks after the site."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from people_helpers import LONG, path_of

from datashift.errors import NotAllowed
from datashift.web.people import services
from datashift.web.people.models import Event, Invitation, Membership, Organisation, User

pytestmark = pytest.mark.django_db
NEW = {"name": "A New Person", "language": "sw", "password": LONG}


def test_the_first_link_sets_up_the_site_once_and_then_never_again() -> None:
    link = services.first_link()
    assert link is not None
    assert link.startswith("/en/work/people/invitation/")
    client = Client()
    assert b"first administrator" in client.get(link).content
    told = {"name": "First", "email": "First@Example.org", "language": "es", "password": LONG, "organisation": "Wells"}
    answer = client.post(link, told)
    assert (answer.status_code, answer["Location"]) == (302, "/es/work/")
    person = User.objects.get()
    assert (person.email, person.language) == ("first@example.org", "es")
    roles = {(m.role, m.organisation.name if m.organisation else None) for m in person.memberships.all()}
    assert roles == {("administrator", None), ("producer", "Wells")}
    assert services.first_link() is None
    assert Client().get(link).status_code == 410


def test_only_the_last_first_link_works_and_none_once_somebody_is_there(person: Callable[..., User]) -> None:
    old, new = str(services.first_link()), str(services.first_link())
    assert (Client().get(old).status_code, Client().get(new).status_code) == (410, 200)
    person("administrator")
    assert Client().get(new).status_code == 410
    with pytest.raises(NotAllowed, match="new one"):
        services.set_up(secret=new.split("/")[-2], email="x@example.org", name="", password=LONG, language="en")


def test_an_invitation_is_mailed_shown_and_works_once(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client],
    letters: Callable[[], list[str]],
) -> None:  # fmt: skip
    client = signed_in(person("administrator"))
    page = client.post(
        f"/en/work/people/organisation/{organisation.pk}/", {"email": "New@example.org", "role": "producer"}
    )
    (letter,) = letters()
    link = path_of(letter.partition("begin")[2])
    assert letter.startswith("new@example.org\n")
    assert link.encode() in page.content
    secret = link.split("/")[-2]
    assert secret not in str(Invitation.objects.values().get()) + str(list(Event.objects.values()))
    guest = Client()
    assert "Water Watch" in guest.get(link).content.decode()
    assert guest.post(link, NEW)["Location"] == "/sw/work/"
    member = User.objects.get(email="new@example.org")
    assert member.check_password(LONG)
    assert [(m.role, m.organisation) for m in member.memberships.all()] == [("producer", organisation)]
    assert guest.get("/sw/account/").status_code == 200
    assert Client().post(link, NEW | {"name": "Another"}).status_code == 410
    assert set(Event.objects.values_list("verb", flat=True)) >= {"invited", "account-made", "joined", "signed-in"}


def test_an_invitation_ends_after_two_weeks_and_when_it_is_withdrawn(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    boss = person("administrator")
    old, old_link = services.invite(email="a@example.org", organisation=organisation, role="producer", by=boss)
    assert timedelta(days=13) < old.expires - timezone.now() <= timedelta(days=14)
    Invitation.objects.filter(pk=old.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert Client().get(path_of(old_link)).status_code == 410
    taken, link = services.invite(email="b@example.org", organisation=organisation, role="producer", by=boss)
    answer = signed_in(boss).post(f"/en/work/people/invited/{taken.pk}/withdraw/")
    assert answer["Location"] == f"/en/work/people/organisation/{organisation.pk}/"
    assert Client().post(path_of(link), NEW).status_code == 410
    assert not User.objects.exclude(pk=boss.pk).exists()


def test_who_has_an_account_joins_with_it(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    boss, member = person("administrator"), person("producer", organisation)
    _invitation, link = services.invite(email=member.email, organisation=organisation, role="reviewer", by=boss)
    path = path_of(link)
    refused = Client().post(path, NEW)
    assert "Sign in, then open the link again" in refused.content.decode()
    client = signed_in(member)
    assert "Accept as" in client.get(path).content.decode()
    assert Membership.objects.filter(user=member).count() == 1
    client.post(path)
    assert set(member.memberships.values_list("role", flat=True)) == {"producer", "reviewer"}
    assert client.post(path).status_code == 410


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"password": "short"}, "at least"),
        ({"password": "password123"}, "common"),
        ({"password": "A New Person!"}, "like your name"),
        ({"language": "fr"}, "is not one of the"),
        ({"name": ""}, "Fill this in"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(person: Callable[..., User], told: dict[str, str], says: str) -> None:
    _i, link = services.invite(email="a@example.org", organisation=None, role="reviewer", by=person("administrator"))
    page = Client().post(path_of(link), NEW | told).content.decode()
    (field,) = told
    assert says in page.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
    assert f'aria-describedby="id_{field}_error"' in page or f"id_{field}_hint id_{field}_error" in page
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "inside", "country", "good"),
    [
        ("producer", True, "", True), ("producer", False, "", False), ("reviewer", True, "", True),
        ("reviewer", False, "", True), ("safety", False, "", True), ("editor", True, "", False),
        ("administrator", True, "", False), ("office", False, "", False), ("office", False, "KE", True),
        ("office", True, "KE", False), ("editor", False, "KE", False),
    ],
)  # fmt: skip
def test_each_role_is_held_where_it_can_be_held(
    person: Callable[..., User], organisation: Organisation, role: str, inside: bool, country: str, good: bool
) -> None:
    boss = person("administrator")
    asked: dict[str, Any] = {"organisation": organisation if inside else None, "role": role, "country": country}
    if good:
        assert services.invite(email="a@example.org", by=boss, **asked)[0].role == role
        assert services.give_role(user=person(), by=boss, **asked).role == role
    else:
        with pytest.raises(NotAllowed, match="cannot be held there"):
            services.invite(email="a@example.org", by=boss, **asked)
        with pytest.raises(NotAllowed, match="cannot be held there"):
            services.give_role(user=person(), by=boss, **asked)
