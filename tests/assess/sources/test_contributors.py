"""Crowds: who gives much, when far more comes in than before, and what others confirm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datashift.assess import sentence
from datashift.assess.checks import discoveries
from datashift.assess.evidence import Evidence
from datashift.assess.sources.bursts import LEAST_DAYS, WINDOWS, burst_p
from datashift.assess.sources.contributors import _gini, concentration, corroboration
from tests.assess.conftest import AREAS, TODAY, clean, harmonised, kit, recipe, table

WEEK = np.array([1, 1, 1.1, 1, 1.3, 0.5, 0.2])


def honest(kind: str, days: int, size: float, seed: int) -> np.ndarray:
    """Reports by day of a crowd with a weekly rhythm."""
    draw = np.random.default_rng(seed)
    rate = size * WEEK[(np.arange(days) + draw.integers(7)) % 7]
    if kind == "plain":
        return draw.poisson(rate)
    if kind == "uneven":
        return draw.negative_binomial(3, 3 / (3 + rate))
    if kind == "weather":
        mood = np.zeros(days)
        for day in range(1, days):
            mood[day] = 0.7 * mood[day - 1] + draw.normal(0, 0.36)
        return draw.poisson(rate * np.exp(mood))
    if kind == "tiring":
        return draw.poisson(5 * rate * np.exp(-np.arange(days) / 20) + 0.3)
    return draw.poisson(rate * np.linspace(0.2, 2, days))


@pytest.mark.parametrize("kind", ["plain", "uneven", "weather", "tiring", "growing"])
@pytest.mark.parametrize(("days", "size"), [(30, 3), (90, 100), (365, 20)])
def test_the_rhythm_of_an_honest_crowd_is_no_burst(kind, days, size):
    false = sum(
        bool(discoveries(burst_p(honest(kind, days, size, seed))[0].ravel())[1].any()) for seed in range(100)
    )  # fmt: skip
    assert false <= 9  # at most 5 of 100 are expected; 9 leaves room for the luck of these draws


@pytest.mark.parametrize(("days", "size", "least"), [(90, 5, 15), (90, 100, 18), (365, 20, 18)])
def test_a_day_of_nine_times_as_many_is_a_burst(days, size, least):
    hit = 0
    for seed in range(20):
        counts = honest("plain", days, size, seed)
        day = 20 + seed
        counts[day] += 8 * size
        odd = discoveries(burst_p(counts)[0].ravel())[1].reshape(len(WINDOWS), -1)
        hit += bool(odd[:, day - 6 : day + 1].any())
    assert hit >= least


@pytest.mark.parametrize("counts", [[], [3], [0] * 40, [90] + [0] * 39, [5] * (LEAST_DAYS - 1)])
def test_odd_series_of_days_are_passed_over(counts):
    p, _expected = burst_p(np.array(counts, dtype=np.int64))
    assert not (p <= 0.05).any()


def test_the_gini_coefficient_is_that_of_the_textbook():
    assert _gini(np.array([1, 1, 1, 1]))[0] == pytest.approx(0)
    assert _gini(np.array([0, 0, 0, 10]))[0] == pytest.approx(0.75)
    counts = np.array([1, 2, 3, 10, 20])
    apart = np.abs(counts[:, None] - counts[None]).sum() / (2 * len(counts) ** 2 * counts.mean())
    assert _gini(counts)[0] == pytest.approx(apart)


def crowd(n: int = 900, people: int = 60, seed: int = 4) -> dict[str, list[Any]]:
    columns = clean(n)
    draw = np.random.default_rng(seed)
    share = 1 / np.arange(1, people + 1)
    columns["who"] = [f"Reporter {k}" for k in draw.choice(people, n, p=share / share.sum())]
    day = np.sort(draw.integers(0, 90, n))
    columns["seen"] = [str(np.datetime64("2024-02-01") + k) for k in day]
    columns["joined"] = ["2023-05-01"] * n
    return columns


def found(survey: Any, columns: dict[str, list[Any]], **changes: Any) -> list[Any]:
    paradata = {"contributor": "who", "joined": "joined"}
    told = survey.check(columns, paradata=paradata, design={"sampling_type": "volunteer"}, **changes)
    return [one for one in told if one.check in ("K31", "K32")]


def test_that_few_people_give_much_is_no_alarm(survey):
    assert [one.code for one in found(survey, crowd())] in ([], ["assess.large-share"])
    even = crowd()
    even["who"] = [f"Reporter {k % 60}" for k in range(900)]
    assert found(survey, even) == []


def test_who_gave_a_fifth_is_told_in_private_and_without_a_name_in_public(survey):
    columns = crowd()
    columns["who"] = ["Ana Known" if k % 3 == 0 else f"Reporter {k % 50}" for k in range(900)]
    told = found(survey, columns)
    assert [one.code for one in told] == ["assess.large-share"]
    assert told[0].facts["unlike"] == 1
    assert "Ana" not in sentence(told[0]) + str(told[0].facts)
    assert [one.name for one in told[0].subjects] == ["Ana Known"]
    assert len(told[0].subjects[0].rows) == 300
    assert told[0].subjects[0].effects


def test_a_burst_of_new_people_is_told_with_their_share(survey):
    columns = crowd()
    columns["who"] = [f"Reporter {k % 60}" for k in range(900)]
    for row in range(0, 900, 5):
        columns["seen"][row], columns["joined"][row] = "2024-03-10", "2024-03-09"
    told = [one for one in found(survey, columns) if one.code == "assess.burst"]
    assert len(told) == 1
    assert {row + 2 for row in range(0, 900, 5)} <= set(told[0].rows)
    assert told[0].facts["new"] > 80 > 5 > told[0].facts["usual"]
    assert told[0].p_adjusted <= 0.05
    assert "{" not in sentence(told[0])


def test_fewer_than_five_contributors_are_not_counted_in_public(survey):
    columns = crowd()
    columns["who"] = ["A" if k % 10 else "B" for k in range(900)]
    told = [one for one in found(survey, columns) if one.code == "assess.large-share"]
    assert told == []  # 90 % is less than three times a fair share of two
    columns["who"] = ["A" if k % 20 else f"B{k % 3}" for k in range(900)]
    told = [one for one in found(survey, columns) if one.code == "assess.large-share"]
    assert told[0].rows == ()
    assert not {"of", "unlike", "n"} & set(told[0].facts)


def evidence(columns: dict[str, list[Any]], **paradata: str) -> Evidence:
    raw = table(columns)
    chosen = recipe(paradata=paradata, design={"sampling_type": "volunteer"})
    return Evidence(raw, harmonised(raw), chosen, kit(), TODAY, AREAS, {})


def test_the_dossier_hears_how_much_few_people_give():
    facts = concentration(evidence(crowd(), contributor="who")).facts
    assert facts["contributors"] == 59
    low, high = facts["gini_interval"]
    assert low < facts["gini"] < high
    low, high = facts["busiest_tenth_interval"]
    assert low < facts["busiest_tenth"] < high


def test_reports_that_others_confirm_are_told_and_never_noticed():
    columns = crowd()
    columns["who"] = [f"Reporter {k % 60}" for k in range(900)]
    alone = corroboration(evidence(columns, contributor="who"))
    for row in range(0, 900, 2):  # every second report has a twin by somebody else
        for name in ("lat", "lon", "seen"):
            columns[name][row + 1] = columns[name][row]
    twins = corroboration(evidence(columns, contributor="who"))
    assert (alone.findings, twins.findings) == ((), ())
    assert alone.facts["confirmed"] < 2
    assert twins.facts["confirmed"] == 100
    assert twins.facts["confirmed_by_place"] < 5


def test_without_contributors_it_is_said_why_nothing_is_told():
    columns = crowd()
    assert "who reported" in corroboration(evidence(columns)).idle
    survey = evidence(columns)
    assert survey.recipe.paradata.contributor is None
    assert concentration(survey).findings == ()


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_report_is_passed_over(rows):
    columns = {name: values[:rows] for name, values in crowd().items()}
    for check in (concentration, corroboration):
        assert check(evidence(columns, contributor="who", joined="joined")).findings == ()
