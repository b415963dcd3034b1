"""The command ledger: what people read, what machines read, the files it writes, and how bad input is told."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from datashift import pipeline
from datashift.cli import main
from datashift.commands import ledger
from datashift.errors import BadLedger, NothingKnown
from datashift.language import speaking
from datashift.official import import_snapshot

ROOT = Path(__file__).resolve().parents[1]
HEAD = "series,geo_area,geo_area_name,nature,units,year,value,age,sex,location\n"
SAFE = HEAD + "".join(
    f"SH_H2O_SAFE,404,Kenya,{nature},percent,{year},{value},,,allarea\n"
    for year, value, nature in (
        (2008, 40.0, "c"), (2010, 41.5, "e"), (2012, 43.0, "e"), (2014, 44.0, "e"), (2015, 45.0, "e"),
        (2016, 46.0, "e"), (2017, 47.0, "e"),
    )
)  # fmt: skip

Ask = Callable[..., tuple[str, dict]]


@pytest.fixture
def ask() -> Ask:
    """Run the command; return what people and what machines get."""

    def run(*words: str) -> tuple[str, dict]:
        parser = argparse.ArgumentParser()
        ledger.arguments(parser)
        told, data = ledger.run(parser.parse_args(list(words)))
        return told, json.loads(json.dumps(data(), allow_nan=False))

    return run


@pytest.fixture
def kenya(own_home: Path) -> tuple[str, ...]:
    import_snapshot(SAFE.replace("47.0", "46.5").encode(), "unsd.csv", own_home, released="2019")
    import_snapshot(SAFE.encode(), "unsd.csv", own_home, released="2020")
    return ("--indicator", "6.1.1", "--area", "KE")


def test_the_first_line_says_the_finding_and_no_line_is_too_long(ask: Ask, kenya: tuple[str, ...]) -> None:
    text, data = ask(*kenya)
    assert text.startswith("People using safe drinking water, SH_H2O_SAFE, Kenya: 47\u202f% in 2017, ")
    assert max(map(len, text.splitlines())) <= 80
    assert data["finding"].startswith("People using safe drinking water")


def test_table_progress_revisions_and_what_is_not_known_follow(ask: Ask, kenya: tuple[str, ...]) -> None:
    text, _data = ask(*kenya)
    order = ["Kenya: 47", "target 100 (2030)", "2017     47", "Progress by method", "Open SDG", "Changed between",
             "What is not known"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "1 earlier figures: --table or --json" in text
    assert "revised: 46.50 before" in text


def test_machines_get_everything(ask: Ask, kenya: tuple[str, ...]) -> None:
    _text, data = ask(*kenya)
    assert [row["period"] for row in data["rows"]] == ["2008", "2010", "2012", "2014", "2015", "2016", "2017"]
    assert data["revisions"][0]["before"] == 46.5
    assert data["series"][0]["breaks"][0][0] == "2010"
    assert {method["method"] for method in data["progress"][0]["methods"]} >= {"open-sdg", "un-chart", "sdsn", "trend"}


def test_a_stated_target_takes_the_place_of_the_frameworks(ask: Ask, kenya: tuple[str, ...]) -> None:
    _text, data = ask(*kenya, "--target", "46", "--target-year", "2025", "--direction", "up")
    assert (data["target"]["value"], data["target"]["year"]) == (46.0, 2025)


@pytest.mark.parametrize("language", ["es", "sw", "ne"])
def test_the_report_speaks_every_language(ask: Ask, kenya: tuple[str, ...], language: str) -> None:
    with speaking(language):
        text, _data = ask(*kenya)
    assert "SH_H2O_SAFE" in text


def test_chart_text_and_table_are_written_where_they_are_asked_for(
    ask: Ask, kenya: tuple[str, ...], tmp_path: Path
) -> None:
    chart, table = tmp_path / "kenya.svg", tmp_path / "kenya.csv"
    text, data = ask(*kenya, "--chart", str(chart), "--table", str(table), "--width", "360")
    assert ET.fromstring(chart.read_text("utf-8")).get("width") == "360"
    assert (tmp_path / "kenya.txt").read_text("utf-8").splitlines() == data["sentences"]
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert [(row["PERIOD"], row["VALUE"]) for row in rows][-1] == ("2017", "47")
    assert f"Written: {chart}" in text


def test_a_chart_may_be_a_picture(ask: Ask, kenya: tuple[str, ...], tmp_path: Path) -> None:
    ask(*kenya, "--chart", str(tmp_path / "kenya.png"))
    assert (tmp_path / "kenya.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("group", ["SEX", "SEX=", "=F"])
def test_a_group_needs_a_concept_and_a_code(ask: Ask, kenya: tuple[str, ...], group: str) -> None:
    with pytest.raises(BadLedger, match="SEX=F"):
        ask(*kenya, "--group", group)


def test_a_target_year_alone_is_no_target(ask: Ask, kenya: tuple[str, ...]) -> None:
    with pytest.raises(BadLedger, match="--target and --target-year"):
        ask(*kenya, "--target-year", "2025")


def test_nothing_known_lists_what_is_known_near_by(ask: Ask, kenya: tuple[str, ...]) -> None:
    with pytest.raises(NothingKnown, match=r"6\.1\.1 KE"):
        ask("--indicator", "6.1.1", "--area", "NP")


# --- a release --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the worked example: simulated water points of three wards, beside a simulated survey."""
    out = tmp_path_factory.mktemp("ledger-release")
    recipe = out / "recipe.toml"
    for path in (ROOT / "docs" / "howto" / "first-recipe").iterdir():
        (out / path.name).write_bytes(path.read_bytes())
    recipe.write_text(recipe.read_text("utf-8") + '\n[place.names]\n"Rivrside" = "ZZ-R"\n', "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATASHIFT_HOME", str(out / "home"))
        patch.setattr(pipeline, "drawings", lambda *_: [])
        assert main(["run", str(recipe), "--out", str(out / "result"), "--quiet"]) == 0
    return out / "result" / "release.zip"


