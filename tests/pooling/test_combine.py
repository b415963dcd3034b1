"""Published figures of a survey and of another source, weighted by what is known of the other's bias."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from datashift.errors import DesignError
from datashift.pooling.combine import BiasLaw, combine, learn_bias

WORLDS = 2_000


def test_the_weight_is_the_one_with_the_least_expected_squared_error() -> None:
    law = BiasLaw(mean=2.0, variance=3.0, spread=1.7, pairs=10)
    got = combine(10.0, 2.0, 15.0, 1.0, law)
    # By hand: W = 4 / (4 + 1 + 3) = 0.5; 0.5·10 + 0.5·(15 − 2) = 11.5; se² = 0.25·4 + 0.25·4 = 2.
    assert (float(got.weight), float(got.value), float(got.se)) == pytest.approx((0.5, 11.5, np.sqrt(2)))
    others = np.linspace(0, 1, 101)
    assert np.min((1 - others) ** 2 * 4 + others**2 * 4) == pytest.approx(float(got.se) ** 2)


def test_without_a_survey_figure_the_other_source_stands_alone_after_its_bias() -> None:
    law = BiasLaw(mean=2.0, variance=3.0, spread=1.7, pairs=10)
    got = combine([np.nan, 10.0], [np.nan, 1e-9], [15.0, 15.0], [1.0, 1.0], law)
    assert got.weight == pytest.approx([1, 0])
    assert got.value == pytest.approx([13, 10])
    assert got.se[0] == pytest.approx(2)


def test_the_bias_law_agrees_with_its_integrals_by_brute_force() -> None:
    draw = np.random.default_rng(8)
    difference, se = draw.normal(1, 1, 9), draw.uniform(0.3, 1, 9)
    law = learn_bias(np.zeros(9), np.zeros(9), difference, se)
    tau, mean = np.meshgrid(np.linspace(0.0025, 60, 12_000), np.linspace(-12, 14, 521), indexing="ij")
    fit = 0.5 * np.log(tau)
    for d, s in zip(difference, se, strict=True):
        fit -= 0.5 * np.log(tau**2 + s**2) + 0.5 * (d - mean) ** 2 / (tau**2 + s**2)
    weight = np.exp(fit - fit.max())
    weight /= weight.sum()
    center = (weight * mean).sum()
    variance = (weight * (tau**2 + (mean - center) ** 2)).sum()
    assert law.mean == pytest.approx(center, abs=2e-3)
    assert law.variance == pytest.approx(variance, rel=1e-2)
    assert law.spread == pytest.approx((weight * tau).sum(), rel=5e-3)


@pytest.mark.parametrize(
    ("pairs", "spread", "survey_se"), [(12, 1.5, 1.0), (12, 3.0, 3.0), (20, 1.0, 1.0), (30, 2.0, 1e3)]
)
def test_intervals_hold_the_truth_in_95_of_100_worlds_when_the_bias_is_like_the_others(
    pairs: int, spread: float, survey_se: float
) -> None:
    draw = np.random.default_rng(31)
    held = np.zeros(WORLDS, dtype=bool)
    for world in range(WORLDS):
        se = draw.uniform(0.5, 1.2, (2, pairs))
        truth = draw.normal(50, 8, pairs)
        bias = draw.normal(4, spread, pairs + 1)
        law = learn_bias(truth + draw.normal(0, se[0]), se[0], truth + bias[1:] + draw.normal(0, se[1]), se[1])
        got = combine(draw.normal(60, survey_se), survey_se, draw.normal(60 + bias[0], 0.4), 0.4, law)
        held[world] = got.lower <= 60 <= got.upper
    assert 0.935 <= held.mean() <= 0.965


def test_where_little_can_be_learnt_the_interval_is_too_wide_rather_than_too_narrow() -> None:
    draw = np.random.default_rng(32)
    held = np.zeros(WORLDS, dtype=bool)
    for world in range(WORLDS):
        bias = draw.normal(4, 0.2, 7)
        law = learn_bias(np.zeros(6), np.ones(6), bias[1:] + draw.normal(0, 1.4, 6), np.ones(6))
        got = combine(draw.normal(0, 1), 1.0, draw.normal(bias[0], 0.4), 0.4, law)
        held[world] = got.lower <= 0 <= got.upper
    assert held.mean() >= 0.935


def test_a_biased_source_that_was_learnt_about_makes_no_false_gaps() -> None:
    draw = np.random.default_rng(33)
    truth, se = draw.uniform(0.2, 0.8, 10), np.full(10, 0.02)
    gaps = naive = 0
    for _world in range(WORLDS):
        bias = draw.normal(0.6, 0.25, 11)
        seen = 1 / (1 + np.exp(-(np.log(truth / (1 - truth)) + bias[1:])))
        law = learn_bias(np.clip(truth + draw.normal(0, se), 0.01, 0.99), se, seen, np.full(10, 0.005), "share")
        other = 1 / (1 + np.exp(-bias[0]))
        got = combine(np.nan, np.nan, other, 0.005, law)
        official = draw.normal(0.5, 0.01)
        reach = 1.96 * np.hypot(0.01, float(got.upper - got.lower) / 3.92)
        gaps += abs(float(got.value) - official) > reach
        naive += abs(other - official) > 1.96 * np.hypot(0.01, 0.005)
    assert gaps / WORLDS <= 0.05
    assert naive / WORLDS > 0.8


def test_too_few_pairs_are_refused_and_gaps_in_them_do_not_count() -> None:
    figures = np.arange(6.0)
    assert learn_bias(figures, np.ones(6), figures + 1, np.ones(6)).pairs == 6
    figures[0] = np.nan
    with pytest.raises(DesignError, match="from 5 figures; at least 6") as refused:
        learn_bias(figures, np.ones(6), np.arange(6.0), np.ones(6))
    assert refused.value.code == "ladder.pairs"


def test_a_cell_without_the_other_source_is_refused() -> None:
    law = BiasLaw(0.0, 1.0, 1.0, 10, "share")
    with pytest.raises(DesignError, match="share of 0 or 100 per cent"):
        combine(0.5, 0.1, [0.4, 1.0], 0.1, law)


def test_shares_stay_between_0_and_1_and_all_cells_are_done_at_once() -> None:
    draw = np.random.default_rng(34)
    law = learn_bias(draw.uniform(0.3, 0.6, 8), np.full(8, 0.05), draw.uniform(0.3, 0.9, 8), np.full(8, 0.01), "share")
    survey, other = draw.uniform(0.01, 0.99, (2, 24_000))
    started = time.process_time()
    got = combine(survey, 0.05, other, 0.01, law)
    assert time.process_time() - started < 1
    assert np.all((got.lower > 0) & (got.upper < 1) & (got.lower < got.value) & (got.value < got.upper))


def test_the_sentence_says_weight_pairs_and_what_cannot_be_tested() -> None:
    got = combine(0.40, 0.05, 0.55, 0.01, BiasLaw(0.4, 0.04, 0.2, 12, "share"))
    assert got.sentence() == (
        "43\u202f% (36 to 50). The other source counts for 51\u202f%, after its usual difference from surveys was "
        "taken off (12 figures where both exist). The interval holds only if this figure is off like those were. "
        "Nothing in these figures can test that."
    )
    assert json.loads(json.dumps(got.as_dict()))["bias"]["pairs"] == 12
