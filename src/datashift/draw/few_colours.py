"""A PNG made small: drawings have few colours, so each pixel needs one byte that names its colour."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 64  # the shades between a letter and its paper; no eye tells more of them apart
_RGBA, _PALETTE = 6, 3
_SAME, _LEFT = 0, 1


def of_png(png: bytes) -> bytes:
    """Return a PNG of eight bits per channel with the most frequent colours only, every other as the nearest of these.

    What is no such PNG (other depths or row filters than the renderer writes) comes back as it is.
    """
    parts = dict(_joined(png))
    width, height, depth, kind, *_rest = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, -1)
    if (depth, kind) != (8, _RGBA) or not set(np.unique(rows[:, 0])) <= {_SAME, _LEFT}:
        return png
    steps = rows[:, 1:].reshape(height, width, 4)
    # "Left" keeps how much each byte differs from the pixel before.
    left = (rows[:, 0] == _LEFT)[:, None, None]
    pixels = np.where(left, np.cumsum(steps, axis=1, dtype=np.uint8), steps)
    return _written(*_named(pixels[:, :, :3]))


def _named(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return the colours that are kept, and for each pixel the place of its colour among them."""
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, of_pixel, counts = np.unique(packed, return_inverse=True, return_counts=True)
    kept = np.sort(colours[np.argsort(counts)[-_MOST:]])
    apart = ((_channels(colours)[:, None, :] - _channels(kept)[None, :, :]) ** 2).sum(axis=2)
    nearest = apart.argmin(axis=1).astype(np.uint8)
    return _channels(kept).astype(np.uint8), nearest[of_pixel].reshape(packed.shape)


def _channels(packed: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.int64)


def _written(palette: Pixels, places: Pixels) -> bytes:
    height, width = places.shape
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = places
    header = struct.pack(">IIBBBBB", width, height, 8, _PALETTE, 0, 0, 0)
    packed = zlib.compress(rows.tobytes(), 9)
    parts = {b"IHDR": header, b"PLTE": palette.tobytes(), b"IDAT": packed, b"IEND": b""}
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts.items())


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _joined(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a PNG by name, those of one name joined."""
    found: dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        found[name] = found.get(name, b"") + png[at + 8 : at + 8 + size]
        at += 12 + size
    yield from found.items()
