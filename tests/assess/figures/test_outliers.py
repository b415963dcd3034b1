from __future__ import annotations

import numpy as np
import pytest

from datashift.assess.checks import discoveries
from datashift.assess.figures.far_out import question
from datashift.assess.figures.spikes import gaps, scale, spikes
from datashift.assess.figures.tally import Tally
from datashift.assess.wording import sentence

HONEST = {
    "normal": lambda draw, n: draw.normal(50, 10, n),
    "rounded": lambda draw, n: np.round(draw.normal(50, 10, n)),
    "lognormal": lambda draw, n: draw.lognormal(3, 1, n),
    "poisson": lambda draw, n: draw.poisson(30, n).astype(float),
    "negative binomial": lambda draw, n: draw.negative_binomial(1, 0.1, n).astype(float),
    "uniform": lambda draw, n: draw.uniform(0, 1, n),
    "exponential": lambda draw, n: draw.exponential(10, n),
    "heavy": lambda draw, n: draw.standard_t(3, n),
    "heavy and positive": lambda draw, n: 20 + draw.standard_t(3, n),
    "heaped": lambda draw, n: np.where(draw.random(n) < 0.4, np.round(draw.normal(50, 12, n), -1),
                                       np.round(draw.normal(50, 12, n))),
    "zero-inflated": lambda draw, n: np.where(draw.random(n) < 0.6, 0, draw.negative_binomial(2, 0.05, n)) * 1.0,
    "bimodal": lambda draw, n: np.where(draw.random(n) < 0.7, draw.normal(20, 3, n), draw.normal(200, 20, n)),
}  # fmt: skip


def tallied(values) -> Tally:
    different, rows, counts = np.unique(values, return_inverse=True, return_counts=True)
    return Tally("x", different, counts, rows)


def sides(values) -> list[float]:
    found = question(tallied(values))
    return [found.above.total, found.below.total] if found else []


@pytest.mark.parametrize(("n", "sets"), [(25, 60), (100, 40), (1_000, 20), (10_000, 6), (100_000, 2)])
def test_honest_numbers_of_any_shape_are_not_far(n, sets):
    """A survey asks one question of each shape: at most 5 % of surveys may be spoken of (here two more by luck)."""
    draw = np.random.default_rng(n)
    spoken = 0
    for _survey in range(sets):
        p = [one for shape in HONEST.values() for one in sides(shape(draw, n))]
        spoken += bool(discoveries(p)[1].any())
    assert spoken <= 0.05 * sets + 2


@pytest.mark.parametrize("rule", ["quartiles", "deviations", "modified"])
def test_the_published_rules_speak_of_honest_skewed_numbers(rule):
    """1.5 interquartile ranges, 3 standard deviations, a modified z of 3.5: in most surveys, where ours is silent."""
    draw, spoken, ours = np.random.default_rng(1), 0, 0
    for _survey in range(50):
        x = draw.lognormal(3, 1, 300)
        low, middle, high = np.quantile(x, [0.25, 0.5, 0.75])
        far = {
            "quartiles": (x > high + 1.5 * (high - low)) | (x < low - 1.5 * (high - low)),
            "deviations": np.abs(x - x.mean()) > 3 * x.std(ddof=1),
            "modified": 0.6745 * np.abs(x - middle) / np.median(np.abs(x - middle)) > 3.5,
        }[rule]
        spoken += bool(far.any())
        ours += bool(discoveries(sides(x))[1].any())
    assert spoken >= 45
    assert ours <= 3


@pytest.mark.parametrize(("n", "spread", "factor", "least"), [
    (60, 0.2, 10, 0.7), (100, 0.1, 10, 0.95), (1_000, 0.2, 10, 0.9), (100, 0.4, 100, 0.9), (1_000, 0.4, 0.01, 0.9),
])  # fmt: skip
def test_one_slip_by_a_factor_is_found(n, spread, factor, least):
    draw, found = np.random.default_rng(2), 0
    for _survey in range(30):
        x = np.round(500 * draw.lognormal(0, spread, n), 2)
        x[0] = round(x[0] * factor, 2)
        found += bool(min(sides(x)) <= 0.01)
    assert found / 30 >= least


@pytest.mark.parametrize(("n", "slips"), [(1_000, 15), (1_600, 32), (5_000, 97)])
def test_several_slips_do_not_hide_each_other(n, slips):
    """Also where so many are none of the counts that are asked about one by one."""
    draw = np.random.default_rng(3)
    x = np.round(500 * draw.lognormal(0, 0.2, n), 2)
    x[:slips] *= 10
    assert min(sides(x)) < 1e-6


