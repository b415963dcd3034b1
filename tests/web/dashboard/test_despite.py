"""Who releases what is still open reads the list and says why; some things no reason overrides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from datashift.errors.web import NotAllowed
from datashift.language import LANGUAGES
from datashift.legal import legal_of, questions
from datashift.web.collection.models import Dataset, Review
from datashift.web.collection.precautions import consider
from datashift.web.dashboard import services
from datashift.web.dashboard.models import Release
from datashift.web.people.models import Event, Organisation, User

SignIn = Callable[[User], Client]
CALM = {one.id: "no" for one in questions()}
WHY = "The office asked for these figures this week."
PHONE = "Call +255 754 123 456"


@pytest.fixture
def reviewer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("reviewer", organisation)


@pytest.fixture
def review(asked: Callable[..., Review], person: Callable[..., User], organisation: Organisation) -> Review:
    """The demo's draft under review; somebody sent it for Tanzania, whose laws nobody considered."""
    return asked(person("producer", organisation))


def before_asking(review: Review, answers: dict[str, str], items: list[str]) -> Review:
    """Answer and tick as if the review had not been asked for yet."""
    dataset = review.run.dataset
    Dataset.objects.update(state="draft")
    consider(dataset=dataset, items=items, answers=answers, version=dataset.version, by=review.asked_by)
    Dataset.objects.update(state="in-review")
    return Review.objects.get(pk=review.pk)


def address(review: Review) -> str:
    return f"/en/work/review/{review.pk}/"


def refused(review: Review, by: User, despite: str) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        services.release(review=review, by=by, despite=despite)
    assert not Release.objects.exists()
    assert not Event.objects.filter(verb="release.nevertheless").exists()
    review.refresh_from_db()
    assert review.decision == "open"
    return caught.value


def test_nobody_releases_what_is_open_without_a_reason_and_the_reason_is_kept(review: Review, reviewer: User) -> None:
    for empty in ("", "   \n"):
        assert refused(review, reviewer, empty).code == "release.open"
    made = services.release(review=review, by=reviewer, despite=f"  {WHY}\n")
    kept = Release.objects.get(pk=made.pk).despite
    codes = ["laws", "questions"]
    assert (kept["why"], kept["by"], [one["code"] for one in kept["open"]]) == (WHY, reviewer.pk, codes)
    event = Event.objects.get(verb="release.nevertheless")
    assert (event.actor, event.subject, event.facts) == (reviewer.pk, made.pk, {"open": codes})


def test_where_nothing_is_open_no_reason_is_asked_for_and_none_is_kept(review: Review, reviewer: User) -> None:
    tanzania = legal_of("TZ")
    assert tanzania is not None
    review = before_asking(review, CALM, [one.id for one in tanzania.items])
    assert services.release(review=review, by=reviewer).despite == {}
    assert not Event.objects.filter(verb="release.nevertheless").exists()


def test_no_reason_overrides_a_phone_in_the_words_of_the_producer(review: Review, reviewer: User) -> None:
    review.run.dataset.notes.create(check_id="K1", code="x", text=PHONE, by=review.asked_by)
    found = refused(review, reviewer, WHY)
    assert found.code == "release.stopped"
    assert "754" not in str(found)


def test_no_reason_overrides_that_the_organisation_must_not_be_named(review: Review, reviewer: User) -> None:
    review = before_asking(review, CALM | {"pressure": "yes"}, [])
    assert refused(review, reviewer, WHY).code == "release.stopped"
    Organisation.objects.update(anonymous=True)
    assert refused(Review.objects.get(pk=review.pk), reviewer, WHY).code == "release.names-producer"


def test_a_reason_with_a_phone_is_not_kept(review: Review, reviewer: User) -> None:
    found = refused(review, reviewer, PHONE)
    assert found.code == "release.reason-personal"
    assert "754" not in str(found)


def test_the_reviewer_reads_the_list_and_must_tick_it_as_it_stands(
    review: Review, reviewer: User, signed_in: SignIn
) -> None:
    client, version = signed_in(reviewer), review.run.dataset.version
    page = client.get(address(review)).content.decode()
    assert all(one.law in page.partition('id="still-open"')[2] for one in legal_of("TZ").items)  # type: ignore[union-attr]
    sent = {"decision": "release", "read": "yes", "despite": WHY}
    for tick in ({}, {"open_read": str(version - 1)}, {"open_read": "yes"}):
        answer = client.post(address(review), sent | tick)
        assert answer.status_code == 400
        assert "something is open" in answer.content.decode()
        assert WHY in answer.content.decode(), "what was typed stays"
    assert not Release.objects.exists()
    assert client.post(address(review), sent | {"open_read": str(version)}).status_code == 302
    assert WHY in client.get(address(review)).content.decode()


def test_why_it_was_released_is_on_no_public_page(review: Review, reviewer: User) -> None:
    made = services.release(review=review, by=reviewer, despite=WHY)
    for path in (f"/en/release/{made.pk}/", f"/api/v1/releases/{made.pk}", "/en/", f"/en/dossier/{made.pk}/"):
        answer = Client().get(path, follow=True)
        assert WHY not in answer.content.decode()
        assert "Nobody considered" not in answer.content.decode()


def test_where_something_stops_it_the_page_offers_no_release(review: Review, reviewer: User, signed_in: SignIn) -> None:
    review.run.dataset.notes.create(check_id="K1", code="x", text=PHONE, by=review.asked_by)
    page = signed_in(reviewer).get(address(review)).content.decode()
    assert "This stops the release." in page
    assert 'value="return"' in page
    assert 'value="release"' not in page
    sent = {"decision": "release", "read": "yes", "despite": WHY, "open_read": str(review.run.dataset.version)}
    assert signed_in(reviewer).post(address(review), sent).status_code == 400
    assert not Release.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_shown_in_every_language(review: Review, reviewer: User, signed_in: SignIn, language: str) -> None:
    answer = signed_in(reviewer).get(address(review).replace("/en/", f"/{language}/"))
    assert answer.status_code == 200
    assert b'id="still-open"' in answer.content
    assert b'id="despite"' in answer.content
