"""JSON, JSON lines and GeoJSON: records become rows, groups become columns `a/b/c`, repeats can be read one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.encoding import to_utf8
from datashift.read.grid import Grid, Note, Options, assemble, counted, listed, text_column
from datashift.read.near import no_such_sheet

Row = dict[str, Any]

REPEATS = N_(
    "Each row holds groups that repeat: {names}. They stand as JSON in one cell; sheet = 'NAME' reads one of them."
)
UNDER = N_("The records were found under '{key}'.")
PARENT = "parent/"


class Digits(str):
    """A number as it is written in the file, so that 1.0 stays 1.0."""

    __slots__ = ()


def records(data: bytes, file: str, options: Options) -> Grid | None:
    """Read JSON as a table, or return None where the text is not JSON after all."""
    text = to_utf8(data, file, options.encoding)
    rows, format_, root = _rows(text.data.decode("utf-8"), file)
    if rows is None:
        return None
    notes: list[Note] = list(text.notes)
    if root:
        notes.append((UNDER, {"key": root}))
    repeats = list(_repeats(rows, f"{root}/" if root else ""))
    if options.sheet and options.sheet != root:
        if options.sheet not in repeats:
            raise no_such_sheet(file, options.sheet, [name for name in [root, *repeats] if name])
        rows = _descend(rows, options.sheet.removeprefix(f"{root}/"))
    elif repeats:
        notes.append((REPEATS, {"names": listed(repeats)}))
    table, name_notes = _table(rows, file)
    return Grid(table, format_, text.encoding, sheet=options.sheet or "", notes=(*notes, *name_notes))


def sheets(data: bytes, file: str) -> list[str]:
    """Return the names of the groups of records in a JSON file; none where it is one plain table."""
    rows, _, root = _rows(to_utf8(data, file).data.decode("utf-8"), file)
    repeats = list(_repeats(rows or [], f"{root}/" if root else ""))
    return [name for name in [root, *repeats] if name] if repeats else []


def _rows(text: str, file: str) -> tuple[list[Row] | None, str, str]:
    whole, problem = _loaded(text)
    if problem is None:
        return _records_of(whole, file)
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        row, broken = _loaded(line) if line.strip() else ({}, None)
        if broken is None and isinstance(row, dict):
            rows += [row] if line.strip() else []
        elif rows:
            raise Unreadable("read.bad-json", file=file, row=number)
        elif file.lower().endswith(("json", "jsonl")):
            raise Unreadable("read.bad-json", file=file, row=getattr(problem, "lineno", 1))
        else:
            return None, "", ""
    return rows, "jsonl", ""


def _loaded(text: str) -> tuple[Any, Exception | None]:
    try:
        return json.loads(text, parse_float=Digits, parse_int=Digits, parse_constant=Digits), None
    except (ValueError, RecursionError) as problem:
        return None, problem


def _records_of(whole: Any, file: str) -> tuple[list[Row], str, str]:
    if isinstance(whole, dict) and whole.get("type") == "FeatureCollection" and _is_records(whole.get("features")):
        return [_feature(feature) for feature in whole["features"]], "geojson", ""
    if isinstance(whole, dict) and whole.get("type") == "Feature":
        return [_feature(whole)], "geojson", ""
    if _is_records(whole):
        return whole, "json", ""
    lists = [key for key, value in whole.items() if value and _is_records(value)] if isinstance(whole, dict) else []
    if len(lists) == 1:
        return whole[lists[0]], "json", lists[0]
    if isinstance(whole, dict) and not lists and whole.get("type") != "Topology":
        return [whole], "jsonl", ""
    raise Unreadable("read.not-records", file=file)


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _feature(feature: Row) -> Row:
    properties = feature.get("properties")
    row = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        row.setdefault("id", feature["id"])
    shape = feature.get("geometry")
    if not isinstance(shape, dict):
        return row
    place = shape.get("coordinates")
    if shape.get("type") == "Point" and isinstance(place, list) and len(place) > 1:
        names = [name if name not in row else f"geometry/{name}" for name in ("longitude", "latitude")]
        return row | dict(zip(names, place[:2], strict=True))
    return row | {"geometry" if "geometry" not in row else "geometry/shape": _wkt(shape)}


def _wkt(shape: Row) -> str:
    kind = str(shape.get("type", "")).upper()
    if kind == "GEOMETRYCOLLECTION":
        parts = shape.get("geometries")
        inner = ", ".join(_wkt(part) for part in parts if isinstance(part, dict)) if isinstance(parts, list) else ""
        return f"{kind} ({inner})"
    if not shape.get("coordinates"):
        return f"{kind} EMPTY"
    places = _positions(shape["coordinates"])
    return f"{kind} ({places})" if kind == "POINT" else f"{kind} {places}"


def _positions(coordinates: Any) -> str:
    if not isinstance(coordinates, list):
        return str(coordinates)
    if coordinates and not isinstance(coordinates[0], list):
        return " ".join(str(number) for number in coordinates)
    return "(" + ", ".join(_positions(part) for part in coordinates) + ")"


def _repeats(rows: list[Row], above: str) -> Iterator[str]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        for key, value in row.items():
            if isinstance(value, list) and value and _is_records(value):
                found.setdefault(key, []).extend(value)
    for key, below in found.items():
        yield above + key
        yield from _repeats(below, f"{above}{key}/")


def _descend(rows: list[Row], path: str) -> list[Row]:
    keys = dict.fromkeys(key for row in rows for key in row)
    for key in sorted(keys, key=len, reverse=True):
        if path == key or path.startswith(f"{key}/"):
            below = [_with_parent(child, row, key) for row in rows for child in _children(row, key)]
            return below if path == key else _descend(below, path.removeprefix(f"{key}/"))
    return []


def _children(row: Row, key: str) -> list[Row]:
    value = row.get(key)
    return value if value and _is_records(value) else []


def _with_parent(child: Row, parent: Row, key: str) -> Row:
    return child | {
        PARENT + name: value for name, value in parent.items() if name != key and not _children(parent, name)
    }


def _table(rows: list[Row], file: str) -> tuple[Any, list[Note]]:
    columns: dict[str, list[str | None]] = {}
    for place, row in enumerate(rows):
        for name, value in _flat(row):
            column = columns.setdefault(name, [])
            column.extend([None] * (place - len(column)))
            column.append(value)
    for column in columns.values():
        column.extend([None] * (len(rows) - len(column)))
    if not columns:
        raise Unreadable("read.empty", file=file)
    texts = [text_column(column) for column in columns.values()]
    return assemble(list(columns), texts, counted(len(rows)), file)


def _flat(row: Row, above: str = "") -> Iterator[tuple[str, str | None]]:
    for key, value in row.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{key}/")
        else:
            yield above + key, _scalar(value)


def _scalar(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is None else str(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return _as_json(value)


def _as_json(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_as_json(entry)}" for key, entry in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_as_json(entry) for entry in value) + "]"
    return str(value) if isinstance(value, Digits) else json.dumps(value, ensure_ascii=False)
