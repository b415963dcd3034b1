"""Positions leave as carefully as kit and recipe ask; beside the figures of areas they tell of no few people."""

from __future__ import annotations

import json

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import CannotProtect
from datashift.model import Kit, Universe
from datashift.protect.points import Points
from datashift.protect.positions import MISSING, OUTSIDE, Rules, Shown, Way, allowed, as_geojson, shown

OUTLINES = {"A": shapely.box(36.0, -1.0, 37.0, 0.0), "B": shapely.box(37.0, -1.0, 38.0, 0.0)}
KEY = bytes(range(32))


def a_kit(**universe: bool) -> Kit:
    words = {"en": "Made up"}
    return Kit(
        id="made-up", version="1.0.0", title=words, description=words, indicator="6.1.1", relation="local",
        relation_note=words, universe=Universe(unit=words, text=words, **universe), concepts={}, measures=(),
    )  # fmt: skip


OPEN = a_kit(public_infrastructure=True, exact_points=True)
PEOPLE = a_kit(people=True)


def people_of(seed: int, n: int = 400, near: float = 0.1) -> Points:
    """People in two areas, close to the border that they share."""
    chance = np.random.default_rng(seed)
    x = np.clip(chance.normal(37.0, near, n), 36.001, 37.999)
    y = np.clip(chance.normal(-0.5, near, n), -0.999, -0.001)
    return Points(x, y, np.zeros(n, dtype=bool), ["A" if one < 37 else "B" for one in x])


def told(points: Points, way: Way, least_n: int = 10, hidden: frozenset[str] = frozenset()) -> Shown:
    rules = Rules(way, least_n, hidden, 8, 5)
    return shown(points, rules, outlines=OUTLINES, key=lambda: KEY)


def perhaps(points: Points, least_n: int) -> Shown | None:
    try:
        return told(points, "hexagons", least_n)
    except CannotProtect as problem:
        if problem.code != "points.none":
            raise
        return None


# --- which way ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kit", "stated", "asked", "way"),
    [
        (OPEN, "exact", None, "exact"), (OPEN, "exact", "moved", "moved"), (OPEN, "hexagons", None, "hexagons"),
        (OPEN, "moved", "hexagons", "hexagons"), (PEOPLE, "exact", None, "moved"),
        (PEOPLE, "moved", "hexagons", "hexagons"),
    ],
)  # fmt: skip
def test_the_most_careful_of_kit_recipe_and_request_holds(kit: Kit, stated: Way, asked: Way, way: Way) -> None:
    assert allowed(kit, stated, asked) == way


@pytest.mark.parametrize(
    ("kit", "stated", "asked", "why"),
    [
        (PEOPLE, "exact", "exact", "the kit does not say"), (OPEN, "hexagons", "moved", "the recipe says so"),
        (OPEN, "moved", "exact", "the recipe says so"),
    ],
)  # fmt: skip
def test_nobody_gets_more_than_is_allowed(kit: Kit, stated: Way, asked: Way, why: str) -> None:
    with pytest.raises(CannotProtect, match=why):
        allowed(kit, stated, asked)


# --- the attack: hexagons beside the figures of areas ---------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 400), st.floats(0.005, 0.4), st.integers(2, 20), st.integers(0, 12))
def test_no_difference_of_hexagons_and_areas_tells_of_few(
    seed: int, n: int, near: float, least_n: int, placeless: int
) -> None:
    """The attacker knows how many answered in each area, and takes off what the hexagons tell of it."""
    points = people_of(seed, n, near)
    points.longitude[:placeless] = np.nan
    made = perhaps(points, least_n)
    if made is None:
        return
    by_area = {
        area: sum(count for own, count in zip(made.table["area"], made.table["count"], strict=True) if own == area)
        for area in OUTLINES
    }
    for area, shown_count in by_area.items():
        rest = list(points.area).count(area) - shown_count
        assert rest == 0 or rest >= least_n
    assert min(made.table["count"]) >= least_n


def test_a_hexagon_on_a_border_tells_no_difference_between_two_areas() -> None:
    """Without areas, a hexagon of 20 on the border less the 17 that A lacks would be 3 people of B."""
    x = np.concatenate([np.full(30, 36.5), np.full(17, 36.9999), np.full(3, 37.0001), np.full(40, 37.5)])
    points = Points(x, np.full(90, -0.5), np.zeros(90, bool), ["A"] * 47 + ["B"] * 43)
    at_border = {h3.latlng_to_cell(-0.5, 36.9999, 8), h3.latlng_to_cell(-0.5, 37.0001, 8)}
    made = told(points, "hexagons")
    of_b = [n for area, n in zip(made.table["area"], made.table["count"], strict=True) if area == "B"]
    assert sum(of_b) in (0, 43)
    assert not any(
        area == "B" and cell in at_border for area, cell in zip(made.table["area"], made.table["h3"], strict=True)
    )


