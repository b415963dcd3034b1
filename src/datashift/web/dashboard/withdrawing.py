"""Answers that were withdrawn, and the releases that were made with them: these are marked, and looked at again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from datashift.language import N_, _
from datashift.web.collection import receipts
from datashift.web.collection.kits import kit_named
from datashift.web.collection.models import Dataset
from datashift.web.collection.steps import latest_run
from datashift.web.dashboard import services
from datashift.web.dashboard.models import Release
from datashift.web.dashboard.rows import grouped
from datashift.web.fieldwork import withdrawing as submissions
from datashift.web.frame.models import bump
from datashift.web.jobs.services import Progress, enqueue
from datashift.web.people.models import User

HIDDEN = "Q"
LOOKING = N_("looking at the releases again")
NAMED = N_("An answer was withdrawn since. This release named words that stood in that answer alone.")
TOO_FEW = N_("Answers were withdrawn since. Without them, some of these figures rest on too few answers.")


def by_receipt(code: str) -> None:
    """Withdraw the answer of a receipt, in a data set or among submissions. Nobody learns whether the code was one."""
    with transaction.atomic():
        mark(receipts.withdraw(code))
        submissions.withdraw(code)


def of_row(*, dataset: Dataset, row: int, by: User) -> None:
    """Withdraw the answer in a row of the file. Raises BadUpload where there is no such row."""
    with transaction.atomic():
        mark(receipts.take_out(dataset=dataset, place=receipts.place_of(dataset, row), by=by))


def mark(datasets: Iterable[Dataset]) -> None:
    """Note on every release how many of its answers were withdrawn since it was made."""
    for dataset in datasets:
        for release in Release.objects.filter(run__dataset=dataset).select_related("run"):
            count = dataset.withdrawals.filter(at__gt=release.run.made).count() if release.run else 0
            if count != release.answers_withdrawn:
                Release.objects.filter(pk=release.pk).update(answers_withdrawn=count)
                enqueue("dossier", release.pk)
                bump()


def reconsider(subject: str, progress: Progress) -> None:
    """Take back each release of a dataset (`subject` is its id) that shows a figure which would be hidden without the
    answers that were withdrawn; mark the others.
    """
    progress(LOOKING)
    dataset = Dataset.objects.select_related("organisation").filter(pk=subject).first()
    if dataset is None:
        return
    mark([dataset])
    for release in Release.objects.filter(run__dataset=dataset, run__recipe="", withdrawn_at=None):
        services.withdraw(release=release, why=_(NAMED), by=None)
        forget(release)
    run = latest_run(dataset)
    if run is None or dataset.screening or run.recipe != dataset.recipe:
        return  # the run that fits asks for this again
    hidden = _hidden(run.told, dataset)
    for release in Release.objects.filter(run__dataset=dataset, withdrawn_at=None, answers_withdrawn__gt=0):
        shown = release.figures.exclude(value=None).exclude(status=HIDDEN)
        if hidden & set(shown.values_list("measure", "area", "period", "breakdown")):
            services.withdraw(release=release, why=_(TOO_FEW), by=None)


def forget(release: Release) -> None:
    """Delete the files of a release that was taken back, and its figures: they name what nobody may read any more."""
    release.figures.all().delete()
    release.beside.all().delete()
    shutil.rmtree(settings.HOME / "releases" / release.pk, ignore_errors=True)


def _hidden(told: Mapping[str, Any], dataset: Dataset) -> set[tuple[str, str, str, str]]:
    """Return what is hidden because of the answers themselves, not because of what was released before."""
    written = grouped(kit_named(dataset.kit))

    def keys(listed: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str, str]]:
        return {
            (one["measure"], one["area"], one["period"], written(tuple((one.get("breakdown") or {}).items())))
            for one in listed
        }

    hidden = keys(one for one in told["estimates"] if one["status"] == HIDDEN)
    return hidden - keys(told.get("since", {}).get("hidden", ()))
