"""`datashift work`: the worker that does what takes longer than a click."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from datashift.commands import home
from datashift.language import N_, _
from datashift.numbers import said

HELP = N_("the worker of the web site: does the jobs that take longer than a click")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add when to stop."""
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--once", action="store_true", help=_("do one job and stop"))
    when.add_argument("--batch", action="store_true", help=_("do what waits and stop"))


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Do jobs until somebody stops this process. Raises CannotServe."""
    from datashift.web import serving

    serving.end_with_the_site()
    serving.get_ready(home(), set_up=False)
    from datashift.web.jobs.worker import work

    gc.set_threshold(*serving.COMMON_GC)
    if not (options.once or options.batch):
        _step_back()
    own = () if options.once or options.batch else (serving.DAILY, serving.QUARTERLY)
    daily, quarterly = own or ((), ())
    ended = work(serving.kinds(), once=options.once, batch=options.batch, daily=daily, quarterly=quarterly)
    if ended.heavy:
        os.execv(sys.executable, [sys.executable, "-m", "datashift.cli", *sys.argv[1:]])  # noqa: S606 - this program
    return _("Jobs done: {n}.").format(n=said(ended.done)), lambda: {"done": ended.done}


def _step_back() -> None:
    """Let the pages go first, and when memory runs out, let the system end this process and not the web server."""
    with suppress(OSError):
        os.nice(5)
        Path("/proc/self/oom_score_adj").write_text("500", "ascii")
