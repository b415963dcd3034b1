"""Answers are deleted when their time is over or when they are withdrawn, with their files, and do not come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from protected_forms import protected

from datashift.web.collection.models import Upload
from datashift.web.dashboard.withdrawing import by_receipt
from datashift.web.fieldwork import erasing
from datashift.web.fieldwork.codes import DIGITS, fits
from datashift.web.fieldwork.kept import kept
from datashift.web.fieldwork.models import (
    Attachment,
    Content,
    Conversation,
    Correction,
    Draft,
    Form,
    Gateway,
    Remark,
    Stray,
    Submission,
)
from datashift.web.fieldwork.retaining import retain_answers
from datashift.web.fieldwork.withdrawing import (
    family,
    give_receipt,
    gone,
    withdraw,
    withdraw_submission,
    withdrawn_since,
)
from datashift.web.people.models import Event, Organisation, User
from datashift.web.serving import DAILY, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return protected(organisation, keep_days=30)[0]


def sent(form: Form, identity: str, days: float = 0, file: bytes = b"", **said: object) -> Submission:
    """A submission that came some days ago, with a file."""
    made = Submission.objects.create(
        form=form, instance_id=identity, digest=identity, arrived=timezone.now() - timedelta(days=days), latitude=1.5,
        longitude=2.5, language="sw", **said,
    )  # fmt: skip
    Content.objects.create(submission=made, xml=b"xml of Wanjiku", answers='{"house/name": "Wanjiku"}')
    Correction.objects.create(submission=made, path="house/name", before="Wanjiku", after="Wanjiku O.", why="typing")
    Remark.objects.create(submission=made, text="Ask Wanjiku again")
    if file:
        Attachment.objects.create(submission=made, name="a.jpg", sha256=kept(file), size=len(file))
    return made


def files(site: Path) -> set[str]:
    return {path.name for path in (site / "raw").glob("*")} if (site / "raw").exists() else set()


def test_the_job_is_done_every_day() -> None:
    assert "retain_answers" in DAILY
    assert "retain_answers" in kinds()


def test_what_is_older_than_promised_goes_with_its_files_and_the_rest_stays(form: Form, site: Path) -> None:
    old, young = sent(form, "uuid:1", 32, b"old picture"), sent(form, "uuid:2", 29, b"young picture")
    retain_answers("", lambda _stage: None)
    old.refresh_from_db()
    assert old.erased is not None
    assert (old.latitude, old.longitude, old.language, old.receipt) == (None, None, "", None)
    assert (old.instance_id, old.digest) == ("uuid:1", "uuid:1")
    assert list(Content.objects.values_list("submission", flat=True)) == [young.pk]
    for kind in (Correction, Remark, Attachment):
        assert list(kind.objects.values_list("submission", flat=True)) == [young.pk]
    assert files(site) == {young.attachments.get().sha256}
    assert gone(form, "uuid:1") == old
    assert gone(form, "uuid:2") is None
    assert Event.objects.get(verb="answers-erased").facts == {"count": 1, "keep_days": 30}
    retain_answers("", lambda _stage: None)
    assert Event.objects.filter(verb="answers-erased").count() == 1


def test_a_form_that_promised_nothing_keeps_everything(form: Form) -> None:
    form.keep_days = None
    form.save()
    sent(form, "uuid:1", 3000)
    retain_answers("", lambda _stage: None)
    assert Content.objects.count() == 1


def test_a_file_that_another_row_names_stays(form: Form, organisation: Organisation, site: Path) -> None:
    old, young = sent(form, "uuid:1", 32, b"shared"), sent(form, "uuid:2", 1, b"shared")
    retain_answers("", lambda _stage: None)
    assert files(site) == {young.attachments.get().sha256}
    Upload.objects.create(organisation=organisation, sha256=kept(b"shared"), name="a.jpg", size=6)
    withdraw_submission(submission=young, by=None)
    assert len(files(site)) == 1
    assert not Attachment.objects.exists()
    assert old.pk


@pytest.mark.parametrize("step", ["unlink", "row"])
def test_killed_half_way_it_is_finished_the_next_time(
    form: Form, site: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for number in range(3):
        sent(form, f"uuid:{number}", 40, f"picture {number}".encode())

    class Killed(BaseException):
        pass

    def dies(*_said: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(*((erasing, "forget_file") if step == "unlink" else (Attachment, "delete")), dies)
        with pytest.raises(Killed):
            retain_answers("", lambda _stage: None)
    assert not Content.objects.exists()  # nothing half: what is said goes as a whole
    assert Attachment.objects.count() == 3  # what is left is still named
    retain_answers("", lambda _stage: None)
    assert not Attachment.objects.exists()
    assert files(site) == set()


def test_strays_of_the_form_go_too(form: Form, organisation: Organisation, site: Path) -> None:
    sha256 = kept(b"a stray picture")
    for days, identity in ((40, "uuid:1"), (1, "uuid:2")):
        Stray.objects.create(
            organisation=organisation, form_id="homes", instance_id=identity, digest=identity, xml=b"x",
            attachments=[{"name": "a", "sha256": sha256, "size": 1, "removed": []}],
            arrived=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    retain_answers("", lambda _stage: None)
    assert Stray.objects.get().instance_id == "uuid:2"
    assert files(site) == {sha256}


def test_what_was_begun_and_never_sent_goes(form: Form, organisation: Organisation) -> None:
    version = form.versions.get()
    gateway = Gateway.objects.create(organisation=organisation, kind="x", form=form, digest="1")
    for days in (1, 6, 8, 29, 31):
        then = timezone.now() - timedelta(days=days)
        draft = Draft.objects.create(digest=str(days), version=version, state="s")
        talk = Conversation.objects.create(gateway=gateway, version=version, person=str(days), state="s")
        Draft.objects.filter(pk=draft.pk).update(changed=then)
        Conversation.objects.filter(pk=talk.pk).update(changed=then)
    retain_answers("", lambda _stage: None)
    assert sorted(int(one.digest) for one in Draft.objects.all()) == [1, 6, 8, 29]
    assert sorted(int(one.person) for one in Conversation.objects.all()) == [1, 6]


# --- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_receipt_is_a_number_with_a_check_and_only_its_digest_is_kept(form: Form) -> None:
    one = sent(form, "uuid:1")
    code = give_receipt(one)
    assert len(code.replace(" ", "")) == DIGITS
    assert fits(code)
    assert give_receipt(Submission.objects.get()) == code  # the reply may have been lost
    assert give_receipt(sent(form, "uuid:2")) != code
    kept_text = str(list(Submission.objects.values()))
    assert code not in kept_text
    assert code.replace(" ", "") not in kept_text


def test_a_receipt_withdraws_the_submission_with_its_files(form: Form, site: Path) -> None:
    one, other = sent(form, "uuid:1", file=b"mine"), sent(form, "uuid:2", file=b"yours")
    code = give_receipt(one)
    for wrong in ("", "1234", code[:-1], code[:-1] + str((int(code[-1]) + 1) % 10), "x" * 40):
        assert withdraw(wrong) == 0
    devanagari = code.translate({ord("0") + digit: chr(0x966 + digit) for digit in range(10)})
    before = timezone.now()
    by_receipt(devanagari)  # what the public page calls
    one.refresh_from_db()
    assert one.withdrawn is not None
    assert one.withdrawn >= before
    assert not Content.objects.filter(submission=one).exists()
    assert files(site) == {other.attachments.get().sha256}
    assert gone(form, "uuid:1") == one
    assert withdraw(code) == 0  # the number is good once
    assert [row.instance_id for row in withdrawn_since(form)] == ["uuid:1"]
    assert list(withdrawn_since(form, timezone.now())) == []
    event = Event.objects.get(verb="submission-withdrawn")
    assert event.actor is None
    assert event.facts == {"count": 1}
    assert "uuid" not in event.subject


def test_other_contents_and_edits_are_withdrawn_with_it_and_an_edit_that_comes_later_is_not_stored(form: Form) -> None:
    first = sent(form, "uuid:1")
    other = Submission.objects.create(form=form, instance_id="uuid:1", digest="other", first=first)
    edit = sent(form, "uuid:3", replaces=first)
    newest = sent(form, "uuid:4", replaces=edit)
    stranger = sent(form, "uuid:9")
    assert {one.pk for one in family(other)} == {first.pk, other.pk, edit.pk, newest.pk}
    assert withdraw(give_receipt(other)) == 4
    assert gone(form, "uuid:5", deprecated_id="uuid:4") is not None
    assert gone(form, "uuid:9", deprecated_id="uuid:8") is None
    assert Content.objects.get().submission == stranger


def test_an_organisation_withdraws_without_a_number(form: Form, person: Callable[..., User]) -> None:
    by = person("supervisor", form.organisation)
    one = sent(form, "uuid:1")
    assert withdraw_submission(submission=one, by=by) == 1
    assert Event.objects.get(verb="submission-withdrawn").actor == by.pk


def test_deleted_words_are_not_left_in_the_file_of_the_database(form: Form, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("how PostgreSQL frees its pages is up to its VACUUM")
    sent(form, "uuid:1", 40)
    retain_answers("", lambda _stage: None)
    copy = sqlite3.connect(tmp_path / "copy.sqlite3")
    connection.connection.backup(copy)
    copy.close()
    assert b"Wanjiku" not in (tmp_path / "copy.sqlite3").read_bytes()
