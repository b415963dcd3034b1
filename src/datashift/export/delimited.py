"""CSV: one file for each sheet, UTF-8, commas, lines that end as RFC 4180 has it."""

from __future__ import annotations

import csv
import re
from contextlib import ExitStack
from pathlib import Path

from datashift.export.beside import file_names, gathered
from datashift.export.layout import Rows, Written
from datashift.export.plan import Table

# What a spreadsheet takes for the beginning of a formula, in the wide signs of East Asia too. A tab or a line end
# before it does not help: some programs drop them.
_RISKY = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def write_csv(
    tables: tuple[Table, ...], rows: Rows, scratch: Path, path: Path, told: Written, *, for_spreadsheets: bool = False
) -> None:
    """Write a file for each sheet into a zip or a folder.

    Cells are exact. For spreadsheets a mark says UTF-8, and ' stands before what they would run as a formula.
    """
    files = [scratch / f"{name}.csv" for name in file_names(table.sheet.name for table in tables)]
    with ExitStack() as stack:
        encoding = "utf-8-sig" if for_spreadsheets else "utf-8"
        streams = [stack.enter_context(one.open("w", encoding=encoding, newline="")) for one in files]
        written = [csv.writer(stream).writerow for stream in streams]
        for put, table in zip(written, tables, strict=True):
            header = [field.title for field in table.fields]
            put(disarmed(header) if for_spreadsheets else header)
        for number, cells in rows:
            written[number](disarmed(cells) if for_spreadsheets else cells)
    gathered(files, scratch, path)


def disarmed(cells: list[str]) -> list[str]:
    """Return the cells with ' before those that would be run as a formula; plain numbers stay."""
    return [f"'{one}" if one.startswith(_RISKY) and not _NUMBER.fullmatch(one) else one for one in cells]
