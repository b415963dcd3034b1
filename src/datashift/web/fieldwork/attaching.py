"""Files of submissions: what may lie in the store of each, and which belong to which submission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from datashift.errors import CannotProtect
from datashift.pictures import ABOUT, cleaned
from datashift.web.fieldwork import recordings, sealing
from datashift.web.fieldwork.answers import Taken
from datashift.web.fieldwork.kept import File, kept
from datashift.web.fieldwork.models import Attachment, Form, Submission

NOT_CLEANED = "not-cleaned"
"""Stands in `Attachment.removed` of a file that may tell more than it shows: no export holds it. No page shows it, but
a film or a sound where its form protects nothing, with a warning."""


class Lying(NamedTuple):
    """A file that is on the disk: its name, where, its bytes, and what was taken out of it."""

    name: str
    sha256: str
    size: int
    removed: list[str]


def laid_down(files: Iterable[File], form: Form | None, taken: Taken | None) -> Iterator[Lying]:
    """Keep files in the store, each flushed to the disk: sealed where the form asks so, pictures without what they
    tell beside what they show. A sealed file is another one each time, so one that is here already is left out.
    """
    here = _sealed_here(form, taken) if form and taken and taken.sealed_files else frozenset[str]()
    for file in files:
        sealed = taken.sealed_files.get(file.name) if taken else None
        if form and taken and sealed:
            if sealed.stored_name not in here:
                told = _cleaned(file, form)[0]
                data = sealing.seal_file(form, taken.heading.instance_id, sealed.place, file.name, told)
                yield Lying(sealed.stored_name, kept(data), len(data), [])
        else:
            data, removed = _cleaned(file, form)
            yield Lying(file.name, kept(data), len(data), removed)


def attach(submission: Submission, lying: Iterable[Lying], *, new: bool) -> frozenset[str]:
    """Note which files belong to a submission, each once, and return the names of all that do. A new one has none."""
    there = set() if new else set(submission.attachments.values_list("name", "sha256"))
    fresh = {(one.name, one.sha256): one for one in lying if (one.name, one.sha256) not in there}
    rows = [Attachment(submission=submission, **one._asdict()) for one in fresh.values()]
    if rows:
        Attachment.objects.bulk_create(rows, ignore_conflicts=True)
    return frozenset(name for name, _sha256 in there | fresh.keys())


def _sealed_here(form: Form, taken: Taken) -> frozenset[str]:
    same = Attachment.objects.filter(
        submission__form=form, submission__instance_id=taken.heading.instance_id, submission__digest=taken.digest
    )
    return frozenset(same.values_list("name", flat=True))


def _cleaned(file: File, form: Form | None) -> tuple[bytes, list[str]]:
    """Return the bytes of a file that may lie in the store, and what was taken out. Others are marked."""
    if file.name == sealing.AUDIT and form:
        return sealing.clean_audit(form, file.data), []
    try:
        picture = cleaned(file.data, file.name)
    except CannotProtect:
        recording = recordings.cleaned(file.data, file.name)
        if recording is None:
            return file.data, [NOT_CLEANED]
        return recording, [] if recording == file.data else [ABOUT]
    return picture.data, list(picture.removed)
