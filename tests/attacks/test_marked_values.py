"""What stands in personal columns and free texts comes out of no command: not in what it says, nor what it writes.

The file is messy on purpose: dates that are none, codes that are in no list, and somebody's name where a place should
be. Every complaint about it is a way out.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from marked_people import KIT, MARKERS, NAME, REMARK, as_csv, rows
from people_recipe import RECIPE, folder_of

from datashift.cli import main

QUIET = "private"
"""The folder of what stays with the producer."""


def messy() -> bytes:
    """The made-up people, with a fault of every kind in a row that names somebody."""
    people = rows()
    people[3]["today"] = f"{NAME} said tomorrow"
    people[4]["today"] = "2024-13-45"
    people[5]["region"] = f"{NAME} house"
    people[6]["region"] = "at Ottokar Vlissingham's"
    people[7]["say"] = REMARK
    people[8]["sex"] = "Quillabong"
    people[9]["weight"] = "Zephyrine"
    people[10]["age"] = "QX-7741-880010"
    people[11]["id"] = people[12]["id"] = "Zephyrine Quillabong"
    people[13]["village"] = "Wilhelmine Oxbarrow's"
    return as_csv(people)


def places_of_markers(folder: Path, said: str) -> list[tuple[str, str]]:
    """Return where a marker stands: in what was said, or in a file that is not private."""
    found = [("said", one) for one in MARKERS if one.casefold() in said.casefold()]
    for path in (p for p in folder.rglob("*") if p.is_file() and QUIET not in p.parts):
        found += [(f"{path.name}/{name}", one) for name, data in _parts(path) for one in MARKERS
                  if one.casefold() in data.decode("utf-8", "replace").casefold()]  # fmt: skip
    return found


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())
    else:
        yield "", path.read_bytes()


Command = Callable[..., tuple[int, list[tuple[str, str]]]]


@pytest.fixture
def command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, own_home: Path
) -> Command:
    """Run a command; return its status, and where markers stand in what it said, logged and published."""
    caplog.set_level(logging.DEBUG)

    def run(*arguments: str) -> tuple[int, list[tuple[str, str]]]:
        status = main([*arguments])
        told = capsys.readouterr()
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        found = places_of_markers(out, told.out + told.err + caplog.text)
        return status, found + places_of_markers(own_home / "releases", "")

    return run


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "in", messy())


def test_a_marker_is_found_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("by zephyrine", "utf-8")
    assert places_of_markers(tmp_path, "Quillabong") == [("said", "Quillabong"), ("x.txt/", "Zephyrine")]


@pytest.mark.parametrize("more", [[], ["--json", "--language", "ne"]])
def test_a_run_over_a_messy_file_tells_nobody_s_name(
    more: list[str], recipe: Path, tmp_path: Path, command: Command
) -> None:
    status, found = command("run", str(recipe), "--out", str(tmp_path / "out"), *more)
    assert (status, found) == (0, [])
    assert (tmp_path / "out" / QUIET / "evidence.zip").is_file()


def test_checks_of_a_messy_file_tell_nobody_s_name(recipe: Path, command: Command) -> None:
    for source in (recipe, recipe.with_name("answers.csv")):
        for more in ([], ["--json"]):
            assert command("assess", str(source), *more)[1] == [], (source.name, more)


def test_a_dossier_of_a_messy_file_tells_nobody_s_name(recipe: Path, tmp_path: Path, command: Command) -> None:
    status, found = command("dossier", str(recipe), "--out", str(tmp_path / "out"), "--all-languages")
    assert (status, found) == (0, [])
    assert {p.suffix for p in (tmp_path / "out").iterdir()} >= {".html", ".json"}


@pytest.mark.parametrize(("asked", "quoted"), [("age", "QX-7741"), ("weight", "Zephyrine")])
def test_an_estimate_quotes_one_value_of_the_column_that_was_asked_for_and_no_other(
    asked: str, quoted: str, recipe: Path, command: Command
) -> None:
    """A plain file calls no column personal; whoever asks for a mean of words has to see which word it is."""
    status, found = command("estimate", str(recipe.with_name("answers.csv")), "--mean", asked, "--by", "region")
    assert (status, found) == (2, [("said", quoted)])


def test_a_form_is_checked_without_telling_what_was_answered(recipe: Path, command: Command) -> None:
    status, found = command("check", str(recipe.with_name("answers.csv")))
    assert status != 0
    assert found == []


WRONG = {
    "a column that is not there": ('column = "sex"', 'column = "sexo"'),
    "a form of dates that does not fit": ('format = "%Y-%m-%d"', 'format = "%d/%m/%Y"'),
    "weights that are names": ('weights = "weight"', 'weights = "name"'),
    "places that are names": ('column = "region"\n', 'column = "name"\n'),
    "answers that are texts": ('say = { column = "say" }', 'say = { column = "remark" }'),
    "a wrong encoding": ('file = "answers.csv"', 'file = "answers.csv"\nencoding = "utf-16"'),
    "a wrong delimiter": ('file = "answers.csv"', 'file = "answers.csv"\ndelimiter = ";"'),
    "another kit": (f'kit = "{KIT}@1.0.0"', 'kit = "no-such-kit"'),
    "villages that are names": ('clusters = "village"', 'clusters = "name"'),
    "ids that are used twice": ('row_id = "id"', 'row_id = "remark"'),
}  # fmt: skip


@pytest.mark.parametrize("fault", list(WRONG))
def test_a_recipe_that_does_not_fit_is_refused_without_telling_anybody_s_name(
    fault: str, tmp_path: Path, command: Command
) -> None:
    text = RECIPE.replace(*WRONG[fault], 1)
    assert text != RECIPE
    recipe = folder_of(tmp_path / "in", messy(), text)
    assert command("run", str(recipe), "--out", str(tmp_path / "out"), "--json")[1] == []


def test_bytes_that_are_no_text_are_not_told(tmp_path: Path, command: Command) -> None:
    broken = messy().replace("Avânia".encode(), "Avânia".encode("utf-16"))
    recipe = folder_of(tmp_path / "in", broken)
    assert command("run", str(recipe), "--out", str(tmp_path / "out"))[1] == []
