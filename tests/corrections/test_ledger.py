"""The ledger only grows, every line is chained to the one before, and a crash never loses or hides a line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.corrections import Change, Note, Open, Remove, Undo, append, create, parse, read, repair
from datashift.corrections.entry import Entry
from datashift.errors import BadCorrection

FIRST = Open(who="data officer", key="id")
CHANGE = Change(who="data officer", why="typing mistake", row="a", column="litres", old="24", new="4")


def test_a_ledger_gives_back_what_was_written(path: Path) -> None:
    now = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    create(path, FIRST, [CHANGE], now=now)
    ledger = append(path, [Remove(who="role 7", why="दोहोरिएको", row="b"), Undo(who="role 7", undoes=2)], now=now)
    assert [entry.id for entry in ledger.entries] == [1, 2, 3, 4]
    assert ledger.entries[1] == CHANGE.model_copy(update={"id": 2, "when": "2026-03-01T12:30:00+00:00"})
    assert ledger.entries[2].why == "दोहोरिएको"
    assert read(path) == ledger


def test_lines_are_only_ever_added(path: Path) -> None:
    create(path, FIRST, [CHANGE])
    before = path.read_bytes()
    append(path, [Undo(who="role 7", undoes=2)])
    assert path.read_bytes().startswith(before)


def test_a_time_without_zone_and_a_line_that_does_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Change(who="x", row="a", column="c", new="1", when="2026-03-01T12:30:00")


@pytest.mark.parametrize("who", ["maria@example.org", "+254 700 000 000", "0712345678"])
def test_who_is_a_role_and_never_an_address(path: Path, who: str) -> None:
    create(path, FIRST)
    size = path.stat().st_size
    with pytest.raises(BadCorrection) as told:
        append(path, [Note(who=who, question="?")])
    assert told.value.code == "correction.who"
    assert path.stat().st_size == size


# --- what was changed is seen ---------------------------------------------------------------------------------------


def three_lines(path: Path) -> list[bytes]:
    create(path, FIRST, [CHANGE, Note(who="data officer", row="b", question="outlier")])
    return path.read_bytes().splitlines(keepends=True)


def test_every_flipped_byte_is_found_and_its_line_is_named(path: Path) -> None:
    lines = three_lines(path)
    data = b"".join(lines)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        line = data[:position].count(b"\n") + 1
        with pytest.raises(BadCorrection) as told:
            parse(bytes(changed), "corrections.jsonl")
        # A flipped end of line joins two lines, or leaves the last one open.
        assert told.value.facts["line"] == line, position
        assert told.value.code in ("correction.edited", "correction.torn")


@pytest.mark.parametrize("order", [(0, 2), (0, 2, 1), (0, 1, 1, 2), (0, 0, 1)], ids=str)
def test_a_line_taken_out_moved_or_put_in_breaks_the_chain(path: Path, order: tuple[int, ...]) -> None:
    lines = three_lines(path)
    with pytest.raises(BadCorrection) as told:
        parse(b"".join(lines[k] for k in order), "corrections.jsonl")
    assert told.value.code == "correction.broken-chain"


def test_lines_cut_off_at_the_end_are_seen_by_the_digest_that_was_noted(path: Path) -> None:
    lines = three_lines(path)
    noted = read(path).head
    assert parse(b"".join(lines[:2]), "x").head != noted


def test_a_file_that_is_no_ledger_says_so(path: Path) -> None:
    create(path, FIRST)
    with pytest.raises(BadCorrection) as told:
        parse(b"", "empty.jsonl")
    assert told.value.code == "correction.not-a-ledger"
    with pytest.raises(BadCorrection) as told:
        append(path, [FIRST])
    assert told.value.code == "correction.not-a-ledger"
    with pytest.raises(BadCorrection) as told:
        create(path, FIRST)
    assert told.value.code == "correction.exists"


def test_an_undo_of_a_line_that_is_not_there_is_never_written(path: Path) -> None:
    create(path, FIRST, [CHANGE])
    with pytest.raises(BadCorrection) as told:
        append(path, [Undo(who="role 7", undoes=9)])
    assert told.value.code == "correction.no-such-line"
    assert len(read(path).entries) == 2


def test_adding_to_a_ledger_that_is_absent_makes_no_file(path: Path) -> None:
    for act in (lambda: append(path, [CHANGE]), lambda: repair(path)):
        with pytest.raises(FileNotFoundError):
            act()
    assert not path.exists()


# --- crashes --------------------------------------------------------------------------------------------------------


def test_a_last_line_cut_anywhere_is_reported_and_set_aside_never_dropped(path: Path) -> None:
    *whole, last = three_lines(path)
    aside = path.with_name("corrections.jsonl.torn")
    for cut in range(1, len(last) - 1):
        path.write_bytes(b"".join(whole) + last[:cut])
        for act in (lambda: read(path), lambda: append(path, [CHANGE])):
            with pytest.raises(BadCorrection) as told:
                act()
            assert (told.value.code, told.value.facts["line"]) == ("correction.torn", 3)
        assert repair(path) == aside
        assert aside.read_bytes() == last[:cut] + b"\n"
        assert path.read_bytes() == b"".join(whole)
        aside.unlink()
    assert [entry.id for entry in append(path, [CHANGE]).entries] == [1, 2, 3]


def test_a_last_line_that_lacks_only_its_end_keeps_its_place(path: Path) -> None:
    data = b"".join(three_lines(path))
    path.write_bytes(data[:-1])
    assert repair(path) is None
    assert path.read_bytes() == data


def test_a_whole_ledger_needs_no_repair_and_an_edited_one_is_left_alone(path: Path) -> None:
    data = b"".join(three_lines(path))
    assert repair(path) is None
    path.write_bytes(data.replace(b'"24"', b'"25"') + b'{"id":4')
    with pytest.raises(BadCorrection) as told:
        repair(path)
    assert told.value.code == "correction.edited"
    assert path.read_bytes().endswith(b'{"id":4')


def test_several_crashes_keep_every_torn_line(path: Path) -> None:
    lines = three_lines(path)
    for cut in (5, 9):
        path.write_bytes(b"".join(lines) + lines[1][:cut])
        repair(path)
    assert path.with_name("corrections.jsonl.torn").read_bytes() == lines[1][:5] + b"\n" + lines[1][:9] + b"\n"


WRITER = """
import sys
from pathlib import Path
from datashift.corrections import Change, append
path = Path(sys.argv[1])
for number in range(100_000):
    append(path, [Change(who="role", row=str(number), column="litres", new="1" * 400)])
    print(number, flush=True)
