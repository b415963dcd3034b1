"""The draw: unbiased over all samples, blind to the order of rows, and with a design that the estimator understands."""

import math
import random
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datashift as ds
from datashift.errors import AgainstDesign, BadSample
from datashift.sampling import Frame, Plan, draw, draw_within, frame_of, joint_chances, unlisted
from datashift.sampling.chances import chances_by_size, sampford_pairs
from datashift.sampling.plan import allocated

METHODS = ("simple", "systematic", "pps", "sampford", "spatial")


WRITTEN_DOWN = {
    "simple": ["P52", "P46", "P09", "P51", "P59", "P50"],
    "systematic": ["P40", "P16", "P45", "P36", "P11", "P41"],
    "pps": ["P28", "P16", "P33", "P24", "P38", "P32"],
    "sampford": ["P52", "P46", "P57", "P51", "P23", "P02"],
    "spatial": ["P43", "P25", "P57", "P33", "P26", "P53"],
}


def country(count: int = 60, **columns: list) -> Frame:
    """A list of places in three regions, with households and positions."""
    table = pa.table(
        {
            "place": [f"P{k:02}" for k in range(count)],
            "region": [("North", "East", "South")[k % 3] for k in range(count)],
            "households": [20 + (k * 37) % 180 for k in range(count)],
            "lat": [(k * 7919) % 100 / 50 for k in range(count)],
            "lon": [36 + (k * 104729) % 100 / 50 for k in range(count)],
        }
        | columns
    )
    return frame_of(table, "place", size="households", strata=("region",), latitude="lat", longitude="lon")


def units(drawn: object, status: str = "drawn") -> list[str]:
    return [row["unit"] for row in drawn.table.to_pylist() if row["status"] == status]


# --- what chance decides --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_the_rows_decides_nothing(method: str) -> None:
    frame = country()
    rows = list(range(frame.table.num_rows))
    random.Random(3).shuffle(rows)
    mixed = pa.table({name: frame.table[name] for name in frame.table.column_names}).take(rows)
    again = frame_of(mixed, "unit", size="size", strata=("stratum",), latitude="latitude", longitude="longitude")
    plan = Plan(n=12, seed="six dice: 4 1 6 6 2 5", method=method, reserve=3)
    assert draw(frame, plan).table.equals(draw(again, plan).table)


@pytest.mark.parametrize("method", METHODS)
def test_another_seed_is_another_sample_with_the_same_chances(method: str) -> None:
    frame = country()
    first, second = (draw(frame, Plan(n=12, seed=seed, method=method)) for seed in ("one", "two"))
    assert units(first) != units(second)
    by_unit = {row["unit"]: row["chance"] for row in first.table.to_pylist()}
    shared = [row for row in second.table.to_pylist() if row["unit"] in by_unit]
    assert all(row["chance"] == by_unit[row["unit"]] for row in shared)


def test_a_draw_is_the_one_that_was_written_down() -> None:
    """Fixed for ever: if this changes, records of earlier draws can no longer be proved."""
    told = {method: units(draw(country(), Plan(n=6, seed="fixed", method=method))) for method in METHODS}
    assert told == WRITTEN_DOWN


@pytest.mark.parametrize("method", METHODS)
def test_reserves_stand_by_without_weight_in_an_order_of_their_own(method: str) -> None:
    drawn = draw(country(), Plan(n=12, seed="s", method=method, reserve=2))
    rows = [row for row in drawn.table.to_pylist() if row["status"] == "reserve"]
    assert sorted((row["stratum"], row["order"]) for row in rows) == [
        (name, order) for name in ("East", "North", "South") for order in (1, 2)
    ]
    assert {row["weight"] for row in rows} == {0.0}
    assert not set(units(drawn)) & set(units(drawn, "reserve"))


# --- right on average -----------------------------------------------------------------------------------------------


