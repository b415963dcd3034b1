"""Which figures stand on too few people, and which others must be hidden so that these cannot be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from datashift.language import N_
from datashift.model import Estimate, Kit

HIDDEN = N_(
    "Hidden so that nobody can be recognised: fewer than {least_n} answers stand behind this figure, "
    "or behind another one that could be worked out from it."
)
FEW_WORTH = N_(
    "Hidden: the answers here are worth fewer than {least} independent answers, so single people weigh too much."
)
FEW_COUNTED = N_("Not shown: fewer than {least_n} were counted here, too few to say how things are.")
CAREFUL = N_("Read with care: what was counted here is worth fewer than {least} independent observations.")
NOBODY = N_("Nobody was counted here.")

Place = tuple[str | None, tuple[tuple[str, str], ...]]
"""What a cell stands for inside one measure and period: area (None = all areas together) and sorted breakdown."""

Booleans = npt.NDArray[np.bool_]


def protect(estimates: Sequence[Estimate], kit: Kit, *, area_parents: Mapping[str, str | None]) -> list[Estimate]:
    """Hide every figure that stands on too few people, and as many others as keep it from being worked out.

    In:  estimates with their n; `area_parents` sends an area's id to the id of the area it lies in.
    Out: the same cells in the same order; hidden ones have status Q and a reason, and neither value nor n.
    Method: first `hide_small`. Then, per measure and period, n is taken to add up over breakdowns and areas, and the
    grand total to be public. While those equations, and the knowledge that a hidden n is at least 1, pin down the n of
    a hidden cell, its smallest sibling is hidden too (the total only if no sibling is left). Cells of n = 0 are shown
    as what they are. Public infrastructure has no privacy: there `hide_small` is all.
    """
    shown = hide_small(estimates, kit)
    if kit.universe.public_infrastructure:
        return shown
    weight = _weights(shown)
    tables: dict[tuple[str, str], list[int]] = {}
    for index, estimate in enumerate(shown):
        tables.setdefault((estimate.measure, estimate.period), []).append(index)
    more = {-1}
    while more:
        more = _shared(shown, estimates)
        for members in tables.values():
            table = _table([(shown[i], estimates[i].n) for i in members], kit, area_parents)
            sizes = [weight[(estimates[i].period, _place(estimates[i]))] for i in members]
            more |= {members[cell] for cell in _complements(table, sizes)}
        for index in more:
            shown[index] = shown[index].suppressed(HIDDEN, least_n=kit.disclosure.least_n)
    return shown


def hide_small(estimates: Sequence[Estimate], kit: Kit) -> list[Estimate]:
    """Return the estimates without those that stand on fewer than the kit's least n or least effective n.

    People: both are hidden (Q). Public infrastructure: below the least n hidden (Q), below the least effective n shown
    as of low reliability (U). Where nobody was counted (n = 0), the cell says so and is not hidden.
    """
    return [_checked(estimate, kit) for estimate in estimates]


def _checked(estimate: Estimate, kit: Kit) -> Estimate:
    rule, public = kit.disclosure, kit.universe.public_infrastructure
    least = f"{rule.least_effective_n:g}"
    if estimate.n == 0:
        told = estimate.value is not None or estimate.reason or estimate.status == "Q"
        return estimate if told else replace(estimate, status="O", reason=NOBODY, facts={})
    if estimate.n < rule.least_n:
        return estimate.suppressed(FEW_COUNTED if public else HIDDEN, least_n=rule.least_n)
    if estimate.value is None or estimate.n_eff is None or estimate.n_eff >= rule.least_effective_n:
        return estimate
    if not public:
        return estimate.suppressed(FEW_WORTH, least=least)
    if estimate.reason:
        return replace(estimate, status="U")
    return replace(estimate, status="U", reason=CAREFUL, facts={"least": least})


def _place(estimate: Estimate) -> Place:
    return estimate.area, tuple(sorted(estimate.breakdown))


def _weights(estimates: Iterable[Estimate]) -> dict[tuple[str, Place], int]:
    # Measures with (nearly) the same denominators must hide the same cells, or one gives away the other:
    # so a cell's size, by which complements are chosen, is the largest n that any measure has there.
    weight: dict[tuple[str, Place], int] = {}
    for estimate in estimates:
        key = (estimate.period, _place(estimate))
        weight[key] = max(weight.get(key, 0), estimate.n)
    return weight


def _shared(shown: Sequence[Estimate], estimates: Sequence[Estimate]) -> set[int]:
    """Return cells still shown that share place and n with a hidden cell of another measure: they give its n away."""
    cells = {index: (e.period, _place(e), e.n) for index, e in enumerate(estimates) if e.n > 0}
    hidden = {key for index, key in cells.items() if shown[index].reason == HIDDEN}
    return {index for index, key in cells.items() if key in hidden and shown[index].reason != HIDDEN}


@dataclass(frozen=True)
class _Table:
    """Cells of one measure and period with their equations: each says that a total is the sum of its parts.

    Cells from `published` on are sums that nobody publishes: unknown to a reader, but not in need of protection.
    """

    n: npt.NDArray[np.int64]
    hidden: Booleans
    usable: Booleans
    least: npt.NDArray[np.int64]
    equations: list[tuple[int, tuple[int, ...]]]
    published: int


def _table(cells: Sequence[tuple[Estimate, int]], kit: Kit, parents: Mapping[str, str | None]) -> _Table:
    places = [_place(estimate) for estimate, _n in cells]
    number = {place: index for index, place in enumerate(places)}
    areas = {area for area, _breakdown in places}
    roots = {area for area in areas if _above(area, areas, parents) is None}
    top: Place = (next(iter(roots)) if len(roots) == 1 else None, ())
    parts: dict[tuple[int, str], list[int]] = {}
    queue = list(number)
    for place in queue:
        for axis, total in _totals(place, areas, parents, top):
            if total not in number:
                number[total] = len(number)
                queue.append(total)
            parts.setdefault((number[total], axis), []).append(number[place])
    extra = len(number) - len(cells)
    small = kit.disclosure.least_n
    hidden = np.array([estimate.status == "Q" and n > 0 for estimate, n in cells] + [True] * extra, dtype=bool)
    usable = np.array([n > 0 for _estimate, n in cells] + [False] * extra, dtype=bool)
    if top in number:
        hidden[number[top]] = usable[number[top]] = False  # how many rows were counted is told with every release
    least = [small if estimate.reason == FEW_WORTH else 1 for estimate, _n in cells] + [0] * extra
    return _Table(
        n=np.array([n for _estimate, n in cells] + [0] * extra),
        hidden=hidden,
        usable=usable,
        least=np.array(least),
        equations=[(total, tuple(cells)) for (total, _axis), cells in parts.items()],
        published=len(cells),
    )


def _totals(
    place: Place, areas: set[str | None], parents: Mapping[str, str | None], top: Place
) -> Iterable[tuple[str, Place]]:
    """Yield what `place` is directly a part of: by each breakdown variable, and by area."""
    area, breakdown = place
    for variable in sorted({name for name, _code in breakdown}):
        yield variable, (area, tuple(pair for pair in breakdown if pair[0] != variable))
    if area is not None and area != top[0]:
        yield "", (_above(area, areas, parents), breakdown)


def _above(area: str | None, areas: set[str | None], parents: Mapping[str, str | None]) -> str | None:
    """Return the nearest area around `area` that has figures of its own; None where there is none."""
    passed = {area}
    while area is not None:
        area = parents.get(area)
        if area in areas or area in passed:
            return area if area in areas else None
        passed.add(area)
    return None


def _complements(table: _Table, weight: Sequence[int]) -> list[int]:
    """Return the cells to hide beside those that are hidden; the table's own mask is brought up to date."""
    added: list[int] = []
    if not table.hidden[: table.published].any():
        return added
    while pinned := _pinned(table):
        before = len(added)
        for equation in table.equations:
            unknown = [cell for cell in (equation[0], *equation[1]) if table.hidden[cell]]
            if len(unknown) == 1 and unknown[0] < table.published:
                _hide_smallest([equation], table, weight, added)
        if len(added) == before and not any(
            _hide_smallest(equations, table, weight, added) for cell in pinned for equations in _rings(cell, table)
        ):
            break
    return added


