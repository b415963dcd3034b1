"""Fixtures that every test may use: the real data beside the project, small official files, a store of its own."""

import csv
import gzip
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import settings

from datashift.model import Official

# How long an example takes depends on what else the machine does: time is measured under benchmarks/.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """The folder of real data beside the project. It is a guest's: a test that writes into it is a fault."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data folder ../shared/data is not beside the project")
    before = sorted(path.name for path in (SHARED / "data").iterdir())
    yield SHARED / "data"
    assert sorted(path.name for path in (SHARED / "data").iterdir()) == before


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published and recomputed results of other programs."""
    if not (SHARED / "reference").is_dir():
        pytest.skip("the reference folder ../shared/reference is not beside the project")
    return SHARED / "reference"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own store, so that nothing leaks into the user's."""
    home = tmp_path / "datashift-home"
    monkeypatch.setenv("DATASHIFT_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def plain_rows() -> Callable[[Path], list[dict[str, str]]]:
    """Read a CSV file with nothing but the standard library, as a second opinion."""

    def read(path: Path) -> list[dict[str, str]]:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    return read


@pytest.fixture(scope="session")
def as_raw() -> Callable[[list[dict[str, str]]], pa.Table]:
    """An all-text table as `read` gives it, with the row numbers a spreadsheet would show."""

    def table(rows: list[dict[str, str]]) -> pa.Table:
        columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in rows[0]}
        return pa.table({"_row": pa.array(range(2, len(rows) + 2), pa.int64()), **columns})

    return table


@pytest.fixture(scope="session")
def official() -> Callable[..., Official]:
    """A recipe's [[official]] entry; what the test does not state is unremarkable."""

    def spec(**stated: Any) -> Official:
        entry: dict[str, Any] = {
            "file": "figures.csv", "reader": "table", "source": "Simulated office", "released": "2012",
            "measures": ("working",), "series": "W1", "relation": "same", "definition": {"en": "Points that work"},
            "country": "XX", "as_of": date(2012, 6, 1), "columns": {"area": "place", "value": "v", "period": "year"},
        }  # fmt: skip
        return Official(**(entry | stated))

    return spec
