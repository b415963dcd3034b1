"""The road from a file to a released figure, where every process is killed before and after everything that it writes.

Each act is done again and again in a process of its own: the first is killed before its first write, the next one after
it, the next one before the second write, and so on, until one comes to its end. As a person who comes back does, an act
looks first whether it is done already.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import duckdb  # noqa: F401 - loaded once here, not anew in each process that is killed
import ibis.backends.duckdb  # noqa: F401
import vl_convert  # noqa: F401
from django.conf import settings
from django.db import connection, connections
from water_road import ASKED, DEMO, PLACE

from datashift.web import serving
from datashift.web.collection import running, suggesting  # noqa: F401
from datashift.web.collection import services as collection
from datashift.web.collection.models import Dataset, Review, Run, Upload
from datashift.web.collection.steps import next_step
from datashift.web.dashboard import refreshing  # noqa: F401
from datashift.web.dashboard import services as dashboard
from datashift.web.dashboard.models import Beside, Coverage, Figure, Ledger, Release
from datashift.web.jobs import services, worker
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Membership, Organisation, Role, User

SAID = {"rows": {"title": "Water points", "simulated": True, "row_id": "wp_id"}, "kit": {}, "columns": {},
        "place": PLACE, "asked": ASKED}  # fmt: skip
WRITES = ("INSERT", "UPDATE", "DELETE")
STAGE = 'UPDATE "jobs_job" SET "stage"'
"""What pages show of a job while it lasts: nothing rests on it, and it is written often."""
READ = {"findings": {}, "result": {}, "who": {"licence": "", "for_office": False}}


def road(killed: str) -> dict[str, Any]:
    """Go the whole road, with or without being killed; tell how often that was, and what there is in the end."""
    services.HELD, services.ATTEMPTS, worker.PAUSE = timedelta(0), 10_000, 0
    organisation = Organisation.objects.create(slug="water-watch", name="Water Watch", country="ZZ")
    for name in ("producer", "reviewer"):
        person = User.objects.create_user(f"{name}@example.org", "a long password")
        Membership.objects.create(user=person, role=Role(name), organisation=organisation)
    go = _until_one_survives if killed == "killed" else _once
    acts = [_send, _work, *(_answering(step, said) for step, said in SAID.items()), _work]
    acts += [*(_answering(step, said) for step, said in READ.items()), _ask, _release, _work]
    return {"deaths": sum(go(act) for act in acts), **_told()}


# --- acts -------------------------------------------------------------------------------------------------------------


def _send() -> None:
    data = (DEMO / "water_points.csv").read_bytes()
    parts = [data[at : at + 10_000] for at in range(0, len(data), 10_000)]
    by, organisation = User.objects.get(email__startswith="producer"), Organisation.objects.get()
    upload = collection.receive(name="water_points.csv", chunks=parts, organisation=organisation, by=by)
    collection.begin(upload=upload, by=by)


def _answering(step: str, said: dict[str, Any]) -> Callable[[], None]:
    def answer() -> None:
        dataset = Dataset.objects.get()
        by = User.objects.get(email__startswith="producer")
        if step in dataset.answers and next_step(dataset).name != step:
            return
        collection.answer(dataset=dataset, step=step, answers=said, version=dataset.version, by=by)

    return answer


def _ask() -> None:
    if not Review.objects.exists():
        by = User.objects.get(email__startswith="producer")
        collection.ask_for_review(dataset=Dataset.objects.get(), for_office=False, by=by)


def _release() -> None:
    by = User.objects.get(email__startswith="reviewer")
    dashboard.release(review=Review.objects.get(), by=by, despite="They are simulated.")


def _work() -> None:
    worker.work_off(serving.kinds())
    if Job.objects.exclude(state="done").exists():
        raise RuntimeError(list(Job.objects.values("kind", "state", "error")))


# --- how they are killed ----------------------------------------------------------------------------------------------


def _once(act: Callable[[], None]) -> int:
    act()
    return 0


def _until_one_survives(act: Callable[[], None]) -> int:
    for deaths in count():
        connections.close_all()
        child = os.fork()
        if child == 0:
            _child(act, deaths)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended != -signal.SIGKILL:
            assert ended == 0, f"{act} ended with {ended} after {deaths} deaths"
            return deaths
    raise AssertionError


def _child(act: Callable[[], None], deaths: int) -> None:
    try:
        with connection.execute_wrapper(_killing_at(deaths)):
            act()
        connections.close_all()
        os._exit(0)
    except Exception:  # noqa: BLE001 - the parent hears of it by the exit code
        traceback.print_exc()
        os._exit(1)


def _killing_at(point: int) -> Callable[..., Any]:
    """Point 0 is before the first write, 1 after it, 2 before the second."""
    seen = -1

    def wrapper(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        nonlocal seen
        if not sql.startswith(WRITES) or sql.startswith(STAGE):
            return execute(sql, *given)
        _die_at(point, seen := seen + 1)
        answer = execute(sql, *given)
        _die_at(point, seen := seen + 1)
        return answer

    return wrapper


def _die_at(point: int, now: int) -> None:
    if now == point:
        os.kill(os.getpid(), signal.SIGKILL)


# --- what there is in the end -----------------------------------------------------------------------------------------


def _told() -> dict[str, Any]:
    home = settings.HOME
    files = sorted(
        path.relative_to(home).as_posix()
        for folder in ("raw", "datasets", "releases", "evidence")
        for path in (home / folder).rglob("*")
        if path.is_file()
    )
    own = {str(Dataset.objects.get().pk): "dataset", Release.objects.get().pk: "release"}
    kept = (Upload, Dataset, Run, Review, Release, Figure, Beside, Ledger, Coverage)
    return {
        "rows": {model.__name__: model.objects.count() for model in kept},
        "figures": sorted(Figure.objects.values_list("measure", "area", "breakdown", "value")),
        "state": Dataset.objects.get().state,
        "released": Event.objects.filter(verb="release.published").count(),
        "jobs": sorted({f"{job.kind} {job.state}" for job in Job.objects.all()}),
        "files": ["/".join(own.get(part, part) for part in name.split("/")) for name in files],
    }
