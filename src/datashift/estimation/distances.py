"""How far factors may stand from 1: the calibration functions of Deville & Särndal (1992)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
LARGEST = 500.0
"""Exponents above this are cut off; sums of weights times e^500 still do not overflow."""
FLOOR = 1e-4
"""Slope of factors that stand at a bound: none, but with it a Newton step is defined where all stand there."""


@dataclass(frozen=True)
class Distance:
    """A calibration function with the bounds of each cell.

    kind: linear, raking or logit.   low, high: [cells] bounds of the factor.   between: the bounds that logit nears.
    """

    kind: str
    low: Floats
    high: Floats
    between: tuple[float, float]

    def factors(self, u: Floats) -> tuple[Floats, Floats]:
        """Return the factors g(u) within the bounds, and their slopes g'(u)."""
        free, slope = _FUNCTIONS[self.kind](u, *self.between)
        factors = np.clip(free, self.low, self.high)
        return factors, np.where(free == factors, slope, FLOOR)

    def allows(self, factors: Floats) -> bool:
        """Say whether all factors lie within the bounds."""
        return bool(np.all((factors >= self.low * (1 - 1e-9)) & (factors <= self.high * (1 + 1e-9))))

    def start(self, ratio: float) -> float:
        """Return the u at which raking begins: there the weights add up to the known whole, `ratio` times theirs."""
        return float(np.log(ratio)) if self.kind == "raking" and 0 < ratio < np.inf else 0.0


def _linear(u: Floats, _low: float, _high: float) -> tuple[Floats, Floats]:
    return 1 + u, np.ones_like(u)


def _raking(u: Floats, _low: float, _high: float) -> tuple[Floats, Floats]:
    grown = np.exp(np.minimum(u, LARGEST))
    return grown, grown


def _logit(u: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    steep = (high - low) / ((high - 1) * (1 - low))
    share = special.expit(steep * u + np.log((1 - low) / (high - 1)))
    return low + (high - low) * share, (high - low) * steep * share * (1 - share)


_FUNCTIONS = {"linear": _linear, "raking": _raking, "logit": _logit}
