"""Submissions as they arrive: each is on the disk before it is acknowledged, once, whatever is sent how often."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Literal, NamedTuple

from django.db import IntegrityError, connection, transaction

from datashift.errors import NotKept
from datashift.web.fieldwork import answers, checked, sealing
from datashift.web.fieldwork.answers import Heading, Taken
from datashift.web.fieldwork.attaching import Lying, attach, laid_down
from datashift.web.fieldwork.kept import File
from datashift.web.fieldwork.linking import link, refresh
from datashift.web.fieldwork.models import Content, Enumerator, Form, FormVersion, Stray, Submission
from datashift.web.fieldwork.withdrawing import give_receipt, gone
from datashift.web.people.models import Organisation

State = Literal["new", "repeat", "other-content", "stray"]
_RACES = 5
_TURNS = threading.Lock()


class Received(NamedTuple):
    """What became of something that was sent. All of it is on the disk.

    `receipt` is the number by which whoever answered can withdraw; None where an interviewer sent it.
    """

    submission: Submission | None
    stray: Stray | None
    state: State
    receipt: str | None


class _Coming(NamedTuple):
    """Who sends, and how."""

    organisation: Organisation
    enumerator: Enumerator | None
    channel: str
    complete: bool


class _Ready(NamedTuple):
    """Everything that can be made before the database is held."""

    form: Form
    version: FormVersion | None
    taken: Taken
    xml: bytes
    answers: str
    files: list[Lying]


def receive(  # noqa: PLR0913 - who, what, and how it came are three things
    organisation: Organisation,
    xml: bytes,
    files: Iterable[File] = (),
    *,
    enumerator: Enumerator | None = None,
    channel: str = Submission.Channel.OPENROSA,
    complete: bool = True,
    form: Form | None = None,
) -> Received:
    """Keep a filled-in form and its files, and say what became of it.

    When this returns, everything is flushed to the disk (inside a transaction of the caller: when that one ends). The
    same bytes again are a repeat, and files that came since are added. Other content under the same id is kept beside
    the first. What belongs to no form that was published, or comes from somebody who was stopped, is kept apart.

    Parameters: `complete` is False where the sender says that more files follow; `form` where it is known already.
    Raises BadSubmission where this is no submission; OSError, django.db.Error and NotKept where it cannot be stored,
    BadProtection where the form seals and has no key: then nothing is stored.
    """
    coming = _Coming(organisation, enumerator, channel, complete)
    called = answers.heading(xml)
    found = form or Form.objects.filter(organisation=organisation, form_id=called.form_id).first()
    if found is None or found.state == Form.State.DRAFT or (enumerator and enumerator.stopped):
        return _stray(coming, found, called, xml, files)
    if over := _over(coming, found, called):
        return over
    version = _version(found, called)
    taken = answers.taken(found, version or _latest(found), xml)
    told = json.dumps(taken.answers, ensure_ascii=False)
    ready = _Ready(found, version, taken, zlib.compress(taken.xml), told, list(laid_down(files, found, taken)))
    received = _in_turn(lambda: _stored(coming, ready))
    checked.arrived(found.pk)
    return received


def _in_turn(act: Callable[[], Received]) -> Received:
    """Act in one transaction. Where another thread was quicker with the same, what it wrote is found the next time.

    SQLite lets one write at a time, and the others sleep and ask again: with many phones some would sleep for seconds.
    """
    with _TURNS if connection.vendor == "sqlite" else nullcontext():
        for _race in range(_RACES):
            try:
                with transaction.atomic():
                    return act()
            except IntegrityError:
                continue
    raise NotKept("submission.not-kept")


def _version(form: Form, called: Heading) -> FormVersion | None:
    known = FormVersion.objects.filter(form=form, version=called.said_version, published__isnull=False)
    return known.defer("xform").first()


def _latest(form: Form) -> FormVersion | None:
    return FormVersion.objects.filter(form=form).defer("xform").order_by("published", "number").last()


# --- submissions ------------------------------------------------------------------------------------------------------


def _stored(coming: _Coming, ready: _Ready) -> Received:
    called, digest = ready.taken.heading, ready.taken.digest
    known = Submission.objects.select_for_update().filter(form=ready.form, instance_id=called.instance_id)
    earlier = sorted(known, key=_by_key)  # not by the database: SQLite would walk through every answer of the form
    if (earlier or called.deprecated_id) and (over := _over(coming, ready.form, called)):  # withdrawn just now
        return over
    same = next((one for one in earlier if one.digest == digest), None) or _protected_since(ready, earlier)
    first = next((one for one in earlier if one.first_id is None), None)
    submission = same or _new(coming, ready, first)
    if same is None or ready.files:
        there = attach(submission, ready.files, new=same is None)
        _note(submission, complete=ready.taken.files <= there if ready.taken.files else coming.complete)
    elif not ready.taken.files:
        _note(submission, complete=coming.complete)
    state: State = "repeat" if same else "other-content" if first else "new"
    return Received(submission, None, state, _receipt(submission, coming.channel))


def _protected_since(ready: _Ready, earlier: list[Submission]) -> Submission | None:
    """Find what came before the form was protected otherwise: since then the same has another digest."""
    if not earlier or not (ready.form.sealed or ready.form.coarse):
        return None
    told = Content.objects.filter(submission__in=earlier).select_related("submission").order_by("pk")
    came = ((one.submission, zlib.decompress(one.xml)) for one in told)
    return next((one for one, xml in came if sealing.says_the_same(ready.form, xml, ready.taken.xml)), None)


def _over(coming: _Coming, form: Form, called: Heading) -> Received | None:
    """Nothing is stored of what was withdrawn. Whoever sends it again is told what is told of every repeat."""
    withdrawn = gone(form, called.instance_id, called.deprecated_id)
    return Received(withdrawn, None, "repeat", _receipt(withdrawn, coming.channel)) if withdrawn else None


def _receipt(submission: Submission, channel: str) -> str | None:
    return None if channel == Submission.Channel.OPENROSA else give_receipt(submission)


def _new(coming: _Coming, ready: _Ready, first: Submission | None) -> Submission:
    taken, called = ready.taken, ready.taken.heading
    made = Submission.objects.create(
        form=ready.form, version=ready.version, said_version=called.said_version, instance_id=called.instance_id,
        digest=taken.digest, first=first, replaces=_replaced(ready.form, called), enumerator=coming.enumerator,
        channel=coming.channel, started=taken.started, ended=taken.ended, latitude=taken.latitude,
        longitude=taken.longitude, language=taken.language, edits=called.deprecated_id or None,
    )  # fmt: skip
    Content.objects.create(submission=made, xml=ready.xml, answers=ready.answers)
    link(made, taken.answers)
    if first is None:  # an edit may arrive before what it takes the place of
        waiting = Submission.objects.filter(form=ready.form, edits=called.instance_id, replaces=None)
        waiting.exclude(pk=made.pk).update(replaces=made)
    refresh([made.unit_id, made.replaces.unit_id if made.replaces else None])
    return made


def _replaced(form: Form, called: Heading) -> Submission | None:
    if not called.deprecated_id:
        return None
    return max(Submission.objects.filter(form=form, instance_id=called.deprecated_id), key=_by_key, default=None)


def _by_key(one: Submission) -> int:
    return one.pk


def _note(submission: Submission, *, complete: bool) -> None:
    """Note whether every file that a submission names is here."""
    if complete != submission.complete:
        submission.complete = complete
        submission.save(update_fields=["complete"])


# --- strays -----------------------------------------------------------------------------------------------------------


def _stray(coming: _Coming, form: Form | None, called: Heading, xml: bytes, files: Iterable[File]) -> Received:
    """Keep apart what belongs nowhere; where its form is known, as that form protects it."""
    taken = answers.taken(form, _latest(form), xml) if form else None
    digest, safe = answers.recognised(form, xml), taken.xml if taken else xml
    lying = list(laid_down(files, form, taken))
    return _in_turn(lambda: Received(None, _kept_apart(coming, called, digest, safe, lying), "stray", None))


def _kept_apart(coming: _Coming, called: Heading, digest: str, xml: bytes, lying: list[Lying]) -> Stray:
    same = Stray.objects.select_for_update().filter(organisation=coming.organisation, digest=digest).first()
    stray = same or Stray(
        organisation=coming.organisation, enumerator=coming.enumerator, form_id=called.form_id, digest=digest,
        said_version=called.said_version, instance_id=called.instance_id, xml=zlib.compress(xml),
    )  # fmt: skip
    there = {(one["name"], one["sha256"]) for one in stray.attachments}
    stray.attachments += [one._asdict() for one in lying if (one.name, one.sha256) not in there]
    stray.save()
    return stray
