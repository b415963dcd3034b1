"""Official figures from the store: rows of a table, or series over the years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadOfficial
from datashift.language import N_, _
from datashift.model import Breakdown, Observation, TimeSeries
from datashift.official.arrays import encoded, ids, telling_names
from datashift.official.schema import FIGURES, OFFICIAL, Snapshot
from datashift.official.store import current, equal_to, rows_of, snapshots
from datashift.standards.areas import area_label, world
from datashift.standards.framework import framework

_PLACE = ("series", "area_code", "area_name")
_LOOKED_AT = ("indicator", "series", "area")
_APART = (
    ("nature", N_("nature {text}")),
    ("source_detail", N_("source: {text}")),
    ("attributes", N_("stated: {text}")),
    ("footnote", N_("note: {text}")),
)
"""What tells two figures for the same place, group and year apart, the clearest first."""

Row = Mapping[str, Any]


class Asked(TypedDict, total=False):
    """What is asked for; what is left out or "" may be anything."""

    source: str
    series: str
    indicator: str
    area: str
    snapshot: str


def observations(home: Path, **asked: Unpack[Asked]) -> pa.Table:
    """Return official figures in the columns OFFICIAL, of the newest version of all data unless `snapshot` names one.

    Where two snapshots of one source speak of the same series and place (a whole data set, and a newer extract), the
    newer one is taken. `indicator` also finds series that the file does not assign, by the framework and the series
    lists in the store; their column indicator is filled. Raises BadOfficial for a source or snapshot that is not there,
    SourceUnavailable when what was kept is altered.
    """
    chosen = _named(home, asked["snapshot"]) if asked.get("snapshot") else current(home, asked.get("source", ""))
    of_series = _indicators(home)
    tables = [_with_snapshot(rows_of(one, _LOOKED_AT, _mask(asked, of_series)), one) for one in chosen]
    tables = [_filled(table, of_series) for table in _without_older(tables, chosen)]
    return pa.concat_tables([OFFICIAL.empty_table(), *tables])


def time_series(home: Path, **asked: Unpack[Asked]) -> list[TimeSeries]:
    """Return official figures as series over the years, one for each snapshot, series, place, group and unit.

    Where a year has several figures, nothing is chosen: there is a series for each nature, or where that does not tell
    them apart, for each source, and the title says so. Rows without a number are left out; `observations` has them.
    Raises as `observations`.
    """
    kept = {one.id: one for one in snapshots(home)}
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in observations(home, **asked).to_pylist():
        if row["value"] is not None:
            # A place that is none of ours is told by the code and the name in the file.
            place = (row["area"],) if row["area"] else (row["area_code"], row["area_name"])
            key = (row["snapshot"], row["indicator"], row["series"], row["breakdown"], row["unit"], *place)
            groups.setdefault(key, []).append(row)
    return [
        _one(rows, kept[rows[0]["snapshot"]], suffix) for group in groups.values() for rows, suffix in _apart(group)
    ]


def breakdown_of(text: str) -> Breakdown:
    """Return the breakdown of a row ("AGE=Y15T24;SEX=F") as concepts and codes; () for everybody."""
    parts = (part.partition("=") for part in text.split(";") if part)
    return tuple((concept, code) for concept, _equals, code in parts)


# --- rows -----------------------------------------------------------------------------------------------------------


def _named(home: Path, name: str) -> list[Snapshot]:
    kept = snapshots(home)
    found = [one for one in kept if one.id == name]
    if not found:
        known = ", ".join(one.id for one in kept) or "–"
        raise BadOfficial("official-import.no-snapshot", source=name, known=known)
    return found


def _mask(asked: Asked, of_series: Mapping[str, str]) -> Callable[[Mapping[str, Any]], Any] | None:
    series, indicator, area = (asked.get(key, "") for key in ("series", "indicator", "area"))
    if not (series or indicator or area):
        return None

    def wanted(cells: Mapping[str, Any]) -> Any:
        flags = pa.chunked_array([pa.array([True] * len(cells["series"]), pa.bool_())])
        if series:
            flags = pc.and_(flags, pc.equal(cells["series"], str(series)))
        if area:
            flags = pc.and_(flags, pc.equal(cells["area"], str(area)))
        if indicator:
            own = [code for code, indicators in of_series.items() if indicator in indicators.split(",")]
            unsaid = pc.and_(pc.equal(cells["indicator"], ""), equal_to(cells["series"], own))
            flags = pc.and_(flags, pc.or_(_has_code(cells["indicator"], str(indicator)), unsaid))
        return flags

    return wanted


def _has_code(column: Any, code: str) -> Any:
    # A series of the database may belong to several indicators, written one after the other.
    texts = [text for text in pc.unique(column).to_pylist() if code in {part.strip() for part in text.split(",")}]
    return equal_to(column, texts)


def _indicators(home: Path) -> dict[str, str]:
    return {code: ",".join(one.indicators) for code, one in framework(store=home).all_series.items() if one.indicators}


def _with_snapshot(table: pa.Table, one: Snapshot) -> pa.Table:
    texts = (one.source, one.id, one.released)
    same = [pa.repeat(pa.scalar(text, pa.string()), len(table)) for text in texts]
    return pa.Table.from_arrays([*same, *(table[name] for name in FIGURES.names)], schema=OFFICIAL)


def _without_older(tables: Sequence[pa.Table], chosen: Sequence[Snapshot]) -> Iterator[pa.Table]:
    """Leave out what a newer snapshot of the same table of the same source says about the same series and place."""
    seen: dict[tuple[str, str], list[pa.Table]] = {}
    for table, one in zip(tables, chosen, strict=True):
        newer = seen.setdefault((one.source, one.kind), [])
        yield table.filter(pa.array(_not_in(table, newer))) if newer and len(table) else table
        newer.append(table.select(_PLACE))


def _not_in(table: pa.Table, newer: Sequence[pa.Table]) -> np.ndarray:
    parts = [table.select(_PLACE), *newer]
    whole = pa.concat_tables(parts)
    version = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    series, codes, names = (encoded(whole[name]) for name in _PLACE)
    found, _first = ids([series, codes, telling_names(codes, names, version)], len(whole))
    return ~np.isin(found[: len(table)], found[len(table) :])


def _filled(table: pa.Table, of_series: Mapping[str, str]) -> pa.Table:
    unsaid = pc.equal(table["indicator"], "")
    if not len(table) or not pc.any(unsaid).as_py():
        return table
    codes = table["series"].combine_chunks().dictionary_encode()
    codes = codes.chunk(0) if isinstance(codes, pa.ChunkedArray) else codes
    known = pa.array([of_series.get(code, "") for code in codes.dictionary.to_pylist()], pa.string())
    filled = pc.if_else(unsaid, known.take(codes.indices), table["indicator"])
    return table.set_column(table.column_names.index("indicator"), "indicator", filled)


# --- series ---------------------------------------------------------------------------------------------------------


def _apart(
    rows: Sequence[Row], left: Sequence[tuple[str, str]] = _APART, said: str = ""
) -> Iterator[tuple[list[Row], str]]:
    """Yield the rows as they are where no year has two figures that differ; else parts by nature, source and so on."""
    once = {(row["period"], row["value"]): row for row in reversed(rows)}
    if len({period for period, _value in once}) == len(once):
        yield [row for row in rows if once[row["period"], row["value"]] is row], said
        return
    if not left:
        turn: Counter[str] = Counter()
        for number in sorted({_numbered(row, turn) for row in rows}):
            turn.clear()
            yield [row for row in rows if _numbered(row, turn) == number], f"{said} #{number}".strip()
        return
    (name, text), *more = left
    for value in dict.fromkeys(row[name] for row in rows):
        own = [row for row in rows if row[name] == value]
        several = len(own) < len(rows) and value
        yield from _apart(own, more, " · ".join(filter(None, (said, _(text).format(text=value) if several else ""))))


def _numbered(row: Row, turn: Counter[str]) -> int:
    turn[row["period"]] += 1
    return turn[row["period"]]


def _one(rows: Sequence[Row], snapshot: Snapshot, suffix: str) -> TimeSeries:
    first = rows[0]
    title = snapshot.titles.get(first["series"]) or first["series"]
    return TimeSeries(
        side="official",
        indicator=first["indicator"],
        series=first["series"],
        title={"en": f"{title} ({suffix})" if suffix else title},
        producer=first["source"],
        released=first["released"] or first["snapshot"],
        area=first["area"],
        area_name=first["area_name"] or _known_name(first["area"]),
        unit=first["unit"],
        observations=tuple(_observation(row) for row in sorted(rows, key=lambda row: (row["year"], row["period"]))),
        breakdown=breakdown_of(first["breakdown"]),
    )


def _known_name(area: str) -> str:
    country = world().get(area)
    return area_label(country) if country else ""


def _observation(row: Row) -> Observation:
    return Observation(
        period=row["period"],
        value=row["value"],
        se=row["se"],
        lower=row["lower"],
        upper=row["upper"],
        nature=row["nature"],
        source=row["source_detail"],
        footnote=row["footnote"],
        status=row["status"] or "A",
    )
