"""Spark, for data that outgrow one machine: the same expressions as SQL, in the session of a data frame.

Neither Ibis' own connection nor pandas is on the way: through pandas a missing text became the text NaN.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from datashift.engine.columns import internal_names, offered
from datashift.engine.expressions import compiled, renamed
from datashift.engine.relation import ROWS, Relation
from datashift.errors import SourceUnavailable

_ARROW = {
    "boolean": pa.bool_(), "byte": pa.int8(), "short": pa.int16(), "integer": pa.int32(), "long": pa.int64(),
    "float": pa.float32(), "double": pa.float64(), "decimal": pa.float64(), "string": pa.string(), "char": pa.string(),
    "varchar": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us", tz="UTC"),
    "timestamp_ntz": pa.timestamp("us"), "void": pa.null(),
}  # fmt: skip


def is_frame(source: Any) -> bool:
    """Say whether `source` is a data frame of Spark, of a classic session or of Spark Connect."""
    return type(source).__module__.startswith("pyspark.sql.") and hasattr(source, "sparkSession")


def of_frame(frame: Any) -> Relation:
    """Return the rows of a Spark data frame; its session answers, wherever it runs."""
    names = internal_names(frame.columns, "data frame")
    # By place, not by name: to Spark `w` and `W` are the same column.
    fields = zip(names.values(), frame.schema.fields, strict=True)
    kinds = {name: field.dataType.typeName() for name, field in fields}
    kinds = {name: kind for name, kind in kinds.items() if kind in _ARROW}
    schema = pa.schema([pa.field(name, offered(_ARROW[kind])) for name, kind in kinds.items()])
    rows = frame.toDF(*names.values()).selectExpr(*[_column(name, kind) for name, kind in kinds.items()])

    def answer(expression: Any, small: Mapping[str, pa.Table]) -> pa.Table:
        return _asked(rows, expression, small)

    return Relation("spark", {column: name for column, name in names.items() if name in kinds}, schema, answer)


def _asked(rows: Any, expression: Any, small: Mapping[str, pa.Table]) -> pa.Table:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra; whoever brings a data frame has it

    session = rows.sparkSession
    # Names that no view of the user has: theirs must not be replaced.
    views = {name: f"datashift_{name}_{secrets.token_hex(6)}" for name in (ROWS, *small)}
    try:
        rows.createOrReplaceTempView(views[ROWS])
        for name, table in small.items():
            session.createDataFrame(table).createOrReplaceTempView(views[name])
        return session.sql(compiled(renamed(expression, views), "spark")).toArrow()
    except PySparkException as problem:
        said = str(problem).partition("\n")[0]
        raise SourceUnavailable("source.engine", engine="Spark", problem=said) from problem
    finally:
        for view in views.values():
            session.catalog.dropTempView(view)


def _column(name: str, kind: str) -> str:
    if kind in ("float", "double"):
        return f"case when isnan(`{name}`) then null else cast(`{name}` as double) end as `{name}`"
    cast = {"decimal": "double", "char": "string", "varchar": "string", "void": "int"}.get(kind)
    return f"cast(`{name}` as {cast}) as `{name}`" if cast else f"`{name}`"
