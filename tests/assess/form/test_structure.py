from __future__ import annotations

from typing import Any

import numpy as np
import pytest

Columns = dict[str, list[Any]]


def with_cells(columns: Columns, column: str, cells: dict[int, str | None]) -> Columns:
    """The same columns with other texts in some spreadsheet rows (the first answer is row 2)."""
    changed = list(columns[column])
    for row, text in cells.items():
        changed[row - 2] = text
    return {**columns, column: changed}


def repeated(columns: Columns, rows: tuple[int, ...], **other: list[str]) -> Columns:
    """The same columns with some rows written once more at the end; `other` columns differ in the copies."""
    return {
        name: [*values, *(other.get(name) or [values[row - 2] for row in rows])] for name, values in columns.items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_clean_source_gives_no_finding(survey, seed):
    assert survey.check(survey.clean(300, seed)) == []
    assert survey.asked == []


def test_an_empty_table_gives_no_finding(survey):
    assert survey.check({name: [] for name in survey.clean(1)}) == []


def test_a_single_row_gives_no_finding(survey):
    assert survey.check(survey.clean(1)) == []


# --- K1 ---------------------------------------------------------------------------------------------------------------


def test_rows_that_use_an_id_again_are_found_but_not_the_first_one(survey):
    columns = survey.clean()
    first = columns["id"][8]
    found = survey.only(with_cells(columns, "id", {40: first, 77: first, 120: columns["id"][1]}))
    assert (found.check, found.code, found.rows) == ("K1", "assess.repeated-id", (40, 77, 120))


def test_rows_without_an_id_are_missing_not_repeated(survey):
    found = survey.only(with_cells(survey.clean(), "id", {30: "", 31: None, 32: ""}))
    assert (found.code, found.rows) == ("assess.missing", (30, 31, 32))


def test_repeated_ids_that_are_already_rejected_keep_their_finding_without_an_effect(survey):
    columns = survey.clean()
    twice = with_cells(columns, "id", {40: columns["id"][8]})
    found = survey.only(twice, rejects=[(40, "id", "harmonise.repeated-id", columns["id"][8])])
    assert (found.rows, found.effects, survey.asked) == ((40,), (), [])


# --- K2 ---------------------------------------------------------------------------------------------------------------


def copies_among(found) -> tuple[int, ...]:
    """The copied rows; the same coordinates are told beside them."""
    assert {finding.code for finding in found} == {"assess.copy", "assess.same-coordinates"}
    return next(finding.rows for finding in found if finding.code == "assess.copy")


def test_rows_that_repeat_all_but_the_id_are_found(survey):
    columns = repeated(survey.clean(), (12, 90, 90), id=["x1", "x2", "x3"])
    assert copies_among(survey.check(columns)) == (202, 203, 204)


def test_one_different_cell_makes_no_copy(survey):
    columns = repeated(survey.clean(), (12,), id=["x1"], state=["neither"])
    assert [finding.code for finding in survey.check(columns)] == ["assess.same-coordinates"]


def test_no_cell_and_an_empty_text_are_different(survey):
    columns = {**survey.clean(), "note": [""] * 200}
    columns = repeated(columns, (12,), id=["x1"])
    columns["note"][-1] = None
    assert "assess.copy" not in [finding.code for finding in survey.check(columns)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("_uuid", [f"{i:08x}-0000-4000-8000-{i:012x}" for i in range(201)]),
        ("meta/instanceID", [f"uuid:{i:08x}-0000-4000-8000-{i:012x}" for i in range(201)]),
        ("anything", [f"{i:08x}-0000-4000-8000-{i:012x}" for i in range(201)]),
        ("_submission_time", [f"2024-05-{1 + i % 28:02d}T10:00:00" for i in range(200)] + ["2024-06-01T09:00:00"]),
        ("S/N", [str(i + 1) for i in range(201)]),
    ],
)
def test_what_is_written_anew_for_each_sending_does_not_hide_a_copy(survey, name, values):
    columns = {**repeated(survey.clean(), (12,), id=["x1"]), name: values}
    assert copies_among(survey.check(columns)) == (202,)


def test_equal_answers_in_a_short_form_are_no_copies(survey):
    draw = np.random.default_rng(5)
    for _round in range(10):
        columns = {
            "id": [f"n{i}" for i in range(150)],
            "district": draw.choice(["XX-W", "XX-E"], 150).tolist(),
            "state": draw.choice(["works", "broken"], 150).tolist(),
            "persons": draw.integers(1, 7, 150).astype(str).tolist(),
            "seen": ["2024-05-01"] * 75 + ["2024-05-02"] * 75,
        }
        assert survey.check(columns, place={"country": "XX", "as_of": "2024-01-01", "column": "district"}) == []


def test_chance_is_told_beside_the_copies(survey):
    found = survey.check(repeated(survey.clean(), (12,), id=["x1"]))
    assert next(finding.facts["expected"] for finding in found if finding.code == "assess.copy") == 0


# --- K4: missing answers ----------------------------------------------------------------------------------------------


def test_missing_answers_are_counted_by_the_words_of_the_recipe(survey):
    columns = with_cells(survey.clean(), "state", {5: "", 6: None, 7: " NA ", 8: "-"})
    found = survey.only(columns, missing=["", "NA"], columns={"status": {"column": "state", "missing": ["-"]}})
    assert (found.check, found.code, found.rows) == ("K4", "assess.missing", (5, 6, 7, 8))
    assert (found.facts["column"], found.facts["share"]) == ("state", 2.0)


