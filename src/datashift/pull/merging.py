"""A pull and what was there before become one table: nothing doubled, nothing lost, and the same pull twice is once."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadPull
from datashift.pull.state import MAIN, PARENT_ID, ROOT_ID, ROW_ID, Pulled

MOST_GONE = 0.1
FEW = 10
"""A pull that would leave over a tenth fewer rows, and at least ten fewer, is asked about first."""


def merge(before: pa.Table | None, pulled: Pulled, sheet: str = MAIN, *, accept_fewer: bool = False) -> pa.Table:
    """Return the table of `sheet` after a pull.

    In: the table before (None where there is none), the pull, the name of the sheet. Out: records of the pull take the
    place of their former selves with all their repeats, records that are gone from the source are left out, all others
    stay. Columns of both are kept. Rows of a snapshot stand as the source has them, else in the order of their ids.
    Merging is idempotent: the same pull again changes nothing, and a later pull may be merged after an earlier one
    that broke off. Raises BadPull: pull.not-before, pull.mostly-gone (unless fewer rows are accepted).
    """
    root = ROW_ID if sheet == MAIN else ROOT_ID
    if before is None:
        before = pa.table({name: pa.array([], pa.string()) for name in _ids_of(sheet)})
    if root not in before.column_names:
        raise BadPull("pull.not-before", file=sheet, column=root)
    kept = before.filter(_stays(before[root], pulled))
    if not pulled.sheets and kept.num_rows == before.num_rows:
        return before
    new = pulled.sheets.get(sheet)
    after = kept if new is None else pa.concat_tables([kept, new], promote_options="default").combine_chunks()
    if sheet == MAIN and not accept_fewer:
        _look(before.num_rows, after.num_rows)
    if pulled.snapshot and not kept.num_rows:
        return after
    return after.take(pc.sort_indices(_order(after[root])))


def _ids_of(sheet: str) -> tuple[str, ...]:
    return (ROW_ID,) if sheet == MAIN else (ROW_ID, PARENT_ID, ROOT_ID)


def _stays(roots: Any, pulled: Pulled) -> Any:
    """Say which rows stay as they are: those that were not pulled anew, and are not known to be gone.

    A row that the state does not name was merged by a pull whose state was lost, and deleted since.
    """
    left = pc.invert(pc.is_in(roots, value_set=pa.array([*_roots(pulled), *pulled.gone], pa.string())))
    if not pulled.everything:
        return left
    return pc.and_(left, pc.is_in(roots, value_set=pa.array(pulled.state.rows, pa.string())))


def _roots(pulled: Pulled) -> list[str]:
    main = pulled.sheets.get(MAIN)
    return [] if main is None else list(main[ROW_ID].to_pylist())


def _look(before: int, after: int) -> None:
    fewer = before - after
    if fewer >= FEW and fewer > MOST_GONE * before:
        raise BadPull("pull.mostly-gone", before=before, after=after)


def _order(ids: Any) -> Any:
    """Numbers in the order of numbers, everything else in the order of its text; both are stable."""
    digits = pc.all(pc.match_substring_regex(ids, r"^\d{1,18}$"), min_count=0).as_py()
    return ids.cast(pa.int64()) if digits else ids
