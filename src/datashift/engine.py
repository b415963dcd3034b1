"""Where expressions run: an unbound Ibis expression is compiled for the engine at hand, DuckDB, and run there.

Expressions are written against `unbound(...)` tables, so nothing in them knows the engine: another one needs only its
own `compiled` and `run`. Connecting through Ibis itself would import pandas (a second on a small machine).
"""

from __future__ import annotations

from typing import Any

import duckdb
import ibis
import pyarrow as pa

_TYPES = {pa.string(): "string", pa.float64(): "float64", pa.int64(): "int64", pa.bool_(): "boolean"}


def unbound(name: str, schema: pa.Schema) -> Any:
    """Return a lazy Ibis table called `name` with the columns of `schema` (text, float64, int64, boolean).

    Column names must be unique without regard to case: a `w` beside a `W` gave a wrong standard error in a trial.
    """
    if len({column.casefold() for column in schema.names}) != len(schema.names):
        raise ValueError(f"column names must be unique without regard to case: {schema.names}")
    return ibis.table({field.name: _TYPES[field.type] for field in schema}, name=name)


def compiled(expression: Any) -> str:
    """Return `expression` as the SQL of the engine at hand."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


def run(query: str, **tables: pa.Table) -> pa.Table:
    """Run a compiled query on the named `tables` and return its rows.

    Extensions are never fetched at run time: the program works without a network.
    """
    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(config=options) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.sql(query).to_arrow_table()
