"""Whether something differs from one interviewer to another more than chance explains (the arithmetic of K19 and K20).

A question becomes a number per row: 1 where an answer was given and 0 where not, or a score. Interviewers are compared
within places (strata). What is left of their sums after the mean of the place is taken away has known moments when
interviewers are exchanged at random within each place (Mantel & Haenszel 1959; Landis, Heyman & Koch 1978). Where
answers of one interviewer at one village or on one day resemble each other anyway, these units are exchanged, not rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.interviewers.assignments import Assignment, coded

_NOTHING = 1e-9
_PROBES = 32
_BORROWED, _LEAST_FREE = 5, 3
_EXACT = 60
"""Interviewers up to which a trace is computed; beyond, it is estimated with random signs (Hutchinson 1990)."""


class Pairs(NamedTuple):
    """Units by interviewer and place: the pair of each unit; interviewer and place of each pair, and how many."""

    pair: Whole
    stratum: Whole
    of_member: Whole
    of_stratum: Whole
    members: int
    strata: int

    def by_member(self, values: Numbers) -> Numbers:
        """Add up what is known of the pairs by interviewer."""
        return np.asarray(np.bincount(self.of_member, values, self.members), dtype=np.float64)

    def by_stratum(self, values: Numbers) -> Numbers:
        """Add up what is known of the pairs by place."""
        return np.asarray(np.bincount(self.of_stratum, values, self.strata), dtype=np.float64)


@dataclass(frozen=True)
class Comparison:
    """Interviewers, ready to be compared on any question; `probes` are columns of signs, or of the identity."""

    assigned: Assignment
    rows: Pairs
    units: Pairs
    member: Whole
    probes: npt.NDArray[np.float64]


class Scored(NamedTuple):
    """Per unit its mean less that of its place, scaled to equal spread; the scale; and whether it has a value."""

    value: Numbers
    root: Numbers
    there: Flags


class Sums(NamedTuple):
    """What one question comes to, by pair of interviewer and place.

    units   how many units have a value, and the sums of these, their squares and their cubes;   rows: the same of rows
    shown   the sum of what an effect of 1 adds to each unit;   step: how far two possible sums lie apart, 0 if anyhow
    """

    units: tuple[Numbers, ...]
    rows: tuple[Numbers, ...]
    shown: Numbers
    step: float


class Contrast(NamedTuple):
    """One question over the interviewers.

    total     per interviewer the sum of what is left after the mean of the place
    variance  of it under exchange;  third: its third moment
    apart     variance of it as the others vary, with `free` degrees of freedom (infinite: that under exchange); it is
              `room` times the variance of a unit
    weight    per interviewer by how much the sum grows with an effect of 1;  units: their number of units
    q, df     the sum of squares of the standardised sums; q / scale is about chi-squared with df degrees under exchange
    within    variance of the units of one interviewer, in parts of that under exchange
    spread    variance of the answers that one interviewer gets at one place
    mean      per interviewer the mean of all their answers
    """

    total: Numbers
    variance: Numbers
    third: Numbers
    weight: Numbers
    units: Numbers
    q: float
    df: float
    scale: float
    within: float
    information: float
    spread: float
    mean: Numbers
    apart: Numbers
    free: Numbers
    room: Numbers
    sums: Sums

    @property
    def expected(self) -> float:
        """What q is on average under exchange: the number of interviewers that can be compared."""
        return self.df * self.scale


def comparison(assigned: Assignment, chance: np.random.Generator) -> Comparison:
    """Return the interviewers of an assignment, ready to be compared."""
    rows = _pairs(assigned.member, assigned.stratum)
    probes = np.eye(rows.members)
    if rows.members > _EXACT:
        probes = chance.choice(np.array([-1.0, 1.0]), (rows.members, _PROBES)) / np.sqrt(_PROBES)
    if assigned.unit is None:
        return Comparison(assigned, rows, rows, assigned.member, probes)
    first = np.zeros(int(assigned.unit.max()) + 1, dtype=np.int64)
    first[assigned.unit[::-1]] = np.arange(len(assigned.unit))[::-1]
    member, stratum = assigned.member[first], assigned.stratum[first]
    return Comparison(assigned, rows, _pairs(member, stratum), member, probes)


def _pairs(member: Whole, stratum: Whole) -> Pairs:
    members, strata = int(member.max(initial=-1)) + 1, int(stratum.max(initial=-1)) + 1
    pair, found = coded(stratum * max(members, 1) + member)
    return Pairs(pair, stratum, found % max(members, 1), found // max(members, 1), members, strata)


def contrast(compared: Comparison, values: Numbers, known: Flags, scored: Scored | None = None) -> Contrast | None:
    """Return how the interviewers differ in `values`, per row of the assignment, where `known`.

    `scored` are these values by unit, where that is known already.
    None where there is nothing to compare: all values are the same, or nobody shares a place with somebody else.
    """
    some = values[known]
    if len(some) < 3 or some.min() == some.max():
        return None
    shares = bool(((some == 0) | (some == 1)).all())
    rows = _sums(compared.rows.pair, values, known, len(compared.rows.of_member), shares=shares)
    if compared.assigned.unit is None:
        return _contrast(compared, Sums(rows, rows, rows[0], float(shares)))
    value, root, there = scored or unit_scores(compared, values, known)
    units = compared.units
    sums = _sums(units.pair, value, there, len(units.of_member), shares=False)
    shown = np.bincount(units.pair, root, len(units.of_member)).astype(np.float64)
    return _contrast(compared, Sums(sums, rows, shown, 0.0))


def _sums(pair: Whole, values: Numbers, known: Flags, size: int, *, shares: bool) -> tuple[Numbers, ...]:
    """Return per pair how many values there are, and the sums of these, their squares and their cubes."""
    count = np.bincount(pair if known.all() else pair[known], minlength=size).astype(np.float64)
    if shares:
        ones = np.bincount(pair[known & (values == 1)], minlength=size).astype(np.float64)
        return count, ones, ones, ones
    filled = np.where(known, values, 0.0)
    square = filled * filled
    return (count, *(np.bincount(pair, part, size).astype(np.float64) for part in (filled, square, square * filled)))


def _spread(sums: tuple[Numbers, ...]) -> float:
    count, one, two, _three = sums
    free = float(count.sum() - (count > 0).sum())
    return float((two - one**2 / np.maximum(count, 1)).sum() / free) if free > 0 else 0.0


def unit_scores(compared: Comparison, values: Numbers, known: Flags) -> Scored:
    """Return the values by unit.

    The spread comes from the spread within units and from that between units of one interviewer at one place
    (analysis of variance, Henderson 1953).
    """
    assert compared.assigned.unit is not None
    unit, units = compared.assigned.unit, compared.units
    size, number = len(units.pair), len(units.of_member)
    n, filled = np.bincount(unit, known, size), np.where(known, values, 0.0)
    there, safe = n > 0, np.maximum(n, 1)
    mean = np.bincount(unit, filled, size) / safe
    squares = np.bincount(unit, filled**2, size)
    within = float(np.maximum(squares - n * mean**2, 0).sum() / max(n.sum() - there.sum(), 1))
    mass = np.bincount(units.pair, n, number)
    middle = np.bincount(units.pair, n * mean, number) / np.maximum(mass, 1)
    free = float(there.sum() - (mass > 0).sum())
    lost = float(mass.sum() - (np.bincount(units.pair, n**2, number) / np.maximum(mass, 1)).sum())
    apart = float((n * (mean - middle[units.pair]) ** 2).sum())
    between = max((apart - free * within) / lost, 0.0) if lost > 0 else 0.0
    root = np.where(there, 1 / np.sqrt(np.maximum(between + within / safe, 1e-9)), 0.0)
    heavy = np.bincount(units.stratum, root**2, units.strata)
    place = np.bincount(units.stratum, root**2 * mean, units.strata) / np.maximum(heavy, 1e-12)
    return Scored(root * (mean - place[units.stratum]), root, there)


def without(compared: Comparison, one: Contrast, members: Sequence[int]) -> Contrast | None:
    """Return the same question over the other interviewers."""
    of_units, of_rows = (~np.isin(pairs.of_member, members) for pairs in (compared.units, compared.rows))
    units, rows, shown, step = one.sums
    left = tuple(part * of_units for part in units), tuple(part * of_rows for part in rows)
    return _contrast(compared, Sums(*left, shown * of_units, step))


def _contrast(compared: Comparison, sums: Sums) -> Contrast | None:
    units, shown, rows = compared.units, sums.shown, sums.rows
    k, one, two, three = sums.units
    many, s1, s2, s3 = (units.by_stratum(part) for part in (k, one, two, three))
    centre = s1 / np.maximum(many, 1)
    square = np.maximum(s2 - many * centre**2, 0.0)
    cube = s3 - 3 * centre * s2 + 3 * centre**2 * s1 - many * centre**3
    big, at = many[units.of_stratum], units.of_stratum
    each = square / np.maximum(many * (many - 1), 1)
    thirds = cube / np.maximum(many * (many - 1) * (many - 2), 1)
    variance = units.by_member(k * (big - k) * each[at])
    able = variance > _NOTHING * max(float(variance.max(initial=0.0)), 1.0)
    if able.sum() < 2:
        return None
    total = units.by_member(one - k * centre[at])
    root = np.where(able, 1 / np.sqrt(np.where(able, variance, 1.0)), 0.0)
    q, expected = float(((total * root) ** 2).sum()), float(able.sum())
    paired = k * np.sqrt(each)[at]
    trace = _size(compared, root, paired, paired, variance)
    per_unit = k / np.maximum(big, 1)
    whole = units.by_member(shown)
    own = units.by_member(shown * per_unit)
    scale, df = trace / expected, expected**2 / trace
    free = float(many[many > 0].sum() - (many > 0).sum())
    return Contrast(
        total, variance, units.by_member(np.where(big > 2, k * (big - k) * (big - 2 * k) * thirds[at], 0.0)),
        whole - own, units.by_member(k), q, df, scale, max((free - q / scale) / max(free - df, 1.0), 0.05),
        _size(compared, root, per_unit, shown, whole - own), _spread(rows),
        compared.rows.by_member(rows[1]) / np.maximum(compared.rows.by_member(rows[0]), 1),
        *_apart(compared, sums, variance), sums,
    )  # fmt: skip


def _apart(compared: Comparison, sums: Sums, variance: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return per interviewer the variance of their sum as units of all others vary, its degrees of freedom, its room.

    A village has few units: whoever invents one of them makes all of them seem to differ, and hides. So the spread is
    that of the others, in these villages and, with a weight of `_BORROWED` units, in all. Rows are many; there, that
    under exchange stands.
    """
    if compared.assigned.unit is None:
        return variance, np.full(len(variance), np.inf), np.ones(len(variance))
    units, at = compared.units, compared.units.of_stratum
    k, one, two, _three = sums.units
    many, s1, s2 = (units.by_stratum(part)[at] for part in (k, one, two))
    rest = np.maximum(many - k, 0)
    whole = np.maximum(s2 - s1**2 / np.maximum(many, 1), 0.0)
    others = np.maximum(s2 - two - (s1 - one) ** 2 / np.maximum(rest, 1), 0.0)
    free, there = np.maximum(rest - 1, 0), np.maximum(many, 1)
    # Of every place once: its whole spread, less what the interviewer brings to it.
    all_free = float((k / there * np.maximum(many - 1, 0)).sum())
    left = np.maximum(all_free - units.by_member(np.maximum(many - 1, 0) - free), 0.0)
    pooled = (float((k / there * whole).sum()) - units.by_member(whole - others)) / np.maximum(left, 1)
    each = (others + _BORROWED * np.maximum(pooled, 0.0)[units.of_member]) / (free + _BORROWED)
    known = left >= _LEAST_FREE
    apart = np.maximum(units.by_member(k * rest / there * each), _NOTHING)
    room = np.maximum(units.by_member(k * rest / there), _NOTHING)
    return np.where(known, apart, variance), np.where(known, left, np.inf), room


