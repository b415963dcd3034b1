"""Where the header of a sheet stands, and how two header rows become one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.grid import Note

Merge = tuple[tuple[int, int], tuple[int, int]]

FOUND = N_("The header was found in row {row}; the rows above it are not part of the table.")
JOINED = N_("Two header rows were joined as 'top / below': rows {first} and {last}.")
HXL = N_("Row {row} holds HXL tags (#…), not answers. It was kept as it came.")

_NUMBER = re.compile(r"\s*[-+]?[\d.,\s'%]*\d[\d.,\s'%]*([eE][-+]?\d+)?\s*")
_TAG = re.compile(r"#[A-Za-z][\w+\- ]*")
SAMPLE = 60


@dataclass(frozen=True)
class Header:
    """The names of the columns and the header rows (counted from 0) they come from."""

    names: list[str]
    first: int
    last: int
    notes: list[Note]


def header(rows: Sequence[Sequence[str]], file: str, stated: int | None, merges: Sequence[Merge] = ()) -> Header:
    """Find the header in the first rows of a table, or take the row that the sender states (counted from 1).

    The header is the first row that is filled at least half as well as the table below it; titles above have fewer
    cells. Two rows are joined as `top / below` where merged cells, or gaps above a row of words over numbers, show
    that the upper row spans the lower one. A header of numbers only is an error: the table has none.
    """
    top = _stated(rows, file, stated) if stated is not None else _first_full(rows, merges)
    spans = _spans_by_merge if stated is not None else _spans
    double = top + 1 < len(rows) and spans(rows, top, merges)
    notes: list[Note] = []
    if double:
        names = _joined(rows[top], rows[top + 1], _filled_right(rows[top], top, merges))
        notes.append((JOINED, {"first": top + 1, "last": top + 2}))
    else:
        names = list(rows[top])
        if stated is None and _only_numbers(names):
            raise Unreadable("read.no-header", file=file, row=top + 1)
    if stated is None and top > 0:
        notes.insert(0, (FOUND, {"row": top + 1}))
    last = top + 1 if double else top
    if last + 1 < len(rows) and _tags(rows[last + 1]):
        notes.append((HXL, {"row": last + 2}))
    return Header(names, top, last, notes)


def is_number(cell: str) -> bool:
    """Say whether a cell reads as a number, with any decimal and thousands signs."""
    return _NUMBER.fullmatch(cell) is not None


def _stated(rows: Sequence[Sequence[str]], file: str, stated: int) -> int:
    if not 1 <= stated <= len(rows) or not _filled(rows[stated - 1]):
        raise Unreadable("read.header-row", file=file, row=stated)
    return stated - 1


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _first_full(rows: Sequence[Sequence[str]], merges: Sequence[Merge]) -> int:
    filled = [_filled(row) for row in rows[:SAMPLE]]
    ranked = sorted(filled, reverse=True)
    usual = ranked[1] if len(ranked) > 1 and ranked[1] else ranked[0]
    first = next((place for place, count in enumerate(filled) if count), 0)
    for place, count in enumerate(filled):
        if count and place + 1 < len(rows) and _spans(rows, place, merges):
            return place
        if count and 2 * count >= usual:
            return place if place == first or _names_columns(rows[place]) else first
    return first


def _names_columns(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    numbers = sum(is_number(cell) for cell in cells)
    return 3 * numbers <= len(cells) and 2 * len(set(cells)) > len(cells)


def _only_numbers(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return bool(cells) and all(is_number(cell) for cell in cells)


def _tags(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(cells) > 1 and all(_TAG.fullmatch(cell) for cell in cells)


def _spans(rows: Sequence[Sequence[str]], top: int, merges: Sequence[Merge]) -> bool:
    return _spans_by_merge(rows, top, merges) if merges else _spans_by_gaps(rows, top)


def _spans_by_merge(rows: Sequence[Sequence[str]], top: int, merges: Sequence[Merge]) -> bool:
    several = _filled(rows[top]) > 1
    for (first_row, first), (last_row, last) in merges:
        under = sum(1 for cell in rows[top + 1][first : last + 1] if cell.strip())
        # One merged cell alone, from the first column on, is a title and not a header.
        if first_row == last_row == top and under > 1 and (several or first > 0):
            return True
    return False


def _spans_by_gaps(rows: Sequence[Sequence[str]], top: int) -> bool:
    upper, below = rows[top], rows[top + 1]
    words = [cell for cell in below if cell.strip()]
    gaps = [place for place, cell in enumerate(below) if cell.strip() and not _at(upper, place)]
    if _filled(upper) < 2 or len(gaps) < 2 or not words or any(is_number(cell) for cell in words):
        return False
    if any(not any(_at(upper, left) for left in range(place)) for place in gaps):
        return False
    numeric = sum(1 for place in gaps if _numbers_below(rows, top + 2, place))
    return 5 * numeric >= 3 * len(gaps)


def _at(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _numbers_below(rows: Sequence[Sequence[str]], start: int, place: int) -> bool:
    cells = [_at(row, place) for row in rows[start : start + 10]]
    cells = [cell for cell in cells if cell]
    return bool(cells) and 2 * sum(is_number(cell) for cell in cells) > len(cells)


def _filled_right(upper: Sequence[str], top: int, merges: Sequence[Merge]) -> list[str]:
    filled = list(upper)
    if merges:
        for (first_row, first), (last_row, last) in merges:
            if first_row <= top <= last_row and first < len(filled):
                filled[first : last + 1] = [filled[first]] * (min(last + 1, len(filled)) - first)
        return filled
    for place in range(1, len(filled)):
        filled[place] = filled[place] if filled[place].strip() else filled[place - 1]
    return filled


def _joined(upper: Sequence[str], below: Sequence[str], filled: Sequence[str]) -> list[str]:
    names = []
    for place in range(max(len(upper), len(below))):
        over, under = _at(filled, place), _at(below, place)
        both = f"{over} / {under}" if over and over != under else under
        names.append(both if under else _at(upper, place))
    return names
