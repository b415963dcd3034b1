"""Every page in a real browser, on the smallest phone: it fits, one finds one's way by keyboard and by ear, it asks
nobody but us, says nothing to the console, and says the same with JavaScript off.

The upload road, and the pages of people, are held against the same rules where they are walked through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import page_rules
import pytest
from django.conf import settings as site_settings
from django.test import Client
from registry_variant import VARIANT
from site_reader import crawl

from datashift.web.collection.models import Dataset, Review
from datashift.web.dashboard import refreshing, services
from datashift.web.dashboard.models import Release
from datashift.web.frame.middleware import counts
from datashift.web.people.models import Organisation, User
from datashift.web.standards.services import add_variant, sync

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

STYLES = Path(page_rules.__file__).parents[2] / "src/datashift/web/static"
LANGUAGES = ("en", "es", "sw", "ne")
STATES = ["search/?q=zzzz", "search/?q=water", "nowhere/", "indicator/4.1.1/KE/", "coverage/AR/", "embed/6.1.1/ZZ/",
          "compare/?place=ZZ-01"]  # fmt: skip
Page = Any
People = Callable[..., User]


class Reader:
    """A person with a browser, who keeps what is wrong with the pages, and what the browser asked and said."""

    def __init__(self, chromium: Any, base: str, *, javascript: bool = True) -> None:
        self.context = chromium.new_context(
            base_url=base, viewport=page_rules.SMALL, java_script_enabled=javascript, reduced_motion="reduce"
        )
        self.base, self.page = base, self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.wrong: list[str] = []
        self.context.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda problem: self.wrong.append(f"{self.page.url} script: {problem}"))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def _said(self, message: Any) -> None:
        # Chromium says of every page with a status of 400 and more that it is one.
        if "the server responded with a status of 4" not in message.text:
            self.wrong.append(f"{self.page.url} console: {message.text}")

    def sign_in(self, user: User) -> None:
        """Be another person from now on."""
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        cookie = client.cookies[site_settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.base}])

    def open(self, path: str) -> None:
        self.page.goto(path)

    def look(self, *, whole: bool = True) -> None:
        """Hold the page that is open against the rules: with axe and keyboard, or its shape alone."""
        found = page_rules.shape(self.page)
        if whole:
            found += page_rules.enlarged(self.page) + page_rules.axe(self.page) + page_rules.keyboard(self.page)
        self.wrong += [f"{self.page.url.removeprefix(self.base)} {one}" for one in found]


@pytest.fixture
def reader(chromium: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Reader]]:
    """Give a browser of somebody's own: reader(javascript=False)."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    made: list[Reader] = []

    def one(**more: bool) -> Reader:
        made.append(Reader(chromium, live_server.url, **more))
        return made[-1]

    yield one
    for each in made:
        each.context.close()


@pytest.fixture
def known(released: Release, organisation: Organisation, person: People, monkeypatch: pytest.MonkeyPatch) -> Release:
    """The demo with its ledgers, all kits that ship, and a variant of one."""
    monkeypatch.setattr(refreshing, "draw_cards", lambda *_: None)
    sync()
    add_variant(text=VARIANT, organisation=organisation, by=person("editor"))
    refreshing.refresh(released.country, lambda _text: None)
    return released


@cache
def public_pages() -> list[str]:
    """Return one address of every public view, without its language, and those of its states. The demo has the same
    ones in every test.
    """
    found = [page.path for page in crawl(Client(), "/en/", each=1)]
    assert len(found) >= 19
    return [path.removeprefix("/en/") for path in found] + STATES


def test_every_public_page_is_for_everybody(known: Release, reader: Callable[..., Reader]) -> None:
    one, plain = reader(), reader(javascript=False)
    for number, path in enumerate(public_pages()):
        for later in (1, 0):
            address = f"/{LANGUAGES[(number + later) % 4]}/{path}"
            one.open(address)
            if later:
                one.look(whole=False)
        plain.open(address)
        if one.page.inner_text("body") != plain.page.inner_text("body"):
            one.wrong.append(f"{address} says something else without JavaScript")
        one.look()
    assert not one.wrong + plain.wrong, "\n".join(one.wrong + plain.wrong)


