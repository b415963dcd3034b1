"""What comes after a review was asked for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from datashift.language import _
from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Review
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.collection.views.files import offered
from datashift.web.people.roles import may, needs


@require_POST
@needs("upload")
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back a request for a review, so that the answers can be changed."""
    dataset = the_dataset(request, key, "upload")
    review = last_review(dataset)
    if review is None:
        raise Http404
    services.take_back(review=review, by=person(request))
    messages.success(request, _("You took it back. Change what must change and ask again."))
    return redirect("dataset", dataset.pk)


def decided(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """Show that another person decides or has decided, and what came of it."""
    review = last_review(dataset)
    if review is None:
        raise Http404
    heading = {
        Dataset.State.IN_REVIEW: _("Another person decides"),
        Dataset.State.RETURNED: _("It came back from the review"),
        Dataset.State.RELEASED: _("It is released"),
    }
    facts = {
        "dataset": dataset,
        "review": review,
        "told": review.run.told,
        "heading": heading[Dataset.State(dataset.state)],
        "editable": may(request.user, "upload", dataset.organisation),
        "first": services.steps(dataset)[1].name,
        "files": offered(request, dataset),
    }
    return render(request, "collection/decided.html", facts)


def last_review(dataset: Dataset) -> Review | None:
    """Return the review that was asked for last, with its run and its people."""
    found = Review.objects.filter(run__dataset=dataset).select_related("run", "asked_by", "decided_by")
    return found.order_by("-pk").first()
