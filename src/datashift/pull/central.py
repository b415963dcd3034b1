"""ODK Central by OData: /v1/projects/{project}/forms/{form}.svc/Submissions.

Source: the OData endpoints of ODK Central. `$expand=*` (1.2 and later) gives repeats inside their submission, with
stable ids in `__id`; `$filter` (1.1 and later) knows `__system/submissionDate` and `__system/updatedAt`, which moves
with every edit and review. `$skiptoken` (2023.4 and later) cuts pages at a submission; older servers cut by number.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from datashift.errors import BadPull, PullUnavailable
from datashift.pull.asking import ask_json, server_time
from datashift.pull.door import Get
from datashift.pull.rows import Fields
from datashift.pull.source import Source, shown
from datashift.pull.sweep import Page, Reading, by_id, listed

PAGE = 500
ID = "__id"
OVERLAP = timedelta(minutes=10)
"""Changes are asked for from a little before the last pull: what was being stored then is not missed."""

_NEXT = "@odata.nextLink"
_SKIPPED = "skip:"


Asked = Callable[[Mapping[str, str]], tuple[Any, Mapping[str, str]]]


def reading(source: Source, get: Get) -> Reading:
    """Return how the submissions of a form of ODK Central are read. Errors: as of `ask`."""
    form = f"{quote(source.project, safe='')}/forms/{quote(source.asset, safe='')}"
    base = f"{source.home}/v1/projects/{form}.svc/Submissions"
    headers = _signed(source.secret())

    def asked(more: Mapping[str, str]) -> tuple[Any, Mapping[str, str]]:
        return ask_json(get, f"{base}?{urlencode({'$count': 'true'} | dict(more))}", headers)

    def counted() -> int:
        total = _total(asked({"$top": "0"})[0])
        if total is None:
            raise BadPull("pull.not-data", address=shown(base), problem="@odata.count")
        return total

    return Reading(partial(_pages, asked, shown(base)), shown(base), ID, counted)


def _pages(asked: Asked, address: str, since: str, cursor: str) -> Iterator[Page]:
    told = {"$top": str(PAGE), "$expand": "*", "$wkt": "true"}
    if since:
        told["$filter"] = f"__system/submissionDate ge {since} or __system/updatedAt ge {since}"
    first: int | None = None
    while True:
        answer, said = asked(told | _from(cursor))
        records, total = listed(answer, "value", address), _total(answer)
        if cursor.startswith(_SKIPPED) and first is not None and total != first:
            # Pages cut by number have moved: a submission could have slipped between two of them.
            raise PullUnavailable("pull.rows-missing", address=address, total=first, found=total or 0)
        first = total if first is None else first
        cursor = _onward(answer, records, cursor, total)
        lasting = not cursor.startswith(_SKIPPED)
        yield Page(by_id(records, ID, address), cursor, total, _moment(said), lasting)
        if not cursor:
            return


def _moment(said: Mapping[str, str]) -> str:
    now = server_time(said)
    return (now - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.000Z") if now else ""


def _signed(secret: str) -> dict[str, str]:
    """A token of a session, or e-mail and password of a web user (e-mail:password) for pulls that go on for long."""
    if ":" in secret:
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    return {"Authorization": f"Bearer {secret}"} if secret else {}


def _total(answer: Any) -> int | None:
    count = answer.get("@odata.count") if isinstance(answer, dict) else None
    return count if isinstance(count, int) else None


def _from(cursor: str) -> dict[str, str]:
    if cursor.startswith(_SKIPPED):
        return {"$skip": cursor.removeprefix(_SKIPPED)}
    return {"$skiptoken": cursor} if cursor else {}


def _onward(answer: Any, records: list[Fields], cursor: str, total: int | None) -> str:
    """Return where the next page begins. Only the mark is taken from the link, never its host."""
    link = answer.get(_NEXT)
    if isinstance(link, str):
        asked = parse_qs(urlsplit(link).query)
        token = asked.get("$skiptoken") or asked.get("%24skiptoken")
        if token:
            return token[0]
    done = int(cursor.removeprefix(_SKIPPED)) if cursor.startswith(_SKIPPED) else 0
    if cursor and not cursor.startswith(_SKIPPED):
        return ""
    more = bool(records) and (total is None or done + len(records) < total) and (link or len(records) >= PAGE)
    return f"{_SKIPPED}{done + len(records)}" if more else ""
