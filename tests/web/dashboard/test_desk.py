"""The desk: somebody else decides, having read the findings; others read or see nothing; figures can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from datashift.language import LANGUAGES, label
from datashift.web.collection.models import Dataset, Review
from datashift.web.dashboard import reading
from datashift.web.dashboard.models import Release
from datashift.web.people.models import Organisation, User

Asked = Callable[..., Review]
People = Callable[..., User]
SignIn = Callable[[User], Client]


def queue_of(client: Client) -> str:
    return client.get("/en/work/review/").content.decode()


def page(client: Client, review: Review, language: str = "en") -> str:
    response = client.get(f"/{language}/work/review/{review.pk}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def decide(client: Client, review: Review, **said: str) -> int:
    return client.post(f"/en/work/review/{review.pk}/", said).status_code


def nevertheless(review: Review) -> dict[str, str]:
    """Say that what is open was read as it stands, and why it is released nevertheless."""
    return {"open_read": str(review.run.dataset.version), "despite": "They are simulated."}


def test_a_reviewer_reads_all_of_it_and_releases(
    asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review = asked(person("producer", organisation))
    told, client = review.run.told, signed_in(person("reviewer", organisation))
    assert f"/en/work/review/{review.pk}/" in queue_of(client)
    text = page(client, review)
    for part in (told["finding"], told["uncertainty"], told["findings"][0]["text"], told["limits"][0]):
        assert str(label(part)).replace("'", "&#39;") in text
    for row in told["estimates"]:
        assert row["value"] is None or f'value="{row["value"]:.10g}"' in text
    assert all(label(c["word"]) in text for c in told["comparisons"] if c["official"])
    response = client.post(
        f"/en/work/review/{review.pk}/",
        {"decision": "release", "read": "yes", "comment": "Well counted.", **nevertheless(review)},
    )
    release = Release.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/en/release/{release.pk}/")
    assert reading.figures().count() == 44
    assert f"/en/work/review/{review.pk}/" not in queue_of(client)
    assert "Well counted." in page(client, review)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_review_is_told_in_every_language(
    language: str, asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review = asked(person("producer", organisation))
    text = page(signed_in(person("reviewer", organisation)), review, language)
    assert review.run.told["finding"][language] in text
    assert f'lang="{language}"' in text


def test_nobody_releases_without_saying_that_they_read_it(
    asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review, client = asked(person("producer", organisation)), signed_in(person("reviewer", organisation))
    response = client.post(f"/en/work/review/{review.pk}/", {"decision": "release", "comment": "Kept words"})
    assert response.status_code == 400
    assert b'role="alert"' in response.content
    assert b"Kept words" in response.content
    assert not Release.objects.exists()


def test_who_asked_reads_that_another_person_decides(
    asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    both = person("reviewer", organisation)
    review, client = asked(both), signed_in(both)
    assert "another person decides" in page(client, review)
    assert 'name="decision"' not in page(client, review)
    assert decide(client, review, decision="release", read="yes") == 400
    assert not Release.objects.exists()


def test_sent_back_it_carries_what_should_change(
    asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review, client = asked(person("producer", organisation)), signed_in(person("reviewer"))
    assert decide(client, review, decision="return", comment="") == 400
    assert decide(client, review, decision="return", comment="Ask the second village again.") == 302
    review.refresh_from_db()
    assert (review.decision, review.comment) == ("returned", "Ask the second village again.")
    assert Dataset.objects.get().state == "returned"
    assert decide(client, review, decision="release", read="yes") == 400
    assert not Release.objects.exists()


@pytest.mark.parametrize(("role", "inside", "country"), [("safety", True, ""), ("safety", False, ""),
                                                         ("office", False, "TZ")])  # fmt: skip
def test_safety_officers_and_the_office_of_the_country_read_and_do_not_decide(
    role: str, inside: bool, country: str, asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review = asked(person("producer", organisation), for_office=True)
    client = signed_in(person(role, organisation if inside else None, country))
    assert f"/en/work/review/{review.pk}/" in queue_of(client)
    assert 'name="decision"' not in page(client, review)
    assert decide(client, review, decision="release", read="yes") == 404
    assert not Release.objects.exists()


def test_others_do_not_learn_that_it_exists(
    asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review = asked(person("producer", organisation))
    elsewhere = Organisation.objects.create(slug="elsewhere", name="Elsewhere")
    strangers = [person("reviewer", elsewhere), person("producer", elsewhere), person("editor"),
                 person("administrator"), person("office", None, "TZ"), person("office", None, "NP")]  # fmt: skip
    for stranger in strangers:
        client = signed_in(stranger)
        assert client.get(f"/en/work/review/{review.pk}/").status_code == 404
        assert decide(client, review, decision="release", read="yes") == 404
        assert f"/work/review/{review.pk}/" not in queue_of(client)
    assert Client().get(f"/en/work/review/{review.pk}/").status_code == 302
    assert signed_in(person()).get(f"/en/work/review/{review.pk}/").status_code == 403


def test_an_office_reads_only_what_is_meant_for_it(
    asked: Asked, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    review = asked(person("producer", organisation), for_office=True)
    other = signed_in(person("office", None, "NP"))
    assert other.get(f"/en/work/review/{review.pk}/").status_code == 404
    own = signed_in(person("office", None, "TZ"))
    assert "dataset-file" not in page(own, review)
    assert f"/en/work/{review.run.dataset_id}/file/" not in page(own, review)


def test_figures_are_taken_back_with_a_reason(released: Release, person: People, signed_in: SignIn) -> None:
    client = signed_in(person("administrator"))
    address = f"/en/work/release/{released.pk}/withdraw/"
    assert address in queue_of(client)
    assert client.post(address, {"why": "   "}).status_code == 400
    assert reading.figures().exists()
    assert client.post(address, {"why": "A village can be recognised."}).status_code == 302
    assert not reading.figures().exists()
    assert "A village can be recognised." in client.get(address).content.decode()
    assert address not in queue_of(client)


@pytest.mark.parametrize("role", ["producer", "reviewer", "editor"])
def test_others_take_nothing_back(
    role: str, released: Release, person: People, organisation: Organisation, signed_in: SignIn
) -> None:
    client = signed_in(person(role, None if role == "editor" else organisation))
    address = f"/en/work/release/{released.pk}/withdraw/"
    assert client.post(address, {"why": "No."}).status_code == 403
    assert reading.figures().exists()


def test_a_safety_officer_of_another_organisation_takes_nothing_back(
    released: Release, person: People, signed_in: SignIn
) -> None:
    elsewhere = Organisation.objects.create(slug="elsewhere", name="Elsewhere")
    client = signed_in(person("safety", elsewhere))
    assert client.post(f"/en/work/release/{released.pk}/withdraw/", {"why": "No."}).status_code == 404
    assert reading.figures().exists()
