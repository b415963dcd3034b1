"""Official files as dated, read-only guests: each version is kept once, beside what is known about it.

Layout of the store: official/<source>/<date>/ holds the file as it came, snapshot.json (what is known about it) and,
where the figures were read, observations.parquet. A folder appears whole or not at all, and never changes after.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from datashift.errors import BadRecipe, SourceUnavailable
from datashift.model import Official
from datashift.standards.areas import folded

NOTE = "snapshot.json"
FIGURES_FILE = "observations.parquet"

_UNFINISHED = ".unfinished-"
_DAY = 86_400


def keep_snapshot(spec: Official, data: bytes, home: Path) -> Path:
    """Keep the official file `data` under `home` and return its path.

    Layout: official/<source>/<released or retrieved>/<file> and snapshot.json (source, file, released, retrieved,
    sha256, size, series, url, licence). The same bytes of the same source give the same path again; other bytes get a
    folder of their own, and nothing that was kept before is changed. The folder appears whole or not at all.
    Raises BadRecipe when the recipe expects another digest, SourceUnavailable when the store cannot be written or a
    kept copy was altered.
    """
    digest = hashlib.sha256(data).hexdigest()
    if spec.sha256 and spec.sha256.lower() != digest:
        raise BadRecipe("official.digest", file=safe_name(spec.file), found=digest, stated=spec.sha256)
    shelf = shelf_of(home, spec.source)
    for folder, note in notes(shelf, "*"):
        if note["sha256"] == digest:
            return checked(folder / str(note["file"]), digest, note["source"])
    name = safe_name(spec.file)
    return keep_folder(shelf, {name: data}, _note(spec, digest, len(data))) / name


def list_snapshots(home: Path) -> list[dict[str, Any]]:
    """Return what is known about every kept official file, sorted by source and date; `path` leads to the file."""
    return [{**note, "path": str(folder / note["file"])} for folder, note in notes(home / "official", "*/*")]


def shelf_of(home: Path, source: str) -> Path:
    """Return the folder of all snapshots of a source."""
    return home / "official" / _slug(source)


def notes(root: Path, pattern: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every folder of a snapshot below `root` with what is known about it. Raises SourceUnavailable."""
    for path in sorted(root.glob(f"{pattern}/{NOTE}")):
        if path.parent.name.startswith("."):
            continue  # another run is still writing it
        try:
            note = json.loads(path.read_text("utf-8"))
            found = {**note, "source": note["source"], "file": note["file"], "sha256": note["sha256"]}
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise SourceUnavailable("source.damaged", file=str(path), source=path.parent.parent.name) from problem
        yield path.parent, found


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Wait until no other run takes a file in, so that two runs never keep the same file twice.

    Raises SourceUnavailable when nothing can be written.
    """
    folder = home / "official"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise SourceUnavailable("source.no-store", folder=str(folder), problem=problem.strerror or problem) from problem
    try:
        with suppress(OSError):  # some network disks have no locks; every folder still appears whole or not at all
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def keep_folder(shelf: Path, contents: Mapping[str, bytes], note: Mapping[str, Any]) -> Path:
    """Write the files and the note into a new folder of the shelf and return it; it appears whole or not at all.

    Its name is the date of the release, else of the download, else "undated"; a number sets it apart from others.
    Raises SourceUnavailable when nothing can be written.
    """
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(shelf)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=shelf))
        try:
            for name, data in contents.items():
                write(unfinished / name, data)
            write(unfinished / NOTE, note_bytes(note))
            unfinished.chmod(0o755)
            folder = _renamed(unfinished, shelf, note)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        _flush_folder(shelf)
    except OSError as problem:
        raise SourceUnavailable("source.no-store", folder=str(shelf), problem=problem.strerror or problem) from problem
    return folder


def write(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def note_bytes(note: Mapping[str, Any]) -> bytes:
    """Return a note as the text of snapshot.json."""
    return json.dumps(note, ensure_ascii=False, indent=2, sort_keys=True).encode("utf-8") + b"\n"


def checked(path: Path, digest: str, source: str) -> Path:
    """Return `path` if its bytes are those that were kept. Raises SourceUnavailable, naming the file."""
    try:
        with path.open("rb") as stream:
            same = hashlib.file_digest(stream, "sha256").hexdigest() == digest
    except OSError:
        same = False
    if not same:
        raise SourceUnavailable("source.damaged", file=str(path), source=source)
    return path


def safe_name(file: str) -> str:
    """Return the name of a file; one that we need ourselves is set apart."""
    name = Path(file).name or "data"
    return f"official-{name}" if name in (NOTE, FIGURES_FILE) else name


def _renamed(unfinished: Path, shelf: Path, note: Mapping[str, Any]) -> Path:
    for name in _folders(str(note["released"]), str(note["retrieved"]), str(note.get("imported", ""))[:10]):
        folder = shelf / name
        if folder.exists():
            continue
        try:
            unfinished.rename(folder)
        except OSError:
            if folder.exists():
                continue  # another run took the name at this moment
            raise
        return folder
    raise AssertionError("names never end")


def _clear_leftovers(shelf: Path) -> None:
    # What a run that was killed left behind; a day later it is certain that nobody writes it any more.
    for path in shelf.glob(f"{_UNFINISHED}*"):
        if path.stat().st_mtime < time.time() - _DAY:
            shutil.rmtree(path, ignore_errors=True)


def _flush_folder(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def _note(spec: Official, digest: str, size: int) -> dict[str, Any]:
    return {
        "source": spec.source,
        "file": safe_name(spec.file),
        "released": spec.released,
        "retrieved": spec.retrieved.isoformat() if spec.retrieved else "",
        "sha256": digest,
        "size": size,
        "series": spec.series,
        "url": spec.url or "",
        "licence": getattr(spec, "licence", ""),
    }


def _folders(released: str, retrieved: str, imported: str) -> Iterator[str]:
    name = _slug(released) if released.strip() else retrieved or imported or "undated"
    yield name
    if retrieved and retrieved != name:
        name = f"{name}_{retrieved}"
        yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def _slug(text: str) -> str:
    return re.sub(r"\s+", "-", folded(text))[:80] or "unnamed"
