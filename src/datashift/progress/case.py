"""One series with its target, checked, on the scale on which the rules judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypedDict

import numpy as np

from datashift.errors import BadProgress
from datashift.model import Target
from datashift.progress.label import Array, Remark, Truth
from datashift.progress.rules import Rules
from datashift.trends.series import PER_CENT, Aim, Series, series

Shape = Literal["", "parity", "around", "floor"]

BASE_YEAR = 2015

MOST_DRAWS = 1_000_000
"""More draws than this fill the memory and change no digit that is shown."""

SHARES = frozenset({"PT", "PERCENT", "%", "PER_POP_U5", "PER_MARW_20T24Y"})
"""Units that are per cent of something, so between 0 and 100 (the last two: of children under five, of women)."""

SHAPES: dict[str, Shape] = {"4.5.1": "parity", "5.4.1": "parity", "8.5.2": "floor"}
"""Indicators where too much is as bad as too little, and how Open SDG's document changes their values; others whose
target is to be met exactly: "around"."""

GROWTH_RATES = {"8.1.1", "8.2.1", "10.1.1", "11.3.1"}
GROWTH_SERIES = {"AG_LND_FRSTCHG"}
"""Indicators that are growth rates themselves: no growth rate of them makes sense (Open SDG and Eustat say so)."""


class Options(TypedDict, total=False):
    """What may be asked beside series and target.

    base_year: 2015.   limit: natural limit in the good direction (else the bound of the unit).   unit: PT for per cent.
    lower, upper: bounds of what is possible.   shape: see SHAPES.   indicator, code: SDG indicator and series code.
    rules: stated cut-offs.   draws, seed: of the probabilities.   smooth: the figures come from a model.
    """

    base_year: int
    limit: float | None
    unit: str
    lower: float | None
    upper: float | None
    shape: Shape
    indicator: str
    code: str
    rules: Rules
    draws: int
    seed: int
    smooth: bool


@dataclass(frozen=True)
class Case:
    """A checked series with all that the rules need.

    series: as observed.   years, values: for the rules, in the order of time, values after `shape`.   base: place of
    the base year among the years, −1 where no year from the base year on has a value.   target: value to be reached on
    the scale of `values`, None without one.   sign: 1 where up is good, −1 where down is.
    """

    series: Series
    years: Array
    values: Array
    target: float | None
    target_year: float
    sign: float
    base: int
    base_year: int
    limit: float | None
    shape: Shape
    growth_rate: bool
    rules: Rules
    aim: Target
    smooth: bool = False
    notes: tuple[Remark, ...] = field(default=())

    def shaped(self, values: Array) -> Array:
        """Bring values as observed to the scale on which the rules judge them."""
        return shaped(self.shape, values, self.aim.value)

    def but(self, **changes: object) -> Case:
        """Return the case with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def goal(self) -> float | None:
        """Return what a forecast must reach: the target, or near enough to a bound or to a zero that none can touch.

        At 0 or 100 %: within one point (see Series.goal). At 0 for other values above 0: what rounds to 0 as the
        figures are rounded, since on the log scale 0 is infinitely far away.
        """
        data = self.series
        if data.target != 0 or data.bounds is not None or data.values.min() <= 0:
            return data.goal
        exact = (d for d in range(7) if np.array_equal(np.round(data.values, d), data.values))
        return float(0.5 * 10.0 ** -next(exact, 6))

    @property
    def span(self) -> float:
        """Return the years from base year to last year."""
        return float(self.years[-1] - self.years[self.base])

    def met(self, values: Array | float) -> Truth:
        """Say where values have met the target (never, without one)."""
        if self.target is None:
            return np.zeros(np.shape(values), bool)
        return np.asarray(self.sign * (values - self.target) >= 0)


