"""The key of points is made once, for its owner alone; another or none is noticed before data move a second time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datashift.errors import CannotProtect
from datashift.protect.keys import KEY, MOVED, mark_of, permanent_key, remember

DATA = ("recipe:one", "file:abc")


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = permanent_key(tmp_path / "home", DATA)
    assert len(key) == 32
    assert permanent_key(tmp_path / "home", ("recipe:two",)) == key
    assert (tmp_path / "home" / KEY).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == [KEY]


def test_ten_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(10) as pool:
        keys = set(pool.map(lambda _n: permanent_key(tmp_path, DATA), range(10)))
    assert keys == {(tmp_path / KEY).read_bytes()}


def test_two_stores_have_two_keys(tmp_path: Path) -> None:
    assert permanent_key(tmp_path / "a", DATA) != permanent_key(tmp_path / "b", DATA)


@pytest.mark.parametrize("again", [("recipe:one",), ("recipe:renamed", "file:abc")])
def test_a_key_that_is_gone_is_noticed_by_recipe_and_by_file(tmp_path: Path, again: tuple[str, ...]) -> None:
    remember(tmp_path, permanent_key(tmp_path, DATA), DATA)
    (tmp_path / KEY).unlink()
    with pytest.raises(CannotProtect) as problem:
        permanent_key(tmp_path, again)
    assert problem.value.code == "points.key-gone"
    assert not (tmp_path / KEY).exists(), "no new key is made in its place"


def test_another_key_is_noticed_and_does_for_other_data(tmp_path: Path) -> None:
    remember(tmp_path, permanent_key(tmp_path, DATA), DATA)
    (tmp_path / KEY).write_bytes(b"y" * 32)
    with pytest.raises(CannotProtect) as problem:
        permanent_key(tmp_path, DATA)
    assert problem.value.code == "points.key-other"
    assert permanent_key(tmp_path, ("recipe:two",)) == b"y" * 32


def test_the_notes_tell_nothing_of_the_key_and_do_not_grow(tmp_path: Path) -> None:
    key = permanent_key(tmp_path, DATA)
    for _release in range(3):
        remember(tmp_path, key, DATA)
    notes = (tmp_path / MOVED).read_bytes()
    assert notes.count(mark_of(key).encode()) == len(DATA)
    assert key not in notes
    assert key.hex().encode() not in notes


def test_a_note_that_a_crash_cut_off_spoils_no_other(tmp_path: Path) -> None:
    key = permanent_key(tmp_path, DATA)
    (tmp_path / MOVED).write_text('{"data": "recipe:old", "ke', "utf-8")
    remember(tmp_path, key, DATA)
    (tmp_path / KEY).unlink()
    with pytest.raises(CannotProtect):
        permanent_key(tmp_path, DATA)


def test_a_key_that_others_can_read_or_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    permanent_key(tmp_path, DATA)
    (tmp_path / KEY).write_bytes(b"short")
    with pytest.raises(CannotProtect, match="5 bytes"):
        permanent_key(tmp_path, DATA)
    if os.name == "posix":
        (tmp_path / KEY).chmod(0o640)
        with pytest.raises(CannotProtect, match="chmod 600"):
            permanent_key(tmp_path, DATA)
