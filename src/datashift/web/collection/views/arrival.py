"""A file arrives, and the machine is at work: what is being done, how far it is, and what to do when it cannot be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.errors import BadUpload, InputError, PersonalWords
from datashift.language import _
from datashift.standards.personal_texts import in_words
from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Upload
from datashift.web.collection.passages import kinds_of_words
from datashift.web.collection.steps import fitting_run, next_step, standing, suggested
from datashift.web.collection.views.access import organisations, person, the_dataset
from datashift.web.collection.views.places import named_countries
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import enqueue, problem, worker_seen
from datashift.web.people.models import Organisation
from datashift.web.people.roles import may, needs

OPEN = (Job.State.WAITING, Job.State.RUNNING)
EVERY = 3
"""How many seconds a waiting page stands before it asks again."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a file; keep it and begin its road."""
    chosen = {name: request.POST.get(name, "") for name in ("organisation", "country")}
    if request.method != "POST":
        return _ask_for_file(request, chosen)
    mine = {str(one.pk): one for one in organisations(request)}
    if chosen["organisation"] not in mine:
        return _ask_for_file(request, chosen, BadUpload("upload.no-organisation"), "organisation")
    try:
        upload = _received(request, mine[chosen["organisation"]])
        country = chosen["country"] if chosen["country"] in dict(named_countries()) else ""
        dataset = services.begin(upload=upload, by=person(request), country=country)
    except InputError as found:
        return _ask_for_file(request, chosen, found, "file")
    return redirect("dataset", dataset.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def correct(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for a corrected file of a data set; its answers are kept."""
    dataset = the_dataset(request, key, "upload")
    if dataset.state == Dataset.State.IN_REVIEW:
        return redirect("dataset", dataset.pk)
    if request.method != "POST":
        return _ask_for_file(request, {}, dataset=dataset)
    try:
        services.replace(dataset=dataset, upload=_received(request, dataset.organisation), by=person(request))
    except InputError as found:
        return _ask_for_file(request, {}, found, "file", dataset)
    return redirect("wait", dataset.pk)


@require_safe
@needs("see-draft")
def wait(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what the machine is doing with a data set, or why it could not."""
    dataset = the_dataset(request, key, "see-draft")
    job = at_work(dataset)
    if dataset.erased or (job is None and dataset.screening):
        return redirect("consent", dataset.pk)
    if job is None:
        return _on(dataset)
    if job.state == Job.State.FAILED:
        return stuck(request, dataset, job)
    response = render(
        request,
        "collection/waiting.html",
        {"dataset": dataset, "job": job, "stage": _stage(job), "worker": worker_seen(), "heading": _heading(job)},
    )
    response["Refresh"] = str(EVERY)
    return response


@require_safe
@needs("see-draft")
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say how far the work on a data set is, for the script of the waiting page."""
    job = at_work(the_dataset(request, key, "see-draft"))
    if job is None or job.state not in OPEN:
        return JsonResponse({"over": True})
    return JsonResponse({"over": False, "stage": _stage(job), "step": job.step, "steps": job.steps})


@require_POST
@needs("upload")
def again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask once more for the work that could not be done."""
    dataset = the_dataset(request, key, "upload")
    job = at_work(dataset)
    if job is not None and job.state == Job.State.FAILED:
        enqueue(job.kind, job.subject)
    return redirect("wait", dataset.pk)


def _received(request: HttpRequest, organisation: Organisation) -> Upload:
    sent = request.FILES.get("file")
    if sent is None:
        raise BadUpload("upload.no-file")
    return services.receive(name=sent.name or "", chunks=sent.chunks(), organisation=organisation, by=person(request))


def _on(dataset: Dataset) -> HttpResponse:
    """Lead on from a waiting page: to what was worked out, or to the step behind which it has to be asked for again."""
    if suggested(dataset) and next_step(dataset).name == "findings" and fitting_run(dataset) is None:
        return redirect("step", dataset.pk, "asked")
    if dataset.state == Dataset.State.RETURNED and fitting_run(dataset) is not None:
        return redirect("step", dataset.pk, "findings")
    return redirect("dataset", dataset.pk)


def at_work(dataset: Dataset) -> Job | None:
    """Return the job on a data set that waits, runs or could not be done; none where what it gives is there."""
    return standing([dataset])[dataset.pk].job


def stuck(request: HttpRequest, dataset: Dataset, job: Job) -> HttpResponse:
    """Say why a job could not be done and what to do about it."""
    reading, code = job.kind == "suggest", str(job.error.get("code", ""))
    words = kinds_of_words(dataset) if code.startswith("protect.personal") else set()
    facts: dict[str, Any] = {
        "dataset": dataset,
        "heading": _("The file could not be read") if reading else _("The figures could not be computed"),
        # What stopped the run stands in a line of the recipe. Its producer knows it as words on a page.
        "said": PersonalWords("words.of-dataset", kinds=in_words(words)) if words else problem(job),
        "code": code,
        "words": bool(words),
        "reading": reading,
        "may_upload": may(request.user, "upload", dataset.organisation),
    }
    return render(request, "collection/stuck.html", facts)


def _ask_for_file(
    request: HttpRequest, chosen: dict[str, str], found: InputError | None = None, at: str = "",
    dataset: Dataset | None = None,
) -> HttpResponse:  # fmt: skip
    facts = {
        "dataset": dataset,
        "organisations": organisations(request),
        "countries": named_countries(),
        "chosen": chosen,
        "most": settings.UPLOAD_LIMIT >> 20,
        "problem": found,
        "at": at,
    }
    return render(request, "collection/new.html", facts, status=400 if found else 200)


def _heading(job: Job) -> str:
    return _("Your file is being read") if job.kind == "suggest" else _("Your figures are being computed")


def _stage(job: Job) -> str:
    return _("It waits for its turn.") if job.state == Job.State.WAITING else _(job.stage) or _("It begins.")
