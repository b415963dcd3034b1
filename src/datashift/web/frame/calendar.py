"""Days and years in the words, digits and calendar of the reader: Bikram Sambat beside the common one in Nepali."""

from __future__ import annotations

import re
from datetime import date, datetime

from nepali_datetime import date as nepali_date

from datashift.errors import DataShiftError
from datashift.language import current
from datashift.numbers import in_digits
from datashift.standards.periods import years

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "sw": "Januari Februari Machi Aprili Mei Juni Julai Agosti Septemba Oktoba Novemba Desemba",
    "ne": "जनवरी फेब्रुअरी मार्च अप्रिल मे जुन जुलाई अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर",
}
_NEPALI_MONTHS = "बैशाख जेठ असार साउन भदौ असोज कात्तिक मंसिर पुस माघ फागुन चैत"
_FIRST, _LAST = date(1918, 4, 13), date(2044, 4, 12)
"""What the table of Nepali months covers: the years 1975 to 2100 of Bikram Sambat."""
_ERA = "वि.सं."
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-01/P1M)?")


def day(moment: date | str) -> str:
    """Return a day as people write it: "23 November 2026". In: a date, a time, or an ISO text; other text stays so.

    In Nepali it is the day of Bikram Sambat with the common one beside it: "२०८३ मंसिर ७ (२३ नोभेम्बर २०२६)".
    """
    try:
        when = date.fromisoformat(moment[:10]) if isinstance(moment, str) else moment
    except ValueError:
        return str(moment)
    when = when.date() if isinstance(when, datetime) else when
    name = _month(when.month)
    if current() == "es":
        return f"{when.day} de {name} de {when.year}"
    common = in_digits(f"{when.day} {name} {when.year}")
    if current() != "ne" or not _FIRST <= when <= _LAST:
        return common
    there = nepali_date.from_datetime_date(when)
    return in_digits(f"{there.year} {_NEPALI_MONTHS.split()[there.month - 1]} {there.day} ({common})")


def year(period: str) -> str:
    """Return a period for a heading: its year or years, its month, or its day.

    In Nepali the years of Bikram Sambat that it touches stand beside it: "२०१२ (वि.सं. २०६८/६९)".
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", period):
        return day(period)
    if month := _MONTH.fullmatch(period):
        joint = " de " if current() == "es" else " "
        return f"{_month(int(month[2]))}{joint}{in_digits(month[1])}"
    try:
        first, last = years(period)
    except DataShiftError:
        return period
    common = f"{first}" if first == last else f"{first}–{last}"
    if current() != "ne":
        return common
    # A common year begins in the Nepali year 56 later and ends in the one 57 later.
    sign = "/" if first == last else "–"
    return in_digits(f"{common} ({_ERA} {first + 56}{sign}{(last + 57) % 100:02d})")


def _month(number: int) -> str:
    return _MONTHS.get(current(), _MONTHS["en"]).split()[number - 1]
