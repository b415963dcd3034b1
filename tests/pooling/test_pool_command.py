"""The command `datashift pool`: the finding first, 80 columns, reasons, complete JSON, and exit codes."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import pytest

from datashift.commands import pool as command
from datashift.errors import BadSources, InputError
from datashift.language import LANGUAGES, speaking

SOURCES = """source,source_type,indicator,area,period,value,se,lower,upper,n,definition
Household survey,probability,Water points that work,Kwale,2023,62,3,,,900,improved
County survey,probability,Water points that work,Kwale,2023,57,2.5,,,1100,improved
Mapping volunteers,volunteer,Water points that work,Kwale,2023,71,,66,76,400,improved
Utility report,facility_register,Water points that work,Kwale,2023,80,1,,,,improved
Radio poll,volunteer,Water points that work,Kwale,2023,55,,,,20,improved
School count,undocumented,Water points that work,Kwale,2023,48,4,,,,all
Hotline,event_registry,Water points that work,Kwale,2023,40,,,,100,
"""


def run(text: str, tmp_path: Path, *arguments: str) -> tuple[str, Any, int]:
    file = tmp_path / "sources.csv"
    file.write_text(text, "utf-8")
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    said, data, code = command.run(parser.parse_args([str(file), *arguments]))
    return said, json.loads(json.dumps(data())), code


def test_the_first_line_is_the_finding_and_nothing_is_wider_than_80_columns(tmp_path: Path) -> None:
    said, _data, code = run(SOURCES, tmp_path, "--unit", "percent")
    assert code == 0
    assert said.startswith("Water points that work, Kwale, 2023: 63")
    assert max(map(len, said.splitlines())) <= 80


def test_every_source_that_was_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    said, data, _code = run(SOURCES, tmp_path, "--unit", "percent")
    for name in ("Utility report (row 5)", "Radio poll (row 6)", "School count (row 7)", "Hotline (row 8)"):
        assert name in " ".join(said.split())
    assert len(data["decisions"]) == 7
    assert [d["reason"] for d in data["decisions"] if not d["pooled"]] == [
        "register",
        "few",
        "definition",
        "lower-bound",
    ]


def test_json_holds_all_that_a_forest_chart_needs(tmp_path: Path) -> None:
    _said, data, _code = run(SOURCES, tmp_path, "--unit", "percent", "--method", "DL", "--test", "knha")
    [cell] = data["cells"]
    assert {"value", "lower", "upper", "prediction_lower", "prediction_upper", "on_scale", "i2"} <= set(cell)
    assert {"value", "lower", "upper", "weight", "own", "without", "shift"} <= set(cell["sources"][0])
    assert sum(source["weight"] for source in cell["sources"]) == pytest.approx(100)
    assert "tau2=DL" in data["method"]
    assert "hartung-knapp at 0.95" in data["method"]


def test_drop_one_shows_each_figure_without_each_source(tmp_path: Path) -> None:
    said, _data, _code = run(SOURCES, tmp_path, "--unit", "percent", "--drop-one")
    assert "figure without it" in said


def test_many_cells_are_one_table(tmp_path: Path) -> None:
    head, *lines = SOURCES.splitlines()
    rows = [line.replace("Kwale", f"Ward {i}") for i in range(60) for line in lines[:3]]
    said, data, _code = run("\n".join([head, *rows]), tmp_path, "--unit", "percent")
    assert said.startswith("60 figures pooled from 180 sources")
    assert "and 20 more" in said
    assert max(map(len, said.splitlines())) <= 80
    assert len(data["cells"]) == 60
    [volunteers] = [found for found in data["source_types"] if found["source_type"] == "volunteer"]
    assert volunteers["learnt"]
    assert "+1" in volunteers["text"]  # volunteers say about 12 points more than the surveys beside them


def test_where_nothing_can_be_pooled_the_exit_code_is_3(tmp_path: Path) -> None:
    said, data, code = run("\n".join(SOURCES.splitlines()[:2]), tmp_path, "--unit", "percent")
    assert code == 3
    assert "nothing can be pooled" in said
    assert data["cells"][0]["status"] == "O"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--column", "value"], "pool.option"),
        (["--column", "value=share"], "pool.no-column"),
        (["--by", "sex"], "pool.no-column"),
        (["--method", "best"], "pool.option"),
        (["--unit", "share"], "pool.not-a-share"),
    ],
)
def test_a_wrong_option_is_refused_with_those_there_are(tmp_path: Path, arguments: list[str], code: str) -> None:
    with pytest.raises(BadSources) as problem:
        run(SOURCES, tmp_path, *arguments)
    assert problem.value.code == code
    assert isinstance(problem.value, InputError)
    assert problem.value.exit_code == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_answers_in_every_language(tmp_path: Path, language: str) -> None:
    with speaking(language):
        said, _data, code = run(SOURCES, tmp_path, "--unit", "percent")
    assert code == 0
    assert "{" not in said


def test_the_page_on_pooling_shows_what_the_command_prints(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "pool-sources.md").read_text("utf-8")
    files = re.findall(r"<!-- walk: save (\S+) -->\n```csv\n(.*?)```", page, re.DOTALL)
    texts = dict(files)
    shown = re.findall(r"```console\n\$ datashift pool (\S+) (.*?)\n(.*?)```", page, re.DOTALL)
    assert len(shown) == 3
    for file, arguments, output in shown:
        said, _data, code = run(texts[file], tmp_path, *arguments.split())
        assert code == 0
        for passage in output.split("…\n"):
            assert passage.strip() in said
