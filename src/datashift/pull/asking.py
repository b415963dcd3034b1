"""Asking an address until it answers: patience with limits, and every refusal as a coded error without a secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from datashift.errors import BadPull, PullUnavailable
from datashift.language import N_, _
from datashift.pull.door import Answer, Get, is_this_machine
from datashift.pull.rows import parsed
from datashift.pull.source import shown

TRIES = 5
LONGEST_WAIT = 120
"""Seconds: who asks us to come back later than that is asked by the next pull."""
MOST_BYTES = 512 << 20
MOST_SECONDS = 900
MOST_STEPS = 5

_TOO_SLOW = N_("it took too long")
_NO_WAY = N_("there is no connection")
_MOVED = (301, 302, 303, 307, 308)
_LATER = (408, 425, 429)
_PAGES = (b"<!doctype", b"<html", b"<head", b"<body")


class Reply(NamedTuple):
    """A whole answer: 200 with data, 304 (as it was), or 404 where that was asked for."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class _CutOffError(OSError):
    """An answer was shorter than it said."""


def ask(get: Get, address: str, headers: Mapping[str, str], *, absent: bool = False) -> Reply:
    """Return what an address answers.

    Asked again after a time without an answer, an answer that broke off, 429 and 5xx, up to TRIES times, as long as
    Retry-After says. Redirects are followed on the same host; elsewhere only where no token is at stake. With `absent`
    a 404 is an answer as well. Raises BadPull and PullUnavailable; neither holds the token or what stands behind ?.
    """
    for _step in range(MOST_STEPS):
        _proper(address)
        reply = _patiently(get, address, headers)
        if reply.status not in _MOVED:
            return _taken(reply, address, absent=absent)
        onward = urljoin(address, reply.headers.get("location", ""))
        if not _same_place(address, onward):
            if any(name.lower() != "accept" and not name.lower().startswith("if-") for name in headers):
                raise BadPull("pull.elsewhere", address=shown(address), host=urlsplit(onward).hostname or "?")
            headers = {name: value for name, value in headers.items() if name.lower() == "accept"}
        address = onward
    raise PullUnavailable("pull.no-progress", address=shown(address))


def ask_json(get: Get, address: str, headers: Mapping[str, str]) -> tuple[Any, Mapping[str, str]]:
    """Return the JSON that an address answers, and the headers. Half an answer raises PullUnavailable."""
    reply = ask(get, address, {"Accept": "application/json", **headers})
    try:
        return parsed(reply.data, shown(address)), reply.headers
    except BadPull:
        if reply.data.lstrip()[:1] in (b"{", b"["):
            raise PullUnavailable("pull.cut-off", address=shown(address)) from None
        raise


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return when the server says it answered (UTC), or None."""
    try:
        found = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _proper(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise BadPull("pull.address", address="…") from None
    if parts.username is not None or parts.password is not None:
        raise BadPull("pull.password-in-address", host=host)
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))):
        raise BadPull("pull.address", address=shown(address))


def _same_place(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc.lower()) == (second.scheme, second.netloc.lower())


def _patiently(get: Get, address: str, headers: Mapping[str, str]) -> Reply:
    code, facts = "pull.no-answer", {"address": shown(address), "problem": ""}
    for tried in range(1, TRIES + 1):
        pause: float = 2.0 ** (tried - 1)
        try:
            reply = _whole(get(address, headers), address)
        except OSError as fault:
            # The words of the fault itself may hold the whole address, so they are not repeated.
            code = "pull.cut-off" if isinstance(fault, _CutOffError) else "pull.no-answer"
            facts["problem"] = _(_TOO_SLOW) if _was_slow(fault) else _(_NO_WAY)
        else:
            if reply.status < 500 and reply.status not in _LATER:
                return reply
            code, facts["status"], facts["times"] = "pull.busy", str(reply.status), str(tried)
            pause = max(pause, _asked_pause(reply.headers))
        if tried == TRIES or pause > LONGEST_WAIT:
            break
        sleep(pause)
    raise PullUnavailable(code, **facts)


def _was_slow(fault: OSError) -> bool:
    return isinstance(fault, TimeoutError) or "Timeout" in type(fault).__name__


def _asked_pause(headers: Mapping[str, str]) -> float:
    """Return how many seconds Retry-After asks us to wait: a number, or a date."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdigit():
        return float(stated)
    try:
        return max(0.0, (parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _whole(answer: Answer, address: str) -> Reply:
    """Read an answer to its end; only the start of one that is no data."""
    parts: list[bytes] = []
    size, until = 0, monotonic() + MOST_SECONDS
    for part in answer.chunks:
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise BadPull("pull.too-large", address=shown(address), most=MOST_BYTES >> 20)
        if monotonic() > until:
            raise TimeoutError
        if answer.status != 200:
            break
    _close(answer.chunks)
    stated = answer.headers.get("content-length", "")
    coded = answer.headers.get("content-encoding", "identity") != "identity"
    if answer.status == 200 and stated.isdigit() and not coded and int(stated) != size:
        raise _CutOffError
    return Reply(answer.status, answer.headers, b"".join(parts))


def _close(chunks: Any) -> None:
    if hasattr(chunks, "close"):
        chunks.close()


def _taken(reply: Reply, address: str, *, absent: bool) -> Reply:
    """Return an answer with data, or say why it has none."""
    facts = {"address": shown(address), "status": reply.status}
    if reply.status in (401, 403, 407):
        raise BadPull("pull.not-allowed", **facts)
    if reply.status in (404, 410):
        if absent:
            return reply
        raise BadPull("pull.not-found", **facts)
    if reply.status not in (200, 304):
        raise BadPull("pull.refused", **facts)
    start = reply.data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_PAGES):
        raise BadPull("pull.web-page", address=facts["address"])
    return reply
