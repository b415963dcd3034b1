"""`datashift claims`: what a release carries, and whether it carries a sentence of one's own."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import shlex
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from datashift.commands import claims as command
from datashift.errors import NotLicensed
from datashift.inputs import gather
from datashift.language import speaking
from datashift.pipeline import Drawing, run
from datashift.release import publish

ROOT = Path(__file__).resolve().parents[1]


def silent(_text: str) -> None:
    return None


def undrawn(_drawing: Drawing) -> Drawing:
    return lambda: None


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the simulated country: a probability sample beside an official survey of the same concept."""
    folder = tmp_path_factory.mktemp("simulated")
    recipe = ROOT / "src" / "datashift" / "demo_data" / "recipe.toml"
    result = run(gather(recipe, folder / "home"), silent, undrawn)
    publish(result, folder / "release", home=folder / "home")
    return folder / "release"


@pytest.fixture(scope="module")
def kwale(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of water samples in Kwale: nobody says how the points were chosen; the census counts households."""
    folder = tmp_path_factory.mktemp("kwale")
    recipe = ROOT / "examples" / "ken-kwale-water-quality" / "recipe.toml"
    result = run(gather(recipe, folder / "home"), silent, undrawn)
    publish(result, folder / "release", home=folder / "home")
    return folder / "release"


def asked(bundle: Path, *words: str) -> tuple[str, Any, int]:
    """Run the command; return its text, its data as JSON gives them back, and its exit code."""
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    text, data, code = command.run(parser.parse_args([str(bundle), *words]))
    return text, json.loads(json.dumps(data())), code


def kinds(data: Any) -> Counter[tuple[str, str]]:
    return Counter((made["kind"], made["grade"]) for made in data["claims"])


def test_the_strongest_sentence_comes_first_and_simulated_data_say_so(simulated: Path) -> None:
    text, data, code = asked(simulated)
    assert code == 0
    assert "Simulated data: this is about no real place." in text
    assert data["simulated"] is True
    first = data["claims"][0]
    assert (first["kind"], first["grade"]) == ("how_many_areas", "shows")
    assert "citizen data show a gap in 2 (1 lower, 1 higher)" in first["sentence"]
    order = ["shows", "suggests", "is consistent with", "cannot tell", "cannot be compared"]
    places = [order.index(made["grade"]) for made in data["claims"]]
    assert places == sorted(places)


def test_every_claim_on_a_gap_says_among_how_many(simulated: Path) -> None:
    _text, data, _code = asked(simulated, "--kind", "gap")
    assert len(data["claims"]) == 2
    for made in data["claims"]:
        assert any("It is one of 6 comparisons" in caveat for caveat in made["caveats"])


def test_each_number_stands_where_the_claim_says(simulated: Path) -> None:
    _text, data, _code = asked(simulated)
    tables = {
        name: list(csv.DictReader(io.StringIO((simulated / name).read_text("utf-8"))))
        for name in ("estimates.csv", "comparison.csv")
    }
    seen = 0
    for made in data["claims"]:
        for number, place in zip(made["numbers"], made["stands"], strict=True):
            if not place["row"] or place["column"] in ("TIME_PERIOD", "OFFICIAL_PERIOD", "VERDICT"):
                continue
            measure, area, period = place["row"].split()[:3]
            rows = [
                row for row in tables[place["file"]]
                if (row["MEASURE"], row["REF_AREA"], row["TIME_PERIOD"]) == (measure, area, period)
            ]  # fmt: skip
            values = [abs(float(row[place["column"]])) for row in rows if row[place["column"]]]
            assert any(abs(value - abs(number["value"])) < 1e-6 * max(1.0, value) for value in values), (made, place)
            seen += 1
    assert seen > 100


def test_a_place_and_a_measure_may_be_chosen_by_their_names(simulated: Path) -> None:
    _text, data, _code = asked(simulated, "--area", "belmor", "--measure", "WP_FUNCTIONAL")
    assert kinds(data) == {("gap", "shows"): 1, ("level", "shows"): 1, ("contest", "is consistent with"): 1}
    _text, same, _code = asked(simulated, "--area", "ZZ-02", "--measure", "WP_FUNCTIONAL")
    assert same == data


@pytest.mark.parametrize("words", [("--area", "Atlantis"), ("--measure", "HAPPINESS")])
def test_what_the_release_does_not_have_is_said(simulated: Path, words: tuple[str, str]) -> None:
    with pytest.raises(NotLicensed, match=f"nothing on {words[1]}") as refused:
        asked(simulated, *words)
    assert refused.value.code == "claim.nothing-there"


def test_an_unknown_kind_names_the_known_ones(simulated: Path) -> None:
    with pytest.raises(NotLicensed, match="how_many_areas, gap") as refused:
        asked(simulated, "--kind", "proves")
    assert refused.value.code == "claim.unknown-kind"


def test_only_the_strongest_are_shown_unless_all_are_asked_for(simulated: Path) -> None:
    short, data, _code = asked(simulated)
    long, _data, _code = asked(simulated, "--all")
    assert short.count("\n[") == command.SHOWN
    assert long.count("\n[") == len(data["claims"])
    assert f"… and {len(data['claims']) - command.SHOWN} more." in short
    assert all(len(line) <= 80 for line in long.splitlines())


def test_a_sentence_that_is_carried_ends_well_and_says_what_that_means(simulated: Path) -> None:
    text, data, code = asked(
        simulated, "--check", "In Belmor about 6 in 10 improved water points worked in 2024, the citizen survey shows."
    )
    assert (code, data["carried"], data["problems"]) == (0, True, [])
    assert "This does not mean that the sentence is true" in " ".join(text.split())


def test_a_sentence_that_is_not_carried_ends_with_three_and_says_what_is(simulated: Path) -> None:
    text, data, code = asked(simulated, "--check", "This proves that 30 % of the water points in Belmor do not exist.")
    assert code == 3
    assert {problem["code"] for problem in data["problems"]} >= {"proof", "number", "period", "who"}
    assert "What it carries:" in text
    assert "Belmór" in text


def test_every_sentence_of_the_release_passes_its_own_check(simulated: Path) -> None:
    _text, data, _code = asked(simulated)
    for made in data["claims"][:: len(data["claims"]) // 8]:
        assert asked(simulated, "--check", made["sentence"])[2] == 0, made["sentence"]


@pytest.mark.parametrize("language", ["es", "sw", "ne"])
def test_it_runs_in_every_language(simulated: Path, language: str) -> None:
    with speaking(language):
        text, data, _code = asked(simulated)
    assert "{" not in text
    assert len(data["claims"]) > 20


@pytest.mark.shared
def test_samples_of_unknown_choice_speak_of_themselves_and_of_no_gap(kwale: Path) -> None:
    _text, data, _code = asked(kwale)
    assert set(kinds(data)) == {("level", "shows"), ("not_comparable", "cannot be compared")}
    for made in data["claims"]:
        assert made["sentence"].startswith(("Among all that was counted", "For groundwater points"))
    with pytest.raises(NotLicensed, match="cannot be compared"):
        asked(kwale, "--kind", "gap")
    assert (
        asked(kwale, "--check", "In southern Kwale, 2016, the wells are cleaner than the official figure says.")[2] == 3
    )


@pytest.fixture(scope="module")
def wards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example of the pages: three wards of a made-up country."""
    folder = tmp_path_factory.mktemp("wards")
    shutil.copytree(ROOT / "docs" / "howto" / "first-recipe", folder / "example")
    recipe = folder / "example" / "recipe.toml"
    recipe.write_text(recipe.read_text("utf-8") + '\n[place.names]\n"Rivrside" = "ZZ-R"\n', "utf-8")
    publish(run(gather(recipe, folder / "home"), silent, undrawn), folder / "result", home=folder / "home")
    return folder / "result"


def test_the_page_shows_what_the_program_prints(wards: Path) -> None:
    page = (ROOT / "docs" / "howto" / "make-a-claim.md").read_text("utf-8")
    shown = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 4
    for line, output in shown:
        program, name, folder, *words = shlex.split(line)
        assert (program, name, folder) == ("datashift", "claims", "result")
        text, _data, code = asked(wards, *words)
        assert code == (3 if "proves" in line else 0)
        printed = re.sub("[\u00a0\u202f]", " ", text).splitlines()
        for part in output.split("…"):
            lines = part.strip("\n").splitlines()
            assert any(printed[i : i + len(lines)] == lines for i in range(len(printed))), lines
