"""Every public page: small, ours alone, complete without JavaScript, the same for everybody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from registry_variant import VARIANT
from site_reader import Page, crawl, weight

from datashift.web.frame.models import bump
from datashift.web.standards.profiles import sync_profiles
from datashift.web.standards.services import add_variant, sync

pytestmark = pytest.mark.django_db

BUDGET = 50 * 1024
EMBED_BUDGET = 5 * 1024


def public_views() -> set[str]:
    """Return the names of all views for readers: public, in a language."""

    def walk(patterns: list[Any], prefixed: bool) -> list[tuple[str, bool]]:
        found = []
        for one in patterns:
            if isinstance(one, URLResolver):
                found += walk(one.url_patterns, prefixed or "LocalePrefix" in type(one.pattern).__name__)
            elif isinstance(one, URLPattern) and getattr(one.callback, "is_public", False) and prefixed:
                found.append((one.name or "", prefixed))
        return found

    return {name for name, _prefixed in walk(get_resolver().url_patterns, False)}


@pytest.fixture(autouse=True)
def registry(db: None, organisation: Any, person: Any) -> None:
    """All kits and profiles that ship, and a variant of a kit, so that every page has something to show."""
    sync()
    sync_profiles()
    add_variant(text=VARIANT, organisation=organisation, by=person("editor"))


@pytest.fixture
def pages(released: Any) -> list[Page]:
    return list(crawl(Client(), "/en/"))


def test_every_public_page_can_be_reached_by_links_alone(pages: list[Page]) -> None:
    assert [page.path for page in pages if page.status != 200] == []
    missing = public_views() - {page.view for page in pages} - {"embed"}
    assert missing == set(), "no link leads there"


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_every_public_page_is_light_and_loads_from_us_alone(released: Any, language: str) -> None:
    client = Client()
    heavy = {}
    for page in crawl(client, f"/{language}/", each=4 if language == "en" else 2):
        assert page.status == 200, page.path
        assert all(address.startswith("/") and not address.startswith("//") for address in page.loads), page.path
        assert page.inline == [], (page.path, page.inline)
        size = weight(client, page)
        if size > BUDGET:
            heavy[page.path] = size
    assert heavy == {}


def test_no_public_page_depends_on_who_asks(released: Any, person: Any, signed_in: Any) -> None:
    known, stranger = signed_in(person("administrator")), Client()
    for page in crawl(stranger, "/en/", each=1):
        one, other = known.get(page.path), stranger.get(page.path)
        assert one.content == other.content, page.path
        assert "Set-Cookie" not in other.headers, page.path
        assert not {"Cookie"} & {v.strip() for v in other.get("Vary", "").split(",")}, page.path


def test_a_page_is_revalidated_by_its_etag_until_something_public_changes(released: Any) -> None:

    client = Client()
    first = client.get("/en/")
    again = client.get("/en/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    bump()
    assert client.get("/en/").status_code == 200


def test_pages_say_their_language_and_where_the_others_are(pages: list[Page]) -> None:
    for page in pages:
        assert '<html lang="en"' in page.html, page.path
        others = set(re.findall(r'hreflang="(\w\w)"', page.html))
        assert {"es", "sw", "ne"} <= others, page.path
        assert page.html.count("<h1") == 1, page.path
