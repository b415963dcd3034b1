"""Jobs: asked for, taken, renewed, finished. Whatever dies in between, each is done once in the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from datashift.web.jobs.models import Job, Worker

Progress = Callable[[str], None]
Work = Callable[[str, Progress], None]
"""What does a kind of job: it is given the subject and a function that hears the name of each stage."""

HELD = timedelta(seconds=30)


def enqueue(kind: str, subject: str) -> Job:
    """Ask for a job; one that already waits or runs for the same subject is returned instead."""
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, subject=subject)
    except IntegrityError:
        found = Job.objects.filter(kind=kind, subject=subject, state__in=["waiting", "running"]).first()
        return found or enqueue(kind, subject)


def latest(kind: str, subject: str) -> Job | None:
    """Return the last job of a kind for a subject."""
    return Job.objects.filter(kind=kind, subject=subject).order_by("-created", "-pk").first()


def worker_seen() -> bool:
    """Say whether a worker was alive within the last minute."""
    return Worker.objects.filter(seen__gt=timezone.now() - timedelta(minutes=1)).exists()
