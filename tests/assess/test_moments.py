"""Moments are read as they are written, or not at all; time that passed is never a matter of the zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.assess.encoded import encode
from datashift.assess.moments import Moments, hours, moments, seconds
from datashift.errors import BadRecipe
from datashift.model import Paradata

EARLY, LATE = datetime(1900, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis wants them without a zone
OFFSET = "%d/%m/%Y %H:%M %z"


def read(*texts: str | None, zone: str | None = None, form: str = "iso") -> Moments:
    column = encode(pa.chunked_array([pa.array(texts, pa.string())]))
    return moments(column, Paradata(start="start", zone=zone, format=form))


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2021-07-05T10:58:34.147+03:00", "2021-07-05T10:58:34"),
        ("2021-07-05T10:58:34,147+0300", "2021-07-05T10:58:34"),
        ("2021-07-05T10:58+03", "2021-07-05T10:58:00"),
        ("2021-07-05 10:58:34 Z", "2021-07-05T10:58:34"),
        ("2021-07-05t10:58:34z", "2021-07-05T10:58:34"),
        ("  2021-07-05T10:58  ", "2021-07-05T10:58:00"),
        ("2016-12-31T23:59:60", "2017-01-01T00:00:00"),
        ("2024-02-29T00:00:00", "2024-02-29T00:00:00"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
    ],
)
def test_without_a_zone_the_clock_stays_as_written(text, local):
    assert read(text).local[0] == np.datetime64(local)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", None, "2021-07-05", "10:58", "2021-02-30T10:00", "2023-02-29T10:00", "2021-13-01T10:00",
        "2021-00-01T10:00", "2021-01-00T10:00", "0000-01-01T00:00", "2021-07-05T24:00", "2021-07-05T10:60",
        "2021-07-05T10:58:61", "2021-07-05T10:58:34+99:00", "2021-07-05T10:58:34+03:75", "2021-07-05T1:58",
        "2021-07-05T10:58 and more", "२०२१-०७-०५T१०:५८",
    ],
)  # fmt: skip
def test_what_is_no_moment_gives_none(text):
    found = read(text, "2021-07-05T10:58", zone="Asia/Baghdad")
    assert np.isnat(found.local[0])
    assert np.isnat(found.sure[0])
    assert not found.offset[0]
    assert not np.isnat(found.local[1])


def test_a_zone_moves_only_moments_with_an_offset():
    found = read("2021-07-05T07:58:34Z", "2021-07-05T07:58:34", "2021-07-05T07:58:34-04:30", zone="Asia/Baghdad")
    assert found.local.astype(str).tolist() == ["2021-07-05T10:58:34", "2021-07-05T07:58:34", "2021-07-05T15:28:34"]
    assert found.sure.astype(str).tolist() == ["2021-07-05T07:58:34", "2021-07-05T07:58:34", "2021-07-05T12:28:34"]
    assert found.offset.tolist() == [True, False, True]


def test_time_that_passed_does_not_change_when_the_clock_is_put_forward():
    summer = read("2021-03-28T00:30:00+01:00", "2021-03-28T03:30:00+02:00", zone="Europe/Berlin")
    assert seconds(summer.sure[1:], summer.sure[:1]).tolist() == [7200.0]
    assert seconds(summer.local[1:], summer.local[:1]).tolist() == [10800.0]


def test_hours_of_the_day_have_their_fraction():
    found = hours(read("2021-07-05T10:45:00", None, "1960-01-01T23:30:00").local)
    np.testing.assert_allclose(found, [10.75, np.nan, 23.5])


@pytest.mark.parametrize("form", ["iso", "%d/%m/%Y %H:%M", OFFSET])
@pytest.mark.parametrize("zone", ["Nowhere", "../etc", "Africa"])
def test_a_zone_that_nobody_knows_is_told_even_without_rows(form, zone):
    for texts in ((), ("2021-07-05T07:58:34Z",)):
        with pytest.raises(BadRecipe) as told:
            read(*texts, zone=zone, form=form)
        assert told.value.code == "recipe.no-zone"


def test_other_formats_are_read_with_their_offset():
    found = read(
        "05/07/2021 10:58 +0000", "31/02/2021 10:58 +0000", None, zone="Asia/Baghdad", form="%d/%m/%Y %H:%M %z"
    )
    assert found.local.astype(str).tolist() == ["2021-07-05T13:58:00", "NaT", "NaT"]
    assert found.sure.astype(str).tolist() == ["2021-07-05T10:58:00", "NaT", "NaT"]
    assert found.offset.tolist() == [True, False, False]


def test_other_formats_without_offset_stay_as_written():
    found = read("05/07/2021 10:58", "x", form="%d/%m/%Y %H:%M")
    assert found.local.astype(str).tolist() == found.sure.astype(str).tolist() == ["2021-07-05T10:58:00", "NaT"]
    assert not found.offset.any()


def test_an_empty_column_gives_empty_moments():
    assert [len(part) for part in read(zone="Asia/Baghdad")] == [0, 0, 0]
    assert np.isnat(read(None, None, zone="Asia/Baghdad").local).all()


@given(
    st.datetimes(EARLY, LATE),
    st.sampled_from(["Asia/Kathmandu", "UTC", "America/La_Paz"]),
)
def test_it_reads_what_python_writes(moment, zone):
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    there = aware.astimezone(ZoneInfo(zone))
    text = there.isoformat()
    if there.utcoffset().total_seconds() % 60:  # offsets with seconds, before zones were standard, are not ISO 8601
        return
    found = read(text, zone=zone)
    assert found.local[0] == np.datetime64(there.replace(tzinfo=None))
    assert found.sure[0] == np.datetime64(aware.replace(tzinfo=None))


def test_a_million_moments_take_seconds():
    start = np.datetime64("2021-01-01T00:00:00")
    texts = np.datetime_as_string(start + np.arange(1_000_000).astype("timedelta64[s]")).astype(object) + ".123+03:00"
    column = encode(pa.chunked_array([pa.array(texts, pa.string())]))
    began = time.process_time()
    found = moments(column, Paradata(start="start", zone="Asia/Baghdad"))
    assert time.process_time() - began < 10
    assert found.local[-1] == start + np.timedelta64(999_999, "s")
