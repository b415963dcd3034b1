"""`datashift microdata`: a report, a plan on paper, and rows only after a person confirmed it."""

from __future__ import annotations

import csv
import json
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from datashift.cli import main
from datashift.standards.kits import kit_folder

BRIBES = kit_folder("bribery-experience") / "recipe.toml"
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
REACH = EXAMPLES / "irq-reach-water" / "recipe.toml"
KWALE = EXAMPLES / "ken-kwale-water-quality" / "recipe.toml"

Asked = Callable[..., tuple[int, str, str]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Run the command; return its exit code, its output and its error code."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        code = main(["microdata", *map(str, words), "--language", "en"])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, " ".join(told.out.split()), told.err.rpartition("[")[2].strip().rstrip("]")

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def smallest(rows: list[dict[str, str]], known: list[str]) -> int:
    return min(Counter(tuple(row[name] for name in known) for row in rows).values())


def test_the_report_says_who_stands_out_and_releases_nothing(asked: Asked, tmp_path: Path) -> None:
    code, out, _problem = asked(BRIBES)
    assert code == 0
    assert "By area, sex, age_group, place, each of the 192 people is alike to at least 1" in out
    assert "Nothing was released." in out
    assert not list(tmp_path.glob("*.*"))


def test_a_plan_is_written_read_changed_and_confirmed_before_rows_leave(asked: Asked, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.toml", tmp_path / "rows"
    assert asked(BRIBES, "--plan", plan)[0] == 0
    assert asked(BRIBES, "--plan", plan, "--out", out)[2] == "microdata.not-confirmed"
    assert asked(BRIBES, "--plan", plan, "--out", out, "--confirm", "  ")[2] == "microdata.not-confirmed"
    assert not out.exists()
    plan.write_text(plan.read_text("utf-8").replace("k = 5", "k = 8"), "utf-8")
    assert asked(BRIBES, "--plan", plan, "--confirm", "Asha Mwangi")[0] == 0
    assert not out.exists()
    assert asked(BRIBES, "--plan", plan, "--out", out)[0] == 0
    rows = rows_of(out / "rows.csv")
    assert len(rows) == 192
    assert smallest(rows, ["area", "sex", "age_group", "place"]) >= 8
    told = json.loads((out / "about.json").read_text("utf-8"))
    assert told["confirmed"]["by"] == "Asha Mwangi"
    assert told["k"]["after"] >= 8


def test_a_change_after_the_confirmation_asks_for_a_new_one(asked: Asked, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    asked(BRIBES, "--plan", plan)
    asked(BRIBES, "--plan", plan, "--confirm", "Asha Mwangi")
    plan.write_text(plan.read_text("utf-8").replace("k = 5", "k = 4"), "utf-8")
    assert asked(BRIBES, "--plan", plan, "--out", tmp_path / "rows")[2] == "microdata.changed-since"
    assert not (tmp_path / "rows").exists()


def test_nobody_confirms_a_plan_that_they_cannot_have_read(asked: Asked, tmp_path: Path) -> None:
    out = tmp_path / "rows"
    assert asked(BRIBES, "--plan", tmp_path / "plan.toml", "--confirm", "A", "--out", out)[2] == "microdata.no-plan"
    assert asked(BRIBES, "--confirm", "A", "--out", out)[2] == "microdata.no-plan"
    assert asked(BRIBES, "--out", out)[2] == "microdata.no-plan"
    assert list(tmp_path.glob("*.toml")) == []


def a_file(folder: Path, rows: int = 60) -> Path:
    path = folder / "people.csv"
    lines = [f"{20 + k % 7},{'FM'[k % 2]},V{k % 3},{['no', 'yes'][k % 5 == 0]},P{k}" for k in range(rows)]
    path.write_text("\n".join(["age,sex,village,bribe,phone", *lines]) + "\n", "utf-8")
    return path


def test_a_file_without_a_recipe_needs_to_hear_what_others_may_know(asked: Asked, tmp_path: Path) -> None:
    people, plan, out = a_file(tmp_path), tmp_path / "plan.toml", tmp_path / "rows"
    assert asked(people)[2] == "microdata.nothing-known"
    words = ["--known", "age", "--known", "sex", "--sensitive", "bribe"]
    assert asked(people, *words, "--alike", "4", "--plan", plan)[0] == 0
    assert asked(people, "--plan", plan, "--confirm", "Asha", "--out", out)[0] == 0
    rows = rows_of(out / "rows.csv")
    assert list(rows[0]) == ["age", "sex", "bribe"]
    assert smallest(rows, ["age", "sex"]) >= 4


def test_a_plan_by_which_nobody_knows_anything_protects_nobody(asked: Asked, tmp_path: Path) -> None:
    people, plan = a_file(tmp_path), tmp_path / "plan.toml"
    asked(people, "--known", "age", "--known", "sex", "--plan", plan)
    plan.write_text(plan.read_text("utf-8").replace('known = ["age", "sex"]', "known = []"), "utf-8")
    assert (
        asked(people, "--plan", plan, "--confirm", "Asha", "--out", tmp_path / "rows")[2] == "microdata.nothing-known"
    )


@pytest.mark.parametrize("width", ["1e400", "nan", "-5", "0", "1" + 400 * "0"])
def test_a_band_without_a_width_is_refused(asked: Asked, tmp_path: Path, width: str) -> None:
    people, plan = a_file(tmp_path), tmp_path / "plan.toml"
    asked(people, "--known", "sex", "--sensitive", "age", "--plan", plan)
    with plan.open("a", encoding="utf-8") as more:
        more.write(f'\n[[coarser]]\ncolumn = "age"\nhow = "bands"\nwidth = {width}\n')
    assert asked(people, "--plan", plan)[2] == "microdata.plan"


def test_answers_are_no_formulas_for_a_spreadsheet(asked: Asked, tmp_path: Path) -> None:
    people, plan, out = tmp_path / "people.csv", tmp_path / "plan.toml", tmp_path / "rows"
    words = ["=1+1", "-2+3", "-2", "plain"]
    people.write_text("sex,note\n" + "".join(f"{'FM'[k % 2]},{words[k % 4]}\n" for k in range(40)), "utf-8")
    asked(people, "--known", "sex", "--also", "note", "--plan", plan)
    assert asked(people, "--plan", plan, "--confirm", "Asha", "--out", out)[0] == 0
    assert {row["note"] for row in rows_of(out / "rows.csv")} == {"'=1+1", "'-2+3", "-2", "plain"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--known", "aeg"], "microdata.no-column"),
        (["--known", "age", "--also", "lat"], "microdata.no-column"),
        (["--known", "age", "--alike", "2"], "microdata.too-few-alike"),
        (["--known", "age", "--weight", "sex"], "microdata.weight"),
        (["--known", "age", "--alike", "100"], "microdata.few-rows"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(asked: Asked, tmp_path: Path, words: list[str], code: str) -> None:
    assert asked(a_file(tmp_path), *words)[::2] == (2, code)


def test_an_empty_file_and_a_file_of_headings_are_said_in_words(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", "utf-8")
    (tmp_path / "head.csv").write_text("age,sex\n", "utf-8")
    assert asked(tmp_path / "empty.csv", "--known", "age")[2] == "read.empty"
    assert asked(tmp_path / "head.csv", "--known", "age")[2] == "microdata.few-rows"


def test_a_plan_speaks_for_itself_and_for_its_own_rows(asked: Asked, tmp_path: Path) -> None:
    people, plan = a_file(tmp_path), tmp_path / "plan.toml"
    asked(people, "--known", "age", "--plan", plan)
    assert asked(people, "--known", "sex", "--plan", plan)[2] == "microdata.plan-there"
    other = people.rename(tmp_path / "other.csv")
    assert asked(other, "--plan", plan)[2] == "microdata.plan-of-others"
    plan.write_bytes(b"\xff\xfe\x00k")
    assert asked(other, "--plan", plan)[2] == "microdata.plan"


def test_phones_do_not_leave_even_when_confirmed(asked: Asked, tmp_path: Path) -> None:
    people, plan, out = a_file(tmp_path), tmp_path / "plan.toml", tmp_path / "rows"
    people.write_text(people.read_text("utf-8").replace("P1\n", "+254 712 345 678\n"), "utf-8")
    asked(people, "--known", "sex", "--also", "phone", "--plan", plan)
    assert asked(people, "--plan", plan, "--confirm", "Asha", "--out", out)[2] == "protect.personal-shape"
    assert not out.exists()


def test_a_recipe_that_lets_no_rows_leave_is_obeyed(asked: Asked, tmp_path: Path) -> None:
    shutil.copytree(BRIBES.parent, tmp_path / "kit")
    recipe = tmp_path / "kit" / "recipe.toml"
    recipe.write_text(recipe.read_text("utf-8") + "\n[disclosure]\nmicrodata = false\n", "utf-8")
    assert asked(recipe, "--plan", tmp_path / "plan.toml")[2] == "microdata.not-at-all"
    assert not (tmp_path / "plan.toml").exists()


# --- real files -----------------------------------------------------------------------------------------------------


def test_households_of_tal_afar_leave_in_groups_of_five(asked: Asked, tmp_path: Path, shared: Path) -> None:
    assert shared.is_dir()
    plan, out = tmp_path / "plan.toml", tmp_path / "rows"
    known = ["neighbourhood", "age_respondent_r", "gender_hoh", "household_size"]
    words = [word for name in known for word in ("--known", name)]
    code, told, _problem = asked(REACH, *words, "--sensitive", "primary_livelihood", "--plan", plan)
    assert code == 0
    assert "How many of them are the only one among all people cannot be told" in told
    before = tomllib.loads(plan.read_text("utf-8"))
    assert {one["column"] for one in before["coarser"]} >= {"age_respondent_r"}
    assert asked(REACH, "--plan", plan, "--confirm", "Asha Mwangi", "--out", out)[0] == 0
    rows = rows_of(out / "rows.csv")
    assert len(rows) == 632
    assert smallest(rows, known) >= 5
    assert not {"X_uuid", "deviceid"} & set(rows[0])
    assert asked(REACH, "--known", "deviceid")[2] == "microdata.personal"
    assert asked(REACH, "--known", "X_uuid")[2] == "microdata.personal"


def test_positions_of_kwale_do_not_leave_as_a_column(asked: Asked, shared: Path) -> None:
    assert shared.is_dir()
    assert asked(KWALE, "--known", "geology", "--also", "utm_x")[2] == "microdata.personal"
    code, told, _problem = asked(KWALE, "--known", "localization", "--known", "geology", "--sensitive", "fluoride")
    assert code == 0
    assert "In 'localization' 94 per cent of the cells would be blank." in told
    assert "'fluoride' has 138 different answers in 138 rows." in told
