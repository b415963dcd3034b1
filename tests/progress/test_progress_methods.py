"""The other methods, worked by hand: UN chart, SDSN arrows, ESCAP, trend; and what they have in common."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import datashift.progress
from datashift.errors import BadProgress, BadSeries, TooThin
from datashift.language import speaking
from datashift.model import Observation, Target, TimeSeries
from datashift.progress import METHODS, Progress, Rules, progress, wording
from datashift.progress.agreement import SAID


def judged(
    points: dict[int, float], target: float | None, direction: str = "", rule: str = "", **asked: object
) -> Progress:
    columns = (list(points), list(points.values()), None)
    return progress(columns, Target(target, 2030, direction, "test", rule), **{"draws": 400, **asked})


# --- UN Progress Chart -----------------------------------------------------------------------------------------------


def test_the_un_chart_takes_the_share_of_the_change_there_in_2030() -> None:
    found = judged({2015: 40, 2020: 50}, 100, "up")["un-chart"]
    # 50 × 1.25² = 78.125 in 2030: 38.125 of the 60 needed.
    assert found.number == pytest.approx(38.125 / 60)
    assert found.code == "fair_progress"
    assert found.more["then"] == pytest.approx(78.125)


@pytest.mark.parametrize(
    ("points", "target", "direction", "code"),
    [
        ({2015: 40, 2020: 60}, 100, "up", "on_track_or_met"),
        ({2015: 40, 2020: 40.5}, 100, "up", "stagnation_or_regression"),
        ({2015: 40, 2020: 30}, 100, "up", "stagnation_or_regression"),
        ({2015: 60, 2020: 40}, 20, "down", "on_track_or_met"),
        ({2015: 60, 2020: 55}, 20, "down", "fair_progress"),
        ({2015: 100, 2020: 100 * 1.02**5 + 1e-9}, None, "up", "on_track_or_met"),
        ({2015: 100, 2020: 100 * 1.01**5}, None, "up", "fair_progress"),
        ({2015: 100, 2020: 100 * 1.004**5}, None, "up", "stagnation_or_regression"),
        ({2015: 100, 2020: 100 * 0.98**5 - 1e-9}, None, "down", "on_track_or_met"),
        ({2015: 100, 2020: 100 * 0.99**5}, None, "down", "fair_progress"),
        ({2015: 100, 2020: 101}, None, "down", "stagnation_or_regression"),
        ({2015: 120, 2020: 110}, 100, "up", "on_track_or_met"),
    ],
)
def test_the_three_classes_of_the_un_chart(
    points: dict[int, float], target: float | None, direction: str, code: str
) -> None:
    assert judged(points, target, direction, unit="U")["un-chart"].code == code


def test_within_one_point_of_0_or_100_per_cent_counts_as_met() -> None:
    assert judged({2015: 99.3, 2020: 99.1}, 100, "up", unit="PT")["un-chart"].code == "on_track_or_met"
    assert judged({2015: 99.3, 2020: 98.9}, 100, "up", unit="PT")["un-chart"].code == "stagnation_or_regression"
    assert judged({2015: 0.6, 2020: 0.9}, 0, "down", unit="PT")["un-chart"].code == "on_track_or_met"
    assert judged({2015: 0.6, 2020: 0.9}, 0, "down", unit="PT")["open-sdg"].code == "deterioration"


def test_a_zero_target_needs_no_stand_in_with_the_un_chart_nor_with_sdsn() -> None:
    found = judged({2015: 40, 2020: 30}, 0, "down")
    # 30 × 0.75² = 16.875 in 2030.
    assert found["un-chart"].number == pytest.approx((40 - 16.875) / 40)
    assert found["sdsn"].number == pytest.approx((10 / 5) / (40 / 15))
    assert found["open-sdg"].code == "limited_progress"


def test_a_base_year_beyond_the_target_would_turn_the_share_of_the_un_chart_round() -> None:
    found = judged({2015: 90, 2020: 80}, 85, "up")
    assert found["un-chart"].reason.code == "base-beyond"
    assert found["open-sdg"].code == "deterioration"
    assert found["sdsn"].code == "decreasing"


def test_without_a_year_from_2015_the_un_chart_goes_back_as_eustat_does() -> None:
    found = judged({2008: 40, 2012: 50}, 100, "up")
    assert found["un-chart"].number is not None
    assert found["open-sdg"].reason.code == "one-year-since"


def test_the_five_classes_need_cut_offs_that_somebody_states() -> None:
    points = {2015: 40, 2020: 50}
    silent = judged(points, 100, "up")["un-five"]
    assert silent.code == ""
    assert "not published" in silent.reason.sentence
    rules = Rules(five=(0.9, 0.5, 0.1, -0.1), five_measure="change", sources={"un-five": "our choice"})
    told = judged(points, 100, "up", rules=rules)["un-five"]
    assert told.code == "moderate"
    assert told.source == "our choice"
    growth = judged(points, 100, "up", rules=Rules(five=(0.9, 0.5, 0.1, -0.1), five_measure="growth"))["un-five"]
    assert growth.number == pytest.approx((1.25**0.2 - 1) / (2.5 ** (1 / 15) - 1))


# --- SDSN ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "code"),
    [(61, "on_track_or_maintaining"), (59, "moderately_improving"), (49, "stagnating"), (40, "stagnating"),
     (39, "decreasing"), (101, "on_track_or_maintaining")],
)  # fmt: skip
def test_sdsn_compares_equal_yearly_steps(last: float, code: str) -> None:
    # From 40 in 2015 to 100 in 2030: 4 a year, so 60 in 2020.
    found = judged({2015: 40, 2020: last}, 100, "up")["sdsn"]
    assert found.code == code
    if last < 100:
        assert found.number == pytest.approx((last - 40) / 20)


def test_sdsn_is_the_same_on_any_linear_scale_and_takes_a_stated_threshold() -> None:
    one = judged({2015: 40, 2020: 50}, 100, "up")["sdsn"]
    other = judged({2015: 3 - 0.5 * 40, 2020: 3 - 0.5 * 50}, 3 - 0.5 * 100, "down")["sdsn"]
    assert other.number == pytest.approx(one.number)
    green = judged({2015: 40, 2020: 50}, 100, "up", rules=Rules(green=70.0))["sdsn"]
    assert green.number == pytest.approx(10 / 5 / (30 / 15))
    assert "green-is-target" in {note.code for note in one.notes}
    assert "green-is-target" not in {note.code for note in green.notes}


# --- ESCAP -----------------------------------------------------------------------------------------------------------


def test_escap_gives_no_number_without_weights_and_no_label_without_cut_offs() -> None:
    points = {2000: 20, 2010: 30, 2015: 40, 2020: 50}
    silent = judged(points, 100, "up")["escap"]
    assert silent.number is None
    assert silent.reason.code == "weights-unknown"
    weighed = judged(points, 100, "up", rules=Rules(weights="inverse-distance"))["escap"]
    years, values = np.array([2000, 2010, 2015, 2020.0]), np.array([20, 30, 40, 50.0])
    slope, start = np.polyfit(years - 2015, values, 1, w=np.sqrt(30 / (2030 - years)))
    assert weighed.more["then"] == pytest.approx(start + 15 * slope)
    assert weighed.number == pytest.approx((start + 15 * slope - 40) / 60)
    assert weighed.code == ""
    assert {note.code for note in weighed.notes} == {"no-cutoffs-escap"}
    named = judged(points, 100, "up", rules=Rules(weights="equal", maintain=0.9, accelerate=0.0))["escap"]
    assert named.code == "accelerate"
    assert sum(named.probabilities.values()) == pytest.approx(1)


def test_escaps_current_status_is_a_tenth_of_the_way_at_a_time() -> None:
    found = judged({2015: 40, 2020: 50}, 100, "up")["escap-status"]
    assert found.number == pytest.approx(10 * 10 / 60)
    assert found.more["due"] == pytest.approx(10 / 3)
    assert judged({2015: 40, 2020: 20}, 20, "down")["escap-status"].number == 10
    assert judged({2015: 40, 2020: 50}, 20, "down")["escap-status"].number == pytest.approx(-5)


# --- trend -----------------------------------------------------------------------------------------------------------


def test_the_trend_reaches_the_target_with_the_probability_of_its_t_distribution() -> None:
    years = np.array([2010, 2012, 2014, 2016, 2018, 2020.0])
    values = np.array([30, 33.5, 35, 39.5, 42, 43.5])
    found = progress((years, values, None), Target(60, 2030, "up", "x"), unit="U", lower=0, upper=100)["trend"]
    y = np.log(values / (100 - values))
    fit = stats.linregress(years, y)
    sigma = math.sqrt(((y - fit.intercept - fit.slope * years) ** 2).sum() / 4)
    far = (2030 - years.mean()) ** 2 / ((years - years.mean()) ** 2).sum()
    sd = sigma * math.sqrt(1 + 1 / 6 + far)
    goal = math.log(60 / 40)
    assert found.reached == pytest.approx(stats.t.sf((goal - fit.intercept - fit.slope * 2030) / sd, 4))


def test_without_a_target_the_trend_says_how_sure_the_way_is() -> None:
    found = judged({2015: 10, 2016: 12, 2017: 11, 2018: 14, 2019: 15}, None, "up", unit="U")["trend"]
    assert found.code == "right_way"
    assert 0.9 < found.probability < 1
    other = judged({2015: 10, 2016: 12, 2017: 11, 2018: 14, 2019: 15}, None, "down", unit="U")["trend"]
    assert other.code == "wrong_way"
    assert other.probability == pytest.approx(found.probability)


# --- worked examples -------------------------------------------------------------------------------------------------


def test_two_years_without_errors_have_labels_but_no_probabilities() -> None:
    found = judged({2015: 40, 2020: 50}, 100, "up", unit="PT")
    assert found["open-sdg"].code
    assert all(not label.probabilities for label in found.labels if label.method != "trend")
    assert "two-years" in {note.code for note in found.notes}
    assert found["trend"].reached is None
    # Others' history still tells how such series went on.
    assert 0 < found.reached["outlook"] < 0.5


def test_two_years_with_errors_have_probabilities() -> None:
    found = progress(([2015, 2020], [40.0, 50.0], [3.0, 3.0]), Target(100, 2030, "up", "x"), unit="PT")
    chance = found["sdsn"].probabilities
    # Steps needed: from 40 on, 4 a year; the change so far is 10 ± 4.24, needed for half the pace about 10.
    assert 0.3 < chance["stagnating"] < 0.6
    assert 0.3 < chance["moderately_improving"] + chance["on_track_or_maintaining"] < 0.7
    assert sum(chance.values()) == pytest.approx(1)


def test_a_share_near_its_limit_stays_below_100_when_it_is_drawn_again() -> None:
    points = {2015: 96.0, 2017: 97.5, 2019: 97.0, 2021: 97.2}
    found = judged(points, 100, "up", unit="PT")
    assert found["open-sdg"].code == "moderate_progress"
    assert found["open-sdg"].probabilities["target_achieved"] == 0
    assert found["un-chart"].probabilities["on_track_or_met"] >= found["open-sdg"].probabilities["substantial_progress"]
    assert found["trend"].number < 100
    assert found.outlook["upper"] <= 100


def test_gaps_do_no_harm_and_are_named() -> None:
    found = judged({2000: 20, 2007: 25, 2016: 31, 2022: 36}, 100, "up", unit="PT")
    gaps = next(defect for defect in found["open-sdg"].defects if defect.code == "gaps")
    assert gaps.facts["years"] == (2017, 2018, 2019, 2020, 2021)
    assert found.base_year == 2016


def test_methods_that_differ_say_why_in_terms_of_concepts() -> None:
    level = judged({2015: 99.5, 2018: 99.3, 2021: 99.1}, 100, "up", unit="PT")
    assert "count a target that is met today" in level.agreement
    ends = judged({2000: 10, 2005: 20, 2010: 30, 2015: 40, 2019: 50, 2020: 39}, 100, "up", unit="U")
    assert "first and the last year only" in ends.agreement
    same = judged({2010: 30, 2015: 40, 2018: 60, 2020: 72}, 70, "up", unit="U")
    assert "point the same way" in same.agreement


def test_what_cannot_be_judged_at_all_is_refused_in_words() -> None:
    with pytest.raises(BadProgress) as why:
        judged({2015: 1, 2020: 2}, None)
    assert why.value.code == "progress.direction"
    with pytest.raises(TooThin):
        judged({2015: 1}, 5)
    with pytest.raises(BadSeries):
        progress(([2015, 2015], [1.0, 2.0], None), Target(5, 2030, "up", "x"))


# --- properties ------------------------------------------------------------------------------------------------------

SERIES = st.dictionaries(st.integers(2012, 2026), st.floats(1, 99), min_size=3, max_size=8).filter(
    lambda points: sum(year >= 2015 for year in points) > 1
)
AIMS = st.one_of(st.none(), st.floats(2, 98))
FREE = Rules(
    weights="inverse-distance", maintain=0.9, accelerate=0.1, five=(0.9, 0.5, 0.1, -0.1), five_measure="change"
)


@settings(max_examples=40, deadline=None)
@given(SERIES, AIMS)
def test_probabilities_sum_to_one(points: dict[int, float], target: float | None) -> None:
    found = judged(points, target, "up", unit="PT", rules=FREE)
    for label in found.labels:
        if label.probabilities:
            assert sum(label.probabilities.values()) == pytest.approx(1)
            assert all(0 <= chance <= 1 for chance in label.probabilities.values())
        assert bool(label.code) != bool(label.reason) or label.method == "escap-status"
    assert all(0 <= chance <= 1 for chance in found.reached.values())


@settings(max_examples=40, deadline=None)
@given(SERIES, AIMS, st.sampled_from(["up", "down"]), st.floats(0.01, 1000))
def test_another_unit_changes_no_label(
    points: dict[int, float], target: float | None, direction: str, factor: float
) -> None:
    one = judged(points, target, direction, unit="U", rules=FREE)
    scaled = {year: factor * value for year, value in points.items()}
    other = judged(scaled, None if target is None else factor * target, direction, unit="U", rules=FREE)
    for label in one.labels[:-1]:
        twin = other[label.method]
        if label.number is not None and twin.number is not None:
            assert twin.number == pytest.approx(label.number, rel=1e-6, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(SERIES, st.floats(2, 98), st.sampled_from(["up", "down"]))
def test_steps_and_lines_are_the_same_in_the_mirror(points: dict[int, float], target: float, direction: str) -> None:
    one = judged(points, target, direction, unit="PT", rules=FREE)
    mirrored = {year: 100 - value for year, value in points.items()}
    other = judged(mirrored, 100 - target, "down" if direction == "up" else "up", unit="PT", rules=FREE)
    for method in ("sdsn", "escap", "escap-status"):
        if one[method].number is not None:
            assert other[method].number == pytest.approx(one[method].number, rel=1e-6, abs=1e-6)
    # Growth is not symmetric: a defect of rates of growth that no rule of theirs mentions.
    assert other.met == one.met or math.isclose(list(points.values())[-1], target, abs_tol=1e-9)


@settings(max_examples=40, deadline=None)
@given(SERIES, st.floats(2, 98))
def test_the_growth_of_the_reciprocal_mirrors_its_signs(points: dict[int, float], target: float) -> None:
    one = judged(points, None, "up", unit="U")["open-sdg"]
    other = judged(points, None, "down", unit="U")["open-sdg"]
    assert one.number == pytest.approx(-other.number)
    assert target > 0


@settings(max_examples=40, deadline=None)
@given(SERIES, st.floats(2, 98), st.sampled_from(["up", "down"]))
def test_a_target_that_is_met_is_never_regression_in_the_un_chart(
    points: dict[int, float], target: float, direction: str
) -> None:
    found = judged(points, target, direction, unit="PT", rules=FREE)
    if found.met:
        assert found["un-chart"].code == "on_track_or_met"
        assert found["un-five"].code == "on_track"


# --- words -----------------------------------------------------------------------------------------------------------


def test_every_method_label_and_remark_has_words() -> None:
    for method in METHODS:
        assert wording.concept(method.name)
        assert wording.name(method.name)
        assert all(wording.label_text(code) for code in method.labels)
        assert len(method.labels) == len(method.tones)
    for text in (*wording.REMARKS.values(), *SAID.values(), *wording.CONCEPTS.values()):
        assert not re.search(r"% [sdiof]", text)


def test_facts_are_said_in_the_digits_of_the_reader() -> None:
    found = judged({2015: 50, 2016: 60, 2019: 58, 2020: 80}, 100, "up")["open-sdg"]
    with speaking("ne"):
        assert "२०१५" in found.defects[0].sentence


def test_a_series_brings_its_own_unit_breaks_and_nature() -> None:
    seen = tuple(
        Observation(str(year), value, nature="M") for year, value in ((2015, 40.0), (2018, 47.0), (2020, 48.0))
    )
    series = TimeSeries(
        "official", "6.1.1", "SH_H2O_SAFE", {"en": "Water"}, "JMP", "2024", "KE", "Kenya", "PT", seen,
        breaks=(("2018", "another survey."),),
    )  # fmt: skip
    found = progress(series, Target(100, 2030, "up", "x"), draws=200)
    told = {note.code: note.sentence for note in found.notes}
    assert "modelled" in told
    assert told["break"].startswith("Method or extent changed in 2018: another survey.")
    assert found.unit == "PT"
    assert found.as_dict()["methods"][0]["concept"]


def test_published_bounds_stand_in_for_missing_errors() -> None:
    seen = tuple(Observation(str(year), value, lower=value - 3.92, upper=value + 3.92) for year, value in
                 ((2015, 40.0), (2018, 47.0), (2020, 48.0)))  # fmt: skip
    series = TimeSeries("official", "3.2.1", "SH_DYN_MORT", {"en": "U5"}, "IGME", "2024", "KE", "Kenya", "U", seen)
    found = progress(series, Target(25, 2030, "down", "x"), draws=200)
    assert found.se == pytest.approx([2, 2, 2], rel=1e-3)
    assert "bounds-read" in {note.code for note in found.notes}


def test_every_remark_has_a_sentence_and_every_sentence_a_use() -> None:
    folder = Path(datashift.progress.__file__).parent
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "wording.py")
    used = {code for code in wording.REMARKS if f'"{code}"' in text}
    assert set(wording.REMARKS) - used == {"shape-parity", "shape-around", "shape-floor"}


def test_zero_is_reached_when_a_figure_would_be_rounded_to_it() -> None:
    whole = judged({2015: 40, 2018: 20, 2020: 8}, 0, "down")
    exact = judged({2015: 40.0001, 2018: 20.0001, 2020: 8.0001}, 0, "down")
    assert whole.reached["trend"] > exact.reached["trend"]
    assert "zero-rounds" in {note.code for note in whole.notes}


def test_parity_needs_values_above_zero() -> None:
    with pytest.raises(BadProgress, match="ratio of 1 between two groups"):
        judged({2015: 0, 2020: 1.2}, 1, "", "equal 1 RO", indicator="4.5.1")


def test_without_a_target_the_limit_or_the_cut_offs_explain_the_difference() -> None:
    near = judged({2015: 96, 2017: 97.5, 2019: 97, 2021: 97.2}, None, "up", unit="PT")
    assert "lowers its cut-offs near the limit" in near.agreement
    far = judged({2015: 40, 2017: 41, 2019: 40.5, 2021: 40.6}, None, "up", unit="U")
    assert "what growth they call enough" in far.agreement