def test_an_answer_that_the_recipe_sends_to_no_code_is_missing_and_a_coded_word_is_not(survey):
    columns = with_cells(survey.clean(), "state", {5: "Dunno", 6: "NA"})
    coded = {"status": {"column": "state", "codes": {"dunno": "", "NA": "broken"}}}
    assert survey.only(columns, missing=["", "NA"], columns=coded).rows == (5,)


def test_a_question_that_did_not_concern_a_row_is_no_missing_answer(survey):
    columns = survey.clean()
    columns["persons"] = [p if s == "works" else "" for p, s in zip(columns["persons"], columns["state"], strict=True)]
    routed = {"people": {"label": {"en": "People"}, "kind": "number", "asked_if": {"status": ["works"]}}}
    assert survey.check(columns, concepts=routed) == []
    first = columns["state"].index("works")
    columns["persons"][first] = ""
    assert survey.only(columns, concepts=routed).rows == (first + 2,)


def test_columns_the_recipe_does_not_use_may_be_empty(survey):
    assert survey.check({**survey.clean(), "spare": [""] * 200}) == []


def test_rows_in_which_nothing_is_written_are_told_once(survey):
    columns = {name: [*values[:50], None, "", *values[50:]] for name, values in survey.clean().items()}
    found = survey.only(columns, rejects=[(row, "", "harmonise.empty-row", "") for row in (52, 53)])
    assert (found.code, found.rows, found.facts["total"]) == ("assess.empty-rows", (52, 53), 200)


# --- K4: columns that always say the same -----------------------------------------------------------------------------


def test_a_used_column_that_always_says_the_same_is_told_without_rows(survey):
    found = survey.only({**survey.clean(), "state": ["works"] * 200})
    assert (found.code, found.rows, found.effects) == ("assess.constant-value", (), ())
    assert found.facts["value"] == "works"
    assert survey.asked == []


def test_missing_answers_do_not_make_a_column_vary(survey):
    columns = {**survey.clean(), "state": ["works"] * 190 + [""] * 10}
    assert {finding.code for finding in survey.check(columns)} == {"assess.constant-value", "assess.missing"}


def test_unused_columns_that_always_say_the_same_are_listed_together_by_name_only(survey):
    found = survey.only({**survey.clean(), "recorded_by": ["Someone"] * 200, "form": ["v1"] * 200})
    assert (found.code, found.facts["columns"]) == ("assess.constant-unused", ["recorded_by", "form"])
    assert "Someone" not in str(found)


# --- K4: placeholders -------------------------------------------------------------------------------------------------


def test_a_zero_that_stands_apart_in_many_rows_is_asked_about(survey):
    columns = with_cells(survey.clean(), "persons", dict.fromkeys(range(10, 40), "0"))
    found = survey.only(columns)
    assert (found.check, found.code, found.rows) == ("K4", "assess.placeholder", tuple(range(10, 40)))
    assert (found.facts["column"], found.facts["value"], found.facts["share"]) == ("persons", "0", 15.0)


def test_a_zero_that_the_recipe_calls_missing_is_not_asked_about(survey):
    columns = with_cells(survey.clean(), "persons", dict.fromkeys(range(10, 40), "0"))
    assert survey.only(columns, columns={"people": {"column": "persons", "missing": ["0"]}}).code == "assess.missing"


def test_a_zero_in_few_rows_or_among_small_counts_is_an_answer(survey):
    few = with_cells(survey.clean(), "persons", dict.fromkeys(range(10, 20), "0"))
    assert survey.check(few) == []
    draw = np.random.default_rng(3)
    children = {**survey.clean(), "persons": draw.poisson(1.5, 200).astype(str).tolist()}
    assert survey.check(children) == []


@pytest.mark.parametrize("value", ["999", "9999", "-99", "-1"])
def test_numbers_that_often_mean_not_known_are_asked_about(survey, value):
    columns = with_cells(survey.clean(), "persons", dict.fromkeys(range(10, 40), value))
    found = [finding for finding in survey.check(columns) if finding.code == "assess.placeholder"]
    assert [finding.rows for finding in found] == [tuple(range(10, 40))]


def test_a_row_of_nines_among_higher_numbers_is_an_answer(survey):
    columns = {**survey.clean(), "persons": [str(2000 + i) for i in range(200)]}
    assert survey.check(with_cells(columns, "persons", dict.fromkeys(range(10, 40), "999"))) == []


@pytest.mark.parametrize("word", ["None", "NA", "-", "unknown", "Sin dato", "haijulikani", "थाहा छैन", "0"])
def test_words_that_often_mean_not_known_are_asked_about(survey, word):
    columns = {**survey.clean(), "note": [f"note {i % 40}" for i in range(200)]}
    columns = with_cells(columns, "note", dict.fromkeys(range(60, 80), word))
    mapped = {"remark": {"column": "note"}, "status": {"column": "state"}, "people": {"column": "persons"}}
    found = survey.only(columns, columns=mapped)
    assert (found.code, found.rows, found.facts["value"]) == ("assess.placeholder", tuple(range(60, 80)), word)


def test_clusters_are_searched_for_placeholders_too(survey):
    columns = {**survey.clean(), "ward": [f"ward {i % 40}" for i in range(200)]}
    columns = with_cells(columns, "ward", dict.fromkeys(range(60, 80), "unknown"))
    design = {"sampling_type": "facility_register", "clusters": ["district", "ward"]}
    assert survey.only(columns, design=design).facts["column"] == "ward"
