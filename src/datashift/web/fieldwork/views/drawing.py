"""Drawing a sample, one thing per page: the list, what its columns are, how many, how; nothing is kept in between.

What was said goes along from page to page; the list lies in the store, and is named by a signed word.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import DataShiftError
from datashift.language import N_, _
from datashift.web.fieldwork import samples
from datashift.web.fieldwork.kept import MOST_MEDIA_BYTES, File, fetched, kept
from datashift.web.fieldwork.models import Form, Sample
from datashift.web.fieldwork.views.access import person, the_form
from datashift.web.fieldwork.views.new_forms import sent
from datashift.web.people.roles import needs

ACT = "manage-forms"
SALT = "list of a sample"
SINGLE = ("unit", "size", "place", "area", "latitude", "longitude")
COLUMNS = (
    ("unit", N_("Code of each unit"), N_("Each row has its own, such as a number. Never the name of a person.")),
    ("size", N_("Size"), N_("Such as the households of a village. Larger ones can then have more chance.")),
    ("place", N_("Place in which the unit lies"), N_("Only if places are drawn first, and then units in them.")),
    ("area", N_("Area"), N_("Such as the region or district, as the form knows it.")),
    ("latitude", N_("Latitude"), ""),
    ("longitude", N_("Longitude"), ""),
)
NUMBERS = ("n", "reserve", "within", "within_reserve")
METHODS = (
    ("simple", N_("Every unit has the same chance"), N_("Good for a short list, or if you do not know which to take.")),
    ("systematic", N_("Every so many along the list"), N_("All have the same chance, and lots put the list in order.")),
    ("sampford", N_("Larger ones have more chance"), N_("For places of very different size. It needs a size.")),
    ("spatial", N_("Spread over the map"), N_("Neighbours are rarely drawn together. It needs positions.")),
)
MARGINS = (3, 5, 7, 10)


class Margin(NamedTuple):
    """How many answers a margin of error (in points) needs, one by one and in places; and how many to draw."""

    points: int
    answers: int
    drawn: int
    in_places: int


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def new(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for the list of everybody who can be chosen."""
    form, problem = the_form(request, key, ACT), None
    if request.method == "POST":
        try:
            file = sent(request, MOST_MEDIA_BYTES)
            table = samples.table_of(file)
        except DataShiftError as found:
            problem = found
        else:
            told: dict[str, Any] = {"form": str(form.pk), "sha256": kept(file.data), "name": file.name[-200:]}
            if table.num_rows > samples.LOOKED_AT:
                told |= {"rows": table.num_rows, "personal": samples.personal_in(table, _names(table))}
            query = urlencode({"list": signing.dumps(told, salt=SALT)})
            return redirect(f"{reverse('form-sample-columns', args=[form.pk])}?{query}")
    facts = {"form": form, "problem": problem, "most": MOST_MEDIA_BYTES >> 20, "step": "new"}
    return render(request, "fieldwork/sample_new.html", facts, status=400 if problem else 200)


@require_safe
@needs(ACT)
def columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask what the columns of the list are."""
    form = the_form(request, key, ACT)
    return _columns(request, form, _list(request.GET, form))


@require_safe
@needs(ACT)
def number(request: HttpRequest, key: UUID) -> HttpResponse:
    """Check the list and ask how many are drawn; say how many answers a margin of error needs."""
    form = the_form(request, key, ACT)
    told, file, said = _told(request.GET, form), _list(request.GET, form), _said(request.GET)
    try:
        looked = _long(told, said) if "rows" in told else samples.look(form, file, said)
    except DataShiftError as problem:
        return _columns(request, form, file, problem)
    together = told.get("rows") or sum(looked.strata.values())
    facts = {
        "form": form, "step": "number", "problem": None, "carried": _carried(request.GET), "strata": looked.strata,
        "units": together, "long": "rows" in told,
        "personal": looked.personal, "margins": _margins(together), "placed": bool(said["place"]),
        "now": _now(request.GET),
    }  # fmt: skip
    return render(request, "fieldwork/sample_new.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def draw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for the method and the seed; a worker draws."""
    form, asked = the_form(request, key, ACT), request.POST if request.method == "POST" else request.GET
    file, problem = _list(asked, form), None
    if request.method == "POST":
        try:
            seen = {name: one for name, one in _told(asked, form).items() if name in ("rows", "personal")}
            wish = samples.Said(_said(asked), _plan(asked), seen)
            samples.ask_for(form=form, file=file, said=wish, by=person(request))
        except DataShiftError as found:
            problem = found
        else:
            return redirect("form-sample", form.pk)
    said = _said(asked)
    fits = {"sampford": bool(said["size"]), "spatial": bool(said["latitude"] and said["longitude"])}
    facts = {
        "form": form, "step": "draw", "problem": problem, "carried": _carried(asked, *NUMBERS), "now": _now(asked),
        "methods": [(code, _(name), _(words)) for code, name, words in METHODS if fits.get(code, True)],
        "back": f"{reverse('form-sample-number', args=[form.pk])}?{urlencode(_carried(asked, *NUMBERS))}",
    }  # fmt: skip
    return render(request, "fieldwork/sample_new.html", facts, status=400 if problem else 200)


