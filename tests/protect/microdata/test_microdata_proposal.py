"""What is proposed reaches what was aimed at, says its price, and changes nothing until a person confirms."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_people import KNOWN, PARENTS, a_survey

from datashift.errors import CannotProtect
from datashift.protect.microdata import Aim, blanks, propose, rare_together, released

AIM = Aim(KNOWN, k=5, sensitive=("bribe",), weight="weight")


def plain(table: pa.Table, columns: tuple[str, ...]) -> Counter[tuple[object, ...]]:
    return Counter(zip(*(table.column(name).to_pylist() for name in columns), strict=True))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=6, max_size=60)
    ),
    st.integers(1, 6),
)
def test_blank_cells_leave_everybody_alike_to_enough_others(rows: list[list[int]], k: int) -> None:
    codes = np.array(rows)
    shown = np.where(blanks(codes, k), 0, codes)
    count = Counter(map(tuple, shown.tolist()))
    assert min(count.values()) >= k


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), min_size=4, max_size=4), min_size=3, max_size=40))
def test_somebody_who_knows_a_person_finds_k_rows_that_could_be_them(rows: list[list[int]]) -> None:
    """The attack: the true answers are known, and every released row that does not contradict them is kept."""
    codes = np.array(rows)
    blank = blanks(codes, 3)
    for true in codes:
        fits = ((codes == true) | blank).all(axis=1)
        assert fits.sum() >= 3


def test_a_table_in_which_nobody_stands_out_stays_as_it_is() -> None:
    codes = np.repeat(np.array([[1, 2], [2, 1]]), 5, axis=0)
    assert not blanks(codes, 5).any()
    table = pa.table({"a": ["x"] * 5, "b": ["y"] * 5})
    plan = propose(table, Aim(("a", "b")))
    assert plan.steps == ()
    assert released(table, plan).equals(table)
    assert plan.said[0][0] == "Nothing needs to change."


def test_one_who_stands_out_in_one_column_loses_one_cell_and_others_lend_theirs() -> None:
    codes = np.array([[1, 1, 1]] * 20 + [[1, 1, 2]])
    blank = blanks(codes, 3)
    assert blank.sum() == 3
    assert blank[20].tolist() == [False, False, True]


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(CannotProtect, match="4 rows, too few for 5"):
        blanks(np.ones((4, 2), dtype=np.int64), 5)


def test_a_proposal_reaches_its_aim_and_says_what_it_costs() -> None:
    table = a_survey(4000)
    plan = propose(table, AIM, areas={"district": PARENTS})
    out = released(table, plan)
    assert min(plain(out, KNOWN).values()) >= 5
    assert plan.before.smallest == 1
    assert plan.after.smallest >= 5
    assert plan.after.uniques == 0
    assert out.column_names == table.column_names
    assert out.select(["bribe", "weight"]).equals(table.select(["bribe", "weight"]))
    told = " ".join(text.format(**facts) for text, facts in plan.said)
    assert "Tell 'district' one level up: 5 areas instead of 25." in told
    assert "Leave cells of" in told


def test_the_price_is_that_of_counting_before_and_after() -> None:
    table = a_survey(4000)
    plan = propose(table, AIM, chosen=[])
    out = released(table, plan)
    weigh = table.column("weight").to_numpy()
    for cost in plan.costs:
        before, after = (np.array(t.column(cost.column).to_pylist(), dtype=object) for t in (table, out))
        lost = (before != None) & (after == None)  # noqa: E711 - element by element
        assert cost.cells == lost.sum()
        if cost.cells == 0:
            continue
        words = {word for word in before if word is not None}

        def share(column: np.ndarray, word: str) -> float:
            known = np.array([one is not None for one in column])
            return float(weigh[column == word].sum() / weigh[known].sum()) if known.any() else 0.0

        change = max(abs(share(before, word) - share(after, word)) for word in words)
        assert cost.points == pytest.approx(100 * change)


def test_recodes_that_a_person_chose_are_kept_to() -> None:
    table = a_survey(2000)
    mine = rare_together("work", table.column("work").to_pylist(), least=400)
    plan = propose(table, AIM, chosen=[mine])
    assert [step.recode for step in plan.steps] == [mine]
    assert ("_O",) in plain(released(table, plan), ("work",))
    assert min(plain(released(table, plan), KNOWN).values()) >= 5


def test_each_step_says_how_many_it_helps() -> None:
    table = a_survey(3000)
    plan = propose(table, AIM, areas={"district": PARENTS})
    standing = plan.before.below - sum(step.fewer for step in plan.steps)
    assert standing >= 0
    assert all(step.after < step.before for step in plan.steps)
    assert all(0 < step.coarser <= 100 for step in plan.steps)


def test_nothing_is_changed_by_proposing() -> None:
    table = a_survey(500)
    copy = pa.table(table.to_pydict(), schema=table.schema)
    propose(table, AIM)
    assert table.equals(copy)


def test_the_same_table_gets_the_same_proposal() -> None:
    table = a_survey(1500)
    first, second = propose(table, AIM), propose(table, AIM)
    assert first == second
    assert np.array_equal(first.blank, second.blank)


def test_a_hundred_thousand_people_get_a_proposal_in_seconds() -> None:
    table = a_survey(100_000)
    start = time.process_time()
    plan = propose(table, AIM, areas={"district": PARENTS})
    assert time.process_time() - start < 20
    assert plan.after.smallest >= 5


def test_in_a_small_table_answers_are_told_coarser_before_cells_are_left_blank() -> None:
    table = a_survey(1000)
    alone = propose(table, AIM, chosen=[])
    plan = propose(table, AIM, areas={"district": PARENTS})
    assert len(plan.steps) >= 4
    assert plan.blank.sum() < 0.9 * alone.blank.sum()
    assert min(plain(released(table, plan), KNOWN).values()) >= 5
    assert "Leave 'age' out: every cell of it would be blank." in [t.format(**f) for t, f in alone.said]
