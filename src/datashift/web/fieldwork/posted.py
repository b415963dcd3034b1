"""What a phone posts: a body, whole or in chunks, and the parts in it.

Django reads no chunked body, takes a body without its end for a whole one, and refuses more than a hundred files, while
ODK Collect sends a hundred and two parts in one post. So both are read here.
"""

from __future__ import annotations

import mmap
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from django.http import HttpRequest
from django.utils.http import parse_header_parameters

from datashift.errors import BadSubmission
from datashift.web.fieldwork.kept import File

LARGEST = 100 << 20
"""The most that one post may hold, in bytes."""
MOST_FILES = 250
ANSWERS = "xml_submission_file"
LONGEST_NAME = 200
_MORE = "*isIncomplete*"
_PIECE = 1 << 18
_LONGEST_HEAD = 8 << 10
_LONGEST_BOUNDARY = 200


class _Part(NamedTuple):
    name: str
    file: str
    start: int
    end: int


class Posted:
    """A body that came to its end: the answers in it, and the files, each read when it is asked for."""

    def __init__(self, body: mmap.mmap, parts: list[_Part]) -> None:
        answers = [part for part in parts if part.name == ANSWERS]
        if not answers:
            raise BadSubmission("submission.no-xml")
        self._body = body
        self._files = [part for part in parts if part.file and part.name != ANSWERS]
        if len(self._files) > MOST_FILES:
            raise BadSubmission("submission.too-many-files", most=MOST_FILES)
        self.xml: bytes = body[answers[0].start : answers[0].end]
        self.more_follows = any(part.name == _MORE and body[part.start : part.end] == b"yes" for part in parts)

    @property
    def files(self) -> Iterator[File]:
        """Yield the files one by one, so that no more than one of them is in memory."""
        for part in self._files:
            yield File(bare(part.file), self._body[part.start : part.end])


@contextmanager
def posted(request: HttpRequest) -> Iterator[Posted]:
    """Read the body of a request to its end and give what is in it. What is written in passing has no name on the disk
    and is gone afterwards.

    Raises BadSubmission where it is too large, cut off, or not in parts, and OSError where the disk is full.
    """
    boundary = _boundary(request)
    with TemporaryFile() as spool:
        if not _copy(request, spool):
            raise BadSubmission("submission.cut-off")
        with mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ) as body:
            yield Posted(body, list(_parts(body, b"--" + boundary)))


def bare(name: str) -> str:
    """Return the name of a file without folders and signs that nobody sees, at most 200 signs long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    return plain.lstrip(".")[-LONGEST_NAME:] or "file"


def _boundary(request: HttpRequest) -> bytes:
    kind, stated = parse_header_parameters(str(request.META.get("CONTENT_TYPE", "")))
    boundary = stated.get("boundary", "").encode("utf-8", "replace")
    if kind != "multipart/form-data" or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise BadSubmission("submission.no-parts")
    return boundary


def _copy(request: HttpRequest, spool: IO[bytes]) -> int:
    """Copy the body and return its size: as many bytes as were announced, or all chunks."""
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    expected = int(announced) if announced.isdecimal() else None
    size = 0
    for piece in _pieces(request, expected):
        size += len(piece)
        if size > LARGEST:
            _let_pass(request, expected, size)
            raise BadSubmission("submission.too-large", most=LARGEST >> 20)
        spool.write(piece)
    if expected is not None and size < expected:
        raise BadSubmission("submission.cut-off")
    spool.flush()
    return size


def _pieces(request: HttpRequest, expected: int | None) -> Iterator[bytes]:
    stream, size = request.META["wsgi.input"], 0
    while expected is None or size < expected:
        piece = stream.read(_PIECE if expected is None else min(_PIECE, expected - size))
        if not piece:
            return
        size += len(piece)
        yield piece


def _let_pass(request: HttpRequest, expected: int | None, size: int) -> None:
    """Read on for a while: an app that may not send to the end shows no answer, and would never say why."""
    with suppress(OSError):
        for piece in _pieces(request, None if expected is None else expected - size):
            size += len(piece)
            if size > 2 * LARGEST:
                return


def _parts(body: mmap.mmap, mark: bytes) -> Iterator[_Part]:
    """Yield the parts of a body in their order. A body that does not go on to its last mark was cut off."""
    at = 0 if body[: len(mark)] == mark else body.find(b"\r\n" + mark) + 2
    if at < 2 and body[: len(mark)] != mark:
        raise BadSubmission("submission.no-parts")
    at += len(mark)
    while body[at : at + 2] != b"--":
        head = body.find(b"\r\n\r\n", at)
        end = body.find(b"\r\n" + mark, head + 4)
        if head < 0 or end < 0:
            raise BadSubmission("submission.cut-off")
        if head - at > _LONGEST_HEAD:
            raise BadSubmission("submission.no-parts")
        yield _Part(*_named(body[at:head]), head + 4, end)
        at = end + 2 + len(mark)


def _named(head: bytes) -> tuple[str, str]:
    """Return the name of a part and that of its file, "" where it is none."""
    for line in head.decode("utf-8", "replace").split("\r\n"):
        title, _colon, stated = line.partition(":")
        if title.strip().lower() == "content-disposition":
            facts = parse_header_parameters(stated)[1]
            return facts.get("name", ""), facts.get("filename", "")
    return "", ""