def case(
    years: Sequence[float], values: Sequence[float], se: Sequence[float] | None, target: Target, asked: Options
) -> Case:
    """Check series, target and direction. Raises BadSeries and TooThin (see trends), BadProgress: no direction, a
    ratio of groups of 0 or below, a number asked for that is none or not possible.
    """
    _check(target, asked)
    notes: list[Remark] = []
    errors = se
    if se is not None and not _all_known(values, se):
        errors = None
        notes.append(Remark("se-partly"))
    unit = asked.get("unit", "")
    aim = Aim(unit=PER_CENT if unit.upper() in SHARES else unit, target=target.value,
              target_year=float(target.year), lower=asked.get("lower"), upper=asked.get("upper"),
              direction=target.direction or None)  # fmt: skip
    data = series(years, values, errors, aim)
    if data.bounds and target.value is not None and not data.bounds[0] <= target.value <= data.bounds[1]:
        low, high = data.bounds
        raise BadProgress("progress.option", name="target", value=f"{target.value:g}", wanted=f"{low:g} … {high:g}")
    shape = asked.get("shape") or _shape(target, asked.get("indicator", ""))
    if shape == "parity" and (data.values <= 0).any():
        raise BadProgress("progress.parity")
    judged = shaped(shape, data.values, target.value)
    base_year = asked.get("base_year", BASE_YEAR)
    rules = asked.get("rules", Rules())
    base = base_of(data.years, base_year)
    sign = -1.0 if shape else _sign(data, target, base)
    if asked.get("smooth"):
        notes.append(Remark("modelled"))
    if data.target == 0 and data.bounds is None and data.values.min() > 0:
        notes.append(Remark("zero-rounds"))
    if shape:
        notes.append(Remark(f"shape-{shape}", {"target": float(target.value or 0.0)}))
    return Case(
        series=data, years=data.years, values=judged, target=target.value, target_year=float(target.year), sign=sign,
        base=base, base_year=base_year, limit=_limit(data, asked, sign), shape=shape,
        growth_rate=asked.get("indicator", "") in GROWTH_RATES or asked.get("code", "") in GROWTH_SERIES,
        rules=rules, aim=target, smooth=bool(asked.get("smooth")), notes=tuple(notes),
    )  # fmt: skip


def _check(target: Target, asked: Options) -> None:
    numbers = {"target": target.value, "lower": asked.get("lower"), "upper": asked.get("upper"),
               "limit": asked.get("limit")}  # fmt: skip
    for name, value in numbers.items():
        if value is not None and not np.isfinite(value):
            raise BadProgress("progress.option", name=name, value=f"{value:g}", wanted="0, 1, 2.5 …")
    for name, value, most in (("draws", asked.get("draws", 1), MOST_DRAWS), ("seed", asked.get("seed", 0), None)):
        least = 0 if name == "seed" else 1
        if value < least or (most and value > most):
            raise BadProgress("progress.option", name=name, value=f"{value}", wanted=f"{least} … {most or '∞'}")


def base_of(years: Array, base_year: int) -> int:
    """Return the place of the first year that is `base_year` or later, −1 where there is none."""
    later = np.flatnonzero(years >= base_year)
    return int(later[0]) if len(later) else -1


def shaped(shape: Shape, values: Array, target: float | None) -> Array:
    """Return values as distance from a target that is to be met exactly.

    parity: the larger of value and 1/value, and 1 between 0.97 and 1.03.   around: mirrored upwards at the target.
    As Open SDG's document changes them; "" and "floor" leave values as they are.
    """
    if shape == "parity":
        above = np.maximum(values, 1e-12)  # a draw that was cut off at 0 has no reciprocal
        ratio = np.maximum(above, 1 / above)
        return np.where((values >= 0.97) & (values <= 1.03), 1.0, ratio)
    if shape == "around" and target is not None:
        return np.asarray(target + np.abs(values - target))
    return values


def _all_known(values: Sequence[float], se: Sequence[float]) -> bool:
    errors = np.asarray(se, float)[np.isfinite(np.asarray(values, float))]
    return bool((np.isfinite(errors) & (errors > 0)).all())


def _shape(target: Target, indicator: str) -> Shape:
    if not target.rule.startswith("equal") or target.value is None:
        return ""
    return SHAPES.get(indicator, "parity" if target.value == 1 and " RO" in target.rule else "around")


def _sign(data: Series, target: Target, base: int) -> float:
    if target.direction:
        return 1.0 if target.direction == "up" else -1.0
    start = data.values[max(base, 0)]
    if target.value is None or target.value == start:
        raise BadProgress("progress.direction")
    return 1.0 if target.value > start else -1.0


def _limit(data: Series, asked: Options, sign: float) -> float | None:
    stated = asked.get("limit")
    if stated is not None or data.bounds is None:
        return stated
    return data.bounds[1] if sign > 0 else data.bounds[0]
