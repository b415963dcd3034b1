"""The desk: the table of answers that came in, decisions on many, progress, strays, and files to take away."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.errors import DataShiftError, InputError
from datashift.language import N_, _
from datashift.web.fieldwork import checked, comparing, deciding, desk, exports, saying
from datashift.web.fieldwork.models import BackCheck, Enumerator, Form, Stray, Submission
from datashift.web.fieldwork.views.access import forms_in_reach, person, the_form
from datashift.web.jobs.services import enqueue
from datashift.web.people.roles import may, needs
from datashift.web.people.services import record

ACT = "fieldwork"
STATES = {
    Submission.State.RECEIVED: N_("received"),
    Submission.State.HAS_ISSUES: N_("has issues"),
    Submission.State.APPROVED: N_("approved"),
    Submission.State.REJECTED: N_("rejected"),
}
SHARES = (5, 10, 20)


@require_safe
@needs(ACT)
def desks(request: HttpRequest) -> HttpResponse:
    """List the forms whose answers this person looks after."""
    found = forms_in_reach(request, ACT).exclude(state=Form.State.DRAFT)
    return render(request, "fieldwork/desk_forms.html", {"forms": found})


@require_safe
@needs(ACT)
def table(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a page of the answers that came in, as they were asked for."""
    form = the_form(request, key, ACT)
    asked = desk.Asked.of(request.GET.dict())
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    found = desk.page(form, asked, before=before, after=after)
    here = reverse("form-desk", args=[form.pk])
    facts = {
        "form": form, "asked": asked, "found": found, "states": words(),
        "counts": desk.counts(form), "most_counted": desk.MOST_COUNTED,
        "people": Enumerator.objects.filter(organisation=form.organisation).order_by("name"),
        "older": here + asked.query(before=found.older) if found.older else "",
        "newer": here + asked.query(after=found.newer) if found.newer else "",
        "look": checked.last_look(form), "strays": form.organisation.strays.count(),
        "with_people": may(request.user, "see-interviewers", form.organisation), "back": asked.query(before=before),
        "filtered": bool(asked.query()), "names": _names(form),
    }  # fmt: skip
    return render(request, "fieldwork/desk.html", facts)


@require_POST
@needs(ACT)
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put the answers that were ticked into a state."""
    form = the_form(request, key, ACT)
    keys = [number for text in request.POST.getlist("answer") if (number := _number(text)) is not None]
    try:
        done = deciding.decide(
            form=form, keys=keys, state=request.POST.get("state", ""), by=person(request),
            why=request.POST.get("why", ""), tell=request.POST.get("tell") == "1",
        )  # fmt: skip
    except InputError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Kept. Answers that changed their state: {count}").format(count=done))
    asked = desk.Asked.of(request.POST.dict() | {"state": request.POST.get("was", "")})
    if request.POST.get("one"):
        return redirect("form-answer", form.pk, keys[0]) if keys else redirect("form-desk", form.pk)
    return redirect(reverse("form-desk", args=[form.pk]) + asked.query(before=_number(request.POST.get("before"))))


# --- progress ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how fieldwork goes, and what was asked for again; draw more, or name a second answer."""
    form = the_form(request, key, ACT)
    if request.method == "POST":
        _back_check(request, form)
        return redirect(reverse("form-progress", args=[form.pk]) + "#again")
    checks = comparing.checks_of(form)
    facts = {
        "form": form, "states": words(), "enumerators": comparing.by_enumerator(form), "days": comparing.by_day(form),
        "strata": comparing.by_stratum(form), "checks": checks, "questions": comparing.by_question(checks),
        "shares": SHARES, "most": max([n for _day, n in comparing.by_day(form)], default=1),
    }  # fmt: skip
    return render(request, "fieldwork/desk_progress.html", facts)


def _back_check(request: HttpRequest, form: Form) -> None:
    share = _number(request.POST.get("share"))
    if share is not None:
        record("back-checks-drawn", f"form:{form.pk}", by=person(request), organisation=form.organisation, share=share)
        enqueue("draw_back_checks", f"{form.pk}:{min(max(share, 1), 100)}")
        messages.success(request, _("Answers are being drawn. Open this page again in a moment."))
        return
    check = BackCheck.objects.filter(pk=_number(request.POST.get("check")) or 0, submission__form=form).first()
    if check is None:
        raise Http404
    try:
        comparing.answer_back_check(check=check, text=request.POST.get("text", ""), by=person(request))
    except InputError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Kept. The two answers stand side by side."))


@require_safe
@needs(ACT)
def again(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Show an answer beside the same asked again."""
    form = the_form(request, key, ACT)
    found = next((one for one in comparing.checks_of(form) if one.pk == number and one.again), None)
    if found is None or found.again is None:
        raise Http404
    facts = {"form": form, "check": found, "rows": saying.beside(found.submission, found.again)}
    return render(request, "fieldwork/desk_again.html", facts)


# --- strays -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def strays(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what came and belongs to no form that is known; give it to this form."""
    form = the_form(request, key, ACT)
    found = form.organisation.strays.select_related("enumerator").defer("xml").order_by("-pk")
    if request.method == "POST":
        stray = Stray.objects.filter(pk=_number(request.POST.get("stray")) or 0, organisation=form.organisation).first()
        if stray is None:
            raise Http404
        try:
            deciding.adopt(stray=stray, form=form, by=person(request))
        except DataShiftError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("It belongs to this form now."))
        return redirect("form-strays", form.pk)
    facts = {"form": form, "strays": found[: desk.MOST_FOUND], "count": found.count()}
    return render(request, "fieldwork/desk_strays.html", facts)


# --- files ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def files(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the files that can be taken away, and ask for one."""
    form = the_form(request, key, ACT)
    if request.method == "POST":
        try:
            exports.ask(form=form, kind=request.POST.get("kind", ""), by=person(request))
        except InputError as problem:
            messages.error(request, str(problem))
        return redirect("form-exports", form.pk)
    kinds = [(one, _(exports.KINDS[one.kind])) for one in exports.ready(form)]
    return render(request, "fieldwork/desk_exports.html", {"form": form, "kinds": kinds})


@require_safe
@needs(ACT)
def file(request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
    """Give a file out that is not a day old."""
    form = the_form(request, key, ACT)
    path = exports.fresh(form, kind) if kind in exports.KINDS else None
    if path is None:
        raise Http404
    name = f"{form.form_id}-{timezone.localdate().isoformat()}-{kind}.{exports.ENDS[kind]}"
    given = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    return cast(HttpResponse, given)


# --- small parts ------------------------------------------------------------------------------------------------------


def words() -> dict[str, str]:
    """Return the states in the words of the page."""
    return {str(state): _(text) for state, text in STATES.items()}


def _names(form: Form) -> dict[str, str]:
    """Return the names of enumerators by what the checks call them."""
    return {f"E{one.pk}": one.name for one in Enumerator.objects.filter(organisation=form.organisation)}


def _number(text: Any) -> int | None:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None
