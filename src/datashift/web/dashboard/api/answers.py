"""How machines are answered: in the format they ask for, with an ETag, readable from every site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from pydantic import BaseModel

from datashift.web.dashboard.api.asked import Formatted
from datashift.web.frame.public import public

CSV = "text/csv"


def for_machines(*parameters: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view public for machines of every origin; its answer depends on these parameters and on Accept."""

    def made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            # HEAD is answered like GET; the server leaves the body out.
            request.method = "GET"
            response = view(request, *args, **named)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, Link"
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
            language = request.GET.get("language", "")
            response.setdefault("Content-Language", language if language in dict(settings.LANGUAGES) else "en")
            patch_vary_headers(response, ["Accept"])
            return response

        return public(*parameters)(answered)

    return made


def accepted(request: HttpRequest, known: Mapping[str, str], default: str) -> str | None:
    """Return the key of `known` (key -> media type) that the Accept header likes best; None where it takes none.

    Parameters of a media type count only where the header states them too.
    """
    header = request.headers.get("Accept", "")
    wanted = sorted((_media(part) for part in header.split(",") if part.strip()), key=lambda one: -one[2])
    for kind, stated, weight in wanted:
        if weight <= 0:
            continue
        if kind == "*/*":
            return default
        for key, media in known.items():
            own, facts, _weight = _media(media)
            if _covers(kind, own) and all(facts.get(name) == value for name, value in stated.items()):
                return key
    return None if wanted else default


def _covers(range_: str, kind: str) -> bool:
    return range_ == kind or (range_.endswith("/*") and kind.startswith(range_[:-1]))


def _media(text: str) -> tuple[str, dict[str, str], float]:
    kind, *parts = (part.strip() for part in text.split(";"))
    facts = {name.strip().lower(): value.strip().strip('"') for name, _sign, value in (p.partition("=") for p in parts)}
    try:
        weight = float(facts.pop("q", "1"))
    except ValueError:
        weight = 0.0
    return kind.lower(), {name: value for name, value in facts.items() if name == "version"}, weight


def wants_csv(request: HttpRequest, format: str | None) -> bool:
    """Say whether CSV is asked for, by the parameter `format` or by Accept."""
    known = {"json": "application/json", "csv": CSV}
    return (format or accepted(request, known, "json")) == "csv"


def listed(
    request: HttpRequest, items: Sequence[BaseModel], shape: type[BaseModel], asked: Formatted, after: object = None
) -> HttpResponse:
    """Answer a list as JSON or CSV; `after` is the cursor behind the last item where more follow."""
    following = _address(request, after) if after is not None else None
    told = [item.model_dump(mode="json") for item in items]
    if wants_csv(request, asked.format):
        response = HttpResponse(as_csv(shape.model_fields, told), content_type=f"{CSV}; charset=utf-8")
    else:
        response = HttpResponse(as_json({"items": told, "next": following}), content_type="application/json")
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def one(item: BaseModel) -> HttpResponse:
    """Answer one record as JSON."""
    return HttpResponse(as_json(item.model_dump(mode="json")), content_type="application/json")


def as_json(told: Any) -> str:
    """Return JSON that is the same for the same content."""
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def as_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV (RFC 4180); what is a list or a record is written as JSON."""
    names = list(columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return as_json(value)
    text = str(value)
    # A spreadsheet program would run such a text as a formula; a number may begin with a minus.
    risky = isinstance(value, str) and text[:1] in ("=", "+", "@", "-", "\t", "\r")
    return f"'{text}" if risky else text


def _address(request: HttpRequest, after: object) -> str:
    query = {name: value for name, value in request.GET.items() if name != "after"} | {"after": after}
    return f"{settings.ORIGIN}{request.path}?{urlencode(query)}"
