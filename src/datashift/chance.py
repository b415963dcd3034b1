"""What chance alone does: p values adjusted for how many questions were asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

LEVEL = 0.05
"""How often at most a family of tests may speak where there is nothing to speak of."""


def adjusted(p_values: Sequence[float] | Any) -> list[float]:
    """Return p values adjusted for the false discovery rate among them (Benjamini & Hochberg 1995).

    The rate holds for independent tests and for positively dependent ones (Benjamini & Yekutieli 2001), such as those
    of many areas against one official figure. Where nothing is to be found, it is the chance of finding anything.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    found = np.empty(len(p))
    found[order] = np.minimum.accumulate(np.minimum(p[order] * len(p) / ranks, 1.0))
    return [float(value) for value in found]
