"""Delimited text: delimiters, encodings, quotes, ragged rows and odd names."""

from __future__ import annotations

import csv
import io

import pytest

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import read_bytes

SPANISH = "distrito,opinión\nCórdoba,¿Está bien?\nTucumán,mañana será mejor\nNeuquén,“sí”\n"


def read(text: str | bytes, **options: object) -> Raw:
    return read_bytes(text if isinstance(text, bytes) else text.encode(), "survey.csv", **options)  # type: ignore[arg-type]


def rows(raw: Raw) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in raw.table.to_pylist()]


def notes(raw: Raw) -> str:
    return " ".join(template.format(**facts) for template, facts in raw.origin.notes)


def refused(text: str | bytes, **options: object) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text, **options)
    return caught.value


@pytest.mark.parametrize("sign", [",", ";", "\t", "|", "^", "~"])
def test_the_delimiter_is_found(sign: str) -> None:
    raw = read(f"id{sign}place{sign}note\n007{sign}Kwale{sign}ok\n008{sign}Lamu{sign}\n")
    assert raw.origin.delimiter == sign
    assert rows(raw) == [(2, "007", "Kwale", "ok"), (3, "008", "Lamu", "")]


def test_a_stated_delimiter_is_obeyed() -> None:
    raw = read("a,b;c\n1,2;3\n", delimiter=";")
    assert raw.table.column_names == ["_row", "a,b", "c"]
    assert rows(read("a:b\n1:2\n", delimiter=":")) == [(2, "1", "2")]
    assert rows(read("a§b\n1§2\n", delimiter="§")) == [(2, "1", "2")]


@pytest.mark.parametrize("sign", ["", ";;", '"', "\n"])
def test_a_delimiter_that_cannot_part_cells_is_refused(sign: str) -> None:
    if sign:
        assert refused("a,b\n1,2\n", delimiter=sign).code == "read.bad-delimiter"
    else:
        assert read("a,b\n1,2\n", delimiter=sign).origin.delimiter == ","


def test_decimal_commas_do_not_confuse_the_delimiter() -> None:
    raw = read("district;share\nKwale;1,5\nLamu;2.5\nMeru;10,25\n")
    assert rows(raw) == [(2, "Kwale", "1,5"), (3, "Lamu", "2.5"), (4, "Meru", "10,25")]


def test_the_hint_line_of_a_spreadsheet_program_is_no_row() -> None:
    raw = read("sep=|\na|b\n1|2\n")
    assert rows(raw) == [(2, "1", "2")]
    assert "delimiter" in notes(raw)


def test_ids_like_007_stay_text_and_missing_words_stay_words() -> None:
    raw = read("id,a,b,c\n007,NA,None,\n1.0,nan,NULL,TRUE\n")
    assert rows(raw) == [(2, "007", "NA", "None", ""), (3, "1.0", "nan", "NULL", "TRUE")]
    assert all(str(kind) == "string" for kind in raw.table.schema.types[1:])


def test_cells_keep_blanks_quotes_and_line_ends() -> None:
    raw = read('a,b,c\n" x ", y ,"say ""hi"""\n"two\r\nlines",,"a,b"\n')
    assert rows(raw) == [(2, " x ", " y ", 'say "hi"'), (3, "two\r\nlines", "", "a,b")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end: str) -> None:
    assert rows(read(end.join(["a,b", "1,2", "3,4", ""]))) == [(2, "1", "2"), (3, "3", "4")]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be"),
     ("utf-16-le", "utf-16-le"), ("utf-32", "utf-32-le"), ("cp1252", "cp1252")],
)  # fmt: skip
def test_western_text_is_read_in_every_encoding(encoding: str, found: str) -> None:
    raw = read(SPANISH.encode(encoding))
    assert raw.origin.encoding == found
    assert raw.table.column_names == ["_row", "distrito", "opinión"]
    assert rows(raw)[1] == (3, "Tucumán", "mañana será mejor")


def test_other_code_pages_are_guessed_and_the_guess_is_noted() -> None:
    polish = "miasto,uwagi\n" + "Łódź,woda jest brudna i żółta, więc źle\n".replace(", ", " ") * 40
    raw = read(polish.encode("cp1250"))
    assert rows(raw)[0][1] == "Łódź"
    assert raw.origin.encoding in notes(raw)
    russian = "город,ответ\n" + "Москва,вода есть не всегда и плохая\n" * 40
    assert rows(read(russian.encode("cp1251")))[0][1] == "Москва"


def test_a_guess_of_cp1252_is_noted() -> None:
    assert "cp1252" in notes(read(SPANISH.encode("cp1252")))
    assert notes(read(SPANISH)) == ""


