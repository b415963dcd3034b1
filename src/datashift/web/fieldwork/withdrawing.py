"""Whoever answered can take the answer back, with the number on a receipt, without a name.

Who makes tables or data sets of submissions asks `withdrawn_since` before each use, and takes these out: a submission
that was withdrawn has no content any more, so what is made anew is right by itself.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from datashift.web.fieldwork.codes import DIGITS, digest, digits_of, fits, in_fours
from datashift.web.fieldwork.erasing import erase
from datashift.web.fieldwork.linking import refresh
from datashift.web.fieldwork.models import Form, Submission
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import User
from datashift.web.people.services import record


def give_receipt(submission: Submission) -> str:
    """Return the number by which this submission can be withdrawn; only its digest is kept.

    It is the same each time: who sends again because the reply was lost gets the number that was lost. It follows from
    the id of the submission and the key of the site, so nobody else can work it out.
    """
    first = submission.first or submission
    code = _code(first)
    if first.receipt is None and first.withdrawn is None:
        first.receipt = digest(code)
        first.save(update_fields=["receipt"])
    return in_fours(code)


def withdraw(code: str) -> int:
    """Withdraw the submission of a receipt; return how many contents of it were deleted. A number that is none changes
    nothing, and whoever asks cannot tell one from the other.
    """
    found = Submission.objects.filter(receipt=digest(digits_of(code))).first()
    return 0 if found is None else withdraw_submission(submission=found, by=None)


def withdraw_submission(*, submission: Submission, by: User | None) -> int:
    """Withdraw a submission with all that belongs to it: other contents of its id, what it replaces, and its edits.

    Its answers and files are deleted. That it came stays known, so that nothing of it comes back from a phone.
    """
    with transaction.atomic():
        taken = [one for one in family(submission) if one.withdrawn is None]
        if not taken:
            return 0
        form = submission.form
        record("submission-withdrawn", f"form:{form.pk}", by=by, organisation=form.organisation, count=len(taken))
        enqueue("gather", str(form.pk))  # takes them out of the data set that was made of them, where there is one
        count = erase(taken, withdrawn=timezone.now(), outcome="")
        refresh(one.unit_id for one in taken)
        return count


def family(submission: Submission) -> list[Submission]:
    """Return a submission with every other one that tells of the same answers."""
    found: dict[int, Submission] = {}
    waiting = [submission]
    while waiting:
        one = waiting.pop()
        if one.pk in found:
            continue
        found[one.pk] = one
        waiting += Submission.objects.filter(
            Q(first=one) | Q(replaces=one) | Q(pk__in=[key for key in (one.first_id, one.replaces_id) if key])
        )
    return list(found.values())


def gone(form: Form, instance_id: str, deprecated_id: str = "") -> Submission | None:
    """Return the bare row where what comes under this id must not be stored: it was withdrawn, or its time was over.

    An edit of what was withdrawn is not stored either. The phone is told that all is well: it did its part.
    """
    ids = {instance_id, deprecated_id} - {""}
    # Not ordered by the database: SQLite would walk through every answer of the form in that order.
    found = sorted(Submission.objects.filter(form=form, instance_id__in=ids), key=lambda one: one.pk)
    over = (one for one in found if one.withdrawn or (one.erased and one.instance_id == instance_id))
    return next(over, None)


def withdrawn_since(form: Form, moment: datetime | None = None) -> QuerySet[Submission]:
    """Return the submissions of a form that were withdrawn after a moment (None: ever), the first one first.

    What was made of them earlier (an export, a data set) still holds them: take the rows with these `instance_id` out.
    """
    found = Submission.objects.filter(form=form, withdrawn__isnull=False)
    return (found if moment is None else found.filter(withdrawn__gt=moment)).order_by("withdrawn", "pk")


def _code(submission: Submission) -> str:
    told = f"{submission.form_id}\n{submission.instance_id}"
    number = int.from_bytes(salted_hmac("datashift.submission-receipt", told, algorithm="sha256").digest(), "big")
    drawn = f"{number % 10 ** (DIGITS - 1):0{DIGITS - 1}}"
    return next(code for last in range(10) if fits(code := f"{drawn}{last}"))
