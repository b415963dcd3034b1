"""Fixtures that every test may use: the real data beside the project, and a store of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
