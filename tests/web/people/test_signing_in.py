"""Signing in: by password, by a second sign, with no hint to strangers, and not a thousand times."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from people_helpers import LONG, SECRET, path_of, with_app

from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db
LOGIN = "/en/account/login/"


def _enter(email: str, password: str, client: Client | None = None, path: str = LOGIN) -> tuple[Client, int, str]:
    client = client or Client()
    answer = client.post(path, {"login": email, "password": password})
    return client, answer.status_code, answer.get("Location", "") or answer.content.decode()


def test_address_and_password_open_the_work_desk_in_the_language_of_the_page(person: Callable[..., User]) -> None:
    one = person("editor")
    client, status, where = _enter(one.email.upper(), "a long password", path="/sw/account/login/")
    assert (status, where) == (302, "/sw/work/")
    assert client.get("/sw/account/").status_code == 200
    assert Event.objects.filter(verb="signed-in", actor=one.pk).count() == 1


def test_a_stranger_learns_nothing_about_who_has_an_account(
    person: Callable[..., User], letters: Callable[[], list[str]]
) -> None:
    one = person("editor")
    pages = [_enter(address, "wrong password")[2] for address in (one.email, "nobody@example.org")]
    known, unknown = (re.sub(r"value=\"[^\"]*\"", "", page) for page in pages)
    assert known == unknown
    assert "Address and password do not belong together" in known
    asked = [Client().post("/en/account/password/reset/", {"email": a}) for a in (one.email, "nobody@example.org")]
    assert {(answer.status_code, answer["Location"]) for answer in asked} == {(302, "/en/account/password/reset/sent/")}
    mine, other = letters()
    assert "/password/reset/key/" in mine
    assert "/password/reset/key/" not in other
    assert "no account" in other


def test_after_five_wrong_passwords_even_the_right_one_must_wait(person: Callable[..., User]) -> None:
    one = person("editor")
    for _try in range(5):
        assert _enter(one.email, "wrong password")[1] == 200
    page = _enter(one.email, "a long password")[2]
    assert "Too many tries" in page
    assert _enter(person("editor").email, "a long password")[1] == 302


def test_the_session_is_a_new_one_after_signing_in_and_out_is_by_post_only(person: Callable[..., User]) -> None:
    client = Client()
    client.cookies["sessionid"] = "chosen-by-somebody-else-0123456789"
    _enter(person("editor").email, "a long password", client)
    session = client.cookies["sessionid"]
    assert session.value != "chosen-by-somebody-else-0123456789"
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    client.get("/en/account/logout/")
    assert client.get("/en/account/").status_code == 200
    assert client.post("/en/account/logout/")["Location"] == "/en/"
    assert client.get("/en/account/").status_code == 302


def test_a_form_that_this_browser_was_not_given_changes_nothing(person: Callable[..., User]) -> None:
    one = person("editor")
    client = Client(enforce_csrf_checks=True)
    answer = client.post(LOGIN, {"login": one.email, "password": "a long password"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_no_link_leads_from_the_sign_in_to_another_site(person: Callable[..., User], elsewhere: str) -> None:
    one = person("editor")
    assert _enter(one.email, "a long password", path=f"{LOGIN}?next={quote(elsewhere)}")[2] == "/en/work/"


def test_codes_from_an_app_are_turned_on_and_then_asked_for(
    person: Callable[..., User], letters: Callable[[], list[str]]
) -> None:
    one = person("editor")
    client, _s, _w = _enter(one.email, "a long password")
    asked = client.get("/en/account/app/")
    assert asked["Location"].startswith("/en/account/again/")
    page = client.post(asked["Location"], {"password": "a long password"}, follow=True).content.decode()
    assert "data:image/svg+xml;base64," in page
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    refused = client.post("/en/account/app/", {"code": "000000"}).content.decode()
    assert "does not fit" in refused
    shown, _codes = with_app(person("editor"))
    done = client.post("/en/account/app/", {"code": shown()}, follow=True)
    assert done.redirect_chain[-1][0] == "/en/account/codes/"
    assert done.content.decode().count("<li><code>") == 10
    assert any("Codes from an app were turned on" in letter for letter in letters())
    assert Event.objects.filter(verb="totp-activated", actor=one.pk).exists()


def test_the_password_alone_does_not_open_an_account_with_a_second_sign(person: Callable[..., User]) -> None:
    one = person("editor")
    shown, codes = with_app(one)
    client, _status, where = _enter(one.email, "a long password")
    assert where == "/en/account/login/second/"
    assert client.get("/en/account/").status_code == 302
    assert "does not fit" in client.post(where, {"code": "123"}).content.decode()
    assert client.post(where, {"code": shown()})["Location"] == "/en/work/"
    assert client.get("/en/account/").status_code == 200
    for expected in (302, 200):
        other, _status, where = _enter(one.email, "a long password")
        assert other.post(where, {"code": codes[0]}).status_code == expected


def test_a_second_sign_is_not_guessed_by_trying(person: Callable[..., User]) -> None:
    one = person("editor")
    shown, _codes = with_app(one)
    client, _status, where = _enter(one.email, "a long password")
    for _try in range(5):
        client.post(where, {"code": "000000"})
    assert "Too many tries" in client.post(where, {"code": shown()}).content.decode()


def test_who_stops_at_the_second_step_begins_again(person: Callable[..., User]) -> None:
    one = person("editor")
    with_app(one)
    client, _status, _where = _enter(one.email, "a long password")
    answer = client.post("/en/account/logout/", {"next": LOGIN})
    assert answer["Location"] == LOGIN
    assert client.get(LOGIN).status_code == 200


def test_a_letter_brings_a_link_that_changes_the_password_once_and_ends_other_sessions(
    person: Callable[..., User], letters: Callable[[], list[str]]
) -> None:
    one = person("editor")
    User.objects.filter(pk=one.pk).update(language="es")
    elsewhere, _s, _w = _enter(one.email, "a long password")
    Client(headers={"host": "127.0.0.1"}).post("/en/account/password/reset/", {"email": one.email})
    (letter,) = letters()
    assert "http://localhost:8000/es/account/password/reset/key/" in letter
    client, path = Client(), path_of(letter)
    form = client.get(path)["Location"]
    page = client.post(form, {"password1": "short", "password2": "short"}).content.decode()
    assert "corta" in page
    assert client.post(form, {"password1": LONG, "password2": LONG})["Location"] == "/es/account/password/reset/done/"
    assert _enter(one.email, LONG)[1] == 302
    assert elsewhere.get("/en/account/").status_code == 302
    assert "Este enlace" in Client().get(path).content.decode() or "This link" in Client().get(path).content.decode()


def test_the_password_is_changed_by_who_knows_the_old_one(
    person: Callable[..., User], letters: Callable[[], list[str]]
) -> None:
    one = person("editor")
    here, _s, _w = _enter(one.email, "a long password")
    elsewhere, _s, _w = _enter(one.email, "a long password")
    told = {"oldpassword": "wrong", "password1": LONG, "password2": LONG}
    assert "not your password until now" in here.post("/en/account/password/", told).content.decode()
    assert "differ" in here.post("/en/account/password/", told | {"password2": "x"}).content.decode()
    page = here.post("/en/account/password/", told | {"oldpassword": "a long password"}, follow=True)
    assert "Your password was changed." in page.content.decode()
    assert (here.get("/en/account/").status_code, elsewhere.get("/en/account/").status_code) == (200, 302)
    assert any("A password was changed" in letter for letter in letters())


def test_the_last_sign_that_is_removed_takes_the_recovery_codes_with_it(person: Callable[..., User]) -> None:
    one = person("editor")
    shown, _codes = with_app(one)
    client, _status, where = _enter(one.email, "a long password")
    client.post(where, {"code": shown()})
    again = client.get("/en/account/app/remove/")["Location"]
    client.post(again, {"password": "a long password"})
    client.post("/en/account/app/remove/")
    assert not Authenticator.objects.filter(user=one).exists()


def test_nobody_can_sign_up_alone(organisation: Organisation) -> None:
    page = Client().post("/en/account/join/", {"email": "a@example.org", "password1": LONG})
    assert page.status_code == 405
    assert not User.objects.exists()
    for path in ("signup/", "email/", "social/", "mfa/", "confirm-email/"):
        assert Client().get(f"/en/account/{path}").status_code in (302, 404)
