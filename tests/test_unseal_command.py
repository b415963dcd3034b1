"""`datashift unseal` opens what was sealed in CSV, XLSX and zip files, tells what it could not, overwrites nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from datashift import sealed
from datashift.cli import main
from datashift.sealed import Where

KEYS = sealed.new_keys()
FIRST = "uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
SECOND = "uuid:9f1c2b7e-6a0d-4c55-8e1b-0d6f5a3c2b1a"


def seal(text: str, instance: str = FIRST, path: str = "house/name", public: str = KEYS.public) -> str:
    return sealed.seal(text, public, Where("homes", instance, path))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(sealed.key_file(KEYS.private, "Water Watch", "2026-03-01"), encoding="utf-8")
    return path


@pytest.fixture
def unseal(tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, int]]:
    def run(file: Path, *more: str) -> dict[str, int]:
        assert main(["unseal", str(file), "--key", str(key), "--json", *more]) == 0
        told: dict[str, int] = json.loads(capsys.readouterr().out)
        return told

    return run


def written(path: Path, rows: list[list[str]], **how: str) -> Path:
    with path.open("w", newline="", encoding=how.get("encoding", "utf-8")) as out:
        csv.writer(out, delimiter=how.get("delimiter", ",")).writerows(rows)
    return path


def test_cells_of_a_csv_file_open_exactly_as_they_were(tmp_path: Path, unseal: Callable[..., dict[str, int]]) -> None:
    texts = ['Wanjikũ, "the elder"', "two\nlines", "-6.79 39.2", " =1+1", "0712"]
    rows = [["KEY", "house-name", "water"], *([FIRST, seal(text), "ta;p"] for text in texts)]
    file = written(tmp_path / "homes.csv", rows)
    assert unseal(file)["opened"] == 5
    out = tmp_path / "homes.opened.csv"
    with out.open(newline="", encoding="utf-8") as lines:
        assert list(csv.reader(lines)) == [rows[0], *([FIRST, text, "ta;p"] for text in texts)]
    assert out.stat().st_mode & 0o077 == 0


def test_a_file_for_spreadsheet_programs_stays_safe_for_them(
    tmp_path: Path, unseal: Callable[..., dict[str, int]]
) -> None:
    rows = [["a", "b"], [seal('=HYPERLINK("x")'), "=kept"]]
    unseal(written(tmp_path / "homes.csv", rows, encoding="utf-8-sig", delimiter=";"))
    out = (tmp_path / "homes.opened.csv").read_bytes()
    assert out.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(out.decode("utf-8-sig")), delimiter=";"))[1] == ['\'=HYPERLINK("x")', "=kept"]


def test_cells_of_a_workbook_open(tmp_path: Path, unseal: Callable[..., dict[str, int]]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["KEY", "name", "age"])
    book.active.append([FIRST, seal("Amina <&> Otieno"), 30])
    book.create_sheet("person").append([seal("second sheet")])
    book.save(tmp_path / "homes.xlsx")
    assert unseal(tmp_path / "homes.xlsx", "--out", str(tmp_path / "open.xlsx"))["opened"] == 2
    read = openpyxl.load_workbook(tmp_path / "open.xlsx")
    assert [cell.value for cell in read.worksheets[0][2]] == [FIRST, "Amina <&> Otieno", 30]
    assert read["person"]["A1"].value == "second sheet"


def test_a_zip_opens_with_its_tables_and_gets_its_pictures_back(
    tmp_path: Path, unseal: Callable[..., dict[str, int]]
) -> None:
    picture = sealed.seal_file("../../17000.jpg", b"\xff\xd8 a face", KEYS.public, Where("homes", FIRST, "photo"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as parts:
        parts.writestr("homes.csv", f"name\r\n{seal('Amina')}\r\n")
        parts.writestr("homes.geojson", json.dumps({"name": seal('say "yes"')}))
        parts.writestr("xml/1.xml", f"<a>{seal('a < b')}</a>")
        parts.writestr("media/sealed-0001.bin", picture)
        parts.writestr("media/open.jpg", b"\xff\xd8")
    assert unseal(tmp_path / "all.zip")["opened"] == 4
    with zipfile.ZipFile(tmp_path / "all.opened.zip") as parts:
        assert parts.read("homes.csv") == b"name\r\nAmina\r\n"
        assert json.loads(parts.read("homes.geojson")) == {"name": 'say "yes"'}
        assert parts.read("xml/1.xml") == b"<a>a &lt; b</a>"
        assert parts.read("media/17000.jpg") == b"\xff\xd8 a face"  # and nothing outside its folder
        assert parts.read("media/open.jpg") == b"\xff\xd8"


def test_one_sealed_picture_opens_under_its_own_name(tmp_path: Path, unseal: Callable[..., dict[str, int]]) -> None:
    path = tmp_path / "sealed-0001.bin"
    path.write_bytes(sealed.seal_file("face.jpg", b"\xff\xd8", KEYS.public, Where("homes", FIRST, "photo")))
    unseal(path)
    assert (tmp_path / "face.jpg").read_bytes() == b"\xff\xd8"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_answers_that_were_swapped_damaged_or_are_for_another_key_stay_sealed_and_are_told(
    tmp_path: Path, unseal: Callable[..., dict[str, int]], kind: str
) -> None:
    good, swapped, damaged = seal("good"), seal("of another", SECOND), seal("damaged")[:-4] + "AAAA"
    foreign = seal("foreign", public=sealed.new_keys().public)
    rows = [["meta-instanceID", "a", "b", "c", "d"], [FIRST, good, swapped, damaged, foreign]]
    file = tmp_path / f"homes.{kind}"
    if kind == "csv":
        written(file, rows)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(file)
    told = unseal(file, "--out", str(tmp_path / f"out.{kind}"))
    assert {name: told[name] for name in told if name != "file"} == {
        "opened": 1, "unseal.elsewhere": 1, "unseal.damaged": 1, "unseal.other-key": 1
    }  # fmt: skip


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["unseal", *arguments]) == 2
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return told.err


def test_nothing_is_written_over_and_what_cannot_be_opened_is_told(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = written(tmp_path / "plain.csv", [["a"], ["b"]])
    assert "[unseal.nothing]" in refused([str(plain), "--key", str(key)], capsys)
    homes = written(tmp_path / "homes.csv", [["a"], [seal("x")]])
    (tmp_path / "homes.opened.csv").write_text("mine")
    assert "[unseal.there]" in refused([str(homes), "--key", str(key)], capsys)
    assert (tmp_path / "homes.opened.csv").read_text() == "mine"
    assert "[unseal.no-key]" in refused([str(homes), "--key", str(plain)], capsys)
    slip = tmp_path / "slip.txt"
    slip.write_text("AAAA" + KEYS.private[4:] if not KEYS.private.startswith("AAAA") else "BBBB" + KEYS.private[4:])
    assert "[unseal.key-slip]" in refused([str(homes), "--key", str(slip)], capsys)
    other = tmp_path / "other.txt"
    other.write_text(sealed.new_keys().private)
    assert "[unseal.other-key]" in refused([str(homes), "--key", str(other)], capsys)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no zip")
    assert "[unseal.kind]" in refused([str(broken), "--key", str(key)], capsys)
    wide = tmp_path / "wide.csv"
    wide.write_bytes(f"a\n{seal('x')}\n".encode("utf-16"))
    assert "[unseal.kind]" in refused([str(wide), "--key", str(key)], capsys)
    assert not (tmp_path / "wide.opened.csv").exists()


def test_people_are_told_what_was_opened(tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "homes.csv", [["a"], [seal("x")], [seal("y", public=sealed.new_keys().public)]])
    assert main(["unseal", str(file), "--key", str(key)]) == 0
    said = capsys.readouterr().out
    assert "Opened: 1." in said
    assert "another key, and still sealed: 1" in said
    assert KEYS.private not in said
