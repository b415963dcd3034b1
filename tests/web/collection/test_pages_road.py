"""The pages of the road: one question each, everything said is kept, and what is not for somebody does not exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from water_road import DEMO

from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Note, Review
from datashift.web.collection.running import run
from datashift.web.collection.steps import TITLES, fitting_run, next_step
from datashift.web.collection.suggesting import suggest
from datashift.web.jobs.models import Job, Worker
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User

FILE = b"id,works\n1,yes\n2,no\n"
Fields = dict[str, Any]


@pytest.fixture
def browser(producer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(producer)


def send(browser: Client, data: bytes = FILE, name: str = "points.csv", **more: str) -> Any:
    organisation = str(Organisation.objects.get().pk)
    fields = {"organisation": organisation, "country": "", **more, "file": SimpleUploadedFile(name, data)}
    return browser.post(reverse("new"), fields)


def fields_of(page: str) -> Fields:
    """Return what a browser would send of the form of a step, as the page has it."""
    forms = [form for form in lxml.html.fromstring(page).forms if "version" in form.fields]
    found: Fields = {}
    for name, value in forms[0].form_values():
        found.setdefault(name, []).append(value)
    return found


CHOSEN = {"place": {"stands": "country"}, "asked": {"sampling_type": "facility_register"}}
"""What no page answers for a person: what the rows stand for, and how they came about."""


def address(dataset: Dataset, step: str) -> str:
    return reverse("step", args=[dataset.pk, step])


def read(browser: Client, where: str) -> str:
    answer = browser.get(where)
    assert answer.status_code == 200, where
    return str(answer.content.decode())


# --- a file arrives -------------------------------------------------------------------------------------------------


def test_a_file_is_kept_and_the_page_says_what_is_done_with_it(browser: Client, site: Path) -> None:
    answer = send(browser, country="TZ")
    dataset = Dataset.objects.get()
    assert (site / "raw" / dataset.upload.sha256).read_bytes() == FILE
    assert (answer["Location"], dataset.country) == (reverse("dataset", args=[dataset.pk]), "TZ")
    waiting = browser.get(answer["Location"], follow=True)
    assert waiting["Refresh"] == "3"
    assert "Nothing is lost" in waiting.content.decode()
    assert "nobody works on the queue" in waiting.content.decode()


def test_a_worker_that_lives_is_not_called_away(browser: Client) -> None:
    send(browser)
    from_now = Dataset.objects.get()
    Worker.objects.create(name="one", seen=from_now.created)
    assert "nobody works" not in read(browser, reverse("wait", args=[from_now.pk]))


def test_how_far_the_work_is_can_be_asked_by_the_script(browser: Client) -> None:
    send(browser)
    dataset = Dataset.objects.get()
    where = reverse("progress", args=[dataset.pk])
    Job.objects.update(state="running", stage="reading the file", step=1, steps=2)
    assert browser.get(where).json() == {"over": False, "stage": "reading the file", "step": 1, "steps": 2}
    Job.objects.update(state="done")
    assert browser.get(where).json() == {"over": True}


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "upload.no-file"), (b"x" * 40, "upload.too-large")], ids=["nothing", "too much"]
)
def test_a_file_that_cannot_be_taken_is_answered_at_its_field(
    browser: Client, settings: Any, data: bytes, code: str
) -> None:
    settings.UPLOAD_LIMIT = 30
    answer = (
        send(browser, data)
        if data
        else browser.post(reverse("new"), {"organisation": str(Organisation.objects.get().pk)})
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert code in page
    assert 'role="alert"' in page
    assert 'aria-invalid="true"' in page
    assert not Dataset.objects.exists()


def test_nobody_adds_a_file_for_an_organisation_of_others(browser: Client) -> None:
    other = Organisation.objects.create(slug="others", name="Others")
    answer = browser.post(reverse("new"), {"organisation": str(other.pk), "file": SimpleUploadedFile("a.csv", FILE)})
    assert answer.status_code == 400
    assert "upload.no-organisation" in answer.content.decode()
    assert not Dataset.objects.exists()


def test_a_broken_file_is_answered_with_its_code_and_its_repair(
    browser: Client,
) -> None:
    send(browser, b"PK\x03\x04 this is no workbook", "broken.xlsx")
    work_off({"suggest": suggest, "run": run})
    page = read(browser, reverse("wait", args=[Dataset.objects.get().pk]))
    job = Job.objects.get()
    assert job.state == "failed"
    assert f"<code>{job.error['code']}</code>" in page
    assert "Choose another file" in page
    assert address(Dataset.objects.get(), "rows") in page


# --- step by step ---------------------------------------------------------------------------------------------------


def test_every_step_takes_its_own_page_as_it_stands(browser: Client, water: Dataset) -> None:
    for step in ("rows", "kit", "columns", "place", "asked"):
        page = read(browser, address(water, step))
        assert "Nothing is lost" in page
        answer = browser.post(address(water, step), fields_of(page) | CHOSEN.get(step, {}))
        assert answer.status_code == 302, (step, answer.content.decode())
    water.refresh_from_db()
    assert next_step(water).name == "findings"
    run(str(water.pk), lambda stage: None)
    for step in ("findings", "result", "who"):
        page = read(browser, address(water, step))
        assert browser.post(address(water, step), fields_of(page)).status_code == 302
    water.refresh_from_db()
    assert next_step(water).name == "review"
    browser.post(address(water, "review"), fields_of(read(browser, address(water, "review"))))
    water.refresh_from_db()
    assert water.state == "in-review"


def test_a_step_that_is_not_open_leads_to_the_one_that_is(browser: Client, water: Dataset) -> None:
    assert browser.get(address(water, "asked"))["Location"] == address(water, "rows")
    assert browser.get(reverse("dataset", args=[water.pk]))["Location"] == address(water, "rows")
    assert browser.get(reverse("step", args=[water.pk, "nothing"])).status_code == 404


def test_an_old_page_overwrites_nothing_and_shows_what_stands(browser: Client, water: Dataset) -> None:
    old = fields_of(read(browser, address(water, "rows")))
    browser.post(address(water, "rows"), old | {"title": "Mine"})
    answer = browser.post(address(water, "rows"), old | {"title": "Theirs"})
    page = answer.content.decode()
    assert (answer.status_code, "upload.old-page" in page, 'value="Mine"' in page) == (400, True, True)
    assert Dataset.objects.get().title == "Mine"


def test_what_was_filled_in_stays_when_something_has_to_be_looked_at_again(browser: Client, water: Dataset) -> None:
    for step in ("rows", "kit", "columns"):
        browser.post(address(water, step), fields_of(read(browser, address(water, step))))
    sent = fields_of(read(browser, address(water, "place"))) | {
        "label": "once upon a time", "stands": "part", "whole": "three wards",
    }  # fmt: skip
    page = browser.post(address(water, "place"), sent).content.decode()
    assert 'role="alert"' in page
    assert 'value="once upon a time"' in page
    assert 'value="three wards"' in page
    assert "<title>Please look again" in page
    assert '<a href="#label">' in page
    assert 'id="label-error"' in page


def test_the_answers_of_a_column_can_be_given_a_meaning(browser: Client, water: Dataset) -> None:
    for step in ("rows", "kit"):
        browser.post(address(water, step), fields_of(read(browser, address(water, step))))
    names = [one["name"] for one in water.suggestion["columns"]]
    where = reverse("column", args=[water.pk, names.index("managed by")])
    sent = fields_of(read(browser, where))
    answers = dict(zip(sent["answer"], sent["code"], strict=True))
    changed = [{"User-Group": "community"}.get(answer, code) for answer, code in answers.items()]
    assert browser.post(where, sent | {"code": changed}).status_code == 302
    water.refresh_from_db()
    assert water.answers["columns"]["columns"]["management"]["codes"] == dict(zip(sent["answer"], changed, strict=True))


def test_a_column_that_is_not_used_leaves_the_recipe(browser: Client, water: Dataset) -> None:
    for step in ("rows", "kit"):
        browser.post(address(water, step), fields_of(read(browser, address(water, step))))
    names = [one["name"] for one in water.suggestion["columns"]]
    where = reverse("column", args=[water.pk, names.index("people")])
    version = fields_of(read(browser, where))["version"]
    browser.post(where, {"version": version, "concept": "", "personal": "yes"})
    water.refresh_from_db()
    assert 'column = "people"' not in water.recipe
    assert "people" in water.answers["columns"]["personal"]


def test_personal_columns_are_named_and_their_answers_are_never_shown(browser: Client, water: Dataset) -> None:
    page = read(browser, address(water, "rows"))
    assert "collector" in page
    assert "Collector 09" not in page
    browser.post(address(water, "rows"), fields_of(page))
    browser.post(address(water, "kit"), fields_of(read(browser, address(water, "kit"))))
    page = read(browser, address(water, "columns"))
    assert "never leaves this machine" in page
    assert "Collector 09" not in page


# --- what came of it ------------------------------------------------------------------------------------------------


def test_what_moves_the_answer_most_comes_first(browser: Client, worked_out: Dataset) -> None:
    page = read(browser, address(worked_out, "findings"))
    made = fitting_run(worked_out)
    assert made is not None
    assert page.count('class="noticed"') == len(made.told["findings"])
    first = unescape(page.split('class="noticed"')[1])
    largest = next(one for one in made.told["findings"] if one["text"]["en"] in first)
    assert any(effect["with"] != effect["without"] for effect in largest["effects"])


def test_an_explanation_is_kept_beside_its_finding(browser: Client, worked_out: Dataset) -> None:
    made = fitting_run(worked_out)
    assert made is not None
    finding = made.told["findings"][0]
    sent = {"check": finding["check"], "code": finding["code"], "text": "The pump was new.", "at": "1"}
    answer = browser.post(reverse("explain", args=[worked_out.pk]), sent)
    assert answer["Location"].endswith("#finding-1")
    assert Note.objects.get().text == "The pump was new."
    assert "The pump was new." in read(browser, address(worked_out, "findings"))


def test_the_result_says_every_published_figure_exactly(browser: Client, worked_out: Dataset) -> None:
    page = read(browser, address(worked_out, "result"))
    made = fitting_run(worked_out)
    assert made is not None
    shown = [one["value"] for one in made.told["estimates"] if not one["breakdown"] and one["value"] is not None]
    assert sorted(re.findall(r'<data value="([^"]+)"', page)) == sorted(f"{value:.10g}" for value in shown)
    assert made.told["finding"]["en"] in page


def test_figures_that_cannot_be_computed_say_why(browser: Client, asked: Dataset) -> None:
    Job.objects.filter(kind="run").update(
        state="failed", error={"code": "estimate.empty-table", "text": "The table has no rows.", "facts": {}}
    )
    Job.objects.filter(kind="suggest").update(state="done")
    page = browser.get(reverse("dataset", args=[asked.pk]), follow=True).content.decode()
    assert "The table has no rows." in page
    assert "Change your answers" in page
    browser.post(reverse("again", args=[asked.pk]))
    assert Job.objects.filter(kind="run", state="waiting").count() == 1


def test_what_came_back_is_on_the_desk_with_what_the_reviewer_said(
    browser: Client, worked_out: Dataset, person: Callable[..., User], organisation: Organisation
) -> None:
    browser.post(address(worked_out, "review"), {"version": worked_out.version})
    review = Review.objects.get()
    assert "Another person decides" in read(browser, reverse("work"))
    services.send_back(review=review, comment="Which villages?", by=person("reviewer", organisation))
    desk = read(browser, reverse("work"))
    assert "Came back from review" in desk
    assert "Which villages?" in desk
    page = read(browser, reverse("dataset", args=[worked_out.pk]))
    assert "Which villages?" in page
    assert "All your answers are kept" in page


def test_a_request_can_be_taken_back(browser: Client, worked_out: Dataset) -> None:
    browser.post(address(worked_out, "review"), {"version": worked_out.version})
    assert browser.get(address(worked_out, "who")).status_code == 302
    browser.post(reverse("take-back", args=[worked_out.pk]))
    worked_out.refresh_from_db()
    assert worked_out.state == "draft"


def test_every_page_of_the_road_speaks_four_languages(browser: Client, worked_out: Dataset) -> None:
    with override("en"):
        for language in ("es", "sw", "ne"):
            for step in TITLES:
                where = f"/{language}/{address(worked_out, step)[4:]}"
                assert f'<html lang="{language}"' in read(browser, where)


def test_places_that_are_in_no_list_are_asked_about_until_somebody_said_what_they_mean(
    browser: Client, water: Dataset
) -> None:
    for step in ("rows", "kit", "columns"):
        browser.post(address(water, step), fields_of(read(browser, address(water, step))))
    sent = fields_of(read(browser, address(water, "place"))) | {
        "country": "KE", "column": "region", "stands": "country",
    }  # fmt: skip
    assert browser.post(address(water, "place"), sent)["Location"] == address(water, "place")
    page = read(browser, address(water, "place"))
    assert "are in no list" in page
    answer = browser.post(address(water, "place"), fields_of(page))
    assert answer["Location"] == reverse("dataset", args=[water.pk])


def test_two_spellings_of_a_place_of_ones_own_can_be_one(browser: Client, water: Dataset) -> None:
    for step in ("rows", "kit", "columns"):
        browser.post(address(water, step), fields_of(read(browser, address(water, step))))
    sent = fields_of(read(browser, address(water, "place"))) | {
        "country": "ZZ", "column": "region", "stands": "country",
    }  # fmt: skip
    browser.post(address(water, "place"), sent)
    again = fields_of(read(browser, address(water, "place")))
    meant = dict.fromkeys(again["name"], "") | {"Avania Region": "ZZ-AVANIA"}
    browser.post(address(water, "place"), again | {"area-of-name": list(meant.values())})
    water.refresh_from_db()
    assert water.answers["place"]["names"] == {"Avania Region": "ZZ-AVANIA"}


def answered(browser: Client, dataset: Dataset, *steps: str) -> None:
    for step in steps:
        browser.post(address(dataset, step), fields_of(read(browser, address(dataset, step))) | CHOSEN.get(step, {}))


def test_nobody_speaks_for_a_country_or_a_way_of_asking_without_saying_so(browser: Client, water: Dataset) -> None:
    answered(browser, water, "rows", "kit", "columns")
    for step, field, code in (("place", "stands", "upload.no-whole"), ("asked", "sampling_type", "upload.no-choice")):
        sent = fields_of(read(browser, address(water, step)))
        assert field not in sent
        for said in ({}, {"stands": "part", "whole": ""}):
            refused = browser.post(address(water, step), sent | said)
            page = refused.content.decode()
            assert (refused.status_code, code in page, f'href="#{field}"' in page) == (400, True, True)
            assert f'id="{field}-error"' in page
        answered(browser, water, step)


def test_a_refused_explanation_stays_in_its_field(browser: Client, worked_out: Dataset) -> None:
    one = fitting_run(worked_out).told["findings"][0]  # type: ignore[union-attr]
    services.ask_for_review(dataset=worked_out, for_office=False, by=User.objects.get())
    sent = {"check": one["check"], "code": one["code"], "text": "We were there twice."}
    answer = browser.post(reverse("explain", args=[worked_out.pk]), sent)
    assert answer.status_code == 400
    assert "upload.in-review" in answer.content.decode()
    lost = browser.post(reverse("explain", args=[worked_out.pk]), {**sent, "code": "gone"})
    assert "We were there twice." in lost.content.decode()


def test_a_page_of_a_result_that_is_no_more_leads_on_instead_of_breaking(browser: Client, worked_out: Dataset) -> None:
    old = fields_of(read(browser, address(worked_out, "findings")))
    answered(browser, worked_out, "rows")
    sent = fields_of(read(browser, address(worked_out, "asked"))) | {"note": "In the rains."}
    browser.post(address(worked_out, "asked"), sent)
    for step in ("findings", "result", "who"):
        assert browser.post(address(worked_out, step), old)["Location"] == reverse("wait", args=[worked_out.pk])


def test_a_corrected_file_keeps_what_was_said_and_makes_the_figures_again(browser: Client, worked_out: Dataset) -> None:
    before = dict(worked_out.answers)
    data = (DEMO / "water_points.csv").read_bytes().replace(b";non functional;", b";functional;")
    sent = SimpleUploadedFile("water_points.csv", data)
    page = read(browser, reverse("correct", args=[worked_out.pk]))
    assert worked_out.title in page
    answer = browser.post(reverse("correct", args=[worked_out.pk]), {"file": sent})
    assert answer["Location"] == reverse("wait", args=[worked_out.pk])
    suggest(str(worked_out.pk), lambda stage: None)
    worked_out.refresh_from_db()
    for step in ("rows", "kit", "columns", "place", "asked", "who"):
        assert worked_out.answers[step] == before[step]
    assert fitting_run(worked_out) is None
    run(str(worked_out.pk), lambda stage: None)
    worked_out.refresh_from_db()
    assert next_step(worked_out).name == "findings"
    recipes = [tomllib.loads(one.recipe) for one in worked_out.runs.all()]
    assert len({one["id"] for one in recipes}) == 1
    assert len({one["source"][0]["sha256"] for one in recipes}) == 2


def test_a_corrected_file_with_other_columns_is_asked_about_again(browser: Client, worked_out: Dataset) -> None:
    data = (DEMO / "water_points.csv").read_bytes().replace(b"village", b"hamlet", 1)
    browser.post(reverse("correct", args=[worked_out.pk]), {"file": SimpleUploadedFile("water_points.csv", data)})
    suggest(str(worked_out.pk), lambda stage: None)
    worked_out.refresh_from_db()
    assert next_step(worked_out).name == "columns"
    assert worked_out.answers["rows"]["title"] == "Water points"


def test_another_figure_can_lead(browser: Client, worked_out: Dataset) -> None:
    told = fitting_run(worked_out).told  # type: ignore[union-attr]
    other = told["measures"][-1]["id"]
    sent = fields_of(read(browser, address(worked_out, "result")))
    answer = browser.post(reverse("lead", args=[worked_out.pk]), {"version": sent["version"], "lead": other})
    assert answer["Location"] == reverse("wait", args=[worked_out.pk])
    run(str(worked_out.pk), lambda stage: None)
    worked_out.refresh_from_db()
    assert fitting_run(worked_out).told["measures"][0]["id"] == other  # type: ignore[union-attr]
    assert next_step(worked_out).name == "result"
