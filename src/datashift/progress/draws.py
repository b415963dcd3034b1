"""The years observed, drawn again: what the series could have been, given how uncertain its figures are."""

from __future__ import annotations

import numpy as np
from scipy import special

from datashift.progress.label import Array, Remark
from datashift.trends.series import Series

FLAT = 1e-9
"""A scatter below this part of the spread of the values is rounding, not uncertainty."""
WIDEST = 150.0
"""Three years may scatter so much that a draw is beyond all numbers; on the log scale this is far enough."""


def draw(series: Series, count: int, seed: int) -> Array | Remark:
    """Return `count` draws of the series (draws × years, in the unit of the values), or why there are none.

    With standard errors: normal around each value on the scale of the series (logit for shares, which then stay within
    their bounds; log for other values above 0), errors by the delta method. Without: the scatter around the straight
    line on that scale stands in; its size is drawn too (scaled inverse chi-square). No draws without standard errors
    for two years, or where all years lie exactly on the line.
    """
    rng = np.random.default_rng(seed)
    scale = series.scale
    y = series.to(scale, series.values)
    errors = series.errors_on(scale)
    sd: Array
    if errors is not None:
        sd = errors[None, :]
    else:
        degrees = len(y) - 2
        if degrees < 1:
            return Remark("two-years")
        x = series.years - series.years.mean()
        slope = float(x @ y / (x @ x))
        left = float(((y - y.mean() - slope * x) ** 2).sum())
        if left <= (FLAT * float(np.ptp(y))) ** 2 + 1e-300:
            return Remark("on-a-line")
        sd = np.sqrt(left / rng.chisquare(degrees, (count, 1)))
    drawn = y[None, :] + sd * rng.standard_normal((count, len(y)))
    return _back(series, drawn)


def _back(series: Series, drawn: Array) -> Array:
    low, high = series.bounds or (-np.inf, np.inf)
    if series.scale == "log":
        return np.asarray(np.exp(np.clip(drawn, -WIDEST, WIDEST)))
    if series.scale == "logit":
        return np.asarray(low + (high - low) * special.expit(drawn))
    return np.asarray(np.clip(drawn, low, high))
