"""Every engine answers a question as a slow, plain reading does; Hypothesis makes the tables and the questions."""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import datashift as ds
from datashift import engine

SCHEMA = pa.schema(
    [
        ("area", pa.string()),
        ("Area", pa.int32()),  # differs from the first in case only
        ("Größe (m)", pa.float64()),
        ("w", pa.float64()),
        ("W", pa.float64()),
        ("done", pa.bool_()),
        ("size", pa.int16()),
    ]
)
KEYS = ["area", "Area", "done", "size"]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "area": st.sampled_from(["north", "पूर्व", "NaN", "", None]),
            "Area": st.sampled_from([-1, 0, 7, None]),
            "Größe (m)": st.one_of(st.none(), st.just(math.nan), st.floats(-1e6, 1e6)),
            "w": st.sampled_from([0.0, 0.5, 1.0, 7.25, None]),
            "W": st.floats(0, 100),
            "done": st.sampled_from([True, False, None]),
            "size": st.sampled_from([-32768, 3, 40, 32767, None]),
        }
    ),
    min_size=1,
    max_size=30,
)


@dataclass(frozen=True)
class Question:
    """Sums by some keys, of the rows above a size."""

    keys: tuple[str, ...]
    above: int


QUESTIONS = st.builds(
    Question,
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from([-40000, 2]),
)
Answers = dict[tuple, dict[str, Any]]


def asked(relation: engine.Relation, question: Question) -> Answers:
    table, named = relation.table, relation.names
    y, w, other = table[named["Größe (m)"]], table[named["w"]], table[named["W"]]
    kept = table.filter(table[named["size"]].fill_null(0) > question.above)
    keys = [named[key] for key in question.keys]
    expression = kept.group_by(keys).agg(
        rows=kept.count(),
        with_y=y.count(),
        wy=(w * y).sum(),
        w_done=table[named["done"]].ifelse(w * other, 0.0).sum(),
        mean=y.mean(),
        sizes=table[named["size"]].sum(),
        least=table[named["size"]].min(),
        ratio=((w * y).sum() / w.sum().nullif(0.0)),
    )
    rows = relation.collect(expression).to_pylist()
    return {tuple(row[key] for key in keys): {name: row[name] for name in row if name not in keys} for row in rows}


def plain(rows: list[dict], question: Question) -> Answers:
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        if (row["size"] or 0) > question.above:
            y = row["Größe (m)"]
            row = {**row, "y": None if y is None or math.isnan(y) else y}
            groups[tuple(row[key] for key in question.keys)].append(row)
    return {key: _sums(group) for key, group in groups.items()}


def _total(values: list) -> Any:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def _sums(group: list[dict]) -> dict[str, Any]:
    y = [row["y"] for row in group if row["y"] is not None]
    sizes = [row["size"] for row in group if row["size"] is not None]
    wy = _total([row["w"] * row["y"] if None not in (row["w"], row["y"]) else None for row in group])
    w = _total([row["w"] for row in group])
    done = [(row["w"] * row["W"] if row["w"] is not None else None) if row["done"] else 0.0 for row in group]
    return {
        "rows": len(group),
        "with_y": len(y),
        "wy": wy,
        "w_done": _total(done),
        "mean": math.fsum(y) / len(y) if y else None,
        "sizes": sum(sizes) if sizes else None,
        "least": min(sizes, default=None),
        "ratio": wy / w if w and wy is not None else None,
    }


def agree(found: Answers, right: Answers) -> None:
    assert found.keys() == right.keys()
    for key, row in right.items():
        for name, value in row.items():
            # Sums of floats in another order differ in their last digits; up to 1e6 is added up here.
            expected = None if value is None else pytest.approx(value, rel=1e-9, abs=1e-7)
            assert found[key][name] == expected, (key, name)


def table_of(rows: list[dict]) -> pa.Table:
    return pa.table([pa.array([row[field.name] for row in rows], field.type) for field in SCHEMA], schema=SCHEMA)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, question=QUESTIONS)
def test_duckdb_answers_as_a_plain_reading_does(rows: list[dict], question: Question) -> None:
    agree(asked(engine.relation(table_of(rows)), question), plain(rows, question))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, question=QUESTIONS)
