"""Days and years as readers of each language write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from nepali_datetime import date as nepali_date

from datashift.language import speaking
from datashift.web.frame.calendar import _FIRST, _LAST, day, year

NEW_YEARS = {
    # The first day of Baisakh as newspapers and travel houses announced it, year by year.
    2000: "1943-04-14",
    2062: "2005-04-14",
    2073: "2016-04-13",
    2075: "2018-04-14",
    2076: "2019-04-14",
    2077: "2020-04-13",
    2080: "2023-04-14",
    2081: "2024-04-13",
}
PUBLISHED = {
    # Days that are known by both dates.
    "2000-01-01": (2056, 9, 17),
    "2011-10-07": (2068, 6, 20),
    "2015-04-25": (2072, 1, 12),  # the earthquake of Gorkha
    "2015-09-20": (2072, 6, 3),  # the constitution of Nepal
    "2017-03-28": (2073, 12, 15),
    "2026-06-24": (2083, 3, 10),
    "2026-11-23": (2083, 8, 7),
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "23 November 2026"),
        ("es", "23 de noviembre de 2026"),
        ("sw", "23 Novemba 2026"),
        ("ne", "२०८३ मंसिर ७ (२३ नोभेम्बर २०२६)"),
    ],
)
def test_a_day_is_written_as_its_reader_writes_it(language: str, said: str) -> None:
    with speaking(language):
        assert day(date(2026, 11, 23)) == day("2026-11-23") == said
        assert day(datetime(2026, 11, 23, 23, 59, tzinfo=UTC)) == day("2026-11-23T08:00:00Z") == said


@pytest.mark.parametrize("new_year", NEW_YEARS)
def test_the_nepali_year_begins_on_the_day_that_was_announced(new_year: int) -> None:
    first = date.fromisoformat(NEW_YEARS[new_year])
    there = nepali_date.from_datetime_date(first)
    assert (there.year, there.month, there.day) == (new_year, 1, 1)
    assert nepali_date.from_datetime_date(first - timedelta(days=1)).month == 12


@pytest.mark.parametrize("common", PUBLISHED)
def test_days_known_by_both_dates_are_the_same_day(common: str) -> None:
    there = nepali_date.from_datetime_date(date.fromisoformat(common))
    assert (there.year, there.month, there.day) == PUBLISHED[common]


def test_every_day_of_the_table_follows_the_day_before() -> None:
    when, before = _FIRST, nepali_date.from_datetime_date(_FIRST)
    assert (before.year, before.month, before.day) == (1975, 1, 1)
    while when < _LAST:
        when += timedelta(days=1)
        there = nepali_date.from_datetime_date(when)
        assert there.day == before.day + 1 or (there.day == 1 and 29 <= before.day <= 32)
        before = there
    assert (before.year, before.month) == (2100, 12)


def test_a_day_outside_the_table_is_given_in_the_common_calendar_alone() -> None:
    with speaking("ne"):
        assert day("1900-05-01") == "१ मे १९००"
        assert day("2060-05-01") == "१ मे २०६०"


def test_a_text_that_is_no_day_stays_as_it_is() -> None:
    assert day("2021") == "2021"


@pytest.mark.parametrize(
    ("language", "period", "said"),
    [
        ("en", "2012", "2012"),
        ("ne", "2012", "२०१२ (वि.सं. २०६८/६९)"),
        ("ne", "1943", "१९४३ (वि.सं. १९९९/००)"),
        ("en", "2011-01-01/P3Y", "2011–2013"),
        ("ne", "2011-01-01/P3Y", "२०११–२०१३ (वि.सं. २०६७–७०)"),
        ("es", "2018-06", "junio de 2018"),
        ("sw", "2018-06-01/P1M", "Juni 2018"),
        ("en", "2018-06-05", "5 June 2018"),
        ("en", "some day", "some day"),
    ],
)
def test_a_period_is_said_with_the_years_of_the_reader(language: str, period: str, said: str) -> None:
    with speaking(language):
        assert year(period) == said
