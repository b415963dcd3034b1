"""Pictures without what they tell beside the picture: where, when, by whom and with what they were taken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from datashift.errors import CannotProtect
from datashift.language import N_

ABOUT = N_("where, when and with what it was taken")
WRITTEN = N_("texts about the picture")
COLOURS = N_("a colour profile")
SMALLER = N_("a smaller picture of it")
BEHIND = N_("what stood behind its end")
OTHER = N_("parts that no picture needs")

_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_NEEDED = {b"IHDR": 13, b"PLTE": 768, b"tRNS": 256, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"acTL": 8, b"fcTL": 26}
_DATA = frozenset({b"IDAT", b"fdAT", b"IEND"})
_WEBP_NEEDED = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_TURN = 0x0112


@dataclass(frozen=True)
class Cleaned:
    """A picture that shows what it showed, and nothing else: its bytes, its kind, and what was taken out (plain words).

    A person must still look at it: faces, number plates and signs are in the picture itself.
    """

    data: bytes
    kind: str
    removed: tuple[str, ...]


class _Damaged(Exception):
    """The bytes do not go on as a picture of their kind does."""


@dataclass
class _Kept:
    parts: list[bytes] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    turn: int = 1

    def drop(self, what: str) -> None:
        if what not in self.removed:
            self.removed.append(what)


def cleaned(data: bytes, name: str) -> Cleaned:
    """Return the JPEG, PNG or WebP picture `data` (called `name`) without anything that is not needed to show it.

    Cut, not painted anew, so that every point keeps its colour. EXIF, XMP, IPTC, positions, thumbnails, texts, second
    pictures and whatever stands behind the end go. Which side is up stays: where EXIF said that the picture lies on its
    side, an EXIF block with this one entry is written. Colour profiles go too, since they can name a device and its
    owner: colours are then read as sRGB. Raises CannotProtect: picture.kind, picture.damaged.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (_Damaged, struct.error, IndexError) as fault:
        kind = "JPEG" if data[:1] == b"\xff" else "PNG" if data[:1] == b"\x89" else "WebP"
        raise CannotProtect("picture.damaged", name=name, kind=kind) from fault
    raise CannotProtect("picture.kind", name=name)


# --- JPEG -----------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> Cleaned:
    kept, at, seen = _Kept(), 2, set[int]()
    while 0xD9 not in seen:
        marker, at = _marker(data, at)
        seen.add(marker)
        if marker == 0xD9 or marker in _ALONE:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body, at = data[at + 2 : at + length], at + length
        if length < 2 or at > len(data):
            raise _Damaged
        _jpeg_part(marker, body, kept)
        if marker == 0xDA:
            end = _after_scan(data, at)
            kept.parts.append(data[at:end])
            at = end
    if not (seen & _FRAMES and 0xDA in seen):
        raise _Damaged
    if at < len(data):
        kept.drop(BEHIND)
    return Cleaned(_joined(kept), "JPEG", tuple(kept.removed))


def _joined(kept: _Kept) -> bytes:
    # A JFIF block, where there is one, must come first; the turn follows it.
    first = 1 if kept.parts[0].startswith(b"\xff\xe0") else 0
    turned = [_segment(0xE1, b"Exif\0\0" + _only_turn(kept.turn))] if kept.turn > 1 else []
    return b"".join([b"\xff\xd8", *kept.parts[:first], *turned, *kept.parts[first:], b"\xff\xd9"])


def _marker(data: bytes, at: int) -> tuple[int, int]:
    if data[at] != 0xFF:
        raise _Damaged
    while data[at] == 0xFF:
        at += 1
    if data[at] in (0x00, 0xD8):
        raise _Damaged
    return data[at], at + 1


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _jpeg_part(marker: int, body: bytes, kept: _Kept) -> None:
    if marker in _FRAMES or marker in _TABLES or marker == 0xDA:
        kept.parts.append(_segment(marker, body))
    elif marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        if len(body) > 14:
            kept.drop(SMALLER)
        if not kept.parts:
            kept.parts.append(_segment(marker, body[:12] + b"\0\0"))
    elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
        kept.parts.append(_segment(marker, body[:12]))  # says how its colours are coded
    else:
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            kept.turn = _turn(body[6:]) or kept.turn
        kept.drop(_jpeg_words(marker, body))


def _jpeg_words(marker: int, body: bytes) -> str:
    if marker == 0xE1:
        return ABOUT
    if marker == 0xE2 and body.startswith(b"ICC_PROFILE"):
        return COLOURS
    if marker == 0xE0 and body.startswith(b"JFXX"):
        return SMALLER
    return WRITTEN if marker in (0xFE, 0xED) else OTHER


