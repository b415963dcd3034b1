"""Intervals of shares, means, ratios and totals, for one figure or for thousands at once.

Shares stand as 0–1; `tail` is the probability left out at each end (0.025 for 95 %); df are degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.estimation.profile import profile_limits
from datashift.model import Design

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Limits = tuple[Floats, Floats]
Scale = Literal["plain", "positive", "log"]
"""Scale of the interval of a number: as it is; logarithmic where it would reach below zero; always logarithmic."""


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

    @property
    def tail(self) -> float:
        """Return the probability left out at each end."""
        return (1 - self.design.confidence) / 2

    @property
    def scale(self) -> Scale:
        """Return the scale of the interval: numbers per unit have their uncertain part in the denominator."""
        if self.estimator in ("proportion", "mean_of"):
            return "plain"
        return "log" if self.estimator == "per_unit" else "positive" if self.positive else "plain"

    def on_log_scale(self, value: float, se: float) -> bool:
        """Say whether the interval is formed on the log scale."""
        return bool(on_log_scale(np.array(value), np.array(se), np.array(self.df), self.tail, self.scale))


def interval(value: float, se: float, shape: Shape) -> tuple[float | None, float | None]:
    """Return the interval of `value` (share as 0–1) at the confidence of the design; None without a spread."""
    if shape.df < 1:
        return None, None
    if shape.estimator in ("proportion", "mean_of"):
        return share_interval(value, se, shape.n, shape.df, shape.tail, shape.design.interval)
    lower, upper = number_intervals(np.array(value), np.array(se), np.array(shape.df), shape.tail, shape.scale)
    return float(lower), float(upper)


def on_log_scale(value: Floats, se: Floats, df: Floats, tail: float, scale: Scale) -> Bools:
    """Say of each number whether its interval is formed on the log scale (see Scale)."""
    value, se, df = (np.asarray(part, dtype=np.float64) for part in (value, se, df))
    possible: Bools = (value > 0) & (df >= 1) & (scale != "plain")
    return possible if scale != "positive" else possible & (value - _t(df, tail) * se < 0)


def number_intervals(value: Floats, se: Floats, df: Floats, tail: float, scale: Scale = "plain") -> Limits:
    """Intervals of means, ratios and totals with the t quantile: value ± t·se, or value · exp(± t·se/value).

    NaN where there is no value or fewer than one degree of freedom.
    """
    value, se, df = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (value, se, df)))
    half = _t(df, tail) * se
    logged = on_log_scale(value, se, df, tail, scale)
    over = np.where(logged, value, 1.0)
    # A factor beyond e^700 is no interval any more, only an overflow.
    factor = np.exp(np.minimum(np.where(logged, half, 0.0) / over, 700.0))
    return np.where(logged, value / factor, value - half), np.where(logged, value * factor, value + half)


def share_interval(p: float, se: float, n: float, df: float, tail: float, kind: str) -> tuple[float, float]:
    """Interval of one share p (0–1) with standard error se; see `share_intervals`."""
    lower, upper = share_intervals(p, se, n, df, tail, kind)
    return float(lower), float(upper)


def share_intervals(
    p: npt.ArrayLike, se: npt.ArrayLike, n: npt.ArrayLike, df: npt.ArrayLike, tail: float, kind: str
) -> Limits:
    """Intervals of shares p (0–1) with standard errors se, n answers of positive weight, df degrees of freedom.

    kind (R survey 4.5, svyciprop):
    logit           log-odds ± t·se/(p(1−p)) (xlogit, logit)
    korn-graubard   Clopper–Pearson of the effective n = p(1−p)/se² · (t_{n−1}/t_df)², never above n (Korn & Graubard
                    1998)
    beta            the same without that bound (beta)
    wilson          Wilson's of the effective n = p(1−p)/se² with the t quantile (wilson)
    arcsine         arcsin √p ± t·se/(2√(p(1−p))), ended at 0 and 1 (asin, which folds back there)
    likelihood      scaled deviance (likelihood); see `profile_limits`
    t               p ± t·se; the only kind that can leave 0–1 (mean)
    At 0 and 100 %, and without a spread, every kind is Clopper–Pearson with n. NaN where p is NaN or df is below 1.
    """
    p, se, n, df = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (p, se, n, df)))
    exact = ~(se > 0) | (p <= 0) | (p >= 1)
    given = ~exact & ~np.isnan(p) & (df >= 1)
    # Stand-ins where the formula does not apply keep it free of divisions by zero; their results are not used.
    shown = [np.where(given, part, stand_in) for part, stand_in in ((p, 0.5), (se, 0.1), (n, 2.0), (df, 1.0))]
    limits = _KINDS[kind](shown[0], shown[1], shown[2], shown[3], tail)
    lower, upper = np.array(np.minimum(limits[0], p)), np.array(np.maximum(limits[1], p))
    lower[exact], upper[exact] = _clopper_pearson(p[exact], n[exact], tail)
    nothing = np.isnan(p) | ~(exact | given)
    return np.where(nothing, np.nan, lower), np.where(nothing, np.nan, upper)


def _logit(p: Floats, se: Floats, _n: Floats, df: Floats, tail: float) -> Limits:
    half = _t(df, tail) * se / (p * (1 - p))
    return special.expit(special.logit(p) - half), special.expit(special.logit(p) + half)


def _beta(p: Floats, se: Floats, n: Floats, df: Floats, tail: float) -> Limits:
    return _clopper_pearson(p, _effective(p, se, n, df, tail), tail)


def _korn_graubard(p: Floats, se: Floats, n: Floats, df: Floats, tail: float) -> Limits:
    return _clopper_pearson(p, np.minimum(_effective(p, se, n, df, tail), n), tail)


def _effective(p: Floats, se: Floats, n: Floats, df: Floats, tail: float) -> Floats:
    inflation = np.where(n > 1, _t(np.maximum(n - 1, 1), tail) / _t(df, tail), 1.0)
    effective: Floats = p * (1 - p) / se**2 * inflation**2
    return effective


def _wilson(p: Floats, se: Floats, _n: Floats, df: Floats, tail: float) -> Limits:
    part = _t(df, tail) ** 2 / (p * (1 - p) / se**2)  # t² / effective n
    half = np.sqrt(part * p * (1 - p) + part**2 / 4)
    return (p + part / 2 - half) / (1 + part), (p + part / 2 + half) / (1 + part)


def _arcsine(p: Floats, se: Floats, _n: Floats, df: Floats, tail: float) -> Limits:
    angle, half = np.arcsin(np.sqrt(p)), _t(df, tail) * se / (2 * np.sqrt(p * (1 - p)))
    return np.sin(np.maximum(angle - half, 0)) ** 2, np.sin(np.minimum(angle + half, np.pi / 2)) ** 2


def _likelihood(p: Floats, se: Floats, n: Floats, df: Floats, tail: float) -> Limits:
    lower, upper = profile_limits(p.ravel(), se.ravel(), n.ravel(), _t(df, tail).ravel())
    return lower.reshape(p.shape), upper.reshape(p.shape)


def _mean(p: Floats, se: Floats, _n: Floats, df: Floats, tail: float) -> Limits:
    half = _t(df, tail) * se
    return p - half, p + half


_KINDS: dict[str, Callable[[Floats, Floats, Floats, Floats, float], Limits]] = {
    "logit": _logit,
    "korn-graubard": _korn_graubard,
    "beta": _beta,
    "wilson": _wilson,
    "arcsine": _arcsine,
    "likelihood": _likelihood,
    "t": _mean,
}


def _clopper_pearson(p: Floats, n: Floats, tail: float) -> Limits:
    # Clopper & Pearson (1934) through the beta distribution, which takes an n that is not whole.
    x = p * n
    some, less = x > 0, x < n
    lower = special.betaincinv(np.where(some, x, 1.0), np.where(some, n - x + 1, 1.0), tail)
    upper = special.betaincinv(np.where(less, x + 1, 1.0), np.where(less, n - x, 1.0), 1 - tail)
    return np.where(some, lower, 0.0), np.where(less, upper, 1.0)


def _t(df: Floats, tail: float) -> Floats:
    # Few values of df recur over thousands of figures, and the quantile is the dear part.
    distinct, where = np.unique(df, return_inverse=True)
    quantile: Floats = special.stdtrit(distinct, 1 - tail)[where].reshape(np.shape(df))
    return quantile
