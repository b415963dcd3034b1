"""How far packed data may unfold, so that a small file cannot fill the memory."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from typing import IO

from datashift.errors import Unreadable

MOST_BYTES = 1 << 30
"""Packed data may unfold to one gibibyte."""

_STEP = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, KeyError, IndexError)


def inflated(parts: zipfile.ZipFile, file: str) -> dict[str, bytes]:
    """Return the text and macro parts of a workbook unpacked, checksums checked, all together within MOST_BYTES."""
    content: dict[str, bytes] = {}
    for entry in parts.infolist():
        if entry.filename.endswith((".xml", ".rels", ".bin")):
            content[entry.filename] = member(parts, entry, file, sum(map(len, content.values())))
    return content


def member(parts: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str, taken: int = 0) -> bytes:
    """Return one part of a zip unpacked; locked, damaged or oversized ones are an error.

    `taken` is how many bytes the parts before it have unfolded to.
    """
    if entry.flag_bits & 0x1:
        raise Unreadable("read.locked", file=file)
    try:
        with parts.open(entry) as stream:
            return _within(stream, file, MOST_BYTES - taken)
    except (*BROKEN, RuntimeError) as problem:
        raise Unreadable("read.damaged", file=file) from problem


def gunzipped(data: bytes, file: str) -> bytes:
    """Return gzip data unpacked; data that were cut off or grow beyond MOST_BYTES are an error."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _within(stream, file, MOST_BYTES)
    except BROKEN as problem:
        raise Unreadable("read.damaged", file=file) from problem


def _within(stream: IO[bytes] | gzip.GzipFile, file: str, left: int) -> bytes:
    pieces = []
    while piece := stream.read(_STEP):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise Unreadable("read.unfolds", file=file, most=f"{MOST_BYTES >> 20} MB")
    return b"".join(pieces)
