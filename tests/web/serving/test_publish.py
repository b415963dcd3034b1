"""`datashift publish` and the demo: a release of this machine is public at once, or not at all."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest
from real_site import Site, until

import datashift.demo_data
from datashift.commands.publish import laws
from datashift.language import label
from datashift.legal import legal_of

pytestmark = pytest.mark.enable_socket
DEMO = Path(datashift.demo_data.__file__).parent
SIMULATED = "import sys; from datashift import cli, demo; demo._real_recipe = lambda: None; sys.exit(cli.main())"


def test_a_release_is_public_with_its_ledgers_and_publishing_it_again_changes_nothing(both: Site) -> None:
    told = []
    for _again in range(2):
        command = [
            "-m",
            "datashift.cli",
            "publish",
            str(DEMO / "recipe.toml"),
            "--organisation",
            "Water Watch",
            "--json",
        ]
        process = both.start(*command)
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        told.append(json.loads(out))
    assert told[0] == told[1]
    public = both.do("published")
    assert public["releases"] == [[told[0]["release"], "Water Watch", 1]]
    assert public["figures"] > 30
    assert public["ledgers"] > 0
    assert public["by"] == [None]
    both.serve("--no-worker")
    path = told[0]["address"].partition(":8000")[2]
    assert told[0]["release"] in path
    assert both.get(path) == 200
    assert both.get(f"/dossier/{told[0]['release']}/en.pdf") == 200
    assert not any((both.home / "passing").iterdir())


def test_who_publishes_at_the_console_is_told_what_the_law_asks() -> None:
    tanzania = legal_of("TZ")
    assert tanzania is not None
    assert all(f"{one.law}: {label(one.question)}" in laws("TZ") for one in tanzania.items)
    assert "Nothing is known here of the law of this country." in laws("ZZ")


def test_what_the_gate_refuses_is_not_public(alone: Site, tmp_path: Path) -> None:
    folder = tmp_path / "recipe"
    shutil.copytree(DEMO, folder)
    recipe = folder / "recipe.toml"
    text = recipe.read_text("utf-8")
    recipe.write_text(text.replace('title.en = "', 'title.en = "Call +255 754 123 456. '), "utf-8")
    process = alone.start("-m", "datashift.cli", "publish", str(recipe), "--organisation", "Water Watch")
    _out, err = process.communicate(timeout=240)
    assert process.returncode == 2
    assert "[protect." in err
    public = alone.do("published")
    assert (public["releases"], public["figures"], public["by"]) == ([], 0, [])
    assert not (alone.home / "releases").exists()


def test_the_demo_ends_with_its_release_on_a_site_of_its_own(alone: Site, tmp_path: Path) -> None:
    out = tmp_path / "out"
    alone.environment["DATASHIFT_DATABASE"] = "postgresql://of-other-work"
    process = alone.start("-c", SIMULATED, "demo", "--out", str(out), "--serve", "--port", str(alone.port))
    until(lambda: process.poll() is not None or alone.get("/en/") == 200, seconds=240)
    assert process.poll() is None, process.communicate()[1]
    until(lambda: alone.get("/health") == 200)
    assert (out / "release.zip").is_file()
    [released] = [path for path in (out / "site" / "releases").iterdir() if path.is_dir()]
    assert alone.get(f"/en/release/{released.name}/") == 200
    process.send_signal(signal.SIGINT)
    printed, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert f"The site is up: http://localhost:{alone.port}/en/" in printed
    assert (out / "site" / "site.log").stat().st_size > 0
