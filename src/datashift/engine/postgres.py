# ruff: noqa: S608 - every name in the SQL is an internal name, or was quoted by the database itself
"""PostgreSQL: the same expressions as SQL, asked of one table or view and answered in Arrow."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from datashift.engine.columns import internal_names, offered
from datashift.engine.expressions import compiled, schema_of
from datashift.engine.relation import ROWS, Relation
from datashift.errors import BadQuestion, SourceUnavailable, Unreadable

_ARROW = {
    "bool": pa.bool_(), "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float64(),
    "float8": pa.float64(), "numeric": pa.float64(), "text": pa.string(), "varchar": pa.string(), "bpchar": pa.string(),
    "name": pa.string(), "citext": pa.string(), "uuid": pa.string(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"), "timestamptz": pa.timestamp("us", tz="UTC"),
}  # fmt: skip
_SQL = {pa.string(): "text", pa.float64(): "float8", pa.bool_(): "boolean", pa.date32(): "date"} | {
    pa.int8(): "int2", pa.int16(): "int2", pa.int32(): "int4", pa.int64(): "int8", pa.uint64(): "int8",
    pa.timestamp("us"): "timestamp", pa.timestamp("us", tz="UTC"): "timestamptz",
}  # fmt: skip
_FIND = """
select quote_ident(space.nspname) || '.' || quote_ident(rel.relname), att.attname::text, quote_ident(att.attname),
       case kind.typtype when 'e' then 'text' else kind.typname::text end
from pg_class rel join pg_namespace space on space.oid = rel.relnamespace
     join pg_attribute att on att.attrelid = rel.oid join pg_type kind on kind.oid = att.atttypid
where rel.oid = to_regclass($1) and att.attnum > 0 and not att.attisdropped order by att.attnum"""


def postgres(url: str, table: str) -> Relation:
    """Return the rows of a table or view in PostgreSQL, which answers the questions itself.

    url: postgresql://user@host/database.   table: its name, with the schema where needed (`survey.answers`).
    Needs the extra datashift[postgres]. Raises SourceUnavailable where the database does not answer, Unreadable where
    it has no such table.
    """
    driver = _driver()
    with _told(driver):
        connection = driver.connect(url, autocommit=True)
        with connection.cursor() as cursor:
            cursor.execute(_FIND, parameters=[table])
            found = cursor.fetchall()
    if not found:
        connection.close()
        raise Unreadable("read.no-such-table", table=table)
    names = internal_names([column for _, column, _, _ in found], table)
    usable = [(names[column], quoted, kind) for _, column, quoted, kind in found if kind in _ARROW]
    rows = f"select {', '.join(_column(*one) for one in usable)} from {found[0][0]}"

    def answer(expression: Any, small: Mapping[str, pa.Table]) -> pa.Table:
        with _told(driver):
            return _asked(connection, rows, expression, small)

    weakref.finalize(answer, connection.close)
    schema = pa.schema([pa.field(name, offered(_ARROW[kind])) for name, _, kind in usable])
    offer = {column: name for column, name in names.items() if name in schema.names}
    return Relation("postgres", offer, schema, answer)


def _asked(connection: Any, rows: str, expression: Any, small: Mapping[str, pa.Table]) -> pa.Table:
    # The rows are no view, so that a user who may only read, or a read-only copy of the database, suffices. The casts
    # outside bring the types of PostgreSQL (a sum of bigint is a numeric) to those of the expression.
    columns = ", ".join(f'"{field.name}"::{_SQL[field.type]} as "{field.name}"' for field in schema_of(expression))
    query = f"with {ROWS} as not materialized ({rows}), answer as ({compiled(expression, 'postgres')})"
    with connection.cursor() as cursor:
        try:
            for name, table in small.items():
                cursor.adbc_ingest(name, table, mode="replace", temporary=True)
            cursor.execute(f"{query} select {columns} from answer")
            return cursor.fetch_arrow_table()
        finally:
            for name in small:
                cursor.execute(f'drop table if exists pg_temp."{name}"')


def _driver() -> Any:
    try:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - an extra, for those who have such a database
    except ImportError as problem:
        raise BadQuestion("question.no-driver", engine="PostgreSQL", extra="postgres") from problem
    return dbapi


@contextmanager
def _told(driver: Any) -> Iterator[None]:
    try:
        yield
    except driver.Error as problem:
        said = " ".join(str(problem).partition("Query was:")[0].split())
        raise SourceUnavailable("source.engine", engine="PostgreSQL", problem=said) from problem


def _column(name: str, quoted: str, kind: str) -> str:
    value = f"{quoted}::{_SQL[_ARROW[kind]]}"
    return f"""{f"nullif({value}, 'nan')" if _ARROW[kind] == pa.float64() else value} as "{name}" """.strip()
