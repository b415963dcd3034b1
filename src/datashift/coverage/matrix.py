"""The coverage matrix: for every indicator, area, group and year, who counted, and where nobody did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.coverage.arrays import Integers, pairing
from datashift.coverage.groups import GROUPS, wanted_groups
from datashift.coverage.marks import (
    CITIZEN,
    CITIZEN_HIDDEN,
    HIDDEN,
    MEASURED,
    MODELLED,
    UNSTATED,
    citizen_state,
    official_state,
    states,
    who,
)
from datashift.coverage.marks import CITIZEN_PART as CITIZEN_SLICE
from datashift.coverage.marks import PART as OFFICIAL_SLICE
from datashift.coverage.told import Space, Told, country_of, linked, told
from datashift.errors import BadCoverage
from datashift.standards.framework import Framework
from datashift.standards.kits import known_kits, shipped_kit

FIRST = 2015

MOST = 200
"""Years that a matrix may have: more are a slip of the pen, and would fill the memory."""

_STEM = [(name, pa.string()) for name in ("indicator", "area", "area_name", "group")]

CELLS = pa.schema(
    [
        *_STEM,
        ("year", pa.int64()),
        ("citizen", pa.string()),
        ("official", pa.string()),
        ("who", pa.string()),
        ("producers", pa.list_(pa.string())),
    ]
)
"""One row per indicator x area x group x year.

