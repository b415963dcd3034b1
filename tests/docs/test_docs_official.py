"""The page about official figures shows what the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import DOCS, blocks, missing, steps

from datashift import cli
from datashift.official import LAYOUTS, OFFICIAL

PAGE = DOCS / "reference" / "official.md"


def test_the_page_about_official_figures_shows_what_the_program_prints(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")
    monkeypatch.setattr(cli, "MODULES", tuple(dict.fromkeys((*cli.MODULES, "official"))))
    wanted, walked = "", 0
    for block in blocks(PAGE):
        if block.kind == "walk":
            wanted = block.text
        elif block.kind == "csv":
            (tmp_path / wanted).write_text(block.text, "utf-8")
        elif block.kind == "console":
            for step in steps(block.text):
                assert cli.main(list(step.command[1:])) == 0, step.command
                assert missing(step.shown, capsys.readouterr().out) == [], step.command
                walked += 1
    assert walked == 5


def test_every_layout_and_every_column_is_explained() -> None:
    text = PAGE.read_text("utf-8")
    assert [layout for layout in LAYOUTS if f"| `{layout}` |" not in text] == []
    columns = text.partition("| column | what it holds |")[2].partition("- **Value.**")[0]
    assert [name for name in OFFICIAL.names if name not in columns] == []
