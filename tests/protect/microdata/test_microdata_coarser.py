"""Answers told coarser keep their order and their sums, and small ends are joined."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import CannotProtect
from datashift.protect.microdata import applied, bands, one_level_up, rare_together
from datashift.protect.microdata.coarser import OTHER, offers


def test_ages_come_in_bands_and_the_few_at_the_ends_are_joined() -> None:
    ages = ["17", "22", "23", "24", "31", "38", "66", "71", "90", "refused", None]
    to = bands("age", ages, 10, least=2).to
    assert to["22"] == to["17"] == "<30"
    assert to["31"] == "30–39"
    assert to["71"] == to["90"] == "≥70"
    assert to["66"] == "60–69"
    assert to["refused"] == "refused"


def test_bands_of_numbers_with_decimals_say_where_they_end() -> None:
    assert bands("km", ["0.2", "0.6", "1.4"], 0.5, least=1).to == {"0.2": "0–<0.5", "0.6": "0.5–<1", "1.4": "1–<1.5"}
    assert bands("n", ["-3", "4"], 5, least=1).to == {"-3": "-5–-1", "4": "0–4"}


@settings(deadline=None)
@given(st.lists(st.one_of(st.floats().map(str), st.text(max_size=3), st.none()), max_size=30), st.integers(1, 9))
def test_anything_can_be_put_in_bands(answers: list[str | None], least: int) -> None:
    recode = bands("x", answers, 10, least=least)
    assert set(recode.to) == {answer for answer in answers if answer is not None}
    assert len(applied(pa.table({"x": pa.array(answers, pa.string())}), [recode])) == len(answers)


def test_areas_go_one_level_up_and_those_without_stay() -> None:
    assert one_level_up("d", ["D1", "D2", "X", None], {"D1": "R", "D2": "R", "X": None}).to == {
        "D1": "R", "D2": "R", "X": "X",
    }  # fmt: skip


def test_rare_answers_are_joined_two_at_least() -> None:
    answers = ["a"] * 20 + ["b"] * 9 + ["c"] * 1 + ["d"] * 3
    assert rare_together("w", answers, least=4).to == {"a": "a", "b": "b", "c": OTHER, "d": OTHER}
    assert rare_together("w", answers, least=2).to == {"a": "a", "b": "b", "c": OTHER, "d": OTHER}
    assert rare_together("w", answers, least=1).to == {"a": "a", "b": "b", "c": "c", "d": "d"}
    assert rare_together("w", answers, least=5).to["b"] == OTHER


def test_an_answer_without_a_place_in_the_new_list_is_refused() -> None:
    with pytest.raises(CannotProtect, match="1 of its answers"):
        applied(pa.table({"w": ["a", "new"]}), [rare_together("w", ["a"], least=1)])


def test_only_what_changes_something_is_offered() -> None:
    table = pa.table({"sex": list("FM") * 20, "age": [str(20 + k) for k in range(40)], "d": ["D1", "D2"] * 20})
    found = offers(table, ["sex", "age", "d"], {"d": {"D1": "R1", "D2": "R2"}}, 3)
    assert {(one.column, one.width) for one in found} == {("age", 2.0), ("age", 5.0), ("age", 10.0)}
