"""Points of people move by a known chance, never too far, never over the border, and the same way in every release."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from datashift.errors import CannotProtect
from datashift.model import Kit, Universe
from datashift.protect.points import EXACT, Displacement, Moved, Points, displaced, for_release

KEY = b"a key that only this site knows"
NEPAL = shapely.box(84.0, 27.0, 85.0, 28.0)


def some(longitude: list[float], latitude: list[float], urban: bool = False, area: str = "") -> Points:
    flags = np.full(len(longitude), urban)
    return Points(np.array(longitude), np.array(latitude), flags, (area,) * len(longitude) if area else ())


def spread(n: int, urban: bool = False, area: str = "", seed: int = 1) -> Points:
    chance = np.random.default_rng(seed)
    return some(list(84.2 + 0.6 * chance.random(n)), list(27.2 + 0.6 * chance.random(n)), urban, area)


def kilometres(points: Points, moved: Moved) -> np.ndarray:
    """The haversine, as a second opinion."""
    x1, y1, x2, y2 = (np.radians(v) for v in (points.longitude, points.latitude, moved.longitude, moved.latitude))
    half = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(half))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-89.9, 89.9)), min_size=1, max_size=20),
    st.booleans(),
    st.binary(min_size=16, max_size=80),
)
def test_no_point_moves_farther_than_the_rule_says(places: list[tuple[float, float]], urban: bool, key: bytes) -> None:
    longitude, latitude = (list(column) for column in zip(*places, strict=True))
    points = some(longitude, latitude, urban)
    moved = displaced(points, key=key, outlines={})
    assert moved.left_out == 0
    # A place is known to 11 m only: its position is rounded to four decimals first.
    assert kilometres(points, moved).max() <= (2 if urban else 10) + 0.008
    assert np.abs(moved.longitude).max() <= 180


@settings(max_examples=25, deadline=None)
@given(st.floats(0.001, 0.3), st.floats(0.001, 0.3), st.integers(0, 2**31))
def test_no_point_leaves_its_area(width: float, height: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    area = shapely.box(84.0, 27.0, 84.0 + width, 27.0 + height)
    inside = some(list(84.0 + width * chance.random(30)), list(27.0 + height * chance.random(30)), area="A")
    moved = displaced(inside, key=KEY, outlines={"A": area})
    shown = ~np.isnan(moved.longitude)
    assert shapely.contains_xy(area, moved.longitude[shown], moved.latitude[shown]).all()
    assert moved.left_out == (~shown).sum()


def test_a_point_near_a_border_is_drawn_again_until_it_is_inside() -> None:
    strip = shapely.box(84.0, 27.0, 84.004, 28.0)  # 400 m wide
    points = some([84.002] * 300, list(np.linspace(27.1, 27.9, 300)), area="A")
    moved = displaced(points, key=KEY, outlines={"A": strip})
    assert moved.left_out == 0
    assert 200 < moved.again <= 300
    assert "drawn again" in moved.said[1][0]


def test_the_same_key_moves_a_place_the_same_way_whatever_else_is_in_the_file() -> None:
    points = spread(50, area="A")
    first = displaced(points, key=KEY, outlines={"A": NEPAL})
    turned = Points(points.longitude[::-1], points.latitude[::-1], points.urban, points.area)
    again = displaced(turned, key=KEY, outlines={"A": NEPAL})
    assert np.array_equal(first.longitude, again.longitude[::-1])
    assert np.array_equal(first.latitude, again.latitude[::-1])


def test_another_key_moves_every_place_otherwise() -> None:
    points = spread(50)
    ours, theirs = (displaced(points, key=key, outlines={}) for key in (KEY, KEY + b"!"))
    assert not np.isclose(ours.longitude, theirs.longitude, atol=1e-7).any()


def test_many_releases_do_not_average_to_the_true_place() -> None:
    points = spread(200)
    releases = [displaced(points, key=KEY, outlines={}) for _ in range(5)]
    mean = Moved(
        np.mean([r.longitude for r in releases], axis=0), np.mean([r.latitude for r in releases], axis=0), 0, 0, ()
    )
    assert kilometres(points, mean).mean() == pytest.approx(kilometres(points, releases[0]).mean(), rel=1e-6)
    assert kilometres(points, mean).mean() > 2


def test_town_or_not_is_another_draw_so_that_two_releases_do_not_lie_on_one_line_with_the_truth() -> None:
    town, country = (displaced(spread(30, urban), key=KEY, outlines={}) for urban in (True, False))
    angles = [
        np.arctan2(moved.latitude - spread(30).latitude, moved.longitude - spread(30).longitude)
        for moved in (town, country)
    ]
    assert not np.isclose(*angles, atol=1e-3).any()


def test_all_points_of_a_place_come_to_lie_on_one_point() -> None:
    near = np.array([84.5, 84.5003, 84.4997])
    points = Points(near, np.full(3, 27.5), np.zeros(3, bool), (), ("house 7",) * 3)
    moved = displaced(points, key=KEY, outlines={})
    assert len({*zip(moved.longitude, moved.latitude, strict=True)}) == 1
    nameless = displaced(some([84.50001, 84.50002], [27.5, 27.5]), key=KEY, outlines={})
    assert nameless.longitude[0] == nameless.longitude[1]


@pytest.mark.parametrize("urban", [True, False])
def test_distances_and_angles_are_as_stated(urban: bool) -> None:
    n, rule = 20_000, Displacement()
    points = Points(np.full(n, 84.5), np.full(n, 27.5), np.full(n, urban), (), [str(k) for k in range(n)])
    moved = displaced(points, key=KEY, outlines={})
    far = kilometres(points, moved)
    stated = stats.kstest(far, lambda d: np.array([rule.share_within(x, urban=urban) for x in d]))
    assert stated.pvalue > 0.01
    angle = np.arctan2((moved.latitude - 27.5), (moved.longitude - 84.5) * math.cos(math.radians(27.5)))
    assert stats.kstest((angle / (2 * np.pi)) % 1, "uniform").pvalue > 0.01
    if not urban:
        # Half of the 1 % with the longer limit go beyond 5 km.
        assert stats.binomtest(int((far > 5).sum()), n, 0.005).pvalue > 0.01


@pytest.mark.parametrize("urban", [True, False])
def test_the_stated_density_adds_up_to_one(urban: bool) -> None:
    rule = Displacement()
    at = np.linspace(1e-4, 10, 200_001)
    ring = [rule.density(d, urban=urban) * 2 * math.pi * d for d in at]
    assert np.trapezoid(ring, at) == pytest.approx(1, abs=1e-3)


def test_points_without_position_or_outline_are_left_out_and_counted() -> None:
    points = Points(
        np.array([np.nan, 84.5, 84.5, 500.0]),
        np.array([27.5, 27.5, 27.5, 27.5]),
        np.zeros(4, bool),
        ("A", "A", "B", "A"),
    )
    moved = displaced(points, key=KEY, outlines={"A": NEPAL})
    assert np.isnan(moved.longitude).tolist() == [True, False, True, True]
    assert moved.left_out == 3
    assert moved.said[-1][1] == {"count": "3"}


def test_a_point_far_outside_its_own_area_is_left_out() -> None:
    assert displaced(some([86.0], [27.5], area="A"), key=KEY, outlines={"A": NEPAL}).left_out == 1


def test_no_points_are_no_trouble() -> None:
    assert displaced(some([], []), key=KEY, outlines={}).left_out == 0


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(CannotProtect, match="16 bytes"):
        displaced(some([84.5], [27.5]), key=b"short", outlines={})


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(CannotProtect, match="area"):
        Points(np.zeros(2), np.zeros(2), np.zeros(2, bool), ("A",))


def a_kit(**universe: bool) -> Kit:
    words = {"en": "Made up"}
    return Kit(
        id="made-up", version="1.0.0", title=words, description=words, indicator="6.1.1", relation="local",
        relation_note=words, universe=Universe(unit=words, text=words, **universe), concepts={}, measures=(),
    )  # fmt: skip


def test_points_of_public_things_are_exact_only_where_the_kit_says_so() -> None:
    points = spread(5)
    exact = for_release(points, a_kit(public_infrastructure=True, exact_points=True), key=KEY, outlines={})
    assert np.allclose(exact.longitude, points.longitude, atol=1e-5)
    assert exact.said == ((EXACT, {}),)
    moved = for_release(points, a_kit(public_infrastructure=True), key=KEY, outlines={})
    assert kilometres(points, moved).min() > 0.01


def test_points_of_people_are_never_exact() -> None:
    for universe in ({}, {"people": True}, {"people": True, "public_infrastructure": True}):
        with pytest.raises(ValueError, match="exact_points needs public_infrastructure"):
            a_kit(exact_points=True, **universe)


def test_what_is_said_states_the_distribution_and_no_position() -> None:
    moved = displaced(spread(5, area="A"), key=KEY, outlines={"A": NEPAL})
    told = " ".join(text.format(**facts) for text, facts in moved.said)
    assert "up to 2 km" in told
    assert "up to 5 km, and 1 per cent of the points elsewhere up to 10 km" in told
    assert "84." not in told
