"""`datashift standards`: what its verbs print, in which language, and what they give to machines."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift.commands import standards
from datashift.errors import BadStandard
from datashift.language import LANGUAGES, speaking

Say = Callable[..., str]


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for flag in ("--json", "--quiet"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--language")
    standards.arguments(parser)
    return parser.parse_args(arguments)


def text(*arguments: str, language: str = "en") -> str:
    with speaking(language):
        return standards.run(parsed(*arguments))[0]


def data(*arguments: str) -> Any:
    return json.loads(json.dumps(standards.run(parsed(*arguments))[1](), default=str))


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    path = tmp_path / "texts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("translations/es/indicators.yml", "6-1-1-title: Texto oficial\n2-2-3-title: 'Otro'\n")
        archive.writestr("translations/en/indicators.yml", "6-1-1-title: Official text\n4-6-1-title: Old text\n")
    return path


def test_without_a_verb_it_says_which_version_is_loaded() -> None:
    printed = text()
    assert "SDG framework 2025: 17 goals, 169 targets, 251 indicators (234 without" in printed
    assert "Versions: 2017, 2020, 2024, 2025" in printed
    assert "No official texts are at hand" in printed
    assert text("list") == printed


def test_another_version_is_listed_when_asked_for() -> None:
    assert "247 indicators (231 without" in text("list", "--version", "2020")
    assert "247 indicators (231 without" in text("--version", "2020")
    assert data("list", "--version", "2020")["counts"]["unique"] == 231


def test_what_is_not_confirmed_is_listed() -> None:
    assert "11.c.1" in data()["not_confirmed"]
    assert "Not confirmed" in text()
    assert "Not confirmed" not in text("list", "--version", "2020")


def test_an_indicator_is_shown_with_all_that_is_known() -> None:
    printed = text("show", "6.1.1")
    for line in (
        "6.1.1  People using safe drinking water",
        "framework: 2025",
        "goal: 6  Water and toilets for all",
        "target: 6.1  Safe drinking water for all",
        "tier: I (in 2022-11)",
        "custodian: WHO, UNICEF",
        "aim: should go up: at least 100\u202f% by 2030 (the target asks for it)",
        "series: SH_H2O_SAFE (PT)",
        "change: none in the versions at hand",
    ):
        assert line in printed
    assert "water-point-functionality" in printed
    assert "official text" not in printed
    assert "source: United Nations Statistics Division" in printed


def test_every_line_fits_eighty_columns() -> None:
    lines = "\n".join([text(), text("show", "6.1.1"), text("show", "17.6.1"), text("show", "17")]).splitlines()
    assert max(map(len, lines)) <= 80


def test_an_indicator_is_given_to_machines_with_its_series_and_changes() -> None:
    found = data("show", "16.1.4", "--version", "2024")
    assert found["entry"]["label"]["sw"]
    assert found["entry"]["direction"] == "up"
    assert [parent["code"] for parent in found["parents"]] == ["16", "16.1"]
    assert {series["code"] for series in found["series"]} == {"VC_SNS_WALN", "VC_SNS_WALN_DRK"}
    assert [change["kind"] for change in found["changes"]] == ["refined"]


def test_kits_are_found_by_their_indicator_and_by_its_repeats() -> None:
    assert "water-point-functionality" in data("show", "6.1.1")["kits"]
    assert "public-service-satisfaction" in data("show", "16.6.2")["kits"]
    assert data("show", "17.13.1")["kits"] == []


def test_goals_and_targets_are_shown_with_what_is_below_them() -> None:
    assert "target: 6.b  Communities take part in water" in text("show", "6")
    assert "indicator: 6.1.1  People using safe drinking water" in text("show", "6.1")
    assert data("show", "6.1")["children"] == ["6.1.1"]


def test_a_series_is_shown_with_its_constraints() -> None:
    printed = text("show", "EN_ATM_PM25")
    assert "EN_ATM_PM25 (GPERM3); breakdowns admitted: URBANISATION; filled in 2020:" in printed
    assert "indicator: 11.6.2" in printed
    assert data("show", "EN_ATM_PM25")["series"]["filled"] == ["URBANISATION"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_and_notes_are_said_in_the_language_of_the_reader(language: str) -> None:
    first = {"en": "People using safe drinking water", "es": "Personas con agua segura para beber"}
    printed = text("show", "6.1.1", language=language)
    assert first.get(language, "6.1.1") in printed
    assert text("show", "14.3.1", language=language)


def test_a_code_is_converted_with_the_change_on_the_way() -> None:
    printed = text("convert", "17.6.2", "--from", "2017", "--to", "2025")
    assert printed.splitlines() == ["17.6.2 of 2017 is 17.6.1 of 2025.", "2020: the same indicator got another code"]
    assert "Nothing changed." in text("convert", "6.1.1", "--from", "2020", "--to", "2024")
    assert data("convert", "17.6.2", "--from", "2017", "--to", "2025")["to_code"] == "17.6.1"


def test_a_conversion_that_would_not_mean_the_same_is_refused() -> None:
    with pytest.raises(BadStandard, match="was deleted"):
        text("convert", "8.9.2", "--from", "2017", "--to", "2025")


def test_imported_texts_are_shown_with_their_source(spanish: Path) -> None:
    printed = text("import", str(spanish))
    assert "Taken from texts.zip: 4 texts." in printed
    assert "languages: en 2, es 2" in printed
    assert "framework: 2024" in printed
    shown = text("show", "6.1.1", language="es")
    assert "Texto oficial [Open SDG, sdg-translations; del marco 2024" in " ".join(shown.split())
    assert "Official text [" in " ".join(text("show", "6.1.1", language="ne").split())
    assert "Official texts from texts.zip" in text()
    assert {each["language"] for each in data("show", "6.1.1")["official"]} == {"en", "es"}


def test_a_text_is_not_shown_for_an_indicator_that_took_the_code(spanish: Path) -> None:
    text("import", str(spanish))
    assert "Old text" in text("show", "4.6.1", "--version", "2024")
    assert "Old text" not in text("show", "4.6.1", "--version", "2025")


def test_one_language_can_be_chosen(spanish: Path) -> None:
    found = data("import", str(spanish), "--texts", "es")
    assert found["taken"] == {"es": 2}
    assert found["left"] == {"texts in languages that were not asked for": 2}


def test_aims_of_others_are_not_called_official_texts(tmp_path: Path) -> None:
    path = tmp_path / "aims.csv"
    path.write_text("code,title,target_or_direction\n6.1.1,x,100%\n", "utf-8")
    text("import", str(path))
    printed = text("show", "6.1.1", "--version", "2020")
    assert "aim, as the source says it (en): 100% [Open SDG" in printed
    assert "official text" not in printed


def test_a_newer_list_is_loaded_and_named(tmp_path: Path) -> None:
    path = tmp_path / "newer.csv"
    path.write_text("code,en\n6.1.1,\n6.1.2,Homes with a tap\n", "utf-8")
    assert "Loaded from: newer.csv (SHA-256" in text("list", "--data", str(path))
    printed = text("show", "6.1.2", "--data", str(path))
    assert printed.startswith("6.1.2  Homes with a tap")
    assert "custodian: not known" in printed
    assert "change: none" not in printed


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "6.9.9"], "standard.framework-code"),
        (["show", "8.9.2", "--version", "2020"], "standard.framework-other-version"),
        (["list", "--version", "1990"], "standard.framework-version"),
        (["convert", "6.1.1", "--from", "2020", "--to", "2021"], "standard.framework-version"),
    ],
)
def test_questions_that_have_no_answer_end_with_a_code(arguments: list[str], code: str) -> None:
    with pytest.raises(BadStandard) as caught:
        text(*arguments)
    assert caught.value.code == code
    assert caught.value.exit_code == 2


def test_flags_of_every_command_work_behind_the_verb() -> None:
    options = parsed("show", "6.1.1", "--json", "--quiet", "--language", "es")
    assert (options.json, options.quiet, options.language) == (True, True, "es")
    before = parsed("--json", "show", "6.1.1")
    assert before.json


# --- the page -------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "framework.md"


def written_steps() -> list[tuple[list[str], list[list[str]]]]:
    """The commands of the page, each with the runs of lines that it shows; `…` stands for lines left out."""
    found: list[tuple[list[str], list[list[str]]]] = []
    for fence in re.findall(r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for line in fence.splitlines():
            if line.startswith("$ "):
                found.append((shlex.split(line[2:])[2:], [[]]))
            elif line == "…":
                found[-1][1].append([])
            else:
                found[-1][1][-1].append(line)
    return found


@pytest.mark.shared
def test_the_page_shows_what_the_program_prints(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shared / "reference")
    walked = 0
    for arguments, runs in written_steps():
        if any(runs):
            printed = text(*arguments)
            assert all("\n".join(run) in printed for run in runs), arguments
            walked += 1
    assert walked == 5
