"""Chances: published and enumerated values, and weights that are right on average over all samples there are."""

import hashlib
from itertools import combinations, pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.sampling.chances import chances_by_size, sampford_drawn, sampford_pairs, systematic_drawn
from datashift.sampling.lots import lots
from datashift.sampling.spread import _cosine, spread_drawn

SIZES = np.array([3.0, 5.0, 2.0, 8.0, 4.0, 6.0])


def enumerated(chance: np.ndarray, n: int) -> dict[tuple[int, ...], float]:
    """Sampford's design as he defines it: n draws with replacement that are kept only if no unit comes twice."""
    share, rest = chance / n, chance / (1 - chance)
    found = {}
    for chosen in combinations(range(len(chance)), n):
        found[chosen] = sum(share[first] * prod(rest[k] for k in chosen if k != first) for first in chosen)
    total = sum(found.values())
    return {chosen: weight / total for chosen, weight in found.items()}


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_chances_of_sampford_are_those_of_all_its_samples(n: int) -> None:
    chance = chances_by_size(SIZES[:5] if n == 4 else SIZES, n)
    open_ = np.flatnonzero(chance < 1)
    chance, n = chance[open_], n - (len(chance) - len(open_))
    samples = enumerated(chance, n)
    single = [sum(p for chosen, p in samples.items() if k in chosen) for k in range(len(chance))]
    assert single == pytest.approx(chance, abs=1e-12)
    pairs = np.array(list(combinations(range(len(chance)), 2)))
    together = [sum(p for chosen, p in samples.items() if {i, j} <= set(chosen)) for i, j in pairs]
    assert sampford_pairs(chance, n, pairs[:, 0], pairs[:, 1]) == pytest.approx(together, abs=1e-12)


def test_chances_of_pairs_add_up_as_they_must() -> None:
    chance = chances_by_size(np.arange(1.0, 41.0), 9)
    rows = np.array([(i, j) for i in range(40) for j in range(40) if i != j])
    sums = np.bincount(rows[:, 0], sampford_pairs(chance, 9, rows[:, 0], rows[:, 1]))
    assert sums == pytest.approx((9 - 1) * chance, rel=1e-12)


def test_sampford_draws_each_sample_as_often_as_it_should() -> None:
    chance = chances_by_size(SIZES, 2)
    expected = enumerated(chance, 2)
    counted = dict.fromkeys(expected, 0)
    rounds = 20_000
    luck = np.random.default_rng(20_250_101).random((rounds, len(chance)))
    for own in luck:
        counted[tuple(np.flatnonzero(sampford_drawn(chance, 2, own)))] += 1
    square = sum((counted[s] - rounds * p) ** 2 / (rounds * p) for s, p in expected.items())
    # 15 samples: 14 degrees of freedom; 36.1 is passed by chance in 1 of 1,000 cases.
    assert square < 36.1


def test_a_unit_too_large_is_certain_and_the_others_share_what_is_left() -> None:
    # 100 of 130: its share of 2 places is above 1; the others share one place.
    assert chances_by_size(np.array([100.0, 10, 10, 10]), 2) == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3])
    # Once the first is certain, the second is so too.
    assert chances_by_size(np.array([100.0, 40, 5, 5]), 3).tolist() == pytest.approx([1, 1, 0.5, 0.5])


@given(st.lists(st.floats(0.01, 1e6), min_size=2, max_size=60), st.data())
def test_chances_add_up_to_the_number_drawn(sizes: list[float], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(sizes) - 1))
    chance = chances_by_size(np.array(sizes), n)
    assert chance.sum() == pytest.approx(n)
    assert np.all((chance > 0) & (chance <= 1))
    open_ = chance < 1
    left = n - int((~open_).sum())
    own = lots("seed", "draw", [str(k) for k in range(int(open_.sum()))])
    order = np.argsort(own).tolist()
    assert sampford_drawn(chance[open_], left, own).sum() == left
    if open_.any():
        assert systematic_drawn(chance[open_], left, order, float(own[0])).sum() == left
        at = own * 90
        assert spread_drawn(chance[open_], at, at, "seed", "").sum() == left


def test_a_systematic_draw_keeps_every_chance_exactly() -> None:
    """Over all starts: who is drawn changes only where an end of a unit is passed, so the mean is a finite sum."""
    chance, order = chances_by_size(SIZES, 3), [4, 0, 2, 5, 1, 3]
    cuts = np.unique(np.concatenate([[0, 1], np.cumsum(chance[order]) % 1]))
    mean = np.zeros(len(chance))
    for low, high in pairwise(cuts):
        mean += (high - low) * systematic_drawn(chance, 3, order, float((low + high) / 2))
    assert mean == pytest.approx(chance, abs=1e-12)


def test_a_spread_sample_keeps_chances_and_leaves_neighbours_apart() -> None:
    """On a line of ten with 5 drawn, two neighbours are drawn together far less often than by a plain draw (2 in 9)."""
    chance, at = np.full(10, 0.5), np.arange(10.0)
    rounds = 3000
    drawn = np.array([spread_drawn(chance, at * 0, at, f"seed {k}", "") for k in range(rounds)])
    assert drawn.sum(axis=1).tolist() == [5] * rounds
    # Four standard errors of a share of one half.
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 4 * 0.5 / rounds**0.5
    assert np.mean(drawn[:, :-1] & drawn[:, 1:]) < 0.15


def test_of_two_who_live_side_by_side_far_from_others_exactly_one_is_drawn() -> None:
    longitude = np.array([0.0, 10, 0.1, 10.1, -170, -170.1])
    for k in range(200):
        drawn = spread_drawn(np.full(6, 0.5), np.zeros(6), longitude, f"seed {k}", "")
        assert [drawn[0] ^ drawn[2], drawn[1] ^ drawn[3], drawn[4] ^ drawn[5]] == [True] * 3


def test_neighbours_across_the_date_line_are_neighbours() -> None:
    longitude = np.array([179.9, -179.9, 0.0, 1.0])
    for k in range(100):
        drawn = spread_drawn(np.full(4, 0.5), np.full(4, -17.0), longitude, f"seed {k}", "")
        assert drawn[0] ^ drawn[1]


def test_the_cosine_of_our_own_is_the_cosine() -> None:
    degrees = np.linspace(-90, 90, 721)
    assert _cosine(degrees) == pytest.approx(np.cos(np.radians(degrees)), abs=1e-14)


def test_lots_are_the_same_everywhere_and_for_ever() -> None:
    """Written out from SHA-256 alone, so that another program can do it too."""
    texts = [text.encode() for text in ("datashift-draw-1", "seed", "draw", "Ñandú")]
    data = b"".join(len(text).to_bytes(8, "big") + text for text in texts)
    whole = int.from_bytes(hashlib.sha256(data).digest()[:8], "big")
    assert lots("seed", "draw", ["Ñandú"])[0] == (whole // 4096 + 0.5) / 2**52
    assert lots("seed", "draw", ["a", "b"]).tolist() == [0.6449238205053903, 0.4446105095264129]


def test_lots_do_not_care_how_an_accent_was_typed_and_look_even() -> None:
    assert lots("s", "draw", ["Ñ"]).tolist() == lots("s", "draw", ["Ñ"]).tolist()
    many = lots("s", "draw", [str(k) for k in range(20_000)])
    counts = np.bincount((many * 20).astype(int), minlength=20)
    # 19 degrees of freedom: 43.8 is passed by chance in 1 of 1,000 cases.
    assert float(np.sum((counts - 1000) ** 2 / 1000)) < 43.8
