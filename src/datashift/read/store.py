"""Raw bytes are kept as they came, under the name of their SHA-256, before anything else happens to them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from datashift.errors import Unreadable

_CHUNK = 1 << 20


def digest(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text; the file is streamed, whatever its size."""
    found = hashlib.sha256()
    for chunk in _chunks(path):
        found.update(chunk)
    return found.hexdigest()


def store(path: Path, home: Path) -> tuple[str, Path]:
    """Keep the bytes of `path` under home/raw/<sha256> and return (sha256, where they are)."""
    return keep(_chunks(path), home)


def keep(chunks: Iterable[bytes], home: Path) -> tuple[str, Path]:
    """Keep bytes that come piece by piece under home/raw/<sha256> and return (sha256, where they are).

    The copy is written beside its place, flushed to the disk and then renamed, so a half copy is never seen.
    A file that is there already has the same content and is left alone.
    """
    folder = home / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as copy:
            for chunk in chunks:
                found.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        kept = folder / found.hexdigest()
        if not kept.exists():
            Path(temporary).replace(kept)
            _flush_folder(folder)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return found.hexdigest(), kept


def content(path: Path) -> bytes:
    """Return the bytes of a file, or say in plain words why it cannot be opened."""
    return b"".join(_chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        raise Unreadable("read.not-found", file=path.name) from None
    except IsADirectoryError:
        raise Unreadable("read.is-a-folder", file=path.name) from None
    except (OSError, ValueError) as problem:
        raise Unreadable("read.no-access", file=path.name, problem=problem) from problem


def _flush_folder(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
