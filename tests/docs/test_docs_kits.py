"""The page about kits shows what the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import DOCS, blocks, missing, steps

from datashift import cli


def test_the_page_about_kits_shows_what_the_program_prints(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")
    wanted, walked = "", 0
    for block in blocks(DOCS / "reference" / "kits.md"):
        if block.kind == "walk":
            wanted = block.text
        elif block.kind == "toml" and wanted:
            (tmp_path / wanted).parent.mkdir()
            (tmp_path / wanted).write_text(block.text, "utf-8")
            wanted = ""
        elif block.kind == "console":
            for step in steps(block.text):
                assert cli.main(list(step.command[1:])) == 0, step.command
                assert missing(step.shown, capsys.readouterr().out) == [], step.command
                walked += 1
    assert walked == 3
    assert (tmp_path / "register.xlsx").stat().st_size > 1000
