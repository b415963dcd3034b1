"""Expressions: written against unbound tables, so that nothing in them knows the engine, and compiled for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa
from ibis.config import Config
from ibis.expr import operations

_IBIS = {pa.string(): "string", pa.bool_(): "boolean", pa.float64(): "float64", pa.date32(): "date"}
_DIALECTS = {"duckdb": "duckdb", "spark": "pyspark", "postgres": "postgres"}


def unbound(name: str, schema: pa.Schema) -> Any:
    """Return a lazy Ibis table called `name` with the columns of `schema`.

    Column names must be unique without regard to case: a `w` beside a `W` gave a wrong standard error in a trial.
    """
    if len({column.casefold() for column in schema.names}) != len(schema.names):
        raise ValueError(f"column names must be unique without regard to case: {schema.names}")
    return ibis.table({field.name: _ibis_type(field.type) for field in schema}, name=name)


def compiled(expression: Any, dialect: str = "duckdb") -> str:
    """Return `expression` as the SQL of an engine: duckdb, spark or postgres.

    Connecting through Ibis itself is avoided: it would import pandas, a second on a small machine.
    """
    if dialect == "postgres":
        expression = expression.op().replace(_by_way_of_int).to_expr()
    if dialect == "spark" and ibis.options.pyspark is None:
        ibis.options.pyspark = _SparkOptions()
    return str(ibis.to_sql(expression, dialect=_DIALECTS[dialect]))


class _SparkOptions(Config):  # type: ignore[misc]
    """What Ibis looks up when it writes SQL for Spark, and sets only when it connects by itself."""

    treat_nan_as_null: bool = False


def renamed(expression: Any, names: Mapping[str, str]) -> Any:
    """Return `expression` with other names of the tables that it asks."""
    tables = expression.op().find(operations.UnboundTable)
    return expression.op().replace({table: table.copy(name=names[table.name]) for table in tables}).to_expr()


def _by_way_of_int(node: Any, rewritten: dict[str, Any] | None) -> Any:
    """Cast truth values to other numbers by way of a 32-bit integer: PostgreSQL knows no other cast of them."""
    node = node.__recreate__(rewritten) if rewritten else node
    if isinstance(node, operations.Cast) and node.arg.dtype.is_boolean() and node.to.is_numeric():
        return operations.Cast(operations.Cast(node.arg, to="int32"), to=node.to)
    return node


def schema_of(expression: Any) -> pa.Schema:
    """Return the names and Arrow types that the rows of a table expression have."""
    return pa.schema([pa.field(name, _arrow_type(kind)) for name, kind in expression.schema().items()])


def _ibis_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamp('UTC')" if kind.tz else "timestamp"
    return _IBIS.get(kind, str(kind))


def _arrow_type(kind: Any) -> pa.DataType:
    # Ibis' own translation would import pandas.
    if kind.is_timestamp():
        return pa.timestamp("us", tz="UTC" if kind.timezone else None)
    if kind.is_floating() or kind.is_decimal():
        return pa.float64()
    if kind.is_integer():
        return pa.type_for_alias(type(kind).__name__.lower())
    return {"String": pa.string(), "Boolean": pa.bool_(), "Date": pa.date32()}[type(kind).__name__]
