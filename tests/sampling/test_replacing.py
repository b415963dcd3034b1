"""Replacement: by rule, with a reason, within the stratum; whoever chooses freely is refused."""

import math

import pyarrow as pa
import pytest

from datashift.errors import AgainstDesign, BadSample
from datashift.sampling import Plan, Replacement, draw, draw_within, frame_of, replace, standing

TABLE = pa.table(
    {"id": [f"v{k:02}" for k in range(40)], "size": [900, *range(10, 49)], "zone": ["a", "b", "b", "a"] * 10}
)
DRAWN = draw(
    frame_of(TABLE, "id", size="size", strata=("zone",)), Plan(n=10, seed="s", method="pps", reserve=2, within=3)
)


def rows(status: str, zone: str) -> list[dict]:
    found = [row for row in DRAWN.table.to_pylist() if row["status"] == status and row["stratum"] == zone]
    return [row for row in found if not row["certain"]]


def test_the_next_reserve_of_the_stratum_comes_in_with_its_own_chance() -> None:
    out, (first, second) = rows("drawn", "b")[0], rows("reserve", "b")
    one = replace(DRAWN, out["unit"], "non-contact", day="2026-03-02")
    assert one == Replacement(out["unit"], first["unit"], "b", "non-contact", "2026-03-02")
    two = replace(DRAWN, rows("drawn", "b")[1]["unit"], "not-safe", earlier=[one])
    assert two.reserve == second["unit"]
    now = {row["unit"]: row for row in standing(DRAWN, [one, two]).table.to_pylist()}
    assert (now[out["unit"]]["status"], now[out["unit"]]["weight"]) == ("replaced", 0)
    assert (now[first["unit"]]["status"], now[first["unit"]]["weight"]) == ("replacing", 1 / first["chance"])


def test_sizes_still_add_up_to_the_stratum_after_a_replacement() -> None:
    size = dict(zip(TABLE["id"].to_pylist(), TABLE["size"].to_pylist(), strict=True))
    after = standing(DRAWN, [replace(DRAWN, rows("drawn", "b")[2]["unit"], "refusal")])
    for drawn in (DRAWN, after):
        sums = [row["weight"] * size[row["unit"]] for row in drawn.table.to_pylist() if row["stratum"] == "b"]
        assert math.fsum(sums) == pytest.approx(
            sum(s for s, zone in zip(TABLE["size"].to_pylist(), TABLE["zone"].to_pylist(), strict=True) if zone == "b")
        )


def test_a_reserve_in_use_may_be_replaced_in_its_turn() -> None:
    one = replace(DRAWN, rows("drawn", "a")[0]["unit"], "refusal")
    two = replace(DRAWN, one.reserve, "refusal", earlier=[one])
    assert two.reserve == rows("reserve", "a")[1]["unit"]
    status = {row["unit"]: row["status"] for row in standing(DRAWN, [one, two]).table.to_pylist()}
    assert (status[one.unit], status[one.reserve], status[two.reserve]) == ("replaced", "replaced", "replacing")


def refused(code: str, *words: str, **more: object) -> None:
    with pytest.raises(AgainstDesign) as problem:
        replace(DRAWN, *words, **more)
    assert problem.value.code == code
    assert problem.value.exit_code == 3


def test_free_substitution_is_refused_and_names_who_is_next() -> None:
    unit, reserves = rows("drawn", "b")[0]["unit"], [row["unit"] for row in rows("reserve", "b")]
    for wanted in (reserves[1], "v39", "my cousin", rows("reserve", "a")[0]["unit"]):
        refused("sample.free-substitution", unit, "refusal", wanted=wanted)
    assert replace(DRAWN, unit, "refusal", wanted=reserves[0]).reserve == reserves[0]


def test_a_list_of_replacements_made_elsewhere_is_held_against_the_rule() -> None:
    unit, reserves = rows("drawn", "b")[0]["unit"], [row["unit"] for row in rows("reserve", "b")]
    with pytest.raises(AgainstDesign, match="nobody chooses freely"):
        standing(DRAWN, [Replacement(unit, reserves[1], "b", "refusal")])


def test_what_cannot_be_replaced_is_told() -> None:
    one = replace(DRAWN, rows("drawn", "b")[0]["unit"], "refusal")
    two = replace(DRAWN, rows("drawn", "b")[1]["unit"], "refusal", earlier=[one])
    refused("sample.replaced-already", one.unit, "refusal", earlier=[one])
    refused("sample.no-reserve-left", rows("drawn", "b")[2]["unit"], "refusal", earlier=[one, two])
    refused("sample.not-in-use", rows("reserve", "a")[0]["unit"], "refusal")
    assert DRAWN.certain == ["v00"]
    refused("sample.stands-for-itself", "v00", "refusal")


def test_unknown_units_and_reasons_are_told() -> None:
    with pytest.raises(BadSample, match="not in the sample"):
        replace(DRAWN, "v99", "refusal")
    with pytest.raises(BadSample, match="not known as reason"):
        replace(DRAWN, rows("drawn", "b")[0]["unit"], "too far to walk")


def test_within_a_place_only_its_own_households_stand_by() -> None:
    first = draw(frame_of(TABLE, "id"), Plan(n=3, seed="s", within=3, within_reserve=1))
    places = [row["unit"] for row in first.table.to_pylist() if row["weight"] > 0]
    listed = pa.Table.from_pylist([{"village": u, "hh": k} for u in places for k in range(9)])
    second = draw_within(first, listed, place="village", unit="hh")
    unit = second.table["unit"][0].as_py()
    one = replace(second, unit, "refusal")
    assert one.reserve.split("/")[0] == unit.split("/")[0] == one.pool
    with pytest.raises(AgainstDesign, match="no reserve left"):
        replace(second, one.reserve, "refusal", earlier=[one])


def test_a_replaced_place_is_not_listed_and_its_reserve_is() -> None:
    one = replace(DRAWN, rows("drawn", "b")[0]["unit"], "not-reached")
    now = standing(DRAWN, [one])
    made = draw_within(now, pa.table({"v": [one.reserve] * 5, "h": list("abcde")}), place="v", unit="h")
    assert {row["chance"] for row in made.table.to_pylist()} == {rows("reserve", "b")[0]["chance"] * (3 / 5)}
    with pytest.raises(BadSample, match="was not drawn"):
        draw_within(now, pa.table({"v": [one.unit], "h": ["a"]}), place="v", unit="h")
