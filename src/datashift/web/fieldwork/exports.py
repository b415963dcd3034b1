"""Files of answers to take away: asked for here, written by a job, gone after a day or when an answer is deleted.

What is sealed stays sealed in them. They lie in the store, and only who may do fieldwork for the form gets them.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from datashift.errors import BadDecision
from datashift.language import N_
from datashift.web.fieldwork.models import Form
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import enqueue, latest, problem
from datashift.web.people.models import User
from datashift.web.people.services import record

EXPORT = "export_answers"
KEPT = 86_400
"""Seconds for which a file is kept."""
ENDS = {"csv": "zip", "xlsx": "xlsx", "spss": "zip", "geopackage": "gpkg", "geoparquet": "zip"}
KINDS = {
    "xlsx": N_("A workbook for spreadsheets (xlsx)"),
    "csv": N_("Tables as text (CSV)"),
    "spss": N_("For SPSS, Stata and R, with labels (sav)"),
    "geopackage": N_("For maps (GeoPackage)"),
    "geoparquet": N_("For maps and large data (GeoParquet)"),
}
CLEARING = N_("deleting files that were to be taken away")


class Ready(NamedTuple):
    """A kind of file: whether somebody asked for it, what stands in its way, and the file once it is whole."""

    kind: str
    waits: bool
    problem: str
    path: Path | None
    size: int


def ask(*, form: Form, kind: str, by: User) -> None:
    """Ask for a file of all answers that count. Raises BadDecision where there is no such kind."""
    if kind not in KINDS:
        raise BadDecision("desk.export-kind")
    record("answers-exported", f"form:{form.pk}", by=by, organisation=form.organisation, kind=kind)
    enqueue(EXPORT, f"{form.pk}:{kind}")


def ready(form: Form) -> list[Ready]:
    """Return how each kind stands."""
    return [_ready(form, kind) for kind in KINDS]


def _ready(form: Form, kind: str) -> Ready:
    job = latest(EXPORT, f"{form.pk}:{kind}")
    waits = job is not None and job.state in (Job.State.WAITING, Job.State.RUNNING)
    path = fresh(form, kind)
    return Ready(kind, waits, problem(job) if job else "", path, path.stat().st_size if path else 0)


def place(form: UUID, kind: str) -> Path:
    """Return where the file of a form lies."""
    folder: Path = settings.HOME / "exports" / str(form)
    return folder / f"answers-{kind}.{ENDS[kind]}"


def fresh(form: Form, kind: str) -> Path | None:
    """Return the file of a form where there is one that is not a day old."""
    path = place(form.pk, kind)
    try:
        return path if time.time() - path.stat().st_mtime < KEPT else None
    except OSError:
        return None


def forget(forms: Iterable[UUID | str]) -> None:
    """Delete the files of forms: an answer that they may hold is deleted."""
    for form in forms:
        shutil.rmtree(settings.HOME / "exports" / str(form), ignore_errors=True)


def clear_exports(_subject: str, progress: Callable[[str], None]) -> None:
    """Delete every file that is a day old. The worker asks for this once a day; older ones are not given out anyway."""
    progress(CLEARING)
    for path in (settings.HOME / "exports").glob("*/*"):
        if time.time() - path.stat().st_mtime >= KEPT:
            path.unlink(missing_ok=True)
