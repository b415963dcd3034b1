"""The job `retain_answers`: answers whose time is over are deleted, and what was begun and never sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from datashift.language import N_
from datashift.web.fieldwork.erasing import erase, finish, forget_file
from datashift.web.fieldwork.models import Conversation, Draft, Form, Stray, Submission
from datashift.web.jobs.services import Progress
from datashift.web.people.services import record

DELETING = N_("deleting answers whose time is over")
DRAFT_DAYS = 30
CONVERSATION_DAYS = 7
_AT_A_TIME = 500


def retain_answers(subject: str, progress: Progress) -> None:
    """Delete what was kept for as long as its form promised, reckoned from the start of the day `subject` (UTC).

    Of a submission it stays known that it came, and by which id. Drafts go 30 days after somebody last wrote in them,
    conversations after 7. Done twice, or again after it was cut off, it is the same.
    """
    progress(DELETING)
    today = datetime.combine(date.fromisoformat(subject) if subject else timezone.now().date(), time(), UTC)
    finish()
    for form in Form.objects.exclude(keep_days=None).select_related("organisation"):
        _of_form(form, today - timedelta(days=form.keep_days or 0))
    Draft.objects.filter(changed__lt=today - timedelta(days=DRAFT_DAYS)).delete()
    Conversation.objects.filter(changed__lt=today - timedelta(days=CONVERSATION_DAYS)).delete()


def _of_form(form: Form, before: datetime) -> None:
    _strays(form, before)
    count = 0
    while some := Submission.objects.filter(form=form, arrived__lt=before, erased=None)[:_AT_A_TIME]:
        count += erase(list(some), erased=timezone.now())
    if count:
        record("answers-erased", f"form:{form.pk}", by=None, organisation=form.organisation, count=count,
               keep_days=form.keep_days)  # fmt: skip


def _strays(form: Form, before: datetime) -> None:
    """Delete what came for this form and was never taken in: the promise is the same."""
    for one in Stray.objects.filter(organisation=form.organisation_id, form_id=form.form_id, arrived__lt=before):
        for file in one.attachments:
            forget_file(file["sha256"], but=one)
        one.delete()
