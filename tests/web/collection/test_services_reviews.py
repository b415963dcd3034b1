"""Nobody releases what they asked for; a result under review does not change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from water_road import ASKED, quiet

from datashift.errors import BadUpload, NotAllowed
from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Review
from datashift.web.collection.running import run
from datashift.web.collection.steps import fitting_run, next_step
from datashift.web.people.models import Event, Organisation, User

Say = Callable[..., Dataset]


@pytest.fixture
def reviewer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("reviewer", organisation)


@pytest.fixture
def review(worked_out: Dataset, producer: User) -> Review:
    return services.ask_for_review(dataset=worked_out, for_office=True, by=producer)


def test_a_review_is_of_the_result_that_was_read(review: Review, worked_out: Dataset) -> None:
    worked_out.refresh_from_db()
    assert worked_out.state == Dataset.State.IN_REVIEW
    assert review.run == fitting_run(worked_out)
    assert review.for_office


def test_what_is_under_review_cannot_be_changed(review: Review, say: Say, producer: User) -> None:
    dataset = Dataset.objects.get(pk=review.run.dataset_id)
    for act in (
        lambda: say(dataset, "asked", ASKED),
        lambda: services.ask_for_review(dataset=dataset, for_office=False, by=producer),
        lambda: services.explain(dataset=dataset, check_id="A1", code="x", text="y", by=producer),
    ):
        with pytest.raises(BadUpload) as caught:
            act()
        assert caught.value.code == "upload.in-review"
    with pytest.raises(NotAllowed):
        services.delete(dataset=dataset, by=producer)
    assert Review.objects.count() == 1


def test_no_review_of_a_result_that_is_older_than_the_answers(worked_out: Dataset, say: Say, producer: User) -> None:
    now = say(worked_out, "asked", {**ASKED, "sampling_type": "quota"})
    with pytest.raises(BadUpload) as caught:
        services.ask_for_review(dataset=now, for_office=False, by=producer)
    assert caught.value.code == "upload.not-yet"
    assert not Review.objects.exists()


def test_nobody_decides_on_their_own_request(review: Review, producer: User) -> None:
    for decide in (
        lambda: services.send_back(review=review, comment="Looks fine to me.", by=producer),
        lambda: services.mark_released(review=review, by=producer),
    ):
        with pytest.raises(NotAllowed, match="Somebody else"):
            decide()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(decided_by=producer, decision="released")
    review.refresh_from_db()
    assert review.decision == Review.Decision.OPEN


def test_what_comes_back_says_what_to_change_and_can_be_asked_for_again(
    review: Review, reviewer: User, producer: User, say: Say
) -> None:
    with pytest.raises(BadUpload):
        services.send_back(review=review, comment="  ", by=reviewer)
    services.send_back(review=review, comment="How were the villages drawn?", by=reviewer)
    dataset = Dataset.objects.get(pk=review.run.dataset_id)
    assert dataset.state == Dataset.State.RETURNED
    assert next_step(dataset).name == "review"
    dataset = say(dataset, "asked", {**ASKED, "note": "By lot, region by region."})
    run(str(dataset.pk), quiet)
    for step in ("findings", "result"):
        dataset = say(dataset, step)
    again = services.ask_for_review(dataset=dataset, for_office=False, by=producer)
    assert again.run.number == 2
    assert Review.objects.get(pk=review.pk).comment == "How were the villages drawn?"


def test_a_review_is_decided_once(review: Review, reviewer: User, producer: User) -> None:
    services.send_back(review=review, comment="No.", by=reviewer)
    for decide in (
        lambda: services.take_back(review=review, by=producer),
        lambda: services.mark_released(review=review, by=reviewer),
    ):
        with pytest.raises(NotAllowed) as caught:
            decide()
        assert caught.value.code == "review.decided"


def test_who_takes_a_request_back_can_change_and_ask_again(review: Review, producer: User, say: Say) -> None:
    services.take_back(review=review, by=producer)
    dataset = Dataset.objects.get(pk=review.run.dataset_id)
    assert dataset.state == Dataset.State.DRAFT
    services.ask_for_review(dataset=dataset, for_office=False, by=producer)
    assert Review.objects.filter(decision=Review.Decision.OPEN).count() == 1


def test_a_released_dataset_that_is_answered_again_is_a_draft_again(review: Review, reviewer: User, say: Say) -> None:
    services.mark_released(review=review, by=reviewer)
    dataset = Dataset.objects.get(pk=review.run.dataset_id)
    assert dataset.state == Dataset.State.RELEASED
    series = dataset.recipe.splitlines()[0]
    dataset = say(dataset, "asked", {**ASKED, "sampling_type": "quota"})
    assert dataset.state == Dataset.State.DRAFT
    assert dataset.recipe.splitlines()[0] == series


def test_every_act_is_in_the_record_without_names_or_answers(review: Review, reviewer: User, producer: User) -> None:
    services.send_back(review=review, comment="Ask Maria in Avania.", by=reviewer)
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[:3] == ["upload", "begin", "suggest"]
    assert verbs[-2:] == ["ask-for-review", "review-returned"]
    assert {"answer", "run"} <= set(verbs)
    told = str(list(Event.objects.values("subject", "facts")))
    assert all(word not in told for word in ("Maria", "Avania", "Water points", producer.email))


def test_a_draft_can_be_deleted_and_its_file_stays(asked: Dataset, producer: User) -> None:
    upload = asked.upload
    services.delete(dataset=asked, by=producer)
    assert not Dataset.objects.filter(pk=asked.pk).exists()
    run(str(asked.pk), quiet)
    upload.refresh_from_db()
