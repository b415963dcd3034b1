"""Conditions over answers, such as "has a pump, and walks for at most 30 minutes", in three-valued logic (Kleene).

A missing answer is never read as a no: a condition holds (1), does not hold (0), or is open (-1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from datashift.model import Bounds, Kit, When

Objects = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[np.int8]
MISSING = "_U"
"""The code that stands for a missing answer in the conditions of a kit."""


def all_hold(conditions: When, columns: Mapping[str, Objects], rows: int) -> Truth:
    """Say for each row whether all conditions hold: 1 yes, 0 no, -1 open.

    In: conditions by concept; the answers by concept, one object per row (code or number, None where missing).
    """
    truth = np.ones(rows, dtype=np.int8)
    for name, wanted in conditions.items():
        one = _in_range(columns[name], wanted) if isinstance(wanted, Bounds) else is_one_of(columns[name], wanted)
        # One condition that fails settles it, whatever is open.
        truth = np.where((truth == 0) | (one == 0), 0, np.minimum(truth, one)).astype(np.int8)
    return truth


def is_one_of(values: Objects, codes: Sequence[str]) -> Truth:
    """Say for each answer whether it is one of `codes`; a missing one is open, unless `_U` is among them."""
    absent = np.array([value is None for value in values], dtype=bool)
    truth = np.isin(values.astype(str), list(codes)).astype(np.int8)
    return np.where(absent, 1 if MISSING in codes else -1, truth).astype(np.int8)


def _in_range(values: Objects, bounds: Bounds) -> Truth:
    found = numbers(values)
    inside = np.ones(len(found), dtype=bool)
    with np.errstate(invalid="ignore"):
        for bound, test in (
            (bounds.least, np.greater_equal), (bounds.most, np.less_equal),
            (bounds.above, np.greater), (bounds.below, np.less),
        ):  # fmt: skip
            if bound is not None:
                inside &= test(found, bound)
    return np.where(np.isnan(found), -1, inside).astype(np.int8)


def asked(kit: Kit, name: str, columns: Mapping[str, Objects], rows: int) -> npt.NDArray[np.bool_]:
    """Return for each row whether the concept `name` was to be asked; without a condition, or its column, in all."""
    conditions = kit.concepts[name].asked_if
    if not conditions or not set(conditions) <= set(columns):
        return np.ones(rows, dtype=bool)
    return np.asarray(all_hold(conditions, columns, rows) == 1, dtype=bool)


def numbers(values: Objects) -> Floats:
    """Return numbers given as objects as an array, with NaN where missing."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
