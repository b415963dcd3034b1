"""Any table an analyst has is taken, and no text is lost or mistaken for a number without a word."""

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift import engine
from datashift.analysis import tables
from datashift.analysis.tables import check_numbers, not_numbers, number, table_of, text, typed
from datashift.errors import BadQuestion, Unreadable


def asked(view: Any, values: list[Any], missing: tuple[str, ...] = ()) -> list[Any]:
    """Return what a view of a column makes of some values in the engine."""
    rows = engine.relation(pa.table({"v": pa.array(values), "row": list(range(len(values)))}))
    found = rows.collect(rows.table.select("row", v=view(rows.table["v"], missing)).order_by("row"))
    return list(found["v"].to_pylist())


def test_a_semicolon_csv_in_latin1_becomes_numbers_and_texts(tmp_path: Path) -> None:
    file = tmp_path / "encuesta.csv"
    file.write_bytes(
        "código;año;peso;baño\n007;2020;1.5;sí\n010;2021;NA;no\n100;.;2;none\n".encode("latin-1"),
    )
    table = table_of(file)
    assert table.schema.types == [pa.string(), pa.int64(), pa.float64(), pa.string()]
    assert table.to_pydict() == {
        "código": ["007", "010", "100"], "año": [2020, 2021, None], "peso": [1.5, None, 2.0],
        "baño": ["sí", "no", "none"],
    }  # fmt: skip


def test_a_sheet_of_a_workbook_is_taken_by_its_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["other"])
    sheet = book.create_sheet("data")
    for row in (["stratum", "w"], ["a", 2], ["b", 2.5]):
        sheet.append(row)
    book.save(tmp_path / "survey.xlsx")
    notes: list[Any] = []
    table = table_of(str(tmp_path / "survey.xlsx"), sheet="data", notes=notes)
    assert table.to_pydict() == {"stratum": ["a", "b"], "w": [2.0, 2.5]}


def test_what_reading_noticed_is_handed_on(tmp_path: Path) -> None:
    (tmp_path / "survey.xlsx").write_text("a,b\n1,2\n")
    notes: list[Any] = []
    table_of(tmp_path / "survey.xlsx", notes=notes)
    assert any("ending" in facts for _text, facts in notes)


def test_parquet_and_large_csv_are_left_to_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"w": [1.0, 2.0]}), tmp_path / "survey.parquet")
    (tmp_path / "survey.csv").write_text("w\n1\n2\nNA\n")
    monkeypatch.setattr(tables, "LARGE", 5)
    for name in ("survey.parquet", "survey.csv"):
        path = tmp_path / name
        assert table_of(path) == path
        rows = engine.relation(table_of(path))
        assert rows.collect(rows.table.agg(total=number(rows.table["w"]).sum())).to_pylist() == [{"total": 3.0}]
    assert table_of("s3://survey/2024/*.parquet") == "s3://survey/2024/*.parquet"
    assert table_of(tmp_path) == tmp_path


def test_small_and_large_csv_give_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["1", "-2.50", " 3 ", "", "NA", "n/a", "NULL", "None", ".", "NaN", "1e3", ".5", "5."]
    (tmp_path / "survey.csv").write_text("id,w\n" + "".join(f"{i},{word}\n" for i, word in enumerate(words)))
    found = []
    for large in (5, tables.LARGE):
        monkeypatch.setattr(tables, "LARGE", large)
        rows = engine.relation(table_of(tmp_path / "survey.csv"))
        view = rows.table.select(row=number(rows.table["id"]), w=number(rows.table["w"])).order_by("row")
        found.append(rows.collect(view)["w"].to_pylist())
        check_numbers(rows, ["w"])
    assert found[0] == found[1] == [1, -2.5, 3, None, None, None, None, None, None, None, 1000, 0.5, 5]


