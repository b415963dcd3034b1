"""The twelve broken inputs: each is a coded error, or a correct import with no row lost."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import read_bytes

LINES = [f"{number:03d},Kwale,{number % 7}" for number in range(1, 201)]


def csv_bytes(header: str, lines: list[str]) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("survey.csv", data)
    return stream.getvalue()


def workbook(rows: list[list[Any]], merged: tuple[str, ...] = (), macro: bool = False) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    if macro:
        with zipfile.ZipFile(stream, "a") as pack:
            pack.writestr("xl/vbaProject.bin", b"Sub AutoOpen")
    return stream.getvalue()


def notes(raw: Raw) -> str:
    return " ".join(template.format(**facts) for template, facts in raw.origin.notes)


def refused(data: bytes, name: str, **options: Any) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_bytes(data, name, **options)
    assert name in str(caught.value)
    return caught.value


def test_wrong_encoding() -> None:
    data = csv_bytes("id,distrito,n", [line.replace("Kwale", "Córdoba") for line in LINES]).decode().encode("cp1252")
    found = read_bytes(data, "survey.csv")
    assert found.table["distrito"].unique().to_pylist() == ["Córdoba"]
    assert found.table.num_rows == 200
    assert refused(data, "survey.csv", encoding="utf-8").code == "read.wrong-encoding"


def test_truncated_zip() -> None:
    data = zipped(csv_bytes("id,district,n", LINES))
    assert refused(data[: len(data) // 2], "survey.zip").code == "read.damaged"
    assert refused(data[:-30], "survey.zip").code == "read.damaged"


def test_two_header_rows() -> None:
    rows = [["Place", None, "Answer"], ["id", "district", "n"], *[line.split(",") for line in LINES]]
    raw = read_bytes(workbook(rows, merged=("A1:B1",)), "survey.xlsx")
    assert raw.table.column_names == ["_row", "Place / id", "Place / district", "Answer / n"]
    assert raw.table.num_rows == 200
    assert raw.table["_row"].to_pylist() == list(range(3, 203))


def test_duplicate_columns() -> None:
    raw = read_bytes(csv_bytes("n,district,n", LINES), "survey.csv")
    assert raw.table.column_names == ["_row", "n", "district", "n (2)"]
    assert raw.table["n"][0].as_py() == "001"
    assert raw.table["n (2)"][0].as_py() == "1"
    assert "n (2)" in notes(raw)


def test_mixed_decimal_commas() -> None:
    shares = ["1,5", "1.5", "1.234,5", "1,234.5", "0"]
    raw = read_bytes(csv_bytes("id;share", [f"{n};{shares[n % 5]}" for n in range(100)]), "survey.csv")
    assert raw.table["share"].to_pylist() == shares * 20
    commas = read_bytes(csv_bytes("id,share", [f"{n},{shares[n % 5]}" for n in range(100)]), "survey.csv")
    assert commas.table.num_rows == 100
    assert "_extra_1" in notes(commas)
    cells = [[cell for cell in list(row.values())[1:] if cell is not None] for row in commas.table.to_pylist()]
    assert [",".join(row) for row in cells] == [f"{n},{shares[n % 5]}" for n in range(100)]


def test_1970_dates() -> None:
    lines = ["1,1970-01-01", "2,01/01/1970", "3,25569", "4,0"]
    assert read_bytes(csv_bytes("id,date", lines), "survey.csv").table["date"].to_pylist() == [
        "1970-01-01", "01/01/1970", "25569", "0",
    ]  # fmt: skip


def test_zero_coordinates_and_swapped_coordinates() -> None:
    lines = ["1,-4.05,39.66", "2,0,0", "3,0,-2.00E-08", "4,39.66,-4.05"]
    raw = read_bytes(csv_bytes("id,latitude,longitude", lines), "survey.csv")
    assert [tuple(row.values()) for row in raw.table.to_pylist()] == [
        (2, "1", "-4.05", "39.66"), (3, "2", "0", "0"), (4, "3", "0", "-2.00E-08"), (5, "4", "39.66", "-4.05"),
    ]  # fmt: skip


def test_a_sheet_of_900_columns() -> None:
    names = [f"group/question_{number}" for number in range(900)]
    for data, name in (
        (workbook([names, *[[f"{row}"] * 900 for row in range(5)]]), "survey.xlsx"),
        (csv_bytes(",".join(names), [",".join([f"{row}"] * 900) for row in range(5)]), "survey.csv"),
    ):
        raw = read_bytes(data, name)
        assert (raw.table.num_rows, raw.table.num_columns) == (5, 901)
        assert raw.table["group/question_899"].to_pylist() == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("name", ["survey.csv", "survey.xlsx", "survey.zip", "survey.sav"])
def test_an_empty_file(name: str) -> None:
    assert refused(b"", name).code == "read.empty"


def test_html_saved_as_xls() -> None:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>" for line in LINES)
    head = "<tr><th>id</th><th>district</th><th>n</th></tr>"
    raw = read_bytes(f"<html><body><table>{head}{cells}</table></body></html>".encode(), "survey.xls")
    assert raw.table.num_rows == 200
    assert raw.table["id"][0].as_py() == "001"
    assert "web page" in notes(raw)
    assert refused(b"<html><body>Please log in</body></html>", "survey.xls").code == "read.web-page"


def test_a_macro_workbook() -> None:
    raw = read_bytes(
        workbook([["id", "district", "n"], *[line.split(",") for line in LINES]], macro=True), "survey.xlsm"
    )
    assert raw.table.num_rows == 200
    assert raw.table["id"][0].as_py() == "001"
    assert "nothing was run" in notes(raw)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"\xff\xd8\xff\xe0", "JPEG"), (b"%PDF-1.7\n", "PDF"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"Rar!\x1a\x07", "RAR")],
)
def test_pictures_and_documents_are_named_for_what_they_are(start: bytes, kind: str) -> None:
    error = refused(start + bytes(range(256)) * 4, "survey.csv")
    assert (error.code, error.facts["kind"]) == ("read.no-table", kind)


def test_bytes_that_are_no_text_are_an_error() -> None:
    assert refused(bytes(range(256)) * 10, "survey.csv").code == "read.not-text"
