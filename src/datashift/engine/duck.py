# ruff: noqa: S608 - every name and path in the SQL goes through _quoted or _text
"""DuckDB, the engine at hand: Arrow tables, and Parquet or CSV files that it reads itself, piece by piece."""

from __future__ import annotations

import csv
import gzip
import itertools
import math
import os
import re
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from datashift.engine.columns import internal_names, offered
from datashift.engine.expressions import compiled
from datashift.engine.relation import ROWS, Relation
from datashift.errors import BadQuestion, Unreadable

SLOT = 256
"""Bytes per group and thread that a table of sums directly addressed by its key takes (16 sums of 16 bytes)."""
BITS = 20
"""Up to 2^20 keys (268 MB with two threads) a table of sums may be addressed directly."""
LEAST_MEMORY = 100_000_000
"""Bytes that two threads need to group millions of rows by spilling."""

_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_SILENT = "set enable_progress_bar=false"
"""A bar of progress would stand in the middle of JSON on the standard output."""
_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
_SQL = {pa.string(): "varchar", pa.float64(): "double", pa.bool_(): "boolean", pa.date32(): "date"} | {
    pa.int8(): "tinyint", pa.int16(): "smallint", pa.int32(): "integer", pa.int64(): "bigint", pa.uint64(): "ubigint",
    pa.timestamp("us"): "timestamp", pa.timestamp("us", tz="UTC"): "timestamptz",
}  # fmt: skip


def run(query: str, **tables: pa.Table) -> pa.Table:
    """Run a compiled query on the named `tables` and return its rows.

    Extensions are never fetched at run time: the program works without a network.
    """
    with duckdb.connect(config=_OFFLINE) as connection:
        connection.execute(_SILENT)
        for name, table in tables.items():
            connection.register(name, table)
        return connection.sql(query).to_arrow_table()


def of_table(table: pa.Table, memory: str | None = None, threads: int | None = None) -> Relation:
    """Return the rows of an Arrow table, which is not copied. NaN counts as no value."""
    names = internal_names(table.column_names, "table")
    table = table.rename_columns(list(names.values()))
    # Looking for NaN once costs less than sifting it out in every question.
    gaps = {name for name in table.column_names if pa.types.is_floating(table[name].type) and _has_nan(table[name])}
    return _relation(lambda at: _known(at, table), names, (memory, threads), gaps=gaps)


def of_dataset(dataset: Any, memory: str | None = None, threads: int | None = None) -> Relation:
    """Return the rows of a pyarrow dataset: files here or in object storage, read column by column when asked."""
    names = internal_names(dataset.schema.names, "dataset")

    def bind(at: duckdb.DuckDBPyConnection) -> str:
        source = _known(at, dataset)
        return _renamed([row[0] for row in at.execute(f"describe {source}").fetchall()], names, source)

    return _relation(bind, names, (memory, threads), "dataset")


def of_parquet(path: str, memory: str | None = None, threads: int | None = None) -> Relation:
    """Return the rows of a Parquet file, of a folder of them, or of a pattern; files are matched by column name."""
    pattern = str(Path(path) / "**" / "*.parquet") if Path(path).is_dir() else path
    source = f"read_parquet({_text(pattern)}, union_by_name=true, hive_types_autocast=false)"
    with _told(path), duckdb.connect(config=_OFFLINE) as looking:
        first = _first_file(looking, pattern, path)
        found = [row[0] for row in looking.execute(f"describe select * from {source}").fetchall()]
        schema = f"select name, coalesce(num_children, 0) from parquet_schema({_text(first)})"
        stated = _outermost(looking.execute(schema).fetchall()[1:])
    names = internal_names([*stated, *found[len(stated) :]], path)
    return _relation(lambda _: _renamed(found, names, source), names, (memory, threads), path)


