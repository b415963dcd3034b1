"""How likely a time is that lies far below or above all others, without assuming what the others look like."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from datashift.assess.encoded import Numbers, Whole

LEAST = 25
"""With fewer values, nothing is known about a tail."""

_SHORT_FORM = float(np.log(0.4))
"""A form with fewer modules may take two fifths of the usual time, and any share of the interviews may have one."""

_HEAVY = 4
"""Degrees of freedom: logarithms of honest times have no heavier tails than Student's t of these."""
_HALF = 1.4824
"""Width of the shortest interval with half of the distribution: Student's t of 4, and logarithms of exponential times
(the same to four digits)."""
_ASKED = 10.0
"""Pays for asking about groups of every size; by simulation for 25 to 100,000 values, as groups are only looked at if
they are at least twice as large as expected."""

_TAIL = 0.2
_MASKED = 0.05


def below(values: Numbers) -> Numbers:
    """Return for each logarithm of a time (NaN: none) the chance of one as low, or of a group as low, if smaller.

    Nothing is learnt from the tail, which is what many short times would spoil: the scale is that of the half of the
    values that lie closest together, and the shape is the worst of a class of honest ones, see `_share`. Short times
    hide each other no more if they are counted: so many below a point as there are, where the worst shape expects a
    share, have a binomial probability (goodness of fit by counts: Berk & Jones 1979). A member of a group of j among n
    has this probability times j / n, which is the chance to belong to such a group where nothing is wrong; Benjamini
    and Hochberg's rule then takes the whole group or nothing. NaN for fewer than LEAST values.
    """
    found = np.full(len(values), np.nan)
    along = np.argsort(values)[: len(values) - int(np.isnan(values).sum())]
    size = len(along)
    if size < LEAST:
        return found
    order = values[along]
    count = np.searchsorted(order, order, side="right")
    width = _width(order, count)
    share = _share(np.median(order) - order, width) if width > 1e-9 else np.ones(size)
    p = share.copy()
    asked = count >= 2 * size * share
    group = np.minimum(_ASKED * stats.binom.sf(count[asked] - 1, size, share[asked]), 1.0)
    p[asked] = np.minimum(p[asked], group * count[asked] / size)
    found[along] = np.maximum(np.minimum.accumulate(p[::-1])[::-1], 1e-300)
    return found


def _width(order: Numbers, count: Whole) -> float:
    """Return the width of the shortest interval with half of the values (Rousseeuw & Leroy 1988), rather too wide.

    A third of the values may lie anywhere else without changing it much. It is given a standard error more, and the
    step in which the times are written.
    """
    size = len(order)
    half = size // 2 + 1
    shortest = (order[half - 1 :] - order[: size - half + 1]).min()
    step = np.median(order[np.minimum(count, size - 1)] - order)
    return float((shortest + step) * (1 + 1 / np.sqrt(size)))


def _share(distance: Numbers, width: float) -> Numbers:
    """Return the greatest share of honest values that lie so far below the median.

    Either tail may hold: Student's t, or the exponential one of logarithms of Weibull times and of gamma times that are
    no more scattered than exponential ones. A share of the interviews may have had a short form: as many as lie nearer
    to its median than to that of all.
    """
    short = float((distance > -_SHORT_FORM / 2).mean())
    return np.minimum(_tail(distance, width) + short * _tail(distance + _SHORT_FORM, width), 1.0)


def _tail(distance: Numbers, width: float) -> Numbers:
    far = np.maximum(distance, 0.0) * _HALF / width
    tail = np.maximum(special.stdtr(_HEAVY, -far), -np.expm1(-np.log(2) * np.exp(-far)))
    return np.where(distance > 0, tail, 1.0)


def above(values: Numbers) -> Numbers:
    """Return for each logarithm of a time (NaN: none) the chance of one as high.

    Some take their time, so the distance from the median may have any power as its tail: it is the logarithm of this
    distance that exceeds exponentially. The tail is the fifth of the values that lie furthest out; its rate is told by
    all but the outermost twentieth of the values (Epstein & Sobel 1953: of a censored sample with r excesses and total
    T, rate · T has a gamma distribution of r), so that a few odd values do not hide each other; a new excess e is then
    as great with chance (1 + e / T) ** −r. NaN for fewer than LEAST values.
    """
    found = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if len(known) >= LEAST:
        inside = values[known]
        found[known] = _excess(np.log(np.maximum(inside - np.median(inside), 1e-9)))
    return found


def _excess(values: Numbers) -> Numbers:
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
