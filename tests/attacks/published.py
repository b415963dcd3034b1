"""What the program publishes of a recipe, file by file, with what only we know of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from datashift.estimation import estimate
from datashift.inputs import gather
from datashift.model import Estimate
from datashift.pipeline import Result, question, run, whole_area
from datashift.pipeline.drawings import Drawing, at_once
from datashift.release import publish

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
REAL = (
    "arg-femicides", "brand-audit", "hti-events", "irq-reach-water", "ken-kwale-water-quality", "ken-nairobi-air",
    "npl-citizen-perception", "npl-rural-water-points", "tza-waterpoints", "uwezo-learning",
)  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A run, the files of its public bundle by name, and its figures before anything was hidden."""

    result: Result
    files: Mapping[str, bytes]
    true: list[Estimate]

    @property
    def of_people(self) -> bool:
        """Return whether the kit hides for the sake of people."""
        return not self.result.setting.kit.universe.public_infrastructure

    @property
    def least(self) -> int:
        """Return how many must stand behind a figure."""
        return self.result.setting.kit.disclosure.least_n

    @property
    def dossier(self) -> dict[str, Any]:
        """Return the dossier as it is published."""
        told: dict[str, Any] = json.loads(self.files["dossier.json"])
        return told

    @property
    def parents(self) -> dict[str, str | None]:
        """Return which area lies in which, as far as figures are printed."""
        setting = self.result.setting
        found: dict[str, str | None] = {area.id: area.parent for area in setting.areas.values()}
        found |= dict.fromkeys({e.area for e in self.true}, whole_area(setting))
        return found | {whole_area(setting): None}

    def hidden(self) -> Iterator[tuple[Estimate, Estimate]]:
        """Yield every hidden figure as it is printed, and as it is."""
        yield from ((e, was) for e, was in zip(self.result.estimates, self.true, strict=True) if e.status == "Q")


def published(recipe: Path, folder: Path, *, drawn: bool = True) -> Published:
    """Run a recipe and publish it; `drawn`: with its charts."""

    def undrawn(_drawing: Drawing) -> Drawing:
        return lambda: None

    result = run(gather(recipe, folder / "home"), draw=at_once if drawn else undrawn)
    bundle = publish(result, folder / "out", home=folder / "home", created="2026-01-31")
    with ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return Published(result, files, estimate(result.cells, question(result.setting)))


def texts_of(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield every file that somebody can read, with its text."""
    yield from ((name, data.decode("utf-8", "replace")) for name, data in files.items() if not name.endswith(".png"))
