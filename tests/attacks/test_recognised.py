"""Somebody who knows a person and looks for the row, or for a group in which all said the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from marked_people import rows
from published import REAL, Published

from datashift.protect.microdata import Aim, Plan, propose, released, risk

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "disclosure.md"
KNOWN = ("region", "sex", "age", "place", "difficulty")
ASKED = ("say", "influence")
AIM = Aim(KNOWN, k=5, sensitive=ASKED, least_different=2)
Keys = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def table() -> pa.Table:
    people = rows()
    return pa.table({name: [one[name] for one in people] for name in (*KNOWN, *ASKED)})


@pytest.fixture(scope="module")
def plan(table: pa.Table) -> Plan:
    return propose(table, AIM)


def keys(table: pa.Table) -> Keys:
    return list(zip(*(table.column(name).to_pylist() for name in KNOWN), strict=True))


def fitting(known: pa.Table, shown: pa.Table, plan: Plan) -> np.ndarray:
    """For each person of whom all keys are known: how many released rows do not contradict them."""
    for step in plan.steps:
        to = dict(step.recode.to)
        place = known.column_names.index(step.recode.column)
        told = [to.get(one, one) for one in known.column(step.recode.column).to_pylist()]
        known = known.set_column(place, step.recode.column, pa.array(told, pa.string()))
    mine, theirs = Counter(keys(known)), Counter(keys(shown))
    fits = {one: sum(n for other, n in theirs.items() if all(b is None or a == b for a, b in zip(one, other,
            strict=True))) for one in mine}  # fmt: skip
    return np.array([fits[one] for one in keys(known)])


def test_before_anything_is_done_nearly_everybody_is_found(table: pa.Table) -> None:
    alone = [one for one, n in Counter(keys(table)).items() if n == 1]
    assert len(alone) > 400
    assert risk(table, AIM).uniques == len(alone)


def test_no_row_that_is_released_is_the_only_one_of_its_kind(table: pa.Table, plan: Plan) -> None:
    shown = released(table, plan)
    assert min(Counter(keys(shown)).values()) >= AIM.k
    assert plan.after.uniques == plan.after.below == 0


def test_somebody_who_knows_all_keys_guesses_rightly_no_more_often_than_is_said(table: pa.Table, plan: Plan) -> None:
    fits = fitting(table, released(table, plan), plan)
    assert fits.min() >= AIM.k
    assert float((1 / fits).mean()) <= 1 / plan.after.smallest <= 1 / AIM.k


def test_a_kind_of_people_who_all_said_the_same_is_counted(table: pa.Table, plan: Plan) -> None:
    """The plan does not mend this: who released it was told."""
    shown = released(table, plan)
    for told in plan.after.diversity:
        answers: dict[object, set[object]] = {}
        for one, said in zip(keys(shown), shown.column(told.column).to_pylist(), strict=True):
            answers.setdefault(one, set()).add(said)
        same = {one for one, said in answers.items() if len(said) < AIM.least_different}
        assert told.rows == sum(one in same for one in keys(shown))
        assert told.fewest == min(len(said) for said in answers.values())


# --- groups in which all said the same --------------------------------------------------------------------------------


def of_one_mind(case: Published) -> list[str]:
    """Return the figures that tell what everybody in a group said: shares of nobody or of all."""
    return [
        f"{e.measure} {e.area} {e.breakdown} n={e.n}"
        for e in case.result.estimates
        if e.unit == "PT" and e.status != "Q" and e.value in (0.0, 100.0)
    ]


@pytest.mark.shared
def test_shares_of_nobody_or_of_all_are_as_rare_as_the_page_says(real: Callable[[str], Published]) -> None:
    cases = [case for case in map(real, REAL) if case.of_people]
    shares = sum(e.unit == "PT" and e.value is not None for case in cases for e in case.result.estimates)
    found = [one for case in cases for one in of_one_mind(case)]
    assert [one.split()[0] for one in found] == ["WATER_IMPROVED", "PROBLEMS_ADDRESSED"]
    [stated] = re.findall(r"(\d+) of (\d+)\s+shares of people", PAGE.read_text("utf-8"))
    assert (len(found), shares) == tuple(map(int, stated))


def test_no_figure_of_the_made_up_people_tells_what_all_said(people: Published) -> None:
    assert of_one_mind(people) == []
