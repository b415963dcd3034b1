"""Calibration: factors on the weights, so that they add up to known totals; solved on margin cells, never on rows.

A margin cell holds all rows with the same values of all margin variables and numeric auxiliaries; every row of a cell
gets the same factor, so that the sums of the weights of each cell are all that is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datashift.errors import DesignError
from datashift.estimation.distances import Distance
from datashift.estimation.reaching import basis, nearest, solve
from datashift.language import _
from datashift.model import Calibration, Totals
from datashift.numbers import places, said

Floats = npt.NDArray[np.float64]
SAME = 1e-6
"""Relative difference up to which two totals are the same number, differently rounded."""
SHOWN = 5
"""How many categories a refusal names."""


@dataclass(frozen=True)
class Auxiliary:
    """What is known of the population, per margin cell.

    x: [cells, q] a 0/1 column per category of each margin, then the numeric auxiliaries; margins may depend on each
    other, no category need be left out.   totals: [q] known totals.   labels: (variable, category) of each column;
    variables of a crossed margin are joined by `|`, the category of a number is "".
    """

    x: Floats
    totals: Floats
    labels: tuple[tuple[str, str], ...]


class Reached(NamedTuple):
    """One known total: what was wanted, what the weights added up to before, and what after."""

    variable: str
    category: str
    wanted: float
    before: float
    after: float


@dataclass(frozen=True)
class Calibrated:
    """Factors on the weights.

    g: [cells] (1 for cells without weight).   reached: per known total.   iterations: Newton steps.
    kish: 1 + cv² of the calibrated weights over the rows with weight: n Σw²/(Σw)², what unequal weights cost.
    spread: smallest and largest factor.
    """

    g: Floats
    reached: tuple[Reached, ...]
    iterations: int
    kish: float
    spread: tuple[float, float]

    @property
    def method(self) -> str:
        """Return how many totals were reached in how many steps."""
        return f"calibration to {len(self.reached)} totals; {self.iterations} steps; Kish {self.kish:.3f}"

    def sentence(self) -> str:
        """Say what was done to the weights, and what unequal weights cost."""
        return _(
            "The weights were multiplied by {low} to {high}, so that they add up to {count} known totals. Because "
            "weights are unequal, as much is known as from {share} of the answers with equal weights."
        ).format(
            low=said(self.spread[0], 2),
            high=said(self.spread[1], 2),
            count=len(self.reached),
            share=f"{said(100 / self.kish)} %",
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the diagnostics, ready for JSON."""
        return {
            "reached": [total._asdict() for total in self.reached],
            "iterations": self.iterations,
            "kish": self.kish,
            "smallest_factor": self.spread[0],
            "largest_factor": self.spread[1],
        }


def auxiliary(values: Mapping[str, Sequence[Any]], calibration: Calibration) -> Auxiliary:
    """Lay out margin cells against the known totals.

    In:  per margin variable its value per cell (text; None where missing), per numeric auxiliary a number per cell.
    Out: Auxiliary; margins that differ by rounding (relative 1e-6) are brought to the sum of the first.
    Raises DesignError: a category without rows, a value or a missing one that the margin does not name, sums of
    margins that differ, totals below zero.
    """
    _must_add_up(calibration.margins)
    parts = [_margin(values, margin) for margin in calibration.margins]
    whole = sum(calibration.margins[0].totals.values()) if calibration.margins else 0.0
    totals = [_scaled(list(margin.totals.values()), whole) for margin in calibration.margins]
    labels = [("|".join(margin.variables), category) for margin in calibration.margins for category in margin.totals]
    for name, total in calibration.numeric.items():
        parts.append(_numbers(name, values[name])[:, None])
        totals.append(np.array([total]))
        labels.append((name, ""))
    return Auxiliary(np.hstack(parts), np.concatenate(totals), tuple(labels))


