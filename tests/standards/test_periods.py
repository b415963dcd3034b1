"""Periods become whole calendar years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadRecipe
from datashift.standards.periods import last_day, years, years_apart


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2011", (2011, 2011)),
        (" 2011 ", (2011, 2011)),
        ("2011-12", (2011, 2011)),
        ("2011-Q3", (2011, 2011)),
        ("2011-S2", (2011, 2011)),
        ("2011-W53", (2011, 2011)),
        ("2011-M07", (2011, 2011)),
        ("2011-02-28", (2011, 2011)),
        ("2011/2013", (2011, 2013)),
        ("2011-2013", (2011, 2013)),
        ("2011-01-01/P3Y", (2011, 2013)),
        ("2011-01-01T00:00:00/P3Y", (2011, 2013)),
        ("2011-07-01/P1Y", (2011, 2012)),
        ("2011-01-01/P12M", (2011, 2011)),
        ("2012-02-29/P1Y", (2012, 2013)),
        ("2011-12-31/P1D", (2011, 2011)),
        ("2011-12-31/P1W", (2011, 2012)),
        ("2011-01-01/P1Y6M", (2011, 2012)),
        ("2011-01-01/2013-06-30", (2011, 2013)),
    ],
)
def test_sdmx_periods_are_read_as_their_first_and_last_year(period: str, expected: tuple[int, int]) -> None:
    assert years(period) == expected


@pytest.mark.parametrize(
    "period",
    [
        "",
        "soon",
        "11",
        "2013/2011",
        "2011-13",
        "2011-02-30",
        "2011-01-01/P",
        "2011-01-01/P3",
        "9999-01-01/P9Y",
        "2011-Q5",
    ],
)
def test_what_is_not_a_period_is_refused_with_the_repair(period: str) -> None:
    with pytest.raises(BadRecipe, match="Write it as 2012") as caught:
        years(period)
    assert caught.value.code == "official.not-a-period"


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 4000))
def test_a_length_in_days_ends_where_adding_days_ends(start: date, days: int) -> None:
    end = start + timedelta(days=days - 1)
    assert years(f"{start}/P{days}D") == years(f"{start}/{end}") == (start.year, end.year)


def test_periods_that_share_a_year_are_not_apart() -> None:
    assert years_apart("2011-01-01/P3Y", "2012") == 0
    assert years_apart("2011-01-01/P3Y", "2010") == years_apart("2010", "2011/2013") == 1
    assert years_apart("2011", "2017") == 6


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2011", "2011-12-31"),
        ("2011/2013", "2013-12-31"),
        ("2012-02", "2012-02-29"),
        ("2011-M07", "2011-07-31"),
        ("2011-Q3", "2011-09-30"),
        ("2011-T1", "2011-04-30"),
        ("2011-S2", "2011-12-31"),
        ("2011-A1", "2011-12-31"),
        ("2020-W53", "2021-01-03"),
        ("2011-02-28", "2011-02-28"),
        ("2011-01-01/P3Y", "2013-12-31"),
        ("2011-01-01/2013-06-30", "2013-06-30"),
    ],
)
def test_the_last_day_of_a_period_is_known(period: str, expected: str) -> None:
    assert last_day(period).isoformat() == expected
    assert last_day(f" {period} ").isoformat() == expected


@pytest.mark.parametrize("period", ["", "soon", "2013/2011", "2011-13", "2011-02-30"])
def test_what_is_no_period_has_no_last_day(period: str) -> None:
    with pytest.raises(BadRecipe):
        last_day(period)
