"""Outcomes: response rates by the published formulas, and weights that still add up to the population."""

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import AgainstDesign, BadSample
from datashift.sampling import (
    OUTCOMES,
    Plan,
    assign,
    draw,
    frame_of,
    outcomes_of,
    progress,
    replace,
    standing,
    weighted,
)  # fmt: skip

TABLE = pa.table({"id": [f"h{k:03}" for k in range(200)], "zone": ["a"] * 120 + ["b"] * 80})
DRAWN = draw(frame_of(TABLE, "id", strata=("zone",)), Plan(n=50, seed="s", reserve=3))


def in_zone(zone: str) -> list[str]:
    return [row["unit"] for row in DRAWN.table.to_pylist() if row["stratum"] == zone and row["status"] == "drawn"]


def told(**counts: int) -> pa.Table:
    """Outcomes of zone a (30 drawn) by their number; all of zone b (20 drawn) are completed."""
    words = [word.replace("_", "-") for word, n in counts.items() for _k in range(n)]
    units = [*in_zone("a")[: len(words)], *in_zone("b")]
    return pa.table({"unit": units, "outcome": words + ["completed"] * 20})


def test_rates_are_those_of_aapor() -> None:
    """Standard Definitions: RR1 = I / ((I + P) + (R + NC + O) + (UH + UO)), RR2 = (I + P) / the same."""
    outcomes = told(completed=15, partial=2, refusal=4, non_contact=3, other=1, not_eligible=2, unknown=1)
    first, second, whole = progress(DRAWN, outcomes).to_pylist()
    assert (first["planned"], first["issued"], first["open"]) == (30, 30, 2)
    assert first["rr1"] == 15 / 26
    assert first["rr2"] == 17 / 26
    assert first["rr1_least"] == 15 / 28
    assert second["rr1"] == second["rr2_weighted"] == 1
    assert whole["stratum"] is None
    assert (whole["planned"], whole["completed"]) == (50, 35)
    assert whole["rr2_weighted"] == pytest.approx((17 * 4 + 20 * 4) / (26 * 4 + 20 * 4))


def test_before_the_first_visit_there_is_no_rate() -> None:
    rows = progress(DRAWN, pa.table({"unit": [], "outcome": []})).to_pylist()
    assert [row["open"] for row in rows] == [30, 20, 50]
    assert {row["rr1"] for row in rows} == {None}
    assert rows[0]["rr1_least"] == 0


def test_progress_by_enumerator() -> None:
    work = assign(DRAWN, ["Ada", "Ben"])
    outcomes = work.append_column("outcome", [["completed", "refusal"] * 25])
    rows = {row["enumerator"]: row for row in progress(DRAWN, outcomes, by=("enumerator",)).to_pylist()}
    assert rows["Ada"]["issued"] == rows["Ben"]["issued"] == 25
    assert rows["Ada"]["completed"] + rows["Ben"]["completed"] == rows[None]["completed"] == 25


def test_a_replaced_unit_counts_with_its_reason_and_its_reserve_is_issued() -> None:
    one = replace(DRAWN, in_zone("a")[0], "refusal")
    two = replace(DRAWN, in_zone("a")[1], "not-safe", earlier=[one])
    outcomes = pa.table({"unit": [one.reserve], "outcome": ["completed"]})
    first = progress(DRAWN, outcomes, replacements=[one, two]).to_pylist()[0]
    assert (first["planned"], first["issued"], first["open"]) == (30, 32, 29)
    assert (first["refusal"], first["unknown"], first["completed"]) == (1, 1, 1)


def test_a_reserve_that_was_replaced_in_its_turn_was_never_planned() -> None:
    one = replace(DRAWN, in_zone("a")[0], "refusal")
    two = replace(DRAWN, one.reserve, "non-contact", earlier=[one])
    outcomes = pa.table({"unit": [two.reserve, in_zone("a")[1]], "outcome": ["completed", "refusal"]})
    first, second, whole = progress(DRAWN, outcomes, replacements=[one, two]).to_pylist()
    assert [first[name] for name in ("planned", "reserves", "replaced", "issued")] == [30, 2, 2, 32]
    for row in (first, second, whole):
        assert row["planned"] + row["reserves"] == row["issued"] == row["open"] + sum(row[name] for name in OUTCOMES)
        assert row["issued"] - row["replaced"] == row["planned"], "as many are in use as were planned"
    assert first["rr1"] == 1 / 4, "whoever was replaced counts with the reason"


# --- weights --------------------------------------------------------------------------------------------------------