def test_citizen_figures_stand_beside_official_ones_with_verdict_and_reason(
    ask: Ask, bundle: Path, tmp_path: Path
) -> None:
    chart = tmp_path / "ward.svg"
    words = ("--indicator", "6.1.1", "--area", "ZZ-H", "--release", str(bundle), "--chart", str(chart))
    text, data = ask(*words)
    assert text.startswith("SIMULATED DATA")
    assert data["simulated"] is True
    assert [row["side"] for row in data["rows"]] == ["citizen", "official"]
    assert data["comparisons"][0]["verdict"] == "cannot_tell"
    assert "Citizens beside official figures:" in text
    assert data["comparisons"][0]["reason"].split(".")[0] in " ".join(text.split())
    assert max(len(line) for line in text.splitlines() if not line.startswith("Written: ")) <= 80
    assert "simulated" in chart.read_text("utf-8")


def test_the_page_shows_what_the_command_prints(ask: Ask, bundle: Path) -> None:
    page = (ROOT / "docs" / "howto" / "shadow-ledger.md").read_text("utf-8")
    shown = page.partition("--area ZZ-R --release result/release.zip\n")[2].partition("```")[0]
    text, _data = ask("--indicator", "6.1.1", "--area", "ZZ-R", "--release", str(bundle))
    printed = text.splitlines()
    assert len(shown.splitlines()) > 10
    assert [line for line in shown.splitlines() if line not in printed and line != "…" and "(20" not in line] == []


