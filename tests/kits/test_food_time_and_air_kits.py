"""Kits on food, time and air: each rule of an answer, case by case."""

from pathlib import Path

import numpy as np
import pytest
from simulate import KITS
from textbook import rows_of

from datashift.errors import DesignError
from datashift.estimation import cells, estimate
from datashift.harmonise.derive import derive
from datashift.inputs import gather
from datashift.pipeline import observations, question, raw_table, set_up
from datashift.standards.kits import shipped_kit

FOODS = (
    "grains_roots", "pulses", "nuts_seeds", "dairy", "meat_fish", "eggs", "dark_green_leaves", "vitamin_a_foods",
    "other_vegetables", "other_fruits",
)  # fmt: skip


def derived(kit_id: str, concept: str, **answers: object) -> object:
    """The derived answer of one row."""
    columns = {}
    for name, value in answers.items():
        columns[name] = np.array([value], dtype=object)
    return derive(shipped_kit(kit_id), columns, np.array([1.0], dtype=object))[concept][0]


# --- minimum dietary diversity ----------------------------------------------------------------------------------------


def diet(eaten: int, **others: object) -> dict[str, object]:
    return {food: "yes" if k < eaten else "no" for k, food in enumerate(FOODS)} | others


@pytest.mark.parametrize(("eaten", "diverse"), [(0, "fewer"), (4, "fewer"), (5, "five_or_more"), (10, "five_or_more")])
def test_a_diet_is_diverse_from_the_fifth_of_ten_groups_on(eaten: int, diverse: str) -> None:
    assert derived("minimum-dietary-diversity-women", "food_groups", **diet(eaten)) == eaten
    assert derived("minimum-dietary-diversity-women", "diverse", **diet(eaten)) == diverse


@pytest.mark.parametrize("unsure", ["dont_know", "refused", None])
def test_a_woman_who_is_not_sure_of_a_group_has_no_number_of_groups(unsure: str | None) -> None:
    answers = diet(6, other_fruits=unsure)
    assert derived("minimum-dietary-diversity-women", "food_groups", **answers) is None
    assert derived("minimum-dietary-diversity-women", "diverse", **answers) is None


def test_the_ten_groups_are_those_of_the_definition_and_none_counts_twice() -> None:
    kit = shipped_kit("minimum-dietary-diversity-women")
    assert tuple(kit.concepts["food_groups"].count_of) == FOODS
    assert (kit.concepts["age"].least, kit.concepts["age"].most) == (15, 49)


@pytest.mark.parametrize(
    ("answers", "animal"),
    [
        ({"dairy": "no", "meat_fish": "no", "eggs": "no"}, "not_eaten"),
        ({"dairy": "dont_know", "meat_fish": "no", "eggs": "yes"}, "eaten"),
        ({"dairy": "dont_know", "meat_fish": "no", "eggs": "no"}, None),
        ({"dairy": "no", "meat_fish": None, "eggs": "yes"}, None),
    ],
)
def test_one_animal_food_is_enough(answers: dict[str, object], animal: str | None) -> None:
    assert derived("minimum-dietary-diversity-women", "animal_food", **diet(0, **answers)) == animal


# --- unpaid work ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("house", "care", "share"),
    [(0, 0, 0.0), (180, 60, 240 / 1440), (1440, 0, 1.0), (1000, 441, None), (None, 60, None), (60, None, None)],
)
def test_unpaid_work_is_a_share_of_24_hours_and_never_more(house: float, care: float, share: float | None) -> None:
    found = derived("unpaid-care-time", "unpaid_share", domestic_minutes=house, care_minutes=care)
    assert found == (None if share is None else pytest.approx(share))


def test_the_parts_of_a_day_that_is_too_long_do_not_count_either() -> None:
    long = {"domestic_minutes": 1000.0, "care_minutes": 500.0}
    assert derived("unpaid-care-time", "domestic_share", **long) is None
    assert derived("unpaid-care-time", "care_share", **long) is None


def test_diary_and_memory_never_stand_in_one_figure() -> None:
    for measure in shipped_kit("unpaid-care-time").measures:
        assert len(measure.denominator["instrument"]) == 1, measure.id


