"""The whole upload road in a real browser: with JavaScript and without, by mouse and by keyboard alone.

DATASHIFT_PICTURES names a folder into which every step is drawn, at 360 and 1280 px.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest

import datashift.demo_data
from datashift.web.collection.models import Dataset
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User
from datashift.web.serving import kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

PASSWORD = "a long password"
DEMO = Path(datashift.demo_data.__file__).parent / "water_points.csv"
COUNTIES = ("Kilifi", "Kwale", "Turkana", "Nakuru")
WIDTHS = (360, 1280)
Page = Any


def kenyan_points() -> bytes:
    """Return made-up visits to water points in real counties; one county is misspelt and one answer nobody knows."""
    draw = random.Random(6)
    sheet = io.StringIO()
    table = csv.writer(sheet)
    table.writerow(["point_id", "county", "visit_date", "water point type", "status", "caretaker phone"])
    for number in range(240):
        county = COUNTIES[number % 4] if number != 7 else "Turkanna"
        works = "functional" if draw.random() < 0.7 else "not functional"
        kind = "hand pump" if number % 3 else "protected spring"
        works = works if number != 9 else "so-so"
        table.writerow(
            [f"KE{number:04}", county, f"2024-05-{1 + number % 28:02}", kind, works, f"+254 700 {number:06}"]
        )
    return sheet.getvalue().encode()


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(slug="water-watch", name="Water Watch", country="KE")


@pytest.fixture
def opened(chromium: Any, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a browser of somebody's own: opened(user, javascript=False)."""
    contexts = []

    def made(user: User, *, javascript: bool = True, width: int = 1280) -> Page:
        context = chromium.new_context(
            java_script_enabled=javascript, base_url=live_server.url, viewport={"width": width, "height": 800},
            locale="en",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/en/account/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/work/")
        return page

    yield made
    for context in contexts:
        context.close()


def heading(page: Page) -> str:
    return str(page.text_content("h1")).strip()


def go_on(page: Page) -> None:
    """Press the first button of the page and stand on the next page."""
    page.click("main form button.first")
    page.wait_for_load_state()


def wait_for(page: Page, title: str) -> None:
    """Let the machine do what waits, and the page notice it: by its script, or by loading itself anew."""
    page.wait_for_url("**/wait/")
    work_off(kinds())
    page.wait_for_selector(f"h1:text-is('{title}')")


def looked_at(page: Page, name: str) -> None:
    """Hold a page against the rules: accessible, nothing to be scrolled sideways at 320 px; draw it where asked."""
    for width in (*WIDTHS, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if width == 320:
            found = page_rules.axe(page) + page_rules.shape(page) + page_rules.enlarged(page)
            assert found == [], (name, found)
        elif folder := os.environ.get("DATASHIFT_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def send(page: Page, name: str, data: bytes, country: str = "") -> None:
    page.click("a:has-text('Add a file')")
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": data})
    if country:
        page.select_option("#country", country)
    page.click("main form button.first")


def say_what_the_file_is(page: Page) -> None:
    page.fill("#title", "Water points of four counties (simulated)")
    page.check("#simulated")
    go_on(page)
    assert heading(page) == "Which question does it answer?"
    page.check("input[value^=water-point-functionality]")
    go_on(page)
    assert heading(page) == "What do the columns say?"
    assert "caretaker phone" in str(page.text_content("main"))
    page.click("li:has-text('“status”') a:has-text('Change')")
    page.locator("tr", has_text="so-so").locator("select").select_option("needs_repair")
    go_on(page)
    go_on(page)


def say_where_and_how(page: Page) -> None:
    assert heading(page) == "Where and when?"
    page.locator("tr", has_text="Turkanna").locator("select").select_option(label="Turkana")
    page.check("input[name=stands][value=part]")
    page.fill("#whole", "four counties of Kenya")
    go_on(page)
    assert heading(page) == "Who was asked, and how?"
    page.check("input[value=facility_register]")
    go_on(page)


def read_and_ask(page: Page) -> None:
    wait_for(page, "What we noticed")
    go_on(page)
    assert heading(page) == "Your result"
    assert "four counties of Kenya" in str(page.text_content(".finding"))
    assert page.locator("tbody tr", has_text="Turkana").count() >= 1
    go_on(page)
    page.check("input[name=for_office][value=yes]")
    go_on(page)
    assert heading(page) == "Ask for a review"
    go_on(page)
    assert heading(page) == "Another person decides"


def test_a_new_file_goes_the_whole_road_without_javascript(
    opened: Callable[..., Page], person: Callable[..., User], organisation: Organisation
) -> None:
    page = opened(person("producer", organisation), javascript=False, width=360)
    send(page, "points.csv", kenyan_points(), "KE")
    assert heading(page) == "Your file is being read"
    wait_for(page, "What is one row?")
    say_what_the_file_is(page)
    say_where_and_how(page)
    read_and_ask(page)

    dataset = Dataset.objects.get()
    assert dataset.state == "in-review"
    assert "so-so" in dataset.recipe
    assert dataset.answers["place"]["names"]["Turkanna"]


def bring_the_demo_file(page: Page) -> None:
    looked_at(page, "desk-empty")
    page.click("a:has-text('Add a file')")
    looked_at(page, "file-new")
    page.set_input_files("#file", str(DEMO))
    page.click("main form button.first")
    page.wait_for_url("**/wait/")
    looked_at(page, "wait")
    wait_for(page, "What is one row?")


def look_at_the_questions(page: Page) -> None:
    looked_at(page, "rows")
    page.fill("#title", "Water points of Tavelia")
    page.check("#simulated")
    go_on(page)
    looked_at(page, "kit")
    go_on(page)
    looked_at(page, "columns")
    page.click("li:has-text('“managed by”') a:has-text('Change')")
    looked_at(page, "column")
    page.click("text=Leave it as it was")
    go_on(page)
    page.select_option("#country", "ZZ")
    page.select_option("#column", "region")
    page.check("input[name=stands][value=part]")
    page.fill("#whole", "Tavelia")
    looked_at(page, "place")
    go_on(page)
    merge_names(page)
    page.check("input[value=probability]")
    page.select_option("#weights-1", "weight")
    page.select_option("#strata-1", "area")
    page.select_option("#clusters-1", "village")
    looked_at(page, "asked")
    go_on(page)


def merge_names(page: Page) -> None:
    """Go back: two spellings of a place that is in no list are one place."""
    page.click(".stop a:has-text('Where and when?')")
    page.click("summary:has-text('Which names mean the same place?')")
    page.locator("tr:has(th:text-is('Avania Region'))").locator("select").select_option(label="Avânia")
    looked_at(page, "place-names")
    go_on(page)


def look_at_the_result(page: Page) -> None:
    wait_for(page, "What we noticed")
    page.locator("summary:has-text('Decide on finding')").first.click()
    looked_at(page, "findings")
    page.locator(".noticed input[value=explained]").first.check()
    page.locator(".noticed textarea").first.fill("It is simulated.")
    page.locator(".noticed button").first.click()
    page.wait_for_selector("text=Your decision is saved.")
    page.click("main form:has(input[name=version]) button.first")
    looked_at(page, "result")
    go_on(page)
    looked_at(page, "who")
    go_on(page)
    looked_at(page, "review")
    go_on(page)
    looked_at(page, "in-review")


def release(page: Page) -> None:
    looked_at(page, "desk-reviewer")
    page.click("a:has-text('Decide on data sets that wait')")
    page.click("main a:has-text('Water points of Tavelia')")
    looked_at(page, "desk-review")
    page.check("input[name=read]")
    page.check("input[name=open_read]")
    page.fill("#despite", "They are simulated.")
    page.click("button[value=release]")
    page.wait_for_load_state()


def test_the_demo_file_goes_from_a_browser_to_everybody(
    opened: Callable[..., Page], person: Callable[..., User], organisation: Organisation
) -> None:
    page = opened(person("producer", organisation))
    bring_the_demo_file(page)
    look_at_the_questions(page)
    look_at_the_result(page)
    release(opened(person("reviewer", organisation)))
    page.reload()
    assert heading(page) == "It is released"
    looked_at(page, "released")
    page.click("text=Read it as everybody does")
    page.wait_for_load_state()
    assert "/release/" in page.url
    assert "Tavelia" in str(page.text_content("main"))


def test_a_broken_file_is_said_to_be_so_and_what_to_do(
    opened: Callable[..., Page], person: Callable[..., User], organisation: Organisation
) -> None:
    page = opened(person("producer", organisation))
    send(page, "broken.xlsx", b"PK\x03\x04 this is no workbook")
    wait_for(page, "The file could not be read")
    assert re.search("read\\.\\w+", str(page.text_content("[role=alert]")))
    looked_at(page, "broken")
    page.click("text=Choose another file")
    page.set_input_files("#file", {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""})
    page.click("main form button.first")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.activeElement.id") == "alert"
    looked_at(page, "file-refused")


def test_who_leaves_comes_back_to_the_same_question(
    opened: Callable[..., Page], person: Callable[..., User], organisation: Organisation
) -> None:
    producer = person("producer", organisation)
    page = opened(producer)
    send(page, "points.csv", kenyan_points(), "KE")
    wait_for(page, "What is one row?")
    page.fill("#title", "Points of May")
    go_on(page)
    assert heading(page) == "Which question does it answer?"
    page.context.close()

    again = opened(producer)
    assert "Next: Which question does it answer?" in str(again.text_content("main"))
    looked_at(again, "desk-draft")
    again.click("a:has-text('Points of May')")
    assert heading(again) == "Which question does it answer?"
    again.click(".stop a:has-text('What is one row?')")
    assert again.input_value("#title") == "Points of May"


def test_a_step_can_be_answered_by_keyboard_alone(
    opened: Callable[..., Page], person: Callable[..., User], organisation: Organisation
) -> None:
    page = opened(person("producer", organisation))
    send(page, "points.csv", kenyan_points(), "KE")
    wait_for(page, "What is one row?")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _number in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "title":
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("Typed, not clicked")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text-is('Which question does it answer?')")
    assert Dataset.objects.get().title == "Typed, not clicked"
