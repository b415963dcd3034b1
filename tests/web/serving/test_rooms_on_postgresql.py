"""The site runs on SQLite or on PostgreSQL: what collection promises is asked of the second one as well."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

WEB = Path(__file__).parents[1]
FIELDWORK = (
    "receiving", "openrosa", "samples", "desk_one", "desk_jobs", "desk_map", "changes", "messages", "messages_sending",
    "protecting_answers", "retaining_answers", "promises",
)  # fmt: skip
COLLECTION = ("gathering", "pulling")
MODULES = [WEB / "fieldwork" / f"test_{name}.py" for name in FIELDWORK]
MODULES += [WEB / "collection" / f"test_{name}.py" for name in COLLECTION]


@pytest.mark.enable_socket
def test_collection_keeps_its_promises_on_postgresql(postgresql: str) -> None:
    assert [path.name for path in MODULES if not path.is_file()] == []
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    asked = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *map(str, MODULES)]
    done = subprocess.run(
        asked, cwd=WEB.parents[1], env=around | {"DATASHIFT_DATABASE": f"{postgresql}/postgres"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
