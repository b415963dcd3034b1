"""Days and times in expressions: as text (ISO 8601), as days since 1970, and back.

A day is a whole number of days since 1970-01-01. A moment is that number of days by the clock on the wall of the form's
time zone, with the time as a fraction, so that moments and days compare as people expect.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta, tzinfo

EPOCH = date(1970, 1, 1)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def as_day(text: str) -> date | None:
    """Return a text as a day, or None where it is none."""
    found = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def as_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return a text as a moment in `zone`, or None where it is none. Without an offset it is in `zone`."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        made = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            int((fraction or "0").ljust(6, "0")), tzinfo=_offset(offset) if offset else zone,
        )  # fmt: skip
        return made.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def as_time(text: str) -> time | None:
    """Return a text as a time of the day, or None where it is none. Its offset is left out."""
    found = _TIME.fullmatch(text)
    try:
        if not found:
            return None
        hour, minute, second, fraction = found.groups()
        return time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError:
        return None


def _offset(text: str) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo


def days(text: str, zone: tzinfo) -> float:
    """Return a day or a moment as days since 1970-01-01 by the clock on the wall; NaN where the text is neither."""
    day = as_day(text)
    if day:
        return float((day - EPOCH).days)
    moment = as_moment(text, zone)
    if moment is None:
        return math.nan
    return (moment.date() - EPOCH).days + _fraction(moment.time())


def _fraction(told: time) -> float:
    return (told.hour * 3600 + told.minute * 60 + told.second + told.microsecond / 1_000_000) / 86400


def clock(text: str, zone: tzinfo) -> float:
    """Return the time of a time or a moment as a fraction of the day; NaN where the text is neither."""
    moment = as_moment(text, zone)
    told = moment.time() if moment else as_time(text)
    return _fraction(told) if told else math.nan


def instant(text: str, zone: tzinfo) -> float:
    """Return a day or a moment as days since 1970-01-01 in UTC, with a fraction; NaN where the text is neither."""
    moment = _when(text, zone)
    return moment.timestamp() / 86400 if moment else math.nan


def day_text(value: str | float, zone: tzinfo) -> str:
    """Return a day, a moment or a number of days (without its fraction) as the text of a day; "" where it is none."""
    whole = float(math.trunc(value)) if isinstance(value, float) and math.isfinite(value) else value
    moment = _when(whole, zone)
    return moment.date().isoformat() if moment else ""


def moment_text(value: str | float | datetime, zone: tzinfo) -> str:
    """Return a day, a moment or a number of days as the text of a moment, to the millisecond; "" where it is none."""
    moment = value.astimezone(zone) if isinstance(value, datetime) else _when(value, zone)
    return moment.isoformat(timespec="milliseconds") if moment else ""


def formatted(value: str | float, pattern: str, zone: tzinfo) -> str:
    """Return a day or a moment in the pattern of format-date; "" where the value is neither.

    Signs: %Y %y %m %n %b %d %e %H %h %M %S %3 %a, as in the ODK XForms specification; other signs stay.
    """
    told = as_time(value) if isinstance(value, str) else None
    moment = datetime.combine(EPOCH, told, tzinfo=zone) if told else _when(value, zone)
    if moment is None:
        return ""
    parts = {
        "Y": f"{moment.year:04}", "y": f"{moment.year % 100:02}", "m": f"{moment.month:02}", "n": str(moment.month),
        "b": MONTHS[moment.month - 1], "d": f"{moment.day:02}", "e": str(moment.day), "H": f"{moment.hour:02}",
        "h": str(moment.hour), "M": f"{moment.minute:02}", "S": f"{moment.second:02}",
        "3": f"{moment.microsecond // 1000:03}", "a": WEEKDAYS[moment.weekday()], "%": "%",
    }  # fmt: skip
    return re.sub("%(.)", lambda sign: parts.get(sign[1], sign[0]), pattern)


def _when(value: str | float, zone: tzinfo) -> datetime | None:
    try:
        if isinstance(value, str):
            day = as_day(value)
            return datetime.combine(day, time(), tzinfo=zone) if day else as_moment(value, zone)
        if not math.isfinite(value):
            return None
        whole = math.floor(value)
        start = datetime.combine(EPOCH + timedelta(days=whole), time())
        milliseconds = math.floor((value - whole) * 86_400_000 + 0.5)
        return (start + timedelta(milliseconds=milliseconds)).replace(tzinfo=zone)
    except (OverflowError, ValueError):
        return None
