"""The variance between sources (τ²), for many cells at once.

Everything is said with P = Σ⁻¹ − Σ⁻¹X(X'Σ⁻¹X)⁻¹X'Σ⁻¹, Σ = V + τ²I, V the sampling covariance of the sources:
Q = y'Py, the score of the restricted likelihood y'PPy − tr P, and so on. R: metafor::rma, metafor::rma.mv.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Method = Literal["FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]

_GRID = np.array([0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0])
"""Where the score is looked at first, as shares of the highest τ² that can be a root."""


class Sums(NamedTuple):
    """Per cell: y'Py, y'PPy, y'PPPy, tr P, tr PP, tr Σ⁻¹, tr Σ⁻²."""

    q: Floats
    square: Floats
    cube: Floats
    trace: Floats
    trace2: Floats
    weight: Floats
    weight2: Floats


@dataclass(frozen=True)
class Independent:
    """Cells whose sources err independently. y, v: [sources, cells]; an absent source has y = 0 and v = ∞.

    Sources come first, so that sums over them run along memory.
    """

    y: Floats
    v: Floats

    @cached_property
    def sources(self) -> Floats:
        """Return how many sources each cell has."""
        return np.asarray(np.isfinite(self.v).sum(axis=0, dtype=np.float64))

    @property
    def degrees(self) -> Floats:
        """Return the number of sources less one."""
        return np.asarray(self.sources - 1)

    @cached_property
    def spread(self) -> tuple[Floats, Floats, Floats]:
        """Return per cell Σ(y − ȳ)², and the least and the largest sampling variance."""
        present = np.isfinite(self.v)
        mean = self.y.sum(axis=0) / np.maximum(self.sources, 1)
        squares = np.where(present, self.y - mean, 0.0)
        return (squares**2).sum(axis=0), self.v.min(axis=0), np.where(present, self.v, 0.0).max(axis=0)

    def at(self, cells: Ints) -> Independent:
        """Return some of the cells. `take` keeps the sources apart in memory; plain indexing would interleave them."""
        return Independent(self.y.take(cells, axis=1), self.v.take(cells, axis=1))

    def sums(self, tau2: Floats) -> Sums:
        """Return the sums at τ² (one per cell)."""
        w = 1 / (self.v + tau2)
        wr = w * self.y
        w2 = w * w
        one = w.sum(axis=0)
        one = np.where(one > 0, one, np.nan)
        two, three = w2.sum(axis=0), (w2 * w).sum(axis=0)
        r = self.y - wr.sum(axis=0) / one
        wr = w * r
        w2r = w * wr
        aside = w2r.sum(axis=0) / one
        cube = (w2r * wr).sum(axis=0) - aside**2 * one
        ratio = two / one
        return Sums(
            (wr * r).sum(axis=0), (wr * wr).sum(axis=0), cube,
            one - ratio, two - 2 * three / one + ratio**2, one, two,
        )  # fmt: skip

    def loglike(self, tau2: Floats, *, restricted: bool) -> Floats:
        """Return the (restricted) log-likelihood at τ², up to a constant."""
        found = self.sums(tau2)
        spread = np.log(np.where(np.isfinite(self.v), self.v + tau2, 1.0)).sum(axis=0)
        return np.asarray(-0.5 * (spread + found.q + (np.log(found.weight) if restricted else 0.0)))

    def full(self) -> Correlated:
        """Return the same cells with their covariance written out."""
        y, v = self.y.T, self.v.T
        present = np.isfinite(v)
        covariance = np.where(present, v, 0.0)[:, :, None] * np.eye(v.shape[1])
        return Correlated(y, covariance, present[:, :, None].astype(float), present)


