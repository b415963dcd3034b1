"""Personal data in texts: what looks personal, by column and in the producer's own words, and what is decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datashift.errors import BadUpload, DataShiftError
from datashift.language import _
from datashift.web.collection.models import Dataset
from datashift.web.collection.passages import is_looked, open_words
from datashift.web.collection.redacting import AT_ONCE, columns_of, decide, decide_words, look_again, shown
from datashift.web.collection.views.access import person, the_dataset
from datashift.web.jobs.services import latest, problem
from datashift.web.people.roles import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def texts(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how many texts look personal, and keep what is decided on the producer's own words."""
    found, refused = the_dataset(request, key, "upload"), None
    if request.method == "POST":
        try:
            messages.success(request, _kept(request, found))
            return redirect("texts", found.pk)
        except DataShiftError as caught:
            refused = caught
            found.refresh_from_db()
    job = latest("look", str(found.pk))
    facts = {
        "dataset": found, "problem": refused, "looked": is_looked(found), "columns": columns_of(found),
        "stopped": problem(job) if job else "", "editable": found.state != found.State.IN_REVIEW,
        "words": [{"place": _(one.place), "words": one, "all": one.proposed(), "some": one.proposed(names_stay=True)}
                  for one in open_words(found)],
    }  # fmt: skip
    return render(request, "collection/redacting.html", facts, status=400 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def column(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Show texts of a column, those that are open first of all, and keep what is decided on each of their stretches.

    ?one shows a single text, ?decided=2 the second page of those that were decided before.
    """
    found, refused = the_dataset(request, key, "upload"), None
    listed = [name for name, _texts in found.looked["texts"]] if is_looked(found) else []
    if number >= len(listed):
        raise Http404
    if request.method == "POST":
        try:
            count = decide(dataset=found, said=_sent(request.POST), by=person(request))
            messages.success(
                request, _("Your decisions are saved. Texts decided on now: {number}").format(number=count)
            )
            return redirect(request.get_full_path())
        except DataShiftError as caught:
            refused = caught
            found.refresh_from_db()
    facts = {"dataset": found, "problem": refused, "name": listed[number], "number": number,
             "editable": found.state != found.State.IN_REVIEW, **_page(request, found, listed[number])}  # fmt: skip
    return render(request, "collection/redacting_texts.html", facts, status=400 if refused else 200)


def _page(request: HttpRequest, found: Dataset, name: str) -> dict[str, Any]:
    all_of_it = found.passages.filter(column=name)
    decided = request.GET.get("decided", "")
    listed = all_of_it.exclude(at=None) if decided else all_of_it.filter(at=None)
    size = 1 if "one" in request.GET else AT_ONCE
    count = listed.count()
    pages = max(1, -(-count // size))
    page = min(int(decided), pages) if decided.isdecimal() and int(decided) else 1
    return {
        "passages": [shown(one) for one in listed[(page - 1) * size : page * size]], "decided": bool(decided),
        "open": all_of_it.filter(at=None).count(), "all": all_of_it.count(), "one": size == 1, "page": page,
        "pages": pages,
    }  # fmt: skip


def _kept(request: HttpRequest, found: Dataset) -> str:
    """Do what was pressed, and return what to say."""
    if "again" in request.POST:
        look_again(dataset=found)
        return _("The texts are searched again.")
    key, known, press = (request.POST.get(name, "") for name in ("key", "known", "press"))
    if press not in ("all", "some"):
        raise BadUpload("upload.no-choice", value=press)
    decide_words(dataset=found, key=key, known=known, names_stay=press == "some", by=person(request))
    return _("Your decision is saved.")


def _sent(sent: QueryDict) -> dict[int, list[str]]:
    """Return what was chosen, by passage; a passage that was shown and has no choice is not decided on."""
    said: dict[int, list[str]] = {}
    for key in sent.getlist("passage"):
        if key.isdecimal():
            numbers = range(sum(name.startswith(f"{key}-") for name in sent))
            said[int(key)] = [sent.get(f"{key}-{number}", "") for number in numbers]
    return said
