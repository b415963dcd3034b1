"""The command line as a newcomer meets it."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from datashift.cli import COMMANDS, MODULES, _elsewhere, main

DEMO = Path(__file__).resolve().parents[1] / "src" / "datashift" / "demo_data"
RECIPE = DEMO / "recipe.toml"


def test_help_is_there_in_less_than_a_third_of_a_second() -> None:
    """Help imports nothing heavy; the bound is on modules, since seconds depend on the machine."""
    code = "import sys; from datashift.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([m for m in ('numpy', 'pyarrow', 'ibis', 'pydantic', 'duckdb', 'shapely') if m in sys.modules])"
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert time.perf_counter() - started < 5


def test_every_command_has_a_help_text_in_the_four_languages(capsys: pytest.CaptureFixture[str]) -> None:
    seen = set()
    for language in ("en", "es", "sw", "ne"):
        with pytest.raises(SystemExit):
            main(["run", "--help", "--language", language])
        seen.add(capsys.readouterr().out)
    assert len(seen) == 4
    assert set(COMMANDS) == {"suggest", "run", "verify", "demo"}
    shadow = {"official", "ledger", "claims", "progress", "coverage"}
    site = {"serve", "work", "publish"}
    named = {"estimate", "pool", "trend", "smooth", "check", "corrections", "kits", "areas", "standards", "structures",
             "redact"}  # fmt: skip
    evidence = {"assess", "profiles", "dossier"}
    single = {"microdata", "points", "pictures", "sample", "unseal", "pull", "messages"}
    assert set(MODULES) == single | shadow | named | site | evidence


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("release")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATASHIFT_HOME", str(out / "home"))
        assert main(["run", str(RECIPE), "--out", str(out), "--quiet"]) == 0
    return out


def test_run_writes_figures_comparison_charts_and_a_bundle(released: Path) -> None:
    names = {path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()}
    assert {"estimates.csv", "comparison.csv", "datapackage.json", "release.zip", "private/evidence.zip"} <= names
    assert {"charts/wp_functional-by-area.svg", "charts/wp_functional-by-area.png"} <= names
    assert (released / "home" / "raw").is_dir()


def test_run_keeps_official_figures_as_dated_snapshots(released: Path) -> None:
    (noted,) = (released / "home" / "official").rglob("snapshot.json")
    assert json.loads(noted.read_text("utf-8"))["sha256"]


def test_verify_computes_everything_again_and_finds_it_the_same(released: Path, capsys) -> None:
    assert main(["verify", str(released / "release.zip"), "--json"]) == 0
    assert {stage["status"] for stage in json.loads(capsys.readouterr().out)} == {"same"}


def test_without_the_evidence_a_stranger_still_computes_the_figures_again(
    released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "release.zip"
    alone.write_bytes((released / "release.zip").read_bytes())
    assert main(["verify", str(alone), "--json"]) == 0
    found = {stage["stage"]: stage["status"] for stage in json.loads(capsys.readouterr().out)}
    assert (found["raw"], found["observations"]) == ("absent", "absent")
    assert found["estimates"] == "same"


@pytest.mark.parametrize(
    ("stage", "archive", "member"),
    [
        ("raw", "private/evidence.zip", "raw/01-water_points.csv"),
        ("recipe", "release.zip", "recipe.toml"),
        ("observations", "private/evidence.zip", "observations.parquet"),
        ("cells", "release.zip", "cells.parquet"),
        ("estimates", "release.zip", "estimates.csv"),
        ("charts", "release.zip", "charts/wp_functional-by-area.svg"),
        ("manifest", "release.zip", "manifest.json"),
    ],
)
def test_one_flipped_byte_names_its_stage_and_no_other(
    stage: str, archive: str, member: str, released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("release.zip", "private/evidence.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((released / name).read_bytes())
    with zipfile.ZipFile(tmp_path / archive) as zipped:
        entry = zipped.getinfo(member)
    data = bytearray((tmp_path / archive).read_bytes())
    data[entry.header_offset + 30 + len(member) + entry.compress_size // 2] ^= 0x10
    (tmp_path / archive).write_bytes(data)
    assert main(["verify", str(tmp_path / "release.zip"), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert [one["stage"] for one in found if one["status"] == "differs"] == [stage]


def test_the_command_draws_the_same_charts_in_a_process_of_its_own(released: Path, tmp_path: Path) -> None:
    command = "import sys; from datashift.cli import console\nif __name__ == '__main__': sys.exit(console())\n"
    (tmp_path / "command.py").write_text(command)
    arguments = ["run", str(RECIPE), "--out", str(tmp_path / "out"), "--quiet"]
    env = {**os.environ, "DATASHIFT_HOME": str(tmp_path / "home")}
    subprocess.run([sys.executable, str(tmp_path / "command.py"), *arguments], check=True, capture_output=True, env=env)
    for chart in (released / "charts").iterdir():
        assert (tmp_path / "out" / "charts" / chart.name).read_bytes() == chart.read_bytes()


def test_a_drawing_process_that_is_ended_costs_no_chart() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pending = _elsewhere(pool, partial(os.getpid))
        killed = pool.submit(os._exit, 1)
        with pytest.raises(BrokenExecutor):
            killed.result()
        assert pending() > 0
        late = _Late(pool)
        assert _elsewhere(late, partial(str, 7))() == "7"


class _Late:
    """An executor whose process ends before its work is done."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool = pool

    def submit(self, drawing):
        del drawing
        future: Future = Future()
        future.set_exception(BrokenExecutor())
        return future


def test_run_gives_machines_everything_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(RECIPE), "--out", str(tmp_path), "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["simulated"] is True
    assert found["rows"]["in"] == found["rows"]["out"] + found["rows"]["explained"]
    assert {c["verdict"] for c in found["comparisons"]} >= {"gap", "no_gap_seen", "cannot_tell", "not_comparable"}
    assert found["estimates"]


def test_the_report_says_the_finding_first_and_fits_eighty_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(RECIPE), "--out", str(tmp_path), "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("SIMULATED DATA")
    assert "71" in lines[1]
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 82


@pytest.mark.parametrize("language", ["es", "sw", "ne"])
def test_the_report_speaks_the_language_that_was_asked(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(RECIPE), "--out", str(tmp_path), "--quiet", "--language", language]) == 0
    told = capsys.readouterr().out
    for english in ("rows came in", "SIMULATED", "interval", "cannot be compared", "Leaving"):
        assert re.search(rf"\b{english}\b", told) is None


def test_a_fault_of_the_sender_is_said_in_plain_words_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(tmp_path / "nothing.toml"), "--out", str(tmp_path)]) == 2
    assert "[recipe." in capsys.readouterr().err
    assert main(["suggest", str(tmp_path / "nothing.csv"), "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "read.not-found"
    (tmp_path / "bundle.zip").write_bytes(b"not a zip")
    assert main(["verify", str(tmp_path / "bundle.zip")]) == 2


def test_a_folder_that_cannot_be_written_is_said_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file stands here")
    assert main(["run", str(RECIPE), "--out", str(tmp_path / "out"), "--quiet"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_suggest_writes_a_recipe_that_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "recipe.toml"
    assert main(["suggest", str(DEMO / "water_points.csv"), "--out", str(out)]) == 0
    assert tomllib.loads(out.read_text("utf-8"))["kit"] == "water-point-functionality"
    assert "looks like" in capsys.readouterr().out


def test_kits_lists_what_ships(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kits"]) == 0
    told = capsys.readouterr().out
    assert "water-point-functionality" in told
    assert "public-service-satisfaction" in told
