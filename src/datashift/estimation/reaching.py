"""Finding factors with which weights reach known totals, and how near they can come where they cannot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy  # loads its parts when they are first named: only a refusal needs scipy.optimize, which loads slowly
from scipy import sparse

from datashift.estimation.distances import Distance

Floats = npt.NDArray[np.float64]
STEPS = 100
HALVINGS = 60
NOISE = 1e-11
"""Eigenvalues below this, relative to the largest, are linear dependence between the columns."""
CLOSE, NEAR = 1e-13, 1e-10
"""Misfits relative to the totals: none but rounding, and so small that a step which does not halve it is the last."""


def basis(x: Floats, sw: Floats) -> Floats:
    """Return [q, rank] a matrix U with U U' = (Σ d x x')⁺ (in columns scaled to one), so that x U is orthonormal."""
    gram = _gram(sparse.csr_array(x), sw)
    scale = np.sqrt(np.diag(gram))
    scale = np.where(scale > 0, scale, 1.0)
    size, direction = np.linalg.eigh(gram / np.outer(scale, scale))
    kept = size > NOISE * size[-1]
    turned: Floats = direction[:, kept] / np.sqrt(size[kept]) / scale[:, None]
    return turned


def _gram(x: sparse.csr_array, sw: Floats) -> Floats:
    # Margin cells have a 1 in one column per margin and 0 elsewhere: sparse products are small ones.
    weighted = sparse.csr_array((x.data * np.repeat(sw, np.diff(x.indptr)), x.indices, x.indptr), x.shape)
    gram: Floats = (x.T @ weighted).toarray()
    return gram


def solve(x: Floats, sw: Floats, totals: Floats, distance: Distance) -> tuple[Floats, int]:
    """Return the factors g(x'λ) with Σ d g x = totals, and the steps taken; the caller checks that they are reached.

    Newton's method on the convex dual problem. A step is halved until the slope along it has not grown by more than
    half to the other side, so that it neither overshoots nor overflows.
    """
    turn, cells = basis(x, sw), sparse.csr_array(x)
    columns = cells.T.tocsr()
    wanted, whole = turn.T @ totals, turn.T @ (columns @ sw)
    at = whole * distance.start(float(wanted @ whole) / float(sw.sum()))
    factors, slopes = distance.factors(cells @ (turn @ at))
    off, scale = turn.T @ (columns @ (sw * factors)) - wanted, float(np.abs(wanted).max()) + 1e-300
    for step in range(1, STEPS + 1):
        ahead = -np.linalg.lstsq(turn.T @ _gram(cells, sw * slopes) @ turn, off, rcond=None)[0]
        fall = float(ahead @ off)
        last = float(np.abs(off).max()) / scale
        for halving in range(HALVINGS):
            tried = at + ahead * 0.5**halving
            factors, slopes = distance.factors(cells @ (turn @ tried))
            off = turn.T @ (columns @ (sw * factors)) - wanted
            if float(ahead @ off) <= -0.5 * fall:
                break
        at = tried
        left = float(np.abs(off).max()) / scale
        if last <= CLOSE or (left <= NEAR and left > last / 2):
            return factors, step
    return factors, STEPS


def nearest(x: Floats, sw: Floats, totals: Floats, distance: Distance) -> Floats:
    """Return the totals nearest to those wanted (sum of relative differences) that the bounds of the factors allow."""
    scale = np.maximum(np.maximum(np.abs(totals), np.abs(x).T @ sw), 1e-300)
    rows = (x * sw[:, None]).T / scale[:, None]
    slack = np.eye(len(totals))
    found = scipy.optimize.linprog(
        np.concatenate([np.zeros(len(sw)), np.ones(2 * len(totals))]),
        A_eq=np.hstack([rows, slack, -slack]),
        b_eq=totals / scale,
        bounds=[*zip(distance.low, distance.high, strict=True), *[(0.0, None)] * (2 * len(totals))],
    )
    reachable: Floats = (rows @ found.x[: len(sw)]) * scale
    return reachable
