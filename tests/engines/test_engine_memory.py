"""What does not fit into the memory allowed goes to the disk for a while, and the process stays near its bound."""

import gc
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from datashift import engine
from datashift.errors import BadQuestion

MEGABYTE = 2**20
ROWS = 3_000_000
PROGRAM = """
import json, resource, sys
from datashift import engine
relation = engine.relation(sys.argv[1], threads=2)
rows = relation.table
# A first, small question loads all code, which is no part of the bound.
relation.collect(rows.limit(10).group_by("id").agg(y=rows["y"].sum()))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
by = rows.group_by(sys.argv[2]).agg(y=(rows["w"] * rows["y"]).sum(), w=rows["w"].sum(), n=rows.count())
answer = relation.collect(by.agg(groups=by.count(), n=by["n"].sum())).to_pylist()[0]
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({**answer, "grown": grown}))
"""


@pytest.fixture(scope="module")
def households(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many households as rows, with a text and a wide integer key: some 300 MB as groups."""
    path = tmp_path_factory.mktemp("large") / "households.parquet"
    rows = f"select 'household-' || i as id, (i * 5)::int as number, random() as y, 1.5 as w from range({ROWS}) t(i)"
    duckdb.sql(f"copy ({rows}) to '{path}'")
    return path


@pytest.mark.parametrize("key", ["id", "number"])
def test_more_groups_than_fit_are_counted_within_the_bound(
    households: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATASHIFT_MEMORY", "150MB")
    command = [sys.executable, "-c", PROGRAM, str(households), key]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert (found["groups"], found["n"]) == (ROWS, ROWS)
    # ru_maxrss is in KiB on Linux. A fifth more is for what DuckDB keeps outside its bound.
    assert found["grown"] * 1024 < 1.2 * 150 * MEGABYTE


def test_a_question_that_cannot_be_answered_within_the_bound_says_so(households: Path) -> None:
    relation = engine.relation(households, memory="100MB", threads=2)
    table = relation.table
    gathered = table.agg(all=table["id"].group_concat(","))
    with pytest.raises(BadQuestion, match="more than the memory allowed"):
        relation.collect(gathered)


def test_the_folder_for_spilling_disappears_with_the_relation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, households: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    relation = engine.relation(households, memory="150MB")
    table = relation.table
    by = table.group_by("id").agg(n=table.count())
    assert relation.collect(by.agg(n=by.count())).to_pylist() == [{"n": ROWS}]
    assert len(list(tmp_path.iterdir())) == 1
    del relation
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_an_unusable_source_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for memory in ("much", "1KB"):
        with pytest.raises(BadQuestion, match="no amount of memory"):
            engine.relation(pa.table({"a": [1]}), memory=memory)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_fetched_loaded_or_printed() -> None:
    names = "('autoinstall_known_extensions', 'autoload_known_extensions', 'enable_progress_bar')"
    settings = engine.run(f"select name, value from duckdb_settings() where name in {names}").to_pylist()
    assert len(settings) == 3
    assert {one["value"] for one in settings} == {"false"}
