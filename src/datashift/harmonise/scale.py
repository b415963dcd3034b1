"""Probabilities on a Rasch scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from datashift.model import Scale

Objects = npt.NDArray[np.object_]


def probabilities(scale: Scale, columns: Mapping[str, Objects], weights: Objects) -> Objects:
    """Return for each row the probability of lying above the scale's threshold; None for an incomplete row."""
    raise NotImplementedError
