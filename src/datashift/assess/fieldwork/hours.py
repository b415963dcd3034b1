"""At what hours of the day people were asked (check K12)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.assess.groups import FEW, Groups, groups, subject, unlike_others, visits
from datashift.assess.moments import Moments, hours
from datashift.assess.unlike import unlike
from datashift.language import N_
from datashift.model import Finding

_FEWEST = 25

NO_START = N_("The recipe names no column with the begin of an interview. Name it under [paradata] start.")
NO_ZONE = N_(
    "The begin of the interviews is written in world time (UTC), so the hour of the day is not known. "
    "Name the local time under [paradata] zone."
)
_OUTSIDE = N_(
    "In {n} of {total} rows, the interview began outside the hours that were agreed ({first} to {last}). "
    "A clock that is set wrong looks so too."
)
_UNUSUAL = (
    N_(
        "Interviewers who asked at hours of the day at which the others hardly asked: {unlike} of {of}. "
        "Some people are only at home in the evening; a clock that is set wrong looks so too."
    ),
    N_(
        "Some interviewers asked at hours of the day at which the others hardly asked. "
        "Some people are only at home in the evening; a clock that is set wrong looks so too."
    ),
)
_ONE = N_(
    "The middle one of {own} interviews began at {hour} o'clock, where that of the others began at {usual}. "
    "Look at the clock of the device first."
)


def unusual_hours(evidence: Evidence) -> Outcome:
    """K12: interviews outside the hours that were agreed, and interviewers who ask at other hours than all others.

    How unusual an hour is: the logarithm of how many times as many interviews begin at the best hour. Its mean by
    interviewer is compared as in `unlike`; the chance of one interview is its rank.
    """
    start = evidence.moments("start")
    if start is None:
        return Outcome(idle=NO_START)
    if _world_time(evidence, start):
        return Outcome(idle=NO_ZONE)
    hour = np.where(evidence.written, hours(start.local), np.nan)
    found = list(_outside(evidence, hour))
    known = ~np.isnan(hour)
    if known.sum() < _FEWEST:
        return Outcome(tuple(found))
    rarity = rare(hour)
    by = groups(evidence, "enumerator")
    p = np.full(0, np.nan)
    if by is not None and len(by.names) >= FEW:
        p = unlike(rarity, by.of, len(by.names), visits(evidence), None, factors=True).high
        found += _interviewers(evidence, by, p, hour)
    facts = {"known": int(known.sum()), "middle": _clock(hour)}
    return Outcome(tuple(found), int((~np.isnan(p)).sum()), facts=facts, signal=ranks(rarity))


def shares(hour: Numbers) -> Numbers:
    """Return the share of all interviews in each hour of the day; neighbours around the clock lend each other some."""
    count = np.bincount(hour[~np.isnan(hour)].astype(np.int64) % 24, minlength=24) + 0.5
    return np.asarray((np.roll(count, 1) + 2 * count + np.roll(count, -1)) / (4 * count.sum()))


def rare(hour: Numbers) -> Numbers:
    """Return how unusual each hour is: the logarithm of how many times as many are asked at the best hour."""
    share, known = shares(hour), ~np.isnan(hour)
    found = np.full(len(hour), np.nan)
    found[known] = np.log(share.max() / share)[hour[known].astype(np.int64) % 24]
    return found


def ranks(values: Numbers) -> Numbers:
    """Return for each value the share of values that are at least as great: its p value among its like."""
    known = np.flatnonzero(~np.isnan(values))
    order = np.sort(values[known])
    p = np.full(len(values), np.nan)
    p[known] = (len(known) - np.searchsorted(order, values[known], side="left")) / max(len(known), 1)
    return p


def _world_time(evidence: Evidence, start: Moments) -> bool:
    read = ~np.isnat(start.local)
    same = (start.local == start.sure) & start.offset
    return evidence.recipe.paradata.zone is None and bool(read.any()) and bool(same[read].all())


def _outside(evidence: Evidence, hour: Numbers) -> Iterator[Finding]:
    agreed = evidence.recipe.protocol.hours
    if agreed is None:
        return
    first, last = agreed
    inside = (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)
    where: Flags = ~np.isnan(hour) & ~inside
    if where.any():
        facts = {"first": f"{first}:00", "last": f"{last}:00"}
        yield evidence.noticed("K12", "assess.outside-hours", _OUTSIDE, where, **facts)


def _interviewers(evidence: Evidence, by: Groups, p: Numbers, hour: Numbers) -> Iterator[Finding]:
    rates, noticed = discoveries(p)
    if not noticed.any():
        return
    known: npt.NDArray[np.bool_] = ~np.isnan(hour)
    told = []
    for k in np.flatnonzero(noticed):
        facts = {"hour": _clock(hour[by.of == k]), "usual": _clock(hour[(by.of >= 0) & (by.of != k)])}
        chances = {"p_value": float(p[k]), "p_adjusted": float(rates[k])}
        told.append(subject(evidence, by, int(k), known, _ONE, **facts, **chances))
    asked = int((~np.isnan(p)).sum())
    yield unlike_others(evidence, "K12", "assess.unusual-hours", _UNUSUAL, told, len(by.names), tested=asked)


def _clock(hour: Numbers) -> str:
    """Return the middle of hours around the clock as hours and minutes: that of 23:00 and 1:00 is 0:00."""
    angle = hour[~np.isnan(hour)] / 24 * 2 * np.pi
    middle = np.angle(np.exp(1j * angle).sum()) / (2 * np.pi) * 24 % 24 if len(angle) else 0.0
    minutes = round(middle * 60) % 1440
    return f"{minutes // 60}:{minutes % 60:02d}"
