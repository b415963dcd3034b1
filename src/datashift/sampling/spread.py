"""A sample spread over the map: neighbours compete, so that two who live side by side are rarely both drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from datashift.sampling.lots import lots

Floats = npt.NDArray[np.float64]

SURE = 1e-9
"""A chance nearer to 0 or 1 than this is decided."""


def spread_drawn(chance: Floats, latitude: Floats, longitude: Floats, seed: str, stratum: str) -> npt.NDArray[np.bool_]:
    """Return who is drawn by the local pivotal method (LPM2 of Grafström, Lundström & Schelin 2012).

    In: chances that add up to a whole number, positions in degrees, units in the order of their names. A unit chosen by
    lot meets its nearest undecided neighbour; one of both is decided, the other takes over what is left of the chance.
    The chances are kept exactly. Of neighbours at the same distance, the first by name is taken.
    """
    left = np.arange(len(chance))
    current = chance.astype(np.float64).copy()
    left = left[(current > SURE) & (current < 1 - SURE)]
    purposes = [f"{stratum}\n{step}" for step in range(2 * len(left))]
    draws = lots(seed, "spread", purposes)
    step = 0
    while len(left) > 1:
        at = int(draws[step] * len(left))
        apart = _apart(latitude[left], longitude[left], at)
        apart[at] = np.inf
        one, other = left[at], left[int(np.argmin(apart))]
        current[one], current[other] = _met(float(current[one]), float(current[other]), float(draws[step + 1]))
        open_ = (current[left] > SURE) & (current[left] < 1 - SURE)
        left, step = left[open_], step + 2
    drawn: npt.NDArray[np.bool_] = current > 0.5
    return drawn


def _met(p: float, q: float, lot: float) -> tuple[float, float]:
    """Two chances meet: one becomes 0 or 1, their sum stays."""
    both = p + q
    if both < 1:
        return (0.0, both) if lot * both < q else (both, 0.0)
    rest = both - 1
    return (1.0, rest) if lot * (2 - both) < 1 - q else (rest, 1.0)


def _apart(latitude: Floats, longitude: Floats, at: int) -> Floats:
    """Squared distance in degrees of latitude, rounded so that equal distances stay equal on every machine."""
    north = latitude - latitude[at]
    east = (longitude - longitude[at] + 180) % 360 - 180
    narrow = _cosine((latitude + latitude[at]) / 2)
    apart: Floats = np.round(north * north + (east * narrow) * (east * narrow), 12)
    return apart


def _cosine(degrees: Floats) -> Floats:
    """Cosine by its series, up to 90 degrees: sums and products give the same bits on every machine."""
    x = degrees * (np.pi / 180)
    square = x * x
    total = np.ones_like(x)
    for k in range(22, 0, -2):
        total = 1 - square / (k * (k - 1)) * total
    return total
