"""The effort behind counts: missing, outside what was agreed, and counts that are far too many for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datashift.assess import sentence

PROTOCOL = {"effort": {"minutes": {"least": 10, "most": 240}}}


def beaches(survey: Any, n: int = 200, seed: int = 3) -> dict[str, list[Any]]:
    """Counts that grow with the minutes that people searched, as uneven as litter is."""
    columns = survey.clean(n)
    draw = np.random.default_rng(seed)
    minutes = draw.integers(20, 200, n)
    columns["minutes"] = [str(v) for v in minutes]
    columns["persons"] = [str(v) for v in draw.negative_binomial(0.8, 0.8 / (0.8 + minutes / 4))]
    return columns


def found(survey: Any, columns: dict[str, list[Any]], **changes: Any) -> dict[str, Any]:
    told = survey.check(columns, **{"protocol": PROTOCOL, **changes})
    return {one.code: one for one in told if one.check == "K34"}


def test_honest_counts_with_their_effort_are_left_alone(survey):
    false = sum(bool(found(survey, beaches(survey, 60, seed))) for seed in range(40))
    assert false <= 4


def test_missing_effort_is_found(survey):
    columns = beaches(survey)
    columns["minutes"][5], columns["minutes"][6] = "", "long"
    told = found(survey, columns)["assess.no-effort"]
    assert told.rows == (7, 8)
    assert told.facts["share"] == 1.0
    assert "{" not in sentence(told)


def test_effort_outside_what_was_agreed_is_found(survey):
    columns = beaches(survey)
    columns["minutes"][5], columns["minutes"][6], columns["minutes"][7] = "9", "241", "240"
    told = found(survey, columns)["assess.effort-outside"]
    assert told.rows == (7, 8)
    assert (told.facts["below"], told.facts["above"]) == (1, 1)


@pytest.mark.parametrize(("bounds", "expected"), [({"above": 0}, (3,)), ({"below": 30}, (2,)), ({"most": 30}, ())])
def test_open_bounds_do_not_belong_to_what_was_agreed(survey, bounds, expected):
    columns = beaches(survey)
    columns["minutes"] = ["30", "0", *["20"] * 198]
    told = found(survey, columns, protocol={"effort": {"minutes": bounds}})
    assert told["assess.effort-outside"].rows == expected if expected else "assess.effort-outside" not in told


def test_a_count_that_is_far_too_high_for_its_effort_is_found(survey):
    columns = beaches(survey)
    columns["persons"][9], columns["minutes"][9] = "4900", "20"
    told = found(survey, columns)["assess.much-for-effort"]
    assert told.rows == (11,)
    assert told.p_adjusted <= 0.05
    assert "{" not in sentence(told)


def test_a_survey_without_effort_is_not_asked_for_it(survey):
    assert found(survey, beaches(survey), protocol={}) == {}
    assert found(survey, beaches(survey), protocol={"effort": {"metres": {"least": 1}}}) == {}