# --- real figures ----------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_two_official_sources_on_basic_water_in_kenya_differ_and_are_shown_side_by_side(
    ask: Ask, shared: Path, own_home: Path
) -> None:
    jmp = shared / "official" / "jmp" / "jmp_wld_water.csv"
    with gzip.open(shared / "official" / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz", "rt", encoding="utf-8") as lines:
        unsd = "".join(line for k, line in enumerate(lines) if k == 0 or line.startswith("SP_ACS_BSRVH2O,404,"))
    import_snapshot(jmp.read_bytes(), jmp.name, own_home, released="2021")
    import_snapshot(unsd.encode(), "unsd.csv", own_home, released="2020")
    both = ("--series", "wat_bas", "--series", "SP_ACS_BSRVH2O")
    text, data = ask("--indicator", "1.4.1", "--area", "KE", *both)
    (apart,) = data["official_apart"]
    assert (apart["year"], apart["value"], apart["other_value"]) == (2017, pytest.approx(59.58415), 58.91633)
    assert "The official sources differ by 0.7 percentage points in 2017" in " ".join(text.split())
    assert [len(series["observations"]) for series in data["series"]] == [21, 18]
    page = (ROOT / "docs" / "howto" / "shadow-ledger.md").read_text("utf-8")
    shown = page.partition("--series SP_ACS_BSRVH2O\n")[2].partition("```")[0]
    assert len(shown.splitlines()) > 10
    assert [line for line in shown.splitlines() if line not in text.splitlines() and line != "…"] == []


@pytest.mark.parametrize("wrong", ["nan", "inf"])
def test_a_target_that_is_no_number_is_refused(wrong: str, ask: Ask, kenya: tuple[str, ...]) -> None:
    with pytest.raises(BadLedger) as refused:
        ask(*kenya, "--target", wrong)
    assert refused.value.code == "ledger.target"


@pytest.mark.parametrize(("chart", "table"), [("a.txt", "b.csv"), ("a.csv", "b.csv"), ("a.svg", "a.txt")])
def test_no_file_is_written_over_another(
    chart: str, table: str, tmp_path: Path, ask: Ask, kenya: tuple[str, ...]
) -> None:
    with pytest.raises(BadLedger) as refused:
        ask(*kenya, "--chart", str(tmp_path / chart), "--table", str(tmp_path / table))
    assert refused.value.code == "ledger.files"
    assert not list(tmp_path.glob("[ab].*"))


def test_where_all_entries_are_hidden_it_is_not_said_that_nothing_is_known(ask: Ask, own_home: Path) -> None:
    hidden = SAFE.splitlines()[0] + ",observation_status\nSH_H2O_SAFE,404,Kenya,c,percent,2016,,,,allarea,Q\n"
    hidden += "SH_H2O_SAFE,524,Nepal,c,percent,2016,20,,,allarea,\n"
    import_snapshot(hidden.encode(), "unsd.csv", own_home, source="UNSD", released="2020")
    with pytest.raises(NothingKnown) as refused:
        ask("--indicator", "6.1.1", "--area", "KE")
    assert refused.value.code == "ledger.hidden"
    assert "UNSD" in str(refused.value)


def test_a_figure_that_only_changed_its_kind_is_not_called_revised(ask: Ask, own_home: Path) -> None:
    import_snapshot(SAFE.replace("41.5", "41").encode(), "unsd.csv", own_home, released="2018")
    import_snapshot(SAFE.replace("c,percent,2008", "e,percent,2008").encode(), "unsd.csv", own_home, released="2019")
    import_snapshot(SAFE.replace("41.5", "42").encode(), "unsd.csv", own_home, released="2020")
    text, data = ask("--indicator", "6.1.1", "--area", "KE")
    assert "1 figures were changed since an earlier release" in text
    assert next(line.split()[1:] for line in text.splitlines() if line.startswith("SH_H2O_SAFE ")) == [
        "2008", "40", "E", "40", "C",
    ]  # fmt: skip
    marks = {row["period"]: row["marks"] for row in data["rows"]}
    assert "revised" not in marks["2008"]
    assert "revised: 41.50 before" in marks["2010"]
