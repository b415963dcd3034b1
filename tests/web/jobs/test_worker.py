"""The worker does one job after the other, survives what they do, and stops cleanly."""

from __future__ import annotations

import json
import logging
import os
import signal
from typing import Any

import pytest
from django.db import OperationalError

from datashift.errors import DesignError
from datashift.language import current, speaking
from datashift.web.frame.logs import Json
from datashift.web.jobs import services, worker
from datashift.web.jobs.models import Job, Worker
from datashift.web.jobs.services import Progress, enqueue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PAUSE", 0)


def test_what_waits_is_done_and_then_a_batch_is_over() -> None:
    enqueue("note", "a")
    enqueue("note", "b")
    done: list[str] = []
    ended = worker.work({"note": lambda subject, _say: done.append(subject)}, batch=True)
    assert (done, ended.done) == (["a", "b"], 2)
    assert {job.state for job in Job.objects.all()} == {"done"}
    assert not Worker.objects.exists()


def test_once_is_one_job() -> None:
    enqueue("note", "a")
    enqueue("note", "b")
    assert worker.work({"note": lambda _subject, _say: None}, once=True).done == 1
    assert Job.objects.filter(state="waiting").count() == 1


def test_a_job_that_asks_for_another_has_it_done_too() -> None:
    enqueue("first", "a")
    done: list[str] = []

    def first(subject: str, say: Progress) -> None:
        enqueue("second", subject)

    assert worker.work_off({"first": first, "second": lambda subject, _say: done.append(subject)}) == 2
    assert done == ["a"]


def test_stages_are_written_down_and_jobs_speak_english_wherever_the_worker_runs() -> None:
    enqueue("run", "a")
    heard: list[tuple[str, str]] = []

    def run(subject: str, say: Progress) -> None:
        say("reading the file")
        job = services.latest("run", subject)
        assert job is not None
        heard.append((current(), job.stage))

    with speaking("sw"):
        worker.work_off({"run": run})
    assert heard == [("en", "reading the file")]


def test_a_coded_failure_ends_the_job_and_the_worker_goes_on() -> None:
    enqueue("run", "bad")
    enqueue("run", "good")

    def run(subject: str, say: Progress) -> None:
        if subject == "bad":
            raise DesignError("estimate.empty-table")

    assert worker.work_off({"run": run}) == 2
    bad, good = services.latest("run", "bad"), services.latest("run", "good")
    assert bad is not None
    assert good is not None
    assert (bad.state, services.problem(bad), good.state) == ("failed", "The table has no rows.", "done")


def test_a_fault_of_ours_is_told_to_people_in_plain_words_and_to_the_log_without_data(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = enqueue("run", "a")

    def run(subject: str, say: Progress) -> None:
        raise ValueError("Asha Mwangi, +255 700 000 000")

    with caplog.at_level(logging.INFO, "datashift.jobs"):
        worker.work_off({"run": run})
    job.refresh_from_db()
    assert (job.state, job.error["code"], job.error["facts"]) == ("failed", "site.unexpected", {"job": job.pk})
    assert str(job.pk) in services.problem(job)
    lines = [Json().format(record) for record in caplog.records]
    assert not any("Asha" in line or "255" in line for line in lines)
    [told] = [json.loads(line) for line in lines if "exception" in line]
    assert (told["job"], told["exception"]) == (job.pk, "ValueError")
    assert any("test_worker.py" in place for place in told["at"])


@pytest.mark.parametrize("trouble", [MemoryError, OperationalError])
def test_want_of_memory_or_of_the_database_is_tried_again_but_not_for_ever(trouble: type[Exception]) -> None:
    enqueue("run", "a")
    tries: list[str] = []

    def run(subject: str, say: Progress) -> None:
        tries.append(subject)
        raise trouble

    worker.work_off({"run": run})
    job = services.latest("run", "a")
    assert job is not None
    assert (len(tries), job.state, job.error["code"]) == (3, "failed", "site.died")


def test_a_worker_that_is_asked_to_stop_gives_its_job_back_at_once() -> None:
    enqueue("run", "a")
    before = signal.getsignal(signal.SIGTERM)
    reached: list[str] = []

    def run(subject: str, say: Progress) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):
            pass
        reached.append("the end")

    assert worker.work({"run": run}).done == 0
    job = Job.objects.get()
    assert (job.state, job.attempts, job.held_by, reached) == ("waiting", 0, "", [])
    assert signal.getsignal(signal.SIGTERM) == before


def test_no_job_can_mistake_the_wish_to_stop_for_its_own_trouble() -> None:
    enqueue("run", "a")

    def run(subject: str, say: Progress) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(1000):
                pass
        except Exception:  # noqa: BLE001
            say("caught")

    worker.work({"run": run})
    assert Job.objects.get().state == "waiting"


def test_an_idle_worker_that_has_grown_heavy_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "HEAVY", 1)
    enqueue("run", "a")
    assert worker.work({"run": lambda _subject, _say: None}) == (1, True)


def test_the_database_may_be_away_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue("run", "a")
    take, troubles = services.take, [OperationalError("away")]

    def taken(*given: Any) -> Job | None:
        if troubles:
            raise troubles.pop()
        return take(*given)

    monkeypatch.setattr(services, "take", taken)
    assert worker.work({"run": lambda _subject, _say: None}, once=True).done == 1


def test_the_memory_of_this_process_is_known() -> None:
    assert worker.memory() > 10 * 2**20
