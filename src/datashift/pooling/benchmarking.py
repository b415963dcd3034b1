"""Small areas brought to the level above: with their population shares they give the figure of the country again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from scipy import optimize, special

from datashift.errors import BadSeries, TooThin
from datashift.estimation.random_effects import Array
from datashift.pooling.areas import SmallAreas, back, brought_back

How = Literal["auto", "ratio", "difference", "odds"]


def benchmarked(areas: SmallAreas, total: float, population: Sequence[float] | Array, how: How = "auto") -> SmallAreas:
    """Move all areas so that their mean, weighted by population, is `total` (the figure of the level above).

    In:  total in the unit of the values; population (one per area, any scale, above 0).
    ratio: all times one factor.   difference: all plus one number.   odds: one number on the logit scale, for shares;
    it multiplies all odds by one factor and cannot leave the bounds.   auto: odds where the model has bounds, else
    difference.
    The MSE grows by the square of the move: for a posterior mean m, E(θ − b)² = Var θ + (m − b)² for any b, which is
    the posterior MSE of a benchmarked estimate (You, Rao & Dick 2004). `total` counts as known without error.
    Raises BadSeries (population missing or not above 0), TooThin (the move would leave the bounds).
    """
    weights = np.asarray(population, float)
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise BadSeries("smooth.no-population")
    weights = weights / weights.sum()
    bounds = areas.model.bounds
    chosen = ("odds" if bounds else "difference") if how == "auto" else how
    if bounds and not bounds[0] < total < bounds[1]:
        raise BadSeries("smooth.benchmark-outside", total=total, low=bounds[0], high=bounds[1])
    if chosen == "odds" and bounds is None:
        raise BadSeries("smooth.odds-without-bounds")
    center, size = _moved(areas, total, weights, chosen)
    moved = brought_back(areas, center, areas.center_mse + (center - areas.center) ** 2)
    before = float(weights @ areas.estimates)
    return replace(moved, benchmark={"how": chosen, "total": total, "before": before, "moved_by": size})


def _moved(areas: SmallAreas, total: float, weights: Array, how: str) -> tuple[Array, float]:
    """Return the estimates on the scale of the model, and the factor, the number or the factor of odds."""
    bounds, before = areas.model.bounds, float(weights @ areas.estimates)
    if how == "odds":
        shift = optimize.brentq(
            lambda step: float(weights @ back(areas.center + step, bounds)) - total, -60.0, 60.0, xtol=1e-14
        )
        return areas.center + shift, float(np.exp(shift))
    if how == "ratio" and before == 0:
        raise TooThin("smooth.ratio-of-zero")
    size = total / before if how == "ratio" else total - before
    values = areas.estimates * size if how == "ratio" else areas.estimates + size
    if bounds is None:
        return values, size
    low, high = bounds
    if values.min() <= low or values.max() >= high:
        raise TooThin("smooth.beyond-bounds", how=how)
    return special.logit((values - low) / (high - low)), size
