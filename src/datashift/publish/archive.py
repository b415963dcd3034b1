"""Zip files whose bytes depend on their content alone, and a reader that tells which member a damaged byte belongs to.

Members are stored, not compressed: they are compressed already or small, and so each byte belongs to one member.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from datashift.errors import Tampered

_LOCAL, _CENTRAL, _END = 30, 46, 22
"""Bytes of a zip's local header, directory entry and end record, without the names."""

_MANIFEST = "manifest.json"
_SEALS = b'"manifest.json" "manifest.sha256"'
"""The member that lists the others, and the two that nobody lists."""

Slices = list[tuple[str, int, int]]


@dataclass(frozen=True)
class Unpacked:
    """The members of an archive as they are, and the names of those around which the packing is damaged.

    "" stands for the end record of the archive, which belongs to no member.
    """

    members: dict[str, bytes]
    damaged: tuple[str, ...]


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of the members, sorted by name, with fixed times: the same members give the same bytes."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name])
    return sink.getvalue()


def unpack(data: bytes, file: str) -> Unpacked:
    """Return the members of a zip that `pack` made, even when bytes in it were changed.

    Names and sizes stand twice in a zip: before each member and in the directory at its end. Both are read, and the
    reading that gives back more of the file's bytes is believed. Raises Tampered (`file` names it) when neither fits.
    """
    best: tuple[int, int, Unpacked] | None = None
    for slices in (_by_directory(data), _by_headers(data)):
        members = {name: data[start : start + size] for name, start, size in slices}
        again = pack(members)
        if not members or len(again) != len(data):
            continue
        different = np.flatnonzero(np.frombuffer(again, np.uint8) != np.frombuffer(data, np.uint8))
        listed = members.get(_MANIFEST, b"") + _SEALS
        unlisted = sum(f'"{name}"'.encode() not in listed for name in members)
        owners = _owners(members, different)
        if best is None or (different.size, unlisted) < best[:2]:
            best = (different.size, unlisted, Unpacked(members, owners))
    if best is None:
        raise Tampered("verify.not-a-bundle", file=file)
    return best[2]


def _by_directory(data: bytes) -> Slices:
    for start in _directory_starts(data):
        slices: Slices = []
        position = start
        while 0 < position <= len(data) - _END - _CENTRAL:
            size, name_length, offset = _read(data, position, "<20xI4xH12xI")
            name = data[position + _CENTRAL : position + _CENTRAL + name_length]
            slices.append((name.decode("utf-8", "replace"), offset + _LOCAL + name_length, size))
            position += _CENTRAL + name_length
        if position == len(data) - _END:
            return slices
    return []


def _by_headers(data: bytes) -> Slices:
    starts = _directory_starts(data)
    slices: Slices = []
    position = 0
    while position + _LOCAL <= len(data):
        if position in starts:
            return slices
        size, name_length = _read(data, position, "<18xI4xH2x")
        name = data[position + _LOCAL : position + _LOCAL + name_length]
        slices.append((name.decode("utf-8", "replace"), position + _LOCAL + name_length, size))
        position += _LOCAL + name_length + size
    return []


def _directory_starts(data: bytes) -> tuple[int, ...]:
    # The end record says where the directory begins and, in other bytes, how long it is.
    if len(data) < _END:
        return ()
    size, offset = struct.unpack_from("<12xII2x", data, len(data) - _END)
    return tuple(start for start in (offset, len(data) - _END - size) if 0 < start < len(data))


def _read(data: bytes, position: int, layout: str) -> tuple[int, ...]:
    return struct.unpack_from(layout, data, position)


def _owners(members: Mapping[str, bytes], positions: Iterable[int]) -> tuple[str, ...]:
    """Return to which members the bytes at `positions` of the packed members belong."""
    names = sorted(members)
    lengths = [_LOCAL + len(name.encode()) + len(members[name]) for name in names]
    lengths += [_CENTRAL + len(name.encode()) for name in names]
    ends = np.cumsum(lengths)
    found = np.searchsorted(ends, np.asarray(positions), side="right")
    return tuple(sorted({(names * 2 + [""])[index] for index in found}))
