"""`datashift redact`: proposed, decided by a person, applied exactly so; the terminal never says a word of a text."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from datashift.cli import main
from datashift.corrections import read as read_ledger
from datashift.corrections import replay
from datashift.language import LANGUAGES
from datashift.read import read

TEXTS = ["Call 0712 345 678, my name is Juma Said", "Water is good", "Me llamo Nahiara Quintrel", "जिल्ला ठीक छ"]
SECRETS = ("0712", "Juma", "Nahiara", "Quintrel")

Do = Callable[..., tuple[int, str]]


@pytest.fixture
def do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Do:
    """Run the command in a folder with a file; give back its exit code and all that it said."""
    monkeypatch.chdir(tmp_path)
    with Path("wells.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["id", "remarks"], *enumerate(TEXTS, 1)])

    def run(*words: str) -> tuple[int, str]:
        code = main(["redact", *words])
        told = capsys.readouterr()
        said = told.out + told.err
        assert not any(secret in said for secret in SECRETS), said
        assert "Traceback" not in said
        return code, said

    return run


def decide(path: str, *words: str) -> None:
    with Path(path).open(encoding="utf-8-sig", newline="") as handle:
        header, *lines = csv.reader(handle)
    for line, word in zip(lines, words, strict=True):
        line[0] = word
    with Path(path).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *lines])


APPLY = ("wells.csv", "--apply", "p.csv", "--by", "data-officer", "--out", "clean.csv")


def test_only_what_was_confirmed_is_taken_out_and_the_raw_file_stays(do: Do) -> None:
    before = Path("wells.csv").read_bytes()
    code, said = do("wells.csv", "--out", "p.csv")
    assert code == 0
    assert "Proposed: 3." in said
    decide("p.csv", "yes", "no", "yes")
    assert do(*APPLY)[0] == 0
    assert read(Path("clean.csv")).table["remarks"].to_pylist() == [
        "Call [phone], my name is Juma Said", TEXTS[1], "Me llamo [name]", TEXTS[3],
    ]  # fmt: skip
    assert Path("wells.csv").read_bytes() == before


def test_the_ledger_says_who_and_when_and_gives_the_same_rows_and_no_old_word(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    decide("p.csv", "yes", "yes", "yes")
    do(*APPLY)
    ledger = read_ledger(Path("clean.csv.corrections.jsonl"))
    assert {one.who for one in ledger.entries} == {"data-officer"}
    assert all(one.when for one in ledger.entries)
    done = replay(read(Path("wells.csv")), ledger)
    assert not done.conflicts
    assert done.table["remarks"].equals(read(Path("clean.csv")).table["remarks"])
    text = Path("clean.csv.corrections.jsonl").read_text("utf-8")
    assert not any(secret in text for secret in SECRETS)


def test_deciding_anew_takes_the_former_line_back_and_adds_nothing_twice(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    for decisions in (("yes", "yes", "yes"), ("yes", "yes", "yes"), ("no", "no", "yes")):
        decide("p.csv", *decisions)
        assert do(*APPLY)[0] == 0
    ledger = read_ledger(Path("clean.csv.corrections.jsonl"))
    assert [one.kind for one in ledger.entries] == ["open", "change", "change", "undo"]
    rows = replay(read(Path("wells.csv")), ledger).table["remarks"].to_pylist()
    assert rows == [TEXTS[0], TEXTS[1], "Me llamo [name]", TEXTS[3]]


def test_what_nobody_decided_on_stops_it_unless_it_is_said_what_becomes_of_it(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    decide("p.csv", "yes", "", "")
    code, said = do(*APPLY)
    assert (code, "[redact.undecided]" in said, Path("clean.csv").exists()) == (2, True, False)
    assert do(*APPLY, "--undecided", "keep")[0] == 0
    assert "Juma Said" in Path("clean.csv").read_text("utf-8")
    assert do(*APPLY, "--undecided", "redact")[0] == 0
    assert "Juma" not in Path("clean.csv").read_text("utf-8")


def test_a_file_that_changed_since_is_refused(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    decide("p.csv", "yes", "yes", "yes")
    Path("wells.csv").write_text(Path("wells.csv").read_text("utf-8") + "9,more\n", "utf-8")
    code, said = do(*APPLY)
    assert (code, "[redact.other-file]" in said, Path("clean.csv").exists()) == (2, True, False)


def test_proposals_are_private_and_never_written_over(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    assert stat.S_IMODE(Path("p.csv").stat().st_mode) == 0o600
    assert "[redact.there]" in do("wells.csv", "--out", "p.csv")[1]
    decide("p.csv", "yes", "yes", "yes")
    for own in ("wells.csv", "p.csv"):
        assert "[redact.there]" in do("wells.csv", "--apply", "p.csv", "--by", "x", "--out", own)[1]


def test_a_workbook_is_searched_and_redacted_as_well(do: Do) -> None:
    book = Workbook()
    for row in [["id", "remarks"], *enumerate(TEXTS, 1)]:
        book.active.append(list(row))
    book.save("wells.xlsx")
    assert do("wells.xlsx", "--columns", "remarks", "--out", "p.csv")[0] == 0
    decide("p.csv", "yes", "yes", "yes")
    assert do("wells.xlsx", "--apply", "p.csv", "--by", "x", "--out", "clean.csv")[0] == 0
    rows = read(Path("clean.csv")).table["remarks"].to_pylist()
    assert rows == ["Call [phone], my name is [name]", TEXTS[1], "Me llamo [name]", TEXTS[3]]


def test_a_file_in_an_old_encoding_is_read_as_any_other(do: Do) -> None:
    Path("old.csv").write_bytes("id;remarks\n1;Año: llame al 0712 345 678\n2;Niñez está bien\n".encode("cp1252"))
    assert do("old.csv", "--out", "p.csv")[0] == 0
    assert do("old.csv", "--apply", "p.csv", "--by", "x", "--undecided", "redact", "--out", "clean.csv")[0] == 0
    assert read(Path("clean.csv")).table["remarks"].to_pylist() == ["Año: llame al [phone]", "Niñez está bien"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nowhere.csv",), "read.not-found"),
        (("wells.csv", "--columns", "weather"), "redact.no-column"),
        (("wells.csv", "--apply", "wells.csv", "--by", "x", "--out", "c.csv"), "redact.not-a-list"),
        (("wells.csv", "--apply", "nowhere.csv", "--by", "x", "--out", "c.csv"), "read.not-found"),
        (("wells.csv", "--apply", "wells.csv"), "correction.half"),
    ],
)
def test_bad_input_is_named_with_what_to_do(do: Do, words: tuple[str, ...], code: str) -> None:
    exit_code, said = do(*words)
    assert (exit_code, f"[{code}]" in said) == (2, True)


def test_the_rows_are_not_written_over_the_ledger_of_who_decided(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    code, said = do(*APPLY, "--undecided", "redact", "--ledger", "./clean.csv")
    assert code
    assert "redact.there" in said
    assert not Path("clean.csv").exists()


def test_a_ledger_for_another_file_is_not_mixed_up(do: Do) -> None:
    do("wells.csv", "--out", "p.csv")
    decide("p.csv", "yes", "yes", "yes")
    do(*APPLY)
    Path("other.csv").write_text("id,remarks\n1,call 0713 345 678\n", "utf-8")
    do("other.csv", "--out", "q.csv")
    decide("q.csv", "yes")
    said = do("other.csv", "--apply", "q.csv", "--by", "x", "--out", "o.csv", "--ledger", "clean.csv.corrections.jsonl")
    assert "[redact.other-ledger]" in said[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_are_told_in_every_language_and_for_machines(do: Do, language: str) -> None:
    assert do("wells.csv", "--language", language)[0] == 0
    code, said = do("wells.csv", "--json", "--language", language)
    told = json.loads(said)
    assert (code, told["proposed"], told["columns"]) == (0, 3, {"remarks": {"name": 2, "phone": 1}})
