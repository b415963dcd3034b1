"""The key by which points are moved: made once, kept for ever, and missed when it is gone."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from datashift.errors import CannotProtect
from datashift.protect.points import LEAST_KEY

KEY, MOVED = "points.key", "points-moved.jsonl"
"""The key, and which data were moved by which key (its mark; nothing of the key can be told from it)."""

_BYTES = 32
_OTHERS_MAY = 0o077


def permanent_key(home: Path, data: Iterable[str], way: str = "") -> bytes:
    """Return the key of the store at `home`, made if there is none yet, for the data that bear the names `data`.

    A point must always move to the same place: two places of one point, from two keys, tell more than each. So a key
    that is gone, or another than the one by which these data were moved before, is refused; and so is another `way`, in
    words, to say what is one place and what lies in a town. Raises CannotProtect: points.key, points.key-gone,
    points.key-other, points.key-open, points.way-other.
    """
    path, moved = home / KEY, home / MOVED
    names = set(data)
    before = {(mark, how) for name, mark, how in _moved(moved) if name in names}
    earlier = {mark for mark, _how in before}
    if not path.exists():
        if earlier:
            raise CannotProtect("points.key-gone", file=path)
        _make(path)
    if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY:
        raise CannotProtect("points.key-open", file=path)
    key = path.read_bytes()
    if len(key) < LEAST_KEY:
        raise CannotProtect("points.key", length=len(key), least=LEAST_KEY)
    if earlier - {mark_of(key)}:
        raise CannotProtect("points.key-other", file=path)
    if others := sorted({how for _mark, how in before} - {way}):
        raise CannotProtect("points.way-other", before=others[0] or "–", now=way or "–")
    return key


def mark_of(key: bytes) -> str:
    """Return a mark by which a key is known again; the key cannot be told from it."""
    return hashlib.blake2b(key, digest_size=8, person=b"datashift-mark").hexdigest()


def remember(home: Path, key: bytes, data: Iterable[str], way: str = "") -> None:
    """Note that the data were moved by `key` and in which way, before anything of them leaves."""
    mark, known = mark_of(key), _moved(home / MOVED)
    new = [name for name in data if (name, mark, way) not in known]
    if not new:
        return
    with (home / MOVED).open("a", encoding="utf-8") as notes:
        # A line that a crash cut off ends here, and is no line.
        notes.write("\n" + "".join(json.dumps({"data": name, "key": mark, "way": way}) + "\n" for name in new))
        notes.flush()
        os.fsync(notes.fileno())


def _moved(path: Path) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        with suppress(ValueError, KeyError, TypeError):  # cut off by a crash: nothing had left then
            note = json.loads(line)
            found.add((note["data"], note["key"], note["way"]))
    return found


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; where somebody else was quicker, theirs stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".points-key-")  # for the owner alone: 0600
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(secrets.token_bytes(_BYTES))
            new.flush()
            os.fsync(new.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
