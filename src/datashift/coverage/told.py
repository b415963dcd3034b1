"""Which cells of the matrix each figure tells of, and whether it tells of the whole of it or of a part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from datashift.coverage.arrays import Flags, Integers, codes, combined, pairing, spread
from datashift.coverage.groups import GROUPS, Part, groups_of, people_of, without_definition
from datashift.coverage.marks import bits, is_hidden, kinds
from datashift.standards.areas import world
from datashift.standards.framework import Framework

_COUNTRY = re.compile(r"([A-Z]{2})(?![A-Za-z:])")
_SAME = ("same", "")


@dataclass(frozen=True)
class Space:
    """What is asked for: indicators and areas by position, the last year, and the first that anything is known of."""

    indicators: Sequence[str]
    areas: Sequence[str]
    years: tuple[int, int]
    least: int

    @property
    def span(self) -> int:
        """The number of years from the first that anything is known of."""
        return self.years[1] - self.least + 1

    def stem(self, indicator: Integers, area: Integers, group: Integers) -> Integers:
        """Return the number of an indicator, area and group."""
        return (indicator * len(self.areas) + area) * len(GROUPS) + group

    def cell(self, stem: Integers, year: Integers) -> Integers:
        """Return the number of a cell: indicator, area, group and year."""
        return stem * self.span + (year - self.least)


@dataclass(frozen=True)
class Told:
    """One entry per figure and cell that it tells of: its row in the table of counts, and what it shows.

    exact: the figure is about this very indicator, area and group, and its value is known.
    """

    row: Integers
    stem: Integers
    year: Integers
    bit: Integers
    exact: Flags


def country_of(area: str) -> str:
    """Return the country that an area belongs to by its id (KE-30, NP0113), itself for a country, "" where unknown."""
    found = _COUNTRY.match(area)
    return found[1] if found and found[1] in world() else ""


def linked(counts: pa.Table, framework: Framework) -> tuple[Integers, list[list[str]], dict[str, int]]:
    """Return for each row a position in a list, this list of indicators, and how many figures have none, by series.

    A series that the framework knows counts for all its indicators, and an indicator for those that repeat it.
    """
    of_row, pairs = pairing(counts, "indicator", "series")
    found: list[list[str]] = []
    unplaced: dict[str, int] = {}
    for (given, series), size in zip(pairs, np.bincount(of_row, minlength=len(pairs)), strict=True):
        known = framework.all_series.get(series)
        stated = [*re.split(r"[;, ]+", given), *(known.indicators if known else ())]
        entries = [framework.entries[code] for code in stated if code in framework.entries]
        found.append(sorted({code for entry in entries for code in (entry.code, *entry.same_as)}))
        if not any(entry.level == "indicator" for entry in entries):
            unplaced[series] = unplaced.get(series, 0) + int(size)
    return of_row, found, unplaced


def told(counts: pa.Table, of_row: Integers, indicators: Sequence[Sequence[str]], space: Space) -> Told:
    """Return the cells that every figure tells of. In: counts, and `linked` of them; Out: see Told.

    A figure tells of its own area and, in part, of its country; of everybody, and of each group in its breakdown. Two
    or more slices of a group by one series, such as women and men, make a whole.
    """
    year = counts["year"].to_numpy()
    row, indicator = spread(of_row, _positions(indicators, space.indicators))
    keep = year[row] <= space.years[1]
    row, indicator = row[keep], indicator[keep]
    place, names = codes(counts["area"])
    inside = [list(dict.fromkeys((name, country_of(name)))) for name in names]
    again, area = spread(place[row], _positions(inside, space.areas))
    row, indicator = row[again], indicator[again]
    itself = np.array([(_positions([[name]], space.areas)[0] or [-1])[0] for name in names], np.int64)
    series, part, parts = _slices(counts)
    again, group = spread(part[row], [_marked(*one) for one in parts])
    row, indicator, area = row[again], indicator[again], area[again]
    kind = kinds(counts)[row]
    stem, whole = space.stem(indicator, area, group // 2), group % 2 == 1
    relation, relations = codes(counts["relation"])
    same = np.isin(relation[row], [k for k, name in enumerate(relations) if name in _SAME])
    same &= itself[place[row]] == area
    pieces = _several(combined(space.cell(stem, year[row]), series[row], kind), part[row], same & ~whole)
    shown = bits(kind, same & (whole | pieces))
    return Told(row=row, stem=stem, year=year[row], bit=shown, exact=same & whole & ~is_hidden(kind))


def _positions(lists: Sequence[Sequence[str]], known: Sequence[str]) -> list[list[int]]:
    at: Mapping[str, int] = {name: k for k, name in enumerate(known)}
    return [[at[name] for name in names if name in at] for names in lists]


def _slices(counts: pa.Table) -> tuple[Integers, Integers, list[tuple[Part, Part]]]:
    """Return the series and the slice of people of each row as positions, and the slices with whom the series means."""
    series = pairing(counts, "side", "producer", "series")[0]
    breakdown, texts = codes(counts["breakdown"])
    both = combined(series, breakdown)
    first = np.unique(both, return_index=True)[1]
    people = [people_of(text) for text in texts]
    keys = [(int(series[row]), int(breakdown[row])) for row in first]
    parts = without_definition({key: people[key[1]] for key in keys})
    return series, both, [parts[key] for key in keys]


def _marked(part: Part, meant: Part) -> list[int]:
    """Return the groups that a slice tells of as twice their position, and one more where it is the whole group."""
    order = list(GROUPS)
    return [2 * order.index(group) + whole for group, whole in groups_of(part, meant)]


def _several(cell: Integers, part: Integers, among: Flags) -> Flags:
    """Say for each entry whether its series tells of two or more slices of the group in its cell."""
    found = np.zeros(len(cell), bool)
    if among.any():
        cells, slices = combined(cell[among]), part[among]
        distinct = np.unique(cells * (int(slices.max()) + 1) + slices) // (int(slices.max()) + 1)
        found[among] = (np.bincount(distinct) > 1)[cells]
    return found
