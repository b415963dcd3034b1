"""The record: a sample can be proved by anybody with the list, and nothing in it can be changed unseen."""

import hashlib
import json

import pyarrow as pa
import pytest

from datashift.errors import BadSample
from datashift.sampling import Plan, again, draw, draw_within, frame_of, read_record, replace, standing, written

TABLE = pa.table({"id": [f"v{k}" for k in range(30)], "size": [5 + k for k in range(30)], "zone": ["a", "b"] * 15})
FRAME = frame_of(TABLE, "id", size="size", strata=("zone",))
PLAN = Plan(n=8, seed="dice 3 3 1", method="sampford", reserve=2, within=4, within_reserve=1)


def stored(record: dict) -> dict:
    """As it comes back from a file."""
    return json.loads(json.dumps(record))


def signed_anew(record: dict) -> dict:
    """A record whose digest was put right after a change, as a forger would do."""
    rest = {name: part for name, part in record.items() if name != "sha256"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True)
    return rest | {"sha256": hashlib.sha256(text.encode()).hexdigest()}


def listing(drawn: object) -> pa.Table:
    units = [row["unit"] for row in drawn.table.to_pylist() if row["weight"] > 0]
    return pa.Table.from_pylist([{"village": u, "hh": k} for u in units for k in range(9)])


def test_a_draw_comes_back_from_its_record() -> None:
    drawn = draw(FRAME, PLAN)
    told = read_record(stored(written(drawn)))
    assert told == drawn
    assert again(stored(written(drawn)), FRAME).table.equals(drawn.table)


def test_both_stages_are_proved_with_list_and_listing() -> None:
    first = draw(FRAME, PLAN)
    unit = first.table["unit"][0].as_py()
    first = standing(first, [replace(first, unit, "not-reached")])
    second = draw_within(first, listing(first), place="village", unit="hh")
    record = stored(written(second))
    assert again(record, FRAME, listing(first)).table.equals(second.table)
    with pytest.raises(BadSample, match="listing"):
        again(record, FRAME)
    with pytest.raises(BadSample, match="not the one that was drawn from"):
        again(record, FRAME, listing(first).slice(1))


def test_another_list_is_told() -> None:
    other = frame_of(TABLE.slice(1), "id", size="size", strata=("zone",))
    with pytest.raises(BadSample) as problem:
        again(written(draw(FRAME, PLAN)), other)
    assert problem.value.code == "sample.frame-changed"


def test_a_changed_record_is_told_even_when_its_digest_was_put_right() -> None:
    record = stored(written(draw(FRAME, PLAN)))
    outsider = next(unit for unit in FRAME.table["unit"].to_pylist() if unit not in {r["unit"] for r in record["rows"]})
    record["rows"][0]["unit"] = outsider
    with pytest.raises(BadSample, match="changed after it was written"):
        read_record(record)
    with pytest.raises(BadSample) as problem:
        again(signed_anew(record), FRAME)
    assert problem.value.code == "sample.not-the-same"


@pytest.mark.parametrize(("field", "value"), [("chance", 0.9), ("status", "reserve"), ("order", 40)])
def test_a_forged_row_does_not_pass(field: str, value: object) -> None:
    record = stored(written(draw(FRAME, PLAN)))
    record["rows"][0][field] = value
    with pytest.raises(BadSample) as problem:
        again(signed_anew(record), FRAME)
    assert problem.value.facts["unit"] == record["rows"][0]["unit"]


def test_a_forged_seed_does_not_pass() -> None:
    record = stored(written(draw(FRAME, PLAN)))
    record["plan"]["seed"] = "dice 3 3 2"
    with pytest.raises(BadSample) as problem:
        again(signed_anew(record), FRAME)
    assert problem.value.code == "sample.not-the-same"


@pytest.mark.parametrize("record", [{}, [], None, {"method": "datashift-draw-1"}, {"method": "other", "rows": []}])
def test_what_is_no_record_is_told(record: object) -> None:
    with pytest.raises(BadSample) as problem:
        read_record(record)
    assert problem.value.code == "sample.record"


@pytest.mark.parametrize(
    ("part", "value"), [("plan", {"n": 3}), ("plan", []), ("rows", [{"unit": "a"}]), ("rows", 7), ("frame", {})]
)
def test_a_record_with_a_part_of_another_shape_is_told(part: str, value: object) -> None:
    record = signed_anew(stored(written(draw(FRAME, PLAN))) | {part: value})
    with pytest.raises(BadSample) as problem:
        read_record(record)
    assert problem.value.code == "sample.record"
