"""K18: grids answered in a straight line. Content people are let alone; an interviewer beside colleagues is not."""

from __future__ import annotations

import numpy as np
import pytest

from datashift.assess import sentence, subject_sentence
from datashift.assess.alike.lines import _at_least, _finding, excess, grids_of, straight_lines
from datashift.assess.checks import discoveries
from datashift.model import Subject
from tests.assess.sheets import columns_of, evidence

PARADATA = {"paradata": {"enumerator": "who"}}


def survey(people=16, each=40, lazy=0.0, seed=1, areas=1):
    """Eight questions on one scale; a fifth of people mean one answer throughout, and more where nobody asks well."""
    rng = np.random.default_rng(seed)
    rows = people * each
    whose = np.arange(rows) % people
    sheets = rng.integers(0, 4, (rows, 8))
    straight = rng.random(rows) < np.where(whose == 0, max(lazy, 0.2), 0.2)
    sheets[straight] = sheets[straight, :1]
    return evidence(
        columns_of(sheets, who=[f"Person {one}" for one in whose]),
        area=[("W", "E", "N")[one % areas] for one in range(rows)],
        **PARADATA,
    )


def test_neighbouring_questions_with_one_list_are_a_grid():
    rng = np.random.default_rng(2)
    sheets = rng.integers(0, 5, (80, 9))
    sheets[:, 5] = rng.integers(0, 2, 80)
    assert grids_of(evidence(columns_of(sheets))) == [("q0", "q1", "q2", "q3", "q4")]


def test_yes_and_no_are_no_scale():
    sheets = np.random.default_rng(2).integers(0, 2, (80, 9))
    outcome = straight_lines(evidence(columns_of(sheets)))
    assert "protocol" in outcome.idle
    assert outcome.signal is None


def test_grids_that_the_recipe_names_come_first():
    sheets = np.random.default_rng(2).integers(0, 5, (80, 9))
    named = {"protocol": {"grids": [["q0", "q2", "q4", "q6"], ["q1", "gone", "q3"]]}}
    assert grids_of(evidence(columns_of(sheets), **named)) == [("q0", "q2", "q4", "q6")]


def test_an_interviewer_with_many_straight_lines_is_found():
    (finding,) = straight_lines(survey(lazy=0.8)).findings
    (subject,) = finding.subjects
    assert (finding.code, subject.name, subject.facts["interviews"]) == ("assess.straight-lines", "Person 0", 40)
    assert subject.facts["straight"] == len(subject.rows) > 2 * subject.facts["expected"]
    assert (finding.facts["k"], finding.facts["m"]) == (16, 1)
    assert "Person" not in sentence(finding) + str(finding.facts) + subject_sentence(subject)
    assert "{" not in sentence(finding) + subject_sentence(subject)


@pytest.mark.parametrize(("people", "each"), [(6, 30), (20, 30)])
def test_straight_lines_where_nobody_else_has_any_are_found(people, each):
    """Colleagues in the same areas have no line at all: theirs are not taken for a difference between people."""
    rng = np.random.default_rng(6)
    rows = people * each
    whose = rng.integers(0, people, rows)
    sheets = rng.integers(0, 5, (rows, 8))
    mine = np.flatnonzero(whose == 0)[::2]
    sheets[mine] = 2
    case = evidence(columns_of(sheets, who=whose), area=[("W", "E", "N")[one % 3] for one in range(rows)], **PARADATA)
    (subject,) = straight_lines(case).findings[0].subjects
    assert subject.rows == tuple(int(one) + 2 for one in mine)


def test_with_few_interviewers_nobody_is_counted():
    case = survey(people=4)
    finding = _finding(case, 4, (Subject("enumerator", "Person 0", "", {}, (2, 3)),))
    assert (finding.rows, set(finding.facts), len(finding.subjects)) == ((), {"n", "total"}, 1)


def test_honest_interviewers_are_let_alone():
    spoken = [bool(straight_lines(survey(seed=seed, areas=3)).findings) for seed in range(40)]
    assert sum(spoken) <= 4


@pytest.mark.parametrize("villages", [0.0, 0.8, 1.5])
@pytest.mark.parametrize(("rows", "people", "areas"), [(25, 3, 1), (300, 10, 3), (640, 16, 1), (3000, 40, 8)])
def test_villages_of_one_mind_are_not_laid_on_interviewers(rows, people, areas, villages):
    speaks = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        whose = rng.integers(0, people, rows)
        area = rng.integers(0, areas, people)[whose]
        village = whose * 4 + rng.integers(0, 4, rows)
        lean = rng.normal(-1.5, 0.5, areas)[area] + rng.normal(0, villages, people * 4)[village]
        straight = rng.random(rows) < 1 / (1 + np.exp(-lean))
        whose, area = (np.unique(one, return_inverse=True)[1] for one in (whose, area))
        speaks += discoveries(excess(straight, whose, area, int(whose.max()) + 1)[1])[1].any()
    assert speaks <= 6  # 2 expected at most; more than 6 has a chance of 0.3 %


def test_the_chance_over_areas_is_exact():
    """Two areas of three, one line in each; who drew one of each has both lines in one case of nine."""
    three = np.array([3, 3])
    assert _at_least(2, np.array([1, 1]), np.array([1, 1]), three) == pytest.approx(1 / 9)
    assert _at_least(1, np.array([1, 1]), np.array([1, 1]), three) == pytest.approx(5 / 9)
    assert _at_least(0, np.array([1, 1]), np.array([1, 1]), three) == 1.0
    assert _at_least(3, np.array([1, 1]), np.array([1, 1]), three) == 0.0


def test_the_signal_is_the_rank_in_the_area():
    outcome = straight_lines(survey(areas=3, seed=5))
    assert outcome.signal is not None
    assert np.nanmin(outcome.signal) > 0
    for level in (0.1, 0.3, 0.5):
        assert (outcome.signal <= level).mean() <= level


def test_without_interviewers_it_says_what_would_help():
    rng = np.random.default_rng(3)
    outcome = straight_lines(evidence(columns_of(rng.integers(0, 4, (60, 6)))))
    assert "[paradata]" in outcome.idle
    assert outcome.idle.format(**outcome.facts)


@pytest.mark.parametrize(
    "sheets", [np.zeros((0, 6), int), np.zeros((1, 6), int), np.full((40, 6), -1), np.zeros((40, 6), int)]
)
def test_odd_tables_give_no_finding(sheets):
    named = {"protocol": {"grids": [["q0", "q1", "q2", "q3"]]}}
    for who in (["A"] * len(sheets), [""] * len(sheets), [f"{one}" for one in range(len(sheets))]):
        assert straight_lines(evidence(columns_of(sheets, who=who), **PARADATA, **named)).findings == ()
