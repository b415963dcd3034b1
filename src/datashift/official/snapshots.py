"""Official files as dated, read-only guests: each version is kept once, beside what is known about it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datashift.errors import BadRecipe, SourceUnavailable
from datashift.model import Official
from datashift.standards.areas import folded

_NOTE = "snapshot.json"


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
        raise BadRecipe("official.digest", file=_name(spec), found=digest, stated=spec.sha256)
    shelf = home / "official" / _slug(spec.source)
    kept = _kept(shelf, digest)
    if kept is not None:
        return kept
    try:
        return _store(spec, data, digest, shelf)
    except OSError as problem:
        raise SourceUnavailable("source.no-store", folder=str(shelf), problem=problem.strerror or problem) from problem


def list_snapshots(home: Path) -> list[dict[str, Any]]:
    """Return what is known about every kept official file, sorted by source and date; `path` leads to the file."""
    return [{**note, "path": str(folder / note["file"])} for folder, note in _notes(home / "official", "*/*")]


def _notes(root: Path, pattern: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(root.glob(f"{pattern}/{_NOTE}")):
        if path.parent.name.startswith("."):
            continue  # another run is still writing it
        try:
            yield path.parent, json.loads(path.read_text("utf-8"))
        except ValueError as problem:
            raise SourceUnavailable("source.damaged", file=str(path), source=path.parent.parent.name) from problem


def _kept(shelf: Path, digest: str) -> Path | None:
    for folder, note in _notes(shelf, "*"):
        if note["sha256"] == digest:
            file = folder / str(note["file"])
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
                raise SourceUnavailable("source.damaged", file=str(file), source=note["source"])
            return file
    return None


def _store(spec: Official, data: bytes, digest: str, shelf: Path) -> Path:
    shelf.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=shelf))
    try:
        _write(unfinished / _name(spec), data)
        note = json.dumps(_note(spec, digest, len(data)), ensure_ascii=False, indent=2, sort_keys=True)
        _write(unfinished / _NOTE, note.encode("utf-8") + b"\n")
        unfinished.chmod(0o755)
        folder = next(shelf / name for name in _folders(spec) if not (shelf / name).exists())
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder / _name(spec)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _note(spec: Official, digest: str, size: int) -> dict[str, Any]:
    return {
        "source": spec.source,
        "file": _name(spec),
        "released": spec.released,
        "retrieved": spec.retrieved.isoformat() if spec.retrieved else "",
        "sha256": digest,
        "size": size,
        "series": spec.series,
        "url": spec.url or "",
        "licence": getattr(spec, "licence", ""),
    }


def _folders(spec: Official) -> Iterator[str]:
    retrieved = spec.retrieved.isoformat() if spec.retrieved else ""
    name = _slug(spec.released) if spec.released.strip() else retrieved or "undated"
    yield name
    if retrieved and retrieved != name:
        name = f"{name}_{retrieved}"
        yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def _name(spec: Official) -> str:
    name = Path(spec.file).name
    # The note must not be overwritten by an official file that happens to have its name.
    return f"official-{name}" if name == _NOTE else name


def _slug(text: str) -> str:
    return re.sub(r"\s+", "-", folded(text))[:80] or "unnamed"
