"""Rules between answers, answers in own words, and answers that are not given."""

from __future__ import annotations

import numpy as np
import pytest
from interviews import codes, drawn, evidence, look, mine

from datashift.assess import sentence, subject_sentence
from datashift.assess.form.answers import CHECKS
from datashift.assess.form.assertions import assertions
from datashift.assess.form.others import others
from datashift.assess.form.refusals import refusals, said_no
from datashift.errors import BadRecipe

WHY = {"en": "no more children than people", "es": "no más niños que personas"}


def homes(**columns):
    rows = len(next(iter(columns.values())))
    return {"id": [f"i{k}" for k in range(rows)], "village": ["V1"] * rows, "water": ["piped"] * rows, **columns}


def ruled(cells, *rules):
    return look(assertions, cells, protocol={"rules": [{"why": WHY, **rule} for rule in rules]}).findings


# --- rules between answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compare", "rows"),
    [
        ("children <= people", (3,)),
        ("children < people", (3, 4)),
        ("people >= children", (3,)),
        ("children = people", (2, 3)),
        ("children == people", (2, 3)),
        ("children != people", (4,)),
        ("people > 3", (4,)),
        ("3 < people", (4,)),
    ],
)
def test_numbers_are_held_against_each_other(compare, rows):
    cells = homes(children=["1", "7", "3", None, "x"], people=["4", "5", "3", "9", "8"])
    [found] = ruled(cells, {"compare": compare})
    assert found.rows == rows
    assert "no more children than people" in sentence(found)


def test_a_rule_looks_only_where_its_condition_holds():
    cells = homes(married=["yes", "yes", "no", None], age=["40", "11", "9", "8"])
    [found] = ruled(cells, {"when": {"married": ["yes"]}, "columns": {"age": {"least": 15}}})
    assert found.rows == (3,)
    assert found.facts["asked"] == 2


def test_missing_answers_break_no_rule_unless_they_are_named():
    cells = homes(pipe=["yes", None, "no", ""])
    assert ruled(cells, {"columns": {"pipe": ["yes", "no"]}}) == ()
    [found] = ruled(cells, {"when": {"pipe": ["_U"]}, "columns": {"water": ["spring"]}})
    assert found.rows == (3, 5)


@pytest.mark.parametrize(
    ("bounds", "rows"),
    [
        ({"least": 2}, (2,)),
        ({"above": 2}, (2, 3)),
        ({"most": 2}, (4,)),
        ({"below": 2}, (3, 4)),
        ({"least": 2, "most": 2}, (2, 4)),
    ],
)
def test_bounds_are_meant_as_they_are_called(bounds, rows):
    [found] = ruled(homes(rooms=["1", "2", "3"]), {"columns": {"rooms": bounds}})
    assert found.rows == rows


def test_each_rule_is_a_finding_of_its_own():
    cells = homes(rooms=["1", "2", "3"])
    found = ruled(
        cells, {"columns": {"rooms": {"least": 2}}}, {"columns": {"rooms": {"least": 0}}}, {"compare": "rooms < 3"}
    )
    assert [one.code for one in found] == ["assess.rule-1", "assess.rule-3"]


def test_a_rule_about_an_unknown_column_is_told_with_the_nearest_name():
    with pytest.raises(BadRecipe) as told:
        ruled(homes(rooms=["1"]), {"columns": {"roms": {"least": 2}}})
    assert told.value.code == "recipe.no-column"
    assert "rooms" in str(told.value)


@pytest.mark.parametrize("compare", ["rooms", "rooms ~ 3", "<="])
def test_a_comparison_that_cannot_be_read_is_told(compare):
    with pytest.raises(BadRecipe) as told:
        ruled(homes(rooms=["1"]), {"compare": compare})
    assert told.value.code == "recipe.bad-comparison"


# --- other, please say what -------------------------------------------------------------------------------------------


def worded(*words, answer="other"):
    n = 60
    cells = drawn(n)
    cells["water_other"] = [None] * n
    for k, word in enumerate(words):
        cells["water"][k], cells["water_other"][k] = answer, word
    return cells


def test_words_that_name_a_listed_answer_can_be_recoded():
    outcome = look(others, worded("Borehole", "bore hole", "boreholle", "tubería", "river", "BOREHOLE ", "boreholes"))
    [found] = outcome.findings
    assert found.code == "assess.recode"
    assert found.rows == (2, 3, 4, 5, 7, 8)


