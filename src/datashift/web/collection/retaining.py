"""The job `retain`: deletes rows whose last day has passed. What was released stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from datashift.language import N_
from datashift.web.collection.models import Concern, Dataset, Review, Upload
from datashift.web.collection.receipts import forget_files
from datashift.web.people.services import record

DELETING = N_("deleting rows whose time is over")


def retain(subject: str, progress: Callable[[str], None]) -> None:
    """Delete files and rows of data sets whose last day lies before the day `subject`; done twice, it is the same."""
    progress(DELETING)
    today = date.fromisoformat(subject) if subject else timezone.now().date()
    for dataset in Dataset.objects.filter(keep_until__lt=today):
        if dataset.erased is None:
            _erase(dataset)
        _forget(dataset)


def _erase(dataset: Dataset) -> None:
    with transaction.atomic():
        now = Dataset.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=dataset.pk)
        Review.objects.filter(run__dataset=now, decision=Review.Decision.OPEN).update(
            decision=Review.Decision.WITHDRAWN, decided=timezone.now()
        )
        for run in now.runs.all():
            run.interviews = []
            run.told = {
                **run.told,
                **{kind: [{**one, "first_rows": []} for one in run.told.get(kind, ())] for kind in LISTS},
            }
            run.save(update_fields=["interviews", "told"])
        Concern.objects.filter(run__dataset=now).update(rows=[])
        now.receipts.all().delete()
        now.passages.all().delete()
        now.suggestion = {name: now.suggestion[name] for name in ("kits",) if name in now.suggestion}
        now.erased, now.screening = timezone.now(), False
        now.state = now.State.DRAFT if now.state == now.State.IN_REVIEW else now.state
        now.version += 1
        now.save()
        record("erased", f"dataset:{now.pk}", by=None, organisation=now.organisation, until=str(now.keep_until))
        transaction.on_commit(partial(_forget, now))


LISTS = ("findings", "explained")


def _forget(dataset: Dataset) -> None:
    """Delete the files of a data set, unless another one whose time is not over has the same."""
    forget_files(dataset, rows_alone=True)
    mine = Upload.objects.filter(Q(pk=dataset.upload_id) | Q(former_of=dataset))
    for upload in mine:
        others = Dataset.objects.filter(upload__sha256=upload.sha256, erased=None)
        if not others.exists():
            (settings.HOME / "raw" / upload.sha256).unlink(missing_ok=True)
