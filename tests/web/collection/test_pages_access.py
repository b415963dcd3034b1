"""Who sees what of a data set: its organisation, the reviewers, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import datashift.demo_data
from datashift.web.collection import services
from datashift.web.collection.models import Dataset
from datashift.web.collection.steps import TITLES
from datashift.web.people.models import Organisation, User

DEMO = Path(datashift.demo_data.__file__).parent
FILES = ("upload", "recipe", "bundle", "evidence")


def pages_of(dataset: Dataset) -> list[str]:
    own = [reverse(name, args=[dataset.pk]) for name in ("dataset", "wait", "progress", "delete")]
    steps = [reverse("step", args=[dataset.pk, step]) for step in TITLES]
    return [*own, *steps, reverse("column", args=[dataset.pk, 1]), *(file_of(dataset, what) for what in FILES)]


def file_of(dataset: Dataset, what: str) -> str:
    return reverse("dataset-file", args=[dataset.pk, what])


def test_a_stranger_is_asked_to_sign_in(worked_out: Dataset) -> None:
    for where in [reverse("work"), reverse("new"), *pages_of(worked_out)]:
        answer = Client().get(where)
        assert answer.status_code == 302, where
        assert "/account/login/" in answer["Location"], where


def test_for_people_of_other_organisations_a_data_set_does_not_exist(
    worked_out: Dataset, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    other = Organisation.objects.create(slug="others", name="Others")
    browser = signed_in(person("producer", other))
    for where in pages_of(worked_out):
        assert browser.get(where).status_code == 404, where
    for name in ("again", "explain", "take-back", "delete"):
        assert browser.post(reverse(name, args=[worked_out.pk])).status_code == 404, name
    assert browser.post(reverse("step", args=[worked_out.pk, "rows"]), {"version": 1}).status_code == 404
    assert "Water points" not in browser.get(reverse("work")).content.decode()


def test_a_reviewer_reads_the_road_and_changes_nothing(
    worked_out: Dataset, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(person("reviewer", organisation))
    page = browser.get(reverse("step", args=[worked_out.pk, "findings"])).content.decode()
    assert "What we noticed" in page
    assert "I have read this" not in page
    assert browser.post(reverse("step", args=[worked_out.pk, "rows"]), {"version": 1}).status_code == 404
    assert browser.get(reverse("new")).status_code == 403


def test_what_holds_rows_is_for_people_of_the_organisation_only(
    worked_out: Dataset,
    person: Callable[..., User],
    organisation: Organisation,
    producer: User,
    signed_in: Callable[[User], Client],
) -> None:
    def answers(user: User) -> dict[str, int]:
        browser = signed_in(user)
        found = {}
        for what in FILES:
            answer = browser.get(file_of(worked_out, what))
            found[what] = answer.status_code
            answer.close()
        return found

    everything = dict.fromkeys(FILES, 200)
    assert answers(producer) == everything
    assert answers(person("safety", organisation)) == everything
    assert answers(person("reviewer")) == everything | {"upload": 404, "evidence": 404}


def test_a_file_comes_back_byte_for_byte_and_no_cache_keeps_it(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client], site: Path
) -> None:
    browser = signed_in(producer)
    answer = browser.get(file_of(worked_out, "upload"))
    assert b"".join(answer.streaming_content) == (DEMO / "water_points.csv").read_bytes()  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="water_points.csv"'
    assert answer["Cache-Control"] == "no-store"
    recipe = browser.get(file_of(worked_out, "recipe"))
    assert (recipe.content.decode(), recipe["Cache-Control"]) == (worked_out.recipe, "no-store")
    assert browser.get(file_of(worked_out, "secret")).status_code == 404


def test_a_draft_is_deleted_only_after_a_question_and_never_after_a_review(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(producer)
    where = reverse("delete", args=[worked_out.pk])
    assert "Keep it" in browser.get(where).content.decode()
    assert Dataset.objects.exists()
    services.ask_for_review(dataset=worked_out, for_office=False, by=producer)
    assert browser.post(where).status_code == 409
    assert Dataset.objects.exists()


def test_a_draft_that_nobody_reviewed_can_be_deleted(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(producer).post(reverse("delete", args=[worked_out.pk]), follow=True)
    assert not Dataset.objects.exists()
    assert "is deleted" in answer.content.decode()


@pytest.mark.parametrize("role", ["", "editor", "administrator"])
def test_a_desk_without_work_says_so(
    role: str, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(person(role)).get(reverse("work"))
    assert answer.status_code == (403 if not role else 200)
    assert not role or "You have no role that adds or decides" in answer.content.decode()


def test_a_reviewer_is_told_how_many_wait(
    worked_out: Dataset,
    producer: User,
    person: Callable[..., User],
    organisation: Organisation,
    signed_in: Callable[[User], Client],
) -> None:
    browser = signed_in(person("reviewer", organisation))
    assert "No data set waits for your decision" in browser.get(reverse("work")).content.decode()
    services.ask_for_review(dataset=worked_out, for_office=False, by=producer)
    assert "Decide on data sets that wait: 1" in browser.get(reverse("work")).content.decode()
