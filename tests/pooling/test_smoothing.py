"""The smoothed level equals brute-force conditioning of the multivariate normal, and its intervals cover."""

import json

import numpy as np
import pytest

from datashift.errors import TooThin
from datashift.pooling.kalman import Drift, likelihoods, smooth_columns
from datashift.pooling.smoothing import Smoothed, SmoothModel, smooth

YEARS = np.array([2000, 2001, 2001, 2003.5, 2007, 2008, 2012.25, 2013])


def _covariance(s: np.ndarray, t: np.ndarray, level: float, slope: float) -> np.ndarray:
    """Covariance of a level whose drift begins at 0: level · min + slope · ∫ (s − u)(t − u) du."""
    early, late = np.minimum(s[:, None], t), np.maximum(s[:, None], t)
    return level * early + slope * early**2 * (3 * late - early) / 6


def _brute(t: np.ndarray, y: np.ndarray, v: np.ndarray, fixed: np.ndarray, at: np.ndarray, drift: tuple) -> tuple:
    """Condition the whole multivariate normal at once, with a flat start: mean, variance, likelihood."""
    begin = t[0]
    x = np.column_stack([np.ones(len(t)), t - begin, fixed])
    inverse = np.linalg.inv(_covariance(t - begin, t - begin, *drift) + np.diag(v))
    spread = np.linalg.inv(x.T @ inverse @ x)
    beta = spread @ x.T @ inverse @ y
    cross = _covariance(at - begin, t - begin, *drift)
    z = np.column_stack([np.ones(len(at)), at - begin, np.zeros((len(at), fixed.shape[1]))])
    left = z - cross @ inverse @ x
    own = _covariance(at - begin, at - begin, *drift) - cross @ inverse @ cross.T + left @ spread @ left.T
    rest = y - x @ beta
    log = 0.5 * (np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(x.T @ inverse @ x)[1] - rest @ inverse @ rest)
    return z @ beta + cross @ inverse @ rest, np.diag(own), log


@pytest.mark.parametrize("drift", [(0.2, 0.01), (0.0, 0.0), (0.0, 0.05), (1.0, 0.0)])
@pytest.mark.parametrize("offsets", [0, 1])
def test_filter_and_smoother_equal_brute_force(drift: tuple[float, float], offsets: int) -> None:
    chance = np.random.default_rng(0)
    y, v = chance.normal(size=8) + 0.3 * (YEARS - 2000), chance.uniform(0.1, 0.5, 8)
    fixed = (np.arange(8) % 3 == 1).astype(float)[:, None][:, :offsets]
    at = np.array([2000, 2002, 2007, 2010, 2013, 2030.0])
    pair = Drift(np.array([drift[0]]), np.array([drift[1]]))
    found = smooth_columns(pair, YEARS, v, y, fixed, at)
    mean, variance, log = _brute(YEARS, y, v, fixed, at, drift)
    np.testing.assert_allclose(found.level[0], mean, rtol=1e-9)
    np.testing.assert_allclose(found.level_variance[0], variance, rtol=1e-8)
    assert likelihoods(pair, YEARS, v, y, fixed)[0] == pytest.approx(log, rel=1e-9)


def test_errors_ahead_are_those_of_a_forecast_from_the_years_before() -> None:
    chance = np.random.default_rng(1)
    y, v, none = chance.normal(size=8), chance.uniform(0.1, 0.5, 8), np.zeros((8, 0))
    found = smooth_columns(Drift(np.array([0.2]), np.array([0.01])), YEARS, v, y, none, YEARS[-1:])
    assert np.isnan(found.errors[0, :2]).all()
    for j in range(3, 8):
        mean, variance, _log = _brute(YEARS[:j], y[:j], v[:j], none[:j], YEARS[j : j + 1], (0.2, 0.01))
        assert found.errors[0, j] == pytest.approx(y[j] - mean[0], rel=1e-9)
        assert found.errors_variance[0, j] == pytest.approx(variance[0] + v[j], rel=1e-9)


