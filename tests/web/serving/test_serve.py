"""From an empty folder to a site that answers, stops cleanly and comes back, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from real_site import Site, children, until

pytestmark = pytest.mark.enable_socket


def worker_of(pid: int) -> int:
    return next((child for child, command in children(pid).items() if " work " in command), 0)


def test_an_empty_folder_becomes_a_site_that_stops_cleanly(both: Site) -> None:
    process = both.serve()
    assert stat.S_IMODE(both.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((both.home / "secret.key").stat().st_mode) == 0o600
    assert (both.home / "static" / "staticfiles.json").is_file()
    assert both.get("/en/") == 200
    until(lambda: both.get("/health") == 200)
    begun = children(process.pid)
    assert len(begun) == 2
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert f"http://localhost:{both.port}/en/" in out
    assert "Traceback" not in err
    assert not any(Path(f"/proc/{pid}").exists() for pid in begun)
    assert both.get("/en/") == 0


def test_a_site_without_an_administrator_prints_the_link_to_become_one_as_json_too(alone: Site) -> None:
    process = alone.serve("--json")
    assert process.stdout is not None
    links = json.loads(process.stdout.readline())
    assert links["address"] == f"http://localhost:{alone.port}/en/"
    assert links["first"].startswith(f"http://localhost:{alone.port}/")
    assert alone.get(links["first"].removeprefix(f"http://localhost:{alone.port}")) == 200


def test_processes_that_start_together_set_the_store_up_one_after_the_other(both: Site) -> None:
    together = [both.start("-c", "import sys; from pathlib import Path; from datashift.web import serving;"
                           "serving.get_ready(Path(sys.argv[1]))", str(both.home)) for _one in range(4)]  # fmt: skip
    assert [process.communicate(timeout=120)[1] for process in together] == [""] * 4
    assert [process.returncode for process in together] == [0] * 4


def test_files_that_are_served_are_not_touched_by_a_process_that_starts_later(alone: Site) -> None:
    alone.do("told")
    before = {path: path.stat().st_ctime_ns for path in (alone.home / "static").rglob("*.js*")}
    assert before
    alone.do("told")
    assert {path: path.stat().st_ctime_ns for path in before} == before
    mark = alone.home / "static" / "collected-from"
    mark.write_text("another version")
    alone.do("told")
    assert mark.read_text() != "another version"


def test_the_key_of_a_store_stays_and_its_jobs_too(alone: Site) -> None:
    alone.do("enqueue", "slowly", "kept")
    key = (alone.home / "secret.key").read_bytes()
    process = alone.serve("--no-worker")
    assert len(children(process.pid)) == 1
    assert (alone.home / "secret.key").read_bytes() == key
    assert alone.do("told")["jobs"] == [["slowly", "kept", "waiting", 0, "", ""]]


def test_a_second_site_on_the_same_port_says_so(alone: Site, tmp_path: Path) -> None:
    alone.serve("--no-worker")
    other = alone.start("-m", "datashift.cli", "serve", "--port", str(alone.port))
    _out, err = other.communicate(timeout=30)
    assert other.returncode == 2
    assert "[site.port-taken]" in err
    assert "Traceback" not in err


def test_a_worker_or_a_web_server_that_died_is_begun_again(alone: Site) -> None:
    process = alone.serve()
    until(lambda: alone.get("/health") == 200)
    for dead in children(process.pid):
        os.kill(dead, signal.SIGKILL)
        until(lambda dead=dead: len(set(children(process.pid)) - {dead}) == 2)
        until(lambda: alone.get("/en/") == 200)
    assert worker_of(process.pid)


def test_nothing_is_left_behind_when_the_site_is_killed(alone: Site) -> None:
    process = alone.serve()
    begun = children(process.pid)
    assert len(begun) == 2
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in begun))
    alone.serve("--no-worker")
    assert alone.get("/en/") == 200


def test_without_the_parts_of_the_web_the_repair_is_said(alone: Site) -> None:
    code = "import sys; sys.modules['granian'] = None; from datashift.cli import main; sys.exit(main(['serve']))"
    done = subprocess.run([sys.executable, "-c", code], env=alone.environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert 'pip install "datashift[web]"' in done.stderr
    assert "[site.no-web]" in done.stderr


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:9/none", "carrierpigeon://coop/4"])
def test_a_database_that_does_not_answer_is_a_coded_failure(alone: Site, address: str) -> None:
    alone.environment["DATASHIFT_DATABASE"] = address
    process = alone.start("-m", "datashift.cli", "serve", "--port", str(alone.port))
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "[site.database]" in err
    assert "Traceback" not in err


def test_a_store_that_cannot_be_written_is_a_coded_failure(alone: Site) -> None:
    alone.home.write_text("a file, not a folder", "utf-8")
    process = alone.start("-m", "datashift.cli", "serve", "--port", str(alone.port))
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 4
    assert "[source.no-store]" in err


def test_a_worker_on_a_store_without_a_site_says_what_comes_first(alone: Site) -> None:
    process = alone.start("-m", "datashift.cli", "work", "--batch")
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "[site.not-ready]" in err


HEAVY = """
import sys
from pathlib import Path
from datashift import cli
from datashift.web import serving
home = Path(sys.argv[1])
sys.argv[1:] = ["work", "--quiet"]
serving.get_ready(home)
from datashift.web.jobs import worker
worker.HEAVY = 1
sys.exit(cli.console())
"""


def test_an_idle_worker_that_has_grown_heavy_begins_anew_as_the_same_process(alone: Site) -> None:
    worker = alone.start("-c", HEAVY, str(alone.home))
    command = Path(f"/proc/{worker.pid}/cmdline")
    until(lambda: command.read_text().split("\0")[1:5] == ["-m", "datashift.cli", "work", "--quiet"])
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=30)
    assert worker.returncode in (0, -signal.SIGTERM)
