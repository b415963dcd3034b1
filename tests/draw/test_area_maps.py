"""The map: classes, emptiness, size, names, and when there is none."""

from __future__ import annotations

import itertools
import re

import pytest
import shapely
from shapely.geometry import box, mapping
from small_tables import contrast, estimates, luminance, of_class, parsed, place, texts, words, written

from datashift.draw import area_map, look, maps
from datashift.standards.shapes import polygons

VALUES = """
    Ash    | 12 | 8 | 16 | 90 | A
    Birch  | 34 | 30 | 38 | 90 | A
    Cedar  | 56 | 50 | 62 | 90 | A
    Elm    | 71 | 65 | 77 | 90 | A
    Fir    | 93 | 90 | 96 | 90 | A
    Holm   |    |    |    |  0 | Q
    Larch  |    |    |    |  0 | O
"""
NAMES = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Holm", "Larch", "Maple", "Oak"]


def squares(names: list[str]) -> dict[str, dict]:
    """Nine areas of one degree, three by three."""
    return {name: mapping(box(k % 3, k // 3, k % 3 + 1, k // 3 + 1)) for k, name in enumerate(names)}


def drawn(values: str = VALUES, **changes) -> str:
    chart = area_map(estimates(values), squares(NAMES), words=words(**changes))
    assert chart is not None
    return chart.svg


def test_there_is_no_map_for_fewer_than_five_areas_with_a_figure():
    four = "\n".join(VALUES.strip().splitlines()[1:])
    assert area_map(estimates(four), squares(NAMES), words=words()) is None
    assert area_map(estimates(VALUES), squares(NAMES[1:]), words=words()) is None


def test_every_shape_is_drawn_once():
    assert len(of_class(drawn(), "area")) == 9


def test_higher_values_are_darker_for_every_eye_and_in_greyscale():
    fills = [area.get("fill") for area in of_class(drawn(), "area")][:5]
    assert fills == list(look.CLASSES)
    light = [luminance(ink) for ink in look.CLASSES]
    assert all(one - other > 0.1 for one, other in itertools.pairwise(light))


def test_areas_without_a_figure_are_hatched_and_marked_by_what_is_not_known():
    svg = drawn()
    hatched = [area for area in of_class(svg, "area") if area.get("fill").startswith("url(#hatch-")]
    assert len(hatched) == 4
    assert len(of_class(svg, "few")) == 2  # one on the map, one in the legend
    assert len(of_class(svg, "empty")) == 3  # two on the map, one in the legend
    assert {"too few answers", "cannot tell", "nobody counted"} <= set(written(svg))


def test_the_legend_leaves_out_what_the_map_does_not_have():
    known = VALUES.replace("|    |    |    |  0 | Q", "| 50 | 40 | 60 | 9 | A")
    assert "too few answers" not in written(drawn(known))


def test_the_legend_shows_the_limits_of_the_classes_and_the_unit():
    svg = drawn()
    assert {"0", "20", "40", "60", "80", "100", "% of improved water points"} <= set(written(svg))
    assert len(of_class(svg, "class")) == 5


def test_the_figure_of_the_whole_is_not_an_area_of_the_map():
    whole = "Whole | 99 | 98 | 99.5 | 900 | A\n" + VALUES.strip()
    svg = drawn(whole, overall="Whole")
    assert len(of_class(svg, "area")) == 9
    assert "Whole" not in written(svg)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([12, 34, 56, 71, 93], True, [0, 20, 40, 60, 80, 100]),
        ([29, 40, 55, 70, 84], True, [15, 30, 45, 60, 75, 90]),
        ([71.2, 72, 72.5, 73, 73.9], True, [71, 72, 73, 74, 75, 76]),
        ([96, 97, 98, 99, 99.7], True, [95, 96, 97, 98, 99, 100]),
        ([50] * 5, True, [50, 51, 52, 53, 54, 55]),
        ([312, 2345, 4100, 6300, 8911], False, [0, 2000, 4000, 6000, 8000, 10000]),
        ([-4, -1, 2, 5, 9], False, [-6, -3, 0, 3, 6, 9]),
    ],
)
def test_class_limits_are_round_and_hold_every_value(values, share, expected):
    assert maps.class_limits(values, share=share) == pytest.approx(expected)


def test_one_far_value_does_not_push_all_others_into_one_class():
    values = [512, 733, 850, 1010, 1180, 1290, 1405, 1760, 2330, 8911]
    limits = maps.class_limits(values, share=False)
    assert limits[0] <= 512
    assert limits[-1] >= 8911
    assert limits == sorted(set(limits))
    assert all(limit % 100 == 0 for limit in limits)
    assert [sum(a <= v < b for v in values) for a, b in itertools.pairwise(limits)] == [2, 2, 2, 2, 2]


def test_the_slits_between_united_shapes_are_closed_and_lakes_stay():
    west, east = box(0, 0, 1, 2), box(1.001, 0, 2, 2)
    bridges = [box(0.9, 0, 1.1, 0.2), box(0.9, 1.8, 1.1, 2)]
    lake = box(0.2, 0.5, 0.7, 1.5)
    plane = maps.on_page({"Ash": [west.difference(lake), east, *bridges]})
    (part,) = shapely.get_parts(plane["Ash"])
    assert [round(shapely.Polygon(hole).area / plane["Ash"].envelope.area, 3) for hole in part.interiors] == [0.125]


def test_several_shapes_of_one_area_are_united():
    shapes = squares(NAMES)
    shapes["Ash"] = [shapes["Ash"], mapping(box(0, -1, 1, 0))]
    plane = maps.on_page(shapes)
    assert plane["Ash"].area == pytest.approx(2 * plane["Birch"].area, rel=0.01)
    assert len(shapely.get_parts(plane["Ash"])) == 1


def test_neighbours_still_touch_after_simplification():
    wavy = [(x / 50, 0.02 * (-1) ** x + 1) for x in range(51)]
    south = shapely.Polygon([(0, 0), *wavy, (1, 0)])
    north = shapely.Polygon([(0, 2), *wavy, (1, 2)])
    plane = maps.on_page({"south": south, "north": north})
    assert shapely.get_num_coordinates(list(plane.values())).sum() < 110
    assert plane["south"].intersection(plane["north"]).area == pytest.approx(0, abs=1e-6)
    assert plane["south"].distance(plane["north"]) == 0
    assert shapely.union_all(list(plane.values())).area == pytest.approx(
        box(*shapely.total_bounds(list(plane.values()))).area, rel=0.01
    )


def test_rings_run_clockwise_on_the_page():
    for outline in maps.on_page(squares(NAMES)).values():
        assert not any(ring.is_ccw for ring in shapely.get_exterior_ring(shapely.get_parts(outline)))


def test_areas_on_both_sides_of_the_date_line_stand_side_by_side():
    plane = maps.on_page({"west": box(178, -18, 180, -16), "east": box(-180, -18, -178, -16)})
    assert plane["west"].distance(plane["east"]) == pytest.approx(0, abs=1e-6)


def test_north_is_up_and_east_is_right():
    svg = drawn()
    at = {t.text: place(t) for t in texts(svg)}
    assert at["Ash"][0] < at["Birch"][0] < at["Cedar"][0]
    assert at["Elm"][1] < at["Ash"][1]


def test_names_on_areas_can_be_read_on_their_class():
    svg = drawn()
    fills = dict(zip(NAMES, (area.get("fill") for area in of_class(svg, "area")), strict=True))
    inks = {t.text: t.get("fill") for t in texts(svg) if t.text in NAMES[:5]}
    assert len(inks) == 5
    assert all(contrast(ink, fills[name]) >= 7 for name, ink in inks.items())


def test_a_name_that_does_not_fit_stands_beside_its_area_with_a_line_to_it():
    shapes = squares(NAMES) | {"Ash": mapping(box(-0.02, 0, 0.02, 1)), "Far": mapping(box(-2.1, 0, -2, 1))}
    chart = area_map(estimates(VALUES), shapes, words=words())
    assert chart is not None
    assert len(of_class(chart.svg, "leader")) == 1
    assert "Ash" in written(chart.svg)


def test_the_text_says_in_how_many_areas_nobody_counted():
    chart = area_map(estimates(VALUES), squares(NAMES), words=words())
    assert chart is not None
    assert "Nobody counted in 2 of the areas on the map." in chart.text
    assert "Nothing can be told about: Holm, Larch." in chart.text
    assert len(chart.table) == 8


def test_a_map_without_a_shape_that_can_be_seen_still_draws_its_areas():
    shapes = squares(NAMES) | {"Ash": mapping(box(1.5, 1.5, 1.5001, 1.5001))}
    assert area_map(estimates(VALUES), shapes, words=words()) is not None


@pytest.mark.shared
def test_a_country_of_thirty_regions_takes_less_than_60_kB(shared):
    regions = polygons(shared / "boundaries" / "tza_regions_2012.topojson", "Region_Nam")
    table = "\n".join(f"{name} | {20 + 2 * k} | {18 + 2 * k} | {22 + 2 * k} | 90 | A" for k, name in enumerate(regions))
    chart = area_map(estimates(table), regions, words=words())
    assert chart is not None
    assert len(of_class(chart.svg, "area")) == 30
    assert len(chart.svg.encode()) < 60_000
    assert not re.search(r"\d\.\d{3}", "".join(area.get("d") for area in of_class(chart.svg, "area")))
    assert float(parsed(chart.svg).get("height")) < 1100
