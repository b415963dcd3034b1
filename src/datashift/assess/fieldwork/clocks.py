"""Clocks of devices: begin, end, sending and arrival held against each other (check K14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import special

from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.fieldwork.dates import impossible_dates
from datashift.assess.fieldwork.hours import shares
from datashift.assess.groups import FEW, Groups, groups, subject, unlike_others
from datashift.assess.moments import Moments, hours, passed, seconds
from datashift.assess.unlike import habits
from datashift.chance import LEVEL
from datashift.language import N_
from datashift.model import Finding

_HOUR = 3600.0
_FEWEST_DAYS = 4
_MINUTE = 60.0
_NOTED = 900.0
_HARDLY = 0.01
_EARLIEST = np.datetime64("2001-02-01T00:00:00")
"""Clocks that lose their battery begin again in 1970, 1980 or 2000, and run on from there."""

_ORDER = {
    "backwards": N_(
        "In {n} of {total} rows, the interview ends before it begins. The clock was probably set in between. "
        "Its length is not known; the answers are not concerned."
    ),
    "sent-early": N_(
        "In {n} of {total} rows, the interview was sent before it ended. The clock of the device is probably fast, or "
        "the interview was opened again after it was sent."
    ),
    "received-early": N_(
        "In {n} of {total} rows, the interview arrived before it was sent. The clock of the device is probably fast, "
        "by {minutes} minutes in the middle."
    ),
    "ahead": N_(
        "In {n} of {total} rows, the interview begins in the future. The clock of the device is probably fast."
    ),
    "reset": N_(
        "In {n} of {total} rows, the interview begins before {earliest}. The clock of the device was probably set "
        "back, as happens when a battery is changed. When it arrived tells the day."
    ),
}
_SLOW = (
    N_(
        "Devices with a clock that seems to be wrong: {unlike} of {of}. On every day, much more time than on others "
        "lies between the end of an interview and its arrival. Interviews that are always sent late look so too."
    ),
    N_(
        "Some devices have a clock that seems to be wrong. On every day, much more time than on others lies between "
        "the end of an interview and its arrival. Interviews that are always sent late look so too."
    ),
)
_BACK = (
    N_(
        "Devices with a clock that seems to have been changed: {unlike} of {of}. From one day on, every interview "
        "arrives much later after its end than before. Poor network looks so too."
    ),
    N_(
        "Some devices have a clock that seems to have been changed. From one day on, every interview arrives much "
        "later after its end than before. Poor network looks so too."
    ),
)
_ONE_SHIFT = N_(
    "On each of {days} days, at least {hours} hours lie between the end of an interview and its arrival. By this clock "
    "it asks when the others hardly do; {shift} hours later, it does not. The clock was probably {shift} hours slow. "
    "Adding {shift} hours repairs these times."
)
_ONE_LATE = N_(
    "On each of {days} days, at least {hours} hours lie between the end of an interview and its arrival. "
    "Ask whether the clock was slow by about {shift} hours, or interviews were sent late."
)
_ONE_BACK = N_(
    "From day {from_day} of {days} on, at least {hours} hours lie between the end of an interview and its arrival, and "
    "less before. Ask whether the clock was set back, or interviews were sent late."
)


class _Floors(NamedTuple):
    """Per device and day: the device, the day, the shortest time from the end of an interview to its arrival, and how
    many interviews there were.
    """

    of: Whole
    day: Whole
    least: Numbers
    number: Whole


def clocks(evidence: Evidence) -> Outcome:
    """K14: dates that cannot be right, moments in the wrong order, clocks that began again, and clocks that are off.

    Nothing is dropped: what a clock says wrongly is the time, not the answers. Where only one of two moments has its
    offset written, the other one is read so that it contradicts least.
    """
    found = list(impossible_dates(evidence))
    names = ("start", "end", "submitted", "received")
    known = {name: moment for name in names if (moment := evidence.moments(name)) is not None}
    by = groups(evidence, "device") or groups(evidence, "enumerator")
    found += _order(evidence, known)
    arrived = known.get("received") or known.get("submitted")
    tested = 0
    if arrived is not None and "end" in known and by is not None and len(by.names) >= FEW:
        lag = np.where(evidence.written, lags(arrived, known["end"]), np.nan)
        floors = _floors(lag, arrived, by)
        full = _full_days(floors, len(by.names))
        families = (_slow(floors, len(by.names)), _set_back(full, len(by.names)))
        tested = sum(int((~np.isnan(p)).sum()) for p in families)
        found += _told_slow(evidence, by, floors, families[0], known["end"])
        found += _told_back(evidence, by, full, families[1], arrived)
    return Outcome(tuple(found), tested)


def lags(later: Moments, earlier: Moments) -> Numbers:
    """Return the seconds from one moment to the other.

    Where only one column has its offset written, the other is taken as UTC or as the same local clock: whichever has
    fewer moments in the wrong order.
    """
    plain = passed(later, earlier)
    mixed = later.offset != earlier.offset
    if not mixed.any():
        return plain
    reads = [seconds(later.sure, earlier.sure), seconds(later.local, earlier.local)]
    best = min(reads, key=lambda one: (int((one[mixed] < 0).sum()), float(np.nansum(np.abs(one[mixed])))))
    return np.where(mixed, best, plain)


def _order(evidence: Evidence, known: dict[str, Moments]) -> Iterator[Finding]:
    written = evidence.written
    arrived = "submitted" if "submitted" in known else "received"
    pairs = (("backwards", "end", "start"), ("sent-early", arrived, "end"), ("received-early", "received", "submitted"))
    for code, later, earlier in pairs:
        if later in known and earlier in known:
            lag = lags(known[later], known[earlier])
            where: Flags = written & (lag < (0.0 if code == "backwards" else -_MINUTE))
            if where.any():
                minutes = round(float(-np.median(lag[where])) / 60)
                yield evidence.noticed("K14", f"assess.{code}", _ORDER[code], where, minutes=minutes)
    start = known.get("start")
    if start is not None:
        tomorrow = np.datetime64(evidence.today).astype("datetime64[s]") + np.timedelta64(86_400, "s")
        ahead = written & (start.local >= tomorrow)
        if ahead.any():
            yield evidence.noticed("K14", "assess.ahead", _ORDER["ahead"], ahead)
        first = evidence.recipe.period.first
        earliest = min(_EARLIEST, np.datetime64(first).astype("datetime64[s]")) if first else _EARLIEST
        reset = written & (start.local < earliest)
        if reset.any():
            facts = {"earliest": str(earliest.astype("datetime64[D]"))}
            yield evidence.noticed("K14", "assess.reset", _ORDER["reset"], reset, **facts)


def _floors(lag: Numbers, arrived: Moments, by: Groups) -> _Floors:
    rows = np.flatnonzero(~np.isnan(lag) & (by.of >= 0))
    day = arrived.sure[rows].astype("datetime64[D]").astype(np.int64)
    order = np.lexsort((lag[rows], day, by.of[rows]))
    rows, day = rows[order], day[order]
    of = by.of[rows]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = (of[1:] != of[:-1]) | (day[1:] != day[:-1])
    begins = np.flatnonzero(first)
    return _Floors(of[first], day[first], lag[rows][first], np.diff(begins, append=len(rows)))


def _full_days(floors: _Floors, size: int) -> _Floors:
    """Return the days with at least as many interviews as the median day of their device.

    The shortest of few waits is longer than that of many, and the last day of fieldwork often has few.
    """
    keep = np.zeros(len(floors.of), dtype=np.bool_)
    ends = np.searchsorted(floors.of, np.arange(size + 1))
    for k in range(size):
        own = slice(ends[k], ends[k + 1])
        keep[own] = floors.number[own] >= np.median(floors.number[own]) if ends[k] < ends[k + 1] else False
    return _Floors(floors.of[keep], floors.day[keep], floors.least[keep], floors.number[keep])


def _slow(floors: _Floors, size: int) -> Numbers:
    """Return per device the chance of so long a wait on every day: by its own days, and among devices (the greater).

    Own days: where waits can be short, the shortest of D exponential waits is small beside the rest (the test of a
    guarantee time, Epstein & Tsao 1953). Among devices: the logarithms of the shortest waits are taken as normal.
    """
    days = np.bincount(floors.of, minlength=size).astype(np.float64)
    least = np.full(size, np.inf)
    np.minimum.at(least, floors.of, floors.least)
    known = (days >= _FEWEST_DAYS) & np.isfinite(least)
    if known.sum() < FEW:
        return np.full(size, np.nan)
    least = np.where(known, np.maximum(least, 0.0), 0.0)
    above = np.maximum(np.bincount(floors.of, floors.least, size) - days * least, 1.0)
    own = (1 + days * least / above) ** -(days - 1)
    p = np.full(size, np.nan)
    logs = np.log(least[known] + _MINUTE)
    p[known] = np.maximum(own[known], habits(logs, np.full(len(logs), 1e-6))[0])
    return np.where(known & (least < _NOTED), 1.0, p)


def _set_back(floors: _Floors, size: int) -> Numbers:
    """Return per device the chance that its days with long waits, told by the widest gap, all come last.

    Without a change every order of the days is as likely: of D days, a certain last ones have a chance of 1 in (D
    choose a). No p value below five days.
    """
    p = np.full(size, np.nan)
    ends = np.searchsorted(floors.of, np.arange(size + 1))
    for k in range(size):
        waits = floors.least[ends[k] : ends[k + 1]]
        if len(waits) > _FEWEST_DAYS:
            p[k] = np.exp(-_orders(len(waits), len(waits) - change)) if (change := change_at(waits)) else 1.0
    return p


def change_at(waits: Numbers) -> int:
    """Return from which position on all waits are longer than all before, by an hour or more; 0 for none."""
    lowest = np.minimum.accumulate(waits[::-1])[::-1]
    highest = np.maximum.accumulate(waits)
    order = np.sort(waits)
    widest = int(np.argmax(np.diff(order))) + 1
    apart = lowest[widest] - highest[widest - 1]
    return widest if apart >= _HOUR else 0


def _orders(of: int, chosen: int) -> float:
    return float(special.gammaln(of + 1) - special.gammaln(chosen + 1) - special.gammaln(of - chosen + 1))


def _told_slow(evidence: Evidence, by: Groups, floors: _Floors, p: Numbers, end: Moments) -> Iterator[Finding]:
    rates, noticed = discoveries(p, LEVEL / 2)
    if not noticed.any():
        return
    hour, told = hours(end.local), []
    for k in map(int, np.flatnonzero(noticed)):
        own = floors.least[floors.of == k]
        shift = round(float(own.min()) / _HOUR * 2) / 2
        others = shares(np.where((by.of >= 0) & (by.of != k), hour, np.nan))
        now, later = (np.nanmean(others[_full(hour[by.of == k] + more)] < _HARDLY) for more in (0.0, shift))
        text = _ONE_SHIFT if now >= 0.5 and later <= 0.1 else _ONE_LATE
        facts = {"days": len(own), "hours": round(float(own.min()) / _HOUR, 1), "shift": shift}
        chances = {"p_value": float(p[k]), "p_adjusted": min(2 * float(rates[k]), 1.0)}
        told.append(subject(evidence, by, k, ~np.isnan(hour), text, **facts, **chances))
    asked = int((~np.isnan(p)).sum())
    yield unlike_others(evidence, "K14", "assess.clock-slow", _SLOW, told, len(by.names), tested=asked)


def _full(hour: Numbers) -> Whole:
    return np.asarray(hour[~np.isnan(hour)].astype(np.int64) % 24)


def _told_back(evidence: Evidence, by: Groups, floors: _Floors, p: Numbers, arrived: Moments) -> Iterator[Finding]:
    rates, noticed = discoveries(p, LEVEL / 2)
    if not noticed.any():
        return
    day, told = arrived.sure.astype("datetime64[D]").astype(np.int64), []
    for k in map(int, np.flatnonzero(noticed)):
        own = floors.of == k
        change = change_at(floors.least[own])
        facts = {
            "from_day": change + 1, "days": int(own.sum()),
            "hours": round(float(floors.least[own][change:].min()) / _HOUR, 1),
        }  # fmt: skip
        chances = {"p_value": float(p[k]), "p_adjusted": min(2 * float(rates[k]), 1.0)}
        since = ~np.isnat(arrived.sure) & (day >= floors.day[own][change])
        told.append(subject(evidence, by, k, since, _ONE_BACK, **facts, **chances))
    asked = int((~np.isnan(p)).sum())
    yield unlike_others(evidence, "K14", "assess.clock-changed", _BACK, told, len(by.names), tested=asked)
