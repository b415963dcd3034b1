"""Receipts: who answered may withdraw the answer, with a code that nobody else has. Nothing here knows who that is."""

from __future__ import annotations

import shutil
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datashift.errors import BadUpload
from datashift.web.collection.models import Dataset, Receipt, Review, Withdrawal
from datashift.web.collection.steps import TITLES
from datashift.web.fieldwork.codes import DIGITS, digest, digits_of, fits, in_fours, new_code
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import User
from datashift.web.people.services import record

__all__ = ["DIGITS", "digest", "fits", "give", "known", "withdraw"]

MOST = 100_000
FIRST_ROW = 2


def give(*, dataset: Dataset, by: User) -> list[tuple[int, str]]:
    """Make a code for every answer of the file and return (row of the file, code). Only digests of them are kept.

    Codes that were given before stay good: people hold them. Raises BadUpload where the file was not read yet.
    """
    with transaction.atomic():
        found = _locked(dataset)
        rows = int(found.suggestion.get("rows", 0))
        if not rows or found.screening or found.erased:
            raise BadUpload("upload.not-yet", step=TITLES["file"])
        if rows > MOST:
            raise BadUpload("receipt.too-many", most=MOST)
        gone = set(found.withdrawals.values_list("place", flat=True))
        codes = {place: new_code() for place in range(rows) if place not in gone}
        made = [
            Receipt(dataset=found, upload=found.upload, place=place, code=digest(code)) for place, code in codes.items()
        ]
        Receipt.objects.bulk_create(made, batch_size=1000)
        record("receipts", f"dataset:{found.pk}", by=by, organisation=found.organisation, count=len(made))
    first = first_row(found)
    return [(first + place, in_fours(code)) for place, code in codes.items()]


def known(code: str) -> Receipt | None:
    """Return the receipt of a code, however its digits are written and parted; None for any other text."""
    return Receipt.objects.select_related("dataset").filter(code=digest(digits_of(code))).first()


def withdraw(code: str) -> list[Dataset]:
    """Withdraw the answer of a receipt, and return the data sets in which it stood. A code that is none changes
    nothing; whoever asks cannot tell one from the other.
    """
    receipt = known(code)
    if receipt is None:
        return []
    with transaction.atomic():
        # Under the lock, and read again: a worker may just have given the data set another file.
        _locked(receipt.dataset)
        return _heard(known(code))


def _heard(receipt: Receipt | None) -> list[Dataset]:
    if receipt is None:
        return []
    if receipt.upload_id != receipt.dataset.upload_id:
        Receipt.objects.filter(pk=receipt.pk).update(asked=True)
        return []
    if receipt.place is None:
        return _lost(receipt)
    return take_out(dataset=receipt.dataset, place=receipt.place, by=None)


def first_row(dataset: Dataset) -> int:
    """Return which row of the file holds the first answer."""
    return int(dataset.suggestion.get("first_row", FIRST_ROW))


def place_of(dataset: Dataset, row: int) -> int:
    """Return the place of the answer in a row of the file. Raises BadUpload where there is no such row."""
    place, rows = row - first_row(dataset), int(dataset.suggestion.get("rows", 0))
    if not rows or dataset.screening or dataset.erased:
        raise BadUpload("upload.not-yet", step=TITLES["file"])
    if not 0 <= place < rows:
        raise BadUpload("receipt.no-row", row=row)
    return place


def take_out(*, dataset: Dataset, place: int, by: User | None) -> list[Dataset]:
    """Withdraw an answer from a data set, and from every other one of the organisation that has the same file; return
    those in which it still stood. Nobody is given the file, and no run reads it, until a worker has taken the row out.
    """
    with transaction.atomic():
        same = Dataset.objects.filter(
            organisation=dataset.organisation_id, upload__sha256=dataset.upload.sha256, erased=None
        )
        changed = [one for one in map(_locked, same.order_by("pk")) if _withdraw(one, place)]
        for one in changed:
            record("answer-withdrawn", f"dataset:{one.pk}", by=by, organisation=one.organisation)
            enqueue("reconsider", str(one.pk))
        Receipt.objects.filter(dataset__in=same, upload=dataset.upload, place=place).delete()
    return changed


def _lost(receipt: Receipt) -> list[Dataset]:
    """Withdraw an answer that the corrected file has no more: what was made of the former file goes."""
    with transaction.atomic():
        dataset = _locked(receipt.dataset)
        Withdrawal.objects.create(dataset=dataset, done=True)
        hold_back(dataset)
        record("answer-withdrawn", f"dataset:{dataset.pk}", by=None, organisation=dataset.organisation)
        enqueue("reconsider", str(dataset.pk))
        receipt.delete()
    return [dataset]


def _withdraw(dataset: Dataset, place: int) -> bool:
    if not Withdrawal.objects.get_or_create(dataset=dataset, place=place)[1]:
        return False
    dataset.passages.filter(place=place).delete()
    hold_back(dataset, first_row(dataset) + place)
    return True


def hold_back(dataset: Dataset, row: int | None = None) -> None:
    """Keep the file of a data set from everybody until it was screened, and forget what was made of it: drafts and
    evidence, the row in lists of rows, and what a review was asked for.
    """
    Review.objects.filter(run__dataset=dataset, decision=Review.Decision.OPEN).update(
        decision=Review.Decision.WITHDRAWN, decided=timezone.now()
    )
    _out_of_lists(dataset, row)
    # What a job could not use may be named in what it says.
    Job.objects.filter(subject=str(dataset.pk), state=Job.State.FAILED).delete()
    dataset.suggestion = {name: dataset.suggestion[name] for name in KEPT if name in dataset.suggestion}
    dataset.answers = {name: one for name, one in dataset.answers.items() if name not in ("findings", "result")}
    dataset.screening, dataset.state = True, Dataset.State.DRAFT
    dataset.version += 1
    dataset.save()
    enqueue("screen", str(dataset.pk))
    transaction.on_commit(partial(forget_files, dataset))


KEPT = ("kits", "rows", "first_row")
"""What is still known of a file while it is screened: nothing that stands in it."""


def forget_files(dataset: Dataset, *, rows_alone: bool = False) -> None:
    """Delete the drafts of a data set and the evidence of its releases; with `rows_alone` the drafts stay, without
    what holds rows. Done twice, it leaves the same.
    """
    for run in dataset.runs.all():
        folder = settings.HOME / run.folder
        shutil.rmtree(folder / "private" if rows_alone else folder, ignore_errors=True)
        if bundle := str(run.told.get("bundle_id", "")):
            shutil.rmtree(settings.HOME / "evidence" / bundle, ignore_errors=True)


def _out_of_lists(dataset: Dataset, row: int | None) -> None:
    for run in dataset.runs.all():
        run.interviews = [one for one in run.interviews if one["row"] != row]
        for kind in ("findings", "explained"):
            run.told[kind] = [_without(one, row) for one in run.told.get(kind, ())]
        run.save(update_fields=["interviews", "told"])
        for concern in run.concerns.all():
            if row in concern.rows:
                concern.rows = [one for one in concern.rows if one != row]
                concern.save(update_fields=["rows"])


def _without(told: dict[str, object], row: int | None) -> dict[str, object]:
    first = told.get("first_rows")
    return {**told, "first_rows": [one for one in first if one != row]} if isinstance(first, list) else told


def _locked(dataset: Dataset) -> Dataset:
    return Dataset.objects.select_for_update(of=("self",)).select_related("organisation", "upload").get(pk=dataset.pk)
