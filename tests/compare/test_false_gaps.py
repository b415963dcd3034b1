"""How often the verdicts are wrong: thousands of simulated worlds per situation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from datashift.chance import adjusted
from datashift.compare import compare, verdict_word
from datashift.compare.uncertainty import (
    Apart,
    Known,
    apart,
    number_limits,
    positive_limits,
    share_limits,
    stated_share_limits,
    wider,
)
from datashift.estimation.interval import share_intervals
from datashift.model import Benchmark, Comparison, Estimate, Measure

Citizen = Callable[..., Estimate]
Figure = Callable[..., Benchmark]
Floats = np.ndarray

WORLDS, MANY = 2000, 20_000


@dataclass(frozen=True)
class Survey:
    """Yes/no answers of many worlds: shares, standard errors and limits (0 to 1), answers, degrees of freedom."""

    share: Floats
    se: Floats
    lower: Floats
    upper: Floats
    n: Floats
    df: float

    def known(self) -> Known:
        """Return what `compare` makes of it."""
        given = Known(100 * self.share, 100 * self.lower, 100 * self.upper, self.df)
        return wider(given, share_limits(100 * self.share, 100 * self.se, self.n, self.df, 0.95))


def survey(truth: Floats, clusters: int, size: int, alike: float, uneven: bool = False, seed: int = 20301231) -> Survey:
    """Ask `size` people in each of `clusters` clusters (beta-binomial, intra-cluster correlation `alike`).

    Value and standard error are those of the estimator: ratio of sums, ultimate clusters, logit interval. Uneven
    clusters have a quarter to three times the size.
    """
    rng = np.random.default_rng(seed)
    spread = 1 / alike - 1
    chance = rng.beta((truth * spread)[:, None], ((1 - truth) * spread)[:, None], (len(truth), clusters))
    sizes = rng.integers(max(2, size // 4), 3 * size, chance.shape) if uneven else np.full(chance.shape, size)
    yes = rng.binomial(sizes, chance)
    n = sizes.sum(axis=1).astype(float)
    share = yes.sum(axis=1) / n
    around = (yes - share[:, None] * sizes) / n[:, None]
    se = np.sqrt(clusters / (clusters - 1) * (around**2).sum(axis=1))
    lower, upper = share_intervals(share, se, n, np.full(len(truth), clusters - 1.0), 0.025, "logit")
    return Survey(share, se, lower, upper, n, clusters - 1.0)


def alone(truth: Floats, n: int, seed: int = 5) -> Survey:
    """Ask `n` people one by one."""
    share = np.random.default_rng(seed).binomial(n, truth) / n
    se = np.sqrt(share * (1 - share) / (n - 1))
    lower, upper = share_intervals(share, se, n, np.full(len(truth), n - 1.0), 0.025, "logit")
    return Survey(share, se, lower, upper, np.full(len(truth), float(n)), n - 1.0)


def said(rows: Sequence[Comparison]) -> Counter[str]:
    return Counter(row.verdict for row in rows)


@pytest.fixture(scope="session")
def worlds(citizen: Citizen, figure: Figure, working: dict[str, Measure]) -> Callable[..., list[Comparison]]:
    """Compare each world on its own: a place and an official series for each."""

    def verdicts(asked: Survey, official: Floats, **stated: object) -> list[Comparison]:
        sampling = stated.pop("sampling_type", "probability")
        estimates = [
            citizen(
                area=f"w{i}", area_name=f"World {i}", value=100 * float(asked.share[i]), se=100 * float(asked.se[i]),
                lower=100 * float(asked.lower[i]), upper=100 * float(asked.upper[i]), n=int(asked.n[i]), df=asked.df,
                sampling_type=sampling,
            )
            for i in range(len(official))
        ]  # fmt: skip
        figures = [
            figure(
                area=f"w{i}", area_name=f"World {i}", value=float(value), facts={"select": {"world": str(i)}}, **stated
            )
            for i, value in enumerate(official)
        ]
        return compare(estimates, figures, measures=working, areas={})

    return verdicts


Worlds = Callable[..., list[Comparison]]


def truths(count: int = WORLDS) -> Floats:
    return np.random.default_rng(1).uniform(0.2, 0.8, count)


def around(truth: Floats, se: float, seed: int = 2) -> Floats:
    return 100 * truth + np.random.default_rng(seed).normal(0, se, len(truth))


# --- 2,000 worlds through the whole comparison --------------------------------------------------------------------


def test_equal_worlds_show_a_gap_in_at_most_one_of_twenty(worlds: Worlds) -> None:
    truth = truths()
    found = worlds(survey(truth, 25, 40, 0.02), around(truth, 1.0), se=1.0)
    assert said(found)["gap"] / WORLDS <= 0.05
    assert all(row.p_adjusted == row.p_value for row in found)


def test_worlds_that_differ_show_it_more_often_the_further_they_are_apart(worlds: Worlds) -> None:
    truth = truths()
    asked = survey(truth, 25, 40, 0.02)
    seen = [said(worlds(asked, around(truth, 1.0) - shift, se=1.0))["gap"] / WORLDS for shift in (2.0, 6.0, 12.0)]
    assert seen == sorted(seen)
    assert seen[-1] > 0.95


def test_a_difference_that_just_matters_is_rarely_called_no_gap(worlds: Worlds) -> None:
    truth = truths()
    asked = survey(truth, 60, 40, 0.01)
    wrong = said(worlds(asked, around(truth, 0.2) - 5, se=0.2))["no_gap_seen"] / WORLDS
    right = said(worlds(asked, around(truth, 0.2), se=0.2))["no_gap_seen"] / WORLDS
    assert wrong <= 0.05
    assert right > 10 * wrong


def test_cannot_tell_shrinks_as_more_are_asked(worlds: Worlds) -> None:
    truth = truths()
    for shift, designs in ((8.0, (8, 30, 150)), (0.0, (30, 200))):
        unknown = []
        for clusters in designs:
            rows = worlds(survey(truth, clusters, 20, 0.02), around(truth, 0.5) - shift, se=0.5)
            unknown.append(said(rows)["cannot_tell"] / WORLDS)
        assert unknown == sorted(unknown, reverse=True)
        assert unknown[0] > 0.5 > 2 * unknown[-1]


@pytest.mark.parametrize("clusters", [6, 10])
def test_few_clusters_show_no_more_false_gaps(worlds: Worlds, clusters: int) -> None:
    truth = np.random.default_rng(3).uniform(0.03, 0.97, WORLDS)
    asked = survey(truth, clusters, 20, 0.2, uneven=True)
    assert said(worlds(asked, around(truth, 0.3), se=0.3))["gap"] / WORLDS <= 0.05


def test_modelled_official_values_only_ever_suggest(worlds: Worlds) -> None:
    truth = truths()
    asked = survey(truth, 25, 40, 0.02)
    # The model of the official side misses the truth by as much as is stated for its series (improved water: 4.31).
    found = worlds(asked, around(truth, 4.31), se=None, nature="E", series="wat_bas_n")
    assert said(found)["gap"] / WORLDS <= 0.05
    far = worlds(asked, around(truth, 4.31) - 20, se=None, nature="E", series="wat_bas_n")
    assert said(far)["gap"] / WORLDS > 0.9
    assert {verdict_word(row) for row in far if row.verdict == "gap"} == {"suggests"}


def test_biased_volunteers_never_show_a_gap(worlds: Worlds) -> None:
    truth = truths()
    biased = truth * 3 / (truth * 3 + 1 - truth)  # yes is three times as likely to be seen
    found = worlds(alone(biased, 500), around(truth, 1.0), se=1.0, sampling_type="volunteer")
    assert said(found) == {"cannot_tell": WORLDS}
    assert np.median([row.contest.odds[0] for row in found]) == pytest.approx(3.0, rel=0.05)


def test_how_sure_one_can_be_is_as_often_right_as_it_says(worlds: Worlds) -> None:
    rng = np.random.default_rng(4)
    truth = truths()
    apart_by = rng.uniform(-15, 15, WORLDS)  # any difference is as likely as any other
    found = worlds(survey(truth, 60, 40, 0.02), around(truth, 1.0) - apart_by, se=1.0)
    sure = np.array([row.probability for row in found])
    right = np.abs(apart_by) > 5
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.01)):
        among = (sure >= low) & (sure < high)
        assert np.mean(right[among]) == pytest.approx(np.mean(sure[among]), abs=0.12)


# --- 20,000 worlds for the arithmetic alone -----------------------------------------------------------------------


def false_gaps(found: Apart) -> float:
    assert np.array_equal(found.p_value < 0.05, (found.lower > 0) | (found.upper < 0))
    return float(np.mean(found.p_value < 0.05))


def certain(truth: Floats) -> Known:
    return Known(100 * truth, 100 * truth, 100 * truth)


HARD = [(6, 20, 0.3, False), (6, 40, 0.3, True), (8, 40, 0.1, True), (10, 40, 0.3, True), (25, 40, 0.1, True),
        (25, 5, 0.02, True)]  # fmt: skip


@pytest.mark.parametrize("share", [0.02, 0.05, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("design", HARD)
def test_against_a_certain_official_figure_no_design_exceeds_one_in_twenty(
    design: tuple[int, int, float, bool], share: float
) -> None:
    truth = np.full(MANY, share)
    assert false_gaps(apart(survey(truth, *design).known(), certain(truth), 0.95)) <= 0.05


@pytest.mark.parametrize("n", [10, 15, 20, 30, 100])
def test_few_answers_and_shares_near_the_ends_do_not_exceed_it_either(n: int) -> None:
    for share in (0.01, 0.05, 0.2, 0.5, 0.95, 0.99):
        truth = np.full(MANY, share)
        asked = alone(truth, n).known()
        for se in (1.0, 4.0):
            official = stated_share_limits(around(truth, se), se, np.inf, 0.95)
            assert false_gaps(apart(asked, official, 0.95)) <= 0.05
        assert false_gaps(apart(asked, certain(truth), 0.95)) <= 0.05


def test_an_official_survey_of_its_own_does_not_exceed_it(worlds: Worlds) -> None:
    for share, people in ((0.03, 400), (0.5, 400), (0.97, 2000)):
        truth = np.full(MANY, share)
        other = alone(truth, people, seed=8)
        official = stated_share_limits(100 * other.share, 100 * other.se, np.inf, 0.95)
        assert false_gaps(apart(survey(truth, 10, 20, 0.1, uneven=True).known(), official, 0.95)) <= 0.05


@pytest.mark.parametrize("clusters", [6, 10, 25])
def test_means_of_skewed_amounts_do_not_exceed_it(clusters: int) -> None:
    drawn = np.random.default_rng(6).exponential(10, (MANY, clusters))
    mean, se = drawn.mean(axis=1), drawn.std(axis=1, ddof=1) / np.sqrt(clusters)
    plain = number_limits(mean, se, clusters - 1, 0.95)
    known = wider(plain, positive_limits(mean, se, clusters - 1, 0.95))
    assert false_gaps(apart(known, Known(10.0, 10.0, 10.0), 0.95)) <= 0.05
    assert false_gaps(apart(plain, Known(10.0, 10.0, 10.0), 0.95)) > 0.05


@pytest.mark.parametrize("shared", [True, False])
def test_among_thirty_areas_false_discoveries_stay_rare_also_when_they_share_one_official_figure(shared: bool) -> None:
    families, areas = 600, 30
    rng = np.random.default_rng(7)
    differs = rng.random((families, areas)) < 0.3
    for true in (np.zeros_like(differs), differs):
        truth = np.where(true, 0.68, 0.5)
        known = survey(truth.ravel(), 30, 20, 0.1).known()
        official = 50 + rng.normal(0, 2, (families, 1 if shared else areas)) + np.zeros((families, areas))
        p_values = apart(known, stated_share_limits(official.ravel(), 2.0, np.inf, 0.95), 0.95).p_value
        rejected = np.array([adjusted(row) for row in p_values.reshape(families, areas)]) <= 0.05
        share = (rejected & ~true).sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)
        assert share.mean() <= 0.05
    assert (rejected & true).sum() > 0.5 * true.sum()
