"""A bundle on its way into the public store: read with every byte checked, then copied so that no kill can halve it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from datashift.publish import Released, released
from datashift.publish.bundle import EVIDENCE, PUBLIC
from datashift.publish.integrity import open_archive

UNPACKED = ("estimates.csv", "comparison.csv", "datapackage.json", "findings.json", "recipe.toml", "kit.toml")
"""Members of a bundle that lie beside it, so that each can be fetched alone; charts and public cells do too."""


@dataclass(frozen=True)
class Bundle:
    """A release as its bundle holds it: what it says, its manifest, its findings, and its bytes by name."""

    said: Released
    manifest: Mapping[str, Any]
    findings: tuple[Mapping[str, Any], ...]
    members: Mapping[str, bytes]
    path: Path
    evidence: Path | None

    @property
    def charts(self) -> list[str]:
        """Return the names of its charts."""
        return sorted(PurePosixPath(name).stem for name in self.members if name.endswith(".svg"))


def opened(folder: Path) -> Bundle:
    """Read the bundle in a folder, and see whether its evidence lies there too. Raises Tampered."""
    path = folder / PUBLIC
    archive = open_archive(path, PUBLIC)
    evidence = (candidate for candidate in (folder / EVIDENCE, folder / "private" / EVIDENCE) if candidate.is_file())
    return Bundle(
        said=released(path),
        manifest=archive.manifest,
        findings=tuple(json.loads(archive.members["findings.json"])["findings"]),
        members=archive.members,
        path=path,
        evidence=next(evidence, None),
    )


def keep(bundle: Bundle, home: Path) -> None:
    """Copy a bundle to releases/<id>/ and its evidence to evidence/<id>/, each whole or not at all.

    What lies there from an attempt before stays: the id is the digest of what is in it, and it appeared whole.
    """
    if bundle.evidence is not None:
        _whole(home / "evidence" / bundle.said.id, {EVIDENCE: bundle.evidence}, private=True)
    public: dict[str, bytes | Path] = {PUBLIC: bundle.path} | {
        name: data
        for name, data in bundle.members.items()
        if name in UNPACKED or name == "cells.parquet" or name.startswith("charts/")
    }
    _whole(home / "releases" / bundle.said.id, public)


def _whole(folder: Path, files: Mapping[str, bytes | Path], *, private: bool = False) -> None:
    """Fill a folder under another name, wait until it is on the disk, and give it its name. Files are never read whole:
    the evidence of a large upload would fill the memory of the web process.
    """
    if folder.is_dir():
        return
    temporary = folder.with_name(f"{folder.name}.tmp-{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    for name, data in files.items():
        path = temporary / name
        path.parent.mkdir(mode=0o700 if private else 0o755, parents=True, exist_ok=True)
        with path.open("wb") as stream:
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, stream, 2**20)
            else:
                stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    temporary.rename(folder)
    _settled(folder.parent)


def _settled(folder: Path) -> None:
    """See to it that a renamed folder is still there after a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
