"""Jobs are asked for, taken, renewed and ended; each is done once, whatever dies in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from datashift.errors import DesignError
from datashift.language import speaking
from datashift.web.jobs import services
from datashift.web.jobs.models import Job, Worker

pytestmark = pytest.mark.django_db


def abandoned(kind: str = "run", subject: str = "1", attempts: int = 1) -> Job:
    """A job whose worker was killed a while ago."""
    past = timezone.now() - timedelta(seconds=1)
    return Job.objects.create(
        kind=kind, subject=subject, state="running", held_by="dead", held_until=past, attempts=attempts
    )


# --- asked for --------------------------------------------------------------------------------------------------------


def test_asking_twice_is_asking_once() -> None:
    assert services.enqueue("run", "1") == services.enqueue("run", "1")
    assert services.enqueue("run", "1") != services.enqueue("run", "2")
    assert Job.objects.count() == 2


def test_what_is_asked_for_while_one_runs_is_done_after_it() -> None:
    """The one that runs may have read what was there before the change."""
    first = services.enqueue("refresh", "TZ")
    running = services.take("one")
    second = services.enqueue("refresh", "TZ")
    assert (running, second == first) == (first, False)
    assert services.latest("refresh", "TZ") == second
    assert services.take("two") is None
    assert running is not None
    services.finish(running)
    assert services.take("two") == second


def test_a_job_asked_for_in_a_transaction_that_is_undone_was_never_asked_for() -> None:
    def broken() -> None:
        with transaction.atomic():
            services.enqueue("run", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert services.take("one") is None


# --- taken ------------------------------------------------------------------------------------------------------------


def test_the_oldest_job_is_taken_first_and_by_one_worker() -> None:
    first, second = services.enqueue("run", "1"), services.enqueue("suggest", "1")
    assert [services.take(name) for name in ("one", "two", "three")] == [first, second, None]


def test_a_worker_takes_only_what_it_can_do() -> None:
    services.enqueue("fly", "1")
    assert services.take("one", {"run": None}) is None
    assert services.latest("fly", "1").state == "waiting"  # type: ignore[union-attr]


def test_the_database_itself_lets_one_run_at_a_time() -> None:
    abandoned()
    with pytest.raises(IntegrityError), transaction.atomic():
        abandoned()


def test_a_job_whose_worker_died_is_taken_again_and_keeps_its_count() -> None:
    left = abandoned(attempts=1)
    taken = services.take("new")
    assert taken == left
    assert taken is not None
    assert (taken.held_by, taken.attempts, taken.stage, taken.step) == ("new", 2, "", 0)


def test_a_job_whose_worker_lives_is_left_to_it() -> None:
    services.enqueue("run", "1")
    job = services.take("one")
    assert job is not None
    Job.objects.update(held_until=timezone.now() + timedelta(seconds=1))
    assert services.renew(job)
    assert services.take("two") is None
    assert Job.objects.get().held_until > timezone.now() + timedelta(seconds=25)  # type: ignore[operator]


def test_after_three_deaths_a_job_is_given_up_and_says_why_in_the_readers_language() -> None:
    job = abandoned(attempts=services.ATTEMPTS)
    assert services.take("new") is None
    job.refresh_from_db()
    assert (job.state, job.error["code"]) == ("failed", "site.died")
    assert "3 times" in services.problem(job)
    assert job.finished is not None


# --- ended ------------------------------------------------------------------------------------------------------------


def test_a_worker_that_was_thought_dead_changes_nothing_any_more() -> None:
    services.enqueue("run", "1")
    slow = services.take("slow")
    assert slow is not None
    Job.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    quick = services.take("quick")
    assert quick == slow
    assert not services.renew(slow)
    assert not services.finish(slow)
    assert not services.fail(slow, DesignError("estimate.empty-table"))
    services.stage(slow, "reading")
    services.give_back(slow, counts=False)
    now = Job.objects.get()
    assert (now.state, now.held_by, now.stage) == ("running", "quick", "")


def test_a_failure_is_kept_as_code_text_and_facts_and_said_in_every_language() -> None:
    services.enqueue("run", "1")
    job = services.take("one")
    assert job is not None
    services.fail(job, DesignError("estimate.negative-weight", column="w"))
    kept = services.latest("run", "1")
    assert kept is not None
    assert kept.error == {
        "code": "estimate.negative-weight", "facts": {"column": "w"},
        "text": "The weight column “{column}” has values below zero. Correct them.",
    }  # fmt: skip
    said = set()
    for language in ("en", "es", "sw", "ne"):
        with speaking(language):
            said.add(services.problem(kept))
    assert len(said) == 4
    assert all("w" in text for text in said)


def test_what_was_given_back_waits_again_and_that_was_no_attempt() -> None:
    services.enqueue("run", "1")
    job = services.take("one")
    assert job is not None
    services.give_back(job, counts=False)
    again = services.take("two")
    assert again == job
    assert again is not None
    assert again.attempts == 1


def test_what_is_given_back_while_it_was_asked_for_anew_is_done_once() -> None:
    services.enqueue("run", "1")
    job = services.take("one")
    assert job is not None
    asked = services.enqueue("run", "1")
    services.give_back(job, counts=False)
    assert list(Job.objects.all()) == [asked]


def test_how_far_a_job_is_is_said_in_steps_of_the_last_of_its_kind() -> None:
    for subject in ("1", "2"):
        services.enqueue("run", subject)
        job = services.take("one")
        assert job is not None
        job.refresh_from_db()
        assert job.steps == (0 if subject == "1" else 2)
        for text in ("reading", "estimating"):
            services.stage(job, text)
        job.refresh_from_db()
        assert (job.stage, job.step, job.steps) == ("estimating", 2, 2)
        services.finish(job)


# --- workers ----------------------------------------------------------------------------------------------------------


def test_a_worker_is_seen_for_a_minute_and_gone_when_it_says_so() -> None:
    assert not services.worker_seen()
    services.seen("one")
    assert services.worker_seen()
    Worker.objects.update(seen=timezone.now() - timedelta(seconds=61))
    assert not services.worker_seen()
    services.seen("one")
    services.gone("one")
    assert not services.worker_seen()


def test_workers_of_yesterday_are_forgotten() -> None:
    Worker.objects.create(name="old", seen=timezone.now() - timedelta(days=2))
    services.seen("new")
    assert [worker.name for worker in Worker.objects.all()] == ["new"]