def test_totals_from_weights_are_right_over_all_samples_there_are() -> None:
    """Sampford on six places: the mean of the estimates over the 20 samples is the truth, and so is their variance."""
    sizes, values = np.array([3.0, 5, 2, 8, 4, 6]), np.array([31.0, 42, 25, 90, 37, 55])
    chance = chances_by_size(sizes, 3)
    rest = chance / (1 - chance)
    samples = [list(chosen) for chosen in combinations(range(6), 3)]
    weights = np.array([(1 - chance[s]).sum() * rest[s].prod() for s in samples])
    weights /= weights.sum()
    totals = np.array([(values[s] / chance[s]).sum() for s in samples])
    assert weights @ totals == pytest.approx(values.sum(), rel=1e-12)
    variance = weights @ (totals - values.sum()) ** 2
    # Sen, Yates & Grundy: unbiased with the exact chances of pairs.
    estimates = []
    for s in samples:
        pairs = np.array(list(combinations(s, 2)))
        i, j = pairs[:, 0], pairs[:, 1]
        both = sampford_pairs(chance, 3, i, j)
        apart = (values[i] / chance[i] - values[j] / chance[j]) ** 2
        estimates.append(np.sum((chance[i] * chance[j] - both) / both * apart))
    assert weights @ np.array(estimates) == pytest.approx(variance, rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_each_unit_is_drawn_as_often_as_its_chance_says(method: str) -> None:
    frame, rounds = country(15), 1200
    counted, chance = dict.fromkeys(frame.table["unit"].to_pylist(), 0), {}
    for k in range(rounds):
        for row in draw(frame, Plan(n=6, seed=f"seed {k}", method=method)).table.to_pylist():
            counted[row["unit"]] += 1
            chance[row["unit"]] = row["chance"]
    apart = {u: (counted[u] / rounds - p) / math.sqrt(p * (1 - p) / rounds) for u, p in chance.items() if p < 1}
    # Of 15 units one is more than 4 standard errors off in 1 of 1,000 cases.
    assert max(map(abs, apart.values())) < 4


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.1, 1e4), st.sampled_from("ABC")), min_size=6, max_size=50),
    st.sampled_from(METHODS),
    st.data(),
)
def test_chances_add_up_to_n_in_every_stratum(rows: list[tuple[float, str]], method: str, data: st.DataObject) -> None:
    table = pa.table({"id": [f"u{k}" for k in range(len(rows))], "size": [size for size, _s in rows]})
    table = table.append_column("stratum", [[s for _size, s in rows]])
    table = table.append_column("at", [[float(k) for k in range(len(rows))]])
    frame = frame_of(table, "id", size="size", strata=("stratum",), latitude="at", longitude="at")
    n = data.draw(st.integers(min(6, len(rows)), len(rows)))
    drawn = draw(frame, Plan(n=n, seed="s", method=method, reserve=1))
    assert len(units(drawn)) == n
    for row in drawn.table.to_pylist():
        assert 0 < row["chance"] <= 1
        assert row["weight"] == (1 / row["chance"] if row["status"] == "drawn" else 0)
    if method == "simple":
        assert sum(drawn.table["weight"].to_pylist()) == pytest.approx(len(rows))


# --- strata, large units, pairs -------------------------------------------------------------------------------------


def test_numbers_are_shared_out_by_largest_remainder_within_their_bounds() -> None:
    counts = {"a": 50, "b": 30, "c": 3}
    plan = Plan(n=10, seed="s")
    assert allocated(plan, counts, counts) == {"a": 5, "b": 3, "c": 2}
    assert allocated(Plan(n=12, seed="s", allocation="equal"), counts, counts) == {"a": 5, "b": 4, "c": 3}
    assert allocated(Plan(n=None, seed="s", given={"c": 3, "a": 1, "b": 9}), counts, counts) == {
        "a": 1, "b": 9, "c": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"n": 84}, "sample.more-than-there-are"),
        ({"n": 5}, "sample.fewer-than-strata"),
        ({"n": None, "given": {"a": 1, "d": 2}}, "sample.given"),
        ({"n": None, "given": {"a": 1, "b": 31, "c": 1}}, "sample.more-than-there-are"),
        ({"n": 9, "given": {"a": 1, "b": 2, "c": 3}}, "sample.given-differs"),
        ({"n": 0}, "sample.number"),
        ({"n": None}, "sample.number"),
        ({"n": 9, "reserve": -1}, "sample.number"),
        ({"n": 9, "seed": "  "}, "sample.seed"),
        ({"n": 9, "method": "convenient"}, "sample.choice"),
    ],
)
def test_a_plan_that_cannot_be_is_told(wanted: dict, code: str) -> None:
    counts = {"a": 50, "b": 30, "c": 3}
    with pytest.raises(BadSample) as problem:
        allocated(Plan(**{"seed": "s"} | wanted), counts, counts)
    assert problem.value.code == code


def test_a_large_place_is_certain_told_and_a_stratum_of_its_own() -> None:
    sizes = [5000, *[20 + k for k in range(59)]]
    drawn = draw(country(households=sizes), Plan(n=9, seed="s", method="sampford", allocation="equal"))
    assert drawn.certain == ["P00"]
    [row] = [row for row in drawn.table.to_pylist() if row["certain"]]
    assert (row["chance"], row["weight"], row["design_stratum"], row["share_1"]) == (1.0, 1.0, "North / P00", 1.0)


