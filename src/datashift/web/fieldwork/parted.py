"""Files that are given out in parts: a player asks for the place in a film to which somebody went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 1 << 16


def given(request: HttpRequest, path: Path, kind: str) -> HttpResponseBase:
    """Return a file, or the part of it for which the request asks (206; 416 where it has no such part).

    A request for several parts at once gets the whole file, as the standard allows. Raises Http404 where it is gone.
    """
    try:
        size = path.stat().st_size
    except OSError:
        raise Http404 from None
    span = _span(request.headers.get("Range", ""), size)
    if span is not None and not span:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    whole = span is None
    part = range(size) if span is None else span
    said = {} if whole else {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}"}
    return StreamingHttpResponse(
        _bytes(path, part), status=200 if whole else 206, content_type=kind,
        headers=said | {"Content-Length": str(len(part)), "Accept-Ranges": "bytes"},
    )  # fmt: skip


def _span(asked: str, size: int) -> range | None:
    """Return which bytes are asked for, none at all where there are no such; None for the whole file."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1 if last else size, size))


def _bytes(path: Path, span: range) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(span.start)
        left = len(span)
        while left and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
            yield chunk
