"""Quantiles: the weighted distribution by several rules, ties, weights of zero, and Woodruff's interval."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datashift as ds
from datashift.analysis.asks import QUANTILE_RULES
from datashift.errors import BadQuestion

PLAN = ds.Design(weights="w")


def quantile(y: list, w: list, p: float, rule: str = "math") -> float:
    return ds.estimate({"y": y, "w": w}, ds.quantile("y", p, rule=rule), design=PLAN)[0].value


def test_half_the_weight_lies_at_or_below_the_median() -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 5.0], 0.5) == 4.0
    assert quantile([4.0, 3.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0], 0.5) == 2.0
    assert quantile([4.0, 3.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0], 0.5, "school") == 2.5


def test_a_probability_below_the_first_weight_gives_the_smallest_value() -> None:
    """R survey (4.1-1) takes the second value there, although the first already carries more than p of the weight."""
    assert quantile([7.7, 15.24], [2.0, 1.0], 0.25) == 7.7
    assert quantile([7.7, 15.24], [2.0, 1.0], 0.25, "school") == 7.7


@settings(max_examples=80, deadline=None)
@given(
    pairs=st.lists(
        st.tuples(st.integers(-9, 9).map(lambda v: v / 10), st.sampled_from([0.0, 0.3, 1.0, 2.5, 79.1145833333])),
        min_size=2, max_size=25,
    ),
    p=st.sampled_from([0.1, 0.25, 0.5, 0.9]),
)  # fmt: skip
def test_the_quantile_is_the_smallest_value_that_carries_enough_weight(pairs: list, p: float) -> None:
    y, w = [value for value, _weight in pairs], [weight for _value, weight in pairs]
    if sum(w) == 0:
        assert ds.estimate({"y": y, "w": w}, ds.quantile("y", p), design=PLAN)[0].value is None
        return
    reached = {v: sum(b for a, b in pairs if a <= v) for v, weight in pairs if weight > 0}
    right = min(v for v in reached if reached[v] >= p * sum(w) * (1 - 1e-9))
    assert quantile(y, w, p) == right  # the value itself, to its last digit


@pytest.mark.parametrize("rule", ["hf5", "hf6", "hf7", "hf8", "hf9"])
def test_equal_weights_give_the_quantiles_of_hyndman_and_fan(rule: str) -> None:
    y = [3.2, 1.1, 9.9, 4.5, 7.0, 2.2, 5.8]
    named = {"hf5": "hazen", "hf6": "weibull", "hf7": "linear", "hf8": "median_unbiased", "hf9": "normal_unbiased"}
    for p in (0.05, 0.3, 0.5, 0.77, 0.95):
        assert quantile(y, [2.0] * 7, p, rule) == pytest.approx(np.quantile(y, p, method=named[rule]))


@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_every_rule_is_within_the_values_and_grows_with_the_probability(rule: str) -> None:
    draw = np.random.default_rng(4)
    table = {"y": draw.normal(size=50), "w": draw.gamma(2, 3, 50)}
    found = ds.estimate(table, ds.quantile("y", 0.05, 0.2, 0.5, 0.8, 0.95, rule=rule), design=PLAN)
    values = [one.value for one in found]
    assert values == sorted(values)
    assert min(table["y"]) <= values[0] <= values[-1] <= max(table["y"])
    assert [one.measure for one in found][:2] == ["quantile(y, 0.05)", "quantile(y, 0.2)"]


def test_the_interval_is_that_of_the_share_below_read_back() -> None:
    draw = np.random.default_rng(8)
    y = draw.normal(size=200).round(2)
    table = {"y": y, "w": draw.gamma(2, 3, 200), "c": draw.integers(0, 40, 200)}
    design = ds.Design(weights="w", clusters="c")
    found = ds.estimate(table, ds.quantile("y", 0.5), design=design)[0]
    share = ds.estimate(table | {"low": (y <= found.value) * 1.0}, ds.mean("low"), design=design)[0]
    ends = [quantile(list(y), list(table["w"]), p) for p in (share.lower, share.upper)]
    assert [found.lower, found.upper] == ends
    assert found.df == share.df


def test_equal_values_stay_equal_whatever_their_weights() -> None:
    """w·y / w is not y to the last digit, so a share of values ≤ the median would lose some of its ties."""
    w = [79.1145833333, 90.4166666667, 71.3, 0.1, 3.7, 11.9, 83.21, 64.4]
    table = {"y": [21.6] * 8 + [1.0, 50.0], "w": [*w, 1.0, 1.0]}
    found = ds.estimate(table, ds.quantile("y", 0.5), design=PLAN)[0]
    assert found.value == 21.6


def test_quantiles_of_domains_leave_the_design_whole_and_skip_gaps() -> None:
    table = {
        "y": [1.0, 2.0, 3.0, 4.0, None, 6.0, 7.0, None],
        "g": ["a", "a", "a", "a", "b", "b", "b", "c"],
        "w": [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0],
    }
    found = ds.estimate(table, ds.quantile("y", 0.5), "g", PLAN).as_dict()["estimates"]
    assert [(row["by"]["g"], row["value"], row["n"], row["n_missing"]) for row in found] == [
        ("a", 2.0, 4, 0), ("b", 7.0, 2, 1), ("c", None, 0, 1),
    ]  # fmt: skip
    assert found[2]["status"] == "O"
    chosen = ds.estimate(table, ds.quantile("y", 0.5), design=PLAN, where="y > 2")[0]
    assert chosen.value == 4.0


def test_a_wrong_probability_or_rule_is_refused() -> None:
    for wrong in (0.0, 1.0, -0.5, 50.0):
        with pytest.raises(BadQuestion, match="probability"):
            ds.quantile("y", wrong)
    with pytest.raises(BadQuestion, match="hf7"):
        ds.quantile("y", 0.5, rule="excel")
