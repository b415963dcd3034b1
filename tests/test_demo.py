"""The demo shows the real case where it can, the simulated one where it cannot, and says which."""

import csv
import hashlib
import io
from pathlib import Path

import pytest

from datashift import demo
from datashift.errors import SourceUnavailable


def _quiet(stage: str) -> None:
    del stage


@pytest.fixture
def nothing_beside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The recipe of the real case, in a place without its files."""
    recipe = demo._real_recipe()
    assert recipe is not None
    copy = tmp_path / "elsewhere" / "recipe.toml"
    copy.parent.mkdir()
    copy.write_bytes(recipe.read_bytes())
    monkeypatch.setattr(demo, "_real_recipe", lambda: copy)
    return copy


def test_without_the_real_files_the_demo_is_simulated_and_comes_near_the_truth(
    nothing_beside: Path, tmp_path: Path, own_home: Path
) -> None:
    shown = demo.run(tmp_path / "out", own_home, _quiet)
    assert "simulated" in shown.what
    assert shown.result.setting.recipe.simulated
    held = [
        e.lower <= shown.truth[e.measure, e.area] <= e.upper
        for e in shown.result.estimates
        if (e.measure, e.area) in shown.truth and not e.breakdown and e.lower is not None
    ]
    assert len(held) >= 30
    assert sum(held) / len(held) >= 0.8


def test_everything_simulated_is_marked_so_in_every_file(nothing_beside: Path, tmp_path: Path, own_home: Path) -> None:
    demo.run(tmp_path / "out", own_home, _quiet)
    for path in [*(tmp_path / "out" / "charts").glob("*.svg"), *(tmp_path / "out" / "charts").glob("*.txt")]:
        assert "simulated" in path.read_text("utf-8").lower(), path.name
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "estimates.csv").read_text("utf-8"))))
    assert {row["SIMULATED"] for row in rows} == {"true"}


@pytest.mark.shared
def test_with_the_real_files_the_demo_is_the_tanzanian_case(shared: Path, tmp_path: Path, own_home: Path) -> None:
    shown = demo.run(tmp_path / "out", own_home, _quiet)
    assert "59,400" in shown.what
    assert not shown.result.setting.recipe.simulated
    assert shown.truth == {}


def test_download_asks_for_each_file_with_its_digest(nothing_beside: Path, own_home: Path) -> None:
    asked = []

    def fetch(*, url: str, known_hash: str, fname: str, path: Path) -> str:
        assert known_hash == f"sha256:{fname}"
        asked.append(url)
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(b"")
        return fname

    stored = demo.download(own_home, _quiet, fetch=fetch)
    assert len(asked) == len(stored) >= 4
    assert all(url.startswith("https://") for url in asked)


def test_a_download_that_fails_says_so_with_exit_4(nothing_beside: Path, own_home: Path) -> None:
    def fetch(**_: object) -> str:
        raise ValueError("SHA256 hash of downloaded file does not match")

    with pytest.raises(SourceUnavailable, match="could not be fetched") as problem:
        demo.download(own_home, _quiet, fetch=fetch)
    assert problem.value.exit_code == 4


@pytest.mark.shared
def test_files_in_the_store_are_found_by_their_digest(
    shared: Path, nothing_beside: Path, tmp_path: Path, own_home: Path
) -> None:
    def fetch(*, url: str, known_hash: str, fname: str, path: Path) -> str:
        del url, known_hash
        source = next(
            p for p in shared.rglob("*") if p.is_file() and hashlib.sha256(p.read_bytes()).hexdigest() == fname
        )
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(source.read_bytes())
        return fname

    demo.download(own_home, _quiet, fetch=fetch)
    shown = demo.run(tmp_path / "out", own_home, _quiet)
    assert not shown.result.setting.recipe.simulated
    assert "jmp_inequality_water_region.csv" in shown.result.setting.inputs.absent