def test_a_stated_encoding_is_obeyed_and_checked() -> None:
    text = "distrito,opinion\nCórdoba,bien\n"
    assert rows(read(text.encode("cp850"), encoding="cp850"))[0] == (2, "Córdoba", "bien")
    wrong = refused(text.encode("cp1252"), encoding="utf-8")
    assert (wrong.code, wrong.facts["row"]) == ("read.wrong-encoding", 2)
    assert refused(text, encoding="klingon").code == "read.unknown-encoding"
    assert refused(text, encoding="hex").code == "read.unknown-encoding"


def test_a_byte_order_mark_outranks_the_stated_encoding() -> None:
    raw = read(SPANISH.encode("utf-8-sig"), encoding="cp1252")
    assert raw.table.column_names[1] == "distrito"
    assert "cp1252" in notes(raw)


def test_one_damaged_byte_in_utf8_is_named_with_its_row() -> None:
    good = ("distrito,opinión\n" + "Córdoba,está bien\n" * 30).encode()
    error = refused(good + b"Tucum\xe1n,mal\n")
    assert (error.code, error.facts["row"], error.facts["byte"]) == ("read.damaged-text", 32, "E1")


def test_text_in_no_known_encoding_is_an_error() -> None:
    error = refused(b"a,b\n1,x\n\xd9\xa7\xde\x87\xc8\xaf\xae\xb1,2\n")
    assert (error.code, error.facts["row"]) == ("read.no-encoding", 3)


def test_null_bytes_are_left_out_and_noted() -> None:
    raw = read(b"a,b\nwater\x00point,2\nwell,3\n")
    assert rows(raw)[0] == (2, "waterpoint", "2")
    assert "1 null bytes" in notes(raw)


def test_short_and_long_rows_lose_nothing() -> None:
    raw = read("a,b,c\n1,2,3\n4,5\n6,7,8,9,10\n11,12,13\n")
    assert raw.table.column_names == ["_row", "a", "b", "c", "_extra_1", "_extra_2"]
    assert rows(raw) == [
        (2, "1", "2", "3", None, None),
        (3, "4", "5", None, None, None),
        (4, "6", "7", "8", "9", "10"),
        (5, "11", "12", "13", None, None),
    ]
    assert "1 rows have fewer cells than the header (the first is row 3)" in notes(raw)
    assert "the first is row 4" in notes(raw)
    assert "_extra_1, _extra_2" in notes(raw)


def test_blank_rows_in_the_middle_stay_and_at_the_end_are_counted() -> None:
    raw = read("a,b\n1,2\n\n3,4\n,\n\n\n")
    assert rows(raw) == [(2, "1", "2"), (3, "", ""), (4, "3", "4"), (5, "", "")]
    assert "2 blank lines at the end" in notes(raw)


def test_blank_rows_stay_beside_ragged_rows() -> None:
    assert [row[0] for row in rows(read("a,b\n1,2\n\n3,4,5\n"))] == [2, 3, 4]
    assert rows(read("a,b\n1,2\n\n3,4,5\n"))[1][1:3] == ("", "")


def test_one_column_without_delimiter_is_a_table() -> None:
    raw = read('village\nKwale\n\n"Lamu, old town"\n')
    assert rows(raw) == [(2, "Kwale"), (3, ""), (4, "Lamu, old town")]
    assert raw.origin.delimiter == ""
    assert rows(read("comment\nyes, often, here\nno\nwell; perhaps, yes\n"))[0] == (2, "yes, often, here")


def test_repeated_nameless_and_reserved_names_are_made_unique_and_noted() -> None:
    raw = read("w,a,a,,_row,W,a\n1,2,3,4,5,6,7\n")
    assert raw.table.column_names == ["_row", "w", "a", "a (2)", "column D", "_row (source)", "W", "a (3)"]
    assert rows(raw) == [(2, "1", "2", "3", "4", "5", "6", "7")]
    for word in ("a (2)", "_row (source)", "w, W", "named by their letter: D"):
        assert word in notes(raw)


def test_a_numbered_name_never_takes_the_place_of_a_stated_one() -> None:
    raw = read("a,a,a (2)\n1,2,3\n")
    assert raw.table.column_names == ["_row", "a", "a (3)", "a (2)"]


def test_a_header_below_titles_is_found_and_rows_keep_their_numbers() -> None:
    raw = read("Survey of wells,,,\n,,,\nid,district,share,n\n1,Kwale,0.5,10\n2,Lamu,0.25,20\n")
    assert raw.origin.header_row == 3
    assert rows(raw)[0] == (4, "1", "Kwale", "0.5", "10")
    assert "row 3" in notes(raw)


def test_a_stated_header_row_is_obeyed() -> None:
    raw = read("old,names\nid,district\n1,Kwale\n", header_row=2)
    assert raw.table.column_names == ["_row", "id", "district"]
    assert rows(raw) == [(3, "1", "Kwale")]
    assert refused("a,b\n1,2\n", header_row=9).code == "read.header-row"
    assert refused("a,b\n1,2\n", header_row=0).code == "read.header-row"


