"""One answer at the desk: what it says, what was corrected and said about it, its files, and others under its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from datashift.errors import InputError
from datashift.language import _
from datashift.web.fieldwork import checked, deciding, desk, saying
from datashift.web.fieldwork.links import holder
from datashift.web.fieldwork.models import Submission
from datashift.web.fieldwork.parted import given
from datashift.web.fieldwork.views.access import person, the_form
from datashift.web.fieldwork.views.desk import ACT, words
from datashift.web.fieldwork.views.fill import for_all
from datashift.web.fieldwork.withdrawing import withdraw_submission
from datashift.web.people.roles import may, needs

View = Callable[..., HttpResponse]
plays: Callable[[View], View] = csp_update({"media-src": [SELF]})
"""Lets a page play the films and sounds of this site."""


def the_answer(request: HttpRequest, key: UUID, number: int) -> Submission:
    """Return a submission of a form that this person may see; for all others there is none."""
    form = the_form(request, key, ACT)
    found = form.submissions.select_related("enumerator", "version", "content", "unit", "replaces", "first")
    one = found.filter(pk=number).first()
    if one is None:
        raise Http404
    one.form = form
    return one


@require_safe
@needs(ACT)
@plays
def answer(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Show one answer with all that is known of it."""
    one = the_answer(request, key, number)
    whole = one.withdrawn is None and one.erased is None
    before, after = desk.neighbours(one)
    look = checked.last_look(one.form)
    files = [(file, saying.shown(one.form, file)) for file in one.attachments.all()]
    facts = {
        "form": one.form, "one": one, "whole": whole, "states": words(), "lines": saying.lines(one) if whole else [],
        "others": _others(one), "edits": list(one.edited_by.order_by("pk")), "before": before, "after": after,
        "remarks": one.remarks.select_related("by"), "taking": saying.taking(one) if whole else None, "files": files,
        "findings": [found for found in look.part("findings") if one.pk in found["rows"]],
        "suspect": may(request.user, "see-interviewers", one.form.organisation)
        and any(found["key"] == one.pk for found in look.part("interviews")),
    }  # fmt: skip
    return render(request, "fieldwork/desk_answer.html", facts)


def _others(one: Submission) -> list[tuple[Submission, list[saying.Beside]]]:
    """Return what came under the same id with other content, question by question."""
    same = Submission.objects.filter(form=one.form, instance_id=one.instance_id, withdrawn=None, erased=None)
    found = sorted(same.select_related("form", "version", "content"), key=lambda other: other.pk)
    return [(other, saying.beside(one, other)) for other in found if other.pk != one.pk]


@require_POST
@needs(ACT)
def correct(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Correct one answer."""
    one = the_answer(request, key, number)
    after = " ".join(request.POST.getlist("after"))
    try:
        deciding.correct(
            submission=one, place=request.POST.get("place", "")[:400], after=after, why=request.POST.get("why", ""),
            by=person(request),
        )  # fmt: skip
    except InputError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Corrected. What stood there before is kept beside it."))
    return redirect("form-answer", one.form.pk, one.pk)


@require_POST
@needs(ACT)
def remark(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Say something about an answer."""
    one = the_answer(request, key, number)
    try:
        deciding.remark(
            submission=one, text=request.POST.get("text", ""), by=person(request),
            for_enumerator=request.POST.get("tell") == "1",
        )  # fmt: skip
    except InputError as problem:
        messages.error(request, str(problem))
    return redirect("form-answer", one.form.pk, one.pk)


@require_POST
@needs(ACT)
def withdraw(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Delete what an answer says, because whoever answered asked for that."""
    one = the_answer(request, key, number)
    if request.POST.get("sure") != "1":
        messages.error(request, _("Tick the box first. What is deleted cannot be brought back."))
        return redirect("form-answer", one.form.pk, one.pk)
    withdraw_submission(submission=one, by=person(request))
    messages.success(request, _("The answers and their files are deleted. That they came stays known."))
    return redirect("form-answer", one.form.pk, one.pk)


@require_safe
@needs(ACT)
def attachment(request: HttpRequest, key: UUID, number: int, file: int) -> HttpResponse:
    """Give out a file of an answer: a picture, a sound or a film to be shown, everything else to be taken away."""
    one = the_answer(request, key, number)
    found = one.attachments.filter(pk=file).first()
    shown = saying.shown(one.form, found) if found else None
    if shown is None or one.withdrawn or one.erased:
        raise Http404
    path, name = settings.HOME / "raw" / shown.file.sha256, shown.file.name
    response = given(request, path, shown.kind or "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not shown.kind, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return cast(HttpResponse, response)


@require_POST
@for_all
def reply(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Let an enumerator answer what was said about a submission of hers."""
    enumerator = holder(token)
    found = Submission.objects.select_related("form__organisation").filter(pk=number, enumerator=enumerator).first()
    if enumerator is None or found is None:
        raise Http404
    try:
        deciding.reply(enumerator=enumerator, submission=found, text=request.POST.get("text", ""))
    except InputError as problem:
        return render(request, "fieldwork/fill_reply.html", {"problem": problem, "token": token}, status=400)
    return redirect("fill", token)
