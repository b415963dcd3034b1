"""One typed cell of a workbook or a statistics file as the text that stands for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from datashift.read.grid import text_column

MOST_CELLS = 500_000_000
"""Cells that a table may hold; beyond it a small machine would run out of memory."""

_EXACT = 2**53


def shown(cell: Any) -> str:
    """Return the text of one cell.

    Whole numbers have no `.0`, other numbers the shortest digits that give the same number back, dates and times are
    ISO 8601, durations hours:minutes:seconds, and truth values TRUE or FALSE.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) <= _EXACT else repr(cell)
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return _duration(cell)
    return str(cell)


def column_of(cells: Sequence[Any]) -> Any:
    """Return a text column of typed cells; a midnight among times of day keeps its 00:00:00."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return text_column(cells)
    if dt.datetime in kinds and dt.date in kinds:
        return text_column([shown(_with_time(cell)) for cell in cells])
    return text_column([shown(cell) for cell in cells])


def _with_time(cell: Any) -> Any:
    return dt.datetime.combine(cell, dt.time.min) if type(cell) is dt.date else cell


def _duration(cell: dt.timedelta) -> str:
    seconds = cell // dt.timedelta(seconds=1)
    rest = cell - dt.timedelta(seconds=seconds)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    fraction = f".{rest.microseconds:06d}".rstrip("0") if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"
