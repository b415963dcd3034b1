"""The page about corrections shows what the program prints."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datashift.commands import corrections
from datashift.corrections import ledger

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "correct-the-data.md"
_FENCE = re.compile(r"(?:<!-- walk: (.*?) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class _ThatDay(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 3, 2, 9, tzinfo=UTC)


def _say(command: str) -> list[str]:
    parser = argparse.ArgumentParser()
    corrections.arguments(parser)
    text, _data = corrections.run(parser.parse_args(shlex.split(command)[2:]))
    return [" ".join(line.split()) for line in text.splitlines()]


def _walk(text: str) -> int:
    """Run each command of a console fence; the lines shown must stand in its output, in this order."""
    walked = 0
    for block in text.split("$ ")[1:]:
        command, *shown = block.splitlines()
        printed, position = _say(command), 0
        for line in (" ".join(line.split()) for line in shown if line != "…"):
            assert line in printed[position:], (command, line, printed)
            position = printed.index(line, position) + 1
        walked += 1
    return walked


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ledger, "datetime", _ThatDay)
    return tmp_path


def test_the_example_on_the_page_is_what_the_program_does(folder: Path) -> None:
    walked = 0
    for marker, kind, text in _FENCE.findall(PAGE.read_text("utf-8")):
        if marker.startswith("save "):
            (folder / marker.removeprefix("save ")).write_text(text, "utf-8")
        elif kind == "console" and marker != "reach":
            walked += _walk(text)
    assert walked == 6


@pytest.mark.shared
def test_the_real_survey_on_the_page_is_what_the_program_does(folder: Path, shared: Path) -> None:
    for name in ("raw_data", "cleaning_log", "clean_data"):
        shutil.copy(shared / "cgd" / "irq_reach_kobo" / f"{name}.csv.gz", folder)
    [text] = [text for marker, _kind, text in _FENCE.findall(PAGE.read_text("utf-8")) if marker == "reach"]
    assert _walk(text) == 3
