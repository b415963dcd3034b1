"""What is attacked: the made-up people, and the real cases beside the project, each run and published once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from people_recipe import folder_of
from published import EXAMPLES, Published, published


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The made-up people: of five regions one has six answers."""
    folder = tmp_path_factory.mktemp("people")
    return published(folder_of(folder), folder)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Callable[[str], Published]:
    """Publish an example on the real data: real("hti-events"). Things and not people are published without charts."""
    known: dict[str, Published] = {}

    def one(name: str) -> Published:
        if name not in known:
            drawn = name not in ("tza-waterpoints", "ken-nairobi-air", "brand-audit", "npl-rural-water-points")
            known[name] = published(EXAMPLES / name / "recipe.toml", tmp_path_factory.mktemp(name), drawn=drawn)
        return known[name]

    return one
