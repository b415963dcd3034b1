"""Logs that machines can read and that know nobody: no address, no name, no query, no text that somebody sent."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

_KNOWN = ("route", "method", "status", "ms", "request", "job", "kind", "attempt", "code", "count", "seconds")


class Json(logging.Formatter):
    """One line of JSON per record: time, level, logger, what happened, and the facts that may be told.

    Of an exception only its kind and the places in the code are told: its text may quote what somebody wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": str(record.msg),
        }
        told |= {name: getattr(record, name) for name in _KNOWN if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            told["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            told["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        return json.dumps(told, ensure_ascii=False, default=str)