def calibrate(
    sw: Floats, sww: Floats, largest: Floats, aux: Auxiliary, calibration: Calibration, rows: Floats
) -> Calibrated:
    """Find the factor on the weights of each margin cell with which they add up to the known totals.

    In:  per cell the sum of the weights, of their squares, the largest weight, and the number of rows with weight.
    Method: the factors nearest to 1 in the distance of the kind (Deville & Särndal 1992): poststratify T/Σd, raking
    exp(x'λ), linear 1 + x'λ, logit between its bounds; bounds cut off raking and linear (R survey: calibrate, with
    bounds). λ by Newton's method with halved steps. `trim`: no calibrated weight is above trim × mean calibrated
    weight, which is the sum of the first margin over the rows with weight (without a margin: the mean weight before);
    it bounds the factor of a cell at trim × mean / largest weight, so that margins and cap hold together.
    Raises DesignError where no such factors exist, naming the totals that cannot be reached.
    """
    held = sw > 0
    before = aux.x.T @ sw
    if not held.any():
        raise DesignError("calibrate.no-weight")
    _must_have_weight(aux, before)
    distance = _distance(held, aux, calibration, _cap(sw, rows, aux, calibration) / np.where(held, largest, 1.0))
    x, weights = aux.x[held], sw[held]
    if calibration.kind == "poststratify":
        factors, steps = x @ np.divide(aux.totals, before, out=np.zeros_like(before), where=before > 0), 1
        fits = distance.allows(factors)
    else:
        factors, steps = solve(x, weights, aux.totals, distance)
        off = np.abs(x.T @ (weights * factors) - aux.totals)
        fits = bool(np.all(off <= SAME * np.maximum(np.abs(aux.totals), np.abs(x).T @ weights)))
    if not fits:
        raise _refusal(x, weights, aux, calibration, distance)
    g = np.ones_like(sw)
    g[held] = factors
    after = aux.x.T @ (sw * g)
    listed = zip(aux.labels, aux.totals, before, after, strict=True)
    return Calibrated(
        g=g,
        reached=tuple(Reached(*label, float(t), float(b), float(a)) for label, t, b, a in listed),
        iterations=steps,
        kish=float(rows[held].sum() * (g**2 @ sww) / (g @ sw) ** 2),
        spread=(float(factors.min()), float(factors.max())),
    )


def coefficients(sw: Floats, aux: Auxiliary, dz: Floats) -> Floats:
    """Return B [q, k] = (Σ d x x')⁺ Σ d x z of the influences z, with the weights d before calibration.

    In: sw [cells] Σd, dz [cells, k] Σ d·z per cell.   The variance of calibrated estimates is that of g·d·(z − x'B).
    """
    turned = basis(aux.x, sw)
    regression: Floats = turned @ (turned.T @ (aux.x.T @ dz))
    return regression


def _margin(values: Mapping[str, Sequence[Any]], margin: Totals) -> Floats:
    name = "|".join(margin.variables)
    columns = [values[variable] for variable in margin.variables]
    for variable, column in zip(margin.variables, columns, strict=True):
        if any(_missing(value) for value in column):
            raise DesignError("calibrate.missing-value", variable=variable)
    keys = ["|".join(map(_text, key)) for key in zip(*columns, strict=True)]
    number = {category: k for k, category in enumerate(margin.totals)}
    unknown = sorted(set(keys) - number.keys())
    if unknown:
        raise DesignError("calibrate.unknown-value", variable=name, values=_named(unknown))
    empty = sorted(category for category in number.keys() - set(keys) if margin.totals[category])
    if empty:
        raise DesignError("calibrate.empty-category", variable=name, categories=_named(empty))
    x = np.zeros((len(keys), len(number)))
    x[np.arange(len(keys)), [number[key] for key in keys]] = 1.0
    return x


def _numbers(name: str, column: Sequence[Any]) -> Floats:
    if any(_missing(value) for value in column):
        raise DesignError("calibrate.missing-value", variable=name)
    numbers: Floats = np.asarray(column, dtype=np.float64)
    return numbers


def _missing(value: Any) -> bool:
    return value is None or value != value


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _named(categories: Sequence[str]) -> str:
    return ", ".join(categories[:SHOWN]) + (", …" if len(categories) > SHOWN else "")


