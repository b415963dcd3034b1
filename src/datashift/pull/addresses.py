"""Tables at an address: a CSV, a shared sheet, an archive with a file for each day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa

from datashift.errors import BadPull, DataShiftError
from datashift.pull.asking import Reply, ask
from datashift.pull.door import Get
from datashift.pull.files import read_in, sheets_in
from datashift.pull.rows import Sheets, compared, digests
from datashift.pull.source import Source
from datashift.pull.state import MAIN, Counts, Pulled, State

SETTLED = timedelta(days=7)
"""Files of days longer ago are not asked for again; archives are completed within days."""
NEVER_CAME = timedelta(days=30)
"""A day without a file is asked for again until it is this long ago."""

_SHEET = re.compile(r"^/spreadsheets/d/(?P<id>[A-Za-z0-9_-]{20,})(?:/|$)")
_PUBLISHED = re.compile(r"^/spreadsheets/d/e/(?P<id>[A-Za-z0-9_-]{20,})(?:/|$)")
_GOOGLE = "docs.google.com"


def sheet_address(address: str) -> str:
    """Return where a shared sheet gives its table as CSV; other addresses as they are.

    Source: the addresses of Google Sheets, /spreadsheets/d/ID/edit#gid=N and /spreadsheets/d/e/ID/pubhtml.
    """
    parts = urlsplit(address)
    if parts.hostname != _GOOGLE:
        return address
    told = parse_qs(parts.fragment) | parse_qs(parts.query)
    gid = next((value for value in told.get("gid", []) if value.isdigit()), "0")
    published, shared = _PUBLISHED.match(parts.path), _SHEET.match(parts.path)
    if published:
        return f"https://{_GOOGLE}/spreadsheets/d/e/{published['id']}/pub?output=csv&single=true&gid={gid}"
    if shared:
        return f"https://{_GOOGLE}/spreadsheets/d/{shared['id']}/export?format=csv&gid={gid}"
    return address


def table_at(source: Source, known: State, get: Get) -> Pulled:
    """Return the table at the address of a source; nothing where the server says that it has not changed.

    A server that gives ETag or Last-Modified is asked whether it changed. Raises as `ask` and `read_in` do.
    """
    address = sheet_address(source.home) if source.kind == "sheet" else source.home
    reply = _asked(source, get, address, known.files.get("", {}))
    if reply.status == 304:
        return Pulled({}, known, Counts(same=len(known.rows)))
    pulled = read_in(reply.data, _name(address), source.kind, known, source.key, whole=True)
    return replace(pulled, state=replace(pulled.state, files={"": _noted(reply)}))


def days_at(source: Source, known: State, get: Get) -> Pulled:
    """Return the rows of all days that are new or may have changed, from `since` to `until` (today without it).

    A day without a file is no fault. What came before a fault is kept, and the next pull goes on from there. Rows that
    are not in their file any more stay: archives grow.
    """
    today = datetime.now(UTC).date()
    files, parts = dict(known.files), []
    problem: DataShiftError | None = None
    for day in _days(source, today):
        label, noted = day.isoformat(), files.get(day.isoformat(), {})
        if noted and today - day > SETTLED:
            continue
        address = _dated(source.home, day)
        try:
            reply = _asked(source, get, address, noted, absent=True)
            if reply.status == 200:
                parts.append(sheets_in(reply.data, _name(address), source.kind, source.key)[0])
                files[label] = _noted(reply)
        except DataShiftError as fault:
            if not parts:
                raise
            problem = fault
            break
        if reply.status in (404, 410) and today - day > NEVER_CAME:
            files[label] = {"absent": "yes"}
    sheets = _joined(parts)
    found = digests(sheets)
    state = replace(known, rows={**known.rows, **found}, files=files)
    return Pulled(sheets, state, compared(known, found), everything=problem is None, problem=problem)


def _asked(source: Source, get: Get, address: str, noted: Mapping[str, str], *, absent: bool = False) -> Reply:
    headers = {}
    if secret := source.secret():
        headers["Authorization"] = f"Bearer {secret}"
    if noted.get("etag"):
        headers["If-None-Match"] = noted["etag"]
    if noted.get("modified"):
        headers["If-Modified-Since"] = noted["modified"]
    return ask(get, address, headers, absent=absent)


def _noted(reply: Reply) -> dict[str, str]:
    found = {"etag": reply.headers.get("etag", ""), "modified": reply.headers.get("last-modified", "")}
    return {name: value for name, value in found.items() if value} or {"read": "yes"}


def _name(address: str) -> str:
    path = PurePosixPath(urlsplit(address).path)
    return path.name if path.suffix else f"{path.name or 'table'}.csv"


def _days(source: Source, today: date) -> Iterator[date]:
    assert source.since is not None
    last = min(source.until or today, today)
    yield from (source.since + timedelta(days=n) for n in range((last - source.since).days + 1))


def _dated(address: str, day: date) -> str:
    told = {"{year}": f"{day:%Y}", "{month}": f"{day:%m}", "{day}": f"{day:%d}", "{date}": day.isoformat()}
    for mark, value in told.items():
        address = address.replace(mark, value)
    if "{" in address:
        raise BadPull("pull.address", address=address)
    return address


def _joined(parts: list[Sheets]) -> Sheets:
    """Put the files together; of a row that stands in two of them the later one counts."""
    if not parts:
        return {}
    whole = pa.concat_tables([part[MAIN] for part in parts], promote_options="default").combine_chunks()
    last = {one: place for place, one in enumerate(whole.column(0).to_pylist())}
    return {MAIN: whole.take(pa.array(sorted(last.values()), pa.int64()))}
