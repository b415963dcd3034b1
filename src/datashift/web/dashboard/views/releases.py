"""A release: its page, its figures step by step, its dossier, its files."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from datashift.dossier.saying import RELATIONS, SAMPLING
from datashift.language import LANGUAGES, _, label
from datashift.web.dashboard import charts, citing, dossiers, opening, reading
from datashift.web.dashboard.members import BUNDLE, Opened, opened, stream
from datashift.web.dashboard.models import Figure, Release
from datashift.web.dashboard.words import ESTIMATORS, KINDS, STAGES, said_of
from datashift.web.frame.public import public
from datashift.web.standards.profiles import newest_profiles

MOST_AREAS = 120
"""Places that one chart shows; of more, the greatest and the least."""

_TYPES = {
    "csv": ("text/csv; charset=utf-8", "attachment"),
    "parquet": ("application/vnd.apache.parquet", "attachment"),
    "zip": ("application/zip", "attachment"),
    "json": ("application/json", "inline"),
    "toml": ("text/plain; charset=utf-8", "inline"),
    "txt": ("text/plain; charset=utf-8", "inline"),
    "sha256": ("text/plain; charset=utf-8", "inline"),
    "svg": ("image/svg+xml", "inline"),
    "png": ("image/png", "inline"),
    "html": ("text/html; charset=utf-8", "inline"),
    "pdf": ("application/pdf", "attachment"),
}
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; sandbox"
"""What a file may do that is opened by itself: show, and nothing else."""
_FOR_A_WHILE = "public, max-age=3600"
"""A file never changes, but its release may be taken back: then no cache gives it out for longer than this."""
_ASK_AGAIN = "public, no-cache"
"""A dossier is made again when people say something to it: a cache asks each time whether its own is still that one."""


@public("measure", "period")
def release(request: HttpRequest, release: str) -> HttpResponse:
    """Show a release: what it found, how sure, by whom and how, its checks, limits, versions and files."""
    found = _release(release)
    if found.withdrawn_at:
        return render(request, "dashboard/release_withdrawn.html", _about(found))
    bundle = opened(found.pk)
    measure = _measure(found, request.GET.get("measure", ""))
    figures = found.figures.filter(measure=measure["id"])
    periods = sorted(set(figures.values_list("period", flat=True)))
    told = set(figures.exclude(value=None).values_list("period", flat=True))
    period = _one_of(request.GET.get("period", ""), sorted(periods, key=lambda one: (one in told, one)))
    context = _about(found) | {
        "measure": measure, "period": period, "periods": periods, "files": _files(bundle),
        "whole": _whole(figures, found, period), "areas": _areas(figures, found, measure, period),
        "groups": _groups(figures, found, measure, period), **_beside(found, measure, period),
        "findings": opening.effects(found.texts.get("findings", ()), measure["id"]),
        "design": opening.design_of(bundle.recipe if bundle else {}),
        "question": opening.counted(bundle.kit, opening.measure_of(bundle.kit, measure["id"])) if bundle else {},
    }  # fmt: skip
    return render(request, "dashboard/release.html", context)


@public("period", "group")
def figure(request: HttpRequest, release: str, measure: str, area: str) -> HttpResponse:
    """Open a figure: value, method, cells, recipe, checks, bundle."""
    found = _release(release)
    if found.withdrawn_at:
        return render(request, "dashboard/release_withdrawn.html", _about(found))
    rows = list(found.figures.filter(measure=measure, area=area).order_by("-year", "breakdown"))
    if not rows:
        raise Http404
    period = _one_of(request.GET.get("period", ""), [row.period for row in reversed(rows)])
    then = [row for row in rows if row.period == period]
    one = next((row for row in then if row.breakdown == request.GET.get("group", "")), then[0])
    bundle = opened(found.pk)
    stated = opening.measure_of(bundle.kit, measure) if bundle else {}
    context = _about(found) | {
        "figure": one, "measure": _measure(found, measure), "bundle": bundle,
        "place": citing.place(found, area, one.area_name),
        "others": [(row, _group(found, row.breakdown)) for row in rows if row.pk != one.pk],
        "group": _group(found, one.breakdown), "method": _method(found, one),
        "estimator": said_of(ESTIMATORS, stated.get("estimator", "")),
        "counted": opening.counted(bundle.kit, stated) if bundle else None,
        "design": opening.design_of(bundle.recipe if bundle else {}),
        "cells": opening.cells_of(bundle, one, found.whole) if bundle else None,
        "decisions": opening.decisions(bundle, stated) if bundle else [],
        "findings": opening.effects(found.texts.get("findings", ()), measure),
        "beside": found.beside.filter(measure=measure, area=area, period=one.period, breakdown=one.breakdown),
        "files": _files(bundle),
    }  # fmt: skip
    return render(request, "dashboard/figure.html", context)


@public()
def dossier(request: HttpRequest, release: str) -> HttpResponse:
    """Show how the figures came about, as the dossier in the bundle tells it, and what people said to it since."""
    found = _release(release)
    if found.withdrawn_at:
        return render(request, "dashboard/release_withdrawn.html", _about(found))
    bundle, told = opened(found.pk), dossiers.today(found)
    labels = {one["id"]: one for one in found.measures}
    figures = found.figures.filter(area=found.whole, breakdown="").order_by("pk")
    context = _about(found) | {
        "bundle": bundle, "dossier": dossiers.page(told) if told else None, "stages": STAGES,
        "taken": dossiers.taken(found) if told else [], "halted": dossiers.halted(found) if told else ("", None),
        "figures": [(labels.get(row.measure, {}), row) for row in figures],
        "profiles": _profiles(told) if told else [],
    }  # fmt: skip
    answer = render(request, "dashboard/dossier.html", context)
    if context["halted"][0]:
        answer["Cache-Control"] = "no-store"  # how far the files are changes while nothing public does
    return answer


@require_safe
def dossier_file(request: HttpRequest, release: str, name: str) -> HttpResponseBase:
    """Give out a dossier as a file in one language, once the worker has made it."""
    found = _release(release)
    if found.withdrawn_at:
        return HttpResponse("410\n", status=410, content_type="text/plain")
    path = dossiers.file_of(found.pk, name)
    if path is None:
        raise Http404
    made = path.stat()
    etag = f'"{made.st_mtime_ns:x}-{made.st_size:x}"'
    if _has(request, etag):
        return _kept(HttpResponseNotModified(), etag, _ASK_AGAIN)
    kind, shown = _TYPES[name.rpartition(".")[2]]
    answer = FileResponse(path.open("rb"), content_type=kind)
    answer["Content-Disposition"] = f'{shown}; filename="{found.pk[:12]}-dossier-{name}"'
    answer["Content-Security-Policy"] = _ALONE
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _kept(answer, etag, _ASK_AGAIN)


@require_safe
def permanent(request: HttpRequest, release: str) -> HttpResponse:
    """Send the reader to the page of a release in the language that the browser asks for."""
    response = HttpResponseRedirect(reverse("release", args=[_release(release).pk]))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def file(request: HttpRequest, release: str, name: str) -> HttpResponseBase:
    """Give out a public file of a release, or its whole bundle. What is not listed as public is not there."""
    found = _release(release)
    if found.withdrawn_at:
        return HttpResponse("410\n", status=410, content_type="text/plain")
    bundle = opened(found.pk)
    if bundle is None or (name != BUNDLE and name not in bundle.members):
        raise Http404
    etag = f'"{bundle.manifest["id"] if name == BUNDLE else bundle.members[name].digest}"'
    if _has(request, etag):
        return _kept(HttpResponseNotModified(), etag)
    kind, shown = _TYPES.get(name.rpartition(".")[2], ("application/octet-stream", "attachment"))
    answer = FileResponse(stream(bundle, name), content_type=kind)
    answer["Content-Disposition"] = f'{shown}; filename="{found.pk[:12]}-{name.rpartition("/")[2]}"'
    answer["Content-Length"] = str(bundle.path.stat().st_size if name == BUNDLE else bundle.members[name].size)
    answer["Content-Security-Policy"] = _ALONE
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _kept(answer, etag)


@require_safe
def card(request: HttpRequest, release: str, language: str) -> HttpResponseBase:
    """Give out the picture of a release for sharing, once the worker has made it."""
    found = _release(release)
    path = settings.HOME / "cards" / f"{found.pk}-{language}.png"
    if found.withdrawn_at or language not in LANGUAGES or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="image/png")
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _has(request: HttpRequest, etag: str) -> bool:
    """Say whether the reader has these bytes already."""
    return etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]


def _kept(answer: HttpResponseBase, etag: str, how: str = _FOR_A_WHILE) -> HttpResponseBase:
    answer["ETag"], answer["Cache-Control"] = etag, how
    return answer


# --- what the pages show ----------------------------------------------------------------------------------------------


def _release(name: str) -> Release:
    found = Release.objects.select_related("organisation", "superseded_by").filter(pk=name).first()
    if found is None:
        raise Http404
    return found


def _about(found: Release) -> dict[str, Any]:
    """Return what every page of a release says of it."""
    versions = Release.objects.filter(organisation=found.organisation, series=found.series).order_by("-number")
    card_file = settings.HOME / "cards" / f"{found.pk}-en.png"
    return {
        "release": found, "title": citing.title(found), "producer": citing.producer(found),
        "place": citing.place(found, found.whole, found.whole),
        "indicator": reading.indicator(found.indicator), "country": label(reading.country_name(found.country)),
        "versions": list(versions), "sampling": said_of(SAMPLING, found.sampling_type),
        "relation": said_of(RELATIONS, found.relation), "citation": citing.citation(found),
        "bibtex": citing.bibtex(found), "permanent": citing.permanent(found), "has_card": card_file.is_file(),
    }  # fmt: skip


def _measure(found: Release, name: str) -> dict[str, Any]:
    return next((one for one in found.measures if one["id"] == name), found.measures[0])


def _one_of(wanted: str, known: list[str]) -> str:
    return wanted if wanted in known else known[-1] if known else ""


def _whole(figures: QuerySet[Figure], found: Release, period: str) -> Figure | None:
    return figures.filter(area=found.whole, period=period, breakdown="").first()


def _opened_at(found: Release, row: Figure) -> str:
    """Return the address where a figure opens."""
    query = {name: value for name, value in (("period", row.period), ("group", row.breakdown)) if value}
    return reverse("figure", args=[found.pk, row.measure, row.area], query=query)


def _row(found: Release, row: Figure, name: str) -> dict[str, Any]:
    return {
        "name": name, "value": row.value, "lower": row.lower, "upper": row.upper, "status": row.status,
        "reason": label(row.reason) if row.reason else "", "whole": row.area == found.whole and not row.breakdown,
        "made": _opened_at(found, row),
    }  # fmt: skip


def _chart(rows: list[dict[str, Any]], measure: dict[str, Any], caption: str, first: str) -> Any:
    unit = measure["unit"]
    return charts.dots(rows, charts.axis(rows, unit), caption=caption, first=first)


def _areas(figures: QuerySet[Figure], found: Release, measure: dict[str, Any], period: str) -> dict[str, Any] | None:
    """Return the chart of the places, and how many of them it leaves out."""
    known = figures.filter(period=period, breakdown="")
    rows = [_row(found, row, citing.place(found, row.area, row.area_name)) for row in known]
    if not [row for row in rows if not row["whole"]]:
        return None
    rows.sort(key=lambda row: (not row["whole"], row["value"] is None, -(row["value"] or 0)))
    shown = rows if len(rows) <= MOST_AREAS else rows[: MOST_AREAS // 2] + rows[-MOST_AREAS // 2 :]
    return {"chart": _chart(shown, measure, label(measure["label"]), _("Place")), "left_out": len(rows) - len(shown)}


def _groups(figures: QuerySet[Figure], found: Release, measure: dict[str, Any], period: str) -> list[Any]:
    """Return one chart per dimension by which the figures of the whole place are broken down."""
    by: dict[str, list[dict[str, Any]]] = {}
    for row in figures.filter(area=found.whole, period=period).exclude(breakdown=""):
        dimensions = ";".join(part.partition("=")[0] for part in row.breakdown.split(";"))
        by.setdefault(dimensions, []).append(_row(found, row, _group(found, row.breakdown)))
    named = found.texts.get("groups", {})
    heads = {key: ", ".join(label(named.get(one, one)) for one in key.split(";")) for key in by}
    return [_chart(rows[:MOST_AREAS], measure, label(measure["label"]), heads[key]) for key, rows in by.items()]


def _group(found: Release, breakdown: str) -> str:
    """Return the words for a group: "women, 15 to 24"; "" for everybody."""
    named = found.texts.get("groups", {})
    return ", ".join(label(named.get(part, part)) for part in breakdown.split(";") if part)


def _beside(found: Release, measure: dict[str, Any], period: str) -> dict[str, Any]:
    """Return the comparisons of the whole place, those of the others, and how often each word is said of these."""
    rows = found.beside.filter(measure=measure["id"], period=period, breakdown="").exclude(official={}).order_by("pk")
    inside = [(citing.place(found, row.area, row.area_name), row) for row in rows if row.area != found.whole]
    words = Counter(label(row.word) for _name, row in inside if row.word)
    return {"beside": [row for row in rows if row.area == found.whole], "inside": inside, "words": words.most_common()}


def _method(found: Release, row: Figure) -> str:
    told = found.texts.get("methods", {}).get(row.method)
    return label(told) if told else row.method


def _profiles(dossier: dossiers.Dossier) -> list[dict[str, Any]]:
    """Return the profiles of a dossier that the registry has in this very version, each to be read and scored by."""
    known = {(row.profile, row.version) for row in newest_profiles()}
    return [one for one in dossier["profiles"] if (one["id"], one["version"]) in known]


def _files(bundle: Opened | None) -> dict[str, Any]:
    if bundle is None:
        return {}
    place = {name: k for k, name in enumerate(KINDS)}
    names = [name for name in bundle.members if not name.startswith("charts/")]
    plain = [
        (bundle.members[name], said_of(KINDS, name)) for name in sorted(names, key=lambda name: place.get(name, 99))
    ]
    return {"charts": bundle.charts, "plain": plain, "size": bundle.path.stat().st_size}
