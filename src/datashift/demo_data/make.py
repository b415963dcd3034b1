"""Makes the demo data again, byte for byte: python -m datashift.demo_data.make FOLDER"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from datashift.demo_data import survey, world
from datashift.demo_data.world import REGIONS, World

SEED = 20240401

STATIC = ("recipe.toml", "README.md")
"""Written by hand, and copied as they are."""

AREAS = (
    ("ZZ", "Tavelia (made-up country)", "ZZ", "0", "", "", "", "Tavelia", ""),
    *((r.id, r.name, "ZZ", "1", "ZZ", "", "", "", "") for r in REGIONS[:6]),
    ("ZZ-07_TO2020", "Güenda", "ZZ", "1", "ZZ", "", "2019-12-31", "", ""),
    ("ZZ-07", "Güenda", "ZZ", "1", "ZZ", "2020-01-01", "", "", "ZZ-07_TO2020"),
    ("ZZ-08", "Halvoë", "ZZ", "1", "ZZ", "2020-01-01", "", "", "ZZ-07_TO2020"),
)
"""Since 2020 Halvoë is a region of its own; Güenda kept its name, but not its extent."""


def make() -> dict[str, bytes]:
    """Return the files of the demo by name.

    The generator is NumPy's RandomState because its stream is frozen: every version gives the same numbers.
    """
    rng = np.random.RandomState(SEED)
    country = world.build(rng)
    sample = survey.draw(rng, country)
    rows = survey.spoil(rng, survey.rows(rng, country, sample))
    return {
        "water_points.csv": _table(rows[0], (row.values() for row in rows), ";").encode("cp1252"),
        "areas.csv": _areas().encode(),
        "boundaries.geojson": _shapes(world.shapes(country)).encode(),
        "population.csv": _table(("region", "population"), _population(country)).encode(),
        "official.csv": _table(("region", "year", "share", "standard error"), _official(rng, country)).encode(),
        "truth.json": (json.dumps(_truth(country), indent=1, ensure_ascii=False) + "\n").encode(),
        **{name: files("datashift.demo_data").joinpath(name).read_bytes() for name in STATIC},
    }


def _truth(country: World) -> dict[str, object]:
    return {"simulated": True, "seed": SEED, "period": "2024", "truth": world.truth(country)}


def _population(country: World) -> list[tuple[str, str]]:
    names = {region.id: region.name for region in REGIONS}
    return [(names[area], str(people)) for area, people in world.population(country).items()]


def _official(rng: np.random.RandomState, country: World) -> list[tuple[str, str, str, str]]:
    shares = world.truth(country)["WP_FUNCTIONAL"]
    return [
        (r.name, "2024", f"{shares[r.id] + r.official + 0.5 * (rng.random_sample() - 0.5):.1f}", f"{r.official_error}")
        for r in REGIONS
        if r.official is not None
    ]


def _areas() -> str:
    names = ("id", "name", "country", "level", "parent", "valid_from", "valid_to", "aliases", "predecessors")
    return _table(names, AREAS)


def _table(names: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return stream.getvalue()


def _shapes(features: list[dict[str, Any]]) -> str:
    # One region per line, so that a change shows where it happened.
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    name = "Regions of Tavelia, a made-up country"
    return f'{{"type": "FeatureCollection", "name": "{name}", "features": [\n{lines}\n]}}\n'


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the demo data to the folder that is named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m datashift.demo_data.make", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write the files")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in make().items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
