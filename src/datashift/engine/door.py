"""The door: any table or file, and the engine that can ask it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from datashift.engine import duck, spark
from datashift.engine.relation import Relation
from datashift.errors import BadQuestion, SourceUnavailable, Unreadable


def relation(source: Any, *, memory: str | None = None, threads: int | None = None) -> Relation:
    """Return the rows of `source`, ready for questions.

    In:  an Arrow table or dataset; any table that speaks Arrow (Polars, pandas, DuckDB); the path of a Parquet or CSV
         file, a folder of Parquet files, a pattern of files, or the address of Parquet files in object storage (s3://,
         gs://, abfss://); a Spark data frame; a relation, as `postgres` gives it.
         memory: bound such as "1GB" (else DATASHIFT_MEMORY, else 80 % of the machine), threads: both for DuckDB only.
    Out: the relation. Raises Unreadable for a file that is missing, broken or of another kind, BadQuestion for a bound
         that is none.
    """
    if isinstance(source, Relation):
        return source
    if spark.is_frame(source):
        return spark.of_frame(source)
    if isinstance(source, str | Path):
        return _of_path(str(source), memory, threads)
    if isinstance(source, pa.Table):
        return duck.of_table(source, memory, threads)
    if hasattr(source, "__arrow_c_stream__"):
        return duck.of_table(_without_index(pa.table(source)), memory, threads)
    if hasattr(source, "get_fragments"):
        return duck.of_dataset(source, memory, threads)
    raise BadQuestion("question.no-table", kind=type(source).__name__)


def _of_path(path: str, memory: str | None, threads: int | None) -> Relation:
    if "://" in path:
        return duck.of_dataset(_dataset(path), memory, threads)
    if path.lower().endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz")):
        return duck.of_csv(path, memory, threads)
    if path.lower().endswith((".parquet", ".pq")) or Path(path).is_dir():
        return duck.of_parquet(path, memory, threads)
    raise Unreadable("read.not-lazy" if Path(path).exists() else "read.not-found", file=path)


def _dataset(address: str) -> Any:
    """Look for Parquet files at an address such as s3://bucket/folder; the parts of its path name=value are columns."""
    from pyarrow import dataset, fs  # noqa: PLC0415 - imports pandas where it is installed, a second for everybody

    known = False
    try:
        place, path = fs.FileSystem.from_uri(address)
        known = True
        return dataset.dataset(path, filesystem=place, format="parquet", partitioning="hive")
    except pa.ArrowInvalid as problem:
        raise Unreadable("read.damaged" if known else "read.not-an-address", file=address) from problem
    except FileNotFoundError as problem:
        raise Unreadable("read.not-found", file=address) from problem
    except OSError as problem:
        said = str(problem).partition("\n")[0]
        raise SourceUnavailable("source.download", address=address, problem=said) from problem


def _without_index(table: pa.Table) -> pa.Table:
    """Leave out the index that pandas sends along where it is no plain count of the rows."""
    return table.select([name for name in table.column_names if not name.startswith("__index_level_")])
