"""Which format a file has, told by its bytes and not by its name, and which reader takes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read import archive, delimited, page, tree, typed, workbook
from datashift.read.encoding import looks_like_text
from datashift.read.grid import Grid, Options
from datashift.read.limits import BROKEN
from datashift.read.near import no_such_sheet

OTHER_NAME = N_("The name ends in '{ending}', but the content is {format}. It was read as {format}.")

_STARTS = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PK\x07\x08", "zip"), (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"), (b"PAR1", "parquet"), (b"$FL2", "statistical"),
    (b"$FL3", "statistical"), (b"<stata_dta>", "statistical"),
    (b"%PDF", "PDF"), (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG", "PNG"), (b"GIF8", "GIF"), (b"PARE", "locked"),
    (b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "SQLite"), (b"{\\rtf", "RTF"), (b"ID3", "MP3"), (b"ARROW1", "Arrow"),
    (b"RIFF", "RIFF"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"\x7fELF", "ELF"),
)  # fmt: skip
_OLD_STATA = (105, 108, 111, 113, 114, 115)
_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<div", b"<style")
_ENDINGS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".tsv", ".txt", ".tab", ".dat", ""), "html": (".html", ".htm"),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "geojson": (".geojson", ".json"), "sav": (".sav", ".zsav"),
}  # fmt: skip


def parse(data: bytes, file: str, options: Options) -> Grid:
    """Read bytes of any format that we know; packed files are unpacked first."""
    if not data:
        raise Unreadable("read.empty", file=file)
    kind = _kind(data)
    if kind == "gzip":
        return archive.from_gzip(data, file, options, parse)
    if kind == "zip":
        return archive.from_zip(data, file, options, parse)
    if kind == "json":
        grid = _json(data, file, options)
        return _named(grid or _single(delimited.table, data, file, options), file)
    readers: dict[str, Callable[[bytes, str, Options], Grid]] = {
        "parquet": typed.parquet, "statistical": typed.statistical, "page": page.table, "text": delimited.table,
    }  # fmt: skip
    if kind in readers:
        return _named(_single(readers[kind], data, file, options), file)
    if kind != "workbook":
        raise _unknown(kind, file)
    return _named(workbook.table(data, file, options), file)


def sheets(data: bytes, file: str) -> list[str]:
    """Return the sheets of a workbook, the tables of a zip, the groups of a JSON file; nothing for one plain table."""
    kind = _kind(data)
    if kind == "gzip":
        return archive.sheets_of_gzip(data, file, sheets)
    if kind == "zip":
        return archive.sheets_of_zip(data, file, sheets)
    if kind == "workbook":
        return workbook.sheets(data, file)
    return tree.sheets(data, file) if kind == "json" else []


def _kind(data: bytes) -> str:
    known = next((kind for start, kind in _STARTS if data.startswith(start)), "")
    if known == "zip":
        return _zip_kind(data)
    if known:
        return known
    if data[0] in _OLD_STATA and data[1:2] in (b"\x01", b"\x02") and data[2:3] == b"\x01":
        return "statistical"
    if not looks_like_text(data):
        return "unknown"
    start = data[:2048].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip()
    if start.lower().startswith(_PAGES) or (start.startswith(b"<") and b"<html" in start.lower()):
        return "page"
    if start.startswith(b"<?xml"):
        return "XML"
    return "json" if start[:1] in (b"{", b"[") else "text"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
    except BROKEN:
        return "zip"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "workbook"
    if {"mimetype", "content.xml"} <= names:
        return "workbook"
    return "DOCX" if "word/document.xml" in names else "PPTX" if "ppt/presentation.xml" in names else "zip"


def _unknown(kind: str, file: str) -> Unreadable:
    codes = {"locked": "read.locked", "unknown": "read.not-text"}
    return Unreadable(codes.get(kind, "read.no-table"), file=file, kind=kind)


def _json(data: bytes, file: str, options: Options) -> Grid | None:
    try:
        return tree.records(data, file, options)
    except RecursionError as problem:
        raise Unreadable("read.not-records", file=file) from problem


def _single(reader: Callable[[bytes, str, Options], Grid], data: bytes, file: str, options: Options) -> Grid:
    if options.sheet is not None:
        raise no_such_sheet(file, options.sheet, [])
    return reader(data, file, options)


def _named(grid: Grid, file: str) -> Grid:
    ending = PurePath(file).suffix.lower()
    if ending in _ENDINGS.get(grid.format, (f".{grid.format}",)) or not ending:
        return grid
    return replace(grid, notes=((OTHER_NAME, {"ending": ending, "format": grid.format.upper()}), *grid.notes))
