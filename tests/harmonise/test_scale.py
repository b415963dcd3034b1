"""The Rasch scale: its estimates are those of the likelihood, of RM.weights, and of the truth behind drawn answers."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import DesignError
from datashift.harmonise.scale import (
    by_score,
    counted,
    equate,
    fit,
    log_likelihood,
    probabilities,
    symmetric,
    upper_tail,
)
from datashift.model import Scale

STANDARD = {
    "worried": -1.2230564, "healthy": -0.8471210, "few_foods": -1.1056616, "skipped": 0.3509848,
    "ate_less": -0.3117999, "ran_out": 0.5065051, "hungry": 0.7546138, "whole_day": 1.8755353,
}  # fmt: skip
"""The global standard 2014-2016: RM.weights 2.0, R/equating.fun.r (cran/RM.weights@ec3742a)."""


def scale(threshold: str = "ate_less", **more: object) -> Scale:
    return Scale.model_validate({"items": STANDARD, "threshold": threshold, **more})


def answers(severity: np.ndarray, people: int, seed: int, spread: float = 2.0, centre: float = -0.5):
    """Draw places on the scale and answers from a Rasch model."""
    chance = np.random.default_rng(seed)
    place = chance.normal(centre, spread, people)
    return place, (chance.random((people, len(severity))) < 1 / (1 + np.exp(severity - place[:, None]))).astype(float)


def columns(drawn: np.ndarray) -> dict[str, np.ndarray]:
    return {
        item: np.array(["yes" if a else "no" for a in drawn[:, k]], dtype=object) for k, item in enumerate(STANDARD)
    }


ONES = np.full(3000, 1.0, dtype=object)


# --- the likelihood -------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.01, 20), min_size=1, max_size=8))
def test_symmetric_functions_equal_the_sums_over_all_subsets(terms: list[float]) -> None:
    sums = [sum(np.prod(chosen) for chosen in combinations(terms, r)) for r in range(len(terms) + 1)]
    assert symmetric(np.array(terms)) == pytest.approx(sums, rel=1e-12)


def test_the_likelihood_is_the_chance_of_the_answers_given_the_scores() -> None:
    severity = np.array([-0.8, 0.1, 0.7])
    _place, drawn = answers(severity, 60, seed=3)
    between = drawn[(drawn.sum(axis=1) > 0) & (drawn.sum(axis=1) < 3)]
    by_hand = 0.0
    for person in between:
        others = [np.array(p) for p in product((0, 1), repeat=3) if sum(p) == person.sum()]
        by_hand += np.log(np.exp(-person @ severity) / sum(np.exp(-other @ severity) for other in others))
    assert log_likelihood(severity, *counted(drawn, np.ones(60))) == pytest.approx(by_hand, rel=1e-12)


def test_no_step_away_from_the_estimate_is_likelier() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 400, seed=5)
    given_answers = counted(drawn, np.random.default_rng(6).uniform(0.2, 5, 400))
    severity = fit(*given_answers).severity
    best = log_likelihood(severity, *given_answers)
    assert severity.mean() == pytest.approx(0, abs=1e-12)
    for item in range(8):
        for step in (-1e-3, 1e-3):
            aside = severity.copy()
            aside[item] += step
            assert log_likelihood(aside, *given_answers) < best


def test_two_items_have_the_severities_of_the_textbook() -> None:
    # Of those who said yes to one of two, 30 said yes to the first and 10 to the second: the difference is log 3.
    severity = fit(np.array([30.0, 10.0]), np.array([0.0, 40.0, 0.0])).severity
    assert severity[1] - severity[0] == pytest.approx(np.log(3), rel=1e-12)


def test_the_place_of_a_raw_score_is_where_that_score_is_expected() -> None:
    rasch = fit(*counted(answers(np.array(list(STANDARD.values())), 500, seed=8)[1], np.ones(500)))
    expected = [(1 / (1 + np.exp(rasch.severity - a))).sum() for a in rasch.place]
    assert expected == pytest.approx([0.5, 1, 2, 3, 4, 5, 6, 7, 7.5], rel=1e-10)
    steepness = [(1 / (2 + 2 * np.cosh(rasch.severity - a))).sum() for a in rasch.place]
    assert rasch.error[:-1] == pytest.approx(1 / np.sqrt(steepness[:-1]), rel=1e-10)
    assert rasch.error[-1] == rasch.error[0]


# --- the truth behind made-up answers -------------------------------------------------------------------------------


def test_severities_are_recovered_within_the_error_of_chance() -> None:
    severity = 1.4 * np.array(list(STANDARD.values()))
    found = np.array([fit(*counted(answers(severity, 3000, seed)[1], np.ones(3000))).severity for seed in range(20)])
    error = found.std(axis=0, ddof=1) / np.sqrt(20)
    assert np.abs(found.mean(axis=0) - (severity - severity.mean())).max() < 4 * error.max()


@pytest.mark.parametrize("threshold", ["ate_less", "whole_day"])
def test_the_prevalence_is_recovered_where_the_errors_are_known(threshold: str) -> None:
    # The method takes a person's place as normal with the error of the score; so are the truths drawn here.
    _place, drawn = answers(np.array(list(STANDARD.values())), 4000, seed=11)
    rasch = fit(*counted(drawn, np.ones(4000)))
    way = equate(rasch.severity, np.array(list(STANDARD.values())), scale())
    score = drawn.sum(axis=1).astype(int)
    chance = np.random.default_rng(12)
    truth = way.shift + way.slope * (rasch.place[score] + rasch.error[score] * chance.normal(size=4000))
    above = np.where(score > 0, truth > STANDARD[threshold], False)
    share = by_score(scale(threshold), rasch)[score].mean()
    assert share == pytest.approx(above.mean(), abs=4 * np.sqrt(share * (1 - share) / 4000))


def test_a_weight_of_two_counts_like_two_people() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 300, seed=2)
    twice = fit(*counted(np.vstack([drawn, drawn[:150]]), np.ones(450)))
    weighed = fit(*counted(drawn, np.repeat([2.0, 1.0], 150)))
    assert weighed.severity == pytest.approx(twice.severity, abs=1e-10)


# --- the published program ------------------------------------------------------------------------------------------

# RM.weights 2.0 on its four sample countries (Gallup World Poll, Voices of the Hungry), run in R by pyFIES 0.1.1
# (nejohnson2/pyFIES@0d1491f tests/fixtures/r_reference). Weighted yes answers and people by score between 1 and 7,
# people with the scores 0 and 8; severities (mean 0), unique items, the two prevalences.
COUNTRIES = {
    1: (
        [295.1749662, 286.6913367, 325.8797821, 244.0282046, 308.4536317, 251.6048639, 218.9190112, 117.7381267],
        [37.79806174, 27.07167092, 40.56089047, 42.56547957, 56.00963077, 80.71659954, 128.6080256],
        (167.0761042, 413.6445876),
        [-0.492394, -0.364651, -0.997207, 0.222752, -0.701792, 0.124051, 0.53652, 1.67272],
        {"worried", "healthy"}, (0.726867194109594, 0.471376555558857),
    ),
    2: (
        [431.2090415, 369.3580669, 335.3124916, 323.9844208, 341.4993121, 277.4522549, 215.4845071, 83.05885165],
        [48.75741491, 38.10516367, 74.47118374, 76.78087366, 58.34024521, 110.3439359, 109.7270452],
        (143.4373346, 332.1949616),
        [-1.592753, -0.758689, -0.366609, -0.242351, -0.435568, 0.248521, 0.873869, 2.273579],
        {"few_foods", "skipped"}, (0.69035162601021, 0.342192896645007),
    ),
    3: (
        [596.9927184, 523.8470357, 562.644743, 335.9880189, 505.4944173, 383.7449483, 405.5034972, 167.7356824],
        [48.82659112, 52.96707584, 89.58928752, 108.2729257, 91.46374845, 126.7686767, 201.0571358],
        (30.05506606, 237.2698291),
        [-1.366234, -0.643427, -1.004577, 0.797165, -0.485051, 0.456023, 0.296892, 1.949208],
        {"hungry"}, (0.745227373698891, 0.338902030731337),
    ),
    4: (
        [355.1559869, 484.7992781, 519.0715325, 283.7057951, 339.8196395, 160.3791185, 138.9390075, 43.42874782],
        [74.3136949, 98.31805418, 104.7881405, 79.46510696, 96.74643136, 67.50520097, 76.19444151],
        (222.1212525, 174.492759),
        [-0.75185, -2.168876, -2.628539, -0.016097, -0.595442, 1.363069, 1.642649, 3.155087],
        {"worried"}, (0.552125243335568, 0.132817658033108),
    ),
}  # fmt: skip


@pytest.mark.parametrize("country", COUNTRIES)
def test_severities_common_items_and_prevalences_equal_rm_weights(country: int) -> None:
    yes, between, ends, severity, unique, prevalences = COUNTRIES[country]
    rasch = fit(np.array(yes), np.array([0.0, *between, 0.0]))
    assert rasch.severity == pytest.approx(severity, abs=3e-5)
    way = equate(rasch.severity, np.array(list(STANDARD.values())), scale())
    assert {item for item, common in zip(STANDARD, way.common, strict=True) if not common} == unique
    people = np.array([ends[0], *between, ends[1]])
    for threshold, prevalence in zip(("ate_less", "whole_day"), prevalences, strict=True):
        share = by_score(scale(threshold), rasch) @ people / people.sum()
        # The places of RM.weights stop within about 0.005 of the maximum; the prevalences follow.
        assert share == pytest.approx(prevalence, abs=3e-4)


# --- answers of a survey --------------------------------------------------------------------------------------------


def test_the_probability_is_zero_without_a_yes_and_grows_with_the_score() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 3000, seed=1)
    found = probabilities(scale(), columns(drawn), ONES)
    score = drawn.sum(axis=1)
    by = [set(found[score == r]) for r in range(9)]
    assert all(len(values) == 1 for values in by)
    chances = [values.pop() for values in by]
    assert chances[0] == 0.0
    assert chances == sorted(chances)
    assert chances[8] > 0.99


def test_an_incomplete_answer_gives_no_probability_and_leaves_the_others_as_they_are() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 3000, seed=1)
    given_answers = columns(drawn)
    before = probabilities(scale(), {name: values[2:] for name, values in given_answers.items()}, ONES[2:])
    given_answers["hungry"][:2] = ["dont_know", None]
    after = probabilities(scale(), given_answers, ONES)
    assert list(after[:2]) == [None, None]
    assert list(after[2:]) == list(before)


def test_rows_without_a_weight_do_not_take_part_in_the_fit_but_get_their_probability() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 3000, seed=1)
    weights = ONES.copy()
    weights[:1000:2], weights[1:1000:2] = None, 0.0
    found = probabilities(scale(), columns(drawn), weights)
    rest = probabilities(scale(), columns(drawn[1000:]), ONES[1000:])
    assert list(found[1000:]) == list(rest)
    assert None not in found


def test_too_few_people_between_the_ends_give_no_figure() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 120, seed=4)
    with pytest.raises(DesignError, match="at least 100 are needed") as problem:
        probabilities(scale(), columns(drawn), ONES[:120])
    assert problem.value.code == "scale.few"


def test_an_item_that_everybody_answers_alike_gives_no_figure() -> None:
    _place, drawn = answers(np.array(list(STANDARD.values())), 3000, seed=4)
    drawn = drawn[drawn[:, 7] == 0]
    with pytest.raises(DesignError, match="whole_day") as problem:
        probabilities(scale(), columns(drawn), ONES[: len(drawn)])
    assert problem.value.code == "scale.one-sided"


def test_a_scale_that_is_another_one_is_not_brought_to_the_standard() -> None:
    severity = np.array(list(STANDARD.values()))[::-1]
    _place, drawn = answers(severity, 3000, seed=4)
    with pytest.raises(DesignError, match="would not be comparable") as problem:
        probabilities(scale(), columns(drawn), ONES)
    assert problem.value.code == "scale.not-common"


def test_an_item_that_is_understood_otherwise_is_set_aside() -> None:
    severity = np.array(list(STANDARD.values()))
    way = equate(2 * severity + 0.3 + np.array([0, 0, 0, 1.6, 0, 0, 0, 0]), severity, scale())
    assert list(way.common) == [True, True, True, False, True, True, True, True]
    assert (way.slope, way.shift) == (pytest.approx(0.5), pytest.approx(-0.15))


@pytest.mark.parametrize(("z", "above"), [(0.0, 0.5), (1.959963984540054, 0.025), (-1.2815515655446004, 0.9)])
def test_the_upper_tail_is_that_of_the_normal_distribution(z: float, above: float) -> None:
    assert upper_tail(z) == pytest.approx(above, rel=1e-12)
