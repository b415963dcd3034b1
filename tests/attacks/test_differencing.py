"""Two releases, two divisions of a land, and margins laid side by side: their differences are figures too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from joint import bounded
from published import Published

from datashift.estimation import cells, estimate
from datashift.model import Estimate, Kit
from datashift.pipeline import question
from datashift.protect import protect, rules
from datashift.protect.attack import attack
from datashift.protect.complements import complements
from datashift.protect.rules import Need
from datashift.protect.tables import Table, overlapping

Real = Callable[[str], Published]
CASES = ("npl-citizen-perception", "npl-rural-water-points", "hti-events")


def as_people(case: Published, least: int = 10) -> Kit:
    """The kit of a case as if what it counts were people: real tables with many areas are of things."""
    kit = case.result.setting.kit
    universe = kit.universe.model_copy(update={"public_infrastructure": False})
    rule = kit.disclosure.model_copy(update={"least_n": least})
    return kit.model_copy(update={"universe": universe, "disclosure": rule})


def without(case: Published, rows: Sequence[int]) -> list[Estimate]:
    """Return the figures as they are when some observations are gone, before anything is hidden."""
    setting, table = case.result.setting, case.result.harmonised.observations
    kept = table.filter(pa.array(np.isin(np.arange(table.num_rows), list(rows), invert=True)))
    found = {e.key: e for e in estimate(cells(kept, setting.measures, setting.recipe.design.calibration),
                                        question(setting))}  # fmt: skip
    gone = replace(case.true[0], value=None, se=None, lower=None, upper=None, n=0, n_eff=None, deff=None, df=None)
    return [found.get(e.key) or replace(gone, measure=e.measure, area=e.area, area_name=e.area_name,
                                        period=e.period, breakdown=e.breakdown) for e in case.true]  # fmt: skip


def few_between(one: Sequence[Estimate], other: Sequence[Estimate], whole: str, least: int) -> list[Estimate]:
    """Return figures that both releases show, and of which the difference tells about fewer than `least`."""
    pairs = zip(one, other, strict=True)
    return [b for a, b in pairs if a.status != "Q" and b.status != "Q" and 0 < abs(a.n - b.n) < least
            and (b.area != whole or b.breakdown)]  # fmt: skip


def both_bounded(case: Published, releases: Sequence[tuple[Sequence[Estimate], Sequence[Estimate]]], least: int) -> int:
    """Return how many hidden cells two releases of the same rows bound too closely when laid side by side."""
    shown, true = [], []
    for number, (printed, was) in enumerate(releases):
        shown += [replace(e, measure=f"{number} {e.measure}") for e in printed]
        true += [replace(e, measure=f"{number} {e.measure}") for e in was]
    return len(bounded(shown, true, case.parents, least))


def one_place(case: Published, count: int) -> list[int]:
    """Return `count` observations of one area, or of the whole where all are of one."""
    areas = case.result.harmonised.observations["area"].combine_chunks()
    most = max(pc.value_counts(areas).to_pylist(), key=lambda one: one["counts"])["values"]
    found: list[int] = pc.indices_nonzero(pc.equal(areas, most)).to_pylist()
    return found[:count]


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_three_who_withdrew_from_a_real_case_are_not_told_by_the_next_release(name: str, real: Real) -> None:
    case, least = real(name), 10
    kit, whole = as_people(case, least), case.dossier["estimates"]["whole"]
    first = protect(case.true, kit, area_parents=case.parents)
    later = without(case, one_place(case, 3))
    careless = protect(later, kit, area_parents=case.parents)
    assert few_between(first, careless, whole, least), "each release by itself hides nothing of this"
    second = protect(later, kit, area_parents=case.parents, earlier=first)
    assert few_between(first, second, whole, least) == []
    assert bounded(second, later, case.parents, least) == []


def test_three_who_withdrew_from_a_small_region_are_not_told(people: Published) -> None:
    """Two of them come from the region that is hidden: the second release tells no more of it than the first."""
    kit, whole = people.result.setting.kit, people.dossier["estimates"]["whole"]
    areas = people.result.harmonised.observations["area"].to_pylist()
    gone = [areas.index("ZZ-01"), *[k for k, area in enumerate(areas) if area == "ZZ-04"][:2]]
    later = without(people, gone)
    second = protect(later, kit, area_parents=people.parents, earlier=people.result.estimates)
    assert few_between(people.result.estimates, second, whole, people.least) == []
    assert both_bounded(people, [(people.result.estimates, people.true), (second, later)], people.least) == 0


def test_sums_over_shown_groups_give_no_hidden_one(people: Published) -> None:
    """By hand, for one margin: all that is shown taken from the whole leaves at least ten numbers for each hidden."""
    for measure in {e.measure for e in people.true}:
        areas = [(e, was) for e, was in zip(people.result.estimates, people.true, strict=True)
                 if e.measure == measure and not e.breakdown]  # fmt: skip
        [whole] = [e.n for e, _was in areas if e.area == "ZZ"]
        hidden = [was.n for e, was in areas if e.status == "Q"]
        left = whole - sum(e.n for e, _was in areas if e.area != "ZZ")
        assert left == sum(hidden)
        assert left - (len(hidden) - 1) >= people.least


def divisions(people: Published) -> tuple[list[int], list[list[int]], list[list[int]]]:
    """Cut the regions into villages, and put these together to five constituencies that run across regions."""
    table = people.result.harmonised.observations
    villages = list(zip(table["area"].to_pylist(), table["cluster"].to_pylist(), strict=True))
    named = sorted(set(villages), key=str)
    count = [villages.count(one) for one in named]
    regions = sorted({area for area, _village in named})
    by_region = [[k for k, one in enumerate(named) if one[0] == region] for region in regions]
    small = regions.index("ZZ-04")
    # Each constituency is a region, but for the smallest: half of its villages lie in the first, half in the last.
    other = [list(one) for k, one in enumerate(by_region) if k != small]
    other[0] += by_region[small][:3]
    other[-1] += by_region[small][3:]
    return count, by_region, other


def test_two_divisions_of_a_land_are_safe_together_only_where_they_are_protected_together(people: Published) -> None:
    count, regions, constituencies = divisions(people)
    alone = [overlapping(count, [*one, list(range(len(count)))]) for one in (regions, constituencies)]
    hidden = [complements(table, _few(table)).hidden[len(count) : -1] for table in alone]
    both = overlapping(count, [*regions, *constituencies, list(range(len(count)))])
    need = _few(both)
    apart = np.concatenate([np.zeros(len(count), dtype=bool), *hidden, [False]])
    assert attack(both, apart, need), "the constituencies show what the regions hide"
    together = complements(both, need)
    assert not together.unprotected
    assert attack(both, together.hidden, need) == []


def _few(table: Table) -> Need:
    need = rules.threshold(table.value.astype(int), 10)
    return replace(need, width=np.where(table.published, need.width, 0.0))
