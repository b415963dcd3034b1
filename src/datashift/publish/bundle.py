"""The release bundle: what anyone may have, and beside it the evidence that stays with the producer."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from datashift.language import N_, current
from datashift.publish.archive import pack
from datashift.publish.content import check_public_cells, content_digest, parquet_bytes, shown_cells
from datashift.publish.datapackage import COLUMNS, datapackage
from datashift.publish.release import Gate, Release, vocabulary
from datashift.publish.sdmx_csv import estimates_csv
from datashift.publish.tables import (
    chart_csv,
    comparison_csv,
    dense_json_bytes,
    findings_json,
    json_bytes,
    rejects_csv,
)

FORMAT = "datashift-release/1"
STAGES = (
    N_("raw"),
    N_("recipe"),
    N_("observations"),
    N_("cells"),
    N_("estimates"),
    N_("charts"),
    N_("manifest"),
)
MANIFEST, CHECKSUMS = "manifest.json", "manifest.sha256"
PUBLIC, EVIDENCE = "release.zip", "evidence.zip"
DOSSIER = "dossier.json"
UNLISTED = frozenset({"rejects.csv", "findings-rows.json"})

_STAGE_OF = {
    "recipe.toml": "recipe",
    "kit.toml": "recipe",
    "observations.parquet": "observations",
    "rejects.csv": "observations",
    "findings.json": "observations",
    "findings-rows.json": "observations",
    "cells.parquet": "cells",
    "estimates.csv": "estimates",
    "comparison.csv": "estimates",
    DOSSIER: "estimates",
}
_FOLDER_STAGES = {"raw": "raw", "inputs": "raw", "charts": "charts"}
_LIBRARIES = ("duckdb", "ibis-framework", "numpy", "pyarrow", "scipy", "shapely", "vl-convert-python")


def write_release(release: Release, out: Path, *, gate: Gate, home: Path | None = None) -> Path:
    """Write a release to the folder `out` and return the path of its bundle `release.zip`.

    Public: estimates.csv, comparison.csv, datapackage.json, charts/, and release.zip with these, recipe, kit, findings,
    dossier and manifest (with the cells too, where the kit is about public infrastructure, unless the recipe forbids
    microdata). Private, for the producer: private/evidence.zip with raw files, observations, rejects, cells and the
    rows of the findings.
    Every public file passes `gate` before anything is written; files appear whole or not at all. The same release gives
    the same bytes. With `home`, the bundle is also kept as releases/<id>.zip there. Raises Disclosive.
    """
    public, evidence = public_members(release), evidence_members(release)
    manifest = manifest_of(release, {PUBLIC: public, EVIDENCE: evidence})
    text = json_bytes(manifest)
    public = _sealed(public, text)
    evidence = _sealed(evidence, text)
    gate(public, names=vocabulary(release) | frozenset(COLUMNS))
    bundle = pack(public)
    _clear_charts(out / "charts", keep=public)
    for name, data in public.items():
        if name in ("estimates.csv", "comparison.csv", "datapackage.json") or name.startswith("charts/"):
            _write(out / name, data)
    _write(out / "private" / EVIDENCE, pack(evidence), private=True)
    _write(out / PUBLIC, bundle)
    if home is not None:
        _write(home / "releases" / f"{manifest['id']}.zip", bundle)
    return out / PUBLIC


def _clear_charts(folder: Path, *, keep: Mapping[str, bytes]) -> None:
    """Take away the charts of an earlier release: beside the new figures they would pass for theirs."""
    for path in folder.glob("*"):
        if path.suffix in (".svg", ".png", ".txt", ".csv") and f"charts/{path.name}" not in keep:
            path.unlink()


def public_members(release: Release) -> dict[str, bytes]:
    """Return the files of the public bundle but for its manifest, by name."""
    members = {
        "recipe.toml": release.recipe_text.encode(),
        "kit.toml": release.kit_text.encode(),
        "estimates.csv": estimates_csv(release),
        "comparison.csv": comparison_csv(release),
        "findings.json": findings_json(release),
        "datapackage.json": datapackage(release),
    }
    if release.dossier is not None:
        members[DOSSIER] = dense_json_bytes(release.dossier)
    members |= {f"inputs/{PurePosixPath(name).name}": data for name, data in release.inputs}
    for chart in release.charts:
        members[f"charts/{chart.name}.svg"] = chart.svg.encode()
        members[f"charts/{chart.name}.png"] = chart.png
        members[f"charts/{chart.name}.txt"] = chart.text.encode()
        members[f"charts/{chart.name}.csv"] = chart_csv(chart)
    if release.kit.universe.public_infrastructure and release.recipe.disclosure.microdata:
        check_public_cells(release.cells, release.kit)
        members["cells.parquet"] = parquet_bytes(shown_cells(release.cells, release.recipe.id))
    return members


def evidence_members(release: Release) -> dict[str, bytes]:
    """Return the files of the private evidence but for its manifest, by name; raw files are numbered in order."""
    raw = {f"raw/{index:02d}-{PurePosixPath(name).name}": data for index, (name, data) in enumerate(release.raw, 1)}
    return raw | {
        "observations.parquet": parquet_bytes(release.harmonised.observations),
        "cells.parquet": parquet_bytes(shown_cells(release.cells, release.recipe.id)),
        "rejects.csv": rejects_csv(release),
        "findings-rows.json": findings_json(release, private=True),
    }


def manifest_of(release: Release, archives: Mapping[str, Mapping[str, bytes]]) -> dict[str, Any]:
    """Return the manifest: what made the release, and stage, size and SHA-256 of each member of both archives.

    Rejects and rows of findings are short: from digests of their own one could find out, by trying, what they say. So
    they share one digest with all the evidence, `evidence_seal`. `contents` has the digests of what the tables say
    (see `content_digest`): they hold on any machine, whatever the layout of the Parquet bytes. `id` is the SHA-256 of
    all the rest.
    """
    harmonised = release.harmonised
    body: dict[str, Any] = {
        "format": FORMAT,
        "created": release.created,
        "language": current(),
        "made_with": {
            "datashift": release.version,
            "python": platform.python_version(),
            "libraries": library_versions(),
        },
        "recipe": release.recipe.id,
        "kit": f"{release.kit.id}@{release.kit.version}",
        "simulated": release.recipe.simulated,
        "rows": {
            "in": harmonised.rows_in,
            "out": harmonised.rows_out,
            "explained": harmonised.rows_explained,
        },
        "contents": {
            "observations": content_digest(harmonised.observations),
            "cells": content_digest(shown_cells(release.cells, release.recipe.id)),
        },
        "archives": {
            archive: {
                name: {"stage": stage_of(name), "sha256": sha256(data), "bytes": len(data)}
                for name, data in sorted(members.items())
                if name not in UNLISTED
            }
            for archive, members in archives.items()
        },
        "evidence_seal": sha256(checksums(archives[EVIDENCE])),
    }
    return {"id": manifest_id(body), **body}


def manifest_id(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest without its own id."""
    body = {name: value for name, value in manifest.items() if name != "id"}
    return sha256(json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


def checksums(members: Mapping[str, bytes]) -> bytes:
    """Return the digests of the members in the form that `sha256sum --check` reads."""
    return "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(members.items()) if name != CHECKSUMS).encode()


def stage_of(member: str) -> str:
    """Return the stage a member belongs to: raw, recipe, observations, cells, estimates, charts or manifest."""
    return _STAGE_OF.get(member) or _FOLDER_STAGES.get(member.partition("/")[0], "manifest")


def libraries_made_with(manifest: Mapping[str, Any]) -> bool:
    """Say whether the libraries here are, version by version, those that the manifest names."""
    return bool(manifest.get("made_with", {}).get("libraries") == library_versions())


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _sealed(members: Mapping[str, bytes], manifest: bytes) -> dict[str, bytes]:
    whole = {**members, MANIFEST: manifest}
    return {**whole, CHECKSUMS: checksums(whole)}


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that figures depend on, as far as they are installed."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _write(path: Path, data: bytes, *, private: bool = False) -> None:
    path.parent.mkdir(mode=0o700 if private else 0o755, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o600 if private else 0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
