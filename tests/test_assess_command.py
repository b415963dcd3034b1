"""`datashift assess` says what to look at first, what was looked at, and what could not be; persons stay private."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from datashift.cli import main
from datashift.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("DATASHIFT_HOME", str(tmp_path / "store"))


@pytest.fixture
def survey(tmp_path):
    """A file with one interviewer who writes the same answer everywhere, and an id that repeats."""
    chance = np.random.default_rng(1)
    who = chance.integers(0, 8, 400)
    path = tmp_path / "survey.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["key", "enumerator", "village", *(f"q{i}" for i in range(8))])
        for row in range(400):
            answers = ["yes" if who[row] == 3 or chance.random() < 0.4 else "no" for _question in range(8)]
            out.writerow([f"k{row if row != 200 else 199}", f"Asha{who[row]}", f"V{chance.integers(0, 6)}", *answers])
    return path


def said(capsys, *arguments):
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_the_first_line_says_how_much_there_is_to_look_at(survey, capsys):
    text = said(capsys, "assess", survey)
    first = text.splitlines()[0]
    assert first.endswith("things to look at in 400 answers.")
    assert int(first.split()[0]) >= 2
    assert max(map(len, text.splitlines())) <= 80


def test_what_was_checked_stands_in_order_and_what_could_not_be_says_why(survey, capsys):
    text = said(capsys, "assess", survey)
    checked = text.partition("What was checked:")[2].partition("What could not be looked at, and why:")
    for part in (checked[0], checked[2]):
        numbers = [int(line.split()[0][1:]) for line in part.splitlines() if line.startswith("  K")]
        assert numbers == sorted(numbers)
    assert "K28  Asked again: No interviews were asked again" in checked[2]
    assert "datashift suggest survey.csv" in checked[2]


def test_persons_are_shown_to_a_supervisor_alone(survey, capsys):
    for options in ((), ("--json",), ("--top", "100")):
        assert "Asha" not in said(capsys, "assess", survey, *options)
    assert "Interviewer Asha3: " in said(capsys, "assess", survey, "--supervisor", "--top", "100")
    data = json.loads(said(capsys, "assess", survey, "--supervisor", "--json"))
    assert any(one["name"] == "Asha3" for finding in data["findings"] for one in finding["subjects"])
    assert "interviews" in data


def test_the_data_for_machines_are_complete(survey, capsys):
    data = json.loads(said(capsys, "assess", survey, "--json"))
    assert set(data) == {"source", "checks", "findings", "queue"}
    assert data["source"] == {"name": "survey.csv", "rows": 400, "columns": 11, "described": False}
    assert [check["id"] for check in data["checks"]][:2] == ["K1", "K2"]
    repeated = next(one for one in data["findings"] if one["code"] == "assess.repeated-id")
    assert (repeated["rows"], repeated["rows_count"], repeated["p_value"]) == ([202], 1, None)
    effect = next(one for one in data["findings"] if one["check"] == "K20")
    assert effect["p_value"] <= effect["p_adjusted"] <= 0.05
    assert effect["tested"] == 8
    # The rows would say who it is.
    assert effect["rows"] is None
    assert effect["rows_count"] > 0
    assert {entry["check"] for entry in data["queue"]} <= {finding["check"] for finding in data["findings"]}


def test_only_as_much_as_asked_for_is_shown(survey, capsys):
    def shown(top):
        queue = said(capsys, "assess", survey, "--top", top).partition("What was checked:")[0]
        return [line for line in queue.splitlines() if line.startswith("  K")]

    assert len(shown(1)) == 1
    assert len(shown(50)) > 1
    assert shown(-3) == shown(0) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_every_language(survey, capsys, language):
    text = said(capsys, "assess", survey, "--language", language, "--supervisor")
    assert "K20" in text
    assert "{" not in text


def test_a_recipe_is_assessed_with_what_its_rows_do_to_the_answer(capsys):
    recipe = next((ROOT / "src/datashift/demo_data").rglob("recipe.toml"))
    text = said(capsys, "assess", recipe)
    assert "moves “" in text.partition("What to look at first:")[0]
    data = json.loads(said(capsys, "assess", recipe, "--json"))
    assert data["source"]["described"]
    assert any(finding["effects"] for finding in data["findings"])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("nothing.csv", None, "read.not-found"),
        ("empty.csv", b"", "read.empty"),
        ("broken.toml", b"x =", "recipe.not-toml"),
        ("no recipe.toml", None, "recipe.bad-field"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_code(tmp_path, capsys, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["assess", str(path)]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert main(["assess", str(path), "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == code


@pytest.mark.parametrize("content", [b"a,b\n", b"a\n1\n", b"a,b\n,\n,\n", "क,ख\n१,२\n".encode()])
def test_a_file_with_hardly_anything_gets_an_answer(tmp_path, capsys, content):
    path = tmp_path / "small.csv"
    path.write_bytes(content)
    assert "What was checked:" in said(capsys, "assess", path)
    assert json.loads(said(capsys, "assess", path, "--json"))["checks"]


def test_help_says_what_is_private(capsys):
    with pytest.raises(SystemExit):
        main(["assess", "--help", "--language", "en"])
    assert "this is private" in " ".join(capsys.readouterr().out.split())


def test_the_page_shows_what_the_command_prints(capsys, monkeypatch):
    page = (ROOT / "docs/howto/assess-a-source.md").read_text("utf-8")
    monkeypatch.chdir(ROOT / "docs/howto/first-recipe")
    walked = 0
    for fence in re.findall(r"```console\n\$ datashift (.*?)```", page, re.DOTALL):
        command, *shown = fence.strip().splitlines()
        printed = " ".join(said(capsys, *command.split(), "--language", "en", "--top", "99").split())
        for words in filter(None, (" ".join(part.split()) for part in "\n".join(shown).split("…"))):
            assert words in printed
            printed = printed.partition(words)[2]
            walked += 1
    assert walked >= 5


def test_back_checks_that_a_recipe_names_are_read(tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(ROOT / "src/datashift/demo_data", folder)
    with (folder / "recipe.toml").open("a", encoding="utf-8") as recipe:
        recipe.write('\n[protocol.backchecks]\nfile = "again.csv"\nid = "wp_id"\nkinds = { works = 1 }\n')
    (folder / "again.csv").write_text("wp_id,works\n" + "".join(f"{row:04d},no\n" for row in range(2000)))
    data = json.loads(said(capsys, "assess", folder / "recipe.toml", "--json"))
    check = next(check for check in data["checks"] if check["id"] == "K28")
    assert check["looked"]
    assert check["facts"]["interviews"] > 1000
    (folder / "again.csv").unlink()
    assert main(["assess", str(folder / "recipe.toml")]) == 4
