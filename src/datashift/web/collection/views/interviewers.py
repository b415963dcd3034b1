"""What is noticed about one interviewer: for supervisors; a reply for the person; an appeal for a safety officer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import DataShiftError
from datashift.language import N_, _, label
from datashift.numbers import amount
from datashift.web.collection import concerns
from datashift.web.collection.models import Concern
from datashift.web.collection.steps import latest_run
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.people.roles import needs, reached

KINDS = {
    "enumerator": N_("Interviewer"),
    "device": N_("Device"),
    "contributor": N_("Contributor"),
}
STATES = {
    Concern.State.OPEN: N_("Nobody has looked at it yet."),
    Concern.State.NOTHING: N_("There is nothing to it."),
    Concern.State.EXPLAINED: N_("It is explained."),
    Concern.State.CORRECTED: N_("The answers were corrected or asked again."),
}
CHOICES = (Concern.State.NOTHING, Concern.State.EXPLAINED, Concern.State.CORRECTED)
LONGEST = 2000
SHOWN_ROWS = 30
SHOWN_INTERVIEWS = 30


@require_safe
@needs("see-interviewers")
def interviewers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what the checks notice about single interviewers, and which interviews to look at first."""
    found = the_dataset(request, key, "see-interviewers")
    run = latest_run(found)
    listed = list(run.concerns.select_related("decided_by")) if run else []
    checks = {one["id"]: label(one["name"]) for one in run.told.get("checks", ())} if run else {}
    looked = [
        {**one, "names": [checks.get(check, check) for check in one["checks"]]}
        for one in (run.interviews if run else [])[:SHOWN_INTERVIEWS]
    ]
    facts = {
        "dataset": found, "concerns": [_shown(one) for one in listed], "interviews": looked, "run": run,
        "open": sum(one.state == Concern.State.OPEN for one in listed),
    }  # fmt: skip
    return render(request, "collection/interviewers.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see-interviewers")
def concern(request: HttpRequest, key: UUID, concern: int) -> HttpResponse:
    """Show one concern, and keep what the supervisor decides."""
    found = the_dataset(request, key, "see-interviewers")
    one = Concern.objects.select_related("run", "decided_by").filter(pk=concern, run__dataset=found).first()
    if one is None:
        raise Http404
    typed, problem = {"state": one.state, "words": one.words}, None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:LONGEST] for name in ("state", "words")}
        try:
            concerns.settle(concern=one, by=person(request), **typed)
        except DataShiftError as refused:
            problem = refused
        else:
            messages.success(request, _("Your decision is saved. Only supervisors see it."))
            return redirect("interviewers", found.pk)
    facts = {"dataset": found, "one": _shown(one), "choices": [(c.value, _(STATES[c])) for c in CHOICES],
             "typed": typed, "problem": problem}  # fmt: skip
    return render(request, "collection/concern.html", facts, status=400 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """Show a person what was noticed in their interviews, and keep what they say. Who has the link may read it."""
    one = Concern.objects.select_related("run__dataset__organisation").filter(token=token).first()
    if one is None:
        return render(request, "collection/reply_gone.html", status=410)
    text, problem = "", None
    if request.method == "POST":
        text = request.POST.get("text", "")[:LONGEST]
        try:
            one = concerns.appeal(token=token, text=text)
        except DataShiftError as refused:
            problem = refused
    facts = {"one": _shown(one), "organisation": one.run.dataset.organisation, "title": one.run.dataset.title,
             "problem": problem, "text": text or one.appeal_text}  # fmt: skip
    response = render(request, "collection/reply.html", facts, status=400 if problem else 200)
    response["X-Robots-Tag"] = "noindex"
    # The link is the key: no other site may learn it.
    # ("no-referrer" would make browsers send the form from nowhere, and it would be refused.)
    response["Referrer-Policy"] = "same-origin"
    return response


@require_safe
@needs("decide-appeals")
def appeals(request: HttpRequest) -> HttpResponse:
    """List the replies that ask for another look."""
    return render(request, "collection/appeals.html", {"appeals": [_shown(one) for one in _appealed(request)]})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("decide-appeals")
def appealed(request: HttpRequest, concern: int) -> HttpResponse:
    """Show what was noticed, what was decided and what the person says; keep the safety officer's decision."""
    one = next((one for one in _appealed(request) if one.pk == concern), None)
    if one is None:
        raise Http404
    words, problem = request.POST.get("words", "")[:LONGEST], None
    if request.method == "POST":
        granted = request.POST.get("decision") == "grant"
        try:
            concerns.answer(concern=one, granted=granted, words=words, by=person(request))
        except DataShiftError as refused:
            problem = refused
        else:
            messages.success(request, _("Your decision is saved. The person reads it under their link."))
            return redirect("appeals")
    facts = {"one": _shown(one), "words": words, "problem": problem}
    return render(request, "collection/appealed.html", facts, status=400 if problem else 200)


def _appealed(request: HttpRequest) -> list[Concern]:
    reach = reached(person(request), "decide-appeals")
    found = Concern.objects.filter(appeal=Concern.Appeal.OPEN).select_related("run__dataset__organisation")
    return list(found if reach is None else found.filter(run__dataset__organisation__in=reach))


def _shown(one: Concern) -> dict[str, Any]:
    told = one.run.told
    return {
        "concern": one, "kind": _(KINDS.get(one.kind, one.kind)), "state": _(STATES[Concern.State(one.state)]),
        "text": label(one.text), "rows": one.rows[:SHOWN_ROWS], "all": len(one.rows),
        "check": next((label(c["name"]) for c in told.get("checks", ()) if c["id"] == one.check_id), one.check_id),
        "moved": list(_moved(one, {m["id"]: label(m["label"]) for m in told.get("measures", ())})),
    }  # fmt: skip


def _moved(one: Concern, names: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield what leaving the rows out does to each figure; those that stay as they are said are left out."""
    for effect in one.effects:
        if effect["with"] is None or effect["without"] is None:
            continue
        before, after = (amount(effect[side], None, None, effect["unit"]) for side in ("with", "without"))
        if before != after:
            yield {"name": names.get(effect["measure"], effect["measure"]), "before": before, "after": after}
