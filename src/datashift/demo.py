"""The demo: the real Tanzanian case where its files are at hand, else a simulated country with a known truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from datashift.errors import SourceUnavailable
from datashift.inputs import downloadable, gather
from datashift.language import N_, _
from datashift.pipeline import Drawing, Result, at_once
from datashift.pipeline import run as run_pipeline
from datashift.release import publish
from datashift.standards.kits import parse_recipe

REAL = N_(
    "The files of the Tanzanian water point register are at hand, so the demo runs the real case: "
    "59,400 water points surveyed in 2011–2013."
)
SIMULATED = N_(
    "The demo runs on simulated data that ship with the program. For the real Tanzanian case: datashift demo --download"
)


@dataclass(frozen=True)
class Shown:
    """What the demo ran: a sentence that says which data, the result, the bundle, and the truth where it is known.

    truth: {(measure, area id): true value in the measure's unit}; empty for real data.
    """

    what: str
    result: Result
    bundle: Path
    truth: Mapping[tuple[str, str], float]


def run(
    out: Path,
    home: Path,
    progress: Callable[[str], None],
    draw: Callable[[Drawing], Drawing] = at_once,
) -> Shown:
    """Run the real case if its sources are beside the project or in the store, else the simulated one."""
    recipe = _real_recipe()
    if recipe is not None:
        try:
            inputs = gather(recipe, home)
        except SourceUnavailable:
            progress(_("the Tanzanian files are not at hand"))
        else:
            result = run_pipeline(inputs, progress, draw)
            return Shown(_(REAL), result, publish(result, out, home=home), {})
    folder = _simulated_folder()
    result = run_pipeline(gather(folder / "recipe.toml", home), progress, draw)
    return Shown(_(SIMULATED), result, publish(result, out, home=home), _truth(folder))


def download(home: Path, progress: Callable[[str], None], fetch: Callable[..., str] | None = None) -> list[Path]:
    """Fetch the public files of the Tanzanian case into the store, each checked against its SHA-256.

    Raises SourceUnavailable when an address cannot be reached or gives another file. `fetch` has pooch.retrieve's
    signature.
    """
    import pooch  # noqa: PLC0415 - its HTTP client is only needed when something is fetched

    fetch = fetch or pooch.retrieve
    recipe = _real_recipe()
    if recipe is None:
        raise SourceUnavailable("source.not-at-hand", file="examples/tza-waterpoints", address="?", sha256="?")
    stored = []
    for name, url, sha256 in downloadable(parse_recipe(recipe.read_text("utf-8"), recipe.name)):
        progress(_("getting {file}").format(file=name))
        try:
            fetch(url=url, known_hash=f"sha256:{sha256}", fname=sha256, path=home / "raw")
        except (OSError, ValueError) as problem:
            raise SourceUnavailable("source.download", address=url, problem=problem) from problem
        stored.append(home / "raw" / sha256)
    return stored


def _real_recipe() -> Path | None:
    """The recipe lies in the project's examples; an installed package carries a copy beside the demo data."""
    here = Path(str(files("datashift")))
    candidates = (here.parents[1] / "examples", here / "examples")
    return next((f for c in candidates if (f := c / "tza-waterpoints" / "recipe.toml").is_file()), None)


def _simulated_folder() -> Path:
    return Path(str(files("datashift").joinpath("demo_data")))


def _truth(folder: Path) -> dict[tuple[str, str], float]:
    known = json.loads((folder / "truth.json").read_text("utf-8"))
    return {(measure, area): value for measure, areas in known["truth"].items() for area, value in areas.items()}
