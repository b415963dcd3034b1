"""The design of the answers: shares of who answered give variances that are right by hand and over many samples."""

import math
import random

import numpy as np
import pyarrow as pa
import pytest

import datashift as ds
from datashift.estimation.frame import Frame as Units
from datashift.sampling import Draw, Plan, draw, frame_of, replace, standing, with_shares
from datashift.sampling.drawing import VERY_MANY

STUDENT = {"stratified": 1.973, "two stages": 2.064, "sizes": 2.093}
"""Quantiles of t for 95 %, at the degrees of freedom of each design below."""

SAMPLES = 200


def town(places: int, sizes: tuple[int, ...]) -> list[dict]:
    """Households in places, a quarter of them with the answer yes; places differ, and so do two regions."""
    chance = random.Random("town")
    made = []
    for place in range(places):
        usual = chance.betavariate(1.5, 2.5) * (0.5 if place % 2 else 1)
        for home in range(sizes[place % len(sizes)]):
            one = {"hh": f"{place:02}-{home:02}", "place": f"{place:02}", "region": "ab"[place % 2]}
            made.append(one | {"yes": int(chance.random() < usual)})
    return made


def rows_of(drawn: Draw, answered: list[str], homes: dict[str, dict]) -> pa.Table:
    kept = set(answered)
    rows = [row for row in with_shares(drawn, answered) if row["unit"] in kept]
    return pa.Table.from_pylist([row | {"yes": homes[row["unit"]]["yes"]} for row in rows])


def share_and_error(rows: pa.Table) -> tuple[float, float]:
    """The share of yes and its standard error by linearisation over the whole design."""
    weight, yes = rows["weight"].to_numpy(), rows["yes"].to_numpy()
    numbers = [
        np.unique(rows[name].to_pylist(), return_inverse=True)[1].ravel()
        for name in ("design_stratum", "design_cluster", "unit")
    ]
    stages = 2 if "share_2" in rows.column_names else 1
    shares = [rows[f"share_{stage}"].to_numpy() for stage in range(1, stages + 1)]
    share = float(weight @ yes / weight.sum())
    influence = (weight * (yes - share) / weight.sum())[:, None]
    return share, math.sqrt(Units(numbers[0], numbers[1 : 1 + stages], shares, "adjust").variance(influence)[0])


def test_two_stages_give_the_textbook_variance_of_those_who_answered() -> None:
    """Cochran 1977, (11.24): N² (1 − n/N) s²_between / n + N/n Σ M² (1 − m/M) s² / m, with the m who answered."""
    homes = {row["hh"]: row for row in town(8, (10,))}
    frame = frame_of(pa.Table.from_pylist(list(homes.values())), "hh", place="place")
    drawn = draw(frame, Plan(n=4, seed="s", within=6))
    used = [row["unit"] for row in drawn.table.to_pylist()]
    answered = [unit for k, unit in enumerate(sorted(used)) if k % 6 != 5]  # five of six in each place
    rows = rows_of(drawn, answered, homes)
    assert set(rows["share_1"].to_pylist()) == {4 / 8}
    assert rows["share_2"].to_pylist() == pytest.approx([5 / 10] * 20)
    answers = [
        [row["yes"] for row in rows.to_pylist() if row["place"] == place]
        for place in sorted(set(rows["place"].to_pylist()))
    ]
    totals = [10 * np.mean(own) for own in answers]
    between = 64 * (1 - 4 / 8) * np.var(totals, ddof=1) / 4
    within = 8 / 4 * sum(100 * (1 - 5 / 10) * np.var(own, ddof=1) / 5 for own in answers)
    # A weight of 1 / chance makes up for nobody: totals are raised to all who answer.
    raised = rows.set_column(rows.column_names.index("weight"), "weight", pa.array(rows["weight"].to_numpy() * 6 / 5))
    [found] = ds.estimate(raised, ds.total("yes"), design=drawn.design)
    assert found.se == pytest.approx(math.sqrt(between + within), rel=1e-9)