def test_words_of_one_person_are_never_quoted():
    rare = look(others, worded("Borehole", "boreholle")).findings[0]
    assert rare.facts["pairs"] == []
    often = look(others, worded(*["Borehole"] * 4, "boreholle")).findings[0]
    assert often.facts["pairs"] == [["Borehole", "borehole", 4]]
    assert "boreholle" not in sentence(often)
    private = look(others, worded(*["Borehole"] * 4), personal=["water_other"]).findings[0]
    assert private.facts["pairs"] == []


def test_a_tenth_in_own_words_is_many():
    assert codes(look(others, worded(*["river"] * 4))) == []
    outcome = look(others, worded(*["river"] * 12))
    assert codes(outcome) == ["often-other"]
    assert outcome.facts["shares"] == {"water": 0.2}


def test_the_protocol_names_columns_of_own_words():
    cells = worded("Borehole")
    cells["said"] = cells.pop("water_other")
    assert look(others, cells).idle
    assert codes(look(others, cells, protocol={"others": {"water": "said"}})) == ["recode"]


@pytest.mark.parametrize(
    ("word", "fits"),
    [("spring", True), ("sprng", True), ("sprang", True), ("strong", False), ("", False), ("other", False)],
)
def test_one_slip_of_the_pen_fits_and_two_do_not(word, fits):
    assert bool(look(others, worded(word)).findings) == fits


# --- don't know -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [60, 300])
def test_honest_interviewers_are_seldom_noticed(n):
    noticed = sum(
        "refused-more" in codes(look(refusals, drawn(n, people=8, seed=seed, questions=10))) for seed in range(100)
    )
    assert noticed <= 8


def test_an_interviewer_with_many_dont_knows_is_singled_out_and_nobody_else():
    cells = drawn(400, people=10, questions=10)
    chance = np.random.default_rng(9)
    for q in range(10):
        for row in mine(cells, "E6"):
            if chance.random() < 0.4:
                cells[f"q{q}"][row] = "refused"
    outcome = look(refusals, cells)
    [found] = [one for one in outcome.findings if one.code == "assess.refused-more"]
    assert [one.name for one in found.subjects] == ["E6"]
    assert found.facts["of"] == 10
    assert found.p_adjusted <= 0.05
    assert "E6" not in sentence(found)
    assert found.subjects[0].facts["share"] > 30 > found.subjects[0].facts["others"]
    assert subject_sentence(found.subjects[0])


def test_questions_that_one_in_ten_do_not_answer_are_told_together():
    cells = drawn(100)
    cells["q1"] = ["Don't know"] * 30 + ["yes"] * 70
    cells["q2"] = ["-99"] * 40 + ["no"] * 60
    found = look(refusals, cells, protocol={"refused": ["-99"]}).findings[0]
    assert {"q1", "q2"} <= {name for name, _count in found.facts["values"]}
    assert found.facts["values"][0] == ["q2", 40]
    assert found.code == "assess.often-refused"


@pytest.mark.parametrize("word", ["dk", "Don't know", "DONT_KNOW", "Sijui", "थाहा छैन", "no sabe", "Prefer not to say"])
def test_words_for_not_knowing_are_known_in_four_languages(word):
    assert said_no(evidence(homes(q=[word, "yes"])), "q").tolist() == [True, False]


def test_none_and_no_are_answers():
    assert not said_no(evidence(homes(q=["none", "no", "0", "-99", None])), "q").any()


# --- odd data ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_odd_data_never_stop_a_check_of_answers(check, n):
    cells = drawn(max(n, 1), people=2)
    cells["water_other"] = cells["q0"]
    paradata = {"enumerator": "who", "consent": "q1", "age": "q2"}
    for table in (
        {name: values[:n] for name, values in cells.items()}, {name: [None] * n for name in cells},
        {name: [values[0]] * n for name, values in cells.items()}, {name: ["?"] * n for name in cells},
    ):  # fmt: skip
        assert look(check.run, table, paradata=paradata).tested >= 0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_what_a_check_of_answers_needs_is_said(check):
    outcome = look(check.run, {"id": ["1"], "village": ["V1"], "rooms": ["3"]}, paradata={})
    assert outcome.findings == ()
    assert outcome.idle.endswith(".")
