"""`datashift structures`: what it writes, what it shows, and what it says when a file is not there."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import pytest
from structure_schemas import json_faults, xml_faults

from datashift.commands import structures as command
from datashift.errors import BadRecipe, BadStandard, SourceUnavailable, Unreadable
from datashift.language import speaking
from datashift.standards.structures.layout import answers, parts


def told(*words: str) -> tuple[str, Any]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    text, data = command.run(parser.parse_args(words))
    return text, data()


@pytest.mark.parametrize("format", command.FORMATS)
def test_a_kit_is_exported_validly_and_shown(format: str, tmp_path: Path) -> None:
    out = tmp_path / "folder" / "structures"
    said, data = told("export", "--kit", "water-point-functionality", "--format", format, "--out", str(out))
    assert said == f"{len(data['structures'])} structures written to {out}"
    content = out.read_bytes()
    assert data["bytes"] == len(content)
    assert (json_faults(content) if format == "sdmx-json" else xml_faults(content, format)) == []
    shown, records = told("show", str(out))
    assert records == data["structures"]
    assert "DATASHIFT:SDG_SHADOW_WATER_POINT_FUNCTIONALITY(1.0.0) – Dimensions: FREQ," in shown
    assert "TECHNOLOGY" in shown


def test_the_shadow_is_exported_by_default(tmp_path: Path) -> None:
    out = tmp_path / "shadow.xml"
    _said, data = told("export", "--out", str(out))
    assert xml_faults(out.read_bytes(), "sdmx-ml-3.0") == []
    [structure] = [record for record in data["structures"] if record["kind"] == "DataStructure"]
    assert structure["id"] == "DATASHIFT:SDG_SHADOW(1.0)"
    assert structure["components"]["D"][:3] == ["FREQ", "REPORTING_TYPE", "SERIES"]


def test_a_kit_beside_the_user_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Path(command.__file__).parents[1] / "kits" / "water-point-functionality" / "kit.toml"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kit.toml").write_bytes(
        shipped.read_bytes().replace(b'"water-point-functionality"', b'"mine"')
    )
    monkeypatch.chdir(tmp_path)
    _said, data = told("export", "--kit", "./mine", "--out", "mine.xml")
    assert {"DATASHIFT:DF_MINE(1.0.0)"} <= {record["id"] for record in data["structures"]}


def test_names_are_said_in_the_current_language(tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    told("export", "--format", "sdmx-json", "--out", str(out))
    with speaking("ne"):
        _shown, records = told("show", str(out))
    assert next(record["name"] for record in records if record["id"] == "DATASHIFT:CL_SEX(1.0)") == "लिङ्ग"


def test_what_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as lost:
        told("show", str(tmp_path / "lost.xml"))
    assert lost.value.code == "read.not-found"
    with pytest.raises(Unreadable) as folder:
        told("show", str(tmp_path))
    assert folder.value.code == "read.is-a-folder"
    with pytest.raises(BadRecipe) as kit:
        told("export", "--kit", "no-such-kit", "--out", str(tmp_path / "x"))
    assert kit.value.code == "recipe.no-kit"
    (tmp_path / "file").write_text("x")
    with pytest.raises(SourceUnavailable) as store:
        told("export", "--out", str(tmp_path / "file" / "x"))
    assert store.value.code == "source.no-store"
    with pytest.raises(BadStandard) as text:
        told("show", str(tmp_path / "file"))
    assert (text.value.code, text.value.facts["file"]) == ("standard.structure-not-sdmx", "file")


def test_kit_and_shadow_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        told("export", "--kit", "a", "--shadow", "--out", str(tmp_path / "x"))
    assert "--shadow" in capsys.readouterr().err


# --- the page -------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "structures.md"


def words_of(page: str, heading: str) -> list[str]:
    section = page.partition(f"{heading}\n")[2]
    return [
        word for line in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for word in re.findall(r"`(\w+)`", line)
    ]


def test_the_page_shows_what_the_program_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [console] = re.findall(r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    steps = re.findall(r"^\$ datashift structures (.*)\n((?:[^$\n].*\n)*)", console, re.MULTILINE)
    assert len(steps) == 2
    for words, shown in steps:
        printed = told(*words.split())[0].splitlines()
        assert [line for line in shown.splitlines() if line != "…" and line not in printed] == []


def test_the_page_names_every_dimension_attribute_and_list() -> None:
    page = PAGE.read_text("utf-8")
    own = [part.id for part in parts() if part.origin == "DATASHIFT"]
    said = words_of(page.partition("### Never")[0], "## The shadow structure")
    assert set(own) | {"TIME_PERIOD"} == set(said)
    lists = words_of(page.partition("## Kits")[0], "### Codelists")
    assert set(lists) == set(answers())
    for known in answers().values():
        assert known.source in page


def test_the_python_of_the_page_runs() -> None:
    [python] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(python, names)
    assert len(names["structures"]) > 30
