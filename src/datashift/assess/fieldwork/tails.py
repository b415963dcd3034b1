"""How likely a value is that lies far below or above all others, without assuming what the others look like."""

from __future__ import annotations

import numpy as np

from datashift.assess.encoded import Numbers

LEAST = 25
"""With fewer values, nothing is known about a tail."""
_TAIL = 0.2
_MASKED = 0.05


def tails(values: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each logarithm of a time (NaN: none) the chance of one as low, and of one as high.

    The tail of a side is the fifth of the values that lie furthest out. Excesses over its begin are taken as
    exponential, which fits times with the lower tail of a gamma, Weibull or exponential distribution and is heavier
    than that of a lognormal. Above, where some take their time, the distance from the median may have any power as its
    tail: there it is the logarithm of this distance that exceeds exponentially. The rate is told by all but the
    outermost twentieth of the values (Epstein & Sobel 1953: of a censored sample with r excesses and total T, rate · T
    has a gamma distribution of r), so that a few odd values do not hide each other; a new excess e is then as great
    with chance (1 + e / T) ** −r. NaN for fewer than LEAST values.
    """
    low, high = np.full(len(values), np.nan), np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if len(known) >= LEAST:
        inside = values[known]
        beyond = np.maximum(inside - np.median(inside), 1e-9)
        low[known], high[known] = _above(-inside), _above(np.log(beyond))
    return low, high


def _above(values: Numbers) -> Numbers:
    size = len(values)
    along = np.argsort(values)[::-1]
    order = values[along]
    # Equal values share the rank of the last of them.
    ranks = np.empty(size, dtype=np.int64)
    ranks[along] = np.searchsorted(-order, -order, side="right")
    p = ranks / size
    tail, masked = int(_TAIL * size), int(_MASKED * size)
    threshold = order[tail]
    told = order[masked:tail] - threshold
    total = told.sum() + masked * told[0]
    if total <= 0:
        return np.asarray(p)
    beyond = values > order[masked]
    far = tail / size * (1 + np.maximum(values - threshold, 0.0) / total) ** -float(len(told))
    return np.asarray(np.where(beyond, np.maximum(far, 1e-300), p))
