"""Whatever is written comes back, and whatever is thrown at the reader is a table or a coded error."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from datashift.errors import DataShiftError
from datashift.model import Raw
from datashift.read import read_bytes

CELLS = st.text(st.sampled_from("ab 0,;\t|\"'\r\n\\#éñ☃𝄞ख"), max_size=8) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=12
)
# SPSS and Stata files are read in a process of their own, too slow for hundreds of examples; see test_read_typed.py.
STARTS = (
    b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1",
    b"[{", b'{"a":', b"<html><table>", b"a,b\n", b'a;"', b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n",
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))


def written(table: list[list[str]], width: int, delimiter: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([[f"name{i}" for i in range(width)], *table])
    return stream.getvalue()


def cells(raw: Raw) -> list[list[str]]:
    return [list(row.values())[1:] for row in raw.table.to_pylist()]


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_written_tables_come_back_cell_by_cell(
    table: list[list[str]], delimiter: str, encoding: str, stated: bool
) -> None:
    width = len(table[0]) if table else 2
    data = written(table, width, delimiter).encode(encoding)
    raw = read_bytes(data, "table.csv", delimiter=delimiter if stated else None)
    assert cells(raw) == table
    assert raw.table["_row"].to_pylist() == list(range(2, len(table) + 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, max_size=8))
def test_a_single_column_comes_back(column: list[str]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["village"], *[[cell] for cell in column]])
    raw = read_bytes(stream.getvalue().encode(), "table.csv", delimiter=",", header_row=1)
    assert cells(raw) == [[cell] for cell in column]


def survives(data: bytes, name: str) -> None:
    try:
        raw = read_bytes(data, name)
    except DataShiftError as refusal:
        raw, text = None, str(refusal)
    if raw is None:
        assert text
        return
    assert raw.table.num_columns == len(set(raw.table.column_names))
    assert raw.table["_row"].null_count == 0
    assert all(template.format(**facts) for template, facts in raw.origin.notes)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(STARTS), st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.json", "a.zip", "a"]))
@example(b"a,b\n", b'"', "a.csv")
@example(b"", b"\x00", "a.csv")
@example(b"", b"\xff", "a.csv")
def test_random_bytes_are_a_table_or_a_coded_error(start: bytes, rest: bytes, name: str) -> None:
    survives(start + rest, name)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.sampled_from('ab1,;\t\n\r"{}[]:<>/é\x00'), max_size=80), st.sampled_from(["utf-8", "utf-16", "cp1252"])
)
def test_random_text_is_a_table_or_a_coded_error(text: str, encoding: str) -> None:
    survives(text.encode(encoding), "a.csv")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.json", "b.xlsx", "xl/workbook.xml", "content.xml"]))
def test_random_bytes_inside_a_pack_are_a_table_or_a_coded_error(rest: bytes, name: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as pack:
        pack.writestr(name, rest)
        pack.writestr("mimetype", b"")
    survives(stream.getvalue(), "a.zip")
    survives(gzip.compress(rest), "a.gz")


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("a1,\n"), min_size=1, max_size=60))
def test_no_filled_cell_is_lost_from_ragged_text(text: str) -> None:
    try:
        raw = read_bytes(("name,other\n" + text).encode(), "a.csv", delimiter=",", header_row=1)
    except DataShiftError:
        return
    found = "".join(cell for row in cells(raw) for cell in row if cell)
    assert found == text.replace(",", "").replace("\n", "")
    assert raw.table.num_rows == len(text.rstrip("\n").split("\n")) if text.strip("\n") else raw.table.num_rows == 0
