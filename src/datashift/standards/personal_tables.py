"""Personal data in the texts of a table: proposed cell by cell, counted, kept, and redacted once a person confirmed.

A `Proposal` holds no word of the text, so that it may stand in a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from datashift.standards.personal_texts import MARKS, Span, propose, redact


@dataclass(frozen=True)
class Proposal:
    """A stretch of one cell: its column and row (from 1), and how long the text was in which it was seen."""

    column: str
    row: int
    length: int
    span: Span


def propose_in(table: pa.Table, columns: Iterable[str] | None = None) -> tuple[Proposal, ...]:
    """Return what looks personal in the cells of the text columns of `table`, or of those that are named."""
    wanted = [name for name in table.column_names if _is_text(table, name)] if columns is None else list(columns)
    made: list[Proposal] = []
    for name in wanted:
        seen: dict[str, tuple[Span, ...]] = {}
        for row, text in enumerate(table[name].to_pylist(), 1):
            if not text:
                continue
            if text not in seen:
                seen[text] = propose(text)
            made += [Proposal(name, row, len(text), span) for span in seen[text]]
    return tuple(made)


def counted(proposals: Iterable[Proposal]) -> dict[str, dict[str, int]]:
    """Return in how many rows of each column each kind was seen: all that a log or a message may say."""
    rows = Counter(
        (one.column, one.span.kind) for one in {(p.column, p.row, p.span.kind): p for p in proposals}.values()
    )
    made: dict[str, dict[str, int]] = {}
    for (column, kind), count in sorted(rows.items()):
        made.setdefault(column, {})[kind] = count
    return made


def redact_in(table: pa.Table, confirmed: Iterable[Proposal]) -> pa.Table:
    """Return `table` with the confirmed stretches replaced. Raises ValueError where the table is another by now."""
    cells: dict[str, dict[int, list[Proposal]]] = {}
    for one in confirmed:
        cells.setdefault(one.column, {}).setdefault(one.row, []).append(one)
    for column, rows in cells.items():
        texts = table[column].to_pylist()
        for row, proposals in rows.items():
            text = texts[row - 1] if 0 < row <= len(texts) else None
            if text is None or any(one.length != len(text) for one in proposals):
                raise ValueError(f"row {row} of column {column!r} is not the text in which this was seen")
            texts[row - 1] = redact(text, [one.span for one in proposals])
        table = table.set_column(table.column_names.index(column), column, pa.array(texts, table[column].type))
    return table


def as_records(proposals: Iterable[Proposal]) -> list[dict[str, int | str]]:
    """Return proposals as they are kept: no word of a text is among it."""
    return [
        {
            "column": p.column,
            "row": p.row,
            "length": p.length,
            "start": p.span.start,
            "end": p.span.end,
            "kind": p.span.kind,
        }
        for p in proposals
    ]


def from_records(records: Iterable[Mapping[str, int | str]]) -> tuple[Proposal, ...]:
    """Return the proposals that were kept with `as_records`. Raises ValueError for a kind that is none."""
    made = []
    for one in records:
        if one["kind"] not in MARKS:
            raise ValueError(f"there is no kind {one['kind']!r} of personal data")
        span = Span(int(one["start"]), int(one["end"]), str(one["kind"]))
        made.append(Proposal(str(one["column"]), int(one["row"]), int(one["length"]), span))
    return tuple(made)


def _is_text(table: pa.Table, name: str) -> bool:
    return str(table.schema.field(name).type) in ("string", "large_string")
