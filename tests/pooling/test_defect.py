"""What answers are worth when who answers goes together with what they answer."""

from __future__ import annotations

import json

import numpy as np
import pytest

from datashift.errors import DesignError
from datashift.pooling.defect import defect, deserved, largest_expected, worth

WORLDS = 2_000


def test_the_correlation_is_that_of_answering_and_answer_over_the_whole_population() -> None:
    draw = np.random.default_rng(1)
    for share in (True, False):
        y = (draw.random(5_000) < 0.4).astype(float) if share else draw.gamma(2.0, size=5_000)
        here = draw.random(5_000) < 0.1 + 0.05 * (y > 0.5)
        got = defect(y[here].mean(), (here.sum(), 5_000), y.mean(), sd=None if share else y.std())
        assert float(got.correlation) == pytest.approx(np.corrcoef(here, y)[0, 1], rel=1e-9)
        assert float(got.lower) == float(got.upper) == pytest.approx(float(got.correlation))


def test_published_values_come_out() -> None:
    # Meng 2018: half a country of any size with a correlation of 0.05 is worth 400 answers drawn by chance.
    assert float(worth(0.05, (115e6, 230e6))) == pytest.approx(400, rel=1e-4)
    assert float(worth(-0.005, (2.3e6, 230e6))) == pytest.approx(404, abs=0.5)
    # Numbers of the example in the R package ddi: a vote in a panel, 12,284 of 35,829, against all votes in the end.
    got = defect(12284 / 35829, (35829, 136639786), 62984824 / 136639786)
    assert float(got.correlation) == pytest.approx(-0.0038, abs=5e-5)


def test_chance_alone_is_worth_n_and_never_more() -> None:
    assert float(worth(1 / np.sqrt(9_999), (500, 10_000))) == pytest.approx(500)
    assert float(worth(0.0, (500, 10_000))) == 500


def test_intervals_of_the_correlation_hold_it_in_95_of_100_worlds() -> None:
    draw = np.random.default_rng(2)
    truth, n, population = 0.3, 4_000, 100_000
    rho = draw.normal(0, 0.01, WORLDS)
    mean = truth + rho * np.sqrt((population - n) / n) * np.sqrt(truth * (1 - truth))
    official = draw.binomial(900, truth, WORLDS) / 900
    got = defect(mean, (n, population), official, np.sqrt(official * (1 - official) / 900))
    assert 0.935 <= np.mean((got.lower <= rho) & (rho <= got.upper)) <= 0.965
    assert np.all((got.worth_lower <= got.worth) & (got.worth <= got.worth_upper) & (got.worth_upper <= n))


def test_the_interval_by_the_largest_correlation_holds_every_truth_that_this_correlation_allows() -> None:
    truth = np.linspace(0.02, 0.98, 49)
    for sign in (-1, 1):
        mean = truth + sign * 0.02 * np.sqrt(99) * np.sqrt(truth * (1 - truth))
        inside = (mean > 0) & (mean < 1)
        got = deserved(mean, (1_000, 100_000), 0.02)
        edge = got.lower if sign > 0 else got.upper
        assert edge[inside] == pytest.approx(truth[inside], abs=1e-9)
    plain = deserved(12.0, (1_000, 100_000), 0.02, sd=3.0)
    assert float(plain.upper) == pytest.approx(12 + 0.02 * np.sqrt(99) * 3)


@pytest.mark.parametrize("seen", [4, 10, 30])
def test_the_interval_a_source_deserves_holds_the_truth_in_95_of_100_worlds(seen: int) -> None:
    draw = np.random.default_rng(3)
    truth, n, population = 0.4, 2_000, 200_000
    rho = draw.normal(0, 0.02, (WORLDS, seen + 1))
    largest = np.array([largest_expected(world) for world in rho[:, 1:]])
    mean = truth + rho[:, 0] * np.sqrt((population - n) / n) * np.sqrt(truth * (1 - truth))
    got = deserved(mean, (n, population), largest)
    assert 0.935 <= np.mean((got.lower <= truth) & (truth <= got.upper)) <= 0.965


def test_volunteers_make_false_gaps_as_they_are_and_not_with_the_interval_they_deserve() -> None:
    draw = np.random.default_rng(4)
    n, population, truth = 2_000, 200_000, 0.4
    rho = draw.normal(0.015, 0.01, (WORLDS, 13))
    largest = np.array([largest_expected(world) for world in rho[:, 1:]])
    mean = truth + rho[:, 0] * np.sqrt((population - n) / n) * np.sqrt(truth * (1 - truth))
    official = draw.normal(truth, 0.012, WORLDS)
    naive = np.abs(mean - official) > 1.96 * np.hypot(np.sqrt(mean * (1 - mean) / n), 0.012)
    got = deserved(mean, (n, population), largest)
    allowed = (official + 1.96 * 0.012 < got.lower) | (official - 1.96 * 0.012 > got.upper)
    assert naive.mean() > 0.5
    assert allowed.mean() <= 0.05


def test_what_cannot_be_is_refused() -> None:
    for call, code in (
        (lambda: defect(0.4, (100, 100), 0.3), "ladder.n-above-population"),
        (lambda: defect(0.4, (100, 1_000), [0.3, 1.0]), "ladder.benchmark-without-spread"),
        (lambda: largest_expected([0.01, np.nan, 0.02]), "ladder.pairs"),
    ):
        with pytest.raises(DesignError) as refused:
            call()
        assert refused.value.code == code
        assert "{" not in str(refused.value)


def test_sentences_say_what_is_known_and_what_is_not() -> None:
    got = defect([0.55, 0.4], (2_000, 200_000), 0.4, 0.01)
    assert got.sentence().startswith(
        "2\u202f000 answers are worth about as much as 11 answers of people drawn by chance"
    )
    assert got.sentence(1).startswith("2\u202f000 answers are worth about as much as 2\u202f000 answers")
    said = deserved(0.55, (2_000, 200_000), 0.03).sentence()
    assert "the truth lies between 40.4\u202f% and 68.8\u202f%. Whether it does so here cannot be tested." in said
    assert len(json.loads(json.dumps(got.as_dict()))["worth"]) == 2
