"""The dossier as data: all that an office asks for, in four languages, and nobody in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from datashift.dossier import fieldwork as work
from datashift.dossier.document import document, read_with
from datashift.dossier.noticed import checks, findings
from datashift.language import LANGUAGES, speaking
from datashift.model import Checked, Effect, Finding, Paradata, Subject
from datashift.pipeline import Result, raw_table
from datashift.release import dossier_of
from datashift.standards.profiles import shipped_profile

CREATED = "2026-11-22"
PARTS = (
    "format", "head", "summary", "design", "instrument", "fieldwork", "coverage", "checks", "findings", "estimates",
    "comparisons", "items", "ratings", "limits", "digests", "profiles", "next",
)  # fmt: skip


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)


def with_rows(result: Result, assessment: Any = None, **columns: list[str]) -> Result:
    """The same run, as if its raw table had more columns; the second one of `columns` names their roles."""
    raw = raw_table(result.setting)[0]
    for name, values in columns.items():
        raw = raw.append_column(name, pa.array(values))
    names = {name: name for name in columns}
    recipe = result.setting.recipe.model_copy(update={"paradata": Paradata(**names)})
    corrected = type("Corrected", (), {"table": raw, "effects": {}, "applied": (), "removed": {}, "conflicts": ()})()
    setting = replace(result.setting, recipe=recipe)
    return replace(result, setting=setting, corrected=corrected, assessment=assessment or result.assessment)


def test_every_part_is_there_and_is_plain_json(simulated_dossier: dict[str, Any]) -> None:
    assert set(simulated_dossier) == set(PARTS)
    assert simulated_dossier["format"] == "datashift-dossier/1"
    assert json.loads(json.dumps(simulated_dossier, allow_nan=False)) == simulated_dossier


def test_the_same_run_gives_the_same_dossier_in_whatever_language_it_is_asked(
    simulated_result: Result, simulated_dossier: dict[str, Any]
) -> None:
    with speaking("ne"):
        assert document(simulated_result, created=CREATED) == simulated_dossier


def test_the_summary_says_it_all_and_the_finding_in_every_language(simulated_dossier: dict[str, Any]) -> None:
    told = simulated_dossier["summary"]
    for name in ("finding", "design", "sure", "counted", "checks"):
        assert "en" in told[name], name
        assert set(told[name]) <= set(LANGUAGES), name
    assert "71" in told["finding"]["en"] or "%" in told["finding"]["en"]
    assert set(told["finding"]) == set(LANGUAGES)
    assert told["finding"]["ne"] != told["finding"]["en"]


def test_simulated_data_are_called_so(simulated_dossier: dict[str, Any]) -> None:
    assert simulated_dossier["head"]["simulated"] is True
    assert simulated_dossier["head"]["release"] == ""


def test_figures_are_those_of_the_run_to_the_last_published_digit(
    simulated_result: Result, simulated_dossier: dict[str, Any]
) -> None:
    told = {(r["measure"], r["area"], r["period"], r["group"]): r for r in simulated_dossier["estimates"]["rows"]}
    plain = [e for e in simulated_result.estimates if not e.breakdown]
    assert len(plain) > 3
    for e in plain:
        row = told[(e.measure, e.area, e.period, "")]
        assert (row["value"], row["lower"], row["upper"], row["n"]) == (e.value, e.lower, e.upper, e.n)


def test_a_hidden_figure_has_no_number_of_answers(simulated_result: Result) -> None:
    first, *others = simulated_result.estimates
    hidden = replace(simulated_result, estimates=[first.suppressed("Too few."), *others])
    row = document(hidden, created=CREATED)["estimates"]["rows"][0]
    assert (row["value"], row["lower"], row["n_eff"], row["n"], row["status"]) == (None, None, None, 0, "Q")


def test_each_comparison_has_a_fixed_word_and_a_reason(simulated_dossier: dict[str, Any]) -> None:
    series = simulated_dossier["comparisons"]
    assert series
    words = {"shows", "suggests", "is consistent with", "cannot tell", "cannot be compared"}
    for one in series:
        for row in one["rows"]:
            assert one["words"][row["word"]]["en"] in words | {"no official figure", "official figure too old"}
            assert one["reasons"][row["reason"]]["en"]


def test_every_check_says_what_it_looks_for_and_what_became_of_it(simulated_dossier: dict[str, Any]) -> None:
    known = simulated_dossier["checks"]
    assert len(known) >= 7
    for one in known:
        assert one["looks_for"]["en"]
        assert one["expects"]["en"]
        assert one["text"]["en"]
        assert one["state"] in ("noticed", "nothing", "could_not_look")


def test_a_check_that_could_not_look_says_why(simulated_result: Result) -> None:
    idle = Checked("K99", "Name", "Looks", "Expects", "rule", idle="Needs {columns}.", facts={"columns": ["a", "b"]})
    seen = replace(simulated_result.assessment, checks=(idle,))
    [one] = checks(replace(simulated_result, assessment=seen))
    assert one["state"] == "could_not_look"
    assert one["text"]["en"] == "Needs a, b."


def test_a_finding_tells_neither_rows_nor_whom_it_singles_out(simulated_result: Result) -> None:
    subject = Subject("enumerator", "Asha Testperson", "{n} interviews", {"n": 7}, (5, 6, 7))
    found = Finding(
        "K17", "assess.alike", "Interviews that look alike: {n}.", {"n": 7, "counted": 7}, (5, 6, 7),
        (Effect("NOT_SHOWN", 40.0, 30.0, "PT"),), 0.001, 0.004, 12, (subject,),
    )  # fmt: skip
    seen = replace(simulated_result.assessment, findings=[found])
    [one] = findings(replace(simulated_result, assessment=seen), {"K17/assess.alike": {"en": "They live together."}})
    assert "Asha" not in json.dumps(one)
    assert "subjects" not in one
    assert one["rows"] == 3
    assert one["explanation"] == {"en": "They live together."}
    assert one["effects"][0]["with"] is None, "the figure is not published"


@pytest.mark.parametrize(("people", "told"), [(4, None), (5, 5), (12, 12)])
def test_interviewers_are_counted_from_five_on(simulated_result: Result, people: int, told: int | None) -> None:
    rows = raw_table(simulated_result.setting)[0].num_rows
    names = [f"Interviewer Testperson {index % people}" for index in range(rows)]
    one = work.fieldwork(with_rows(simulated_result, enumerator=names))
    assert one["interviewers"] == told
    assert ("Fewer than 5" in one["people"]["enumerator"]["en"]) == (told is None)
    assert "Testperson" not in json.dumps(one)


def test_the_median_length_is_told_from_ten_interviews_on(simulated_result: Result) -> None:
    rows = raw_table(simulated_result.setting)[0].num_rows
    timed = with_rows(simulated_result, seconds=[str(60 * (index % 21)) for index in range(rows)])
    assert work.fieldwork(timed)["median_minutes"] == 10.0
    few = with_rows(simulated_result, seconds=["600"] * 9 + [""] * (rows - 9))
    assert work.fieldwork(few)["median_minutes"] is None


def test_first_and_last_day_come_from_the_interviews(simulated_result: Result) -> None:
    rows = raw_table(simulated_result.setting)[0].num_rows
    moments = [f"2024-03-{1 + index % 28:02d}T10:00:00.000+03:00" for index in range(rows)]
    one = work.fieldwork(with_rows(simulated_result, start=moments))
    assert (one["first_day"], one["last_day"]) == ("2024-03-01", "2024-03-28")
    assert work.fieldwork(with_rows(simulated_result, start=["never"] * rows))["first_day"] == ""


def test_rows_add_up(simulated_dossier: dict[str, Any]) -> None:
    one = simulated_dossier["fieldwork"]
    assert one["rows_in"] == one["rows_used"] + one["rows_explained"]
    assert all("row" not in entry for entry in one["explained"])


def test_digests_are_those_of_the_files(simulated_result: Result, simulated_dossier: dict[str, Any]) -> None:
    one, inputs = simulated_dossier["digests"], simulated_result.setting.inputs
    assert one["recipe"]["sha256"] == hashlib.sha256(inputs.recipe_text.encode()).hexdigest()
    for entry in (*one["sources"], *one["beside"]):
        assert entry["sha256"] == hashlib.sha256(inputs.files[entry["file"]]).hexdigest()
    assert one["program"]["datashift"]


def test_another_profile_reads_the_same_evidence(simulated_result: Result, simulated_dossier: dict[str, Any]) -> None:
    one = shipped_profile("ons")
    again = read_with(json.loads(json.dumps(simulated_dossier)), [one])
    assert [profile["id"] for profile in again["profiles"]] == ["ons"]
    assert again["profiles"] == document(simulated_result, created=CREATED, profiles=[one])["profiles"]
    assert [short["id"] for short in again["summary"]["profiles"]] == ["ons"]


def test_no_value_of_a_personal_column_is_in_it(simulated_result: Result) -> None:
    told = dossier_of(simulated_result, CREATED)
    assert told["format"] == "datashift-dossier/1"


def test_an_empty_ledger_of_checks_is_a_dossier_too(simulated_result: Result) -> None:
    bare = replace(simulated_result, assessment=replace(simulated_result.assessment, checks=(), findings=[]))
    told = document(bare, created=CREATED)
    assert told["checks"] == []
    assert all("{" not in text for _path, text in texts(told["summary"]))
