"""Intervals of shares, means, ratios and totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from datashift.model import Design


@dataclass(frozen=True)
class Shape:
    """What an interval depends on beside value and standard error: estimator, answers, degrees of freedom, design.

    `positive`: the figure cannot be below zero (a concentration, a count).
    """

    estimator: str
    n: int
    df: float
    design: Design
    positive: bool = False

    def on_log_scale(self, value: float, se: float) -> bool:
        """Say whether the interval is formed on the log scale.

        Numbers per unit always, because their denominator is the uncertain part; others where the plain interval would
        reach below zero and the figure cannot.
        """
        if value <= 0 or self.df < 1 or self.estimator in ("proportion", "mean_of"):
            return False
        t = float(special.stdtrit(self.df, 1 - (1 - self.design.confidence) / 2))
        return self.estimator == "per_unit" or (self.positive and value - t * se < 0)


def interval(value: float, se: float, shape: Shape) -> tuple[float | None, float | None]:
    """Return the interval of `value` (share as 0–1) at the confidence of the design; None without a spread."""
    if shape.df < 1:
        return None, None
    tail = (1 - shape.design.confidence) / 2
    t = float(special.stdtrit(shape.df, 1 - tail))
    if shape.estimator in ("proportion", "mean_of"):
        return share_interval(value, se, shape.n, shape.df, tail, shape.design.interval)
    if shape.on_log_scale(value, se):
        factor = float(np.exp(t * se / value))
        return value / factor, value * factor
    return value - t * se, value + t * se


def share_interval(p: float, se: float, n: int, df: float, tail: float, kind: str) -> tuple[float, float]:
    """Interval of a share p (0–1) with standard error se: logit or Korn–Graubard, Clopper–Pearson where se is zero.

    n: answers; df: degrees of freedom; tail: probability in each tail (0.025 for 95 %).
    Korn & Graubard (1998): effective n = p(1−p)/se² · (t_{n−1}/t_df)², never above n.
    """
    if se <= 0 or p <= 0 or p >= 1:
        return _clopper_pearson(p, n, tail)
    t = float(special.stdtrit(df, 1 - tail))
    if kind == "korn-graubard":
        inflated = p * (1 - p) / se**2 * (float(special.stdtrit(n - 1, 1 - tail)) / t) ** 2
        return _clopper_pearson(p, min(inflated, n), tail)
    half = t * se / (p * (1 - p))
    return float(special.expit(special.logit(p) - half)), float(special.expit(special.logit(p) + half))


def _clopper_pearson(p: float, n: float, tail: float) -> tuple[float, float]:
    x = p * n
    lower = 0.0 if x <= 0 else float(special.betaincinv(x, n - x + 1, tail))
    upper = 1.0 if x >= n else float(special.betaincinv(x + 1, n - x, 1 - tail))
    return lower, upper
