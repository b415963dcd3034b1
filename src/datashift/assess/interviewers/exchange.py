"""How likely interviewers differ as much as they do when they are exchanged at random within places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse, stats

from datashift.assess.encoded import Flags, Numbers
from datashift.assess.interviewers.effects import Comparison, Contrast, pearson, unit_scores

_DRAWS, _FEWEST, _WORK = 999, 199, 6e8
_AT_ONCE = 200_000
_NO_SPREAD = 1e-9
_SURE = 10
_ALIKE = 1e-4  # sums in single precision that differ by less are the same


class Answers(NamedTuple):
    """Values of one question per row of the assignment, and where there are any."""

    values: Numbers
    known: Flags


def chances(
    compared: Comparison, found: Sequence[Contrast], answers: Sequence[Answers] | None, chance: np.random.Generator
) -> Numbers:
    """Return per question the chance of interviewers as different as they are, when they are exchanged within places.

    Few units are exchanged at random; beyond what draws can resolve, the tail is that of a Pearson type III variable
    with the moments of the draws (Berry & Mielke 1983). Many units have the moments that are known, without answers.
    """
    q = np.array([one.q for one in found])
    tail = stats.chi2.sf(q / [one.scale for one in found], [one.df for one in found]) if len(q) else q
    work = max(len(compared.units.pair) * len(found), 1)
    draws = int(min(_DRAWS, _WORK / work))
    if answers is None or draws < _FEWEST or not found:
        return np.asarray(tail)
    drawn = _drawn(compared, found, answers, draws, chance)
    beyond = (drawn >= q - _ALIKE * np.abs(q)).sum(axis=0)
    counted = (1 + beyond) / (1 + draws)
    mean, spread = drawn.mean(axis=0), np.maximum(drawn.std(axis=0), 1e-9)
    skew = (((drawn - mean) / spread) ** 3).mean(axis=0)
    fitted = np.maximum(pearson(-(q - mean) / spread, -np.maximum(skew, 0.0)), 1e-15)
    return np.asarray(np.where(beyond >= _SURE, counted, np.minimum(np.maximum(fitted, beyond / (1 + draws)), counted)))


def _drawn(
    compared: Comparison, found: Sequence[Contrast], answers: Sequence[Answers], draws: int, chance: np.random.Generator
) -> Numbers:
    """Return q of each question after each random exchange of interviewers within places (draws × questions)."""
    units = compared.units
    value, there = _matrices(compared, answers)
    variance = np.array([one.variance for one in found]).T
    count = np.array([one.units for one in found]).T
    per_unit = np.divide(variance, count, out=np.zeros_like(variance), where=count > 0)
    whole = bool(there.all())
    order = np.argsort(units.stratum, kind="stable")
    size, members = len(order), units.members
    result = np.empty((draws, len(found)))
    at_once = max(_AT_ONCE // max(size, members * len(found)), 1)
    for first in range(0, draws, at_once):
        many = min(at_once, draws - first)
        # Random keys within places: sorted, they exchange the interviewers of each place.
        shuffled = np.argsort(chance.random((many, size)) + units.stratum[None, :], axis=1)
        member = np.empty((many, size), dtype=np.int64)
        member[:, order] = compared.member[shuffled]
        drawn = (member + members * np.arange(many)[:, None]).ravel()
        at = np.tile(np.arange(size), many)
        sums = sparse.csr_array((np.ones(len(at), dtype=np.float32), (drawn, at)), shape=(many * members, size))
        shape = (many, members, len(found))
        spread = per_unit * (count if whole else (sums @ there).reshape(shape))
        squares = (sums @ value).reshape(shape) ** 2
        parts = np.divide(squares, spread, out=np.zeros(shape), where=np.broadcast_to(spread > _NO_SPREAD, shape))
        result[first : first + many] = parts.sum(axis=1)
    return result


def _matrices(compared: Comparison, answers: Sequence[Answers]) -> tuple[Any, Any]:
    """Return centred values and whether there are any, units × questions."""
    stratum, strata = compared.units.stratum, compared.units.strata
    value = np.zeros((len(stratum), len(answers)), dtype=np.float32)
    there = np.zeros_like(value)
    for column, (values, known) in enumerate(answers):
        scores, flags = np.where(known, values, 0.0), known
        if compared.assigned.unit is not None:
            scores, _root, flags = unit_scores(compared, values, known)
        n = np.bincount(stratum, flags, strata)
        centre = np.bincount(stratum, scores, strata) / np.maximum(n, 1)
        value[:, column] = np.where(flags, scores - centre[stratum], 0.0)
        there[:, column] = flags
    return value, there
