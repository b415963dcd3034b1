"""What workers do for the desk: checks while answers come in, files to take away, and answers asked for again."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from desk_forms import answered, water, xml
from django.conf import settings
from django.test import Client
from django.utils import timezone

from datashift.errors import BadDecision
from datashift.model import Assessment, Finding, Subject
from datashift.web.fieldwork import checked, comparing, exports
from datashift.web.fieldwork.back_checking import draw_back_checks
from datashift.web.fieldwork.checking_answers import check_answers, check_late_answers
from datashift.web.fieldwork.exporting_answers import export_answers
from datashift.web.fieldwork.models import BackCheck, Checked, Enumerator, Form, Sample, Submission, Unit
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.tables import standing
from datashift.web.fieldwork.withdrawing import withdraw_submission
from datashift.web.jobs.models import Job
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db


def quiet(_stage: str) -> None:
    """Nobody listens."""


@pytest.fixture
def form(organisation: Organisation) -> Form:
    checked._asked.clear()
    return water(organisation)


@pytest.fixture
def supervisor(person: Callable[..., User], organisation: Organisation) -> User:
    return person("supervisor", organisation)


@pytest.fixture
def client(supervisor: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(supervisor)


# --- checks -----------------------------------------------------------------------------------------------------------


def test_the_last_answers_of_a_burst_are_looked_at_although_nobody_opens_the_desk(
    form: Form, organisation: Organisation
) -> None:
    waiting = Job.objects.filter(kind="check_answers", subject=str(form.pk), state="waiting")
    receive(organisation, xml(1))
    check_answers(str(form.pk), quiet)
    waiting.update(state="done")
    receive(organisation, xml(2))
    check_late_answers("", quiet)
    assert not waiting.exists(), "somebody looked less than a minute ago"
    checked._asked.clear()
    Checked.objects.update(at=timezone.now() - timedelta(minutes=2))
    check_late_answers("", quiet)
    assert waiting.count() == 1
    check_answers(str(form.pk), quiet)
    waiting.update(state="done")
    checked._asked.clear()
    Checked.objects.update(at=timezone.now() - timedelta(minutes=2))
    check_late_answers("", quiet)
    assert not waiting.exists(), "nothing came since"


def test_an_arrival_asks_for_a_look_once_a_minute(form: Form, organisation: Organisation) -> None:
    asked = Job.objects.filter(kind="check_answers", subject=str(form.pk))
    receive(organisation, xml(1))
    assert asked.count() == 1
    asked.update(state="done")
    receive(organisation, xml(2))
    assert asked.filter(state="waiting").count() == 0
    checked._asked[form.pk] -= checked.PAUSE
    receive(organisation, xml(3))
    assert asked.filter(state="waiting").count() == 1


def test_what_the_checks_find_names_submissions(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of the file become the submissions that they are; what is about a person stands apart."""
    found = [answered(form, n) for n in range(5)]
    one = Subject("enumerator", "E7", "Of {n} answers", {"n": 2}, (2,))
    seen = Finding("K2", "assess.made-up", "Column '{column}' is odd.", {"column": "people"}, (2, 6))
    person = Finding("K5", "assess.made-up", "Column '{column}' is odd.", {"column": "people"}, (3,), subjects=(one,))

    def looked(raw: Any, *_more: object, **_named: object) -> Assessment:
        assert raw["_row"].to_pylist() == [2, 3, 4, 5, 6]
        assert raw["people"].to_pylist() == ["4"] * 5
        assert raw["latitude"].to_pylist() == ["-6.17"] * 5
        return Assessment([seen, person], ())

    monkeypatch.setattr("datashift.web.fieldwork.checking_answers.assess", looked)
    check_answers(str(form.pk), quiet)
    kept = Checked.objects.get()
    assert (kept.upto, kept.told["looked"]) == (found[-1].pk, 5)
    told = {one["check"]: one["rows"] for one in kept.told["findings"]}
    assert told["K2"] == [found[0].pk, found[4].pk]
    assert kept.told["concerns"][0]["name"] == "E7"
    assert "E7" not in str(kept.told["findings"])
    assert set(kept.told["findings"][0]["text"]) >= {"en", "es", "sw", "ne"}


def test_real_checks_run_on_what_came_in(form: Form) -> None:
    for n in range(12):
        answered(form, n, {"people": str(n % 5), "name": f"House {n}"})
    check_answers(str(form.pk), quiet)
    assert Checked.objects.get().told["looked"] == 12


