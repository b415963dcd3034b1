"""Any table or file can be asked, under safe names and types, and says plainly where it cannot be read."""

import gzip
import math
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pyarrow as pa
import pyarrow.dataset as dataset
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift import engine
from datashift.engine.columns import LONGEST, internal_names
from datashift.errors import BadQuestion, InputError, SourceUnavailable, Unreadable

TABLE = pa.table(
    {
        "w": pa.array([1, 2, None], pa.int32()),
        "W": pa.array([1.5, math.nan, None], pa.float64()),
        "Año 1": pa.array(["a", None, "c"]).dictionary_encode(),
        "small": pa.array([0, 255, 3], pa.uint8()),
        "price": pa.array([Decimal("1.25"), None, Decimal("-3.00")]),
        "half": pa.array([1.0, math.nan, 3.0], pa.float32()),
        "day": pa.array([0, 1, None], pa.int32()).cast(pa.date32()),
        "when": pa.array([0, 10**9, None], pa.timestamp("ns")),
        "there": pa.array([0, 1000, None], pa.timestamp("ms", "Africa/Nairobi")),
        "list": [[1], [2], []],
    }
)
KINDS = {
    "w": "int32", "w_2": "double", "ano_1": "string", "small": "int16", "price": "double", "half": "double",
    "day": "date32[day]", "when": "timestamp[us]", "there": "timestamp[us, tz=UTC]",
}  # fmt: skip


def everything(relation: engine.Relation) -> dict[str, list]:
    return relation.collect(relation.table.order_by("small")).to_pydict()


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


@pytest.mark.parametrize("kind", ["arrow", "parquet", "dataset", "address"])
def test_the_same_rows_come_from_memory_from_a_file_and_from_an_address(kind: str, parquet: Path) -> None:
    sources: dict[str, Any] = {
        "arrow": TABLE, "parquet": parquet, "dataset": dataset.dataset(parquet), "address": parquet.as_uri(),
    }  # fmt: skip
    relation = engine.relation(sources[kind])
    assert {field.name: str(field.type) for field in relation.schema} == KINDS
    assert list(relation.names) == [name for name in TABLE.column_names if name != "list"]
    rows = everything(relation)
    assert rows["w"] == [1, None, 2]
    assert rows["w_2"] == [1.5, None, None]  # NaN is no value
    assert rows["half"] == [1.0, 3.0, None]
    assert rows["ano_1"] == ["a", "c", None]
    assert rows["price"] == [1.25, -3.0, None]


def test_a_question_about_nan_in_parquet_is_not_answered_from_its_statistics(parquet: Path) -> None:
    relation = engine.relation(parquet)
    half = relation.table["half"]
    answer = relation.collect(relation.table.agg(n=half.count(), mean=half.mean(), most=half.max()))
    assert answer.to_pylist() == [{"n": 2, "mean": 2.0, "most": 3.0}]


def test_tables_of_pandas_and_of_duckdb_are_taken_without_their_index() -> None:
    frame = pandas.DataFrame({"y": [1.0, math.nan], "s": ["a", None]}, index=[7, 9])
    relation = engine.relation(frame)
    assert relation.collect(relation.table).to_pydict() == {"y": [1.0, None], "s": ["a", None]}
    with duckdb.connect() as connection:
        other = engine.relation(connection.sql("select 1 as a, 'x' as b"))
    assert other.collect(other.table).to_pylist() == [{"a": 1, "b": "x"}]


def test_a_folder_and_a_pattern_of_parquet_files_are_matched_by_name(tmp_path: Path) -> None:
    for year, data in {"2023": {"a": [1], "b": ["x"]}, "2024": {"b": ["y"], "a": [2], "c": [0.5]}}.items():
        (tmp_path / f"year={year}").mkdir()
        pq.write_table(pa.table(data), tmp_path / f"year={year}" / "part.parquet")
    for source in (tmp_path, str(tmp_path / "*" / "*.parquet")):
        relation = engine.relation(source)
        rows = relation.collect(relation.table.order_by("a")).to_pylist()
        assert [(row["a"], row["b"], row["c"], row["year"]) for row in rows] == [
            (1, "x", None, "2023"),
            (2, "y", 0.5, "2024"),
        ]


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_a_csv_file_stays_text_and_only_an_empty_cell_is_missing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"answers{ending}"
    with gzip.open(path, "wb") if ending.endswith("gz") else path.open("wb") as file:
        file.write('\ufeffCode;पानी;size, m\n007;NA;1,5\n;"x;y";""\n'.encode())
    relation = engine.relation(path)
    assert dict(relation.names) == {"Code": "code", "पानी": "column", "size, m": "size_m"}
    assert relation.collect(relation.table).to_pylist() == [
        {"code": "007", "column": "NA", "size_m": "1,5"},
        {"code": None, "column": "x;y", "size_m": None},
    ]


