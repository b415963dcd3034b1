"""GeoParquet 1.1: a Parquet file for each sheet; places are well-known binary beside the text that people sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from datashift.export.beside import file_names, gathered
from datashift.export.geometry import AREA, KINDS, LINE, POINT, Box, binary, extent, positions
from datashift.export.layout import Rows, Written
from datashift.export.plan import Table, unique
from datashift.export.signs import day
from datashift.export.spool import Spool, spooled

_STEP = 1_000
_NAMES = {POINT: "Point", LINE: "LineString", AREA: "Polygon"}
_TYPES: dict[str, tuple[Any, Callable[[str], object]]] = {
    "int": (pa.int64(), int),
    "decimal": (pa.float64(), float),
    "date": (pa.date32(), day),
    "string": (pa.string(), str),
}


class _Place(NamedTuple):
    """A geometry column: its name, where its text stands in a row, what it is, and what it covers."""

    name: str
    at: int
    kind: int
    box: Box


def write_geoparquet(tables: tuple[Table, ...], rows: Rows, scratch: Path, path: Path, told: Written) -> None:
    """Write a file for each sheet into a zip or a folder. A sheet without places is plain Parquet."""
    files = []
    spools = spooled(tables, rows, scratch, told)
    for spool, name in zip(spools, file_names(table.sheet.name for table in tables), strict=True):
        files.append(scratch / f"{name}.parquet")
        _write(spool, files[-1])
        spool.file.unlink()
    gathered(files, scratch, path)


def _write(spool: Spool, file: Path) -> None:
    fields = spool.table.fields
    places = [place for place, field in enumerate(fields) if field.kind in KINDS]
    names = unique([*(field.title for field in fields), *(f"{fields[place].title}_geometry" for place in places)])
    geometries = [
        _Place(name, at, KINDS[fields[at].kind], Box()) for name, at in zip(names[len(fields) :], places, strict=True)
    ]
    known = [_TYPES.get(kind, _TYPES["string"]) for kind in spool.kinds]
    types = [*(kind for kind, _ in known), *[pa.binary()] * len(geometries)]
    schema = pa.schema(list(zip(names, types, strict=True)))
    rows = iter(spool)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _STEP)):
            columns = list(zip(*batch, strict=True))
            cells = [
                pa.array([made(cell) if cell else None for cell in column], kind)
                for column, (kind, made) in zip(columns, known, strict=True)
            ]
            shapes = [pa.array([_shape(cell, one) for cell in columns[one.at]], pa.binary()) for one in geometries]
            writer.write_table(pa.table([*cells, *shapes], schema=schema))
        if geometries:
            writer.add_key_value_metadata({"geo": json.dumps(_geo(geometries))})


def _shape(cell: str, place: _Place) -> bytes | None:
    found = positions(cell, place.kind) if cell else None
    if found is None:
        return None
    place.box.take(extent(found))
    return binary(found, place.kind)


def _geo(places: list[_Place]) -> dict[str, Any]:
    """Return what GeoParquet says of its geometries. Without a word on coordinates they are WGS 84, longitude first."""
    columns = {
        one.name: {"encoding": "WKB", "geometry_types": [_NAMES[one.kind]]}
        | ({"bbox": list(one.box.sides)} if one.box.sides else {})
        for one in places
    }
    return {"version": "1.1.0", "primary_column": places[0].name, "columns": columns}
