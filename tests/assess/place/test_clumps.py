"""Positions closer together than the places where people live, by interviewer; honest villages stay quiet."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from datashift.assess import sentence, subject_sentence
from datashift.assess.apart import apart_p, rate_p
from datashift.assess.checks import discoveries
from datashift.assess.groups import Groups
from datashift.assess.place import clumps

METRE = 1 / 111_200


def country(
    seed: int, people: int = 20, each: int = 40, areas: int = 5, villages: int = 2, kept: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Interviewer, position and area: villages are dense or scattered, and everybody walks through some of them.

    `kept` is the share of positions that the phone did not measure again.
    """
    draw = np.random.default_rng(seed)
    step = np.exp(draw.choice(np.log([20, 120]), 4 * areas) + draw.normal(0, 0.3, 4 * areas))
    centre = np.column_stack([draw.uniform(-4, -3, 4 * areas), draw.uniform(30, 32, 4 * areas)])
    who, point, area = [], [], []
    for k in range(people):
        home = draw.integers(areas)
        for village in 4 * home + draw.choice(4, villages, replace=False):
            size = each // villages
            way = np.cumsum(draw.normal(0, step[village], (size, 2)), axis=0) + draw.normal(0, 4, (size, 2))
            for one in np.flatnonzero(draw.random(size) < kept):
                way[one] = way[max(one - 1, 0)]
            point.append(centre[village] + way * METRE)
            who += [k] * size
            area += [home] * size
    return np.array(who), np.round(np.concatenate(point), 7), np.array(area)


def asked(who: np.ndarray, point: np.ndarray, area: np.ndarray, monkeypatch: Any) -> np.ndarray:
    """Which interviewers are odd: by closeness, by exactness."""
    people = int(who.max()) + 1
    located = clumps._Located(np.arange(len(who)), who, point, Groups("enumerator", ("",) * people, who))
    monkeypatch.setattr(clumps, "places", lambda evidence: area)
    evidence: Any = SimpleNamespace(moments=lambda name: None)
    many = np.bincount(who) >= clumps.LEAST_POSITIONS
    own, others = clumps._beside(evidence, located, clumps._nearest(located), many)
    same, pairs = clumps._copies(evidence, located)
    close = apart_p(own - others, clumps._HONEST)[0]
    return discoveries(np.array([close, rate_p(same, np.where(many, pairs, 0))]))[1]


@pytest.mark.parametrize(
    "kind",
    [{}, {"people": 8, "areas": 8}, {"people": 40, "areas": 10, "each": 60, "villages": 4},
     {"people": 30, "kept": 0.2}, {"people": 30, "areas": 30, "villages": 1}],
)  # fmt: skip
def test_honest_villages_are_left_alone(kind, monkeypatch):
    false = sum(bool(asked(*country(seed, **kind), monkeypatch).any()) for seed in range(100))
    assert false <= 9  # at most 5 of 100 are expected; 9 leaves room for the luck of these draws


def test_who_sits_in_one_spot_is_singled_out_and_nobody_else(monkeypatch):
    hit = others = 0
    for seed in range(20):
        who, point, area = country(seed, people=40)
        own = np.flatnonzero(who == 0)
        point[own] = point[own[0]] + np.random.default_rng(seed).normal(0, 3, (len(own), 2)) * METRE
        odd = asked(who, point, area, monkeypatch)
        hit += bool(odd[0, 0])
        others += bool(odd[:, 1:].any())
    assert hit >= 10
    assert others <= 2


def test_who_copies_a_position_is_singled_out_even_among_phones_that_keep_some(monkeypatch):
    for seed in range(10):
        who, point, area = country(seed, kept=0.1)
        own = np.flatnonzero(who == 0)
        point[own] = point[own[0]]
        odd = asked(who, point, area, monkeypatch)
        assert odd[1, 0]
        assert not odd[1, 1:].any()


def surveyed(survey: Any, people: int = 10, n: int = 400) -> dict[str, list[Any]]:
    columns = survey.clean(n)
    draw = np.random.default_rng(5)
    who = np.arange(n) % people
    lat, lon = -3.9 + 0.04 * who + draw.normal(0, 1e-3, n), 30.5 + draw.normal(0, 1e-3, n)
    columns |= {"who": [f"P{k}" for k in who], "district": ["XX-W"] * n}
    columns["lat"], columns["lon"] = ([f"{v:.7f}" for v in axis] for axis in (lat, lon))
    columns["seen"] = [f"2024-03-{1 + k // 80:02d}" for k in range(n)]
    return columns


def test_the_finding_names_nobody_and_its_subject_is_private(survey):
    columns = surveyed(survey)
    for row in range(0, 400, 10):
        columns["lat"][row], columns["lon"][row] = "-3.9012345", "30.5012345"
    told = {one.code: one for one in survey.check(columns, paradata={"enumerator": "who"}) if one.check == "K27"}
    assert set(told) == {"assess.clump", "assess.same-spot"}
    for one in told.values():
        assert [(subject.name, subject.private) for subject in one.subjects] == [("P0", True)]
        assert "P0" not in sentence(one) + str(one.facts)
        assert "{" not in sentence(one) + subject_sentence(one.subjects[0])
        assert one.p_adjusted <= 0.05


def test_a_day_on_a_straight_line_is_found_and_a_road_is_not(survey):
    columns = surveyed(survey)
    draw = np.random.default_rng(6)
    rows = [row for row in range(400) if columns["who"][row] == "P3" and columns["seen"][row] == "2024-03-02"]
    along = np.linspace(0, 900, len(rows)) * METRE
    for off, expected in ((0.3, True), (12.0, False)):
        for row, way in zip(rows, along, strict=True):
            columns["lat"][row] = f"{-3.5 + way:.7f}"
            columns["lon"][row] = f"{30.5 + way / 2 + draw.normal(0, off) * METRE:.7f}"
        told = [one for one in survey.check(columns, paradata={"enumerator": "who"}) if one.code == "assess.line"]
        assert bool(told) is expected
        assert not told or told[0].rows == tuple(row + 2 for row in rows)


@pytest.mark.parametrize("people", [1, 3])
def test_few_interviewers_are_not_compared(survey, people):
    told = survey.check(surveyed(survey, people), paradata={"enumerator": "who"})
    assert [one.code for one in told if one.check == "K27"] == []
