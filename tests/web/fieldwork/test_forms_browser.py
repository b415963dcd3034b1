"""Forms in a real browser without JavaScript: from a kit to a phone; axe finds nothing, a small screen is enough.

DATASHIFT_PICTURES names a folder into which every page is drawn, at 360 and 1280 pixels.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest
from django.test import Client
from made_forms import CHOICES, SURVEY, sheet

from datashift.web.fieldwork import phones, services
from datashift.web.fieldwork.models import Form, Submission
from datashift.web.people.models import Organisation, User
from datashift.web.standards.services import sync

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
PICTURES = os.environ.get("DATASHIFT_PICTURES")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    sync()
    return person("producer", organisation)


@pytest.fixture
def opened(
    chromium: Any, live_server: Any, producer: User, signed_in: Callable[[User], Client]
) -> Iterator[Callable[..., Any]]:
    """Open a browser in which a producer is signed in: opened(javascript=False)."""
    contexts = []

    def made(*, javascript: bool) -> Any:
        context = chromium.new_context(
            java_script_enabled=javascript,
            base_url=live_server.url,
            viewport={"width": 360, "height": 800},
            locale="en",
        )
        contexts.append(context)
        session = signed_in(producer).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto("/en/work/")
        page.rules = javascript
        return page

    yield made
    for context in contexts:
        context.close()


def looked_at(page: Any, name: str) -> None:
    """Hold a page against the rules at 360 and 1280 pixels; draw it where asked. The rules are scripts themselves."""
    if not page.rules:
        return
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page_rules.axe(page) + page_rules.shape(page) == [], name
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    assert page_rules.enlarged(page) == [], name
    page.set_viewport_size({"width": 360, "height": 800})


@pytest.mark.parametrize("javascript", [True, False])
def test_from_a_kit_to_a_phone(javascript: bool, opened: Callable[..., Any]) -> None:
    page = opened(javascript=javascript)
    looked_at(page, "work")
    page.click("text=Forms")
    looked_at(page, "forms-empty")
    page.click("text=Make a form")
    looked_at(page, "new")
    page.check("input[value=drinking-water-ladder]")
    page.click("main form button.first")
    looked_at(page, "kit")
    page.check("input[name=language][value=sw]")
    page.click("summary:has-text('Only some')") if not page.is_visible("input[value=TZ-02]") else None
    page.check("input[value=TZ-02]")
    page.click("text=Make the form")
    assert page.text_content("h1") == "Version 1.0.0"
    looked_at(page, "version")
    page.click("text=Questions and translations")
    looked_at(page, "questions")
    page.go_back()
    page.click("text=Figures that can be computed")
    looked_at(page, "figures")
    page.go_back()
    page.click("text=Publish this version")
    assert "Published: phones have it." in page.text_content("main")
    looked_at(page, "form")
    to_a_phone(page)


def to_a_phone(page: Any) -> None:
    """Go on from a published form to a phone with a key."""
    page.click("text=Make a link")
    looked_at(page, "form-link")
    page.click("text=Add a phone")
    assert page.is_checked("input[name=form]"), "the form from which one came"
    page.fill("#name", "Team 1")
    looked_at(page, "phone-new")
    page.click("text=Make its key")
    assert page.text_content("h1") == "The key of Team 1"
    looked_at(page, "key")
    page.click("text=I have it")
    looked_at(page, "phones")
    page.click("text=Team 1")
    looked_at(page, "phone")


def test_a_form_of_ones_own_and_its_next_version(
    opened: Callable[..., Any], tmp_path: Path, organisation: Organisation, producer: User
) -> None:
    page = opened(javascript=True)
    broken, good = tmp_path / "broken.xlsx", tmp_path / "good.xlsx"
    broken.write_bytes(sheet([*SURVEY, ("integer", "people", "Again?", ""), ("select_one x", "y", "Y", "")]).data)
    page.goto("/en/work/forms/new/file/")
    looked_at(page, "file")
    page.set_input_files("#file", broken)
    page.click("text=Check it")
    looked_at(page, "faults")
    form = services.add_uploaded(organisation=organisation, file=sheet(form_id="water", version="1"), by=producer)
    first = services.publish_version(version=form.versions.get(), by=producer)
    Submission.objects.create(form=form, version=first, instance_id="uuid:1", digest="d")
    phones.add_enumerator(organisation=organisation, name="Team 2", forms=[form], by=producer)
    survey = [*SURVEY[:3], ("text", "people", "How many live here?", ""), ("image", "roof", "The roof", "")]
    choices = [CHOICES[0], ("water", "tap", "Tap at home", "Bomba"), ("water", "river", "River", "Mto")]
    good.write_bytes(sheet(survey, choices, form_id="water", version="2").data)
    page.goto(f"/en/work/forms/{form.pk}/add/")
    looked_at(page, "add")
    page.set_input_files("#file", good)
    page.click("text=Check it")
    assert "What this version changes" in page.text_content("main")
    looked_at(page, "changes")
    page.click("text=Questions and translations")
    looked_at(page, "gaps")
    page.goto("/en/work/forms/")
    looked_at(page, "forms")
    page.goto(f"/en/work/forms/{form.pk}/")
    looked_at(page, "form-two")
    assert Form.objects.get().versions.count() == 2
