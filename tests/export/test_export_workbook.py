import datetime as dt
import json
import re
import warnings
import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from datashift.errors import BadExport
from datashift.export.beside import beside
from datashift.export.layout import Choice, Column, Layout, Options, Sheet, Submission, Written
from datashift.export.plan import planned
from datashift.export.rows import rows
from datashift.export.workbook import write_xlsx
from datashift.export.writing import write


def _grid(path, sheet):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].rows]


def test_two_readers_find_all_sheets_with_numbers_and_days(household, family, written):
    path, told = written("xlsx", household, [family])
    found = _grid(path, "Household")
    assert found[0][:6] == ["_index", "_id", "_uuid", "_state", "person/name", "age"]
    assert found[1][:9] == [1, "7", "u7", "accepted", "सीता", 34, 12.5, dt.datetime(2026, 2, 28), "tap well"]  # noqa: DTZ001
    assert _grid(path, "Visits")[1:] == [[1, 1, "7", "u7", "fever"], [2, 1, "7", "u7", "check"]]
    other = CalamineWorkbook.from_path(str(path))
    assert other.sheet_names == ["Household", "Members", "Visits"]
    assert other.get_sheet_by_name("Household").to_python()[1][7] == dt.date(2026, 2, 28)
    assert told.rows == {"Household": 2, "Members": 2, "Visits": 2}


def test_no_cell_is_a_formula_and_what_looks_like_one_stays_text_when_edited(household, sent, written):
    said = ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"]
    path, _ = written("xlsx", household, [[sent(1, person__name=text, age=text) for text in said]])
    with zipfile.ZipFile(path) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1_1.xml")
    sheet = openpyxl.load_workbook(path)["Household"]
    cells = [sheet.cell(row, 5) for row in range(2, 7)]
    assert [cell.value for cell in cells] == said
    assert [cell.quotePrefix for cell in cells] == [True] * 5
    assert {cell.number_format for cell in cells} == {"@"}


CHANGED = "007 1234567890123456 +255 1e5 0x1F 1,5 ٣٤ -0 -0.0 1. nan 12345678.12345678 1_000"


@pytest.mark.parametrize("text", CHANGED.split())
def test_a_number_that_would_change_stays_text(household, sent, written, text):
    path, _ = written("xlsx", household, [[sent(1, age=text)]])
    assert _grid(path, "Household")[1][5] == text


@pytest.mark.parametrize("text", ["0", "-3", "123456789012345"])
def test_a_whole_number_is_a_number(household, sent, written, text):
    path, _ = written("xlsx", household, [[sent(1, age=text)]])
    assert _grid(path, "Household")[1][5] == int(text)


@pytest.mark.parametrize("text", ["1899-12-31", "1900-02-28", "2026-02-30", "28.2.2026", "2026-02-28T10:00:00+03:00"])
def test_a_day_that_a_workbook_does_not_hold_stays_text(household, sent, written, text):
    path, _ = written("xlsx", household, [[sent(1, day=text)]])
    assert _grid(path, "Household")[1][7] == text


def test_signs_that_xml_has_none_for_survive_as_the_format_writes_them(household, sent, written):
    text = " a\0b\r\nc\x1f_x0041_ <&>\t\n "
    path, _ = written("xlsx", household, [[sent(1, person__name=text)]])
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1][4] == text


def test_a_text_longer_than_a_cell_is_cut_marked_and_counted(household, sent, written):
    fits, long, wide = "x" * 32_767, "x" * 32_768, "😀" * 20_000
    path, told = written("xlsx", household, [[sent(1, person__name=text) for text in (fits, long, wide)]])
    found = [row[4] for row in _grid(path, "Household")[1:]]
    assert found[0] == fits
    assert found[1] == "x" * 32_763 + " […]"
    assert found[2] == "😀" * 16_381 + " […]"
    assert told.shortened == 2


def test_more_rows_than_a_sheet_holds_go_on_in_the_next_sheet(household, family, tmp_path):
    tables, told = planned(household, Options()), Written({sheet.name: 0 for sheet in household.sheets})
    path = tmp_path / "long.xlsx"
    with beside(path) as scratch:
        made = rows(tables, household, [family * 4], Options(), told)
        write_xlsx(tables, made, scratch, path, told, most_rows=4)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "Household", "Household 2", "Household 3", "Members", "Members 2", "Members 3", "Visits", "Visits 2", "Visits 3"
    ]  # fmt: skip
    found = [row[0].value for name in book.sheetnames[:3] for row in book[name].rows]
    assert found == ["_index", 1, 2, 3, "_index", 4, 5, 6, "_index", 7, 8]


def test_more_columns_than_a_sheet_holds_are_told_before_anything_is_written(tmp_path):
    choices = tuple(Choice(str(number), {}) for number in range(17_000))
    layout = Layout((Sheet("Wide", (Column("a", choices=choices, multiple=True),)),))
    with pytest.raises(BadExport) as raised:
        write("xlsx", layout, [], tmp_path / "x.xlsx", Options(split=True))
    assert raised.value.facts["most"] == 16_384
    assert not (tmp_path / "x.xlsx").exists()


def test_columns_behind_z_are_found_where_they_belong(written):
    columns = tuple(Column(f"q{number}") for number in range(800))
    answers = json.dumps({"q25": "a", "q26": "b", "q701": "c", "q799": "d"})
    path, _ = written("xlsx", Layout((Sheet("S", columns),)), [[Submission((), answers)]])
    row = openpyxl.load_workbook(path)["S"][2]
    assert {cell.column - 2: cell.value for cell in row if cell.value and cell.column > 1} == {
        25: "a", 26: "b", 701: "c", 799: "d"
    }  # fmt: skip


def test_names_of_sheets_are_made_valid_and_stay_apart(written):
    names = ["a/b:c*d?e[f]", "A_b_c_d_e_f_", "'quoted'", "x" * 40, "x" * 41, "history", "नमस्ते " * 9, "\0"]
    sheets = (
        Sheet("main", (Column("q"),)),
        *(Sheet(name, (Column(f"r{n}/q"),), f"r{n}") for n, name in enumerate(names)),
    )
    path, _ = written("xlsx", Layout(sheets), [[Submission((), "{}")]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = openpyxl.load_workbook(path).sheetnames
    assert len({name.casefold() for name in found}) == len(names) + 1
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in found)
