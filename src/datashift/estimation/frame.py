"""The full design as a frame of units: strata, stages of clusters, the share drawn, and the variance they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from datashift.errors import DesignError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Matrix = Any
"""A dense or sparse matrix of floats; both know @ and multiply in their way."""

ALL_DRAWN = 1e-7
"""Below this share not drawn a stratum counts as a census (as in R survey)."""
ROUNDING = 1e-14
"""What is left of a difference of equal squares, relative to them, is rounding and no spread."""


@dataclass(frozen=True)
class Stage:
    """One stage: which units (columns of `gather`) belong to which group, and how many of how many were drawn.

    gather: [units of the stage, lowest units] 0/1, or None where they are the same.
    members: [groups, units] 0/1.   sizes: units drawn per group.   left: share not drawn per group (1 − f).
    carried: per group the product of the shares drawn at the stages above.
    """

    gather: Matrix | None
    members: Matrix
    sizes: Floats
    left: Floats
    carried: Floats

    @property
    def alone(self) -> npt.NDArray[np.bool_]:
        """Groups of which one unit of several was drawn: their spread is unknown."""
        single: npt.NDArray[np.bool_] = (self.sizes == 1) & (self.left > ALL_DRAWN)
        return single

    @property
    def factor(self) -> Floats:
        """Per group (1 − f) n / (n − 1), times the shares drawn above."""
        several = np.maximum(self.sizes - 1, 1)
        spread = np.where(self.left > ALL_DRAWN, self.left, 0.0) * self.sizes / several
        return np.where(self.sizes > 1, spread, 0.0) * self.carried

    def totals(self, influence: Matrix) -> Matrix:
        """Sum the rows of the lowest units to those of this stage."""
        return influence if self.gather is None else self.gather @ influence


class Frame:
    """All units of a design, whether or not they hold a row of a domain.

    stratum: [lowest units] number of the first-stage stratum.   clusters: per stage, [lowest units] number of the unit;
    the last entry numbers the lowest units themselves.   shares: per stage with a finite population correction, [lowest
    units] the share drawn in the stratum (or unit above) of that unit.   names: of the strata, for messages.
    weighted: [lowest units] above 0 where a row has a weight above zero (None: everywhere).
    `check` refuses a stratum with one cluster where the rule says so; cells of a part of the rows may have some.
    """

    def __init__(
        self,
        stratum: Ints,
        clusters: Sequence[Ints],
        shares: Sequence[Floats],
        lonely: str,
        names: Sequence[str] = (),
        weighted: Floats | None = None,
    ) -> None:
        self.lonely = lonely
        self.names = tuple(names)
        self.units = len(stratum)
        self.stratum = stratum
        self.stages: list[Stage] = []
        group, carried = stratum, np.ones(self.units)
        for depth, unit in enumerate(clusters):
            share = shares[depth] if depth < len(shares) else np.zeros(self.units)
            self.stages.append(_stage(group, unit, share, carried, lowest=depth == len(clusters) - 1))
            group, carried = unit, carried * share
        counted = np.ones(self.units) if weighted is None else (weighted > 0).astype(np.float64)
        self.total_degrees = float(self.degrees(counted[:, None])[0])
        """Degrees of freedom of the whole design: first-stage units − strata, of those with a weight above zero."""

    def check(self) -> Frame:
        """Return the frame itself; raise DesignError for a stratum with one cluster under the rule `fail`."""
        for depth, stage in enumerate(self.stages):
            where = np.flatnonzero(stage.alone) if self.lonely == "fail" else np.zeros(0, dtype=np.int64)
            if where.size and depth == 0:
                name = self.names[where[0]] if self.names else ""
                raise DesignError("estimate.lonely-stratum", stratum=name or "(…)")
            if where.size:
                raise DesignError("estimate.lonely-unit", stage=depth + 1, count=where.size)
        return self

    def variance(self, influence: Matrix) -> Floats:
        """Variance of the sum of each column.

        In: [lowest units, k] influence values, weights included; absent units are zeros.   Out: [k].
        V = Σ_h (1 − f_h) n_h/(n_h − 1) [Σ_i a_hi² − A_h²/n_h] + the same inside each unit times f_h, and so on.
        """
        total = np.zeros(influence.shape[1])
        for depth, stage in enumerate(self.stages):
            total += self._between(stage, stage.totals(influence), depth)
        return total

    def _between(self, stage: Stage, a: Matrix, depth: int) -> Floats:
        squares = stage.members @ (a.multiply(a) if sparse.issparse(a) else a * a)
        sums = stage.members @ a
        spread = squares - _scaled(_squared(sums), 1 / stage.sizes)
        total = _weighted(stage.factor, spread)
        total = np.where(total < ROUNDING * _weighted(stage.factor, squares), 0.0, total)
        alone = stage.alone
        if not alone.any():
            return total
        if self.lonely == "average":
            total = total * (alone.size / max(alone.size - alone.sum(), 1))
        if self.lonely == "adjust" and depth == 0:
            left = np.where(alone, stage.left, 0.0)
            mean = _weighted(np.ones(alone.size), sums) / stage.sizes.sum()
            total = total + _weighted(left, _squared(sums)) - 2 * mean * _weighted(left, sums) + left.sum() * mean**2
        return total

    def covariance(self, influence: Matrix) -> Floats:
        """Covariance of the sums of the columns.   In: [lowest units, k], best few columns.   Out: [k, k]."""
        k = influence.shape[1]
        dense = influence.toarray() if sparse.issparse(influence) else np.asarray(influence)
        total = np.zeros((k, k))
        for depth, stage in enumerate(self.stages):
            a = stage.totals(dense)
            sums = stage.members @ a
            per_unit = stage.members.T @ stage.factor
            found = (a * per_unit[:, None]).T @ a - (sums * (stage.factor / stage.sizes)[:, None]).T @ sums
            if self.lonely == "average" and stage.alone.any():
                found = found * (stage.alone.size / max(stage.alone.size - stage.alone.sum(), 1))
            if self.lonely == "adjust" and depth == 0 and stage.alone.any():
                apart = sums[stage.alone] - sums.sum(axis=0) / stage.sizes.sum()
                found = found + (apart * stage.left[stage.alone][:, None]).T @ apart
            total += found
        return total

    def degrees(self, present: Matrix) -> Floats:
        """Degrees of freedom: first-stage units − strata, of those where `present` [lowest units, k] is above 0."""
        stage = self.stages[0]
        units = _above_zero(stage.totals(present))
        strata = _above_zero(stage.members @ units)
        return np.asarray(units.sum(axis=0) - strata.sum(axis=0), dtype=np.float64).ravel()


def _stage(group: Ints, unit: Ints, share: Floats, carried: Floats, *, lowest: bool) -> Stage:
    count = len(unit)
    first = np.unique(unit, return_index=True)[1]
    groups = int(group.max()) + 1 if count else 0
    of_unit = group if lowest else group[first]
    members = sparse.csr_array((np.ones(of_unit.size), (of_unit, np.arange(of_unit.size))), (groups, of_unit.size))
    gather = None if lowest else sparse.csr_array((np.ones(count), (unit, np.arange(count))), (first.size, count))
    sizes = np.bincount(of_unit, minlength=groups).astype(np.float64)
    per_group = np.zeros(groups)
    per_group[group] = share
    above = np.ones(groups)
    above[group] = carried
    return Stage(gather, members, sizes, 1 - per_group, above)


def _squared(a: Matrix) -> Matrix:
    return a.multiply(a) if sparse.issparse(a) else a * a


def _scaled(a: Matrix, by: Floats) -> Matrix:
    return sparse.diags_array(by) @ a if sparse.issparse(a) else a * by[:, None]


def _weighted(weights: Floats, a: Matrix) -> Floats:
    return np.asarray(weights @ a, dtype=np.float64).ravel()


def _above_zero(a: Matrix) -> Matrix:
    if sparse.issparse(a):
        seen = sparse.csr_array(a)
        seen.data = (seen.data > 0).astype(np.float64)
        return seen
    return (a > 0).astype(np.float64)
