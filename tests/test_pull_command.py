"""`datashift pull`: files of our own from another system, pulled again and again."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from made_up_network import Kobo, Network
from made_up_network import kobo_submission as submission

from datashift import cli, pull

TOML = 'kind = "kobo"\naddress = "https://kf.example"\nform = "aXyz"\ntoken_from = "KOBO_TOKEN"\n'


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Kobo:
    """A KoBo asset behind the door, and a token in the environment."""
    made = Kobo([submission(n) for n in range(1, 13)], most=5)
    monkeypatch.setenv("KOBO_TOKEN", "secret-in-the-environment")
    monkeypatch.setattr(pull, "door", lambda **_options: Network(made))
    monkeypatch.setattr("datashift.pull.asking.sleep", lambda _seconds: None)
    return made


def pulled(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Any]:
    (folder / "wells.toml").write_text(TOML)
    code = cli.main(["pull", str(folder / "wells.toml"), "--json", *more])
    out, error = capsys.readouterr()
    assert "secret-in-the-environment" not in out + error
    return code, json.loads(out or error)


def test_rows_repeats_and_the_note_lie_beside_the_source(server: Kobo, tmp_path: Path, capsys: Any) -> None:
    code, told = pulled(tmp_path, capsys)
    assert (code, told["new"], told["files"]["rows"]["rows"]) == (0, 12, 12)
    names = {path.name for path in tmp_path.iterdir() if path.suffix != ".toml" and path.is_file()}
    assert names == {"wells.csv", "wells.people.csv", "wells.people.visits.csv", "wells.csv.pull.json"}
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600 for name in names)
    assert not any("secret-in-the-environment" in (tmp_path / name).read_text() for name in names)


def test_a_second_pull_changes_no_byte(server: Kobo, tmp_path: Path, capsys: Any) -> None:
    pulled(tmp_path, capsys)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    code, told = pulled(tmp_path, capsys)
    assert (code, told["same"], told["changed"]) == (0, 12, 0)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == first


def test_edits_and_emptied_repeats_reach_the_files(server: Kobo, tmp_path: Path, capsys: Any) -> None:
    pulled(tmp_path, capsys)
    server.records = [submission(n, people=[], **{"place/works": "no"}) for n in range(1, 13)]
    _code, told = pulled(tmp_path, capsys)
    assert told["changed"] == 12
    assert (tmp_path / "wells.people.csv").read_text().count("\n") == 1
    assert (tmp_path / "wells.csv").read_text().count(",no,") == 12


def test_much_fewer_rows_are_refused_until_they_are_accepted(server: Kobo, tmp_path: Path, capsys: Any) -> None:
    pulled(tmp_path, capsys)
    before = (tmp_path / "wells.csv").read_bytes()
    server.records = server.records[:2]
    code, told = pulled(tmp_path, capsys)
    assert (code, told["error"]["code"]) == (2, "pull.mostly-gone")
    assert (tmp_path / "wells.csv").read_bytes() == before
    code, told = pulled(tmp_path, capsys, "--accept-fewer")
    assert (code, told["gone"], told["files"]["rows"]["rows"]) == (0, 10, 2)


def test_a_pull_that_broke_off_keeps_what_came_and_says_so(
    server: Kobo, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "door", lambda **_options: Network(server, [None, *[500] * 5]))
    code, told = pulled(tmp_path, capsys)
    assert (code, told["new"], told["problem"]["code"]) == (4, 5, "pull.busy")
    monkeypatch.setattr(pull, "door", lambda **_options: Network(server))
    code, told = pulled(tmp_path, capsys)
    assert (code, told["files"]["rows"]["rows"]) == (0, 12)


def test_an_exported_file_is_taken_in_without_the_network(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "export.csv").write_text('_id,"place/works"\n7,yes\n8,no\n')
    code, told = pulled(tmp_path, capsys, "--file", str(tmp_path / "export.csv"))
    assert (code, told["new"]) == (0, 2)
    code, told = pulled(tmp_path, capsys, "--file", str(tmp_path / "export.csv"))
    assert (code, told["same"], told["files"]["rows"]["rows"]) == (0, 2, 2)


def test_a_file_that_is_from_no_pull_is_never_written_over(server: Kobo, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "wells.csv").write_text("mine\n1\n")
    code, told = pulled(tmp_path, capsys)
    assert (code, told["error"]["code"]) == (2, "pull.not-before")
    assert (tmp_path / "wells.csv").read_text() == "mine\n1\n"


def test_what_is_said_to_people_fits_a_terminal(server: Kobo, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "wells.toml").write_text(TOML)
    assert cli.main(["pull", str(tmp_path / "wells.toml")]) == 0
    assert capsys.readouterr().out.startswith("New: 12. Changed: 0. Gone from the source: 0. As before: 0.")
