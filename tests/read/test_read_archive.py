"""Packed tables: gzip, zip with one or several tables, ODK Central exports, and packs that must not be opened."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import limits, read_bytes, sheets

ODK = {
    "visit.csv": b"SubmissionDate,hh-name,meta-instanceID,KEY\n"
                 b"2024-01-01,A,uuid:1,uuid:1\n2024-01-02,B,uuid:2,uuid:2\n",
    "visit-member.csv": b"name,PARENT_KEY,KEY\n"
                        b"x,uuid:1,uuid:1/member[1]\ny,uuid:1,uuid:1/member[2]\nz,uuid:2,uuid:2/member[1]\n",
    "visit-member-toy.csv": b"toy,PARENT_KEY,KEY\nball,uuid:1/member[2],uuid:1/member[2]/toy[1]\n",
}  # fmt: skip


def zipped(parts: Mapping[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", way) as pack:
        for name, content in parts.items():
            pack.writestr(name, content)
    return stream.getvalue()


def workbook(*names: str) -> bytes:
    book = openpyxl.Workbook()
    for name in names:
        book.create_sheet(name).append(["a"])
        book[name].append([name])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def notes(raw: Raw) -> str:
    return " ".join(template.format(**facts) for template, facts in raw.origin.notes)


def refused(data: bytes, **options: Any) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_bytes(data, "pack.zip", **options)
    return caught.value


def test_gzip_is_unpacked() -> None:
    raw = read_bytes(gzip.compress(b"a,b\n007,x\n"), "a.csv.gz")
    assert raw.table.to_pylist() == [{"_row": 2, "a": "007", "b": "x"}]
    assert (raw.origin.format, raw.origin.file) == ("csv.gz", "a.csv.gz")
    assert notes(raw) == ""


def test_the_only_table_of_a_zip_is_read() -> None:
    data = zipped({"data/a.csv": b"a,b\n007,x\n", "__MACOSX/data/._a.csv": b"junk", "readme.md": b"hello"})
    raw = read_bytes(data, "a.zip")
    assert raw.table["a"].to_pylist() == ["007"]
    assert (raw.origin.format, raw.origin.sheet) == ("csv.zip", "data/a.csv")


def test_several_tables_are_named_so_that_one_can_be_chosen(tmp_path: Path) -> None:
    data = zipped({"x/water.csv": b"a\n1x\n", "y/water.csv": b"a\n2x\n", "y/people.csv": b"b\n3x\n"})
    error = refused(data)
    assert error.code == "read.choose-table"
    assert "x/water.csv, y/water.csv, y/people.csv" in str(error)
    for sheet, value in (("x/water.csv", "1x"), ("people", "3x"), ("people.csv", "3x")):
        assert value in read_bytes(data, "a.zip", sheet=sheet).table.column(1).to_pylist()
    assert refused(data, sheet="water").code == "read.choose-table"
    assert refused(data, sheet="persons").code == "read.sheet-not-found"
    (tmp_path / "a.zip").write_bytes(data)
    assert sheets(tmp_path / "a.zip") == ["x/water.csv", "y/water.csv", "y/people.csv"]


def test_a_sheet_of_a_workbook_in_a_zip_can_be_reached(tmp_path: Path) -> None:
    one = zipped({"book.xlsx": workbook("First", "Second")})
    assert read_bytes(one, "a.zip", sheet="Second").table["a"].to_pylist() == ["Second"]
    assert read_bytes(one, "a.zip", sheet="book.xlsx/First").table["a"].to_pylist() == ["First"]
    two = zipped({"book.xlsx": workbook("First", "Second"), "other.csv": b"a\nx\n"})
    assert read_bytes(two, "a.zip", sheet="book.xlsx/Second").origin.sheet == "book.xlsx/Second"
    (tmp_path / "a.zip").write_bytes(one)
    assert "Second" in sheets(tmp_path / "a.zip")


def test_the_main_table_of_an_odk_central_export_is_read_and_its_repeats_named() -> None:
    raw = read_bytes(zipped(ODK), "visit.csv.zip")
    assert raw.origin.sheet == "visit.csv"
    assert raw.table["hh-name"].to_pylist() == ["A", "B"]
    assert "visit-member.csv, visit-member-toy.csv" in notes(raw)


def test_an_odk_repeat_carries_the_columns_of_its_parents() -> None:
    members = read_bytes(zipped(ODK), "visit.csv.zip", sheet="visit-member").table
    assert members["name"].to_pylist() == ["x", "y", "z"]
    assert members["parent/hh-name"].to_pylist() == ["A", "A", "B"]
    toys = read_bytes(zipped(ODK), "visit.csv.zip", sheet="visit-member-toy").table
    assert toys["parent/name"].to_pylist() == ["y"]
    assert toys["parent/parent/hh-name"].to_pylist() == ["A"]


def test_a_pack_without_a_table_says_what_is_in_it() -> None:
    error = refused(zipped({"a.yml": b"x: 1", "b/c.png": b"..."}))
    assert (error.code, error.facts["kinds"]) == ("read.no-tables", ".png, .yml")
    assert refused(zipped({})).code == "read.no-tables"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_pack_that_was_cut_off_is_an_error(share: float) -> None:
    text = b"a,b\n" + b"".join(b"%d,%d\n" % (number, number**3) for number in range(5000))
    for data in (zipped({"a.csv": text}), gzip.compress(text)):
        assert refused(data[: int(len(data) * share)]).code == "read.damaged"


def test_a_locked_pack_is_an_error() -> None:
    data = bytearray(zipped({"a.csv": b"a\nx\n"}, zipfile.ZIP_STORED))
    data[6] |= 1
    data[bytes(data).index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data)).code == "read.locked"


def test_a_pack_that_unfolds_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1 << 20)
    text = b"a,b\n" + b"0,0\n" * (1 << 19)
    assert refused(gzip.compress(text)).code == "read.unfolds"
    assert refused(zipped({"a.csv": text})).code == "read.unfolds"
    assert "1 MB" in str(refused(zipped({"a.csv": text})))


def test_the_limit_is_one_gibibyte() -> None:
    assert limits.MOST_BYTES == 2**30