@pytest.mark.parametrize("way", ["moved", "hexagons"])
def test_an_area_whose_number_is_hidden_shows_no_points_to_count(way: Way) -> None:
    made = told(people_of(1), way, hidden=frozenset({"B"}))
    assert set(made.table["area"]) == {"A"}


def test_an_area_with_few_people_shows_no_moved_points() -> None:
    points = people_of(3, 60)
    few = Points(points.longitude, points.latitude, points.urban, ["A"] * 55 + ["B"] * 5)
    near = np.where(np.arange(60) < 55, 36.9, 37.1)
    few = Points(near, few.latitude, few.urban, few.area)
    made = told(few, "moved")
    assert set(made.table["area"]) == {"A"}
    assert any("too few" in text for text, _facts in made.said)


# --- moved and exact ------------------------------------------------------------------------------------------------


def test_moved_points_stay_in_their_area_and_move_the_same_way_again() -> None:
    points = people_of(5)
    first, again = told(points, "moved"), told(points, "moved")
    assert first.table == again.table
    for area, outline in OUTLINES.items():
        own = [k for k, name in enumerate(first.table["area"]) if name == area]
        x, y = (np.array(first.table[name])[own] for name in ("longitude", "latitude"))
        assert shapely.contains_xy(outline, x, y).all()


def test_moved_points_do_not_stand_in_the_order_of_the_file() -> None:
    points = people_of(6)
    turned = points.some(np.arange(400)[::-1])
    assert told(points, "moved").table == told(turned, "moved").table


def test_exact_points_are_where_they_are_and_need_no_key() -> None:
    points = people_of(7)

    def no_key() -> bytes:
        raise AssertionError("nobody needs a key here")

    made = shown(points, Rules("exact", 10), outlines={}, key=no_key)
    assert made.table["longitude"] == points.longitude.round(5).tolist()
    assert made.rows.tolist() == list(range(400))


def test_positions_that_cannot_be_are_left_out_and_counted_by_reason() -> None:
    good = people_of(8)
    odd = Points(
        np.concatenate([good.longitude, [np.nan, 0.0, 500.0, 39.9, 36.5]]),
        np.concatenate([good.latitude, [-0.5, 0.0, 0.0, -4.5, -0.5]]),
        np.zeros(405, dtype=bool),
        [*good.area, "A", "A", "B", "A", "B"],
    )
    made = told(odd, "exact")
    counted = {text: facts["count"] for text, facts in made.said if "count" in facts}
    assert (counted[MISSING], counted[OUTSIDE]) == ("3", "2")
    assert len(made.shapes) == 400


def test_a_position_just_outside_a_roughly_drawn_border_is_kept() -> None:
    points = Points(np.full(12, 35.97), np.full(12, -0.5), np.zeros(12, bool), ["A"] * 12)
    assert len(told(points, "exact").shapes) == 12
    assert len(told(points, "moved").shapes) == 12


def test_points_of_one_place_are_said_to_stand_together() -> None:
    points = Points(np.full(12, 36.5), np.full(12, -0.5), np.zeros(12, bool), ["A"] * 12)
    made = told(points, "moved")
    assert len({*zip(made.table["longitude"], made.table["latitude"], strict=True)}) == 1
    assert ("11",) in [(facts["count"],) for text, facts in made.said if "another row" in text]


@pytest.mark.parametrize("way", ["exact", "moved", "hexagons"])
def test_nothing_to_tell_is_said_and_no_crash(way: Way) -> None:
    nothing = Points(np.empty(0), np.empty(0), np.empty(0, dtype=bool), [])
    at_sea = Points(np.full(20, 60.0), np.full(20, -10.0), np.zeros(20, bool), ["A"] * 20)
    for points in (nothing, at_sea):
        with pytest.raises(CannotProtect) as problem:
            told(points, way)
        assert problem.value.code == "points.none"


def test_without_borders_nothing_is_moved() -> None:
    with pytest.raises(CannotProtect) as problem:
        shown(people_of(9), Rules("moved", 10), outlines={}, key=lambda: KEY)
    assert problem.value.code == "points.no-outlines"


def test_a_map_holds_a_shape_for_each_row_of_the_table() -> None:
    for way in ("moved", "hexagons"):
        made = told(people_of(10), way)
        features = json.loads(as_geojson(made))["features"]
        assert len(features) == len(made.table["area"])
        assert [one["properties"]["area"] for one in features] == made.table["area"]
        assert {one["geometry"]["type"] for one in features} == {"Polygon" if way == "hexagons" else "Point"}
