"""`datashift demo --serve`: what the demo ran, on a web site of its own."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from datashift.commands.publish import put_up
from datashift.commands.serve import HOST, open_at
from datashift.language import current

if TYPE_CHECKING:
    from datashift.pipeline import Result


def show(result: Result, options: argparse.Namespace) -> None:
    """Publish the release of the demo in a store beside it, and become the site of that store."""
    from datashift.web import serving

    store = (options.out / "site").resolve()
    serving.require_free(HOST, options.port)
    # The demo has a store and a database of its own, whatever is set for other work.
    os.environ["DATASHIFT_HOME"] = str(store)
    os.environ.pop("DATASHIFT_DATABASE", None)
    open_at(HOST, options.port)
    serving.get_ready(store)
    put_up(result, store, result.setting.recipe.producer)
    # A new program in this process: the server need not carry what the demo has loaded.
    serve = ["serve", "--port", str(options.port), "--log", str(store / "site.log"), "--language", current()]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "datashift.cli", *serve, *(["--json"] if options.json else [])])  # noqa: S606
