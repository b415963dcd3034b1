"""The site as processes: a store made ready, the web server, and the worker beside it."""

from __future__ import annotations

import fcntl
import gc
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from pathlib import Path
from typing import Any

from datashift.errors import CannotServe, SourceUnavailable
from datashift.language import current

KINDS = {
    "gather": "datashift.web.collection.gathering",
    "pull": "datashift.web.collection.pulling",
    "pull_due": "datashift.web.collection.sources",
    "suggest": "datashift.web.collection.suggesting",
    "look": "datashift.web.collection.looking",
    "run": "datashift.web.collection.running",
    "refresh": "datashift.web.dashboard.refreshing",
    "dossier": "datashift.web.dashboard.printing",
    "screen": "datashift.web.collection.screening",
    "reconsider": "datashift.web.dashboard.withdrawing",
    "retain": "datashift.web.collection.retaining",
    "retain_answers": "datashift.web.fieldwork.retaining",
    "fetch_mail": "datashift.web.fieldwork.messages.mail",
    "send_messages": "datashift.web.fieldwork.messages.sending",
    "check_answers": "datashift.web.fieldwork.checking_answers",
    "check_late_answers": "datashift.web.fieldwork.checking_answers",
    "export_answers": "datashift.web.fieldwork.exporting_answers",
    "map_answers": "datashift.web.fieldwork.mapping",
    "draw_sample": "datashift.web.fieldwork.drawing_samples",
    "prove_sample": "datashift.web.fieldwork.drawing_samples",
    "draw_back_checks": "datashift.web.fieldwork.back_checking",
    "protect_answers": "datashift.web.fieldwork.protecting_answers",
    "clear_exports": "datashift.web.fieldwork.exports",
}
"""The module whose function of the same name does a kind of job. It is loaded at the first job of its kind."""

DAILY = ("retain", "retain_answers", "clear_exports")
"""Jobs that the worker asks for itself, once a day."""

QUARTERLY = ("pull_due", "fetch_mail", "send_messages", "check_late_answers")
"""Jobs that the worker asks for itself, every quarter of an hour."""

THREADS = 16
"""Requests answered at a time. One that sends a large file slowly keeps a thread for as long as that takes."""
COMMON_GC = (700, 10, 10)
"""How often Python looks for garbage by itself; commands that live for seconds only do so less."""
_PATIENCE = 10
_PARENT = "DATASHIFT_PARENT"
_DAY = 86_400


# --- a store that is ready --------------------------------------------------------------------------------------------


def get_ready(home: Path, *, set_up: bool = True) -> None:
    """Make the store at `home` ready for the site: folder, key, settings, and with `set_up` database and static files.

    Raises CannotServe where parts are not installed, the database does not answer or was not set up, and
    SourceUnavailable where nothing can be written.
    """
    _make_private(home)
    _keep_to(home / "passing")
    os.environ["DATASHIFT_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datashift.web.settings")
    _start_django()
    from django.db import InterfaceError, OperationalError

    with _one_at_a_time(home):
        try:
            _set_up_database(allowed=set_up)
        except (OperationalError, InterfaceError) as problem:
            raise CannotServe("site.database", problem=_first_line(problem)) from problem
        if set_up:
            from datashift.web.frame.static import collect
            from datashift.web.standards.profiles import sync_profiles
            from datashift.web.standards.services import sync

            collect()
            sync()
            sync_profiles()


def address(name: str, *args: str) -> str:
    """Return the whole address of a page, in the current language."""
    from django.conf import settings
    from django.urls import reverse
    from django.utils.translation import override

    with override(current()):
        return f"{settings.ORIGIN}{reverse(name, args=args)}"


def _make_private(home: Path) -> None:
    """The store and its key belong to whoever runs the site, and to nobody else."""
    key = home / "secret.key"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):
            home.chmod(0o700)
        if not key.is_file() or not key.stat().st_size:
            new = home / f"secret.key.{os.getpid()}"
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
                stream.write(secrets.token_urlsafe(50))
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(key)
    except OSError as problem:
        raise SourceUnavailable("source.no-store", folder=home, problem=problem.strerror or problem) from problem


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Have processes that start together set the store up one after the other."""
    handle = os.open(home / ".setting-up", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):  # some network disks have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _keep_to(folder: Path) -> None:
    """Have everything that is written in passing in the store, and clear what processes that were killed left there.

    A file on its way in, or a draft being made, is as private as what stays.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    elsewhere = ("raw/.incoming-*", "datasets/*/.making-*")
    for left in (*folder.iterdir(), *(path for pattern in elsewhere for path in folder.parent.glob(pattern))):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _start_django() -> None:
    try:
        import dj_database_url
        import django
        import granian  # noqa: F401 - asked for here, so that it is missed before anything was written

        django.setup()
    except ModuleNotFoundError as problem:
        if (problem.name or "").startswith("datashift"):
            raise
        raise CannotServe("site.no-web", missing=problem.name) from problem
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as problem:
        raise CannotServe("site.database", problem=_first_line(problem)) from problem


