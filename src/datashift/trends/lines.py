"""Straight lines through a series, on the plain, logit or log scale, each brought to the target year."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import special

from datashift.estimation.random_effects import Array, fit
from datashift.language import N_, _
from datashift.trends.series import Scale, Series

CONCEPTS = {
    "ols": N_("straight line through the values, all years alike"),
    "ols_logit": N_("line on the logit scale, which cannot leave the bounds; all years alike"),
    "ols_log": N_("line on the log scale: the same per cent every year; all years alike"),
    "wls": N_("straight line; years with small sampling errors count more"),
    "meta_regression": N_("straight line with known sampling errors and what is particular to a year"),
    "meta_regression_logit": N_("line on the logit scale with known sampling errors and what is particular to a year"),
    "meta_regression_log": N_("line on the log scale with known sampling errors and what is particular to a year"),
}
"""What each line is. R: lm(value ~ year), lm(qlogis(value) ~ year), lm(log(value) ~ year), each with predict();
lm(…, weights = 1/se^2); metafor::rma(value, se^2, mods = ~ year, method = "REML", test = "knha")."""

Pair = tuple[float, float]

LEAST = 1e-6
"""A standard error below this part of the largest one counts as this part."""


@dataclass(frozen=True)
class Line:
    """A line with its value in the target year.

    coefficients, coefficients_se: at year 0 and per year, on the scale of the line (Knapp–Hartung where tau2 is known).
    sigma: residual standard deviation (with weights: of the standardised residuals).   tau2: variance of what is
    particular to a year, beside sampling errors.   at_target, ci, pi: in the unit of the values. ci holds the line; pi
    holds the value of that year: one more observation like these (ols) or, with sampling errors known, the true level.
    None: not defined, with two years in any case.
    careful_ci, careful_pi: the same, but with a scatter never taken to be below what sampling errors alone bring
    (Knapp–Hartung with max(1, q)).
    """

    name: str
    scale: Scale
    coefficients: Pair
    coefficients_se: Pair | None
    sigma: float | None
    tau2: float | None
    degrees: int
    at_target: float
    ci: Pair | None
    pi: Pair | None
    careful_ci: Pair | None = None
    careful_pi: Pair | None = None

    @property
    def concept(self) -> str:
        """Say in the current language what this line is."""
        return _(CONCEPTS[self.name])

    def shown(self) -> Pair | None:
        """Return the interval for people: the careful one where there is one."""
        return self.careful_pi or self.pi or self.ci

    def as_dict(self) -> dict[str, Any]:
        """Return the line, ready for JSON."""
        return {**asdict(self), "concept": self.concept}


def lines(series: Series) -> dict[str, Line]:
    """Fit every line that the series allows, by name."""
    scales: list[Scale] = [scale for scale in ("raw", "logit", "log") if series.able(scale)]
    found = [_plain(series, scale) for scale in scales]
    if series.se is not None:
        found.append(_weighted(series))
        if len(series.years) > 2:
            found += [_meta(series, scale) for scale in scales]
    return {line.name: line for line in found}


def _name(start: str, scale: Scale) -> str:
    return start if scale == "raw" else f"{start}_{scale}"


def _plain(series: Series, scale: Scale) -> Line:
    y = series.to(scale, series.values)
    return _least_squares(series, _name("ols", scale), scale, y, np.ones_like(y))


def _weighted(series: Series) -> Line:
    assert series.se is not None
    return _least_squares(series, "wls", "raw", series.values, 1 / series.se**2)


def _least_squares(series: Series, name: str, scale: Scale, y: Array, w: Array) -> Line:
    x, at, middle = _centred(series, w)
    cross = np.linalg.inv(x.T @ (w[:, None] * x))
    beta = cross @ (x.T @ (w * y))
    degrees = len(y) - 2
    back = series.back(scale)
    value = float(at @ beta)
    line = Line(
        name=name, scale=scale, coefficients=_at_year_0(beta, middle), coefficients_se=None, sigma=None, tau2=None,
        degrees=degrees, at_target=back(value), ci=None, pi=None,
    )  # fmt: skip
    if degrees < 1:
        return line
    s2 = float((w * (y - x @ beta) ** 2).sum()) / degrees
    t = float(special.stdtrit(degrees, 0.5 + series.confidence / 2))
    spread = float(at @ cross @ at) * s2
    return _with(
        line, coefficients_se=_se_at_year_0(np.asarray(cross * s2, float), middle), sigma=float(np.sqrt(s2)),
        ci=_around(value, t * np.sqrt(spread), back),
        pi=None if name == "wls" else _around(value, t * np.sqrt(spread + s2), back),
    )  # fmt: skip


def _meta(series: Series, scale: Scale) -> Line:
    se = series.errors_on(scale)
    assert se is not None
    # One year known a million times as well as another leaves no digits for the slope.
    se = np.maximum(se, LEAST * se.max())
    y = series.to(scale, series.values)
    x, at, middle = _centred(series, np.ones_like(y))
    fitted = fit(y, x, se**2, "reml")
    t = float(special.stdtrit(fitted.degrees, 0.5 + series.confidence / 2))
    value, plain = float(at @ fitted.beta), float(at @ fitted.covariance @ at)
    back = series.back(scale)

    def around(spread: float) -> Pair:
        return _around(value, t * float(np.sqrt(spread)), back)

    usual, careful = plain * fitted.scatter, plain * max(1.0, fitted.scatter)
    return Line(
        name=_name("meta_regression", scale), scale=scale, coefficients=_at_year_0(fitted.beta, middle),
        coefficients_se=_se_at_year_0(fitted.covariance * fitted.scatter, middle), sigma=None, tau2=fitted.tau2,
        degrees=fitted.degrees, at_target=back(value), ci=around(usual), pi=around(usual + fitted.tau2),
        careful_ci=around(careful), careful_pi=around(careful + fitted.tau2),
    )  # fmt: skip


def _centred(series: Series, w: Array) -> tuple[Array, Array, float]:
    """Return the columns 1 and year − middle, the same for the target year, and the middle; keeps all digits."""
    middle = float((w * series.years).sum() / w.sum())
    x = np.column_stack([np.ones(len(series.years)), series.years - middle])
    return x, np.array([1.0, series.target_year - middle]), middle


def _at_year_0(beta: Array, middle: float) -> Pair:
    return float(beta[0] - beta[1] * middle), float(beta[1])


def _se_at_year_0(covariance: Array, middle: float) -> Pair:
    at = np.array([1.0, -middle])
    return float(np.sqrt(at @ covariance @ at)), float(np.sqrt(covariance[1, 1]))


def _around(value: float, half: float, back: Any) -> Pair:
    return back(value - half), back(value + half)


def _with(line: Line, **changes: Any) -> Line:
    return Line(**{**vars(line), **changes})
