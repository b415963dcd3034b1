"""`datashift dossier`: from a recipe or a bundle to pages; the first line is the finding."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from datashift import cli
from datashift.commands import dossier as command
from datashift.errors import BadProfile, Disclosive, Tampered
from datashift.inputs import gather
from datashift.language import LANGUAGES, speaking
from datashift.pipeline import run
from datashift.publish.archive import pack
from datashift.release import check, publish

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "src" / "datashift" / "demo_data" / "recipe.toml"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    result = run(gather(RECIPE, folder / "home"), draw=lambda _drawing: lambda: None)
    return publish(result, folder / "release", home=folder / "home", created="2026-11-22")


def asked(*words: str | Path) -> tuple[str, Any]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    text, data = command.run(parser.parse_args([str(word) for word in words]))
    return text, json.loads(json.dumps(data()))


def member(bundle: Path, name: str = "dossier.json") -> bytes:
    with ZipFile(bundle) as parts:
        return parts.read(name)


def test_a_bundle_gives_the_dossier_that_is_in_it(bundle: Path, tmp_path: Path) -> None:
    text, data = asked(bundle, "--out", tmp_path)
    assert (tmp_path / "dossier.json").read_bytes() == member(bundle)
    assert data["dossier"] == json.loads(member(bundle))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dossier-en.html", "dossier-en.pdf", "dossier.json"]
    finding = data["dossier"]["summary"]["finding"]["en"]
    assert " ".join(text.split()).startswith(" ".join(finding.split()))


def test_the_folder_of_a_release_does_as_well(bundle: Path, tmp_path: Path) -> None:
    _text, data = asked(bundle.parent, "--out", tmp_path)
    assert data["dossier"]["format"] == "datashift-dossier/1"


def test_a_recipe_gives_the_same_dossier_but_for_the_day(bundle: Path, tmp_path: Path) -> None:
    _text, data = asked(RECIPE, "--out", tmp_path)
    stored = json.loads(member(bundle))
    stored["head"]["created"] = data["dossier"]["head"]["created"]
    same = {name for name, part in data["dossier"].items() if part == stored[name]}
    assert same >= {"head", "design", "instrument", "fieldwork", "coverage", "checks", "estimates", "comparisons"}


def test_pages_come_in_the_language_asked_or_in_all(bundle: Path, tmp_path: Path) -> None:
    with speaking("ne"):
        asked(bundle, "--out", tmp_path / "one", "--profile", "ons")
    assert (tmp_path / "one" / "dossier-ne.pdf").stat().st_size > 10_000
    asked(bundle, "--out", tmp_path / "all", "--all-languages", "--profile", "ons")
    pages = {path.name for path in (tmp_path / "all").glob("*.html")}
    assert pages == {f"dossier-{language}.html" for language in LANGUAGES}


def test_only_the_profiles_asked_for_are_read(bundle: Path, tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(
        (ROOT / "src/datashift/profiles/ons.toml").read_text("utf-8").replace('id = "ons"', 'id = "ours"', 1)
    )
    text, data = asked(bundle, "--out", tmp_path / "out", "--profile", "statcan", "--profile", str(own))
    assert [one["id"] for one in data["dossier"]["profiles"]] == ["statcan", "ours"]
    assert "profile" in text


def test_a_profile_that_nobody_knows_is_refused_and_nothing_is_written(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BadProfile) as caught:
        asked(bundle, "--out", tmp_path / "out", "--profile", "no-such")
    assert caught.value.code == "profile.unknown"
    assert not (tmp_path / "out").exists()


def test_a_bundle_that_was_changed_has_no_dossier_to_show(bundle: Path, tmp_path: Path) -> None:
    broken = tmp_path / "release.zip"
    with ZipFile(bundle) as parts:
        members = {name: parts.read(name) for name in parts.namelist()}
    members["dossier.json"] = members["dossier.json"].replace(b'"rows_in": ', b'"rows_in": 1')
    broken.write_bytes(pack(members))
    with pytest.raises(Tampered) as caught:
        asked(broken, "--out", tmp_path / "out")
    assert caught.value.code == "verify.not-a-bundle"


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Tampered) as caught:
        asked(tmp_path / "nothing.zip", "--out", tmp_path)
    assert caught.value.code == "verify.not-there"


def test_the_command_line_knows_it(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dossier", str(bundle), "--out", str(tmp_path), "--profile", "ons", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dossier"]["summary"]["finding"]["en"]
    assert cli.main(["dossier", str(tmp_path / "no.zip"), "--out", str(tmp_path)]) == 2


# --- verification ---------------------------------------------------------------------------------------------------


def test_verification_holds_the_figures_of_the_dossier_against_the_cells(bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle.parent, tmp_path / "copy")
    stages = {stage.stage: stage for stage in check(tmp_path / "copy" / "release.zip")}
    assert stages["estimates"].status == "same"


def test_a_dossier_with_another_figure_is_found_even_under_a_new_manifest(bundle: Path, tmp_path: Path) -> None:
    from datashift.publish.released import released  # noqa: PLC0415
    from datashift.publish.retold import figures_differ  # noqa: PLC0415 - what this test is about

    known = released(bundle).estimates
    told = json.loads(member(bundle))
    rows = {(r["measure"], r["area"], r["period"]): r for r in told["estimates"]["rows"] if not r["group"]}
    plain = [e for e in known if not e.breakdown]
    told["estimates"]["rows"] = [rows[(e.measure, e.area, e.period)] for e in plain]
    assert figures_differ("dossier.json", json.dumps(told).encode(), plain) is None
    told["estimates"]["rows"][0]["value"] += 1
    template, facts = figures_differ("dossier.json", json.dumps(told).encode(), plain) or ("", {})
    assert facts["column"] == "value"
    assert template.format(**facts)
    assert figures_differ("dossier.json", None, plain) is None
    assert figures_differ("dossier.json", b"no json", plain) is not None
    assert figures_differ("dossier.json", json.dumps(told).encode(), plain[1:]) is not None


def test_a_dossier_that_would_carry_a_personal_value_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datashift import release  # noqa: PLC0415 - its part is replaced

    made = release.document

    def leaky(*arguments: Any, **options: Any) -> dict[str, Any]:
        return {**made(*arguments, **options), "note": "Call 0712 345 678 for more."}

    monkeypatch.setattr(release, "document", leaky)
    with pytest.raises(Disclosive):
        asked(RECIPE, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
