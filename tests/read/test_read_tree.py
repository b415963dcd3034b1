"""JSON, JSON lines and GeoJSON as tables."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import read_bytes


def read(text: str, name: str = "a.json", **options: Any) -> Raw:
    return read_bytes(text.encode(), name, **options)


def notes(raw: Raw) -> str:
    return " ".join(template.format(**facts) for template, facts in raw.origin.notes)


def refused(text: str, name: str = "a.json", **options: Any) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text, name, **options)
    return caught.value


def test_records_become_rows_and_groups_become_columns() -> None:
    raw = read('[{"id": "007", "g": {"a": 1.0, "b": {"c": true}}}, {"id": 8, "new": null, "list": [1, 2.50, "x"]}]')
    assert raw.table.to_pylist() == [
        {"_row": 2, "id": "007", "g/a": "1.0", "g/b/c": "TRUE", "new": None, "list": None},
        {"_row": 3, "id": "8", "g/a": None, "g/b/c": None, "new": None, "list": '[1, 2.50, "x"]'},
    ]


def test_numbers_keep_every_digit() -> None:
    raw = read('[{"n": 12345678901234567890, "x": 0.10000000000000000001, "e": 1e400, "i": NaN}]')
    assert raw.table.to_pylist()[0] == {
        "_row": 2, "n": "12345678901234567890", "x": "0.10000000000000000001", "e": "1e400", "i": "NaN",
    }  # fmt: skip


def test_json_lines_are_read_and_a_broken_line_is_named() -> None:
    raw = read('{"a": 1, "b": "x"}\n\n{"a": 2, "c": "ñ"}\n', "a.jsonl")
    assert raw.origin.format == "jsonl"
    assert raw.table["a"].to_pylist() == ["1", "2"]
    assert raw.table["c"].to_pylist() == [None, "ñ"]
    error = refused('{"a": 1}\n{"a": 2\n{"a": 3}\n', "a.jsonl")
    assert (error.code, error.facts["row"]) == ("read.bad-json", 2)
    assert refused('[{"a": 1},\n {"a": }]').facts["row"] == 2


def test_one_list_below_the_top_is_found_and_noted() -> None:
    raw = read('{"count": 2, "next": null, "results": [{"_uuid": "u1"}, {"_uuid": "u2"}]}')
    assert raw.table["_uuid"].to_pylist() == ["u1", "u2"]
    assert "'results'" in notes(raw)


REPEATS = (
    '[{"_uuid": "u1", "hh/members": [{"name": "x", "toys": [{"toy": "ball"}]}, {"name": "y"}]}, '
    '{"_uuid": "u2", "hh/members": []}]'
)


def test_repeats_are_named_and_can_be_read_with_their_parents() -> None:
    main = read(REPEATS)
    assert main.table.num_rows == 2
    assert "hh/members, hh/members/toys" in notes(main)
    members = read(REPEATS, sheet="hh/members").table
    assert members["name"].to_pylist() == ["x", "y"]
    assert members["parent/_uuid"].to_pylist() == ["u1", "u1"]
    toys = read(REPEATS, sheet="hh/members/toys").table
    assert toys.to_pylist() == [{"_row": 2, "toy": "ball", "parent/name": "x", "parent/parent/_uuid": "u1"}]
    assert refused(REPEATS, sheet="members").code == "read.sheet-not-found"


POINTS = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "id": 3, "properties": {"name": "well", "g": {"a": 1}},
  "geometry": {"type": "Point", "coordinates": [39.50, -4.1, 12.0]}},
 {"type": "Feature", "properties": {"name": "lost"}, "geometry": null},
 {"type": "Feature", "properties": {"name": "zone"},
  "geometry": {"type": "MultiPolygon", "coordinates":
   [[[[0, 0], [4, 0], [4, 4], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 1]]]]}}]}"""


def test_geojson_points_get_coordinates_and_shapes_become_wkt() -> None:
    raw = read(POINTS, "a.geojson")
    assert raw.origin.format == "geojson"
    assert raw.table["longitude"].to_pylist() == ["39.50", None, None]
    assert raw.table["latitude"].to_pylist() == ["-4.1", None, None]
    assert raw.table["name"].to_pylist() == ["well", "lost", "zone"]
    assert raw.table["g/a"].to_pylist() == ["1", None, None]
    shape = shapely.from_wkt(raw.table["geometry"].to_pylist()[2])
    assert shape.area == pytest.approx(7.5)


@pytest.mark.parametrize(
    "geometry",
    ['{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}',
     '{"type": "MultiPoint", "coordinates": [[0, 0], [1, 1]]}',
     '{"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 0]]]}',
     '{"type": "Polygon", "coordinates": []}',
     '{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}]}'],
)  # fmt: skip
def test_other_shapes_become_wkt_that_can_be_read_back(geometry: str) -> None:
    raw = read(f'{{"type": "Feature", "properties": {{"a": 1}}, "geometry": {geometry}}}', "a.geojson")
    text = raw.table["geometry"].to_pylist()[0]
    assert shapely.from_wkt(text).geom_type.upper() == text.split()[0]


def test_coordinates_of_points_never_cover_a_column_of_that_name() -> None:
    raw = read('{"type": "Feature", "properties": {"longitude": "typed"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}')  # fmt: skip  # noqa: E501
    assert raw.table.to_pylist() == [{"_row": 2, "longitude": "typed", "geometry/longitude": "1", "latitude": "2"}]


def test_json_that_is_no_list_of_records_is_an_error() -> None:
    assert refused("[1, 2]").code == "read.not-records"
    assert refused('{"type": "Topology", "objects": {}}').code == "read.not-records"
    assert refused("[" * 100_000).code in {"read.bad-json", "read.not-records"}
    assert refused("[]").code == "read.empty"


def test_text_that_only_begins_like_json_is_read_as_delimited_text() -> None:
    raw = read("[id],name\n1,Kwale\n", "a.csv")
    assert raw.table.to_pylist() == [{"_row": 2, "[id]": "1", "name": "Kwale"}]


def test_half_a_surrogate_pair_does_not_stop_the_reader() -> None:
    assert read('[{"a": "x\\ud800"}]').table["a"].to_pylist() == ["x\\ud800"]
