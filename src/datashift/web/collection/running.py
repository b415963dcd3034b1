"""The job `run`: from the recipe of a dataset to a draft of a release. A run that is killed leaves nothing behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from datashift.inputs import gather
from datashift.language import N_, speaking
from datashift.pipeline import run as work_out
from datashift.release import publish
from datashift.web.collection.concerns import keep
from datashift.web.collection.models import Dataset, Run
from datashift.web.collection.recipes import RECIPE, beside
from datashift.web.collection.steps import latest_run, ready
from datashift.web.collection.telling import concerns_of, interviews_of, told
from datashift.web.jobs.services import enqueue
from datashift.web.people.services import record

WRITING = N_("writing the release")


def run(subject: str, progress: Callable[[str], None]) -> None:
    """Work out the figures of a dataset (`subject` is its id), unless its last run had the same recipe.

    `progress` hears the English name of each stage. Raises the coded error of whatever stands in the way.
    """
    dataset = Dataset.objects.select_related("organisation", "upload").filter(pk=subject).first()
    if dataset is None or dataset.screening or not ready(dataset) or _is_done(dataset):
        return
    folder = settings.HOME / "datasets" / str(dataset.pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # What a worker that was killed left half done; no other works on this dataset now.
    for left in folder.glob(".making-*"):
        shutil.rmtree(left, ignore_errors=True)
    making = Path(tempfile.mkdtemp(dir=folder, prefix=".making-"))
    try:
        # Stages are heard, and the bundle is written, in English; `told` says each sentence in all four languages.
        with speaking("en"):
            made = _made(dataset, making, progress)
        _keep(dataset, making, made)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _is_done(dataset: Dataset) -> bool:
    last = latest_run(dataset)
    return last is not None and last.recipe == dataset.recipe


@dataclass(frozen=True)
class Made:
    """What a run tells, and apart from it what supervisors see: of persons, and of single interviews."""

    told: dict[str, Any]
    concerns: list[dict[str, Any]]
    interviews: list[dict[str, Any]]


def _made(dataset: Dataset, folder: Path, progress: Callable[[str], None]) -> Made:
    """Write recipe, bundle and evidence into `folder`, and return what the run tells."""
    for name, text in {RECIPE: dataset.recipe, **beside(dataset)}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    result = work_out(gather(folder / RECIPE, settings.HOME), progress)
    progress(WRITING)
    # A draft is nothing that was released: it must not come into the store's releases, from which ledgers are made.
    with tempfile.TemporaryDirectory() as apart:
        bundle = publish(result, folder, home=Path(apart))
    return Made(told(result, bundle), concerns_of(result), interviews_of(result))


def _keep(dataset: Dataset, made: Path, found: Made) -> None:
    """Give the draft its number. The folder is there before the row, so a row never lacks its folder."""
    with transaction.atomic():
        now = Dataset.objects.select_for_update().filter(pk=dataset.pk).first()
        if now is None or now.screening or now.erased or now.upload_id != dataset.upload_id:
            return  # an answer of this file was withdrawn meanwhile, or another file took its place
        last = latest_run(now)
        number = last.number + 1 if last else 1
        place = made.parent / str(number)
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
        kept = Run.objects.create(
            dataset=now, number=number, recipe=dataset.recipe, told=found.told, interviews=found.interviews,
            folder=place.relative_to(settings.HOME).as_posix(),
        )  # fmt: skip
        keep(kept, found.concerns, before=last)
        if now.withdrawals.exists():
            enqueue("reconsider", str(now.pk))
        record("run", f"dataset:{now.pk}", by=None, organisation=dataset.organisation, run=number)
