"""Work is dealt out evenly and by lot; back-checks reach every enumerator with a known chance."""

import numpy as np
import pyarrow as pa
import pytest

from datashift.errors import BadSample
from datashift.sampling import Plan, assign, back_checks, draw, frame_of

FRAME = frame_of(
    pa.table({"hh": [f"{k // 12}-{k % 12}" for k in range(240)], "village": [str(k // 12) for k in range(240)]}),
    "hh",
    place="village",
)
PLACES = draw(FRAME, Plan(n=9, seed="s", within=6, within_reserve=2))


def loads(table: pa.Table, column: str = "enumerator") -> dict[str, int]:
    return {row["values"]: row["counts"] for row in table[column].value_counts().to_pylist()}


def test_each_unit_in_use_has_one_enumerator_and_reserves_have_none() -> None:
    made = assign(PLACES, ["Ada", "Ben", "Chi"])
    in_use = [row["unit"] for row in PLACES.table.to_pylist() if row["weight"] > 0]
    assert sorted(made["unit"].to_pylist()) == sorted(in_use)
    assert loads(made) == {"Ada": 18, "Ben": 18, "Chi": 18}


def test_a_place_stays_in_one_hand() -> None:
    hands: dict[str, set] = {}
    for row in assign(PLACES, ["Ada", "Ben", "Chi", "Dov"]).to_pylist():
        hands.setdefault(row["place"], set()).add(row["enumerator"])
    assert all(len(names) == 1 for names in hands.values())


def test_a_team_shares_its_place_so_that_people_can_be_told_apart_from_places() -> None:
    teams = {"Ada": "red", "Ben": "red", "Chi": "blue"}
    made = assign(PLACES, teams)
    assert loads(made, "team") == {"red": 36, "blue": 18}
    assert loads(made) == {"Ada": 18, "Ben": 18, "Chi": 18}
    for place in set(made["place"].to_pylist()):
        rows = [row for row in made.to_pylist() if row["place"] == place]
        assert len({row["team"] for row in rows}) == 1
        if rows[0]["team"] == "red":
            assert sorted(row["enumerator"] for row in rows) == ["Ada"] * 3 + ["Ben"] * 3


def test_without_places_units_are_dealt_out_in_turn() -> None:
    drawn = draw(frame_of(pa.table({"hh": [str(k) for k in range(50)]}), "hh"), Plan(n=11, seed="s"))
    assert sorted(loads(assign(drawn, ["a", "b", "c"])).values()) == [3, 4, 4]


def test_nobody_to_ask_is_told() -> None:
    with pytest.raises(BadSample, match="nobody to give the work to"):
        assign(PLACES, [])


# --- back-checks ----------------------------------------------------------------------------------------------------


def interviews(count: int = 200, seed: int = 0) -> pa.Table:
    return pa.table(
        {
            "unit": [f"{seed}-{k}" for k in range(count)],
            "enumerator": ["few" if k < 3 else "many" for k in range(count)],
        }
    )


def test_every_enumerator_is_checked() -> None:
    chosen = back_checks(interviews(), 0.1, "kept by the supervisor", each=2)
    assert loads(chosen)["few"] >= 2
    assert 8 <= loads(chosen)["many"] <= 35


def test_who_was_chosen_by_share_stays_chosen_as_interviews_come_in() -> None:
    early, late = (back_checks(interviews().slice(0, n), 0.2, "s")["unit"].to_pylist() for n in (80, 200))
    lone = {row["unit"] for row in back_checks(interviews().slice(0, 80), 1e-9, "s").to_pylist()}
    assert set(early) - lone <= set(late)


@pytest.mark.parametrize("each", [1, 2])
def test_the_chance_of_a_back_check_is_the_one_that_is_told(each: int) -> None:
    rounds, n, share = 3000, 5, 0.1
    counted, told = 0, 0.0
    for k in range(rounds):
        table = pa.table({"unit": [f"{k}-{i}" for i in range(n)], "enumerator": ["e"] * n})
        chosen = back_checks(table, share, "s", each=each)
        counted += chosen.num_rows
        told = chosen["chance"][0].as_py()
    assert counted / (rounds * n) == pytest.approx(told, abs=4 * np.sqrt(told * (1 - told) / (rounds * n)))


@pytest.mark.parametrize(("share", "seed"), [(0, "s"), (1.5, "s"), (0.1, " ")])
def test_a_share_or_seed_that_cannot_be_is_told(share: float, seed: str) -> None:
    with pytest.raises(BadSample):
        back_checks(interviews(), share, seed)
