"""What is decided at the desk: states, corrections, remarks, strays. Each act is one transaction and leaves a record.

What came in stays as it came: a correction is written beside it, with who, when and why.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from datashift.errors import BadDecision, BadXForm
from datashift.forms.xform import Instance, XForm
from datashift.sealed import is_sealed
from datashift.web.fieldwork import layouts, mapping
from datashift.web.fieldwork.answers import current, put
from datashift.web.fieldwork.coarsening import coarse_positions
from datashift.web.fieldwork.erasing import forget_file
from datashift.web.fieldwork.filling import around
from datashift.web.fieldwork.kept import File, fetched
from datashift.web.fieldwork.leaves import plain_path, under
from datashift.web.fieldwork.linking import refresh
from datashift.web.fieldwork.models import Correction, Enumerator, Form, Remark, Stray, Submission
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.saying import form_of, forms_own_position
from datashift.web.fieldwork.sealing import sealed_paths
from datashift.web.people.models import User
from datashift.web.people.services import record

State = Submission.State
MOST = 200
MOST_WHY, MOST_WORDS, MOST_ANSWER = 400, 2_000, 20_000


def decide(*, form: Form, keys: Iterable[int], state: str, by: User, why: str = "", tell: bool = False) -> int:
    """Put submissions of a form into a state; return how many changed.

    why: kept beside each as a remark, and with `tell` the enumerator reads it. Needed unless they are approved.
    Raises BadDecision; nothing is changed then.
    """
    wanted, why = sorted(set(keys)), _short(why, MOST_WHY)
    if not wanted:
        raise BadDecision("desk.none-chosen")
    if len(wanted) > MOST:
        raise BadDecision("desk.too-many", most=MOST)
    if state not in State.values:
        raise BadDecision("desk.no-state")
    if not why and state in (State.REJECTED, State.HAS_ISSUES):
        raise BadDecision("desk.no-reason")
    with transaction.atomic():
        found = list(_standing(form).filter(pk__in=wanted).exclude(state=state))
        Submission.objects.filter(pk__in=[one.pk for one in found]).update(state=state)
        refresh(one.unit_id for one in found)
        if why:
            Remark.objects.bulk_create(Remark(submission=one, by=by, text=why, for_enumerator=tell) for one in found)
        if found:
            _record("answers-decided", form, by, state=state, count=len(found))
    return len(found)


def correct(*, submission: Submission, place: str, after: str, why: str, by: User) -> Correction:
    """Correct one answer ("house/person[2]/name"); "" takes it out. What stood there is kept in the ledger.

    The new answer must fit the question, as far as its form can say; a position is made as coarse as the form promises.
    Raises BadDecision; nothing is changed then.
    """
    why, after = _short(why, MOST_WHY), _short(after, MOST_ANSWER)
    if not why:
        raise BadDecision("desk.no-reason")
    with transaction.atomic():
        one = _locked(submission)
        xform = form_of(one)
        before = _before(one, xform, place)
        after = str(coarse_positions(one.form, b"<data/>", {plain_path(place): after})[1].get(plain_path(place), after))
        if after == before:
            raise BadDecision("desk.same")
        if xform is not None:
            _require_fit(one, xform, place, after)
        made = Correction.objects.create(submission=one, path=place, before=before, after=after, why=why, by=by)
        if xform is not None and place == forms_own_position(one.form, xform):
            _move(one, after)
        _record("answer-corrected", one.form, by, submission=one.pk)
    return made


def remark(*, submission: Submission, text: str, by: User, for_enumerator: bool) -> Remark:
    """Say something about a submission: to its enumerator, or among supervisors. Raises BadDecision."""
    text = _words(text)
    with transaction.atomic():
        one = _locked(submission)
        made = Remark.objects.create(submission=one, by=by, text=text, for_enumerator=for_enumerator)
        _record("remark-made", one.form, by, submission=one.pk)
    return made


def asked_of(enumerator: Enumerator) -> QuerySet[Remark]:
    """Return what was said to an enumerator about answers that are not approved or rejected yet, the newest first."""
    open_ = (State.RECEIVED, State.HAS_ISSUES)
    found = Remark.objects.filter(submission__enumerator=enumerator, for_enumerator=True, by__isnull=False)
    found = found.filter(submission__state__in=open_, submission__withdrawn=None, submission__erased=None)
    return found.select_related("submission__form").order_by("-pk")


def reply(*, enumerator: Enumerator, submission: Submission, text: str) -> Remark:
    """Answer what was said about a submission of one's own. Raises BadDecision."""
    text = _words(text)
    with transaction.atomic():
        one = _locked(submission)
        if one.enumerator_id != enumerator.pk:
            raise BadDecision("desk.gone")
        return Remark.objects.create(submission=one, by=None, text=text, for_enumerator=True)