def test_a_stated_header_of_numbers_is_allowed_but_not_found() -> None:
    assert refused("1,2,3\n4,5,6\n7,8,9\n").code == "read.no-header"
    assert rows(read("1,2,3\n4,5,6\n", header_row=1)) == [(2, "4", "5", "6")]


def test_two_header_rows_are_joined_where_words_span_numbers() -> None:
    raw = read("Region,Water,,Sanitation,\n,basic,limited,basic,limited\nKwale,50,20,40,10\nLamu,60,10,30,5\n")
    assert raw.table.column_names == [
        "_row", "Region", "Water / basic", "Water / limited", "Sanitation / basic", "Sanitation / limited",
    ]  # fmt: skip
    assert rows(raw) == [(3, "Kwale", "50", "20", "40", "10"), (4, "Lamu", "60", "10", "30", "5")]
    assert "joined" in notes(raw)


def test_a_first_row_of_words_is_not_taken_for_a_second_header() -> None:
    raw = read("id,status,,note,\nA,good,clean,fine,x\nB,bad,dirty,poor,y\n")
    assert raw.table.num_rows == 2


def test_hxl_tags_are_kept_and_noted() -> None:
    raw = read("district,n\n#adm2+name,#reached\nKwale,5\n")
    assert raw.table.num_rows == 2
    assert "HXL" in notes(raw)


def test_a_quote_that_is_never_closed_is_named_with_its_row() -> None:
    error = refused('a,b\n1,x\n2,"never closed\n3,y\n4,z\n')
    assert (error.code, error.facts["row"]) == ("read.unclosed-quote", 3)
    error = refused('a,b\n1,x\n2,"opened\n3,y\n4,"well",\n5,z\n')
    assert (error.code, error.facts["row"]) == ("read.unclosed-quote", 3)
    assert refused('"a,b\n1,x\n').code == "read.unclosed-quote"


def test_quotes_inside_a_cell_are_kept_as_they_stand() -> None:
    raw = read('id,pipe,note\n1,5" pipe,ok\n2,"5" pipe",ok\n3,"a, b",ok\n')
    assert rows(raw) == [(2, "1", '5" pipe', "ok"), (3, "2", '"5" pipe"', "ok"), (4, "3", "a, b", "ok")]
    assert "rows 3" in notes(raw)


def test_a_cell_that_seems_to_have_swallowed_rows_is_noted() -> None:
    raw = read('id,a,b,c\n1,x,y,"z\n2,x,y,z\n3,x,y,12"\n4,x,y,z\n')
    assert raw.table.num_rows == 2
    assert "Row 2" in notes(raw)
    assert "closing quote" in notes(raw)


def test_mixed_delimiters_are_named_with_their_row() -> None:
    lines = ["id;district;n"] + [f"{i};Kwale;{i}" for i in range(5)] + [f"{i},Lamu,{i}" for i in range(5)]
    error = refused("\n".join(lines))
    assert (error.code, error.facts["row"], error.facts["other"]) == ("read.mixed-delimiters", 7, ",")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \n ", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_in_the_file_is_an_error(data: bytes) -> None:
    assert refused(data).code == "read.empty"


def test_a_header_alone_is_a_table_without_rows() -> None:
    raw = read("a,b\n")
    assert raw.table.num_rows == 0
    assert raw.table.column_names == ["_row", "a", "b"]


def test_very_wide_tables_are_read_and_absurd_ones_refused() -> None:
    for width in (10, 900, 5000):
        text = ",".join(f"q/{i}" for i in range(width)) + "\n" + ",".join("1" * width) + "\n"
        raw = read(text)
        assert raw.table.num_columns == width + 1
        assert raw.table.num_rows == 1
    assert refused(",".join(f"q{i}" for i in range(20_001)) + "\n").code == "read.too-many-columns"


def test_a_text_longer_than_the_usual_limit_is_read_even_in_a_ragged_file() -> None:
    long = "x" * 300_000
    assert rows(read(f"a,b\n1,{long}\n2\n"))[0][2] == long


def test_a_sheet_of_a_plain_table_is_refused() -> None:
    assert refused("a,b\n1,2\n", sheet="Data").code == "read.no-sheets"


def test_text_under_the_name_of_a_workbook_is_read_and_noted() -> None:
    raw = read_bytes(b"a\tb\n1\t2\n", "export.xls")
    assert raw.table.num_rows == 1
    assert "CSV" in notes(raw)


def test_both_parsers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO(newline="")
    cells = [[f"{i}", 'say "x"' * (i % 3), "line\nbreak" * (i % 2), "", "é"] for i in range(500)]
    csv.writer(stream).writerows([["id", "b", "c", "d", "e"], *cells])
    fast = read(stream.getvalue())
    monkeypatch.setattr("datashift.read.delimited._well_quoted", lambda *_: False)
    assert read(stream.getvalue()).table.equals(fast.table.combine_chunks())
