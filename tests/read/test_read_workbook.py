"""Workbooks: sheets, headers, typed cells, repeats, macros, locks and broken parts."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import inside, read, read_bytes, sheets

ODS = '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>'  # noqa: E501


def workbook(tables: Mapping[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for area in merged:
            sheet.merge_cells(area)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsx(tables: Mapping[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()) -> bytes:
    return saved(workbook(tables, merged))


def ods_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods(tables: Mapping[str, Sequence[Sequence[str]]], extra: str = "") -> bytes:
    body = ""
    for name, lines in tables.items():
        cells = "".join(f"<table:table-row>{''.join(map(ods_cell, line))}</table:table-row>" for line in lines)
        body += f'<table:table table:name="{name}">{cells}{extra}</table:table>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
        parts.writestr("content.xml", ODS.format(tables=body))
    return stream.getvalue()


def rezipped(data: bytes, change: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *change]):
            new.writestr(name, change[name] if name in change else old.read(name))
    return stream.getvalue()


def rows(raw: Raw) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in raw.table.to_pylist()]


def notes(raw: Raw) -> str:
    return " ".join(template.format(**facts) for template, facts in raw.origin.notes)


def refused(data: bytes, name: str = "survey.xlsx", **options: Any) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_bytes(data, name, **options)
    return caught.value


def test_typed_cells_become_their_plain_text() -> None:
    cells = ["007", 7, 7.0, 0.1, 1 / 3, 1e21, True, False, None, dt.date(1970, 1, 1), dt.time(3, 4)]
    raw = read_bytes(xlsx({"S": [[f"c{i}" for i in range(len(cells))], cells]}), "a.xlsx")
    assert rows(raw)[0][1:] == (
        "007", "7", "7", "0.1", "0.3333333333333333", "1e+21", "TRUE", "FALSE", "", "1970-01-01", "03:04:00",
    )  # fmt: skip


def test_times_of_one_column_are_written_alike_and_long_durations_stay_hours() -> None:
    first, second = dt.datetime.fromisoformat("2024-05-01T10:30:00"), dt.datetime.fromisoformat("2024-05-02T00:00:00")
    table = [["at", "took"], [first, dt.timedelta(hours=30)], [second, dt.timedelta(seconds=90)]]
    raw = read_bytes(xlsx({"S": table}), "a.xlsx")
    assert rows(raw) == [(2, "2024-05-01T10:30:00", "30:00:00"), (3, "2024-05-02T00:00:00", "0:01:30")]


def test_cells_that_show_an_error_keep_that_text() -> None:
    book = workbook({"S": [["a", "b"], [1, 2], [3, 4]]})
    book["S"]["B2"].value, book["S"]["B2"].data_type = "#DIV/0!", "e"
    raw = read_bytes(saved(book), "a.xlsx")
    assert rows(raw) == [(2, "1", "#DIV/0!"), (3, "3", "4")]
    assert "1 cells show a sign such as #DIV/0!" in notes(raw)


def test_the_only_filled_visible_sheet_is_read() -> None:
    book = workbook({"Empty": [], "Data": [["a"], ["x"]], "Hidden": [["b"], ["y"]]})
    book["Hidden"].sheet_state = "hidden"
    raw = read_bytes(saved(book), "a.xlsx")
    assert (raw.origin.sheet, raw.origin.format) == ("Data", "xlsx")
    assert rows(read_bytes(saved(book), "a.xlsx", sheet="Hidden")) == [(2, "y")]


def test_several_sheets_are_named_so_that_one_can_be_chosen(tmp_path: Any) -> None:
    data = xlsx({"Households": [["a"], ["x"]], "Persons": [["b"], ["y"]]})
    error = refused(data)
    assert error.code == "read.choose-sheet"
    assert "Households, Persons" in str(error)
    assert rows(read_bytes(data, "a.xlsx", sheet="Persons")) == [(2, "y")]
    (tmp_path / "a.xlsx").write_bytes(data)
    assert sheets(tmp_path / "a.xlsx") == ["Households", "Persons"]
    assert rows(read(tmp_path / "a.xlsx", sheet="Households")) == [(2, "x")]


def test_a_first_sheet_that_is_larger_by_far_is_read_and_the_others_named() -> None:
    data = xlsx({"Data": [["a", "b", "c"]] + [[1, 2, 3]] * 20, "Read me": [["made by"], ["us"]]})
    raw = read_bytes(data, "a.xlsx")
    assert raw.origin.sheet == "Data"
    assert "Read me" in notes(raw)


def test_an_unknown_sheet_is_answered_with_the_nearest_names() -> None:
    error = refused(xlsx({"Households": [["a"]], "Persons": [["b"]]}), sheet="household")
    assert error.code == "read.sheet-not-found"
    assert error.facts["near"] == "Households"


def test_titles_above_the_header_are_skipped_and_rows_keep_their_numbers() -> None:
    data = xlsx({"S": [["Report 2024"], [], ["id", "district", "n"], ["007", "Kwale", 3], ["008", "Lamu", 4]]})
    raw = read_bytes(data, "a.xlsx")
    assert raw.origin.header_row == 3
    assert rows(raw) == [(4, "007", "Kwale", "3"), (5, "008", "Lamu", "4")]


def test_merged_headers_are_joined_and_filled_to_the_right() -> None:
    table = [
        ["Population 2020 by sex"], [],
        ["Region", "Urban", None, "Rural", None], [None, "men", "women", "men", "women"],
        ["North", 1, 2, 3, 4], ["South", 5, 6, 7, 8],
    ]  # fmt: skip
    raw = read_bytes(xlsx({"S": table}, merged=["A1:E1", "A3:A4", "B3:C3", "D3:E3"]), "a.xlsx")
    assert raw.table.column_names == ["_row", "Region", "Urban / men", "Urban / women", "Rural / men", "Rural / women"]
    assert rows(raw) == [(5, "North", "1", "2", "3", "4"), (6, "South", "5", "6", "7", "8")]
    assert "rows 3 and 4" in notes(raw)


def test_a_merged_title_right_above_the_header_is_no_part_of_the_names() -> None:
    raw = read_bytes(xlsx({"S": [["Report", None, None], ["id", "n", "x"], [1, 2, 3]]}, merged=["A1:C1"]), "a.xlsx")
    assert raw.table.column_names == ["_row", "id", "n", "x"]


def test_merged_areas_in_the_data_are_noted() -> None:
    raw = read_bytes(xlsx({"S": [["region", "n"], ["North", 1], [None, 2]]}, merged=["A2:A3"]), "a.xlsx")
    assert rows(raw) == [(2, "North", "1"), (3, "", "2")]
    assert "1 merged areas" in notes(raw)


def test_blank_rows_in_the_middle_stay_and_at_the_end_are_counted() -> None:
    book = workbook({"S": [["a", "b"], [1, 2], [None, None], [3, 4]]})
    book["S"]["A9"].value = "left over"
    with zipfile.ZipFile(io.BytesIO(saved(book))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").replace(b"left over", b"")
    raw = read_bytes(rezipped(saved(book), {"xl/worksheets/sheet1.xml": sheet}), "a.xlsx")
    assert [row[0] for row in rows(raw)] == [2, 3, 4]
    assert "5 blank rows" in notes(raw)


def test_a_sheet_with_900_columns_is_read() -> None:
    raw = read_bytes(xlsx({"S": [[f"q/{i}" for i in range(900)], list(range(900))]}), "a.xlsx")
    assert raw.table.num_columns == 901
    assert rows(raw)[0][900] == "899"


def test_an_empty_workbook_is_an_error() -> None:
    assert refused(xlsx({"S": []})).code == "read.empty"
    assert refused(xlsx({"S": [], "T": [["a"]]}), sheet="S").code == "read.empty-sheet"


def test_a_macro_workbook_is_read_and_its_macros_are_noted() -> None:
    data = rezipped(xlsx({"S": [["a"], ["007"]]}), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 never run"})
    raw = read_bytes(data, "survey.xlsm")
    assert rows(raw) == [(2, "007")]
    assert raw.origin.format == "xlsm"
    assert "macros" in notes(raw)


def test_a_locked_workbook_is_an_error() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert refused(locked).code == "read.locked"
    assert (
        refused(rezipped(ods({"S": [["a"]]}), {"META-INF/manifest.xml": b"<manifest:encryption-data/>"})).code
        == "read.locked"
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_that_was_cut_off_is_an_error(share: float) -> None:
    data = xlsx({"S": [["a", "b"], ["x", "y"]] * 50})
    assert refused(data[: int(len(data) * share)]).code == "read.damaged"


def test_a_workbook_with_a_flipped_byte_is_an_error() -> None:
    data = bytearray(xlsx({"S": [["a", "b"], ["x", "y"]] * 50}))
    place = bytes(data).index(b"xl/worksheets/sheet1.xml") + 60
    data[place] ^= 0xFF
    assert refused(bytes(data)).code == "read.damaged"


def test_one_lost_cell_far_away_is_an_error_and_not_the_end_of_the_program() -> None:
    book = workbook({"S": [["a"], [1]]})
    book["S"]["ZZ1048576"].value = 2
    error = refused(saved(book))
    assert (error.code, error.facts["cell"]) == ("read.far-cell", "ZZ1048576")


def test_a_coloured_but_blank_cell_far_away_is_no_matter() -> None:
    book = workbook({"S": [["a"], [1]]})
    book["S"]["A60000"].value = 2
    book["S"]["XFD60000"].fill = PatternFill("solid", fgColor="FFFF00")
    assert read_bytes(saved(book), "a.xlsx").table.num_columns == 2


@given(st.integers(1, 16_384), st.integers(1, 16_384))
def test_references_beyond_a_column_are_told_by_their_letters(limit: int, column: int) -> None:
    reference = f'<c r="{get_column_letter(column)}7">'.encode()
    assert bool(re.search(inside._beyond(limit), reference)) == (column > limit)


def test_a_long_narrow_sheet_is_no_far_cell() -> None:
    book = workbook({"S": [["a"], [1]]})
    book["S"]["A60000"].value = 2
    assert read_bytes(saved(book), "a.xlsx").table.num_rows == 59_999


def test_an_ods_sheet_is_read_with_its_repeated_cells() -> None:
    repeated = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" '
        'office:value="1.5" table:number-columns-repeated="2"><text:p>1.5</text:p></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    raw = read_bytes(ods({"S": [["a", "b"], ["007", "x"]]}, repeated), "a.ods")
    assert rows(raw) == [(2, "007", "x"), (3, "1.5", "1.5"), (4, "1.5", "1.5")]
    assert raw.origin.format == "ods"


def test_an_ods_sheet_that_unfolds_without_end_is_an_error() -> None:
    bomb = (
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    assert refused(ods({"S": [["a"]]}, bomb), "a.ods").code == "read.too-many-cells"


KOBO = {
    "Survey": [["start", "group/name", "water", "water/well", "water/tap", "_uuid", "_submission_time", "_index"],
               ["2024-01-01", "A", "well tap", 1, 1, "u1", "2024-01-01T10:00:00", 1],
               ["2024-01-02", "B", "tap", 0, 1, "u2", "2024-01-02T10:00:00", 2]],
    "members": [["name", "age", "_index", "_parent_table_name", "_parent_index"],
                ["x", 30, 1, "Survey", 1], ["y", 5, 2, "Survey", 1],
                ["z", 60, 3, "Survey", 2], ["?", 1, 4, "Survey", 9]],
    "toys": [["toy", "_index", "_parent_table_name", "_parent_index"], ["ball", 1, "members", 2]],
}  # fmt: skip


def test_the_main_table_of_a_kobo_export_is_read_and_its_repeats_named() -> None:
    raw = read_bytes(xlsx(KOBO), "kobo.xlsx")
    assert raw.origin.sheet == "Survey"
    assert raw.table.column_names[2:6] == ["group/name", "water", "water/well", "water/tap"]
    assert rows(raw)[0][3:8] == ("well tap", "1", "1", "u1", "2024-01-01T10:00:00")
    assert "members, toys" in notes(raw)


def test_a_kobo_repeat_carries_the_columns_of_its_parents() -> None:
    members = read_bytes(xlsx(KOBO), "kobo.xlsx", sheet="members")
    assert members.table["parent/_uuid"].to_pylist() == ["u1", "u1", "u2", None]
    assert members.table["age"].to_pylist() == ["30", "5", "60", "1"]
    assert "1 rows name a row" in notes(members)
    toys = read_bytes(xlsx(KOBO), "kobo.xlsx", sheet="toys").table
    assert toys["parent/name"].to_pylist() == ["y"]
    assert toys["parent/parent/_uuid"].to_pylist() == ["u1"]


def test_a_workbook_under_another_name_is_read_and_noted() -> None:
    raw = read_bytes(xlsx({"S": [["a"], ["x"]]}), "survey.csv")
    assert rows(raw) == [(2, "x")]
    assert "'.csv'" in notes(raw)
