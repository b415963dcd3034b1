"""What a process of the site does in tests. It is imported once the store is ready.

Its jobs do what real ones do: read, write in one transaction, and may be killed at any point in between.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.test import Client

from datashift import cli
from datashift.web import serving
from datashift.web.collection.models import Dataset, Upload
from datashift.web.dashboard.models import Figure, Ledger, Release
from datashift.web.jobs import services, worker
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Membership, Organisation, Role, User

HOME = Path(os.environ["DATASHIFT_HOME"])


def slowly(subject: str, say: Callable[[str], None]) -> None:
    """Write an organisation once; wait before and after for as long as the test wants."""

    say("before")
    _wait("before")
    Organisation.objects.get_or_create(slug=subject, defaults={"name": subject})
    say("after")
    _wait("after")


def deadly(subject: str, say: Callable[[str], None]) -> None:
    """End the process as the system does when memory runs out."""
    os.kill(os.getpid(), 9)


def _wait(point: str) -> None:
    with (HOME / "diary").open("a", encoding="utf-8") as diary:
        diary.write(f"{point} {os.getpid()}\n")
    while (HOME / f"wait-{point}").exists():
        time.sleep(0.02)


# --- what a test asks for ---------------------------------------------------------------------------------------------


def work(*options: str) -> None:

    serving.KINDS |= {"slowly": __name__, "deadly": __name__}
    services.HELD, worker.BEAT, worker.PAUSE = timedelta(seconds=1.5), 0.3, 0.05
    serving.DAILY = serving.QUARTERLY = ()  # what is done every day would stand among the jobs of the tests
    sys.exit(cli.main(["work", "--quiet", *options]))


def enqueue(kind: str, subject: str) -> None:

    services.enqueue(kind, subject)


def told() -> dict[str, Any]:

    jobs = [[j.kind, j.subject, j.state, j.attempts, j.stage, j.error.get("code", "")] for j in Job.objects.all()]
    return {"jobs": jobs, "organisations": sorted(Organisation.objects.values_list("slug", flat=True))}


def published() -> dict[str, Any]:
    """Tell what is public, and in whose name."""
    found = Release.objects.select_related("organisation").values_list("pk", "organisation__name", "number")
    return {
        "releases": [list(one) for one in found],
        "figures": Figure.objects.filter(current=True).count(),
        "ledgers": Ledger.objects.count(),
        "by": [event.actor for event in Event.objects.filter(verb="release.published")],
    }


def producer() -> dict[str, str]:
    """Make a person who may send files, and sign them in."""
    organisation = Organisation.objects.create(slug="water-watch", name="Water Watch", country="ZZ")
    person = User.objects.create_user("producer@example.org", "a long password")
    Membership.objects.create(user=person, role=Role.PRODUCER, organisation=organisation)
    client = Client()
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    return {"organisation": str(organisation.pk), "session": client.cookies["sessionid"].value}


def sent() -> dict[str, Any]:
    """Tell what came in, and what of it lies in the store."""
    raw = (
        [path for path in (HOME / "raw").glob("*") if not path.name.startswith(".")] if (HOME / "raw").exists() else []
    )
    return {
        "uploads": Upload.objects.count(), "datasets": Dataset.objects.count(), "jobs": Job.objects.count(),
        "kept": sorted(path.stat().st_size for path in raw),
    }  # fmt: skip


def together(threads: str, each: str) -> dict[str, Any]:
    """Read and write from several threads at once; count what was refused."""

    refused: list[str] = []

    def write(own: str) -> None:
        for n in range(int(each)):
            try:
                with transaction.atomic():
                    found = Organisation.objects.count()
                    Organisation.objects.create(slug=f"{own}-{n}", name=str(found))
                list(Organisation.objects.order_by("-pk")[:20])
            except DatabaseError as problem:
                refused.append(str(problem))
        connection.close()

    _at_once([lambda own=str(k): write(own) for k in range(int(threads))])
    return {"refused": refused, "written": Organisation.objects.count()}


def taken(threads: str, jobs: str) -> dict[str, Any]:
    """Let several workers take the same jobs."""

    for n in range(int(jobs)):
        services.enqueue("count", str(n))
    got: list[str] = []

    def take(own: str) -> None:
        while (job := services.take(own)) is not None:
            got.append(job.subject)
            services.finish(job)
        connection.close()

    _at_once([lambda own=str(k): take(own) for k in range(int(threads))])
    return {"taken": sorted(map(int, got))}


def _at_once(functions: list[Callable[[], None]]) -> None:
    started = [threading.Thread(target=function) for function in functions]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def main(what: str, *given: str) -> None:
    room, _dot, name = what.rpartition(".")
    answer = getattr(import_module(room or __name__), name)(*given)
    if answer is not None:
        sys.stdout.write(json.dumps(answer))
