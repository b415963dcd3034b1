"""Files of forms in the store: each under the SHA-256 of its bytes, as it came."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from datashift.read.store import content, keep

MOST_FORM_BYTES = 5 << 20
"""The largest workbook that is taken as a form, and the largest file that belongs to one, in bytes."""
MOST_MEDIA_BYTES = 20 << 20


class File(NamedTuple):
    """A file as somebody sent it: its name, and its bytes."""

    name: str
    data: bytes


def kept(data: bytes) -> str:
    """Keep bytes, on the disk before this returns; return their SHA-256."""
    return keep([data], settings.HOME)[0]


def fetched(sha256: str) -> bytes:
    """Return bytes that were kept. Raises Unreadable where they are gone."""
    return content(settings.HOME / "raw" / sha256)
