"""The pages of people: ours in look and words, complete without JavaScript, for keyboards and screen readers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest
from django.template.backends.jinja2 import Jinja2
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern
from people_helpers import with_app

from datashift.web.people import account_urls, services
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db
WORK = "/en/work/people/"


def _view(pattern: URLPattern) -> Any:
    view: Any = pattern.callback
    while hasattr(view, "__wrapped__") and not hasattr(view, "view_class"):
        view = view.__wrapped__
    return getattr(view, "view_class", None)


TEMPLATES = sorted(
    {str(name) for one in account_urls.urlpatterns if (name := getattr(_view(one), "template_name", None))}
)


def test_every_page_of_allauth_that_can_be_reached_is_ours() -> None:
    assert len(TEMPLATES) >= 18
    engines = {type(get_template(name).backend) for name in [*TEMPLATES, "429.html"]}  # type: ignore[attr-defined]
    assert engines == {Jinja2}


def test_no_page_of_people_holds_a_script_or_a_style_of_its_own() -> None:
    folder = Path(__file__).parents[3] / "src/datashift/web/templates"
    found = [path for part in ("people", "account", "mfa") for path in (folder / part).rglob("*.html")]
    assert len(found) > 30
    for path in found:
        text = path.read_text("utf-8")
        assert " style=" not in text
        assert " onclick=" not in text
        scripts = [part.partition(">")[0] for part in text.split("<script")[1:]]
        assert all("src=" in one or 'type="application/json"' in one for one in scripts)


def test_organisations_are_added_changed_and_listed(
    person: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    client = signed_in(person("administrator"))
    told = {"name": "Village Committee", "country": "NP", "about": "We count taps.", "website": "example.org"}
    page = client.post(f"{WORK}new/", told, follow=True).content.decode()
    assert "Now invite its people" in page
    made = Organisation.objects.get()
    assert (made.slug, made.website, made.anonymous) == ("village-committee", "https://example.org", False)
    assert "Village Committee" in client.get(WORK).content.decode()
    client.post(f"{WORK}organisation/{made.pk}/edit/", told | {"name": "Ward Committee"})
    made.refresh_from_db()
    assert (made.slug, made.name) == ("village-committee", "Ward Committee")
    twin = services.add_organisation(name="Village Committee", by=None)
    nepali = services.add_organisation(name="गाउँ समिति", by=None)
    assert twin.slug == "village-committee-2"
    assert nepali.slug.startswith("producer-")


def test_who_becomes_anonymous_gets_an_address_that_does_not_tell_the_name(
    person: Callable[..., User], organisation: Organisation
) -> None:
    services.change_organisation(organisation=organisation, anonymous=True, by=person("administrator"))
    organisation.refresh_from_db()
    assert organisation.slug.startswith("producer-")
    assert str(organisation) == organisation.slug
    kept = organisation.slug
    services.change_organisation(organisation=organisation, anonymous=True, by=person("administrator"))
    assert organisation.slug == kept


def test_an_organisation_with_a_mistake_keeps_what_was_typed(
    person: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    told = {"name": "", "country": "XX", "about": "We count <taps>.", "website": "no address"}
    page = signed_in(person("administrator")).post(f"{WORK}new/", told).content.decode()
    assert "We count &lt;taps&gt;." in page
    assert page.count('class="field wrong"') == 3
    assert 'aria-describedby="id_name_error"' in page
    assert not Organisation.objects.exists()


def test_a_statistics_office_is_invited_with_its_country(
    person: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    client = signed_in(person("administrator"))
    told = {"email": "office@example.org", "role": "office", "country": ""}
    assert "Choose the country" in client.post(f"{WORK}site/", told).content.decode()
    assert "invitation/" in client.post(f"{WORK}site/", told | {"country": "KE"}).content.decode()
    assert "office@example.org" in client.get(f"{WORK}site/").content.decode()


def _pages(boss: User, member: User, organisation: Organisation) -> list[str]:
    one = member.memberships.get()
    return [
        "work/people/", "work/people/new/", "work/people/site/", f"work/people/organisation/{organisation.pk}/",
        f"work/people/organisation/{organisation.pk}/edit/", f"work/people/role/{one.pk}/take/",
        f"work/people/person/{member.pk}/", "work/people/record/", "account/", "account/password/",
        "account/passkeys/", "account/again/", "account/again/code/", "account/logout/",
    ]  # fmt: skip


OPEN = ["account/login/", "account/join/", "account/left/", "account/inactive/", "account/password/reset/",
        "account/password/reset/sent/", "account/password/reset/done/", "account/password/reset/key/1-x/"]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_every_page_is_shown_in_four_languages(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[..., Client], language: str
) -> None:
    boss, member = person("administrator"), person("producer", organisation)
    with_app(boss)
    services.invite(email="a@example.org", organisation=organisation, role="reviewer", by=boss)
    client = signed_in(boss)
    for path in _pages(boss, member, organisation):
        answer = client.get(f"/{language}/{path}")
        page = answer.content.decode()
        assert (path, answer.status_code) == (path, 200)
        assert f'<html lang="{language}"' in page
        assert page.count("<h1") == 1
    for path in OPEN:
        answer = Client().get(f"/{language}/{path}")
        assert (path, answer.status_code, answer.content.decode().count("<h1")) == (path, 200, 1)


@pytest.fixture
def narrow(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    yield context.new_page()
    context.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_no_page_of_people_puts_anybody_off(
    narrow: Any, live_server: Any, person: Callable[..., User], organisation: Organisation
) -> None:
    boss, member = person("administrator"), person("producer", organisation)
    wrong: list[object] = []

    def look(path: str = "") -> None:
        if path:
            narrow.goto(f"{live_server.url}/ne/{path}")
        found = page_rules.axe(narrow) + page_rules.shape(narrow) + page_rules.keyboard(narrow)
        wrong.extend((narrow.url, one) for one in found)

    def enter(field: str, text: str) -> None:
        narrow.locator(field).fill(text)
        with narrow.expect_navigation():
            narrow.keyboard.press("Enter")

    for path in [*OPEN, "account/login/?next=/ne/account/app/"]:
        look(path)
    narrow.locator("#id_login").fill(boss.email)
    enter("#id_password", "a wrong password")
    look()
    enter("#id_password", "a long password")
    enter("#id_password", "a wrong password")
    look()
    enter("#id_password", "a long password")
    for path in ["account/app/", "account/passkeys/add/", "account/email/", "account/leave/",
                 *[one for one in _pages(boss, member, organisation) if "code/" not in one]]:  # fmt: skip
        look(path)
    assert wrong == []
