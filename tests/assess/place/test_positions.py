from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from datashift.assess import sentence
from datashift.assess.place.land import flattened, same_place
from datashift.model import Area

KM = 1 / 111.2


def moved(columns: dict[str, list[Any]], points: dict[int, tuple[Any, Any]], area: str | None = None):
    """The same columns with other (latitude, longitude) in some spreadsheet rows, and perhaps another district."""
    changed = {name: list(values) for name, values in columns.items()}
    for row, (lat, lon) in points.items():
        changed["lat"][row - 2], changed["lon"][row - 2] = str(lat), str(lon)
        if area is not None:
            changed["district"][row - 2] = area
    return changed


def test_points_at_zero_are_found_and_the_areas_they_name_are_told(survey):
    columns = survey.clean()
    rows = [row for row in range(2, 202) if columns["district"][row - 2] == "XX-W"][:7]
    points = dict.fromkeys(rows, ("-2e-08", "0.0"))
    found = survey.only(moved(columns, points))
    assert (found.check, found.code, found.rows) == ("K26", "assess.zero-coordinates", tuple(rows))
    assert found.facts["named"] == [["Westmark", 7]]
    assert found.facts["share"] == 3.5


def test_areas_named_by_fewer_than_three_of_the_rows_are_not_told(survey):
    found = survey.only(moved(survey.clean(), {5: (0, 0), 6: (0, 0)}, "XX-W"))
    assert found.facts["named"] == []


def test_points_without_readable_coordinates_are_found(survey):
    points = {5: ("", ""), 6: ("-3.2", ""), 7: ("here", "31.2"), 8: ("nan", "31.2")}
    found = survey.only(moved(survey.clean(), points))
    assert (found.code, found.rows) == ("assess.no-coordinates", (5, 6, 7, 8))


def test_points_off_the_map_are_found(survey):
    found = survey.only(moved(survey.clean(), {5: (95, 31.2), 6: (-3.2, 200), 7: ("-3.2e5", "3.1e6")}))
    assert (found.code, found.rows) == ("assess.outside-world", (5, 6, 7))


def test_points_outside_the_country_are_found(survey):
    found = survey.only(moved(survey.clean(), {5: (-5.2, 31.2), 6: (48.8, 2.3)}))
    assert (found.code, found.rows, found.facts["km"]) == ("assess.outside-country", (5, 6), 5)


@pytest.mark.parametrize(("km", "expected"), [(4.5, 0), (5.5, 1)])
def test_a_point_at_the_shore_is_in_the_country_up_to_five_kilometres(survey, km, expected):
    found = survey.check(moved(survey.clean(), {5: (-4.0 - km * KM, 30.5)}, "XX-W"))
    assert [finding.code for finding in found] == ["assess.outside-country"] * expected


def test_latitude_and_longitude_that_changed_places_are_found(survey):
    columns = survey.clean()
    points = {row: (columns["lon"][row - 2], columns["lat"][row - 2]) for row in (5, 60, 61)}
    found = survey.only(moved(columns, points))
    assert (found.code, found.rows) == ("assess.swapped", (5, 60, 61))


def test_swapped_points_are_seen_where_they_would_be_off_the_map(survey):
    far = {"XX-W": [box(120.0, 10.0, 121.0, 11.0)]}
    columns = survey.clean()
    lat, lon = np.random.default_rng(2).random((2, 200))
    columns |= {"lat": [f"{10 + v:.6f}" for v in lat], "lon": [f"{120 + v:.6f}" for v in lon]}
    columns["district"] = ["XX-W"] * 200
    found = survey.only(moved(columns, {9: (120.5, 10.5)}), polygons=far)
    assert (found.code, found.rows) == ("assess.swapped", (9,))


def test_without_polygons_only_what_no_map_is_needed_for_is_told(survey):
    points = {5: (0, 0), 6: (48.8123, 2.3123), 7: (95, 31), 8: ("", "")}
    found = survey.check(moved(survey.clean(), points), polygons=None)
    told = {(finding.code, finding.rows) for finding in found}
    assert told == {("assess.zero-coordinates", (5,)), ("assess.outside-world", (7,)), ("assess.no-coordinates", (8,))}


def test_a_source_without_coordinates_is_not_asked_for_them(survey):
    place = {"country": "XX", "as_of": "2024-01-01", "column": "district"}
    found = survey.check(moved(survey.clean(), {5: (0, 0)}), place=place)
    assert [finding for finding in found if finding.check in ("K26", "K27")] == []


# --- another area than the one named ----------------------------------------------------------------------------------


def test_points_in_another_area_than_the_row_names_are_found(survey):
    points = {5: (-3.7, 31.5), 6: (-3.71, 31.6), 7: (-3.72, 31.7), 8: (-3.2, 31.5)}
    found = survey.only(moved(survey.clean(), points, "XX-W"))
    assert (found.code, found.rows, found.facts["km"]) == ("assess.other-area", (5, 6, 7, 8), 2)
    assert found.facts["pairs"] == [["Westmark", "Eastmark", 3]]
    assert (found.facts["located"], found.facts["share"]) == (200, 2.0)
    assert "Westmark → Eastmark (3)" in sentence(found)


@pytest.mark.parametrize(("km", "expected"), [(1.9, 0), (2.1, 1)])
def test_a_point_across_the_border_is_tolerated_up_to_two_kilometres(survey, km, expected):
    east_of_border = 31.0 + km * KM / np.cos(np.radians(3.5))
    found = survey.check(moved(survey.clean(), {5: (-3.5123456, east_of_border)}, "XX-W"))
    assert [finding.code for finding in found] == ["assess.other-area"] * expected


