"""Counts along a line of whole numbers as a smooth curve, and whether some places along it stand out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import interpolate, stats

from datashift.assess.encoded import Numbers

_DRAWS = 1999
_MANY = 500
_ROUNDS = 60


class Curve(NamedTuple):
    """A smooth curve through counts: the counts, those expected, and the curve's own columns."""

    counts: Numbers
    expected: Numbers
    columns: Numbers
    penalty: Numbers


def smoothed(counts: Numbers, every: float, also: Numbers | None = None) -> Curve:
    """Fit counts at consecutive whole numbers by a curve that bends no oftener than once in `every` of them.

    A cubic spline of the logarithm of the expected count, fitted as Poisson with a slight penalty on its bends (Eilers
    & Marx 1996). Anything that repeats in a shorter cycle, such as last digits, is not followed,
    unless columns that are to be followed too are given (`also`).
    """
    size = len(counts)
    pieces = int(np.clip(size / every, 1, max(1.0, min(25.0, counts.sum() / 30))))
    knots = np.concatenate([np.zeros(3), np.linspace(0, size - 1, pieces + 1), np.full(3, size - 1.0)])
    columns = interpolate.BSpline.design_matrix(np.arange(size, dtype=np.float64), knots, 3).toarray()
    bends = np.diff(np.eye(columns.shape[1]), 2, axis=0)
    penalty = 0.1 * bends.T @ bends
    if also is not None:
        columns = np.hstack([columns, also])
        penalty = np.pad(penalty, (0, also.shape[1]))
    penalty = penalty + 1e-6 * np.eye(columns.shape[1])
    line = np.log(np.maximum(counts.mean(), 1e-3)) * np.ones(size)
    expected = np.exp(line)
    for _round in range(_ROUNDS):
        working = line + (counts - expected) / expected
        weighted = columns.T * expected
        solved = columns @ np.linalg.solve(weighted @ columns + penalty, weighted @ working)
        moved = float(np.abs(solved - line).max())
        line = line + np.clip(solved - line, -3, 3)
        expected = np.exp(np.clip(line, -30, 30))
        if moved < 1e-6:
            break
    return Curve(counts, expected * counts.sum() / expected.sum(), columns, penalty)


def standing_out(curve: Curve, groups: Numbers, allowed: float, chance: np.random.Generator) -> float:
    """Return how likely the counts of `groups` (a column of 0 and 1 for each) lie so far from the curve.

    A score test: the groups' excess over the curve, less what the curve itself would take up of it. `allowed` is how
    far honest counts may be off: the mean square of relative excess, which makes the null a noncentral chi-square. With
    fewer than 500 answers the statistic is drawn instead, from the curve.
    """
    rest, inverse, rank = _leftover(curve, groups)
    n = float(curve.counts.sum())
    excess = rest.T @ (curve.counts - curve.expected)
    observed = float(excess @ inverse @ excess)
    p = float(stats.ncx2.sf(observed, rank, n * allowed)) if allowed else float(stats.chi2.sf(observed, rank))
    if n >= _MANY:
        return p
    share = curve.expected / curve.expected.sum()
    mean = rest.T @ curve.expected
    drawn = np.zeros(_DRAWS)
    places = chance.choice(len(share), p=share, size=(_DRAWS, int(n)))
    for start in range(0, _DRAWS, 100):
        sums = rest[places[start : start + 100]].sum(axis=1) - mean
        drawn[start : start + 100] = np.einsum("ij,jk,ik->i", sums, inverse, sums)
    return max(p, float((1 + (drawn >= observed).sum()) / (1 + _DRAWS)))


def excess(curve: Curve, group: Numbers, allowed: float, chance: np.random.Generator) -> float:
    """Return how likely one group holds so many more than the curve gives it, times 1 + `allowed`."""
    rest, inverse, _rank = _leftover(curve, group[:, None])
    over = float(rest[:, 0] @ (curve.counts - curve.expected)) - allowed * float(group @ curve.expected)
    p = float(stats.norm.sf(over * np.sqrt(max(float(inverse[0, 0]), 0.0))))
    n = int(curve.counts.sum())
    if n >= _MANY or over <= 0:
        return p
    share = curve.expected / curve.expected.sum()
    places = chance.choice(len(share), p=share, size=(_DRAWS, n))
    drawn = rest[:, 0][places].sum(axis=1) - rest[:, 0] @ curve.expected
    return max(p, float((1 + (drawn >= over).sum()) / (1 + _DRAWS)))


def _leftover(curve: Curve, groups: Numbers) -> tuple[Numbers, Numbers, int]:
    weighted = curve.columns.T * curve.expected
    taken = np.linalg.solve(weighted @ curve.columns + curve.penalty, weighted @ groups)
    rest = groups - curve.columns @ taken
    spread = (rest.T * curve.expected) @ rest
    inverse: Numbers = np.linalg.pinv(spread, rcond=1e-8, hermitian=True).astype(np.float64)
    rank = np.linalg.matrix_rank(spread, tol=1e-8 * max(float(np.abs(spread).max()), 1e-12))
    return rest, inverse, int(rank)