def _size(compared: Comparison, root: Numbers, left: Numbers, right: Numbers, diagonal: Numbers) -> float:
    """Return the sum of squares of root × (diagonal − left rightᵀ) with `left` and `right` by pair, added over places.

    On the diagonal stands `diagonal` as it is. With root on both sides (a correlation) it is the trace of the square,
    as Satterthwaite (1946) needs it.
    """
    units, probes = compared.units, compared.probes
    both = left is right
    shape = (units.members, units.strata)
    a, b = (sparse.csr_array((part, (units.of_member, units.of_stratum)), shape=shape) for part in (left, right))
    scaled = root[:, None] * probes if both else probes
    full = diagonal + units.by_member(left * right)
    image = root[:, None] * (full[:, None] * scaled - a @ (b.T @ scaled))
    return float((image**2).sum())


# --- p values -------------------------------------------------------------------------------------------------------


def tails(one: Contrast) -> tuple[Numbers, Numbers]:
    """Return per interviewer the chance of a sum as low, and of one as high, when interviewers are exchanged.

    Shares have half a step of correction, which errs on the side of chance. NaN for who cannot be compared.
    """
    able = one.variance > _NOTHING * max(float(one.variance.max()), 1.0)
    spread = np.sqrt(np.where(able, one.apart, 1.0))
    skew = np.where(able, one.third / np.maximum(one.variance, _NOTHING) ** 1.5, 0.0)
    half = one.sums.step / 2
    low, high = (tail(_normal(side / spread, one.free), lean) for side, lean in
                 ((one.total + half, skew), (half - one.total, -skew)))  # fmt: skip
    return np.where(able, low, np.nan), np.where(able, high, np.nan)


