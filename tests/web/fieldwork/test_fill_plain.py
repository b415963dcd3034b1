"""The form page by page in a browser without JavaScript: every state is for everybody, narrow and wide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import page_rules
import pytest
from django.utils import timezone
from made_forms import sheet

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.models import Form, FormVersion, Submission
from datashift.web.people.models import Organisation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
SURVEY = (
    ("type", "name", "label::English (en)", "hint::English (en)", "required", "appearance"),
    ("select_one kinds", "kind", "What is it?", "Look at it first.", "yes", ""),
    ("begin group", "all", "All on one page", "", "", "field-list"),
    ("select_multiple kinds", "several", "Which of them?", "", "", ""),
    ("select_one kinds", "one", "One of a long list", "", "", "minimal"),
    ("rank kinds", "order", "In which order?", "", "", ""),
    ("integer", "count", "How many?", "", "", ""),
    ("text", "story", "What happened?", "", "", "multiline"),
    ("date", "day", "Which day?", "", "", ""),
    ("geopoint", "place", "Where?", "", "", ""),
    ("geotrace", "way", "Which way?", "", "", ""),
    ("image", "photo", "A picture", "", "", ""),
    ("acknowledge", "fine", "I have seen it", "", "", ""),
    ("end group", "", "", "", "", ""),
    ("begin repeat", "person", "People", "", "", ""),
    ("text", "name", "Name?", "", "", ""),
    ("end repeat", "", "", "", "", ""),
)
CHOICES = (("list_name", "name", "label::English (en)"), ("kinds", "a", "A well"), ("kinds", "b", "A tap"))


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def form(organisation: Organisation) -> Form:
    made = Form.objects.create(
        organisation=organisation, form_id="all", title="Everything", country="NP", state=Form.State.PUBLISHED,
        open_link="open-to-all", consent={"en": "We ask about water.\nNobody has to answer."},
    )  # fmt: skip
    file = sheet(SURVEY, CHOICES, form_id="all", version="1", default_language="English (en)")
    FormVersion.objects.create(
        form=made, number=1, version="1", xform=as_xform(file.data, file.name).decode(), published=timezone.now()
    )
    return made


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_a_form_is_for_everybody_without_a_script(
    form: Form, chromium: Any, live_server: Any, width: int
) -> None:
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(15_000)

    def looked(name: str) -> None:
        page.wait_for_load_state("networkidle")  # a page without its style has another shape
        assert page_rules.shape(page) == [], name
        if folder := os.environ.get("DATASHIFT_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    def go(name: str, button: str) -> None:
        looked(name)
        page.get_by_role("button", name=button, exact=True).click()

    page.goto("/en/fill/open-to-all/")
    go("start", "I agree, begin")
    go("question", "Go on")
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("A well").check()
    go("missing", "Go on")
    page.get_by_label("How many?").fill("many")
    go("list", "Go on")
    assert "Write a whole number" in page.content()
    page.get_by_label("How many?").fill("१२")
    page.get_by_label("Latitude").fill("27,7")
    page.get_by_label("Longitude").fill("85.3")
    go("wrong", "Go on")
    page.get_by_label("Name?").fill("Maya")
    for name, button in (("inside", "Go on"), ("repeat", "No, go on"), ("check", "Send")):
        go(name, button)
    looked("sent")
    assert page.get_by_role("heading", name="Sent. Thank you.").is_visible()
    assert Submission.objects.get().consent
    context.close()


def test_axe_finds_nothing_on_the_pages_without_script(form: Form, chromium: Any, live_server: Any) -> None:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/en/fill/open-to-all/?plain")
    assert page_rules.axe(page) == []
    page.get_by_role("button", name="I agree, begin").click()
    for button in ("Go on", None, "Go on", "Go on", "No, go on"):
        if button is None:
            page.get_by_label("A well").check()
            button = "Go on"
        assert page_rules.axe(page) == [], page.url
        page.get_by_role("button", name=button, exact=True).click()
    assert page_rules.axe(page) == []
    page.get_by_role("button", name="Send", exact=True).click()
    assert page_rules.axe(page) == []
    context.close()
