"""What happens around every view: one log line, limits, the language, and failures in plain words."""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from datashift.errors import DataShiftError, InputError, SourceUnavailable
from datashift.language import speaking

Answer = Callable[[HttpRequest], HttpResponse]

_log = logging.getLogger("datashift.web")
_SALT = secrets.token_bytes(16)
_MANY = 50_000


def logged(get_response: Answer) -> Answer:
    """Write one line per request: its route (never its address), method, status and time."""

    def answer(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        facts = {"route": (match.view_name or match.route) if match else "", "method": request.method,
                 "status": response.status_code, "ms": round(1000 * (time.perf_counter() - started), 1)}  # fmt: skip
        _log.log(logging.ERROR if response.status_code >= 500 else logging.INFO, "request", extra=facts)
        return response

    return answer


def spoken(get_response: Answer) -> Answer:
    """Speak the language of the request in everything below the web."""

    def answer(request: HttpRequest) -> HttpResponse:
        with speaking((get_language() or "en")[:2]):
            return get_response(request)

    return answer


class _Counts:
    """How many requests a visitor made of late. Known by a keyed digest that lives as long as the process."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], tuple[float, int]] = {}
        self.lock = threading.Lock()

    def allowed(self, kind: str, address: str) -> bool:
        most, span = settings.RATE_LIMITS[kind]
        visitor = hmac.new(_SALT, address.encode(), sha256).hexdigest()[:24]
        now = time.monotonic()
        with self.lock:
            if len(self.seen) > _MANY:
                self.seen = {key: kept for key, kept in self.seen.items() if now - kept[0] < 60}
            start, count = self.seen.get((kind, visitor), (now, 0))
            if now - start >= span:
                start, count = now, 0
            self.seen[kind, visitor] = (start, count + 1)
        return bool(count < most)


counts = _Counts()


def limited(get_response: Answer) -> Answer:
    """Refuse an address that asks too often (429), so that one visitor cannot stop the others."""

    def answer(request: HttpRequest) -> HttpResponse:
        if counts.allowed(_kind(request), _address(request)):
            return get_response(request)
        response = HttpResponse("429\n", status=429, content_type="text/plain")
        response["Retry-After"] = "60"
        return response

    return answer


def _address(request: HttpRequest) -> str:
    """Return the address of the visitor: what our own proxy says last, where there is one."""
    if settings.BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _kind(request: HttpRequest) -> str:
    if request.method == "POST":
        return "sign-in" if "/account/" in request.path else "write"
    return "api" if request.path.startswith(("/api/", "/sdmx/")) else "page"


def refused(get_response: Answer) -> Answer:
    """Answer a coded failure with its text and its repair: as a page, or as JSON where machines ask."""
    return _Refused(get_response)


class _Refused:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, DataShiftError):
            return None
        status = 400 if isinstance(problem, InputError) else 503 if isinstance(problem, SourceUnavailable) else 409
        if request.path.startswith(("/api/", "/sdmx/")):
            return JsonResponse({"error": problem.as_dict()}, status=status)
        return render(request, "frame/problem.html", {"problem": problem}, status=status)
