"""How long interviews took: each against all others, and interviewers against each other (check K11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.fieldwork.paces import Family, paces, quantiles, told_paces
from datashift.assess.fieldwork.tails import LEAST, above, below
from datashift.assess.groups import Groups, groups
from datashift.assess.moments import passed
from datashift.chance import LEVEL
from datashift.language import N_
from datashift.model import Finding

_DAY = 86_400.0
_PRIOR = 3.0
"""An interviewer's own pace counts in full only after several interviews."""

NO_LENGTH = N_(
    "The recipe names no column with the length of an interview. Name its begin and end under [paradata] start and "
    "end, or its length under seconds."
)
TOO_FEW = N_("With fewer than {least} interviews of a known length, nobody can say which is too short.")

_OPEN = N_(
    "In {n} of {total} rows, more than a day lies between the begin and the end of the interview. The form was "
    "probably left open. These times say nothing about the interview."
)
_MINUTES = N_(
    "In {n} of {total} rows, the interview took less or more time than was agreed: {below} are shorter, {above} "
    "longer. A form that is opened late or closed late looks so too."
)
_SHORT = N_(
    "In {n} of {total} rows, the interview took far less time than others with as many answers: at most {most} "
    "minutes, where {usual} are usual. Ask why; some forms are filled in later from paper."
)
_LONG = N_(
    "In {n} of {total} rows, the interview took far more time than others with as many answers: at least {least} "
    "minutes, where {usual} are usual. A form that was left open looks so too."
)
_QUICK = N_(
    "In {n} of {total} rows, the single questions were answered in far less time than in other interviews. "
    "Ask why; some forms are filled in later from paper."
)


class _Clock(NamedTuple):
    """Logarithms of time, less what the number of answers explains (`rest`), less the interviewer's pace (`own`)."""

    rest: Numbers
    own: Numbers


def durations(evidence: Evidence) -> Outcome:
    """K11: interviews, interviewers and changes in pace that chance does not explain; and what was agreed.

    Logarithms of time by number of answers (Huber's line), see `below` and `above` for single interviews, `unlike` for
    the pace of interviewers and `shares_p` for their hasty interviews. Each kind of question gets its part of the level
    (long times and hasty interviewers half a part), so that all of them speak falsely in at most that share of honest
    surveys.
    """
    length = _length(evidence)
    pace = _pace(evidence)
    if length is None and pace is None:
        return Outcome(idle=NO_LENGTH)
    rules = tuple(_agreed(evidence, length)) if length is not None else ()
    usable = np.where((length > 0) & (length <= _DAY), length, np.nan) if length is not None else None
    by = groups(evidence, "enumerator")
    total = _clock(np.log(usable), evidence.answered, by) if usable is not None else None
    quick = _clock(pace, evidence.answered, by) if pace is not None else None
    basis = total or quick
    known = int(np.isfinite(basis.rest).sum()) if basis is not None else 0
    if basis is None or known < LEAST:
        return Outcome(rules, idle="" if rules else TOO_FEW, facts={"known": known, "least": LEAST})
    families = [*_of_interviews(total, quick), *paces(evidence, by, basis.rest, basis.own)]
    parts = sum(family.part for family in families)
    found = [
        one for family in families for one in _told(evidence, family, parts / family.part, usable, (by, basis.rest))
    ]
    facts: dict[str, float] = {"known": known}
    if usable is not None:
        facts |= {"minutes": round(float(np.nanmedian(usable)) / 60, 1)}
    tested = sum(int((~np.isnan(family.p)).sum()) for family in families)
    return Outcome((*rules, *found), tested, facts=facts, signal=_signal(families, by, basis.rest))


def _length(evidence: Evidence) -> Numbers | None:
    column = evidence.recipe.paradata.seconds
    if column in evidence.columns:
        return evidence.value(str(column))
    start, end = evidence.moments("start"), evidence.moments("end")
    return None if start is None or end is None else np.where(evidence.written, passed(end, start), np.nan)


def _pace(evidence: Evidence) -> Numbers | None:
    """Return per row the mean logarithm of the seconds per question, each less the usual one of its question."""
    total, count = np.zeros(len(evidence.rows)), np.zeros(len(evidence.rows))
    for column in evidence.recipe.paradata.question_seconds.values():
        taken = evidence.value(column) if column in evidence.columns else np.zeros(0)
        known = taken > 0
        if known.sum() >= LEAST:
            logs = np.log(taken[known])
            total[known] += logs - np.median(logs)
            count[known] += 1
    if not count.any():
        return None
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _clock(logs: Numbers, answered: Whole, by: Groups | None) -> _Clock:
    known = np.isfinite(logs)
    rest = np.full(len(logs), np.nan)
    if known.any():
        rest[known] = logs[known] - _line(np.log1p(answered[known]), logs[known])
    if by is None:
        return _Clock(rest, rest)
    named = known & (by.of >= 0)
    if not named.any():
        return _Clock(rest, rest)
    own = np.zeros(len(logs))
    own[named] = _own(rest[named], by.of[named], len(by.names))[by.of[named]]
    return _Clock(rest, rest - own)


