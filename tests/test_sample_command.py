"""The command sample: from a list to a proved sample, replacements by rule, work, and progress with weights."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from datashift.cli import main

Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Say:
    """Run a verb in a folder of its own; return what it prints, or the code of what it refuses."""
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0) -> str:
        assert main(["sample", *words]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return run


@pytest.fixture
def villages(tmp_path: Path) -> Path:
    path = tmp_path / "villages.csv"
    rows = [f"V{k:02},{('North', 'South')[k % 2]},{40 + (k * 29) % 160}" for k in range(40)]
    path.write_text("\n".join(["village,region,households", *rows]) + "\n", "utf-8")
    return path


DRAW = (
    "draw", "villages.csv", "--unit", "village", "--size", "households", "--strata", "region", "--n", "8",
    "--method", "sampford", "--reserve", "2", "--within", "5", "--within-reserve", "1", "--seed", "dice 6 1 4",
)  # fmt: skip


def rows_of(path: Path | str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_usual_number_is_told(say: Say) -> None:
    assert say("size") == "385 answers are needed; for that, draw 385.\n"
    assert "769 answers are needed; for that, draw 962." in say("size", "--deff", "2", "--response", "0.8")
    assert "77 answers are needed in each group" in say("size", "--to", "0.75", "--power", "0.9")
    assert "400 answers give a margin of error of 4.9 points" in say("size", "--answers", "400")
    assert json.loads(say("size", "--margin", "0.03", "--json")) == {"answers": 1068, "drawn": 1068}


def test_a_sample_is_drawn_written_and_proved(say: Say, villages: Path) -> None:
    printed = say(*DRAW, "--out", "first")
    assert "North" in printed
    assert max(map(len, printed.splitlines())) <= 80
    rows = rows_of("first/sample.csv")
    assert [row["status"] for row in rows].count("drawn") == 8
    assert "Proved" in say("again", "first/draw.json", str(villages))
    villages.write_text(villages.read_text("utf-8") + "V99,North,50\n", "utf-8")
    assert "sample.frame-changed" in say("again", "first/draw.json", str(villages), code=2)


def test_a_sample_is_never_written_over(say: Say, villages: Path) -> None:
    assert villages.is_file()
    say(*DRAW, "--out", "first")
    before = Path("first/draw.json").read_bytes()
    assert "sample.there" in say(*DRAW[:-1], "another seed", "--out", "first", code=2)
    assert Path("first/draw.json").read_bytes() == before


def test_the_whole_road_of_two_stages(say: Say, villages: Path) -> None:
    say(*DRAW, "--out", "first")
    drawn = [row["unit"] for row in rows_of("first/sample.csv") if row["status"] == "drawn"]
    say("replace", "first/draw.json", "--unit", drawn[0], "--reason", "not-reached", "--day", "2026-03-02",
        "--replacements", "replaced.csv")  # fmt: skip
    [noted] = rows_of("replaced.csv")
    assert (noted["unit"], noted["day"]) == (drawn[0], "2026-03-02")
    listed = [*drawn[1:-1], noted["reserve"]]
    Path("listing.csv").write_text("v,h\n" + "".join(f"{v},{k}\n" for v in listed for k in range(20)), "utf-8")
    within = (
        "within",
        "first/draw.json",
        "listing.csv",
        "--place",
        "v",
        "--unit",
        "h",
        "--replacements",
        "replaced.csv",
    )
    assert f"Not listed yet: {drawn[-1]}." in say(*within, "--out", "second")
    assert "Proved" in say("again", "second/draw.json", str(villages), "--listing", "listing.csv")
    assert "Ada" in say("assign", "second/draw.json", "--enumerators", "Ada:red,Ben:red,Chi:blue", "--out", "work.csv")
    work = rows_of("work.csv")
    assert len(work) == 7 * 5
    with Path("outcomes.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow([*work[0], "outcome"])
        lines.writerows([*row.values(), ("completed", "completed", "refusal", "")[k % 4]] for k, row in enumerate(work))
    printed = say("progress", "second/draw.json", "outcomes.csv", "--by", "enumerator", "--weights", "weights.csv")
    assert "Chi" in printed
    assert max(map(len, printed.splitlines())) <= 80
    told = json.loads(say("progress", "second/draw.json", "outcomes.csv", "--json"))
    assert told["progress"][-1]["completed"] == 18
    total = sum(float(row["weight"]) for row in rows_of("second/sample.csv"))
    assert sum(float(row["weight"]) for row in rows_of("weights.csv")) == pytest.approx(total)


def test_free_substitution_and_a_second_table_that_breaks_the_rule_are_refused(say: Say, villages: Path) -> None:
    assert villages.is_file()
    say(*DRAW, "--out", "first")
    rows = rows_of("first/sample.csv")
    drawn = [row["unit"] for row in rows if row["status"] == "drawn"]
    last = [row["unit"] for row in rows if row["status"] == "reserve" and row["stratum"] == rows[0]["stratum"]][-1]
    Path("r.csv").write_text(f"unit,reserve,pool,reason,day\n{drawn[0]},{last},North,refusal,\n", "utf-8")
    assert "sample.free-substitution" in say(
        "assign", "first/draw.json", "--enumerators", "Ada", "--out", "w.csv", "--replacements", "r.csv", code=3
    )
    assert not Path("w.csv").exists()


def test_a_changed_record_is_told(say: Say, villages: Path) -> None:
    assert villages.is_file()
    say(*DRAW, "--out", "first")
    path = Path("first/draw.json")
    path.write_text(path.read_text("utf-8").replace("dice 6 1 4", "dice 6 1 5"), "utf-8")
    assert "sample.record-changed" in say("assign", "first/draw.json", "--enumerators", "A", "--out", "w.csv", code=2)
    path.write_text("[]", "utf-8")
    assert "sample.record" in say("assign", "first/draw.json", "--enumerators", "A", "--out", "w.csv", code=2)


def test_numbers_per_stratum_are_taken_as_given(say: Say, villages: Path) -> None:
    words = ("--unit", "village", "--strata", "region", "--seed", "s", "--out", "x")
    told = json.loads(say("draw", str(villages), *words, "--given", "North=3,South=5", "--json"))
    assert [row["stratum"] for row in told["rows"]].count("South") == 5
    assert told["design"]["strata"] == ["design_stratum"]
    assert "sample.number" in say("draw", str(villages), *words[:-1], "y", "--given", "North=many", code=2)
