"""Pooling of many cells at once: its limits, its options, and whether its intervals hold what they say."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadSources
from datashift.pooling import egger, leave_one_out, meta, meta_regression, prediction, tau2_interval
from datashift.pooling.between import Independent, between
from datashift.pooling.meta import METHODS
from datashift.pooling.scales import SCALES, back, from_counts, from_error, from_interval

WORLDS = 4000


def worlds(k: int, tau: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Truth, next source's truth, figures and variances of many cells with k sources."""
    rng = np.random.default_rng([seed, k, int(1000 * tau)])
    v = rng.uniform(0.5, 2, (WORLDS, k)) * 0.02**2
    truth = rng.normal(0.5, 0.1, WORLDS)
    y = truth[:, None] + rng.normal(0, tau, (WORLDS, k)) + rng.normal(0, np.sqrt(v))
    return truth, truth + rng.normal(0, tau, WORLDS), y, v


def share_within(lower: np.ndarray, upper: np.ndarray, truth: np.ndarray) -> float:
    return float(((lower <= truth) & (truth <= upper)).mean())


# --- do the intervals hold what they say? ---------------------------------------------------------------------------


@pytest.mark.parametrize("k", [5, 6, 7, 8])
@pytest.mark.parametrize("tau", [0.02, 0.04, 0.1])
def test_hartung_knapp_intervals_hold_the_truth_19_times_in_20(k: int, tau: float) -> None:
    truth, _ahead, y, v = worlds(k, tau)
    for method in ("REML", "DL", "PM"):
        found = meta(y, v, method=method, test="hartung-knapp")
        assert 0.935 <= share_within(found.lower, found.upper, truth) <= 0.965


@pytest.mark.parametrize("k", [5, 6, 7, 8])
@pytest.mark.parametrize("tau", [0.02, 0.04, 0.1])
def test_prediction_intervals_hold_the_next_source_19_times_in_20(k: int, tau: float) -> None:
    _truth, ahead, y, v = worlds(k, tau)
    # Monte-Carlo error of 4,000 worlds: 0.35 points.
    assert 0.93 <= share_within(*prediction(y, v), ahead) <= 0.965


def test_the_usual_prediction_interval_is_kept_beside_but_holds_less_than_it_says() -> None:
    _truth, ahead, y, v = worlds(7, 0.02)
    usual = meta(y, v)
    assert share_within(usual.prediction_lower, usual.prediction_upper, ahead) < 0.92


def test_where_sources_agree_a_factor_of_at_least_one_never_narrows_the_interval() -> None:
    truth, _ahead, y, v = worlds(5, 0.0)
    fixed, plain = meta(y, v, method="FE", test="z"), meta(y, v, test="hartung-knapp")
    floor = meta(y, v, test="hartung-knapp-floor")
    assert ((plain.upper - plain.lower) < (fixed.upper - fixed.lower)).any()
    assert ((floor.upper - floor.lower) >= (fixed.upper - fixed.lower) * (1 - 1e-12)).all()
    assert share_within(floor.lower, floor.upper, truth) >= 0.95
    assert (floor.factor >= 1).all()


# --- many cells -----------------------------------------------------------------------------------------------------


def table(cells: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.001, 0.01, (cells, 6))
    y = rng.normal(0, np.sqrt(v + 0.005))
    y[rng.random(y.shape) < 0.2] = np.nan
    return y, v


@pytest.mark.parametrize("method", ["FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"])
def test_many_cells_at_once_give_what_each_gives_alone(method: Any) -> None:
    y, v = table(60)
    y[0], y[1, 1:] = np.nan, np.nan
    together = meta(y, v, method=method)
    for i in range(60):
        alone = meta(y[i], v[i], method=method)
        for name in ("estimate", "se", "tau2", "lower", "i2", "prediction_upper"):
            np.testing.assert_allclose(getattr(together, name)[i], getattr(alone, name)[0], rtol=1e-9, err_msg=name)
    assert np.isnan(together.estimate[0])
    assert together.estimate[1] == y[1, 0]
    assert np.isnan(together.lower[1])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=9),
    st.sampled_from(["ML", "REML"]),
)
def test_the_likelihood_is_nowhere_higher_than_at_our_tau2(sources: list[tuple[float, float]], method: Any) -> None:
    y, v = np.array(sources).T[:, :, None]
    cells = Independent(y, v**2)
    tau2, _se = between(cells, method)
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 100, 400)])
    best = max(float(cells.loglike(np.array([t]), restricted=method == "REML")[0]) for t in grid)
    ours = float(cells.loglike(tau2, restricted=method == "REML")[0])
    assert ours >= best - 1e-6


def test_twenty_four_thousand_cells_take_a_moment() -> None:
    y, v = table(24_000)
    seconds = {}
    for method in ("DL", "REML"):
        started = time.perf_counter()
        meta(y, v, method=method)
        seconds[method] = time.perf_counter() - started
    # The benchmark measures; this only notices a loop over cells (some seconds).
    assert max(seconds.values()) < 1


def test_leaving_out_is_pooling_without() -> None:
    y, v = table(40)
    left = leave_one_out(y, v)
    fewer = y.copy()
    fewer[:, 2] = np.nan
    there = ~np.isnan(y[:, 2])
    np.testing.assert_allclose(left.estimate[there, 2], meta(fewer, v).estimate[there])
    assert np.isnan(left.estimate[~there, 2]).all()


# --- the same people twice ------------------------------------------------------------------------------------------


