"""The sample of a form: who was drawn with which chance, who asks whom, what came of it, and the proof."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.errors import DataShiftError
from datashift.language import N_, _
from datashift.web.fieldwork import sampled, samples
from datashift.web.fieldwork.kept import MOST_MEDIA_BYTES, fetched
from datashift.web.fieldwork.models import Form, Sample, Unit
from datashift.web.fieldwork.views.access import person, the_form
from datashift.web.fieldwork.views.drawing import once_more
from datashift.web.fieldwork.views.new_forms import sent
from datashift.web.jobs.services import enqueue, worker_seen
from datashift.web.jobs.services import problem as problem_of
from datashift.web.people.roles import may, needs

SEE, DRAW = "fieldwork", "manage-forms"
ON_A_PAGE = 100
EVERY = 3
"""Seconds after which a page that waits asks again."""
SAID = {
    "": N_("open"), "completed": N_("answered"), "partial": N_("answered in part"), "refusal": N_("refused"),
    "non-contact": N_("nobody reached"), "other": N_("could not answer"),
    "not-eligible": N_("does not belong to those who are asked"), "unknown": N_("could not be found out"),
}  # fmt: skip
REASONS = {
    "refusal": N_("refused"), "non-contact": N_("nobody reached after all visits"),
    "not-eligible": N_("does not belong to those who are asked"), "unknown": N_("could not be found out"),
    "not-reached": N_("the place could not be reached"), "not-safe": N_("it was not safe to go there"),
}  # fmt: skip
METHODS = {
    "simple": N_("every unit of a stratum had the same chance"), "systematic": N_("every so many along the list"),
    "pps": N_("larger ones had more chance"), "sampford": N_("larger ones had more chance"),
    "spatial": N_("spread over the map"),
}  # fmt: skip


@require_safe
@needs(SEE)
def sample(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the sample of a form: how it was drawn, its units, and how far the work is."""
    form = the_form(request, key, SEE)
    first = samples.first_of(form)
    first = first if first and first.written.get("draw") else None
    asked = samples.waiting(form)
    facts: dict[str, Any] = {
        "form": form, "first": first, "may_draw": may(request.user, DRAW, form.organisation), "asked": asked,
        "change": once_more(asked.asked) if asked else "", "worker": worker_seen(),
    }  # fmt: skip
    if first is not None:
        facts |= _of_sample(request, form, first)
    response = render(request, "fieldwork/sample.html", facts)
    if (asked and asked.waits) or facts.get("proves"):
        response["Refresh"] = str(EVERY)
    return response


