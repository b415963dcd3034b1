"""Jobs: asked for, taken, renewed, finished. Whatever dies in between, each is done once in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from datashift.errors import CannotServe, DataShiftError
from datashift.language import _
from datashift.web.jobs.models import Job, Worker

Progress = Callable[[str], None]
Work = Callable[[str, Progress], None]
"""What does a kind of job: it is given the subject and a function that hears the name of each stage."""

HELD = timedelta(seconds=30)
"""How long a worker holds a job without saying that it lives."""
ATTEMPTS = 3
QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)


# --- asked for --------------------------------------------------------------------------------------------------------


def enqueue(kind: str, subject: str) -> Job:
    """Ask for a job; one that already waits for the same subject is returned instead.

    One that already runs may have read what was there before, so it does not count: another waits behind it.
    """
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, subject=subject)
    except IntegrityError:
        found = Job.objects.filter(kind=kind, subject=subject, state=Job.State.WAITING).first()
        return found or enqueue(kind, subject)


def each_day(kinds: Iterable[str]) -> None:
    """Ask for a job of each kind on this day, unless it was asked for; its subject is the day."""
    today = timezone.now().date().isoformat()
    for kind in kinds:
        if not Job.objects.filter(kind=kind, subject=today).exists():
            enqueue(kind, today)


def each_quarter(kinds: Iterable[str]) -> None:
    """Ask for a job of each kind every quarter of an hour; of those before, nothing is kept that went well."""
    since = timezone.now() - QUARTER
    for kind in kinds:
        before = Job.objects.filter(kind=kind)
        if not before.filter(created__gt=since).exists():
            before.filter(state=Job.State.DONE).delete()
            enqueue(kind, "")


def latest(kind: str, subject: str) -> Job | None:
    """Return the last job of a kind for a subject."""
    return Job.objects.filter(kind=kind, subject=subject).order_by("-created", "-pk").first()


def problem(job: Job) -> str:
    """Say in the current language why a job was not done, and how that can be mended; "" where nothing is wrong."""
    return _(job.error["text"]).format(**job.error["facts"]) if job.error else ""


# --- done -------------------------------------------------------------------------------------------------------------


def take(worker: str, kinds: Mapping[str, Any] | None = None) -> Job | None:
    """Give the oldest job that nobody holds to a worker, or nothing. No two workers are given the same.

    The row is changed only while it is as it was read; the database lets one of several workers do that.
    """
    while (job := _free(timezone.now(), kinds).order_by("created", "pk").first()) is not None:
        if job.attempts >= ATTEMPTS:
            _end(_as_read(job), Job.State.FAILED, told(CannotServe("site.died", attempts=job.attempts)))
            continue
        try:
            with transaction.atomic():
                mine = _as_read(job).update(
                    state=Job.State.RUNNING, attempts=job.attempts + 1, held_by=worker, error={}, stage="", step=0,
                    steps=_usual_steps(job.kind), held_until=timezone.now() + HELD,
                )  # fmt: skip
        except IntegrityError:
            continue  # another worker began one of the same kind and subject between our two questions
        if mine:
            job.refresh_from_db()
            return job
    return None


def renew(job: Job) -> bool:
    """Hold a job for another while; false where it was given to somebody else meanwhile."""
    return bool(_mine(job).update(held_until=timezone.now() + HELD))


def stage(job: Job, text: str) -> None:
    """Say what is being done (an English text of the catalogue); pages show it with how far that is."""
    _mine(job).update(stage=text[:200], step=F("step") + 1, steps=Greatest(F("steps"), F("step") + 1))


def finish(job: Job) -> bool:
    """Say that a job is done; false where it was given to somebody else meanwhile."""
    return bool(_end(_mine(job), Job.State.DONE, {}, steps=F("step")))


def fail(job: Job, problem: DataShiftError) -> bool:
    """Say that a job cannot be done, with the code and the facts of the reason."""
    return bool(_end(_mine(job), Job.State.FAILED, told(problem)))


def give_back(job: Job, *, counts: bool) -> None:
    """Let a job wait again, for this or another worker; `counts` says whether this was one of its attempts."""
    attempts = job.attempts if counts else job.attempts - 1
    free = {"held_by": "", "held_until": None, "stage": "", "step": 0}
    try:
        with transaction.atomic():
            _mine(job).update(state=Job.State.WAITING, attempts=attempts, **free)
    except IntegrityError:
        _mine(job).delete()  # somebody asked for the same anew while this ran; that one will do it


def told(problem: DataShiftError) -> dict[str, Any]:
    """Return what is kept of a failure: its code, its text before translation, and its facts."""
    facts = {key: value if isinstance(value, int | float) else str(value) for key, value in problem.facts.items()}
    return {"code": problem.code, "text": problem.texts[problem.code], "facts": facts}


def _free(now: datetime, kinds: Mapping[str, Any] | None) -> QuerySet[Job]:
    """Jobs that wait, unless one like them runs, and jobs whose worker has not been heard of."""
    same = Job.objects.filter(kind=OuterRef("kind"), subject=OuterRef("subject"), state=Job.State.RUNNING)
    left = Q(state=Job.State.RUNNING, held_until__lt=now)
    free = Job.objects.filter(left | Q(state=Job.State.WAITING) & ~Exists(same))
    return free if kinds is None else free.filter(kind__in=list(kinds))


def _as_read(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=job.pk, state=job.state, attempts=job.attempts, held_by=job.held_by, held_until=job.held_until
    )


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, held_by=job.held_by, attempts=job.attempts)


def _end(jobs: QuerySet[Job], state: Job.State, error: dict[str, Any], **more: Any) -> int:
    return jobs.update(state=state, error=error, finished=timezone.now(), held_until=None, **more)


def _usual_steps(kind: str) -> int:
    """How many stages the last job of this kind had: what a page says before this one has come to its end."""
    last = Job.objects.filter(kind=kind, state=Job.State.DONE).order_by("-pk").values_list("steps", flat=True).first()
    return last or 0


# --- workers ----------------------------------------------------------------------------------------------------------


def seen(worker: str) -> None:
    """Say that a worker is alive."""
    Worker.objects.update_or_create(name=worker, defaults={"seen": timezone.now()})
    Worker.objects.filter(seen__lt=timezone.now() - _DAY).delete()


def gone(worker: str) -> None:
    """Say that a worker has stopped."""
    Worker.objects.filter(name=worker).delete()


def worker_seen() -> bool:
    """Say whether a worker was alive within the last minute."""
    return Worker.objects.filter(seen__gt=timezone.now() - timedelta(minutes=1)).exists()
