"""Which names were probably meant when a sheet or a table is asked for that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from datashift.errors import Unreadable
from datashift.read.grid import listed


def no_such_sheet(file: str, sheet: str, known: Sequence[str]) -> Unreadable:
    """Return the error for a sheet that is not in `file`, with the nearest names first."""
    if not known:
        return Unreadable("read.no-sheets", file=file, sheet=sheet)
    folded = {name.casefold(): name for name in known}
    close = [folded[name] for name in difflib.get_close_matches(sheet.casefold(), folded, n=3, cutoff=0.5)]
    return Unreadable("read.sheet-not-found", file=file, sheet=sheet, near=listed(close or known))
