"""Real processes of the site: server and worker on a store of their own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from real_site import Site


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite, and one on PostgreSQL."""
    database = "" if request.param == "sqlite" else _new_database(request.getfixturevalue("postgresql"))
    yield from _with(Site(tmp_path / "store", database))


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite."""
    yield from _with(Site(tmp_path / "store", ""))


def _with(site: Site) -> Iterator[Site]:
    yield site
    site.end()


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that is thrown away afterwards, without the name of a database."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("there is no PostgreSQL server on this machine")
    user = _runner()
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody to run it")
    folder = Path(tempfile.mkdtemp(prefix="datashift-site-"))
    alone = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    if alone:
        shutil.chown(folder, user)

    def do(program: str, *arguments: str) -> None:
        command = [*alone, str(folders[-1] / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    do("initdb", "-A", "trust", "-N", "-U", "tester", "-E", "UTF8", "--locale=C")
    do("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-c listen_addresses='' -c fsync=off -k {folder}", "start")
    yield f"postgresql://tester@{str(folder).replace('/', '%2F')}"
    do("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def _runner() -> str | None:
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known and shutil.which("runuser")), None)


def _new_database(server: str) -> str:
    name = f"site{time.monotonic_ns()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return f"{server}/{name}"
