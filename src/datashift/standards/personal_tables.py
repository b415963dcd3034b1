"""Personal data in the texts of a table: proposed cell by cell, counted, and redacted once a person confirmed.

A `Proposal` holds no word of the text, so that it may stand in a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from datashift.standards.personal_texts import Span, propose, redact


@dataclass(frozen=True)
class Proposal:
    """A stretch of one cell: its column and row (from 1), and how long the text was in which it was seen."""

    column: str
    row: int
    length: int
    span: Span


def propose_in(table: pa.Table, columns: Iterable[str] | None = None) -> tuple[Proposal, ...]:
    """Return what looks personal in the cells of the text columns of `table`, or of those that are named."""
    wanted = text_columns(table) if columns is None else list(columns)
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


def redacted(table: pa.Table, confirmed: Iterable[Proposal]) -> dict[tuple[str, int], str]:
    """Return the texts that stand in the place of others once these stretches are redacted, by column and row.

    Raises ValueError where the table is another than the one in which they were seen.
    """
    cells: dict[tuple[str, int], list[Proposal]] = {}
    for one in confirmed:
        cells.setdefault((one.column, one.row), []).append(one)
    made = {}
    for (column, row), proposals in cells.items():
        text = table[column][row - 1].as_py() if 0 < row <= table.num_rows else None
        if text is None or any(one.length != len(text) for one in proposals):
            raise ValueError(f"row {row} of column {column!r} is not the text in which this was seen")
        made[column, row] = redact(text, [one.span for one in proposals])
    return made


def redact_in(table: pa.Table, confirmed: Iterable[Proposal]) -> pa.Table:
    """Return `table` with the confirmed stretches replaced, and nothing else. Raises ValueError as `redacted` does."""
    columns: dict[str, dict[int, str]] = {}
    for (column, row), text in redacted(table, confirmed).items():
        columns.setdefault(column, {})[row - 1] = text
    for column, texts in columns.items():
        cells = [texts.get(place, text) for place, text in enumerate(table[column].to_pylist())]
        table = table.set_column(table.column_names.index(column), column, pa.array(cells, table[column].type))
    return table


def text_columns(table: pa.Table) -> list[str]:
    """Return the names of the columns that hold texts."""
    return [one.name for one in table.schema if str(one.type) in ("string", "large_string")]
