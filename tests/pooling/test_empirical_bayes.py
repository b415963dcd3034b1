"""Pooling of areas and sources, held against simulated truth."""

import json

import numpy as np
import pytest
from scipy import integrate, special, stats

from datashift.errors import TooThin
from datashift.pooling.empirical_bayes import PooledAreas, pool_areas
from datashift.pooling.laplace import Table, at_modes

BIAS = {"probability": 0.0, "volunteer": 0.7, "register": -0.4}


def _world(chance: np.random.Generator, areas: int = 47) -> tuple[np.ndarray, np.ndarray, PooledAreas]:
    """Simulate areas seen by three kinds of sources; return truth, the survey's own shares, and the pooled areas."""
    truth = 0.4 + 0.6 * chance.normal(size=areas)
    direct = np.full(areas, np.nan)
    rows: list[tuple[str, str, float, int]] = []
    for kind, bias in BIAS.items():
        survey = kind == "probability"
        for j in range(areas):
            if survey and chance.random() < 0.3:
                continue
            n = int(chance.integers(15, 60) if survey else chance.integers(40, 200))
            odd = 0.0 if survey else 0.3 * chance.normal()
            share = chance.binomial(n, special.expit(truth[j] + bias + odd)) / n
            rows.append((str(j), kind, share, n))
            direct[j] = share if survey else direct[j]
    pooled = pool_areas(*zip(*rows, strict=True))
    order = [int(name) for name in pooled.areas]
    return special.expit(truth[order]), direct[order], pooled


def test_pooled_areas_are_close_to_the_truth_and_intervals_cover() -> None:
    chance, worlds = np.random.default_rng(5), 120
    covered, ours, theirs, biases = [], [], [], []
    for _world_number in range(worlds):
        truth, direct, pooled = _world(chance)
        covered.append(((pooled.lower < truth) & (truth < pooled.upper)).mean())
        ours.append(((pooled.shares - truth) ** 2).mean())
        theirs.append(np.nanmean((direct - truth) ** 2))
        biases.append(pooled.biases["volunteer"][0])
    assert 0.935 < np.mean(covered) < 0.965
    assert np.sqrt(np.mean(ours)) < 0.65 * np.sqrt(np.mean(theirs))
    assert np.mean(biases) == pytest.approx(0.7, abs=0.03)


def test_the_laplace_likelihood_is_near_the_integral() -> None:
    hits, n, sd = np.array([[12.0], [25.0], [3.0]]), np.array([[30.0], [31.0], [29.0]]), 0.7
    table = Table(hits, n, np.array([False]))

    def exact(spread: float) -> float:
        def given(mean: float) -> float:
            parts = []
            for y, m in zip(hits[:, 0], n[:, 0], strict=True):

                def area(u: float, y: float = y, m: float = m) -> float:
                    eta = mean + u
                    return float(np.exp(y * eta - m * np.logaddexp(0, eta) + 18.0) * stats.norm.pdf(u, 0, spread))

                parts.append(integrate.quad(area, -5, 5, points=[-1, 0, 1])[0])
            return float(np.prod(parts))

        return float(np.log(integrate.quad(given, -4, 4, points=[-1, 0, 1])[0]))

    found = at_modes(table, np.array([[sd, 0.0], [1.4, 0.0]])).loglike
    assert found[1] - found[0] == pytest.approx(exact(1.4) - exact(sd), abs=0.05)


def test_one_survey_alone_is_drawn_to_the_middle_of_the_areas() -> None:
    names = [str(i) for i in range(12)]
    shares, n = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7] * 2, [20.0] * 12
    found = pool_areas(names, ["probability"] * 12, shares, n)
    assert found.biases == {}
    assert 0.2 < found.shares[0] < 0.45
    assert 0.45 < found.shares[5] < 0.7
    more = pool_areas(names, ["probability"] * 12, shares, [2000.0] * 12)
    assert np.abs(more.shares - shares).max() < 0.01
    assert (more.own > found.own).all()


def test_shares_of_0_and_1_and_areas_without_data_get_a_figure() -> None:
    names = [str(i) for i in range(12)]
    shares, n = [0.0, 1.0, *[0.5] * 9, 0.0], [10.0] * 11 + [0.0]
    found = pool_areas(names, ["probability"] * 12, shares, n)
    assert 0 < found.lower[0] < found.shares[0] < 0.5 < found.shares[1] < found.upper[1] < 1
    assert found.own[11] == pytest.approx(0, abs=0.05)
    assert found.upper[11] - found.lower[11] > found.upper[5] - found.lower[5]


@pytest.mark.parametrize(
    ("kinds", "shares", "n", "code"),
    [
        (["volunteer"] * 12, [0.5] * 12, [20.0] * 12, "smooth.no-anchor"),
        (["probability"] * 12, [0.5] * 12, [20.0] * 5 + [0.0] * 7, "smooth.few-pooled"),
        (["probability"] * 11 + ["volunteer"], [0.5] * 12, [20.0] * 12, "smooth.no-meeting"),
        (["probability"] * 12, [0.5] * 11 + [1.5], [20.0] * 12, "smooth.not-a-count"),
        (["probability"] * 12, [0.5] * 12, [20.0] * 11 + [np.nan], "smooth.not-a-count"),
    ],
)
def test_what_cannot_be_pooled_is_refused(kinds: list, shares: list, n: list, code: str) -> None:
    with pytest.raises(TooThin) as refused:
        pool_areas([str(i) for i in range(12)], kinds, shares, n)
    assert refused.value.code == code


def test_the_result_says_itself_and_is_ready_for_json() -> None:
    _truth, _direct, found = _world(np.random.default_rng(1), areas=15)
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert told["sentence"].startswith("Of 15 areas, ")
    assert "anchor: probability" in told["method"]
    assert "points off" in found.bias_sentence("volunteer")
