"""Packed tables: gzip with one table inside, zip with one or several."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from datashift.errors import Unreadable
from datashift.read.grid import Grid, Options, listed
from datashift.read.limits import BROKEN, gunzipped, member
from datashift.read.near import no_such_sheet
from datashift.read.repeats import MAIN_OF, is_repeat, main_of, with_parents

Parse = Callable[[bytes, str, Options], Grid]
Sheets = Callable[[bytes, str], list[str]]

_TABLES = (
    "csv", "tsv", "tab", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet", "geojson", "json", "jsonl", "ndjson", "sav",
    "zsav", "dta",
)  # fmt: skip
_PEEK = 1 << 18


def from_gzip(data: bytes, file: str, options: Options, parse: Parse) -> Grid:
    """Read the one table inside a gzip file."""
    grid = parse(gunzipped(data, file), file.removesuffix(".gz"), options)
    return replace(grid, format=f"{grid.format}.gz")


def from_zip(data: bytes, file: str, options: Options, parse: Parse) -> Grid:
    """Read one table of a zip file.

    With several tables inside, `sheet` chooses by path, file name or stem; `member/sheet` reaches into a workbook.
    Without it the main table of an ODK Central export is read, else the error names the tables.
    """
    with _zip(data, file) as parts:
        entries = _entries(parts)
        if not entries:
            kinds = sorted({PurePosixPath(name).suffix or name for name in parts.namelist() if not name.endswith("/")})
            raise Unreadable("read.no-tables", file=file, kinds=listed(kinds) or "-")
        name, inner = _wanted(list(entries), options.sheet, file)
        headers = _headers(parts, entries, name, file)
        main = main_of(headers)
        name = name or main or ""
        if not name:
            raise Unreadable("read.choose-table", file=file, tables=listed(entries, most=40))
        of_member = replace(options, sheet=inner)

        def read(wanted: str) -> Grid:
            return parse(member(parts, entries[wanted], file), f"{file}/{wanted}", of_member)

        grid = with_parents(name, headers, read)
    notes = grid.notes
    if name == main and options.sheet is None:
        notes = ((MAIN_OF, {"main": name, "repeats": listed(other for other in entries if other != name)}), *notes)
    sheet = f"{name}/{grid.sheet}" if grid.sheet else name
    return replace(grid, format=f"{grid.format}.zip", sheet=sheet, notes=notes)


def sheets_of_gzip(data: bytes, file: str, sheets: Sheets) -> list[str]:
    """Return the sheets of what is inside a gzip file."""
    return sheets(gunzipped(data, file), file.removesuffix(".gz"))


def sheets_of_zip(data: bytes, file: str, sheets: Sheets) -> list[str]:
    """Return the tables of a zip file, or the sheets of its only one."""
    with _zip(data, file) as parts:
        entries = _entries(parts)
        if len(entries) == 1:
            ((name, entry),) = entries.items()
            return sheets(member(parts, entry, file), f"{file}/{name}")
        return list(entries)


def _zip(data: bytes, file: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as problem:
        raise Unreadable("read.damaged", file=file) from problem


def _entries(parts: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found = {entry.filename: entry for entry in parts.infolist() if _is_table(entry)}
    texts = {entry.filename: entry for entry in parts.infolist() if entry.filename.lower().endswith(".txt")}
    return found or texts


def _is_table(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename.lower().removesuffix(".gz"))
    if "__macosx" in path.parts or path.name.startswith(".") or path.name == "datapackage.json":
        return False
    return not entry.is_dir() and path.suffix.removeprefix(".") in _TABLES


def _wanted(names: list[str], sheet: str | None, file: str) -> tuple[str | None, str | None]:
    """Return which member is meant, and which sheet of it; None where the sender did not say."""
    if sheet is None:
        return (names[0] if len(names) == 1 else None), None
    for name in names:
        if sheet == name or sheet.startswith(f"{name}/"):
            return name, sheet[len(name) + 1 :] or None
    paths = [(name, PurePosixPath(name)) for name in names]
    same = [name for name, path in paths if sheet in (path.name, path.stem) or str(path).endswith(f"/{sheet}")]
    if len(same) == 1:
        return same[0], None
    if len(names) == 1:
        return names[0], sheet
    if same:
        raise Unreadable("read.choose-table", file=file, tables=listed(same, most=40))
    raise no_such_sheet(file, sheet, names)


def _headers(
    parts: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], wanted: str | None, file: str
) -> dict[str, list[str]]:
    """Return the columns of the tables: all of them, or only the wanted one where it needs no other."""
    if wanted is not None:
        own = _names(parts, entries[wanted], file)
        if not is_repeat(own):
            return {wanted: own}
    return {name: _names(parts, entry, file) for name, entry in entries.items()}


def _names(parts: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> list[str]:
    if not entry.filename.lower().endswith(".csv") or entry.flag_bits & 0x1:
        return []
    try:
        with parts.open(entry) as stream:
            head = stream.read(_PEEK).decode("utf-8-sig", "replace").replace("\0", "")
        return next(csv.reader(io.StringIO(head, newline="")), [])
    except BROKEN as problem:
        raise Unreadable("read.damaged", file=f"{file}/{entry.filename}") from problem