citizen: counted, part, hidden or "".   official: measured, unstated, modelled, part, hidden or "".
who: both, citizens, official, part, hidden, modelled or nobody; a modelled year is not a count.
"""

STEMS = pa.schema([*_STEM, *((name, pa.int64()) for name in ("citizen", "official", "part", "hidden", "modelled"))])
"""One row per indicator x area x group: the last year that citizens or officials counted it, that a part of it was
counted, that a figure was hidden, and that it was modelled; null = never, up to the last year of the matrix."""

FIGURES = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("indicator", "area", "group", "side", "series", "producer", "nature", "unit")
        ),
        ("year", pa.int64()),
        ("value", pa.float64()),
        ("se", pa.float64()),
    ]
)
"""The figures that are about exactly an indicator, an area and a group of the matrix, of any year."""

_LAST = {
    "citizen": CITIZEN, "official": MEASURED | UNSTATED, "part": CITIZEN_SLICE | OFFICIAL_SLICE,
    "hidden": CITIZEN_HIDDEN | HIDDEN, "modelled": MODELLED,
}  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """Who counted what (`cells`), when last (`stems`), and the figures behind it (`figures`).

    areas: id -> name.   years: first and last.   unplaced: figures of series that no indicator is known for, by series.
    """

    cells: pa.Table
    stems: pa.Table
    figures: pa.Table
    indicators: tuple[str, ...]
    areas: Mapping[str, str]
    groups: tuple[str, ...]
    years: tuple[int, int]
    framework: Framework
    unplaced: Mapping[str, int]


def matrix(
    counts: pa.Table, framework: Framework, *, indicators: Sequence[str] = (), areas: Sequence[str] = (),
    groups: Sequence[str] | None = None, years: tuple[int, int] | None = None,
) -> Coverage:  # fmt: skip
    """Return who counted what in every cell that could be filled.

    In: `counts` (schema COUNTED), of any number of rows. Expected are: `indicators` (default: all with a kit, a series
    or a figure), `areas` (default: the countries that have a figure), `years` first and last (default: 2015 to now),
    `groups` (default: those that series or kits of the indicator admit, or that have a figure). A figure about places
    inside an area, about a slice of a group, or about something near the indicator fills a cell in part only; two or
    more slices of one series (women and men) make a whole. Raises BadCoverage, and BadStandard for unknown codes.
    """
    span = years or (FIRST, datetime.now(UTC).year)
    _check(span, groups or ())
    kits = [shipped_kit(name) for name in known_kits()]
    of_row, codes, unplaced = linked(counts, framework)
    known = {code for series in framework.all_series.values() for code in series.indicators}
    known |= {code for found in codes for code in found} | {kit.indicator for kit in kits}
    known = {code for code in known if code in framework.entries and framework.entries[code].level == "indicator"}
    asked = {framework.entry(code).code for code in indicators} or known
    names = {area: name for area, name in pairing(counts, "area", "area_name")[1] if area}
    space = Space(
        indicators=[code for code in framework.entries if code in asked],
        areas=list(dict.fromkeys(areas)) or sorted(area for area in names if country_of(area) == area),
        years=span,
        least=min(span[0], int(pc.min(counts["year"]).as_py() or span[0])),
    )
    seen = told(counts, of_row, codes, space)
    pairs = _pairs(space, seen, wanted_groups(framework, kits), groups)
    stems = _stems_of(space, pairs)
    return Coverage(
        cells=_cells(counts, space, seen, stems, names),
        stems=_stems(space, seen, stems, names),
        figures=_figures(counts, space, seen, stems),
        indicators=tuple(space.indicators),
        areas={area: names.get(area) or area for area in space.areas},
        groups=tuple(group for k, group in enumerate(GROUPS) if k in {pair[1] for pair in pairs}),
        years=span,
        framework=framework,
        unplaced=unplaced,
    )


def _check(years: tuple[int, int], groups: Sequence[str]) -> None:
    if years[0] > years[1]:
        raise BadCoverage("coverage.years", first=years[0], last=years[1])
    if years[1] - years[0] >= MOST:
        raise BadCoverage("coverage.span", first=years[0], last=years[1], most=MOST)
    for unknown in (group for group in groups if group not in GROUPS):
        raise BadCoverage("coverage.group", group=unknown, known=", ".join(filter(None, GROUPS)))


def _pairs(
    space: Space, seen: Told, wanted: Mapping[str, set[str]], groups: Sequence[str] | None
) -> list[tuple[int, int]]:
    """Return the pairs of indicator and group, as positions, that are expected or seen."""
    found = np.unique(seen.stem)
    size = len(GROUPS)
    there = {(int(stem) // (size * max(1, len(space.areas))), int(stem) % size) for stem in found}
    there |= {
        (k, g)
        for k, code in enumerate(space.indicators)
        for g, group in enumerate(GROUPS)
        if group in wanted.get(code, {""})
    }
    return sorted(pair for pair in there if groups is None or list(GROUPS)[pair[1]] in groups)


def _stems_of(space: Space, pairs: Sequence[tuple[int, int]]) -> Integers:
    """Return the number of every expected stem: all areas for each pair of indicator and group."""
    both = np.array(pairs, np.int64).reshape(-1, 2)
    areas = np.arange(len(space.areas), dtype=np.int64)
    return np.sort(space.stem(both[:, 0][:, None], areas[None, :], both[:, 1][:, None]).ravel())


def _words(space: Space, stem: Integers, names: Mapping[str, str]) -> dict[str, pa.Array]:
    """Return the columns that name a stem."""
    group, rest = stem % len(GROUPS), stem // len(GROUPS)
    area, indicator = rest % max(1, len(space.areas)), rest // max(1, len(space.areas))
    columns = {
        "indicator": (space.indicators, indicator),
        "area": (space.areas, area),
        "area_name": ([names.get(name) or name for name in space.areas], area),
        "group": (list(GROUPS), group),
    }
    return {name: pa.array(texts, pa.string()).take(pa.array(at)) for name, (texts, at) in columns.items()}


def _cells(counts: pa.Table, space: Space, seen: Told, stems: Integers, names: Mapping[str, str]) -> pa.Table:
    span = np.arange(space.years[0], space.years[1] + 1, dtype=np.int64)
    stem, year = np.repeat(stems, len(span)), np.tile(span, len(stems))
    cell = space.cell(stem, year)
    of_entry = space.cell(seen.stem, seen.year)
    bit = np.zeros(len(cell), np.int64)
    at, there = _found(cell, of_entry)
    there &= seen.bit > 0
    np.bitwise_or.at(bit, at[there], seen.bit[there])
    columns = _words(space, stem, names) | {
        "year": pa.array(year),
        "citizen": states(bit, citizen_state),
        "official": states(bit, official_state),
        "who": states(bit, who),
        "producers": _producers(counts, seen.row[there], at[there], len(cell)),
    }
    return pa.table(columns, schema=CELLS)


def _producers(counts: pa.Table, row: Integers, cell: Integers, count: int) -> pa.Array:
    """Return the distinct producers of each of `count` cells, sorted by name."""
    producer, texts = pairing(counts, "producer")
    ordered = sorted(range(len(texts)), key=lambda k: texts[k])
    rank = np.argsort(np.array(ordered, np.int64)) if texts else np.zeros(0, np.int64)
    both = np.unique(cell * max(1, len(texts)) + (rank[producer[row]] if len(row) else row))
    ends = np.searchsorted(both, (np.arange(count + 1)) * max(1, len(texts)))
    values = pa.array([texts[k][0] for k in ordered], pa.string()).take(pa.array(both % max(1, len(texts))))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)


def _stems(space: Space, seen: Told, stems: Integers, names: Mapping[str, str]) -> pa.Table:
    columns = _words(space, stems, names)
    at, there = _found(stems, seen.stem)
    for name, mask in _LAST.items():
        last = np.zeros(len(stems), np.int64)
        some = there & (seen.bit & mask > 0)
        np.maximum.at(last, at[some], seen.year[some])
        columns[name] = pa.array(last, mask=last == 0)
    return pa.table(columns, schema=STEMS)


def _figures(counts: pa.Table, space: Space, seen: Told, stems: Integers) -> pa.Table:
    _at, there = _found(stems, seen.stem)
    keep = np.flatnonzero(seen.exact & there)
    rows = counts.take(pa.array(seen.row[keep]))
    columns = _words(space, seen.stem[keep], {}) | {name: rows[name] for name in FIGURES.names[3:]}
    return pa.table({name: columns[name] for name in FIGURES.names}, schema=FIGURES)


def _found(known: Integers, wanted: Integers) -> tuple[Integers, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Return where each wanted number stands among the known, sorted ones, and whether it does."""
    if not len(known):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return at, known[at] == wanted
