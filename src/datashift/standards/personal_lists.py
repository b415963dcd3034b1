"""A list of proposed redactions, for a person to decide on in a spreadsheet: written as CSV, and read back.

It holds the words themselves: it is as private as the file in which they were seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datashift.errors import BadRedaction
from datashift.standards.personal_tables import Proposal
from datashift.standards.personal_texts import MARKS, Span

COLUMNS = (
    "decision", "row", "column", "kind", "before", "words", "after", "instead", "start", "end", "line", "lines",
    "sha256",
)  # fmt: skip
AROUND = 60
"""Characters shown before and behind, without which nobody could decide."""

_DECISIONS = {
    "yes": True, "y": True, "redact": True, "sí": True, "si": True, "s": True, "ndiyo": True, "हो": True,
    "no": False, "n": False, "keep": False, "hapana": False, "होइन": False,
}  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """What became of proposals: redacted, kept as it is, or still open."""

    confirmed: tuple[Proposal, ...]
    kept: tuple[Proposal, ...]
    open: tuple[Proposal, ...]


def as_list(proposals: Iterable[Proposal], table: pa.Table, sha256: str) -> bytes:
    """Return proposals as CSV with an empty column `decision`; rows have the numbers that the file gives them.

    `sha256` is that of the file. Each line says how many there are, so that none can be lost unseen.
    """
    listed, numbers = list(proposals), _row_numbers(table)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for line, one in enumerate(listed, 1):
        text, span = table[one.column][one.row - 1].as_py(), one.span
        shown = (text[max(0, span.start - AROUND) : span.start], text[span.start : span.end],
                 text[span.end : span.end + AROUND])  # fmt: skip
        lines.writerow(
            ["", numbers[one.row - 1], one.column, span.kind, *map(_harmless, shown), span.mark, span.start, span.end,
             line, len(listed), sha256]
        )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def from_list(listed: pa.Table, table: pa.Table, *, proposals: str, file: str, sha256: str) -> Decided:
    """Return what was decided on a list that was read as text; `table`, `file` and `sha256` are those of the file.

    Lines may be added for what was not proposed; their `line` stays empty. Raises BadRedaction.
    """
    for column in COLUMNS:
        if column not in listed.column_names and column not in ("before", "words", "after", "instead"):
            raise BadRedaction("redact.not-a-list", file=proposals, column=column)
    lines = [one for one in listed.to_pylist() if any(one[name] for name in ("decision", "row", "column", "line"))]
    if any((one["sha256"] or sha256) != sha256 for one in lines):
        raise BadRedaction("redact.other-file", file=file, proposals=proposals)
    _require_all(lines, proposals)
    places = {number: place for place, number in enumerate(_row_numbers(table))}
    sorted_by: dict[bool | None, list[Proposal]] = {True: [], False: [], None: []}
    for one in lines:
        seen = _proposal(one, table, places)
        if seen is None:
            raise BadRedaction("redact.line", row=one["_row"], proposals=proposals, file=file)
        sorted_by[_decision(one, proposals)].append(seen)
    return Decided(tuple(sorted_by[True]), tuple(sorted_by[False]), tuple(sorted_by[None]))


def _require_all(lines: Iterable[Mapping[str, Any]], proposals: str) -> None:
    numbered = [one for one in lines if one["line"]]
    count = max((int(one["lines"]) for one in numbered if (one["lines"] or "").isdecimal()), default=0)
    missing = set(range(1, count + 1)) - {int(one["line"]) for one in numbered if one["line"].isdecimal()}
    if missing:
        raise BadRedaction("redact.lines-missing", missing=len(missing), count=count, proposals=proposals)


def _proposal(line: Mapping[str, Any], table: pa.Table, places: Mapping[int, int]) -> Proposal | None:
    """Return what a line proposes; None where the table has no such stretch."""
    numbers = [line[name] or "" for name in ("row", "start", "end")]
    if not all(one.isdecimal() for one in numbers) or line["kind"] not in MARKS:
        return None
    row, start, end = map(int, numbers)
    if row not in places or line["column"] not in table.column_names:
        return None
    text = table[line["column"]][places[row]].as_py()
    if not isinstance(text, str) or not 0 <= start < end <= len(text):
        return None
    return Proposal(line["column"], places[row] + 1, len(text), Span(start, end, line["kind"]))


def _decision(line: Mapping[str, Any], proposals: str) -> bool | None:
    word = (line["decision"] or "").strip().casefold()
    if word and word not in _DECISIONS:
        raise BadRedaction("redact.decision", row=line["_row"], proposals=proposals)
    return _DECISIONS[word] if word else None


def _row_numbers(table: pa.Table) -> list[int]:
    """The row numbers of the file: the column `_row`, else counted from 1."""
    return table["_row"].to_pylist() if "_row" in table.column_names else list(range(1, table.num_rows + 1))


def _harmless(words: str) -> str:
    """Return words that a spreadsheet program does not take for a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words
