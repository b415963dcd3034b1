"""What a table says, apart from how its bytes are laid out: Parquet out and in, digests, sameness."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from datashift.errors import Disclosive
from datashift.model import Kit

TOLERANCE = 1e-9
"""Two numbers are the same when they differ by less than this share: sums made in parallel differ in digits 14-16."""


def parquet_bytes(table: pa.Table) -> bytes:
    """Return the table as Parquet bytes, rows in canonical order."""
    sink = io.BytesIO()
    pq.write_table(_ordered(table).combine_chunks(), sink, compression="zstd")
    return sink.getvalue()


def table_from(data: bytes | None) -> pa.Table | None:
    """Return the table in Parquet bytes, or None where there is none that can be read."""
    if data is None:
        return None
    try:
        return pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError):
        return None


def content_digest(table: pa.Table) -> str:
    """Return the SHA-256 of what the table says: columns by name, rows in canonical order, numbers at ten digits."""
    table = _ordered(table)
    digest = hashlib.sha256()
    for name in sorted(table.column_names):
        column = table[name]
        floating = pa.types.is_floating(column.type)
        texts = _figures(column) if floating else column.cast(pa.string()).fill_null("\x00").to_pylist()
        digest.update(f"{name}\x1e".encode())
        digest.update("\x1f".join(texts).encode())
    return digest.hexdigest()


def same_content(one: pa.Table | None, other: pa.Table | None) -> bool:
    """Say whether two tables say the same: same columns and rows, numbers equal but for the rounding of sums."""
    if one is None or other is None or sorted(one.column_names) != sorted(other.column_names):
        return False
    if one.num_rows != other.num_rows:
        return False
    one, other = _ordered(one), _ordered(other)
    return all(_same_column(one[name], other[name]) for name in one.column_names)


def shown_cells(cells: pa.Table, recipe_id: str) -> pa.Table:
    """Return cells with short digests for the labels of clusters: which cells belong together is all that counts."""
    for place, name in enumerate(cells.column_names):
        if name.partition("_")[0] != "cluster":
            continue
        labels = cells[name].cast(pa.string()).combine_chunks().dictionary_encode()
        digests = [hashlib.sha256(f"{recipe_id}/{text}".encode()).hexdigest() for text in labels.dictionary.to_pylist()]
        short = pa.array([f"c{digest[:13]}" for digest in digests], pa.string())
        cells = cells.set_column(place, name, pa.DictionaryArray.from_arrays(labels.indices, short).cast(pa.string()))
    return cells


def check_public_cells(cells: pa.Table, kit: Kit) -> None:
    """Raise Disclosive unless every column is a breakdown, the stratum, the cluster's digest, or a sum."""
    breakdowns = {name for measure in kit.measures for breakdown in measure.breakdowns for name in breakdown}
    coded = {name for name in breakdowns if name in kit.concepts and kit.concepts[name].kind == "code"}
    for field in cells.schema:
        number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
        counted = number and ("__" in field.name or field.name.startswith("fpc_"))
        unit = field.name.partition("_")[0] == "cluster" or field.name.removeprefix("margin_") in coded
        if not counted and not unit and field.name not in {"area", "period", "stratum", *coded}:
            raise Disclosive("protect.cells", column=field.name)


def _ordered(table: pa.Table) -> pa.Table:
    table = table.select(sorted(table.column_names))
    keys = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    keys = ["row"] if "row" in keys else keys
    return table.sort_by([(name, "ascending") for name in keys]) if keys and table.num_rows else table


def _figures(column: pa.ChunkedArray) -> list[str]:
    values = column.to_numpy().astype(np.float64)
    distinct, where = np.unique(values, return_inverse=True)
    texts = np.array([f"{value + 0.0:.10g}" for value in distinct], dtype=object)
    texts[np.isnan(distinct)] = "\x00"
    return list(texts[where])


def _same_column(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    if pa.types.is_floating(one.type) and pa.types.is_floating(other.type):
        left, right = (column.to_numpy().astype(np.float64) for column in (one, other))
        # Where large numbers cancel, what is left over is as exact as they were.
        scale = float(np.nanmax(np.abs(left), initial=0.0))
        return bool(np.allclose(left, right, rtol=TOLERANCE, atol=1e-12 * scale, equal_nan=True))
    return bool(one.cast(pa.string()).to_pylist() == other.cast(pa.string()).to_pylist())
