"""When something was seen: a written date or time as a moment on the clock of the place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from datashift.errors import BadRecipe
from datashift.model import Period

_SECONDS = "%Y-%m-%dT%H:%M:%S"
_LEAST = len("2023-02-01T00:00:00")


def clock(period: Period) -> Callable[[str], datetime | None]:
    """Return a function that reads a moment as written in the column of `period`; it gives None where it cannot.

    The moment is local and without offset: one with an offset is brought to `period.zone`, where that is stated, and
    one without is taken as it stands. ISO 8601 times may leave out the fraction of a second, as programs do at 0.
    Raises BadRecipe for a zone that is not known here.
    """
    zone = _zone(period.zone) if period.zone else None
    iso, offset = period.format.startswith(_SECONDS), "%z" in period.format

    def read(text: str) -> datetime | None:
        stripped = text.strip()
        found = _from_iso(stripped, offset=offset) if iso else None
        try:
            # strptime takes fifty times as long, which a year of readings feels.
            found = found or datetime.strptime(stripped, period.format)  # noqa: DTZ007 - local unless it has an offset
            return (found.astimezone(zone) if zone and found.tzinfo else found).replace(tzinfo=None)
        except (ValueError, OverflowError):  # not written so; or brought beyond the year 1 or 9999
            return None

    return read


def _from_iso(text: str, *, offset: bool) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if len(text) >= _LEAST and (found.tzinfo is not None) == offset else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as problem:  # not known; a folder; no name at all
        raise BadRecipe("recipe.no-zone", zone=name) from problem