def test_people_who_did_nothing_count_with_zero(own_home: Path) -> None:
    rows = rows_of((KITS / "unpaid-care-time" / "example.csv").read_text("utf-8"))
    zeros = [r for r in rows if r["domestic_minutes"] == r["care_minutes"] == "0" and r["instrument"] == "diary"]
    assert zeros
    setting = set_up(gather(KITS / "unpaid-care-time" / "recipe.toml", own_home))
    table = observations(setting, raw_table(setting)[0]).observations
    idle = [share for share in table["unpaid_share"].to_pylist() if share == 0]
    assert len(idle) >= len(zeros)


@pytest.mark.parametrize(
    ("age", "group"), [(15, "y15_24"), (24, "y15_24"), (25, "y25_44"), (45, "y45_54"), (64, "y55_64"), (65, "y65")]
)
def test_age_groups_are_those_of_the_indicator(age: float, group: str) -> None:
    assert derived("unpaid-care-time", "age_group", age=age) == group


# --- particles in the air ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "level"),
    [(0.0, "recommended"), (15.0, "recommended"), (15.01, "raised"), (75.0, "raised"), (75.1, "very_high")],
)
def test_a_day_at_the_guideline_is_not_above_it(mean: float, level: str) -> None:
    assert derived("particulate-matter", "level", pm25=mean) == level


def test_the_rule_of_complete_hours_and_days_is_named_with_its_source() -> None:
    rule = shipped_kit("particulate-matter").readings
    assert (rule.least_of_hour, rule.least_hours, rule.least_of_days) == (0.75, 18, 0.75)
    assert "40 CFR part 50, appendix N" in rule.source


def test_the_mean_of_the_example_weighs_each_place_by_its_people(own_home: Path) -> None:
    setting = set_up(gather(KITS / "particulate-matter" / "recipe.toml", own_home))
    table = observations(setting, raw_table(setting)[0]).observations
    people, dust = (np.array(table[name].to_pylist()) for name in ("weight", "pm25"))
    found = estimate(cells(table, setting.measures), question(setting))
    mean = next(e for e in found if (e.measure, e.area, e.breakdown) == ("PM25_MEAN", "ZZ", ()))
    assert mean.value == pytest.approx((people * dust).sum() / people.sum())
    assert (mean.n, mean.unit) == (60, "GPERM3")


# --- food insecurity --------------------------------------------------------------------------------------------------

ITEMS = ("worried", "unhealthy", "few_foods", "skipped", "ate_less", "ran_out", "hungry", "whole_day")


def test_the_two_levels_are_cut_at_the_severities_of_eating_less_and_of_a_whole_day_without_food() -> None:
    kit = shipped_kit("food-insecurity-experience")
    moderate, severe = kit.concepts["moderate_or_severe"].scale, kit.concepts["severe"].scale
    assert (moderate.threshold, severe.threshold) == ("ate_less", "whole_day")
    assert moderate.items == severe.items
    assert tuple(moderate.items) == ITEMS
    # RM.weights 2.0, R/equating.fun.r: the standard of 2014-2016.
    published = [-1.2230564, -0.8471210, -1.1056616, 0.3509848, -0.3117999, 0.5065051, 0.7546138, 1.8755353]
    assert list(moderate.items.values()) == published
    assert (moderate.tolerance, moderate.least_common) == (0.35, 4)


def test_whoever_left_one_question_open_does_not_count_in_either_figure(own_home: Path) -> None:
    setting = set_up(gather(KITS / "food-insecurity-experience" / "recipe.toml", own_home))
    table = observations(setting, raw_table(setting)[0]).observations.to_pylist()
    for row in table:
        clear = all(row[item] in ("yes", "no") for item in ITEMS)
        assert (row["moderate_or_severe"] is not None) == (row["severe"] is not None) == clear
        if clear:
            assert 0 <= row["severe"] <= row["moderate_or_severe"] <= 1
        if clear and all(row[item] == "no" for item in ITEMS):
            assert row["moderate_or_severe"] == 0


def test_a_survey_of_too_few_people_says_so_instead_of_giving_a_figure(own_home: Path) -> None:
    setting = set_up(gather(KITS / "food-insecurity-experience" / "recipe.toml", own_home))
    few = raw_table(setting)[0].slice(0, 60)
    with pytest.raises(DesignError, match="at least 100 are needed"):
        observations(setting, few)