def test_pairs_have_their_exact_chance() -> None:
    frame = country(30)
    simple = draw(frame, Plan(n=9, seed="s"))
    assert set(joint_chances(frame, simple)["chance"].to_pylist()) == {3 * 2 / (10 * 9)}
    sampford = draw(frame, Plan(n=9, seed="s", method="sampford", allocation="equal"))
    assert joint_chances(frame, sampford).num_rows == 9
    with pytest.raises(BadSample, match="not the one that was drawn from"):
        joint_chances(country(31), simple)
    with pytest.raises(AgainstDesign, match="not known exactly"):
        joint_chances(frame, draw(frame, Plan(n=9, seed="s", method="pps")))


def test_a_systematic_draw_follows_the_stated_order() -> None:
    table = pa.table({"id": [f"u{k}" for k in range(20)], "road": [str(19 - k) for k in range(20)]})
    drawn = draw(frame_of(table, "id", order=("road",)), Plan(n=4, seed="s", method="systematic"))
    roads = sorted(19 - int(unit[1:]) for unit in units(drawn))
    assert np.diff(roads).tolist() == [5, 5, 5]


@pytest.mark.parametrize("method", ["pps", "sampford", "spatial"])
def test_what_a_method_needs_and_the_list_lacks_is_told(method: str) -> None:
    frame = frame_of(pa.table({"id": ["a", "b", "c"]}), "id")
    with pytest.raises(BadSample, match="needs"):
        draw(frame, Plan(n=2, seed="s", method=method))


# --- two stages -----------------------------------------------------------------------------------------------------


def listing(drawn: object) -> pa.Table:
    rows = [{"place": name, "house": str(k + 1)} for name in units(drawn) for k in range(10 + int(name[1:]) % 7)]
    return pa.Table.from_pylist(rows)


def test_weights_of_two_stages_multiply_and_places_do_not_touch_each_other() -> None:
    first = draw(country(), Plan(n=9, seed="s", method="pps", within=8, within_reserve=2))
    listed = listing(first)
    whole = draw_within(first, listed, place="place", unit="house")
    chance = {row["unit"]: row["chance"] for row in first.table.to_pylist()}
    for row in whole.table.to_pylist():
        houses = 10 + int(row["place"][1:]) % 7
        assert row["chance"] == chance[row["place"]] * (8 / houses)
    place = units(first)[4]
    alone = draw_within(
        first, listed.filter(pa.array([p == place for p in listed["place"].to_pylist()])), place="place", unit="house"
    )
    assert alone.table.to_pylist() == [row for row in whole.table.to_pylist() if row["place"] == place]
    assert unlisted(first, alone) == sorted(set(units(first)) - {place})


def test_households_are_not_drawn_with_the_luck_of_a_place_of_their_name() -> None:
    table = pa.table({"hh": [str(k) for k in range(40)], "village": [str(k // 10) for k in range(40)]})
    frame = frame_of(table, "hh", place="village")
    counted = dict.fromkeys(range(40), 0)
    for k in range(800):
        for unit in units(draw(frame, Plan(n=2, seed=f"seed {k}", within=3))):
            counted[int(unit)] += 1
    spread = 0.15 * 800
    assert all(abs(count - spread) < 4.2 * math.sqrt(spread * 0.85) for count in counted.values())


def test_a_small_place_is_taken_whole() -> None:
    table = pa.table({"hh": ["a", "b", "c", "d", "e"], "village": ["x", "x", "y", "y", "y"]})
    drawn = draw(frame_of(table, "hh", place="village"), Plan(n=2, seed="s", within=3))
    assert sorted(units(drawn)) == ["a", "b", "c", "d", "e"]
    assert set(drawn.table["weight"].to_pylist()) == {1.0}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"place": "P99", "house": "1"}], "sample.place-not-drawn"),
        ([{"place": "", "house": "1"}], "sample.place-not-drawn"),
        ([{"place": None, "house": ""}], "sample.no-unit"),
        ([{"place": None, "house": "1"}] * 2, "sample.unit-twice"),
        ([], "sample.empty"),
    ],
)
def test_a_fault_of_a_listing_is_told(rows: list[dict], code: str) -> None:
    first = draw(country(), Plan(n=6, seed="s", within=5))
    rows = [row | ({"place": units(first)[0]} if row["place"] is None else {}) for row in rows]
    table = pa.Table.from_pylist(rows, pa.schema([("place", pa.string()), ("house", pa.string())]))
    with pytest.raises(BadSample) as problem:
        draw_within(first, table, place="place", unit="house")
    assert problem.value.code == code


def test_two_stages_need_a_number_within() -> None:
    with pytest.raises(BadSample, match="within"):
        draw(frame_of(pa.table({"hh": ["a"], "v": ["x"]}), "hh", place="v"), Plan(n=1, seed="s"))


