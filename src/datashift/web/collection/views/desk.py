"""The desk: what waits for me, what came back, what others decide, and where a draft is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from datashift.language import N_, _
from datashift.web.collection import services
from datashift.web.collection.models import Concern, Dataset, Review
from datashift.web.collection.steps import Standing, standing
from datashift.web.collection.views.access import in_reach, person, the_dataset
from datashift.web.jobs.models import Job
from datashift.web.people.roles import may, needs, reached

MOST = 50
"""How many of each kind the desk lists, the newest first."""
State = Dataset.State
STANDS = {
    ("screen", False): N_("Withdrawn answers are being taken out of the file."),
    ("screen", True): N_("Withdrawn answers could not be taken out: ask whoever runs the site."),
    ("suggest", False): N_("The file is being read."),
    ("suggest", True): N_("The file needs your help: it could not be read."),
    ("run", False): N_("The figures are being computed."),
    ("run", True): N_("The figures need your help: they could not be computed."),
}
"""Where a data set stands while its job is not done, by the kind of job and whether it came to a stop."""


@dataclass(frozen=True)
class Item:
    """A data set on the desk: where it stands in one sentence, and what a reviewer said when it came back."""

    dataset: Dataset
    stands: str
    comment: str = ""


@require_safe
@needs("work")
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person."""
    seen = in_reach(request, "see-draft")
    mine = in_reach(request, "upload")
    waits = Review.objects.filter(decision=Review.Decision.OPEN, run__dataset__in=in_reach(request, "review"))
    mine_to_decide = waits.exclude(asked_by=person(request))
    in_review = seen.filter(state=State.IN_REVIEW).exclude(runs__reviews__in=mine_to_decide)
    return render(
        request,
        "collection/work.html",
        {
            "may_upload": may(request.user, "upload"),
            "may_review": may(request.user, "review"),
            "may_forms": may(request.user, "manage-forms"),
            "may_fieldwork": may(request.user, "fieldwork"),
            "waiting": mine_to_decide.count(),
            "supervised": _supervised(request),
            "appeals": _appeals(request),
            "returned": _listed(mine.filter(state=State.RETURNED)),
            "drafts": _listed(mine.filter(state=State.DRAFT)),
            "others": [Item(one, _("Another person decides.")) for one in in_review[:MOST]],
            "released": [Item(one, _("Everybody can read it.")) for one in seen.filter(state=State.RELEASED)[:MOST]],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask, and then delete a draft that nobody ever reviewed."""
    dataset = the_dataset(request, key, "upload")
    if request.method != "POST":
        return render(request, "collection/delete.html", {"dataset": dataset})
    services.delete(dataset=dataset, by=person(request))
    messages.success(request, _("The draft “{title}” is deleted.").format(title=dataset.title))
    return redirect("work")


def _supervised(request: HttpRequest) -> list[tuple[Dataset, int]]:
    """Return the data sets that this person supervises, with how many interviewers nobody has looked at yet."""
    if not may(request.user, "see-interviewers"):
        return []
    unseen = Count("runs__concerns", filter=Q(runs__concerns__state=Concern.State.OPEN))
    found = in_reach(request, "see-interviewers").filter(runs__isnull=False).annotate(unseen=unseen)
    return [(one, one.unseen) for one in found[:MOST]]


def _appeals(request: HttpRequest) -> int | None:
    """Return how many people ask for another look, or None for whom this is nothing."""
    if not may(request.user, "decide-appeals"):
        return None
    reach = reached(person(request), "decide-appeals")
    asked = Concern.objects.filter(appeal=Concern.Appeal.OPEN)
    return (asked if reach is None else asked.filter(run__dataset__organisation__in=reach)).count()


def _listed(datasets: QuerySet[Dataset]) -> list[Item]:
    listed = list(datasets[:MOST])
    stand = standing(listed)
    return [Item(one, _stands(stand[one.pk]), _comment(one)) for one in listed]


def _comment(dataset: Dataset) -> str:
    if dataset.state != State.RETURNED:
        return ""
    last = Review.objects.filter(run__dataset=dataset, decision=Review.Decision.RETURNED).order_by("-decided").first()
    return last.comment if last else ""


def _stands(stand: Standing) -> str:
    if stand.job is not None:
        return _(STANDS[stand.job.kind, stand.job.state == Job.State.FAILED])
    return _("Next: {step}").format(step=stand.step.title)
