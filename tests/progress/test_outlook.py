"""What a later year may bring: bounded, honest about few years, and as wide as history taught."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadSeries, TooThin
from datashift.progress.outlook import outlook
from datashift.progress.outlook_learnt import facts, forecast, learnt
from datashift.progress.outlook_past import past

YEARS = list(range(2008, 2021))
SHARE = [40.0 + 1.5 * k for k in range(13)]


def width(found):
    return found.upper - found.lower


def test_a_steady_share_goes_on_and_stays_below_100():
    found = outlook(YEARS, SHARE, unit="PT")
    assert 63 < found.value < 76
    assert 0 < found.lower < found.value < found.upper < 100
    far = outlook(YEARS, [97 + 0.2 * k for k in range(13)], unit="PT", year=2060)
    assert far.upper <= 100


def test_the_further_the_year_the_wider_the_interval():
    widths = [width(outlook(YEARS, SHARE, unit="PT", year=year)) for year in (2021, 2023, 2026, 2030)]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] / 3


def test_two_years_are_answered_by_the_history_of_others_and_say_so():
    two = outlook([2015, 2020], [50.0, 57.0], unit="PT")
    many = outlook(YEARS, [50 + 7 * (year - 2015) / 5 for year in YEARS], unit="PT")
    assert width(two) > 2 * width(many)
    assert "two-years" in two.note_codes
    assert two.lower < 57 < two.upper


def test_one_year_and_twice_the_same_year_are_refused():
    with pytest.raises(TooThin, match="two years"):
        outlook([2020], [5.0])
    with pytest.raises(BadSeries, match="2020"):
        outlook([2020, 2020], [5.0, 6.0])


@pytest.mark.parametrize(("values", "unit"), [([30.0] * 8, "PT"), ([7.0] * 8, "kg"), ([-2.0] * 8, "x")])
def test_a_series_that_never_moved_still_has_an_interval(values, unit):
    found = outlook(range(2012, 2020), values, unit=unit)
    assert found.lower < found.value < found.upper
    assert found.value == pytest.approx(values[0])


def test_zeros_only_have_the_unit_as_their_size_and_stay_above_a_stated_bound():
    found = outlook([2010, 2014, 2018], [0, 0, 0], unit="deaths", lower=0)
    assert "no-size" in found.note_codes
    assert found.lower == 0
    assert found.upper > 0
    assert (found.draws(1000, 1) >= 0).all()


def test_a_share_at_its_bound_may_stay_there():
    found = outlook(range(2010, 2020), [94, 95, 96, 97, 98, 99, 99.5, 100, 100, 100], unit="PT")
    assert found.upper == 100
    assert 0 < found.probability_beyond(100, "up") < 1
    assert found.probability_beyond(100, "down") == 1
    assert "at-bound" in found.note_codes


def test_probabilities_of_classes_add_up_and_agree_with_the_draws():
    found = outlook(YEARS, SHARE, unit="PT")
    chances = found.probabilities({"low": (None, 60), "middle": (60, 75), "high": (75, None)})
    assert sum(chances.values()) == pytest.approx(1)
    drawn = found.draws(200_000, 1)
    assert np.mean(drawn >= 75) == pytest.approx(chances["high"], abs=0.005)
    assert found.probability_beyond(75, "up") == pytest.approx(chances["high"])
    assert found.probability_beyond(60, "down") == pytest.approx(chances["low"])
    assert np.median(drawn) == pytest.approx(found.value, abs=0.1)
    assert np.quantile(drawn, 0.025) == pytest.approx(found.lower, abs=0.5)
    assert (found.draws(5, 7) == found.draws(5, 7)).all()


def test_the_interval_holds_the_confidence_it_was_asked_for():
    found = outlook(YEARS, SHARE, unit="PT", confidence=0.8)
    assert found.probability_beyond(found.upper, "up") == pytest.approx(0.1)
    assert found.probability_beyond(found.lower, "down") == pytest.approx(0.1)


def test_sampling_errors_make_it_wider():
    plain = outlook(YEARS, SHARE, unit="PT")
    small, large = (outlook(YEARS, SHARE, [se] * 13, unit="PT") for se in (0.1, 4.0))
    assert width(small) == pytest.approx(width(plain), rel=0.02)
    assert width(large) > 1.2 * width(plain)


def test_with_known_sampling_errors_the_interval_holds_the_true_value():
    """A straight truth on the log scale, seen with noise; 95 % must hold the truth 8 years on at least 95 times."""
    rng = np.random.default_rng(1)
    years = np.tile(np.arange(2005.0, 2017.0, 2), (4000, 1))
    truth = 0.03 * (years - 2005)
    errors = np.full(years.shape, 0.08)
    seen = past(years, truth + rng.normal(0, errors), errors)
    found = forecast(seen, np.full(4000, 9.0), np.full(4000, 1))
    below = found.below(np.full(4000, 0.03 * 19))
    assert np.mean(np.abs(below - 0.5) < 0.475) >= 0.95


def test_a_year_that_was_observed_has_its_value_and_only_sampling_errors():
    plain = outlook(YEARS, SHARE, unit="PT", year=2015)
    assert plain.lower == plain.value == plain.upper == pytest.approx(50.5)
    assert plain.probability_beyond(50, "up") == 1
    assert plain.probability_beyond(51, "up") == 0
    assert (plain.draws(3, 1) == plain.value).all()
    erring = outlook(YEARS, SHARE, [2.0] * 13, unit="PT", year=2015)
    assert width(erring) == pytest.approx(2 * 1.96 * 2, rel=0.01)
    assert "observed" in plain.note_codes


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(1, 1000), min_size=2, max_size=12),
    st.floats(0.001, 1000),
    st.integers(2021, 2040),
)
def test_the_unit_of_a_positive_series_changes_nothing(values, times, year):
    years = range(2021 - len(values), 2021)
    one, other = (outlook(years, np.array(values) * k, unit="kg", year=year) for k in (1.0, times))
    assert other.value == pytest.approx(one.value * times, rel=1e-6)
    assert other.spread == pytest.approx(one.spread, rel=1e-6)


def test_a_share_of_one_is_the_same_as_a_share_of_100():
    of_one, of_100 = outlook(YEARS, [v / 100 for v in SHARE]), outlook(YEARS, SHARE, unit="PT")
    assert of_one.value == pytest.approx(of_100.value / 100)
    assert of_one.sentence() == of_100.sentence()


def test_many_series_at_once_are_what_each_is_alone():
    short = [10.0, 12.0, 11.0]
    years = np.array([YEARS, [2010, 2013, 2019] + [np.nan] * 10], float)
    values = np.array([np.log(SHARE), [*np.log(short)] + [np.nan] * 10], float)
    both = forecast(past(years, values), np.array([10.0, 11.0]), np.array([1, 1]))
    alone = outlook(YEARS, SHARE, unit="kg"), outlook([2010, 2013, 2019], short, unit="kg")
    assert both.centre == pytest.approx([one.centre for one in alone])
    assert both.spread == pytest.approx([one.spread for one in alone])
    assert both.degrees == pytest.approx([one.degrees for one in alone])


def test_far_years_and_jumps_never_give_a_number_that_is_none():
    found = outlook([2000, 2001, 2002], [1e-9, 1e9, 1.0], unit="x", year=2100)
    assert np.isfinite([found.value, found.lower, found.upper]).all()
    assert "beyond-history" in found.note_codes


def test_it_says_the_value_how_sure_and_on_what_it_rests():
    found = outlook(YEARS, SHARE, unit="PT")
    assert found.sentence().startswith("By 2030 about ")
    told = found.as_dict()
    assert told["basis"]["years"] == 13
    assert told["basis"]["ahead"] == 10
    assert told["basis"]["forecasts"] > 300_000
    assert "UNSD" in found.method


def test_the_numbers_that_ship_name_their_data_and_the_command_that_recomputes_them():
    assert facts()["command"] == "python benchmarks/hindcast.py --fit"
    assert "UNSD" in facts()["source"]
    assert learnt().as_dict() == facts()["numbers"] | {
        years: {name: tuple(x) if isinstance(x, list) else x for name, x in numbers.items()}
        for years, numbers in facts()["numbers"].items()
    }


def test_one_outlook_takes_less_than_5_ms():
    outlook(YEARS, SHARE, unit="PT")
    fastest = 1.0
    for _run in range(20):
        started = time.perf_counter()
        outlook(YEARS, SHARE, unit="PT")
        fastest = min(fastest, time.perf_counter() - started)
    assert fastest < 0.005


def test_the_page_shows_what_the_program_says():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "outlook.md").read_text("utf-8")
    found = outlook([2005, 2008, 2011, 2014, 2017, 2020], [42, 45, 47, 52, 55, 60], unit="PT", year=2030)
    assert found.sentence() in page
    assert f"{facts()['forecasts']:,} forecasts" in page
    assert f"{facts()['series']} codes, {facts()['indicators']} indicators" in page