def test_weights_of_answers_stand_for_the_silent_of_their_stratum() -> None:
    made = weighted(DRAWN, told(completed=15, refusal=5, non_contact=10))
    assert made.cells.to_pylist()[0] == {
        "stratum": "a", "units": 30, "answers": 15, "known": 1.0, "answered": 2.0, "sum": pytest.approx(120),
    }  # fmt: skip
    assert math.fsum(made.table["weight"].to_pylist()) == pytest.approx(200)
    assert {row["weight"] for row in made.table.to_pylist() if row["outcome"] == "refusal"} == {0}
    assert made.kish == pytest.approx(35 * (15 * 64 + 20 * 16) / 200**2)


def test_the_silent_are_no_part_of_the_share_that_counts_for_the_variance() -> None:
    made = weighted(DRAWN, told(completed=10, not_eligible=5, refusal=15))
    assert set(zip(made.table["stratum"].to_pylist(), made.table["share_1"].to_pylist(), strict=True)) == {
        ("a", 15 / 120), ("b", 20 / 80),
    }  # fmt: skip


def test_the_not_eligible_are_taken_out_of_the_population_and_the_unknown_shared() -> None:
    # 30 of weight 4: 6 unknown are shared over 24 known, of whom a quarter is not eligible.
    made = weighted(DRAWN, told(completed=12, refusal=6, not_eligible=6, unknown=6))
    [cell, _b] = made.cells.to_pylist()
    assert (cell["known"], cell["answered"]) == (30 / 24, 18 / 12)
    assert cell["sum"] == pytest.approx(120 * 0.75)


@given(st.lists(st.sampled_from([*OUTCOMES, ""]), min_size=29, max_size=29))
def test_weights_add_up_to_the_eligible_whatever_happens(words: list[str]) -> None:
    words = ["completed", *words]
    pairs = [(unit, word) for unit, word in zip(in_zone("a"), words, strict=True) if word]
    units = [*(u for u, _w in pairs), *in_zone("b")]
    made = weighted(DRAWN, pa.table({"unit": units, "outcome": [*(w for _u, w in pairs), *["completed"] * 20]}))
    known = [word for word in words if word not in ("", "unknown")]
    eligible = sum(word != "not-eligible" for word in known) / len(known)
    assert made.cells["sum"].to_pylist() == pytest.approx([120 * eligible, 80])
    assert math.fsum(made.table["weight"].to_pylist()) == pytest.approx(120 * eligible + 80)


def test_after_a_replacement_weights_still_add_up() -> None:
    one = replace(DRAWN, in_zone("a")[0], "non-contact")
    now = standing(DRAWN, [one])
    units = [row["unit"] for row in now.table.to_pylist() if row["weight"] > 0]
    made = weighted(DRAWN, pa.table({"unit": units, "outcome": ["completed"] * 50}), [one])
    assert math.fsum(made.table["weight"].to_pylist()) == pytest.approx(200)


def test_a_stratum_in_which_nobody_answered_is_told() -> None:
    with pytest.raises(AgainstDesign, match="In “a” nobody answered"):
        weighted(DRAWN, told(refusal=30))
    with pytest.raises(AgainstDesign, match="nobody answered"):
        weighted(DRAWN, pa.table({"unit": in_zone("b"), "outcome": ["completed"] * 20}))


def test_a_stratum_without_anybody_eligible_has_no_weight_and_no_fault() -> None:
    assert weighted(DRAWN, told(not_eligible=30)).cells["sum"].to_pylist() == [0, 80]


# --- outcomes -------------------------------------------------------------------------------------------------------


def test_the_last_visit_counts_and_an_answer_stays_an_answer() -> None:
    visits = pa.table(
        {
            "unit": ["x", "x", "y", "y"],
            "outcome": ["refusal", "non-contact", "completed", "non-contact"],
            "day": ["2026-03-05", "2026-03-02", "2026-03-01", "2026-03-03"],
        }
    )
    assert outcomes_of(visits, when="day").select(["unit", "outcome"]).to_pylist() == [
        {"unit": "x", "outcome": "refusal"}, {"unit": "y", "outcome": "completed"},
    ]  # fmt: skip
    with pytest.raises(BadSample, match="two outcomes"):
        outcomes_of(visits)


def test_what_is_not_of_the_sample_is_told() -> None:
    with pytest.raises(BadSample, match="not known as outcome"):
        progress(DRAWN, pa.table({"unit": in_zone("a")[:1], "outcome": ["interesting"]}))
    for stranger in (
        "h999",
        DRAWN.table.filter(pa.array([s == "reserve" for s in DRAWN.table["status"].to_pylist()]))["unit"][0].as_py(),
    ):
        with pytest.raises(BadSample, match="is not in the sample"):
            progress(DRAWN, pa.table({"unit": [stranger], "outcome": ["completed"]}))


def test_an_answer_is_never_replaced() -> None:
    one = replace(DRAWN, in_zone("a")[0], "refusal")
    with pytest.raises(AgainstDesign, match="has an answer"):
        progress(DRAWN, pa.table({"unit": [one.unit], "outcome": ["completed"]}), replacements=[one])
