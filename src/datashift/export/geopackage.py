"""GeoPackage 1.3 (OGC 12-128r17), written with the sqlite3 of Python.

Each sheet is a table. Its first place question is its geometry; each further one is a layer of its own, joined by
`row`, since a table has one geometry only. What people sent stays beside it as text, with altitude and accuracy.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from datashift.errors import BadExport
from datashift.export.beside import file_names, moved
from datashift.export.geometry import AREA, KINDS, LINE, POINT, Box, binary, extent, positions
from datashift.export.layout import Rows, Written
from datashift.export.plan import Table, unique
from datashift.export.spool import Spool, spooled

MOST_COLUMNS = 1900
"""SQLite holds 2,000 columns; some are ours."""
_NAMES = {POINT: "POINT", LINE: "LINESTRING", AREA: "POLYGON"}
_TYPES = {"int": "INTEGER", "decimal": "REAL", "date": "DATE", "string": "TEXT"}
_STEP = 500
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_FRAME = """
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
"""


class _Layer(NamedTuple):
    """A table to make: its name, the number of its sheet, the place of its geometry in the row, further or not."""

    name: str
    spool: Spool
    place: int | None
    further: bool


def write_geopackage(tables: tuple[Table, ...], rows: Rows, scratch: Path, path: Path, told: Written) -> None:
    """Write a GeoPackage with a table for each sheet. More columns than SQLite holds are an error."""
    for table in tables:
        if len(table.fields) > MOST_COLUMNS:
            columns = len(table.fields)
            raise BadExport("export.columns", name=table.sheet.name, columns=columns, most=MOST_COLUMNS)
    made = scratch / "package"
    spools = spooled(tables, rows, scratch, told)
    base = sqlite3.connect(made, isolation_level=None)
    try:
        base.executescript(_FRAME)
        base.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", [
            ("Undefined Cartesian", -1, "NONE", -1, "undefined", None),
            ("Undefined geographic", 0, "NONE", 0, "undefined", None),
            ("WGS 84", 4326, "EPSG", 4326, _WGS84, "longitude and latitude in degrees"),
        ])  # fmt: skip
        base.execute("BEGIN")
        for layer in _layers(spools):
            _write(base, layer)
        base.execute("COMMIT")
    finally:
        base.close()
    moved(made, path)


def _layers(spools: list[Spool]) -> list[_Layer]:
    names = file_names(spool.table.sheet.name for spool in spools)
    found = []
    for spool, name in zip(spools, names, strict=True):
        places = [place for place, field in enumerate(spool.table.fields) if field.kind in KINDS]
        found.append(_Layer(_own(name), spool, places[0] if places else None, False))
        found += [_Layer(_own(f"{name}_{spool.table.fields[place].name}"), spool, place, True) for place in places[1:]]
    made = unique(layer.name for layer in found)
    return [layer._replace(name=name) for layer, name in zip(found, made, strict=True)]


def _own(name: str) -> str:
    """Return a name that is no table of GeoPackage or SQLite itself."""
    return f"data_{name}" if name.lower().startswith(("gpkg_", "sqlite_", "rtree_")) else name


def _write(base: sqlite3.Connection, layer: _Layer) -> None:
    fields, kinds = layer.spool.table.fields, layer.spool.kinds
    used = [0] if layer.further else list(range(len(fields)))
    names = unique(["fid", "geom", *("row" if layer.further else fields[place].title for place in used)])
    types = [_TYPES.get(kinds[place], "TEXT") for place in used]
    columns = [f"{_quoted(name)} {kind}" for name, kind in zip(names[2:], types, strict=True)]
    key = '"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL'
    geometry = [] if layer.place is None else [f'"geom" {_NAMES[_kind(layer)]}']
    base.execute(f"CREATE TABLE {_quoted(layer.name)} ({', '.join([key, *geometry, *columns])})")
    box = Box()
    marks = ", ".join("?" * (len(geometry) + len(used)))
    listed = ", ".join(map(_quoted, names[1:] if geometry else names[2:]))
    put = f"INSERT INTO {_quoted(layer.name)} ({listed}) VALUES ({marks})"  # noqa: S608 - names are quoted
    found = _rows(layer, used, box)
    while batch := list(islice(found, _STEP)):
        base.executemany(put, batch)
    _listed(base, layer, box)


def _listed(base: sqlite3.Connection, layer: _Layer, box: Box) -> None:
    """Enter a table into the contents of the package."""
    kind, system = ("attributes", None) if layer.place is None else ("features", 4326)
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    base.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)",
        (layer.name, kind, layer.name, now, *(box.sides or [None] * 4), system),
    )
    if layer.place is not None:
        base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (layer.name, _NAMES[_kind(layer)])
        )


def _rows(layer: _Layer, used: list[int], box: Box) -> Iterator[list[object]]:
    kinds = layer.spool.kinds
    for cells in layer.spool:
        row: list[object] = [_typed(cells[place], kinds[place]) for place in used]
        if layer.place is None:
            yield row
        elif (found := positions(cells[layer.place], _kind(layer))) is not None:
            sides = extent(found)
            box.take(sides)
            yield [_blob(binary(found, _kind(layer)), sides, _kind(layer)), *row]
        elif not layer.further:
            yield [None, *row]


def _kind(layer: _Layer) -> int:
    return KINDS[layer.spool.table.fields[layer.place or 0].kind]


def _blob(shape: bytes, sides: tuple[float, float, float, float], kind: int) -> bytes:
    """Return a geometry with the header of GeoPackage; lines and areas state their extent in it."""
    if kind == POINT:
        return struct.pack("<2sBBi", b"GP", 0, 0b0001, 4326) + shape
    west, south, east, north = sides
    return struct.pack("<2sBBi4d", b"GP", 0, 0b0011, 4326, west, east, south, north) + shape


def _typed(cell: str, kind: str) -> object:
    if not cell:
        return None
    return int(cell) if kind == "int" else float(cell) if kind == "decimal" else cell


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\0", "_") + '"'
