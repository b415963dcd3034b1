"""Gaps: their size, their age, and the chance that one more survey changes the label."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from datashift.coverage import COUNTED, Coverage, Gap, Survey, gaps, matrix, people_of_table, plan
from datashift.coverage.chance import Prospect, prospect
from datashift.errors import BadCoverage
from datashift.model import Target
from datashift.standards.framework import framework

UP = Target(value=100.0, year=2030, direction="up", source="a test", rule="at_least 100 PT")
BLANK: dict[str, Any] = {
    "side": "official", "indicator": "6.1.1", "series": "SH_H2O_SAFE", "area": "KE", "area_name": "Kenya",
    "breakdown": "", "producer": "UNSD", "nature": "C", "status": "A", "relation": "same", "se": None, "unit": "PT",
}  # fmt: skip


def covered(
    *rows: dict[str, Any], indicators: tuple[str, ...] = ("6.1.1",), areas: tuple[str, ...] = ("KE",)
) -> Coverage:
    table = pa.Table.from_pylist([BLANK | row for row in rows], schema=COUNTED)
    return matrix(table, framework(), indicators=indicators, areas=areas, years=(2015, 2023))


def history(values: dict[int, float], **more: Any) -> list[dict[str, Any]]:
    return [{"year": year, "value": value, **more} for year, value in values.items()]


SLOW = {2015: 60.0, 2016: 60.8, 2017: 61.5, 2018: 62.4, 2019: 63.1}


def everybody(found: list[Gap], area: str = "KE") -> Gap:
    return next(gap for gap in found if gap.group == "" and gap.area == area)


def test_a_group_counted_in_the_last_year_is_no_gap_and_a_modelled_year_does_not_help():
    assert all(gap.group for gap in gaps(covered({"year": 2023, "value": 50.0})))
    stale = everybody(gaps(covered({"year": 2018, "value": 50.0}, {"year": 2023, "value": 51.0, "nature": "M"})))
    assert (stale.last, stale.by, stale.stale, stale.modelled) == (2018, "official", 5, 2023)


def test_what_was_never_counted_has_no_age_and_any_answer_is_news():
    gap = everybody(gaps(covered()))
    assert (gap.last, gap.stale, gap.chance, gap.why) == (None, None, 1.0, "never")
    assert gap.kit == "drinking-water-ladder"


def test_an_unknown_size_is_said_and_not_guessed():
    found = gaps(covered(), people={("KE", "SEX=F"): 24e6})
    assert everybody(found).people is None
    assert everybody(found).expected is None
    assert (found[0].group, found[0].expected) == ("SEX=F", 24e6)


def test_known_sizes_rank_by_people_whose_label_changes_and_ties_by_age():
    rows = [*history(SLOW), {"area": "TZ", "year": 2016, "value": 1.0}, {"area": "NP", "year": 2010, "value": 1.0}]
    coverage = covered(*rows, areas=("KE", "TZ", "NP", "AR"))
    people = {("KE", ""): 50e6, ("AR", ""): 1e6, ("TZ", ""): 58e6, ("NP", ""): 29e6}
    found = [gap for gap in gaps(coverage, people=people) if not gap.group]
    known = [gap.expected for gap in found if gap.expected is not None]
    assert known == sorted(known, reverse=True)
    assert [gap.people for gap in found if gap.chance is None] == sorted(
        (gap.people or 0 for gap in found if gap.chance is None), reverse=True
    )


def test_breakdowns_are_no_group_of_people():
    assert not {gap.group for gap in gaps(covered())} & {"AGE", "EDUCATION_LEV", "OCCUPATION"}


def test_interviews_cannot_count_forests():
    [gap] = gaps(covered(indicators=("15.1.1",)))
    assert (gap.chance, gap.why) == (None, "no-interview")


def test_what_was_counted_in_other_units_or_in_its_parts_is_not_called_never_counted():
    deaths = {"indicator": "16.1.1", "series": "VC_IHR_PSRC", "unit": "PER_100000_POP"}
    [gap] = [gap for gap in gaps(covered(*history(SLOW, **deaths), indicators=("16.1.1",))) if not gap.group]
    assert (gap.last, gap.chance, gap.why) == (2019, None, "not-a-share")
    parts = [row for sex in "FM" for row in history(SLOW, breakdown=f"SEX={sex}")]
    assert (everybody(gaps(covered(*parts))).last, everybody(gaps(covered(*parts))).why) == (2019, "no-figure")
    town = everybody(gaps(covered({"area": "KE-30", "year": 2019, "value": 80.0})))
    assert (town.last, town.part, town.chance, town.why) == (None, 2019, None, "no-figure")


def test_what_is_hidden_is_not_called_never_counted():
    gap = everybody(gaps(covered({"year": 2019, "value": None, "status": "Q"})))
    assert (gap.last, gap.chance, gap.why) == (None, None, "hidden")


def test_everything_that_the_chance_rests_on_is_shown():
    gap = everybody(gaps(covered(*history(SLOW))))
    assert (gap.rule, gap.series, gap.value, gap.value_year) == ("un-chart", "SH_H2O_SAFE", 63.1, 2019)
    assert gap.target is not None
    assert gap.label in ("stagnation_or_regression", "fair_progress")
    assert gap.chance is not None
    assert 0 <= gap.chance <= 1
    data = json.loads(json.dumps(gap.as_dict(), allow_nan=False))
    assert data["target"]["value"] == 100
    assert "prospect" not in data


def test_no_chance_is_given_where_the_parts_of_an_indicator_want_different_ways_or_nothing_is_wanted():
    assert not framework().entry("5.a.1").direction
    land = {"indicator": "5.a.1", "series": "NOT_KNOWN"}
    rows = [*history(SLOW, **land), *history(SLOW, **land, breakdown="SEX=F")]
    gap = everybody(gaps(covered(*rows, indicators=("5.a.1",))))
    assert (gap.chance, gap.why) == (None, "no-target")


def test_a_series_that_runs_against_its_indicator_has_a_target_of_its_own():
    gap = everybody(gaps(covered(*history(SLOW, indicator="6.2.1", series="SH_SAN_DEFECT"), indicators=("6.2.1",))))
    assert gap.target is not None
    assert (gap.target.value, gap.target.direction) == (0.0, "down")


# --- the value of one more survey -------------------------------------------------------------------------------------


def prospect_of(values: dict[int, float], target: Target = UP) -> Prospect:
    found = prospect([float(year) for year in values], list(values.values()), target, 2023)
    assert isinstance(found, Prospect)
    return found


def test_a_larger_survey_tells_at_least_as_much_and_a_tiny_one_nothing():
    found = prospect_of(SLOW)
    chances = [found.chance(Survey(n, 1.5)) for n in (1, 50, 400, 5000)]
    assert chances[0] < 0.02
    assert all(late >= early - 0.02 for early, late in pairwise(chances))
    assert chances[-1] > chances[0]


def test_a_census_tells_what_is_foretold_of_the_label():
    found = prospect_of(SLOW)
    labels = found.labels(found.values)
    today = found.labels(found.values.mean(keepdims=True))[0]
    assert found.chance(Survey(10**9, 1.0)) == pytest.approx((labels != today).mean(), abs=0.01)


def test_a_wide_design_is_worth_as_much_as_fewer_interviews():
    found = prospect_of(SLOW)
    assert found.chance(Survey(400, 4.0)) == pytest.approx(found.chance(Survey(100, 1.0)), abs=1e-9)


def test_far_from_every_border_a_survey_changes_nothing():
    falling = {year: 60.0 - 2 * (year - 2015) for year in range(2015, 2023)}
    assert prospect_of(falling).label == "stagnation_or_regression"
    assert prospect_of(falling).chance(Survey()) < 0.05


def test_no_target_and_no_direction_is_a_reason_not_a_number():
    nothing = Target(value=None, year=2030, direction="", source="a test")
    assert isinstance(prospect([2015.0, 2016.0], [40.0, 41.0], nothing, 2023), str)


@pytest.mark.parametrize("wrong", [(0, 1.5), (400, 0.0), (400, float("nan")), (400, float("inf"))])
def test_a_survey_that_nobody_can_make_is_refused(wrong: tuple[int, float]) -> None:
    with pytest.raises(BadCoverage) as refused:
        Survey(*wrong)
    assert refused.value.code == "coverage.survey"


# --- where to spend interviews ----------------------------------------------------------------------------------------


def test_interviews_go_where_most_people_get_a_new_label_and_no_more_is_spent_than_there_is():
    coverage = covered(*history(SLOW), areas=("KE", "TZ"))
    found = gaps(coverage, people={("KE", ""): 50e6, ("TZ", ""): 58e6})
    planned = plan(found, 1000)
    assert planned[0].gap.area == "TZ"
    assert (planned[0].interviews, planned[0].chance) == (200, 1.0)
    assert sum(one.interviews for one in planned) <= 1000
    assert [one.expected for one in planned] == sorted((one.expected for one in planned), reverse=True)
    assert [one.gap.area for one in plan(found, 200)] == ["TZ"]


def test_too_few_interviews_or_unknown_sizes_give_no_plan():
    found = gaps(covered())
    assert plan(found, 1000) == []
    assert plan(gaps(covered(), people={("KE", ""): 5e7}), 100) == []


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_are_read_by_country_and_group():
    table = pa.table(
        {"_row": [2, 3], "area": ["Kenya", "TZ-01"], "people": ["47 564 296", "1694310"], "group": ["", "SEX=F"]}
    )
    assert people_of_table(table, "people.csv") == {("KE", ""): 47564296.0, ("TZ-01", "SEX=F"): 1694310.0}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"place": ["KE"], "people": ["1"]}, "coverage.column"),
        ({"area": ["KE"], "people": ["many"]}, "coverage.people"),
        ({"area": ["KE"], "people": ["-4"]}, "coverage.people"),
        ({"area": ["KE"], "people": ["4"], "group": ["SEX=W"]}, "coverage.group"),
    ],
)
def test_a_table_of_people_that_cannot_be_used_says_how_to_repair_it(columns: dict[str, list[str]], code: str) -> None:
    with pytest.raises(BadCoverage) as refused:
        people_of_table(pa.table(columns), "people.csv")
    assert refused.value.code == code
    assert "{" not in str(refused.value)