@dataclass(frozen=True)
class Correlated:
    """Cells whose sources err together, or depend on moderators.

    y: [cells, sources]; covariance: [cells, sources, sources]; x: [cells, sources, columns]; present: where a source
    is. Absent sources have zeros everywhere.
    """

    y: Floats
    covariance: Floats
    x: Floats
    present: npt.NDArray[np.bool_]

    @cached_property
    def sources(self) -> Floats:
        """Return how many sources each cell has."""
        return np.asarray(self.present.sum(axis=1, dtype=np.float64))

    @property
    def degrees(self) -> Floats:
        """Return the number of sources less the number of columns."""
        return np.asarray(self.sources - self.x.shape[2])

    @cached_property
    def spread(self) -> tuple[Floats, Floats, Floats]:
        """Return per cell the residual squares without weights, 0 ≤ the least and ≥ the largest eigenvalue of V."""
        plain = self.projection(np.broadcast_to(np.eye(self.y.shape[1]), self.covariance.shape))
        squares = np.einsum("ci,cij,cj->c", self.y, plain, self.y)
        return squares, np.zeros(len(self.y)), np.trace(self.covariance, axis1=1, axis2=2)

    def at(self, cells: Ints) -> Correlated:
        """Return some of the cells."""
        return Correlated(self.y[cells], self.covariance[cells], self.x[cells], self.present[cells])

    def inverse(self, tau2: Floats) -> Floats:
        """Return Σ⁻¹ with zeros for absent sources."""
        eye = np.eye(self.y.shape[1])
        diagonal = np.where(self.present, tau2[:, None], 1.0)[:, :, None] * eye
        mask = self.present[:, :, None] & self.present[:, None, :]
        return np.where(mask, np.linalg.inv(self.covariance + diagonal), 0.0)

    def information(self, inverse: Floats) -> Floats:
        """Return X'Σ⁻¹X; ones for a cell without a source, which has nothing to invert."""
        empty = np.where(self.sources > 0, 0.0, 1.0)[:, None, None] * np.eye(self.x.shape[2])
        return np.asarray(self.x.transpose(0, 2, 1) @ inverse @ self.x + empty)

    def projection(self, inverse: Floats) -> Floats:
        """Return P for a given Σ⁻¹."""
        wx = inverse @ self.x
        return np.asarray(inverse - wx @ np.linalg.inv(self.information(inverse)) @ wx.transpose(0, 2, 1))

    def sums(self, tau2: Floats) -> Sums:
        """Return the sums at τ² (one per cell)."""
        inverse = self.inverse(tau2)
        p = self.projection(inverse)
        py = np.einsum("cij,cj->ci", p, self.y)
        ppy = np.einsum("cij,cj->ci", p, py)
        return Sums(
            (self.y * py).sum(axis=1), (py**2).sum(axis=1), (py * ppy).sum(axis=1), np.trace(p, axis1=1, axis2=2),
            (p**2).sum(axis=(1, 2)), np.trace(inverse, axis1=1, axis2=2), (inverse**2).sum(axis=(1, 2)),
        )  # fmt: skip

    def loglike(self, tau2: Floats, *, restricted: bool) -> Floats:
        """Return the (restricted) log-likelihood at τ², up to a constant."""
        inverse = self.inverse(tau2) + np.where(self.present, 0.0, 1.0)[:, :, None] * np.eye(self.y.shape[1])
        spread = -np.linalg.slogdet(inverse)[1]
        if restricted:
            spread = spread + np.linalg.slogdet(self.information(self.inverse(tau2)))[1]
        return np.asarray(-0.5 * (spread + self.sums(tau2).q))

    def full(self) -> Correlated:
        """Return the same cells."""
        return self


Cells: TypeAlias = Independent | Correlated


def between(cells: Cells, method: Method) -> tuple[Floats, Floats]:
    """Estimate τ² of each cell and its standard error.

    Out: τ² (0 where a cell has fewer sources than it needs), standard error (NaN for FE). Never below 0.
    FE: none. DL: DerSimonian & Laird. HE: Hedges & Olkin. HS: Hunter & Schmidt. SJ: Sidik & Jonkman. ML, REML:
    likelihood (the higher of two peaks). EB, PM: Paule & Mandel. The formulas are those of metafor::rma.
    """
    enough = cells.degrees >= 1
    with np.errstate(all="ignore"):
        if method == "FE":
            tau2, se = np.zeros(len(enough)), np.full(len(enough), np.nan)
        elif method in ("DL", "HS"):
            tau2, se = _moments(cells, method)
        elif method in ("HE", "SJ"):
            tau2, se = _unweighted(cells.full(), method)
        elif method in ("ML", "REML"):
            tau2, se = _likelihood(cells, restricted=method == "REML")
        else:
            tau2 = level_of_q(cells, cells.degrees)
            se = np.sqrt(2 * cells.sources**2 / cells.degrees) / cells.sums(tau2).weight
    return np.where(enough, tau2, 0.0), np.where(enough, se, np.nan)


def level_of_q(cells: Cells, level: Floats, start: Floats | None = None) -> Floats:
    """Return the τ² ≥ 0 at which Q(τ²) = y'Py falls to `level`; 0 where it is below it from the start.

    1/Q is increasing and concave in τ², so Newton's steps on it never jump over the root. start: τ² at or below it.
    """
    tau2 = np.zeros(len(level)) if start is None else start.copy()
    left: Ints = np.flatnonzero((cells.degrees >= 1) & (level > 0))
    for _step in range(100):
        if not len(left):
            break
        with np.errstate(all="ignore"):  # sources that say exactly the same have Q = 0
            found = cells.at(left).sums(tau2[left])
            step = found.q * (found.q / level[left] - 1) / found.square
            tau2[left] = np.maximum(tau2[left] + np.where(np.isfinite(step), step, 0.0), 0.0)
            # One last full step has been taken where the next could no longer be seen.
            left = left[step > 1e-15 * (tau2[left] + 1 / found.trace)]
    return tau2


