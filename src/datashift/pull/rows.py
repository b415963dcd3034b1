"""Records become tables of text with ids that last; a digest says whether a record is as it was."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from datashift.errors import BadPull
from datashift.pull.state import MAIN, PARENT_ID, ROOT_ID, ROW_ID, Counts, State
from datashift.read.grid import text_column

Fields = dict[str, Any]
Sheets = dict[str, pa.Table]


# --- from JSON records ------------------------------------------------------------------------------------------------


def parsed(data: bytes, address: str) -> Any:
    """Return JSON with its numbers as they are written. Raises BadPull where it is no JSON."""
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        raise BadPull("pull.not-data", address=address, problem="JSON") from None


def sheets_of(records: Mapping[str, Fields], own_id: str = "") -> Sheets:
    """Return records by id as sheets; groups become columns `a/b`, lists of records become sheets of their own.

    `own_id` names the column that holds the id of a row of a repeat; without it, it is counted within its record.
    """
    rows: dict[str, list[Fields]] = {MAIN: []}
    for root, record in records.items():
        _spread(record, {ROW_ID: root}, MAIN, rows, own_id)
    return {name: table(found) for name, found in rows.items()}


def table(rows: Sequence[Mapping[str, str | None]], names: Sequence[str] = ()) -> pa.Table:
    """Return rows as a table of text; columns in the order in which they first appear, ids first."""
    known = dict.fromkeys([*names, *(name for row in rows for name in row)]) or {ROW_ID: None}
    return pa.table({name: text_column(_filled(row.get(name)) for row in rows) for name in known})


def sheet_name(name: str) -> str:
    """Return the name of a repeat; one that is called like the main sheet gets another."""
    return f"{MAIN} (2)" if name == MAIN else name


def _filled(cell: str | None) -> str | None:
    # A CSV file cannot tell "" from nothing, so neither do we: else a stored row would look changed.
    return cell or None


def _spread(record: Fields, ids: dict[str, str], sheet: str, rows: dict[str, list[Fields]], own_id: str) -> None:
    """Add the row of a record to its sheet, and the rows of its repeats to theirs."""
    cells: Fields = dict(ids)
    rows.setdefault(sheet, []).append(cells)
    root = ids.get(ROOT_ID, ids[ROW_ID])
    for name, value in _flat(record):
        if not _is_repeat(name, value):
            if not name.rsplit("/", 1)[-1].partition("@")[1] and not (name in cells and name in ids):
                cells[name] = _text(value)
            continue
        below = sheet_name(name if sheet == MAIN or name.startswith(f"{sheet}/") else f"{sheet}/{name}")
        for number, child in enumerate(value, 1):
            counted = f"{ids[ROW_ID]}/{name.rsplit('/', 1)[-1]}[{number}]"
            own = str(child.get(own_id) or "") if own_id else ""
            _spread(child, {ROW_ID: own or counted, PARENT_ID: ids[ROW_ID], ROOT_ID: root}, below, rows, own_id)


def _flat(record: Fields, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict) and value and "coordinates" not in value:
            yield from _flat(value, f"{above}{name}/")
        else:
            yield above + name, value


def _is_repeat(name: str, value: Any) -> bool:
    # What begins with _ is bookkeeping of the system (attachments, notes), no repeat of the form.
    return isinstance(value, list) and bool(value) and name[:1] != "_" and all(isinstance(row, dict) for row in value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_number, sort_keys=True) if value else None
    return str(value)


def _number(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


# --- from tables ------------------------------------------------------------------------------------------------------


def identified(found: pa.Table, key: Sequence[str], *, sure: bool) -> pa.Table:
    """Return a table with `_row_id` first, made of the columns `key`, or of the whole row where there is no key.

    No row is lost: where ids repeat, the second gets #2, and so on. With `sure` (the user named the key) repeated ids
    raise BadPull, as do columns that are not there.
    """
    for column in key:
        if column not in found.column_names:
            raise BadPull("pull.no-key", column=column, columns=", ".join(found.column_names[:40]))
    ids = _ids(found, key)
    repeated = len(ids) - len(set(ids))
    if repeated and sure:
        raise BadPull("pull.key-repeats", count=repeated, key=", ".join(key))
    columns = {name: text_column(map(_filled, found[name].to_pylist())) for name in found.column_names}
    return pa.table({ROW_ID: pa.array(_numbered(ids) if repeated else ids, pa.string())} | columns)


def _ids(found: pa.Table, key: Sequence[str]) -> list[str]:
    columns = [found[name].to_pylist() for name in key or found.column_names]
    if key:
        joined = ["/".join(cell or "" for cell in row) for row in zip(*columns, strict=True)]
        if all(name.strip("/") for name in joined):
            return joined
        # A row without its key is still an answer: it is known by all it says.
        whole = _ids(found, ())
        return [name if name.strip("/") else other for name, other in zip(joined, whole, strict=True)]
    return [_digest(zip(found.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _numbered(ids: Sequence[str]) -> list[str]:
    times: dict[str, int] = defaultdict(int)
    taken = set(ids)
    named = []
    for one in ids:
        times[one] += 1
        name = one
        while times[one] > 1 and (name := f"{one}#{times[one]}") in taken:
            times[one] += 1
        named.append(name)
    return named


# --- what changed -----------------------------------------------------------------------------------------------------


def digests(sheets: Mapping[str, pa.Table]) -> dict[str, str]:
    """Return the digest of each record with its repeats, by id; empty cells and the order of columns do not count."""
    said: dict[str, str] = {}
    below: dict[str, list[str]] = defaultdict(list)
    for name, found in sheets.items():
        root = ROW_ID if name == MAIN else ROOT_ID
        columns = sorted(set(found.column_names) - {ROOT_ID})
        cells = [found[column].to_pylist() for column in columns]
        for one, row in zip(found[root].to_pylist(), zip(*cells, strict=True), strict=True):
            told = _digest(zip(columns, row, strict=True))
            if name == MAIN:
                said[one] = told
            else:
                below[one].append(f"{name}:{told}")
    return {one: _joined(told, below[one]) if one in below else told for one, told in said.items()}


def _joined(told: str, repeats: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join([told, *sorted(repeats)]).encode(), digest_size=12).hexdigest()


def _digest(cells: Iterable[tuple[str, str | None]]) -> str:
    told = "\x1e".join(f"{name}\x1f{cell}" for name, cell in cells if cell)
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def compared(known: State, found: Mapping[str, str], gone: Iterable[str] = ()) -> Counts:
    """Count records as new, changed or same against what is known, and those that are gone."""
    new = sum(one not in known.rows for one in found)
    same = sum(known.rows.get(one) == told for one, told in found.items())
    return Counts(new, len(found) - new - same, len(tuple(gone)), same)
