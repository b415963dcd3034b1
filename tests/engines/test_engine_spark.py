"""Spark keeps names, types and missing values as the other engines do, in a classic session and through Connect."""

import os
import shutil
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from datashift import engine
from datashift.errors import SourceUnavailable

ROWS = """
select cast(1 as smallint) w, 1.5d `W`, 'a' `Año 1`, cast(1.25 as decimal(10, 2)) price, date'2024-02-29' day,
       true done, cast('NaN' as float) half, array(1) list, 9007199254740993 big, 'NaN' word
union all select 2, double('NaN'), null, null, null, null, 1.5, null, 4, null"""

CONNECT = f'''
import warnings
warnings.simplefilter("ignore")  # pyspark has not yet tried the newest pandas
from pyspark.sql import SparkSession
from datashift import engine
session = SparkSession.builder.remote("local[2]").getOrCreate()
relation = engine.relation(session.sql("""{ROWS}"""))
table = relation.table
assert "connect" in type(session).__module__
print(relation.collect(table.order_by("w")).to_pylist())
print(relation.ranges(["big"]), session.catalog.listTables())
session.stop()
'''
EXPECTED = [
    {
        "w": 1,
        "w_2": 1.5,
        "ano_1": "a",
        "price": 1.25,
        "done": True,
        "half": None,
        "big": 9007199254740993,
        "word": "NaN",
    },
    {"w": 2, "w_2": None, "ano_1": None, "price": None, "done": None, "half": 1.5, "big": 4, "word": None},
]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_names_types_and_missing_values_are_kept(spark: Any) -> None:
    relation = engine.relation(spark.sql(ROWS))
    rows = relation.collect(relation.table.order_by("w")).drop_columns(["day"]).to_pylist()
    assert rows == EXPECTED
    assert relation.dialect == "spark"
    assert "list" not in relation.names
    assert relation.ranges(["w", "big"]) == {"w": (1, 2), "big": (4, 9007199254740993)}


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_small_tables_go_along_without_touching_the_views_of_the_user(spark: Any) -> None:
    spark.sql("select 'mine' as whose").createOrReplaceTempView("labels")
    relation = engine.relation(spark.sql(ROWS))
    schema = pa.schema([("w", pa.int64()), ("label", pa.string())])
    labels = engine.unbound("labels", schema)
    joined = relation.table.join(labels, relation.table["w"] == labels["w"]).select(labels["label"])
    small = pa.table({"w": [2, 3], "label": ["two", "three"]}, schema=schema)
    assert relation.collect(joined, labels=small).to_pylist() == [{"label": "two"}]
    assert [table.name for table in spark.catalog.listTables()] == ["labels"]
    assert spark.table("labels").toArrow().to_pylist() == [{"whose": "mine"}]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_spark_refuses_is_told_in_one_line(spark: Any) -> None:
    relation = engine.relation(spark.sql(ROWS))
    table = relation.table
    with pytest.raises(SourceUnavailable, match=r"Spark did not answer the question: .*DIVIDE_BY_ZERO") as caught:
        relation.collect(table.agg(broken=(table["w"] / (table["w"] - table["w"])).sum()))
    assert "\n" not in str(caught.value)


def test_spark_connect_answers_as_a_classic_session_does() -> None:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is no java on this machine")
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    pytest.importorskip("grpc", reason="the parts of pyspark for Spark Connect are not installed")
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run([sys.executable, "-c", CONNECT], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    rows, ranges = done.stdout.splitlines()
    assert [
        {key: row[key] for key in EXPECTED[0]} for row in eval(rows, {"datetime": __import__("datetime")})
    ] == EXPECTED
    assert ranges == "{'big': (4, 9007199254740993)} []"