def _own(rest: Numbers, of: Whole, size: int) -> Numbers:
    """Return the pace of each interviewer: of the three quartiles, the one that is nearest to that of all.

    So half of the interviews in a hurry are no pace, and neither are half of the forms left open.
    """
    apart = np.array([quantiles(rest, of, size, share) - np.quantile(rest, share) for share in (0.25, 0.5, 0.75)])
    count = np.bincount(of, minlength=size)
    nearest = np.take_along_axis(apart, np.abs(apart).argmin(axis=0)[None], axis=0)[0]
    return np.asarray(nearest * count / (count + _PRIOR))


def _line(x: Numbers, y: Numbers) -> Numbers:
    """Return what a line of Huber's kind says of `y` at `x`; the median where `x` does not vary."""
    fitted = np.full(len(y), np.median(y))
    if x.std() < 1e-9:
        return fitted
    for _step in range(12):
        apart = np.abs(y - fitted)
        scale = 1.345 * max(float(np.median(apart)) / 0.6745, 1e-9)
        weight = np.minimum(1.0, scale / np.maximum(apart, 1e-12))
        total = weight.sum()
        middle, level = (weight * x).sum() / total, (weight * y).sum() / total
        spread = (weight * (x - middle) ** 2).sum()
        slope = (weight * (x - middle) * y).sum() / spread if spread > 1e-9 else 0.0
        fitted = level + slope * (x - middle)
    return fitted


def _of_interviews(total: _Clock | None, quick: _Clock | None) -> list[Family]:
    families = []
    if total is not None:
        families += [Family("short", _short(total)), Family("long", above(total.own), part=0.5)]
    if quick is not None:
        families.append(Family("quick", _short(quick)))
    return families


def _short(clock: _Clock) -> Numbers:
    """Return the chance of so short a one, asked with and without the pace of the interviewer (Bonferroni)."""
    return np.asarray(np.minimum(2 * np.fmin(below(clock.own), below(clock.rest)), 1.0))


def _signal(families: list[Family], by: Groups | None, rest: Numbers) -> Numbers:
    """Return per row the least chance of so short an interview, times how many were asked (Bonferroni).

    A hasty interview has the chance of its interviewer's hasty ones as well: who is drawn at random has so small a
    chance at most as often, and the row must be hasty in addition. Half of the level is for the place of the interview
    among all, from the shortest on: that is a chance whatever honest times look like, and never a very small one.
    """
    looks = [family.p for family in families if family.kind in ("short", "quick")]
    for family in families:
        if by is not None and family.rows is not None:
            looks.append(np.where(family.rows, family.p[by.of], np.nan))
    place = np.full(len(rest), np.nan)
    known = np.isfinite(rest)
    place[known] = np.searchsorted(np.sort(rest[known]), rest[known], side="right") / known.sum()
    return np.asarray(np.minimum(2 * np.fmin(len(looks) * np.fmin.reduce(looks), place), 1.0))


def _agreed(evidence: Evidence, length: Numbers) -> Iterator[Finding]:
    left = length > _DAY
    if left.any():
        yield evidence.noticed("K11", "assess.left-open", _OPEN, left)
    bounds = evidence.recipe.protocol.minutes
    if bounds is None:
        return
    minutes = np.where(left | (length < 0), np.nan, length / 60)
    low = (minutes < (-np.inf if bounds.least is None else bounds.least)) | (
        minutes <= (-np.inf if bounds.above is None else bounds.above)
    )
    high = (minutes > (np.inf if bounds.most is None else bounds.most)) | (
        minutes >= (np.inf if bounds.below is None else bounds.below)
    )
    if (low | high).any():
        yield evidence.noticed(
            "K11", "assess.minutes", _MINUTES, low | high, below=int(low.sum()), above=int(high.sum())
        )


def _told(
    evidence: Evidence, family: Family, times: float, length: Numbers | None, who: tuple[Groups | None, Numbers]
) -> Iterator[Finding]:
    by, rest = who
    rates, noticed = discoveries(family.p, LEVEL / times)
    if not noticed.any():
        return
    rates = np.minimum(rates * times, 1.0)
    if family.kind in ("short", "long", "quick"):
        yield _interviews(evidence, family, noticed, rates, length)
    elif by is not None:
        yield told_paces(evidence, by, family, noticed, rates, ~np.isnan(rest))


def _interviews(evidence: Evidence, family: Family, where: Flags, rates: Numbers, length: Numbers | None) -> Finding:
    text = {"short": _SHORT, "long": _LONG, "quick": _QUICK}[family.kind]
    facts = {}
    if family.kind != "quick" and length is not None:
        ends = (float(np.min(length[where])), float(np.max(length[where])))
        usual = round(float(np.nanmedian(length)) / 60, 1)
        facts = {"least": round(ends[0] / 60, 1), "most": round(ends[1] / 60, 1), "usual": usual}
    return replace(
        evidence.noticed("K11", f"assess.time-{family.kind}", text, where, **facts),
        p_value=float(family.p[where].min()),
        p_adjusted=float(rates[where].min()),
        tested=int((~np.isnan(family.p)).sum()),
    )