def test_who_did_not_answer_makes_the_share_smaller_and_who_was_asked_for_nothing_does_not() -> None:
    table = pa.table({"id": [f"{k:02}" for k in range(40)], "zone": ["a"] * 20 + ["b"] * 20})
    drawn = draw(frame_of(table, "id", strata=("zone",)), Plan(n=20, seed="s", reserve=2))
    in_a = [row["unit"] for row in drawn.table.to_pylist() if row["stratum"] == "a" and row["status"] == "drawn"]
    one = replace(drawn, in_a[0], "refusal")
    shares = {row["unit"]: row["share_1"] for row in with_shares(standing(drawn, [one]), [*in_a[:4], one.reserve])}
    assert shares[one.reserve] == shares[in_a[1]] == 4 / 20, "the replaced one is not among the answers"
    assert {share for unit, share in shares.items() if unit >= "20"} == {10 / 20}, "nobody there answered yet"


def test_everybody_in_a_certain_place_is_counted_against_that_place() -> None:
    table = pa.table({"hh": [f"{k:03}" for k in range(60)], "place": ["x"] * 40 + ["y"] * 9 + ["z"] * 11})
    drawn = draw(frame_of(table, "hh", place="place"), Plan(n=2, seed="s", method="pps", within=10))
    assert drawn.certain == ["x"]
    used = [row["unit"] for row in drawn.table.to_pylist() if row["place"] == "x"]
    rows = {row["unit"]: row for row in with_shares(drawn, used[:6])}
    assert (rows[used[0]]["share_1"], rows[used[0]]["share_2"]) == (pytest.approx(6 / 40), 1.0)


def test_one_answer_in_a_place_hides_its_spread_so_that_places_count_as_drawn_from_very_many() -> None:
    homes = town(8, (10,))
    drawn = draw(
        frame_of(pa.Table.from_pylist(homes), "hh", place="place", strata=("region",)), Plan(n=4, seed="s", within=3)
    )
    rows = drawn.table.to_pylist()
    alone = rows[0]["place"]
    answered = [row["unit"] for row in rows if row["place"] != alone or row["unit"] == rows[0]["unit"]]
    shares = {(row["stratum"], row["share_1"]) for row in with_shares(drawn, answered)}
    other = next(row["stratum"] for row in rows if row["stratum"] != rows[0]["stratum"])
    assert shares == {(rows[0]["stratum"], VERY_MANY), (other, 2 / 4)}


def test_with_one_unit_in_each_place_the_places_count_as_drawn_from_very_many() -> None:
    frame = frame_of(pa.Table.from_pylist(town(8, (10,))), "hh", place="place")
    assert draw(frame, Plan(n=6, seed="s", within=1)).design.fpc == ()
    assert draw(frame, Plan(n=6, seed="s", within=2)).design.fpc == ("share_1", "share_2")


PLANS = {
    "stratified": (Plan(n=240, seed="each its own", allocation="equal"), {"strata": ("region",)}, (0.72, 1.35)),
    "two stages": (Plan(n=26, seed="each its own", within=6), {"place": "place", "strata": ("region",)}, (0.72, 1.35)),
    # Where chances follow sizes the first stage is taken as drawn with replacement: wider than it need be.
    "sizes": (Plan(n=20, seed="each its own", method="sampford", within=6), {"place": "place"}, (0.9, 2.2)),
}


@pytest.mark.parametrize("kind", PLANS)
def test_over_many_samples_the_variance_is_right_and_intervals_hold_the_truth(kind: str) -> None:
    """Samples in which one of four does not answer; the variance is held against that of the samples themselves."""
    plan, named, (least, most) = PLANS[kind]
    homes = {row["hh"]: row for row in town(40, (8, 14, 11, 9, 17))}
    frame = frame_of(pa.Table.from_pylist(list(homes.values())), "hh", **named)
    truth = np.mean([row["yes"] for row in homes.values()])
    shares, errors = [], []
    for k in range(SAMPLES):
        drawn = draw(frame, Plan(**plan.as_dict() | {"seed": f"seed {k}"}))
        silent = random.Random(f"silent {k}")
        answered = [row["unit"] for row in drawn.table.to_pylist() if silent.random() > 0.25]
        share, error = share_and_error(rows_of(drawn, answered, homes))
        shares.append(share)
        errors.append(error)
    assert least < np.mean(np.square(errors)) / np.var(shares) < most
    held = np.mean(np.abs(np.array(shares) - truth) <= STUDENT[kind] * np.array(errors))
    assert held > 0.89
