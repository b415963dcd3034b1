"""Moments of an interview: when it began, ended, was sent and was taken in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.encoded import Encoded
from datashift.model import Paradata, Period
from datashift.standards.moments import clock

Times = npt.NDArray[np.datetime64]

_PATTERN = (
    r"^\s*(?P<day>\d{4}-\d\d-\d\d)[T ](?P<hour>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*"
    r"(?P<offset>Z|[+-]\d\d:?\d\d)?\s*$"
)


class Moments(NamedTuple):
    """Moments per raw row, to the second, NaT where there is none that can be read.

    local  by the clock of the place: as written, or brought to the zone of the paradata
    sure   the same moment in UTC where an offset is written, else as `local`: for time that passed between two moments
    """

    local: Times
    sure: Times


def moments(column: Encoded, paradata: Paradata) -> Moments:
    """Read a column of moments. Raises BadRecipe for a zone that is not known here."""
    if paradata.format == "iso":
        local, sure = _iso(column.texts, paradata.zone)
    else:
        read = clock(Period(label="-", format=paradata.format, zone=paradata.zone))
        found = [read(text or "") for text in column.texts.to_pylist()]
        local = sure = np.array([one or "NaT" for one in found], dtype="datetime64[s]")
    return Moments(local[column.codes], sure[column.codes])


def seconds(later: Times, earlier: Times) -> npt.NDArray[np.float64]:
    """Return the seconds from one moment to another, NaN where one is missing."""
    apart = (later - earlier).astype("timedelta64[s]")
    return np.where(np.isnat(apart), np.nan, apart.astype(np.float64))


def _iso(texts: pa.Array, zone: str | None) -> tuple[Times, Times]:
    parts = pc.extract_regex(texts, pattern=_PATTERN)
    day, hour, offset = (pc.struct_field(parts, name) for name in ("day", "hour", "offset"))
    written = pc.binary_join_element_wise(day, pc.utf8_slice_codeunits(hour, 0, 5), pa.scalar("T"))
    minutes = _parsed(written)
    second = pc.cast(pc.utf8_slice_codeunits(pc.binary_join_element_wise(hour, ":00", ""), 6, 8), pa.int64())
    local = minutes + np.asarray(pc.fill_null(second, 0).to_numpy(zero_copy_only=False)).astype("timedelta64[s]")
    sure = local - _offsets(offset)
    if zone:
        known = pc.fill_null(pc.not_equal(offset, ""), False).to_numpy(zero_copy_only=False)
        local = np.where(known, _brought(sure, zone), local)
    return local, sure


def _parsed(written: pa.Array) -> Times:
    read = pc.strptime(written, format="%Y-%m-%dT%H:%M", unit="s", error_is_null=True)
    return np.asarray(read.to_numpy(zero_copy_only=False), dtype="datetime64[s]")


def _offsets(offset: pa.Array) -> npt.NDArray[np.timedelta64]:
    plain = pc.replace_substring(pc.fill_null(offset, "+00:00"), ":", "")
    plain = pc.if_else(pc.is_in(plain, value_set=pa.array(["Z", ""])), "+0000", plain)
    hours = pc.cast(pc.utf8_slice_codeunits(plain, 1, 3), pa.int64()).to_numpy(zero_copy_only=False)
    minutes = pc.cast(pc.utf8_slice_codeunits(plain, 3, 5), pa.int64()).to_numpy(zero_copy_only=False)
    east = np.where(pc.starts_with(plain, "-").to_numpy(zero_copy_only=False), -1, 1)
    return np.asarray((east * (3600 * hours + 60 * minutes)).astype("timedelta64[s]"))


def _brought(sure: Times, zone: str) -> Times:
    moments = pa.array(sure.astype("datetime64[s]")).cast(pa.timestamp("s", "UTC"))
    there = pc.local_timestamp(moments.cast(pa.timestamp("s", zone)))
    return np.asarray(there.to_numpy(zero_copy_only=False), dtype="datetime64[s]")
