"""Passkeys in a real browser, whose device is played by Chromium itself; nothing in the page is a script of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from datashift.web.people.models import Event, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """Return a page of a browser with a device that holds keys and recognises its owner."""
    context = chromium.new_context(locale="en")
    made = context.new_page()
    told = context.new_cdp_session(made)
    told.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
              "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    made.device = told.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]
    made.told, made.faults = told, []
    made.on("console", lambda line: made.faults.append(line.text) if line.type == "error" else None)
    made.on("pageerror", lambda fault: made.faults.append(str(fault)))
    yield made
    context.close()


def _enter(page: Any, address: str, one: User) -> None:
    page.goto(address)
    page.get_by_label("E-mail address").fill(one.email)
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_opens_the_account_without_a_password_and_is_removed(
    page: Any, live_server: Any, person: Callable[..., User]
) -> None:
    one = person("editor")
    _enter(page, f"{live_server.url}/en/account/login/?next=/en/account/", one)
    page.get_by_role("link", name="Change Passkeys").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the key").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/codes/")
    assert page.locator("ul.codes li").count() == 10
    assert Event.objects.filter(verb="webauthn-added", actor=one.pk).exists()
    page.goto(f"{live_server.url}/en/account/")
    assert "my phone" in page.locator("main").inner_text()
    page.get_by_role("button", name="Sign out").click()

    page.goto(f"{live_server.url}/en/account/login/?next=/en/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="How you sign in").wait_for()
    assert one.email in page.locator("main").inner_text()

    page.get_by_role("button", name="Sign out").click()
    _enter(page, f"{live_server.url}/en/account/login/?next=/en/account/passkeys/", one)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("link", name="Remove my phone").click()
    page.get_by_role("link", name="with a passkey").click()
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("button", name="Remove").click()
    assert "no passkey yet" in page.locator("main").inner_text()
    assert page.faults == []


def test_a_device_that_refuses_is_told_in_words_and_the_password_stays(
    page: Any, live_server: Any, person: Callable[..., User]
) -> None:
    page.told.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": page.device})
    page.told.send("WebAuthn.disable")
    page.add_init_script(
        "CredentialsContainer.prototype.get = async () => { throw new DOMException('', 'NotAllowedError') }"
    )
    page.goto(f"{live_server.url}/es/account/login/")
    problem = page.locator("[data-problem]")
    assert not problem.is_visible()
    page.locator("form[data-passkey] button").click()
    problem.wait_for(state="visible")
    assert page.locator("input[type=password]").is_visible()


def test_without_javascript_the_page_says_that_the_password_works(chromium: Any, live_server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{live_server.url}/en/account/login/")
    assert "Your password works without it." in plain.locator("main").inner_text()
    assert not plain.locator("form[data-passkey]").is_visible()
    context.close()


def test_the_script_is_small_and_ours() -> None:
    found = finders.find("passkey.js")
    assert isinstance(found, str)
    assert Path(found).stat().st_size < 3000
