"""The interval of a difference, its p value and probability, and the false discovery rate: against known numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, false_discovery_control, norm

from datashift.chance import adjusted
from datashift.compare.uncertainty import (
    Known,
    apart,
    number_limits,
    positive_limits,
    share_limits,
    stated_share_limits,
    wider,
    with_bias,
)


def wilson(yes: int, n: int) -> Known:
    z = norm.ppf(0.975)
    p, part = yes / n, z * z / n
    half = np.sqrt(part * p * (1 - p) + part**2 / 4)
    return Known(p, (p + part / 2 - half) / (1 + part), (p + part / 2 + half) / (1 + part))


@pytest.mark.parametrize(
    ("one", "other", "lower", "upper"),
    # Newcombe (1998), table II, method 10: cases (a) to (h).
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
     ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((0, 10), (0, 10), -0.2775, 0.2775),
     ((10, 10), (0, 20), 0.6791, 1.0000), ((10, 10), (0, 10), 0.6075, 1.0000)],
)  # fmt: skip
def test_of_two_wilson_intervals_the_published_interval_of_the_difference_comes_out(
    one: tuple[int, int], other: tuple[int, int], lower: float, upper: float
) -> None:
    found = apart(wilson(*one), wilson(*other), 0.95)
    assert (float(found.lower), float(found.upper)) == pytest.approx((lower, upper), abs=5e-5)


@given(
    values=st.tuples(st.floats(0, 100), st.floats(0, 100)),
    halves=st.tuples(st.floats(0.01, 30), st.floats(0.01, 30), st.floats(0.01, 30), st.floats(0.01, 30)),
    dfs=st.tuples(st.floats(1, 200), st.one_of(st.floats(1, 200), st.just(np.inf))),
)
def test_the_p_value_is_below_five_in_a_hundred_exactly_where_the_interval_leaves_out_zero(
    values: tuple[float, float], halves: tuple[float, float, float, float], dfs: tuple[float, float]
) -> None:
    one = Known(values[0], values[0] - halves[0], values[0] + halves[1], dfs[0])
    other = Known(values[1], values[1] - halves[2], values[1] + halves[3], dfs[1])
    found = apart(one, other, 0.95)
    bound = found.lower if found.difference > 0 else -found.upper
    if abs(bound) > 1e-6:
        assert bool(found.p_value < 0.05) == bool(bound > 0)
    assert 0 <= found.beyond(5.0) <= 1
    assert found.beyond(0.0) == pytest.approx(1.0)
    assert found.sign() >= 0.5 - 1e-12


def test_of_two_evenly_known_figures_the_interval_is_the_textbook_one() -> None:
    found = apart(number_limits(72.0, 3.0, np.inf, 0.95), number_limits(60.0, 4.0, np.inf, 0.95), 0.95)
    assert (float(found.lower), float(found.upper)) == pytest.approx((12 - 1.959964 * 5, 12 + 1.959964 * 5))
    assert float(found.p_value) == pytest.approx(2 * norm.sf(12 / 5))
    assert float(found.sign()) == pytest.approx(norm.cdf(12 / 5))
    assert float(found.beyond(10.0)) == pytest.approx(norm.sf((10 - 12) / 5) + norm.cdf((-10 - 12) / 5))


def test_the_interval_of_two_certain_figures_is_their_difference() -> None:
    found = apart(Known(63.0, 63.0, 63.0), Known(60.0, 60.0, 60.0), 0.95)
    assert (float(found.lower), float(found.upper), float(found.p_value)) == (3.0, 3.0, 0.0)
    assert float(apart(Known(6.0, 6.0, 6.0), Known(6.0, 6.0, 6.0), 0.95).p_value) == 1.0


def test_what_only_rounding_keeps_apart_is_the_same_figure() -> None:
    found = apart(Known(60.0, 60.0, 60.0), Known(60.0 + 1e-13, 60.0 + 1e-13, 60.0 + 1e-13), 0.95)
    assert (float(found.difference), float(found.lower), float(found.p_value)) == (0.0, 0.0, 1.0)


def test_few_degrees_of_freedom_make_small_p_values_larger_than_a_normal_tail_would() -> None:
    few = apart(number_limits(20.0, 4.0, 5, 0.95), Known(0.0, 0.0, 0.0), 0.95)
    assert float(few.p_value) > 10 * 2 * norm.sf(5)


def test_careful_limits_of_a_share_are_korn_and_graubards_with_fewer_degrees_of_freedom() -> None:
    known = share_limits(72.0, 2.0, 900, 30, 0.95)
    effective = 0.72 * 0.28 / 0.02**2 * (1.962597 / 2.100922) ** 2  # t quantiles of 899 and 18 degrees of freedom
    yes = 0.72 * effective
    lower, upper = beta.ppf(0.025, yes, effective - yes + 1), beta.ppf(0.975, yes + 1, effective - yes)
    assert (float(known.lower), float(known.upper)) == pytest.approx((100 * lower, 100 * upper), abs=1e-3)
    assert float(known.df) == pytest.approx(18)


def test_where_all_of_few_clusters_say_yes_each_cluster_counts_once() -> None:
    known = share_limits(100.0, 0.0, 240, 5, 0.95)
    assert (float(known.lower), float(known.upper)) == pytest.approx((100 * 0.025 ** (1 / 6), 100.0))


def test_an_error_of_which_only_the_size_is_known_takes_the_wider_limits_within_a_share() -> None:
    for value, lower, upper in ((99.0, 65.38, 100.0), (1.0, 0.0, 34.62), (50.0, 46.08, 53.92)):
        known = stated_share_limits(value, 2.0, np.inf, 0.95)
        assert (float(known.lower), float(known.upper)) == pytest.approx((lower, upper), abs=0.01)
    assert float(stated_share_limits(100.0, 2.0, np.inf, 0.95).upper) == 100.0


def test_limits_of_an_amount_reach_further_up_than_down() -> None:
    known = positive_limits(10.0, 4.0, 10, 0.95)
    assert float(known.upper) - 10 > 10 - float(known.lower) > 2 * 4


def test_wider_never_narrows_and_a_bias_widens() -> None:
    one, other = Known(5.0, 3.0, 6.0, 9), Known(5.0, 4.0, 8.0, np.inf)
    both = wider(one, other)
    assert (float(both.lower), float(both.upper), float(both.df)) == (3.0, 8.0, 9.0)
    biased = with_bias(Known(5.0, 2.0, 8.0), 4 / 1.959964, 0.95)
    assert (float(biased.lower), float(biased.upper)) == pytest.approx((0.0, 10.0), abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_are_those_of_benjamini_and_hochberg(p_values: list[float]) -> None:
    assert adjusted(p_values) == pytest.approx(list(false_discovery_control(p_values, method="bh")))


def test_the_example_of_benjamini_and_hochberg_rejects_the_four_smallest() -> None:
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                 0.6528, 0.7590, 1.0]  # fmt: skip
    assert [rate <= 0.05 for rate in adjusted(published)] == [True] * 4 + [False] * 11
