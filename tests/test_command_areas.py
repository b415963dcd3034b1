"""`datashift areas`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift import cli
from datashift.commands import area_lists
from datashift.standards.areas import PUBLIC
from datashift.standards.shapes import polygons

Say = Callable[..., str]

DISTRICTS = "district,people\nRukum,208567\nNawalparasi,643508\nkavre,381937\n"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run `datashift areas …` in a folder of its own and return what it prints; it must end well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")

    def run(*arguments: str) -> str:
        code = cli.main(["areas", *arguments])
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run `datashift areas …`, which must end with exit code 2, and return the error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        assert cli.main(["areas", *arguments]) == 2
        return capsys.readouterr().err

    return run


def data(say: Say, *arguments: str) -> Any:
    return json.loads(say(*arguments, "--json"))


def test_without_a_verb_the_countries_are_listed_with_their_kinds_and_changes(say: Say) -> None:
    assert say() == say("list")
    listed = {(row["country"], row["kind"]): (row["now"], row["earlier"]) for row in data(say, "list")}
    assert listed["KE", "county"] == (47, 0)
    assert listed["KE", "province"] == (0, 7)
    assert listed["NP", "district"] == (77, 2)
    assert listed["TZ", "region"] == (31, 7)


def test_the_areas_of_a_day_are_shown(say: Say) -> None:
    shown = data(say, "show", "KEN", "--as-of", "2010-01-01", "--level", "1")
    assert len(shown) == 8
    assert "KE-700" in say("show", "KE", "--as-of", "2010-01-01")
    assert "KE-700" not in say("show", "KE", "--as-of", "2020-01-01")


def test_names_are_matched_confirmed_and_matched_again(say: Say, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("region\nMwnza\nTanga\nGeita\nTanga\n", "utf-8")
    ask = ("match", "answers.csv", "--column", "region", "--country", "TZ", "--as-of", "2011-06-30", "--level", "1")
    assert say(*ask, "--out", "names.csv").startswith("3 names: 1 resolved, 2 listed with candidates.")
    with (tmp_path / "names.csv").open(encoding="utf-8") as stream:
        found = {row["name"]: row for row in csv.DictReader(stream)}
    assert [found[name]["status"] for name in ("Tanga", "Mwnza", "Geita")] == ["exact", "candidates", "other_extent"]
    assert found["Tanga"]["rows"] == "2"
    found["Mwnza"]["id"] = "TZ-18_TO2012"
    with (tmp_path / "names.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(found["Tanga"]))
        writer.writeheader()
        writer.writerows(found.values())
    again = data(say, *ask, "--confirmed", "names.csv")
    assert {row["name"]: row["id"] for row in again} == {"Mwnza": "TZ-18_TO2012", "Tanga": "TZ-25", "Geita": None}
    say(*ask, "--confirmed", "names.csv", "--out", "names.toml")
    pairs = tomllib.loads((tmp_path / "names.toml").read_text("utf-8"))
    assert pairs == {"place": {"names": {"Mwnza": "TZ-18_TO2012", "Tanga": "TZ-25"}}}


def test_only_some_rows_are_matched_and_the_area_around_decides(say: Say, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("iso,region,place\nKE,Mombasa,Mombasa\nTZ,Tanga,Tanga\n", "utf-8")
    found = data(
        say, "match", "a.csv", "--column", "place", "--country", "KE", "--as-of", "2020-01-01", "--where", "iso=KE",
        "--within", "region",
    )  # fmt: skip
    assert [(row["name"], row["id"], row["within"]) for row in found] == [("Mombasa", "KE-28", "KE-28")]


@pytest.mark.shared
def test_a_list_is_imported_and_exported_for_a_recipe(say: Say, shared: Path, tmp_path: Path) -> None:
    codes = str(shared / "reference/ocha_global_pcodes_adm1_adm2.csv.gz")
    assert "KE 290" in say("import", codes, "--country", "KE")
    assert say("export", "KE", "--out", "areas.csv") == "Wrote 345 areas to areas.csv.\n"
    assert (tmp_path / "areas.csv").read_text("utf-8") == say("export", "KE")
    assert ("KE", "constituency", 290) in {(r["country"], r["kind"], r["now"]) for r in data(say, "list")}


@pytest.mark.shared
def test_boundaries_are_written_with_ids_and_the_sizes_are_said(say: Say, shared: Path, tmp_path: Path) -> None:
    source = str(shared / "boundaries/ken_counties.geojson.gz")
    ask = ("boundaries", source, "--country", "KE", "--name", "COUNTY_NAM", "--as-of", "2019-01-01", "--out", "ke.json")
    told = data(say, *ask)
    assert (told["areas"], told["shared"], told["unmatched"]) == (47, True, [])
    assert told["after"] == (tmp_path / "ke.json").stat().st_size < told["before"] / 2
    assert "KE-28" in polygons(tmp_path / "ke.json", "id")


@pytest.mark.shared
def test_boundaries_of_names_that_stay_open_are_reported(say: Say, shared: Path) -> None:
    source = str(shared / "boundaries/ne_npl_admin1.topo.json")
    ask = ("boundaries", source, "--country", "NP", "--name", "name", "--as-of", "2010-01-01", "--level", "1")
    told = " ".join(say(*ask).split())
    assert "Bhojpur: On 2010-01-01 this is the name of Bhojpur (NP0110), at another level." in told


def test_counts_are_brought_across_and_the_total_is_said(say: Say, tmp_path: Path) -> None:
    (tmp_path / "np.csv").write_text(DISTRICTS, "utf-8")
    ask = ("convert", "np.csv", "--country", "NP", "--from", "2011-06-22", "--to", "2018-01-01")
    columns = ("--column", "district", "--value", "people")
    text = say(*ask, *columns, "--out", "out.csv")
    assert "1 234 012 in, 1 234 012 out. 2 were split." in " ".join(text.replace("\u202f", " ").split())
    with (tmp_path / "out.csv").open(encoding="utf-8") as stream:
        found = {row["id"]: row for row in csv.DictReader(stream)}
    assert sum(int(row["value"]) for row in found.values()) == 208_567 + 643_508 + 381_937
    assert (found["NP0447"]["value"], found["NP0324"]["split_se"]) == ("311604", "0.0")
    provinces = data(say, *ask, *columns, "--to-kind", "province", "--counts", "people")
    assert [row["id"] for row in provinces] == ["NP-P3", "NP-P4", "NP-P5", "NP-P6"]


def test_standard_errors_and_a_crosswalk_of_ones_own_are_used(say: Say, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("d,n,se\nRukum,100,10\n", "utf-8")
    head = "from_id,to_id,weight,of,year,source\n"
    own = "NP-RUKUM_TO2016,NP0552,1,homes,2011,me\nNP-RUKUM_TO2016,NP0652,3,homes,2011,me\n"
    (tmp_path / "own.csv").write_text(head + own, "utf-8")
    found = data(
        say, "convert", "t.csv", "--country", "NP", "--from", "2011-06-22", "--to", "2018-01-01", "--column", "d",
        "--value", "n", "--se", "se", "--crosswalk", "own.csv", "--of", "homes",
    )  # fmt: skip
    assert [row["value"] for row in found] == [25, 75]
    assert all(row["se"] > row["split_se"] > 0 for row in found)


def test_rates_go_over_with_their_denominators_only(say: Say, refused: Say, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("district,rate,asked\nRukum,20.5,100\nRolpa,40,300\n", "utf-8")
    ask = ("convert", "r.csv", "--country", "NP", "--from", "2011-06-22", "--to", "2018-01-01", "--column", "district")
    assert "looks like a rate or a mean" in refused(*ask, "--value", "rate")
    found = {row["id"]: row for row in data(say, *ask, "--value", "rate", "--per", "asked", "--to-kind", "province")}
    assert found["NP-P6"]["assumed"] is True
    assert sum(row["denominator"] for row in found.values()) == pytest.approx(400)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("d,n\nGeita,5\n", "1 names mean no known area on 2011-06-22: Geita"),
        ("d,n\nRukum,\n", "row 2: '' is not a count"),
        ("d,n\nRukum,-5\n", "row 2: '-5' is not a count"),
        ("d,n\nRukum,12%\n", "looks like a rate"),
        ("d,n\nRukum,0.25\n", "looks like a rate"),
        ("d,n\nNepal,9\nRukum,5\n", "counts both 'Nepal' and 'Rukum'"),
        ("district,n\nRukum,5\n", "has no column 'd'. The nearest names are: district, n"),
    ],
)
def test_a_table_that_cannot_be_brought_across_is_refused_with_the_repair(
    table: str, said: str, refused: Say, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(table, "utf-8")
    ask = ("convert", "t.csv", "--country", "NP", "--from", "2011-06-22", "--to", "2018-01-01", "--column", "d")
    assert said in refused(*ask, "--value", "n")


def test_a_crosswalk_file_that_is_no_text_is_refused(refused: Say, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("d,n\nRukum,5\n", "utf-8")
    (tmp_path / "own.csv").write_bytes(b"\xff\xfe\x00")
    ask = ("convert", "t.csv", "--country", "NP", "--from", "2011-06-22", "--to", "2018-01-01", "--column", "d")
    assert "it is not UTF-8 text" in refused(*ask, "--value", "n", "--crosswalk", "own.csv")


def test_a_day_that_is_none_is_refused(refused: Say) -> None:
    assert "'2011' is not a date" in refused("show", "KE", "--as-of", "2011")


def test_what_cannot_ship_is_fetched_and_the_list_is_imported(
    say: Say, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = b"Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\nKEN,2,KE001001,Changamwe,KE001,\n"
    (own_home / "raw").mkdir(parents=True)

    def fetch(country: str, home: Path, _progress: object) -> list[tuple[Any, Path]]:
        path = home / "raw" / "codes"
        path.write_bytes(codes)
        return [(source, path) for source in PUBLIC if source.country in ("", country)]

    monkeypatch.setattr(area_lists, "fetch", fetch)
    told = say("download", "KE")
    assert "ocha_global_pcodes_adm1_adm2.csv: 1 areas" in told
    assert "--country KE --name COUNTY_NAM --as-of 2019-08-25" in told
    assert ("KE", "constituency") in {(row["country"], row["kind"]) for row in data(say, "list")}


@pytest.mark.parametrize("language", ["es", "sw", "ne"])
def test_the_command_speaks_the_languages_of_the_pilots(language: str, say: Say, tmp_path: Path) -> None:
    (tmp_path / "np.csv").write_text(DISTRICTS, "utf-8")
    told = say(
        "convert", "np.csv", "--country", "NP", "--from", "2011-06-22", "--to", "2018-01-01", "--column", "district",
        "--value", "people", "--language", language,
    )  # fmt: skip
    assert "{" not in told
    assert "NP0447" in told
