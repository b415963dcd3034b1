"""What happens around every view: one log line, limits, the language, and failures in plain words."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from functools import cache
from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import get_language, get_language_from_path, override

from datashift.errors import DataShiftError, InputError, SourceUnavailable
from datashift.language import speaking

Answer = Callable[[HttpRequest], HttpResponse]

_log = logging.getLogger("datashift.web")
_SALT = secrets.token_bytes(16)
_MANY = 50_000
PHONES = re.compile(r"/key/|/[a-z]{2}/fill/.+/submission$")
"""Where phones send: the view knows who sends before it reads anything, and has a bound of its own."""
PAGES_TO_ANSWER = re.compile(r"/[a-z]{2}/fill/")
GATEWAYS = "/gateway/"


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
        response = _wait(request)
        response["Retry-After"] = "60"
        return response

    return answer


def _wait(request: HttpRequest) -> HttpResponse:
    """Tell people to wait, in the language of the address. It is made once: a flood must not cost more than a page."""
    language = get_language_from_path(request.path)
    if language is None:
        return HttpResponse("429\n", status=429, content_type="text/plain")
    return HttpResponse(_waiting(language), status=429)


@cache
def _waiting(language: str) -> str:
    with override(language), speaking(language):
        return str(get_template("frame/wait.html").render({}))


def _address(request: HttpRequest) -> str:
    """Return the address of the visitor: what our own proxy says last, where there is one.

    Of an IPv6 address it is the network (/64): whoever has one has all of its addresses.
    """
    behind = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    stated = behind if settings.BEHIND_PROXY else str(request.META.get("REMOTE_ADDR", ""))
    try:
        known = ipaddress.ip_address(stated)
    except ValueError:
        return stated
    return stated if known.version == 4 else str(int(known) >> 64 if known.ipv4_mapped is None else known.ipv4_mapped)


def _kind(request: HttpRequest) -> str:
    if PHONES.match(request.path):
        return "phone"
    if request.path.startswith(GATEWAYS):
        return "gateway"
    if request.method == "POST":
        # A code of a receipt must not be guessed by trying many.
        return "sign-in" if "/account/" in request.path else "receipt" if _withdraws(request.path) else "write"
    return "api" if request.path.startswith(("/api/", "/sdmx/")) else "page"


def _withdraws(path: str) -> bool:
    return path.strip("/").partition("/")[2] == "withdraw"


def bounded(get_response: Answer) -> Answer:
    """Refuse what no page takes, before any of it is read: bodies that are too large, and paths with a sign that
    databases do not keep.

    Django writes a file to the disk while it looks for the token of a form, so a view would come too late.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        limit = settings.ANSWER_LIMIT if PAGES_TO_ANSWER.match(request.path_info) else settings.BODY_LIMIT
        if size <= limit or PHONES.match(request.path_info):
            return get_response(request)
        known = request.user.is_authenticated
        if known and size <= settings.UPLOAD_LIMIT + settings.BODY_LIMIT:
            return get_response(request)
        for _piece in range(settings.UPLOAD_LIMIT >> 18 if known else 0):
            if not request.read(2**20):  # thrown away; a browser that may not send to the end shows no answer
                break
        return render(request, "frame/refused.html", {"status": 413}, status=413)

    return answer


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
        response = render(request, "frame/problem.html", {"problem": problem}, status=status)
        response["Cache-Control"] = "no-store"  # its text may quote what somebody sent
        return response
