"""A series of years: what it must be, and the scale on which a line through it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

import numpy as np
from scipy import special

from datashift.errors import BadSeries, TooThin
from datashift.estimation.random_effects import Array

Scale = Literal["raw", "logit", "log"]
Direction = Literal["up", "down"]

PER_CENT = "PT"


class Aim(TypedDict, total=False):
    """What is asked of a series; everything may be left out.

    target: value to be reached by `target_year` (2030).   lower, upper: bounds of what is possible; both: logit scale.
    unit: PT for per cent (bounds 0 and 100).   direction: up or down, what is good; without it the target tells.
    confidence: of the intervals (0.95).
    """

    target: float | None
    target_year: float
    lower: float | None
    upper: float | None
    unit: str
    direction: Direction | None
    confidence: float


@dataclass(frozen=True)
class Series:
    """A checked series in the order of time; numbers in the unit of the values. se is None where none is known."""

    years: Array
    values: Array
    se: Array | None
    target: float | None
    target_year: float
    bounds: tuple[float, float] | None
    unit: str
    direction: Direction | None
    confidence: float
    assumed_share: bool

    @property
    def goal(self) -> float | None:
        """Return what counts as the target met: at a bound (0 or 100 %) within one hundredth of the range.

        A share nears its bound but does not touch it. The rule of one point is that of Eustat's progress method.
        """
        if self.target is None or self.bounds is None or self.target not in self.bounds:
            return self.target
        low, high = self.bounds
        return low + 0.01 * (high - low) if self.target == low else high - 0.01 * (high - low)

    @property
    def scale(self) -> Scale:
        """Return the scale shown first.

        Logit between bounds, so that no line passes 100 %; log where all values are above 0; else the plain one.
        """
        if self.bounds:
            low, high = self.bounds
            return "logit" if low < self.values.min() and self.values.max() < high else "raw"
        return "log" if self.values.min() > 0 else "raw"

    def able(self, scale: Scale) -> bool:
        """Say whether all values can be brought to `scale`; for logit the bounds are those stated, or 0 and 1."""
        low, high = self.bounds or (0.0, 1.0)
        inside = low < self.values.min() and self.values.max() < high
        return {"raw": True, "log": bool(self.values.min() > 0), "logit": bool(inside)}[scale]

    def to(self, scale: Scale, values: Array | float) -> Array:
        """Bring values to a scale; a value at or beyond a bound becomes infinite."""
        points = np.asarray(values, float)
        if scale == "raw":
            return points
        with np.errstate(divide="ignore", invalid="ignore"):
            if scale == "log":
                return np.asarray(np.log(np.maximum(points, 0.0)))
            low, high = self.bounds or (0.0, 1.0)
            return np.asarray(special.logit(np.clip((points - low) / (high - low), 0.0, 1.0)))

    def back(self, scale: Scale) -> Callable[[float], float]:
        """Return what brings a number on `scale` back to the unit of the values."""
        low, high = self.bounds or (0.0, 1.0)
        ways: dict[Scale, Callable[[float], float]] = {
            "raw": float,
            # With three years an end may be beyond all numbers.
            "log": lambda x: float(np.exp(min(x, 700.0))),
            "logit": lambda x: float(low + (high - low) * special.expit(x)),
        }
        return ways[scale]

    def errors_on(self, scale: Scale) -> Array | None:
        """Return the standard errors on a scale, by the delta method."""
        if self.se is None or scale == "raw":
            return self.se
        if scale == "log":
            return self.se / self.values
        low, high = self.bounds or (0.0, 1.0)
        return self.se * (high - low) / ((self.values - low) * (high - self.values))


def series(years: Sequence[float], values: Sequence[float], se: Sequence[float] | None, aim: Aim) -> Series:
    """Check a series and put it in the order of time; pairs without a year or value are left out.

    Raises BadSeries: a year that stands twice, a standard error that is missing, a value outside of its bounds, an
    unknown direction. Raises TooThin: fewer than two years.
    """
    t, y = np.asarray(years, float), np.asarray(values, float)
    s = None if se is None else np.asarray(se, float)
    kept = np.isfinite(t) & np.isfinite(y)
    t, y, s = t[kept], y[kept], None if s is None else s[kept]
    order = np.argsort(t, kind="stable")
    t, y, s = t[order], y[order], None if s is None else s[order]
    _check(t, s)
    bounds, assumed = _bounds(y, aim)
    direction = aim.get("direction")
    if direction not in (None, "up", "down"):
        raise BadSeries("trend.direction", direction=direction)
    return Series(
        years=t, values=y, se=s, target=aim.get("target"), target_year=aim.get("target_year", 2030.0), bounds=bounds,
        unit=aim.get("unit", ""), direction=direction or _towards(aim.get("target"), y),
        confidence=aim.get("confidence", 0.95), assumed_share=assumed,
    )  # fmt: skip


def _check(t: Array, s: Array | None) -> None:
    if len(t) < 2:
        raise TooThin("trend.one-year", years=len(t))
    twice = t[1:][np.diff(t) == 0]
    if len(twice):
        raise BadSeries("trend.year-twice", year=f"{twice[0]:g}")
    if s is not None and not (np.isfinite(s) & (s > 0)).all():
        lacking = ", ".join(f"{year:g}" for year in t[~(np.isfinite(s) & (s > 0))][:8])
        raise BadSeries("trend.no-error", years=lacking)


def _bounds(y: Array, aim: Aim) -> tuple[tuple[float, float] | None, bool]:
    """Return the bounds, and whether they were told by the values alone."""
    low, high = aim.get("lower"), aim.get("upper")
    if aim.get("unit") == PER_CENT:
        low, high = 0.0 if low is None else low, 100.0 if high is None else high
    if low is not None and high is not None:
        if not low < high or y.min() < low or y.max() > high:
            raise BadSeries(
                "trend.outside", low=f"{low:g}", high=f"{high:g}", least=f"{y.min():g}", most=f"{y.max():g}"
            )
        return (low, high), False
    target = aim.get("target")
    told_nothing = low is None and high is None and not aim.get("unit")
    if told_nothing and y.min() >= 0 and y.max() <= 1 and (target is None or 0 <= target <= 1):
        return (0.0, 1.0), True
    return None, False


def _towards(target: float | None, y: Array) -> Direction | None:
    if target is None or target == y[0]:
        return None
    return "up" if target > y[0] else "down"
