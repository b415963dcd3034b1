"""What the years observed say: level, pace and scatter of many series at once, on the scale of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datashift.estimation.random_effects import Array

HALF_LIFE = 3.0
"""Years after which a year counts half in the pace; 3 to 9 forecast the series learnt from about equally well."""


@dataclass(frozen=True)
class Past:
    """Many series (rows) as observed; matrices are series × years and padded with 0 where `known` is False.

    years, values: in the order of time, values on the scale of each series.   count: years known.   last, level: last
    year and its value.   span: years from first to last.   line: value of the straight line in the last year.
    pace: change per year of a line on which recent years count more.   off_line: sum of squared distances from the
    straight line.   steps: sum of squared steps from year to year beside the mean step, each divided by the years it
    took.   of_line, of_pace: what each value adds to `line` and `pace`.   noise: variance of the sampling error of each
    value, None where not known.
    """

    years: Array
    values: Array
    known: Array
    count: Array
    last: Array
    span: Array
    level: Array
    line: Array
    pace: Array
    off_line: Array
    steps: Array
    of_line: Array
    of_pace: Array
    noise: Array | None = None

    def rows(self, chosen: np.ndarray) -> Past:
        """Return some series, or one several times."""
        return Past(**{name: None if part is None else part[chosen] for name, part in vars(self).items()})  # type: ignore[arg-type]


def past(
    years: Sequence[Sequence[float]] | Array, values: Sequence[Sequence[float]] | Array, errors: Array | None = None
) -> Past:
    """Describe series (rows) by their years and values on the scale of each; NaN at the end of a row: no more years.

    In:  two years or more in each row, in the order of time; errors: standard errors on the same scale, same shape.
    Out: least squares through all years, and with weights that halve every HALF_LIFE years.
    """
    t, z = np.asarray(years, float), np.asarray(values, float)
    known = np.isfinite(t) & np.isfinite(z)
    t, z = np.where(known, t, 0.0), np.where(known, z, 0.0)
    count = known.sum(1)
    rows, end = np.arange(len(t)), count - 1
    last, level = t[rows, end], z[rows, end]
    of_line, _slope, residual = _line(t, z, known.astype(float), last)
    of_pace = _line(t, z, known * 0.5 ** ((last[:, None] - t) / HALF_LIFE), last)[1]
    span = last - t[:, 0]
    drift = (level - z[:, 0]) / span
    gaps = np.where(known[:, 1:], np.diff(t, axis=1), 1.0)
    steps = np.where(known[:, 1:], np.diff(z, axis=1) - drift[:, None] * gaps, 0.0)
    return Past(
        years=t, values=z, known=known, count=count, last=last, span=span, level=level,
        line=(of_line * z).sum(1), pace=(of_pace * z).sum(1),
        off_line=(np.where(known, residual, 0.0) ** 2).sum(1), steps=(steps**2 / gaps).sum(1),
        of_line=of_line, of_pace=of_pace,
        noise=None if errors is None else np.where(known, np.asarray(errors, float), 0.0) ** 2,
    )  # fmt: skip


def _line(t: Array, z: Array, weights: Array, at: Array) -> tuple[Array, Array, Array]:
    """Return what each value adds to the line's value in the year `at` and to its slope, and the residuals."""
    shares = weights / weights.sum(1, keepdims=True)
    away = t - (shares * t).sum(1, keepdims=True)
    of_pace = shares * away / (shares * away**2).sum(1, keepdims=True)
    middle = (shares * t).sum(1)
    residual = z - (shares * z).sum(1, keepdims=True) - away * (of_pace * z).sum(1, keepdims=True)
    return shares + of_pace * (at - middle)[:, None], of_pace, residual
