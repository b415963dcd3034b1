"""Interviews that were asked again, and recordings that were listened to: what differs, whose, and who was left out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fields import evidence, fieldwork

from datashift.assess import sentence, subject_sentence
from datashift.assess.interviewers.audits import NO_AUDITS, audits
from datashift.assess.interviewers.backchecks import back_checks, wilson
from datashift.assess.interviewers.reinterviews import NO_BACKCHECKS, NO_COLUMN, NO_FILE, NO_MATCH, matched, stability

STATED = {
    "file": "again.csv", "id": "key",
    "kinds": {"q0": 1, "q1": 1, "q2": 1, "q3": 1, "q4": 2, "q5": 2, "q6": 3, "q7": 3}, "tolerance": {"q3": 2},
}  # fmt: skip


def asked_again(chance, columns, share=0.4, wrong=0.03):
    """The same answers for some interviews, but for slips: each question of each interview alike."""
    n = len(columns["key"])
    chosen = np.flatnonzero(chance.random(n) < share)
    again = {"key": [columns["key"][i] for i in chosen]}
    for name in STATED["kinds"]:
        answers = np.array(columns[name], dtype=object)
        others = chance.permutation(answers)
        slips = chance.random(n) < wrong
        again[name] = np.where(slips, others, answers)[chosen]
    return again, chosen


def several(chance, **form):
    return fieldwork(chance, **{"n": 400, "questions": 8, "missing": 0.0, "alike": 0.3} | form)


def test_honest_slips_are_seldom_noticed():
    chance, noticed = np.random.default_rng(3), 0
    for _survey in range(25):
        columns = several(chance)
        again, _chosen = asked_again(chance, columns, wrong=0.05)
        noticed += bool(back_checks(evidence(columns, again, backchecks=STATED)).findings)
    assert noticed <= 4


def test_rates_are_told_by_kind_with_their_limits():
    chance = np.random.default_rng(1)
    columns = several(chance)
    again, chosen = asked_again(chance, columns, wrong=0.1)
    facts = back_checks(evidence(columns, again, backchecks=STATED)).facts
    assert facts["interviews"] == len(chosen)
    assert set(facts["by_kind"]) == {"1", "2", "3"}
    for rate in facts["by_kind"].values():
        assert 0 <= rate["lower"] < rate["share"] < rate["upper"]
    one = facts["by_question"][0]
    differs = np.array(columns["q0"])[chosen] != again["q0"]
    assert one["share"] == pytest.approx(100 * differs.mean())
    assert one["kappa_lower"] < one["kappa"] < one["kappa_upper"]


def test_a_question_that_is_hard_to_ask_is_told_beside_the_others_of_its_kind():
    chance = np.random.default_rng(2)
    columns = several(chance)
    again, chosen = asked_again(chance, columns)
    slips = chance.random(len(chosen)) < 0.4
    again["q1"] = np.where(slips, chance.permutation(again["q1"]), again["q1"])
    found = [
        one for one in back_checks(evidence(columns, again, backchecks=STATED)).findings if one.p_value is not None
    ]
    assert [one.facts["column"] for one in found] == ["q1"]
    assert "'q1' has another answer" in sentence(found[0])


def test_an_interviewer_whose_answers_do_not_hold_is_told_to_the_supervisor_alone():
    chance = np.random.default_rng(4)
    columns = several(chance)
    again, chosen = asked_again(chance, columns)
    theirs = np.array([columns["enumerator"][i] == "E2" for i in chosen])
    for name in STATED["kinds"]:
        slips = theirs & (chance.random(len(chosen)) < 0.5)
        again[name] = np.where(slips, chance.permutation(again[name]), again[name])
    findings = back_checks(evidence(columns, again, backchecks=STATED)).findings
    [found] = [one for one in findings if one.subjects]
    assert [one.name for one in found.subjects] == ["E2"]
    assert found.subjects[0].private
    assert "E2" not in sentence(found) + json.dumps(found.facts)
    assert len(found.rows) == theirs.sum()
    assert "{" not in subject_sentence(found.subjects[0])


def test_many_answers_that_cannot_change_are_told_whoever_asked():
    chance = np.random.default_rng(5)
    columns = several(chance)
    again, _chosen = asked_again(chance, columns, wrong=0.5)
    codes = {one.code for one in back_checks(evidence(columns, again, backchecks=STATED)).findings}
    assert "assess.asked-again" in codes


def test_answers_that_move_one_way_are_told_as_a_change():
    chance = np.random.default_rng(6)
    columns = several(chance)
    again, _chosen = asked_again(chance, columns, wrong=0.0)
    again["q7"] = [str(int(value) + (5 if i % 3 == 0 else 0)) for i, value in enumerate(again["q7"])]
    [found] = back_checks(evidence(columns, again, backchecks=STATED)).findings
    assert (found.code, found.facts["column"]) == ("assess.asked-again-moved", "q7")
    assert found.facts["share"] == pytest.approx(100 / 3, abs=1)


def test_numbers_within_the_tolerance_and_other_spellings_are_the_same():
    chance = np.random.default_rng(7)
    columns = several(chance)
    again, _chosen = asked_again(chance, columns, wrong=0.0)
    again["q3"] = [f"{int(value) + 2}.0" for value in again["q3"]]
    again["q0"] = [str(value).upper() + " " for value in again["q0"]]
    facts = back_checks(evidence(columns, again, backchecks=STATED)).facts
    assert facts["by_kind"]["1"]["share"] == 0


def test_reliability_of_a_number_is_what_its_response_variance_leaves():
    chance = np.random.default_rng(8)
    columns = several(chance, n=2000, kinds=("number",))
    true = np.round(chance.normal(500, 30, 2000))
    columns["q7"] = [f"{value:.0f}" for value in true + chance.normal(0, 20, 2000)]
    again, _chosen = asked_again(chance, columns, share=1.0, wrong=0.0)
    again["q7"] = [f"{value:.0f}" for value in true + chance.normal(0, 20, 2000)]
    found = matched(evidence(columns, again, backchecks=STATED))
    one = next(one for one in found.questions if one.column == "q7")
    told = stability(one)
    assert told["response_variance"] == pytest.approx(400, rel=0.1)
    assert told["reliability"] == pytest.approx(900 / 1300, abs=0.03)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, NO_MATCH),
        ({"kinds": {"nothing": 1}}, NO_COLUMN),
        ({"id": "nothing"}, NO_COLUMN),
    ],
)
def test_it_is_said_why_back_checks_cannot_be_looked_at(change, why):
    columns = several(np.random.default_rng(1), n=60)
    again = {"key": ["x1", "x2"], **{name: ["yes", "no"] for name in STATED["kinds"]}}
    assert back_checks(evidence(columns, again, backchecks=STATED | change)).idle == why


def test_without_a_file_or_a_word_about_it_nothing_is_said():
    columns = several(np.random.default_rng(1), n=60)
    assert back_checks(evidence(columns)).idle == NO_BACKCHECKS
    assert back_checks(evidence(columns, backchecks=STATED)).idle == NO_FILE


def test_limits_of_a_share_are_those_of_wilson():
    assert wilson(0, 10) == pytest.approx((0, 27.753), abs=0.01)
    assert wilson(5, 10) == pytest.approx((23.659, 76.341), abs=0.01)
    assert wilson(0, 0) == (0, 100)


# --- recordings -------------------------------------------------------------------------------------------------------


def listened(chance, columns, share=0.1):
    columns["audited"] = np.where(chance.random(len(columns["key"])) < share, "yes", "no")
    return columns


def test_audits_that_are_drawn_by_chance_are_seldom_noticed():
    chance, noticed = np.random.default_rng(3), 0
    for _survey in range(25):
        found = audits(evidence(listened(chance, fieldwork(chance, n=200, questions=2)), audited="audited"))
        noticed += bool(found.findings)
    assert noticed <= 4


def test_fewer_than_agreed_are_told():
    columns = listened(np.random.default_rng(1), fieldwork(np.random.default_rng(1), n=400), 0.05)
    [found] = audits(evidence(columns, audited="audited", audit_share=10)).findings
    assert found.code == "assess.few-audited"
    assert "10 per cent were agreed" in sentence(found)


def test_interviewers_who_were_never_listened_to_are_told_without_their_names():
    chance = np.random.default_rng(2)
    columns = listened(chance, fieldwork(chance, n=600), 0.3)
    columns["audited"][[name == "E4" for name in columns["enumerator"]]] = "no"
    findings = {one.code: one for one in audits(evidence(columns, audited="audited")).findings}
    found = findings["assess.never-audited"]
    assert [one.name for one in found.subjects] == ["E4"]
    assert found.rows == ()
    assert "E4" not in sentence(found)
    assert "assess.audits-by-interviewer" in findings


def test_audits_of_one_week_only_are_not_drawn_by_chance():
    columns = fieldwork(np.random.default_rng(2), n=400)
    early = np.array([moment < "2024-03-07" for moment in columns["start"]])
    columns["audited"] = np.where(early & (np.random.default_rng(1).random(400) < 0.3), "2024-04-01", "")
    codes = {one.code for one in audits(evidence(columns, audited="audited")).findings}
    assert codes == {"assess.audits-by-week"}


def test_audits_as_even_as_in_a_stratified_draw_are_as_they_should_be():
    columns = fieldwork(np.random.default_rng(2), n=400)
    seen: dict[str, int] = {}
    columns["audited"] = []
    for name in columns["enumerator"]:
        seen[name] = seen.get(name, 0) + 1
        columns["audited"].append("yes" if seen[name] % 10 == 0 else "no")
    assert audits(evidence(columns, audited="audited")).findings == ()


def test_it_is_said_when_nobody_listened_or_nobody_knows():
    columns = fieldwork(np.random.default_rng(2), n=50) | {"audited": ["no"] * 50}
    [found] = audits(evidence(columns, audited="audited")).findings
    assert found.code == "assess.nobody-audited"
    assert audits(evidence(columns)).idle == NO_AUDITS
