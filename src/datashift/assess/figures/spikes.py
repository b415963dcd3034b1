"""Numbers that are given far too often against their neighbours, or never although these are frequent (check K16)."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy import stats

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.figures.tally import Tally, number_questions, tally
from datashift.language import N_
from datashift.model import Finding

_LEAST = 50
_SPAN = 5
_HIGHER = 3.0
_SHARE = 0.05
_DENSE = 0.8
_CYCLES = (5, 6, 7, 8)
"""Multiples of these are round: money, dozens and hours, days of weeks, shares of a day."""

IDLE = N_("No question has 50 numbers on a regular scale, so no number has neighbours to be compared with.")

OFTEN = N_(
    "In {n} of {answers} answers, '{column}' is exactly the same number, which is not round; "
    "chance gives about {expected}, as its neighbours are given. "
    "It may be a usual measure or price, a number filled in by the form, or copies."
)
OFTEN_VALUE = N_(
    "In {n} of {answers} answers, '{column}' is exactly {value}, which is not round; "
    "chance gives about {expected}, as its neighbours are given. "
    "It may be a usual measure or price, a number filled in by the form, or copies."
)
NEVER = N_(
    "Nobody gave {value} in '{column}', although its neighbours are given {expected} times each. "
    "Perhaps the form does not let it in, or it was changed afterwards."
)


class Scale(NamedTuple):
    """The numbers of a question on their scale: consecutive steps with counts, the first step, and the step itself."""

    tally: Tally
    counts: Numbers
    first: int
    step: float


class Spike(NamedTuple):
    """A place on a scale, how often it and its neighbours are given, and how likely that is."""

    place: int
    given: int
    expected: float
    p: float


def scale(found: Tally) -> Scale | None:
    """Return the numbers of a question on the coarsest decimal scale that holds 95 of 100, without zeros."""
    kept = found.of(found.values > 0)
    if kept.total < _LEAST:
        return None
    for power in range(9, -4, -1):
        steps = np.round(kept.values / 10.0**power)
        on = np.abs(kept.values / 10.0**power - steps) <= 1e-9 * steps
        if kept.counts[on].sum() >= 0.95 * kept.total:
            break
    else:
        return None
    first, last = int(steps[on].min()), int(kept.quantile(0.999) / 10.0**power) + 1
    near = on & (steps <= last)
    if not 2 * _SPAN < last - first <= 1_000_000:
        return None
    counts = np.bincount((steps[near] - first).astype(np.int64), weights=kept.counts[near], minlength=last - first + 1)
    return Scale(kept, counts.astype(np.float64), first, 10.0**power)


def spikes(one: Scale) -> Spike | None:
    """Return the place that stands out most above its neighbours, with a p value paid for by all places.

    Neighbours are the five numbers on either side that are not round. A number is expected three times as often as
    these are on the fuller side at most, and as the greater of the two next to it, round or not: then its count among
    its own and theirs is binomial.
    """
    plain, size = _plain(one), len(one.counts)
    sums, many = (np.concatenate([[0.0], np.cumsum(part)]) for part in (one.counts * plain, plain))
    at = np.flatnonzero(plain & (one.counts >= _SHARE * one.tally.total))
    at = at[(at >= _SPAN) & (at < size - _SPAN)]
    if not at.size:
        return None
    sides = [(at - _SPAN, at), (at + 1, at + 1 + _SPAN)]
    p, expected = np.zeros(len(at)), np.zeros(len(at))
    for start, end in sides:
        theirs, number = sums[end] - sums[start], np.maximum(many[end] - many[start], 1)
        own = _HIGHER / (_HIGHER + number)
        p = np.maximum(p, stats.binom.sf(one.counts[at] - 1, one.counts[at] + theirs, own))
        expected = np.maximum(expected, theirs / number)
    beside = np.maximum(one.counts[at - 1], one.counts[at + 1])
    p = np.maximum(p, stats.binom.sf(one.counts[at] - 1, one.counts[at] + beside, _HIGHER / (_HIGHER + 1)))
    best = int(np.argmin(p))
    paid = min(1.0, float(p[best]) * int((plain & (one.counts > 0)).sum()))
    return Spike(int(at[best]), int(one.counts[at[best]]), float(expected[best]), paid)


def gaps(one: Scale) -> Spike | None:
    """Return the number that nobody gives although its neighbours are frequent, paid for by all places.

    Its neighbours that are not round must be given, and four of five numbers on the scale, else it holds codes. It is
    expected a third as often as the least frequent of these neighbours, at least.
    """
    plain, size = _plain(one), len(one.counts)
    if (one.counts[plain] > 0).mean() < _DENSE:
        return None
    at = np.flatnonzero(plain & (one.counts == 0))
    at = at[(at >= _SPAN) & (at < size - _SPAN)]
    near = np.where(plain, one.counts, np.inf)
    if not at.size:
        return None
    least = np.min([near[at + shift] for shift in (-2, -1, 1, 2)], axis=0)
    known = sum(np.isfinite(near[at + shift]) for shift in (-2, -1, 1, 2))
    least = np.where(np.isfinite(least) & (known >= 2), least, 0.0)
    best = int(np.argmax(least))
    return Spike(int(at[best]), 0, float(least[best]), min(1.0, float(np.exp(-least[best] / _HIGHER)) * size))


def too_frequent(evidence: Evidence) -> Outcome:
    """K16: one number given far too often, or never, against its neighbours (SurveyCTO's quality checks, as a test)."""
    asked = [one for name in number_questions(evidence) if (one := scale(tally(evidence, name)))]
    if not asked:
        return Outcome(idle=IDLE)
    every = [(one, spike) for one in asked for spike in (spikes(one), gaps(one))]
    p = np.array([spike.p if spike else 1.0 for _one, spike in every])
    rates, flagged = discoveries(p)
    found = [
        replace(_told(evidence, one, spike), p_value=spike.p, p_adjusted=float(rate), tested=len(p))
        for (one, spike), rate, noticed in zip(every, rates, flagged, strict=True)
        if noticed and spike
    ]
    return Outcome(tuple(found), len(p))


def _plain(one: Scale) -> Flags:
    steps = np.arange(one.first, one.first + len(one.counts))
    return np.asarray(
        np.all([steps % cycle != 0 for cycle in _CYCLES], axis=0) | (steps < min(_CYCLES)), dtype=np.bool_
    )


def _told(evidence: Evidence, one: Scale, spike: Spike) -> Finding:
    number = (one.first + spike.place) * one.step
    value = f"{number:.10g}"
    at: Whole = np.flatnonzero(np.isclose(one.tally.values, number, rtol=1e-9, atol=0))
    where = np.isin(one.tally.rows, at)
    column, expected = one.tally.column, round(spike.expected)
    facts = {"column": column, "answers": one.tally.total, "expected": expected, "value": value}
    if not spike.given:
        return evidence.noticed("K16", "assess.never-given", NEVER, where, **facts)
    if evidence.may_quote(column, value, spike.given):
        return evidence.noticed("K16", "assess.too-frequent", OFTEN_VALUE, where, **facts)
    del facts["value"]
    return evidence.noticed("K16", "assess.too-frequent", OFTEN, where, **facts)


CHECKS: tuple[Check, ...] = (
    Check(
        "K16",
        N_("Numbers given too often or never"),
        N_("One number, not round, that is given far more often than its neighbours; or never, although they are."),
        N_("At most three times as often as the neighbours on the fuller side. Round numbers are left out."),
        "analytical",
        too_frequent,
    ),
)
