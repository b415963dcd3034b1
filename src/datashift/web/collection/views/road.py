"""The road: one question per page. A page shows what stands, keeps what is said, and leads to the next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.errors import DataShiftError
from datashift.language import _
from datashift.web.collection import forms, services
from datashift.web.collection.models import Dataset
from datashift.web.collection.steps import Step, fitting_run, next_step, steps, suggested
from datashift.web.collection.views import columns, pages
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.collection.views.arrival import at_work
from datashift.web.collection.views.decision import decided
from datashift.web.collection.views.places import unasked
from datashift.web.jobs.models import Job
from datashift.web.people.roles import may, needs

State = Dataset.State
OF_A_RUN = ("findings", "result", "who", "review")
OLD = "upload.old-page"
FIELDS = {
    "upload.no-country": "country",
    "upload.no-places": "column",
    "upload.personal-place": "column",
    "upload.not-a-date": "as_of",
    "upload.no-time": "label",
    "official.not-a-period": "label",
    "upload.no-whole": "stands",
    "rows upload.not-a-number": "header_row",
    "column upload.not-a-number": "factor",
    "asked upload.no-choice": "sampling_type",
    "recipe.no-kit": "kit",
}
"""The field at which a problem has to be mended, where it is one field; some only on one step."""
READ_BEFORE = ("file", "rows")
"""What can be entered when the file could not be read: it may have to be read in another way."""


@require_safe
@needs("see-draft")
def dataset(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lead to where a data set stands."""
    found = the_dataset(request, key, "see-draft")
    if found.state != State.DRAFT:
        return decided(request, found)
    following = next_step(found).name
    if not suggested(found):
        return redirect("wait", found.pk)
    return _not_yet(found, following) or redirect("step", found.pk, following)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see-draft")
