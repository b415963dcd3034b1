"""Where the true value of one more source would lie, with τ² not taken for known.

With few sources the usual interval (t on k − 2 degrees of freedom around τ̂²) holds the next source less often than it
says. Here τ² is drawn from its confidence distribution instead, in which Q(τ²) follows χ² on k − 1 degrees of freedom
(Nagashima, Noma & Furukawa 2019, doi 10.1177/0962280218773520); given τ², the next source is normal around the pooled
value with variance τ² + 1/Σw. Their method draws at random; this one takes the quantiles, so it has no seed. Nearly
all variances equal and small: it becomes t on k − 1 degrees of freedom, which is exact.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.pooling.between import Floats, level_of_q
from datashift.pooling.meta import cells_of, pooled_at

_DRAWS = 32
_STEPS = 60
_ROOT = np.sqrt(2 * np.pi)


def prediction(
    y: npt.ArrayLike, v: npt.ArrayLike, *, level: float = 0.95, covariance: npt.ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Return lower and upper end of the prediction interval of each cell; NaN with fewer than three sources.

    In: as for `meta`.
    """
    cells = cells_of(y, v, covariance)
    enough = cells.sources >= 3
    degrees = np.maximum(cells.degrees, 1)
    centre, spread = [], []
    with np.errstate(all="ignore"):
        tau2 = np.zeros(len(degrees))
        for tail in (np.arange(_DRAWS) + 0.5) / _DRAWS:  # from the smallest τ² to the largest
            tau2 = level_of_q(cells, _chi2(degrees, tail), tau2)
            estimate, variance = pooled_at(cells, tau2)
            centre.append(np.where(enough, estimate, 0.0))
            spread.append(np.where(enough, np.sqrt(tau2 + variance), 1.0))
    where, width = np.array(centre), np.array(spread)
    ends = [_quantile(where, width, p) for p in ((1 - level) / 2, (1 + level) / 2)]
    return np.where(enough, ends[0], np.nan), np.where(enough, ends[1], np.nan)


def _chi2(degrees: Floats, tail: float) -> Floats:
    """Return the upper χ² quantile for each number of degrees, looked up once per value."""
    values, where = np.unique(degrees, return_inverse=True)
    return np.asarray(special.chdtri(values, tail))[where]


def _quantile(centre: Floats, spread: Floats, p: float) -> Floats:
    """Return the quantile of an even mixture of normals, one mixture per column.

    It lies between the components' own quantiles; Newton's steps that leave these are replaced by halving.
    """
    own = centre + special.ndtri(p) * spread
    low, high = own.min(axis=0), own.max(axis=0)
    at = own.mean(axis=0)
    for _step in range(_STEPS):
        z = (at - centre) / spread
        over = special.ndtr(z).mean(axis=0) - p
        low, high = np.where(over > 0, low, at), np.where(over > 0, at, high)
        then = at - over / (np.exp(-0.5 * z**2) / spread / _ROOT).mean(axis=0)
        then = np.where((then >= low) & (then <= high), then, (low + high) / 2)
        done = bool((np.abs(then - at) <= 1e-10 * spread[0]).all())
        at = then
        if done:
            break
    return np.asarray(at)
