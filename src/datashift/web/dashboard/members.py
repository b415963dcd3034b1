"""The files of a release that anyone may have: those its manifest lists as public, read from the bundle itself."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.conf import settings

BUNDLE = "release.zip"
_MANIFEST, _CHECKSUMS = "manifest.json", "manifest.sha256"


@dataclass(frozen=True)
class Member:
    """One public file: its name, the stage that made it, its size in bytes and its SHA-256."""

    name: str
    stage: str
    size: int
    digest: str


@dataclass(frozen=True)
class Opened:
    """What a bundle says of itself: its members by name, its manifest, and recipe and kit as they are written."""

    path: Path
    members: Mapping[str, Member]
    manifest: Mapping[str, Any]
    recipe: Mapping[str, Any] = field(default_factory=dict)
    kit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def charts(self) -> list[str]:
        """Return the names of the charts in the bundle."""
        return sorted(name[7:-4] for name in self.members if name.startswith("charts/") and name.endswith(".svg"))


def opened(release: str) -> Opened | None:
    """Return what the public bundle of a release says of itself; None where its file is not in the store."""
    path = settings.HOME / "releases" / release / BUNDLE
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except (OSError, BadZipFile, KeyError):
        return None


def stream(bundle: Opened, name: str) -> IO[bytes] | None:
    """Return a public member (or, by its own name, the whole bundle) for reading; None for any other name."""
    if name == BUNDLE:
        return bundle.path.open("rb")
    if name not in bundle.members:
        return None
    with ZipFile(bundle.path) as archive:
        return archive.open(name)


def content(bundle: Opened, name: str) -> bytes | None:
    """Return the bytes of a public member; None for any other name."""
    found = stream(bundle, name)
    if found is None:
        return None
    with found:
        return found.read()


@lru_cache(maxsize=32)
def _opened(path: Path, _changed: int) -> Opened:
    with ZipFile(path) as archive:
        manifest = json.loads(archive.read(_MANIFEST))
        listed: dict[str, Any] = dict(manifest["archives"][BUNDLE])
        # The manifest cannot list itself; its id is its digest. What lists the digests of all has the same one.
        own = {"stage": "manifest", "sha256": manifest["id"], "bytes": 0}
        listed |= {name: own | {"bytes": archive.getinfo(name).file_size} for name in (_MANIFEST, _CHECKSUMS)}
        there = set(archive.namelist())
        members = {
            name: Member(name, one["stage"], one["bytes"], one["sha256"])
            for name, one in sorted(listed.items())
            if name in there
        }
        said = {name: tomllib.loads(archive.read(f"{name}.toml").decode()) for name in ("recipe", "kit")}
    return Opened(path, members, manifest, **said)