def ask(path: Path) -> pa.Table:
    relation = engine.relation(path)
    return relation.collect(relation.table)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("gone.parquet", None, "read.not-found"),
        ("gone.csv", None, "read.not-found"),
        ("gone.xlsx", None, "read.not-found"),
        ("table.xlsx", b"PK", "read.not-lazy"),
        ("cut.parquet", b"PAR1 and no more", "read.damaged"),
        ("packed.csv.gz", b"this is not gzip", "read.damaged"),
        ("empty.csv", b"", "read.empty"),
        ("wide.csv", b"a,b\n1,2\n1,2,3\n", "read.bad-line"),
        ("narrow.csv", b"a,b\n1,2\n1\n", "read.bad-line"),
        ("late.csv", b"a,b\n" + b"1,2\n" * 50_000 + b"1,2,3\n", "read.bad-line"),
        ("latin.csv", "a,b\nñandú,2\n".encode("latin-1"), "read.bad-line"),
        ("head.csv", "año,b\n1,2\n".encode("latin-1"), "read.bad-line"),
        ("twice.csv", b"a,b,a\n1,2,3\n", "read.repeated-column"),
    ],
)
def test_a_missing_or_broken_file_says_what_is_wrong(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        ask(tmp_path / name)
    assert caught.value.code == code
    assert name in str(caught.value)


def test_an_address_of_an_unknown_kind_or_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not an address"):
        engine.relation("ftq://somewhere/file.parquet")
    with pytest.raises(Unreadable, match="not there"):
        engine.relation((tmp_path / "gone.parquet").as_uri())


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(BadQuestion, match="no table"):
        engine.relation(3)


def test_small_tables_go_along_and_are_forgotten() -> None:
    relation = engine.relation(TABLE)
    schema = pa.schema([("w", pa.int64()), ("label", pa.string())])
    labels = engine.unbound("labels", schema)
    joined = relation.table.join(labels, relation.table["w"] == labels["w"]).select(labels["label"])
    for key, label in ((1, "one"), (2, "two")):
        small = pa.table({"w": [key], "label": [label]}, schema=schema)
        assert relation.collect(joined, labels=small).to_pylist() == [{"label": label}]
    with pytest.raises(duckdb.CatalogException):
        relation.collect(joined)


def test_a_relation_is_taken_as_it_is() -> None:
    relation = engine.relation(TABLE)
    assert engine.relation(relation) is relation


def test_the_ranges_of_integer_columns_leave_out_a_column_without_values() -> None:
    table = pa.table({"a": pa.array([5, None, -2], pa.int16()), "b": pa.nulls(3, pa.int64()), "c": [2**62, 1, 1]})
    relation = engine.relation(table)
    assert relation.ranges(["a", "b", "c"]) == {"a": (-2, 5), "c": (1, 2**62)}
    assert relation.ranges([]) == {}


def test_the_rows_cannot_be_replaced_by_a_small_table() -> None:
    relation = engine.relation(TABLE)
    with pytest.raises(ValueError, match="name of the rows"):
        relation.collect(relation.table, datashift_rows=TABLE)


@given(st.lists(st.text(max_size=70), unique=True, max_size=12))
def test_internal_names_are_lower_snake_case_and_unique_without_case(columns: list[str]) -> None:
    names = internal_names(columns, "table")
    assert list(names) == columns
    assert len(set(names.values())) == len(columns)
    for column, name in names.items():
        assert name.isascii()
        assert name == name.lower()
        assert name.replace("_", "a").isalnum()
        assert not name[0].isdigit()
        assert len(name) <= LONGEST
        assert internal_names([name], "table") == {name: name}, column


def test_no_other_engine_is_imported_to_ask_an_arrow_table() -> None:
    program = """
import sys, pyarrow as pa
from datashift import engine
relation = engine.relation(pa.table({"a": [1, 2]}))
assert relation.collect(relation.table.agg(n=relation.table.count())).to_pylist() == [{"n": 2}]
print(sorted({"pyspark", "adbc_driver_postgresql"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_database_that_is_not_there_or_lacks_the_table_is_told(database: str) -> None:
    with pytest.raises(SourceUnavailable, match="PostgreSQL did not answer"):
        engine.postgres("postgresql:///nothing?host=/nowhere&user=tester", "answers")
    with pytest.raises(Unreadable, match=r"no table public\.answers"):
        engine.postgres(database, "public.answers")


def test_a_database_table_keeps_its_types_and_joins_a_small_table_of_its_own_name(database: str) -> None:
    dbapi = pytest.importorskip("adbc_driver_postgresql.dbapi")
    with dbapi.connect(database, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("create type mood as enum ('good', 'bad')")
        cursor.execute(
            'create table public."Visits" (id int8, "Id" int2, fee numeric(9, 2), mood mood, day date, raw jsonb)'
        )
        cursor.execute("""insert into "Visits" values (9007199254740993, 1, 1.25, 'good', '2024-02-29', '{}'),
            (1, 2, 'NaN', null, null, null)""")
    relation = engine.postgres(database, 'public."Visits"')
    table = relation.table
    assert dict(relation.names) == {"id": "id", "Id": "id_2", "fee": "fee", "mood": "mood", "day": "day"}
    assert everything_by(relation, "id_2")["fee"] == [1.25, None]
    # PostgreSQL itself casts truth values to no number but a 32-bit integer.
    known = table["fee"].notnull()
    counts = {"whole": known.cast("int64").sum(), "part": known.cast("float64").mean()}
    sums = relation.collect(table.agg(id=table["id"].sum(), n=table["fee"].count(), **counts))
    assert sums.to_pylist() == [{"id": 9007199254740994, "n": 1, "whole": 1, "part": 0.5}]
    assert relation.ranges(["id", "id_2"]) == {"id": (1, 9007199254740993), "id_2": (1, 2)}
    schema = pa.schema([("mood", pa.string()), ("score", pa.float64())])
    scores = engine.unbound("Visits", schema)
    joined = table.join(scores, table["mood"] == scores["mood"]).select(table["id_2"], scores["score"])
    small = pa.table({"mood": ["good"], "score": [0.5]}, schema=schema)
    assert relation.collect(joined, Visits=small).to_pylist() == [{"id_2": 1, "score": 0.5}]


def everything_by(relation: engine.Relation, key: str) -> dict[str, list]:
    return relation.collect(relation.table.order_by(key)).to_pydict()


def test_a_bound_of_memory_that_is_none_is_an_input_error() -> None:
    for text in ("much", "-1GB", "1KB", "10 gigs", ""):
        with pytest.raises(InputError, match="no amount of memory") if text else pytest.raises(InputError):
            engine.relation(TABLE, memory=text or " ")
