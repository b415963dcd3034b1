"""The job that makes the files of a dossier: HTML and PDF in every language. It runs in the worker alone."""

from __future__ import annotations

import os
from pathlib import Path

from datashift.dossier.page import html
from datashift.dossier.print import pdf
from datashift.language import LANGUAGES, N_
from datashift.web.dashboard import dossiers
from datashift.web.dashboard.models import Release
from datashift.web.frame.models import bump
from datashift.web.jobs.services import Progress, enqueue


def dossier(subject: str, progress: Progress) -> None:
    """Make the files of a release; with no subject, ask for those of every release that are not of today.

    Done twice, it leaves the same. What was withdrawn meanwhile is taken away again.
    """
    standing = Release.objects.filter(withdrawn_at=None).select_related("organisation", "superseded_by")
    if not subject:
        for one in standing:
            if not dossiers.fresh(one):
                enqueue("dossier", one.pk)
        return
    release = standing.filter(pk=subject).first()
    told = dossiers.today(release) if release else None
    if release is None or told is None:
        dossiers.forget(subject)
        return
    if dossiers.fresh(release):
        return
    made_of, folder = dossiers.stamp(release), dossiers.folder_of(release.pk)
    folder.mkdir(parents=True, exist_ok=True)
    progress(N_("Typesetting the dossier"))
    for language in LANGUAGES:
        notes = dossiers.first_words(release, language)
        _lay(folder / f"{language}.html", html(told, language, notes=notes).encode())
        _lay(folder / f"{language}.pdf", pdf(told, language, notes=notes))
    _lay(folder / dossiers.STAMP, made_of.encode())
    if not standing.filter(pk=subject).exists():
        dossiers.forget(subject)
    bump()


def _lay(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; one that is there with these bytes stays, and so does its ETag."""
    if path.is_file() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
