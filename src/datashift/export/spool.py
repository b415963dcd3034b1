"""A first pass for files that begin with what follows: rows are kept on disk, and what they hold is learnt.

A column is a number or a day only where every answer in it is one. So nothing is lost: one answer that is neither
makes its column text, and `Written.as_text` tells so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from datashift.export.layout import Rows, Written
from datashift.export.plan import FLAG, Field, Table
from datashift.export.signs import DECIMAL, WHOLE, is_day

_FITS: dict[str, Callable[[str], object]] = {
    "int": WHOLE.fullmatch, "decimal": DECIMAL.fullmatch, "date": is_day, FLAG: WHOLE.fullmatch,
}  # fmt: skip


@dataclass(frozen=True)
class Spool:
    """The rows of one table on disk. `kinds` is for each field int, decimal, date or string; `widths` are bytes."""

    table: Table
    file: Path
    kinds: tuple[str, ...]
    widths: tuple[int, ...]
    count: int

    def __iter__(self) -> Iterator[list[str]]:
        with self.file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


class _Learning:
    """What is known of the columns of one table so far."""

    def __init__(self, table: Table, wanted: Callable[[Field], str]) -> None:
        self.table = table
        self.asked = [wanted(field) for field in table.fields]
        self.fits = {place: _FITS[kind] for place, kind in enumerate(self.asked) if kind in _FITS}
        self.widths = [0] * len(table.fields)
        self.count = 0

    def see(self, cells: list[str]) -> None:
        """Take account of one row."""
        self.count += 1
        for place in [one for one, fits in self.fits.items() if cells[one] and not fits(cells[one])]:
            del self.fits[place]
        widths = self.widths
        for place, cell in enumerate(cells):
            # No sign has more than four bytes, so most cells need no second look.
            if 4 * len(cell) > widths[place]:
                widths[place] = max(widths[place], len(cell.encode()))

    def kinds(self) -> tuple[str, ...]:
        kinds = ["int" if one == FLAG else one for one in self.asked]
        return tuple(kind if place in self.fits else "string" for place, kind in enumerate(kinds))


def spooled(
    tables: tuple[Table, ...], rows: Rows, scratch: Path, told: Written, wanted: Callable[[Field], str] | None = None
) -> list[Spool]:
    """Write all rows to the scratch folder and return what was learnt. `wanted` says what each field should be."""
    learning = [_Learning(table, wanted or _declared) for table in tables]
    files = [scratch / f"spool{number}" for number in range(len(tables))]
    with ExitStack() as stack:
        streams = [stack.enter_context(file.open("w", encoding="utf-8")) for file in files]
        for number, cells in rows:
            learning[number].see(cells)
            streams[number].write(json.dumps(cells) + "\n")
    spools = [
        Spool(one.table, file, one.kinds(), tuple(one.widths), one.count)
        for one, file in zip(learning, files, strict=True)
    ]
    for spool in spools:
        fields = zip(spool.table.fields, spool.kinds, strict=True)
        told.as_text += [field.name for field, kind in fields if field.kind in _FITS and kind == "string"]
    return spools


def _declared(field: Field) -> str:
    return field.kind
