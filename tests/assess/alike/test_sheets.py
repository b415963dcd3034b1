"""K17: interviews that look alike. Honest people are let alone in every kind of form; copies are found."""

from __future__ import annotations

import numpy as np
import pytest

from datashift.assess import sentence, subject_sentence
from datashift.assess.alike.pairs import likeness
from datashift.assess.alike.search import most_shared, packed, partners, shared, tallies
from datashift.assess.alike.sheets import _beside, alike
from datashift.assess.checks import discoveries
from tests.assess.sheets import FORMS, asked, classes, columns_of, copies, evidence, independent, skipping

PARADATA = {"paradata": {"enumerator": "who"}}


def p_values(sheets, groups=None, seed=1, **more):
    return likeness(asked(sheets), groups, np.random.default_rng(seed), **more).p


def told(sheets, **more):
    return discoveries(np.minimum(2 * p_values(sheets, **more), 1))[1]


# --- the search -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("questions", "answers"), [(5, 2), (70, 2), (130, 40), (64, 300)])
def test_the_search_counts_what_a_plain_comparison_counts(questions, answers):
    rng = np.random.default_rng(3)
    sheets = rng.integers(-1, answers, (150, questions))
    given = sheets >= 0
    same = ((sheets[:, None] == sheets[None]) & given[:, None] & given[None]).sum(axis=2)
    bits = packed(asked(sheets), 150)
    assert (shared(bits, bits) == same).all()
    apart = same - np.diag(np.diag(same))
    assert (most_shared(bits) == apart.max(axis=1)).all()
    everyone = np.arange(150)
    tally = tallies(bits, everyone, everyone)
    assert (tally.sum(axis=1) == 149).all()
    left, right, count = partners(bits, everyone[:9], everyone, apart.max(axis=1)[:9])
    assert (apart[left, right] == count).all()
    assert set(left) == set(range(9))


def test_pairs_across_tiles_are_compared():
    rng = np.random.default_rng(4)
    sheets = independent(rng, 6500, 30, 6)
    sheets[6400] = sheets[3]
    best = most_shared(packed(asked(sheets), 6500))
    assert best[3] == best[6400] == 30


def test_beyond_all_pairs_copies_are_proposed():
    rng = np.random.default_rng(5)
    sheets = independent(rng, 4000, 100, 5)
    places = rng.permutation(4000)
    for source, copy in places.reshape(-1, 2)[:40]:
        sheets[copy] = sheets[source]
        sheets[copy, rng.choice(100, 10, replace=False)] = 0
    found = likeness(asked(sheets), None, np.random.default_rng(1), all_pairs=1000)
    assert not found.all_pairs
    assert (found.most[places[:80]] >= 90).mean() >= 0.95
    near = independent(rng, 4000, 100, 2)
    near[1::100] = near[::100]
    near[1::100, :30] = 1 - near[1::100, :30]  # too much is changed for a random choice of questions to agree
    whose = np.arange(4000) // 40
    found = likeness(asked(near), whose, np.random.default_rng(1), all_pairs=1000)
    assert (found.most[::100] >= 70).all()


# --- honest people ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("rows", "times"), [(25, 6), (60, 5), (200, 2)])
def test_honest_people_are_let_alone(form, rows, times):
    speaks = low = 0
    for seed in range(times):
        p = p_values(FORMS[form](np.random.default_rng(seed), rows))
        speaks += discoveries(np.minimum(2 * p, 1))[1].any()
        low += (p <= 0.05).mean()
    assert speaks <= 1
    assert low / times <= 0.05


@pytest.mark.parametrize(("questions", "answers"), [(4, 2), (8, 2), (8, 4)])
def test_honest_people_who_are_equal_in_a_short_form_are_let_alone(questions, answers):
    for seed in range(12):
        rng = np.random.default_rng(seed)
        sheets = classes(rng, 200, questions, answers, 6, 0.35)
        _different, often = np.unique(sheets, axis=0, return_counts=True)
        assert often[often > 1].sum() / 200 >= 0.1
        assert not told(sheets).any()


def test_the_85_per_cent_rule_speaks_of_honest_people_and_the_check_does_not():
    """Of 300 who answer 20 yes-or-no questions, two share more than 85 % in most surveys."""
    rule = check = 0
    for seed in range(20):
        sheets = independent(np.random.default_rng(seed), 300, 20, 2)
        found = likeness(asked(sheets), None, np.random.default_rng(1))
        rule += (found.most / 20 > 0.85).any()
        check += discoveries(found.p)[1].any()
    assert (rule >= 10, check) == (True, 0)


