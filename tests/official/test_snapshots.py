"""Official files are kept as dated guests that nothing changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from datashift.errors import BadRecipe, SourceUnavailable
from datashift.model import Official
from datashift.official import keep_snapshot, list_snapshots

Spec = Callable[..., Official]


def everything_under(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file()}


def test_a_snapshot_carries_source_dates_digest_and_address(tmp_path: Path, official: Spec) -> None:
    spec = official(
        source="WHO/UNICEF JMP", released="2021-07", retrieved=date(2026, 11, 22), url="https://example.org"
    )
    path = keep_snapshot(spec, b"a,b\n1,2\n", tmp_path)
    assert path == tmp_path / "official" / "who-unicef-jmp" / "2021-07" / "figures.csv"
    assert path.read_bytes() == b"a,b\n1,2\n"
    note = json.loads(path.with_name("snapshot.json").read_text("utf-8"))
    expected = {
        "source": "WHO/UNICEF JMP", "file": "figures.csv", "released": "2021-07", "retrieved": "2026-11-22",
        "sha256": sha256(b"a,b\n1,2\n").hexdigest(), "size": 8, "series": "W1", "url": "https://example.org",
        "licence": "",
    }  # fmt: skip
    assert note == expected
    assert list_snapshots(tmp_path) == [{**expected, "path": str(path)}]


def test_the_same_bytes_are_kept_once_and_nothing_is_rewritten(tmp_path: Path, official: Spec) -> None:
    first = keep_snapshot(official(), b"one", tmp_path)
    before = everything_under(tmp_path)
    assert keep_snapshot(official(released="2099", retrieved=date(2026, 1, 1)), b"one", tmp_path) == first
    assert everything_under(tmp_path) == before


def test_other_bytes_get_a_dated_folder_and_leave_the_earlier_one_alone(tmp_path: Path, official: Spec) -> None:
    spec = official(retrieved=date(2026, 11, 22))
    kept = [keep_snapshot(spec, data, tmp_path) for data in (b"one", b"two", b"three")]
    assert [path.parent.name for path in kept] == ["2012", "2012_2026-11-22", "2012_2026-11-22_2"]
    assert [path.read_bytes() for path in kept] == [b"one", b"two", b"three"]
    assert len(list_snapshots(tmp_path)) == 3


def test_a_file_without_release_is_kept_under_the_day_it_was_retrieved(tmp_path: Path, official: Spec) -> None:
    path = keep_snapshot(official(released=" ", retrieved=date(2026, 11, 22)), b"one", tmp_path)
    assert path.parent.name == "2026-11-22"


def test_names_from_a_recipe_never_lead_out_of_the_store(tmp_path: Path, official: Spec) -> None:
    home = tmp_path / "home"
    spec = official(source="../../evil", released="../x", file="../../../etc/passwd")
    path = keep_snapshot(spec, b"one", home)
    assert path == home / "official" / "evil" / "x" / "passwd"
    note = keep_snapshot(official(file="snapshot.json"), b"{}", home)
    assert json.loads(note.with_name("snapshot.json").read_text("utf-8"))["file"] == note.name != "snapshot.json"


def test_a_nepali_source_has_a_folder_of_its_own(tmp_path: Path, official: Spec) -> None:
    path = keep_snapshot(official(source="केन्द्रीय तथ्याङ्क विभाग"), b"one", tmp_path)
    assert path.parent.parent.name == "केन्द्रीय-तथ्याङ्क-विभाग"


def test_another_digest_than_the_recipe_expects_is_refused(tmp_path: Path, official: Spec) -> None:
    with pytest.raises(BadRecipe, match="another version of the official file") as caught:
        keep_snapshot(official(sha256="0" * 64), b"one", tmp_path)
    assert caught.value.code == "official.digest"
    assert list_snapshots(tmp_path) == []
    assert keep_snapshot(official(sha256=sha256(b"one").hexdigest().upper()), b"one", tmp_path).is_file()


def test_an_altered_copy_is_named_instead_of_used(tmp_path: Path, official: Spec) -> None:
    path = keep_snapshot(official(), b"one", tmp_path)
    path.write_bytes(b"onE")
    with pytest.raises(SourceUnavailable, match=r"figures\.csv was changed after it was stored"):
        keep_snapshot(official(), b"one", tmp_path)


def test_an_unreadable_note_is_named(tmp_path: Path, official: Spec) -> None:
    path = keep_snapshot(official(), b"one", tmp_path)
    path.with_name("snapshot.json").write_text("{half", "utf-8")
    with pytest.raises(SourceUnavailable, match=r"snapshot\.json was changed"):
        list_snapshots(tmp_path)


def test_a_write_that_breaks_off_leaves_nothing_half_done(
    tmp_path: Path, official: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SourceUnavailable, match="No space left on device"):
        keep_snapshot(official(), b"one", tmp_path)
    assert everything_under(tmp_path) == {}
    assert list_snapshots(tmp_path) == []


def test_a_folder_that_is_still_being_written_is_not_listed(tmp_path: Path, official: Spec) -> None:
    path = keep_snapshot(official(), b"one", tmp_path)
    unfinished = path.parent.parent / ".unfinished-x"
    unfinished.mkdir()
    (unfinished / "snapshot.json").write_text("{half", "utf-8")
    assert [note["path"] for note in list_snapshots(tmp_path)] == [str(path)]
