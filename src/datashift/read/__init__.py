"""Any source becomes a raw table: every cell as text, every row with its number, and a note of where it comes from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from datashift.model import Origin, Raw
from datashift.read import formats
from datashift.read.grid import Options
from datashift.read.store import content, digest, store

__all__ = ["digest", "read", "read_bytes", "sheets", "store"]


def read(
    path: Path,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    keep: Path | None = None,
) -> Raw:
    """Read a file as a raw table: all text, nothing converted, no row lost.

    In: CSV with any delimiter, XLSX, XLSM, XLSB, XLS, ODS, Parquet, GeoJSON, JSON, JSON lines, SPSS, Stata or a table
    saved as a web page, plain or in gzip or zip; the format is told by the bytes. What the sender does not state is
    found out and noted. With `keep` the bytes are stored under keep/raw/<sha256> first, and read from there.
    Out: the table with `_row` (the row number that a spreadsheet program shows) and its origin with notes.
    `007` stays `007`; whole numbers of typed cells have no `.0`, dates are ISO 8601, truth values TRUE and FALSE.
    Errors: Unreadable, with the file, the sheet and the row where they are known, and what to do.
    """
    data = content(store(path, keep)[1] if keep is not None else path)
    return read_bytes(data, path.name, sheet=sheet, header_row=header_row, encoding=encoding, delimiter=delimiter)


def read_bytes(
    data: bytes,
    name: str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Raw:
    """Read the bytes of a file called `name`; the same as `read` for bytes that are at hand."""
    grid = formats.parse(data, name, Options(sheet, header_row, encoding, delimiter))
    origin = Origin(
        file=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data), format=grid.format, encoding=grid.encoding,
        delimiter=grid.delimiter, sheet=grid.sheet, header_row=grid.header_row, notes=grid.notes,
    )  # fmt: skip
    return Raw(grid.table, origin)


def sheets(path: Path) -> list[str]:
    """Return the sheet names of a workbook, the tables inside a zip or the groups of a JSON file.

    A file that holds one plain table has none: the list is empty.
    """
    return formats.sheets(content(path), path.name)
