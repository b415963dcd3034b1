"""Who was counted: ratios are those of the shares, honest surveys are left alone, and a gap that is there is seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from shapely.geometry import box

from datashift.assess.reached.representation import Held, Share, representation, worth
from datashift.assess.reached.space import space

SEX = {"F": 52.0, "M": 48.0}


def people(shares: dict[str, float], area: str = "A", concept: str = "SEX") -> pa.Table:
    return pa.table({"area": [area] * len(shares), concept: list(shares), "people": list(shares.values())})


def answers(sexes: list[str | None], **columns: list) -> pa.Table:
    n = len(sexes)
    return pa.table({"area": ["A"] * n, "weight": [1.0] * n, "SEX": pa.array(sexes, pa.string()), **columns})


def only(found: list[Held]) -> dict[str, Share]:
    [held] = found
    return {one.group[-1][1]: one for one in held.shares}


def test_a_ratio_is_the_share_of_the_answers_over_that_of_the_people() -> None:
    found = only(representation({"census": (people(SEX), answers(["F"] * 300 + ["M"] * 700))}))
    women = found["F"]
    assert (women.n, women.share, women.share_people) == (300, 0.3, 0.52)
    assert women.ratio == pytest.approx(0.3 / 0.52)
    assert women.expected == pytest.approx(520)
    # Clopper & Pearson for 300 of 1000.
    assert (women.lower * 0.52, women.upper * 0.52) == pytest.approx((0.2717, 0.3295), abs=1e-4)
    assert (women.state, found["M"].state) == ("few", "many")


def test_an_answer_that_does_not_say_its_group_counts_in_none() -> None:
    [held] = representation({"census": (people(SEX), answers(["F"] * 52 + ["M"] * 48 + [None] * 9))})
    assert (held.n, held.unknown) == (100, 9)
    assert {one.ratio for one in held.shares} == {1.0}


def test_a_group_of_which_nobody_answered_is_there_and_says_so() -> None:
    found = only(representation({"census": (people({**SEX, "X": 2.0}), answers(["F"] * 30 + ["M"] * 30))}))
    assert (found["X"].state, found["X"].n, found["X"].ratio) == ("none", 0, 0.0)
    assert found["X"].upper * found["X"].share_people == pytest.approx(0.0596, abs=1e-4)


def test_few_answers_cannot_tell() -> None:
    found = only(representation({"census": (people(SEX), answers(["F"] * 4 + ["M"] * 8))}))
    assert {one.state for one in found.values()} == {"cannot_tell"}


def test_a_group_a_little_below_its_number_is_counted_where_that_is_sure() -> None:
    found = only(representation({"census": (people(SEX), answers(["F"] * 4900 + ["M"] * 5100))}))
    assert {one.state for one in found.values()} == {"counted"}


def test_weights_bring_back_what_they_can_and_the_ratio_of_those_asked_stays() -> None:
    table = answers(["F"] * 30 + ["M"] * 70).set_column(1, "weight", pa.array([52 / 30] * 30 + [48 / 70] * 70))
    women = only(representation({"census": (people(SEX), table)}))["F"]
    assert women.ratio == pytest.approx(30 / 52)
    assert women.ratio_weighted == pytest.approx(1.0)


def districts(n: int = 100) -> tuple[pa.Table, pa.Table]:
    """A large and a small district, a hundred answers from each, as the plan said; few women in the small one."""
    known = pa.table({
        "area": ["big", "big", "small", "small"], "SEX": ["F", "M"] * 2, "people": [900.0, 900.0, 100.0, 100.0],
    })  # fmt: skip
    area = ["big"] * n + ["small"] * n
    few = np.random.default_rng(2).permutation(["F"] * (n // 5) + ["M"] * (n - n // 5)).tolist()
    sex = ["F", "M"] * (n // 2) + few
    table = pa.table({
        "area": area, "SEX": sex, "weight": [9.0] * n + [1.0] * n, "stratum": area,
        "cluster": [f"v{i // 5}" for i in range(2 * n)],
    })  # fmt: skip
    return known, table


def test_numbers_that_the_plan_set_have_no_chance_in_them() -> None:
    known, table = districts()
    area = next(held for held in representation({"census": (known, table)}) if held.by == ("area",))
    assert area.way == "planned"
    found = {one.group[0][1]: one for one in area.shares}
    assert [(one.lower, one.p_value) for one in found.values()] == [(None, None)] * 2
    assert (found["big"].state, found["small"].state) == ("few", "many")
    assert found["big"].ratio_weighted == pytest.approx(1.0)


def test_pairs_with_the_area_are_held_inside_each_area() -> None:
    known, table = districts()
    pair = next(held for held in representation({"census": (known, table)}) if held.by == ("area", "SEX"))
    assert pair.within
    found = {one.group: one for one in pair.shares}
    women = found[(("area", "small"), ("SEX", "F"))]
    assert (women.share_people, women.share, women.state) == (0.5, 0.2, "few")
    assert found[(("area", "big"), ("SEX", "F"))].ratio == 1.0


def test_one_area_alone_is_not_split_by_area() -> None:
    assert [held.by for held in representation({"c": (people(SEX), answers(["F", "M"] * 9))})] == [("SEX",)]


def test_no_answers_and_no_people_give_nothing() -> None:
    assert representation({}) == []
    assert representation({"census": (people(SEX), answers([None, None]))}) == []
    assert representation({"census": (people({"F": 5.0}), answers(["F"] * 9))}) == []


# --- honest surveys, and others ---------------------------------------------------------------------------------------


def drawn(draw: np.random.Generator, n: int, clusters: int, alike: float, shares: list[float]) -> pa.Table:
    """Answers of honest people, those of one village alike with an intraclass correlation of `alike`."""
    wanted = np.array(shares)
    village = draw.integers(0, clusters, n)
    own = draw.dirichlet(wanted * (1 / alike - 1), clusters) if alike else np.tile(wanted, (clusters, 1))
    group = (draw.random(n)[:, None] > own[village].cumsum(axis=1)).sum(axis=1).clip(max=len(shares) - 1)
    return answers([f"g{k}" for k in group], stratum=[""] * n, cluster=[f"v{k}" for k in village])


@pytest.mark.parametrize(
    ("n", "clusters", "alike"), [(25, 25, 0.0), (100, 10, 0.1), (300, 20, 0.2), (1400, 140, 0.1), (5000, 100, 0.05)]
)
@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.05, 0.15, 0.3, 0.5]])
def test_honest_surveys_are_named_in_one_of_twenty_at_most(
    n: int, clusters: int, alike: float, shares: list[float]
) -> None:
    draw = np.random.default_rng([n, len(shares)])
    known = people({f"g{k}": share for k, share in enumerate(shares)})
    worlds = 150 if n < 5000 else 60
    named = 0
    for _world in range(worlds):
        found = only(representation({"census": (known, drawn(draw, n, clusters, alike, shares))}))
        named += any((one.p_adjusted or 1.0) <= 0.05 for one in found.values())
    # Twice the standard error of a rate of 5 % stands above it.
    assert named / worlds <= 0.05 + 2 * (0.05 * 0.95 / worlds) ** 0.5


@pytest.mark.parametrize(("n", "clusters", "alike", "power"), [(200, 200, 0.0, 0.9), (400, 40, 0.05, 0.9)])
def test_a_group_at_half_its_number_is_seen(n: int, clusters: int, alike: float, power: float) -> None:
    draw = np.random.default_rng(7)
    known = people({"g0": 0.4, "g1": 0.6})
    seen = [
        only(representation({"census": (known, drawn(draw, n, clusters, alike, [0.2, 0.8]))}))["g0"].state == "few"
        for _world in range(60)
    ]
    assert np.mean(seen) >= power


def test_a_million_answers_are_held_in_seconds() -> None:
    draw = np.random.default_rng(3)
    found = only(
        representation({"census": (people({"g0": 0.5, "g1": 0.5}), drawn(draw, 1_000_000, 5000, 0.02, [0.5, 0.5]))})
    )
    assert {one.state for one in found.values()} == {"counted"}


# --- what the answers are worth, and where they are -------------------------------------------------------------------


def test_kishs_effective_n_and_design_effect_are_those_of_the_weights() -> None:
    effective, deff = worth(np.array([1.0, 1.0, 2.0, 0.0]))
    assert effective == pytest.approx(16 / 6)
    assert deff == pytest.approx(3 / (16 / 6))
    assert worth(np.zeros(3)) == (None, None)


def test_positions_everywhere_fill_the_land_and_positions_in_a_corner_do_not() -> None:
    draw = np.random.default_rng(5)
    land = [box(30, -1, 32, 1)]
    everywhere = space(draw.uniform(-1, 1, 2000), draw.uniform(30, 32, 2000), land, 10)
    corner = space(draw.uniform(-1, -0.5, 2000), draw.uniform(30, 30.5, 2000), land, 10)
    assert everywhere is not None
    assert corner is not None
    assert everywhere.occupied == pytest.approx(everywhere.expected, abs=0.02)
    assert everywhere.hull > 0.95
    assert corner.occupied < 0.1
    assert corner.hull == pytest.approx(1 / 16, abs=0.01)


def test_positions_outside_the_land_and_unknown_ones_do_not_count() -> None:
    latitude, longitude = np.array([0.0] * 20 + [np.nan, 50.0]), np.array([31.0] * 20 + [31.0, 31.0])
    found = space(latitude, longitude, [box(30, -1, 32, 1)], 10)
    assert found is not None
    assert (found.n, found.hull) == (20, 0.0)


def test_too_few_positions_say_nothing() -> None:
    assert space(np.zeros(9), np.full(9, 31.0), [box(30, -1, 32, 1)], 10) is None
    assert space(np.zeros(90), np.full(90, 31.0), [], 10) is None
