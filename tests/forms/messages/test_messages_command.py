"""The simulator on the terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from short_forms import SURVEY, made

from datashift.cli import main


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "water.xml"
    path.write_bytes(made())
    return path


def test_a_form_is_tried_on_the_terminal_in_a_language(
    form: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n40\n1 3\nAsante\n"))
    assert main(["messages", str(form), "--language", "sw", "--ussd", "--json"]) == 0
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert told["done"] is True
    assert told["answers"]["litres"] == "40"
    assert "Maji yanatoka wapi?" in shown.err


def test_what_ends_before_its_end_says_so(
    form: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    assert main(["messages", str(form), "--language", "en"]) == 0
    assert "Stopped before the end" in capsys.readouterr().out


def test_a_form_that_does_not_fit_is_refused_with_every_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "photo.xml"
    path.write_bytes(made([*SURVEY, ("image", "photo", "A picture", "Picha", "")]))
    assert main(["messages", str(path), "--language", "en"]) == 2
    assert "A picture" in capsys.readouterr().err
