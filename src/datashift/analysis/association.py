"""Whether two columns have to do with each other: the test of Rao and Scott over the full design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from datashift.analysis.asks import total
from datashift.analysis.survey import Survey
from datashift.analysis.verbs import estimate
from datashift.errors import BadQuestion
from datashift.estimation.frame import Floats
from datashift.language import _
from datashift.numbers import said


@dataclass(frozen=True)
class Association:
    """The test of no association between two columns: F with `ndf` and `ddf` degrees of freedom, and its p value.

    shares: [levels of row, levels of column] estimated shares of the whole (0–1).
    """

    row: str
    column: str
    shares: Floats
    statistic: float
    ndf: float
    ddf: float
    p_value: float

    @property
    def method(self) -> str:
        """Return the method in short."""
        return "taylor; rao-scott-second-order; F"

    def sentence(self) -> str:
        """Say in one plain sentence what the test says, and what it does not."""
        share = _("less than 0.1 %") if self.p_value < 0.001 else f"{said(100 * self.p_value, 1)} %"
        return _(
            "If {row} and {column} had nothing to do with each other, answers would be as far from that as here in "
            "{share} of such samples; this says nothing about causes."
        ).format(row=self.row, column=self.column, share=share)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "row": self.row, "column": self.column, "shares": self.shares.tolist(), "F": self.statistic,
            "df_numerator": self.ndf, "df_denominator": self.ddf, "p_value": self.p_value, "method": self.method,
        }  # fmt: skip


def association(survey: Survey, row: str, column: str) -> Association:
    """Test whether two columns have to do with each other.

    In:  a survey, and two of its columns with at least two levels each; rows that miss one of them are left out.
    Method: Pearson's X² of the shares, divided by the trace of the design effects Δ of its log-linear contrasts, with
    d = (tr Δ)² / tr Δ² and d × (clusters − strata) degrees of freedom (Rao & Scott 1984, second order; R: svychisq,
    statistic = "F").
    Errors: BadQuestion for an unknown column, one with fewer than two levels, and a design of replicate weights.
    """
    found = estimate(survey, total(), (row, column), deff=False)
    block = found.blocks[0]
    some = np.flatnonzero(block.positive > 0)
    used = [np.unique(block.keys[some, k], return_inverse=True)[1] for k in range(2)]
    for name, levels in zip((row, column), used, strict=True):
        if levels.max(initial=0) < 1:
            raise BadQuestion("question.one-level", column=name)
    shape = (int(used[0].max()) + 1, int(used[1].max()) + 1)
    place = used[0] * shape[1] + used[1]
    count, whole = shape[0] * shape[1], float(block.value[some].sum())
    p, spread = np.zeros(count), np.zeros((count, count))
    p[place] = block.value[some] / whole
    spread[np.ix_(place, place)] = found.covariance()[np.ix_(some, some)]
    jacobian = (np.eye(count) - p[:, None]) / whole
    p_row, p_column = p.reshape(shape).sum(axis=1), p.reshape(shape).sum(axis=0)
    expected = np.outer(p_row, p_column).ravel()
    delta = _design_effects(p, jacobian @ spread @ jacobian.T, shape)
    trace = float(np.trace(delta))
    ndf = trace**2 / float(np.trace(delta @ delta))
    statistic = float(((p - expected) ** 2 / expected).sum()) / trace
    ddf = ndf * block.design_df
    return Association(
        row, column, p.reshape(shape), statistic, ndf, ddf, float(special.fdtrc(ndf, ddf, statistic))
    )  # fmt: skip


def _design_effects(p: Floats, variance: Floats, shape: tuple[int, int]) -> Floats:
    """Return Δ per row of the sample: (C'D⁻¹C)⁻¹ C'D⁻¹VD⁻¹C, with C the interactions left by the main effects."""
    rows, columns = np.eye(shape[0])[:, 1:], np.eye(shape[1])[:, 1:]
    main = np.hstack(
        [np.ones((p.size, 1)), np.kron(rows, np.ones((shape[1], 1))), np.kron(np.ones((shape[0], 1)), columns)]
    )
    both = np.kron(rows, columns)
    contrasts = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    over = np.where(p > 0, 1 / np.where(p > 0, p, 1.0), 0.0)[:, None] * contrasts
    effects: Floats = np.linalg.pinv(contrasts.T @ over) @ (over.T @ variance @ over)
    return effects
