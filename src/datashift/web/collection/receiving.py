"""Files as they arrive: kept as they are, under names that no file system minds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from datashift.errors import BadUpload, CannotProtect
from datashift.read.store import keep
from datashift.web.collection.models import Upload
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import record

RESERVED = (
    "recipe.toml",
    "areas.csv",
    "kit",
    "release.zip",
    "evidence.zip",
    "corrections.jsonl",
    "earlier.json",
    "stated.toml",
)
"""Names that lie beside a recipe."""
LONGEST_NAME = 200
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*")
_PHONE_PICTURES = (b"ftyphei", b"ftyphev", b"ftypmif", b"ftypmsf", b"ftypavi")


def receive(*, name: str, chunks: Iterable[bytes], organisation: Organisation, by: User) -> Upload:
    """Keep the bytes of a file under their SHA-256 and note that they came. The same file again is the same upload.

    Raises BadUpload where the file is empty or larger than the site takes, CannotProtect where it is a picture, which
    can carry where it was taken; nothing is kept then.
    """
    plain = _bare(name)
    sha256, path = keep(_measured(chunks, plain), settings.HOME)
    with transaction.atomic():
        upload, new = Upload.objects.get_or_create(
            organisation=organisation, sha256=sha256, name=plain, defaults={"size": path.stat().st_size, "by": by}
        )
        if new:
            record("upload", f"upload:{upload.pk}", by=by, organisation=organisation, size=upload.size)
    return upload


def _measured(chunks: Iterable[bytes], name: str) -> Iterable[bytes]:
    size = 0
    for chunk in chunks:
        if not size and _is_picture(chunk[:12]):
            raise CannotProtect("picture.no-data", name=name)
        size += len(chunk)
        if size > settings.UPLOAD_LIMIT:
            raise BadUpload("upload.too-large", file=name, most=f"{settings.UPLOAD_LIMIT >> 20} MB")
        yield chunk
    if not size:
        raise BadUpload("upload.empty", file=name)


def _is_picture(start: bytes) -> bool:
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return webp or start.startswith(_PICTURES) or start[4:].startswith(_PHONE_PICTURES)


def _bare(name: str) -> str:
    """Return the name of a file without folders and signs that nobody sees, short enough for every file system."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip().lstrip(".")
    if not plain or plain.casefold() in RESERVED:
        plain = f"data-{plain}".rstrip("-")
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, dot + ending) if dot and len(ending) <= 10 else (plain, "")
    room = LONGEST_NAME - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + ending