def _after_scan(data: bytes, at: int) -> int:
    """Return where the coded points end: at the next marker that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise _Damaged
        follows = data[at + 1]
        if follows == 0xFF:
            at += 1
        elif follows == 0 or 0xD0 <= follows <= 0xD7:
            at += 2
        else:
            return at


# --- PNG ------------------------------------------------------------------------------------------------------------


def _png(data: bytes) -> Cleaned:
    kept, at, names = _Kept(), len(_PNG), list[bytes]()
    while not names or names[-1] != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if checksum != zlib.crc32(name + body):
            raise _Damaged
        at += 12 + length
        names.append(name)
        _png_part(name, body, kept)
    if names[0] != b"IHDR" or b"IDAT" not in names:
        raise _Damaged
    if at < len(data):
        kept.drop(BEHIND)
    if kept.turn > 1:
        kept.parts.insert(1, _chunk(b"eXIf", _only_turn(kept.turn)))
    return Cleaned(_PNG + b"".join(kept.parts), "PNG", tuple(kept.removed))


def _png_part(name: bytes, body: bytes, kept: _Kept) -> None:
    if name in _DATA or len(body) <= _NEEDED.get(name, -1):
        kept.parts.append(_chunk(name, b"" if name == b"IEND" else body))
    elif not name[0] & 0x20:
        raise _Damaged  # a part without which the picture cannot be shown, and which nobody knows
    elif name == b"eXIf":
        kept.turn = _turn(body) or kept.turn
        kept.drop(ABOUT)
    elif name in (b"tEXt", b"zTXt", b"iTXt"):
        kept.drop(WRITTEN)
    else:
        kept.drop(COLOURS if name == b"iCCP" else ABOUT if name == b"tIME" else OTHER)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


# --- WebP -----------------------------------------------------------------------------------------------------------


def _webp(data: bytes) -> Cleaned:
    kept = _Kept()
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 > len(data) or length < 4:
        raise _Damaged
    if length + 8 + length % 2 < len(data):
        kept.drop(BEHIND)
    names = [_webp_part(name, body, kept) for name, body in _riff(data[12 : length + 8])]
    if not {b"VP8 ", b"VP8L", b"ANMF"} & set(names):
        raise _Damaged
    extended = bool(kept.parts) and kept.parts[0].startswith(b"VP8X")
    if extended:
        flags = kept.parts[0][8] & 0x12 | (0x08 if kept.turn > 1 else 0)  # see-through and moving stay
        kept.parts[0] = kept.parts[0][:8] + bytes((flags, 0, 0, 0)) + kept.parts[0][12:]
        if kept.turn > 1:
            kept.parts.append(_riff_part(b"EXIF", _only_turn(kept.turn)))
    body = b"WEBP" + b"".join(kept.parts)
    return Cleaned(b"RIFF" + struct.pack("<I", len(body)) + body, "WebP", tuple(kept.removed))


def _riff(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(body):
        (length,) = struct.unpack_from("<I", body, at + 4)
        if at + 8 + length > len(body):
            raise _Damaged
        yield body[at : at + 4], body[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp_part(name: bytes, body: bytes, kept: _Kept) -> bytes:
    if name == b"VP8X" and (kept.parts or len(body) != 10):
        raise _Damaged
    if name == b"ANMF":
        inside = _Kept()
        for inner, picture in _riff(body[16:]):
            _webp_part(inner, picture, inside)
        for what in inside.removed:
            kept.drop(what)
        body = body[:16] + b"".join(inside.parts)
    if name in _WEBP_NEEDED:
        kept.parts.append(_riff_part(name, body))
    elif name == b"EXIF":
        kept.turn = _turn(body.removeprefix(b"Exif\0\0")) or kept.turn
        kept.drop(ABOUT)
    else:
        kept.drop(ABOUT if name == b"XMP " else COLOURS if name == b"ICCP" else OTHER)
    return name


def _riff_part(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


# --- which side is up -----------------------------------------------------------------------------------------------


def _turn(exif: bytes) -> int:
    """Return how the picture lies (2 to 8), or 0 where EXIF does not say it or cannot be read."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 10:
        return 0
    (start,) = struct.unpack_from(order + "I", exif, 4)
    if start + 2 > len(exif):
        return 0
    (count,) = struct.unpack_from(order + "H", exif, start)
    for at in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, many, value = struct.unpack_from(order + "HHIH", exif, at)
        if (tag, kind, many) == (_TURN, 3, 1):
            return value if 2 <= value <= 8 else 0
    return 0


def _only_turn(turn: int) -> bytes:
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _TURN, 3, 1, turn, 0, 0)
