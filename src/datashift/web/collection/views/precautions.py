"""What is considered before publishing: laws to tick and questions to answer, for who publishes and who decides."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datashift.errors import DataShiftError
from datashift.language import N_, _
from datashift.legal import questions
from datashift.web.collection.models import Dataset
from datashift.web.collection.precautions import consider, told
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.people.roles import may, needs

CHOICES = (("yes", N_("Yes")), ("no", N_("No")), ("unsure", N_("I am not sure")))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see-draft")
def precautions(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what is to be considered, and keep what a producer or a reviewer considered."""
    dataset, problem = the_dataset(request, key, "see-draft"), None
    if request.method == "POST":
        if not _may_consider(request, dataset):
            raise Http404
        version = request.POST.get("version", "")
        try:
            consider(
                dataset=dataset, items=request.POST.getlist("item"), by=person(request),
                # While a review is open the questions cannot be answered, and are not sent.
                answers=None if dataset.state == Dataset.State.IN_REVIEW
                else {one.id: request.POST.get(f"question-{one.id}", "") for one in questions()},
                version=int(version) if version.isdecimal() else 0,
            )  # fmt: skip
        except DataShiftError as refused:
            problem = refused
            dataset.refresh_from_db()
        else:
            messages.success(request, _("What you considered is saved, with your name and the day."))
            return redirect("precautions", dataset.pk)
    facts = {
        "dataset": dataset, "problem": problem, "precautions": told(dataset),
        "choices": [(name, _(words)) for name, words in CHOICES], "editable": _may_consider(request, dataset),
        "in_review": dataset.state == Dataset.State.IN_REVIEW,
    }  # fmt: skip
    return render(request, "collection/precautions.html", facts, status=400 if problem else 200)


def _may_consider(request: HttpRequest, dataset: Dataset) -> bool:
    return any(may(request.user, act, dataset.organisation) for act in ("upload", "review"))
