"""XLSX, written row by row: whatever the number of submissions, only one row and some cells are kept in memory.

Every answer stands in the workbook as text but for numbers of int and decimal questions and days of date questions,
where nothing is lost by it. There is no formula in it: a cell that begins with = is text, and stays text when edited.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from datashift.errors import BadExport
from datashift.export.beside import moved
from datashift.export.layout import Rows, Written
from datashift.export.plan import FLAG, Table, unique
from datashift.export.signs import DECIMAL, WHOLE, day
from datashift.export.workbook_parts import DAY, HEADER, SHEET_BEGINS, SHEET_ENDS, TEXT, close_workbook

MOST_ROWS, MOST_COLUMNS, MOST_SIGNS = 1_048_576, 16_384, 32_767
"""What a sheet and a cell hold; signs are counted in UTF-16."""
_CUT = " […]"
_KEPT, _KEPT_SIGNS = 20_000, 40
_BUFFER = 200
# Excel takes 1900 for a leap year; from March on its days are those of the calendar.
_FIRST_DAY, _DAY_ZERO = dt.date(1900, 3, 1), dt.date(1899, 12, 30)

_FORMULA = tuple("=+-@")
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f&<>\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class _Known(dict[str, str]):
    """From a text to its cell in XML, after the place. Short ones are kept, since most answers come again."""

    def __init__(self, made: Callable[[str], str]) -> None:
        super().__init__()
        self.made = made

    def __missing__(self, text: str) -> str:
        cell = self.made(text)
        if len(text) <= _KEPT_SIGNS and len(self) < _KEPT:
            self[text] = cell
        return cell


def write_xlsx(
    tables: tuple[Table, ...], rows: Rows, scratch: Path, path: Path, told: Written, *, most_rows: int = MOST_ROWS
) -> None:
    """Write a workbook with a sheet for each table; one with more rows goes on in the sheets “name 2”, “name 3”.

    More columns than a sheet holds are an error. A text longer than a cell is cut, marked with […] and counted.
    """
    for table in tables:
        if len(table.fields) > MOST_COLUMNS:
            columns = len(table.fields)
            raise BadExport("export.columns", name=table.sheet.name, columns=columns, most=MOST_COLUMNS)
    made = scratch / "workbook"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        sheets = [_Sheet(table, number, (archive, scratch), told, most_rows) for number, table in enumerate(tables)]
        try:
            for number, cells in rows:
                sheets[number].put(cells)
        finally:
            for sheet in sheets:
                sheet.close()
        _inner_sheets(archive, sheets)
    moved(made, path)


def _inner_sheets(archive: zipfile.ZipFile, sheets: list[_Sheet]) -> None:
    """Put the sheets of repeats, written beside until now, and the fixed parts into the archive."""
    for sheet in sheets[1:]:
        for file in sheet.files:
            archive.write(sheet.scratch / file, f"xl/worksheets/{file}")
    named = [(f"{sheet.table.sheet.name} {part}" if part > 1 else sheet.table.sheet.name, file)
             for sheet in sheets for part, file in enumerate(sheet.files, 1)]  # fmt: skip
    names = _sheet_names([name for name, _ in named])
    close_workbook(archive, [(name, file) for name, (_, file) in zip(names, named, strict=True)])


class _Sheet:
    """One table, in as many sheets as its rows need. The first goes straight into the archive, others beside it,
    since an archive takes one file at a time."""

    def __init__(
        self, table: Table, number: int, places: tuple[zipfile.ZipFile, Path], told: Written, most_rows: int
    ) -> None:
        self.table, self.number, self.told, self.most_rows = table, number, told, most_rows
        self.archive, self.scratch = places
        self.files: list[str] = []
        self.letters = [_letters(place) for place in range(len(table.fields))]
        texts, numbers, days = _Known(self._text), _Known(self._figure), _Known(self._day)
        by_kind = {"int": numbers, "decimal": numbers, FLAG: numbers, "date": days}
        self.cells = [by_kind.get(field.kind, texts) for field in table.fields]
        self.stream: IO[bytes] | None = None
        self._next()

    def put(self, cells: list[str]) -> None:
        """Write one row."""
        if self.row == self.most_rows:
            self._next()
        self.row += 1
        row = self.row
        found = zip(self.letters, self.cells, cells, strict=True)
        inside = "".join([f'<c r="{letters}{row}"{known[cell]}' for letters, known, cell in found if cell])
        self.waiting.append(f'<row r="{row}">{inside}</row>')
        if len(self.waiting) >= _BUFFER:
            self._flush()

    def close(self) -> None:
        """End the sheet that is open."""
        if self.stream:
            self.waiting.append(SHEET_ENDS)
            self._flush()
            self.stream.close()
            self.stream = None

    def _next(self) -> None:
        self.close()
        file = f"sheet{self.number + 1}_{len(self.files) + 1}.xml"
        self.files.append(file)
        self.stream = (
            (self.scratch / file).open("wb") if self.number
            else self.archive.open(f"xl/worksheets/{file}", "w", force_zip64=True)
        )  # fmt: skip
        titles = zip(self.letters, self.table.fields, strict=True)
        header = "".join(f'<c r="{letters}1"{self._text(field.title, HEADER)}' for letters, field in titles)
        self.waiting = [f'{SHEET_BEGINS}<row r="1">{header}</row>']
        self.row = 1

    def _flush(self) -> None:
        if self.stream:
            self.stream.write("".join(self.waiting).encode())
        self.waiting = []

    def _text(self, text: str, style: int = 0) -> str:
        if len(text) > MOST_SIGNS // 2 and _length(text) > MOST_SIGNS:
            text = _first(text, MOST_SIGNS - len(_CUT)) + _CUT
            self.told.shortened += 1
        style = style or (TEXT if text.startswith(_FORMULA) else 0)
        kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
        escaped = _SPECIAL.sub(_escaped, text)
        styled = f' s="{style}"' if style else ""
        return f'{styled} t="inlineStr"><is><t{kept}>{escaped}</t></is></c>'

    def _figure(self, text: str) -> str:
        if WHOLE.fullmatch(text) or DECIMAL.fullmatch(text):
            return f"><v>{text}</v></c>"
        return self._text(text)

    def _day(self, text: str) -> str:
        found = day(text)
        if found and found >= _FIRST_DAY:
            return f' s="{DAY}"><v>{(found - _DAY_ZERO).days}</v></c>'
        return self._text(text)


def _escaped(found: re.Match[str]) -> str:
    """Return a sign as XML has it; what XML has no sign for as workbooks write it: _x0000_."""
    sign = found[0]
    return _NAMED.get(sign) or f"_x{ord(sign):04X}_"


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _letters(place: int) -> str:
    """Return the name of a column: 0 is A, 26 is AA."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _sheet_names(names: list[str]) -> list[str]:
    """Return names that a workbook takes: up to 31 signs, without []:*?/\\ and ' at the ends, each once."""
    plain = [re.sub(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]", "_", name).strip("' ") or "sheet" for name in names]
    # Six signs are left for the number of a second one.
    return unique(name if _length(name) <= 25 else _first(name, 25).rstrip("' ") for name in plain)


def _first(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
