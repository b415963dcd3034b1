from __future__ import annotations

import numpy as np
import pytest

from datashift.assess.figures.last_digits import digits, preference, rounded, uneven
from datashift.assess.figures.rounding import digit_users, rounders
from datashift.assess.figures.smooth import smoothed, standing_out
from datashift.assess.wording import sentence, subject_sentence
from tests.assess.figures.test_outliers import tallied

HONEST = {
    "wide": lambda draw, n: draw.integers(20, 900, n) * 1.0,
    "normal": lambda draw, n: np.round(draw.normal(100, 30, n)),
    "skewed": lambda draw, n: np.round(draw.lognormal(4, 1, n)),
    "exponential": lambda draw, n: np.round(draw.exponential(40, n)),
    "bimodal": lambda draw, n: np.round(draw.normal(60, 15, n) + 140 * (draw.random(n) < 0.5)),
    "heaped": lambda draw, n: np.where(draw.random(n) < 0.3, np.round(draw.normal(90, 30, n) / 5) * 5,
                                       np.round(draw.normal(90, 30, n))),
    "weights": lambda draw, n: np.round(draw.normal(12, 2.5, n), 1),
}  # fmt: skip


def test_the_score_is_that_of_the_definition():
    """Ten digits given 1 to 10 times: chi-square against 5.5 each is 15; 100 √(15 / (55 · 9)) = 17.4."""
    values = [100.0 + 10 * k + digit for digit in range(10) for k in range(digit + 1)]
    counted = tallied(np.array(values))
    assert preference(digits(counted)) == pytest.approx(100 * np.sqrt(15 / (55 * 9)))


@pytest.mark.parametrize(("n", "published"), [(50, 0.68), (100, 0.17), (150, 0.02)])
def test_a_score_of_12_is_reached_by_chance(n, published):
    """The false alarms of the class DPS ≥ 12 under even digits; ours, at the same n, in at most 5 %."""
    draw = np.random.default_rng(n)
    seen = draw.multinomial(n, np.full(10, 0.1), 5_000)
    score = 100 * np.sqrt(((seen - n / 10) ** 2 / (n / 10)).sum(axis=1) / (n * 9))
    assert (score >= 12).mean() == pytest.approx(published, abs=0.03)
    groups = np.tile(np.eye(10), (10, 1))
    spoken = 0
    for _survey in range(100):
        counts = np.bincount(draw.integers(0, 100, n), minlength=100).astype(float)
        spoken += standing_out(smoothed(counts, 20), groups, 0.0081, draw) <= 0.05
    assert spoken <= 9


@pytest.mark.parametrize("shape", HONEST)
def test_honest_last_digits_are_left_alone(shape):
    draw, p = np.random.default_rng(2), []
    for n, surveys in ((150, 20), (1_000, 20), (20_000, 4)):
        for _survey in range(surveys):
            found = digits(tallied(HONEST[shape](draw, n)))
            p += [uneven(found, draw), rounded(found, draw)] if found else []
    asked = np.array(p)[~np.isnan(p)]
    assert len(asked) >= 20
    assert (asked <= 0.05).sum() <= 0.05 * len(asked) + 3


def test_invented_digits_are_told_apart_from_rounding():
    draw = np.random.default_rng(3)
    tens = draw.integers(5, 40, 600) * 10
    invented = tens + draw.choice(10, 600, p=[0.04, 0.05, 0.08, 0.2, 0.1, 0.05, 0.1, 0.24, 0.1, 0.04])
    told = np.where(draw.random(600) < 0.2, tens, tens + draw.integers(0, 10, 600))
    assert uneven(digits(tallied(invented * 1.0)), draw) < 0.001
    assert uneven(digits(tallied(told * 1.0)), draw) > 0.05


def test_a_scale_that_is_read_roughly_is_found():
    draw = np.random.default_rng(4)
    weight = np.round(draw.normal(12, 2.5, 400), 1)
    weight[:120] = np.round(weight[:120] * 2) / 2
    assert rounded(digits(tallied(weight)), draw) < 0.001
    whole = digits(tallied(np.round(weight * 10)))
    assert np.isnan(rounded(whole, draw))  # numbers that are told and not measured may be round


