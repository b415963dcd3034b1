"""Intervals equal R's, hold the estimate, widen with the level, and cover the truth as often as they say."""

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from datashift.estimation.interval import Shape, interval, number_intervals, share_interval, share_intervals
from datashift.estimation.profile import profile_limits
from datashift.model import Design

IN_R = {
    "logit": "ci_xlogit",
    "korn-graubard": "ci_kg_truncated",
    "beta": "ci_beta",
    "wilson": "ci_wilson",
    "arcsine": "ci_asin",
    "likelihood": "ci_likelihood",
    "t": "ci_t_df_domain",
}
KINDS = list(IN_R)
WITHIN = [kind for kind in KINDS if kind != "t"]


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest) -> list[dict]:
    file = request.getfixturevalue("reference") / "survey_reference.json"
    cases = json.loads(file.read_text())["cases"]
    shares = [case for case in cases if case["estimate"]["estimator"] == "proportion"]
    return [result for case in shares for result in case["results"]]


def against_r(results: list[dict], kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Limits of R, limits computed here, and (p, se, n, df), where R has an interval and there is a spread."""
    known = [r for r in results if (r.get(IN_R[kind]) or [None])[0] is not None]
    if kind != "korn-graubard":
        known = [r for r in known if 0 < r["estimate"] < 1]
    facts = np.array([[r[k] for k in ("estimate", "se", "n_positive_weight", "df_domain")] for r in known]).T
    theirs = np.array([r[IN_R[kind]][:2] for r in known]).T
    return theirs, np.array(share_intervals(*facts, 0.025, kind)), facts


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "count"), [("logit", 105), ("korn-graubard", 110), ("beta", 105), ("wilson", 105), ("t", 105)]
)
def test_intervals_of_shares_equal_those_of_r_survey(results: list[dict], kind: str, count: int) -> None:
    theirs, mine, _ = against_r(results, kind)
    assert theirs.shape[1] == count
    assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.shared
def test_arcsine_equals_r_except_where_r_folds_back_at_the_ends(results: list[dict]) -> None:
    theirs, mine, (p, se, _n, df) = against_r(results, "arcsine")
    angle, half = np.arcsin(np.sqrt(p)), stats.t.ppf(0.975, df) * se / 2 / np.sqrt(p * (1 - p))
    below, above = angle - half < 0, angle + half > np.pi / 2
    assert mine[0, ~below] == pytest.approx(theirs[0, ~below], rel=1e-9)
    assert mine[1, ~above] == pytest.approx(theirs[1, ~above], rel=1e-9)
    # sin² of a negative angle rises again: R's lower limits there lie above 0, some above the estimate itself.
    assert np.all(mine[0, below] == 0)
    assert np.all(mine[1, above] == 1)
    assert np.any((theirs[0] > p) | (theirs[1] < p))
    assert int((below | above).sum()) == 10


@pytest.mark.shared
def test_likelihood_limits_equal_those_of_r_up_to_where_its_fit_stops(results: list[dict]) -> None:
    theirs, mine, (_p, _se, n, df) = against_r(results, "likelihood")
    away = np.abs(mine - theirs).max(axis=0)
    assert theirs.shape[1] == 104
    # Two degrees of freedom: R reads limits where its spline is far off; they are solved for instead.
    far = away > 2e-5
    assert (n[far].tolist(), df[far].tolist()) == ([3, 4], [2, 2])
    # R scales with the weights of the last but one step of its fit, so its intervals are wider by up to 2e-5.
    assert int((away <= 1e-6).sum()) == 92
    assert np.median(away) < 1e-7


def test_likelihood_limits_that_r_does_not_find_solve_the_equation() -> None:
    p, se, n, df = 0.683462369916065, 0.0511003484139715, 6, 2
    lower, upper = share_interval(p, se, n, df, 0.025, "likelihood")
    assert lower < p < upper

    def deviance(b: float) -> float:
        return -2 * n * (p * np.log(b) + (1 - p) * np.log(1 - b))

    scaled = stats.t.ppf(0.975, df) ** 2 * n * se**2 / (p * (1 - p))
    for limit in (lower, upper):
        grown = (deviance(limit) - deviance(p)) * (n - 1) / n
        assert grown == pytest.approx(scaled, rel=1e-2)


def test_likelihood_limits_come_from_the_deviance_where_the_search_is_cut_short() -> None:
    # So many standard errors wide that the spline of nine steps ends before the limits.
    p, n = np.array([0.4]), np.array([12.0])
    lower, upper = profile_limits(p, np.array([0.14]), n, np.array([40.0]))
    assert 0 < lower[0] < 1e-6
    assert 1 - 1e-6 < upper[0] <= 1


shares = st.floats(0.001, 0.999)
errors = st.floats(1e-5, 0.3)
degrees = st.integers(1, 400)
beyond = st.integers(1, 5000)  # answers beyond the degrees of freedom


@settings(max_examples=200, deadline=None)
@given(shares, errors, beyond, degrees, st.sampled_from(WITHIN))
def test_limits_lie_between_0_and_1_and_hold_the_share(p: float, se: float, n: int, df: int, kind: str) -> None:
    lower, upper = share_interval(p, se, df + n, df, 0.025, kind)
    assert 0 <= lower <= p <= upper <= 1


@settings(max_examples=200, deadline=None)
@given(shares, errors, beyond, degrees, st.sampled_from(KINDS))
def test_a_higher_level_gives_a_wider_interval(p: float, se: float, n: int, df: int, kind: str) -> None:
    limits = np.array([share_interval(p, se, df + n, df, (1 - level) / 2, kind) for level in (0.8, 0.9, 0.98)])
    assert np.all(np.diff(limits[:, 0]) <= 1e-12)
    assert np.all(np.diff(limits[:, 1]) >= -1e-12)


@settings(max_examples=100, deadline=None)
@given(shares, errors, beyond, degrees, st.sampled_from(KINDS))
def test_the_share_of_no_mirrors_the_share_of_yes(p: float, se: float, n: int, df: int, kind: str) -> None:
    lower, upper = share_interval(p, se, df + n, df, 0.025, kind)
    mirrored = share_interval(1 - p, se, df + n, df, 0.025, kind)
    assert mirrored == pytest.approx((1 - upper, 1 - lower), abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("p", "se"), [(0.0, 0.0), (1.0, 0.0), (0.4, 0.0), (0.0, 1e-9), (1.0, 1e-9)])
def test_without_a_spread_every_kind_is_clopper_pearson_with_all_answers(kind: str, p: float, se: float) -> None:
    exact = stats.binomtest(round(p * 20), 20).proportion_ci(0.95, "exact")
    assert share_interval(p, se, 20, 9, 0.025, kind) == pytest.approx((exact.low, exact.high), rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_no_interval_without_a_share_or_without_degrees_of_freedom(kind: str) -> None:
    lower, upper = share_intervals([np.nan, 0.5, 0.5], [0.1, 0.1, 0.1], 20, [5, 0, 5], 0.025, kind)
    assert np.array_equal(np.isnan(lower), [True, True, False])
    assert np.array_equal(np.isnan(upper), [True, True, False])


@pytest.mark.parametrize("kind", KINDS)
def test_many_intervals_at_once_are_the_single_ones(kind: str) -> None:
    chance = np.random.default_rng(1)
    p, se = chance.uniform(0, 1, 60).round(1).reshape(20, 3), chance.uniform(0, 0.2, (20, 3))
    n, df = chance.integers(2, 300, (20, 3)), chance.integers(1, 60, (20, 3))
    lower, upper = share_intervals(p, se, n, df, 0.05, kind)
    assert lower.shape == (20, 3)
    for k in np.ndindex(p.shape):
        one = share_interval(p[k], se[k], n[k], df[k], 0.05, kind)
        assert (lower[k], upper[k]) == pytest.approx(one, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_four_thousand_intervals_take_a_blink(kind: str) -> None:
    chance = np.random.default_rng(1)
    p = chance.uniform(0.01, 0.99, 24_000)
    se, n, df = np.sqrt(p * (1 - p) / 200), chance.integers(100, 900, 24_000), chance.integers(1, 120, 24_000)
    share_intervals(p[:9], se[:9], n[:9], df[:9], 0.025, kind)
    start = time.thread_time()  # what this thread computes, whatever else the machine does
    share_intervals(p, se, n, df, 0.025, kind)
    assert time.thread_time() - start < 0.5


def world(shares: np.ndarray, clusters: int, answers: int, alike: float) -> tuple[np.ndarray, ...]:
    """4,000 stratified cluster samples: the truth, the estimates, their standard errors, answers and df."""
    chance, strata = np.random.default_rng(7), len(shares)
    weight = np.arange(1, strata + 1) / np.arange(1, strata + 1).sum()
    spread = (1 - alike) / alike  # Beta clusters with this intra-cluster correlation
    here = shares[None, :, None]
    of_cluster = chance.beta(here * spread, (1 - here) * spread, size=(4_000, strata, clusters))
    found = chance.binomial(answers, of_cluster) / answers
    variance = (found.var(axis=2, ddof=1) / clusters) @ weight**2
    p, n = found.mean(axis=2) @ weight, strata * clusters * answers
    return shares @ weight, p, np.sqrt(variance), n, strata * (clusters - 1)


MODERATE = [(0.2, 0.5, 6, 10, 15, 0.05), (0.3, 0.7, 6, 6, 12, 0.1), (0.1, 0.3, 10, 8, 20, 0.04)]
RARE = [(0.01, 0.03, 6, 10, 15, 0.03), (0.01, 0.03, 10, 20, 20, 0.02), (0.01, 0.03, 6, 6, 12, 0.05)]


def covered(setting: tuple, kind: str) -> float:
    low, high, strata, clusters, answers, alike = setting
    truth, *figures = world(np.linspace(low, high, strata), clusters, answers, alike)
    lower, upper = share_intervals(*figures, 0.025, kind)
    return float(np.mean((lower <= truth) & (truth <= upper)))


@pytest.mark.parametrize("setting", MODERATE)
@pytest.mark.parametrize("kind", ["logit", "korn-graubard", "wilson"])
def test_moderate_shares_are_covered_as_often_as_stated(setting: tuple, kind: str) -> None:
    assert 0.935 <= covered(setting, kind) <= 0.965


@pytest.mark.parametrize("setting", RARE)
def test_rare_shares_are_covered_by_korn_graubard_and_missed_more_often_by_plain_intervals(setting: tuple) -> None:
    assert 0.94 <= covered(setting, "korn-graubard") <= 0.97
    assert covered(setting, "logit") >= 0.935
    assert covered(setting, "wilson") >= 0.925
    assert covered(setting, "t") < covered(setting, "korn-graubard")


def shape(estimator: str, df: float = 10, **more: bool) -> Shape:
    return Shape(estimator, 50, df, Design(sampling_type="probability"), **more)


def test_numbers_have_intervals_with_the_t_quantile_on_the_scale_that_fits() -> None:
    t = stats.t.ppf(0.975, 10)
    assert interval(8.0, 1.0, shape("mean")) == pytest.approx((8 - t, 8 + t))
    assert interval(8.0, 1.0, shape("per_unit")) == pytest.approx((8 * np.exp(-t / 8), 8 * np.exp(t / 8)))
    assert interval(8.0, 1.0, shape("mean", positive=True)) == pytest.approx((8 - t, 8 + t))
    assert interval(2.0, 1.0, shape("mean", positive=True)) == pytest.approx((2 * np.exp(-t / 2), 2 * np.exp(t / 2)))
    assert interval(-2.0, 1.0, shape("mean", positive=True)) == pytest.approx((-2 - t, -2 + t))
    assert interval(8.0, 1.0, shape("mean", df=0)) == (None, None)
    assert shape("per_unit").on_log_scale(8.0, 1.0)
    assert not shape("mean", positive=True).on_log_scale(8.0, 1.0)


def test_many_numbers_at_once_are_the_single_ones() -> None:
    value, se, df = np.array([8.0, 2.0, -2.0, 0.0, np.nan, 5.0]), np.ones(6), np.array([10, 10, 10, 10, 10, 0])
    lower, upper = number_intervals(value, se, df, 0.025, "positive")
    for k in range(4):
        one = interval(value[k], 1.0, shape("mean", positive=True))
        assert (lower[k], upper[k]) == pytest.approx(one)
    assert np.isnan(lower[4:]).all()
    assert np.isnan(upper[4:]).all()
