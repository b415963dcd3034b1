"""How fast interviewers work, beside others in the same places, and whether that changes (check K11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import stats

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.groups import FEW, Groups, places, subject, unlike_others, visits
from datashift.assess.unlike import habits, unlike
from datashift.language import N_
from datashift.model import Finding, Subject

_FEWEST_VISITS = 6
_FAR = 3.0

_TEXTS = {
    "pace": (
        N_(
            "Interviewers who took much more or much less time than others do in the same places: {unlike} of {of}. "
            "Practice, language and the people they meet can explain it."
        ),
        N_(
            "Some interviewers took much more or much less time than others do in the same places. "
            "Practice, language and the people they meet can explain it."
        ),
        N_("{own} interviews; the middle one took {times} times as long as those of others in the same places."),
    ),
    "drift": (
        N_(
            "Interviewers who became faster or slower during the fieldwork, much more than the others did: {unlike} "
            "of {of}. Practice can explain a part."
        ),
        N_(
            "Some interviewers became faster or slower during the fieldwork, much more than the others did. "
            "Practice can explain a part."
        ),
        N_("{own} interviews; the last ones took {times} times as long as the first ones. For others it is {usual}."),
    ),
}


class Family(NamedTuple):
    """Questions of one kind that are asked of chance: p values of interviews or interviewers, NaN where not asked.

    `times` and `usual` are what is told of an interviewer: factors of time.
    """

    kind: str
    p: Numbers
    times: Numbers | None = None
    usual: float = 1.0


def paces(evidence: Evidence, by: Groups | None, rest: Numbers) -> Iterator[Family]:
    """Yield the questions on interviewers: whether each is unlike the others, and whether its change in time is.

    In: logarithms of time less what the number of answers explains. Nothing for fewer than five interviewers.
    """
    if by is None or len(by.names) < FEW:
        return
    size, visit = len(by.names), visits(evidence)
    rest = _held(rest)
    found = unlike(rest, by.of, size, visit, places(evidence))
    yield Family("pace", found.either, np.exp(found.mean - found.others))
    start = evidence.moments("start")
    if start is not None:
        moment = np.where(np.isnat(start.sure), np.nan, start.sure.astype("datetime64[s]").astype(np.float64))
        slope, variance, freedom = _slopes(rest, moment, by, visit)
        p = _drift(slope, variance, freedom)
        if not np.isnan(p).all():
            yield Family("drift", p, np.exp(slope), float(np.exp(np.nanmedian(slope))))


def _held(rest: Numbers) -> Numbers:
    """Bring values that lie far out nearer, so that one form that was left open does not speak for its interviewer."""
    middle = np.nanmedian(rest)
    far = _FAR * np.nanmedian(np.abs(rest - middle)) / 0.6745
    return np.asarray(np.clip(rest, middle - far, middle + far))


def told_paces(evidence: Evidence, by: Groups, family: Family, noticed: Flags, rates: Numbers, kept: Flags) -> Finding:
    """Return the finding on the interviewers that are noticed; their rows are those that `kept` marks."""
    many, few, one = _TEXTS[family.kind]
    told: list[Subject] = []
    for k in np.flatnonzero(noticed):
        times = float("nan") if family.times is None else float(family.times[k])
        facts = {"times": round(times, 1), "usual": round(family.usual, 1)}
        chances = {"p_value": float(family.p[k]), "p_adjusted": float(rates[k])}
        told.append(subject(evidence, by, int(k), kept, one, **facts, **chances))
    asked = int((~np.isnan(family.p)).sum())
    return unlike_others(evidence, "K11", f"assess.time-{family.kind}", (many, few), told, len(by.names), tested=asked)


def medians(values: Numbers, of: Whole, size: int) -> tuple[Numbers, Numbers]:
    """Return the median of `values` in each of `size` groups (0 where there is none), and how many values there are."""
    order = np.lexsort((values, of))
    count = np.bincount(of, minlength=size)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    ordered, some = values[order], count > 0
    middle = np.zeros(size)
    lower, upper = first[some] + (count[some] - 1) // 2, first[some] + count[some] // 2
    middle[some] = (ordered[lower] + ordered[upper]) / 2
    return middle, count.astype(np.float64)


def _slopes(rest: Numbers, moment: Numbers, by: Groups, visit: Whole) -> tuple[Numbers, Numbers, Numbers]:
    """Return per interviewer the change from the first to the last interview, its variance, and degrees of freedom.

    The variance lets interviews of one visit depend on each other (Liang & Zeger 1986). NaN below six visits.
    """
    size = len(by.names)
    rows = np.flatnonzero((by.of >= 0) & ~np.isnan(rest) & ~np.isnan(moment))
    rows = rows[np.lexsort((moment[rows], by.of[rows]))]
    group, y = by.of[rows], rest[rows]
    count = np.bincount(group, minlength=size)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    x = (np.arange(len(rows)) - first[group]) / np.maximum(count[group] - 1, 1) - 0.5
    level = (np.bincount(group, y, size) / np.maximum(count, 1))[group]
    squares = np.maximum(np.bincount(group, x * x, size), 1e-9)
    slope = np.bincount(group, x * (y - level), size) / squares
    left = x * (y - level - slope[group] * x)
    width = int(visit.max(initial=0)) + 1
    unit, of_visit = np.unique(group * width + visit[rows], return_inverse=True)
    owner = unit // width
    number = np.bincount(owner, minlength=size).astype(np.float64)
    parts = np.bincount(of_visit, left, len(unit)) ** 2
    wide = np.bincount(owner, parts, size) / squares**2 * number / np.maximum(number - 2, 1)
    enough = number >= _FEWEST_VISITS
    return np.where(enough, slope, np.nan), np.where(enough, wide, np.nan), number - 2


def _drift(slope: Numbers, variance: Numbers, freedom: Numbers) -> Numbers:
    """Return the chance of a change so unlike the usual one: by its own uncertainty, and by habit (the greater)."""
    p = np.full(len(slope), np.nan)
    known = np.flatnonzero(variance > 1e-12)
    if len(known) >= FEW:
        mean, wide = slope[known], variance[known]
        own = 2 * stats.t.sf(np.abs(mean - np.median(mean)) / np.sqrt(wide), freedom[known])
        above, below = habits(mean, wide)
        p[known] = np.maximum(own, np.minimum(2 * np.minimum(above, below), 1.0))
    return p