def test_interviewers_who_work_like_the_others_are_left_alone():
    """Places differ in how far people round, and each interviewer works in a place of their own."""
    draw, spoken = np.random.default_rng(5), 0
    for _survey in range(200):
        member = np.repeat(np.arange(12), 80)
        habit = np.repeat(draw.beta(6, 12, 12), 80)
        p = rounders(draw.random(960) < habit, member, np.zeros(960, dtype=np.int64))
        digit = draw.choice(8, 960, p=[0.2, 0.15, 0.1, 0.1, 0.1, 0.1, 0.15, 0.1])
        q = digit_users(digit, member, draw.integers(0, 3, 960))
        spoken += min(12 * np.nanmin(p), 12 * np.nanmin(q)) <= 0.025
    assert spoken <= 16


def test_one_interviewer_who_rounds_or_invents_is_found():
    draw = np.random.default_rng(6)
    member = np.repeat(np.arange(12), 80)
    round_ = draw.random(960) < np.where(member == 3, 0.9, 0.3)
    assert np.nanargmin(rounders(round_, member, np.zeros(960, dtype=np.int64))) == 3
    assert np.nanmin(rounders(round_, member, np.zeros(960, dtype=np.int64))) < 0.001
    digit = np.where(member == 7, draw.choice(8, 960, p=[0.02, 0.08, 0.3, 0.1, 0.1, 0.3, 0.08, 0.02]),
                     draw.integers(0, 8, 960))  # fmt: skip
    p = digit_users(digit, member, np.zeros(960, dtype=np.int64))
    assert np.nanargmin(p) == 7
    assert np.nanmin(p) < 1e-4


def three_measures(draw, n: int, rounder: int | None) -> tuple[np.ndarray, ...]:
    """Return round, member, area, question: of three measures, one member rounds one in seven of ten answers."""
    area = np.sort(draw.integers(0, n // 25, n))
    member = draw.integers(0, n // 30, (n // 25, 3))[area, draw.integers(0, 3, n)]
    round_ = draw.random((n, 3)) < 0.2
    round_[:, 0] |= (member == rounder) & (draw.random(n) < 0.7)
    return round_.ravel(), np.repeat(member, 3), np.repeat(area, 3), np.tile(np.arange(3), n)


def test_one_who_rounds_one_measure_of_several_is_found():
    draw, found, spoken = np.random.default_rng(14), 0, 0
    for _survey in range(40):
        planted = three_measures(draw, 600, None)
        spoken += 20 * np.nanmin(rounders(*planted)) <= 0.05
        usual = int(np.bincount(planted[1]).argmax())
        p = rounders(*three_measures(draw, 600, usual))
        found += np.nan_to_num(p, nan=1.0)[usual] <= 0.0025 if len(p) > usual else 0
    assert spoken <= 5
    assert found >= 24


def test_members_with_habits_of_their_own_are_left_alone():
    """Each member rounds each measure as often as they are used to; areas are not known."""
    draw, spoken = np.random.default_rng(15), 0
    for _survey in range(80):
        member = np.repeat(draw.integers(0, 20, 800), 3)
        question = np.tile(np.arange(3), 800)
        habit = draw.beta(6, 12, (20, 3))[member, question]
        p = rounders(draw.random(2_400) < habit, member, np.zeros(2_400, dtype=np.int64), question)
        spoken += 20 * np.nanmin(p) <= 0.05
    assert spoken <= 8


def with_interviewers(survey, count: int) -> dict[str, list[str | None]]:
    draw = np.random.default_rng(7)
    columns = survey.clean(1_200)
    who = draw.integers(0, count, 1_200)
    invented = draw.integers(2, 90, 1_200) * 10 + draw.choice([3, 7], 1_200)
    columns["persons"] = [str(made if one == 1 else int(true))
                          for one, made, true in zip(who, invented, columns["persons"], strict=True)]  # fmt: skip
    return {**columns, "interviewer": [f"Interviewer {one}" for one in who]}


def found_by(survey, count: int, check: str):
    found = survey.check(with_interviewers(survey, count), paradata={"enumerator": "interviewer"})
    return next(one for one in found if one.check == check and one.subjects)


def test_the_public_finding_names_nobody_and_the_private_one_does(survey):
    found = found_by(survey, 10, "K21")
    assert (found.facts["interviewers"], found.facts["unlike"]) == (10, 1)
    assert "Of 10 interviewers, 1 write" in sentence(found)
    (one,) = found.subjects
    assert (one.kind, one.name, one.private) == ("enumerator", "Interviewer 1", True)
    assert "Interviewer 1" not in sentence(found)
    assert "{" not in subject_sentence(one)


def test_with_few_interviewers_the_finding_counts_nobody(survey):
    found = found_by(survey, 4, "K21")
    assert found.rows == ()
    assert "interviewers" not in found.facts
    assert sentence(found).startswith("Some interviewers")