def step(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Show one step of the road, or keep what was said on it."""
    found = the_dataset(request, key, "upload" if request.method == "POST" else "see-draft")
    here = next((one for one in steps(found) if one.name == name), None)
    if here is None:
        raise Http404
    if request.method == "POST":
        return _keep(request, found, here)
    if found.state in (State.IN_REVIEW, State.RELEASED) and name in ("who", "review"):
        return redirect("dataset", found.pk)
    if (elsewhere := _not_yet(found, name)) is not None:
        return elsewhere
    return _page(request, found, here) if here.open else redirect("step", found.pk, next_step(found).name)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def column(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Change how one column of the file is read; the others stay as they are."""
    found = the_dataset(request, key, "upload")
    here = next(one for one in steps(found) if one.name == "columns")
    if not suggested(found) or not here.open:
        return redirect("dataset", found.pk)
    problem = None
    if request.method == "POST":
        try:
            said = columns.with_column(found, number, request.POST)
            after = services.answer(
                dataset=found, step="columns", answers=said, version=_version(request), by=person(request)
            )
            return _after_column(after, number, request.POST)
        except DataShiftError as caught:
            problem = caught
            found.refresh_from_db()
    stale = problem is not None and problem.code == OLD
    facts = {
        **_frame(request, found, here),
        "stale": stale,
        "at": _at(problem, "column"),
        **columns.one_column(found, number, request.POST if problem and not stale else None),
        "problem": problem,
    }
    return render(request, "collection/column.html", facts, status=400 if problem else 200)


@require_POST
@needs("upload")
def explain(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what a producer says to a finding; what cannot be kept stays in its field."""
    found = the_dataset(request, key, "upload")
    check, code, text = (request.POST.get(name, "") for name in ("check", "code", "text"))
    decision = request.POST.get("decision", "explained")
    try:
        services.explain(dataset=found, check_id=check, code=code, text=text, by=person(request), decision=decision)
    except DataShiftError as problem:
        return _refused(request, found, "findings", problem)
    messages.success(request, _("Your decision is saved."))
    at = request.POST.get("at", "")
    return redirect(reverse("step", args=[found.pk, "findings"]) + (f"#finding-{at}" if at.isdecimal() else ""))


@require_POST
@needs("upload")
def lead(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say which figure leads."""
    found, measure = the_dataset(request, key, "upload"), request.POST.get("lead", "")
    try:
        services.lead(dataset=found, measure=measure, version=_version(request), by=person(request))
    except DataShiftError as problem:
        return _refused(request, found, "result", problem)
    return redirect("wait", found.pk)


def _refused(request: HttpRequest, found: Dataset, name: str, problem: DataShiftError) -> HttpResponse:
    """Show a step again with what was said there and why it cannot be kept; where it is not open now, lead on."""
    found.refresh_from_db()
    here = next(one for one in steps(found) if one.name == name)
    elsewhere = _not_yet(found, name) or (None if here.open else redirect("dataset", found.pk))
    if elsewhere is not None:
        messages.warning(request, str(problem))
        return elsewhere
    return _page(request, found, here, problem, request.POST)


def _keep(request: HttpRequest, found: Dataset, here: Step) -> HttpResponse:
    try:
        if here.name == "review":
            for_office = bool(found.answers.get("who", {}).get("for_office"))
            services.ask_for_review(dataset=found, for_office=for_office, by=person(request))
            return redirect("dataset", found.pk)
        said = _answers(found, here.name, request.POST)
        after = services.answer(
            dataset=found, step=here.name, answers=said, version=_version(request), by=person(request)
        )
    except DataShiftError as problem:
        return _refused(request, found, here.name, problem)
    if here.name == "place" and unasked(after, request.POST.getlist("name")):
        messages.info(request, _("Some names of places are in no list. Say below what they mean."))
        return redirect("step", found.pk, "place")
    return redirect("dataset", found.pk) if after.state == State.DRAFT else _after(after, here)


def _answers(found: Dataset, name: str, sent: QueryDict) -> dict[str, Any]:
    return columns.as_they_stand(found, sent) if name == "columns" else forms.answers(name, sent)


def _after_column(found: Dataset, number: int, sent: QueryDict) -> HttpResponse:
    """Stay with a column that now says something else: the meanings of its answers are asked next."""
    now = columns.one_column(found, number)["sentence"]
    stay = "answer" not in sent and bool(now.answers)
    return redirect("column", found.pk, number) if stay else redirect("step", found.pk, "columns")


def _after(found: Dataset, here: Step) -> HttpResponse:
    """Lead from a step to the one behind it, where a data set came back and every step is open."""
    names = [one.name for one in steps(found)]
    following = names[min(names.index(here.name) + 1, len(names) - 1)]
    return redirect("step", found.pk, following)


def _not_yet(found: Dataset, name: str) -> HttpResponse | None:
    """Lead to the waiting page where the machine has not come so far, or could not."""
    job = at_work(found)
    failed = job is not None and job.state == Job.State.FAILED
    if not suggested(found) and not (failed and name in READ_BEFORE):
        return redirect("wait", found.pk)
    if name in OF_A_RUN and fitting_run(found) is None and next_step(found).name in OF_A_RUN:
        return redirect("wait", found.pk)
    return None


def _page(
    request: HttpRequest,
    found: Dataset,
    here: Step,
    problem: DataShiftError | None = None,
    sent: QueryDict | None = None,
) -> HttpResponse:
    stale = problem is not None and problem.code == OLD
    facts = {**_frame(request, found, here), "problem": problem, "stale": stale, "at": _at(problem, here.name),
             **pages.shown(request, found, here.name, None if stale or sent is None else sent)}  # fmt: skip
    return render(request, f"collection/{here.name}.html", facts, status=400 if problem else 200)


def _frame(request: HttpRequest, found: Dataset, here: Step) -> dict[str, Any]:
    road = steps(found)
    at = [one.name for one in road].index(here.name)
    editable = may(request.user, "upload", found.organisation) and found.state != State.IN_REVIEW
    return {"dataset": found, "steps": road, "here": here, "number": at + 1, "before": road[at - 1] if at else None,
            "editable": editable, "problem": None, "stale": False, "at": ""}  # fmt: skip


def _at(problem: DataShiftError | None, name: str) -> str:
    if problem is None:
        return ""
    return FIELDS.get(f"{name} {problem.code}", FIELDS.get(problem.code, ""))


def _version(request: HttpRequest) -> int:
    told = request.POST.get("version", "")
    return int(told) if told.isdecimal() else 0
