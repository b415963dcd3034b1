"""Kalman filter and smoother of a local linear trend with an unknown start, for many drift variances at once.

The start (level and slope at the first time) and offsets of sources are unknown constants with no prior at all. The
filter runs from a start of exactly 0 on the observations and, as columns beside them, on what each constant adds to the
observations; the constants then follow by generalised least squares (de Jong 1991). No large number stands in for
"unknown", so no digits are lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datashift.estimation.random_effects import Array


@dataclass(frozen=True)
class Drift:
    """Variances per year of level and slope: g pairs, looked at side by side."""

    level: Array
    slope: Array


@dataclass(frozen=True)
class Levels:
    """For each of g drifts: the level at every time asked for (g × times), the offsets (g × offsets), and per
    observation the error of the forecast from those before it (g × observations; NaN while the start is unknown).
    """

    level: Array
    level_variance: Array
    fixed: Array
    fixed_variance: Array
    errors: Array
    errors_variance: Array


@dataclass(frozen=True)
class _Filtered:
    """Per step: the state before it (g × 2 × columns), its variance (g × 2 × 2), the error and its variance."""

    states: list[Array]
    variances: list[Array]
    errors: list[Array]
    error_variances: list[Array]


def likelihoods(drift: Drift, times: Array, v: Array, y: Array, fixed: Array) -> Array:
    """Return the restricted log-likelihood of each drift, up to a constant.

    In:  times in order, v sampling variances, y observations, fixed (observations × offsets).
    """
    filtered = _filter(drift, times, v, _columns(times, y, fixed))
    f = np.stack(filtered.error_variances, axis=1)
    e = np.stack(filtered.errors, axis=1)
    own, others = e[..., 0], e[..., 1:]
    information = np.einsum("gnk,gn,gnl->gkl", others, 1 / f, others)
    score = np.einsum("gnk,gn->gk", others, own / f)
    squares = (own**2 / f).sum(axis=1) - (score * np.linalg.solve(information, score[..., None])[..., 0]).sum(axis=1)
    return np.asarray(-0.5 * (np.log(f).sum(axis=1) + np.linalg.slogdet(information)[1] + squares))


def smooth_columns(drift: Drift, times: Array, v: Array, y: Array, fixed: Array, at: Array) -> Levels:
    """Return levels at the times `at`, offsets and forecast errors. Arguments as in `likelihoods`."""
    where = np.searchsorted(times, at, side="left")
    asked = ~np.isin(at, times)
    every = np.insert(times, where[asked], at[asked])
    seen = np.insert(np.ones(len(times), bool), where[asked], False)
    columns = np.zeros((len(every), 3 + fixed.shape[1]))
    columns[seen] = _columns(times, y, fixed)
    variances = np.full(len(every), np.inf)
    variances[seen] = v
    filtered = _filter(drift, every, variances, columns)
    levels, own = _backward(filtered, every)
    information, score, errors, spread = _constants(filtered, seen)
    inverse = np.linalg.inv(information)
    constants = np.einsum("gkl,gl->gk", inverse, score)
    # What a constant adds to the level itself: 1 for the start, the time since for the slope, nothing for an offset.
    effect = np.column_stack([np.ones(len(every)), every - every[0], np.zeros((len(every), fixed.shape[1]))])
    left = effect - levels[..., 1:]
    level = levels[..., 0] + np.einsum("gnk,gk->gn", left, constants)
    variance = own + np.einsum("gnk,gkl,gnl->gn", left, inverse, left)
    first = np.searchsorted(every, at, side="left")
    diagonal = np.einsum("gkk->gk", inverse)
    return Levels(level[:, first], variance[:, first], constants[:, 2:], diagonal[:, 2:], errors, spread)


def _columns(times: Array, y: Array, fixed: Array) -> Array:
    return np.column_stack([y, np.ones(len(times)), times - times[0], fixed])


def _filter(drift: Drift, times: Array, v: Array, columns: Array) -> _Filtered:
    g = len(drift.level)
    state, p = np.zeros((g, 2, columns.shape[1])), np.zeros((g, 2, 2))
    kept = _Filtered([], [], [], [])
    for i, step in enumerate(np.diff(times, prepend=times[0])):
        if step > 0:
            forward = np.array([[1.0, step], [0.0, 1.0]])
            state, p = forward @ state, forward @ p @ forward.T + _noise(drift, float(step))
        f = p[:, 0, 0] + v[i]
        error = columns[i] - state[:, 0]
        kept.states.append(state)
        kept.variances.append(p)
        kept.errors.append(error)
        kept.error_variances.append(f)
        if np.isfinite(v[i]):
            gain = p[:, :, 0] / f[:, None]
            state = state + gain[:, :, None] * error[:, None, :]
            p = p - gain[:, :, None] * p[:, None, 0, :]
    return kept


def _noise(drift: Drift, step: float) -> Array:
    q = np.empty((len(drift.level), 2, 2))
    q[:, 0, 0] = drift.level * step + drift.slope * step**3 / 3
    q[:, 0, 1] = q[:, 1, 0] = drift.slope * step**2 / 2
    q[:, 1, 1] = drift.slope * step
    return q


def _backward(filtered: _Filtered, times: Array) -> tuple[Array, Array]:
    """Return smoothed levels of all columns (g × n × columns) and their variance (g × n), for the start of 0.

    The recursion of r and N (Durbin & Koopman 2012, section 4.4) needs no inverse of a state variance, which is 0 here
    at the start and wherever nothing drifts.
    """
    g, _two, width = filtered.states[0].shape
    r, n = np.zeros((g, 2, width)), np.zeros((g, 2, 2))
    levels, variances = [], []
    for i in reversed(range(len(times))):
        p, f, error = filtered.variances[i], filtered.error_variances[i], filtered.errors[i]
        seen = np.isfinite(f[0])
        weight = 1 / f if seen else np.zeros(g)
        keep = np.broadcast_to(np.eye(2), (g, 2, 2)).copy()
        keep[:, :, 0] -= p[:, :, 0] * weight[:, None]
        back = keep.transpose(0, 2, 1)
        r, n = back @ r, back @ n @ keep
        r[:, 0] += weight[:, None] * (error if seen else 0.0)
        n[:, 0, 0] += weight
        row = p[:, 0, :]
        levels.append(filtered.states[i][:, 0] + np.einsum("gk,gkc->gc", row, r))
        variances.append(p[:, 0, 0] - np.einsum("gk,gkl,gl->g", row, n, row))
        step = float(times[i] - times[i - 1]) if i else 0.0
        over = np.array([[1.0, step], [0.0, 1.0]])
        r, n = over.T @ r, over.T @ n @ over
    return np.stack(levels[::-1], axis=1), np.stack(variances[::-1], axis=1)


def _constants(filtered: _Filtered, seen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Array, ...]:
    """Return information and score of the constants, and the forecast error of each observation with its variance."""
    g, _two, width = filtered.states[0].shape
    k = width - 1
    information, score = np.zeros((g, k, k)), np.zeros((g, k))
    errors, spread = [], []
    for i in np.flatnonzero(seen):
        f, e = filtered.error_variances[i], filtered.errors[i]
        own, others = e[:, 0], e[:, 1:]
        if np.linalg.matrix_rank(information).min() == k:
            solved = np.linalg.solve(information, np.stack([score, others], axis=2))
            errors.append(own - (others * solved[..., 0]).sum(axis=1))
            spread.append(f + (others * solved[..., 1]).sum(axis=1))
        else:
            errors.append(np.full(g, np.nan))
            spread.append(np.full(g, np.nan))
        information = information + others[:, :, None] * others[:, None, :] / f[:, None, None]
        score = score + others * (own / f)[:, None]
    return information, score, np.stack(errors, axis=1), np.stack(spread, axis=1)
