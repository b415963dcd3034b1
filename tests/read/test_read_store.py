"""Raw bytes are kept before they are read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from datashift.errors import Unreadable
from datashift.read import digest, read, read_bytes, store

DATA = "id;nombre\n007;Córdoba\n".encode("cp1252")


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    path.write_bytes(DATA)
    return path


def test_bytes_are_stored_under_their_digest(survey: Path, own_home: Path) -> None:
    found, kept = store(survey, own_home)
    assert found == digest(survey) == hashlib.sha256(DATA).hexdigest()
    assert kept == own_home / "raw" / found
    assert kept.read_bytes() == DATA


def test_storing_twice_changes_nothing_and_leaves_no_half_copies(survey: Path, own_home: Path) -> None:
    _, kept = store(survey, own_home)
    before = kept.stat()
    assert store(survey, own_home)[1] == kept
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in (own_home / "raw").iterdir()] == [kept.name]


def test_a_file_that_cannot_be_read_is_stored_all_the_same(tmp_path: Path, own_home: Path) -> None:
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\xff\xd8\xff" + bytes(100))
    with pytest.raises(Unreadable) as caught:
        read(path, keep=own_home)
    assert caught.value.code == "read.no-table"
    assert (own_home / "raw" / digest(path)).read_bytes() == path.read_bytes()


def test_the_origin_names_the_bytes(survey: Path, own_home: Path) -> None:
    origin = read(survey, keep=own_home).origin
    assert (origin.file, origin.sha256, origin.size) == ("survey.csv", digest(survey), len(DATA))
    assert (origin.format, origin.encoding, origin.delimiter, origin.header_row) == ("csv", "cp1252", ";", 1)


def test_stored_bytes_give_the_same_table_again(survey: Path, own_home: Path) -> None:
    first = read(survey, keep=own_home)
    again = read_bytes((own_home / "raw" / first.origin.sha256).read_bytes(), "survey.csv")
    assert again.table.equals(first.table)
    assert again.origin == first.origin


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "nowhere.csv", "read.not-found"), (tmp_path, "read.is-a-folder")):
        for verb in (read, digest):
            with pytest.raises(Unreadable) as caught:
                verb(path)
            assert caught.value.code == code
            assert path.name in str(caught.value)


def test_a_name_that_no_file_can_have_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "a\0b.csv")
    assert caught.value.code == "read.no-access"


def test_a_missing_file_leaves_nothing_in_the_store(tmp_path: Path, own_home: Path) -> None:
    with pytest.raises(Unreadable):
        store(tmp_path / "nowhere.csv", own_home)
    assert list((own_home / "raw").iterdir()) == []
