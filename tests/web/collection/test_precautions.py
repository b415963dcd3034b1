"""Before it is public: laws are ticked by name, questions set how careful it is, and nothing found is quoted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from datashift.errors import BadUpload
from datashift.legal import legal_of, questions
from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Note
from datashift.web.collection.precautions import consider, kept, told
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db
FIRST = "statistics-approval"


@pytest.fixture
def tanzania(water: Dataset) -> Dataset:
    water.country = "TZ"
    water.save()
    return water


def test_who_ticked_an_item_stands_beside_it_and_in_the_record(
    tanzania: Dataset, producer: User, person: Callable[..., User], organisation: Organisation
) -> None:
    reviewer = person("reviewer", organisation)
    dataset = consider(dataset=tanzania, items=[FIRST], answers={}, version=tanzania.version, by=producer)
    dataset = consider(dataset=dataset, items=[FIRST, "transfer"], answers={}, version=dataset.version, by=reviewer)
    ticks = {one["id"]: one["tick"] for one in told(dataset)["items"]}
    assert ticks[FIRST]["by"] == str(producer)
    assert ticks["transfer"]["by"] == str(reviewer)
    assert ticks["data-protection"] is None
    assert told(dataset)["open"] == len(legal_of("TZ").items) - 2
    events = list(Event.objects.filter(verb="considered").order_by("id"))
    assert [(one.actor, one.facts["ticked"]) for one in events] == [(producer.pk, [FIRST]), (reviewer.pk, ["transfer"])]


def test_a_tick_can_be_taken_back_and_the_record_says_so(tanzania: Dataset, producer: User) -> None:
    dataset = consider(dataset=tanzania, items=[FIRST], answers={}, version=tanzania.version, by=producer)
    dataset = consider(dataset=dataset, items=[], answers={}, version=dataset.version, by=producer)
    assert kept(dataset)["ticks"] == []
    assert Event.objects.filter(verb="considered").latest("at").facts["taken_back"] == [FIRST]


def test_saving_the_same_again_changes_nothing(tanzania: Dataset, producer: User) -> None:
    dataset = consider(dataset=tanzania, items=[FIRST], answers={"harm": "no"}, version=tanzania.version, by=producer)
    again = consider(dataset=dataset, items=[FIRST], answers={"harm": "no"}, version=dataset.version, by=producer)
    assert again.version == dataset.version
    assert Event.objects.filter(verb="considered").count() == 1


def test_what_was_answered_sets_how_careful_it_is_and_says_why(tanzania: Dataset, producer: User) -> None:
    calm = {one.id: "no" for one in questions()}
    dataset = consider(dataset=tanzania, items=[], answers=calm, version=tanzania.version, by=producer)
    assert {one["name"]: one["value"] for one in told(dataset)["defaults"]}["threshold"] == 10, "the kit asks for more"
    dataset = consider(dataset=dataset, items=[], answers=calm | {"harm": "yes"}, version=dataset.version, by=producer)
    careful = {one["name"]: one for one in told(dataset)["defaults"]}
    assert careful["threshold"]["value"] == 20
    assert careful["threshold"]["why"]
    assert careful["microdata"]["value"] is False


@pytest.mark.parametrize(
    ("items", "answers"), [(["no-such-law"], {}), ([], {"weather": "yes"}), ([], {"harm": "perhaps"})]
)
def test_what_is_no_item_or_no_answer_is_refused(
    tanzania: Dataset, producer: User, items: list[str], answers: dict[str, str]
) -> None:
    with pytest.raises(BadUpload):
        consider(dataset=tanzania, items=items, answers=answers, version=tanzania.version, by=producer)
    tanzania.refresh_from_db()
    assert kept(tanzania)["ticks"] == []


def test_an_old_page_overwrites_nothing(tanzania: Dataset, producer: User, signed_in: Callable[[User], Client]) -> None:
    old = tanzania.version
    consider(dataset=tanzania, items=[FIRST], answers={}, version=old, by=producer)
    answer = signed_in(producer).post(reverse("precautions", args=[tanzania.pk]), {"version": str(old)})
    assert answer.status_code == 400
    tanzania.refresh_from_db()
    assert [one["item"] for one in kept(tanzania)["ticks"]] == [FIRST]


def test_the_page_shows_sources_and_that_no_lawyer_confirmed_them_and_keeps_what_is_ticked(
    tanzania: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    client, address = signed_in(producer), reverse("precautions", args=[tanzania.pk])
    page = client.get(address).content.decode()
    assert "Not confirmed by a lawyer." in page
    assert "velmalaw.co.tz" in page
    sent = {"version": str(tanzania.version), "item": FIRST, "question-harm": "no"}
    assert client.post(address, sent).status_code == 302
    page = client.get(address).content.decode()
    assert f"Considered by {producer}" in page


def test_a_country_nobody_read_about_says_so(
    water: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    Dataset.objects.filter(pk=water.pk).update(country="FR")
    page = signed_in(producer).get(reverse("precautions", args=[water.pk])).content.decode()
    assert "Nothing was read about the law of this country." in page


def test_who_may_neither_send_nor_decide_cannot_tick(
    tanzania: Dataset, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    stranger, safety = (
        person("producer", Organisation.objects.create(slug="o", name="O")),
        person("safety", organisation),
    )
    address = reverse("precautions", args=[tanzania.pk])
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(safety).get(address).status_code == 200
    assert signed_in(safety).post(address, {"version": str(tanzania.version)}).status_code == 404


def test_words_that_seem_personal_are_told_by_kind_and_never_quoted(
    tanzania: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    Note.objects.create(dataset=tanzania, check_id="K1", code="x", text="Ask Juma Hamisi, 0712 345 678", by=producer)
    assert told(tanzania)["words"] == [("Explanation of a finding", [("name", 1), ("phone", 1)])]
    page = signed_in(producer).get(reverse("precautions", args=[tanzania.pk])).content.decode()
    assert "Explanation of a finding: name (1), phone (1)" in page
    assert "Hamisi" not in page
    assert "345 678" not in page


def test_texts_of_a_file_are_searched_when_it_comes_in_and_only_counts_are_kept(
    sent: Callable[..., Dataset],
) -> None:
    rows = "".join(f"{number},Pump {number} is dry since day {number}\n" for number in range(70))
    dataset = sent(f"id,remark\n{rows}70,Call Juma Hamisi 0712 345 678\n".encode())
    assert dataset.suggestion["texts"] == {"remark": {"name": 1, "phone": 1}}


def test_both_who_asks_for_a_review_and_who_decides_see_what_was_considered(
    worked_out: Dataset,
    producer: User,
    person: Callable[..., User],
    organisation: Organisation,
    signed_in: Callable[[User], Client],
) -> None:
    page = signed_in(producer).get(reverse("step", args=[worked_out.pk, "review"])).content.decode()
    assert 'id="precautions"' in page
    dataset = consider(dataset=worked_out, items=[], answers={"harm": "yes"}, version=worked_out.version, by=producer)
    dataset.runs.update(recipe=dataset.recipe)  # as if it were worked out by these answers
    review = services.ask_for_review(dataset=dataset, for_office=False, by=producer)
    page = signed_in(person("reviewer", organisation)).get(reverse("review", args=[review.pk])).content.decode()
    assert "answered what could go wrong on" in page
    assert "Hide figures of fewer than 20 answers." in page