def of_csv(path: str, memory: str | None = None, threads: int | None = None) -> Relation:
    """Return the rows of a CSV file (or of a pattern), all as text: `007` stays, only an empty cell has no value.

    UTF-8, with a header; cells are parted by what parts the header, one of , ; | and tab, and quoted by ". Nothing else
    is guessed: the guesses of DuckDB skipped rows at the top of a file without a word.
    """
    with duckdb.connect(config=_OFFLINE) as looking:
        header, delimiter = _header(_first_file(looking, path, path), path)
    names = internal_names(header, path)
    columns = ", ".join(f"{_text(name)}: 'varchar'" for name in names.values())
    how = f"delim={_text(delimiter)}, quote='\"', escape='\"', nullstr='', auto_detect=false, header=true"
    return _relation(lambda _: f"read_csv({_text(path)}, columns={{{columns}}}, {how})", names, (memory, threads), path)


def _header(file: str, path: str) -> tuple[list[str], str]:
    """Return the first row of a CSV file, and what parts its cells."""
    opened = gzip.open if file.lower().endswith(".gz") else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as lines:
            first = next(lines, "")
            bare = re.sub(r'"[^"]*"', "", first)
            delimiter = max(",;\t|", key=bare.count)
            cells = next(csv.reader(itertools.chain([first], lines), delimiter=delimiter), [])
    except UnicodeDecodeError as problem:
        raise Unreadable("read.bad-line", file=path, row=1) from problem
    except (OSError, EOFError, zlib.error, csv.Error) as problem:
        raise Unreadable("read.damaged", file=path) from problem
    if not cells:
        raise Unreadable("read.empty", file=path)
    return cells, delimiter


def _first_file(looking: duckdb.DuckDBPyConnection, pattern: str, path: str) -> str:
    found = looking.execute(f"select file from glob({_text(pattern)}) order by file limit 1").fetchone()
    if found is None:
        raise Unreadable("read.not-found", file=path)
    return str(found[0])


def _outermost(elements: list[tuple[str, int]]) -> list[str]:
    """Return the columns of a Parquet schema, given as (name, children) with the children after each."""
    names, inside = [], 0
    for name, children in elements:
        if not inside:
            names.append(name)
        inside += children - bool(inside)
    return names


def _known(at: duckdb.DuckDBPyConnection, rows: Any) -> str:
    at.register("source_rows", rows)
    return "source_rows"


def _relation(
    bind: Callable[[duckdb.DuckDBPyConnection], str],
    names: Mapping[str, str],
    limits: tuple[str | None, int | None],
    file: str = "table",
    gaps: set[str] | None = None,
) -> Relation:
    """Open one connection for all questions to a source.

    bind: makes the source known to the connection and says what it is called.   names: as the source has it → internal,
    in the order of its columns.   limits: memory and threads.   gaps: columns that may hold NaN; None: any may.
    """
    connection = _connected(*limits)
    source = bind(connection)
    with _told(file, connection):
        seen = connection.execute(f"select * from {source} limit 0").to_arrow_table().schema
        usable = [(field, offered(field.type)) for field in seen if offered(field.type) is not None]
    unsure = {field.name for field, _kind in usable if pa.types.is_floating(field.type)}
    unsure = unsure if gaps is None else unsure & gaps

    def view() -> None:
        columns = ", ".join(_column(field, kind, unsure) for field, kind in usable)
        connection.execute(f"create or replace temporary view {ROWS} as select {columns} from {source}")

    def settle(columns: Collection[str]) -> None:
        asked = sorted(unsure & set(columns))
        if asked and gaps is None:
            with _told(file, connection):
                sums = ", ".join(f"sum({_quoted(name)})" for name in asked)
                (found,) = connection.execute(f"select {sums} from {source}").fetchall()
                unsure.difference_update(n for n, total in zip(asked, found, strict=True) if not _is_nan(total))
                view()

    with _told(file, connection):
        view()

    def answer(expression: Any, small: Mapping[str, pa.Table]) -> pa.Table:
        with _told(file, connection):
            for name, table in small.items():
                connection.register(name, table)
            try:
                return connection.execute(compiled(expression)).to_arrow_table()
            finally:
                for name in small:
                    connection.unregister(name)

    schema = pa.schema([pa.field(field.name, kind) for field, kind in usable])
    offer = {column: name for column, name in names.items() if name in schema.names}
    return Relation("duckdb", offer, schema, answer, partial(_keyed, connection), settle)