def _normal(z: Numbers, free: Numbers) -> Numbers:
    """Return the normal score of what has Student's distribution with that many degrees of freedom."""
    side = special.ndtri(np.maximum(special.stdtr(np.maximum(free, 1.0), -np.abs(z)), 1e-300))
    return np.asarray(np.where(np.isfinite(free), -np.sign(z) * side, z), dtype=np.float64)


def tail(z: Any, skew: Any) -> Numbers:
    """Return a chance of at most z that errs on the side of chance, for mean 0, variance 1 and this skewness.

    On the long side of the distribution it is that of Pearson's type III. On the short side that ends too early for
    what is counted, so the normal one stands there.
    """
    return np.asarray(np.maximum(pearson(z, skew), special.ndtr(z)), dtype=np.float64)


def pearson(z: Any, skew: Any) -> Numbers:
    """Return P(Z <= z) of Pearson's type III (a shifted gamma) with mean 0, variance 1 and this skewness."""
    z, skew = np.asarray(z, dtype=np.float64), np.asarray(skew, dtype=np.float64)
    shape = 4 / np.maximum(np.abs(skew), 1e-3) ** 2
    point = np.maximum(shape + np.sqrt(shape) * np.where(skew >= 0, z, -z), 0.0)
    found = np.where(skew >= 0, special.gammainc(shape, point), special.gammaincc(shape, point))
    return np.asarray(np.where(np.abs(skew) < 2e-3, special.ndtr(z), found), dtype=np.float64)
