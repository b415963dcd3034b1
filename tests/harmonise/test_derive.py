"""Derived answers follow the kit's rules, and a missing answer is never read as a no."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadRecipe
from datashift.harmonise.derive import derive
from datashift.model import Bounds
from datashift.standards.conditions import all_hold, asked
from datashift.standards.kits import asked_for, at_hand, parse_kit

TEXT = """
id = "ladder"
version = "1.0.0"
title.en = "Ladder"
description.en = "x"
indicator = "6.1.1"
relation = "local"
relation_note.en = "x"
universe = { unit = { en = "household" }, text = { en = "x" } }

[codelists.yes_no]
yes = { label = { en = "Yes" } }
no = { label = { en = "No" } }
dont_know = { label = { en = "Don't know" }, unknown = true }

[concepts.source]
label.en = "Source"
codes = { pipe = { label = { en = "Pipe" } }, well = { label = { en = "Well" } }, river = { label = { en = "River" } } }

[concepts.minutes]
label.en = "Minutes"
kind = "number"
asked_if = { source = ["well", "river"] }

[concepts.enough]
label.en = "Enough"
codelist = "yes_no"

[concepts.clean]
label.en = "Clean"
codelist = "yes_no"

[concepts.litres]
label.en = "Litres"
kind = "number"

[concepts.level]
label.en = "Level"
codes = { near = { label = { en = "Near" } }, far = { label = { en = "Far" } }, open = { label = { en = "Open" } } }
rules = [
    { code = "open", when = { source = ["river"] } },
    { code = "near", when = { source = ["pipe"] } },
    { code = "near", when = { minutes = { most = 30 } } },
    { code = "far", when = { minutes = ["_U"] } },
    { code = "far" },
]

[concepts.good_things]
label.en = "Good things"
kind = "number"
count_of = { enough = ["yes"], clean = ["yes"] }

[concepts.trips]
label.en = "Trip hours a month"
kind = "number"
sum_of = ["minutes", "minutes"]
divided_by = 60.0

[concepts.effort]
label.en = "Litre minutes"
kind = "number"
product_of = ["minutes", "litres"]

[concepts.gain]
label.en = "Litres gained or lost"
kind = "number"
rules = [{ value = "litres", when = { clean = ["yes"] } }, { value = "-litres", when = { clean = ["no"] } }]

[[measures]]
id = "NEAR"
label.en = "Near"
finding.en = "x"
estimator = "proportion"
numerator = { level = ["near"] }
denominator = { level = ["near", "far", "open"] }
"""
KIT = parse_kit(TEXT, "kit.toml")


def answers(**given_: list[object]) -> dict[str, np.ndarray]:
    return {name: np.array(values, dtype=object) for name, values in given_.items()}


def derived(**given_: list[object]) -> dict[str, list[object]]:
    columns = answers(**given_)
    weights = np.ones(len(next(iter(columns.values()))), dtype=object)
    return {name: values.tolist() for name, values in derive(KIT, columns, weights).items()}


def test_the_first_rule_that_holds_decides() -> None:
    found = derived(source=["river", "pipe", "well", "well"], minutes=[5.0, None, 30.0, 30.5])
    assert found["level"] == ["open", "near", "near", "far"]


def test_a_missing_answer_leaves_the_rule_open_and_the_result_missing() -> None:
    assert derived(source=[None], minutes=[None])["level"] == [None]


def test_a_missing_answer_decides_where_the_rule_names_it() -> None:
    # The rule before, on 30 minutes, is open for a missing number: it stops there, and the later rule is not asked.
    assert derived(source=["well"], minutes=[None])["level"] == [None]


def test_a_failed_condition_settles_a_rule_whatever_is_open() -> None:
    columns = answers(source=["pipe"], minutes=[None])
    conditions = {"source": ("well",), "minutes": Bounds(most=30)}
    assert all_hold(conditions, columns, 1).tolist() == [0]


def test_who_does_not_know_has_not_said_no_and_is_not_counted() -> None:
    found = derived(enough=["yes", "yes", "no", "no"], clean=["yes", "dont_know", None, "no"])
    assert found["good_things"] == [2.0, None, None, 0.0]


def test_sums_and_products_are_missing_where_one_part_is() -> None:
    found = derived(source=["well", "well"], minutes=[30.0, None], litres=[2.0, 3.0])
    assert found["trips"] == [1.0, None]
    assert found["effort"] == [60.0, None]


def test_a_rule_can_give_a_number_with_either_sign() -> None:
    assert derived(clean=["yes", "no", "dont_know"], litres=[2.0, 3.0, 4.0])["gain"] == [2.0, -3.0, None]


def test_only_what_its_inputs_allow_is_derived() -> None:
    assert set(derived(source=["well"])) == set()
    assert at_hand(KIT, {"source", "minutes"}) == {"source", "minutes", "level", "trips"}


def test_a_measure_is_followed_back_to_the_questions() -> None:
    assert asked_for(KIT, KIT.measures[0]) == ("source", "minutes")


def test_a_question_is_asked_only_of_those_it_concerns() -> None:
    columns = answers(source=["pipe", "well", None])
    assert asked(KIT, "minutes", columns, 3).tolist() == [False, True, False]
    assert asked(KIT, "enough", columns, 3).tolist() == [True, True, True]


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), min_size=1), st.floats(-50, 50), st.floats(-50, 50))
def test_a_range_holds_exactly_for_the_numbers_in_it(values: list, one: float, other: float) -> None:
    low, high = sorted((one, other))
    truth = all_hold({"x": Bounds(least=low, below=high)}, answers(x=values), len(values))
    assert truth.tolist() == [-1 if v is None else int(low <= v < high) for v in values]


@pytest.mark.parametrize(
    ("spoilt", "instead"),
    [
        ('codelist = "yes_no"', 'codelist = "maybe"'),
        ('code = "open", when', 'code = "shut", when'),
        ('when = { source = ["river"] }', 'when = { source = ["lake"] }'),
        ('when = { source = ["river"] }', "when = { effort = { most = 3 } }"),
        ('sum_of = ["minutes", "minutes"]', 'sum_of = ["hours"]'),
        ("{ most = 30 }", "{ }"),
        ('{ code = "far" }', '{ code = "far", value = 3.0 }'),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_refused(spoilt: str, instead: str) -> None:
    with pytest.raises(BadRecipe):
        parse_kit(TEXT.replace(spoilt, instead), "kit.toml")
