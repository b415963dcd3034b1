"""Time periods as SDMX writes them, as whole calendar years."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from datashift.errors import BadRecipe

_YEARS = re.compile(r"(\d{4})(?:[-/–](\d{4}))?")
_PART = re.compile(r"(\d{4})-(?:(?:0[1-9]|1[0-2])|[SHTQ][1-4]|A1|M(?:0[1-9]|1[0-2])|W(?:0[1-9]|[1-4]\d|5[0-3]))")
_MONTHS = {"A": 12, "S": 6, "H": 6, "T": 4, "Q": 3, "M": 1}
_START = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}:\d{2}Z?)?")
_LENGTH = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def years(period: str) -> tuple[int, int]:
    """Return the first and the last calendar year that `period` touches.

    In: "2011", "2011-03", "2011-Q2", "2011-03-14", "2011/2013", "2011-01-01/2013-06-30" or a start with a length
    ("2011-01-01/P3Y" is 2011 to 2013). Raises BadRecipe for anything else.
    """
    text = period.strip()
    if whole := _YEARS.fullmatch(text):
        return _ordered(int(whole[1]), int(whole[2] or whole[1]), period)
    if part := _PART.fullmatch(text):
        return int(part[1]), int(part[1])
    start, _, end = text.partition("/")
    first = _day(start, period)
    last = _day(end, period) if _START.fullmatch(end) else _last_day(first, end, period) if end else first
    return _ordered(first.year, last.year, period)


def last_day(period: str) -> date:
    """Return the last day that `period` touches; it is written as `years` reads it. Raises BadRecipe."""
    text = period.strip()
    last_year = years(text)[1]
    if _YEARS.fullmatch(text):
        return date(last_year, 12, 31)
    if _PART.fullmatch(text):
        return _end_of_part(last_year, text[5:])
    start, _, end = text.partition("/")
    first = _day(start, period)
    return _day(end, period) if _START.fullmatch(end) else _last_day(first, end, period) if end else first


def _end_of_part(year: int, part: str) -> date:
    if part[0] == "W":
        return date.fromisocalendar(year, 1, 7) + timedelta(weeks=int(part[1:]) - 1)
    month = int(part) if part.isdecimal() else min(12, _MONTHS[part[0]] * int(part[1:]))
    return date(year, month, calendar.monthrange(year, month)[1])


def years_apart(one: str, other: str) -> int:
    """Return the years between two periods; 0 when they share a calendar year."""
    (a_first, a_last), (b_first, b_last) = years(one), years(other)
    return max(0, a_first - b_last, b_first - a_last)


def _ordered(first: int, last: int, period: str) -> tuple[int, int]:
    if last < first:
        raise BadRecipe("official.not-a-period", period=period)
    return first, last


def _day(text: str, period: str) -> date:
    match = _START.fullmatch(text)
    try:
        return date.fromisoformat(match[1] if match else text)
    except ValueError:
        raise BadRecipe("official.not-a-period", period=period) from None


def _last_day(first: date, length: str, period: str) -> date:
    match = _LENGTH.fullmatch(length)
    if match is None:
        raise BadRecipe("official.not-a-period", period=period)
    added_years, added_months, weeks, days = (int(part or 0) for part in match.groups())
    months = first.year * 12 + first.month - 1 + added_years * 12 + added_months
    try:
        year, month = divmod(months, 12)
        day = min(first.day, calendar.monthrange(year, month + 1)[1])
        end = date(year, month + 1, day) + timedelta(weeks=weeks, days=days)
    except (ValueError, OverflowError):
        raise BadRecipe("official.not-a-period", period=period) from None
    return max(first, end - timedelta(days=1))