def test_every_page_has_a_title_of_its_own(known: Release) -> None:
    client = Client()
    titles: dict[str, list[str]] = {}
    for path in public_pages():
        title = re.search("<title>(.*?)</title>", client.get(f"/en/{path}").content.decode(), re.DOTALL)
        assert title
        if "?" not in path and not path.startswith("embed/"):
            titles.setdefault(title[1], []).append(path)
    assert {title: paths for title, paths in titles.items() if len(paths) > 1} == {}


def test_a_release_that_is_taken_back_or_still_being_told_is_for_everybody(
    released: Release, person: People, reader: Callable[..., Reader]
) -> None:
    one = reader()
    one.open("/en/indicator/6.1.1/ZZ/")
    one.look()
    services.withdraw(release=released, why="Two regions were swapped.", by=person("administrator"))
    for path in (f"release/{released.pk}/", "", "place/ZZ/"):
        one.open(f"/ne/{path}")
        one.look(whole="release" in path)
    assert not one.wrong, "\n".join(one.wrong)


def test_the_desk_is_for_everybody(
    known: Release, asked: Callable[..., Review], person: People, organisation: Organisation,
    reader: Callable[..., Reader],
) -> None:  # fmt: skip
    producer = person("producer", organisation)
    review, one = asked(producer, for_office=True), reader()
    first = f"/en/work/review/{review.pk}/"
    desks = {producer: [first.replace("/en/", "/es/"), f"/en/work/{review.run.dataset_id}/"],
             person("safety", organisation): ["/sw/work/review/"],
             person("office", None, "TZ"): [first],
             person("editor"): ["/en/registry/add/"],
             person("administrator"): ["/ne/work/review/", f"/en/work/release/{known.pk}/withdraw/"],
             person(): ["/ne/work/"], person("reviewer", organisation): ["/en/work/review/", first]}  # fmt: skip
    for number, (user, paths) in enumerate(desks.items()):
        one.sign_in(user)
        one.open(f"/{LANGUAGES[number % 4]}/work/")
        one.look(whole=number % 3 == 0)
        for path in paths:
            one.open(path)
            one.look()
    one.page.click("button[value=release]")
    one.page.wait_for_selector("[role=alert]")
    one.look()
    one.page.fill("#comment", "Ask the second village again.")
    one.page.click("button[value=return]")
    one.page.wait_for_load_state()
    assert Dataset.objects.get().state == "returned"
    one.open(first)
    one.look(whole=False)
    one.sign_in(producer)
    one.open(f"/ne/work/{review.run.dataset_id}/")
    one.look()
    assert not one.wrong, "\n".join(one.wrong)


def test_a_form_with_a_mistake_and_a_closed_door_are_for_everybody(
    known: Release, person: People, reader: Callable[..., Reader], settings: Any
) -> None:
    one = reader()
    one.sign_in(person("editor"))
    one.open("/en/registry/add/")
    one.page.fill("textarea", "id = 'nothing'")
    one.page.click("main form button.first")
    one.page.wait_for_selector("[role=alert]")
    one.look()
    one.sign_in(person("administrator"))
    one.open(f"/es/work/release/{known.pk}/withdraw/")
    one.page.fill("textarea", "   ")
    one.page.click("main form button.first, main form button.danger")
    one.page.wait_for_selector("[role=alert]")
    one.look()
    for path in ("/sw/work/people/record/nothing", "/ne/work/00000000-0000-0000-0000-000000000000/"):
        one.open(path)
        one.look()
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"page": (0, 60)}
    counts.seen.clear()
    one.open("/ne/")
    assert "429" not in one.page.inner_text("body")
    one.look()
    assert not one.wrong, "\n".join(one.wrong)


def test_nothing_moves_and_the_style_is_small() -> None:
    for style in STYLES.glob("*.css"):
        assert not re.search("animation|transition|@keyframes|scroll-behavior", style.read_text("utf-8")), style.name
    assert (STYLES / "site.css").stat().st_size < 12_000
