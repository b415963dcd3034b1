"""The ten questions count: what is answered stands in the recipe, and figures are worked out by it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from water_road import quiet

from datashift.errors import BadUpload
from datashift.legal import defaults, questions
from datashift.model import Caution
from datashift.web.collection.models import Dataset, Run
from datashift.web.collection.precautions import consider, kept, told
from datashift.web.collection.recipes import caution
from datashift.web.collection.running import run
from datashift.web.collection.steps import fitting_run
from datashift.web.jobs.models import Job
from datashift.web.people.models import User

pytestmark = pytest.mark.django_db
CALM = {one.id: "no" for one in questions()}
Say = Callable[..., Dataset]


@pytest.fixture
def with_result(asked: Dataset) -> Dataset:
    """The simulated water points with a result of their recipe; nobody waits for a job."""
    Run.objects.create(dataset=asked, number=1, recipe=asked.recipe, folder="x", told={"estimates": []})
    Job.objects.all().delete()
    return asked


@pytest.fixture
def reply(producer: User) -> Say:
    """Answer the questions: reply(dataset, {…})."""

    def said(dataset: Dataset, answers: dict[str, str]) -> Dataset:
        return consider(dataset=dataset, items=[], answers=answers, version=dataset.version, by=producer)

    return said


def test_who_answers_nothing_keeps_the_rule_of_the_kit(with_result: Dataset, reply: Say) -> None:
    dataset = reply(with_result, {})
    assert caution({}) == {}
    assert "disclosure" not in tomllib.loads(dataset.recipe)
    assert fitting_run(dataset) is not None
    assert told(dataset)["defaults"] == []


def test_ten_times_no_changes_neither_recipe_nor_figures(with_result: Dataset, reply: Say) -> None:
    Dataset.objects.update(state="released")
    was = with_result.recipe
    dataset = reply(with_result, CALM)
    assert (dataset.recipe, dataset.state) == (was, "released")
    assert fitting_run(dataset) is not None
    assert not Job.objects.exists()


def test_an_answer_makes_the_result_out_of_date_and_what_was_released_a_draft(with_result: Dataset, reply: Say) -> None:
    Dataset.objects.update(state="released")
    dataset = reply(with_result, CALM | {"harm": "yes", "conflict": "unsure"})
    stands = {"least_n": 20, "points": "hexagons", "delay": 30, "microdata": False}
    assert tomllib.loads(dataset.recipe)["disclosure"] == stands
    assert fitting_run(dataset) is None
    assert dataset.state == "draft"
    assert Job.objects.filter(kind="run", subject=str(dataset.pk), state="waiting").count() == 1
    again = reply(dataset, CALM)
    assert again.recipe == with_result.recipe, "taken back, the rule of the kit holds again"
    assert fitting_run(again) is not None


def test_figures_are_worked_out_by_what_was_answered(asked: Dataset, reply: Say) -> None:
    dataset = reply(asked, CALM | {"harm": "yes"})
    run(str(dataset.pk), quiet)
    made = fitting_run(dataset)
    assert made is not None
    assert min(one["n"] for one in made.told["estimates"] if one["value"] is not None) >= 20
    assert any("fewer than 20 were counted" in one["reason"].get("en", "") for one in made.told["estimates"])


@pytest.mark.parametrize("one", [question.id for question in questions()])
def test_whatever_is_answered_a_recipe_can_say_it(one: str) -> None:
    assert Caution.model_validate(caution(CALM | {one: "yes"}))


def test_what_is_left_out_counts_as_yes_once_one_question_is_answered() -> None:
    most = defaults({})
    found = caution({"children": "no"})
    assert found == {"least_n": most.threshold, "points": most.points, "delay": most.delay, "microdata": False}


def test_during_a_review_laws_are_ticked_but_questions_are_not_answered(
    with_result: Dataset, reply: Say, producer: User, signed_in: Callable[[User], Client]
) -> None:
    dataset = reply(with_result, CALM)
    Dataset.objects.update(state="in-review", country="TZ")
    with pytest.raises(BadUpload) as refused:
        reply(dataset, CALM | {"harm": "yes"})
    assert refused.value.code == "upload.in-review"
    client, address = signed_in(producer), reverse("precautions", args=[dataset.pk])
    assert "A review is open." in client.get(address).content.decode()
    sent = {"version": str(dataset.version), "item": "transfer", "question-harm": "yes"}
    assert client.post(address, sent).status_code == 302
    dataset.refresh_from_db()
    assert ([one["item"] for one in kept(dataset)["ticks"]], kept(dataset)["answers"]) == (["transfer"], CALM)
