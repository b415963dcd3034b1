"""One module per command of the command line: what it is asked, what it calls, what it shows.

Each has `HELP` (one line), `arguments(parser)` and `run(options)`, which returns the text for people and, as a
function, the data for machines. Verbs are imported inside `run`, so that help is instant.
"""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Return the folder of the store: DATASHIFT_HOME, else ~/.datashift."""
    return Path(os.environ.get("DATASHIFT_HOME") or Path.home() / ".datashift")