def test_a_large_honest_sample_is_let_alone():
    rng = np.random.default_rng(8)
    assert not told(skipping(rng, 25_000, 40, 3)).any()


# --- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "changed"),
    [
        ("100 yes or no", 0.1), ("40 of five", 0.3), ("100 mostly no", 0.05), ("3 kinds of people", 0.1),
        ("villages", 0.05), ("rich and poor", 0.05), ("bound questions", 0.05), ("skipped parts", 0.1),
        ("40 yes or no", 0.05),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rows", [60, 200])
def test_a_copy_is_found(form, changed, rows):
    found = []
    for seed in range(3):
        rng = np.random.default_rng(50 + seed)
        sheets, bad = copies(rng, FORMS[form](rng, rows), changed)
        found.append(told(sheets)[bad].any())
    assert sum(found) >= 2


def test_many_copies_of_one_interview_do_not_hide_each_other():
    rng = np.random.default_rng(9)
    sheets, bad = copies(rng, independent(rng, 200, 60, 4), 0.1, how_many=25)
    flags = told(sheets)
    assert flags[bad].mean() >= 0.9
    assert flags.sum() == flags[bad].sum()


@pytest.mark.parametrize("pairs", [10, 15, 20])
@pytest.mark.parametrize("form", ["40 yes or no", "40 of five", "8 kinds, yes or no", "skipped parts"])
def test_copies_are_found_however_many_interviews_have_one(form, pairs):
    """Of 100 interviews, up to two in five are a copy or were copied; every pair is another one."""
    found = others = 0.0
    for seed in range(4):
        sheets = FORMS[form](np.random.default_rng(seed), 100)
        sheets[-pairs:] = sheets[:pairs]
        flags = told(sheets)
        found += flags[:pairs].mean() / 4
        others += flags[pairs:-pairs].mean() / 4
    assert found >= 0.7
    assert others <= 0.02


def test_where_most_interviews_are_equal_the_check_says_so_and_not_that_the_form_is_short():
    sheets = independent(np.random.default_rng(1), 60, 30, 4)
    sheets[30:] = sheets[:30]
    outcome = alike(evidence(columns_of(sheets)))
    assert not outcome.findings
    assert outcome.facts["equal"] == 100
    assert "equal to another in all answers" in outcome.idle


def test_the_search_among_very_many_still_tells_a_copy():
    rng = np.random.default_rng(10)
    sheets, bad = copies(rng, independent(rng, 30_000, 60, 4), 0.1)
    flags = told(sheets, all_pairs=10_000)
    assert flags[bad].all()
    assert flags.sum() == 2


# --- the check --------------------------------------------------------------------------------------------------------


def test_pairs_are_told_with_their_rows_and_groups():
    rng = np.random.default_rng(11)
    sheets, bad = copies(rng, independent(rng, 120, 50, 4), 0.1)
    outcome = alike(evidence(columns_of(sheets)))
    (finding,) = outcome.findings
    assert finding.code == "assess.alike"
    assert finding.rows == tuple(sorted(int(one) + 2 for one in bad))
    assert finding.facts["alike_rows"] == [" + ".join(str(row) for row in finding.rows)]
    assert (finding.facts["groups"], round(finding.facts["share"])) == (1, 90)
    assert finding.tested == outcome.tested == 120
    assert finding.p_adjusted is not None
    assert finding.p_adjusted <= 0.05
    assert outcome.signal is not None
    assert set(np.argsort(outcome.signal)[:2]) == set(bad)
    assert "{" not in sentence(finding)


def one_who_copies(people, rows=300, share=0.5):
    rng = np.random.default_rng(12)
    sheets = independent(rng, rows, 50, 4)
    whose = np.arange(rows) % people
    mine = np.flatnonzero(whose == 0)
    made = mine[1 : int(len(mine) * share)]
    sheets[made] = sheets[mine[0]]
    sheets[made[:, None], rng.integers(0, 50, (len(made), 8))] = 0
    return evidence(columns_of(sheets, who=[f"Person {one}" for one in whose]), **PARADATA), made


def test_an_interviewer_who_copies_is_a_subject_and_never_in_the_public_words():
    case, made = one_who_copies(people=10)
    pairs, people = alike(case).findings
    (subject,) = people.subjects
    assert (people.code, subject.name, subject.private) == ("assess.alike-interviewers", "Person 0", True)
    assert set(subject.rows) >= {int(one) + 2 for one in made}
    assert (people.facts["k"], people.facts["m"], pairs.subjects) == (10, 1, ())
    assert "Person" not in sentence(people) + str(people.facts) + subject_sentence(subject)


def test_who_writes_down_the_usual_answers_is_a_subject():
    """Hardly any two are as close as copies; many are somewhat close to others."""
    rng = np.random.default_rng(18)
    sheets = classes(rng, 400, 34, 4, 3, 1.0)
    whose = rng.integers(0, 14, 400)
    made = np.flatnonzero(whose == 0)
    usual = np.array([np.bincount(one).argmax() for one in sheets.T])
    sheets[made] = np.where(rng.random((len(made), 34)) < 0.75, usual, sheets[rng.permutation(400)[: len(made)]])
    people = alike(evidence(columns_of(sheets, who=whose), **PARADATA)).findings[-1]
    (subject,) = people.subjects
    assert (people.code, subject.name) == ("assess.alike-interviewers", "0")
    assert len({int(one) + 2 for one in made} & set(subject.rows)) >= 0.9 * len(made)
    assert subject.facts["alike"] == len(subject.rows) > 5 * subject.facts["expected"]
    assert "{" not in sentence(people) + subject_sentence(subject)


def test_beside_a_copy_the_others_of_its_interviewer_are_held_against_each_other():
    p = np.full(300, 0.5)
    p[[0, 1, 150]] = 0.001  # low among the ten of one interviewer, not among three hundred
    flags = np.zeros(300, dtype=bool)
    flags[2] = True
    p[2] = 1e-6
    more = _beside(flags, p, np.arange(300) // 10)
    assert set(np.flatnonzero(more)) == {0, 1, 2}
    assert not _beside(np.zeros(300, dtype=bool), p, np.arange(300) // 10).any()


def test_with_few_interviewers_nobody_is_counted():
    people = alike(one_who_copies(people=3, share=0.4)[0]).findings[1]
    assert people.rows == ()
    assert not {"k", "m"} & set(people.facts)
    assert len(people.subjects) == 1


def test_interviewers_of_honest_villages_are_let_alone():
    rng = np.random.default_rng(13)
    speaks = 0
    for _survey in range(10):
        sheets = FORMS["villages"](rng, 240)
        order = np.argsort(sheets[:, 0], kind="stable")  # who works where people answer alike
        whose = np.empty(240, dtype=int)
        whose[order] = np.arange(240) // 20
        speaks += bool(alike(evidence(columns_of(sheets, who=whose), **PARADATA)).findings)
    assert speaks <= 1


def test_a_short_form_says_that_it_cannot_tell():
    rng = np.random.default_rng(14)
    outcome = alike(evidence(columns_of(independent(rng, 300, 8, 2))))
    assert "even two equal interviews" in outcome.idle
    assert outcome.idle.format(**outcome.facts)
    assert outcome.findings == ()


def test_a_long_form_says_how_much_may_be_changed():
    rng = np.random.default_rng(15)
    facts = alike(evidence(columns_of(independent(rng, 100, 100, 5)))).facts
    assert facts["changed"] == 30
    assert facts["questions"] == 100


def test_what_the_form_skipped_makes_nobody_alike():
    sheets = np.full((80, 40), -1)
    rng = np.random.default_rng(16)
    sheets[:, :6] = rng.integers(0, 4, (80, 6))
    sheets[:3, 6:] = rng.integers(0, 4, (3, 34))
    assert alike(evidence(columns_of(sheets))).findings == ()


@pytest.mark.parametrize(
    "sheets",
    [
        np.zeros((0, 5), int), np.zeros((1, 5), int), np.zeros((60, 5), int), np.full((60, 5), -1),
        np.arange(60)[:, None] % 2 * np.ones(5, int), np.zeros((60, 0), int), np.tile([[0, 1], [1, 0]], (30, 1)),
    ],
)  # fmt: skip
def test_odd_tables_give_no_finding(sheets):
    case = evidence(columns_of(sheets, who=["A"] * len(sheets)), **PARADATA)
    assert alike(case).findings == ()


def test_the_same_data_give_the_same_chances():
    rng = np.random.default_rng(17)
    case = columns_of(independent(rng, 90, 30, 3))
    first, second = (alike(evidence(case)).signal for _time in range(2))
    assert np.array_equal(first, second, equal_nan=True)
