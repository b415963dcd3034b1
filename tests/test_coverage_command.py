"""The command coverage: what people read, what machines read, charts beside it, and a run on the real data."""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift import cli, pipeline
from datashift.commands import coverage
from datashift.errors import BadCoverage, DataShiftError
from datashift.language import LANGUAGES, speaking
from datashift.official import import_snapshot

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PILOT = "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz"
FIGURES = (
    "series,geo_area,geo_area_name,nature,units,year,value,sex\n"
    "SH_SAN_HNDWSH,404,Kenya,e,percent,2016,24.5,\n"
    "SP_ACS_BSRVH2O,404,Kenya,c,percent,2017,58.9,\n"
    "IU_COR_BRIB,404,Kenya,c,percent,2018,30.1,female\n"
    "IU_COR_BRIB,404,Kenya,c,percent,2018,31.2,male\n"
    "XX_UNKNOWN,404,Kenya,c,percent,2018,3,\n"
)

Ask = Callable[..., tuple[str, dict[str, Any]]]


@pytest.fixture
def ask() -> Ask:
    """Run the command; return what people and what machines get."""

    def run(*words: str) -> tuple[str, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        coverage.arguments(parser)
        told, data = coverage.run(parser.parse_args(list(words)))
        return told, json.loads(json.dumps(data(), allow_nan=False))

    return run


@pytest.fixture
def figures(own_home: Path) -> Path:
    """A store with five official figures of Kenya, one of them of a series that no indicator is known for."""
    import_snapshot(FIGURES.encode(), "figures.csv", own_home, source="UNSD", released="2020-10")
    return own_home


def test_the_first_line_says_what_nobody_counted(ask: Ask, figures: Path) -> None:
    text, data = ask("--area", "Kenya", "--to", "2020", "--indicator", "1.4.1", "--indicator", "16.5.1", "--indicator",
                     "6.2.1", "--indicator", "6.1.1")  # fmt: skip
    told = " ".join(text.splitlines()[:2])
    assert told == "In the sources at hand, nobody has counted 2 of 4 indicators in Kenya in 2015–2020."
    assert "For 1 of them there are modelled values: they are not counts." in text
    assert "Nobody counted, and no model tells of the whole: 6.1.1" in text
    row = next(line for line in text.splitlines() if line.startswith("16.5.1"))
    assert row.split()[-1] == "1/6"
    assert [mark for mark in row if mark in coverage.MARKS.values()] == ["○", "○", "○", "◇", "○", "○"]
    assert max(map(len, text.splitlines())) <= 80
    assert data["unplaced"] == {"XX_UNKNOWN": 1}
    assert len([cell for cell in data["cells"] if cell["group"] == ""]) == 4 * 6


@pytest.mark.parametrize("across", ["years", "areas", "groups"])
def test_every_table_fits_a_terminal(across: str, ask: Ask, figures: Path) -> None:
    for language in LANGUAGES:
        with speaking(language):
            text, _data = ask("--area", "KE", "--area", "TZ", "--across", across, "--from", "2000", "--to", "2023")
        assert max(map(len, text.splitlines())) <= 80


def test_gaps_show_every_component_and_a_budget_is_shared_out(ask: Ask, figures: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("area,people,group\nKenya,47564296,\nKE,24014716,SEX=F\n", "utf-8")
    text, data = ask("--area", "KE", "--to", "2020", "--gaps", "--budget", "400", "--population", str(people))
    assert "First stand those where a survey of 400 interviews" in text
    assert "never counted: any answer is news" in text
    first = data["gaps"][0]
    assert (first["group"], first["people"], first["chance"], first["expected"]) == ("", 47564296, 1.0, 47564296)
    assert [one["interviews"] for one in data["plan"]] == [200, 200]
    assert any(gap["people"] is None for gap in data["gaps"])


def test_charts_are_drawn_with_their_twins(ask: Ask, figures: Path, tmp_path: Path) -> None:
    out = tmp_path / "charts" / "kenya.svg"
    text, _data = ask("--area", "KE", "--to", "2020", "--indicator", "16.5.1", "--chart", str(out), "--width", "360")
    assert "kenya.svg" in text
    assert 'width="360"' in out.read_text("utf-8")
    assert out.with_suffix(".txt").read_text("utf-8").count(".") >= 3
    with out.with_suffix(".csv").open(encoding="utf-8") as stream:
        header, row = csv.reader(stream)
    assert header == ["Indicator", "2015", "2016", "2017", "2018", "2019", "2020"]
    assert row[4] == "officially"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--area", "Nowhere"], "coverage.area"),
        ([], "coverage.no-area"),
        (["--area", "KE", "--from", "2020", "--to", "2010"], "coverage.years"),
        (["--area", "KE", "--group", "SEX=W"], "coverage.group"),
        (["--area", "KE", "--gaps", "--interviews", "0"], "coverage.survey"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_repair(words: list[str], code: str, ask: Ask) -> None:
    with pytest.raises(DataShiftError) as refused:
        ask(*words)
    assert isinstance(refused.value, BadCoverage)
    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_a_place_inside_a_country_may_be_asked_for(ask: Ask, figures: Path) -> None:
    _text, data = ask("--area", "KE-30", "--to", "2020", "--indicator", "16.5.1")
    assert data["areas"] == {"KE-30": "KE-30"}
    assert {cell["who"] for cell in data["cells"]} == {"nobody"}


def test_the_page_shows_what_the_program_prints(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")
    monkeypatch.setattr(cli, "MODULES", tuple(dict.fromkeys((*cli.MODULES, "official", "coverage"))))
    page = (EXAMPLES.parent / "docs" / "reference" / "coverage.md").read_text("utf-8")
    figures, people = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    (tmp_path / "figures.csv").write_text(figures, "utf-8")
    (tmp_path / "people.csv").write_text(people, "utf-8")
    commands = 0
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for step in re.split(r"^\$ datashift ", block, flags=re.MULTILINE)[1:]:
            command, _newline, shown = step.partition("\n")
            assert cli.main([*command.split(), "--quiet"]) == 0
            printed = capsys.readouterr().out
            for passage in shown.split("…\n"):
                assert passage.strip("\n") in printed.replace("\u202f", " ").replace("\u00a0", " ")
            commands += 1
    assert commands == 4


@pytest.mark.shared
def test_the_pilot_extract_and_two_releases_meet_in_one_matrix(
    ask: Ask, shared: Path, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "drawings", lambda *_: [])
    import_snapshot((shared / PILOT).read_bytes(), Path(PILOT).name, own_home, source="UNSD", released="2020-10")
    words = []
    for name in ("ken-kwale-water-quality", "arg-femicides"):
        cli.main(["run", str(EXAMPLES / name / "recipe.toml"), "--out", str(tmp_path / name), "--quiet"])
        words += ["--release", str(tmp_path / name)]
    _text, data = ask("--area", "KE", "--area", "AR", "--from", "2010", "--to", "2020", *words)

    cells = {(c["indicator"], c["area"], c["year"]): c for c in data["cells"] if c["group"] == ""}
    # Chemistry of wells in one district is a component of safe water, in a part of Kenya: no full cell.
    kwale = cells["6.1.1", "KE", 2016]
    assert (kwale["citizen"], kwale["official"], kwale["who"]) == ("part", "", "part")
    femicides = cells["16.1.1", "AR", 2014]
    assert (femicides["citizen"], femicides["official"], femicides["who"]) == ("part", "measured", "official")
    assert any("Casa del Encuentro" in name for name in femicides["producers"])
    assert cells["2.1.2", "KE", 2017]["who"] == "official"
    assert cells["7.1.2", "KE", 2017]["who"] == "modelled"
    assert Counter(cell["citizen"] for cell in data["cells"])["counted"] == 0
