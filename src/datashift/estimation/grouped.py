"""Cells in memory as arrays: the frame, where each cell stands, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from datashift.estimation.figures import Figures, Rows, Weighting, figures
from datashift.estimation.frame import Floats, Frame, Ints


@dataclass(frozen=True)
class Axis:
    """One breakdown: the number of each cell's level (-1: missing) and the levels, in order."""

    name: str
    codes: Ints
    levels: tuple[object, ...]


def with_gap(axis: Axis) -> Axis:
    """Make missing a level of its own (None, the last), so that margins over the axis count those rows too."""
    if not np.any(axis.codes < 0):
        return axis
    return Axis(axis.name, np.where(axis.codes < 0, len(axis.levels), axis.codes), (*axis.levels, None))


@dataclass(frozen=True)
class Grouped:
    """Cells as arrays.

    unit: [cells] lowest unit of the frame.   sums: by figure, each by the names of cells.SUMS.   centre: by figure,
    what was taken off its values, and is to be added to its mean again.
    """

    frame: Frame
    unit: Ints
    axes: tuple[Axis, ...]
    sums: Mapping[str, Mapping[str, Floats]]
    weighting: Weighting | None = None
    centre: Mapping[str, float] = field(default_factory=dict)

    def rows(self, figure: str, subset: Sequence[int]) -> tuple[Rows, Ints]:
        """Return the cells of a figure by the axes `subset`, and the domains: [domains, axes] level numbers."""
        domain, keys = domains([self.axes[k] for k in subset], len(self.unit))
        return Rows(self.unit, domain, len(keys), self.sums[figure]), keys


def domains(axes: Sequence[Axis], cells: int) -> tuple[Ints, Ints]:
    """Number the combinations of levels that occur.

    Out: [cells] number of the domain, -1 where a level is missing; [domains, axes] the levels of each domain.
    """
    code = np.zeros(cells, dtype=np.int64)
    inside = np.ones(cells, dtype=bool)
    for axis in axes:
        code = code * max(len(axis.levels), 1) + axis.codes
        inside &= axis.codes >= 0
    distinct, inverse = np.unique(code[inside], return_inverse=True)
    domain = np.full(cells, -1, dtype=np.int64)
    domain[inside] = inverse
    if not axes:
        return domain, np.zeros((1, 0), dtype=np.int64)
    keys = np.zeros((len(distinct), len(axes)), dtype=np.int64)
    for k in reversed(range(len(axes))):
        distinct, keys[:, k] = np.divmod(distinct, max(len(axes[k].levels), 1))
    return domain, keys


def estimated(grouped: Grouped, figure: str, subset: Sequence[int], *, total: bool) -> tuple[Figures, Ints]:
    """Estimate one figure in every domain of a breakdown.   Out: Figures and [domains, axes] the levels."""
    rows, keys = grouped.rows(figure, subset)
    if not subset and rows.count == 0:
        rows, keys = replace(rows, count=1), np.zeros((1, 0), dtype=np.int64)
    return figures(grouped.frame, rows, total=total, weighting=grouped.weighting), keys
