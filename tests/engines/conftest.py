"""The engines that this machine can start: a Spark of its own, and a PostgreSQL that is thrown away afterwards."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark session. Tests that use it need the marker `allow_hosts("127.0.0.1")`, to speak with its JVM."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is no java on this machine")
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = pyspark.SparkSession.builder.master("local[2]").appName("datashift-tests")
    quiet = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.log.level": "OFF"}
    session = builder.config(map=quiet).getOrCreate()
    yield session
    session.stop()


def _programs() -> Path | None:
    """The folder of PostgreSQL's server programs; distributions keep them off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


def _user() -> str | None:
    """Who may run the server: not root, to whom it refuses itself."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known and shutil.which("runuser")), None)


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, reached over a Unix socket."""
    pytest.importorskip("adbc_driver_postgresql", reason="the PostgreSQL driver is not installed")
    programs, user = _programs(), _user()
    if programs is None:
        pytest.skip("there is no PostgreSQL server on this machine")
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody to run it")
    # Not below tmp_path: its folders are closed to other users, and the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="datashift-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    alone = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []

    def do(program: str, *arguments: str) -> None:
        command = [*alone, str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    do("initdb", "-A", "trust", "-N", "-U", "tester", "-E", "UTF8", "--locale=C")
    # A connection ends when Python looks for garbage, which in a long run of tests it seldom does.
    served = f"-c listen_addresses='' -c fsync=off -c max_connections=600 -k {folder}"
    do("pg_ctl", "-w", "-l", str(folder / "log"), "-o", served, "start")
    yield f"postgresql:///postgres?host={folder}&user=tester"
    do("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)
