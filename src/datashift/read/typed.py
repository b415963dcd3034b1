"""Tables that carry types (Parquet, SPSS, Stata) turned back into text without losing a digit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.cells import MOST_CELLS, shown
from datashift.read.grid import Grid, Options, assemble, counted, listed, text_column

LABELLED = N_("These columns show the labels of their codes: {columns}.")
CODES_KEPT = N_("These columns show codes, since not every code has a label: {columns}.")
DATES_AS_NUMBERS = N_("Some dates lie outside the years 1 to 9999. All dates of the file are shown as its own numbers.")
NO_NUMBER = N_("Columns of the kind that the file calls binary were written as hexadecimal text: {columns}.")

_ZERO_FRACTION = r"\.0+(Z|[+-]\d{4})?$"


def parquet(data: bytes, file: str, options: Options) -> Grid:
    """Read a Parquet file; nested fields become columns `a/b/c`, numbers their shortest exact text, dates ISO text."""
    try:
        source = pq.ParquetFile(pa.BufferReader(data))
        rows, width = source.metadata.num_rows, source.metadata.num_columns
        if rows * max(width, 1) > MOST_CELLS:
            raise Unreadable("read.too-many-cells", file=file, most=MOST_CELLS)
        found = source.read()
        pairs = zip(found.column_names, found.columns, strict=True)
        fields = [part for name, column in pairs for part in _flat(name, column)]
        columns = [_as_text(column) for _, column in fields]
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError, OverflowError, MemoryError) as problem:
        raise Unreadable("read.damaged", file=file) from problem
    table, notes = assemble([name for name, _ in fields], columns, counted(found.num_rows), file)
    binary = [name for name, column in fields if _is_binary(column.type)]
    if binary:
        notes.append((NO_NUMBER, {"columns": listed(binary)}))
    return Grid(table, "parquet", notes=tuple(notes))


def statistical(data: bytes, file: str, options: Options) -> Grid:
    """Read an SPSS or Stata file.

    A column whose codes all have a label shows the labels; otherwise it shows the codes. Both are noted.
    Codes that the file itself calls missing (refused, don't know) are kept like any other.
    The file is read in a process of its own, so that a damaged one can only end that process.
    """
    kind = "sav" if data.startswith(b"$FL") else "dta"
    found = _apart(data, file, kind, options.encoding or "")
    labels = {name: dict(pairs) for name, pairs in found["labels"].items()}
    full = {name for name, cells in found["columns"] if name in labels and _all_known(cells, labels[name])}
    partly = [name for name, _ in found["columns"] if name in labels and name not in full]
    columns = [_texts(cells, labels[name] if name in full else {}) for name, cells in found["columns"]]
    names = [name for name, _ in found["columns"]]
    table, notes = assemble(names, columns, counted(len(columns[0]) if columns else 0), file)
    if full:
        notes.append((LABELLED, {"columns": listed(name for name in names if name in full)}))
    if partly:
        notes.append((CODES_KEPT, {"columns": listed(partly)}))
    if found["far_dates"]:
        notes.append((DATES_AS_NUMBERS, {}))
    return Grid(table, kind, found["encoding"], notes=tuple(notes))


def _apart(data: bytes, file: str, kind: str, encoding: str) -> Any:
    program = [sys.executable, "-P", str(Path(__file__).with_name("readstat.py")), kind, encoding]
    done = subprocess.run(program, input=data, capture_output=True, check=False)  # noqa: S603 - our own program, no shell
    if done.returncode:
        raise Unreadable("read.damaged", file=file)
    return json.loads(done.stdout)


def _all_known(cells: list[Any], labels: dict[Any, str]) -> bool:
    return all(_is_missing(cell) or cell == "" or cell in labels for cell in cells)


def _texts(cells: list[Any], labels: dict[Any, str]) -> Any:
    return text_column([None if _is_missing(cell) else labels.get(cell, shown(cell)) for cell in cells])


def _is_missing(cell: Any) -> bool:
    return cell is None or cell != cell


def _flat(name: str, column: Any) -> list[tuple[str, Any]]:
    if not pa.types.is_struct(column.type):
        return [(name, column)]
    parts = []
    for field in column.type:
        parts += _flat(f"{name}/{field.name}", pc.struct_field(column, field.name))
    return parts


def _as_text(column: Any) -> Any:
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _as_text(column.cast(kind.storage_type))
    if pa.types.is_dictionary(kind):
        return _as_text(column.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "TRUE", "FALSE")
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        return _moment(column.cast(pa.string()))
    if _is_binary(kind) or pa.types.is_nested(kind):
        write = bytes.hex if _is_binary(kind) else _as_json
        return text_column([None if cell is None else write(cell) for cell in column.to_pylist()])
    text = column.cast(pa.string())
    text.validate(full=True)
    return text


def _moment(text: Any) -> Any:
    iso = pc.replace_substring(text, " ", "T", max_replacements=1)
    return pc.replace_substring_regex(iso, _ZERO_FRACTION, r"\1")


def _is_binary(kind: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _as_json(cell: Any) -> str:
    return json.dumps(cell, ensure_ascii=False, default=shown)
