"""Web pages saved under the name of a workbook: the one table in them, as a browser would show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.cells import column_of
from datashift.read.encoding import to_utf8
from datashift.read.grid import MOST_COLUMNS, Grid, Note, Options, assemble
from datashift.read.header import Merge, header

IS_A_PAGE = N_("The file is a web page and not a workbook. Its only table was read.")

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_\-]+)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MOST_SPAN = 1000


def table(data: bytes, file: str, options: Options) -> Grid:
    """Read the table of a web page; a page with none or with several tables is an error that says so."""
    stated = _CHARSET.search(data[:4096])
    text = to_utf8(data, file, options.encoding or _known(stated.group(1).decode() if stated else None, data))
    page = _Tables()
    page.feed(text.data.decode("utf-8"))
    page.close()
    filled = [found for found in page.tables if any(any(row) for row in found.rows)]
    if len(filled) != 1:
        raise Unreadable("read.web-page", file=file, tables=len(filled))
    rows = filled[0].rows
    width = max(len(row) for row in rows)
    if width > MOST_COLUMNS:
        raise Unreadable("read.too-many-columns", file=file, columns=width, most=MOST_COLUMNS)
    rows = [row + [""] * (width - len(row)) for row in rows]
    found = header(rows, file, options.header_row, filled[0].merges)
    body = rows[found.last + 1 :]
    columns = [column_of([row[place] for row in body]) for place in range(width)]
    numbers = range(found.last + 2, found.last + 2 + len(body))
    result, name_notes = assemble(found.names, columns, list(numbers), file)
    notes: list[Note] = [(IS_A_PAGE, {}), *text.notes, *found.notes, *name_notes]
    return Grid(result, "html", text.encoding, header_row=found.last + 1, notes=tuple(notes))


def _known(charset: str | None, data: bytes) -> str | None:
    """Return the charset of the page where it fits; pages often state one and are written in another."""
    try:
        data.decode(charset or "")
    except (LookupError, ValueError):
        return None
    return charset


@dataclass
class _Found:
    """Rows of text and the cells that lie across several columns, of one table of the page."""

    rows: list[list[str]]
    merges: list[Merge]
    waiting: dict[int, int]


class _Tables(HTMLParser):
    """Collects the rows of every table; cells that end nowhere are closed by the next tag, as browsers do."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Found] = []
        self._open: list[_Found] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._finish_cell()
            self._open.append(_Found([], [], {}))
        elif tag == "tr" and self._open:
            self._finish_row()
            self._open[-1].rows.append([])
        elif tag in {"td", "th"} and self._open:
            self._finish_cell()
            if not self._open[-1].rows:
                self._open[-1].rows.append([])
            self._cell, self._span = [], _spans(dict(attrs))
        elif tag in {"br", "p", "div"} and self._cell:
            self._cell.append("\n")
        elif tag in {"script", "style"}:
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._finish_cell()
        elif tag == "tr":
            self._finish_row()
        elif tag == "table" and self._open:
            self._finish_row()
            self.tables.append(self._open.pop())
        elif tag in {"script", "style"}:
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden:
            self._cell.append(_SPACE.sub(" ", data))

    def close(self) -> None:
        super().close()
        while self._open:
            self._finish_row()
            self.tables.append(self._open.pop())

    def _finish_row(self) -> None:
        self._finish_cell()
        if self._open and self._open[-1].rows:
            _fill_from_above(self._open[-1])

    def _finish_cell(self) -> None:
        if self._cell is None or not self._open:
            return
        found, (across, down) = self._open[-1], self._span
        _fill_from_above(found)
        row = found.rows[-1]
        start, line = len(row), len(found.rows) - 1
        row += ["\n".join(part.strip() for part in "".join(self._cell).split("\n")).strip(), *[""] * (across - 1)]
        if across > 1 or down > 1:
            found.merges.append(((line, start), (line + down - 1, start + across - 1)))
        if down > 1:
            found.waiting.update(dict.fromkeys(range(start, start + across), down - 1))
        self._cell = None


def _fill_from_above(found: _Found) -> None:
    row = found.rows[-1]
    while len(row) in found.waiting:
        place = len(row)
        found.waiting[place] -= 1
        if not found.waiting[place]:
            del found.waiting[place]
        row.append("")


def _spans(stated: dict[str, str | None]) -> tuple[int, int]:
    return _span(stated.get("colspan")), _span(stated.get("rowspan"))


def _span(stated: str | None) -> int:
    number = (stated or "").strip()
    return min(max(int(number), 1), _MOST_SPAN) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
