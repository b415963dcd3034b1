"""Whatever is killed: nothing is lost, nothing is doubled. On SQLite and on PostgreSQL."""

from __future__ import annotations

import signal

import pytest
from real_site import Site, until

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_job_whose_worker_is_killed_is_done_by_the_next_and_once(both: Site, point: str) -> None:
    both.do("enqueue", "slowly", "well")
    (both.home / f"wait-{point}").touch()
    first = both.worker()
    until(lambda: point in both.diary())
    first.kill()
    first.communicate()
    (both.home / f"wait-{point}").unlink()
    second = both.worker()
    until(lambda: both.diary().count("after") == (1 if point == "before" else 2))
    until(lambda: both.do("told")["jobs"] == [["slowly", "well", "done", 2, "after", ""]])
    assert both.do("told")["organisations"] == ["well"]
    second.send_signal(signal.SIGTERM)
    out, err = second.communicate(timeout=20)
    assert (second.returncode, out.strip()) == (0, "Jobs done: 1."), err


def test_a_long_job_is_held_by_its_living_worker(both: Site) -> None:
    """Its lease is 1.5 s here, and a second worker looks for jobs all the while."""
    both.do("enqueue", "slowly", "well")
    (both.home / "wait-before").touch()
    first = both.worker("--once")
    until(lambda: "before" in both.diary())
    second = both.worker()
    with pytest.raises(AssertionError):
        until(lambda: both.diary().count("before") > 1, seconds=4)
    (both.home / "wait-before").unlink()
    out, err = first.communicate(timeout=30)
    assert out.strip() == "Jobs done: 1.", err
    assert both.do("told") == {"jobs": [["slowly", "well", "done", 1, "after", ""]], "organisations": ["well"]}
    assert second.poll() is None


def test_a_worker_that_is_stopped_gives_its_job_back_and_the_next_need_not_wait(both: Site) -> None:
    both.do("enqueue", "slowly", "well")
    (both.home / "wait-after").touch()
    first = both.worker()
    until(lambda: "after" in both.diary())
    first.send_signal(signal.SIGTERM)
    _out, err = first.communicate(timeout=20)
    assert first.returncode == 0, err
    assert both.do("told")["jobs"] == [["slowly", "well", "waiting", 0, "", ""]]
    (both.home / "wait-after").unlink()
    both.worker("--batch").communicate(timeout=60)
    assert both.do("told") == {"jobs": [["slowly", "well", "done", 1, "after", ""]], "organisations": ["well"]}


def test_a_job_that_kills_every_worker_is_given_up_and_the_others_are_done(alone: Site) -> None:
    alone.do("enqueue", "deadly", "bomb")
    alone.do("enqueue", "slowly", "well")
    for _attempt in range(3):
        worker = alone.worker()
        worker.communicate(timeout=60)
        assert worker.returncode == -signal.SIGKILL
    alone.worker()
    ended = [["deadly", "bomb", "failed", 3, "", "site.died"], ["slowly", "well", "done", 1, "after", ""]]
    until(lambda: alone.do("told")["jobs"] == ended)


def test_eight_threads_read_and_write_and_none_is_refused(both: Site) -> None:
    assert both.do("together", "8", "25") == {"refused": [], "written": 200}


def test_workers_that_take_at_the_same_time_take_each_job_once(both: Site) -> None:
    assert both.do("taken", "6", "60") == {"taken": list(range(60))}
