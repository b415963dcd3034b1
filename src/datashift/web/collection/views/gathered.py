"""From the answers of a form to figures: which of them count, and the data set that is made of them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datashift.errors import DataShiftError
from datashift.web.collection.gathering import GATHER, ask
from datashift.web.collection.models import Gathering
from datashift.web.collection.views.access import person
from datashift.web.collection.views.arrival import EVERY, OPEN
from datashift.web.fieldwork.models import Form, Submission
from datashift.web.fieldwork.tables import STATES, standing
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import enqueue, latest, problem, worker_seen
from datashift.web.people.roles import may, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def gathered(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask which answers of a form count, put them together, and lead to the road when that is done."""
    form = Form.objects.select_related("organisation").filter(pk=key).first()
    if form is None or not may(request.user, "upload", form.organisation):
        raise Http404
    refused: DataShiftError | None = None
    if request.method == "POST":
        try:
            ask(form=form, states=request.POST.getlist("state"), by=person(request))
        except DataShiftError as told:
            refused = told
        else:
            return redirect("form-dataset", form.pk)
    return _shown(request, form, refused)


def _shown(request: HttpRequest, form: Form, refused: DataShiftError | None) -> HttpResponse:
    found = Gathering.objects.select_related("dataset").filter(form=form).first()
    job = latest(GATHER, str(form.pk))
    waits = job is not None and job.state in OPEN
    if found and found.asked and not waits and (job is None or job.state != Job.State.FAILED):
        enqueue(GATHER, str(form.pk))  # what was asked for is done, whatever ended the job
        waits = True
    counts = {state: standing(form, [state]).count() for state in Submission.State.values}
    facts = {
        "form": form, "gathering": found, "dataset": found.dataset if found else None, "waits": waits,
        "counts": counts, "chosen": found.states if found else list(STATES), "worker": worker_seen(),
        "problem": refused or (problem(job) if job and job.state == Job.State.FAILED else ""),
    }  # fmt: skip
    response = render(request, "collection/gathered.html", facts, status=400 if refused else 200)
    if waits:
        response["Refresh"] = str(EVERY)
    return response
