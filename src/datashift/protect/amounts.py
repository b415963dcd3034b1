"""Figures that few contributors make: which they are by the rules of the kit, and how far they must stay from exact.

Only figures of amounts (a number concept summed up) can be made by few; a share is made by everybody alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from datashift.model import Disclosure, Estimate
from datashift.protect.rules import Contributions, Need, contributions, dominance, p_percent
from datashift.protect.tables import Axis, Floats, Integers, Table


@dataclass(frozen=True)
class Amounts:
    """The rows behind the figures of one measure and period.

    area: of each row, its lowest; groups: {breakdown variable: the code of each row}; amount: what each adds, weighted.
    """

    area: Sequence[str]
    groups: Mapping[str, Sequence[str]]
    amount: Floats


def behind(
    rows: Amounts, estimates: Sequence[Estimate], axes: Sequence[Axis], at: Integers, parents: Mapping[str, str | None]
) -> Contributions:
    """Return who stands behind each of the estimates, whose places are `at` on the axes of areas and of breakdowns."""
    variables = sorted({name for e in estimates for name, _code in e.breakdown})
    people = np.zeros(len(estimates), dtype=np.intp)
    total, largest = np.zeros(len(estimates)), np.zeros((len(estimates), 3))
    for told in {tuple(sorted(name for name, _code in e.breakdown)) for e in estimates}:
        # Groups that are not crossed with each other are counted apart: the table stays small.
        used = [0, *(1 + variables.index(name) for name in told)]
        own = [axes[number] for number in used]
        of = [i for i, e in enumerate(estimates) if {name for name, _code in e.breakdown} == set(told)]
        lowest = np.column_stack([_area_codes(axes[0], rows.area, parents), *(
            _codes(axes[number], rows.groups[name]) for number, name in zip(used[1:], told, strict=True)
        )])  # fmt: skip
        found = contributions(own, lowest, np.abs(rows.amount))
        cell = np.ravel_multi_index(tuple(at[of][:, used].T), [len(axis.codes) for axis in own])
        people[of], total[of], largest[of] = found.people[cell], found.total[cell], found.largest[cell]
    return Contributions(people, total, largest)


def needs(found: Contributions, rule: Disclosure) -> Need:
    """Return what the figures need by the dominance rule and the p-per-cent rule of a kit, where it states them."""
    nothing = np.zeros(found.total.size)
    need = Need(nothing, nothing, nothing, (None,) * found.total.size)
    if rule.dominance_k is not None:
        need = need.together(dominance(found, rule.dominance_n, rule.dominance_k))
    if rule.p_percent is not None:
        need = need.together(p_percent(found, rule.p_percent))
    return need


def as_amounts(table: Table, need: Need, found: Contributions) -> tuple[Table, Need]:
    """Return a table of numbers of answers as one of amounts, and what its cells need."""
    count = found.total.size
    value, extra = np.zeros(table.size), np.zeros(table.size - count)
    value[:count] = found.total
    printed = np.arange(table.size) < count
    least = np.where(printed, 0.0, -np.inf)
    below, above, width = (np.append(one, extra) for one in (need.below, need.above, need.width))
    return replace(table, value=value, least=least, published=printed), Need(below, above, width)


def _area_codes(axis: Axis, areas: Sequence[str], parents: Mapping[str, str | None]) -> Integers:
    """Return for each row the code of the nearest area around it that has figures; else that of everything."""
    number = {code: index for index, code in enumerate(axis.codes)}
    root = axis.above.index(-1)

    def nearest(area: str | None) -> int:
        passed = set()
        while area is not None and area not in number and area not in passed:
            passed.add(area)
            area = parents.get(area)
        return number.get(area, root)

    known = {area: nearest(area) for area in set(areas)}
    return np.array([known[area] for area in areas], dtype=np.intp)


def _codes(axis: Axis, codes: Sequence[str]) -> Integers:
    number = {code: index for index, code in enumerate(axis.codes)}
    return np.array([number.get(code, axis.above.index(-1)) for code in codes], dtype=np.intp)
