"""The worker: takes one job after the other in a process of its own, says that it lives, and stops cleanly.

Jobs are done in this process, not in one each: the libraries behind a run take seconds to load, and a run takes about
as long. Memory that jobs leave behind goes back when the worker begins anew (`work` returns, `datashift work` starts
itself again). The web is another process, and when memory runs out the system ends the worker first.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from datashift.errors import CannotServe, DataShiftError
from datashift.language import speaking
from datashift.web.jobs import services
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import Work

BEAT = 10.0
"""Seconds between two signs of life; three of them fit into the time for which a job is held."""
PAUSE = 0.5
"""Seconds between two looks for a job."""
LONGEST = 3600.0
"""Seconds after which a job counts as hung: the worker ends, and the job is begun again."""
HEAVY = 450 * 2**20
"""Bytes of memory above which an idle worker begins anew."""

_log = logging.getLogger("datashift.jobs")
_NOT_NOW = (OperationalError, InterfaceError)
"""The database cannot be asked at the moment: nothing is wrong with the job."""


class Stopped(BaseException):
    """The worker was asked to stop while it was at a job. Not an Exception, so that no job takes it for its own."""


@dataclass
class Hand:
    """A worker at work: its name, the job that it holds, since when, and whether it was asked to stop."""

    name: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}")
    job: Job | None = None
    since: float = 0.0
    inside: bool = False
    stopping: bool = False

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Stop soon; a job that is being done is broken off at once and given back."""
        self.stopping = True
        if self.inside:
            self.inside = False
            raise Stopped


class Ended(NamedTuple):
    """How a worker ended: how many jobs it did, and whether it has grown so heavy that it should begin anew."""

    done: int
    heavy: bool


def work(
    kinds: Mapping[str, Work], *, once: bool = False, batch: bool = False,
    daily: Sequence[str] = (), quarterly: Sequence[str] = (),
) -> Ended:  # fmt: skip
    """Do jobs until somebody stops this process or it has grown heavy.

    With `once` one job at most, with `batch` until none waits. Kinds of jobs in `daily` are asked for once a day,
    those in `quarterly` every quarter of an hour.
    """
    hand, count, heavy = Hand(), 0, False
    services.seen(hand.name)
    with _listening(hand), _beating(hand):
        while not hand.stopping:
            try:
                services.each_day(daily)
                services.each_quarter(quarterly)
                found = _next(hand, kinds)
            except Stopped:
                break
            except _NOT_NOW:
                _log.warning("database away", exc_info=True)
                close_old_connections()
                time.sleep(4 * PAUSE)
                continue
            count += found
            heavy = not found and not batch and memory() > HEAVY
            if heavy or (found and once) or (batch and not found):
                break
            if not found:
                time.sleep(PAUSE)
    services.gone(hand.name)
    return Ended(count, heavy)


def work_off(kinds: Mapping[str, Work]) -> int:
    """Do what waits, here and now, without listening to signals; return how many jobs were done."""
    hand, count = Hand(), 0
    while _next(hand, kinds):
        count += 1
    return count


def memory() -> int:
    """Return how many bytes of memory this process takes; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _next(hand: Hand, kinds: Mapping[str, Work]) -> bool:
    """Take a job and do it; say whether there was one."""
    close_old_connections()
    job = services.take(hand.name, kinds)
    if job is None:
        return False
    if hand.stopping:
        services.give_back(job, counts=False)
        return False
    hand.job, hand.since = job, time.monotonic()
    facts = {"job": job.pk, "kind": job.kind, "attempt": job.attempts}
    _log.info("job begun", extra=facts)
    try:
        ended = _do(hand, job, kinds[job.kind])
    except Stopped:
        services.give_back(job, counts=False)
        _log.info("job given back", extra=facts)
        raise
    finally:
        hand.job = None
    _log.info(ended, extra=facts | {"seconds": round(time.monotonic() - hand.since, 2)})
    return True


def _do(hand: Hand, job: Job, function: Work) -> str:
    facts = {"job": job.pk, "kind": job.kind, "attempt": job.attempts}
    try:
        _call(hand, job, function)
    except DataShiftError as problem:
        _log.info("job refused", extra=facts | {"code": problem.code})
        return "job ended" if services.fail(job, problem) else "job lost"
    except (MemoryError, *_NOT_NOW):
        _log.exception("job put off", extra=facts)
        close_old_connections()
        time.sleep(PAUSE)
        services.give_back(job, counts=True)
        return "job put off"
    except Exception:  # noqa: BLE001 - whatever a job does, the worker goes on, and the log has its place in the code
        _log.exception("job broken", extra=facts)
        return "job ended" if services.fail(job, CannotServe("site.unexpected", job=job.pk)) else "job lost"
    return "job done" if services.finish(job) else "job lost"


def _call(hand: Hand, job: Job, function: Work) -> None:
    hand.inside = True
    try:
        with speaking("en"):
            function(job.subject, partial(services.stage, job))
    finally:
        hand.inside = False


@contextmanager
def _listening(hand: Hand) -> Iterator[None]:
    """Stop cleanly when the system or the keyboard asks for it."""
    before = {number: signal.signal(number, hand.stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _beating(hand: Hand) -> Iterator[None]:
    """Say in a thread that the worker lives and holds its job, however long that takes."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            if hand.job is not None and time.monotonic() - hand.since > LONGEST:
                _log.error("job hangs", extra={"job": hand.job.pk, "kind": hand.job.kind})
                os._exit(70)
            try:
                services.seen(hand.name)
                if (job := hand.job) is not None:
                    services.renew(job)
            except _NOT_NOW:
                _log.warning("no sign of life", exc_info=True)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(2)
