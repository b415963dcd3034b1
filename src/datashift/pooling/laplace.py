"""The mode and the Laplace likelihood of the areas × sources model, for many standard deviations at once.

Effects: fixed (a mean and one bias per biased type, flat), u (one per area), e (one per area and biased type).
Given working weights, e only adds to the variance of its cell and u adds one number to all cells of its area, so each
area is a diagonal plus a rank-one matrix: the cost is linear in areas × sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from datashift.estimation.random_effects import Array

STEPS = 60
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Table:
    """Positive answers and effective answers (areas × types), and which types are biased."""

    hits: Array
    answers: Array
    biased: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def design(self) -> Array:
        """Return the fixed effects of each cell (types × effects): the mean, and one column per biased type."""
        return np.column_stack([np.ones(len(self.biased)), np.eye(len(self.biased))[:, self.biased]])


@dataclass(frozen=True)
class Modes:
    """Per pair of standard deviations: log-likelihood (up to a constant), and areas and biases on the logit scale."""

    loglike: Array
    center: Array
    variance: Array
    bias: Array
    bias_variance: Array
    mean_variance: Array


@dataclass(frozen=True)
class _Solved:
    """Effects for given working values: fixed effects (g × k) with covariance, u (g × areas), e (g × areas × types)."""

    beta: Array
    covariance: Array
    u: Array
    e: Array
    cell: Array
    slack: Array
    joint: Array


def spreads(axes: Sequence[Array]) -> Array:
    """Return all pairs of two axes, one pair per row."""
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


def at_modes(table: Table, sds: Array) -> Modes:
    """Find the mode of all effects for each pair (sd of areas, sd of biased types in an area; g × 2)."""
    used = table.answers > 0
    first = special.logit((table.hits + 0.5) / (table.answers + 1))
    eta = np.broadcast_to(np.where(used, first, 0.0), (len(sds), *used.shape))
    for _step in range(STEPS):
        solved = _solve(table, sds, eta)
        new = _predictor(table, solved)
        # Half steps at most of 2 on the logit scale keep cells near 0 or 1 from running away.
        change = np.clip(new - eta, -2.0, 2.0)
        eta = eta + change
        if float(np.abs(np.where(used, change, 0.0)).max()) < TOLERANCE:
            break
    solved = _solve(table, sds, eta)
    return _summed(table, sds, eta, solved)


def _predictor(table: Table, solved: _Solved) -> Array:
    return (solved.beta @ table.design.T)[:, None, :] + solved.u[..., None] + solved.e


def _solve(table: Table, sds: Array, eta: Array) -> _Solved:
    """One step of penalised least squares on the working values z = eta + (y − np) / (np(1 − p))."""
    p = special.expit(eta)
    w = table.answers * p * (1 - p)
    own = np.where(table.biased, sds[:, 1, None] ** 2, 0.0)[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(w > 0, eta + (table.hits - table.answers * p) / w, 0.0)
    cell = w / (1 + w * own)
    tau2 = sds[:, 0, None] ** 2
    slack = 1 + tau2 * cell.sum(axis=2)
    shrink = tau2 / slack
    x = table.design
    cx, cz = cell @ x, (cell * z).sum(axis=2)
    information = (cell.sum(axis=1)[:, None, :] * x.T) @ x - (shrink[..., None] * cx).transpose(0, 2, 1) @ cx
    score = (cell * z).sum(axis=1) @ x - ((shrink * cz)[:, None, :] @ cx)[:, 0]
    covariance = np.linalg.inv(information)
    beta = np.einsum("gkl,gl->gk", covariance, score)
    u = shrink * (cz - (cx @ beta[..., None])[..., 0])
    e = own * cell * (z - (beta @ x.T)[:, None, :] - u[..., None])
    return _Solved(beta, covariance, u, e, cell, slack, np.log1p(w * own).sum(axis=2))


def _summed(table: Table, sds: Array, eta: Array, solved: _Solved) -> Modes:
    # log(1 + e^eta) without overflow.
    fit = (table.hits * eta - table.answers * np.logaddexp(0.0, eta)).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        penalty = np.nan_to_num(solved.u**2 / sds[:, 0, None] ** 2).sum(axis=1)
        penalty += np.nan_to_num(solved.e**2 / sds[:, 1, None, None] ** 2).sum(axis=(1, 2))
    volume = (np.log(solved.slack) + solved.joint).sum(axis=1) - np.linalg.slogdet(solved.covariance)[1]
    tau2 = sds[:, 0, None] ** 2
    mean = np.eye(table.design.shape[1])[0]
    left = mean - (tau2 / solved.slack)[..., None] * (solved.cell @ table.design)
    spread = tau2 / solved.slack + ((left @ solved.covariance) * left).sum(axis=2)
    return Modes(
        loglike=fit - 0.5 * (penalty + volume),
        center=solved.beta[:, :1] + solved.u,
        variance=spread,
        bias=solved.beta[:, 1:],
        bias_variance=np.einsum("gkk->gk", solved.covariance)[:, 1:],
        mean_variance=solved.covariance[:, 0, 0],
    )
