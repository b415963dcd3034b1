"""What becomes of a submission: once, protected before it is written, edits and withdrawals in any order."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from phone import filled, known, png, published

from datashift.errors import BadProtection, BadSubmission
from datashift.sealed import new_keys
from datashift.web.fieldwork import answers
from datashift.web.fieldwork.attaching import NOT_CLEANED
from datashift.web.fieldwork.kept import File
from datashift.web.fieldwork.models import Attachment, Correction, Form, SealKey, Stray, Submission
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.withdrawing import withdraw, withdraw_submission
from datashift.web.people.models import Organisation

pytestmark = pytest.mark.django_db
PLACE = "<place>-8.1357 36.6812 270 4.5</place>"


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return published(organisation)


def said(submission: Submission | None) -> dict[str, Any]:
    assert submission is not None
    told: dict[str, Any] = json.loads(submission.content.answers)
    return told


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows how many answers there are, and plans so")
def test_an_answer_is_taken_in_without_a_walk_through_all_answers_of_its_form(
    organisation: Organisation, form: Form
) -> None:
    receive(organisation, filled())
    edit = filled("uuid:2", meta="<orx:deprecatedID>uuid:1</orx:deprecatedID>")
    with CaptureQueriesContext(connection) as asked:
        states = [receive(organisation, xml).state for xml in (filled(), filled(who="Juma"), filled("uuid:3"), edit)]
    assert states == ["repeat", "other-content", "new", "new"]
    plans = []
    with connection.cursor() as cursor:
        for one in asked.captured_queries:
            if one["sql"].startswith(("SELECT", "UPDATE")) and "fieldwork_submission" in one["sql"]:
                cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}")
                plans += [told[3] for told in cursor.fetchall() if "fieldwork_submission" in told[3]]
    assert len(plans) >= 6
    assert [plan for plan in plans if plan.startswith("SCAN") or plan.endswith("(form_id=?)")] == []


# --- what it says -----------------------------------------------------------------------------------------------------


def test_answers_are_kept_by_their_paths_and_repeats_as_lists(organisation: Organisation, form: Form) -> None:
    more = "<age>31</age><house><roof>tin</roof></house><person><name>B</name></person>"
    xml = filled(more=PLACE + more)
    found = receive(organisation, xml).submission
    assert said(found) == {
        "who": "Amina", "place": "-8.1357 36.6812 270 4.5", "age": "31", "house/roof": "tin",
        "person": [{"person/name": "B"}], "meta/instanceID": "uuid:1",
    }  # fmt: skip
    assert found is not None
    assert zlib.decompress(found.content.xml) == xml
    assert (found.latitude, found.longitude) == (-8.1357, 36.6812)


def test_without_a_known_version_what_comes_twice_is_a_repeat_all_the_same(organisation: Organisation) -> None:
    form = Form.objects.create(organisation=organisation, form_id="water", title="Water", state=Form.State.CLOSED)
    xml = filled(more="<child><name>B</name></child><child><name>C</name></child>")
    told = said(receive(organisation, xml, form=form).submission)
    assert told["child"] == [{"child/name": "B"}, {"child/name": "C"}]


@pytest.mark.parametrize("place", ["", "here", "91 0", "nan nan 0 0", "1"])
def test_a_position_that_is_none_is_no_position(organisation: Organisation, form: Form, place: str) -> None:
    found = receive(organisation, filled(more=f"<place>{place}</place>")).submission
    assert found is not None
    assert (found.latitude, found.longitude) == (None, None)


@pytest.mark.parametrize("start", ["yesterday", "0001-01-01T00:00:00+14:00", "99999-01-01", "12:00"])
def test_a_time_that_is_none_loses_no_answer(organisation: Organisation, form: Form, start: str) -> None:
    found = receive(organisation, filled(more=f"<start>{start}</start>")).submission
    assert found is not None
    assert found.started is None


def test_an_answer_without_an_id_is_known_by_its_content(organisation: Organisation, form: Form) -> None:
    first, second = filled("", who="Amina"), filled("", who="Juma")
    states = [receive(organisation, xml).state for xml in (first, second, first, second)]
    assert states == ["new", "new", "repeat", "repeat"]


def test_ids_and_names_of_any_length_are_taken(organisation: Organisation, form: Form) -> None:
    long = "x" * 5000
    assert [receive(organisation, filled(long, version=long)).state for _again in range(2)] == ["new", "repeat"]
    assert receive(organisation, filled(form=long)).state == "stray"


def test_what_is_no_xml_or_too_much_of_it_is_refused(
    organisation: Organisation, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LARGEST", 1000)
    for xml, code in ((b"{}", "submission.not-a-form"), (filled(who="x" * 1000), "submission.too-large")):
        with pytest.raises(BadSubmission) as refused:
            receive(organisation, xml)
        assert refused.value.code == code


def test_corrections_stand_in_place_of_what_came(organisation: Organisation, form: Form) -> None:
    people = "<person><name>B</name></person><person><name>C</name></person>"
    found = receive(organisation, filled(more=f"<age>31</age>{people}"))
    assert found.submission is not None
    said = {
        "age": "13",
        "person[2]/name": "D",
        "person/name": "A",
        "house/roof": "tin",
        "who": "",
        "person[9]/name": "E",
    }
    for path, after in (*said.items(), ("age", "14")):
        Correction.objects.create(submission=found.submission, path=path, after=after, why="asked again")
    told = answers.current(found.submission)
    assert (told["age"], told["person"]) == ("14", [{"person/name": "A"}, {"person/name": "D"}])
    assert (told["house/roof"], "who" in told) == ("tin", False)


# --- protected before it is written -----------------------------------------------------------------------------------


def test_positions_are_written_no_finer_than_the_form_says(organisation: Organisation) -> None:
    form = published(organisation, coarse={"place": 5000})
    found = receive(organisation, filled(more=PLACE), form=form).submission
    assert found is not None
    assert b"-8.1357" not in zlib.decompress(found.content.xml)
    assert "-8.1357" not in found.content.answers
    assert found.latitude is not None
    assert 0.0001 < abs(found.latitude + 8.1357) < 0.05


@pytest.fixture
def sealing_form(organisation: Organisation) -> Form:
    key = SealKey.objects.create(organisation=organisation, public=new_keys().public)
    return published(organisation, sealed=["who", "photo"], seal_key=key)


def test_sealed_answers_and_files_are_never_written_in_clear(
    organisation: Organisation, sealing_form: Form, site: Path
) -> None:
    xml = filled(who="Amina Secret", more="<photo>amina.jpg</photo>")
    for state in ("new", "repeat"):
        received = receive(organisation, xml, [File("amina.jpg", b"a secret film")])
        assert received.state == state
    found = Submission.objects.get()
    written = zlib.decompress(found.content.xml) + found.content.answers.encode()
    assert b"Amina" not in written
    assert b"amina.jpg" not in written
    [file] = Attachment.objects.all()
    assert "amina" not in file.name
    assert found.complete
    assert all(b"secret" not in path.read_bytes() for path in (site / "raw").iterdir())


def test_what_cannot_be_sealed_is_not_stored_at_all(organisation: Organisation) -> None:
    form = published(organisation, sealed=["who"])
    with pytest.raises(BadProtection):
        receive(organisation, filled(), form=form)
    assert Submission.objects.count() + Stray.objects.count() == 0


def test_a_picture_loses_what_it_tells_and_other_files_are_marked(
    organisation: Organisation, form: Form, site: Path
) -> None:
    receive(organisation, filled(), [File("a.png", png()), File("voice.m4a", b"sound"), File("half.png", png()[:50])])
    removed = dict(Attachment.objects.values_list("name", "removed"))
    assert removed["a.png"] != [NOT_CLEANED]
    assert removed["voice.m4a"] == removed["half.png"] == [NOT_CLEANED]
    clean = Attachment.objects.get(name="a.png")
    assert b"Ifakara" not in (site / "raw" / clean.sha256).read_bytes()


# --- edits and withdrawals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_edits_find_what_they_replace_in_whatever_order_they_arrive(
    organisation: Organisation, form: Form, order: tuple[int, ...]
) -> None:
    def edit(one: str, of: str) -> bytes:
        return filled(one, meta=f"<orx:deprecatedID>{of}</orx:deprecatedID>")

    posts = [filled("uuid:a"), edit("uuid:b", "uuid:a"), edit("uuid:c", "uuid:b")]
    for which in order:
        receive(organisation, posts[which])
    replaced = dict(Submission.objects.values_list("instance_id", "replaces__instance_id"))
    assert replaced == {"uuid:a": None, "uuid:b": "uuid:a", "uuid:c": "uuid:b"}


def test_nothing_of_what_was_withdrawn_comes_back(organisation: Organisation, form: Form, site: Path) -> None:
    received = receive(organisation, filled(), channel="browser", form=form)
    again = receive(organisation, filled(), channel="browser", form=form)
    assert received.receipt
    assert received.receipt == again.receipt  # the reply may have been lost on its way
    withdraw(received.receipt)
    for xml in (filled(), filled(who="Juma"), filled("uuid:2", meta="<orx:deprecatedID>uuid:1</orx:deprecatedID>")):
        late = receive(organisation, xml, [File("a.png", png())], channel="browser", form=form)
        assert (late.state, late.receipt) == ("repeat", received.receipt)
    assert Submission.objects.count() == 1
    assert Attachment.objects.count() == 0
    assert not list((site / "raw").glob("*"))


def test_a_withdrawal_in_the_middle_of_a_post_is_seen(
    organisation: Organisation, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = receive(organisation, filled())
    assert received.submission is not None
    first, true = received.submission, answers.taken

    def meanwhile(*given: Any) -> Any:
        withdraw_submission(submission=first, by=None)
        return true(*given)

    monkeypatch.setattr(answers, "taken", meanwhile)
    assert receive(organisation, filled(who="Juma")).state == "repeat"
    assert Submission.objects.count() == 1


def test_an_interviewer_is_given_no_receipt_of_somebody_else(organisation: Organisation, form: Form) -> None:
    received = receive(organisation, filled(), enumerator=known(organisation, form))
    assert (received.state, received.receipt) == ("new", None)
