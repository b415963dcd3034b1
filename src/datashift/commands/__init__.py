"""One module per command of the command line: what it is asked, what it calls, what it shows.

Each has `HELP` (one line), `arguments(parser)` and `run(options)`, which returns the text for people and, as a
function, the data for machines. Verbs are imported inside `run`, so that help is instant.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from datashift.language import LANGUAGES, _


def home() -> Path:
    """Return the folder of the store: DATASHIFT_HOME, else ~/.datashift."""
    return Path(os.environ.get("DATASHIFT_HOME") or Path.home() / ".datashift")


def add_verbs(
    parser: argparse.ArgumentParser, texts: Mapping[str, str], *, required: bool = False
) -> dict[str, argparse.ArgumentParser]:
    """Add the verbs of a command, each with its help text; return their parsers by verb.

    The options of every command may stand behind the verb too, and are then not lost.
    """
    verbs = parser.add_subparsers(required=required, metavar=_("what"), dest="verb")
    made = {verb: verbs.add_parser(verb, help=_(text), description=_(text)) for verb, text in texts.items()}
    for sub in made.values():
        for option in ("--json", "--quiet"):
            sub.add_argument(option, action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return made