def test_checks_look_at_nothing_that_is_sealed(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    Form.objects.update(sealed=["name"])
    answered(form, 1)
    seen: list[str] = []

    def looked(raw: object, *_more: object, **_named: object) -> object:
        seen.extend(raw.column_names)  # type: ignore[attr-defined]
        raise InterruptedError

    monkeypatch.setattr("datashift.web.fieldwork.checking_answers.assess", looked)
    with pytest.raises(InterruptedError):
        check_answers(str(form.pk), quiet)
    assert "people" in seen
    assert "name" not in seen


def test_a_form_without_answers_is_looked_at_and_nothing_is_said(form: Form) -> None:
    check_answers(str(form.pk), quiet)
    assert Checked.objects.get().told["looked"] == 0
    assert not checked.last_look(form).behind


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(exports.KINDS))
def test_files_are_written_given_out_to_who_may_and_gone_after_a_day(
    form: Form, client: Client, kind: str, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    answered(form, 1)
    at = f"/en/work/forms/{form.pk}/answers/files/"
    client.post(at, {"kind": kind})
    assert Job.objects.filter(kind="export_answers", subject=f"{form.pk}:{kind}").exists()
    assert client.get(f"{at}{kind}").status_code == 404
    export_answers(f"{form.pk}:{kind}", quiet)
    given = client.get(f"{at}{kind}")
    assert given["Content-Disposition"].startswith("attachment")
    assert len(b"".join(given.streaming_content)) > 100  # type: ignore[attr-defined]
    assert f"{at}{kind}" in client.get(at).content.decode()
    theirs = person("supervisor", Organisation.objects.create(slug="others", name="Others"))
    assert signed_in(theirs).get(f"{at}{kind}").status_code == 404
    path = exports.place(form.pk, kind)
    os.utime(path, (1, 1))
    assert client.get(f"{at}{kind}").status_code == 404
    exports.clear_exports("today", quiet)
    assert not path.exists()


def test_a_withdrawn_answer_is_in_no_file(form: Form) -> None:
    one, _two = answered(form, 1, {"name": "Neema"}), answered(form, 2)
    export_answers(f"{form.pk}:csv", quiet)
    withdraw_submission(submission=one, by=None)
    assert not list((settings.HOME / "exports").glob("*/*"))
    export_answers(f"{form.pk}:csv", quiet)
    with zipfile.ZipFile(exports.place(form.pk, "csv")) as made:
        assert not any(b"Neema" in made.read(name) for name in made.namelist())


# --- asked again ------------------------------------------------------------------------------------------------------


def team(organisation: Organisation, form: Form) -> list[Enumerator]:
    people = [Enumerator.objects.create(organisation=organisation, name=n, digest=n) for n in ("Amina", "Juma")]
    for n in range(20):
        answered(form, n, enumerator=people[n % 2])
    return people


def test_some_of_each_enumerator_are_drawn_and_stay_drawn(form: Form, organisation: Organisation) -> None:
    people = team(organisation, form)
    draw_back_checks(f"{form.pk}:10", quiet)
    drawn = set(BackCheck.objects.values_list("submission", flat=True))
    assert {one.submission.enumerator for one in BackCheck.objects.all()} == set(people)
    draw_back_checks(f"{form.pk}:50", quiet)
    assert drawn < set(BackCheck.objects.values_list("submission", flat=True))


def test_a_second_answer_is_compared_and_counts_for_no_figure(
    form: Form, organisation: Organisation, supervisor: User, client: Client
) -> None:
    amina, juma = team(organisation, form)
    check = BackCheck.objects.create(submission=Submission.objects.filter(enumerator=amina).latest("pk"))
    again = answered(form, "again", {"people": "7"}, enumerator=juma)
    assert standing(form).count() == 21
    for text in ("nothing", check.submission.instance_id, "1"):
        with pytest.raises(BadDecision):
            comparing.answer_back_check(check=check, text=text, by=supervisor)
    client.post(f"/en/work/forms/{form.pk}/answers/progress/", {"check": check.pk, "text": "again"})
    check.refresh_from_db()
    assert (check.again, check.enumerator) == (again, juma)
    assert standing(form).count() == 20
    rates = {one.label: (one.pairs, one.differ) for one in comparing.by_question(comparing.checks_of(form))}
    assert rates["How many people live here?"] == (1, 1)
    assert rates["Where does the water come from?"] == (1, 0)
    assert "What is your name?" not in rates, "names are written in many ways"
    shown = client.get(f"/en/work/forms/{form.pk}/answers/again/{check.pk}/").content.decode()
    assert "differs" in shown


def test_progress_is_told_by_person_day_and_stratum(form: Form, organisation: Organisation, client: Client) -> None:
    amina, _juma = team(organisation, form)
    sample = Sample.objects.create(form=form, written={})
    for n, outcome in enumerate(("completed", "refusal", "", "")):
        Unit.objects.create(
            sample=sample,
            name=f"V{n}",
            stratum="north",
            chance=0.1,
            weight=10,
            order=n,
            outcome=outcome,
            reserve=n == 3,
        )
    told = comparing.by_enumerator(form)
    assert (told[0].came, told[1].came) == (10, 10)
    assert told[0].states == {"received": 10}
    assert comparing.by_day(form)[0][1] == 20
    assert comparing.by_stratum(form) == [("north", 3, 1, 1, 1)]
    assert amina.name in client.get(f"/en/work/forms/{form.pk}/answers/progress/").content.decode()
    assert comparing.by_day(form)[0][0] == timezone.now().astimezone(comparing.zone(form)).date()
