"""The job `export_answers`: the answers of a form as files for other programs. Only workers load this."""

from __future__ import annotations

from collections.abc import Callable

from datashift.export.layout import Options
from datashift.export.writing import write
from datashift.language import N_
from datashift.web.fieldwork.exports import KINDS, place
from datashift.web.fieldwork.layouts import merged_form
from datashift.web.fieldwork.models import Form, Submission
from datashift.web.fieldwork.tables import batches, standing

WRITING = N_("writing the answers into a file")
_OPTIONS = {"csv": Options(for_spreadsheets=True)}
_TRIES = 3


def export_answers(subject: str, progress: Callable[[str], None]) -> None:
    """Write the answers of a form that count (`subject` is its id, a colon and the kind of file).

    Where an answer was deleted meanwhile, the file is written anew: none holds what is no longer here.
    Raises BadExport where it cannot be written.
    """
    key, _colon, kind = subject.partition(":")
    form = Form.objects.filter(pk=key).first()
    if form is None or kind not in KINDS:
        return
    progress(WRITING)
    path = place(form.pk, kind)
    for _try in range(_TRIES):
        before = _deleted(form)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        merged = merged_form(form)
        write(kind, merged.layout, batches(standing(form), merged), path, _OPTIONS.get(kind))
        if _deleted(form) == before:
            return
        path.unlink(missing_ok=True)


def _deleted(form: Form) -> int:
    found = Submission.objects.filter(form=form)
    return found.filter(withdrawn__isnull=False).count() + found.filter(erased__isnull=False).count()
