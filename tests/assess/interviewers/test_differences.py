"""Interviewers are compared where they meet: honest ones stay unnoticed, others are found, and nobody is named."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fields import evidence, fieldwork

from datashift.assess import sentence, subject_sentence
from datashift.assess.interviewers.assignments import (
    ALONE,
    EACH_ONE,
    NOBODY,
    PLACES_OF_THEIR_OWN,
    Assignment,
    assignment,
)
from datashift.assess.interviewers.differences import CHECKS, interviewer_effects
from datashift.assess.interviewers.effects import comparison, contrast, pearson, tails
from datashift.assess.interviewers.exchange import Answers, chances
from datashift.assess.interviewers.routine import routine
from datashift.assess.interviewers.variance import design_effect, predicted, share_between


def of(columns, who):
    return np.array([name == who for name in columns["enumerator"]])


def told(finding):
    return json.dumps({**finding.facts}, ensure_ascii=False) + sentence(finding)


# --- honest fieldwork ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        {"n": 25, "interviewers": 4, "villages": 2},
        {"n": 120, "interviewers": 6, "villages": 5, "missing": 0.2},
        {"n": 300, "by_day": 0.6},
        {"n": 300, "kinds": ("rare",), "interviewers": 15, "questions": 20},
    ],
    ids=["25 answers", "gaps", "days differ", "rare answers"],
)
@pytest.mark.parametrize("check", [routine, interviewer_effects], ids=["K19", "K20"])
def test_honest_interviewers_are_seldom_noticed(form, check):
    chance = np.random.default_rng(5)
    noticed = sum(bool(check(evidence(fieldwork(chance, **form))).findings) for _survey in range(12))
    # At 5 %, more than 3 of 12 come with a chance of 0.2 %.
    assert noticed <= 3


@pytest.mark.parametrize("size", [30, 300, 1500])
def test_p_values_of_questions_are_uniform_under_honesty(size):
    chance = np.random.default_rng(size)
    p = []
    for _survey in range(4):
        member, stratum = chance.integers(0, 6, size), chance.integers(0, 3, size)
        assigned = Assignment(tuple("ABCDEF"), np.arange(size), member, stratum, None, member, {})
        compared = comparison(assigned, chance)
        answers = [
            Answers((chance.random(size) < 0.3).astype(float), chance.random(size) < 0.9) for _question in range(50)
        ]
        p.extend(chances(compared, [contrast(compared, *one) for one in answers], answers, chance))
    shares = [(np.array(p) <= level).mean() for level in (0.5, 0.1, 0.02)]
    assert shares == pytest.approx([0.5, 0.1, 0.02], abs=0.08)
    assert shares[2] <= 0.05


def test_known_moments_and_random_exchange_agree():
    chance = np.random.default_rng(3)
    member = chance.integers(0, 8, 600)
    assigned = Assignment(tuple("ABCDEFGH"), np.arange(600), member, chance.integers(0, 5, 600), None, member, {})
    compared = comparison(assigned, chance)
    answers = [Answers((chance.random(600) < 0.4).astype(float), np.ones(600, dtype=bool)) for _q in range(30)]
    found = [contrast(compared, *one) for one in answers]
    drawn, known = chances(compared, found, answers, chance), chances(compared, found, None, chance)
    assert np.abs(drawn - known).max() < 0.05


# --- what is planted is found ----------------------------------------------------------------------------------------


def test_an_interviewer_who_invents_answers_is_found_and_only_for_the_supervisor():
    chance = np.random.default_rng(1)
    columns = fieldwork(chance, n=400, questions=16)
    theirs = of(columns, "E3")
    for question in (0, 1, 4, 5):
        columns[f"q{question}"][theirs & (chance.random(400) < 0.8)] = "yes" if question % 4 == 0 else "c"
    [finding] = interviewer_effects(evidence(columns)).findings
    assert [one.name for one in finding.subjects] == ["E3"]
    assert set(finding.subjects[0].rows) == set((np.flatnonzero(theirs) + 2).tolist()) == set(finding.rows)
    assert finding.facts["few"] == finding.subjects[0].facts["differing"] == 4
    assert finding.facts["k"] == 8
    assert finding.facts["m"] == 1
    assert "E3" not in told(finding)
    assert finding.subjects[0].private
    assert subject_sentence(finding.subjects[0]).startswith("In 'q")


def led(chance, n=300):
    """Ten questions with yes or no, and one interviewer who leads people to yes in four of them."""
    columns = fieldwork(chance, n=n, questions=20, kinds=("yesno", "five"), missing=0.02)
    theirs = of(columns, "E3")
    for question in (0, 2, 4, 6):
        columns[f"q{question}"][theirs & (chance.random(n) < 0.5)] = "yes"
    return columns


def test_an_interviewer_who_leads_people_to_yes_is_found_over_several_questions():
    chance, names = np.random.default_rng(21), []
    for _survey in range(5):
        names += [
            [one.name for one in finding.subjects] for finding in interviewer_effects(evidence(led(chance))).findings
        ]
    assert sum(one == ["E3"] for one in names) >= 3


def test_habits_that_all_interviewers_have_single_nobody_out():
    chance, singled = np.random.default_rng(22), 0
    for _survey in range(12):
        columns = fieldwork(chance, n=300, questions=20, kinds=("number",), missing=0.0)
        who = np.array([int(name[1:]) for name in columns["enumerator"]])
        for question in range(20):
            habit = 0.14 * chance.normal(size=8)  # an intraclass correlation of 0.02
            answers = np.array(columns[f"q{question}"], dtype=float) * np.exp(0.5 * habit[who])
            columns[f"q{question}"] = np.round(answers, 2)
        singled += any(one.subjects for one in interviewer_effects(evidence(columns)).findings)
    # At 5 %, more than 3 of 12 come with a chance of 0.2 %.
    assert singled <= 3


def test_whoever_differs_does_not_widen_the_spread_that_they_are_held_against():
    columns = fieldwork(np.random.default_rng(23), n=300, questions=4, kinds=("number",), missing=0.0)
    assigned = assignment(evidence(columns))
    compared, chance = comparison(assigned, np.random.default_rng(1)), np.random.default_rng(24)
    values = chance.normal(size=300)
    plain, moved = (
        contrast(compared, values + shift * (assigned.member == 2), np.ones(300, dtype=bool)) for shift in (0.0, 3.0)
    )
    assert moved.variance[2] > 2 * plain.variance[2]
    assert moved.apart[2] < 1.5 * plain.apart[2]


def test_a_village_is_not_cut_up_by_coordinates():
    chance = np.random.default_rng(25)
    columns = fieldwork(chance, n=300, villages=10)
    village = np.array([int(name[1:]) for name in columns["village"]])
    for name in ("latitude", "longitude"):
        columns[name] = np.round(village * 0.5 + chance.normal(0, 0.008, 300), 6)
    found = evidence(columns)
    place = found.recipe.place.model_copy(
        update={"column": "village", "latitude": "latitude", "longitude": "longitude"}
    )
    found = type(found)(
        found.raw, found.harmonised, found.recipe.model_copy(update={"place": place}), found.kit, found.today
    )
    assert assignment(found).strata == 10


def test_most_effects_of_a_fifth_of_the_variance_are_found():
    chance, found = np.random.default_rng(8), 0
    for _survey in range(6):
        columns = fieldwork(chance, n=400, questions=8, kinds=("number",), missing=0.0)
        effect = chance.normal(size=8) * 0.5
        who = np.array([int(name[1:]) for name in columns["enumerator"]])
        columns["q0"] = np.round(np.array(columns["q0"], dtype=float) * np.exp(0.5 * effect[who])).astype(int)
        findings = interviewer_effects(evidence(columns)).findings
        found += any(one.facts["column"] == "q0" for one in findings)
    assert found >= 5


def test_the_share_between_interviewers_is_the_one_that_was_drawn():
    chance, shares, held = np.random.default_rng(2), [], 0
    for _survey in range(60):
        member, stratum = chance.integers(0, 30, 1500), chance.integers(0, 10, 1500)
        values = chance.normal(size=1500) + 0.5 * chance.normal(size=30)[member] + chance.normal(size=10)[stratum]
        assigned = Assignment(tuple(map(str, range(30))), np.arange(1500), member, stratum, None, member, {})
        share = share_between(contrast(comparison(assigned, chance), values, np.ones(1500, dtype=bool)))
        shares.append(share.rho)
        held += share.lower <= 0.2 <= share.upper
    assert np.mean(shares) == pytest.approx(0.2, abs=0.02)
    assert held >= 53  # 95 % limits: 57 of 60 on average


def test_predictions_are_nearer_to_nothing_than_what_was_measured():
    chance = np.random.default_rng(4)
    member, effect = chance.integers(0, 20, 800), chance.normal(size=20)
    values = chance.normal(size=800) + 0.5 * effect[member]
    assigned = Assignment(
        tuple(map(str, range(20))), np.arange(800), member, np.zeros(800, dtype=int), None, member, {}
    )
    one = contrast(comparison(assigned, chance), values, np.ones(800, dtype=bool))
    measured, likely = predicted(one, share_between(one))
    assert (np.abs(likely) < np.abs(measured)).all()
    assert np.corrcoef(likely, effect)[0, 1] > 0.9


def test_usual_answers_without_variety_are_found():
    chance = np.random.default_rng(6)
    columns = fieldwork(chance, n=400, questions=24, alike=0.3, missing=0.0)
    theirs = of(columns, "E2")
    for question in range(24):
        values, counts = np.unique(columns[f"q{question}"].astype(str), return_counts=True)
        usual = values[np.argmax(counts)] if question % 4 != 3 else "55"
        columns[f"q{question}"][theirs & (chance.random(400) < 0.7)] = usual
    found = {finding.code: finding for finding in routine(evidence(columns)).findings}
    assert [one.name for one in found["assess.usual"].subjects] == ["E2"]
    assert "E2" not in told(found["assess.usual"])


def test_an_interviewer_without_any_gap_is_found():
    columns = fieldwork(np.random.default_rng(7), n=400, questions=16, missing=0.15)
    theirs = of(columns, "E1")
    for question in range(16):
        answers = columns[f"q{question}"]
        answers[theirs & (answers == "")] = "no" if question % 4 in (0, 2) else "c" if question % 4 == 1 else "50"
    found = {finding.code: finding for finding in routine(evidence(columns)).findings}
    assert [one.name for one in found["assess.complete"].subjects] == ["E1"]
    assert found["assess.complete"].subjects[0].facts["own"] == 0
    assert found["assess.complete"].subjects[0].facts["others"] == pytest.approx(15, abs=2)


def test_an_interviewer_whose_answers_skip_the_rest_is_found():
    chance = np.random.default_rng(9)
    columns = fieldwork(chance, n=400, questions=8)
    gate = np.where(chance.random(400) < 0.6, "yes", "no").astype(object)
    theirs = of(columns, "E5")
    gate[theirs & (chance.random(400) < 0.8)] = "no"
    for question in range(4):
        columns[f"after{question}"] = np.where(gate == "yes", chance.choice(["a", "b", "c"], 400), "").astype(object)
    columns["has_toilet"] = gate
    found = {finding.code: finding for finding in routine(evidence(columns)).findings}
    assert [one.name for one in found["assess.skipping"].subjects] == ["E5"]
    assert found["assess.skipping"].subjects[0].facts["own"] > found["assess.skipping"].subjects[0].facts["others"] + 1
    # What the form skips is no gap.
    assert "assess.complete" not in found


# --- where nobody can look -------------------------------------------------------------------------------------------


def test_place_and_interviewer_are_not_told_apart_where_each_worked_alone():
    columns = fieldwork(np.random.default_rng(1), apart=True, alike=2.0)
    for check in CHECKS[:2]:
        outcome = check.run(evidence(columns))
        assert outcome.idle == PLACES_OF_THEIR_OWN
        assert outcome.findings == ()


def test_villages_that_differ_are_no_effect_of_who_asked_there():
    chance, noticed = np.random.default_rng(12), 0
    for _survey in range(10):
        columns = fieldwork(chance, interviewers=10, villages=5, alike=2.0)
        # Two interviewers in each village, and no others.
        village = np.array([int(name[1:]) for name in columns["village"]])
        columns["enumerator"] = [f"E{2 * v + chance.integers(0, 2)}" for v in village]
        noticed += bool(interviewer_effects(evidence(columns)).findings)
    assert noticed <= 3


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"enumerator": ["E1"] * 60}, ALONE),
        ({"enumerator": [f"E{i}" for i in range(59)] + ["E0"]}, EACH_ONE),
        ({"enumerator": [""] * 60}, NOBODY),
    ],
)
def test_it_is_said_why_interviewers_cannot_be_compared(change, why):
    columns = {**fieldwork(np.random.default_rng(1), n=60), **change}
    if why is EACH_ONE:
        found = evidence(columns)
        recipe = found.recipe.model_copy(
            update={"paradata": found.recipe.paradata.model_copy(update={"enumerator": "enumerator"})}
        )
        found = type(found)(found.raw, found.harmonised, recipe, found.kit, found.today)
    else:
        found = evidence(columns)
        if why is ALONE:
            paradata = found.recipe.paradata.model_copy(update={"enumerator": "enumerator"})
            found = type(found)(
                found.raw, found.harmonised, found.recipe.model_copy(update={"paradata": paradata}), found.kit,
                found.today,
            )  # fmt: skip
    assert assignment(found) == why


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize(
    "columns",
    [
        {"enumerator": [], "village": [], "q": []},
        {"enumerator": ["A"], "village": ["V"], "q": ["yes"]},
        {"enumerator": ["A", "B"] * 30, "village": ["V"] * 60, "q": [""] * 60},
        {"enumerator": ["A", "B"] * 30, "village": ["V"] * 60, "q": ["yes"] * 60},
        {"enumerator": ["A"] * 30 + [""] * 30, "q": ["yes", "no"] * 30},
        {"q": ["yes", "no"] * 30},
    ],
    ids=["empty", "one row", "no answers", "one answer", "half unknown", "nobody"],
)
def test_odd_files_are_looked_at_without_a_word(check, columns):
    outcome = check.run(evidence(columns))
    assert outcome.findings == ()
    assert outcome.idle or outcome.tested >= 0


def test_with_few_interviewers_no_number_of_them_is_said_and_no_row():
    chance = np.random.default_rng(1)
    columns = fieldwork(chance, n=300, interviewers=3, questions=8)
    columns["q0"][of(columns, "E1")] = "yes"
    [finding] = interviewer_effects(evidence(columns)).findings
    assert finding.rows == ()
    assert not {"k", "m"} & set(finding.facts)
    assert finding.subjects


def test_the_finding_says_how_much_lies_between_interviewers():
    columns = fieldwork(np.random.default_rng(1), n=400, questions=8)
    outcome = interviewer_effects(evidence(columns))
    assert outcome.facts["interviewers"] == outcome.facts["compared"] == 8
    row = outcome.facts["by_question"][0]
    assert 0 <= row["lower"] <= row["rho"] <= row["upper"] <= 1
    assert design_effect(0.1, np.array([11.0, 11.0])) == pytest.approx(2.0)


# --- arithmetic ------------------------------------------------------------------------------------------------------


def test_chances_of_one_interviewer_are_those_of_drawing_without_replacement():
    stats = pytest.importorskip("scipy.stats")
    values = np.array([1.0] * 20 + [0.0] * 60)
    member = np.array([0] * 12 + [1] * 8 + [0] * 8 + [1] * 52)
    assigned = Assignment(("A", "B"), np.arange(80), member, np.zeros(80, dtype=int), None, member, {})
    one = contrast(comparison(assigned, np.random.default_rng(1)), values, np.ones(80, dtype=bool))
    low, high = tails(one)
    exact = stats.hypergeom.sf(11, 80, 20, 20)
    # On the side of chance, by less than the next step.
    assert exact <= high[0] < stats.hypergeom.sf(10, 80, 20, 20)
    assert low[1] == pytest.approx(high[0])


def test_pearson_is_normal_without_skew_and_a_gamma_with_it():
    stats = pytest.importorskip("scipy.stats")
    z = np.array([-2.0, 0.0, 1.5, 4.0])
    assert pearson(z, 0.0) == pytest.approx(stats.norm.cdf(z))
    assert pearson(z, 0.8) == pytest.approx(stats.pearson3.cdf(z, 0.8))
    assert pearson(z, -0.8) == pytest.approx(stats.pearson3.cdf(z, -0.8))


def test_of_interviewers_who_are_apart_in_place_only_those_who_meet_are_compared():
    columns = fieldwork(np.random.default_rng(1), n=300)
    columns["enumerator"][:20] = ["E99"] * 20
    columns["village"][:20] = ["V99"] * 20
    found = assignment(evidence(columns))
    assert not isinstance(found, str)
    assert "E99" not in found.names
    assert found.facts == {"interviewers": 9, "compared": 8, "interviews": 280}
