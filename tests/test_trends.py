"""Trends are shown on the scale that makes sense, cover the truth, and say what they cannot."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from datashift.errors import BadSeries, TooThin
from datashift.language import speaking
from datashift.trends import trend

YEARS = [2015, 2016, 2018, 2019, 2021, 2023, 2024]
WATER = [48, 50, 53, 55, 56, 60, 61.5]
SE = [2, 1.8, 2, 1.5, 2.2, 1.6, 1.4]


def test_the_finding_is_said_first() -> None:
    found = trend(YEARS, WATER, target=100, unit="PT")
    assert found.sentence() == (
        "At this pace about 69\u202f% by 2030 (67 to 72). The target is 100\u202f%; this pace is too slow."
    )
    assert found.first == "ols_logit"
    with speaking("ne"):
        assert "२०३०" in found.sentence()


def test_per_cent_and_shares_give_the_same() -> None:
    per_cent, share = trend(YEARS, WATER, SE, unit="PT"), trend(YEARS, np.divide(WATER, 100), np.divide(SE, 100))
    assert per_cent.sentence() == share.sentence()
    assert per_cent.line.at_target == pytest.approx(100 * share.line.at_target, rel=1e-12)
    assert share.note_codes[0] == "read-as-share"


@pytest.mark.parametrize(
    ("values", "aim", "first"),
    [
        (WATER, {"unit": "PT"}, "ols_logit"),
        (WATER, {}, "ols_log"),
        (WATER, {"lower": 0, "upper": 200}, "ols_logit"),
        ([-1, 2, 0, 3, 4, 5, 6], {}, "ols"),
        ([40, 50, 60, 70, 80, 90, 100], {"unit": "PT"}, "ols"),
    ],
)
def test_the_scale_shown_first_follows_from_what_is_possible(values: list, aim: dict, first: str) -> None:
    found = trend(YEARS, values, **aim)
    assert found.first == first
    assert found.why.startswith("Shown first: ")
    assert trend(YEARS, values, SE, **aim).first == first.replace("ols", "meta_regression")


def test_a_line_on_the_logit_scale_never_passes_the_bound_and_a_straight_one_does() -> None:
    found = trend([2010, 2013, 2016, 2019, 2022], [0.82, 0.87, 0.91, 0.95, 0.975])
    assert found.lines["ols"].at_target > 1
    assert found.line.at_target < found.line.pi[1] < 1


def test_a_straight_line_through_a_bound_is_cut_off_there_and_said() -> None:
    found = trend([2010, 2013, 2016, 2019, 2022], [80, 85, 91, 96, 100], unit="PT")
    assert "at-bound" in found.note_codes
    assert "100\u202f%" in found.sentence()
    assert found.line.at_target > 100


def test_prediction_intervals_of_the_logit_trend_cover() -> None:
    chance, worlds = np.random.default_rng(1), 2500
    years = np.array([2010, 2011, 2013, 2014, 2016, 2017, 2019, 2020, 2022.0])
    hits = 0
    for _world in range(worlds):
        eta = -0.5 + 0.08 * (np.append(years, 2030) - 2010) + 0.1 * chance.normal(size=10)
        shares = special.expit(eta)
        low, high = trend(years, shares[:-1]).line.pi
        hits += low < shares[-1] < high
    assert 0.935 < hits / worlds < 0.965


def test_prediction_intervals_with_known_sampling_errors_cover_the_true_level() -> None:
    chance, worlds = np.random.default_rng(2), 2000
    years = np.array([2008, 2009, 2010, 2011, 2013, 2014, 2016, 2017, 2018, 2019, 2020, 2022.0])
    hits = 0
    for _world in range(worlds):
        eta = -0.5 + 0.08 * (np.append(years, 2030) - 2010) + 0.15 * chance.normal(size=13)
        truth = 100 * special.expit(eta)
        seen = 100 * special.expit(eta[:-1] + 0.1 * chance.normal(size=12))
        se = 0.1 * seen * (100 - seen) / 100
        low, high = trend(years, seen, se, unit="PT").line.careful_pi
        hits += low < truth[-1] < high
    assert 0.935 < hits / worlds < 0.965


def test_a_scatter_below_that_of_sampling_errors_does_not_narrow_the_interval_shown() -> None:
    line = trend(YEARS, WATER, SE, unit="PT").line
    assert line.tau2 == 0
    assert line.careful_pi[1] - line.careful_pi[0] > 1.5 * (line.pi[1] - line.pi[0])
    assert line.shown() == line.careful_pi


def test_two_years_give_a_line_without_an_interval_and_say_so() -> None:
    for se in (None, [2, 2]):
        found = trend([2015, 2020], [40, 50], se, unit="PT", target=60)
        assert all(line.pi is line.ci is None for line in found.lines.values())
        assert "nobody can say how sure" in found.sentence()
        assert found.verdict == "plain"
        assert "two-years" in found.note_codes
        json.dumps(found.as_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("values", "aim", "verdict"),
    [
        ([50, 55, 61, 66, 70, 77, 80], {"target": 79}, "met"),
        ([50, 55, 61, 66, 70, 77, 80], {"target": 85}, "reaches"),
        ([50, 51, 51, 52, 52, 53, 53], {"target": 90}, "slow"),
        ([50, 49, 47, 46, 45, 43, 42], {"target": 90}, "away"),
        ([50, 55, 49, 58, 52, 60, 55], {"target": 62}, "unclear"),
        ([62, 60, 56, 54, 50, 47, 46], {"target": 40}, "reaches"),
        ([62, 60, 59, 58, 57, 55, 55], {"target": 25}, "slow"),
        ([50, 55, 61, 66, 70, 77, 80], {"target": 45, "direction": "down"}, "away"),
        ([80, 86, 90, 94, 96, 98, 99.2], {"target": 100}, "met"),
        (WATER, {}, ""),
    ],
)
def test_the_verdict_on_the_target(values: list, aim: dict, verdict: str) -> None:
    assert trend(YEARS, values, unit="PT", **aim).verdict == verdict


def test_a_direction_without_a_target_is_told_right_or_wrong() -> None:
    assert trend(YEARS, WATER, unit="PT", direction="up").sentence().endswith("This is the right way.")
    assert trend(YEARS, WATER, unit="PT", direction="down").sentence().endswith("This is the wrong way.")


def test_the_year_in_which_the_target_is_met() -> None:
    found = trend([2010, 2015, 2020], [10.0, 20.0, 40.0], target=80.0)
    assert found.reached == pytest.approx(2025)
    assert trend([2010, 2015, 2020], [10.0, 20.0, 40.0], target=-80.0).reached is None
    assert trend([2010, 2015, 2020], [40.0, 20.0, 10.0], target=80.0).reached is None


@pytest.mark.parametrize(
    ("values", "target"), [([0, 1, 2, 3, 4, 5, 6], 10), ([6, 5, 4, 3, 2, 1, 0], 2), ([6, 5, 4, 3, 2, 2, 1], 0)]
)
def test_growth_from_or_to_0_is_undefined_and_said(values: list, target: float) -> None:
    found = trend(YEARS, values, target=target)
    assert found.growth.ratio is None
    assert "zero" in found.note_codes
    assert found.first_last.difference == values[-1] - values[0]


def test_growth_is_said_with_what_is_needed() -> None:
    assert trend(YEARS, WATER, target=100, unit="PT").growth_sentence() == (
        "Growth from 2015 to 2024: 2.8 % a year. Needed since 2015: 5.0 % a year; needed from now on: 8.4 %. "
        "The pace was 56 % of the pace needed."
    )


def test_order_gaps_and_blanks_do_no_harm() -> None:
    mixed = trend([2024, *YEARS[:-1], 2022], [61.5, *WATER[:-1], np.nan], unit="PT")
    assert mixed.as_dict() == trend(YEARS, WATER, unit="PT").as_dict()


def test_ties_lower_the_variance_of_the_rank_test() -> None:
    found = trend([1, 2, 3, 4], [1.0, 1.0, 1.0, 1.0]).mann_kendall
    assert (found.s, found.variance, found.z, found.p_value) == (0, 0.0, 0.0, 1.0)
    # Four values with one tie: 4·3·13/18 − 2·1·9/18.
    assert trend([1, 2, 3, 4], [1.0, 2.0, 2.0, 3.0]).mann_kendall.variance == pytest.approx(156 / 18 - 1)


@pytest.mark.parametrize(
    ("series", "aim", "error", "code"),
    [
        (([2015], [1]), {}, TooThin, "trend.one-year"),
        (([2015, np.nan], [1, 2]), {}, TooThin, "trend.one-year"),
        (([2015, 2015, 2016], [1, 2, 3]), {}, BadSeries, "trend.year-twice"),
        (([2015, 2016], [1, 2], [1, 0]), {}, BadSeries, "trend.no-error"),
        (([2015, 2016], [1, 2], [1, np.nan]), {}, BadSeries, "trend.no-error"),
        (([2015, 2016], [1, 102]), {"unit": "PT"}, BadSeries, "trend.outside"),
        (([2015, 2016], [1, 2]), {"direction": "sideways"}, BadSeries, "trend.direction"),
    ],
)
def test_what_is_no_series_is_refused(series: tuple, aim: dict, error: type, code: str) -> None:
    with pytest.raises(error) as refused:
        trend(*series, **aim)
    assert refused.value.code == code


@given(
    st.lists(st.floats(0, 100, allow_subnormal=False), min_size=2, max_size=8),
    st.one_of(st.none(), st.floats(0, 100, allow_subnormal=False)),
)
def test_any_series_of_per_cent_can_be_said(values: list[float], target: float | None) -> None:
    found = trend(range(2010, 2010 + len(values)), values, target=target, unit="PT")
    assert found.sentence()
    assert found.growth_sentence()
    json.dumps(found.as_dict())