def test_tables_in_memory_are_taken_as_they_are() -> None:
    arrow = pa.table({"w": ["1", "2"]})
    assert table_of(arrow) is arrow
    assert table_of({"w": [1, None], "sex": ["f", "m"]}).to_pydict() == {"w": [1, None], "sex": ["f", "m"]}
    assert table_of([{"w": 1}, {"w": None}]).to_pydict() == {"w": [1, None]}
    for wrong in ({"w": [1, 2], "v": [1]}, {"w": 3}, [1, 2]):
        with pytest.raises(BadQuestion, match="is no table"):
            table_of(wrong)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"survey\.csv"):
        table_of(tmp_path / "survey.csv")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", None, "NA"], pa.int64()),
        (["1", "2.5", "none"], pa.float64()),
        (["-1", "0", "10"], pa.int64()),
        (["0.5", "-0.25"], pa.float64()),
        (["007", "8"], pa.string()),
        (["+255754000000"], pa.string()),
        (["1,5", "2,5"], pa.string()),
        (["1", "x"], pa.string()),
        (["NA", None], pa.string()),
        (["1" * 30], pa.string()),
        (["1" * 300], pa.string()),
        (["inf", "1"], pa.string()),
        (["٣", "٤"], pa.string()),
        ([], pa.string()),
    ],
)
def test_a_column_is_a_number_only_if_all_its_texts_are(values: list[str | None], kind: pa.DataType) -> None:
    assert typed(pa.table({"v": pa.array(values, pa.string())})).schema.types == [kind]


def test_words_for_missing_are_null_and_more_can_be_named() -> None:
    table = pa.table({"v": ["1", "-99", " DK "], "t": ["none", "dk", "n/a"]})
    assert typed(table, ("-99", "DK")).to_pydict() == {"v": [1, None, None], "t": ["none", None, None]}
    assert asked(text, ["none", "dk", "n/a", " ", None, "a "], ("DK",)) == ["none", None, None, None, None, "a "]


def test_codes_for_missing_are_taken_out_of_numbers_too() -> None:
    assert asked(number, [1.0, -99.0, None], ("-99", "DK")) == [1.0, None, None]
    assert asked(number, [1, -99], ("-99",)) == [1.0, None]
    assert asked(number, ["1", "-99.0", "x"], ("-99",)) == [1.0, None, None]
    assert asked(number, [True, False, None]) == [1.0, 0.0, None]
    assert asked(number, [1.5, float("nan")]) == [1.5, None]
    assert asked(number, [datetime.date(2024, 3, 31)]) == [None]


def test_texts_that_are_no_numbers_are_refused_with_examples() -> None:
    rows = engine.relation(pa.table({"w": ["1", "2", "many", "DK", "NA", "many", None], "Sex": list("fmfmfmf")}))
    with pytest.raises(BadQuestion, match=r"3 values of the column “w”.*“DK”, “many”") as caught:
        check_numbers(rows, ["w"])
    assert caught.value.code == "question.not-numbers"
    with pytest.raises(BadQuestion, match="7 values of the column “Sex”"):
        check_numbers(rows, ["Sex"])
    check_numbers(rows, ["w"], ("many", "dk"))


def test_dates_are_no_numbers() -> None:
    rows = engine.relation(pa.table({"day": [datetime.date(2024, 3, 31), None]}))
    with pytest.raises(BadQuestion, match=r"1 values of the column “day”.*2024-03-31"):
        check_numbers(rows, ["day"])


def test_columns_of_numbers_are_not_read_for_the_check() -> None:
    def answer(*_question: Any) -> pa.Table:
        raise AssertionError("the rows were read")

    schema = pa.schema([("w", pa.float64()), ("v", pa.string())])
    rows = engine.Relation("duckdb", {"w": "w", "v": "v"}, schema, answer)
    check_numbers(rows, ["w"])
    with pytest.raises(AssertionError, match="were read"):
        check_numbers(rows, ["v"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("0123456789.+-eE ,xnaNA", max_size=6) | st.floats(allow_nan=False).map(repr), max_size=20))
def test_every_text_is_a_number_missing_or_told(values: list[str]) -> None:
    """The engine and the reading in memory agree on every text, and nothing falls between."""
    column = pa.array(values, pa.string())
    rows = engine.relation(pa.table({"v": column, "row": pa.array(range(len(values)), pa.int64())}))
    view = rows.table.select("row", n=number(rows.table["v"]), wrong=not_numbers(rows.table["v"])).order_by("row")
    for value, row in zip(values, rows.collect(view).to_pylist(), strict=True):
        assert (row["n"] is not None) + row["wrong"] + (value.strip().lower() in tables.MISSING_NUMBERS) == 1
        alone = typed(pa.table({"v": pa.array([value])}))["v"]
        if not pa.types.is_string(alone.type):
            assert alone[0].as_py() == row["n"] == float(value)
