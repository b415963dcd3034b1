"""The report says how far people stand out, and it says it in plain sentences."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest
from made_up_people import KNOWN, a_survey

from datashift.errors import CannotProtect
from datashift.protect.microdata import Aim, Risk, alike, risk
from datashift.protect.microdata.uniques import coded


def told(found: Risk) -> str:
    return " ".join(text.format(**facts) for text, facts in found.said)


@pytest.mark.parametrize("share", [0.1, 0.3])
@pytest.mark.parametrize("columns", [4, 6, 8])
def test_uniques_in_the_population_are_about_as_many_as_expected(share: float, columns: int) -> None:
    """A population whose every row is known, a part of it drawn: what is expected holds against what is."""
    population, known = a_survey(30_000, seed=5), KNOWN[:columns]
    alone = alike(coded(population, known))
    drawn = np.flatnonzero(np.random.default_rng(2).random(30_000) < share)
    sample = population.take(drawn).set_column(9, "weight", pa.array(np.full(drawn.size, 1 / share)))
    found = risk(sample, Aim(known, weight="weight"))
    unique = alike(coded(sample, known)) == 1
    assert found.population_uniques == pytest.approx((unique & (alone[drawn] == 1)).sum(), rel=0.5)
    assert found.matches == pytest.approx((1 / alone[drawn][unique]).sum(), rel=0.25)


def test_groups_without_any_of_one_have_no_uniques_among_all_people() -> None:
    table = pa.table({"a": ["x", "x", "y", "y"] * 300, "w": [9.0] * 1200})
    found = risk(table, Aim(("a",), weight="w"))
    assert (found.population_uniques, found.matches) == (0.0, 0.0)


def test_without_weights_nothing_is_said_about_all_people() -> None:
    for weight, rows in ((None, 1500), ("one", 1500), ("weight", 900)):
        table = a_survey(rows).append_column("one", pa.array(np.ones(rows)))
        found = risk(table, Aim(KNOWN, weight=weight))
        assert found.population_uniques is None
        assert "cannot be told: that needs 1000 rows, and weights" in told(found)


@pytest.mark.parametrize("bad", ["abc", "0", "-1", "nan", None])
def test_weights_that_are_no_numbers_above_zero_are_refused(bad: str | None) -> None:
    with pytest.raises(CannotProtect, match="not all numbers above zero"):
        risk(pa.table({"a": ["x", "y"], "w": ["1", bad]}), Aim(("a",), weight="w"))


def test_answers_that_all_alike_people_gave_are_found() -> None:
    table = pa.table({"sex": list("FFFMMM"), "bribe": ["yes", "yes", "yes", "yes", "no", "no"]})
    found = risk(table, Aim(("sex",), k=3, sensitive=("bribe",)))
    [different] = found.diversity
    assert (different.fewest, different.rows, different.effective) == (1, 3, 1.0)
    assert "Of 3 people, all who are alike gave fewer than 2 different answers to 'bribe'" in told(found)
    mixed = risk(table.slice(3), Aim(("sex",), k=3, sensitive=("bribe",))).diversity[0]
    assert mixed.effective == pytest.approx(np.exp(-(np.log(1 / 3) / 3 + 2 * np.log(2 / 3) / 3)))


def test_the_report_counts_as_one_would_by_hand() -> None:
    table = pa.table({"age": ["20", "20", "20", "31", "31"], "work": ["a", "a", "a", "b", "c"]})
    found = risk(table, Aim(("age", "work"), k=3))
    assert (found.rows, found.smallest, found.below, found.uniques, found.special) == (5, 1, 2, 2, 2)
    said = told(found)
    assert "2 of 5 people are alike to fewer than 3." in said
    assert "'work' takes part in 100 per cent of what makes people stand out." in said
    assert "31" not in said, "no answer of a person stands in the report"


def test_a_table_without_rows_has_no_risk() -> None:
    found = risk(a_survey(10).slice(0, 0), Aim(KNOWN, sensitive=("bribe",), weight="weight"))
    assert (found.rows, found.below, found.uniques) == (0, 0, 0)
    assert "Nobody is alike to fewer than 5." in told(found)


def test_a_hundred_thousand_people_are_judged_in_seconds() -> None:
    table = a_survey(100_000)
    start = time.process_time()
    found = risk(table, Aim(KNOWN, sensitive=("bribe",), weight="weight"))
    assert time.process_time() - start < 5
    assert found.special > 0
