"""The ledger of corrections: a file of JSON lines that only grows, each line chained to the one before.

A line carries `before` (the digest of the line before it) and, last, its own `digest`: the SHA-256 of the text of the
line without that field. A changed byte, a line taken out, put in or moved is named with its line number. Lines cut off
at the end of the file leave a shorter chain that is still whole: keep the digest of the last line (`head`) elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from datashift.corrections.entry import ENTRY, Entry, Line, Open, Undo, names_a_person
from datashift.errors import BadCorrection

_DIGEST = re.compile(rb',"digest":"([0-9a-f]{64})"\}')
_TAIL = 77  # how long that is
_START = "0" * 64


@dataclass(frozen=True)
class Ledger:
    """A ledger that was read whole: its first line, all lines in their order, and the digest of the last one."""

    open: Open
    entries: tuple[Entry, ...]
    head: str

    def in_force(self) -> tuple[Entry, ...]:
        """Return the lines that count: not those an undo takes back, unless that undo was itself taken back."""
        taken_back: set[int] = set()
        # From the last line to the first: an undo that was taken back later takes nothing back.
        for entry in reversed(self.entries):
            if isinstance(entry, Undo) and entry.id not in taken_back:
                taken_back.add(entry.undoes)
        return tuple(entry for entry in self.entries if entry.id not in taken_back)


def create(path: Path, first: Open, entries: Sequence[Entry] = (), *, now: datetime | None = None) -> Ledger:
    """Write a new ledger that begins with `first`. Raises BadCorrection where the file is there already."""
    if path.exists() and path.stat().st_size:
        raise BadCorrection("correction.exists", file=path.name)
    _write(path, [first, *entries], now, new=True)
    return read(path)


def text(first: Open, entries: Sequence[Entry]) -> bytes:
    """Return a new ledger as the bytes of its file; each line states its time itself. Raises BadCorrection."""
    lines, before = b"", _START
    for number, entry in enumerate([first, *entries], start=1):
        line, before = _line(entry, number, entry.when, before)
        lines += line
    parse(lines, "ledger")
    return lines


def append(path: Path, entries: Sequence[Entry], *, now: datetime | None = None) -> Ledger:
    """Add lines at the end of the ledger and return it as it is then; they are on the disk when this returns.

    In: entries without number and time; both are given here (`now`, default the present time in UTC).
    Raises BadCorrection where the ledger is not whole, an undo names no earlier line, or `who` is not a role.
    A full disk or another fault while writing leaves the ledger as it was before.
    """
    _write(path, entries, now)
    return read(path)


def read(path: Path) -> Ledger:
    """Read a ledger and check every line and the chain. Raises BadCorrection that names the line, OSError if absent."""
    return parse(path.read_bytes(), path.name)


def parse(data: bytes, file: str) -> Ledger:
    """Return the ledger that `data` hold; `file` names it in errors. Raises BadCorrection."""
    *lines, rest = data.split(b"\n")
    if rest:
        raise BadCorrection("correction.torn", file=file, line=len(lines) + 1)
    before, entries = _START, list[Entry]()
    for number, line in enumerate(lines, start=1):
        entry, before = _checked(line, number, before, file)
        entries.append(entry)
    if not entries or not isinstance(entries[0], Open):
        raise BadCorrection("correction.not-a-ledger", file=file)
    return Ledger(entries[0], tuple(entries), before)


def repair(path: Path) -> Path | None:
    """Set a last line that was cut off aside in `<name>.torn`, and return that file; None where nothing is torn.

    A last line that is whole and lacks only its end of line keeps its place. All other lines must be in order:
    BadCorrection otherwise, and nothing is touched.
    """
    with _locked(path) as handle:
        data = _all(handle)
        whole, rest = data[: data.rfind(b"\n") + 1], data[data.rfind(b"\n") + 1 :]
        if not rest:
            parse(data, path.name)
            return None
        try:
            parse(data + b"\n", path.name)
        except BadCorrection:
            if whole:
                parse(whole, path.name)
        else:
            _put(handle, b"\n")
            return None
        aside = path.with_name(path.name + ".torn")
        _keep(aside, rest + b"\n")
        os.ftruncate(handle, len(whole))
        os.fsync(handle)
        return aside


# --- one line -------------------------------------------------------------------------------------------------------


def _checked(line: bytes, number: int, before: str, file: str) -> tuple[Entry, str]:
    found = _DIGEST.fullmatch(line, max(0, len(line) - _TAIL))
    body = line[: found.start()] + b"}" if found else b""
    if not found or hashlib.sha256(body).hexdigest() != found[1].decode():
        raise BadCorrection("correction.edited", file=file, line=number)
    said: dict[str, object] = json.loads(body)
    if said.pop("before", "") != before or said.get("id") != number:
        raise BadCorrection("correction.broken-chain", file=file, line=number)
    try:
        entry = ENTRY.validate_python(said)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "?"
        raise BadCorrection(
            "correction.bad-line", file=file, line=number, field=where, problem=first["msg"]
        ) from problem
    _must_follow(entry, number, file)
    return entry, found[1].decode()


def _must_follow(entry: Entry, number: int, file: str) -> None:
    if isinstance(entry, Undo) and entry.undoes >= number:
        raise BadCorrection("correction.no-such-line", file=file, line=entry.undoes)
    if isinstance(entry, Open) != (number == 1):
        raise BadCorrection("correction.not-a-ledger", file=file)


def _line(entry: Line, number: int, when: str, before: str) -> tuple[bytes, str]:
    numbered = entry.model_copy(update={"id": number, "when": when})
    said = numbered.model_dump(mode="json", exclude_defaults=True)
    if isinstance(numbered, Open):
        # What counts as the same value is stated, so that a later default cannot change what a ledger means.
        said["equivalent"] = list(numbered.equivalent)
    order = {"id": number, "before": before, "kind": getattr(entry, "kind", "")}
    body = json.dumps(order | said, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(body).hexdigest()
    return body[:-1] + f',"digest":"{digest}"}}\n'.encode(), digest


# --- the file -------------------------------------------------------------------------------------------------------


def _write(path: Path, entries: Sequence[Line], now: datetime | None, *, new: bool = False) -> None:
    for entry in entries:
        if names_a_person(entry.who):
            raise BadCorrection("correction.who", who=entry.who)
    when = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    with _locked(path, new=new) as handle:
        data = _all(handle)
        ledger = parse(data, path.name) if data else None
        before, number, lines = (ledger.head if ledger else _START), len(ledger.entries) if ledger else 0, b""
        for entry in entries:
            number += 1
            line, before = _line(entry, number, entry.when or when, before)
            lines += line
        # Read back what is about to be written: a line that could not be read later is never written.
        parse(data + lines, path.name)
        _put(handle, lines)
    _flush_folder(path.parent)


@contextmanager
def _locked(path: Path, *, new: bool = False) -> Iterator[int]:
    # Only the owner may read it: comments and old values are as private as the raw rows.
    handle = os.open(path, os.O_RDWR | os.O_APPEND | (os.O_CREAT if new else 0), 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _all(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)


def _put(handle: int, data: bytes) -> None:
    size = os.fstat(handle).st_size
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _keep(aside: Path, data: bytes) -> None:
    with _locked(aside, new=True) as handle:
        _put(handle, data)
    _flush_folder(aside.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
