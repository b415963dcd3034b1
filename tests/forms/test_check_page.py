"""The page about checking a form shows what the program prints."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from datashift.commands import check

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "check-a-form.md"
_FENCE = re.compile(r"(?:<!-- walk: (.*?) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _say(command: str) -> list[str]:
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    text, _data, code = check.run(parser.parse_args(shlex.split(command)[2:]))
    assert code == 2
    return [" ".join(line.split()) for line in text.splitlines()]


def _shown(lines: list[str], printed: list[str]) -> int:
    position = 0
    wanted = [" ".join(line.split()) for line in lines if line.strip() and line != "…"]
    for line in wanted:
        assert line in printed[position:], (line, printed)
        position = printed.index(line, position) + 1
    return len(wanted)


def test_the_page_shows_what_the_check_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []
    compared = 0
    for marker, kind, text in _FENCE.findall(PAGE.read_text("utf-8")):
        if marker.startswith("save "):
            (tmp_path / marker.removeprefix("save ")).write_text(text, "utf-8")
        elif kind == "console":
            command, *shown = text.removeprefix("$ ").splitlines()
            printed = _say(command)
            compared += _shown(shown, printed)
        elif marker == "shown above":
            compared += _shown(text.splitlines(), printed)
    assert compared > 15
