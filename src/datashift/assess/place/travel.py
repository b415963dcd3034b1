"""Positions that were made up, are wide, or cannot be reached in time (part of check K26)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.groups import Groups, broken_rule, groups
from datashift.assess.sources.hourly import kilometres
from datashift.language import N_
from datashift.model import Finding

_YES = ("true", "1", "yes", "y", "si", "sí", "ndiyo", "हो", "mock", "mocked")
_NOISE_KM = 0.1
"""A phone is off by this much where it does not say by how much."""
_ZERO = 1e-4
_GRACE = 60.0
_TURN = 86_400.0
_SEVERAL = 5

_MOCKED = N_(
    "In {n} of {total} rows, the device says that an app, not the satellites, gave the position. "
    "Somebody may have tested the form, or the position was set by hand."
)
_WIDE = N_(
    "In {n} of {known} rows with an accuracy, the position is known to more than {metres} metres only. "
    "Roofs, valleys and a short wait do this. The place may be another than the one named."
)
_JUMP = N_(
    "In {n} of {located} rows, the position lies far from those before and after it, and nobody could have gone there "
    "and back in time. Such a jump often comes from an old position that the phone kept."
)
_FAST = (
    N_(
        "In {n} of {located} interviews, the way from the interview before was too long for the time: more than "
        "{speed} km/h. A wrong clock, a second device or a position that was noted later does this too."
    ),
    N_(
        "Some ways from one interview to the next were too long for the time: more than {speed} km/h. "
        "A wrong clock, a second device or a position that was noted later does this too."
    ),
    N_(
        "In {n} of {own} interviews, the way from the interview before was too long for the time. "
        "A wrong clock, a second device or a position that was noted later does this too."
    ),
)
_COARSE = N_(
    "In {n} of {located} rows with a position, it is given to {decimals} decimals only, and in the others more finely. "
    "It may have been read from a map or typed, so it does not tell which house it is."
)


class Track(NamedTuple):
    """Interviews with a position, in the order in which each interviewer (or device) held them.

    place: position in the raw table; who: number of the interviewer in `by`; point: latitude and longitude; begin and
    end in seconds (end = begin where it is not known); blur: how far the position may be off, in km.
    """

    place: Whole
    who: Whole
    point: Numbers
    begin: Numbers
    end: Numbers
    blur: Numbers
    by: Groups


def positioned(evidence: Evidence) -> tuple[Numbers, Flags] | None:
    """Return latitude and longitude of every raw row, and which of them are on the map; None without such columns."""
    place = evidence.recipe.place
    if place.latitude not in evidence.columns or place.longitude not in evidence.columns:
        return None
    point, usable = evidence.once("positions", lambda: _positions(evidence, str(place.latitude), str(place.longitude)))
    return point, usable


def _positions(evidence: Evidence, *names: str) -> tuple[Numbers, Flags]:
    point = np.array([evidence.value(name) for name in names]).T
    latitude, longitude = point.T
    on_map = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180) & (np.abs(point) > _ZERO).any(axis=1)
    return point, np.asarray(on_map & evidence.written)


def made_up(evidence: Evidence) -> Iterator[Finding]:
    """Yield positions of which the device says that they were made up (a mock location of Android)."""
    encoded = evidence.role("mocked")
    if encoded is None:
        return
    words = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(encoded.texts, "")))
    yes = np.asarray(pc.is_in(words, value_set=pa.array(_YES)).to_numpy(zero_copy_only=False), dtype=np.bool_)
    where = encoded.where(yes) & evidence.written
    if where.any():
        yield evidence.noticed("K26", "assess.mocked", _MOCKED, where)


def too_wide(evidence: Evidence) -> Iterator[Finding]:
    """Yield positions whose radius is above what the protocol allows."""
    most, name = evidence.recipe.protocol.accuracy, evidence.recipe.paradata.accuracy
    if most is None or name not in evidence.columns:
        return
    radius = evidence.value(str(name))
    known = ~np.isnan(radius) & evidence.written
    where = known & (radius > most)
    if where.any():
        yield evidence.noticed("K26", "assess.wide", _WIDE, where, known=int(known.sum()), metres=most)


def coarse(evidence: Evidence) -> Iterator[Finding]:
    """Yield positions with at most three decimals (100 m) where most others are finer; nothing for sensors."""
    found = positioned(evidence)
    if found is None or evidence.recipe.design.sampling_type == "sensor_network":
        return
    point, usable = found
    rough = usable & (np.abs(point * 1000 - np.round(point * 1000)) <= 1e-6).all(axis=1)
    if _SEVERAL <= rough.sum() < 0.5 * usable.sum():
        facts = {"located": int(usable.sum()), "decimals": 3}
        yield evidence.noticed("K26", "assess.coarse-position", _COARSE, rough, **facts)


def too_fast(evidence: Evidence) -> Iterator[Finding]:
    """Yield jumps there and back, and other ways that nobody makes in the time, by interviewer (else by device).

    The way is shortened by the accuracy of both positions, and a minute is added to the time.
    """
    track = tracked(evidence)
    if track is None or len(track.place) < 2:
        return
    limit = evidence.recipe.protocol.speed
    here = np.arange(len(track.place) - 1)
    fast = _beyond(track, here, here + 1, limit)
    jump = np.zeros(len(track.place), dtype=np.bool_)
    jump[1:-1] = fast[:-1] & fast[1:] & ~_beyond(track, here[:-1], here[:-1] + 2, limit)
    if jump.any():
        yield evidence.noticed(
            "K26", "assess.jump", _JUMP, _rows(evidence, track.place[jump]), located=len(track.place)
        )  # fmt: skip
    left = np.append(False, fast & ~jump[:-1] & ~jump[1:])
    if left.any():
        where = _rows(evidence, track.place[left])
        yield broken_rule(
            evidence, "K26", "assess.too-fast", _FAST, track.by, where, located=len(track.place), speed=limit
        )  # fmt: skip


def tracked(evidence: Evidence) -> Track | None:
    """Return the interviews of each interviewer in order; None without interviewers, moments or positions."""
    by = groups(evidence, "enumerator") or groups(evidence, "device")
    found, begun, ended = positioned(evidence), evidence.moments("start"), evidence.moments("end")
    first = begun or ended
    if by is None or found is None or first is None:
        return None
    point, usable = found
    begin = first.sure
    end = ended.sure if ended is not None else begin
    place = np.flatnonzero(usable & ~np.isnat(begin) & (by.of >= 0))
    start = begin[place].astype("datetime64[s]").astype(np.float64)
    stop = np.where(np.isnat(end[place]), start, end[place].astype("datetime64[s]").astype(np.int64))
    order = np.lexsort((start, by.of[place]))
    accuracy = evidence.recipe.paradata.accuracy
    radius = evidence.value(str(accuracy))[place] if accuracy in evidence.columns else np.full(len(place), np.nan)
    blur = np.where(radius >= 0, radius / 1000, _NOISE_KM)
    place, start, stop = place[order], start[order], np.maximum(stop, start)[order]
    return Track(place, by.of[place], point[place], start, stop, blur[order], by)


def _beyond(track: Track, one: Whole, other: Whole, limit: float) -> Flags:
    """Say of pairs of interviews, the earlier first, whether one person held both, too far apart for the time."""
    way = kilometres(track.point[one], track.point[other]) - track.blur[one] - track.blur[other] - _NOISE_KM
    time = np.maximum(track.begin[other] - track.end[one], 0.0) + _GRACE
    same = (track.who[one] == track.who[other]) & (track.begin[other] - track.begin[one] < _TURN)
    return np.asarray(same & (way > limit * time / 3600), dtype=np.bool_)


def _rows(evidence: Evidence, places: Whole) -> Flags:
    flags = np.zeros(len(evidence.rows), dtype=np.bool_)
    flags[places] = True
    return flags
