"""K25: what several checks see in one interview, put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datashift.assess.joint import interviews
from datashift.model import Finding, Subject
from tests.assess.sheets import evidence


@pytest.fixture
def case():
    return evidence({"q": ["a"] * 400})


def test_without_a_signal_there_is_nothing_to_rank(case):
    assert interviews(case, {}) == ()
    assert interviews(case, {"K17": np.full(400, np.nan)}) == ()


def test_two_checks_that_see_a_little_outrank_one(case):
    once, twice = np.full(400, 0.6), np.full(400, 0.6)
    once[[5, 9]], twice[5] = 0.001, 0.001
    first, second, *_rest = interviews(case, {"K11": once, "K17": twice})
    assert (first.row, first.checks, second.row, second.checks) == (7, ("K11", "K17"), 11, ("K11",))
    assert first.p_value < second.p_value


def test_a_check_that_says_nothing_of_a_row_does_not_count(case):
    sees, silent = np.full(400, 0.5), np.full(400, np.nan)
    sees[3], silent[0] = 1e-6, 0.5
    first = interviews(case, {"K11": sees, "K17": silent})[0]
    assert first.row == 5
    assert first.p_value == pytest.approx(1e-6, rel=1e-3)


def test_a_chance_of_one_does_not_outweigh_what_another_check_sees(case):
    sees, counts = np.full(400, 0.5), np.ones(400)
    sees[3] = 1e-5
    first = interviews(case, {"K11": sees, "K18": counts})[0]
    assert (first.row, first.checks) == (5, ("K11",))
    assert first.p_value < 3e-5


def test_a_chance_of_none_at_all_stays_a_number(case):
    sees = np.full(400, 0.5)
    sees[0] = 0.0
    assert 0 <= interviews(case, {"K11": sees})[0].p_value < 1e-12


@pytest.mark.parametrize("bond", [0.0, 0.6, 0.95])
@pytest.mark.parametrize("steps", [0, 5, 50])
def test_honest_interviews_are_seldom_singled_out(case, bond, steps):
    """Checks that go together, and checks whose chances come in few steps, are no worse."""
    rng = np.random.default_rng(21)
    speaks, low, times = 0, 0.0, 150
    for _survey in range(times):
        common = rng.normal(size=400)
        signals = {}
        for name in ("K11", "K15", "K17", "K18", "K21"):
            order = np.argsort(np.argsort(bond * common + np.sqrt(1 - bond**2) * rng.normal(size=400)))
            p = (order + rng.random(400)) / 400
            signals[name] = np.ceil(p * steps) / steps if steps else p
            signals[name][rng.random(400) < 0.2] = np.nan
        found = interviews(case, signals)
        speaks += any(one.p_adjusted <= 0.05 for one in found)
        low += np.mean([one.p_value <= 0.01 for one in found])
    assert speaks / times <= 0.08
    assert low / times <= 0.012


def test_the_list_is_as_long_as_somebody_could_read():
    many = evidence({"q": ["a"] * 12_000})
    found = interviews(many, {"K11": np.random.default_rng(1).random(12_000)})
    assert len(found) == 10_000
    assert [one.p_value for one in found] == sorted(one.p_value for one in found)


def broken(check: str, rows: tuple[int, ...], **more: Any) -> Finding:
    return Finding(check, "x", "x", {}, rows, **more)


def test_what_breaks_a_rule_that_few_break_comes_before_what_chance_gives(case):
    p = (np.random.default_rng(4).permutation(400) + 0.5) / 400
    found = interviews(case, {"K11": p}, [broken("K13", (50, 51, 52))])
    assert {one.row for one in found[:3]} == {50, 51, 52}
    assert all(one.told == ("K13",) and one.noticed for one in found[:3])
    assert not any(one.noticed for one in found[3:])


def test_what_chance_does_not_give_comes_before_a_rule_that_many_break(case):
    p = np.full(400, 0.5)
    p[7] = 1e-9
    first = interviews(case, {"K17": p}, [broken("K14", tuple(range(30, 60)))])[0]
    assert (first.row, first.checks, first.told) == (9, ("K17",), ())


def test_a_rule_that_half_of_the_interviews_break_says_little_of_one(case):
    found = interviews(case, {"K11": np.full(400, 0.5)}, [broken("K13", tuple(range(2, 202)))])
    assert not any(one.told for one in found)


def test_a_rule_about_a_column_is_not_about_an_interview(case):
    assert interviews(case, {}, [broken("K4", (5, 6)), broken("K9", (7,))]) == ()


def test_interviews_of_one_who_stands_out_come_first(case):
    one = Subject("enumerator", "e1", "x", {}, (20, 21), p_value=1e-6, p_adjusted=1e-5)
    told = broken("K20", (), p_value=1e-5, p_adjusted=1e-5, subjects=(one,))
    found = interviews(case, {"K11": np.linspace(0.01, 1, 400)}, [told])
    assert {one.row for one in found[:2]} == {20, 21}
    assert found[0].checks == ("K20",)
