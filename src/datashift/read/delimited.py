"""Delimited text: which sign parts the cells, where the header stands, and every row with every cell it has."""

from __future__ import annotations

import csv
import io
import itertools
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.encoding import to_utf8
from datashift.read.grid import MOST_COLUMNS, Grid, Note, Options, assemble, listed, text_column
from datashift.read.header import SAMPLE, Header, header

BLANK_END = N_("{count} blank lines at the end of the file were left out.")
SHORT = N_("{count} rows have fewer cells than the header (the first is row {row}). The missing cells are empty.")
LONG = N_(
    "{count} rows have more cells than the header (the first is row {row}). The extra cells are kept in {columns}."
)
STRAY = N_("A quote sign stands inside a cell in the rows {rows}. These cells were kept as they stand.")
SWALLOWED = N_(
    "Row {row}: a cell in '{column}' holds {lines} lines that look like rows of the table. "
    "If a closing quote is missing there, add it and read the file again."
)
SEP_LINE = N_("The first line names the delimiter for a spreadsheet program. It is not part of the table.")

DELIMITERS = ",;\t|^~\x1f"
_NEVER = "\x1e"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BLANK_END = re.compile(rb"(?:\r\n|\r|\n)+\Z")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SEP_LINE = re.compile(rb"sep=([^\r\n])(?:\r\n|\r|\n)")
_HEAD = 4 << 20
_BLOCK = 8 << 20

# One free text can be longer than the 128 kB that the csv module allows by itself. The setting is global there.
csv.field_size_limit(sys.maxsize)


def table(data: bytes, file: str, options: Options) -> Grid:
    """Read delimited text of any encoding; every row and every cell of it is in the result.

    Blank lines at the very end are left out and counted. Rows that are too short are filled with null, extra cells
    go to `_extra_1` and so on. `_row` counts records from the top of the file, the header being one of them.
    """
    text = to_utf8(data, file, options.encoding)
    notes = list(text.notes)
    body, hinted = _without_sep_line(text.data, notes)
    body = _without_blank_end(body, notes)
    if not body.strip():
        raise Unreadable("read.empty", file=file)
    stated = options.delimiter or hinted
    delimiter = _checked(stated, file) if stated else _delimiter(body)
    sign = delimiter or _NEVER
    records, ends = _first_records(body, sign, file, at_least=options.header_row or 0)
    found = header(records, file, options.header_row)
    names = found.names
    start = _after_lines(body, ends[found.last])
    first_row = found.last + 2
    columns, read_notes = _columns(body[start:], names, sign, (file, first_row))
    rows = np.arange(first_row, first_row + (len(columns[0]) if columns else 0))
    extra: list[str | None] = [None] * (len(columns) - len(names))
    result, name_notes = assemble([*names, *extra], columns, rows, file)
    notes += [*found.notes, *name_notes, *read_notes, *_swallowed(result, body, sign, found)]
    return Grid(result, "csv", text.encoding, delimiter, "", found.last + 1, tuple(notes))


def _without_sep_line(body: bytes, notes: list[Note]) -> tuple[bytes, str]:
    match = _SEP_LINE.match(body)
    if not match:
        return body, ""
    notes.append((SEP_LINE, {}))
    return body[match.end() :], match.group(1).decode("utf-8", "replace")


def _without_blank_end(body: bytes, notes: list[Note]) -> bytes:
    match = _BLANK_END.search(body, max(0, len(body.rstrip(b"\r\n")) - 1))
    lines = len(_LINE_END.findall(match.group())) - 1 if match else 0
    if match and lines:
        notes.append((BLANK_END, {"count": lines}))
        return body[: match.start()] + b"\n"
    return body


def _checked(delimiter: str, file: str) -> str:
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise Unreadable("read.bad-delimiter", file=file, delimiter=delimiter)
    return delimiter


def _delimiter(body: bytes) -> str:
    sample = _QUOTED.sub("q", body[: 1 << 17].decode("utf-8", "ignore"))
    lines = [line for line in re.split(r"\r\n|\r|\n", sample)[:300] if line.strip()]
    lines = lines[:-1] if len(body) > 1 << 17 and len(lines) > 1 else lines
    best, score = "", (0.0, 0)
    for sign in DELIMITERS:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        if not counts:
            continue
        usual, agreeing = counts.most_common(1)[0]
        if (agreeing / len(lines), usual) > score and (sign in lines[0] or 2 * agreeing >= len(lines)):
            best, score = sign, (agreeing / len(lines), usual)
    return best


def _first_records(body: bytes, delimiter: str, file: str, at_least: int) -> tuple[list[list[str]], list[int]]:
    head = body[:_HEAD].decode("utf-8", "ignore")
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    ends: list[int] = []
    try:
        for record in itertools.islice(reader, max(SAMPLE, at_least + 2)):
            records.append(record)
            ends.append(reader.line_num)
    except csv.Error:
        # What follows the header is read again, row by row; a header that cannot be read is the end of it.
        pass
    if not records:
        raise Unreadable("read.unclosed-quote", file=file, row=1)
    return records, ends


def _after_lines(body: bytes, lines: int) -> int:
    ends = itertools.islice(_LINE_END.finditer(body), lines - 1, None)
    last = next(ends, None)
    return last.end() if last else len(body)


