"""A form that promises more keeps the promise for what was here before, too."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from protected_forms import ANSWERS, LATITUDE, LONGITUDE, homes, protected

from datashift import sealed
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.deciding import correct
from datashift.web.fieldwork.erasing import finish
from datashift.web.fieldwork.kept import File, fetched
from datashift.web.fieldwork.mapping import Window, cells
from datashift.web.fieldwork.models import Attachment, Content, Correction, Form, Stray, Submission
from datashift.web.fieldwork.protecting import Asked, make_key, protect
from datashift.web.fieldwork.protecting_answers import protect_answers
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.withdrawing import withdraw_submission
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = "1700000000000.jpg"
AUDIT = b"event,node,start,end,old-value,new-value\nquestion,/data/house/name,1,2,,Wanjiku Otieno\n"
SECRETS = (*ANSWERS.values(), LATITUDE, LONGITUDE, "Wanjiku", "the door")


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def form(organisation: Organisation, producer: User) -> Form:
    """A form without any promise that took in an answer with two files, which was corrected, and a stray."""
    form = protected(organisation)[0]
    files = [File(PICTURE, b"a film of the door"), File("audit.csv", AUDIT)]
    came = receive(organisation, homes(), files).submission
    assert came
    correct(submission=came, place="house/name", after="Wanjiku K", why="misheard", by=producer)
    Form.objects.update(state=Form.State.DRAFT)
    assert receive(organisation, homes("uuid:2"), files).stray
    Form.objects.update(state=Form.State.PUBLISHED)
    return form


def promise(form: Form, by: User, metres: int | None = 1000) -> X25519PrivateKey:
    """Seal name, phone and photo, and make positions coarse; return the private key."""
    key, file = make_key(organisation=form.organisation, by=by)
    asked = Asked(["house/name", "person/phone", "photo"], metres, None, {}, key, file.strip()[-4:])
    protect(form=form, asked=asked, by=by)
    return sealed.read_key(file)


def everything(home: Path) -> str:
    """All that the store tells of answers, as text."""
    told = [zlib.decompress(one.xml) + one.answers.encode() for one in Content.objects.all()]
    told += [str(list(model.objects.values())).encode() for model in (Correction, Attachment, Submission, Event)]
    told += [zlib.decompress(one.xml) + json.dumps(one.attachments).encode() for one in Stray.objects.all()]
    told += [path.read_bytes() for path in (home / "raw").glob("*") if path.is_file()]
    return b"\n".join(told).decode("utf-8", "replace")


def now(_said: str) -> None:
    """Nobody looks."""


def test_to_promise_more_asks_for_the_answers_that_are_here_and_to_promise_as_much_does_not(
    form: Form, producer: User
) -> None:
    promise(form, producer)
    asked = Job.objects.filter(kind="protect_answers", subject=str(form.pk))
    assert asked.count() == 1
    asked.delete()
    form.refresh_from_db()
    same = Asked(form.sealed, 1000, 30, {})
    protect(form=form, asked=same, by=producer)
    assert not asked.exists()


def test_nothing_of_what_is_promised_is_left_in_plain_words_anywhere(
    form: Form, producer: User, own_home: Path
) -> None:
    before = everything(own_home)
    assert all(secret in before for secret in SECRETS)
    private = promise(form, producer)
    protect_answers(str(form.pk), now)
    after = everything(own_home)
    assert [secret for secret in SECRETS if secret in after] == []
    assert "well &amp; tap" in after
    one = Submission.objects.get()
    told = current(one)
    assert sealed.unseal(told["house/name"], private) == "Wanjiku K"
    assert sealed.unseal(json.loads(one.content.answers)["house/name"], private) == "Wanjiku Otieno"
    assert sealed.unseal(told["person"][1]["person/phone"], private) == "0733 999 888"
    assert told["person"][1]["person/age"] == "4"
    said = Event.objects.filter(verb="answers-protected").get()
    assert said.facts["count"] == 1


def test_files_of_sealed_questions_are_sealed_and_opened_by_the_key_alone(form: Form, producer: User) -> None:
    private = promise(form, producer)
    protect_answers(str(form.pk), now)
    names = {one.name: one for one in Attachment.objects.all()}
    assert set(names) == {"audit.csv", next(name for name in names if name.startswith("sealed-"))}
    assert fetched(names.pop("audit.csv").sha256).splitlines()[1] == b"question,/data/house/name,1,2,,"
    opened = sealed.unseal_file(fetched(names.popitem()[1].sha256), private)
    assert PICTURE in str(opened)
    assert b"a film of the door" in opened


def test_a_repeat_after_that_is_known_and_adds_nothing(form: Form, producer: User, organisation: Organisation) -> None:
    promise(form, producer)
    protect_answers(str(form.pk), now)
    files = list(Attachment.objects.values_list("name", "sha256"))
    again = receive(organisation, homes(), [File(PICTURE, b"a film of the door"), File("audit.csv", AUDIT)])
    assert again.state == "repeat"
    assert Submission.objects.count() == 1
    assert list(Attachment.objects.values_list("name", "sha256")) == files


def test_done_twice_it_is_the_same(form: Form, producer: User, own_home: Path) -> None:
    promise(form, producer)
    protect_answers(str(form.pk), now)
    before = everything(own_home)
    protect_answers(str(form.pk), now)
    assert everything(own_home) == before


def test_the_map_shows_the_square_and_no_longer_the_place(form: Form, producer: User) -> None:
    window = Window(float(LATITUDE), float(LONGITUDE), -3)
    assert sum(cell.answers for cell in cells(form, window)) == 1
    promise(form, producer, metres=50_000)
    protect_answers(str(form.pk), now)
    one = Submission.objects.get()
    assert one.latitude is not None
    assert abs(one.latitude - float(LATITUDE)) > 0.01


def test_what_was_withdrawn_stays_empty(form: Form, producer: User) -> None:
    withdraw_submission(submission=Submission.objects.get(), by=producer)
    finish()
    promise(form, producer)
    protect_answers(str(form.pk), now)
    assert not Content.objects.exists()
    assert not Attachment.objects.exists()
