"""`datashift corrections` on a terminal: what each verb says, writes and keeps to itself."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift.commands import corrections
from datashift.corrections import read
from datashift.errors import BadCorrection
from datashift.language import speaking

WELLS = "id,village,litres,works\na,Kidato,24,yes\nb,Kidato,18,no\nc,ifakara,70000,yes\n"
LOG = """uuid,question,issue,old_value,new_value,change_type,comment
a,litres,outlier,24,4,change_response,Mrs Neema says four
b,,duplicated,,,remove_survey,
c,litres,outlier,70000,,no_action,
c,liters,outlier,70000,7,change_response,
"""

Do = Callable[..., tuple[str, Any]]


@pytest.fixture
def do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Run a verb in a folder with a raw file and a log; give back the text and the data for machines."""
    monkeypatch.chdir(tmp_path)
    Path("wells.csv").write_text(WELLS, "utf-8")
    Path("log.csv").write_text(LOG, "utf-8")
    parser = argparse.ArgumentParser()
    corrections.arguments(parser)

    def run(line: str) -> tuple[str, Any]:
        text, data = corrections.run(parser.parse_args(line.split(" ")))
        return text, json.loads(json.dumps(data()))

    return run


IMPORT = "import log.csv --data wells.csv --key id --who data-officer --out c.jsonl"


def test_from_log_to_corrected_rows(do: Do) -> None:
    text, data = do(IMPORT)
    assert "Changes: 1. Rows to remove: 1. Questions that changed nothing: 1." in " ".join(text.split())
    assert data["not_understood"][0]["row"] == 5
    assert "liters" in text
    text, data = do("apply wells.csv --ledger c.jsonl --out corrected.csv")
    assert "Rows: 3. Kept: 2. Removed with a reason: 1." in text
    assert Path("corrected.csv").read_text("utf-8") == "id,village,litres,works\na,Kidato,4,yes\nc,ifakara,70000,yes\n"
    assert data["removed"] == {"3": 3}


def test_importing_a_log_again_adds_nothing(do: Do) -> None:
    do(IMPORT)
    before = Path("c.jsonl").read_bytes()
    text, _data = do(IMPORT)
    assert "In the ledger already: 3." in " ".join(text.split())
    assert Path("c.jsonl").read_bytes() == before


def test_a_ledger_keeps_its_key(do: Do) -> None:
    do(IMPORT)
    with pytest.raises(BadCorrection) as told:
        do(IMPORT.replace("--key id", "--key village"))
    assert told.value.code == "correction.other-key"


def test_comments_are_shown_only_where_they_are_asked_for(do: Do) -> None:
    do(IMPORT)
    text, data = do("list c.jsonl")
    assert "Neema" not in text + json.dumps(data)
    assert "--show-comments" in text
    text, data = do("list c.jsonl --show-comments")
    assert "Neema" in text
    assert "Neema" in json.dumps(data)
    for line in ("apply wells.csv --ledger c.jsonl", "compare wells.csv wells.csv --ledger c.jsonl"):
        text, data = do(line)
        assert "Neema" not in text + json.dumps(data)


def test_lines_written_by_hand_begin_a_ledger_and_can_be_taken_back(do: Do) -> None:
    common = "--who data-officer --why checked"
    do(f"add c.jsonl --key id --data wells.csv --row a --column litres --old 24 --new 4 {common}")
    do(f"add c.jsonl --row b --remove {common}")
    do(f"add c.jsonl --row c --note outlier {common}")
    do(f"rule c.jsonl --where village=ifakara --set village=Ifakara {common}")
    do(f"rule c.jsonl --where litres>50000 --remove {common}")
    text, _data = do(f"undo c.jsonl 6 {common}")
    assert "Line 7 is written to c.jsonl." in text
    assert [entry.kind for entry in read(Path("c.jsonl")).entries] == [
        "open", "change", "remove", "note", "rule", "rule", "undo",
    ]  # fmt: skip
    text, _data = do("list c.jsonl")
    assert "village = ifakara  village  * → Ifakara" in text
    assert "(taken back)" in text
    do("apply wells.csv --ledger c.jsonl --out corrected.csv")
    assert Path("corrected.csv").read_text("utf-8") == "id,village,litres,works\na,Kidato,4,yes\nc,Ifakara,70000,yes\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("add c.jsonl --row a --who r --why w", "correction.half"),
        ("rule c.jsonl --where a=b --who r --why w", "correction.half"),
        ("rule c.jsonl --where ab --remove --who r --why w", "correction.condition"),
        ("rule c.jsonl --where a=b --set ab --who r --why w", "correction.meaning"),
        ("compare wells.csv wells.csv", "correction.half"),
        (f"{IMPORT} --action x=y", "correction.meaning"),
        (f"{IMPORT} --column what=y", "correction.log-column"),
    ],
)
def test_what_is_half_said_is_refused_with_the_repair(do: Do, line: str, code: str) -> None:
    with pytest.raises(BadCorrection) as told:
        do(line)
    assert told.value.code == code
    assert not Path("c.jsonl").exists()


def test_differences_are_listed_by_kind_and_column(do: Do) -> None:
    Path("clean.csv").write_text(WELLS.replace("24", "24.0").replace("70000", "7"), "utf-8")
    text, data = do("compare wells.csv clean.csv --key id")
    assert "In both: 3 rows, 3 columns, 9 cells. The very same: 7 cells." in text
    assert data["kinds"] == {"value": 1, "number": 1}
    text, _data = do("compare wells.csv wells.csv --key id")
    assert "Nothing differs." in text


def test_a_torn_ledger_is_repaired(do: Do) -> None:
    do(IMPORT)
    assert "nothing was cut off" in do("repair c.jsonl")[0]
    with Path("c.jsonl").open("a") as ledger:
        ledger.write('{"id":9')
    text, data = do("repair c.jsonl")
    assert data == {"torn": "c.jsonl.torn"}
    assert "c.jsonl.torn" in text


def test_conflicts_are_said_with_what_was_found(do: Do) -> None:
    do("add c.jsonl --key id --row a --column litres --old 9 --new 4 --who r --why w")
    text, data = do("apply wells.csv --ledger c.jsonl")
    assert "line 2: the row holds another value than the one to be corrected (rows 2; found: 24)" in " ".join(
        text.split()
    )
    assert data["conflicts"][0]["code"] == "other-value"


def test_the_words_are_said_in_the_readers_language(do: Do) -> None:
    do(IMPORT)
    with speaking("ne"):
        text, _data = do("apply wells.csv --ledger c.jsonl")
    assert "३" in text
