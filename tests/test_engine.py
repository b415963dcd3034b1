"""The engine runs portable queries, and refuses what engines read differently."""

import pyarrow as pa
import pytest

from datashift import engine


def test_a_query_runs_on_the_tables_it_names() -> None:
    table = pa.table({"group": ["a", "b", "a"], "value": [1.0, 2.0, 4.0]})
    rows = engine.unbound("answers", table.schema)
    query = engine.compiled(rows.group_by("group").agg(total=rows["value"].sum()).order_by("group"))
    assert engine.run(query, answers=table).to_pylist() == [{"group": "a", "total": 5.0}, {"group": "b", "total": 2.0}]


def test_names_that_differ_only_in_case_are_refused() -> None:
    with pytest.raises(ValueError, match="unique without regard to case"):
        engine.unbound("answers", pa.schema([("w", pa.float64()), ("W", pa.float64())]))


def test_the_engine_fetches_no_extension() -> None:
    settings = "select value from duckdb_settings() where name like 'auto%_known_extensions'"
    assert engine.run(settings)["value"].to_pylist() == ["false", "false"]
