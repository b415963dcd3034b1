import csv
import gc
import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import weakref
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from datashift.errors import BadExport
from datashift.export.beside import sweep
from datashift.export.layout import Column, Layout, Options, Sheet, Submission
from datashift.export.writing import KINDS, write

ONE = Layout((Sheet("S", (Column("a"),)),), ("_id",))


def _left(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.name != "datashift-home")


def test_an_unknown_kind_names_those_there_are(tmp_path):
    with pytest.raises(BadExport) as raised:
        write("pdf", ONE, [], tmp_path / "x")
    assert "geopackage" in str(raised.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_a_form_nobody_answered_gives_headers_only(kind, name, tmp_path):
    told = write(kind, ONE, [], tmp_path / name)
    assert told.rows == {"S": 0}
    assert _left(tmp_path) == [name]


@pytest.mark.parametrize("kind", KINDS)
def test_what_breaks_half_way_leaves_nothing_and_keeps_what_was_there(kind, tmp_path):
    def batches():
        yield [Submission(("1",), '{"a": "x"}')] * 300
        raise ConnectionResetError("the database went away")

    (tmp_path / "x").write_text("the export of yesterday")
    with pytest.raises(BadExport) as raised:
        write(kind, ONE, batches(), tmp_path / "x")
    assert raised.value.code == "export.not-written"
    assert _left(tmp_path) == ["x"]
    assert (tmp_path / "x").read_text() == "the export of yesterday"


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_export_takes_the_place_of_the_first(kind, tmp_path):
    for _ in range(2):
        write(kind, ONE, [[Submission(("1",), '{"a": "x"}')]], tmp_path / "x")
    assert _left(tmp_path) == ["x"]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_on_the_machine_may_read_it(kind, tmp_path):
    path = tmp_path / "x"
    write(kind, ONE, [], path)
    modes = [one.stat().st_mode & 0o777 for one in (path, *(path.iterdir() if path.is_dir() else []))]
    assert modes[0] == (0o700 if path.is_dir() else 0o600)
    assert set(modes[1:]) <= {0o600}


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadExport) as raised:
        write("csv", ONE, [], tmp_path / "nowhere" / "x")
    assert raised.value.code == "export.not-written"


KILLED = """
import sys, time
from pathlib import Path
from datashift.export.layout import Column, Layout, Sheet, Submission
from datashift.export.writing import write
def batches():
    yield [Submission(("1",), '{"a": "x"}')] * 3000
    print("half way", flush=True)
    time.sleep(60)
write(sys.argv[1], Layout((Sheet("S", (Column("a"),)),), ("_id",)), batches(), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_killed_export_shows_no_file_and_its_rest_is_swept_up(kind, tmp_path):
    path = tmp_path / "x.zip"
    with subprocess.Popen([sys.executable, "-c", KILLED, kind, path], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half way\n"
        process.send_signal(signal.SIGKILL)
    assert not path.exists()
    assert sweep(tmp_path) == 1
    assert _left(tmp_path) == []


def test_the_next_attempt_removes_what_a_killed_one_left(tmp_path):
    (tmp_path / ".x.zip.unfinished").mkdir()
    (tmp_path / ".x.zip.unfinished" / "S.csv").write_text("half")
    write("csv", ONE, [], tmp_path / "x.zip")
    assert _left(tmp_path) == ["x.zip"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_is_forgotten_before_the_one_after_the_next(kind, tmp_path):
    class Batch(list):
        """A list that can be watched."""

    seen = []

    def batches():
        for number in range(6):
            batch = Batch([Submission((str(number),), '{"a": "x"}')] * 20)
            seen.append(weakref.ref(batch))
            yield batch
            del batch
            gc.collect()
            assert sum(one() is not None for one in seen) <= 2

    assert write(kind, ONE, batches(), tmp_path / "x").rows == {"S": 120}


def _of_csv(path):
    with (path / "S.csv").open(encoding="utf-8", newline="") as stream:
        return [row[2] for row in list(csv.reader(stream))[1:]]


def _of_xlsx(path):
    return [row[2] for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]]


def _of_spss(path):
    return list(pyreadstat.read_sav(path / "S.sav", output_format="dict")[0]["a"])


def _of_geopackage(path):
    with closing(sqlite3.connect(path)) as base:
        return ["" if cell is None else cell for (cell,) in base.execute('SELECT "a" FROM "S" ORDER BY fid')]


def _of_geoparquet(path):
    return ["" if cell is None else cell for cell in pq.read_table(path / "S.parquet")["a"].to_pylist()]


READERS = {
    "csv": _of_csv,
    "xlsx": _of_xlsx,
    "spss": _of_spss,
    "geopackage": _of_geopackage,
    "geoparquet": _of_geoparquet,
}
HOSTILE = st.sampled_from(
    [
        '"',
        "'",
        ",",
        ";",
        "\n",
        "\r",
        "\0",
        "\t",
        "_x0041_",
        "=1",
        "\u202e",
        "👩‍👩‍👧",
        "0",
        "<",
        "&",
        "]]>",
        "\ufeff",
        "\ufffe",
    ]
)


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.one_of(st.text(), st.lists(HOSTILE).map("".join), st.text(min_size=200, max_size=700)), max_size=12))
@settings(max_examples=40)
def test_every_text_comes_back_as_it_was_sent(kind, texts):
    if kind == "spss":
        # The format ends a text at NUL and fills it with spaces: both are said in the reference.
        texts = [text.replace("\0", "").rstrip(" ") for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        write(kind, ONE, [[Submission(("1",), json.dumps({"a": text})) for text in texts]], path)
        found = READERS[kind](path)
    if kind == "xlsx":
        # calamine leaves the escapes of these two non-characters as they stand in the workbook.
        found = [text.replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff") for text in found]
    assert found == texts


@pytest.mark.parametrize("kind", ["spss", "geopackage", "geoparquet"])
@pytest.mark.parametrize("odd", ["007", "12345678901234567890", "many", "1.5"])
def test_one_answer_that_is_no_number_makes_its_column_text_and_all_survive(kind, odd, tmp_path):
    layout = Layout((Sheet("S", (Column("a", "int"),)),), ("_id",))
    rows = [Submission(("1",), f'{{"a": "{text}"}}') for text in ("5", odd)]
    told = write(kind, layout, [rows], tmp_path / "x")
    assert READERS[kind](tmp_path / "x") == ["5", odd]
    assert told.as_text == ["a"]


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.integers().map(str), min_size=1, max_size=8))
@settings(max_examples=25)
def test_no_whole_number_changes_however_long(kind, numbers):
    layout = Layout((Sheet("S", (Column("a", "int"),)),), ("_id",))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        write(kind, layout, [[Submission(("1",), f'{{"a": "{number}"}}') for number in numbers]], path, Options())
        found = READERS[kind](path)
    assert [one if isinstance(one, str) else str(int(one)) for one in found] == numbers
