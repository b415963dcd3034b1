"""What a source changed between one snapshot and the next: figures added, taken away, or given another value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.model import Revision
from datashift.official.arrays import encoded, ids, telling_names
from datashift.official.reading import breakdown_of
from datashift.official.schema import Snapshot
from datashift.official.store import rows_of, versions

_KEY = ("series", "area_code", "area_name", "breakdown", "period")
_APART = ("nature", "unit", "source_detail", "attributes")
_ALL = (*_KEY, *_APART, "area", "value", "value_text")


@dataclass(frozen=True)
class Changes:
    """How many figures were added, removed or changed between two snapshots, and how many stayed the same.

    `changed` counts new values; `reclassified` counts figures that kept their value and got another nature.
    """

    before: Snapshot
    after: Snapshot
    added: int
    removed: int
    changed: int
    reclassified: int
    same: int


def revisions(home: Path, *, source: str, series: str = "", area: str = "") -> list[Revision]:
    """Return every figure that differs between a snapshot of `source` and the version before it, the newest first.

    A figure is the same one when series, place, group and period agree; where one of these has several figures, also
    nature, unit and source. Raises BadOfficial for a source that is not in the store.
    """
    return [
        revision
        for same in versions(home, source)
        for after, before in pairwise(same)
        for revision in _records(_Pair(before, after, series, area))
    ]


def changes(home: Path, *, source: str, series: str = "", area: str = "") -> list[Changes]:
    """Return the number of figures that differ between each snapshot of `source` and the version before it."""
    return [
        _Pair(before, after, series, area).counted()
        for same in versions(home, source)
        for after, before in pairwise(same)
    ]


class _Pair:
    """The figures of two snapshots beside each other: for each figure its row before and after, -1 = not there."""

    def __init__(self, before: Snapshot, after: Snapshot, series: str, area: str) -> None:
        self.before, self.after = before, after
        self.tables = [_rows(snapshot, series, area) for snapshot in (before, after)]
        count = len(self.tables[0])
        key = _identified(self.tables)
        size = int(key.max(initial=-1)) + 1
        self.places = np.full((2, size), -1, np.int64)
        self.places[0, key[:count]] = np.arange(count)
        self.places[1, key[count:]] = np.arange(len(key) - count)
        self._compare()

    def _compare(self) -> None:
        self.there = self.places >= 0
        both = self.there[0] & self.there[1]
        value, text, nature = (self._differ(name, both) for name in ("value", "value_text", "nature"))
        numbers = [_known(table["value"]) for table in self.tables]
        is_number = np.zeros((2, self.places.shape[1]), bool)
        for side in (0, 1):
            is_number[side, self.there[side]] = numbers[side][self.places[side, self.there[side]]]
        # The text counts only where there is no number: 61.2 and 61.20 are the same figure.
        self.changed = both & (value | (text & ~(is_number[0] & is_number[1])))
        self.reclassified = both & ~self.changed & nature

    def _differ(self, name: str, both: np.ndarray) -> np.ndarray:
        one, other = (table[name].take(pa.array(self.places[side, both])) for side, table in enumerate(self.tables))
        filler: Any = "" if pa.types.is_string(one.type) else float("-inf")
        differ = np.zeros(len(both), bool)
        differ[both] = _flags(pc.not_equal(pc.fill_null(one, filler), pc.fill_null(other, filler)))
        return differ

    def counted(self) -> Changes:
        both = self.there[0] & self.there[1]
        return Changes(
            before=self.before,
            after=self.after,
            added=int((~self.there[0]).sum()),
            removed=int((~self.there[1]).sum()),
            changed=int(self.changed.sum()),
            reclassified=int(self.reclassified.sum()),
            same=int((both & ~self.changed & ~self.reclassified).sum()),
        )

    def differing(self) -> np.ndarray:
        wanted = ~(self.there[0] & self.there[1]) | self.changed | self.reclassified
        return np.flatnonzero(wanted)


def _records(pair: _Pair) -> list[Revision]:
    at = pair.differing()
    sides = []
    for side, table in enumerate(pair.tables):
        places = pair.places[side, at]
        rows = table.take(pa.array(np.maximum(places, 0))).to_pylist() if len(table) else [{}] * len(at)
        sides.append([row if place >= 0 else None for row, place in zip(rows, places, strict=True)])
    found = [_record(before, after, pair) for before, after in zip(*sides, strict=True)]
    return sorted(found, key=lambda one: (one.series, one.area, one.area_name, one.breakdown, one.period))


def _record(before: dict[str, Any] | None, after: dict[str, Any] | None, pair: _Pair) -> Revision:
    shown = after or before or {}
    return Revision(
        series=shown["series"],
        area=shown["area"],
        area_name=shown["area_name"],
        breakdown=breakdown_of(shown["breakdown"]),
        period=shown["period"],
        before=before["value"] if before else None,
        after=after["value"] if after else None,
        before_snapshot=pair.before.id,
        after_snapshot=pair.after.id,
        before_nature=before["nature"] if before else "",
        after_nature=after["nature"] if after else "",
    )


def _rows(snapshot: Snapshot, series: str, area: str) -> pa.Table:
    def wanted(cells: Any) -> Any:
        flags = pc.equal(cells["series"], series) if series else pc.is_valid(cells["series"])
        return pc.and_(flags, pc.equal(cells["area"], area)) if area else flags

    return rows_of(snapshot, ("series", "area"), wanted if series or area else None).select(_ALL)


def _identified(tables: list[pa.Table]) -> np.ndarray:
    """Return an id for each row of both tables, the same for the same figure; within one table every id is alone."""
    whole = pa.concat_tables(tables)
    length, count = len(whole), len(tables[0])
    columns = {name: encoded(whole[name]) for name in (*_KEY, *_APART)}
    side = np.r_[np.zeros(count, np.int64), np.ones(length - count, np.int64)]
    columns["area_name"] = telling_names(columns["area_code"], columns["area_name"], side)
    found, _first = ids([columns[name] for name in _KEY], length)
    for names in (_APART[:1], _APART, ()):
        several = np.bincount(found * 2 + side, minlength=2)[found * 2 + side] > 1
        several = np.isin(found, found[several])
        if not several.any():
            return found
        extra = ids([columns[name] for name in names], length)[0] + 1 if names else _turns(found, side)
        found = np.unique(found * (int(extra.max()) + 1) + np.where(several, extra, 0), return_inverse=True)[1]
    return found


def _turns(found: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Return which of several rows with the same id a row is: 0, 1, … in the order of the file."""
    key = found * 2 + side
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1] if len(key) else np.zeros(0, np.int64)
    turn = np.arange(len(key)) - np.repeat(starts, np.diff(np.r_[starts, len(key)]))
    found_turn = np.empty(len(key), np.int64)
    found_turn[order] = turn
    return found_turn


def _known(column: Any) -> np.ndarray:
    return _flags(pc.is_valid(column))


def _flags(column: Any) -> np.ndarray:
    return np.asarray(
        column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy(), bool
    )
