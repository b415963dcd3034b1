"""Every byte of a bundle against its manifest, and whose fault it is where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datashift.errors import Tampered
from datashift.language import N_, _
from datashift.publish.archive import unpack
from datashift.publish.bundle import CHECKSUMS, EVIDENCE, MANIFEST, UNLISTED, checksums, manifest_id, sha256, stage_of

PACKING = N_("{archive}: bytes of the packing around {member} were changed.")
PACKING_END = N_("{archive}: bytes at the end of the packing were changed.")
CHANGED = N_("{archive}: {member} is not the file that was released: its SHA-256 differs from the manifest.")
MISSING = N_("{archive}: {member} is missing.")
UNKNOWN = N_("{archive}: {member} is not in the manifest.")
UNSEALED = N_("{archive}: manifest.json is not the one that was released: its SHA-256 differs from manifest.sha256.")
OTHER_LIST = N_("{archive}: manifest.sha256 does not list what manifest.json says.")
APART = N_("The bundle and its evidence carry different manifests: one was changed, or they are of two releases.")

Problem = tuple[str, str]
"""A stage, and a sentence about what is wrong there."""


@dataclass(frozen=True)
class Archive:
    """One opened zip of a release. `role` is its name in the manifest; it is sound when its manifest is as sealed."""

    role: str
    members: Mapping[str, bytes]
    damaged: tuple[str, ...]
    manifest: Mapping[str, Any]
    sums: Mapping[str, str]
    sound: bool

    def digests(self, role: str) -> dict[str, str]:
        """Return the digest of each member of the archive `role`, as this manifest states them; empty if it cannot."""
        try:
            return {name: entry["sha256"] for name, entry in self.manifest["archives"][role].items()}
        except (KeyError, TypeError, AttributeError):
            return {}


def open_archive(path: Path, role: str) -> Archive:
    """Open one archive of a release, damaged or not. Raises Tampered when it cannot be read as one at all."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise Tampered("verify.not-there", file=path.name) from problem
    unpacked = unpack(data, path.name)
    if MANIFEST not in unpacked.members:
        raise Tampered("verify.not-a-bundle", file=path.name)
    text = unpacked.members[MANIFEST]
    manifest = _json(text)
    lines = unpacked.members.get(CHECKSUMS, b"").decode("utf-8", "replace").splitlines()
    sums = {name: digest for digest, _gap, name in (line.partition("  ") for line in lines)}
    sound = sums.get(MANIFEST) == sha256(text) and manifest.get("id") == manifest_id(manifest)
    return Archive(role, unpacked.members, unpacked.damaged, manifest, sums, sound)


def problems(archives: Sequence[Archive]) -> list[Problem]:
    """Return what is wrong with the bytes of a release, each with its stage; nothing is computed again here."""
    sound = [archive for archive in archives if archive.sound]
    found: list[Problem] = []
    for archive in archives:
        inside = dict(_members(archive, sound or archives, strict=bool(sound)))
        around = {member: PACKING if member else PACKING_END for member in archive.damaged}
        seal = dict(_seal(archive))
        # A changed member does not fit its packing either: that need not be said twice.
        for member, template in {**around, **inside, **seal}.items():
            stage = "manifest" if template == UNKNOWN else stage_of(member)
            found.append((stage, _(template).format(archive=archive.role, member=member)))
    if len({archive.members[MANIFEST] for archive in sound}) > 1:
        found.append(("manifest", _(APART)))
    return found


def manifest_of_record(archives: Sequence[Archive]) -> Mapping[str, Any]:
    """Return the manifest to go by: the first that is sound, else the first."""
    return next((archive.manifest for archive in archives if archive.sound), archives[0].manifest)


def _members(archive: Archive, judges: Sequence[Archive], *, strict: bool) -> Iterator[tuple[str, str]]:
    """Yield members, each with what is wrong with it, by the digests of all judges, or of any where none is sound."""
    if archive.role == EVIDENCE and any(judge.manifest.get("evidence_seal") == _sealed(archive) for judge in judges):
        return
    own = {name: digest for name, digest in archive.sums.items() if name != MANIFEST}
    apart = {name: digest for name, digest in own.items() if name in UNLISTED}
    records = [record | apart for judge in judges if (record := judge.digests(archive.role))]
    records += [] if strict else [own]
    if not any(records):
        return
    listed = set().union(*records) if strict else set.intersection(*(set(record) for record in records))
    for name in sorted(listed):
        wanted = {record[name] for record in records if name in record}
        if name not in archive.members:
            yield name, MISSING
            continue
        actual = sha256(archive.members[name])
        if actual not in wanted or (strict and len(wanted) > 1):
            yield name, CHANGED
    for name in sorted(set(archive.members) - set().union(*records) - {MANIFEST, CHECKSUMS}):
        yield name, UNKNOWN


def _seal(archive: Archive) -> Iterator[tuple[str, str]]:
    if not archive.sound:
        yield MANIFEST, UNSEALED
    elif not _listed(archive):
        yield CHECKSUMS, OTHER_LIST


def _listed(archive: Archive) -> bool:
    """Say whether manifest.sha256 lists what the manifest says."""
    if archive.role == EVIDENCE:
        return sha256(_lines(archive.sums)) == archive.manifest.get("evidence_seal")
    return archive.sums == {**archive.digests(archive.role), MANIFEST: sha256(archive.members[MANIFEST])}


def _lines(sums: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items() if name != MANIFEST).encode()


def _sealed(archive: Archive) -> str:
    return sha256(checksums({name: data for name, data in archive.members.items() if name != MANIFEST}))


def _json(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