def _hide_smallest(
    equations: Iterable[tuple[int, tuple[int, ...]]], table: _Table, weight: Sequence[int], added: list[int]
) -> bool:
    candidates = [
        (part == total, weight[part], part)
        for total, parts in equations
        for part in (*parts, total)
        if part < table.published and table.usable[part] and not table.hidden[part]
    ]
    if candidates:
        part = min(candidates)[2]
        table.hidden[part] = True
        added.append(part)
    return bool(candidates)


def _rings(cell: int, table: _Table) -> Iterable[list[tuple[int, tuple[int, ...]]]]:
    """Yield the equations around `cell`, then those that hidden cells tie to them, and so on outwards."""
    reached, size = {cell}, 0
    while len(reached) > size:
        size = len(reached)
        near = [equation for equation in table.equations if not reached.isdisjoint((equation[0], *equation[1]))]
        yield near
        reached |= {part for total, parts in near for part in (total, *parts) if table.hidden[part]}


def _pinned(table: _Table) -> list[int]:
    """Return the hidden cells whose n the equations leave no choice for.

    A cell has a choice when some change of the hidden cells keeps every sum and lowers no n that is at its least:
    exact for cells above their least, cautious for those at it (they are not allowed to rise together).
    """
    unknown = np.flatnonzero(table.hidden)
    column = {int(cell): index for index, cell in enumerate(unknown)}
    matrix = np.zeros((len(table.equations), unknown.size))
    for row, (total, parts) in enumerate(table.equations):
        for cell, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            if cell in column:
                matrix[row, column[cell]] += sign
    tight = (unknown < table.published) & (table.n[unknown] <= table.least[unknown])
    left, sizes, right = np.linalg.svd(matrix[:, ~tight], full_matrices=False)
    rank = int((sizes > 1e-9).sum())
    fixed = np.zeros(unknown.size, dtype=bool)
    fixed[~tight] = (right[:rank] ** 2).sum(axis=0) > 1 - 1e-9
    strain = matrix[:, tight] - left[:, :rank] @ (left[:, :rank].T @ matrix[:, tight])
    fixed[tight] = (strain**2).sum(axis=0) > 1e-9
    return [int(cell) for cell in unknown[fixed] if cell < table.published]
