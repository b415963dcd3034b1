"""The whole road in Swahili: a kit becomes a form, two phones fill it in without a network, everything arrives once, is
looked at, becomes a figure, is released by somebody else, and stands on the public page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from field_phone import ARUSHA, DODOMA, VILLAGE, Household, Phone, filled_in, households, share_by_hand, speaks, sw

from datashift.web.collection.models import Dataset, Gathered
from datashift.web.dashboard.models import Release
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.models import Enumerator, Form, Submission
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User
from datashift.web.serving import kinds
from datashift.web.standards.services import sync

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
Page = Any

KIT, MEASURE, INDICATOR = "handwashing-facility", "SH_SAN_HNDWSH", "6.2.1"
TEAMS = {"Timu Qzmwenge": ARUSHA, "Timu Qzkaskazini": DODOMA}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def opened(chromium: Any, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a browser of somebody's own: opened() for anybody, opened(user) signed in. It asks this machine alone."""
    contexts, outside = [], []

    def made(user: User | None = None, width: int = 360) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 800}, locale="sw",
            timezone_id="Africa/Dar_es_Salaam",
        )  # fmt: skip
        contexts.append(context)
        context.on(
            "request", lambda asked: None if asked.url.startswith(live_server.url) else outside.append(asked.url)
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        if user is not None:
            page.goto("/sw/account/login/")
            page.fill("input[name=login]", user.email)
            page.fill("input[name=password]", "a long password")
            page.press("input[name=password]", "Enter")
            page.wait_for_url("**/sw/work/")
        return page

    yield made
    for context in contexts:
        context.close()
    assert [url for url in outside if not url.startswith(("blob:", "data:"))] == []


def go_on(page: Page, heading: str = "") -> None:
    """Press the first button of the page and stand on the next page."""
    page.click("main form button.first")
    page.wait_for_load_state()
    speaks(page, heading)


# --- the form and its phones ------------------------------------------------------------------------------------------


def publish_form(page: Page) -> Form:
    page.goto("/sw/work/forms/new/")
    speaks(page, "What do you want to find out?")
    page.check(f"input[value={KIT}]")
    go_on(page)
    assert page.input_value("#country") == "TZ"
    assert page.is_checked("input[name=language][value=sw]"), "the language of the page is the first"
    page.check("input[name=language][value=en]")
    for area in (ARUSHA, DODOMA):
        if not page.is_visible(f"input[value='{area}']"):
            page.click(f"details:has(input[value='{area}']) summary")
        page.check(f"input[value='{area}']")
    page.click(f"button:text-is('{sw('Make the form')}')")
    page.click(f"button:text-is('{sw('Publish this version')}')")
    page.wait_for_load_state()
    speaks(page)
    assert page.inner_text("h1") == "Mahali pa kunawa mikono kwa sabuni na maji nyumbani"
    return Form.objects.get()


def add_phone(page: Page, form: Form, name: str) -> str:
    """Add a phone through the pages; return the address of the form in its browser."""
    page.goto(f"/sw/work/forms/phones/new/?form={form.pk}")
    page.fill("#name", name)
    go_on(page)
    speaks(page)
    address = str(page.text_content("#browser")).strip()
    assert Enumerator.objects.get(name=name).digest == sha256(address.split("/")[-2].encode()).hexdigest()
    return f"{urlsplit(address).path}{form.form_id}/"


# --- at the desk ------------------------------------------------------------------------------------------------------


def approve_all(page: Page, form: Form) -> None:
    """The supervisor looks at the table of answers and approves all of it at once."""
    page.goto(f"/sw/work/forms/{form.pk}/answers/")
    speaks(page, "Answers that came in")
    rows = page.locator("input[name=answer]")
    assert rows.count() == Submission.objects.count()
    assert all(name in page.content() for name in TEAMS)
    for number in range(rows.count()):
        rows.nth(number).check()
    page.check("input[name=state][value=approved]")
    page.locator("form:has(input[name=answer]) button.first").click()
    page.wait_for_load_state()
    speaks(page, "Answers that came in")
    assert set(Submission.objects.values_list("state", flat=True)) == {"approved"}


def gather(page: Page, form: Form) -> None:
    page.goto(f"/sw/work/forms/{form.pk}/")
    page.click(f"a:text-is('{sw('Make figures from the answers')}')")
    speaks(page, "From answers to figures")
    page.uncheck("input[name=state][value=received]")
    page.uncheck("input[name=state][value=has-issues]")
    go_on(page, "From answers to figures")
    work_off(kinds())
    page.goto(page.url)
    page.click(f"a:text-is('{sw('Go on with it')}')")
    page.wait_for_load_state()


def take_the_road(page: Page) -> None:
    """Answer the questions between a table and a figure."""
    speaks(page, "What is one row?")
    page.select_option("#row_id", "instanceID")
    go_on(page, "What do the columns say?")  # which question they answer is known: the form was made for it
    go_on(page, "Where and when?")
    page.select_option("#column", "area")
    page.check("input[name=stands][value=part]")
    page.fill("#whole", "Mitaa miwili ya Arusha na Dodoma")
    go_on(page, "Who was asked, and how?")
    page.check("input[name=sampling_type][value=small_area_census]")
    page.click("main form.asked button.first")
    page.wait_for_url("**/wait/")
    work_off(kinds())
    page.wait_for_selector(f"h1:text-is('{sw('What we noticed')}')")
    page.click("main form:has(input[name=version]) button.first")
    page.wait_for_load_state()
    speaks(page, "Your result")
    go_on(page)
    page.check("input[name=for_office][value=no]")
    go_on(page, "Ask for a review")
    go_on(page, "Another person decides")


def release(page: Page) -> None:
    page.goto("/sw/work/review/")
    speaks(page, "Reviews")
    page.locator("main ul.desk a").first.click()
    page.check("input[name=read]")
    if page.locator("input[name=open_read]").count():
        page.check("input[name=open_read]")
        page.fill("#despite", "Tumesoma yote.")
    page.click("button[value=release]")
    page.wait_for_load_state()
    speaks(page)
    work_off(kinds())


# --- what everybody reads ---------------------------------------------------------------------------------------------


def public_pages(released: Release) -> list[str]:
    """Return the pages on which a release may be read."""
    where = f"/sw/release/{released.pk}/"
    figure = f"{where}figure/{MEASURE}/{released.whole}/"
    return [
        f"/sw/indicator/{INDICATOR}/", f"/sw/indicator/{INDICATOR}/TZ/", "/sw/place/TZ/", "/sw/organisations/",
        "/sw/organisations/water-watch/", "/sw/coverage/", "/sw/", where, figure, f"{where}dossier/",
    ]  # fmt: skip


def test_answers_of_two_phones_without_a_network_become_a_public_figure_in_swahili(
    opened: Callable[..., Page], person: Callable[..., User], organisation: Organisation
) -> None:
    sync()
    producer, supervisor, reviewer = (person(role, organisation) for role in ("producer", "supervisor", "reviewer"))
    asked = {name: households(area) for name, area in TEAMS.items()}
    every = [one for houses in asked.values() for one in houses]

    desk = opened(producer, width=1280)
    form = publish_form(desk)
    addresses = {name: add_phone(desk, form, name) for name in TEAMS}

    in_the_field({name: Phone(opened(), address) for name, address in addresses.items()}, asked)
    arrived = each_arrived_once(form, asked)

    approve_all(opened(supervisor), form)
    gather(desk, form)
    dataset = Dataset.objects.get()
    assert set(Gathered.objects.values_list("submission_id", flat=True)) == {one.pk for one in arrived}
    take_the_road(desk)
    dataset.refresh_from_db()
    assert dataset.state == "in-review"
    release(opened(reviewer))

    released = Release.objects.get()
    assert (released.rows_in, released.rows_used) == (len(every), len(every))
    figures_are_those_by_hand(released, every)
    reader = opened()
    public_pages_name_nobody(reader, released, arrived)
    reader.goto(f"/sw/indicator/{INDICATOR}/")
    assert re.search(rf"\b{share_by_hand(every):.0f}\s%", reader.inner_text("main"))
    assert "Mitaa miwili" in reader.inner_text("main")
    reader.goto(f"/sw/release/{released.pk}/")
    assert "walikuwa na mahali penye sabuni na maji" in reader.inner_text("p.finding >> nth=0")


def in_the_field(phones: dict[str, Phone], asked: dict[str, list[Household]]) -> None:
    """All phones fill in without a network; nothing has arrived until they come home."""
    for name, phone in phones.items():
        phone.ask(asked[name])
    assert not Submission.objects.exists()
    for phone in phones.values():
        phone.sync()


def public_pages_name_nobody(reader: Page, released: Release, arrived: list[Submission]) -> None:
    """Look for names of phones, the village, ids and receipts of answers on every page that everybody may read."""
    told = {*TEAMS, VILLAGE, *(one.instance_id for one in arrived), *(one.receipt for one in arrived)} - {"", None}
    for path in public_pages(released):
        shown = reader.goto(path)
        assert shown.status == 200, path
        speaks(reader)
        assert [words for words in told if str(words) in reader.content()] == [], path


def figures_are_those_by_hand(released: Release, every: list[Household]) -> None:
    """Hold the figures of both regions, of each, and of those without any place against what was seen."""
    found = {(one.measure, one.area): one for one in released.figures.filter(breakdown="")}
    for area in (released.whole, ARUSHA, DODOMA):
        here = [one for one in every if area in (one.area, released.whole)]
        assert found[MEASURE, area].value == pytest.approx(share_by_hand(here), abs=1e-6)
        assert found[MEASURE, area].n == sum(one.seen for one in here)
        none = sum(one.size for one in here if one.facility == "none") / sum(one.size for one in here if one.seen)
        assert found["HANDWASHING_NONE", area].value == pytest.approx(100 * none, abs=1e-6)


def each_arrived_once(form: Form, asked: dict[str, list[Household]]) -> list[Submission]:
    """Hold what is in the store against what was asked: nothing lost, nothing twice, all under the right name."""
    found = list(Submission.objects.filter(form=form).select_related("enumerator").order_by("pk"))
    assert len({one.instance_id for one in found}) == len(found) == sum(map(len, asked.values()))
    for name, houses in asked.items():
        told = [current(one) for one in found if one.enumerator and one.enumerator.name == name]
        kept = [{path: text for path, text in one.items() if path in filled_in(houses[0])} for one in told]
        assert sorted(map(sorted, (one.items() for one in kept))) == sorted(
            sorted(filled_in(one).items()) for one in houses
        )
    return found
