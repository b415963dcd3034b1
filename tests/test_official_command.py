"""The command official: files come in, series are shown, revisions are told, and a person knows what to do next."""

from __future__ import annotations

import argparse
import csv
import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift.commands import official
from datashift.errors import BadOfficial, Unreadable
from datashift.language import speaking
from datashift.numbers import in_digits

HEAD = "SERIES,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,NATURE,STD_ERROR,SOURCE_DETAIL,COMMENT_OBS\n"
FIRST = HEAD + "".join(f"SI_POV_DAY1,{area},{sex},{year},{year - 1990}.25,PT,E,1.5,Survey {year},\n"
                       for area in ("404", "524") for sex in ("_T", "F") for year in (2010, 2015, 2020))  # fmt: skip
SECOND = FIRST.replace("SI_POV_DAY1,404,_T,2015,25.25,PT,E", "SI_POV_DAY1,404,_T,2015,27.5,PT,C")

Ask = Callable[..., tuple[str, Any]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run the command; return what people and what machines get."""

    def run(*words: str) -> tuple[str, Any]:
        parser = argparse.ArgumentParser()
        official.arguments(parser)
        text, data = official.run(parser.parse_args(list(words)))
        return text, json.loads(json.dumps(data(), allow_nan=False))

    for name, content in (("first.csv", FIRST), ("second.csv", SECOND)):
        (tmp_path / name).write_text(content, "utf-8")
    monkey = [str(tmp_path / name) for name in ("first.csv", "second.csv")]
    run.files = monkey  # type: ignore[attr-defined]
    return run


@pytest.fixture
def both(ask: Ask) -> Ask:
    """Both releases are in the store."""
    for file, released in zip(ask.files, ("2023", "2024"), strict=True):  # type: ignore[attr-defined]
        ask("import", file, "--source", "Office", "--released", released)
    return ask


def test_an_empty_store_says_what_to_do(ask: Ask) -> None:
    text, data = ask("list")
    assert text.startswith("There are no official figures in the store. Import a file with:")
    assert data == []


def test_an_import_says_what_came_in_and_where_it_is(ask: Ask) -> None:
    text, data = ask("import", ask.files[0], "--source", "Office")  # type: ignore[attr-defined]
    assert text.startswith("12 official figures of Office · SI_POV_DAY1 are in the store now")
    assert "The file does not say when it was released." in text
    assert max(map(len, text.splitlines())) <= 80
    assert (data["new"], data["snapshot"]["observations"], data["changes"]) == (True, 12, None)
    assert Path(data["snapshot"]["file"]).read_text("utf-8") == FIRST
    again, data = ask("import", ask.files[0], "--source", "Office")  # type: ignore[attr-defined]
    assert again.endswith("Nothing changed.")
    assert data["new"] is False


def test_the_next_release_says_what_it_changed(both: Ask) -> None:
    text, data = both("revisions", "--source", "Office")
    assert text.startswith("From office/2023 to office/2024: added 0, taken away 0, changed 1, as they were\n11.")
    assert "SI_POV_DAY1  Kenya  –      2015      25.2   27.5" in text
    [one] = data["revisions"]
    assert (one["before"], one["after"], one["before_nature"], one["after_nature"]) == (25.25, 27.5, "E", "C")
    assert data["changes"][0]["same"] == 11
    assert both("revisions", "--source", "Office", "--area", "NPL")[1]["revisions"] == []


def test_the_list_names_every_snapshot(both: Ask) -> None:
    text, data = both("list")
    assert text.startswith("2 official snapshots are in the store, of 1 sources.")
    assert [one["id"] for one in data] == ["office/2024", "office/2023"]
    assert both()[0] == text


def test_a_series_is_shown_with_its_uncertainty_nature_source_and_notes(both: Ask) -> None:
    text, data = both("show", "--series", "SI_POV_DAY1", "--area", "ken", "--group", "total")
    lines = text.splitlines()
    assert lines[0] == "Kenya: 30.2\u202f% in 2020, 20.2\u202f% in 2010."
    assert "Estimated by the agency (E): 2. Made by the country (C): 1." in text.replace("\n", " ")
    assert "2015    27.5\u202f%     ± 2.9  C          2" in text
    assert "2  Survey 2015" in lines
    assert [one["value"] for one in data[0]["observations"]] == [20.25, 27.5, 30.25]
    assert both("show", "--area", "KE", "--group", "SEX=F")[1][0]["breakdown"] == [["SEX", "F"]]
    older = both("show", "--area", "KE", "--group", "total", "--snapshot", "office/2023")[1]
    assert [one["value"] for one in older[0]["observations"]] == [20.25, 25.25, 30.25]


def test_many_series_are_listed_one_by_one(both: Ask, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text(FIRST.replace("SI_POV_DAY1", "SI_POV_NAHC"), "utf-8")
    both("import", str(more), "--source", "Other")
    text, data = both("show")
    assert text.startswith("8 series. Each is shown with its last figure")
    assert len(data) == 8
    assert max(map(len, text.splitlines())) <= 80


def test_the_table_is_written_as_csv(both: Ask, tmp_path: Path) -> None:
    text, data = both("export", "--area", "NP")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["area"], row["snapshot"]) for row in rows] == [("NP", "office/2024")] * 6
    assert len(data) == 6
    out = tmp_path / "out.csv"
    assert both("export", "--out", str(out))[0].startswith("Wrote 12 official figures to")
    assert out.read_text("utf-8").count("\n") == 13


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "--series", "NOTHING"), "official-import.no-figure"),
        (("export", "--indicator", "17.19.2"), "official-import.no-figure"),
        (("show", "--area", "Atlantis"), "official-import.no-place"),
        (("revisions", "--source", "Nobody"), "official-import.no-snapshot"),
    ],
)
def test_a_question_without_an_answer_says_so(both: Ask, words: tuple[str, ...], code: str) -> None:
    with pytest.raises(BadOfficial) as caught:
        both(*words)
    assert caught.value.code == code


def test_a_file_that_is_not_there_is_named(ask: Ask) -> None:
    with pytest.raises(Unreadable, match=r"none\.csv"):
        ask("import", "none.csv")


@pytest.mark.parametrize("language", ["es", "sw", "ne"])
def test_groups_and_natures_are_said_in_the_language_of_the_reader(both: Ask, language: str) -> None:
    with speaking(language):
        text, _data = both("show", "--series", "SI_POV_DAY1", "--area", "KE")
    assert "Made by the country" not in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_long_names_give_way_and_numbers_never_do(ask: Ask, tmp_path: Path, language: str) -> None:
    head = "SERIES,REF_AREA,REF_AREA_NAME,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,SEX,AGE\n"
    rows = [
        f"A_SERIES_WITH_A_LONG_NAME_{k},{k},A place with quite a long name {k},2015,{k}23456789012,"
        f"PER_1000_UNINFECTED_POP,F,Y15T24\n"
        for k in range(1, 8)
    ]
    source = "A source that bears a name which is longer than most of the others"
    for released, values in (("2023", rows), ("2024", [row.replace("789", "987") for row in rows])):
        (tmp_path / "long.csv").write_text("".join((head, *values)), "utf-8")
        ask("import", str(tmp_path / "long.csv"), "--source", source, "--released", released)
    with speaking(language):
        for words in (("list",), ("show",), ("revisions",), ("show", "--series", "A_SERIES_WITH_A_LONG_NAME_7")):
            text, _data = ask(*words)
            plain = "".join(sign for sign in text if unicodedata.category(sign) != "Mn")
            assert max(map(len, plain.splitlines())) <= 80
            if words[0] != "list":
                assert in_digits("012") in text
