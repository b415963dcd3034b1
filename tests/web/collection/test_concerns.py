"""What is noticed about one interviewer is for supervisors alone; a reply, an appeal, another person's decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from datashift.errors import BadUpload, NotAllowed
from datashift.web.collection import concerns
from datashift.web.collection.models import Concern, Dataset, Run
from datashift.web.collection.steps import latest_run
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db
SECRET = "Interviewer-77"
FOUND = {
    "check_id": "K20", "code": "assess.interviewer", "kind": "enumerator", "subject": SECRET,
    "text": {"en": "In these interviews more pumps work than in others nearby."}, "rows": [5, 9, 12],
    "effects": [{"measure": "FUNCTIONAL", "unit": "PT", "with": 71.2, "without": 68.4}], "weight": 2.8,
}  # fmt: skip


@pytest.fixture
def run(worked_out: Dataset) -> Run:
    found = latest_run(worked_out)
    assert found is not None
    concerns.keep(found, [FOUND], before=None)
    found.interviews = [{"row": 9, "p": 0.001, "checks": ["K17"]}]
    found.save()
    return found


@pytest.fixture
def concern(run: Run) -> Concern:
    return run.concerns.get()


@pytest.fixture
def supervisor(person: Callable[..., User], organisation: Organisation) -> User:
    return person("supervisor", organisation)


@pytest.fixture
def officer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("safety", organisation)


Paths = dict[str, str]


@pytest.fixture
def paths(run: Run, concern: Concern) -> Paths:
    key = run.dataset.pk
    return {
        "all": reverse("interviewers", args=[key]),
        "one": reverse("concern", args=[key, concern.pk]),
        "reply": reverse("reply", args=[concern.token]),
        "appeals": reverse("appeals"),
        "appealed": reverse("appealed", args=[concern.pk]),
    }


def test_only_supervisors_of_the_organisation_see_who_stands_out(
    paths: Paths, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    other = Organisation.objects.create(slug="other", name="Other")
    seen = {}
    inside_or_not = [(role, organisation) for role in ("supervisor", "producer", "reviewer", "safety")]
    for role, inside in (*inside_or_not, ("supervisor", other), ("administrator", None), ("editor", None)):
        client = signed_in(person(role, inside))
        for name in ("all", "one"):
            seen[role, getattr(inside, "slug", ""), name] = client.get(paths[name]).status_code
    allowed = {key for key, status in seen.items() if status == 200}
    assert allowed == {("supervisor", organisation.slug, "all"), ("supervisor", organisation.slug, "one")}
    assert set(seen.values()) <= {200, 403, 404}


def test_no_page_file_or_record_for_others_carries_the_name(
    run: Run, paths: Paths, producer: User, signed_in: Callable[[User], Client], supervisor: User
) -> None:
    concerns.settle(concern=run.concerns.get(), state="nothing", words=f"{SECRET} was ill.", by=supervisor)
    client = signed_in(producer)
    pages = [reverse("work"), *(reverse("step", args=[run.dataset.pk, step]) for step in ("findings", "result"))]
    for page in pages:
        assert SECRET not in client.get(page).content.decode()
    assert SECRET not in str(run.told)
    assert not Event.objects.filter(facts__icontains=SECRET).exists()


def test_a_supervisor_sees_effect_and_rows_and_which_interviews_to_look_at_first(
    paths: Paths, supervisor: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(supervisor)
    page = client.get(paths["all"]).content.decode()
    assert SECRET in page
    assert "more pumps work" in page
    assert "Interviews that look alike" in page or "K17" in page
    one = client.get(paths["one"]).content.decode()
    assert "71" in one
    assert "68" in one
    assert paths["reply"] in one
    assert "To look at: 1" in client.get(reverse("work")).content.decode()


def test_a_decision_needs_words_unless_there_is_nothing_to_it(concern: Concern, supervisor: User) -> None:
    with pytest.raises(BadUpload, match="few words"):
        concerns.settle(concern=concern, state="corrected", words=" ", by=supervisor)
    with pytest.raises(BadUpload, match="not one of"):
        concerns.settle(concern=concern, state="guilty", words="?", by=supervisor)
    assert concerns.settle(concern=concern, state="nothing", words="", by=supervisor).state == "nothing"


def test_the_person_replies_without_an_account_and_somebody_else_decides(
    paths: Paths, concern: Concern, supervisor: User, officer: User, signed_in: Callable[[User], Client], client: Client
) -> None:
    concerns.settle(concern=concern, state="corrected", words="Asked again.", by=supervisor)
    page = client.get(paths["reply"])
    assert page.status_code == 200
    assert "Asked again." in page.content.decode()
    assert SECRET not in page.content.decode()
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert "no-store" in page["Cache-Control"]
    assert client.post(paths["reply"], {"text": " "}).status_code == 400
    assert client.post(paths["reply"], {"text": "All pumps there are new."}).status_code == 200
    with pytest.raises(NotAllowed, match="another look"):
        concerns.settle(concern=concern, state="nothing", words="", by=supervisor)
    desk = signed_in(officer)
    assert "All pumps there are new." in desk.get(paths["appealed"]).content.decode()
    assert desk.post(paths["appealed"], {"decision": "grant", "words": ""}).status_code == 400
    assert desk.post(paths["appealed"], {"decision": "grant", "words": "True."}).status_code == 302
    concern.refresh_from_db()
    assert (concern.appeal, concern.state) == ("granted", "explained")
    assert "agrees with you" in client.get(paths["reply"]).content.decode()
    assert client.post(paths["reply"], {"text": "More."}).status_code == 400
    assert desk.get(paths["appealed"]).status_code == 404


def test_who_decided_before_does_not_decide_on_the_reply(
    concern: Concern, person: Callable[..., User], organisation: Organisation
) -> None:
    both = person("supervisor", organisation)
    concerns.settle(concern=concern, state="corrected", words="Asked again.", by=both)
    concerns.appeal(token=concern.token, text="No.")
    with pytest.raises(NotAllowed, match="Somebody else"):
        concerns.answer(concern=concern, granted=False, words="No.", by=both)


def test_once_the_person_replied_the_safety_officer_has_the_last_word(
    concern: Concern, supervisor: User, officer: User, person: Callable[..., User], organisation: Organisation,
    paths: Paths, signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    concerns.settle(concern=concern, state="corrected", words="Asked again.", by=supervisor)
    concerns.appeal(token=concern.token, text="The pumps are new.")
    concerns.answer(concern=concern, granted=True, words="True.", by=officer)
    for again in (supervisor, officer):
        with pytest.raises(NotAllowed, match="decided before"):
            concerns.settle(concern=concern, state="corrected", words="All the same.", by=again)
    concern.refresh_from_db()
    assert (concern.state, concern.words) == ("explained", "Asked again.")
    assert "Save the decision" not in signed_in(supervisor).get(paths["one"]).content.decode()


def test_only_figures_that_move_are_said_and_the_check_is_named(
    run: Run, concern: Concern, paths: Paths, supervisor: User, signed_in: Callable[[User], Client]
) -> None:
    concern.effects = [{"measure": "SAME", "unit": "PT", "with": 71.23, "without": 71.24}]
    concern.save()
    page = signed_in(supervisor).get(paths["one"]).content.decode()
    assert "does not move a figure" in page
    assert "71" not in page.partition("Row in the file")[0].partition("<h1>")[2]
    assert f'<span class="data">{SECRET}</span>: Who asked' in page


def test_a_safety_officer_sees_nothing_that_nobody_appealed(
    paths: Paths, officer: User, signed_in: Callable[[User], Client]
) -> None:
    desk = signed_in(officer)
    assert SECRET not in desk.get(paths["appeals"]).content.decode()
    assert desk.get(paths["appealed"]).status_code == 404


@pytest.mark.parametrize("rows", [[5, 9, 12], [5, 9]])
def test_a_decision_stands_in_the_next_result_only_for_the_same_rows(
    run: Run, concern: Concern, supervisor: User, client: Client, rows: list[int]
) -> None:
    concerns.settle(concern=concern, state="explained", words="New pumps.", by=supervisor)
    following = Run.objects.create(dataset=run.dataset, number=run.number + 1, recipe="x", folder="y", told=run.told)
    concerns.keep(following, [{**FOUND, "rows": rows}], before=run)
    now = following.concerns.get()
    assert now.state == ("explained" if rows == FOUND["rows"] else "open")
    assert (now.token == concern.token) == (rows == FOUND["rows"])
    assert client.get(reverse("reply", args=[now.token])).status_code == 200


@pytest.mark.parametrize(
    "change",
    [lambda _t: "x" * 43, lambda t: t[:-1], lambda t: t.swapcase(), lambda t: f"{t}%00", lambda _t: "1" * 9000],
)
def test_a_link_that_nobody_has_opens_nothing(concern: Concern, client: Client, change: Callable[[str], str]) -> None:
    address = f"/en/work/reply/{change(concern.token)}/"
    for answer in (client.get(address), client.post(address, {"text": "Let me in."})):
        assert answer.status_code in (404, 410)
        assert "more pumps work" not in answer.content.decode()
    concern.refresh_from_db()
    assert concern.appeal == "none"


def test_links_cannot_be_guessed_from_one_another(run: Run) -> None:
    concerns.keep(run, [{**FOUND, "subject": f"{SECRET}-{n}"} for n in range(20)], before=None)
    tokens = list(run.concerns.values_list("token", flat=True))
    assert len({token[:8] for token in tokens}) == len(tokens) == 21
    assert {len(token) for token in tokens} == {43}  # 256 bits from the generator for secrets


def test_a_producer_keeps_explains_or_corrects_a_finding(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    client, run = signed_in(producer), latest_run(worked_out)
    assert run is not None
    one: dict[str, Any] = run.told["findings"][0]
    told = {"check": one["check"], "code": one["code"], "at": "1"}
    address = reverse("explain", args=[worked_out.pk])
    assert client.post(address, {**told, "decision": "corrected", "text": ""}).status_code == 400
    assert client.post(address, {**told, "decision": "acquitted", "text": "x"}).status_code == 400
    assert client.post(address, {**told, "decision": "accepted", "text": ""}).status_code == 302
    assert [(note.decision, note.text) for note in worked_out.notes.all()] == [("accepted", "")]
    page = client.get(reverse("step", args=[worked_out.pk, "findings"])).content.decode()
    assert "the rows are right as they stand" in page
    assert "What was checked" in page
