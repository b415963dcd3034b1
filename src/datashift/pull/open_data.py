"""WPdx (a Socrata portal) and openAQ: open data that are read page by page.

Sources: the SODA API (`$limit`, `$offset`, `$order=:id`, `$where` on `:updated_at`, token in X-App-Token) and the API
of openAQ, version 3 (`/v3/sensors/{id}/measurements`, `datetime_from`, `limit`, `page`, key in X-API-Key).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from datashift.errors import BadPull, PullUnavailable
from datashift.pull.asking import ask_json, server_time
from datashift.pull.door import Get
from datashift.pull.rows import Fields
from datashift.pull.source import Source, shown
from datashift.pull.sweep import Page, Reading, by_id, listed

PAGE = 5000
OPENAQ_PAGE = 1000
WPDX_OVERLAP = timedelta(days=1)
OPENAQ_OVERLAP = timedelta(days=3)
"""Both publish with a delay, so changes are asked for from this long before the last pull."""

_STAMP = "%Y-%m-%dT%H:%M:%S.000Z"


def wpdx(source: Source, get: Get) -> Reading:
    """Return how water points are read. The id of a row is `row_id` of WPdx, else `:id` of the portal, else `key`."""
    base = f"{source.home}/resource/{quote(source.asset, safe='')}.json"
    secret = source.secret()
    headers = {"X-App-Token": secret} if secret else {}

    def asked(**more: str) -> tuple[Any, Any]:
        return ask_json(
            get, f"{base}?{urlencode({f'${name}': value for name, value in more.items() if value})}", headers
        )

    def count(where: str = "") -> int:
        rows = listed(asked(select="count(*) as count", where=where)[0], "", shown(base))
        told = str(rows[0].get("count", "")) if rows else ""
        if not told.isdigit():
            raise BadPull("pull.not-data", address=shown(base), problem="count")
        return int(told)

    def pages(since: str, cursor: str) -> Iterator[Page]:
        where = f":updated_at >= '{since}'" if since else ""
        total, done = count(where), int(cursor or 0)
        while True:
            answer, said = asked(select=":*,*", order=":id", limit=str(PAGE), offset=str(done), where=where)
            records = listed(answer, "", shown(base))
            done += len(records)
            now = server_time(said)
            moment = (now - WPDX_OVERLAP).strftime(_STAMP) if now else ""
            ends = not records or done >= total
            if ends and count(where) != total:
                # Rows came or went while we read: one could have slipped between two pages.
                raise PullUnavailable("pull.rows-missing", address=shown(base), total=count(where), found=total)
            yield Page(_water_points(records, source, shown(base)), "" if ends else str(done), total, moment, False)
            if ends:
                return

    return Reading(pages, shown(base), counted=count)


def _water_points(records: list[Fields], source: Source, address: str) -> dict[str, Fields]:
    if source.key:
        keyed = {"/".join(str(record.get(name) or "") for name in source.key): record for record in records}
        if not all(key.strip("/") for key in keyed):
            raise BadPull("pull.no-id", address=address, column=", ".join(source.key))
        return keyed
    own = "row_id" if all(record.get("row_id") for record in records) else ":id"
    return by_id(records, own, address)


def openaq(source: Source, get: Get) -> Reading:
    """Return how the measurements of a sensor of openAQ are read. A measurement is known by sensor and its period."""
    base = f"{source.home}/v3/sensors/{quote(source.asset, safe='')}/measurements"
    secret = source.secret()
    headers = {"X-API-Key": secret} if secret else {}

    def pages(since: str, cursor: str) -> Iterator[Page]:
        number = int(cursor or 1)
        start = since or (source.since.isoformat() if source.since else "")
        while True:
            told = {"limit": OPENAQ_PAGE, "page": number} | ({"datetime_from": start} if start else {})
            answer, said = ask_json(get, f"{base}?{urlencode(told)}", headers)
            records = listed(answer, "results", shown(base))
            now = server_time(said)
            moment = (now - OPENAQ_OVERLAP).strftime(_STAMP) if now else ""
            ends = len(records) < OPENAQ_PAGE
            number += 1
            found = {_period(record, source, shown(base)): record for record in records}
            yield Page(found, "" if ends else str(number), None, moment)
            if ends:
                return

    return Reading(pages, shown(base))


def _period(record: Fields, source: Source, address: str) -> str:
    period: Any = record.get("period")
    moments = [period.get(name) for name in ("datetimeFrom", "datetimeTo")] if isinstance(period, dict) else []
    told = [str(moment["utc"]) for moment in moments if isinstance(moment, dict) and moment.get("utc")]
    if not told:
        raise BadPull("pull.no-id", address=address, column="period/datetimeFrom/utc")
    return "/".join([*told, source.asset])
