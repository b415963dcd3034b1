"""Which figures stand on too few people, and which others must be hidden so that these cannot be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from datashift.language import N_
from datashift.model import Estimate, Kit
from datashift.protect.amounts import Amounts, as_amounts, behind, needs
from datashift.protect.complements import complements
from datashift.protect.releases import Earlier, after
from datashift.protect.rules import Contributions, Need
from datashift.protect.tables import NEVER, Axis, Integers, Table, loss, related

HIDDEN = N_(
    "Hidden so that nobody can be recognised: fewer than {least_n} answers stand behind this figure, "
    "or behind another one that could be worked out from it."
)
SINCE = N_(
    "Hidden because of an earlier release: laid beside it, this figure would tell about fewer than {least_n} answers."
)
FEW_WORTH = N_(
    "Hidden: the answers here are worth fewer than {least} independent answers, so single people weigh too much."
)
FEW_MAKE = N_(
    "Hidden so that nobody's part can be worked out: few contributors make most of this figure, or of another one that "
    "could be worked out from it."
)
FEW_COUNTED = N_("Not shown: fewer than {least_n} were counted here, too few to say how things are.")
CAREFUL = N_("Read with care: what was counted here is worth fewer than {least} independent observations.")
NOBODY = N_("Nobody was counted here.")

Place = tuple[str | None, tuple[tuple[str, str], ...]]
"""What a cell stands for inside one measure and period: area (None = all areas together) and sorted breakdown."""

Key = tuple[str, str, Place]
"""By what a cell is the same in two releases: measure, period and place, in whatever order its groups are named."""

_ALL = "*"
"""The code that is everything, where no published one is: no area and no group is called so."""


def protect(
    estimates: Sequence[Estimate],
    kit: Kit,
    *,
    area_parents: Mapping[str, str | None],
    earlier: Sequence[Estimate] = (),
    beside: Sequence[Estimate] = (),
    amounts: Mapping[tuple[str, str], Amounts] | None = None,
) -> list[Estimate]:
    """Hide every figure that stands on too few people, and as many others as keep it from being worked out.

    In:  estimates with their n; `area_parents` sends an area's id to the id of the area it lies in; `earlier` are the
         figures of the releases before, as they were released, each as often as it was told; `beside` are cells that
         this release prints elsewhere of the same rows, as they are printed there; `amounts` are the rows behind the
         figures of a measure and period, for the rules of the kit about figures that few contributors make.
    Out: the same cells in the same order; hidden ones have status Q and a reason, and neither value nor n.
    Method: first `hide_small`. Then, per measure and period, n is taken to add up over breakdowns and areas, and the
    grand total to be public. From those sums, and the knowledge that a hidden n is at least 1, a reader can tell
    between what bounds a hidden n lies. `complements` hides further cells until at least `least_n` numbers stay
    possible for each cell that is too small; the same for amounts, of which few contributors may not learn what the
    others add. Cells of n = 0 are shown as what they are. What an earlier release hid of
    the same period stays hidden, and so does what it showed if fewer than `least_n` have come in since: the difference
    would tell about them. What is hidden beside is hidden here, and what is shown there cannot be hidden here any more;
    where that leaves no other way, the whole table is. At last n is rounded, where the kit asks for it. Public
    infrastructure has no privacy: there `hide_small` is all.
    """
    shown = hide_small(estimates, kit)
    if kit.universe.public_infrastructure:
        return shown
    few = _few_contributors(shown, kit, area_parents, amounts or {})
    seen = _Seen(kit, area_parents, _releases(earlier), {_key(one): one for one in beside}, few)
    sizes = _sizes(shown)
    tables: dict[tuple[str, str], list[int]] = {}
    for index, estimate in enumerate(shown):
        tables.setdefault((estimate.measure, estimate.period), []).append(index)
    more: dict[int, str] = {-1: HIDDEN}
    while more:
        more = dict.fromkeys(_shared(shown, estimates, kit.disclosure.least_n), HIDDEN)
        more |= dict.fromkeys(_same_amounts(shown, few), FEW_MAKE)
        for members in tables.values():
            more |= _hidden(members, shown, estimates, [sizes[index] for index in members], seen)
        for index, reason in more.items():
            shown[index] = shown[index].suppressed(reason, least_n=kit.disclosure.least_n)
    return [_rounded(estimate, kit.disclosure.round_to) for estimate in shown]


@dataclass(frozen=True)
class _Seen:
    """The rules of a release, and what a reader has beside it: earlier releases, what it prints elsewhere, and who
    stands behind amounts.
    """

    kit: Kit
    parents: Mapping[str, str | None]
    before: Sequence[Mapping[Key, Estimate]]
    printed: Mapping[Key, Estimate]
    few: Mapping[int, tuple[Need, Contributions]]


def _hidden(
    members: Sequence[int], shown: Sequence[Estimate], true: Sequence[Estimate], sizes: Sequence[int], seen: _Seen
) -> dict[int, str]:
    """Return which of the cells of one measure and period must be hidden too, and why: {index: reason}."""
    least = seen.kit.disclosure.least_n
    table, need = _table([(shown[i], true[i].n) for i in members], sizes, seen.kit, seen.parents)
    because: set[int] = set()
    for then in seen.before:
        table, after = _after(table, need, [then.get(_key(shown[i])) for i in members], least)
        because |= {i for i, grown in zip(members, after.width > need.width, strict=False) if grown}
        need = after
    table, need = _beside(table, need, [seen.printed.get(_key(shown[i])) for i in members], least)
    found = complements(table, need)
    hidden = found.hidden | np.isfinite(table.cost) if seen.printed and found.unprotected else found.hidden
    contributed = seen.few.get(members[0])
    both = complements(*as_amounts(table, *contributed), hidden=hidden).hidden if contributed else hidden
    return {
        i: SINCE if i in because else HIDDEN if own else FEW_MAKE
        for i, own, hide in zip(members, hidden, both, strict=False)
        if hide and shown[i].status != "Q"
    }


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


def _same_amounts(shown: Sequence[Estimate], few: Iterable[int]) -> set[int]:
    """Return figures of amounts still shown where another measure of amounts is hidden: one is the other times n."""
    measures = {shown[index].measure for index in few}
    cells = {i: (e.period, _place(e)) for i, e in enumerate(shown) if e.measure in measures and e.n > 0}
    hidden = {cell for i, cell in cells.items() if shown[i].status == "Q"}
    return {i for i, cell in cells.items() if cell in hidden and shown[i].status != "Q"}


def _few_contributors(
    shown: list[Estimate], kit: Kit, parents: Mapping[str, str | None], amounts: Mapping[tuple[str, str], Amounts]
) -> dict[int, tuple[Need, Contributions]]:
    """Hide in `shown` the figures that few contributors make. Out: for the first figure of each measure and period that
    is about amounts, what its figures need and who stands behind them.
    """
    found = {}
    for key, rows in amounts.items():
        members = [i for i, e in enumerate(shown) if (e.measure, e.period) == key]
        if not members:
            continue
        own = [shown[i] for i in members]
        axes, at = _places([_place(one) for one in own], parents)
        contributed = behind(rows, own, axes, at, parents)
        need = needs(contributed, kit.disclosure)
        for index, why in zip(members, need.why, strict=True):
            if why is not None and shown[index].status != "Q" and shown[index].value is not None:
                shown[index] = shown[index].suppressed(FEW_MAKE)
        found[members[0]] = need, contributed
    return found


def _releases(earlier: Sequence[Estimate]) -> list[Mapping[Key, Estimate]]:
    """Return what was told of each cell the first time, the second time and so on: each may be laid beside the new."""
    told: dict[Key, list[Estimate]] = {}
    for one in earlier:
        told.setdefault(_key(one), []).append(one)
    most = max(map(len, told.values()), default=0)
    return [{key: words[time] for key, words in told.items() if time < len(words)} for time in range(most)]


def _after(table: Table, need: Need, before: Sequence[Estimate | None], least: int) -> tuple[Table, Need]:
    n, kept = np.full(table.size, np.nan), np.zeros(table.size, dtype=bool)
    for cell, one in enumerate(before):
        kept[cell] = one is not None and one.status == "Q"
        n[cell] = one.n if one is not None and one.status != "Q" and one.n > 0 else np.nan
    table, need = after(table, need, Earlier(n, ~np.isnan(n)), least)
    again = np.where(kept & np.isfinite(table.cost), least - 1.0, 0.0)
    return table, replace(need, width=np.maximum(need.width, again))


def _beside(table: Table, need: Need, printed: Sequence[Estimate | None], least: int) -> tuple[Table, Need]:
    """Return the table as somebody sees it who has read the cells `printed`, and what its cells need then."""
    kept, told = np.zeros(table.size, dtype=bool), np.zeros(table.size, dtype=bool)
    for cell, one in enumerate(printed):
        kept[cell] = one is not None and one.status == "Q" and np.isfinite(table.cost[cell])
        told[cell] = one is not None and one.status != "Q" and abs(table.value[cell] - one.n) < least
    return (
        replace(table, cost=np.where(told, NEVER, table.cost)),
        replace(need, width=np.maximum(need.width, np.where(kept, 1.0, 0.0))),
    )


def _rounded(estimate: Estimate, base: int) -> Estimate:
    """Return the cell with its n as a multiple of `base`, and what n could be worked out from rounded with it."""
    if base <= 1 or estimate.n == 0:
        return estimate
    n, n_eff, df = (None if x is None else max(base, base * int(x / base + 0.5)) for x in
                    (estimate.n, estimate.n_eff, estimate.df))  # fmt: skip
    return replace(
        estimate,
        n=n or base,
        n_eff=None if n_eff is None else float(n_eff),
        df=None if df is None else float(df),
        deff=None if estimate.deff is None or not n or not n_eff else n / n_eff,
    )


def _key(estimate: Estimate) -> Key:
    return estimate.measure, estimate.period, _place(estimate)


def _place(estimate: Estimate) -> Place:
    return estimate.area, tuple(sorted(estimate.breakdown))


def _sizes(estimates: Sequence[Estimate]) -> list[int]:
    # Measures with (nearly) the same denominators must hide the same cells, or one gives away the other:
    # so a cell's size, by which complements are chosen, is the largest n that any measure has there.
    keys = [(estimate.period, _place(estimate)) for estimate in estimates]
    largest: dict[tuple[str, Place], int] = {}
    for key, estimate in zip(keys, estimates, strict=True):
        largest[key] = max(largest.get(key, 0), estimate.n)
    return [largest[key] for key in keys]


def _shared(shown: Sequence[Estimate], estimates: Sequence[Estimate], least: int) -> set[int]:
    """Return cells still shown that give away a hidden cell of another measure: the same place, and nearly the same n.

    Where a few did not answer one question, everybody knows how few in all, so one n bounds the other.
    """
    places: dict[tuple[str, Place], list[int]] = {}
    for index, one in enumerate(estimates):
        if one.n > 0:
            places.setdefault((one.period, _place(one)), []).append(index)
    found: set[int] = set()
    for here in places.values():
        hidden = {index for index in here if shown[index].reason in (HIDDEN, SINCE)}
        near = {i for i in here for j in hidden if abs(estimates[i].n - estimates[j].n) < least}
        found |= near - hidden
    return found


def _table(
    cells: Sequence[tuple[Estimate, int]], sizes: Sequence[int], kit: Kit, parents: Mapping[str, str | None]
) -> tuple[Table, Need]:
    """Return the cells of one measure and period as a table of n, and what its hidden cells need.

    Behind the published cells follow the sums that nobody prints: anything may be in them. Except for the number of
    all rows, which is told with every release.
    """
    small, count = kit.disclosure.least_n, len(cells)
    axes, at = _places([_place(estimate) for estimate, _n in cells], parents)
    at, relations = related(axes, at)
    extra = len(at) - count
    n = np.array([n for _estimate, n in cells] + [0] * extra, dtype=float)
    worth = np.array([e.reason == FEW_WORTH for e, _n in cells] + [False] * extra, dtype=bool)
    # The n of what few contributors make is no secret; that of their amounts is kept by `as_amounts`.
    hidden = np.array(
        [e.status == "Q" and e.reason != FEW_MAKE and n > 0 for e, n in cells] + [False] * extra, dtype=bool
    )
    known = (at == [axis.above.index(-1) for axis in axes]).all(axis=1)
    printed = np.arange(len(at)) < count
    cost = np.append(loss(np.array(sizes, dtype=float)), np.full(extra, NEVER))
    table = Table(
        value=n,
        relations=relations,
        least=np.where(printed, np.where(worth, float(small), np.minimum(n, 1.0)), -np.inf),
        most=np.full(len(at), np.inf),
        cost=np.where((n > 0) & ~known, cost, NEVER),
        published=printed | known,
        axes=axes,
        at=at,
    )
    nothing = np.zeros(len(at))
    own = (n < small) | worth  # others are hidden for the sake of these: nobody may know them exactly, that is all
    return table, Need(nothing, nothing, np.where(hidden & ~known, np.where(own, small - 1.0, 1.0), 0.0))


def _places(places: Sequence[Place], parents: Mapping[str, str | None]) -> tuple[tuple[Axis, ...], Integers]:
    """Return areas and each breakdown variable as axes, and where on them every place lies."""
    areas = {area for area, _breakdown in places}
    above: dict[str | None, str | None] = {area: _above(area, areas, parents) for area in sorted(areas, key=str)}
    roots = [area for area, over in above.items() if over is None]
    if len(roots) > 1:
        above = {area: over or _ALL for area, over in above.items()} | {_ALL: None}
    axes = [Axis.tree(above)]
    variables = sorted({name for _area, breakdown in places for name, _code in breakdown})
    for variable in variables:
        codes = sorted({code for _area, breakdown in places for name, code in breakdown if name == variable})
        axes.append(Axis.flat(codes, everything=_ALL))
    number = [{code: index for index, code in enumerate(axis.codes)} for axis in axes]
    at = [
        [
            number[0][area],
            *(where[dict(breakdown).get(v, _ALL)] for v, where in zip(variables, number[1:], strict=True)),
        ]
        for area, breakdown in places
    ]
    return tuple(axes), np.array(at, dtype=np.intp).reshape(len(places), len(axes))


def _above(area: str | None, areas: set[str | None], parents: Mapping[str, str | None]) -> str | None:
    """Return the nearest area around `area` that has figures of its own; None where there is none."""
    passed = {area}
    while area is not None:
        area = parents.get(area)
        if area in areas or area in passed:
            return area if area in areas else None
        passed.add(area)
    return None
