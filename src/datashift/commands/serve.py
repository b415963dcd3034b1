"""`datashift serve`: the web site on this machine, from an empty folder to pages."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datashift.commands import home
from datashift.language import N_, _, current

HELP = N_("the web site on this machine: pages, upload road, and the worker beside them")

HOST = "127.0.0.1"
LOCAL = ("127.0.0.1", "::1", "0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened to


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add where to listen, and whether the worker is started too."""
    parser.add_argument("--port", type=int, default=8000, help=_("the port (default: 8000)"))
    parser.add_argument(
        "--host", default=HOST, help=_("the address to listen on (default: 127.0.0.1, this machine only)")
    )
    parser.add_argument("--no-worker", action="store_true", help=_("without the worker: run datashift work yourself"))
    parser.add_argument(
        "--log", type=Path, help=_("write what the site reports into this file, not to the error stream")
    )


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Make the store ready and serve until somebody stops it. Raises CannotServe and SourceUnavailable."""
    from datashift.web import serving

    serving.require_free(options.host, options.port)
    address = open_at(options.host, options.port)
    serving.get_ready(home())
    _ask_for_dossiers()
    up = _announce(address, _first_link(address), home(), as_json=options.json)
    serving.serve(options.host, options.port, worker=not options.no_worker, up=up, log=options.log)
    return _("The site is stopped."), lambda: {"stopped": True}


def _ask_for_dossiers() -> None:
    """Have the files of dossiers made that are not those of today: after an update, or where typesetting stopped."""
    from datashift.web.dashboard.dossiers import fresh
    from datashift.web.dashboard.models import Release
    from datashift.web.jobs.services import enqueue

    standing = Release.objects.filter(withdrawn_at=None).select_related("organisation", "superseded_by")
    if not all(map(fresh, standing)):
        enqueue("dossier", "")


def open_at(host: str, port: int) -> str:
    """Return the address at which people reach the site: as the environment says, else this machine."""
    name = "localhost" if host in LOCAL else host
    return os.environ.setdefault("DATASHIFT_ORIGIN", f"http://{name}:{port}").rstrip("/")


def _first_link(address: str) -> str | None:
    """Return the link by which the first administrator comes in; nothing where there is one."""
    from datashift.web.people import services

    path = services.first_link()
    return f"{address}{path}" if path else None


def _announce(address: str, first: str | None, store: Path, *, as_json: bool) -> Callable[[], None]:
    """Return what says, once the site is up, where it is and who may run it."""
    start = f"{address}/{current()}/"
    lines = [_("The site is up: {address}").format(address=start)]
    if first:
        lines += [_("Nobody runs it yet. Open this link once to become its administrator:"), f"  {first}"]
    lines.append(_("Its store is {folder}. Ctrl-C stops it.").format(folder=store))
    text = json.dumps({"address": start, "first": first, "store": str(store)}) if as_json else "\n".join(lines)

    def say() -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    return say
