"""A level that moves over time, seen through sampling errors: smoothed, with intervals, and carried forward.

Local linear trend in continuous time, so years may be missing and times irregular: the level moves with a slope, both
drift at random, and each observation has a sampling variance that is known (Harvey 1989; Durbin & Koopman 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import special

from datashift.errors import TooThin
from datashift.estimation.random_effects import Array
from datashift.language import _
from datashift.numbers import amount, in_digits
from datashift.pooling.kalman import Drift, likelihoods, smooth_columns

LEAST = 4
"""Fewer observations than this cannot show how a level drifts."""


@dataclass(frozen=True)
class SmoothModel:
    """How a series is to be smoothed.

    bounds: (0, 1) for shares, (0, 100) for per cent: logit scale.   anchor: the source type whose level counts; other
    types are taken to be off by a fixed number on the scale of the model, which is estimated.
    drift: variances of level and slope per year; without them they come from the data.
    """

    bounds: tuple[float, float] | None = None
    anchor: str | None = None
    drift: tuple[float, float] | None = None
    confidence: float = 0.95
    unit: str = ""


@dataclass(frozen=True)
class Smoothed:
    """The smoothed level at `times` (observed and asked for), with interval; numbers in the unit of the values.

    drift: the most likely variances of level and slope per year (on the scale of the model).   center, center_se: the
    level on that scale.   errors, errors_se: per observation, what it was minus what the observations before it
    foretold, and the standard error of that; NaN for the first few.   offsets: by source type, (offset, se).
    """

    times: Array
    level: Array
    lower: Array
    upper: Array
    center: Array
    center_se: Array
    errors: Array
    errors_se: Array
    drift: tuple[float, float]
    offsets: dict[str, tuple[float, float]]
    model: SmoothModel
    last_observed: float

    @property
    def method(self) -> str:
        """Return method and assumptions in short."""
        scale = "logit" if self.model.bounds else "raw"
        drift = "given" if self.model.drift else "averaged over their likelihood"
        return (
            f"local linear trend ({scale} scale), Kalman filter and smoother, exact diffuse start, drift variances "
            f"{drift}; assumes known sampling variances, independent normal errors, offsets constant in time"
        )

    def sentence(self) -> str:
        """Say the last level, how sure it is, and whether it is seen or foretold."""
        last = float(self.times[-1])
        facts = {
            "time": in_digits(f"{last:.10g}"),
            "value": amount(float(self.level[-1]), float(self.lower[-1]), float(self.upper[-1]), self.model.unit),
            "last": in_digits(f"{self.last_observed:.10g}"),
        }
        if last > self.last_observed:
            return _("For {time} the level is foretold as {value}; it was last seen in {last}.").format(**facts)
        return _("In {time} the level was {value}, with the years before it taken into account.").format(**facts)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        columns = {name: getattr(self, name).tolist() for name in ("times", "level", "lower", "upper")}
        ahead = [[None if np.isnan(x) else x for x in column.tolist()] for column in (self.errors, self.errors_se)]
        return {
            "sentence": self.sentence(), "method": self.method, "model": asdict(self.model), "drift": self.drift,
            "offsets": self.offsets, **columns, "center": self.center.tolist(), "center_se": self.center_se.tolist(),
            "errors": ahead[0], "errors_se": ahead[1],
        }  # fmt: skip


def smooth(
    times: Sequence[float],
    values: Sequence[float],
    se: Sequence[float],
    at: Sequence[float] = (),
    kinds: Sequence[str] | None = None,
    model: SmoothModel | None = None,
) -> Smoothed:
    """Smooth a series, and carry it to the times `at` (missing years, or years to come).

    In:  times (decimal years; several observations at one time are fine), values, se (all known, above 0), kinds (the
         source type of each observation, where these differ).
    The variances of the drift are averaged over their likelihood (restricted, so the unknown start counts), with a flat
    weight for each standard deviation: with few years, to insert the most likely ones alone gives intervals that are
    too narrow. Raises TooThin: fewer than LEAST observations or too few for the offsets, a standard error missing, a
    share at its bound, no observation of the anchor.
    """
    model = model or SmoothModel()
    order = np.argsort(np.asarray(times, float), kind="stable")
    t, y, s = (np.asarray(column, float)[order] for column in (times, values, se))
    sorts = [kinds[i] for i in order] if kinds is not None else []
    fixed, names = _offset_columns(sorts, model, len(t))
    _check(t, y, s, fixed)
    eta, variance = _on_scale(y, s, model)
    grid, weight = _drifts(t, eta, variance, fixed, model)
    every = np.union1d(t, np.asarray(at, float))
    found = smooth_columns(grid, t, variance, eta, fixed, every)
    center = weight @ found.level
    spread = weight @ (found.level_variance + (found.level - center) ** 2)
    best = int(np.argmax(weight))
    half = float(special.ndtri(0.5 + model.confidence / 2)) * np.sqrt(spread)
    offset = weight @ found.fixed
    offset_spread = weight @ (found.fixed_variance + (found.fixed - offset) ** 2)
    level, lower, upper = (_back(points, model) for points in (center, center - half, center + half))
    return Smoothed(
        times=every, level=level, lower=lower, upper=upper, center=center, center_se=np.sqrt(spread),
        errors=found.errors[best], errors_se=np.sqrt(found.errors_variance[best]),
        drift=(float(grid.level[best]), float(grid.slope[best])),
        offsets={n: (float(o), float(np.sqrt(v))) for n, o, v in zip(names, offset, offset_spread, strict=True)},
        model=model, last_observed=float(t[-1]),
    )  # fmt: skip


def _drifts(t: Array, y: Array, v: Array, fixed: Array, model: SmoothModel) -> tuple[Drift, Array]:
    """Return drift variances and their weights: those given, or a grid that is drawn in around the likelihood."""
    if model.drift is not None:
        return Drift(np.array([model.drift[0]]), np.array([model.drift[1]])), np.ones(1)
    span = float(np.ptp(t))
    scale = max(float(np.std(y)), float(np.sqrt(v.min())))
    # A level that walks by its whole spread in a step, or a slope that turns by it, is the far end.
    ends = np.array([scale * 3 / np.sqrt(span / (len(t) - 1)), scale * 6 / span])
    low, high = np.zeros(2), ends
    for _round in range(4):
        level, slope = np.meshgrid(*(np.linspace(a, b, 17) for a, b in zip(low, high, strict=True)), indexing="ij")
        grid = Drift((level**2).ravel(), (slope**2).ravel())
        log = likelihoods(grid, t, v, y, fixed).reshape(level.shape)
        near = log > log.max() - 8
        rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        drawn = [(rows, level[:, 0]), (columns, slope[0])]
        low = np.array([values[max(k[0] - 1, 0)] for k, values in drawn])
        high = np.array([values[min(k[-1] + 1, 16)] for k, values in drawn])
        if len(rows) > 8 and len(columns) > 8:
            break
    weight = np.exp(log - log.max()).ravel()
    return grid, weight / weight.sum()


def _offset_columns(kinds: Sequence[str], model: SmoothModel, rows: int) -> tuple[Array, list[str]]:
    present = list(dict.fromkeys(kinds))
    if len(present) < 2:
        return np.zeros((rows, 0)), []
    if model.anchor not in present:
        raise TooThin("smooth.no-anchor", kinds=", ".join(present))
    others = [kind for kind in present if kind != model.anchor]
    return np.array([[float(kind == other) for other in others] for kind in kinds]), others


def _check(t: Array, y: Array, s: Array, fixed: Array) -> None:
    bad = ~(np.isfinite(t) & np.isfinite(y) & np.isfinite(s) & (s > 0))
    if bad.any():
        raise TooThin("smooth.year-without-error", years=", ".join(f"{year:g}" for year in t[bad][:8]))
    least = LEAST + fixed.shape[1]
    start = np.column_stack([np.ones(len(t)), t - t.mean(), fixed])
    if len(t) < least or np.linalg.matrix_rank(start) < start.shape[1]:
        raise TooThin("smooth.few-years", years=len(np.unique(t)), least=least)


def _on_scale(y: Array, s: Array, model: SmoothModel) -> tuple[Array, Array]:
    if model.bounds is None:
        return y, s**2
    low, high = model.bounds
    if y.min() <= low or y.max() >= high:
        raise TooThin("smooth.year-at-bound", low=low, high=high)
    slope = (high - low) / ((y - low) * (high - y))
    return special.logit((y - low) / (high - low)), (slope * s) ** 2


def _back(points: Array, model: SmoothModel) -> Array:
    if model.bounds is None:
        return points
    low, high = model.bounds
    return np.asarray(low + (high - low) * special.expit(points))
