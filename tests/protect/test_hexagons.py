"""Hexagons hold enough points and people each, do not overlap, and give nothing away by subtraction."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import CannotProtect
from datashift.protect.hexagons import Hexagons, hexagons


def clumps(seed: int, n: int, near: float) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    x, y = chance.uniform(36, 38, 6), chance.uniform(-2, 0, 6)
    which = chance.integers(0, 6, n)
    return x[which] + chance.normal(0, near, n), y[which] + chance.normal(0, near, n)


def within(x: float, y: float, size: int, finest: int = 8) -> str:
    """The hexagon of a size that a point belongs to: larger ones are made of smaller ones, and their rims differ."""
    return h3.cell_to_parent(h3.latlng_to_cell(y, x, finest), size)


def parts_told_apart(told: Hexagons) -> bool:
    """Whether no told hexagon lies in another one that is told."""
    cells = set(told.counts)
    return not any(h3.cell_to_parent(cell, size) in cells for cell in cells for size in range(h3.get_resolution(cell)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 300), st.floats(0.001, 0.5), st.integers(1, 20), st.booleans())
def test_every_hexagon_holds_enough_and_none_lies_in_another(
    seed: int, n: int, near: float, least_n: int, known: bool
) -> None:
    x, y = clumps(seed, n, near)
    who = [f"p{k % 40}" for k in range(n)] if known else []
    told = hexagons(x, y, least_n=least_n, finest=8, coarsest=5, people=who)
    assert all(count >= least_n for count in told.counts.values())
    assert parts_told_apart(told)
    assert sum(told.counts.values()) + told.left_out + told.no_place == n
    for cell in told.counts:
        inside = np.flatnonzero(told.cell_of == cell)
        assert len(inside) == told.counts[cell]
        assert all(within(x[k], y[k], h3.get_resolution(cell)) == cell for k in inside)
        assert not known or len({who[k] for k in inside}) >= least_n
    if told.left_out and told.counts:
        assert told.left_out >= least_n
        gone = np.flatnonzero(told.cell_of == "")
        assert len({within(x[k], y[k], 5) for k in gone}) > 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.001, 0.5))
def test_a_hexagon_is_split_as_far_as_all_its_parts_allow(seed: int, near: float) -> None:
    """Against plain counting: a larger hexagon is told only where one of its parts holds too few."""
    x, y = clumps(seed, 200, near)
    told = hexagons(x, y, least_n=5, finest=8, coarsest=5)
    seen = {size: [within(a, b, size) for a, b in zip(x, y, strict=True)] for size in range(5, 9)}
    for cell in told.counts:
        size = h3.get_resolution(cell)
        if size < 8:
            parts = {p for p, own in zip(seen[size + 1], seen[size], strict=True) if own == cell}
            assert not all(seen[size + 1].count(part) >= 5 for part in parts)


def test_a_single_point_far_away_is_not_found_from_the_total() -> None:
    x = np.concatenate([np.full(50, 36.8), np.full(12, 37.5), [39.0]])
    y = np.concatenate([np.full(50, -1.3), np.full(12, -0.5), [-4.0]])
    told = hexagons(x, y, least_n=10)
    assert sum(told.counts.values()) == 50
    assert told.left_out == 13, "twelve others go with it"
    assert any("left out" in text for text, _facts in told.said)


def test_one_person_with_many_reports_is_not_a_crowd() -> None:
    x, y = np.full(40, 36.8), np.full(40, -1.3)
    assert hexagons(x, y, least_n=10, people=["one"] * 40).counts == {}
    assert sum(hexagons(x, y, least_n=10, people=[str(k) for k in range(40)]).counts.values()) == 40


def test_points_without_position_are_counted_apart() -> None:
    told = hexagons(np.array([36.8] * 5 + [np.nan, 500.0]), np.full(7, -1.3), least_n=5)
    assert (told.no_place, told.left_out, sum(told.counts.values())) == (2, 0, 5)
    assert hexagons(np.array([]), np.array([]), least_n=5).counts == {}


def test_sizes_and_lengths_that_do_not_fit_are_refused() -> None:
    with pytest.raises(CannotProtect, match="no such range"):
        hexagons(np.zeros(1), np.zeros(1), least_n=5, finest=3, coarsest=4)
    with pytest.raises(CannotProtect, match="people"):
        hexagons(np.zeros(2), np.zeros(2), least_n=5, people=["a"])
