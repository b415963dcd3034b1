"""From a run to its release, and back: the same functions on the way out and on the way in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess import sentence
from datashift.compare import reason
from datashift.dossier.document import document
from datashift.estimation import cells
from datashift.inputs import Inputs, bare_name
from datashift.model import Chart, Comparison, Estimate, Loss
from datashift.official import keep_snapshot
from datashift.pipeline import (
    EARLIER,
    Result,
    Setting,
    cells_as_json,
    cells_from_json,
    comparisons,
    drawings,
    earlier,
    estimates,
    finished,
    observations,
    official_figures,
    raw_table,
    set_up,
    whole_area,
)
from datashift.protect import gate
from datashift.publish import Given, Release, StageResult, benchmark, verify, vocabulary, write_release
from datashift.publish.bundle import DOSSIER
from datashift.publish.tables import dense_json_bytes
from datashift.standards.profiles import Profile, catalogue, known_profiles, shipped_profile

MARGINS, OFFICIAL, LOSSES = "margins.json", "official.json", "losses.json"


def publish(result: Result, out: Path, *, home: Path, created: str | None = None) -> Path:
    """Write the release of `result` to the folder `out` and keep dated official snapshots in the store.

    Out: the path of release.zip. `created` is an ISO date, today by default. Raises Disclosive when anything public
    would carry personal data; nothing public is written then.
    """
    setting = result.setting
    for spec in setting.recipe.official:
        if bare_name(spec.file) in setting.inputs.files:
            keep_snapshot(spec, setting.inputs.files[bare_name(spec.file)], home)
    day = created or datetime.now(UTC).date().isoformat()
    return write_release(release_of(result, day), out, gate=partial(_checked, setting), home=home)


def dossier_of(result: Result, created: str, profiles: Sequence[Profile] | None = None) -> dict[str, Any]:
    """Return the dossier of a run, ready for JSON, with what `profiles` say of it (by default those that ship).

    Raises Disclosive when it would carry personal data: it passes the same gate as a release.
    """
    release = release_of(result, created, profiles)
    told = dict(release.dossier or {})
    _checked(result.setting, {DOSSIER: dense_json_bytes(told)}, names=vocabulary(release))
    return told


def release_of(result: Result, created: str, profiles: Sequence[Profile] | None = None) -> Release:
    """Return the record that is published: the result with its sentences and the tables needed to compute it again."""
    setting = result.setting
    return Release(
        recipe=setting.recipe,
        recipe_text=setting.inputs.recipe_text,
        kit=setting.kit,
        kit_text=setting.inputs.kit_text,
        origins=result.origins,
        raw=tuple(setting.inputs.files.items()),
        harmonised=result.harmonised,
        cells=result.cells,
        findings=result.findings,
        finding_sentences=[sentence(finding) for finding in result.findings],
        estimates=result.estimates,
        comparisons=result.comparisons,
        comparison_reasons=[reason(comparison) for comparison in result.comparisons],
        charts=result.charts,
        created=created,
        version=version("datashift"),
        inputs=tuple(_public_inputs(result)),
        dossier=document(result, created=created, profiles=profiles),
    )


def check(bundle: Path, *, evidence: Path | None = None) -> list[StageResult]:
    """Verify a release bundle: every byte, and every stage computed again with the functions that made it."""
    return verify(bundle, evidence=evidence, recompute=Again())


class Again:
    """The stages of the pipeline on what a bundle holds (publish.Recompute)."""

    def __init__(self) -> None:
        self._losses: Mapping[tuple[str, str], Loss] | None = None
        self._rows: pa.Table | None = None

    def observations(self, given: Given) -> pa.Table:
        """Harmonise the raw files again."""
        setting = _setting(given)
        found = observations(setting, raw_table(setting)[0])
        self._losses, self._rows = found.losses, found.observations
        return found.observations

    def cells(self, given: Given, observations: pa.Table) -> pa.Table:
        """Group the observations again."""
        setting = _setting(given)
        return cells(observations, setting.measures, setting.recipe.design.calibration)

    def estimates(self, given: Given, cells: pa.Table) -> Sequence[Estimate]:
        """Estimate and protect again; what was lost comes from the raw files, or else as the bundle says it."""
        losses = self._losses if self._losses is not None else _losses(given.inputs.get(LOSSES, b"[]"))
        setting = _setting(given)
        told = given.inputs.get(EARLIER, b"[]")
        before = earlier(setting) if given.raw else list(cells_from_json(told, setting.kit.id))
        return estimates(setting, cells, losses, before, self._rows)

    def comparisons(self, given: Given, estimates: Sequence[Estimate]) -> Sequence[tuple[Comparison, str]] | None:
        """Compare again with the official figures: from their files in the evidence, else as the bundle holds them."""
        setting = _setting(given)
        if given.raw:
            official = official_figures(setting)
        elif OFFICIAL in given.inputs:
            official = [benchmark(entry) for entry in json.loads(given.inputs[OFFICIAL])]
        else:
            return None
        return [(c, reason(c)) for c in comparisons(setting, estimates, official)]

    def charts(
        self, given: Given, estimates: Sequence[Estimate], comparisons: Sequence[tuple[Comparison, str]] | None
    ) -> Sequence[Chart] | None:
        """Draw again; without the evidence the shapes of the maps are not at hand, so nothing is drawn."""
        if not given.raw or comparisons is None:
            return None
        return finished(drawings(_setting(given), estimates, [comparison for comparison, _reason in comparisons]))


def _setting(given: Given) -> Setting:
    """What the evidence says goes before what the bundle says of it: a forged table must not prove itself."""
    files = {**given.inputs, **dict(given.raw)}
    margins = None if given.raw else json.loads(given.inputs.get(MARGINS, b"{}"))
    return set_up(Inputs(given.recipe_text, given.kit_text, files), margins)


def _public_inputs(result: Result) -> Iterator[tuple[str, bytes]]:
    setting = result.setting
    if setting.recipe.place.areas:
        name = bare_name(setting.recipe.place.areas)
        yield name, setting.inputs.files[name]
    yield MARGINS, _json({name: dict(totals) for name, totals in setting.margins.items()})
    yield LOSSES, _json(_told_losses(result))
    yield OFFICIAL, _json([asdict(benchmark) for benchmark in result.official])
    if setting.recipe.earlier:
        yield EARLIER, cells_as_json(earlier(setting))


def _told_losses(result: Result) -> list[dict[str, Any]]:
    """The losses behind figures that are shown; those of a hidden cell would give its number of rows away."""
    told = {(e.measure, "" if e.area == whole_area(result.setting) else e.area) for e in result.estimates if e.loss}
    losses = result.harmonised.losses
    return [{"measure": key[0], "area": key[1], **asdict(losses[key])} for key in sorted(told) if key in losses]


def _losses(text: bytes) -> dict[tuple[str, str], Loss]:
    return {(entry.pop("measure"), entry.pop("area")): Loss(**entry) for entry in json.loads(text)}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _checked(setting: Setting, files: Mapping[str, bytes], *, names: frozenset[str]) -> None:
    """Let files through the disclosure gate; names of places and the words of shipped profiles are public."""
    places = (name for area in setting.areas.values() for name in (area.name, *area.aliases))
    gate(files, personal_values=lambda: _personal_values(setting), names=names | {*places, *_words_of_profiles()})


@cache
def _words_of_profiles() -> frozenset[str]:
    shipped = [shipped_profile(name) for name in known_profiles()]
    return frozenset(text for record in (catalogue(), *shipped) for text in _texts(record.model_dump(mode="json")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _personal_values(setting: Setting) -> Iterator[str]:
    for source in setting.recipe.source:
        table = setting.table(source.file).table
        for name in set(setting.recipe.personal) & set(table.column_names):
            yield from (value for value in pc.unique(table[name]).to_pylist() if value)