# --- the design -----------------------------------------------------------------------------------------------------


def answers(drawn: object, answer: object) -> pa.Table:
    rows = [row | {"yes": int(answer(row))} for row in drawn.table.to_pylist() if row["weight"] > 0]
    return pa.Table.from_pylist(rows)


def spread_of(rows: pa.Table) -> tuple[float, float]:
    """A share and its standard error from the places as they were drawn: linearised, as if with replacement."""
    weight, yes = rows["weight"].to_numpy(), rows["yes"].to_numpy()
    share = float(weight @ yes / weight.sum())
    places = np.unique(rows["design_cluster"].to_pylist(), return_inverse=True)[1]
    sums = np.bincount(places, weight * (yes - share)) / weight.sum()
    return share, math.sqrt(len(sums) / (len(sums) - 1) * float(sums @ sums))


def test_intervals_from_the_design_hold_the_truth_as_often_as_they_say() -> None:
    """Two stages with sizes, 100 samples of 20 of 60 places, 8 households in each."""
    rows = [
        {"hh": f"{p}-{k}", "place": f"P{p}", "yes": (p * 7 + k * 3) % 10 < 2 + p % 6}
        for p in range(60)
        for k in range(30 + (p * 13) % 61)
    ]
    table = pa.Table.from_pylist(rows)
    truth = {row["hh"]: row["yes"] for row in rows}
    frame = frame_of(table, "hh", place="place")
    found = []
    for k in range(100):
        drawn = draw(frame, Plan(n=20, seed=f"seed {k}", method="sampford", within=8))
        told = answers(drawn, lambda row: truth[row["unit"]])
        found.append(spread_of(told))
    [same] = ds.estimate(told, ds.proportion("yes", 1), design=drawn.design)
    assert (same.value / 100, same.se / 100) == pytest.approx(found[-1], rel=1e-6)
    shares, errors = np.array(found).T
    share = np.mean(list(truth.values()))
    assert np.mean(shares) == pytest.approx(share, abs=4 * np.std(shares) / 10)
    # The t value of 19 degrees of freedom. Of 100 intervals fewer than 87 hold in less than 1 of 1,000 cases.
    held = int(np.sum(np.abs(shares - share) <= 2.093 * errors))
    assert held >= 87


def test_the_design_of_a_plain_draw_gives_the_textbook_variance() -> None:
    """Cochran 1977, (5.26): the sum over strata of N (N − n) s² / n, here computed from the sample itself."""
    frame = country(60)
    drawn = draw(frame, Plan(n=15, seed="s", allocation="equal"))
    table = answers(drawn, lambda row: int(row["unit"][1:]) % 4 == 0)
    [found] = ds.estimate(table, ds.total("yes"), design=drawn.design)
    expected = 0.0
    for name in ("North", "East", "South"):
        values = np.array([row["yes"] for row in table.to_pylist() if row["stratum"] == name])
        expected += 20 * (20 - 5) * values.var(ddof=1) / 5
    assert found.value == pytest.approx(4 * sum(table["yes"].to_pylist()))
    assert found.se == pytest.approx(math.sqrt(expected), rel=1e-9)


def test_the_design_of_certain_places_is_understood_by_the_estimator() -> None:
    """Both places are certain, so all that varies is the draw inside: M (M − m) s² / m for each."""
    table = pa.table({"hh": [f"{k:03}" for k in range(60)], "place": ["x"] * 30 + ["y"] * 30})
    frame = frame_of(table, "hh", place="place")
    drawn = draw(frame, Plan(n=2, seed="s", method="pps", within=10))
    rows = answers(drawn, lambda row: int(row["unit"]) % 3 == 0)
    [found] = ds.estimate(rows, ds.total("yes"), design=drawn.design)
    expected = 0.0
    for place in "xy":
        values = np.array([row["yes"] for row in rows.to_pylist() if row["place"] == place])
        expected += 30 * 20 * values.var(ddof=1) / 10
    assert found.se == pytest.approx(math.sqrt(expected), rel=1e-9)


def test_one_large_place_among_many_is_understood_by_the_estimator() -> None:
    first = draw(
        country(households=[5000, *[20 + k for k in range(59)]]),
        Plan(n=12, seed="s", method="sampford", allocation="equal", within=6),
    )
    drawn = draw_within(first, listing(first), place="place", unit="house")
    assert drawn.certain == ["P00"]
    [found] = ds.estimate(answers(drawn, lambda row: row["order"] % 2), ds.proportion("yes", 1), design=drawn.design)
    assert found.lower < found.value < found.upper
