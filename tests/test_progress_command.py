"""The command progress: what people read, what machines read, and how bad input is told."""

import argparse
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import datashift.official
from datashift.commands import progress
from datashift.errors import BadProgress, BadSeries
from datashift.language import speaking
from datashift.layout import WIDTH, _cells
from datashift.model import Observation, Target, TimeSeries
from datashift.progress import progress as judge
from datashift.progress import read_rules, wording

WATER = "year,share\n2000,52\n2005,55.1\n2010,57.9\n2015,61.4\n2017,62\n2019,63.9\n2022,64.8\n"

Ask = Callable[..., tuple[str, dict]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run the command on a table of text ("" for none); return what people and what machines get."""

    def run(text: str, *words: str) -> tuple[str, dict]:
        path = tmp_path / "table.csv"
        path.write_text(text, "utf-8")
        parser = argparse.ArgumentParser()
        progress.arguments(parser)
        columns = [str(path), "--time", "year", "--value", "share"] if text else []
        told, data = progress.run(parser.parse_args([*columns, *words]))
        return told, json.loads(json.dumps(data(), allow_nan=False))

    return run


def test_the_table_has_every_method_with_label_number_and_chance(ask: Ask) -> None:
    text, data = ask(WATER, "--unit", "PT", "--target", "100")
    assert text.startswith("Of 4 methods that give a label, 0 see it on track or met, 3 see progress")
    assert "Open SDG           Limited progress" in text
    assert "UN five classes    –" in text
    assert "What the labels hide:" in text
    assert max(map(len, text.splitlines())) <= 80
    assert [method["method"] for method in data["methods"]] == [
        "open-sdg", "un-chart", "un-five", "sdsn", "escap", "escap-status", "trend",
    ]  # fmt: skip
    assert data["methods"][0]["number"] == pytest.approx(
        ((64.8 / 61.4) ** (1 / 7) - 1) / ((100 / 61.4) ** (1 / 15) - 1)
    )
    assert data["agreement"]["code"] == "cuts"
    assert set(data["reached"]) == {"trend", "outlook"}
    assert data["outlook"]["lower"] < data["outlook"]["value"] < data["outlook"]["upper"]


def test_an_indicator_brings_its_target(ask: Ask) -> None:
    text, data = ask(WATER, "--unit", "PT", "--indicator", "6.1.1")
    assert data["target"]["value"] == 100
    assert "The target is 100 by 2030." in text
    _text, births = ask(WATER.replace("share", "share"), "--indicator", "3.7.2", "--part", "15-19")
    assert births["target"]["value"] is None
    assert births["direction"] == "down"


def test_a_file_of_rules_adds_the_methods_that_need_it(ask: Ask, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[un-five]\ncutoffs = [0.9, 0.5, 0.1, -0.1]\nmeasure = "change"\n'
        '[escap]\nweights = "inverse-distance"\nmaintain = 0.9\naccelerate = 0\n'
    )
    text, _data = ask(WATER, "--unit", "PT", "--target", "100", "--rules", str(rules))
    assert "UN five classes    Marginal progress" in text
    assert "ESCAP anticipated  Accelerate" in text


def test_several_series_are_one_table_and_a_thin_one_is_named(ask: Ask) -> None:
    rows = [
        f"{area},{year},{50 + pace * (year - 2014)}"
        for area, pace in (("N", 3), ("E", -1))
        for year in (2015, 2018, 2021)
    ]
    text, data = ask(
        "\n".join(["area,year,share", *rows, "W,2020,40"]) + "\n", "--unit", "PT", "--target", "100", "--by", "area"
    )
    assert text.startswith("2 series. How many methods see each")
    assert "W: A trend needs two years" in text
    assert [entry["series"] for entry in data["series"]] == [["N"], ["E"]]
    assert data["refused"][0]["series"] == ["W"]


def test_without_a_target_the_direction_is_asked_for(ask: Ask) -> None:
    with pytest.raises(BadProgress, match="which way is good"):
        ask(WATER)
    text, data = ask(WATER, "--direction", "up", "--unit", "PT")
    assert "No target value; up is good." in text
    assert data["methods"][0]["kind"] == "growth"


def test_official_series_are_judged_from_the_store(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tuple(Observation(str(year), 40.0 + year - 2010, nature="E") for year in (2010, 2015, 2017, 2019))
    whole = TimeSeries("official", "6.1.1", "SH_H2O_SAFE", {"en": "W"}, "UNSD", "2020", "KE", "Kenya", "PT", seen)
    rural = replace(whole, breakdown=(("URBANISATION", "R"),))
    asked: dict = {}

    def series(home: Path, **names: str) -> list[TimeSeries]:
        asked.update(names)
        return [whole, rural]

    monkeypatch.setattr(datashift.official, "time_series", series, raising=False)
    text, data = ask("", "--official", "--indicator", "6.1.1", "--area", "KE")
    assert asked == {"indicator": "6.1.1", "series": "", "area": "KE", "source": ""}
    assert text.startswith("UNSD / SH_H2O_SAFE / Kenya / PT")
    assert "estimates of a model" in text
    several, _data = ask("", "--official", "--indicator", "6.1.1", "--area", "KE", "--groups")
    assert "URBANISATION=R" in several
    ask("", "--official", "--series", "SH_H2O_SAFE", "--indicator", "6.1.1", "--area", "KE")
    assert asked["indicator"] == ""
    assert data["target"]["value"] == 100
    monkeypatch.setattr(datashift.official, "time_series", lambda home, **names: [], raising=False)
    with pytest.raises(BadProgress, match=r"No official figures of 6\.1\.1 / KE"):
        ask("", "--official", "--indicator", "6.1.1", "--area", "KE")


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_no_line_is_wider_than_a_page(language: str) -> None:
    with speaking(language):
        found = judge(([2015, 2018, 2021], [40.0, 20.0, 1.0], None), Target(0, 2030, "down", "x"), draws=50)
        lines = progress.one_series(found).splitlines()
    assert max(map(_cells, lines)) <= WIDTH


def test_a_number_beyond_ten_times_what_is_needed_is_not_written_out() -> None:
    assert wording.percent(-5.5e25).startswith("< ")
    assert len(wording.percent(14348906.0)) < 12


def test_series_without_a_judgement_are_gathered_by_reason_and_an_unknown_indicator_stops_nothing(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tuple(Observation(str(year), 40.0 + year - 2010) for year in (2015, 2017, 2019))
    good = TimeSeries("official", "6.1.1", "SH_H2O_SAFE", {"en": "W"}, "UNSD", "2020", "KE", "Kenya", "PT", seen)
    thin = [replace(good, series=f"THIN_{k}", observations=seen[:1]) for k in (1, 2)]
    odd = replace(good, series="ODD", indicator="99.9.9")
    monkeypatch.setattr(datashift.official, "time_series", lambda home, **names: [good, *thin, odd], raising=False)
    text, data = ask("", "--official", "--area", "KE")
    assert text.count("A trend needs two years") == 1
    assert "THIN_1 / PT; THIN_2 / PT" in " ".join(text.split()) or "THIN_1; THIN_2" in " ".join(text.split())
    assert [entry["code"] for entry in data["refused"]].count("standard.framework-code") == 1


def test_nothing_to_judge_is_told(ask: Ask) -> None:
    with pytest.raises(BadProgress, match="Name a file"):
        ask("")


def test_a_column_that_is_not_there_is_told(ask: Ask) -> None:
    with pytest.raises(BadSeries, match="no column"):
        ask("year,other\n2015,1\n", "--target", "3")


def test_help_is_made_without_reading_anything() -> None:
    parser = argparse.ArgumentParser()
    progress.arguments(parser)
    assert isinstance(SimpleNamespace(**vars(parser.parse_args([]))).draws, int)


PAGE = Path(__file__).parents[1] / "docs" / "reference" / "progress.md"


def fences(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_page_shows_what_the_program_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [table], [console] = fences("csv"), fences("console")
    Path("water.csv").write_text(table, "utf-8")
    command, _newline, shown = console.partition("\n")
    parser = argparse.ArgumentParser()
    progress.arguments(parser)
    text, _data = progress.run(parser.parse_args(shlex.split(command)[3:]))
    assert text.strip() == shown.strip()


def test_the_rules_on_the_page_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(fences("toml")[0], "utf-8")
    assert read_rules(path).maintain == 0.9


def examples() -> list[list[str]]:
    lines = PAGE.read_text("utf-8").partition("| example |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]


@pytest.mark.parametrize("row", examples(), ids=lambda row: row[0])
def test_the_worked_examples_on_the_page_are_what_the_methods_say(row: list[str]) -> None:
    _name, figures, aim, *labels, chance = row
    points = {int(year): float(value) for year, value in (pair.split(":") for pair in figures.split(","))}
    target, direction, unit = [*aim.split(), ""][:3]
    wanted = Target(None if target == "–" else float(target), 2030, direction, "page")
    found = judge((list(points), list(points.values()), None), wanted, unit=unit)
    for method, label in zip(("open-sdg", "un-chart", "sdsn", "trend"), labels, strict=True):
        told = found[method]
        assert (told.text or f"({told.reason.code})") == label
    said = wording.chance(found.reached["trend"]).replace("\u202f", " ") if "trend" in found.reached else "–"
    assert said == chance
