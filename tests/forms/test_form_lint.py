"""Forms that are broken on purpose: each fault is named with its sheet, row and name, and with a repair."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadForm, DataShiftError, Unreadable
from datashift.forms.lint import lint
from datashift.forms.problem import Problem
from datashift.forms.xlsform import Form, read_form
from datashift.language import speaking
from datashift.standards.kits import kit_folder, known_kits


def drawn(text: str) -> Form:
    """A form drawn as Markdown tables; the first line is row 1."""
    return read_form("\n".join(line.strip() for line in text.strip().splitlines()).encode(), "drawn.md")


def faults(text: str) -> list[tuple[str, int, str]]:
    return [(one.code, one.row, one.name) for one in lint(drawn(text)) if one.level == "fault"]


def codes(text: str, level: str) -> set[str]:
    return {one.code for one in lint(drawn(text)) if one.level == level}


GOOD = """
| survey | type | name | label::English (en) | relevant | constraint | constraint_message::English (en) |
|          | today            | today  |                      |                  |            |                    |
|          | select_one yesno | works  | Does it work?        |                  |            |                    |
|          | integer          | people | How many people?     | ${works} = 'yes' | . >= 0     | Zero or more       |
| choices  | list_name        | name   | label::English (en)  |                  |            |                    |
|          | yesno            | yes    | Yes                  |                  |            |                    |
|          | yesno            | no     | No                   |                  |            |                    |
| settings | form_id          | version | default_language    |                  |            |                    |
|          | wells            | 1      | English (en)         |                  |            |                    |
"""


def test_a_good_form_has_no_problem() -> None:
    assert lint(drawn(GOOD)) == []


BROKEN = {
    "a name used twice": (GOOD.replace("| people |", "| works  |"), ("form.repeated-name", 4, "works")),
    "a name with a blank": (GOOD.replace("| people |", "| how many |"), ("form.bad-name", 4, "how many")),
    "a name that begins with a digit": (GOOD.replace("| people |", "| 2people |"), ("form.bad-name", 4, "2people")),
    "no name": (GOOD.replace("| people |", "|        |"), ("form.no-name", 4, "–")),
    "no type": (GOOD.replace("| integer ", "|         "), ("form.no-type", 4, "people")),
    "an unknown type": (GOOD.replace("| integer ", "| intiger "), ("form.unknown-type", 4, "people")),
    "no list": (GOOD.replace("select_one yesno", "select_one"), ("form.no-list-name", 3, "works")),
    "a list that is not there": (GOOD.replace("select_one yesno", "select_one yes_no"), ("form.no-list", 3, "works")),
    "an answer twice": (GOOD.replace("| no     | No", "| yes    | No"), ("form.choice-repeated", 7, "yes")),
    "an answer without name": (GOOD.replace("| no     | No", "|        | No"), ("form.choice-no-name", 7, "–")),
    "an answer without list": (
        GOOD.replace("| yesno            | no ", "|                  | no "),
        ("form.choice-no-list", 7, "no"),
    ),
    "an answer with a blank among several": (
        GOOD.replace("select_one", "select_multiple").replace("| no     | No", "| not now | No"),
        ("form.choice-blank", 7, "not now"),
    ),
    "an unknown reference": (GOOD.replace("${works}", "${work}"), ("form.unknown-reference", 4, "people")),
    "an open bracket": (GOOD.replace("${works} = 'yes'", "(${works} = 'yes'"), ("form.unbalanced", 4, "people")),
    "an open quote": (GOOD.replace("= 'yes'", "= 'yes"), ("form.unbalanced", 4, "people")),
    "no label": (GOOD.replace("How many people?", ""), ("form.no-label", 4, "people")),
    "a group that is not closed": (
        GOOD.replace("|          | today            | today ", "|          | begin_group      | about "),
        ("form.unclosed", 2, "about"),
    ),
    "an end without a beginning": (
        GOOD.replace("|          | today            | today ", "|          | end_group        |       "),
        ("form.unopened", 2, "–"),
    ),
    "a repeat closed as a group": (
        GOOD.replace("| choices ", "| | begin_repeat | rooms | Rooms |\n| | end_group | rooms |\n| choices "),
        ("form.unopened", 6, "rooms"),
    ),
    "nothing to calculate": (GOOD.replace("| integer  ", "| calculate"), ("form.no-calculation", 4, "people")),
}


@pytest.mark.parametrize("what", BROKEN)
def test_each_fault_is_named_with_row_and_name_and_repair(what: str) -> None:
    text, expected = BROKEN[what]
    found = [one for one in lint(drawn(text)) if one.level == "fault"]
    assert [(one.code, one.row, one.name) for one in found] == [expected]
    [problem] = found
    assert f"row {problem.row}" in problem.text()
    assert problem.text().count(". ") >= 1, "what is wrong, and what to do"


@pytest.mark.parametrize("what", BROKEN)
def test_every_fault_is_said_in_the_readers_language(what: str) -> None:
    for language in ("es", "sw", "ne"):
        with speaking(language):
            assert all("{" not in one.text() for one in lint(drawn(BROKEN[what][0])))


@pytest.mark.parametrize(
    ("what", "rename"), [("a name used twice", "works_2"), ("a name with a blank", "how_many"),
                         ("a name that begins with a digit", "q_2people")],
)  # fmt: skip
def test_a_rename_is_offered_that_is_free_and_good(what: str, rename: str) -> None:
    text, (_code, row, name) = BROKEN[what]
    [problem] = [one for one in lint(drawn(text)) if one.level == "fault"]
    assert problem.rename == rename
    line = text.strip().splitlines()[row - 1]
    repaired = text.replace(line, re.sub(rf"\| {name} +\|", f"| {rename} |", line))
    assert faults(repaired) == []


# --- warnings and hints ---------------------------------------------------------------------------------------------


def test_a_label_that_lacks_in_one_language_is_a_warning() -> None:
    text = """
    | survey  | type           | name  | label::English (en) | label::Kiswahili (sw) |
    |         | today          | today |                     |                       |
    |         | select_one yn  | works | Does it work?       |                       |
    | choices | list_name      | name  | label::English (en) | label::Kiswahili (sw) |
    |         | yn             | yes   | Yes                 | Ndiyo                 |
    |         | yn             | no    |                     | Hapana                |
    """
    found = [(one.code, one.row, one.facts["language"]) for one in lint(drawn(text)) if one.level == "warning"]
    assert found == [
        ("form.no-translation", 3, "Kiswahili (sw)"),
        ("form.choice-no-translation", 6, "English (en)"),
    ]


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        (GOOD.replace("| constraint |", "| constrait |"), "warning", "form.column-name"),
        (GOOD.replace("| people |", "| Works  |"), "warning", "form.name-case"),
        (GOOD.replace("| English (en) ", "| French (fr)  "), "warning", "form.default-language"),
        (GOOD.replace("| today            | today ", "| text             | place "), "hint", "form.no-time"),
        (GOOD.replace("How many people?", "How many live in this household?"), "hint", "form.no-consent"),
        (GOOD.replace("Zero or more", ""), "hint", "form.no-message"),
        (GOOD.replace(". >= 0", ""), "hint", "form.no-constraint"),
        (GOOD.replace("| version ", "| title   "), "hint", "form.no-version"),
        (GOOD.replace("|          | yesno            | no ", "|          | other            | no "), "hint",
         "form.unused-list"),
        (GOOD.replace("| today            | today ", "| deviceid         | device"), "hint", "form.device"),
        (GOOD.replace("| integer          | people | How many people? ",
                      "| geopoint         | home   | Where is the household? "), "hint", "form.home-position"),
        (GOOD.replace("| integer          | people | How many people? ",
                      "| text             | tel    | What is your phone number? "), "hint", "form.personal-phone"),
        (GOOD.replace("| integer          | people | How many people? ",
                      "| text             | who    | Jina lako ni nani? "), "hint", "form.personal-name"),
        (GOOD.replace("| integer          | people | How many people? ",
                      "| text             | mail   | ¿Su correo electrónico? "), "hint", "form.personal-e-mail"),
        (GOOD.replace("| integer          | people | How many people? ",
                      "| text             | card   | तपाईंको नागरिकता नम्बर? "), "hint", "form.personal-id"),
    ],
)  # fmt: skip
def test_what_harms_the_data_or_the_people_is_said(text: str, level: str, code: str) -> None:
    assert code in codes(text, level)


def test_names_of_things_are_no_personal_data() -> None:
    for label in ("Name of the organisation", "Name or number written on the water point", "Nombre de la escuela"):
        text = GOOD.replace("| integer          | people | How many people? ", f"| text | x | {label} ")
        assert not any(code.startswith("form.personal") for code in codes(text, "hint"))


def test_the_same_name_in_two_groups_is_a_warning_not_a_fault() -> None:
    text = """
    | survey | type        | name | label   |
    |        | begin_group | a    | First   |
    |        | integer     | x    | One     |
    |        | end_group   |      |         |
    |        | begin_group | b    | Second  |
    |        | integer     | x    | Another |
    |        | end_group   |      |         |
    """
    assert faults(text) == []
    assert "form.name-elsewhere" in codes(text, "warning")


# --- the converter --------------------------------------------------------------------------------------------------


def test_what_only_the_converter_sees_is_a_fault_with_sheet_and_row() -> None:
    text = GOOD.replace("| integer          | people |", "| range            | people |").replace(
        "| constraint |", "| parameters |"
    )
    found = lint(drawn(text.replace(". >= 0", "start=a")))
    rejected = [one for one in found if one.code == "form.rejected"]
    assert [(one.level, one.row) for one in rejected] == [("fault", 4)]
    assert "converter" in rejected[0].text()


def test_a_converter_that_stumbles_does_not_stop_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_facts: object, **_more: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("datashift.forms.conversion.convert", stumble)
    assert [one.code for one in lint(drawn(GOOD))] == ["form.rejected-whole"]


# --- reading --------------------------------------------------------------------------------------------------------


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_workbook_keeps_its_row_numbers_over_blank_rows() -> None:
    survey = [["type", "name", "label"], ["integer", "x", "One"], [], [None, None, None], ["integer", "x", "Two"]]
    form = read_form(
        workbook({"Survey": survey, "choices": [["list_name", "name", "label"], ["a", 1, "One"]]}), "f.xlsx"
    )
    assert [one.row for one in lint(form) if one.code == "form.repeated-name"] == [5]
    assert form.choices["a"][0].name == "1"


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({"questions": [["type", "name"], ["text", "a"]], "more": [["x"], ["y"]]}, "form.no-survey"),
        ({"survey": [["typ", "name"], ["text", "a"]]}, "form.no-column"),
        ({"survey": [["type", "label"], ["text", "a"]]}, "form.no-column"),
    ],
)
def test_a_file_that_is_no_form_says_what_is_missing(sheets: dict[str, list[list[object]]], code: str) -> None:
    with pytest.raises(BadForm) as told:
        read_form(workbook(sheets), "f.xlsx")
    assert told.value.code == code


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    for data in (b"", b"PK\x03\x04 broken", b"%PDF-1.4"):
        with pytest.raises(Unreadable):
            read_form(data, "f.xlsx")
    with pytest.raises(Unreadable):
        read_form(tmp_path / "absent.xlsx")


def test_old_spellings_are_the_same_types() -> None:
    text = GOOD.replace("select_one yesno", "select one yesno or_other").replace(
        "label::English (en)", "label:English (en)"
    )
    form = drawn(text)
    assert (form.questions[1].type, form.questions[1].list_name) == ("select_one", "yesno")
    assert form.questions[1].labels == {"en": "Does it work?"}


cells = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="|"), max_size=14)
types = st.sampled_from(
    ["select_one a", "integer", "begin_group", "end_group", "calculate", "text", "begin_repeat", "x"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(types | cells, cells, cells, cells), max_size=6), st.lists(st.tuples(cells, cells), max_size=4)
)
def test_whatever_is_written_in_a_form_the_check_answers(
    survey: list[tuple[str, str, str, str]], choices: list[tuple[str, str]]
) -> None:
    lines = ["| survey | type | name | label | relevant |", *(f"| | {' | '.join(row)} |" for row in survey)]
    lines += ["| choices | list_name | name |", *(f"| | {' | '.join(row)} |" for row in choices)]
    try:
        form = read_form("\n".join(lines).encode(), "any.md")
    except DataShiftError:
        return
    assert all(isinstance(one, Problem) and one.text() for one in lint(form))


# --- real forms -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kit", [kit for kit in known_kits() if (kit_folder(kit) / "form.md").is_file()])
def test_the_forms_of_the_kits_have_no_fault(kit: str) -> None:
    found = lint(read_form(kit_folder(kit) / "form.md"))
    assert [one.text() for one in found if one.level != "hint"] == []
    assert not {one.code for one in found} & {"form.no-consent", "form.no-time"}


@pytest.mark.shared
def test_the_real_form_of_a_survey_is_read_and_its_risks_are_said(shared: Path) -> None:
    form = read_form(shared / "cgd" / "irq_reach_kobo" / "form.xlsx")
    assert (len(form.questions), len(form.choices), form.languages) == (
        235, 47, {"en": "English (en)", "ar": "Arabic (ar)"},
    )  # fmt: skip
    found = lint(form)
    assert [one.text() for one in found if one.level != "hint"] == []
    assert {(one.code, one.row) for one in found if one.code not in ("form.no-message", "form.no-constraint")} == {
        ("form.audit-position", 5), ("form.device", 6), ("form.end-name", 102), ("form.personal-phone", 233),
        ("form.home-position", 235), ("form.no-version", 2),
    }  # fmt: skip


@pytest.mark.shared
def test_a_real_form_with_a_name_given_twice_is_explained_and_the_rename_offered(shared: Path) -> None:
    book = openpyxl.load_workbook(shared / "cgd" / "irq_reach_kobo" / "form.xlsx")
    survey = book["survey"]
    assert survey["B14"].value == "age_respondent_r"
    survey["B15"] = "age_respondent_r"
    data = io.BytesIO()
    book.save(data)
    found = [one for one in lint(read_form(data.getvalue(), "form.xlsx")) if one.level == "fault"]
    named = [(one.code, one.row, one.name, one.rename) for one in found if one.code == "form.repeated-name"]
    assert named == [("form.repeated-name", 15, "age_respondent_r", "age_respondent_r_2")]
    assert {one.code for one in found} <= {"form.repeated-name", "form.unknown-reference"}
