"""Withdrawal in a real browser: a file with receipts, a release, a withdrawal without a name, the next release."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest

import datashift.demo_data
from datashift.web.collection import services
from datashift.web.collection.models import Dataset
from datashift.web.dashboard import services as releasing
from datashift.web.dashboard.models import Release
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User
from datashift.web.serving import kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

DEMO = Path(datashift.demo_data.__file__).parent
PLACE = {
    "country": "ZZ", "as_of": "2024-04-01", "column": "region", "whole": "Tavelia", "label": "2024",
    "names": {"Avania Region": "ZZ-AVANIA"},
}  # fmt: skip
STEPS = {
    "rows": {"title": "Water points", "simulated": True, "row_id": "wp_id"}, "kit": {}, "columns": {}, "place": PLACE,
    "asked": {"sampling_type": "probability", "weights": "weight", "strata": ["area"], "clusters": ["village"]},
}  # fmt: skip
READ = {"findings": {}, "result": {}, "who": {"licence": "", "for_office": False}}
ROW = 7
MARKER = "QZMARKER77"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def opened(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a browser without JavaScript: opened() for anybody, opened(user) signed in."""
    contexts = []

    def made(user: User | None = None, width: int = 360) -> Any:
        context = chromium.new_context(
            java_script_enabled=False, base_url=live_server.url, viewport={"width": width, "height": 800}, locale="en",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if user is not None:
            page.goto("/en/account/login/")
            page.fill("input[name=login]", user.email)
            page.fill("input[name=password]", "a long password")
            page.press("input[name=password]", "Enter")
            page.wait_for_url("**/work/")
        return page

    yield made
    for context in contexts:
        context.close()


def released_now(dataset: Dataset, producer: User, reviewer: User) -> Release:
    for step, said in READ.items():
        dataset.refresh_from_db()
        services.answer(dataset=dataset, step=step, answers=said, version=dataset.version, by=producer)
    dataset.refresh_from_db()
    review = services.ask_for_review(dataset=dataset, for_office=False, by=producer)
    return releasing.release(review=review, by=reviewer, despite="They are simulated.")


def made_of(lines: list[bytes], producer: User, organisation: Organisation) -> Dataset:
    data = b"\n".join(lines)
    upload = services.receive(name="points.csv", chunks=[data], organisation=organisation, by=producer)
    dataset = services.begin(upload=upload, by=producer, country="ZZ")
    work_off(kinds("suggest"))
    for step, said in STEPS.items():
        dataset.refresh_from_db()
        services.answer(dataset=dataset, step=step, answers=said, version=dataset.version, by=producer)
    work_off(kinds("run"))
    return dataset


def receipt_from(desk: Any, dataset: Dataset) -> str:
    """Say on what ground the answers are used, take the receipts, and return that of the marked row."""
    desk.goto(f"/en/work/consent/{dataset.pk}/")
    desk.check("input[value=consent]")
    desk.fill("#text", "May we write down what we see at your water point?")
    desk.click("button:text-is('Save')")
    assert "is saved" in desk.text_content("main")
    with desk.expect_download() as waiting:
        desk.click("button:has-text('Make receipts')")
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    return next(row["receipt"] for row in rows if row["row"] == str(ROW))


def test_an_answer_is_withdrawn_with_its_receipt_and_no_old_path_leads_to_it(
    opened: Callable[..., Any], person: Callable[..., User], organisation: Organisation, site: Path
) -> None:
    producer, reviewer = person("producer", organisation), person("reviewer", organisation)
    lines = (DEMO / "water_points.csv").read_bytes().splitlines()
    lines[ROW - 1] = lines[ROW - 1] + MARKER.encode()
    dataset = made_of(lines, producer, organisation)

    desk = opened(producer, width=1280)
    receipt = receipt_from(desk, dataset)
    work_off(kinds("run"))
    first = released_now(dataset, producer, reviewer)
    old = [f"/en/work/{dataset.pk}/file/upload", f"/en/work/{dataset.pk}/file/evidence"]
    assert MARKER in desk.request.get(old[0]).body().decode("latin-1")

    page = opened()
    page.goto(f"/en/release/{first.pk}/")
    page.click("footer a:text-is('Withdraw your answer')")
    page.fill("#code", receipt)
    page.click("button:text-is('Withdraw my answer')")
    assert "is taken out now" in page.text_content("main")
    assert [desk.request.get(path).status for path in old] == [404, 404]
    page.goto(f"/en/release/{first.pk}/")
    assert "Answers withdrawn since: 1." in page.text_content("main")

    work_off(kinds("screen", "suggest", "run", "reconsider"))
    second = released_now(dataset, producer, reviewer)
    assert (second.number, second.rows_used) == (2, first.rows_used - 1)
    for path in old:
        assert MARKER not in desk.request.get(path).body().decode("latin-1")
    assert not [
        p for p in site.rglob("*") if p.is_file() and p.suffix != ".sqlite3" and MARKER.encode() in p.read_bytes()
    ]
    page.goto(f"/en/release/{first.pk}/")
    assert "A newer release replaced this one" in page.text_content("main")


def test_the_pages_of_consent_and_withdrawal_are_for_everybody(
    chromium: Any, live_server: Any, opened: Callable[..., Any], person: Callable[..., User], organisation: Organisation
) -> None:
    producer = person("producer", organisation)
    upload = services.receive(name="a.csv", chunks=[b"a,b\n1,2\n3,4\n"], organisation=organisation, by=producer)
    dataset = services.begin(upload=upload, by=producer)
    desk = opened(producer, width=320)
    desk.goto(f"/en/work/consent/{dataset.pk}/")
    cookies = desk.context.cookies()
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 320, "height": 800}, locale="en")
    context.add_cookies(cookies)
    page = context.new_page()
    try:
        for path in (f"/en/work/consent/{dataset.pk}/", "/ne/withdraw/"):
            page.goto(path)
            assert page_rules.axe(page) + page_rules.shape(page) + page_rules.enlarged(page) == [], path
    finally:
        context.close()
