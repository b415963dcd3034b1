"""Replay: what each line does to the rows, what it refuses, and that undo restores."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from drawn_rows import raw_of

from datashift.corrections import (
    Change,
    Condition,
    Ledger,
    Note,
    Open,
    Remove,
    Replayed,
    Rule,
    Undo,
    append,
    condition,
    create,
    find_multiple,
    replay,
)  # fmt: skip
from datashift.errors import BadCorrection
from datashift.model import Raw

WHO = {"who": "data officer"}


def first(**facts: Any) -> Open:
    return Open(**WHO, key="id", multiple={"sources": "."}, **facts)


def change(row: str, column: str, old: str | None, new: str) -> Change:
    return Change(**WHO, row=row, column=column, old=old, new=new)


def rule(where: str, **facts: Any) -> Rule:
    return Rule(**WHO, where=tuple(condition(text) for text in where.split("&")), **facts)


def done(raw: Raw, path: Path, *entries: Any, **facts: Any) -> Replayed:
    return replay(raw, create(path, first(**facts), entries))


def column(replayed: Replayed, name: str) -> list[str | None]:
    return replayed.table[name].to_pylist()


# --- single cells ---------------------------------------------------------------------------------------------------


def test_a_change_is_applied_where_the_row_holds_the_old_value(wells: Raw, path: Path) -> None:
    told = done(wells, path, change("a", "litres", "24", "4"))
    assert column(told, "litres") == ["4", "18.0", "70000", "12"]
    assert [entry.id for entry in told.applied] == [2]
    [touched] = told.effects[2]
    assert (touched.rows.tolist(), touched.found.to_pylist(), touched.became, touched.way) == (
        [2],
        ["24"],
        "4",
        "exact",
    )


def test_another_value_than_the_old_one_is_a_conflict_and_nothing_changes(wells: Raw, path: Path) -> None:
    told = done(wells, path, change("a", "litres", "25", "4"))
    [conflict] = told.conflicts
    assert (conflict.code, conflict.rows, conflict.found) == ("other-value", (2,), "24")
    assert told.table.equals(wells.table)


@pytest.mark.parametrize(
    ("row", "name", "old", "way"),
    [("b", "litres", "18", "number"), ("a", "sources.tap", "1", "truth"), ("a", "village", " Kidato ", "text")],
)
def test_declared_ways_of_writing_the_same_value_are_no_conflict(
    wells: Raw, path: Path, row: str, name: str, old: str, way: str
) -> None:
    told = done(wells, path, change(row, name, old, "x"))
    assert told.effects[2][0].way == way
    path.unlink()
    assert done(wells, path, change(row, name, old, "x"), equivalent=()).conflicts[0].code == "other-value"


def test_a_code_with_leading_zeros_is_not_a_number(path: Path) -> None:
    raw = raw_of("id | code\na | 007")
    assert done(raw, path, change("a", "code", "7", "8")).conflicts[0].found == "007"


def test_a_change_that_names_no_old_value_always_applies(wells: Raw, path: Path) -> None:
    assert column(done(wells, path, change("d", "litres", None, "13")), "litres")[3] == "13"


def test_a_change_that_is_done_already_is_neither_applied_nor_a_conflict(wells: Raw, path: Path) -> None:
    told = done(wells, path, change("a", "litres", "24", "4"), change("a", "litres", "24", "4"))
    assert ([e.id for e in told.applied], [e.id for e in told.already], told.conflicts) == ([2], [3], ())


def test_an_answer_can_be_emptied_as_its_column_writes_empty_cells(wells: Raw, path: Path) -> None:
    told = done(wells, path, change("a", "litres", "24", ""), change("b", "sources", None, ""))
    assert column(told, "litres")[0] == ""
    assert [column(told, name)[1] for name in ("sources", "sources.tap", "sources.well")] == [None, None, None]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (change("z", "litres", None, "1"), "no-row"),
        (change("a", "liters", None, "1"), "no-column"),
        (change("a", "id", "a", "b"), "key-column"),
        (change("a", "_row", None, "9"), "no-column"),
        (Remove(**WHO, row="z"), "no-row"),
        (rule("works=yes", column="liters", new="1"), "no-column"),
    ],
)
def test_lines_that_fit_nothing_are_conflicts(wells: Raw, path: Path, entry: Any, code: str) -> None:
    told = done(wells, path, entry)
    assert [conflict.code for conflict in told.conflicts] == [code]
    assert told.conflicts[0].text()
    assert told.table.equals(wells.table)


def test_a_key_that_repeats_names_no_row(path: Path) -> None:
    raw = raw_of("id | x\na | 1\na | 2\nb | 3")
    told = done(raw, path, change("a", "x", None, "9"), Remove(**WHO, row="a"))
    assert [(c.code, c.rows) for c in told.conflicts] == [("repeated-key", (2, 3))] * 2


def test_rows_without_a_key_column_are_named_by_their_number(path: Path) -> None:
    raw = raw_of("x\n1\n2")
    told = replay(raw, create(path, Open(**WHO, key="_row"), [change("3", "x", "2", "5")]))
    assert column(told, "x") == ["1", "5"]


def test_a_table_without_the_key_or_with_numbers_is_refused(wells: Raw, path: Path) -> None:
    ledger = create(path, Open(**WHO, key="uuid"), [change("a", "litres", None, "1")])
    with pytest.raises(BadCorrection) as told:
        replay(wells, ledger)
    assert told.value.code == "correction.no-column"
    path.unlink()
    with pytest.raises(BadCorrection) as told:
        done(Raw(pa.table({"id": ["a"], "litres": [24]}), wells.origin), path, change("a", "litres", None, "1"))
    assert told.value.code == "correction.not-text"


# --- rows and rules -------------------------------------------------------------------------------------------------


def test_a_removed_row_is_explained_by_its_line(wells: Raw, path: Path) -> None:
    told = done(wells, path, Remove(**WHO, row="b", why="duplicated"), Remove(**WHO, row="b"))
    assert column(told, "id") == ["a", "c", "d"]
    assert {row: entry.why for row, entry in told.removed.items()} == {3: "duplicated"}
    assert told.removed_keys == {"b"}
    assert wells.table.num_rows == told.table.num_rows + len(told.removed)
    assert [entry.id for entry in told.already] == [3]


def test_a_rule_works_on_every_row_that_fits_and_on_rows_that_come_later(wells: Raw, path: Path) -> None:
    ledger = create(path, first(), [rule("village=ifakara", column="village", new="Ifakara")])
    assert column(replay(wells, ledger), "village") == ["Kidato", "Kidato", "Ifakara", "Ifakara"]
    later = raw_of("id | village\ne | ifakara\nf | Mang'ula")
    assert column(replay(later, ledger), "village") == ["Ifakara", "Mang'ula"]


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ("works=yes", "ac"), ("works=yes|no", "abc"), ("works!=yes", "bd"), ("litres>18", "ac"), ("litres<18", "d"),
        ("litres=18", "b"), ("sources=", "c"), ("sources!=", "abd"), ("works=yes & litres>100", "c"),
    ],
)  # fmt: skip
def test_conditions_choose_rows(wells: Raw, path: Path, where: str, fits: str) -> None:
    told = done(wells, path, rule(where, column="works", new="X"))
    assert [key for key, works in zip("abcd", column(told, "works"), strict=True) if works == "X"] == list(fits)


def test_a_rule_with_an_old_value_leaves_other_values_alone(wells: Raw, path: Path) -> None:
    told = done(wells, path, rule("village=Kidato", column="works", old="no", new="broken"))
    assert column(told, "works") == ["yes", "broken", "yes", "maybe"]


def test_a_rule_can_remove_rows(wells: Raw, path: Path) -> None:
    told = done(wells, path, rule("litres>50000", remove=True, why="not a household"))
    assert column(told, "id") == ["a", "b", "d"]
    assert list(told.removed) == [4]


@pytest.mark.parametrize("text", ["works", "=yes", "works~yes", ""])
def test_conditions_that_cannot_be_read_say_how_to_write_them(text: str) -> None:
    with pytest.raises(BadCorrection) as told:
        condition(text)
    assert told.value.code == "correction.condition"


def test_a_rule_compares_with_numbers_only(wells: Raw, path: Path) -> None:
    with pytest.raises(BadCorrection) as told:
        done(wells, path, rule("litres>many", column="works", new="X"))
    assert told.value.code == "correction.not-a-number"


def test_a_rule_does_one_thing() -> None:
    for facts in ({}, {"column": "x"}, {"column": "x", "new": "1", "remove": True}, {"new": "1"}):
        with pytest.raises(ValueError, match="either sets"):
            Rule(**WHO, where=(Condition(column="x", values=("1",)),), **facts)


# --- questions with several answers ---------------------------------------------------------------------------------


def test_several_answers_are_detected_by_what_the_columns_hold(wells: Raw) -> None:
    assert find_multiple(wells.table) == {"sources": "."}
    assert find_multiple(raw_of("q | q/a | q/b\na | 1 | 0\na b | 1 | 1").table) == {"q": "/"}
    assert find_multiple(raw_of("q | q.a\na | 5\nb | 1").table) == {}
    assert find_multiple(raw_of("q | q.a\na | 0\nb | 1").table) == {}


def test_the_columns_of_the_single_answers_follow(wells: Raw, path: Path) -> None:
    told = done(wells, path, change("d", "sources", "well", "tap"), change("c", "sources", None, "tap well"))
    assert column(told, "sources.tap") == ["True", "True", "True", "True"]
    assert column(told, "sources.well") == ["False", "True", "True", "False"]
    assert [touched.way for touched in told.effects[2]] == ["exact", "follows", "follows"]
    assert told.loose == ()


def test_they_follow_a_rule_too(wells: Raw, path: Path) -> None:
    told = done(wells, path, rule("works=no|yes", column="sources", new="well"))
    assert column(told, "sources.tap") == ["False", "False", "False", "False"]
    assert column(told, "sources.well") == ["True"] * 4


def test_a_single_answer_changed_alone_is_listed_as_disagreeing(wells: Raw, path: Path) -> None:
    told = done(wells, path, change("a", "sources.well", "0", "True"))
    assert told.loose == ((2, "sources.well"),)
    assert column(told, "sources")[0] == "tap"


# --- order, undo, sameness ------------------------------------------------------------------------------------------


def test_order_matters_and_is_kept(wells: Raw, path: Path) -> None:
    to_four, to_five = change("a", "litres", None, "4"), change("a", "litres", None, "5")
    assert column(done(wells, path, to_four, to_five), "litres")[0] == "5"
    path.unlink()
    assert column(done(wells, path, to_five, to_four), "litres")[0] == "4"


def test_undo_restores_and_what_was_built_on_it_becomes_a_conflict(wells: Raw, path: Path) -> None:
    create(path, first(), [change("a", "litres", "24", "4"), change("a", "litres", "4", "40")])
    told = replay(wells, append(path, [Undo(**WHO, undoes=2)]))
    assert column(told, "litres")[0] == "24"
    assert [(c.entry.id, c.found) for c in told.conflicts] == [(3, "24")]


def random_entries(rows: int, count: int, seed: int) -> list[Any]:
    dice = random.Random(seed)
    made: list[Any] = []
    for number in range(count):
        row = str(dice.randrange(rows))
        made.append(
            dice.choice([
                change(row, "litres", None, str(dice.randrange(99))),
                change(row, "litres", str(dice.randrange(9)), "7"),
                change(row, "sources", None, dice.choice(["tap", "well", "tap well", ""])),
                Remove(**WHO, row=row),
                rule(f"litres={number % 9}", column="works", new=f"w{number % 3}"),
                Note(**WHO, row=row, question="is this right?"),
            ])
        )  # fmt: skip
    return made


def big(rows: int) -> Raw:
    table = pa.table({
        "_row": pa.array(range(2, rows + 2), pa.int64()),
        "id": [str(k) for k in range(rows)],
        "litres": [str(k % 10) for k in range(rows)],
        "sources": ["tap" if k % 2 else "well" for k in range(rows)],
        "sources.tap": ["1" if k % 2 else "0" for k in range(rows)],
        "sources.well": ["0" if k % 2 else "1" for k in range(rows)],
        "works": ["yes"] * rows,
    })  # fmt: skip
    return Raw(table, raw_of("id\na").origin)


def undone(ledger: Ledger, path: Path) -> Ledger:
    return append(path, [Undo(**WHO, undoes=entry.id) for entry in ledger.entries[1:]])


@pytest.mark.parametrize("seed", range(5))
def test_with_everything_undone_the_table_is_the_raw_one_to_the_byte(path: Path, seed: int) -> None:
    raw = big(60)
    ledger = create(path, first(), random_entries(60, 80, seed))
    before = replay(raw, ledger)
    assert not before.table.equals(raw.table)
    after = replay(raw, undone(ledger, path))
    sink_one, sink_two = pa.BufferOutputStream(), pa.BufferOutputStream()
    for table, sink in ((raw.table, sink_one), (after.table, sink_two)):
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    assert sink_one.getvalue().equals(sink_two.getvalue())
    assert (after.removed, after.effects, after.conflicts) == ({}, {}, ())


@pytest.mark.parametrize("seed", range(5))
def test_replay_gives_the_same_each_time_and_every_row_is_kept_or_explained(path: Path, seed: int) -> None:
    raw = big(60)
    ledger = create(path, first(), random_entries(60, 80, seed))
    one, two = replay(raw, ledger), replay(raw, ledger)
    assert one.table.equals(two.table)
    assert one.conflicts == two.conflicts
    assert sorted([*one.table["_row"].to_pylist(), *one.removed]) == raw.table["_row"].to_pylist()
    handled = {e.id for e in (*one.applied, *one.already)} | {c.entry.id for c in one.conflicts}
    silent = {entry.id for entry in ledger.entries if entry.kind in ("note", "open", "undo")}
    assert handled | silent == {entry.id for entry in ledger.entries}
    for touched in (t for parts in one.effects.values() for t in parts):
        assert len(touched.rows) == len(touched.found)


def test_a_hundred_thousand_rows_take_a_thousand_corrections_in_seconds(path: Path) -> None:
    raw = big(100_000)
    ledger = create(path, first(), random_entries(100_000, 1000, 1))
    started = time.perf_counter()
    told = replay(raw, ledger)
    assert time.perf_counter() - started < 5
    assert told.table.num_rows + len(told.removed) == 100_000
    assert len(told.applied) > 300
