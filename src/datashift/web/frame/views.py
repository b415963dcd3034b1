"""Health, and the pages for what went wrong."""

from __future__ import annotations

import logging
import shutil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist

from datashift.web.jobs.services import worker_seen

_LEAST_FREE = 200 * 2**20


def health(request: HttpRequest) -> HttpResponse:
    """Say whether the site can do its work: 200, or 503 and what is wrong. Nothing about people or data."""
    told: dict[str, Any] = {"database": False, "worker": False, "space": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        told["database"] = True
        told["worker"] = worker_seen()
        told["space"] = shutil.disk_usage(settings.HOME).free > _LEAST_FREE
    except (DatabaseError, OSError):
        logging.getLogger("datashift.web").exception("health")
    response = JsonResponse({"ok": all(told.values()), **told}, status=200 if all(told.values()) else 503)
    response["Cache-Control"] = "no-store"
    return response


def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be found, the work desk need not be."""
    return HttpResponse("User-agent: *\nDisallow: /*/work/\nDisallow: /*/account/\n", content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page."""
    return _page(request, 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page is there, but not for this person."""
    return _page(request, 403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request could not be understood."""
    return _page(request, 400)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return _page(request, 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith(("/api/", "/sdmx/")):
        return JsonResponse({"error": {"code": f"http.{status}"}}, status=status)
    try:
        return render(request, "frame/refused.html", {"status": status}, status=status)
    except TemplateDoesNotExist:
        return HttpResponse(f"{status}\n", status=status, content_type="text/plain")
