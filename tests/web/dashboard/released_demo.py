"""Runs whose bundles the tests publish."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datashift.inputs import gather
from datashift.pipeline import Result, run
from datashift.release import publish
from datashift.web.collection.telling import told

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "src" / "datashift" / "demo_data" / "recipe.toml"


@dataclass(frozen=True)
class Made:
    """A run: its folder with release.zip and private/evidence.zip, what it tells, and the result itself."""

    folder: Path
    told: dict[str, Any]
    result: Result


def made(recipe: Path, folder: Path) -> Made:
    """Run a recipe and write its bundle."""
    home = folder / "home"
    result = run(gather(recipe, home))
    bundle = publish(result, folder / "out", home=home, created="2026-01-31")
    return Made(folder / "out", told(result, bundle), result)