def test_a_point_at_the_shore_of_another_area_is_found(survey):
    found = survey.only(moved(survey.clean(), {5: (-4.0 - 2 * KM, 31.5)}, "XX-W"))
    assert (found.code, found.rows, found.facts["pairs"]) == ("assess.other-area", (5,), [])


def test_a_point_in_an_area_that_was_cut_from_the_one_named_is_in_place(survey):
    points = {5: (-3.2, 31.5), 6: (-3.8, 31.5)}
    assert survey.check(moved(survey.clean(), points, "XX-E_TO2012")) == []


def test_a_point_in_a_sister_area_of_the_one_named_is_not_in_place(survey):
    found = survey.only(moved(survey.clean(), {5: (-3.2, 31.5)}, "XX-E"))
    assert (found.code, found.rows) == ("assess.other-area", (5,))


def test_old_polygons_hold_the_areas_that_were_cut_from_them(survey):
    old = {"XX-W": survey.polygons["XX-W"], "XX-E_TO2012": [box(31.0, -4.0, 32.0, -3.0)]}
    assert survey.check(survey.clean(), polygons=old) == []
    found = survey.only(moved(survey.clean(), {5: (-3.2, 30.5)}, "XX-N"), polygons=old)
    assert (found.code, found.rows) == ("assess.other-area", (5,))


def test_a_row_that_names_the_whole_country_is_in_place_anywhere_in_it(survey):
    columns = survey.clean()
    assert survey.check({**columns, "district": ["XX"] * 200}) == []


def test_an_area_without_a_polygon_is_not_compared(survey):
    assert survey.check(moved(survey.clean(), {5: (-3.2, 30.5)}, "XX-ELSEWHERE")) == []


def test_rejected_rows_name_no_area_and_keep_their_other_place_findings(survey):
    columns = moved(survey.clean(), {5: (-3.2, 31.5), 6: (0, 0)}, "XX-W")
    found = survey.only(columns, rejects=[(row, "seen", "harmonise.no-date", "") for row in (5, 6)])
    assert (found.code, found.rows, found.effects) == ("assess.zero-coordinates", (6,), ())


def test_history_is_followed_over_several_steps_and_never_to_sisters():
    areas = {
        "old": Area("old", "A", "XX", 1, "XX"),
        "mid": Area("mid", "A", "XX", 1, "XX", predecessors=("old",)),
        "new": Area("new", "A", "XX", 1, "XX", predecessors=("mid",)),
        "sister": Area("sister", "B", "XX", 1, "XX", predecessors=("mid",)),
        "village": Area("village", "C", "XX", 2, "new"),
    }
    assert same_place("old", "new", areas)
    assert same_place("new", "old", areas)
    assert same_place("old", "village", areas)
    assert same_place("new", "village", areas)
    assert not same_place("new", "sister", areas)
    assert not same_place("sister", "village", areas)


def test_a_polygon_that_crosses_itself_still_holds_its_points():
    bow = Polygon([(30, -4), (31, -3), (31, -4), (30, -3)])
    land = flattened({"XX-W": [bow], "XX-E": [MultiPolygon([box(32, -4, 33, -3), box(34, -4, 35, -3)])], "XX-N": []})
    assert land is not None
    east, north = land.plane(np.array([30.1, 30.9, 30.5, 34.5]), np.array([-3.5, -3.5, -3.9, -3.5]))
    owners = [land.owners[part] if part >= 0 else "" for part in land.inside(east, north)]
    assert owners == ["XX-W", "XX-W", "", "XX-E"]


def test_no_polygons_are_no_land():
    assert flattened({}) is None
    assert flattened({"XX-W": [Polygon()]}) is None


# --- the same coordinates ---------------------------------------------------------------------------------------------


def test_rows_at_exactly_the_same_coordinates_are_found_but_not_the_first_one(survey):
    columns = survey.clean()
    columns["district"] = ["XX"] * 200
    here = (columns["lat"][10], columns["lon"][10])
    found = survey.only(moved(columns, {50: here, 51: here}))
    assert (found.code, found.rows) == ("assess.same-coordinates", (50, 51))
    assert (found.facts["spots"], found.facts["most"]) == (1, 3)


def test_rounded_coordinates_may_meet(survey):
    columns = survey.clean(600)
    columns |= {name: [f"{float(v):.2f}" for v in columns[name]] for name in ("lat", "lon")}
    assert len(set(zip(columns["lat"], columns["lon"], strict=True))) < 590
    assert survey.check(columns) == []


def test_a_sensor_stays_where_it_is(survey):
    columns = survey.clean()
    columns["district"] = ["XX"] * 200
    columns = moved(columns, dict.fromkeys(range(50, 90), ("-3.1234567", "31.1234567")))
    assert survey.check(columns, design={"sampling_type": "sensor_network"}) == []
    assert survey.check(columns)[0].code == "assess.same-coordinates"


def test_coordinates_never_appear_in_a_finding(survey):
    columns = moved(survey.clean(), dict.fromkeys(range(50, 60), ("-3.7654321", "31.7654321")), "XX-W")
    columns = moved(columns, {5: ("51.7654321", "7.7654321"), 6: ("31.7654321", "-3.7654321"), 7: ("0", "0")})
    found = survey.check(columns)
    assert len(found) == 5
    for finding in found:
        assert "7654321" not in sentence(finding) + str(finding.facts)