def test_postgresql_answers_as_a_plain_reading_does(
    stored: Callable[[pa.Table], engine.Relation], rows: list[dict], question: Question
) -> None:
    agree(asked(stored(table_of(rows)), question), plain(rows, question))


@pytest.fixture
def stored(database: str) -> Callable[[pa.Table], engine.Relation]:
    """Write a table into the database, and read it there."""
    dbapi = pytest.importorskip("adbc_driver_postgresql.dbapi")

    def store(table: pa.Table) -> engine.Relation:
        with dbapi.connect(database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute('drop table if exists "The Answers"')
            cursor.adbc_ingest("The Answers", table, mode="create")
        return engine.postgres(database, '"The Answers"')

    return store


@pytest.mark.allow_hosts(["127.0.0.1"])
@settings(max_examples=5, deadline=None)
@given(rows=ROWS, question=QUESTIONS)
def test_spark_answers_as_a_plain_reading_does(spark: Any, rows: list[dict], question: Question) -> None:
    frame = spark.createDataFrame(table_of(rows))
    agree(asked(engine.relation(frame), question), plain(rows, question))


def drawn(n: int) -> pa.Table:
    """A survey of 50 strata with 20 clusters each; a tenth of the outcomes is missing."""
    draw = np.random.default_rng(20260401)
    y = draw.normal(1e4, 3e3, n)
    y[draw.random(n) < 0.1] = np.nan
    return pa.table(
        {
            "stratum": draw.integers(0, 50, n).astype(np.int32),
            "cluster": draw.integers(0, 20, n).astype(np.int16),
            "sex": np.array(["female", "male"])[draw.integers(0, 2, n)],
            "Status": pa.array(np.array(["yes", "no", None])[draw.integers(0, 3, n)], pa.string()),
            "w": draw.gamma(2.0, 50.0, n),
            "y": y,
        }
    )


def estimated(source: Any) -> list[tuple]:
    design = ds.Design(weights="w", strata="stratum", clusters="cluster")
    asks = [ds.mean("y"), ds.total("y"), ds.proportion("Status", "yes")]
    found = ds.estimate(source, asks, by=["sex"], design=design, where="y > 2000 or Status == 'no'")
    return [(one.measure, one.breakdown, one.n, one.value, one.se, one.lower, one.upper) for one in found]


def close(found: list[tuple], right: list[tuple]) -> None:
    assert [one[:3] for one in found] == [one[:3] for one in right]
    np.testing.assert_allclose([one[3:] for one in found], [one[3:] for one in right], rtol=1e-9)


def test_estimates_with_their_errors_are_those_of_duckdb_in_postgresql(stored: Callable) -> None:
    survey = drawn(20_000)
    here = estimated(survey)
    assert len(here) == 6
    close(estimated(stored(survey)), here)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_estimates_with_their_errors_are_those_of_duckdb_in_spark(spark: Any) -> None:
    survey = drawn(20_000)
    close(estimated(spark.createDataFrame(survey)), estimated(survey))


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_spark_gives_the_sums_of_duckdb_on_a_million_rows(spark: Any, tmp_path: Any) -> None:
    survey = drawn(1_000_000)
    path = tmp_path / "survey.parquet"
    pq.write_table(survey, path)
    keys = ["stratum", "cluster", "sex"]
    duckdb, other = (_sums_by(keys, engine.relation(rows)) for rows in (survey, spark.read.parquet(str(path))))
    assert duckdb.schema == other.schema
    assert duckdb.num_rows == 50 * 20 * 2
    assert duckdb.select(keys).equals(other.select(keys))
    for name in ("n", "sw", "swy", "swyy", "female"):
        np.testing.assert_allclose(other[name].to_numpy(), duckdb[name].to_numpy(), rtol=1e-9)


def _sums_by(keys: list[str], relation: engine.Relation) -> pa.Table:
    t = relation.table
    wy = t["w"] * t["y"]
    sums = {"n": t.count(), "sw": t["w"].sum(), "swy": wy.sum(), "swyy": (wy * t["y"]).sum()}
    sums["female"] = (t["sex"] == "female").ifelse(wy, 0.0).sum()
    return relation.collect(t.group_by(keys).agg(**sums).order_by(keys))
