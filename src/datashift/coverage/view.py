"""One picture of the matrix: indicators down; years, areas or groups across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from datashift.coverage.groups import EVERYBODY
from datashift.coverage.matrix import Coverage

Across = Literal["years", "areas", "groups"]
ACROSS: tuple[Across, ...] = ("years", "areas", "groups")

_CITIZEN = ("counted", "part", "hidden", "")
_OFFICIAL = ("measured", "unstated", "part", "modelled", "hidden", "")
_WHO = ("both", "citizens", "official", "part", "hidden", "modelled", "nobody")
EMPTY = ("modelled", "nobody")
WHOLE = ("both", "citizens", "official")


@dataclass(frozen=True)
class Seen:
    """One cell of a picture: who counted it in any of its years, and the last year that somebody did (None = never)."""

    citizen: str
    official: str
    who: str
    last: int | None


@dataclass(frozen=True)
class View:
    """A picture: columns by key (year, area or group), and for each indicator its cells (None = not asked for).

    area, group: what all cells share, "" where they differ.   oldest: the indicator whose last count is longest ago.
    """

    across: Across
    area: str
    group: str
    columns: tuple[Any, ...]
    rows: dict[str, tuple[Seen | None, ...]]
    producers: tuple[str, ...]
    oldest: tuple[str, int] | None

    @property
    def cells(self) -> list[Seen]:
        """Return all cells that are asked for."""
        return [cell for cells in self.rows.values() for cell in cells if cell]

    @property
    def uncounted(self) -> list[str]:
        """Return the indicators that nobody counted in any cell, not even a part of it."""
        return [code for code, cells in self.rows.items() if all(c is None or c.who in EMPTY for c in cells)]


def view(coverage: Coverage, across: Across = "years", *, area: str = "", group: str = EVERYBODY) -> View:
    """Return a picture of the matrix.

    In: `across`, what stands in the columns; `area` for years and groups (default: the first); `group` for years and
    areas. Where years are not across, a cell shows the best of all its years.
    """
    place = "" if across == "areas" else area or next(iter(coverage.areas), "")
    people = None if across == "groups" else group
    cells = _where(_where(coverage.cells, "area", place or None), "group", people)
    stems = _where(_where(coverage.stems, "area", place or None), "group", people)
    columns: Sequence[Any] = {
        "years": range(coverage.years[0], coverage.years[1] + 1), "areas": list(coverage.areas),
        "groups": [g for g in coverage.groups if g in set(cells["group"].to_pylist())],
    }[across]  # fmt: skip
    key = {"years": "year", "areas": "area", "groups": "group"}[across]
    found: dict[tuple[str, Any], list[dict[str, Any]]] = {}
    for row in cells.to_pylist():
        found.setdefault((row["indicator"], row[key]), []).append(row)
    rows = {
        code: tuple(_best(found[code, column]) if (code, column) in found else None for column in columns)
        for code in coverage.indicators
    }
    named = Counter(name for row in cells["producers"].to_pylist() for name in row)
    return View(
        across=across, area=place, group=people or "", columns=tuple(columns),
        rows={code: cells for code, cells in rows.items() if any(cells)},
        producers=tuple(name for name, _count in named.most_common()), oldest=_oldest(stems),
    )  # fmt: skip


def _where(table: pa.Table, column: str, value: str | None) -> pa.Table:
    return table if value is None else table.filter(pc.equal(table[column], value))


def _best(rows: Sequence[dict[str, Any]]) -> Seen:
    def first(name: str, order: Sequence[str]) -> str:
        return min((str(row[name]) for row in rows), key=order.index)

    citizen, official = first("citizen", _CITIZEN), first("official", _OFFICIAL)
    who = first("who", _WHO)
    if citizen == "counted" and official in ("measured", "unstated"):
        who = "both"
    return Seen(citizen, official, who, max((row["year"] for row in rows if row["who"] not in EMPTY), default=None))


def _oldest(stems: pa.Table) -> tuple[str, int] | None:
    last = {
        (row["indicator"], year)
        for row in stems.to_pylist()
        if (year := max((y for y in (row["citizen"], row["official"]) if y is not None), default=None)) is not None
    }
    return min(last, key=lambda one: (one[1], one[0]), default=None)
