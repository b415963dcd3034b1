"""The table of answers: pages by key, what is asked for, and the counts; and what is decided on many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from desk_forms import answered, water
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datashift.web.fieldwork import desk
from datashift.web.fieldwork.desk import Asked
from datashift.web.fieldwork.models import Checked, Correction, Enumerator, Form, Remark, Submission
from datashift.web.fieldwork.withdrawing import give_receipt
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(person: Callable[..., User], organisation: Organisation) -> User:
    return person("supervisor", organisation)


@pytest.fixture
def client(supervisor: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(supervisor)


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return water(organisation)


def keys(form: Form, **asked: str) -> list[str]:
    return [row.one.instance_id for row in desk.page(form, Asked.of(asked)).rows]


def test_pages_follow_each_other_without_a_gap_in_both_directions(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 3)
    all_of_them = [answered(form, n).pk for n in range(8)][::-1]
    first = desk.page(form, Asked())
    second = desk.page(form, Asked(), before=first.older)
    third = desk.page(form, Asked(), before=second.older)
    assert [row.one.pk for page in (first, second, third) for row in page.rows] == all_of_them
    assert (first.newer, third.older) == (None, None)
    back = desk.page(form, Asked(), after=third.newer)
    assert [row.one.pk for row in back.rows] == [row.one.pk for row in second.rows]
    assert desk.page(form, Asked(), after=second.newer).newer is None


def test_no_page_counts_rows_off(form: Form) -> None:
    for n in range(3):
        answered(form, n)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        desk.page(form, Asked(state="received"), before=10**6)
    assert all("OFFSET" not in one["sql"] for one in asked.captured_queries)


def test_answers_are_found_by_state_person_day_and_what_is_odd(form: Form, organisation: Organisation) -> None:
    amina = Enumerator.objects.create(organisation=organisation, name="Amina", digest="a")
    answered(form, "a", enumerator=amina, state="approved")
    first = answered(form, "b", arrived=datetime(2026, 3, 1, 21, 30, tzinfo=UTC))
    answered(form, "b2", instance_id="uuid:b", first=first)
    answered(form, "c", complete=False)
    assert keys(form, state="approved") == ["uuid:a"]
    assert keys(form, enumerator=str(amina.pk)) == ["uuid:a"]
    assert keys(form, enumerator="none") == ["uuid:c", "uuid:b", "uuid:b"]
    assert keys(form, day="2026-03-02") == ["uuid:b"], "by the clock of Dar es Salaam"
    assert keys(form, day="2026-03-01") == []
    assert keys(form, only="other") == ["uuid:b"]
    assert keys(form, only="incomplete") == ["uuid:c"]
    Checked.objects.create(form=form, told={"findings": [{"rows": [first.pk]}]})
    assert keys(form, only="finding") == ["uuid:b"]
    assert desk.counts(form) == {"received": 3, "has-issues": 0, "approved": 1, "rejected": 0}


def test_an_answer_is_found_by_the_beginning_of_its_id_or_its_receipt(form: Form) -> None:
    one = answered(form, "7f3a-1")
    answered(form, "80")
    assert keys(form, text="7f3") == keys(form, text="uuid:7f") == ["uuid:7f3a-1"]
    assert keys(form, text=give_receipt(one)) == ["uuid:7f3a-1"]
    assert keys(form, text="%") == []


def test_the_table_says_first_answers_in_words_with_corrections(form: Form, client: Client) -> None:
    one = answered(form, 1)
    Correction.objects.create(submission=one, path="source", before="well", after="tap", why="a slip")
    shown = client.get(f"/en/work/forms/{form.pk}/answers/").content.decode()
    assert "Tap · 4 · Asha" in shown


def test_what_is_sealed_is_not_in_the_table(form: Form, client: Client) -> None:
    answered(form, 1, {"source": "sealed:v1:AAAA", "people": "9"})
    row = desk.page(form, Asked()).rows[0]
    assert row.answers[-2:] == ["9", "Asha"]


def test_many_are_decided_at_once_with_one_reason(form: Form, client: Client, supervisor: User) -> None:
    found = [answered(form, n).pk for n in range(3)]
    address = f"/en/work/forms/{form.pk}/answers/decide/"
    sent = {"answer": found[:2], "state": "has-issues", "why": "The tap is dry.", "tell": "1"}
    client.post(address, sent | {"why": ""})
    assert not Submission.objects.filter(state="has-issues").exists(), "a doubt needs a reason"
    client.post(address, sent)
    assert set(Submission.objects.filter(state="has-issues").values_list("pk", flat=True)) == set(found[:2])
    assert set(Remark.objects.values_list("text", "for_enumerator", "by")) == {("The tap is dry.", True, supervisor.pk)}
    event = Event.objects.get(verb="answers-decided")
    assert event.facts == {"state": "has-issues", "count": 2}


def test_what_was_withdrawn_and_forms_of_others_are_not_decided_on(
    form: Form, client: Client, organisation: Organisation
) -> None:
    other = Organisation.objects.create(slug="others", name="Others")
    theirs = answered(water(other), 1)
    gone = answered(form, 2, withdrawn=timezone.now())
    client.post(f"/en/work/forms/{form.pk}/answers/decide/", {"answer": [theirs.pk, gone.pk], "state": "approved"})
    assert not Submission.objects.filter(state="approved").exists()
    for page in ("", "map/", "progress/", "strays/", "files/", f"{theirs.pk}/"):
        assert client.get(f"/en/work/forms/{theirs.form_id}/answers/{page}").status_code == 404
    assert client.get(f"/en/work/forms/{form.pk}/answers/{theirs.pk}/").status_code == 404


def test_single_people_are_named_to_supervisors_alone(
    form: Form, client: Client, person: Callable[..., User], organisation: Organisation,
    signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    amina = Enumerator.objects.create(organisation=organisation, name="Amina", digest="a")
    answered(form, 1)
    words = {"en": "Answers are very fast."}
    told = {"findings": [], "looked": 1, "interviews": [],
            "concerns": [{"check": "K5", "kind": "enumerator", "name": f"E{amina.pk}", "text": words}]}  # fmt: skip
    Checked.objects.create(form=form, told=told)
    address = f"/en/work/forms/{form.pk}/answers/"
    assert "<b>Amina</b>: Answers are very fast." in client.get(address).content.decode()
    assert "very fast" not in signed_in(person("producer", organisation)).get(address).content.decode()
