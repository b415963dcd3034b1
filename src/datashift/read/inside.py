"""What must be known about a workbook before it is opened: locks, macros, far cells and cells that show errors."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass, field
from functools import partial
from xml.parsers import expat

from datashift.errors import Unreadable
from datashift.read.grid import letter
from datashift.read.limits import inflated

MOST_SHEET_CELLS = 50_000_000
"""The workbook reader fills every cell up to the last one, so one lost cell at the far corner would eat all memory."""

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d+)"')
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>(?!</(?:\w+:)?c>)')
_WIDEST = 16_384
_REPEATED_ROW = re.compile(
    rb'<table:table-row\s[^>]*?number-rows-repeated="(\d{1,9})"[^>]*(?<!/)>(.*?)</table:table-row>', re.DOTALL
)
_REPEATED_CELL = re.compile(rb'<table:table-cell\s(?=[^>]*value-type)[^>]*?number-columns-repeated="(\d{1,9})"')
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<',
    re.S,
)


@dataclass(frozen=True)
class Inside:
    """Which kind of workbook it is, whether it carries macros, and per sheet name the cells that show an error."""

    format: str
    macros: bool = False
    errors: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def look_inside(data: bytes, file: str) -> Inside:
    """Look at the parts of a workbook; locked, cut off or oversized ones are an error before anything is opened."""
    if data.startswith(b"PK"):
        return _zipped(data, file)
    if _utf16("EncryptedPackage") in data:
        raise Unreadable("read.locked", file=file)
    return Inside("xls", _utf16("_VBA_PROJECT") in data)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _zipped(data: bytes, file: str) -> Inside:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        content = inflated(parts, file)
    _well_formed(content, file)
    if "content.xml" in content:
        if b"<manifest:encryption-data" in content.get("META-INF/manifest.xml", b""):
            raise Unreadable("read.locked", file=file)
        _not_repeated_without_end(content["content.xml"], file)
        return Inside("ods", any(name.startswith("Basic/") for name in content))
    macros = any(name.endswith("vbaProject.bin") for name in content)
    if "xl/workbook.bin" in content:
        return Inside("xlsb", macros)
    sheets = _sheet_parts(content)
    for name, part in sheets.items():
        _near_enough(content[part], file, name)
    return Inside("xlsm" if macros else "xlsx", macros, {name: _errors(content[part]) for name, part in sheets.items()})


def _well_formed(content: dict[str, bytes], file: str) -> None:
    """The workbook reader can search a broken XML part for ever; a strict parser looks at each part first."""
    for name, part in content.items():
        if name.endswith((".xml", ".rels")):
            parser = expat.ParserCreate()
            parser.EntityDeclHandler = partial(_no_entities, file)
            try:
                parser.Parse(part, True)
            except (expat.ExpatError, LookupError, ValueError) as problem:
                raise Unreadable("read.damaged", file=file) from problem


def _no_entities(file: str, *_declared: object) -> None:
    raise Unreadable("read.damaged", file=file)


def _sheet_parts(content: dict[str, bytes]) -> dict[str, str]:
    targets = {}
    for relation in _RELATION.findall(content.get("xl/_rels/workbook.xml.rels", b"")):
        stated = _attributes(relation)
        targets[stated.get("Id", "")] = stated.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
    parts = {}
    for sheet in _SHEET.findall(content.get("xl/workbook.xml", b"")):
        stated = _attributes(sheet)
        key = next((value for name, value in stated.items() if name.endswith(":id")), "")
        part = f"xl/{targets.get(key, '')}"
        if part in content:
            parts[stated.get("name", "")] = part
    return parts


def _attributes(tag: bytes) -> dict[str, str]:
    pairs = _ATTRIBUTE.findall(tag)
    return {name.decode("utf-8", "replace"): html.unescape(value.decode("utf-8", "replace")) for name, value in pairs}


def _near_enough(part: bytes, file: str, sheet: str) -> None:
    rows = max((int(row) for row in _ROW.findall(part)), default=part.count(b"<row"))
    if not rows or not re.search(_beyond(MOST_SHEET_CELLS // rows), part):
        return
    # Some cell lies far to the right. It may be blank and only coloured, so the filled ones are measured one by one.
    rows = columns = 0
    for letters, row in _FILLED.findall(part):
        rows, columns = max(rows, int(row)), max(columns, place(letters) + 1)
        if rows * columns > MOST_SHEET_CELLS:
            raise Unreadable("read.far-cell", file=file, sheet=sheet, cell=f"{letters.decode()}{rows}", row=int(row))


def _beyond(columns: int) -> bytes:
    """Return a pattern for references to cells that lie right of the first `columns` columns."""
    last = letter(min(max(columns, 1), _WIDEST) - 1)
    parts = ["[A-Z]" * length for length in range(len(last) + 1, 4)]
    for at, sign in enumerate(last):
        if sign != "Z":
            parts.append(f"{last[:at]}[{chr(ord(sign) + 1)}-Z]" + "[A-Z]" * (len(last) - at - 1))
    return f'\\sr="(?:{"|".join(parts) or "(?!)"})[0-9]'.encode()


def _not_repeated_without_end(part: bytes, file: str) -> None:
    cells = 0
    for times, row in _REPEATED_ROW.findall(part):
        if b"value-type" in row:
            widths = [int(width) for width in _REPEATED_CELL.findall(row)]
            cells += int(times) * max(sum(widths), 1)
    if cells > MOST_SHEET_CELLS:
        raise Unreadable("read.too-many-cells", file=file, most=MOST_SHEET_CELLS)


def _errors(part: bytes) -> dict[tuple[int, int], str]:
    if b't="e"' not in part:
        return {}
    return {
        (int(row) - 1, place(letters)): html.unescape(shown.decode("utf-8", "replace"))
        for letters, row, shown in _ERROR_CELL.findall(part)
    }


def place(letters: bytes) -> int:
    """Return the position of a column from its letters (A is 0, AA is 26)."""
    number = 0
    for sign in letters:
        number = number * 26 + sign - 64
    return number - 1
