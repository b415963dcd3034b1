"""Round numbers for axes, and the words that stand where there is no number."""

from __future__ import annotations

import math

from datashift.language import N_

TOO_FEW = N_("too few answers")
CANNOT_TELL = N_("cannot tell")


def ticks(least: float, most: float, steps: int = 5) -> list[float]:
    """Return round numbers, evenly spaced, that begin at or below `least` and end at or above `most`."""
    step = round_up((most - least) / steps)
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [round(step * k, 10) for k in range(first, last + 1)]


def round_up(number: float) -> float:
    """Return the least of 1, 2, 2.5 and 5 times a power of ten that is not below `number` (1 for zero)."""
    if number <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(number))
    return next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= number * (1 - 1e-9))
