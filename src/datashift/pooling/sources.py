"""Several sources for the same indicator, area and time become one answer, with a log of every row.

The weight of a source comes from its variance, never from its n. Which sources may be pooled: choosing.py. How far a
type of source is usually off: source_bias.py. The same people in two sources: shared_people.py. The pooling: meta.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from datashift.pooling.answers import Known, answers, refused
from datashift.pooling.arranged import arranged
from datashift.pooling.choosing import LEAST_ANSWERS, definitions, reasons
from datashift.pooling.pooled import Decision, Pool
from datashift.pooling.source_bias import corrected, learn
from datashift.pooling.source_rows import Objects, Pooling, SourceRows, source_rows


def pool(table: pa.Table, how: Pooling | None = None, **options: Any) -> Pool:
    """Pool the sources of each cell of a table.

    In:  table: source, source_type and value; uncertainty as se, lower and upper (level), or n of a share; cells told
         apart by indicator, measure, area, period and the columns of `by`; universe, definition, overlap,
         shared_with and shared where they are stated (docs/reference/pooling.md).
         how: a Pooling; options: its fields, as in pool(table, method="DL").
    Out: Pool: one Pooled per cell in the order of the table, what was learnt about types of sources, and the log.
    Errors: BadSources, with row and column. What cannot be pooled is no error: the cell says why.
    """
    how = replace(how or Pooling(), **options)
    rows = source_rows(table, how)
    found = reasons(rows, how.period)
    biases = learn(rows, found == "")
    moved = corrected(rows, {(b.indicator, b.source_type): b for b in biases if b.learnt and how.correct})
    known = Known.of(rows, how, biases, _decisions(rows, found))
    cells = [refused(known, cell) for cell in range(len(rows.cells))]
    for part in arranged(rows, found == "", moved):
        for cell, pooled in answers(part, known):
            cells[cell] = pooled
    return Pool(tuple(cells), tuple(biases) if how.correct else ())


def _decisions(rows: SourceRows, found: Objects) -> tuple[tuple[Decision, ...], ...]:
    """Return the log by cell: each row with what became of it."""
    said = definitions(rows)
    used = found == ""
    common = dict(zip(rows.cell[used & (said != "")].tolist(), said[used & (said != "")], strict=True))
    log: list[list[Decision]] = [[] for _cell in rows.cells]
    names, kinds = rows.texts["source"], rows.texts["source_type"]
    for i, (cell, why) in enumerate(zip(rows.cell.tolist(), found, strict=True)):
        facts: dict[str, Any] = {}
        if why in ("definition", "no-common-definition"):
            facts = {"own": said[i], "others": common.get(cell, "")}
        elif why == "few":
            facts = {"answers": int(rows.answers[i]), "least": LEAST_ANSWERS}
        elif why == "time":
            facts = {"period": rows.texts["period"][i]}
        decision = Decision(int(rows.row[i]), names[i], kinds[i], rows.cells[cell], why == "", why, facts)
        log[cell].append(decision)
    return tuple(map(tuple, log))