# --- what was said ----------------------------------------------------------------------------------------------------


def _told(asked: QueryDict, form: Form) -> dict[str, Any]:
    """Return what a signed word tells of a list; of a long one, also its rows and what was seen in its columns.

    Nobody reads the list of another form by it.
    """
    try:
        told: dict[str, Any] = signing.loads(asked.get("list", ""), salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    if told["form"] != str(form.pk):
        raise Http404
    return told


def _list(asked: QueryDict, form: Form) -> File:
    """Return the list that a signed word names."""
    told = _told(asked, form)
    return File(told["name"], fetched(told["sha256"]))


def _long(told: Mapping[str, Any], said: Mapping[str, Any]) -> samples.Looked:
    """Return what is known of a long list before the worker reads all of it."""
    shown = (said["unit"], said["place"])
    return samples.Looked({}, {name: count for name, count in told["personal"].items() if name in shown})


def once_more(sample: Sample) -> str:
    """Return the address on which a sample was asked for, with all that was said."""
    told, form = sample.written[samples.ASKED], sample.form
    word = {"form": str(form.pk), "sha256": sample.frame_sha256, "name": told["file"][-200:], **told["seen"]}
    said = {"list": signing.dumps(word, salt=SALT), **told["columns"], **told["plan"]}
    query = urlencode({name: value for name, value in said.items() if value}, doseq=True)
    return f"{reverse('form-sample-columns', args=[form.pk])}?{query}"


def _said(asked: QueryDict) -> dict[str, Any]:
    """Return what the columns are called; strata may be several."""
    return {**{name: asked.get(name, "") for name in SINGLE}, "strata": [one for one in asked.getlist("strata") if one]}


def _carried(asked: QueryDict, *more: str) -> list[tuple[str, str]]:
    """Return what goes along to the next page."""
    return [(name, value) for name in ("list", *SINGLE, "strata", *more) for value in asked.getlist(name) if value]


def _now(asked: QueryDict) -> dict[str, str]:
    """Return what was said, "" for what was not."""
    return {name: asked.get(name, "") for name in (*SINGLE, *NUMBERS, "method", "allocation", "seed")}


def _plan(asked: Mapping[str, str]) -> dict[str, Any]:
    within = _number(asked.get("within", ""))
    return {
        "n": _number(asked.get("n", "")) or 0, "seed": asked.get("seed", "").strip(),
        "method": asked.get("method", ""), "reserve": _number(asked.get("reserve", "")) or 0, "within": within,
        "within_reserve": _number(asked.get("within_reserve", "")) or 0,
        "allocation": "equal" if asked.get("allocation") == "equal" else "proportional",
    }  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text) < 8 else None


def _margins(units: int) -> list[Margin]:
    """Return how many answers margins need for a share of one half, at 95 per cent; 8 of 10 answer."""
    size = import_module("datashift.sampling").for_share
    found = []
    for points in MARGINS:
        alone = size(0.5, points / 100, population=units, response=0.8)
        found.append(Margin(points, alone.answers, min(alone.drawn, units), size(0.5, points / 100, deff=2.0).answers))
    return found


def _columns(request: HttpRequest, form: Form, file: File, problem: DataShiftError | None = None) -> HttpResponse:
    table = samples.table_of(file)
    facts = {
        "form": form, "step": "columns", "problem": problem, "names": _names(table), "rows": table.num_rows,
        "now": _now(request.GET),
        "asked": [(code, _(name), _(words) if words else "") for code, name, words in COLUMNS],
        "strata": request.GET.getlist("strata"),
        "carried": [(name, value) for name in ("list", *NUMBERS) if (value := request.GET.get(name))],
        "needs_area": samples.needs_area(form),
    }  # fmt: skip
    return render(request, "fieldwork/sample_new.html", facts, status=400 if problem else 200)


def _names(table: Any) -> list[str]:
    return [name for name in table.column_names if name != "_row"]
