from __future__ import annotations

import pytest

from datashift.assess import sentence
from datashift.language import speaking


def unlisted(survey, answers: dict[int, str], column: str = "state", code: str = "harmonise.unknown-code", **more):
    """The finding on answers that were rejected, by row."""
    columns = survey.clean()
    changed = list(columns[column])
    for row, answer in answers.items():
        changed[row - 2] = answer
    rejects = [(row, column, code, answer) for row, answer in sorted(answers.items())]
    return survey.only({**columns, column: changed}, rejects=rejects, **more)


def test_unlisted_answers_are_grouped_by_value_with_their_counts(survey):
    found = unlisted(
        survey, {**dict.fromkeys(range(20, 25), "workes"), **dict.fromkeys(range(30, 33), "brokn"), 9: "7"}
    )
    assert (found.check, found.code, found.rows) == ("K5", "assess.unknown-code", (9, *range(20, 25), 30, 31, 32))
    assert found.facts["values"] == [["workes", 5], ["brokn", 3], ["7", 1]]
    assert found.effects == ()
    assert "Most often: workes (5), brokn (3), 7 (1)." in sentence(found)
    assert sentence(found).endswith("None of these rows is part of the answer.")


def test_the_list_is_named_in_the_language_of_the_reader(survey):
    found = unlisted(survey, dict.fromkeys(range(20, 25), "workes"))
    assert "the list “State”" in sentence(found)
    with speaking("es"):
        assert "Estado" in sentence(found)


def test_rare_answers_are_described_by_row_only(survey):
    found = unlisted(survey, {14: "ask Neema at the shop", 15: "pump of Mr Otieno", 16: "pump of Mr Otieno"})
    assert found.facts["values"] == []
    assert found.facts["different"] == 2
    assert "The first is row 14." in sentence(found)
    assert "Neema" not in str(found)
    assert "Otieno" not in str(found)


def test_a_word_for_no_answer_leads_to_the_missing_values_of_the_recipe(survey):
    found = unlisted(survey, dict.fromkeys(range(20, 25), "Unknown"))
    assert found.facts["placeholders"] == ["Unknown"]
    assert "add it to the missing values of the recipe: Unknown." in sentence(found)


def test_unknown_places_are_quoted_because_they_are_about_places(survey):
    found = unlisted(survey, dict.fromkeys(range(20, 25), "Westmrak"), "district", "harmonise.unknown-place")
    assert (found.code, found.facts["values"]) == ("assess.unknown-place", [["Westmrak", 5]])


def test_what_is_no_number_is_told(survey):
    found = unlisted(survey, dict.fromkeys(range(20, 23), "many"), "persons", "harmonise.not-a-number")
    assert (found.code, found.rows, found.facts["values"]) == ("assess.not-a-number", (20, 21, 22), [["many", 3]])


def test_an_area_without_a_total_is_told_apart_from_a_bad_weight(survey):
    columns = {**survey.clean(), "w": ["1.5"] * 100 + ["2.5"] * 100}
    none = [(row, "district", "harmonise.bad-weight", "") for row in (5, 6)]
    assert [f.code for f in survey.check(columns, rejects=none)] == ["assess.no-total"]
    bad = [(row, "w", "harmonise.bad-weight", "-1") for row in (5, 6)]
    design = {"sampling_type": "probability", "weights": "w"}
    assert [(f.code, f.rows) for f in survey.check(columns, rejects=bad, design=design)] == [
        ("assess.bad-weight", (5, 6))
    ]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({5: "-3", 9: "-1"}, "assess.too-low"),
        ({5: "5001"}, "assess.too-high"),
        ({5: "5001", 11: "-0.5"}, "assess.out-of-range"),
    ],
)
def test_numbers_outside_what_is_possible_are_found(survey, cells, code):
    columns = survey.clean()
    persons = list(columns["persons"])
    for row, text in cells.items():
        persons[row - 2] = text
    found = survey.only({**columns, "persons": persons})
    assert (found.check, found.code, found.rows) == ("K5", code, tuple(sorted(cells)))
    assert found.facts["below"] + found.facts["above"] == len(cells)


def test_the_bounds_themselves_are_possible(survey):
    columns = survey.clean()
    found = survey.check({**columns, "persons": ["0", "5000", *columns["persons"][2:]]})
    assert not [one for one in found if one.check == "K5"]
