from __future__ import annotations

import numpy as np
import pytest

from datashift.assess.figures.ages import curve, myers, overall, whipple
from datashift.assess.figures.people import _spread
from datashift.assess.figures.smooth import smoothed, standing_out
from datashift.assess.wording import sentence

PYRAMID = np.exp(-np.arange(110) / 35.0) * (np.arange(110) < 95)
HONEST = {
    "grown-ups": lambda draw, n: draw.choice(110, n, p=PYRAMID * (np.arange(110) >= 18) / PYRAMID[18:].sum()),
    "everybody": lambda draw, n: draw.choice(110, n, p=PYRAMID / PYRAMID.sum()),
    "even": lambda draw, n: draw.integers(18, 80, n),
    "normal": lambda draw, n: np.clip(np.round(draw.normal(40, 12, n)), 0, 109).astype(int),
    "women": lambda draw, n: 15 + (draw.beta(1, 1.5, n) * 35).astype(int),
}


def counted(years) -> np.ndarray:
    return np.bincount(years, minlength=110).astype(float)


def heap(draw, years, share: float) -> np.ndarray:
    return np.where(draw.random(len(years)) < share, (np.round(years / 5) * 5).astype(int), years)


def test_whipple_is_that_of_the_definition():
    """Ages 23 to 62 once each: 8 of 40 end in 0 or 5. With those 8 twice, 16 of 48: 100 · 5 · 16 / 48."""
    counts = np.ones(110)
    assert whipple(counts) == pytest.approx(100)
    counts[25:61:5] = 2
    assert whipple(counts) == pytest.approx(100 * 5 * 16 / 48)
    only = np.zeros(110)
    only[30:61:10] = 3
    assert whipple(only) == pytest.approx(500)
    assert whipple(counts, digits=(0,), first=30, last=60) == pytest.approx(100 * 10 * 8 / (35 + 7))


def test_myers_is_that_of_the_definition():
    """Even ages give 0; ages that all end in 0 give 90; one digit given twice has 2 of 11 parts."""
    assert myers(np.ones(110)) == pytest.approx(0)
    only = np.zeros(110)
    only[30:83:10] = 5
    assert myers(only) == pytest.approx(90)
    twice = np.ones(110)
    twice[24:83:10] = 2
    assert myers(twice) == pytest.approx(50 * (abs(2 / 11 - 0.1) + 9 * abs(1 / 11 - 0.1)))


@pytest.mark.parametrize(("n", "published"), [(300, 0.21), (1_000, 0.06)])
def test_an_index_of_110_is_reached_by_chance(n, published):
    """The false alarms of Whipple ≥ 110 where all ages are from 23 to 62; ours, at the same n, in at most 5 %."""
    draw = np.random.default_rng(n)
    index = [whipple(counted(draw.integers(23, 63, n))) for _survey in range(2_000)]
    assert (np.array(index) >= 110).mean() == pytest.approx(published, abs=0.03)
    spoken = sum(overall(counted(draw.integers(23, 63, n)), draw).__next__()[0] <= 0.05 for _survey in range(60))
    assert spoken <= 6


@pytest.mark.parametrize("shape", HONEST)
def test_honest_ages_are_left_alone(shape):
    draw, spoken, surveys = np.random.default_rng(1), 0, 0
    for n, sets in ((80, 20), (600, 20), (5_000, 15), (100_000, 3)):
        for _survey in range(sets):
            p = [one[0] for one in overall(counted(HONEST[shape](draw, n)), draw)]
            spoken += bool(p) and 3 * min(p) <= 0.05
            surveys += 1
    assert spoken <= 0.05 * surveys + 3


@pytest.mark.parametrize(("n", "share"), [(100, 0.6), (300, 0.35), (2_000, 0.12)])
def test_heaped_ages_are_found(n, share):
    draw = np.random.default_rng(2)
    found = sum(
        next(iter(overall(counted(heap(draw, HONEST["grown-ups"](draw, n), share)), draw)))[0] <= 0.01
        for _survey in range(20)
    )
    assert found >= 16


def test_a_cycle_of_twelve_years_is_found_beside_heaping():
    draw = np.random.default_rng(3)
    years = heap(draw, HONEST["grown-ups"](draw, 3_000), 0.3)
    assert list(overall(counted(years), draw))[2][0] > 0.01
    own = draw.random(3_000) < 0.25
    years = np.where(own, (np.round((years - 7) / 12) * 12 + 7).astype(int), years)
    assert list(overall(counted(years), draw))[2][0] < 1e-4


def test_five_year_groups_out_of_line_are_found_and_honest_ones_are_not():
    draw = np.random.default_rng(4)
    counts = counted(HONEST["everybody"](draw, 4_000))

    def p(of) -> float:
        smooth, years = curve(of, endings=True, every=25)
        groups = np.array([years // 5 == one for one in np.unique(years // 5)], dtype=float).T
        return standing_out(smooth, groups, 0.15**2, draw)

    assert p(counts) > 0.05
    moved = counts.copy()
    moved[15:20], moved[10:15] = counts[15:20] * 0.4, counts[10:15] + counts[15:20] * 0.6
    assert p(moved) < 0.001
    assert _spread(counts) > 10


def test_a_curve_through_few_or_no_counts_does_not_fall_over():
    assert curve(np.zeros(110)) is None
    assert curve(counted(np.full(500, 30))) is None
    assert np.isfinite(smoothed(np.zeros(40), 10).expected).all()


def with_ages(survey, heaped: bool) -> dict[str, list[str | None]]:
    draw = np.random.default_rng(5)
    years = HONEST["grown-ups"](draw, 1_000)
    who = draw.integers(0, 10, 1_000)
    years = np.where(who == 2, heap(draw, years, 0.9), years)
    years = heap(draw, years, 0.3) if heaped else years
    return {**survey.clean(1_000), "years": [str(one) for one in years], "who": [f"P{one}" for one in who]}


def test_heaping_is_told_of_people_and_not_of_interviewers(survey):
    found = survey.check(with_ages(survey, heaped=True), paradata={"age": "years", "enumerator": "who"})
    whole = next(one for one in found if one.code == "assess.ages-heaped")
    assert "this tells about them, not about the interviewers" in sentence(whole)
    assert whole.rows == ()
    people = next(one for one in found if one.code == "assess.ages-interviewers")
    assert [one.name for one in people.subjects] == ["P2"]
    assert "P2" not in sentence(people)


def test_many_on_the_least_age_are_noticed(survey):
    columns = with_ages(survey, heaped=False)
    columns["years"] = ["18" if i < 150 else age for i, age in enumerate(columns["years"])]
    found = survey.check(columns, paradata={"age": "years"}, protocol={"least_age": 18})
    limit = next(one for one in found if one.code == "assess.age-limit")
    assert limit.facts["age"] == "18"
    assert limit.facts["n"] >= 150
