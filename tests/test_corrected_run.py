"""A run replays the ledger that its recipe names: corrected cells count, rows taken out are explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from datashift.corrections import ACTION_KINDS, create, take_log
from datashift.inputs import gather
from datashift.pipeline import run
from datashift.read import read
from datashift.release import check, publish
from datashift.terminal import report

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "irq-reach-water"


@pytest.fixture
def recipe(shared: Path, tmp_path: Path) -> Path:
    """The recipe of REACH's survey with the ledger that its cleaning log gives."""
    reach = shared / "cgd" / "irq_reach_kobo"
    raw, log = read(reach / "raw_data.csv.gz"), read(reach / "cleaning_log.csv.gz")
    assert ACTION_KINDS
    taken = take_log(log, raw, "X_uuid", who="data desk")
    create(tmp_path / "corrections.jsonl", taken.first, taken.entries)
    text = (EXAMPLE / "recipe.toml").read_text("utf-8").replace("../../../shared/data", str(shared))
    head, _sign, tail = text.partition("\n[title]")
    (tmp_path / "recipe.toml").write_text(
        f'{head}\n\n[corrections]\nfile = "corrections.jsonl"\n\n[title]{tail}', "utf-8"
    )
    (tmp_path / "areas.csv").write_bytes((EXAMPLE / "areas.csv").read_bytes())
    return tmp_path / "recipe.toml"


@pytest.mark.shared
def test_rows_taken_out_by_the_ledger_are_explained_and_the_rest_is_used(recipe: Path, own_home: Path) -> None:
    result = run(gather(recipe, own_home))
    found = result.harmonised
    assert (found.rows_in, found.rows_out, found.rows_explained) == (632, 578, 54)
    assert set(found.rejects["code"].to_pylist()) == {"harmonise.removed"}
    assert "took out 54 rows" in " ".join(report(result, Path("out"), Path("out/release.zip")).split())


@pytest.mark.shared
def test_verify_replays_the_ledger_from_the_evidence(recipe: Path, own_home: Path, tmp_path: Path) -> None:
    bundle = publish(run(gather(recipe, own_home)), tmp_path / "out", home=own_home)
    assert {stage.status for stage in check(bundle)} == {"same"}


@pytest.mark.shared
def test_the_ledger_changes_the_figure_only_by_what_it_says(recipe: Path, own_home: Path) -> None:
    corrected = {e.measure: e for e in run(gather(recipe, own_home)).estimates if not e.breakdown}
    plain = {e.measure: e for e in run(gather(EXAMPLE / "recipe.toml", own_home)).estimates if not e.breakdown}
    assert (plain["IMPROVED_AVAILABLE"].n, corrected["IMPROVED_AVAILABLE"].n) == (632, 578)
    assert abs(corrected["IMPROVED_AVAILABLE"].value - plain["IMPROVED_AVAILABLE"].value) < 2
