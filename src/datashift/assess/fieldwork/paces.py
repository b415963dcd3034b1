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
_HASTY = float(np.log(4))
"""An interview is hasty in less than a quarter of the time; a form with fewer modules seldom takes so little."""
_ALIKE = 0.15
"""Correlation of interviews of one honest interviewer in being hasty or not, at least: some have more short forms."""

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
    "hasty": (
        N_(
            "Interviewers with more interviews in less than a quarter of the usual time than others have: {unlike} of "
            "{of}. A short form, or forms filled in later from paper, can explain it."
        ),
        N_(
            "Some interviewers have more interviews in less than a quarter of the usual time than others have. "
            "A short form, or forms filled in later from paper, can explain it."
        ),
        N_("{n} of {own} interviews took less than a quarter of the usual time."),
    ),
}


class Family(NamedTuple):
    """Questions of one kind that are asked of chance: p values of interviews or interviewers, NaN where not asked.

    `times` and `usual` are what is told of an interviewer: factors of time. `rows` are the interviews that it is about;
    None for all. `part` of the level is what it gets, beside 1 for others.
    """

    kind: str
    p: Numbers
    times: Numbers | None = None
    usual: float = 1.0
    rows: Flags | None = None
    part: float = 1.0


def paces(evidence: Evidence, by: Groups | None, rest: Numbers, own: Numbers) -> Iterator[Family]:
    """Yield the questions on interviewers: whether pace, share of hasty interviews, and change are unlike the others'.

    In: logarithms of time less what the number of answers explains (`rest`), and less the interviewer's pace (`own`).
    Nothing for fewer than five interviewers.
    """
    if by is None or len(by.names) < FEW:
        return
    size, visit = len(by.names), visits(evidence)
    rest = _held(rest)
    found = unlike(rest, by.of, size, visit, places(evidence))
    yield Family("pace", found.either, np.exp(found.mean - found.others))
    hasty = own < -_HASTY
    yield Family("hasty", shares_p(by.counts(hasty), by.counts(~np.isnan(own))), rows=hasty, part=0.5)
    start = evidence.moments("start")
    if start is not None:
        moment = np.where(np.isnat(start.sure), np.nan, start.sure.astype("datetime64[s]").astype(np.float64))
        slope, variance, freedom = _slopes(rest, moment, by, visit)
        p = _drift(slope, variance, freedom)
        if not np.isnan(p).all():
            yield Family("drift", p, np.exp(slope), float(np.exp(np.nanmedian(slope))))


def shares_p(hits: Whole, tries: Whole) -> Numbers:
    """Return for each interviewer the chance of so many hits, NaN for fewer than five with tries.

    A beta-binomial distribution whose mean the others tell, and whose intraclass correlation is what the others tell
    (moments: Williams 1982), but no less than `_ALIKE`: where hardly anybody has hits, little can be learnt about it.
    """
    p, asked = np.full(len(hits), np.nan), tries > 0
    if asked.sum() < FEW:
        return p
    x, n = hits[asked].astype(np.float64), tries[asked].astype(np.float64)
    number = n.sum() - n
    mean = (x.sum() - x + 1) / (number + 2)
    squares = (x**2).sum() - x**2 - 2 * mean * ((x * n).sum() - x * n) + mean**2 * ((n**2).sum() - n**2)
    pairs = np.maximum((n**2).sum() - n**2 - number, 1.0)
    alike = np.clip((squares / (mean * (1 - mean)) - number) / pairs, _ALIKE, 0.9)
    spread = 1 / alike - 1
    p[asked] = stats.betabinom.sf(x - 1, n, mean * spread, (1 - mean) * spread)
    return p


def _held(rest: Numbers) -> Numbers:
    """Bring values that lie far out nearer, so that one form that was left open does not speak for its interviewer."""
    middle = np.nanmedian(rest)
    far = _FAR * np.nanmedian(np.abs(rest - middle)) / 0.6745
    return np.asarray(np.clip(rest, middle - far, middle + far))


def told_paces(evidence: Evidence, by: Groups, family: Family, noticed: Flags, rates: Numbers, known: Flags) -> Finding:
    """Return the finding on the interviewers that are noticed; their rows are those of the family, else all `known`."""
    many, few, one = _TEXTS[family.kind]
    kept = known if family.rows is None else family.rows
    told: list[Subject] = []
    for k in np.flatnonzero(noticed):
        facts: dict[str, float] = {}
        if family.times is not None:
            facts = {"times": round(float(family.times[k]), 1), "usual": round(family.usual, 1)}
        chances = {"p_value": float(family.p[k]), "p_adjusted": float(rates[k])}
        told.append(subject(evidence, by, int(k), kept, one, **facts, **chances))
    asked = int((~np.isnan(family.p)).sum())
    return unlike_others(evidence, "K11", f"assess.time-{family.kind}", (many, few), told, len(by.names), tested=asked)


def quantiles(values: Numbers, of: Whole, size: int, share: float) -> Numbers:
    """Return a quantile of `values` in each of `size` groups, NaN where there is none."""
    order = values[np.lexsort((values, of))]
    count = np.bincount(of, minlength=size)
    some = count > 0
    at = (np.cumsum(count) - count)[some] + share * (count[some] - 1)
    lower = np.floor(at).astype(np.int64)
    upper = np.minimum(lower + 1, len(order) - 1)
    found = np.full(size, np.nan)
    found[some] = order[lower] + (at - lower) * (order[upper] - order[lower])
    return found


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