def _connected(memory: str | None, threads: int | None) -> duckdb.DuckDBPyConnection:
    """Connect within a bound of memory; what does not fit goes to a folder that disappears with the connection."""
    stated = memory or os.environ.get("DATASHIFT_MEMORY")
    config = dict(_OFFLINE, preserve_insertion_order="false")
    if stated:
        config["memory_limit"] = f"{_allowed(stated) // 1000}KB"
    if threads is not None:
        config["threads"] = threads
    spill = tempfile.mkdtemp(prefix="datashift-")
    connection = duckdb.connect(config={**config, "temp_directory": spill})
    weakref.finalize(connection, shutil.rmtree, spill, ignore_errors=True)
    connection.execute(_SILENT)
    return connection


@contextmanager
def _keyed(connection: duckdb.DuckDBPyConnection, keys: int) -> Iterator[None]:
    """Let sums be addressed directly by one integer key below `keys`, which is up to twice as fast.

    Only while such a question is asked, and up to BITS: DuckDB reserves a slot for every key that is possible, in every
    thread and outside the bound of memory. A grouping by several sparse keys took 1.7 s and 1.6 GB that way.
    """
    limits = "select current_setting('memory_limit'), current_setting('threads')"
    ((limit, workers),) = connection.execute(limits).fetchall()
    bits = keys.bit_length()
    direct = bits <= BITS and 2**bits * SLOT * workers <= _bytes(limit) / 4
    if direct:
        connection.execute(f"set perfect_ht_threshold={bits + 1}")
    try:
        yield
    finally:
        if direct:
            connection.execute("reset perfect_ht_threshold")


def _allowed(stated: str) -> int:
    """Return the bytes of a bound of memory. Raises BadQuestion where it is none, or too little to work in."""
    size = _bytes(stated)
    if size < LEAST_MEMORY:
        raise BadQuestion("question.memory-text", memory=stated)
    return size


def _bytes(text: str) -> int:
    """Return the bytes of a text like 1GB or 800 MiB, 0 for another text."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]I?)B?\s*", text.upper())
    return int(float(found[1]) * _UNITS[found[2]]) if found else 0


@contextmanager
def _told(file: str, connection: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    """Say what DuckDB stumbles over as an error that a person can act on."""
    try:
        yield
    except duckdb.OutOfMemoryException as problem:
        limit = connection.execute("select current_setting('memory_limit')").fetchone() if connection else None
        raise BadQuestion("question.memory-small", memory=limit[0] if limit else "") from problem
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException) as problem:
        line = re.search(r"CSV Error on Line: (\d+)", str(problem))
        if line:
            raise Unreadable("read.bad-line", file=file, row=line[1]) from problem
        raise Unreadable("read.damaged", file=file) from problem


def _is_nan(total: float | None) -> bool:
    """Say whether a NaN is among the values of a sum (or ∞ beside −∞, which does no harm)."""
    return total is not None and math.isnan(total)


def _column(field: pa.Field, kind: pa.DataType, gaps: Collection[str]) -> str:
    name = _quoted(field.name)
    value = name if field.type == kind and kind != pa.string() else f"{name}::{_SQL[kind]}"
    if field.name in gaps:
        # Not nullif(…, 'nan'): DuckDB thinks that cannot be, by the Parquet statistics, which leave NaN out.
        value = f"case when isnan({name}) then null else {value} end"
    return f"{value} as {name}"


def _has_nan(column: pa.ChunkedArray) -> bool:
    """Say whether a NaN is among the values (or ∞ beside −∞, which does no harm): it makes the sum NaN."""
    return _is_nan(pc.sum(column.cast(pa.float64())).as_py())


def _renamed(columns: Iterable[str], names: Mapping[str, str], source: str) -> str:
    """Rename columns by place: DuckDB itself has added a number to a name that differs from another in case only."""
    pairs = zip(columns, names.values(), strict=True)
    return f"(select {', '.join(f'{_quoted(column)} as {_quoted(name)}' for column, name in pairs)} from {source})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
