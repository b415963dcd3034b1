"""Exported files of other systems, real ones beside ones made up after the descriptions of KoBo and ODK Central."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datashift.errors import BadPull, DataShiftError, Unreadable
from datashift.forms.xlsform import read_form
from datashift.pull import Pulled, merge, read_in


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def packed(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        for name, text in files.items():
            parts.writestr(name, text)
    return stream.getvalue()


def rows(pulled: Pulled, sheet: str = "rows") -> list[dict[str, Any]]:
    return list(pulled.sheets[sheet].to_pylist())


# --- KoBo -------------------------------------------------------------------------------------------------------------

MAIN = ["start", "place/works", "_id", "_uuid", "_index"]
PEOPLE = ["people/name", "_index", "_parent_table_name", "_parent_index"]
VISITS = ["people/visits/day", "_index", "_parent_table_name", "_parent_index"]


def kobo(shift: int = 0) -> bytes:
    """An export with a repeat in a repeat; `shift` numbers its rows otherwise, as a later export does."""
    return workbook({
        "Wells": [MAIN, ["a", "yes", 41, "u1", 1 + shift], ["b", "no", 42, "u2", 2 + shift]],
        "people": [PEOPLE, ["A", 5 + shift, "Wells", 1 + shift], ["B", 6 + shift, "Wells", 2 + shift],
                   ["C", 7 + shift, "Wells", 2 + shift]],
        "visits": [VISITS, ["mon", 1, "people", 7 + shift]],
    })  # fmt: skip


def test_repeats_of_a_kobo_export_are_linked_by_ids_that_last() -> None:
    pulled = read_in(kobo(), "wells.xlsx", "kobo")
    assert [row["_row_id"] for row in rows(pulled)] == ["41", "42"]
    assert [(one["_row_id"], one["_root_id"], one["people/name"]) for one in rows(pulled, "people")] == [
        ("41/people[1]", "41", "A"), ("42/people[1]", "42", "B"), ("42/people[2]", "42", "C"),
    ]  # fmt: skip
    [visit] = rows(pulled, "visits")
    assert (visit["_parent_id"], visit["_root_id"]) == ("42/people[2]", "42")
    later = read_in(kobo(shift=100), "wells.xlsx", "kobo", pulled.state)
    assert later.counts == (0, 0, 0, 2)
    assert merge(merge(None, pulled, "people"), later, "people").equals(pulled.sheets["people"])


def test_a_repeat_without_its_record_is_refused_and_not_lost() -> None:
    data = workbook({"Wells": [MAIN, ["a", "yes", 41, "u1", 1]], "people": [PEOPLE, ["A", 1, "Wells", 9]]})
    with pytest.raises(BadPull, match="_parent_index 9"):
        read_in(data, "wells.xlsx", "kobo")


def test_repeats_that_belong_to_each_other_in_a_circle_are_refused() -> None:
    data = workbook({
        "Wells": [MAIN, ["a", "yes", 41, "u1", 1]], "one": [PEOPLE, ["A", 1, "two", 1]],
        "two": [PEOPLE, ["B", 1, "one", 1]],
    })  # fmt: skip
    with pytest.raises(BadPull, match="_parent_table_name"):
        read_in(data, "wells.xlsx", "kobo")


def test_a_part_of_the_records_does_not_make_the_others_gone() -> None:
    whole = read_in(kobo(), "wells.xlsx", "kobo")
    part = read_in(workbook({"Wells": [MAIN, ["b", "yes", 42, "u2", 1]]}), "wells.xlsx", "kobo", whole.state)
    assert (part.counts, part.gone) == ((0, 1, 0, 0), ())
    assert merge(merge(None, whole), part).num_rows == 2
    everything = read_in(
        workbook({"Wells": [MAIN, ["b", "no", 42, "u2", 1]]}), "w.xlsx", "kobo", whole.state, whole=True
    )
    assert everything.gone == ("41",)


@pytest.mark.shared
def test_the_real_reach_export_is_known_by_its_ids(shared: Path) -> None:
    data = (shared / "cgd" / "irq_reach_kobo" / "raw_data.csv.gz").read_bytes()
    pulled = read_in(data, "raw_data.csv.gz", "kobo")
    table = merge(None, pulled)
    assert table.num_rows == 632
    assert table["_row_id"].to_pylist() == table["X_id"].to_pylist()
    again = read_in(data, "raw_data.csv.gz", "kobo", pulled.state)
    assert again.counts == (0, 0, 0, 632)
    assert merge(table, again).equals(table)


@pytest.mark.shared
def test_the_columns_of_the_real_export_are_questions_of_its_form(shared: Path) -> None:
    folder = shared / "cgd" / "irq_reach_kobo"
    table = merge(None, read_in((folder / "raw_data.csv.gz").read_bytes(), "raw_data.csv.gz", "kobo"))
    questions = {question.name for question in read_form(folder / "form.xlsx").questions}
    assert len(questions & set(table.column_names)) >= 100


# --- ODK Central ------------------------------------------------------------------------------------------------------

CENTRAL = {
    "wells.csv": "SubmissionDate,works,KEY\n2026-03-01,yes,uuid:1\n2026-03-02,no,uuid:2\n",
    "wells-child.csv": "name,PARENT_KEY,KEY\nA,uuid:1,uuid:1/children/child[1]\nB,uuid:1,uuid:1/children/child[2]\n",
    "wells-toy.csv": "what,PARENT_KEY,KEY\nball,uuid:1/children/child[2],uuid:1/children/child[2]/toys/toy[1]\n",
}


def test_the_export_of_central_becomes_sheets_with_its_keys() -> None:
    pulled = read_in(packed(CENTRAL), "wells.zip", "odk-central")
    assert [row["_row_id"] for row in rows(pulled)] == ["uuid:1", "uuid:2"]
    assert [(one["_parent_id"], one["_root_id"], one["name"]) for one in rows(pulled, "child")] == [
        ("uuid:1", "uuid:1", "A"), ("uuid:1", "uuid:1", "B"),
    ]  # fmt: skip
    [toy] = rows(pulled, "toy")
    assert (toy["_parent_id"], toy["_root_id"], toy["what"]) == ("uuid:1/children/child[2]", "uuid:1", "ball")
    assert not any(name.startswith("parent/") for name in toy)


def test_a_change_in_a_repeat_is_a_change_of_its_record() -> None:
    pulled = read_in(packed(CENTRAL), "wells.zip", "odk-central")
    edited = CENTRAL | {"wells-child.csv": CENTRAL["wells-child.csv"].replace("B,", "Z,")}
    later = read_in(packed(edited), "wells.zip", "odk-central", pulled.state)
    assert later.counts == (0, 1, 0, 1)
    names = merge(merge(None, pulled, "child"), later, "child")["name"].to_pylist()
    assert names == ["A", "Z"]


def test_a_repeat_of_central_without_its_submission_is_refused_and_not_lost() -> None:
    alone = CENTRAL | {"wells-toy.csv": "what,PARENT_KEY,KEY\nball,uuid:9,uuid:9/toy[1]\n"}
    with pytest.raises(BadPull, match="PARENT_KEY uuid:9"):
        read_in(packed(alone), "wells.zip", "odk-central")


# --- Ushahidi, sensors ------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_real_reports_from_haiti_are_taken_in_whole(shared: Path) -> None:
    data = (shared / "cgd" / "hti_ushahidi" / "Haiti.csv").read_bytes()
    pulled = read_in(data, "Haiti.csv", "ushahidi")
    table = merge(None, pulled)
    assert (table.num_rows, pulled.counts.new) == (3593, 3593)
    assert table["_row_id"].to_pylist() == table["Serial"].to_pylist()
    # One report is edited, one is taken back.
    text = data.decode("utf-8")
    assert text.count("YES,NO") > 100
    edited = read_in(text.replace("YES,NO", "YES,YES", 1).encode(), "Haiti.csv", "ushahidi", pulled.state, whole=True)
    assert edited.counts == (0, 1, 0, 3592)


@pytest.mark.shared
def test_real_readings_of_nairobi_are_known_by_time_sensor_and_kind(shared: Path) -> None:
    data = (shared / "cgd" / "ken_nairobi_air" / "may_2023_sensor_data_archive.parquet").read_bytes()
    pulled = read_in(data, "may.parquet", "sensors")
    table = merge(None, pulled)
    assert table.num_rows == 80_456
    assert len(set(table["_row_id"].to_pylist())) == 80_456
    assert read_in(data, "may.parquet", "sensors", pulled.state).counts == (0, 0, 0, 80_456)


def test_a_row_without_its_key_is_kept() -> None:
    pulled = read_in(b"Serial,v\n1,a\n,b\n,b\n", "r.csv", "ushahidi")
    assert [row["v"] for row in rows(pulled)] == ["a", "b", "b"]
    assert len({row["_row_id"] for row in rows(pulled)}) == 3


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"%PDF-1.4", b"\x1f\x8bhalf"])
def test_a_damaged_file_gives_a_coded_error(data: bytes) -> None:
    with pytest.raises(DataShiftError) as caught:
        read_in(data, "export.xlsx", "kobo")
    assert isinstance(caught.value, Unreadable)
