"""One's own account: name and address, roles given and taken, and leaving."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from people_helpers import path_of, plain, with_app

from datashift.errors import NotAllowed
from datashift.web.people import services
from datashift.web.people.models import Event, Invitation, Membership, Organisation, User

pytestmark = pytest.mark.django_db


def _again(client: Client, path: str) -> Client:
    """Open a page that asks once more who it is."""
    where = client.get(path)["Location"]
    client.post(where, {"password": "a long password"})
    return client


def test_name_and_language_are_changed_and_the_page_speaks_it(
    person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    one = person("editor")
    answer = signed_in(one).post("/en/account/", {"name": "A Name", "language": "ne"})
    assert answer["Location"] == "/ne/account/"
    one.refresh_from_db()
    assert (str(one), one.language) == ("A Name", "ne")


def test_a_new_address_counts_when_its_own_letter_was_opened_by_who_asked(
    person: Callable[..., User], signed_in: Callable[[User], Client], letters: Callable[[], list[str]]
) -> None:
    one, other = person("editor"), person("editor")
    client = _again(signed_in(one), "/en/account/email/")
    client.post("/en/account/email/", {"email": "New@example.org"})
    (letter,) = letters()
    assert letter.startswith("new@example.org\n")
    path = path_of(letter)
    assert signed_in(other).post(path).status_code == 410
    assert Client().post(path).status_code == 302
    assert client.get(path).status_code == 200
    one.refresh_from_db()
    assert one.email != "new@example.org"
    before = one.email
    assert client.post(path)["Location"] == "/en/account/"
    one.refresh_from_db()
    assert one.email == "new@example.org"
    assert letters()[-1].startswith(before)
    assert client.post(path).status_code == 410
    entered = Client().post("/en/account/login/", {"login": before, "password": "a long password"})
    assert entered.status_code == 200


def test_whether_an_address_is_taken_is_not_told(
    person: Callable[..., User], signed_in: Callable[[User], Client], letters: Callable[[], list[str]]
) -> None:
    one, other = person("editor"), person("editor")
    client = _again(signed_in(one), "/en/account/email/")
    pages = [client.post("/en/account/email/", {"email": a}).content for a in (other.email, "free@example.org")]
    assert plain(pages[0]) == plain(pages[1])
    assert [letter.split("\n")[0] for letter in letters()] == ["free@example.org"]


def test_the_last_administrator_neither_leaves_nor_loses_the_role(
    person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    boss = person("administrator")
    client = _again(signed_in(boss), "/en/account/leave/")
    assert client.post("/en/account/leave/").status_code == 409
    role = boss.memberships.get()
    answer = client.post(f"/en/work/people/role/{role.pk}/take/")
    assert (answer.status_code, b"last administrator" in answer.content) == (409, True)
    second = person("administrator")
    services.close_account(user=second, by=boss)
    with pytest.raises(NotAllowed, match="last administrator"):
        services.take_role(membership=role, by=boss)
    third = person("administrator")
    services.take_role(membership=role, by=third)
    assert Membership.objects.filter(role="administrator").get().user == third


def test_who_leaves_is_erased_everywhere_and_the_record_stays(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    one, boss = person("producer", organisation), person("administrator")
    before, number = one.email, one.pk
    services.change_account(user=one, name="A Name", language="en")
    services.invite(email=before, organisation=organisation, role="reviewer", by=boss)
    with_app(one)
    elsewhere = signed_in(one)
    client = _again(signed_in(one), "/en/account/leave/")
    events = Event.objects.count()
    assert client.post("/en/account/leave/")["Location"] == "/en/account/left/"
    assert "erased" in client.get("/en/account/left/").content.decode()
    gone = User.objects.get(pk=number)
    assert (gone.name, gone.email, gone.is_active, str(gone)) == (
        "",
        f"{number}@left.invalid",
        False,
        "somebody who left",
    )
    assert not gone.memberships.exists()
    assert not Authenticator.objects.filter(user=gone).exists()
    assert not Invitation.objects.filter(email=before).exists()
    assert [c.get("/en/account/").status_code for c in (client, elsewhere)] == [302, 302]
    entered = Client().post("/en/account/login/", {"login": before, "password": "a long password"})
    assert entered.status_code == 200
    assert Event.objects.count() == events + 1
    assert before not in str(list(Event.objects.values()))


def test_an_administrator_closes_the_account_of_who_is_gone(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    one, boss = person("producer", organisation), person("administrator")
    page = signed_in(boss).get(f"/en/work/people/person/{one.pk}/").content.decode()
    assert one.email in page
    signed_in(boss).post(f"/en/work/people/person/{one.pk}/")
    assert not User.objects.get(pk=one.pk).is_active
    assert signed_in(boss).get(f"/en/work/people/person/{one.pk}/").status_code == 404
    event = Event.objects.filter(verb="account-closed").get()
    assert (event.actor, event.subject) == (boss.pk, str(one.pk))


def test_a_role_that_is_taken_ends_at_once(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    one, boss = person("reviewer", organisation), person("administrator")
    client = signed_in(one)
    assert client.get("/en/work/").status_code == 200
    answer = signed_in(boss).post(f"/en/work/people/role/{one.memberships.get().pk}/take/")
    assert answer["Location"] == f"/en/work/people/organisation/{organisation.pk}/"
    assert client.get("/en/work/").status_code == 403
    assert "You have no role yet" in client.get("/en/account/").content.decode()
