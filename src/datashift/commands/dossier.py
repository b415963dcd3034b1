"""`datashift dossier`: how the figures came about, as JSON, as one HTML page and as a PDF that can be read aloud."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.language import LANGUAGES, N_, _, current, label
from datashift.layout import grid, wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.standards.profiles import Profile

HELP = N_("methodology and evidence of a release on one page: HTML, PDF and JSON")

PROFILES_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recipe or bundle, where to write, in which languages, and whose profiles to read."""
    parser.add_argument("source", type=Path, help=_("the recipe (TOML), or the release bundle (release.zip)"))
    parser.add_argument("--out", type=Path, required=True, help=_("the folder for the dossier"))
    parser.add_argument("--all-languages", action="store_true", help=_("write it in all four languages"))
    parser.add_argument(
        "--profile", action="append", default=[], metavar="PROFILE",
        help=_("only this profile: an id that ships, or a file (TOML); may be given again"),
    )  # fmt: skip


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Write the dossier of a recipe or a bundle. Raises whatever stops a run, Tampered, BadProfile, Disclosive."""
    profiles = [_profile(name) for name in options.profile] or None
    told = _of_recipe if options.source.suffix.lower() == ".toml" else _of_bundle
    dossier = told(options.source, profiles)
    written = _write(dossier, options.out, LANGUAGES if options.all_languages else (current(),))
    return _report(dossier, written), lambda: {"files": [str(path) for path in written], "dossier": dossier}


def _profile(name: str) -> Profile:
    """A profile by its file, where there is one of that name, else by the id under which it ships."""
    from datashift.standards.profiles import parse_profile, shipped_profile

    path = Path(name)
    return parse_profile(path.read_text("utf-8-sig"), path.name) if path.is_file() else shipped_profile(name)


def _of_recipe(path: Path, profiles: Sequence[Profile] | None) -> dict[str, Any]:
    from datashift.inputs import gather
    from datashift.pipeline import run as run_pipeline
    from datashift.release import dossier_of

    # The dossier draws its own pictures; the charts of a release are not needed.
    result = run_pipeline(gather(path, home()), draw=lambda _drawing: lambda: None)
    return dossier_of(result, datetime.now(UTC).date().isoformat(), profiles)


def _of_bundle(path: Path, profiles: Sequence[Profile] | None) -> dict[str, Any]:
    from datashift.dossier.document import read_with
    from datashift.publish import released_dossier

    dossier = released_dossier(path)
    return dossier if profiles is None else read_with(dossier, profiles)


def _write(dossier: Mapping[str, Any], out: Path, languages: Sequence[str]) -> list[Path]:
    """Write dossier.json, and a page and a PDF in each language; all are made before the first is written."""
    from datashift.dossier.page import html
    from datashift.dossier.print import pdf
    from datashift.publish.bundle import DOSSIER
    from datashift.publish.tables import dense_json_bytes

    files = {DOSSIER: dense_json_bytes(dossier)}
    for language in languages:
        files[f"dossier-{language}.html"] = html(dossier, language).encode()
        files[f"dossier-{language}.pdf"] = pdf(dossier, language)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
    return [out / name for name in files]


def _report(dossier: Mapping[str, Any], written: Sequence[Path]) -> str:
    told = dossier["summary"]
    lines = [label(told["finding"])]
    if dossier["head"]["simulated"]:
        lines.append(_("Simulated data: made up to show how the program works. Nothing in it is real."))
    lines += [label(told["design"]), label(told["counted"]), label(told["checks"])]
    rows = [[label(one["title"]), label(one["result_label"])] for one in told["profiles"][:PROFILES_SHOWN]]
    table = ["", grid([_("profile"), _("today")], rows, "ll")] if rows else []
    supply = ["", wrapped(_("What to supply next. {text}").format(text=label(told["next"])))] if told["next"] else []
    sizes = [f"{path}  {said(max(1, round(path.stat().st_size / 1000)))} kB" for path in written]
    return "\n".join([*(wrapped(line) for line in lines if line), *table, *supply, "", _("Written:"), *sizes])
