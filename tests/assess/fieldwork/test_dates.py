from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest


def with_dates(survey, cells: dict[int, str]):
    columns = survey.clean()
    seen = list(columns["seen"])
    for row, text in cells.items():
        seen[row - 2] = text
    return {**columns, "seen": seen}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({7: "2026-07-01", 9: "2031-01-01"}, "assess.date-future"),
        ({7: "1970-01-01", 8: "1979-12-31"}, "assess.date-clock"),
        ({7: "1980-01-01", 8: "2023-12-31"}, "assess.date-before"),
        ({7: "2025-01-01", 8: "2026-06-30"}, "assess.date-after"),
        ({7: "2024-02-30", 8: "30.02.2024", 9: "yesterday"}, "assess.date-unreadable"),
    ],
)
def test_dates_that_cannot_be_right_are_found(survey, cells, code):
    found = survey.only(with_dates(survey, cells))
    assert (found.check, found.code, found.rows) == ("K14", code, tuple(cells))


def test_the_ends_of_the_period_belong_to_it(survey):
    assert survey.check(with_dates(survey, {7: "2024-01-01", 8: "2024-12-31", 9: " 2024-05-05 "})) == []


def test_a_missing_date_is_missing_and_not_unreadable(survey):
    assert survey.only(with_dates(survey, {7: ""})).code == "assess.missing"


def test_a_period_that_reaches_back_takes_old_dates_as_they_are(survey):
    period = {"label": "1975", "column": "seen", "first": "1975-01-01"}
    found = survey.only(with_dates(survey, {7: "1976-05-01", 8: "1974-12-31"}), period=period)
    assert (found.code, found.rows) == ("assess.date-clock", (8,))


def test_without_a_stated_period_only_clocks_and_the_future_are_told(survey):
    cells = {7: "1970-01-01", 8: "1999-01-01", 9: "2026-07-01"}
    found = survey.check(with_dates(survey, cells), period={"label": "2024", "column": "seen"})
    assert {(f.code, f.rows) for f in found} == {("assess.date-clock", (7,)), ("assess.date-future", (9,))}


def test_dates_follow_the_format_of_the_recipe(survey):
    columns = survey.clean()
    columns["seen"] = [f"{text[8:]}/{text[5:7]}/{text[:4]}" for text in columns["seen"]]
    period = {"label": "2024", "column": "seen", "format": "%d/%m/%Y", "first": "2024-01-01", "last": "2024-12-31"}
    assert survey.check(columns, period=period) == []


def test_a_source_without_dates_is_not_asked_for_them(survey):
    assert survey.check(with_dates(survey, {7: "1970-01-01"}), period={"label": "2024"}) == []


def test_without_a_stated_day_the_future_begins_where_no_clock_on_earth_has_come(survey):
    now = datetime.now(UTC)
    cells = {7: (now + timedelta(days=3)).date().isoformat(), 8: (now + timedelta(hours=10)).date().isoformat()}
    found = survey.check(with_dates(survey, cells), period={"label": "2024", "column": "seen"}, today=None)
    assert [(finding.code, finding.rows) for finding in found] == [("assess.date-future", (7,))]
