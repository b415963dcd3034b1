"""Versions of the form, targets and remarks against what was planned."""

from __future__ import annotations

import pytest
from interviews import codes, drawn, look

from datashift.assess import sentence
from datashift.assess.fieldwork.plan import CHECKS, outdated_forms, progress, remarks

VERSIONS = {"versions": {"v1": "2024-03-01", "v2": "2024-03-06", "v3": "2024-03-08"}}


def used(versions, days):
    n = len(versions)
    cells = {
        "id": [str(k) for k in range(n)],
        "village": ["V1"] * n,
        "version": list(versions),
        "begin": [f"2024-03-{day:02d}T10:00:00+03:00" for day in days],
        "who": [f"E{k}" for k in range(n)],
    }
    return look(
        outdated_forms, cells, paradata={"start": "begin", "version": "version", "enumerator": "who"}, protocol=VERSIONS
    )


def test_an_earlier_form_than_in_force_is_told():
    outcome = used(["v1", "v1", "v2", "v1", "v3", "v2"], [5, 6, 7, 7, 8, 9])
    [found] = outcome.findings
    assert (found.code, found.rows) == ("assess.form-outdated", (3, 5, 7))
    assert [one.name for one in found.subjects] == ["E1", "E3", "E5"]
    assert outcome.facts["versions"] == {"v1": 3, "v2": 2, "v3": 1}


def test_a_form_before_its_first_day_and_an_unknown_one_are_told_apart():
    outcome = used(["v2", " v1 ", "v9", None, "v3", "v3"], [5, 5, 5, 5, 8, 8])
    assert {one.code: one.rows for one in outcome.findings} == {"assess.form-early": (2,), "assess.form-unknown": (4,)}


def test_few_people_are_told_without_number():
    outcome = used(["v1", "v2"], [7, 7])
    assert outcome.findings[0].rows == ()
    assert not any(character.isdigit() for character in sentence(outcome.findings[0]))
    assert outcome.findings[0].subjects[0].rows == (2,)


def test_the_day_of_the_recipe_will_do_where_there_is_no_begin():
    cells = {"id": ["1", "2"], "village": ["V1"] * 2, "version": ["v1", "v2"], "day": ["2024-03-07", "bad"]}
    outcome = look(
        outdated_forms,
        cells,
        paradata={"version": "version"},
        protocol=VERSIONS,
        period={"label": "2024", "column": "day"},
    )
    assert outcome.findings[0].rows == (2,)
    assert look(outdated_forms, cells, paradata={"version": "version"}, protocol=VERSIONS).idle


def test_who_is_missing_is_told_with_the_places_that_lack_most():
    cells = drawn(60)
    have = {name: cells["village"].count(name) for name in set(cells["village"])}
    targets = {"V0": have["V0"] + 5, "V1": have["V1"], "V2": have["V2"] + 9, "V3": 0, "V9": 2}
    outcome = look(progress, cells, protocol={"targets": targets, "target_by": "village"})
    [found] = outcome.findings
    assert found.facts["lacking"] == [["V2", 9], ["V0", 5], ["V9", 2]]
    assert (found.facts["behind"], found.facts["groups"]) == (3, 5)
    assert found.rows == ()
    assert "V2 (9)" in sentence(found)
    assert outcome.facts["outside"] == have["V4"] + have["V5"]


def test_targets_of_people_never_name_them():
    cells = drawn(60, people=3)
    outcome = look(progress, cells, protocol={"targets": {"E0": 99, "E1": 1}, "target_by": "who"})
    assert outcome.findings[0].facts["lacking"] == []
    assert "E0" not in sentence(outcome.findings[0])


def test_targets_that_are_reached_are_no_finding():
    cells = drawn(60)
    assert look(progress, cells, protocol={"targets": {"V0": 1}, "target_by": "village"}).findings == ()


def test_remarks_are_counted_and_never_quoted():
    cells = drawn(5, people=1)
    cells["note"] = ["The head of the house, Zuhura, was angry", None, "none", "N/A", "ok, paper first"]
    [found] = look(remarks, cells, paradata={"comments": ["note"]}).findings
    assert found.rows == (2, 6)
    assert "Zuhura" not in f"{sentence(found)}{found.facts}"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_what_a_check_of_the_plan_needs_is_said(check):
    outcome = look(check.run, drawn(5), paradata={"version": "q0"})
    assert outcome.idle.endswith(".")
    assert codes(outcome) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize("n", [0, 1, 3])
def test_odd_data_never_stop_a_check_of_the_plan(check, n):
    cells = {name: values[:n] for name, values in drawn(3).items()}
    protocol = {**VERSIONS, "targets": {"V1": 3}, "target_by": "village"}
    paradata = {"start": "begin", "version": "water", "comments": ["q1"]}
    for table in (cells, {name: [None] * n for name in cells}, {name: ["?"] * n for name in cells}):
        assert look(check.run, table, protocol=protocol, paradata=paradata).tested == 0