def _scaled(totals: Sequence[float], whole: float) -> Floats:
    return np.array(totals, dtype=np.float64) * (whole / sum(totals))


def _must_add_up(margins: Sequence[Totals]) -> None:
    sums = [("|".join(margin.variables), sum(margin.totals.values())) for margin in margins]
    for margin, (name, total) in zip(margins, sums, strict=True):
        below = sorted(category for category, value in margin.totals.items() if not value >= 0)
        if below or not 0 < total < np.inf:
            raise DesignError("calibrate.not-a-total", variable=name, categories=_named(below or [*margin.totals]))
        if abs(total - sums[0][1]) > SAME * sums[0][1]:
            facts = {"first": sums[0][0], "sum": said(sums[0][1]), "second": name, "other": said(total)}
            raise DesignError("calibrate.different-sums", **facts)


def _must_have_weight(aux: Auxiliary, before: Floats) -> None:
    for (variable, category), total, weight in zip(aux.labels, aux.totals, before, strict=True):
        if category and total > 0 and weight <= 0:
            raise DesignError("calibrate.empty-category", variable=variable, categories=category)


def _cap(sw: Floats, rows: Floats, aux: Auxiliary, calibration: Calibration) -> float:
    """Return the largest calibrated weight allowed."""
    if calibration.trim is None:
        return float(np.inf)
    margin = calibration.margins[0].totals if calibration.margins else {}
    whole = float(aux.totals[: len(margin)].sum()) if margin else float(sw.sum())
    return calibration.trim * whole / float(rows[sw > 0].sum())


def _distance(held: npt.NDArray[np.bool_], aux: Auxiliary, calibration: Calibration, most: Floats) -> Distance:
    """Return the distance with the bounds of each cell that has weight."""
    open_below = -np.inf if calibration.kind == "linear" else 0.0
    low, high = calibration.bounds or (open_below, np.inf)
    upper = np.minimum(high, most[held])
    if np.any(upper < low):
        raise DesignError("calibrate.trim-against-bounds", trim=calibration.trim, lower=low)
    if low == 0:
        # Where nobody is in the population, nobody counts; exp(x'λ) would only come near to 0.
        nobody = np.array([bool(category) for _name, category in aux.labels]) & (aux.totals == 0)
        upper = np.where(aux.x[held][:, nobody].any(axis=1), 0.0, upper)
    return Distance(calibration.kind, np.full(upper.shape, low), upper, calibration.bounds or (0.0, np.inf))


def _refusal(x: Floats, sw: Floats, aux: Auxiliary, calibration: Calibration, distance: Distance) -> DesignError:
    """Name the totals that cannot be reached, how near one can come, and what stands against it."""
    reachable = nearest(x, sw, aux.totals, distance)
    far = np.abs(reachable - aux.totals) > SAME * np.maximum(np.abs(aux.totals), np.abs(x).T @ sw)
    named = [
        _("{total}: {wanted} wanted, {nearest} possible").format(
            total=" = ".join(part for part in label if part), wanted=_rounded(wanted), nearest=_rounded(possible)
        )
        for label, wanted, possible, off in zip(aux.labels, aux.totals, reachable, far, strict=True)
        if off
    ]
    facts: dict[str, Any] = {"totals": "; ".join(named[:SHOWN]) + ("; …" if len(named) > SHOWN else "")}
    if not named:
        return DesignError("calibrate.only-at-the-bound", **facts)
    if calibration.trim is not None:
        return DesignError("calibrate.trim-not-reached", trim=calibration.trim, **facts)
    if calibration.bounds is not None:
        return DesignError("calibrate.not-reached", lower=calibration.bounds[0], upper=calibration.bounds[1], **facts)
    return DesignError("calibrate.contradiction", **facts)


def _rounded(total: float) -> str:
    # Solutions come with noise in the last digits; without it whole numbers are shown as such.
    return said(total, places(round(total, 6), None, None))