def _set_up_database(*, allowed: bool) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not allowed:
        raise CannotServe("site.not-ready")
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]


# --- jobs -------------------------------------------------------------------------------------------------------------


def kinds(*names: str) -> dict[str, Callable[..., None]]:
    """Return who does each kind of job; with names, these kinds only."""
    return {name: partial(_call, module, name) for name, module in KINDS.items() if not names or name in names}


def _call(module: str, name: str, *arguments: Any) -> None:
    getattr(import_module(module), name)(*arguments)


# --- the processes ----------------------------------------------------------------------------------------------------


def require_free(host: str, port: int) -> None:
    """Raise CannotServe where another program listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CannotServe("site.port-taken", host=host, port=port) from problem


def serve(host: str, port: int, *, worker: bool, up: Callable[[], None], log: Path | None = None) -> None:
    """Run the web server, and the worker beside it, until somebody stops this process; call `up` once it answers.

    The web server is one process with threads, begun again when it dies; so is the worker. `log` hears what they say,
    else the error stream does. Raises CannotServe when the web server ends by itself.
    """
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    gc.set_threshold(*COMMON_GC)
    server = Granian(
        "datashift.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI,
        blocking_threads=THREADS, respawn_failed_workers=True, respawn_interval=0.5, workers_kill_timeout=_PATIENCE,
        log_level=LogLevels.error,
        log_dictconfig={
            **{part: settings.LOGGING[part] for part in ("formatters", "handlers")},
            "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
        },
    )  # fmt: skip
    # A closed terminal stops the site as Ctrl-C does; left alone, Granian would load the application anew.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    with _logging_to(log), _worker(worker):
        threading.Thread(target=_announce, args=(host, port, up), daemon=True).start()
        try:
            server.serve(target_loader=partial(_application, os.getpid()), wrap_loader=False)
        except SystemExit as ended:
            raise CannotServe("site.stopped") from ended


def end_with(parent: int) -> None:
    """End this process soon after its parent: nothing is left behind when somebody kills `datashift serve`."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def end_with_the_site() -> None:
    """Do so in a worker that the site started; one that was started alone stays."""
    if parent := os.environ.get(_PARENT):
        end_with(int(parent))


def _application(parent: int) -> Any:
    """Load the site in the process of the web server."""
    end_with(parent)
    from django.urls import get_resolver

    from datashift.web.wsgi import application

    get_resolver().url_patterns  # noqa: B018 - every view is loaded now, so that nobody waits for it later
    return application


@contextmanager
def _worker(wanted: bool) -> Iterator[None]:
    """Keep a worker alive; one that died is begun again."""
    if not wanted:
        yield
        return
    over, running = threading.Event(), [_new_worker()]

    def keep() -> None:
        while running[0].wait() is not None and not over.wait(1):
            running[0] = _new_worker()
            if over.is_set():
                running[0].terminate()

    keeper = threading.Thread(target=keep, name="keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        running[0].terminate()
        keeper.join(_PATIENCE)
        if keeper.is_alive():
            running[0].kill()


def _new_worker() -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process, which then stops the worker in its turn.
    return subprocess.Popen(
        [sys.executable, "-m", "datashift.cli", "work", "--quiet"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env=os.environ | {_PARENT: str(os.getpid())}, start_new_session=True,
    )  # fmt: skip


@contextmanager
def _logging_to(log: Path | None) -> Iterator[None]:
    """Send the error stream of this process and of those it starts into a file."""
    if log is None:
        yield
        return
    before = os.dup(2)
    with log.open("ab") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _announce(host: str, port: int, up: Callable[[], None]) -> None:
    there = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - which is no address to ask
    for _attempt in range(600):
        with suppress(OSError, HTTPException):
            asked = HTTPConnection(there, port, timeout=_PATIENCE)
            asked.request("GET", "/robots.txt")
            asked.getresponse().read()
            asked.close()
            up()
            return
        time.sleep(0.05)
