"""The routes of the API. Each answer is a plain, bounded question to what was released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from pydantic import BaseModel

from datashift.errors import DataShiftError
from datashift.errors.web import BadQuery
from datashift.language import label, speaking
from datashift.standards.areas import countries, known_areas
from datashift.web.dashboard import reading
from datashift.web.dashboard.api import records, shapes
from datashift.web.dashboard.api.answers import for_machines, listed, one
from datashift.web.dashboard.api.asked import (
    LARGEST,
    AreasAsked,
    ComparisonsAsked,
    FiguresAsked,
    Formatted,
    Id,
    Listed,
    ReleasesAsked,
    Spoken,
)  # fmt: skip
from datashift.web.dashboard.models import Beside, Figure, Release
from datashift.web.people.models import Organisation
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import order, parsed

View = TypeVar("View", bound=Callable[..., HttpResponse])

WALK = 50_000
"""How many ids one page looks at, where no index leads to what is asked for."""

_PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "string"}, "text": {"type": "string"}, "facts": {"type": "object"}},
        }
    },
}
_STATUS = {"query.not-there": 404, "query.withdrawn": 410, "kit.unknown": 404}

api = NinjaAPI(
    title="DataShift",
    version="1",
    description="Figures that citizens made, beside the official ones. Everything here is public and only read.",
    docs_url=None,
    urls_namespace="api",
)


def patterns() -> tuple[list[URLPattern], str, str]:
    """Return the addresses of the API, each made public for machines with the parameters its description names."""
    found, app, namespace = api.urls
    described = {
        path: told["get"]["parameters"] for path, told in api.get_openapi_schema(path_prefix="")["paths"].items()
    }
    made = []
    for pattern in found:
        route = "/" + str(pattern.pattern).replace("<", "{").replace(">", "}")
        named = [p["name"] for p in described.get(route, []) if p["in"] == "query"]
        made.append(
            URLPattern(pattern.pattern, for_machines(*named)(pattern.callback), pattern.default_args, pattern.name)
        )
    return made, app, namespace


def _get(
    path: str, shape: type[BaseModel], problems: tuple[int, ...] = (), *, csv: bool = False
) -> Callable[[View], View]:
    """Make a function the answer at a path; describe also what it answers when something is wrong, and CSV."""
    words = {
        404: "There is no such thing.",
        410: "The release was withdrawn.",
        422: "A parameter is not as described.",
        429: "Too many questions in a minute; wait a minute.",
    }
    told: dict[int, Any] = {
        status: {"description": words[status], "content": {"application/json": {"schema": _PROBLEM}}}
        for status in (*problems, 422)
    }
    told[429] = {"description": words[429], "content": {"text/plain": {"schema": {"type": "string"}}}}
    if csv:
        told[200] = {"content": {"text/csv": {"schema": {"type": "string"}}}}
    name = path.strip("/").replace("s/{release}", "").partition("/")[0]
    made: Callable[[View], View] = api.get(
        path, response=shape, openapi_extra={"responses": told}, url_name=name, operation_id=name
    )
    return made


# --- releases and figures ---------------------------------------------------------------------------------------------


@_get("/releases", shapes.Releases, (404,), csv=True)
def releases(request: HttpRequest, asked: Query[ReleasesAsked]) -> HttpResponse:
    """List releases, the newest first."""
    every = Release.objects.select_related("organisation")
    found = (reading.releases() if asked.state == "current" else every).filter(**asked.filters())
    if asked.after:
        last = _release(asked.after)
        found = found.filter(Q(released_at__lt=last.released_at) | Q(released_at=last.released_at, pk__gt=last.pk))
    rows = list(found[: asked.limit + 1])
    with speaking(asked.language):
        items = [records.release(row, asked.language) for row in rows[: asked.limit]]
    return listed(request, items, shapes.ReleaseOut, asked, items[-1].id if len(rows) > asked.limit else None)


@_get("/releases/{release}", shapes.ReleaseOut, (404,))
def release(request: HttpRequest, release: Id, asked: Query[Spoken]) -> HttpResponse:
    """Return one release, also one that was replaced or withdrawn."""
    with speaking(asked.language):
        return one(records.release(_release(release), asked.language))


@_get("/figures", shapes.Figures, (404, 410), csv=True)
def figures(request: HttpRequest, asked: Query[FiguresAsked]) -> HttpResponse:
    """List figures that stand. With `release`, those of that release, marked when it was replaced."""
    found = _standing(Figure.objects.filter(**asked.filters()), asked.release).values(*records.FIGURE)
    rows, after = _page(found, asked)
    with speaking(asked.language):
        items = [records.figure(row) for row in rows]
    return listed(request, items, shapes.FigureOut, asked, after)


@_get("/comparisons", shapes.Comparisons, (404, 410), csv=True)
def comparisons(request: HttpRequest, asked: Query[ComparisonsAsked]) -> HttpResponse:
    """List figures beside official ones, each with its verdict and reason."""
    found = _standing(Beside.objects.filter(**asked.filters()), asked.release).values(*records.COMPARISON)
    rows, after = _page(found, asked)
    with speaking(asked.language):
        items = [records.comparison(row) for row in rows]
    return listed(request, items, shapes.ComparisonOut, asked, after)


def _standing(rows: QuerySet[Any], release: str) -> QuerySet[Any]:
    if not release:
        return rows.filter(current=True)
    found = _release(release)
    if found.withdrawn_at is not None:
        day, why = found.withdrawn_at.date().isoformat(), found.withdrawn_why
        raise BadQuery("query.withdrawn", release=release[:12], day=day, why=why)
    return rows.filter(release=found)


def _page(rows: QuerySet[Any], asked: FiguresAsked | ComparisonsAsked) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of rows in the order of their ids, and the id behind which to go on where more may follow.

    Where no index leads to what is asked for, only the next `WALK` ids are looked at: such a page may hold few rows,
    or none, and still lead on. So no question makes the database read every figure.
    """
    wide = not (asked.release or asked.indicator or asked.area)
    until = min(asked.after + WALK, LARGEST) if wide else LARGEST
    found = list(rows.filter(pk__gt=asked.after, pk__lte=until).order_by("pk")[: asked.limit + 1])
    kept = found[: asked.limit]
    if len(found) > asked.limit:
        return kept, kept[-1]["id"]
    return kept, until if wide and rows.model._default_manager.filter(pk__gt=until).exists() else None