"""


def test_a_writer_that_is_killed_leaves_every_line_it_had_confirmed(path: Path) -> None:
    create(path, FIRST)
    for pause in (0.01, 0.05, 0.13):
        before = len(read(path).entries)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(pause)
            os.kill(writer.pid, signal.SIGKILL)
            confirmed = 1 + len([line for line in writer.stdout.read().splitlines() if line])
        repair(path)
        assert len(read(path).entries) >= before + confirmed - 1


def test_two_writers_at_once_share_one_chain(path: Path) -> None:
    create(path, FIRST)
    script = WRITER.replace("100_000", "20")
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.DEVNULL) for _number in range(2)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert [entry.id for entry in read(path).entries] == list(range(1, 42))


def test_a_full_disk_leaves_the_ledger_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(path, FIRST, [CHANGE])
    before = path.read_bytes()
    real = os.write

    def half(handle: int, data: bytes) -> int:
        if len(data) < 50:
            raise OSError(28, "No space left on device")
        return real(handle, bytes(data)[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        append(path, [CHANGE])
    assert path.read_bytes() == before


# --- what is in force -----------------------------------------------------------------------------------------------


def test_an_undo_that_is_undone_brings_its_line_back(path: Path) -> None:
    ledger = create(path, FIRST, [CHANGE, Undo(who="r", undoes=2), Undo(who="r", undoes=3), Undo(who="r", undoes=4)])
    assert [entry.id for entry in ledger.in_force()] == [1, 3, 5]
    assert [entry.id for entry in append(path, [Undo(who="r", undoes=5)]).in_force()] == [1, 2, 4, 6]


def test_undoing_twice_is_the_same_as_once(path: Path) -> None:
    ledger = create(path, FIRST, [CHANGE, Undo(who="r", undoes=2), Undo(who="r", undoes=2)])
    assert [entry.id for entry in ledger.in_force()] == [1, 3, 4]


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
changes = st.builds(Change, who=st.just("role"), why=texts, row=texts, column=texts, old=st.none() | texts, new=texts)


@settings(max_examples=40, deadline=None)
@given(st.lists(changes, max_size=6))
def test_any_text_survives_the_ledger(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> None:
    path = tmp_path_factory.mktemp("ledger") / "c.jsonl"
    ledger = create(path, FIRST, entries)
    left = [entry.model_copy(update={"id": 0, "when": ""}) for entry in ledger.entries[1:]]
    assert left == entries
    assert all(json.loads(line) for line in path.read_text("utf-8").split("\n") if line)