def _moments(cells: Cells, method: Method) -> tuple[Floats, Floats]:
    found = cells.sums(np.zeros(len(cells.degrees)))
    less, per = (cells.degrees, found.trace) if method == "DL" else (cells.sources, found.weight)
    tau2 = np.maximum((found.q - less) / per, 0.0)
    return tau2, np.sqrt(2 * cells.degrees + 4 * tau2 * found.trace + 2 * tau2**2 * found.trace2) / per


def _unweighted(cells: Correlated, method: Method) -> tuple[Floats, Floats]:
    v, degrees = cells.covariance, cells.degrees
    if method == "HE":
        start = np.ones(len(degrees))
        weights = np.where(cells.present, 1.0, 0.0)[:, :, None] * np.eye(v.shape[1])
    else:
        centre = cells.y.sum(axis=1) / cells.sources
        start = (np.where(cells.present, cells.y - centre[:, None], 0.0) ** 2).sum(axis=1) / cells.sources
        weights = cells.inverse(start)
    p = cells.projection(weights)
    pv = p @ v
    squares = np.einsum("ci,cij,cj->c", cells.y, p, cells.y)
    if method == "HE":
        tau2 = np.maximum((squares - np.trace(pv, axis1=1, axis2=2)) / degrees, 0.0)
    else:
        tau2 = np.maximum(start * squares / degrees, 0.0)
    cross = np.einsum("cij,cji->c", pv, pv)
    spread = 2 * cross + 4 * tau2 * np.einsum("cij,cij->c", pv, p) + 2 * tau2**2 * (p**2).sum(axis=(1, 2))
    return tau2, start / degrees * np.sqrt(spread)


def _likelihood(cells: Cells, *, restricted: bool) -> tuple[Floats, Floats]:
    low, high = _bracket(cells, restricted=restricted)
    tau2 = low.copy()
    left: Ints = np.flatnonzero(high > low)
    for _step in range(200):
        if not len(left):
            break
        now, found = tau2[left], cells.at(left).sums(tau2[left])
        per, slope = (found.trace, found.trace2) if restricted else (found.weight, found.weight2)
        above = found.square > per  # the score is positive: the peak lies further up
        low[left], high[left] = np.where(above, now, low[left]), np.where(above, high[left], now)
        # tr P / y'PPy − 1 has the roots of the score, and is a straight line where all variances are equal.
        step = -(per / found.square - 1) * found.square**2 / (2 * per * found.cube - slope * found.square)
        then = now + step
        inside = (then >= low[left]) & (then <= high[left])
        tau2[left] = np.where(inside, then, (low[left] + high[left]) / 2)
        moved = np.abs(tau2[left] - now)
        left = left[moved > 1e-14 * (now + cells.degrees[left] / found.trace)]
    found = cells.sums(tau2)
    return tau2, np.sqrt(2 / (found.trace2 if restricted else found.weight2))


def _bracket(cells: Cells, *, restricted: bool) -> tuple[Floats, Floats]:
    """Return two τ² of each cell with the highest peak of the likelihood between them; twice 0 where it is at 0."""
    squares, least, most = cells.spread
    degrees = np.maximum(cells.degrees, 1)
    # Any root lies below: y'PPy ≤ squares/(least + τ²)² and tr P ≥ (k − p)/(most + τ²).
    top = (squares + np.sqrt(squares**2 + 4 * degrees * squares * (most - least))) / (2 * degrees) - least
    grid = np.maximum(top, 0.0) * _GRID[:, None]
    rising = np.zeros(grid.shape, bool)
    for j in range(len(_GRID) - 1):
        found = cells.sums(grid[j])
        rising[j] = found.square > (found.trace if restricted else found.weight)
    falls = rising[:-1] & ~rising[1:]
    at = np.where(falls.any(axis=0), falls.argmax(axis=0), -1)
    peaks: Ints = np.flatnonzero(falls.sum(axis=0) + ~rising[0] > 1)
    if len(peaks):
        at[peaks] = _higher(cells.at(peaks), grid[:, peaks], rising[:, peaks], restricted=restricted)
    column = np.arange(grid.shape[1])
    low = np.where(at >= 0, grid[np.maximum(at, 0), column], 0.0)
    return low, np.where(at >= 0, grid[np.maximum(at, 0) + 1, column], 0.0)


def _higher(cells: Cells, grid: Floats, rising: npt.NDArray[np.bool_], *, restricted: bool) -> Ints:
    """Return for cells with several peaks where on the grid the highest begins; −1 where it is at 0."""
    best = np.argmax([cells.loglike(row, restricted=restricted) for row in grid], axis=0)
    column = np.arange(grid.shape[1])
    last = len(grid) - 1
    while True:
        uphill, downhill = rising[best, column], (best > 0) & ~rising[np.maximum(best - 1, 0), column]
        move = np.where(uphill & rising[np.minimum(best + 1, last), column], 1, np.where(~uphill & downhill, -1, 0))
        if not move.any():
            break
        best = best + move
    return np.asarray(np.where(rising[best, column], best, best - 1))
