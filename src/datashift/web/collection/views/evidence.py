"""Where a producer states what no file can tell: evidence by criterion, and what to supply next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datashift.errors import DataShiftError
from datashift.language import N_, _, label
from datashift.standards.profiles import catalogue
from datashift.web.collection import stating
from datashift.web.collection.models import Dataset
from datashift.web.collection.steps import latest_run
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.people.roles import may, needs

STATES = {
    "met": N_("Yes, it is so."),
    "partly": N_("In part."),
    "not_met": N_("No."),
    "unknown": N_("Nobody knows."),
    "not_applicable": N_("It is not asked here."),
}
FIELDS = ("state", "text", "link", "day")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see-draft")
def evidence(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what is known about each criterion, and keep what the producer states."""
    found = the_dataset(request, key, "upload" if request.method == "POST" else "see-draft")
    said, problem = _as_it_stands(found), None
    if request.method == "POST":
        said = _sent(request.POST)
        version = request.POST.get("version", "")
        try:
            after = stating.state(
                dataset=found, said=said, version=int(version) if version.isdecimal() else 0, by=person(request)
            )
        except DataShiftError as refused:
            problem = refused
            found.refresh_from_db()
        else:
            messages.success(request, _("What you state is saved. It stands in the dossier."))
            return redirect("dataset" if after.version != found.version else "evidence", found.pk)
    facts = {
        "dataset": found, "problem": problem, "groups": _groups(found, said), **_next(found),
        "choices": [(name, _(STATES[name])) for name in stating.STATES],
        "editable": may(request.user, "upload", found.organisation) and found.state != found.State.IN_REVIEW,
    }  # fmt: skip
    return render(request, "collection/evidence.html", facts, status=400 if problem else 200)


def _as_it_stands(dataset: Dataset) -> dict[str, dict[str, str]]:
    stated = dataset.answers.get("evidence", {})
    return {
        name: {"state": one["state"], "text": label(one["text"]) if one["text"] else "", "link": one["link"],
               "day": one.get("day", "")}
        for name, one in stated.items()
    }  # fmt: skip


def _sent(sent: QueryDict) -> dict[str, dict[str, str]]:
    return {
        one.id: {field: sent.get(f"{one.id}-{field}", "") for field in FIELDS}
        for one in stating.statable()
        if f"{one.id}-state" in sent
    }


def _groups(dataset: Dataset, said: dict[str, dict[str, str]]) -> list[tuple[str, list[dict[str, Any]]]]:
    known = {one["criterion"]: one for one in stating.dossier_of(latest_run(dataset)).get("items", ())}
    nothing = dict.fromkeys(FIELDS, "")
    listed = [
        {
            "id": one.id, "group": one.group, "label": label(one.label), "asks": label(one.asks),
            "supply": label(one.supply), "said": said.get(one.id, nothing),
            "state": _(STATES[known[one.id]["state"]]) if one.id in known else "",
            "text": label(known[one.id]["text"]) if one.id in known and known[one.id]["text"] else "",
        }
        for one in stating.statable()
    ]  # fmt: skip
    groups = [(label(name), [one for one in listed if one["group"] == key]) for key, name in catalogue().groups.items()]
    return [(name, ones) for name, ones in groups if ones]


def _next(dataset: Dataset) -> dict[str, Any]:
    dossier = stating.dossier_of(latest_run(dataset))
    return {"next": [(label(one["title"]), label(one["sentence"])) for one in dossier.get("next", ())],
            "read": bool(dossier)}  # fmt: skip