def _of_sample(request: HttpRequest, form: Form, first: Sample) -> dict[str, Any]:
    """Return what the page of a sample that was drawn shows."""
    used = samples.in_use(form)
    shown = used or first
    page = Paginator(_units(shown), ON_A_PAGE).get_page(request.GET.get("page"))
    plan = first.written["draw"]["plan"]
    proof = samples.proving(shown)
    facts: dict[str, Any] = {
        "shown": shown, "used": used, "page": page, "plan": plan, "method": _(METHODS[plan["method"]]),
        "draws": sum(not one.written.keys() & {"places", samples.ASKED} for one in form.samples.all()),
        "proof": proof, "proves": proof is not None and proof.state in samples.OPEN,
        "not_proved": problem_of(proof) if proof else "",
        "listing": samples.waits_for_listing(first), "strata": _strata(shown),
        "said": {code: _(words) for code, words in SAID.items()},
        "population": first.written["draw"]["frame"]["units_by_stratum"],
    }  # fmt: skip
    if used is not None:
        facts |= {"odd": sampled.odd(used), "progress": _progress(used), "files": _files(used)}
    return facts


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DRAW)
def listing(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for the list made in places that were drawn, and draw in them."""
    form = the_form(request, key, DRAW)
    first, problem = samples.first_of(form), None
    if first is None or not first.written.get("draw") or not samples.waits_for_listing(first):
        return redirect("form-sample", form.pk)
    if request.method == "POST":
        named = {name: request.POST.get(name, "").strip() for name in samples.LISTED}
        try:
            file = sent(request, MOST_MEDIA_BYTES)
            samples.list_places(sample=first, file=file, columns=named, by=person(request))
        except DataShiftError as found:
            problem = found
        else:
            messages.success(request, _("Households are drawn in the places that you listed."))
            return redirect("form-sample", form.pk)
    now = {name: request.POST.get(name) or name for name in samples.LISTED}
    facts: dict[str, Any] = {"form": form, "problem": problem, "now": now, "most": MOST_MEDIA_BYTES >> 20}
    facts["places"] = first.units.filter(weight__gt=0).order_by("stratum", "order", "pk")
    return render(request, "fieldwork/sample_listing.html", facts, status=400 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def unit(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Show a unit; note what became of it, or put the next reserve in its place."""
    form = the_form(request, key, SEE)
    found = Unit.objects.select_related("sample__form", "enumerator", "replaces").filter(
        pk=number, sample__form=form
    ).first()  # fmt: skip
    if found is None:
        raise Http404
    problem = None
    if request.method == "POST":
        try:
            words = _act(request, found)
        except DataShiftError as noticed:
            problem = noticed
        else:
            messages.success(request, words)
            return redirect("form-sample", form.pk)
    facts = {
        "form": form, "unit": found, "problem": problem, "outcome": _(SAID.get(found.outcome, found.outcome)),
        "outcomes": [(code, _(words)) for code, words in SAID.items() if code != "completed"],
        "reasons": [(code, _(words)) for code, words in REASONS.items()],
        "why": _(REASONS[found.reason]) if found.reason in REASONS else found.reason,
        "answers": found.submissions.count(), "by": found.replaced_by.first(),
    }  # fmt: skip
    return render(request, "fieldwork/sample_unit.html", facts, status=400 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def assign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask which phones share the work, and deal it out."""
    form, problem = the_form(request, key, SEE), None
    phones = list(form.organisation.enumerators.filter(stopped=None).order_by("name"))
    if request.method == "POST":
        chosen = set(request.POST.getlist("phone"))
        teams = {one: request.POST.get(f"team-{one.pk}", "") for one in phones if str(one.pk) in chosen}
        try:
            given = sampled.give_out(form=form, teams=teams, by=person(request))
        except DataShiftError as found:
            problem = found
        else:
            messages.success(request, _("Units that were given out: {number}.").format(number=given))
            return redirect("form-sample", form.pk)
    mine = set(form.enumerators.all())
    offered = [(one, one in mine, request.POST.get(f"team-{one.pk}", "")) for one in phones]
    facts = {"form": form, "phones": offered, "problem": problem}
    return render(request, "fieldwork/sample_assign.html", facts, status=400 if problem else 200)


@require_POST
@needs(SEE)
def proof(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask that the sample be drawn once more from the list that was kept; its page says whether the same comes out."""
    form = the_form(request, key, SEE)
    found = samples.in_use(form) or samples.first_of(form)
    if found is not None and found.written.get("draw"):
        enqueue(samples.PROVE, str(found.pk))
    return redirect("form-sample", form.pk)


@require_safe
@needs(SEE)
def file(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Give out a file of the sample: its units, the record of the draw, the list, or the list made in places."""
    form = the_form(request, key, SEE)
    found = samples.in_use(form) or samples.first_of(form)
    if found is None or name not in _files(found):
        raise Http404
    kind = {"csv": "text/csv; charset=utf-8", "json": "application/json"}.get(name.rpartition(".")[2], "")
    response = HttpResponse(_content(found, name), content_type=kind or "application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(found, name)}"'
    return response


# --- small parts ------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, found: Unit) -> str:
    if request.POST.get("act") == "replace":
        reserve = sampled.replace_unit(unit=found, reason=request.POST.get("reason", ""), by=person(request))
        return _("“{reserve}” takes the place of “{unit}”.").format(reserve=reserve.name, unit=found.name)
    sampled.note_outcome(unit=found, outcome=request.POST.get("outcome", ""), by=person(request))
    return _("Noted for “{unit}”.").format(unit=found.name)


def _units(found: Sample) -> Any:
    asked = found.units.select_related("enumerator").prefetch_related("replaced_by")
    return asked.order_by("stratum", "cluster", "reserve", "order", "pk")


def _strata(found: Sample) -> list[dict[str, Any]]:
    """Return by stratum how many were drawn and stand by, and between which numbers the chances lie."""
    made: dict[str, dict[str, Any]] = {}
    for row in found.written["draw"]["rows"]:
        one = made.setdefault(row["stratum"], {"name": row["stratum"], "drawn": 0, "reserve": 0, "chances": []})
        one["reserve" if row["status"] == "reserve" else "drawn"] += 1
        one["chances"].append(row["chance"])
    return [one | {"least": min(one["chances"]), "most": max(one["chances"])} for one in made.values()]


def _progress(found: Sample) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (_("By stratum"), [row | {"group": row["stratum"]} for row in sampled.progress_of(found, "stratum")]),
        (_("By phone"), [row | {"group": row["enumerator"]} for row in sampled.progress_of(found, "enumerator")]),
    ]


def _files(found: Sample) -> dict[str, str]:
    named = {
        "sample.csv": _("the units that are asked"), "draw.json": _("the record of the draw"),
        "list": _("the list that was drawn from"),
    }  # fmt: skip
    return named | ({"listing.csv": _("the lists made in the places")} if found.written.get("listing") else {})


def _content(found: Sample, name: str) -> bytes:
    if name == "sample.csv":
        return samples.sample_list(found)
    if name == "draw.json":
        told = {part: found.written[part] for part in ("columns", "draw")}
        return json.dumps(told, ensure_ascii=False, indent=1).encode()
    return fetched(found.frame_sha256 if name == "list" else found.written["listing"])


def _file_name(found: Sample, name: str) -> str:
    ending = found.written["file"].rpartition(".")[2].lower()
    return f"list.{ending if ending.isalnum() and ending.isascii() else 'csv'}" if name == "list" else name
