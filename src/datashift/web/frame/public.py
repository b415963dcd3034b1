"""Public pages: made once per revision and language, kept in memory compressed, and revalidated by their ETag.

A public page is the same for everybody: it knows neither session nor cookie, and is complete without JavaScript.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from datashift.language import current as language
from datashift.web.frame.models import current as revision

MOST_BYTES = 48 * 2**20
"""How much memory kept pages may take in one process."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True)
class Page:
    """A page as it goes out: its bytes, plain and compressed, its ETag and its headers."""

    status: int
    plain: bytes
    zipped: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Return how many bytes it keeps."""
        return len(self.plain) + len(self.zipped)


class _Kept:
    """The pages of the current revision, the least used dropped first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.bytes = 0
        self.revision = -1
        self.lock = threading.Lock()

    def get(self, key: str, number: int) -> Page | None:
        with self.lock:
            if number != self.revision:
                self.pages.clear()
                self.bytes, self.revision = 0, number
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def put(self, key: str, number: int, page: Page) -> None:
        with self.lock:
            if number != self.revision or key in self.pages or page.size > MOST_BYTES // 8:
                return
            self.pages[key] = page
            self.bytes += page.size
            while self.bytes > MOST_BYTES:
                self.bytes -= self.pages.popitem(last=False)[1].size


_kept = _Kept()


def public(*parameters: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view public: its page depends on address, language, what is public, and the named query parameters only.

    Only GET and HEAD are answered. Other query parameters never reach the view, so they cannot fill the memory.
    """

    def made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            asked = [(name, value) for name in parameters for value in request.GET.getlist(name)]
            number = revision()
            key = _key(request.path, urlencode(asked), request.headers.get("Accept", "") if parameters else "")
            page = _kept.get(key, number)
            if page is None:
                query = request.GET.copy()
                query.clear()
                for name, value in asked:
                    query.appendlist(name, value)
                request.GET = query  # type: ignore[assignment]
                response = view(request, *args, **named)
                if response.streaming:
                    # A file goes out as it is read; it has an ETag of its own.
                    return response
                page = _page(response)
                if page.status == 200 and response.get("Cache-Control") != "no-store":
                    _kept.put(key, number, page)
            return _answer(request, page)

        shown.is_public = True  # type: ignore[attr-defined]
        shown.parameters = parameters  # type: ignore[attr-defined]
        return shown

    return made


def _key(*parts: str) -> str:
    """Return a short name for a page in the current language: what is asked may be long, and would fill the memory."""
    return sha256("\0".join((language(), *parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _page(response: HttpResponse) -> Page:
    plain = response.content
    zipped = gzip.compress(plain, 6, mtime=0) if len(plain) > 200 else b""
    etag = f'"{sha256(plain + str(response.status_code).encode()).hexdigest()[:27]}"'
    headers = tuple((name, value) for name, value in response.items() if name != "Content-Length")
    return Page(response.status_code, plain, zipped if len(zipped) < len(plain) else b"", etag, headers)


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    zipped = bool(page.zipped) and "gzip" in request.headers.get("Accept-Encoding", "")
    etag = page.etag[:-1] + '-gzip"' if zipped else page.etag
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    response: HttpResponse
    if page.status == 200 and (etag in known or "*" in known):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page.zipped if zipped else page.plain, status=page.status)
        if zipped:
            response["Content-Encoding"] = "gzip"
    for name, value in page.headers:
        response[name] = value
    response["ETag"] = etag
    response.setdefault("Cache-Control", "no-cache")
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