def _worlds(worlds: int, n: int, drift: tuple[float, float], model: SmoothModel) -> tuple[float, float]:
    """Return how often the level of an observed year, and that of a year to come, lies in its interval."""
    chance = np.random.default_rng(3)
    t = np.sort(chance.choice(np.arange(2000.0, 2025.0), n, replace=False))
    every = np.append(t, 2030.0)
    root = np.linalg.cholesky(_covariance(every - 1999, every - 1999, *drift) + 1e-12 * np.eye(n + 1))
    seen = ahead = 0.0
    for _world in range(worlds):
        truth = 0.2 + 0.03 * chance.normal() * (every - 2000) + root @ chance.normal(size=n + 1)
        se = np.exp(chance.uniform(-0.5, 0.5, n)) * 0.1
        found = smooth(t, truth[:n] + se * chance.normal(size=n), se, at=[2030.0], model=model)
        inside = (found.lower < truth) & (truth < found.upper)
        seen += float(inside[:n].mean()) / worlds
        ahead += float(inside[-1]) / worlds
    return seen, ahead


def test_intervals_cover_with_a_known_drift() -> None:
    seen, ahead = _worlds(2000, 12, (0.01, 0.0005), SmoothModel(drift=(0.01, 0.0005)))
    assert 0.935 < seen < 0.965
    assert 0.935 < ahead < 0.965


def test_intervals_cover_with_a_drift_that_comes_from_the_data() -> None:
    seen, ahead = _worlds(300, 12, (0.01, 0.0005), SmoothModel())
    assert 0.935 < seen < 0.965
    # A slope that is hardly seen may turn more than it does: the forecast rather covers too much.
    assert ahead > 0.935


def _shares(**changed: object) -> Smoothed:
    values = [48, 50, 53, 55, 56, 60, 61.5]
    model = SmoothModel(**({"bounds": (0.0, 100.0), "unit": "PT"} | changed))
    return smooth([2015, 2016, 2018, 2019, 2021, 2023, 2024], values, [2.0] * 7, at=[2017, 2030], model=model)


def test_a_missing_year_is_bridged_and_a_year_to_come_is_foretold_within_bounds() -> None:
    found = _shares()
    assert found.times.tolist() == [2015, 2016, 2017, 2018, 2019, 2021, 2023, 2024, 2030]
    assert 48 < found.level[2] < 55
    assert ((found.lower > 0) & (found.upper < 100)).all()
    assert found.upper[-1] - found.lower[-1] > 2 * (found.upper[-2] - found.lower[-2])
    assert found.sentence().startswith("For 2030 the level is foretold as ")
    assert "2024" in found.sentence()
    json.dumps(found.as_dict(), allow_nan=False)


def test_offsets_of_source_types_are_learnt_from_the_anchor() -> None:
    chance = np.random.default_rng(8)
    years = np.repeat(np.arange(2005.0, 2025.0), 2)
    kinds = ["survey", "platform"] * 20
    truth = 0.4 + 0.02 * (years - 2005)
    y = truth + np.where(np.array(kinds) == "platform", 0.15, 0.0) + 0.02 * chance.normal(size=40)
    found = smooth(years, y, [0.02] * 40, kinds=kinds, model=SmoothModel(anchor="survey"))
    offset, se = found.offsets["platform"]
    assert abs(offset - 0.15) < 3 * se < 0.05
    assert np.abs(found.level - truth[::2]).max() < 0.04
    with pytest.raises(TooThin, match="platform"):
        smooth(years, y, [0.02] * 40, kinds=kinds)


@pytest.mark.parametrize(
    ("years", "values", "se", "code"),
    [
        ([2015, 2016, 2017], [1, 2, 3], [1, 1, 1], "smooth.few-years"),
        ([2015, 2015, 2015, 2015], [1, 2, 3, 4], [1, 1, 1, 1], "smooth.few-years"),
        ([2015, 2016, 2017, 2018], [1, 2, 3, 4], [1, 0, 1, 1], "smooth.year-without-error"),
        ([2015, 2016, 2017, 2018], [1, np.nan, 3, 4], [1, 1, 1, 1], "smooth.year-without-error"),
    ],
)
def test_a_series_that_is_too_thin_is_refused(years: list, values: list, se: list, code: str) -> None:
    with pytest.raises(TooThin) as refused:
        smooth(years, values, se)
    assert refused.value.code == code


def test_a_share_at_its_bound_is_refused() -> None:
    with pytest.raises(TooThin, match="logit"):
        smooth([2015, 2016, 2017, 2018], [90, 95, 99, 100], [1] * 4, model=SmoothModel(bounds=(0.0, 100.0)))
