"""From cells to figures: totals, means, shares and ratios of domains, linearised over the full design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from datashift.estimation.calibration import Auxiliary, Calibrated, coefficients
from datashift.estimation.frame import Floats, Frame, Ints, Matrix

SETTLED = 1e-20
"""A variance by residuals below this share of the variance without calibration is rounding."""
BLOCK = 8_000_000
"""How many numbers a dense table of influences may hold at once (64 MB)."""


@dataclass(frozen=True)
class Rows:
    """The cells of one figure: where each stands, and its sums.

    unit: [cells] lowest unit of the frame.   domain: [cells] number of the domain, -1 for none.   count: of domains.
    sums: by the names of cells.SUMS, [cells] each.
    """

    unit: Ints
    domain: Ints
    count: int
    sums: Mapping[str, Floats]

    def per_domain(self, name: str, factor: Floats | None = None) -> Floats:
        """Sum one of the sums over each domain, as weighted by `factor` where one is given."""
        inside = self.domain >= 0
        column = self.sums[name] if factor is None else self.sums[name] * factor
        return np.bincount(self.domain[inside], column[inside], minlength=self.count).astype(np.float64)


@dataclass(frozen=True)
class Weighting:
    """Calibrated weights: per cell its margin cell and factor, and what the residuals need.

    of: [cells] margin cell.   g: [margin cells].   sw: [margin cells] sums of the weights before calibration.
    carried: [lowest units, q] sums of the calibrated weights times the auxiliaries.   base: [cells] sums of the weights
    of all rows, used or not.   done: what the calibration reached.
    """

    of: Ints
    g: Floats
    sw: Floats
    aux: Auxiliary
    carried: Floats
    base: Floats
    done: Calibrated


@dataclass(frozen=True)
class Figures:
    """Per domain [k]: point, variance, degrees of freedom, and what the rows add up to.

    n: rows used; positive: those with a weight above zero; missing: rows of the domain without the value.
    simple: variance of a simple random sample, drawn with replacement, of as many rows as have a weight above zero (NaN
    where it has no meaning).
    """

    point: Floats
    variance: Floats
    df: Floats
    n: Floats
    positive: Floats
    missing: Floats
    sw: Floats
    simple: Floats


@dataclass(frozen=True)
class Linear:
    """A figure linearised: its point per domain, and per cell the sum of w·z, z being the influence of a row on it."""

    point: Floats
    z: Floats


def linearised(rows: Rows, *, total: bool, factor: Floats | None = None) -> Linear:
    """Linearise Y (total) or Y / X (mean, share, ratio) in every domain.

    z = y for a total, (y − R x) / X for a ratio, each times the weight *before* calibration; `factor` [cells] (g)
    enters Y and X only, the influence is multiplied by it where the units are summed.
    """
    y = rows.per_domain("sy", factor)
    if total:
        return Linear(y, np.where(rows.domain >= 0, rows.sums["sy"], 0.0))
    x = rows.per_domain("sx", factor)
    over = np.where(x != 0, x, np.nan)
    point = y / over
    # Cells outside all domains have number −1, the last entry here: no point.
    per_cell, share = np.append(point, np.nan)[rows.domain], np.append(over, np.nan)[rows.domain]
    z = (rows.sums["sy"] - per_cell * rows.sums["sx"]) / share
    return Linear(point, np.where(np.isfinite(z), z, 0.0))


def influence(frame: Frame, rows: Rows, z: Floats, weighting: Weighting | None = None) -> Matrix:
    """Sum influences to [lowest units, domains]: sparse, or dense where weights are calibrated.

    With calibrated weights the influence of a row is g·w·(z − x'B), also outside the domain, where z = 0
    (Deville & Särndal 1992; R survey's calibrate).
    """
    inside = rows.domain >= 0
    where = (rows.unit[inside], rows.domain[inside])
    shape = (frame.units, rows.count)
    if weighting is None:
        return sparse.csr_array((z[inside], where), shape)
    of = weighting.of[inside]
    summed = sparse.csr_array((z[inside] * weighting.g[of], where), shape)
    dz = sparse.csr_array((z[inside], (of, rows.domain[inside])), (len(weighting.g), rows.count)).toarray()
    return summed.toarray() - weighting.carried @ coefficients(weighting.sw, weighting.aux, dz)


def variances(frame: Frame, rows: Rows, z: Floats, weighting: Weighting | None = None) -> Floats:
    """Variance of the figure in each domain [k]; with calibrated weights in blocks of domains, to spare memory."""
    plain = frame.variance(influence(frame, rows, z))
    if weighting is None:
        return plain
    step = max(BLOCK // max(frame.units, 1), 1)
    found = np.zeros(rows.count)
    for start in range(0, rows.count, step):
        stop = min(start + step, rows.count)
        part = np.where((rows.domain >= start) & (rows.domain < stop), rows.domain - start, -1)
        block = Rows(rows.unit, part, stop - start, rows.sums)
        found[start:stop] = frame.variance(influence(frame, block, z, weighting))
    # A figure that the known totals settle has residuals of rounding only.
    return np.where(found < SETTLED * plain, 0.0, found)


def present(frame: Frame, rows: Rows) -> Matrix:
    """Say in [lowest units, domains] where there is an answer with a weight above zero (as a number above 0)."""
    inside = (rows.domain >= 0) & (rows.sums["positive"] > 0)
    where = (rows.unit[inside], rows.domain[inside])
    return sparse.csr_array((rows.sums["positive"][inside], where), (frame.units, rows.count))


def figures(frame: Frame, rows: Rows, *, total: bool = False, weighting: Weighting | None = None) -> Figures:
    """Estimate Y (total) or Y / X in every domain, with its variance over the full design.

    In: the frame of all units; rows of cells as `Rows`.   Out: Figures, in the unit of y (of y / x).
    Method: Taylor linearisation; see Frame.variance and `influence`.
    """
    factor = None if weighting is None else weighting.g[weighting.of]
    linear = linearised(rows, total=total, factor=factor)
    variance = variances(frame, rows, linear.z, weighting)
    return Figures(
        point=linear.point,
        variance=variance,
        df=frame.degrees(present(frame, rows)),
        n=rows.per_domain("n"),
        positive=rows.per_domain("positive"),
        missing=rows.per_domain("missing"),
        sw=rows.per_domain("sw", factor),
        simple=_simple(rows, linear.point, factor, total=total),
    )


def _simple(rows: Rows, point: Floats, factor: Floats | None, *, total: bool) -> Floats:
    """Variance that a simple random sample with replacement of as many rows would have."""
    n, sw = rows.per_domain("positive"), rows.per_domain("sw", factor)
    y, x, yy, yx, xx = (rows.per_domain(name, factor) for name in ("sy", "sx", "syy", "syx", "sxx"))
    with np.errstate(divide="ignore", invalid="ignore"):
        if total:
            residual, scale = yy - y * y / sw, sw * sw
        else:
            residual, scale = yy - 2 * point * yx + point**2 * xx, (sw / x) ** 2
        found = np.maximum(residual, 0.0) / sw / (n - 1) * scale
        noise = 1e-13 * np.abs(yy + point**2 * xx if not total else yy) / sw / (n - 1) * scale
    return np.where((n > 1) & (found > noise), found, np.nan)
