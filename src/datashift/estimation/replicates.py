"""Replicates: multipliers of the weights of whole first-stage units, and the variance between replicates.

Since a replicate multiplies whole units, its totals are products of the multipliers with the totals of the units; the
rows are never touched again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datashift.errors import DesignError
from datashift.estimation.frame import ALL_DRAWN
from datashift.estimation.hadamard import hadamard
from datashift.model import Replicates

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST = 50_000_000
"""How many multipliers are made at most (400 MB)."""


@dataclass(frozen=True)
class Scales:
    """What the squares of the replicates count: V = scale · Σ rscales (θ_r − centre)²  (as in R, svrepdesign)."""

    scale: float
    rscales: Floats


@dataclass(frozen=True)
class Multipliers(Scales):
    """Replicates made from a design.

    factors: [units, replicates] multiply the weights of a unit (1: unchanged).   degrees: units − strata.
    """

    factors: Floats
    degrees: int


@dataclass(frozen=True)
class _Strata:
    """Strata of first-stage units: number and size of the stratum of each unit, and the share of it not drawn."""

    of: Ints
    sizes: Ints
    left: Floats
    names: Sequence[str]

    @property
    def alone(self) -> Ints:
        """Strata of which one unit of several was drawn: their spread is unknown."""
        return np.flatnonzero((self.sizes == 1) & (self.left > ALL_DRAWN))

    def name(self, stratum: int) -> str:
        return self.names[stratum] if len(self.names) > stratum else str(stratum)


def multipliers(
    stratum: Ints, fpc: Floats | None, replicates: Replicates, lonely: str, names: Sequence[str] = ()
) -> Multipliers:
    """Make the replicates of a design.

    In:  per first-stage unit the number of its stratum (0, 1, …) and, with fpc, how many units the stratum has in the
         population, or the share drawn (all values at most 1); the names of the strata, for refusals.
    Out: Multipliers; the jackknife leaves out one unit at a time (R: as.svrepdesign type JKn, or JK1 with one stratum),
         brr half of the units, balanced (BRR, with rho Fay's method), bootstrap draws n_h − 1 of n_h units with
         replacement (Rao & Wu 1988; R: subbootstrap; with fpc Rao, Wu & Yue's 1992 rescaling by √(1 − f)).
    Lonely strata: refused under fail; unchanged under certainty; under average the variance is multiplied by units /
    units not alone; under adjust a jackknife replicate leaves the lonely unit out and gives the other strata H/(H − 1).
    Raises DesignError where design and kind do not fit, and where more than 5e7 multipliers would be needed.
    """
    sizes = np.bincount(stratum)
    strata = _Strata(stratum, sizes, _left(stratum, sizes, fpc), names)
    alone = strata.alone
    if alone.size and lonely == "fail":
        raise DesignError("replicates.lonely-stratum", stratum=strata.name(int(alone[0])))
    if alone.size and lonely == "adjust" and replicates.kind != "jackknife":
        raise DesignError("replicates.lonely-rule")
    if replicates.kind == "brr":
        made = _balanced(strata, replicates.rho, whole=fpc is None)
    elif replicates.kind == "bootstrap":
        made = _bootstrap(strata, replicates)
    else:
        made = _jackknife(strata, lonely)
    if lonely != "average" or not alone.size:
        return made
    drawn = int(sizes[strata.left > ALL_DRAWN].sum())
    scale = made.scale * drawn / max(drawn - alone.size, 1)
    return Multipliers(scale, made.rscales, made.factors, made.degrees)


def scales(replicates: Replicates, count: int) -> Scales:
    """Return scale and rscales of `count` replicate weights that came with a file.

    As stated; where something is not: with rho Fay's scale 1 / (count (1 − rho)²), with rscales alone a scale of 1
    (jackknife in strata), with scale alone rscales of 1. Raises DesignError where none of the three is stated (R takes
    1 and 1 then, with a warning), and where the rscales are not one for each replicate.
    """
    if len(replicates.rscales) not in (0, 1, count):
        raise DesignError("replicates.rscales-differ", count=count, given=len(replicates.rscales))
    scale = replicates.scale
    if scale is None and replicates.rho > 0:
        scale = 1 / (count * (1 - replicates.rho) ** 2)
    if scale is None and not replicates.rscales:
        raise DesignError("replicates.scale-unknown", count=count)
    rscales = np.array(replicates.rscales or 1.0, dtype=np.float64)
    return Scales(1.0 if scale is None else scale, np.broadcast_to(rscales, count).copy())


def variance(theta: Floats, full: Floats, made: Scales, *, mse: bool = False) -> Floats:
    """Return the variance [k] of estimates from their replicates `theta` [replicates, k].

    Squares around the full estimates `full` [k] with mse, else around the mean of the replicates that count (rscales
    above 0). A replicate in which an estimate is empty (NaN) is left out for it, as R does; NaN where none is left.
    """
    known = ~np.isnan(theta)
    centre = full if mse else _centre(theta, known, made.rscales)
    away = np.where(known, theta - centre, 0.0)
    found = made.scale * (made.rscales @ away**2)
    spread: Floats = np.where(known.any(axis=0), found, np.nan)
    return spread


def covariance(theta: Floats, full: Floats, made: Scales, *, mse: bool = False) -> Floats:
    """Return the covariance [k, k] of estimates from their replicates (see `variance`).

    A replicate in which any of the estimates is empty is left out for all, as R does; an estimate that is empty in
    every replicate has no covariance (NaN) and does not take the others with it.
    """
    known = ~np.isnan(theta)
    some = known.any(axis=0)
    kept = known[:, some].all(axis=1)
    used, rscales = theta[np.ix_(kept, some)], made.rscales[kept]
    centre = full[some] if mse else _centre(used, np.ones(used.shape, dtype=np.bool_), rscales)
    away = used - centre
    found = np.full((theta.shape[1], theta.shape[1]), np.nan)
    if kept.any():
        found[np.ix_(some, some)] = made.scale * (away.T @ (away * rscales[:, None]))
    return found


def _centre(theta: Floats, known: npt.NDArray[np.bool_], rscales: Floats) -> Floats:
    counted = known & (rscales > 0)[:, None]
    number = counted.sum(axis=0)
    total = np.where(counted, theta, 0.0).sum(axis=0)
    centre: Floats = np.divide(total, number, out=np.zeros(len(number)), where=number > 0)
    return centre


def _left(stratum: Ints, sizes: Ints, fpc: Floats | None) -> Floats:
    if fpc is None or not len(stratum):
        return np.ones(len(sizes))
    given = np.zeros(len(sizes))
    given[stratum] = fpc
    drawn = given if np.all(given <= 1) else np.divide(sizes, given, out=np.ones(len(sizes)), where=given > 0)
    left: Floats = np.maximum(1 - drawn, 0.0)
    return left


def _jackknife(strata: _Strata, lonely: str) -> Multipliers:
    alone = strata.alone
    counts = (strata.left > ALL_DRAWN) & (strata.sizes > 1)
    if lonely == "adjust":
        counts[alone] = True
    out = np.flatnonzero(counts[strata.of])
    _must_fit(len(strata.of), len(out))
    home = strata.of[out]
    size = strata.sizes[home]
    others = np.where(size > 1, size / np.maximum(size - 1, 1), 0.0)
    factors = np.where(strata.of[:, None] == home, others, 1.0)
    number = len(strata.sizes)
    # A unit alone in its stratum is set against all others: what is left of the sample stands for the whole.
    factors = np.where((size == 1) & (strata.of[:, None] != home), number / max(number - 1, 1), factors)
    factors[out, np.arange(len(out))] = 0.0
    rscales = np.where(size > 1, strata.left[home] * (size - 1) / size, (number - 1) / number)
    return Multipliers(1.0, rscales, factors, len(strata.of) - number)


def _balanced(strata: _Strata, rho: float, *, whole: bool) -> Multipliers:
    if not whole:
        raise DesignError("replicates.fpc")
    number = len(strata.sizes)
    odd = np.flatnonzero((strata.sizes != 2) & ~np.isin(np.arange(number), strata.alone))
    if odd.size:
        facts = {"stratum": strata.name(int(odd[0])), "clusters": int(strata.sizes[odd[0]])}
        raise DesignError("replicates.not-two", **facts)
    # The first row of a Hadamard matrix is all ones; without it the replicates average to the full sample.
    signs = hadamard(number + 1)[1 : number + 1]
    _must_fit(len(strata.of), signs.shape[1])
    first = np.zeros(len(strata.of), dtype=np.bool_)
    first[np.unique(strata.of, return_index=True)[1]] = True
    sign = np.where(first[:, None], signs[strata.of], -signs[strata.of])
    factors = np.where((strata.sizes[strata.of] == 2)[:, None], 1 + (1 - rho) * sign, 1.0)
    count = signs.shape[1]
    return Multipliers(1 / (count * (1 - rho) ** 2), np.ones(count), factors, len(strata.of) - number)


def _bootstrap(strata: _Strata, replicates: Replicates) -> Multipliers:
    _must_fit(len(strata.of), replicates.count)
    chance = np.random.default_rng(replicates.seed)
    factors = np.ones((len(strata.of), replicates.count))
    order = np.argsort(strata.of, kind="stable")
    for size in np.unique(strata.sizes[strata.sizes > 1]).tolist():
        units = order[strata.sizes[strata.of[order]] == size].reshape(-1, size)
        times = chance.multinomial(size - 1, np.full(size, 1 / size), size=(len(units), replicates.count))
        reach = np.sqrt(strata.left[strata.of[units[:, 0]]])[:, None, None]
        factors[units] = 1 - reach + reach * size / (size - 1) * times.transpose(0, 2, 1)
    degrees = len(strata.of) - len(strata.sizes)
    return Multipliers(1 / max(replicates.count - 1, 1), np.ones(replicates.count), factors, degrees)


def _must_fit(clusters: int, count: int) -> None:
    if clusters * count > MOST:
        raise DesignError("replicates.too-many", clusters=clusters, count=count)
