"""The simulated country, run once for all tests of its dossier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datashift.dossier.document import document
from datashift.inputs import gather
from datashift.pipeline import Result, run

DEMO = Path(__file__).resolve().parents[2] / "src" / "datashift" / "demo_data" / "recipe.toml"
CREATED = "2026-11-22"


@pytest.fixture(scope="session")
def simulated_result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(gather(DEMO, tmp_path_factory.mktemp("home")), draw=lambda _drawing: lambda: None)


@pytest.fixture(scope="session")
def simulated_dossier(simulated_result: Result) -> dict[str, Any]:
    return document(simulated_result, created=CREATED)
