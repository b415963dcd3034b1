"""What would keep people in a table from being recognised, and what it costs: proposed here, confirmed by a person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.language import N_
from datashift.protect.microdata.blanks import Flags, blanks
from datashift.protect.microdata.coarser import Recode, applied, offers
from datashift.protect.microdata.risk import Aim, Risk, Said, risk, weights
from datashift.protect.microdata.uniques import Codes, Numbers, alike, coded

BANDS = N_("Tell '{column}' in bands of {width}: {after} answers instead of {before}.")
AREAS = N_("Tell '{column}' one level up: {after} areas instead of {before}.")
RARE = N_("Put the rare answers to '{column}' together: {after} answers instead of {before}.")
HELPS = N_("{fewer} people fewer then stand out; {coarser} per cent of the people have a coarser answer.")
TOGETHER = N_("It helps only together with the other changes; {coarser} per cent of the people have a coarser answer.")
OUT = N_("Leave '{column}' out: every cell of it would be blank.")
CELLS = N_("Leave cells of '{column}' blank: {cells}. No share of an answer changes by more than {points} points.")
WITHIN = N_("Shares of answers to '{asked}' by '{column}' change by up to {points} points.")
NOTHING = N_("Nothing needs to change.")

_LEAST_GROUP = 30
"""Rows of a group from which on a change of its shares is told: below, shares jump by chance alone."""

Kinds = npt.NDArray[np.int64]
_Way = tuple[Recode, int, Kinds]


@dataclass(frozen=True)
class Step:
    """A column told coarser: its answers before and after, the share of rows with a coarser answer, and what it helps.

    `fewer`: how many people fewer stand out then.   `coarser`: in per cent of the rows.
    """

    recode: Recode
    before: int
    after: int
    coarser: float
    fewer: int


@dataclass(frozen=True)
class Cost:
    """What blank cells cost a column: how many there are, and the largest change of a share, in points.

    `within`: for each column whose answers must not become known, the largest change of a share of its answers in a
    group of this column with at least 30 rows.
    """

    column: str
    cells: int
    points: float
    within: Mapping[str, float] = field(default_factory=dict)
    all_blank: bool = False

    @property
    def said(self) -> Said:
        """The cost in sentences with their facts."""
        facts = {"column": self.column, "cells": str(self.cells), "points": f"{self.points:.1f}"}
        if self.all_blank:
            return ((OUT, facts),)
        if not self.cells:
            return ()
        within = [(WITHIN, {**facts, "asked": asked, "points": f"{much:.1f}"}) for asked, much in self.within.items()]
        return ((CELLS, facts), *within)


@dataclass(frozen=True)
class Plan:
    """A proposal: columns told coarser, then single cells left blank; how people stand out before and after."""

    steps: tuple[Step, ...]
    blank: Flags = field(repr=False, compare=False)
    costs: tuple[Cost, ...]
    before: Risk
    after: Risk

    @property
    def said(self) -> Said:
        """The proposal in sentences with their facts."""
        said: list[tuple[str, dict[str, str]]] = []
        for step in self.steps:
            text = {"bands": BANDS, "areas": AREAS, "rare": RARE}[step.recode.how]
            width = "" if step.recode.width is None else f"{step.recode.width:g}"
            facts = {"before": str(step.before), "after": str(step.after), "width": width}
            said.append((text, {"column": step.recode.column, **facts}))
            said.append(
                (HELPS if step.fewer else TOGETHER, {"fewer": str(step.fewer), "coarser": f"{step.coarser:.0f}"})
            )
        for cost in self.costs:
            said += cost.said
        return (*(said or [(NOTHING, {})]), *self.after.said)


def propose(
    table: pa.Table,
    aim: Aim,
    *,
    areas: Mapping[str, Mapping[str, str | None]] | None = None,
    chosen: Sequence[Recode] | None = None,
    blank_share: float = 0.02,
) -> Plan:
    """Propose how `table` could be released so that each person is alike to `aim.k` − 1 others.

    In:  `areas`: for a column of areas, area -> the area it lies in; `chosen`: recodes that a person has chosen, in
         place of those that are proposed; `blank_share`: with so few rows standing out, cells are left blank instead.
    Out: recodes, chosen one by one for the most people helped per information lost (entropy), then blank cells.
    Nothing is changed here: `released` carries out what a person has confirmed. Raises CannotProtect: microdata.*.
    """
    before = risk(table, aim)
    allowed = int(blank_share * table.num_rows)
    recodes = _chosen(table, aim, areas or {}, allowed) if chosen is None else list(chosen)
    steps = _steps(table, aim, recodes)
    coarse = applied(table, recodes)
    codes = coded(coarse, aim.columns)
    blank = blanks(codes, aim.k)
    after = risk(_blanked(coarse, aim.columns, blank), aim)
    weigh = weights(table, aim.weight)
    weigh = np.ones(table.num_rows) if weigh is None else weigh
    asked = {name: coded(coarse, [name])[:, 0] for name in aim.sensitive}
    costs = [_cost(name, codes[:, j], blank[:, j], weigh, asked) for j, name in enumerate(aim.columns)]
    return Plan(steps, blank, tuple(costs), before, after)


def released(table: pa.Table, plan: Plan) -> pa.Table:
    """Return `table` as a confirmed plan leaves it: the same rows in the same order, columns in the same order."""
    return _blanked(applied(table, [step.recode for step in plan.steps]), plan.before.aim.columns, plan.blank)


def _blanked(table: pa.Table, columns: Sequence[str], blank: Flags) -> pa.Table:
    for j, name in enumerate(columns):
        if blank[:, j].any():
            whole = table.column(name)
            shown = pc.if_else(pa.array(blank[:, j]), pa.scalar(None, whole.type), whole)
            table = table.set_column(table.column_names.index(name), name, shown)
    return table


def _chosen(table: pa.Table, aim: Aim, areas: Mapping[str, Mapping[str, str | None]], allowed: int) -> list[Recode]:
    codes, k = coded(table, aim.columns), aim.k
    original, taken = codes, dict[int, tuple[Recode, Kinds]]()
    ways = [
        (recode, aim.columns.index(recode.column), coded(applied(table, [recode]), [recode.column])[:, 0])
        for recode in offers(table, aim.columns, areas, k)
    ]
    standing = _standing(codes, k)
    while standing > allowed and (found := _best(codes, ways, k, standing)) is not None:
        recode, j, column = found
        codes, taken[j] = _with(codes, j, column), (recode, column)
        standing = _standing(codes, k)
    for j in list(taken) if standing <= allowed else ():  # what turns out to be needless is not proposed
        without = _with(codes, j, original[:, j])
        if _standing(without, k) <= allowed:
            codes = without
            del taken[j]
    return [taken[j][0] for j in sorted(taken)]


def _best(codes: Codes, ways: Sequence[_Way], k: int, standing: int) -> _Way | None:
    """Return the recode that helps the most people per bit lost; where none helps yet, the most answers per bit."""
    best: tuple[float, float, int] | None = None
    for n, (_recode, j, column) in enumerate(ways):
        fewer = math.log2(max(int(codes[:, j].max()), 1) / max(int(column.max()), 1))
        lost = _entropy(codes[:, j]) - _entropy(column)
        if fewer <= 0 or lost <= 1e-12:
            continue
        found = ((standing - _standing(_with(codes, j, column), k)) / lost, fewer / lost, n)
        best = found if best is None or found > best else best
    return None if best is None else ways[best[2]]


def _standing(codes: Codes, k: int) -> int:
    return int((alike(codes) < k).sum())


def _with(codes: Codes, j: int, column: Kinds) -> Codes:
    changed = codes.copy()
    changed[:, j] = column
    return changed


def _entropy(column: Kinds) -> float:
    share = np.bincount(column) / max(len(column), 1)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def _steps(table: pa.Table, aim: Aim, recodes: Sequence[Recode]) -> tuple[Step, ...]:
    codes, k = coded(table, aim.columns), aim.k
    standing = _standing(codes, k)
    steps: list[Step] = []
    for recode in recodes:
        before = coded(table, [recode.column])[:, 0]
        table = applied(table, [recode])
        after = coded(table, [recode.column])[:, 0]
        if recode.column in aim.columns:
            codes = _with(codes, aim.columns.index(recode.column), after)
        left = _standing(codes, k)
        steps.append(
            Step(
                recode, int(before.max(initial=0)), int(after.max(initial=0)), _coarser(before, after), standing - left
            )
        )
        standing = left
    return tuple(steps)


def _coarser(before: Kinds, after: Kinds) -> float:
    """Return the per cent of rows whose answer reads the same as another answer did before."""
    answers = int(before.max(initial=0)) + 1
    joined = np.bincount(np.unique(after * answers + before) // answers)
    return 100 * float((joined[after] > 1).mean()) if len(after) else 0.0


def _cost(name: str, column: Kinds, blank: npt.NDArray[np.bool_], weigh: Numbers, asked: Mapping[str, Kinds]) -> Cost:
    if not blank.any():
        return Cost(name, 0, 0.0)
    cells = int((blank & (column > 0)).sum())
    most = int(column.max(initial=0)) + 1
    before, after = (_shares(np.where(keep, column, 0), weigh, most) for keep in (column > 0, ~blank))
    changes = ((one, _change_within(column, blank, answer, weigh)) for one, answer in asked.items())
    within = {one: change for one, change in changes if change is not None}
    return Cost(name, cells, 100 * float(np.abs(after - before).max(initial=0)), within, bool(blank.all()))


def _shares(column: Kinds, weigh: Numbers, most: int) -> Numbers:
    """Return the share of each answer among those known."""
    sums: Numbers = np.bincount(column, weigh, minlength=most)[1:].astype(np.float64)
    return sums / max(float(sums.sum()), 1e-300)


def _change_within(column: Kinds, blank: npt.NDArray[np.bool_], answer: Kinds, weigh: Numbers) -> float | None:
    """Return the largest change of a share in any group that is large enough before and after; None without any."""
    shape = (int(column.max(initial=0)) + 1, int(answer.max(initial=0)) + 1)
    tables = []
    for keep in (column > 0, (column > 0) & ~blank):
        at = (column[keep], answer[keep])
        rows, sums = np.zeros(shape), np.zeros(shape)
        np.add.at(rows, at, 1.0)
        np.add.at(sums, at, weigh[keep])
        many = rows[:, 1:].sum(axis=1) >= _LEAST_GROUP
        tables.append((many, sums[:, 1:] / np.maximum(sums[:, 1:].sum(axis=1, keepdims=True), 1e-300)))
    both = tables[0][0] & tables[1][0]
    return 100 * float(np.abs(tables[0][1] - tables[1][1])[both].max(initial=0)) if both.any() else None
