"""The protocol of OpenRosa, replayed as ODK Collect speaks it."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import OperationalError
from django.utils import timezone
from phone import BOUNDARY, SUCCESS, TOKEN, Phone, add_media, body, filled, known, png, published

from datashift.read.store import keep
from datashift.web.fieldwork import posted, receiving
from datashift.web.fieldwork.models import Attachment, Enumerator, Form, FormVersion, Stray, Submission
from datashift.web.fieldwork.views import openrosa
from datashift.web.people.models import Organisation

pytestmark = pytest.mark.django_db
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return published(organisation)


@pytest.fixture
def enumerator(organisation: Organisation, form: Form) -> Enumerator:
    return known(organisation, form)


@pytest.fixture
def phone(enumerator: Enumerator) -> Phone:
    return Phone()


def message(answer: Any) -> str:
    """What the app shows of an answer; it must be one that the app understands."""
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer["X-OpenRosa-Version"] == "1.0"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{{{SUCCESS}}}OpenRosaResponse"
    return root.findtext(f"{{{SUCCESS}}}message") or ""


# --- the road of a phone ----------------------------------------------------------------------------------------------


def test_the_whole_road_list_form_manifest_file_three_posts_and_all_of_it_again(
    phone: Phone, form: Form, site: Path
) -> None:
    version = form.versions.get()
    sha256, _path = keep([b"name,label\n1,Well\n"], site)
    add_media(version, "wells.csv", sha256, b"name,label\n1,Well\n")

    listed = phone.forms()
    [entry] = ElementTree.fromstring(listed.content)
    told = {child.tag.removeprefix(LIST): child.text for child in entry}
    assert (told["formID"], told["name"], told["version"]) == ("water", "Water", "1")

    given = phone.get(told["downloadUrl"])
    assert given["Content-Type"].startswith("text/xml")
    assert given.content.decode() == version.xform
    assert told["hash"] == f"md5:{md5(given.content).hexdigest()}"

    [file] = ElementTree.fromstring(phone.get(told["manifestUrl"]).content)
    facts = {child.tag.removeprefix(MANIFEST): child.text for child in file}
    fetched = b"".join(phone.get(facts["downloadUrl"]))
    assert (facts["filename"], facts["hash"]) == ("wells.csv", f"md5:{md5(fetched).hexdigest()}")

    head = phone.head()
    assert head.status_code == 204
    assert head["Location"] == f"http://testserver/key/{TOKEN}/submission"
    assert int(head["X-OpenRosa-Accept-Content-Length"]) == openrosa.ACCEPTED

    xml = filled(more="<photo>a.jpg</photo><person><name>B</name><face>b.jpg</face></person>"
                      "<person><name>C</name><face>c.jpg</face></person>")  # fmt: skip
    posts = [(xml, ("a.jpg", png(1)), True), (xml, ("b.jpg", png(2)), True), (xml, ("c.jpg", png(3)), False)]
    statuses = [phone.send(one, file, more_follows=more).status_code for one, file, more in posts]
    assert statuses == [202, 202, 202]  # the first is not complete yet
    found = Submission.objects.get()
    assert found.complete
    assert sorted(found.attachments.values_list("name", flat=True)) == ["a.jpg", "b.jpg", "c.jpg"]

    again = [phone.send(one, file, more_follows=more) for one, file, more in posts]
    assert [one.status_code for one in again] == [202, 202, 202]
    assert "nothing is stored twice" in message(again[0])
    assert (Submission.objects.count(), Attachment.objects.count()) == (1, 3)


def test_a_form_without_files_is_acknowledged_by_201_and_its_repeat_by_202(
    phone: Phone, enumerator: Enumerator
) -> None:
    first, second = phone.send(filled()), phone.send(filled())
    assert (first.status_code, second.status_code) == (201, 202)
    assert message(first) == "Received. Thank you."
    found = Submission.objects.get()
    assert (found.enumerator, found.channel, found.instance_id) == (enumerator, "openrosa", "uuid:1")


def test_posts_may_arrive_in_any_order(phone: Phone) -> None:
    xml = filled(more="<photo>a.jpg</photo>")
    assert phone.send(xml, ("a.jpg", png())).status_code == 201
    assert phone.send(xml, more_follows=True).status_code == 202
    assert Submission.objects.get().complete


def test_an_answer_is_incomplete_until_every_file_that_it_names_is_here(phone: Phone) -> None:
    xml = filled(more="<photo>a.jpg</photo>")
    first = phone.send(xml)
    assert (first.status_code, "not here yet" in message(first)) == (202, True)
    assert not Submission.objects.get().complete
    phone.send(xml, ("a.jpg", png()))
    assert Submission.objects.get().complete


def test_every_answer_has_the_headers_of_openrosa(phone: Phone) -> None:
    for answer in (phone.forms(), phone.head(), phone.send(filled()), Phone("wrong").forms()):
        assert answer["X-OpenRosa-Version"] == "1.0"
        assert answer["X-OpenRosa-Accept-Content-Length"] == str(openrosa.ACCEPTED)
        assert answer["Date"].endswith(" GMT")
        assert answer["Cache-Control"] == "private, no-store"


def test_messages_are_in_the_language_of_the_phone(phone: Phone) -> None:
    assert phone.send(filled(), headers={"Accept-Language": "sw-KE,sw;q=0.9"})["Content-Language"] == "sw"


def test_a_body_in_chunks_is_read_although_nobody_says_how_long_it_is(phone: Phone) -> None:
    whole = body(filled(), (("a.jpg", png()),))
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert phone.post(b"-", **chunked, **{"wsgi.input": io.BytesIO(whole)}).status_code == 201
    assert phone.post(b"-", **chunked, **{"wsgi.input": io.BytesIO(whole[:-40])}).status_code == 400


# --- who asks ---------------------------------------------------------------------------------------------------------


def test_a_key_that_is_not_known_is_refused_before_the_body_is_read(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openrosa, "posted", None)
    wrong = Phone("x" * 32)
    for answer in (wrong.forms(), wrong.send(filled())):
        assert answer.status_code == 401
        assert "stay on the phone" in message(answer)
    assert wrong.head().status_code == 401
    assert Submission.objects.count() == 0


def test_a_phone_gets_only_forms_that_are_given_to_it_and_published(
    phone: Phone, organisation: Organisation, form: Form
) -> None:
    other = published(organisation, "other")
    assert b"other" not in phone.forms().content
    assert phone.get(f"/key/{TOKEN}/form/{other.pk}/1").status_code == 404
    assert phone.get(f"/key/{TOKEN}/form/{form.pk}/2").status_code == 404
    for state in (Form.State.CLOSED, Form.State.DRAFT):
        Form.objects.filter(pk=form.pk).update(state=state)
        assert len(ElementTree.fromstring(phone.forms().content)) == 0
        assert phone.get(f"/key/{TOKEN}/form/{form.pk}/1").status_code == 404


def test_the_latest_published_version_is_given_out(phone: Phone, form: Form) -> None:
    text = form.versions.get().xform
    FormVersion.objects.create(form=form, number=2, version="2", xform=text + " ", published=timezone.now())
    FormVersion.objects.create(form=form, number=3, version="3", xform=text)
    [entry] = ElementTree.fromstring(phone.forms().content)
    assert entry.findtext(f"{LIST}version") == "2"
    assert entry.findtext(f"{LIST}hash") == f"md5:{md5((text + ' ').encode()).hexdigest()}"


def test_a_stopped_key_gets_nothing_but_what_is_on_its_phone_is_kept_apart(
    phone: Phone, enumerator: Enumerator
) -> None:
    Enumerator.objects.filter(pk=enumerator.pk).update(stopped=timezone.now())
    assert phone.forms().status_code == 401
    assert phone.head().status_code == 204
    for _again in range(2):
        sent = phone.send(filled(more="<photo>a.jpg</photo>"), ("a.jpg", png()))
        assert (sent.status_code, "Your key was stopped" in message(sent)) == (202, True)
    stray = Stray.objects.get()
    assert (stray.enumerator, stray.form_id, len(stray.attachments)) == (enumerator, "water", 1)
    assert Submission.objects.count() == 0


def test_too_many_requests_wait(phone: Phone, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"phone": (1, 60)}
    phone.forms()
    answer = phone.send(filled())
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_no_line_of_the_log_holds_the_key(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    phone.send(filled())
    assert caplog.records
    assert all(TOKEN not in str(vars(record)) or record.name == "django.request" for record in caplog.records)


# --- what belongs nowhere ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [Form.State.DRAFT, None])
def test_what_belongs_to_no_published_form_is_kept_apart_once(phone: Phone, form: Form, state: str | None) -> None:
    if state:
        Form.objects.filter(pk=form.pk).update(state=state)
    xml = filled(form="water" if state else "unknown")
    for _again in range(2):
        answer = phone.send(xml, ("a.jpg", png()))
        assert (answer.status_code, "not known here" in message(answer)) == (202, True)
    assert Stray.objects.count() == 1
    assert Submission.objects.count() == 0


def test_another_version_is_kept_with_the_form_and_told(phone: Phone) -> None:
    answer = phone.send(filled(version="77"))
    assert (answer.status_code, "version of the form is not known" in message(answer)) == (202, True)
    found = Submission.objects.get()
    assert (found.version, found.said_version) == (None, "77")


def test_a_closed_form_takes_what_is_still_on_phones(phone: Phone, form: Form) -> None:
    Form.objects.filter(pk=form.pk).update(state=Form.State.CLOSED)
    answer = phone.send(filled())
    assert (answer.status_code, "closed" in message(answer)) == (202, True)
    assert Submission.objects.get().version == form.versions.get()


def test_other_content_under_the_same_id_is_kept_beside_the_first(phone: Phone) -> None:
    assert phone.send(filled(who="Amina")).status_code == 201
    for _again in range(2):
        answer = phone.send(filled(who="Juma"))
        assert answer.status_code == 202
    first, second = Submission.objects.order_by("pk")
    assert (first.first, second.first) == (None, first)
    assert "Both are kept" in message(phone.send(filled(who="Neema")))


def test_a_clock_that_stands_in_1970_is_kept_as_it_says_and_our_own_beside_it(phone: Phone) -> None:
    more = "<start>1970-01-01T00:00:12.000+03:00</start><end>1970-01-01T00:09:12.000+03:00</end>"
    assert phone.send(filled(more=more), headers={"Date": "Thu, 01 Jan 1970 00:10:00 GMT"}).status_code == 201
    found = Submission.objects.get()
    assert found.started == datetime(1969, 12, 31, 21, 0, 12, tzinfo=UTC)
    assert found.ended is not None
    assert found.arrived - timezone.now() < timedelta(minutes=1)


# --- what cannot be taken ---------------------------------------------------------------------------------------------


def test_a_body_that_was_cut_off_anywhere_is_refused_and_leaves_nothing(phone: Phone) -> None:
    whole = body(filled(more="<photo>a.jpg</photo>"), (("a.jpg", png()),))
    for length in (0, 1, 60, len(whole) // 2, len(whole) - len(BOUNDARY) - 6, len(whole) - 5):
        assert phone.post(whole[:length]).status_code == 400
    assert Submission.objects.count() + Stray.objects.count() + Attachment.objects.count() == 0
    assert phone.post(whole[:-2]).status_code == 201


def test_fewer_bytes_than_announced_are_refused(phone: Phone) -> None:
    whole = body(filled())
    answer = phone.post(whole + b" " * 5, **{"wsgi.input": io.BytesIO(whole)})
    assert (answer.status_code, Submission.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"who=Amina", "application/x-www-form-urlencoded"),
        (body(filled()), "multipart/form-data"),
        (body(filled()), "multipart/form-data; boundary=other"),
        (body(b""), ""),
        (body(b"not xml"), ""),
        (body(b"<!DOCTYPE x [<!ENTITY a 'b'>]><data id='water'>&a;</data>"), ""),
        (body(b"<data id='water'>" + b"<a>" * 200 + b"</a>" * 200 + b"</data>"), ""),
        (body(filled()).replace(b"xml_submission_file", b"another_file"), ""),
    ],
)
def test_what_is_no_submission_is_refused_in_words_that_the_app_shows(phone: Phone, data: bytes, kind: str) -> None:
    answer = phone.post(data, kind=kind) if kind else phone.post(data)
    assert answer.status_code == 400
    assert len(message(answer)) > 20
    assert Submission.objects.count() + Stray.objects.count() == 0


def test_what_is_larger_than_we_take_is_refused(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posted, "LARGEST", 1 << 20)
    large = ("film.mp4", b"\0" * (1 << 20))
    answer = phone.send(filled(), large)
    assert (answer.status_code, "larger than 1 MB" in message(answer)) == (413, True)
    monkeypatch.setattr(posted, "LARGEST", 3 << 20)
    assert phone.send(filled(), large).status_code == 201  # more than others may send who are not signed in


def test_a_hundred_and_one_files_in_one_post_are_taken_and_a_flood_is_not(phone: Phone) -> None:
    files = tuple((f"{n}.jpg", b"picture %d" % n) for n in range(posted.MOST_FILES + 1))
    assert phone.post(body(filled(), files[:101], more_follows=True)).status_code == 202
    assert Submission.objects.get().attachments.count() == 101
    assert phone.post(body(filled(), files)).status_code == 400


def test_names_of_files_lead_nowhere_and_two_of_a_name_are_both_kept(phone: Phone, site: Path) -> None:
    names = ["../../etc/passwd", "C:\\photos\\a.jpg", "a.jpg", "a.jpg", ".", "ñandú.jpg", "x" * 300 + ".jpg"]
    data = body(filled(), tuple((name, b"file %d" % n) for n, name in enumerate(names)))
    assert phone.post(data.replace(b"C:\\photos", b"C:\\\\photos")).status_code == 201
    kept = list(Attachment.objects.order_by("pk").values_list("name", flat=True))
    assert kept == ["passwd", "a.jpg", "a.jpg", "a.jpg", "file", "ñandú.jpg", "x" * 196 + ".jpg"]
    assert len(list((site / "raw").iterdir())) == len(names)


# --- when nothing can be stored ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", [OperationalError("disk I/O error"), OSError(28, "No space left on device")])
def test_nothing_is_acknowledged_that_cannot_be_stored(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def failing(*_given: Any, **_more: Any) -> None:
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "_stored", failing)
        answer = phone.send(filled())
        assert answer.status_code == 503
        assert re.fullmatch(r"\d+", answer["Retry-After"])
        assert "not lost" in message(answer)
    assert Submission.objects.count() == 0
    assert phone.send(filled()).status_code == 201


def test_a_full_disk_leaves_neither_row_nor_half_a_file(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, site: Path
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert phone.send(filled(), ("a.jpg", png())).status_code == 503
    assert Submission.objects.count() == 0
    assert list((site / "raw").iterdir()) == []
