"""One answer: corrections beside it, remarks to and from the enumerator, files, other contents, strays."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from desk_forms import answered, water, xml
from django.test import Client

from datashift.errors import BadDecision
from datashift.web.fieldwork import deciding, saying
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.kept import File, kept
from datashift.web.fieldwork.models import Attachment, Correction, Enumerator, Form, Remark, Stray, Submission
from datashift.web.fieldwork.phones import digest
from datashift.web.fieldwork.receiving import receive
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


@pytest.fixture
def amina(organisation: Organisation, form: Form) -> Enumerator:
    made = Enumerator.objects.create(organisation=organisation, name="Amina", digest=digest("k" * 32))
    made.forms.add(form)
    return made


def fix(one: Submission, by: User, place: str, after: str, why: str = "She told us on the phone.") -> Correction:
    return deciding.correct(submission=one, place=place, after=after, why=why, by=by)


def test_a_correction_stands_beside_what_came(form: Form, supervisor: User) -> None:
    one = answered(form, 1)
    before = one.content.answers
    fix(one, supervisor, "people", "5")
    fix(one, supervisor, "people", "6")
    one.content.refresh_from_db()
    assert one.content.answers == before, "what came stays as it came"
    assert [(c.before, c.after, c.by) for c in one.corrections.all()] == [
        ("4", "5", supervisor),
        ("5", "6", supervisor),
    ]
    assert current(one)["people"] == "6"
    assert Event.objects.filter(verb="answer-corrected").count() == 2


def test_a_correction_in_a_repeat_finds_its_place(form: Form, supervisor: User) -> None:
    one = answered(form, 1)
    assert fix(one, supervisor, "child[2]/age", "6").before == "5"
    assert [row["child/age"] for row in current(one)["child"]] == ["3", "6"]


@pytest.mark.parametrize(
    ("place", "after", "why", "code"),
    [
        ("people", "many", "why", "desk.does-not-fit"), ("people", "100", "why", "desk.does-not-fit"),
        ("source", "sea", "why", "desk.does-not-fit"), ("people", "4", "why", "desk.same"),
        ("people", "5", " ", "desk.no-reason"), ("nothing", "5", "why", "desk.no-field"),
        ("child[9]/age", "5", "why", "desk.no-field"), ("meta/instanceID", "5", "why", "desk.no-field"),
        ("people", "5", "w" * 401, "desk.too-long"),
    ],
)  # fmt: skip
def test_a_correction_that_cannot_stand_changes_nothing(
    form: Form, supervisor: User, place: str, after: str, why: str, code: str
) -> None:
    with pytest.raises(BadDecision) as problem:
        fix(answered(form, 1), supervisor, place, after, why)
    assert problem.value.code == code
    assert not Correction.objects.exists()


def test_a_sealed_answer_is_not_corrected(form: Form, supervisor: User) -> None:
    Form.objects.update(sealed=["name"])
    one = answered(Form.objects.get(), 1)
    with pytest.raises(BadDecision, match="sealed"):
        fix(one, supervisor, "name", "Neema")


def test_a_corrected_position_is_as_coarse_as_the_form_promises(form: Form, supervisor: User) -> None:
    Form.objects.update(coarse={"spot": 5000})
    one = answered(Form.objects.get(), 1)
    made = fix(one, supervisor, "spot", "-6.801234 39.281234")
    assert "-6.801234" not in made.after
    one.refresh_from_db()
    assert one.latitude == float(made.after.split()[0]) != -6.801234


def test_a_page_shows_what_was_said_corrected_and_found(form: Form, client: Client, supervisor: User) -> None:
    one = answered(form, 1)
    fix(one, supervisor, "source", "tap", "It is a tap.")
    shown = client.get(f"/en/work/forms/{form.pk}/answers/{one.pk}/").content.decode()
    for words in ("Where does the water come from?", "Tap", "because: It is a tap.", "Child · 2", "How old?"):
        assert words in shown


def test_other_content_stands_side_by_side_with_its_differences(form: Form) -> None:
    one = answered(form, 1)
    two = answered(form, 2, {"people": "9"}, instance_id="uuid:1", first=one)
    told = saying.beside(one, two)
    assert [row.label for row in told if row.differs] == ["How many people live here?"]


def test_remarks_reach_the_enumerator_and_her_reply_comes_back(form: Form, client: Client, amina: Enumerator) -> None:
    one = answered(form, 1, enumerator=amina)
    secret = answered(form, 2)
    client.post(f"/en/work/forms/{form.pk}/answers/{one.pk}/remark/", {"text": "Is it dry?", "tell": "1"})
    client.post(f"/en/work/forms/{form.pk}/answers/{one.pk}/remark/", {"text": "Strange."})
    hers = Client().get(f"/en/fill/{'k' * 32}/").content.decode()
    assert "Is it dry?" in hers
    assert "Strange." not in hers
    assert Client().post(f"/en/fill/{'k' * 32}/reply/{one.pk}", {"text": "Yes, since May."}).status_code == 302
    assert Client().post(f"/en/fill/{'k' * 32}/reply/{secret.pk}", {"text": "x"}).status_code == 404
    assert Client().post(f"/en/fill/{'x' * 32}/reply/{one.pk}", {"text": "x"}).status_code == 404
    assert Remark.objects.get(by=None).text == "Yes, since May."
    Submission.objects.filter(pk=one.pk).update(state="approved")
    assert "Is it dry?" not in Client().get(f"/en/fill/{'k' * 32}/").content.decode()


def test_a_file_that_may_tell_more_is_not_given_out(form: Form, client: Client) -> None:
    one = answered(form, 1)
    files = {
        name: Attachment.objects.create(submission=one, name=name, sha256=kept(b"bytes"), size=5, removed=removed)
        for name, removed in (("a.jpg", ["exif"]), ("b.jpg", ["not-cleaned"]), ("page.html", []))
    }
    at = f"/en/work/forms/{form.pk}/answers/{one.pk}/file/"
    shown = client.get(f"{at}{files['a.jpg'].pk}")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert shown["Content-Disposition"].startswith("inline")
    assert client.get(f"{at}{files['b.jpg'].pk}").status_code == 404
    taken = client.get(f"{at}{files['page.html'].pk}")
    assert (taken["Content-Type"], taken["Content-Disposition"][:10]) == ("application/octet-stream", "attachment")
    page = client.get(f"/en/work/forms/{form.pk}/answers/{one.pk}/").content.decode()
    assert f"file/{files['b.jpg'].pk}" not in page


def test_an_audit_tells_how_it_was_filled_in(form: Form) -> None:
    audit = (
        b"event,node,start,end\nform start,,1000,\nquestion,/data/people,1000,31000\nquestion,/data/people,61000,121000"
    )
    one = answered(form, 1)
    Attachment.objects.create(submission=one, name="audit.csv", sha256=kept(audit), size=len(audit))
    assert saying.taking(one) == (2.0, 1, 1, 0)


def test_a_stray_is_given_to_a_form_once_and_nothing_of_it_is_lost(
    form: Form, organisation: Organisation, supervisor: User, client: Client, amina: Enumerator
) -> None:
    picture = File("note.txt", b"a note")
    came = receive(organisation, xml(5, form_id="old"), [picture], enumerator=amina)
    assert came.state == "stray"
    theirs = water(Organisation.objects.create(slug="others", name="Others"))
    assert came.stray is not None
    with pytest.raises(BadDecision):
        deciding.adopt(stray=came.stray, form=theirs, by=supervisor)
    client.post(f"/en/work/forms/{form.pk}/answers/strays/", {"stray": came.stray.pk})
    one = Submission.objects.get(form=form)
    assert (one.instance_id, one.enumerator, json.loads(one.content.answers)["people"]) == ("uuid:5", amina, "4")
    assert one.attachments.get().name == "note.txt"
    assert not Stray.objects.exists()


def test_a_stray_of_a_phone_that_was_stopped_keeps_its_sender(
    form: Form, organisation: Organisation, supervisor: User, amina: Enumerator
) -> None:
    Enumerator.objects.update(stopped="2026-01-01T00:00:00Z")
    amina.refresh_from_db()
    came = receive(organisation, xml(6), enumerator=amina)
    assert came.stray is not None
    assert deciding.adopt(stray=came.stray, form=form, by=supervisor).pk
    assert Submission.objects.get().enumerator == amina


def test_deleting_needs_a_tick_and_leaves_no_answer(form: Form, client: Client) -> None:
    one = answered(form, 1)
    at = f"/en/work/forms/{form.pk}/answers/{one.pk}/"
    client.post(f"{at}withdraw/")
    assert Submission.objects.filter(withdrawn=None).exists()
    client.post(f"{at}withdraw/", {"sure": "1"})
    one.refresh_from_db()
    assert one.withdrawn
    assert "Asha" not in client.get(at).content.decode()
