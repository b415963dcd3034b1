"""Polygons from GeoJSON and TopoJSON: the same shapes whatever the format, and clear words when there are none."""

from __future__ import annotations

import gzip
import json

import pytest
import shapely
from shapely.geometry import box

from datashift.errors import Unreadable
from datashift.standards.shapes import polygons

# Two squares that share an edge, each arc stored once; the second square reads the shared arc backwards.
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.5], "translate": [10, 20]},
    "arcs": [[[2, 0], [0, 2]], [[2, 2], [-2, 0], [0, -2], [2, 0]], [[2, 0], [2, 0], [0, 2], [-2, 0]]],
    "objects": {
        "regions": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "W", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "E", "properties": {"name": "East"}, "arcs": [[[2, -1]]]},
                {"type": "Point", "properties": {"name": "Town"}, "coordinates": [1, 1]},
                {"type": "Polygon", "properties": {"code": 7}, "arcs": [[0, 1]]},
            ],
        }
    },
}


def collection(*features: dict) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def feature(geometry: dict | None, **properties) -> dict:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def square(west: float, south: float) -> dict:
    return json.loads(json.dumps(shapely.geometry.mapping(box(west, south, west + 1, south + 1))))


def test_topojson_arcs_become_the_polygons_they_stand_for():
    found = polygons(json.dumps(TOPOLOGY).encode(), "name")
    assert list(found) == ["West", "East"]
    assert found["West"][0].equals(box(10, 20, 11, 21))
    assert found["East"][0].equals(box(11, 20, 12, 21))


def test_topojson_without_a_transform_holds_plain_coordinates():
    arcs = [[[11, 20], [11, 21]], [[11, 21], [10, 21], [10, 20], [11, 20]], [[11, 20], [12, 20], [12, 21], [11, 21]]]
    plain = {**TOPOLOGY, "arcs": arcs}
    del plain["transform"]
    assert polygons(json.dumps(plain).encode(), "name")["East"][0].equals(box(11, 20, 12, 21))


def test_the_id_of_a_feature_names_it_where_asked():
    assert list(polygons(json.dumps(TOPOLOGY).encode(), "id")) == ["W", "E"]


def test_geojson_gzipped_on_disk_reads_like_plain_bytes(tmp_path):
    content = collection(feature(square(30, 1), name="Ash"), feature(square(31, 1), name="Elm"))
    path = tmp_path / "areas.geojson.gz"
    path.write_bytes(gzip.compress(content, mtime=0))
    for source in (path, str(path), content):
        found = polygons(source, "name")
        assert [name for name, (shape,) in found.items() if shape.covers(shapely.Point(30.5, 1.5))] == ["Ash"]


def test_several_shapes_of_one_name_are_all_kept():
    content = collection(feature(square(0, 0), name="Ash"), feature(square(5, 5), name="Ash"))
    assert len(polygons(content, "name")["Ash"]) == 2


def test_numbers_as_names_become_text():
    assert list(polygons(collection(feature(square(0, 0), code=7)), "code")) == ["7"]


def test_holes_stay_holes():
    ring = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
    content = collection(feature({"type": "Polygon", "coordinates": [ring, hole]}, name="Ash"))
    assert polygons(content, "name")["Ash"][0].area == 15


def test_islets_that_have_shrunk_to_a_point_are_left_out_and_the_rest_stays():
    speck = [[[9, 9], [9, 9], [9, 9]]]
    geometry = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], speck]}
    (found,) = polygons(collection(feature(geometry, name="Ash")), "name")["Ash"]
    assert found.area == 1


def test_a_shape_that_crosses_itself_is_repaired():
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    (found,) = polygons(collection(feature(bow, name="Ash")), "name")["Ash"]
    assert found.is_valid
    assert found.area == 2


def test_places_without_a_shape_or_without_the_name_are_left_out():
    content = collection(feature(None, name="Ash"), feature(square(0, 0)), feature(square(3, 3), name="Elm"))
    assert list(polygons(content, "name")) == ["Elm"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[1, 2]",
        b'{"type": "Feature',
        b'{"features": []}',
        b'{"type": "FeatureCollection"}',
        gzip.compress(b'{"type": "FeatureCollection"', mtime=0)[:-9],
        b'{"type": "Topology", "arcs": [[[0, 0], [1, 1]]], "objects": {"a": {"type": "Polygon", "arcs": [[5]]}}}',
        collection(feature({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, name="Ash")),
    ],
)
def test_what_is_no_map_is_refused_in_plain_words(content):
    with pytest.raises(Unreadable) as refused:
        polygons(content, "name", file="areas.json")
    assert refused.value.code == "shapes.not-geo"
    assert "areas.json" in str(refused.value)


def test_a_wrong_property_is_answered_with_the_right_ones():
    with pytest.raises(Unreadable) as refused:
        polygons(collection(feature(square(0, 0), NAME_1="Ash", code=3)), "name", file="areas.json")
    assert refused.value.code == "shapes.no-name"
    assert "NAME_1, code" in str(refused.value)


def test_metres_instead_of_degrees_are_refused():
    with pytest.raises(Unreadable) as refused:
        polygons(collection(feature(square(500000, 9200000), name="Ash")), "name", file="areas.json")
    assert refused.value.code == "shapes.not-degrees"
    assert "500000" in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Unreadable) as refused:
        polygons(tmp_path / "gone.geojson", "name")
    assert refused.value.code == "read.not-found"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "name", "count", "inside"),
    [
        ("tza_regions_2012.topojson", "Region_Nam", 30, ("Dodoma", 35.75, -6.17)),
        ("ken_counties.geojson.gz", "COUNTY_NAM", 47, ("MOMBASA", 39.66, -4.04)),
        ("npl_districts77.geojson.gz", "DISTRICT", 77, ("KATHMANDU", 85.32, 27.71)),
        ("ne_arg_admin1.topo.json", "name", 24, ("Córdoba", -64.18, -31.42)),
    ],
)
def test_real_boundaries_hold_their_capitals(shared, file, name, count, inside):
    found = polygons(shared / "boundaries" / file, name)
    assert len(found) == count
    place, longitude, latitude = inside
    point = shapely.Point(longitude, latitude)
    assert [area for area, shapes in found.items() if any(shape.covers(point) for shape in shapes)] == [place]
    assert all(shape.is_valid for shapes in found.values() for shape in shapes)


def test_only_the_wanted_names_are_read():
    content = collection(feature(square(0, 0), name="Ash"), feature(square(3, 3), name="Elm"))
    assert list(polygons(content, "name", only=["Elm"])) == ["Elm"]