def _release(name: str) -> Release:
    found = Release.objects.select_related("organisation").filter(pk=name).first()
    if found is None:
        raise BadQuery("query.not-there", name=name[:64])
    return found


# --- what is known, and who counted -----------------------------------------------------------------------------------


@_get("/ledger/{indicator}/{area}", shapes.LedgerOut, (404,))
def ledger(request: HttpRequest, indicator: Id, area: Id, asked: Query[Spoken]) -> HttpResponse:
    """Return all that is known about an indicator in a place."""
    told = reading.ledger_of(indicator, area, asked.language)
    if told is None:
        raise BadQuery("query.not-there", name=f"{indicator} {area}")
    return one(shapes.LedgerOut(indicator=indicator, area=area, language=asked.language, told=told))


@_get("/coverage/{country}", shapes.CoverageOut, (404,))
def coverage(request: HttpRequest, country: Id) -> HttpResponse:
    """Return who counted what in a country, and what nobody counted."""
    told = reading.coverage_of(country)
    if told is None:
        raise BadQuery("query.not-there", name=country)
    return one(shapes.CoverageOut(country=country, told=told))


# --- lists of names ---------------------------------------------------------------------------------------------------


@_get("/indicators", shapes.Indicators, csv=True)
def indicators(request: HttpRequest, asked: Query[Listed]) -> HttpResponse:
    """List the indicators of the SDG framework."""
    with speaking(asked.language):
        items = [shapes.IndicatorOut(**{**told, "label": label(told["label"])}) for told in reading.indicators()]
    return listed(request, items, shapes.IndicatorOut, asked)


@_get("/areas", shapes.Areas, (404,), csv=True)
def areas(request: HttpRequest, asked: Query[AreasAsked]) -> HttpResponse:
    """List places with the time for which each had its extent."""
    if asked.country and asked.country not in countries():
        raise BadQuery("query.not-there", name=asked.country)
    wanted = [asked.country] if asked.country else countries()
    with speaking(asked.language):
        items = [records.area(area) for code in wanted for area in known_areas(code).values()]
    return listed(request, items, shapes.AreaOut, asked)


@_get("/organisations", shapes.Organisations, csv=True)
def organisations(request: HttpRequest, asked: Query[Formatted]) -> HttpResponse:
    """List the organisations with a release that stands."""
    stands = Count("releases", filter=Q(releases__withdrawn_at=None, releases__superseded_by=None))
    found = Organisation.objects.annotate(stand=stands).filter(stand__gt=0).order_by("slug")
    items = [records.organisation(row, row.stand) for row in found]
    return listed(request, items, shapes.OrganisationOut, asked)


@_get("/kits", shapes.Kits, csv=True)
def kits(request: HttpRequest, asked: Query[Listed]) -> HttpResponse:
    """List the versions of kits and variants in the registry."""
    found = sorted(KitVersion.objects.all(), key=lambda row: (row.kit, order(row.version)))
    with speaking(asked.language):
        items = [records.kit(row, parsed(row.text), asked.language) for row in found]
    return listed(request, items, shapes.KitOut, asked)


# --- what goes wrong --------------------------------------------------------------------------------------------------


def _refused(request: HttpRequest, problem: DataShiftError) -> HttpResponse:
    return JsonResponse({"error": problem.as_dict()}, status=_STATUS.get(problem.code, 400))


def _not_valid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    first = problem.errors[0]
    parameter = str(first["loc"][-1])
    match = request.resolver_match
    value = str(request.GET.get(parameter, match.kwargs.get(parameter, "") if match else ""))[:80]
    told = BadQuery("query.bad-value", parameter=parameter, value=value, repair=first["msg"])
    return JsonResponse({"error": told.as_dict()}, status=422)


api.add_exception_handler(DataShiftError, _refused)
api.add_exception_handler(ValidationError, _not_valid)
