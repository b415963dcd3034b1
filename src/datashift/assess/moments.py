"""Moments of an interview: when it began, ended, was sent and was taken in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.encoded import Encoded, Flags, Numbers, Whole
from datashift.model import Paradata, Period
from datashift.standards.moments import clock

Times = npt.NDArray[np.datetime64]

_PATTERN = (
    r"^\s*(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[Tt ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d|60)(?:[.,]\d+)?)?\s*(?P<offset>[Zz]|[+-](?:0\d|1\d|2[0-3])(?::?[0-5]\d)?)?\s*$"
)


class Moments(NamedTuple):
    """Moments per raw row, to the second, NaT where there is none that can be read.

    local   by the clock of the place: as written, or brought to the zone of the paradata
    sure    the same moment in UTC where an offset is written, else as `local`: for time that passed between two moments
    offset  whether an offset is written, so that `sure` is UTC and not the clock of a place that we do not know
    """

    local: Times
    sure: Times
    offset: Flags


def moments(column: Encoded, paradata: Paradata) -> Moments:
    """Read a column of moments. Raises BadRecipe for a zone that is not known here."""
    # Without any text, a zone that nobody knows must still be told.
    read = clock(Period(label="-", format=paradata.format, zone=paradata.zone))
    if paradata.format == "iso":
        local, sure, offset = _iso(column.texts, paradata.zone)
    else:
        texts = [text or "" for text in column.texts.to_pylist()]
        local = _array([read(text) for text in texts])
        in_utc = clock(Period(label="-", format=paradata.format, zone="UTC"))
        offset = ~np.isnat(local) & ("%z" in paradata.format)
        sure = _array([in_utc(text) for text in texts]) if "%z" in paradata.format else local
    return Moments(local[column.codes], sure[column.codes], offset[column.codes])


def seconds(later: Times, earlier: Times) -> Numbers:
    """Return the seconds from one moment to another, NaN where one is missing."""
    apart = (later - earlier).astype("timedelta64[s]")
    return np.where(np.isnat(apart), np.nan, apart.astype(np.float64))


def passed(later: Moments, earlier: Moments) -> Numbers:
    """Return the seconds that passed, NaN where one moment is missing or only one of them has its offset written."""
    return np.where(later.offset == earlier.offset, seconds(later.sure, earlier.sure), np.nan)


def hours(local: Times) -> Numbers:
    """Return the hour of the day, with its fraction, NaN where there is no moment."""
    return seconds(local, local.astype("datetime64[D]").astype("datetime64[s]")) / 3600.0


def _array(found: list[object]) -> Times:
    return np.array(["NaT" if one is None else one for one in found], dtype="datetime64[s]")


def _iso(texts: pa.Array, zone: str | None) -> tuple[Times, Times, Flags]:
    parts = pc.extract_regex(texts, pattern=_PATTERN)
    day = _days(*(_whole(parts, name) for name in ("year", "month", "day")))
    hour, minute, second = (_whole(parts, name) for name in ("hour", "minute", "second"))
    local = day.astype("datetime64[s]") + (3600 * hour + 60 * minute + second).astype("timedelta64[s]")
    offset = pc.fill_null(pc.struct_field(parts, "offset"), "")
    known = _flags(pc.not_equal(offset, "")) & ~np.isnat(local)
    sure = local - _offsets(offset)
    return np.where(known, _brought(sure, zone), local) if zone else local, sure, known


def _whole(parts: pa.Array, name: str) -> Whole:
    """Return a part of the pattern as a number, 0 where it is not written."""
    written = pc.struct_field(parts, name)
    plain = pc.if_else(pc.fill_null(pc.not_equal(written, ""), False), written, "0")
    return np.asarray(pc.cast(plain, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _days(year: Whole, month: Whole, day: Whole) -> npt.NDArray[np.datetime64]:
    """Return days, NaT for those that no calendar has (month 13, 30 February)."""
    months = ((year - 1970) * 12 + np.maximum(month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    real = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    return np.where(real, days, np.datetime64("NaT", "D"))


def _offsets(offset: pa.Array) -> npt.NDArray[np.timedelta64]:
    """Return by how much a clock is ahead of UTC: "+05:30", "+0530", "+05", "Z" and nothing."""
    plain = pc.replace_substring(offset, ":", "")
    plain = pc.if_else(pc.is_in(plain, value_set=pa.array(["Z", "z", ""])), "+00", plain)
    plain = pc.utf8_rpad(plain, 5, "0")
    hour, minute = (
        pc.cast(pc.utf8_slice_codeunits(plain, start, start + 2), pa.int64()).to_numpy(zero_copy_only=False)
        for start in (1, 3)
    )
    east = np.where(_flags(pc.starts_with(plain, "-")), -1, 1)
    return np.asarray((east * (3600 * hour + 60 * minute)).astype("timedelta64[s]"))


def _brought(sure: Times, zone: str) -> Times:
    moments = pa.array(sure.astype("datetime64[s]")).cast(pa.timestamp("s", "UTC"))
    there = pc.local_timestamp(moments.cast(pa.timestamp("s", zone)))
    return np.asarray(there.to_numpy(zero_copy_only=False), dtype="datetime64[s]")


def _flags(flags: pa.Array) -> Flags:
    return np.asarray(flags.to_numpy(zero_copy_only=False), dtype=np.bool_)
