"""What is still open, in a real browser: read and decided without JavaScript, on a phone and on a desk.

DATASHIFT_PICTURES names a folder into which each page is drawn, at 360 and 1280 px.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import page_rules
import pytest

from datashift.legal import questions
from datashift.web.collection.models import Dataset, Review
from datashift.web.collection.precautions import consider
from datashift.web.dashboard.models import Release
from datashift.web.people.models import Organisation, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
WHY = "The office asked for these figures this week."


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def opened(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a browser of somebody's own: opened(user, javascript=False)."""
    contexts = []

    def made(user: User, *, javascript: bool) -> Any:
        context = chromium.new_context(
            java_script_enabled=javascript, base_url=live_server.url, viewport={"width": 360, "height": 800},
            locale="en",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/en/account/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", "a long password")
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/work/")
        return page

    yield made
    for context in contexts:
        context.close()


@pytest.fixture
def review(asked: Callable[..., Review], person: Callable[..., User], organisation: Organisation) -> Review:
    """The demo's draft under review; one question of ten was answered, and a note holds a name."""
    made = asked(person("producer", organisation))
    dataset = made.run.dataset
    Dataset.objects.update(state="draft")
    answers = {questions()[0].id: "no", "harm": "no"}
    consider(dataset=dataset, items=["transfer"], answers=answers, version=dataset.version, by=made.asked_by)
    Dataset.objects.update(state="in-review")
    dataset.notes.create(check_id="K1", code="x", text="Ask Juma Hamisi", by=made.asked_by)
    return Review.objects.get(pk=made.pk)


def drawn(page: Any, name: str) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("DATASHIFT_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def test_a_reviewer_without_javascript_reads_what_is_open_and_says_why(
    opened: Callable[..., Any], review: Review, person: Callable[..., User], organisation: Organisation
) -> None:
    page = opened(person("reviewer", organisation), javascript=False)
    page.goto(f"/en/work/review/{review.pk}/")
    drawn(page, "still-open")
    page.check("input[name=read]")
    page.check("input[name=open_read]")
    page.click("button[value=release]")
    assert "something is open" in str(page.text_content("[role=alert]"))
    page.check("input[name=read]")
    page.check("input[name=open_read]")
    page.fill("#despite", WHY)
    page.click("button[value=release]")
    page.wait_for_url("**/release/**")
    assert Release.objects.get().despite["why"] == WHY
    page.goto(f"/en/work/review/{review.pk}/")
    assert WHY in str(page.text_content("main"))
    drawn(page, "released-nevertheless")


def test_the_pages_with_what_is_open_are_accessible(
    opened: Callable[..., Any], review: Review, person: Callable[..., User], organisation: Organisation
) -> None:
    page = opened(person("reviewer", organisation), javascript=True)
    addresses = [f"/en/work/review/{review.pk}/", f"/en/work/{review.run.dataset_id}/precautions/"]
    for stopped in (False, True):
        if stopped:
            review.run.dataset.notes.create(check_id="K2", code="x", text="+255 754 123 456", by=review.asked_by)
        for name, address in zip(("decide", "precautions"), addresses, strict=True):
            page.goto(address)
            drawn(page, f"{name}-{'stopped' if stopped else 'open'}")
            page.set_viewport_size(page_rules.SMALL)
            assert page_rules.axe(page) + page_rules.shape(page) + page_rules.enlarged(page) == []
    page.goto(addresses[0])
    assert page.locator("button[value=release]").count() == 0
