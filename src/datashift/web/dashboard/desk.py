"""The desk where somebody else decides: requests for review, one of them read in full, and figures taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import DataShiftError
from datashift.language import _, label
from datashift.web.collection import stating
from datashift.web.collection.models import Review
from datashift.web.collection.precautions import told as precautions_told
from datashift.web.collection.services import send_back
from datashift.web.collection.still_open import still_open
from datashift.web.dashboard import dossiers, services
from datashift.web.dashboard.models import Release
from datashift.web.people.models import User
from datashift.web.people.roles import ACTS, may, needs, reached

Facts = dict[str, Any]

LATELY = 20
LONGEST = 2000
IN_REVIEW = ("summary", "next", "profiles", "coverage")
"""The sections of a dossier that a reviewer reads on this page; the others stand on it in other words."""


@require_safe
@needs("work")
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision: first what this person may decide, then what they may read."""
    person = _person(request)
    waiting = list(_readable(person).filter(decision=Review.Decision.OPEN).order_by("asked"))
    yours = [one for one in waiting if _decides(person, one)]
    facts = {
        "yours": yours,
        "others": [one for one in waiting if one not in yours],
        "releases": _withdrawable(person)[:LATELY],
    }
    return render(request, "dashboard/desk_queue.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("work")
def review(request: HttpRequest, review: int) -> HttpResponse:
    """Show one request in full, and take the decision of somebody who may decide."""
    person = _person(request)
    found = _readable(person).filter(pk=review).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, found)
    if not may(person, "review", found.run.dataset.organisation):
        raise Http404
    return _decided(request, found, person)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("withdraw")
def withdraw(request: HttpRequest, release: str) -> HttpResponse:
    """Ask why figures are taken back, and take them back at once."""
    person = _person(request)
    found = Release.objects.select_related("organisation").filter(pk=release).first()
    if found is None or not may(person, "withdraw", found.organisation):
        raise Http404
    why, problem = request.POST.get("why", "")[:LONGEST], None
    if request.method == "POST":
        try:
            services.withdraw(release=found, why=why, by=person, confirmed="public" in request.POST)
        except DataShiftError as refused:
            problem = refused
        else:
            messages.success(request, _("The figures are taken back. The page of the release says why."))
            return redirect("review-queue")
    facts = {"release": found, "problem": problem, "why": why}
    return render(request, "dashboard/desk_withdraw.html", facts, status=400 if problem else 200)


# --- who may read and decide ------------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _readable(person: User) -> QuerySet[Review]:
    """Return the reviews that a person may read: of organisations in reach, and for offices those meant for them.

    An office reads while the request is open: what was taken back or sent back is no longer shown to anybody outside.
    """
    found = Review.objects.select_related("run__dataset__organisation", "asked_by", "decided_by")
    reach = reached(person, "see-draft")
    if reach is None:
        return found
    offices = [m.country for m in person.memberships.all() if m.role in ACTS["office-desk"] and m.country]
    theirs = Q(for_office=True, decision=Review.Decision.OPEN, run__dataset__country__in=offices)
    return found.filter(Q(run__dataset__organisation__in=reach) | theirs)


def _decides(person: User, one: Review) -> bool:
    """Say whether a person may decide: a reviewer of the organisation, and never on their own request."""
    return one.asked_by_id != person.pk and may(person, "review", one.run.dataset.organisation)


def _withdrawable(person: User) -> QuerySet[Release]:
    reach = reached(person, "withdraw")
    found = Release.objects.filter(withdrawn_at=None).select_related("organisation")
    return found if reach is None else found.filter(organisation__in=reach)


# --- one review -------------------------------------------------------------------------------------------------------


def _shown(request: HttpRequest, one: Review, problem: str = "", comment: str = "", despite: str = "") -> HttpResponse:
    person, told, dataset = _person(request), one.run.told, one.run.dataset
    decides = one.decision == Review.Decision.OPEN and _decides(person, one)
    left = still_open(one.run) if decides else []
    notes = {(note.check_id, note.code): note for note in dataset.notes.all()}
    names = {measure["id"]: label(measure["label"]) for measure in told["measures"]}
    facts = {
        "review": one,
        "dataset": dataset,
        "told": told,
        "tables": [table for measure in told["measures"] if (table := _table(told, measure))],
        "findings": [
            finding | {"note": notes.get((finding["check"], finding["code"]))}
            for finding in sorted(told["findings"], key=lambda one: one["weight"], reverse=True)
        ],
        "names": names,
        "units": {measure["id"]: measure["unit"] for measure in told["measures"]},
        "compared": [one for one in told["comparisons"] if one["official"]],
        "alone": sum(not one["official"] for one in told["comparisons"]),
        "decides": decides,
        "own": one.asked_by_id == person.pk,
        "near": may(person, "see-draft", dataset.organisation),
        "release": Release.objects.filter(pk=told["bundle_id"], run=one.run).first(),
        "dossier": _dossier(one),
        "precautions": precautions_told(dataset),
        "still_open": left,
        "stopped": any(point.stop for point in left),
        "problem": problem,
        "comment": comment,
        "despite": despite,
    }
    return render(request, "dashboard/desk_review.html", facts, status=400 if problem else 200)


def _dossier(one: Review) -> Facts | None:
    """Return the dossier of the draft, read as everybody would read it today; None where the draft has none."""
    drafted = stating.dossier_of(one.run)
    if not drafted:
        return None
    country, notes = drafted["head"]["country"], services.notes_of(one.run.dataset)
    return dossiers.page(dossiers.read_today(drafted, country=country, notes=notes), IN_REVIEW)


def _table(told: Facts, measure: Facts) -> Facts | None:
    """Return the figures of a measure by place, those of all together first, and then those of groups."""
    own = [one for one in told["estimates"] if one["measure"] == measure["id"]]
    if not own:
        return None
    whole = own[0]["area"]
    own.sort(key=lambda one: (one["area"] != whole, one["value"] is None, -(one["value"] or 0.0), one["period"]))
    unit = "" if measure["unit"] == "PT" else label(measure["unit_label"])
    return {
        "title": label(measure["label"]),
        "unit": unit,
        "rows": [one for one in own if not one["breakdown"]],
        "groups": [one for one in own if one["breakdown"]],
    }


def _decided(request: HttpRequest, one: Review, person: User) -> HttpResponse:
    comment, despite = (request.POST.get(name, "")[:LONGEST] for name in ("comment", "despite"))
    # Who ticked that they read what is open read it as it stood then; where it changed since, it is read again.
    known = request.POST.get("open_read") == str(one.run.dataset.version)
    if request.POST.get("decision") == "release" and not request.POST.get("read"):
        return _shown(request, one, _("Read the findings first, then tick the box that says so."), comment, despite)
    try:
        if request.POST.get("decision") == "release":
            made = services.release(review=one, by=person, comment=comment, despite=despite if known else "")
            messages.success(request, _("Released. Everybody can read it now."))
            return redirect("release", made.pk)
        send_back(review=one, comment=comment, by=person)
    except DataShiftError as refused:
        return _shown(request, one, str(refused), comment, despite)
    messages.success(request, _("It goes back to its producer, with your words."))
    return redirect("review-queue")
