"""Delimited text read strictly: an official file is whole and regular, or it is refused with the row of its fault."""

from __future__ import annotations

import csv
import io
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from datashift.errors import BadOfficial

_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_BLOCK = 8 << 20
_END = 40

# One footnote can be longer than the 128 kB that the csv module allows by itself. The setting is global there.
csv.field_size_limit(sys.maxsize)


def plain_text(data: bytes, file: str) -> bytes:
    """Return the text of a file as UTF-8 without a byte order mark. Raises BadOfficial for nothing and no UTF-8."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            data = data[len(mark) :]
            if encoding != "utf-8":
                data = _decoded(data, encoding, file).encode("utf-8")
            break
    if not data.strip():
        raise BadOfficial("official-import.empty", file=file)
    if not data.isascii():
        _decoded(data, "utf-8", file)
    if b"\0" in data:
        raise BadOfficial("official-import.encoding", file=file, row=_row_at(data, data.index(b"\0")))
    return data


def header(data: bytes, delimiter: str, file: str) -> list[str]:
    """Return the names in the first row of `data`, trimmed. Raises BadOfficial for two columns of one name."""
    first = next(csv.reader(io.StringIO(_first_lines(data), newline=""), delimiter=delimiter), [])
    names = [name.strip() for name in first]
    for name in names:
        if name and names.count(name) > 1:
            raise BadOfficial("official-import.same-column", file=file, column=name)
    return names


def delimiter_of(data: bytes) -> str:
    """Return the sign between cells that the first row has most of: comma, semicolon or tab."""
    line = data[: data.find(b"\n") + 1 or len(data)].decode("utf-8", "replace")
    return max(",;\t", key=line.count)


def table(data: bytes, file: str, *, skipped: int = 0, whole: bool = False) -> pa.Table:
    """Read delimited text with a header in its first row; every column is text, and nothing is guessed or repaired.

    In: UTF-8 text; `skipped`, the rows that stood above it in the file; `whole`, to accept a last row without a line
    end. Out: a table of dictionary columns and `_row`, the row in the file (the header being row skipped + 1). A column
    without a name and without a text is left out. Raises BadOfficial for rows with more or fewer cells than the header,
    a quote that is not closed, and a last row that may be cut off.
    """
    body = data.rstrip(b"\r\n")
    ended = len(body) < len(data)
    body += b"\n"
    delimiter = delimiter_of(body)
    names = header(body, delimiter, file)
    if body.count(b'"') % 2:
        raise _unclosed(body, delimiter, file, skipped)
    # No name in a file has this sign in it: it sets apart the columns without one, and one that is named as ours.
    unique = [f"{name}\0{place}" if name in ("", "_row") else name for place, name in enumerate(names)]
    try:
        found = _parsed(body, delimiter, unique)
    except pa.ArrowInvalid as problem:
        raise _irregular(body, delimiter, len(names), (file, skipped)) from problem
    if not ended and not whole:
        raise BadOfficial(
            "official-import.no-line-end",
            file=file, row=skipped + 1 + found.num_rows, end=body[-_END:-1].decode("utf-8", "replace"),
        )  # fmt: skip
    rows = pa.array(np.arange(skipped + 2, skipped + 2 + found.num_rows))
    kept = [name for name in found.column_names if not _nameless(name, found[name], names)]
    return found.select(kept).append_column("_row", rows)


def _parsed(body: bytes, delimiter: str, names: list[str]) -> pa.Table:
    # Without line ends inside quotes a file is read twice as fast. Where there are some after all, a block that breaks
    # inside one has a row with too few cells, which cannot pass unseen unless there is one column only.
    if b'"' not in body or len(names) > 1:
        try:
            return _in_blocks(body, delimiter, names, lines=False)
        except pa.ArrowInvalid:
            pass
    return _in_blocks(body, delimiter, names, lines=True)


def _in_blocks(body: bytes, delimiter: str, names: list[str], *, lines: bool) -> pa.Table:
    many = {"value", "obs_value", "_row"}
    kinds = {name: pa.string() if name.lower() in many else pa.dictionary(pa.int32(), pa.string()) for name in names}
    found = arrow_csv.read_csv(
        pa.BufferReader(body),
        read_options=arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=_BLOCK),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=lines, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
    )
    return found.unify_dictionaries().combine_chunks()


def _nameless(name: str, column: Any, names: list[str]) -> bool:
    return name not in names and not any(column.unique().to_pylist())


def _unclosed(body: bytes, delimiter: str, file: str, skipped: int) -> BadOfficial:
    reader = csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""), delimiter=delimiter, strict=True)
    rows = 0
    try:
        for _record in reader:
            rows += 1
    except csv.Error:
        pass
    return BadOfficial("official-import.unclosed-quote", file=file, row=skipped + rows + 1)


def _irregular(body: bytes, delimiter: str, width: int, where: tuple[str, int]) -> BadOfficial:
    file, skipped = where
    reader = csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    for row, record in enumerate(reader, skipped + 1):
        if len(record) != width:
            return BadOfficial("official-import.columns-differ", file=file, row=row, found=len(record), expected=width)
    return BadOfficial("official-import.unclosed-quote", file=file, row=skipped + 1)


def _first_lines(data: bytes) -> str:
    return data[: 1 << 18].decode("utf-8", "ignore")


def _decoded(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise BadOfficial("official-import.encoding", file=file, row=_row_at(data, problem.start)) from problem


def _row_at(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
