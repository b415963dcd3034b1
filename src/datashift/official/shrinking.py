"""A source with suddenly far fewer figures was probably cut off at the end of a line, where no file can show it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadOfficial
from datashift.language import N_, _
from datashift.official.arrays import counted
from datashift.official.schema import Snapshot
from datashift.official.store import equal_to, rows_of

LEAST = 0.8
"""The share of the earlier figures that a new version must have."""

_SERIES = N_("{count} series ({examples})")
_PLACES = N_("{count} places ({examples})")
_SINGLE = N_("figures of {count} series ({examples})")
_SHOWN = 3


def check_not_fewer(table: pa.Table, new: Snapshot, kept: Sequence[Snapshot], *, accepted: bool) -> None:
    """Raise BadOfficial when `table` has less than 80 % of the figures of the version before it.

    In: the figures of the new file and its snapshot; all snapshots of the store. A file about one series, goal or place
    is compared with the version of the same part, else with what other parts say about the same series and places.
    """
    if accepted:
        return
    of_source = [
        each for each in kept
        if (each.source, each.kind) == (new.source, new.kind)
        and (each.dated, each.imported) < (new.dated, new.imported)
    ]  # fmt: skip
    newest = {each.part: each for each in reversed(of_source)}
    same = newest.get(new.part)
    if same is not None:
        if len(table) < LEAST * same.observations or len(_about_the_same(table, same)) < LEAST * same.observations:
            raise _fewer(table, new, same, rows_of(same))
        return
    for other in newest.values():
        earlier = _about_the_same(table, other)
        if len(table) < LEAST * len(earlier):
            raise _fewer(table, new, other, earlier)


def _about_the_same(table: pa.Table, other: Snapshot) -> pa.Table:
    series, codes = (pc.unique(table[name]).to_pylist() for name in ("series", "area_code"))
    return rows_of(
        other,
        ("series", "area_code"),
        lambda cells: pc.and_(equal_to(cells["series"], series), equal_to(cells["area_code"], codes)),
    )


def _fewer(table: pa.Table, new: Snapshot, before: Snapshot, earlier: pa.Table) -> BadOfficial:
    return BadOfficial(
        "official-import.fewer",
        file=new.file.name, after=len(table), before=len(earlier), snapshot=before.id, gone=_gone(table, earlier),
    )  # fmt: skip


def _gone(table: pa.Table, earlier: pa.Table) -> str:
    said = []
    for names, text in ((("series",), _SERIES), (("area_code", "area_name"), _PLACES)):
        there = counted(table, names)
        lost = [key for key in counted(earlier, names) if key not in there]
        if lost:
            examples = ", ".join(key[-1] or key[0] for key in lost[:_SHOWN])
            said.append(_(text).format(count=len(lost), examples=examples))
    if said:
        return ", ".join(said)
    now, then = counted(table, ("series",)), counted(earlier, ("series",))
    fewer = sorted((key for key in then if now[key] < then[key]), key=lambda key: now[key] - then[key])
    return _(_SINGLE).format(count=len(fewer), examples=", ".join(key[0] for key in fewer[:_SHOWN]))
