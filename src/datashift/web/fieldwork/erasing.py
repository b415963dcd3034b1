"""What submissions say is deleted; that they came stays known, so a phone that sends one again changes nothing.

First what was said goes, in one transaction that also says so; then the files; then the rows that name them. Whatever
dies in between, `finish` does the rest: a row that names a file is there until the file is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q

from datashift.web.fieldwork import exports, mapping
from datashift.web.fieldwork.models import (
    Attachment,
    BackCheck,
    Checked,
    Content,
    Correction,
    Remark,
    Stray,
    Submission,
)

GONE = Q(submission__erased__isnull=False) | Q(submission__withdrawn__isnull=False)


def erase(submissions: Iterable[Submission], **said: object) -> int:
    """Delete all that submissions say, and keep that they came; `said` is written beside (erased, withdrawn).

    Out: how many. Files go once the transaction is over; where that is cut off, `finish` does it.
    """
    keys = [one.pk for one in submissions]
    with transaction.atomic():
        found = Submission.objects.filter(pk__in=keys)
        list(found.select_for_update().values_list("pk"))  # nobody adds to them meanwhile
        Checked.objects.filter(form__submissions__in=keys).delete()  # made of answers; made again without them
        mapping.forget(keys)
        exports.forget(found.values_list("form", flat=True).distinct())
        for told in (Content, Correction, Remark, BackCheck):
            told._default_manager.filter(submission__in=keys).delete()
        count = found.update(started=None, ended=None, latitude=None, longitude=None, language="", receipt=None, **said)
        transaction.on_commit(partial(finish, keys))
    return count


def finish(keys: Iterable[int] | None = None) -> None:
    """Delete the files of submissions that say nothing any more, then the rows that name these files."""
    left = Attachment.objects.filter(GONE)
    for one in left if keys is None else left.filter(submission__in=list(keys)):
        forget_file(one.sha256, but=one)
        one.delete()


def forget_file(sha256: str, *, but: Model) -> None:
    """Delete a file of the store, unless a row beside `but` still names it."""
    if not any(_naming(sha256, but)):
        (settings.HOME / "raw" / sha256).unlink(missing_ok=True)


def _naming(sha256: str, but: Model) -> Iterator[bool]:
    """Look in every table that names files: rooms above keep theirs in the same place."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.name.endswith("sha256"):
                rows = model._default_manager.filter(**{field.name: sha256})
                rows = rows.exclude(GONE) if model is Attachment else rows
                yield (rows.exclude(pk=but.pk) if isinstance(but, model) else rows).exists()
    strays = Stray.objects.exclude(pk=but.pk) if isinstance(but, Stray) else Stray.objects.all()
    yield any(one["sha256"] == sha256 for files in strays.values_list("attachments", flat=True) for one in files)
