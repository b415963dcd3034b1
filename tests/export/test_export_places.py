import json
import sqlite3
import struct
from contextlib import closing

import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadExport
from datashift.export.geometry import AREA, LINE, POINT, binary, positions
from datashift.export.layout import Choice, Column, Layout, Options, Sheet
from datashift.export.writing import write


def _all(path, question):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(question).fetchall()


def _shape(blob):
    """Take a GeoPackage geometry apart: its envelope and its shape."""
    magic, version, flags, system = struct.unpack_from("<2sBBi", blob)
    assert (magic, version, system) == (b"GP", 0, 4326)
    size = {0: 0, 1: 32}[flags >> 1 & 7]
    return struct.unpack_from(f"<{size // 8}d", blob, 8), shapely.from_wkb(blob[8 + size :])


def test_a_geopackage_says_what_it_is_and_holds_together(household, family, written):
    path, _ = written("geopackage", household, [family])
    assert _all(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert _all(path, "PRAGMA user_version") == [(10300,)]
    assert _all(path, "PRAGMA integrity_check") == [("ok",)]
    assert _all(path, "PRAGMA foreign_key_check") == []
    assert {row[0] for row in _all(path, "SELECT srs_id FROM gpkg_spatial_ref_sys")} == {-1, 0, 4326}
    listed = _all(path, "SELECT table_name, data_type, srs_id FROM gpkg_contents")
    assert listed == [
        ("Household", "features", 4326), ("Household_way", "features", 4326), ("Household_field", "features", 4326),
        ("Members", "attributes", None), ("Visits", "attributes", None),
    ]  # fmt: skip
    assert _all(path, "SELECT table_name, column_name, geometry_type_name, z, m FROM gpkg_geometry_columns") == [
        ("Household", "geom", "POINT", 0, 0), ("Household_way", "geom", "LINESTRING", 0, 0),
        ("Household_field", "geom", "POLYGON", 0, 0),
    ]  # fmt: skip


def test_points_lines_and_areas_stand_where_people_stood(household, family, written):
    path, _ = written("geopackage", household, [family])
    ((point,), (none,)) = _all(path, 'SELECT geom FROM "Household" ORDER BY fid')
    assert _shape(point) == ((), shapely.Point(85.3, 27.7))
    assert none is None
    ((row, way),) = _all(path, 'SELECT "row", geom FROM "Household_way"')
    assert row == 1
    assert _shape(way) == ((85.3, 85.4, 27.7, 27.8), shapely.LineString([(85.3, 27.7), (85.4, 27.8)]))
    ((field,),) = _all(path, 'SELECT geom FROM "Household_field"')
    assert _shape(field)[1].equals(shapely.Polygon([(0, 0), (1, 0), (1, 1)]))
    sides = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'Household_way'"
    assert _all(path, sides) == [(85.3, 27.7, 85.4, 27.8)]


def test_answers_keep_their_types_and_the_text_of_a_place_stays(household, family, written):
    path, _ = written("geopackage", household, [family])
    found = _all(path, 'SELECT "_index", "age", "income", "day", "place", typeof("age") FROM "Household"')
    assert found[0] == (1, 34, 12.5, "2026-02-28", "27.7 85.3 1400 5", "integer")
    assert found[1] == (2, None, None, None, None, "null")


@pytest.mark.parametrize(
    "text", ["", "here", "27.7", "91 0 0 0", "0 181", "nan 0", "inf 0", "1 2;3 4", "1e999 2", "27,7 85,3", ";", "1 2;;"]
)
def test_what_is_no_place_stays_text_and_gets_no_geometry(household, sent, written, text):
    path, _ = written("geopackage", household, [[sent(1, place=text)]])
    assert _all(path, 'SELECT geom, "place" FROM "Household"') == [(None, text or None)]


def test_hostile_names_of_sheets_and_columns_are_only_names(written, sent):
    names = ['a"); DROP TABLE gpkg_contents;--', "fid", "geom", "Geom", "rowid", "select", "x\0y"]
    columns = tuple(Column(name) for name in names)
    sheets = (Sheet("gpkg_contents", columns), Sheet('x"; --', (Column("r/fid"),), "r"))
    answers = {name: f"answer {name}" for name in names}
    path, _ = written("geopackage", Layout(sheets, ("_id", "_uuid", "_state")), [[sent(1, **answers)]])
    assert [row[0] for row in _all(path, "SELECT table_name FROM gpkg_contents")] == ["data_gpkg_contents", "x_--"]
    assert set(answers.values()) <= set(_all(path, 'SELECT * FROM "data_gpkg_contents"')[0])


def test_more_columns_than_sqlite_holds_are_told(tmp_path):
    choices = tuple(Choice(str(number), {}) for number in range(2_100))
    layout = Layout((Sheet("Wide", (Column("a", choices=choices, multiple=True),)),))
    with pytest.raises(BadExport) as raised:
        write("geopackage", layout, [], tmp_path / "x.gpkg", Options(split=True))
    assert raised.value.code == "export.columns"


def test_geoparquet_states_its_geometries(household, family, written):
    path, _ = written("geoparquet", household, [family])
    found = pq.read_table(path / "Household.parquet")
    stated = json.loads(pq.read_metadata(path / "Household.parquet").metadata[b"geo"])
    assert stated["version"] == "1.1.0"
    assert stated["primary_column"] == "place_geometry"
    assert stated["columns"]["way_geometry"] == {
        "encoding": "WKB", "geometry_types": ["LineString"], "bbox": [85.3, 27.7, 85.4, 27.8]
    }  # fmt: skip
    assert shapely.from_wkb(found["place_geometry"].to_pylist()[0]) == shapely.Point(85.3, 27.7)
    assert found["place_geometry"].to_pylist()[1] is None
    assert [str(found.schema.field(name).type) for name in ("age", "income", "day", "person/name")] == [
        "int64", "double", "date32[day]", "string"
    ]  # fmt: skip
    assert b"geo" not in (pq.read_metadata(path / "Visits.parquet").metadata or {})


def test_many_batches_become_one_file(household, sent, written):
    path, _ = written("geoparquet", household, ([sent(n, age=str(n))] for n in range(2_500)))
    assert pq.read_table(path / "Household.parquet")["age"].to_pylist() == list(range(2_500))


DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(DEGREES, min_size=3, max_size=9))
def test_another_reader_finds_the_same_positions(places):
    answer = ";".join(f"{latitude} {longitude} 12.0 4.5" for latitude, longitude in places)
    expected = [(longitude, latitude) for latitude, longitude in places]
    line = positions(answer, LINE)
    assert list(shapely.from_wkb(binary(line, LINE)).coords) == expected
    point = positions(answer.split(";")[0], POINT)
    assert list(shapely.from_wkb(binary(point, POINT)).coords) == expected[:1]
    if expected[0] != expected[-1]:
        area = positions(answer, AREA)
        assert list(shapely.from_wkb(binary(area, AREA)).exterior.coords) == [*expected, expected[0]]


@given(st.text())
def test_no_text_makes_a_place_stumble(text):
    for kind in (POINT, LINE, AREA):
        found = positions(text, kind)
        assert found is None or shapely.from_wkb(binary(found, kind)).geom_type in ("Point", "LineString", "Polygon")