def adopt(*, stray: Stray, form: Form, by: User) -> Submission:
    """Give what belonged nowhere to a form, as if it came now; from there on it is a submission like every other.

    Raises BadDecision where the form belongs to somebody else or is a draft, and what `receive` raises.
    """
    if form.organisation_id != stray.organisation_id:
        raise BadDecision("desk.no-form")
    if form.state == Form.State.DRAFT:
        raise BadDecision("desk.still-stray")
    files = [File(one["name"], fetched(one["sha256"])) for one in stray.attachments]
    who = stray.enumerator
    with transaction.atomic():
        came = receive(
            stray.organisation, zlib.decompress(bytes(stray.xml)), files,
            enumerator=None if who and who.stopped else who, form=form,
        )  # fmt: skip
        if came.submission is None:
            raise BadDecision("desk.still-stray")
        if who and who.stopped:
            Submission.objects.filter(pk=came.submission.pk, enumerator=None).update(enumerator=who)
        _record("stray-adopted", form, by, submission=came.submission.pk)
        for one in stray.attachments:
            forget_file(one["sha256"], but=stray)
        stray.delete()
    return came.submission


# --- small parts ------------------------------------------------------------------------------------------------------


def _standing(form: Form) -> QuerySet[Submission]:
    return Submission.objects.select_for_update().filter(form=form, withdrawn=None, erased=None)


def _locked(submission: Submission) -> Submission:
    """Return a submission as it is now. Raises BadDecision where its answers were deleted."""
    found = _standing(submission.form).filter(pk=submission.pk).first()
    if found is None:
        raise BadDecision("desk.gone")
    found.form = submission.form
    return found


def _before(one: Submission, xform: XForm | None, place: str) -> str:
    """Return what stands at a place. Raises BadDecision where nothing can be corrected there."""
    if under(plain_path(place), sealed_paths(one.form)):
        raise BadDecision("desk.sealed")
    answers = current(one)
    marked = json.loads(json.dumps(answers))
    put(marked, place, "\0")
    if marked == answers or place.startswith("meta/"):
        raise BadDecision("desk.no-field")
    known = plain_path(place) in layouts.leaves(xform) if xform else True
    before = _read(answers, marked)
    if is_sealed(before):
        raise BadDecision("desk.sealed")
    if not known:
        raise BadDecision("desk.no-field")
    return before


def _read(answers: object, marked: object) -> str:
    """Return the text in `answers` that is marked in the other."""
    if isinstance(answers, dict) and isinstance(marked, dict):
        name = next(key for key, value in marked.items() if answers.get(key) != value)
        return _read(answers.get(name, ""), marked[name])
    if isinstance(answers, list) and isinstance(marked, list):
        return next(_read(a, b) for a, b in zip(answers, marked, strict=True) if a != b)
    return str(answers)


def _require_fit(one: Submission, xform: XForm, place: str, after: str) -> None:
    """Hold an answer against the type and the rules of its question, with the others as they stand."""
    path = f"{xform.root}/{place}"
    try:
        filled = Instance.of_draft(xform, zlib.decompress(bytes(one.content.xml)), **around(one.form))
        for made in one.corrections.order_by("pk"):
            filled.answer(f"{xform.root}/{made.path}", made.after)
        filled.answer(path, after)
        fault = filled.fault(path)
    except BadXForm as problem:
        raise BadDecision("desk.no-field") from problem
    if fault is not None and after:
        raise BadDecision("desk.does-not-fit", why=fault.text)


def _move(one: Submission, text: str) -> None:
    parts = text.split()
    mapping.forget([one.pk])
    there = (float(parts[0]), float(parts[1])) if len(parts) > 1 else (None, None)
    Submission.objects.filter(pk=one.pk).update(latitude=there[0], longitude=there[1])
    mapping.remember([one.pk])


def _short(text: str, most: int) -> str:
    text = text.replace("\0", "").strip()
    if len(text) > most:
        raise BadDecision("desk.too-long", most=most)
    return text


def _words(text: str) -> str:
    text = _short(text, MOST_WORDS)
    if not text:
        raise BadDecision("desk.no-words")
    return text


def _record(verb: str, form: Form, by: User, **facts: object) -> None:
    record(verb, f"form:{form.pk}", by=by, organisation=form.organisation, **facts)
