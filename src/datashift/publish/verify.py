"""Whether a bundle is what its own parts give: every byte against the manifest, every stage computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from datashift.language import N_, _
from datashift.publish.bundle import EVIDENCE, PUBLIC, STAGES
from datashift.publish.integrity import Archive, open_archive, problems
from datashift.publish.recompute import Recompute, computed_again

SAME = N_("Computed again from the stage before: the same.")
UNCHANGED = N_("Every byte is as it was released.")
DIGEST_ONLY = N_("Every byte is as it was released. What is at hand is not enough to compute it again.")
ABSENT = N_("Not at hand: it stays with the producer.")
NONE = N_("This release has none.")

Status = Literal["same", "differs", "digest only", "absent"]


@dataclass(frozen=True)
class StageResult:
    """What verification found for one stage; `detail` says it in the current language."""

    stage: str
    status: Status
    detail: str


def verify(bundle: Path, *, evidence: Path | None = None, recompute: Recompute) -> list[StageResult]:
    """Compare every byte of a bundle with its manifest, compute every stage again, and name the stages that differ.

    `evidence` is the private archive; by default private/evidence.zip beside the bundle, where there is one. Without
    it the raw files and the observations are absent, and what only they could prove has its digest only.
    Out: one result per stage, in the order raw, recipe, observations, cells, estimates, charts, manifest.
    Tables are compared by what they say (numbers to nine digits), so that another machine comes to the same result.
    Needs no network. Raises Tampered when a file is no such archive at all.
    """
    beside = bundle.parent / "private" / EVIDENCE
    evidence = evidence or (beside if beside.is_file() else None)
    archives = [open_archive(bundle, PUBLIC)]
    if evidence is not None:
        archives.append(open_archive(evidence, EVIDENCE))
    found = problems(archives)
    broken = {stage for stage, _sentence in found}
    again = computed_again(archives, recompute, broken)
    found += [(outcome.stage, outcome.sentence()) for outcome in again if not outcome.same]
    confirmed = {outcome.stage for outcome in again if outcome.same}
    return [_result(stage, found, confirmed, archives) for stage in STAGES]


def _result(
    stage: str, found: Sequence[tuple[str, str]], confirmed: set[str], archives: Sequence[Archive]
) -> StageResult:
    wrong = [sentence for where, sentence in found if where == stage]
    if wrong:
        return StageResult(stage, "differs", " ".join(dict.fromkeys(wrong)))
    if not _at_hand(stage, archives):
        return StageResult(stage, "absent", _(NONE if stage == "charts" else ABSENT))
    if stage in ("raw", "recipe", "manifest"):
        return StageResult(stage, "same", _(UNCHANGED))
    if stage in confirmed:
        return StageResult(stage, "same", _(SAME))
    return StageResult(stage, "digest only", _(DIGEST_ONLY))


def _at_hand(stage: str, archives: Sequence[Archive]) -> bool:
    names = {name for archive in archives for name in archive.members}
    wanted = {"raw": "raw/", "observations": "observations.parquet", "cells": "cells.parquet", "charts": "charts/"}
    return any(name.startswith(wanted.get(stage, "")) for name in names)