def _columns(body: bytes, names: Sequence[str], delimiter: str, where: tuple[str, int]) -> tuple[list[Any], list[Note]]:
    if not body:
        return [text_column([]) for _ in names], []
    if len(names) <= MOST_COLUMNS and delimiter.isascii() and _well_quoted(body, delimiter):
        columns = _fast(body, len(names), delimiter)
        if columns is not None:
            return columns, []
    return _row_by_row(body, names, delimiter, where)


def _well_quoted(body: bytes, delimiter: str) -> bool:
    """Say whether every quote opens or closes a whole cell, as RFC 4180 wants it; a fast parser is safe then."""
    signs = np.frombuffer(body, np.uint8)
    quotes = np.flatnonzero(signs == ord('"'))
    if len(quotes) % 2:
        return False
    edges = np.zeros(256, bool)
    edges[[ord(delimiter), ord("\n"), ord("\r"), ord('"')]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = edges[signs[opening[opening > 0] - 1]]
    after = edges[signs[closing[closing < len(signs) - 1] + 1]]
    return bool(before.all() and after.all())


def _fast(body: bytes, width: int, delimiter: str) -> list[Any] | None:
    names = [str(number) for number in range(width)]
    try:
        read = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=b'"' in body, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[], strings_can_be_null=False,
                quoted_strings_can_be_null=False, check_utf8=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    return list(read.columns)


def _row_by_row(
    body: bytes, names: Sequence[str], delimiter: str, where: tuple[str, int]
) -> tuple[list[Any], list[Note]]:
    file, first_row = where
    width = len(names)
    rows, stray = _records(io.StringIO(body.decode("utf-8"), newline=""), delimiter, width, where)
    notes: list[Note] = []
    if stray:
        notes.append((STRAY, {"rows": listed(stray)}))
    short = [number for number, row in enumerate(rows, first_row) if 0 < len(row) < width]
    long = [number for number, row in enumerate(rows, first_row) if len(row) > width]
    _same_delimiter(rows, delimiter, width, where)
    widest = max(map(len, rows), default=width)
    if widest > MOST_COLUMNS:
        raise Unreadable("read.too-many-columns", file=file, columns=widest, most=MOST_COLUMNS)
    if short:
        notes.append((SHORT, {"count": len(short), "row": short[0]}))
    if long:
        extra = listed(f"_extra_{number + 1}" for number in range(widest - width))
        notes.append((LONG, {"count": len(long), "row": long[0], "columns": extra}))
    blank = [""] * width
    cells = list(itertools.zip_longest(*(row or blank for row in rows)))
    cells += [(None,) * len(rows)] * (width - len(cells))
    return [text_column(column) for column in cells], notes


def _records(
    lines: Iterable[str], delimiter: str, width: int, where: tuple[str, int]
) -> tuple[list[list[str]], list[int]]:
    file, first_row = where
    seen: list[str] = [""]
    source = _remembering(lines, seen)
    rows: list[list[str]] = []
    stray: list[int] = []
    while True:
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        done = 0
        try:
            for row in reader:
                rows.append(row)
                done = reader.line_num
        except csv.Error as problem:
            row_number = first_row + len(rows)
            alone = _alone(seen[0], delimiter, width)
            if reader.line_num - done > 1 or "end of data" in str(problem) or alone is None:
                raise Unreadable("read.unclosed-quote", file=file, row=row_number) from problem
            rows.append(alone)
            stray.append(row_number)
        else:
            return rows, stray


def _remembering(lines: Iterable[str], seen: list[str]) -> Iterable[str]:
    for line in lines:
        seen[0] = line
        yield line


def _alone(line: str, delimiter: str, width: int) -> list[str] | None:
    bare = line.rstrip("\r\n")
    literal = bare.split(delimiter)
    if len(literal) == width:
        return literal
    parsed = next(csv.reader([bare], delimiter=delimiter), [])
    return parsed if len(parsed) == width else None


def _same_delimiter(rows: list[list[str]], delimiter: str, width: int, where: tuple[str, int]) -> None:
    single = [(number, row[0]) for number, row in enumerate(rows) if len(row) == 1 and row[0].strip()]
    if width < 2 or len(single) < max(2, 0.05 * len(rows)):
        return
    for sign in DELIMITERS.replace(delimiter, ""):
        other = [number for number, cell in single if cell.count(sign) == width - 1]
        if len(other) >= max(2, 0.8 * len(single)):
            raise Unreadable(
                "read.mixed-delimiters", file=where[0], row=where[1] + other[0], delimiter=shown(delimiter),
                other=shown(sign),
            )  # fmt: skip


def shown(delimiter: str) -> str:
    """Return a delimiter as it can be printed."""
    return {"\t": "tab", "\x1f": "unit separator"}.get(delimiter, delimiter)


def _swallowed(result: pa.Table, body: bytes, delimiter: str, found: Header) -> list[Note]:
    """Look for cells with as many delimiters per line as the table has: a sign of a quote that was never closed."""
    width = len(found.names)
    if width < 4 or b'"' not in body or body.count(b"\n") <= result.num_rows + found.last + 1:
        return []
    for name in result.column_names[1:]:
        breaks = pc.count_substring(result[name], "\n")
        signs = pc.count_substring(result[name], delimiter)
        alike = pc.and_(pc.greater(breaks, 0), pc.equal(signs, pc.multiply(breaks, width - 1)))
        place = pc.index(alike, True).as_py()
        if place >= 0:
            row, lines = result["_row"][place].as_py(), breaks[place].as_py() + 1
            return [(SWALLOWED, {"row": row, "column": name, "lines": lines})]
    return []
