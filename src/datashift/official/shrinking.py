"""A source with suddenly far fewer figures was probably cut off at the end of a line, where no file can show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadOfficial
from datashift.language import N_, _
from datashift.official.arrays import counted, encoded, ids, telling_names
from datashift.official.schema import Snapshot
from datashift.official.store import equal_to, rows_of

LEAST = 0.8
"""The share of the earlier figures that a new version must have."""

_SERIES = N_("{count} series ({examples})")
_PLACES = N_("{count} places ({examples})")
_SINGLE = N_("figures of {count} series ({examples})")
_SHOWN = 3
_PLACE = ("area_code", "area_name")


def check_not_fewer(table: pa.Table, new: Snapshot, kept: Sequence[Snapshot], *, accepted: bool) -> None:
    """Raise BadOfficial when `table` has less than 80 % of the figures of the version before it, or when less than 80 %
    of those are about series and places that `table` still speaks of.

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
    for lost, text in ((_lost_series(table, earlier), _SERIES), (_lost_places(table, earlier), _PLACES)):
        if lost:
            said.append(_(text).format(count=len(lost), examples=", ".join(lost[:_SHOWN])))
    if said:
        return ", ".join(said)
    now, then = counted(table, ("series",)), counted(earlier, ("series",))
    fewer = sorted((key for key in then if now[key] < then[key]), key=lambda key: now[key] - then[key])
    return _(_SINGLE).format(count=len(fewer), examples=", ".join(key[0] for key in fewer[:_SHOWN]))


def _lost_series(table: pa.Table, earlier: pa.Table) -> list[str]:
    there = counted(table, ("series",))
    return [key[0] for key in counted(earlier, ("series",)) if key not in there]


def _lost_places(table: pa.Table, earlier: pa.Table) -> list[str]:
    whole = pa.concat_tables([table.select(_PLACE), earlier.select(_PLACE)])
    codes, names = (encoded(whole[name]) for name in _PLACE)
    version = np.r_[np.zeros(len(table), np.int64), np.ones(len(earlier), np.int64)]
    found, first = ids([codes, telling_names(codes, names, version)], len(whole))
    lost = first[~np.isin(np.arange(len(first)), found[: len(table)])]
    shown = (column.take(pa.array(lost)).to_pylist() for column in (names, codes))
    return [name or code for name, code in zip(*shown, strict=True)]
