"""No hidden cell can be worked out: 200 random tables with three hierarchies, and what each rule is there for."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest

from datashift.protect import rules
from datashift.protect.attack import attack
from datashift.protect.complements import complements, optimal
from datashift.protect.releases import Earlier, after, attack_both, complements_after
from datashift.protect.rules import Contributions, Need
from datashift.protect.tables import Axis, Table, crossed, overlapping

LEAST = 10
AREA = Axis.tree({"XX": None, "N": "XX", "S": "XX", "N1": "N", "N2": "N", "S1": "S", "S2": "S"})
AGE = Axis.tree({"*": None, "young": "*", "old": "*", "0-14": "young", "15-29": "young", "30-59": "old", "60+": "old"})
WORK = Axis.tree({"*": None, "land": "*", "other": "*", "crops": "land", "cattle": "land"})
AXES = (AREA, AGE, WORK)


def counted(seed: int) -> Table:
    """A made-up table of answers over three trees; how many there are differs from table to table."""
    rng = np.random.default_rng(seed)
    shape = [len(axis.leaves) for axis in AXES]
    return crossed(AXES, rng.poisson(rng.choice([4, 12, 40]) * rng.lognormal(0, 0.8, shape)))


def small(table: Table) -> Need:
    return rules.threshold(table.value.astype(int), LEAST)


def amounts(seed: int) -> tuple[Table, Contributions]:
    """A made-up table of amounts, such as harvests, with who stands behind each cell."""
    rng = np.random.default_rng(seed)
    at = np.stack([rng.choice(axis.leaves, 250) for axis in AXES], axis=1)
    behind = rules.contributions(AXES, at, rng.lognormal(2, 1.5, 250))
    table = crossed(AXES, np.zeros([len(axis.leaves) for axis in AXES]))
    cost = np.where(behind.total > 0, behind.total, np.inf)
    cost[0] = np.inf  # the sum of all is known
    return replace(table, value=behind.total, least=np.zeros(table.size), cost=cost), behind


# --- the attacker ---------------------------------------------------------------------------------------------------


def test_the_attacker_bounds_a_cell_by_what_is_shown():
    table = crossed([Axis.flat("abc")], [4, 20, 30])
    need = small(table)
    [found] = attack(table, need.sensitive, need)
    assert (found.low, found.high, found.value) == (4, 4, 4), "all others are shown"
    hidden = need.sensitive | (table.value == 20)
    assert attack(table, hidden, need) == []
    tight = replace(need, width=np.where(need.sensitive, 30.0, 0.0))
    [found] = attack(table, hidden, tight)
    assert (round(found.low), round(found.high)) == (1, 23), "both are at least 1 and together 24"


def test_who_knows_that_people_are_whole_finds_no_more():
    for seed in range(3):
        table = counted(seed)
        need = small(table)
        hidden = complements(table, need).hidden
        assert attack(table, hidden, need, whole=True) == []


def test_overlapping_areas_tell_their_difference():
    table = overlapping([3, 40, 25, 5], [[0, 1], [1], [2, 3], [1, 2]])
    need = rules.threshold(table.value.astype(int), LEAST)
    assert {found.cell for found in attack(table, np.zeros(table.size, dtype=bool), need)} == {0, 3}
    result = complements(table, need)
    assert not result.unprotected
    assert attack(table, result.hidden, need) == []


# --- 200 tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(4))
def test_the_attacker_finds_nothing_in_two_hundred_tables_with_three_hierarchies(block):
    hid = 0
    for seed in range(50 * block, 50 * block + 50):
        table = counted(seed)
        need = small(table)
        result = complements(table, need)
        assert not result.unprotected
        assert attack(table, result.hidden, need) == []
        assert not result.hidden[table.value == 0].any()
        hid += int(need.sensitive.sum())
    assert hid > 1000


# --- every rule is needed --------------------------------------------------------------------------------------------


def found_by(off: str, seed: int) -> tuple[int, int]:
    """How many cells an attacker finds when a rule is off, and when none is."""
    table, need = counted(seed), small(counted(seed))
    full = complements(table, need).hidden
    none = np.zeros(table.size, dtype=bool)
    without = {
        "threshold": lambda: none,
        "complements": lambda: need.sensitive,
        "hierarchies": lambda: complements(one_level(table), need).hidden,
        "width": lambda: complements(table, replace(need, width=np.minimum(need.width, 1.0))).hidden,
        "at least one": lambda: complements(replace(table, least=np.full(table.size, -np.inf)), need).hidden,
        "same cells in all measures": lambda: full & other_measure(table, need),
    }
    return len(attack(table, without[off](), need)), len(attack(table, full, need))


def one_level(table: Table) -> Table:
    """The table as somebody sees it who forgets that regions are sums of areas."""
    kept = [r for r in range(table.relations.shape[0]) if not between(table, r)]
    return replace(table, relations=table.relations[kept], axes=())


def between(table: Table, row: int) -> bool:
    cells = table.relations[[row]].indices
    areas = set(table.at[cells, 0].tolist())
    return len(areas) > 1 and 0 not in areas


def other_measure(table: Table, need: Need) -> np.ndarray:
    """What is hidden where the same answers are counted, but other cells were dearer."""
    dear = np.random.default_rng(1).uniform(1, 9, table.size)
    return complements(replace(table, cost=table.cost * dear), need).hidden


@pytest.mark.parametrize(
    "off", ["threshold", "complements", "hierarchies", "width", "at least one", "same cells in all measures"]
)
def test_without_any_single_rule_the_attacker_finds_something(off):
    pairs = [found_by(off, seed) for seed in range(4)]
    assert sum(found for found, _full in pairs) > 0
    assert sum(full for _found, full in pairs) == 0


def large(seed: int, *names: str) -> tuple[Table, Need]:
    """A table of amounts, and what its cells need by the rules named."""
    table, behind = amounts(seed)
    each = {"dominance": rules.dominance(behind, 1, 70.0), "p_percent": rules.p_percent(behind, 20.0)}
    need = each[names[0]] if len(names) == 1 else each[names[0]].together(each[names[1]])
    fair = np.isfinite(table.cost)  # the sum of all is known whatever it tells
    return table, replace(need, below=need.below * fair, above=need.above * fair)


@pytest.mark.parametrize("off", ["dominance", "p_percent"])
def test_without_a_rule_about_large_contributors_the_attacker_finds_some(off):
    [on] = {"dominance", "p_percent"} - {off}
    found = 0
    for seed in range(6):
        table, both = large(seed, "dominance", "p_percent")
        result = complements(table, both)
        assert {f.cell for f in attack(table, result.hidden, both)} <= set(result.unprotected)
        found += len(attack(table, complements(*large(seed, on)).hidden, both))
    assert found > 0


def grown(table: Table, seed: int, most: int) -> Table:
    """The same table later, when some more answers have come in."""
    rng = np.random.default_rng(seed)
    leaves = np.ix_(*(axis.leaves for axis in AXES))
    inner = table.value.reshape([len(axis.codes) for axis in AXES])[leaves]
    return crossed(AXES, inner + rng.integers(0, most + 1, inner.shape) * (rng.random(inner.shape) < 0.15))


@pytest.mark.parametrize("seed", range(3))
def test_a_second_release_tells_nothing_about_those_who_came_in_between(seed):
    first = counted(3 * seed + 2)
    then = complements(first, small(first)).hidden
    second = grown(first, seed, 25)
    earlier = Earlier(first.value, ~then)
    asked = after(second, small(second), earlier, LEAST)[1]
    careless = complements(second, small(second)).hidden
    assert attack_both(second, careless, asked, earlier), "each release is safe by itself, both together are not"
    result = complements_after(second, small(second), earlier, LEAST)
    assert set(attack_both(second, result.hidden, asked, earlier)) <= set(result.unprotected)


# --- the reasons and rules -------------------------------------------------------------------------------------------


def test_the_rules_say_what_they_found():
    behind = Contributions(np.array([3, 40]), np.array([100.0, 100.0]), np.array([[90.0, 8, 2], [10.0, 9, 8]]))
    few, held, guessed = rules.threshold(behind.people, 10), rules.dominance(behind, 1, 75), rules.p_percent(behind, 10)
    assert [need.sensitive.tolist() for need in (few, held, guessed)] == [[True, False]] * 3
    assert held.above[0] == pytest.approx(20), "100 / 75 * 90 - 100"
    assert guessed.above[0] == pytest.approx(7), "a tenth of 90, less what the third has"
    assert [need.why[0][0].format(**need.why[0][1]) for need in (few, held, guessed)] == [
        "Hidden: fewer than 10 stand behind this figure.",
        "Hidden: the 1 largest make up more than 75 per cent of this figure.",
        "Hidden: one contributor could work out another to within 10 per cent.",
    ]


def test_contributions_are_those_of_the_rows_in_every_margin():
    table, behind = amounts(2)
    assert behind.total[0] == pytest.approx(behind.total[table.at[:, 0] == 1].max() + behind.total[
        (table.at[:, 0] == 2) & (table.at[:, 1] == 0) & (table.at[:, 2] == 0)
    ][0])  # fmt: skip
    assert behind.people[0] == 250
    assert np.abs(table.relations @ behind.total).max() < 1e-6


# --- information lost -------------------------------------------------------------------------------------------------


def exhaustive(table: Table, need: Need) -> float:
    """The least information that can be lost, found by trying every choice of cells."""
    can = np.flatnonzero(np.isfinite(table.cost) & ~need.sensitive)
    choices = itertools.chain.from_iterable(itertools.combinations(can, k) for k in range(can.size + 1))
    for chosen in sorted(choices, key=lambda cells: table.cost[list(cells)].sum()):
        hidden = need.sensitive.copy()
        hidden[list(chosen)] = True
        if not attack(table, hidden, need):
            return float(table.cost[list(chosen)].sum())
    return np.inf


def lost(table: Table, hidden: np.ndarray, need: Need) -> float:
    return float(table.cost[hidden & ~need.sensitive].sum())


@pytest.mark.parametrize("seed", range(8))
def test_the_optimal_choice_is_that_of_exhaustive_search(seed):
    rng = np.random.default_rng(seed)
    table = crossed([Axis.flat("abc"), Axis.flat("xyz")], rng.choice([0, 3, 7, 12, 15, 25], (3, 3)))
    need = rules.threshold(table.value.astype(int), 5)
    best, fast = optimal(table, need), complements(table, need)
    assert best is not None
    assert attack(table, best.hidden, need) == []
    assert lost(table, best.hidden, need) == pytest.approx(exhaustive(table, need))
    assert lost(table, fast.hidden, need) <= 1.5 * lost(table, best.hidden, need) + 1e-9


def test_a_table_of_fifty_by_twenty_by_six_takes_seconds():
    rng = np.random.default_rng(3)
    inner = rng.poisson(60 * rng.lognormal(0, 0.7, (50, 1, 1)) * rng.lognormal(0, 0.5, (1, 20, 1)), (50, 20, 6))
    table = crossed([Axis.flat(range(k)) for k in (50, 20, 6)], inner)
    need = small(table)
    start = time.process_time()
    result = complements(table, need)
    assert time.process_time() - start < 10
    assert not result.unprotected
    assert attack(table, result.hidden, need) == []
