"""A form as a workbook, as KoBo, ODK and other tools take it: the Markdown tables of a kit written as XLSX."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from datashift.forms.compose import HEADINGS
from datashift.model import Kit

Sheets = Mapping[str, Sequence[Sequence[str]]]
DATED = (1980, 1, 1, 0, 0, 0)
"""The same form gives the same bytes, so no file in it knows the hour."""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def tables(form: str) -> dict[str, list[list[str]]]:
    """Return the tables of a form in Markdown: sheet -> rows of cells, the row with the headings first."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in form.splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            sheet, *cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if sheet:
                rows = found.setdefault(sheet, [])
            rows.append(cells)
    return found


def form_workbook(kit: Kit, form: str) -> bytes:
    """Return the form (Markdown tables) of `kit` as an XLSX workbook, with a sheet of settings if it has none."""
    settings = {"form_title": kit.title["en"], "form_id": kit.id, "version": kit.version}
    settings |= {"default_language": HEADINGS["en"]}
    return workbook({**tables(form), "settings": tables(form).get("settings", [[*settings], [*settings.values()]])})


def workbook(sheets: Sheets) -> bytes:
    """Return sheets of text cells (rows of cells, by the name of the sheet) as the bytes of an XLSX workbook.

    Layout: ECMA-376 part 1, chapter 18 (SpreadsheetML), with texts inside the cells.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(sheets):
            archive.writestr(zipfile.ZipInfo(name, DATED), _HEAD + text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _parts(sheets: Sheets) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    xml = "application/vnd.openxmlformats-package.relationships+xml"
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{xml}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{kinds}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield "xl/_rels/workbook.xml.rels", _relations([("worksheet", f"worksheets/sheet{n}.xml") for n in numbers])
    named = zip(numbers, sheets, strict=True)
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in named)
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    for n, rows in zip(numbers, sheets.values(), strict=True):
        body = "".join(_row(number, cells) for number, cells in enumerate(rows, 1))
        yield f"xl/worksheets/sheet{n}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _row(number: int, cells: Sequence[str]) -> str:
    filled = ((_column(k), _NO_XML.sub("", text)) for k, text in enumerate(cells) if text)
    inner = "".join(
        f'<c r="{column}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
        for column, text in filled
    )
    return f'<row r="{number}">{inner}</row>'


def _column(k: int) -> str:
    letters = ""
    while k >= 0:
        letters, k = chr(65 + k % 26) + letters, k // 26 - 1
    return letters
