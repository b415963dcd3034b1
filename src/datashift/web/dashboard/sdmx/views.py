"""The addresses of SDMX REST 2.1: data and structures, in the format that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse

from datashift.errors import DataShiftError
from datashift.errors.web import BadQuery
from datashift.standards.structures.identifiers import AGENCY
from datashift.web.dashboard import reading
from datashift.web.dashboard.api.answers import accepted, for_machines
from datashift.web.dashboard.sdmx.data import rows
from datashift.web.dashboard.sdmx.flows import asked, flow
from datashift.web.dashboard.sdmx.messages import DETAILS, as_csv, as_problem, as_xml
from datashift.web.dashboard.sdmx.structures import KINDS, REFERENCES, message

DATA = {
    "sdmx-ml-2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    "sdmx-csv-2.0": "application/vnd.sdmx.data+csv;version=2.0.0",
    "sdmx-csv-1.0": "application/vnd.sdmx.data+csv;version=1.0.0",
}
STRUCTURE = {
    "sdmx-ml-2.1": "application/vnd.sdmx.structure+xml;version=2.1",
    "sdmx-ml-3.0": "application/vnd.sdmx.structure+xml;version=3.0.0",
    "sdmx-json": "application/vnd.sdmx.structure+json;version=2.0.0",
}
_PLAIN = {
    "csv": ("text/csv", "sdmx-csv-2.0"),
    "xml": ("application/xml", "sdmx-ml-2.1"),
    "text": ("text/xml", "sdmx-ml-2.1"),
}
_STATUS = {
    "query.nothing": (404, 100),
    "query.not-there": (404, 100),
    "query.bad-value": (400, 140),
    "query.bad-key": (400, 150),
    "query.no-format": (406, 140),
    "query.too-much": (413, 510),
    "query.not-done": (501, 501),
}
_NOT_DONE = ("updatedAfter", "firstNObservations", "lastNObservations")

View = Callable[..., HttpResponse]


def _answered(view: View) -> View:
    """Say what went wrong as SDMX does."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except DataShiftError as problem:
            status, code = _STATUS.get(problem.code, (400, 140))
            return HttpResponse(as_problem(code, str(problem)), status=status, content_type="application/xml")

    return answer


@for_machines("format", "detail", "startPeriod", "endPeriod", "dimensionAtObservation", "includeHistory", *_NOT_DONE)
@_answered
def data(request: HttpRequest, named: str, key: str = "all", provider: str = "all") -> HttpResponse:
    """Answer the figures of a dataflow that a key and a time name."""
    format, detail = _format(request, DATA), request.GET.get("detail", "full")
    _require_done(request)
    if detail not in DETAILS:
        raise BadQuery("query.bad-value", parameter="detail", value=detail[:80], repair=", ".join(DETAILS))
    if detail == "serieskeysonly" and format == "sdmx-ml-2.1":
        raise BadQuery("query.not-done", what="detail=serieskeysonly (SDMX-ML)")
    if provider.rpartition(",")[2] not in ("all", "ALL", AGENCY):
        raise BadQuery("query.nothing")
    one = flow(named)
    found = rows(one, asked(one, key, request.GET.get("startPeriod", ""), request.GET.get("endPeriod", "")))
    if format == "sdmx-ml-2.1":
        released = reading.releases(kit=one.kit.id, kit_version=one.kit.version).aggregate(last=Max("released_at"))
        return HttpResponse(as_xml(one, found, detail, released["last"]), content_type=DATA[format])
    told = as_csv(one, found, detail, format.removeprefix("sdmx-csv-"))
    response = HttpResponse(told, content_type=f"{DATA[format]}; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{one.id}.csv"'
    return response


@for_machines("format", "references", "detail")
@_answered
def structure(
    request: HttpRequest, kind: str, agency: str = "all", name: str = "all", version: str = "latest"
) -> HttpResponse:
    """Answer structures: dataflows, data structures, codelists and concept schemes."""
    format, references = _format(request, STRUCTURE), request.GET.get("references", "none")
    if kind not in KINDS:
        raise BadQuery("query.not-done", what=kind[:80])
    if request.GET.get("detail", "full") != "full":
        raise BadQuery("query.not-done", what="detail")
    if references not in REFERENCES:
        raise BadQuery("query.bad-value", parameter="references", value=references[:80], repair=", ".join(REFERENCES))
    return HttpResponse(message(kind, agency, name, version, references, format), content_type=STRUCTURE[format])


def _format(request: HttpRequest, known: Mapping[str, str]) -> str:
    """Return the format that is asked for. Raises BadQuery (query.no-format)."""
    stated = request.GET.get("format", "")
    plain = {name: (media, key) for name, (media, key) in _PLAIN.items() if key in known}
    found = plain[stated][1] if stated in plain else stated
    if not stated:
        media = dict(known) | {name: media for name, (media, _key) in plain.items()}
        liked = accepted(request, media, "sdmx-ml-2.1")
        found = plain[liked][1] if liked in plain else liked or ""
    if found not in known:
        raise BadQuery("query.no-format", known=", ".join(known))
    return found


def _require_done(request: HttpRequest) -> None:
    asked_for = [name for name in _NOT_DONE if request.GET.get(name)]
    if request.GET.get("includeHistory", "false") != "false":
        asked_for.append("includeHistory")
    if request.GET.get("dimensionAtObservation", "AllDimensions") != "AllDimensions":
        asked_for.append("dimensionAtObservation")
    if asked_for:
        raise BadQuery("query.not-done", what=", ".join(asked_for))
