"""Films and sounds without what they tell beside what is seen and heard: where, when and with what they were taken.

Cut or blanked, never encoded anew: no point and no tone changes. What is said and shown in them stays, of course.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import PurePath

SOUNDS = {"aac": "audio/aac", "amr": "audio/amr", "m4a": "audio/mp4", "mp3": "audio/mpeg", "oga": "audio/ogg",
          "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav"}  # fmt: skip
FILMS = {"3gp": "video/3gpp", "m4v": "video/mp4", "mov": "video/quicktime", "mp4": "video/mp4", "webm": "video/webm"}

_INSIDE = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})
_TIMES = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_NEEDED = frozenset({
    b"ftyp", b"mdat", b"sidx", b"styp", b"mfra", b"mvex", b"edts", b"tref", b"minf", b"elng", b"mfhd", b"tfhd", b"tfdt",
    b"trun", b"sdtp", b"saiz", b"saio", b"sbgp", b"sgpd",
})  # fmt: skip
_WAV_NEEDED = frozenset({b"fmt ", b"fact", b"data"})


class _Damaged(Exception):
    """The bytes do not go on as a recording of their kind does, or hold something that we do not know."""


def ending(name: str) -> str:
    """Return by which ending a file says what it is, in small letters without the dot."""
    return PurePath(name).suffix.lower().removeprefix(".")


def cleaned(data: bytes, name: str) -> bytes | None:
    """Return a film or sound (called `name`) of which only what is seen and heard is left.

    Known are MP4 with its kin (M4A, 3GP, MOV), MP3, WAV and AMR. None for all others, for damaged ones, and for films
    with a track that is neither picture nor sound: such a track may hold the way that the camera took.
    """
    clean = _CLEANERS.get(ending(name))
    try:
        return clean(data) if clean else None
    except (_Damaged, struct.error, IndexError):
        return None


# --- MP4 and its kin: boxes in boxes. Nothing moves, since other boxes say where in the file the pictures lie. --------


def _boxes(data: bytes) -> bytes:
    if data[4:8] not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        raise _Damaged
    made = bytearray(data)
    _blank(made, 0, len(made))
    return bytes(made)


def _blank(data: bytearray, at: int, end: int) -> None:
    """Blank every box between two places that no player needs."""
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at)
        inner, after = at + 8, at + size
        if size == 1:
            inner, after = at + 16, at + struct.unpack_from(">Q", data, at + 8)[0]
        elif size == 0:
            after = end
        if not inner <= after <= end:
            raise _Damaged
        _box(data, bytes(kind), at, inner, after)
        at = after


def _box(data: bytearray, kind: bytes, at: int, inner: int, after: int) -> None:
    if kind in _INSIDE:
        _blank(data, inner, after)
    elif kind in _TIMES:
        wide = 16 if data[inner] == 1 else 8
        data[inner + 4 : inner + 4 + wide] = bytes(wide)
    elif kind == b"hdlr":
        if bytes(data[inner + 8 : inner + 12]) not in (b"vide", b"soun"):
            raise _Damaged
        data[inner + 24 : after] = bytes(after - inner - 24)
    elif kind not in _NEEDED:
        data[at + 4 : at + 8] = b"free"
        data[inner:after] = bytes(after - inner)


# --- sounds -----------------------------------------------------------------------------------------------------------


def _mp3(data: bytes) -> bytes:
    begin, end = 0, len(data)
    if data[:3] == b"ID3":
        size = 0
        for part in data[6:10]:  # seven bits in each byte
            size = size << 7 | part & 0x7F
        begin = 10 + size + (10 if data[5] & 0x10 else 0)
    if data[-128:-125] == b"TAG":
        end -= 128
    sound = data[begin:end]
    if sound[0] != 0xFF or sound[1] & 0xE0 != 0xE0 or b"APETAGEX" in sound or b"LYRICS" in sound:
        raise _Damaged
    return sound


def _wav(data: bytes) -> bytes:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _Damaged
    parts, at = [b"WAVE"], 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        after = at + 8 + size + size % 2
        if at + 8 + size > len(data):
            raise _Damaged
        if name in _WAV_NEEDED:
            parts.append(data[at:after])
        at = after
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _amr(data: bytes) -> bytes:
    if not data.startswith(b"#!AMR"):
        raise _Damaged
    return data


_CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    **dict.fromkeys(("mp4", "m4a", "m4v", "3gp", "mov"), _boxes),
    "mp3": _mp3,
    "wav": _wav,
    "amr": _amr,
}