TENTHS = {
    "far": lambda draw, n: np.where(draw.random(n) < 0.1, draw.normal(200, 20, n), draw.normal(20, 3, n)),
    "near": lambda draw, n: np.where(draw.random(n) < 0.1, draw.normal(60, 5, n), draw.normal(20, 3, n)),
    "below": lambda draw, n: np.where(draw.random(n) < 0.1, draw.normal(20, 3, n), draw.normal(200, 20, n)),
    "broad": lambda draw, n: np.where(draw.random(n) < 0.1, draw.uniform(0, 300, n), draw.lognormal(3, 0.3, n)),
    "broader": lambda draw, n: np.where(draw.random(n) < 0.1, draw.uniform(0, 1_000, n), draw.normal(50, 10, n)),
}


@pytest.mark.parametrize("shape", TENTHS)
def test_a_tenth_of_another_kind_is_not_far(shape):
    """At 25 numbers, one or two of another kind came in 46 of 100 surveys: they cannot be told from slips."""
    draw = np.random.default_rng(13)
    for n, sets in ((25, 60), (50, 60), (100, 40), (400, 20)):
        spoken = sum(bool(discoveries(sides(TENTHS[shape](draw, n)))[1].any()) for _survey in range(sets))
        assert spoken <= 0.05 * sets + 2


def test_a_second_group_of_values_is_no_outlier():
    draw = np.random.default_rng(4)
    x = np.where(draw.random(1_000) < 0.06, draw.normal(5_000, 100, 1_000), draw.normal(50, 5, 1_000))
    assert min(sides(x)) > 0.05


@pytest.mark.parametrize("values", [[], [5.0], [5.0] * 100, [1.0, 2.0] * 50, [0.0] * 90 + [1.0, 2, 3, 4, 5, 6]])
def test_too_few_or_too_equal_numbers_are_not_asked(values):
    assert question(tallied(np.array(values))) is None


def fees(n: int = 200) -> list[str]:
    draw = np.random.default_rng(5)
    return [f"{value:.0f}" for value in 500 * np.round(draw.lognormal(4.5, 0.3, n))]


def test_the_factor_that_brings_a_number_home_is_named(survey):
    paid = fees()
    paid[3], paid[9] = "45", "47"  # thousands were meant
    found = survey.only({**survey.clean(), "fee": paid})
    assert (found.check, found.code, found.rows) == ("K15", "assess.far-slip", (5, 11))
    assert (found.facts["factor"], found.facts["slips"]) == (1000, 2)
    assert "Multiplied by 1 000, 2 of them" in sentence(found).replace("\u202f", " ")
    assert found.p_adjusted <= 0.05
    assert found.tested >= 4


def test_a_number_that_stands_for_not_known_is_called_so(survey):
    people = [f"{value}" for value in np.random.default_rng(6).poisson(6, 200) + 1]
    people[4] = people[90] = "999"
    columns = {**survey.clean(), "household": [str(2 * int(one) + i % 2) if one != "999" else one
                                               for i, one in enumerate(people)]}  # fmt: skip
    found = survey.only(columns)
    assert (found.code, found.rows, found.facts["value"]) == ("assess.far-unknown", (6, 92), "999")


def test_a_spike_that_is_not_round_is_found():
    draw = np.random.default_rng(7)
    x = np.round(draw.normal(50, 12, 500))
    assert spikes(scale(tallied(x))) is None or spikes(scale(tallied(x))).p > 0.05
    x[:150] = 37
    assert spikes(scale(tallied(x))).p < 1e-6


def test_a_round_number_may_be_given_as_often_as_people_like():
    draw = np.random.default_rng(8)
    x = np.round(draw.normal(50, 12, 500))
    x[:200] = 50
    found = spikes(scale(tallied(x)))
    assert found is None or found.p > 0.05


@pytest.mark.parametrize("shape", HONEST)
def test_honest_numbers_have_neither_spikes_nor_gaps(shape):
    draw, spoken = np.random.default_rng(9), 0
    for n in (60, 1_000, 20_000):
        for _survey in range(10):
            found = scale(tallied(np.round(HONEST[shape](draw, n))))
            spoken += bool(found and any(one and one.p <= 0.05 for one in (spikes(found), gaps(found))))
    assert spoken <= 2


def test_a_number_that_the_form_does_not_let_in_is_found():
    x = np.round(np.random.default_rng(10).normal(50, 12, 5_000))
    found = gaps(scale(tallied(x[x != 43])))
    assert found.p < 1e-6
    assert scale(tallied(x)).first + found.place == 43
