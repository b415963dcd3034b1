"""The desk in a real browser, with and without JavaScript: axe finds nothing, and a small screen is enough.

DATASHIFT_PICTURES names a folder into which every page is drawn, at 360 and 1280 pixels.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest
from desk_forms import answered, water
from django.utils import timezone

from datashift.web.fieldwork import deciding
from datashift.web.fieldwork.models import Checked, Enumerator, Form, Remark, Stray, Submission
from datashift.web.people.models import Organisation, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
PICTURES = os.environ.get("DATASHIFT_PICTURES")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def supervisor(person: Callable[..., User], organisation: Organisation) -> User:
    return person("supervisor", organisation)


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def browser(chromium: Any, live_server: Any, supervisor: User, request: Any) -> Iterator[Any]:
    """A browser, with and without JavaScript, in which a supervisor is signed in."""
    context = chromium.new_context(
        java_script_enabled=request.param, base_url=live_server.url, viewport={"width": 360, "height": 800}, locale="en"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/en/account/login/")
    page.fill("input[name=login]", supervisor.email)
    page.fill("input[name=password]", "a long password")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/work/")
    page.rules = request.param
    yield page
    context.close()


def looked_at(page: Any, name: str) -> None:
    """Hold a page against the rules at 360 and 1280 pixels; draw it where asked. axe is a script itself."""
    page.wait_for_load_state("networkidle")  # a page without its style has another shape
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page_rules.shape(page) + (page_rules.axe(page) if page.rules else []) == [], name
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"desk-{name}-{width}.png", full_page=True)


def full(organisation: Organisation, supervisor: User) -> tuple[Form, Submission]:
    """A form with answers of which the last has everything that can be shown."""
    form = water(organisation)
    amina = Enumerator.objects.create(organisation=organisation, name="Amina", digest="a")
    found = [answered(form, n, latitude=-6 + n / 7, longitude=35 + n % 5, enumerator=amina) for n in range(12)]
    answered(form, "x", {"people": "9"}, instance_id="uuid:11", first=found[-1])
    deciding.correct(submission=found[-1], place="source", after="tap", why="It is a tap.", by=supervisor)
    Remark.objects.create(submission=found[-1], by=supervisor, text="Is it dry?")
    Stray.objects.create(organisation=organisation, form_id="old", instance_id="uuid:old", digest="d", xml=b"")
    words = {"en": "Some answers are the same in many interviews."}
    told = {"looked": 12, "findings": [{"check": "K2", "text": words, "count": 1, "rows": [found[-1].pk]}]}
    Checked.objects.create(form=form, at=timezone.now(), upto=10**6, told=told)
    return form, found[-1]


def test_a_supervisor_looks_after_answers(browser: Any, organisation: Organisation, supervisor: User) -> None:
    form, last = full(organisation, supervisor)
    page = browser
    page.click("text=Answers that came in")
    page.click("main a:has-text('Water')")
    looked_at(page, "table")
    page.click("main nav >> text=Map")
    looked_at(page, "map")
    page.click("main nav >> text=Progress")
    looked_at(page, "progress")
    page.click("main nav >> text=Files to take away")
    looked_at(page, "files")
    page.goto(f"/en/work/forms/{form.pk}/answers/strays/")
    looked_at(page, "strays")
    page.goto(f"/en/work/forms/{form.pk}/answers/{last.pk}/")
    looked_at(page, "one")
    page.click("summary:has-text('How many people')")
    page.fill("li:has-text('How many people') input[name=after]", "200")
    page.fill("li:has-text('How many people') input[name=why]", "She said so.")
    page.click("li:has-text('How many people') button")
    assert "Fewer than 100, please." in page.text_content("main")
    page.check("input[value=approved]")
    page.click("text=Keep the decision")
    last.refresh_from_db()
    assert last.state == "approved"