def test_sources_that_share_people_count_less_and_the_interval_holds() -> None:
    rng = np.random.default_rng(3)
    v, rho = 0.02**2, 0.8
    full = v * np.array([[1, rho, 0, 0, 0], [rho, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]])
    y = 0.5 + rng.multivariate_normal(np.zeros(5), full, WORLDS)
    covariance = np.broadcast_to(full, (WORLDS, 5, 5))
    blind, seeing = (meta(y, np.full_like(y, v), method="FE", test="z", covariance=each) for each in (None, covariance))
    truth = np.full(WORLDS, 0.5)
    assert share_within(blind.lower, blind.upper, truth) < 0.93
    assert 0.935 <= share_within(seeing.lower, seeing.upper, truth) <= 0.965
    assert (seeing.weights[:, 0] < seeing.weights[:, 2]).all()


def test_generalised_least_squares_is_the_textbook_formula() -> None:
    rng = np.random.default_rng(5)
    root = rng.normal(size=(4, 4))
    full, y = root @ root.T + np.eye(4), rng.normal(size=4)
    found = meta(y, np.diag(full), covariance=full)
    inverse = np.linalg.inv(full + found.tau2[0] * np.eye(4))
    assert found.estimate[0] == pytest.approx(inverse.sum(axis=0) @ y / inverse.sum(), rel=1e-12)


# --- scales ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", SCALES)
def test_a_share_comes_back_from_its_scale(scale: Any) -> None:
    x, n = np.array([1.0, 30, 88, 250]), np.array([40.0, 60, 90, 400])
    y, v = from_counts(x, n, scale)
    np.testing.assert_allclose(back(y, scale, n), x / n, rtol=1e-12)
    assert (v > 0).all()


def test_nobody_and_everybody_have_a_place_on_every_scale() -> None:
    for scale in SCALES:
        y, v = from_counts([0, 30], [30, 30], scale)
        assert np.isfinite(y).all()
        assert (v > 0).all()
    np.testing.assert_allclose(back(from_counts([0, 30], [30, 30], "freeman-tukey")[0], "freeman-tukey", 30), [0, 1])


def test_a_standard_error_and_its_interval_say_the_same() -> None:
    p, se = 0.3, 0.02
    y, v = from_error(p, se, "logit")
    half = 1.959963984540054 * np.sqrt(v)
    lower, upper = back(y - half, "logit"), back(y + half, "logit")
    assert from_interval(p, lower, upper, 0.95, "logit") == pytest.approx(float(v), rel=1e-12)
    assert from_interval(p, p - 1.6448536 * se, p + 1.6448536 * se, 0.90, "raw") == pytest.approx(se**2, rel=1e-6)


# --- what cannot be asked -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("pool.option", {"method": "MAGIC"}),
        ("pool.option", {"test": "t"}),
        ("pool.level", {"level": 95}),
    ],
)
def test_an_option_that_there_is_not_is_refused_with_those_there_are(code: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadSources) as problem:
        meta([0.1, 0.2], [0.01, 0.01], **options)
    assert problem.value.code == code


def test_a_figure_without_spread_is_refused() -> None:
    with pytest.raises(BadSources, match="without uncertainty"):
        meta([0.1, 0.2], [0.01, 0.0])


@pytest.mark.parametrize("method", ["HS", "SJ"])
def test_methods_without_a_form_for_shared_people_are_refused(method: Any) -> None:
    with pytest.raises(BadSources, match="share people"):
        meta([0.1, 0.2], [0.01, 0.01], method=method, covariance=np.diag([0.01, 0.01]))


def test_more_moderators_than_figures_are_refused() -> None:
    with pytest.raises(BadSources) as problem:
        meta_regression([0.1, 0.2, 0.3], [0.01] * 3, [[1, 2], [2, 1], [0, 5]])
    assert problem.value.code == "pool.moderators"


@pytest.mark.parametrize(
    ("y", "v"),
    [
        ([0.0, 0, 0], [1.0, 1, 1]),
        ([1e9, 1e9 + 1, 1e9 + 5], [1e-6, 1e-6, 1e3]),
        ([1e-12, 0, 3e-12], [1e-20, 1e-20, 1e-20]),
        ([0.0, 1], [1e-12, 1e12]),
        ([5.0, -5, 5, -5], [1e-8, 1e-8, 1e-8, 1e-8]),
    ],
)
def test_extreme_figures_have_finite_answers(y: list[float], v: list[float]) -> None:
    for method in METHODS:
        found = meta(y, v, method=method)
        assert np.isfinite([found.estimate[0], found.tau2[0], found.lower[0]]).all(), method
    low, high = tau2_interval(y, v)
    assert 0 <= low[0] <= high[0] < np.inf
    if len(y) > 2:
        assert prediction(y, v)[0][0] <= meta(y, v).estimate[0] <= prediction(y, v)[1][0]


def test_two_sources_have_no_prediction_and_one_no_heterogeneity() -> None:
    two = meta([0.1, 0.3], [0.01, 0.01])
    assert np.isnan(two.prediction_lower[0])
    assert np.isnan(prediction([0.1, 0.3], [0.01, 0.01])[0][0])
    one = meta([0.1], [0.01])
    assert np.isnan([one.q[0], one.i2[0], one.lower[0], tau2_interval([0.1], [0.01])[0][0]]).all()
    assert np.isnan(egger([0.1, 0.3], [0.01, 0.02]).p_value[0])
