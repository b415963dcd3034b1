"""Likelihood intervals of shares: where the scaled deviance reaches the quantile of the design."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
STEPS = 9
"""R looks at most nine steps to each side of the estimate."""
OFF = 0.1
"""A limit read off the spline counts where the signed root there is no further than this, relatively, from the cut."""


def profile_limits(p: Floats, se: Floats, n: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Limits of shares 0 < p < 1 with standard errors se > 0, from n answers, at the t quantile of the design.

    They are the log-odds b with  (D(b) − D(logit p)) · (n−1)/n = t² · n·se²/(p(1−p)),  D the deviance of n answers of
    which p are yes: Rao & Scott's (1984) scaling of the likelihood ratio. Equals R survey 4.5,
    svyciprop(method = "likelihood"), which computes the deviance at steps, lays a cubic spline through its signed root
    and reads the limits off that; so does this function. Where the limit so read is off by more than a tenth (a handful
    of answers, design effects beyond 20) or lies beyond the spline (R: NA), the equation is solved instead.
    """
    cut = t * np.sqrt(n * se**2 / (p * (1 - p)))
    # The end of R's search, as a t quantile: the root of its F quantile at half the probability beyond the cut.
    end = -special.stdtrit(np.maximum(n - 1, 1), special.ndtr(-cut) / 4)
    lower, upper = np.full(p.shape, np.nan), np.full(p.shape, np.nan)
    read = np.flatnonzero(np.isfinite(end) & (n > 1))
    step = end[read] / 5 * se[read] / (p[read] * (1 - p[read]))
    lower[read], upper[read] = _read_off(_root(p[read], n[read], step), end[read], cut[read])
    lower[read], upper[read] = lower[read] * step, upper[read] * step
    for limit, sign in ((lower, -1.0), (upper, 1.0)):
        right = np.abs(sign * _signed(p, n, np.nan_to_num(limit)) - cut) <= OFF * cut
        left = np.flatnonzero(~right)
        limit[left] = _solved(p[left], n[left], cut[left], sign)
    centre = special.logit(p)
    return special.expit(centre + lower), special.expit(centre + upper)


def _signed(p: Floats, n: Floats, away: Floats) -> Floats:
    """Return the signed root of the scaled deviance at the log-odds logit p + `away`."""
    centre = special.logit(p)
    grown = np.logaddexp(0.0, centre + away) - np.logaddexp(0.0, centre) - p * away
    root: Floats = np.sign(away) * np.sqrt(2 * np.maximum(n - 1, 1) * np.maximum(grown, 0.0))
    return root


def _root(p: Floats, n: Floats, step: Floats) -> Floats:
    """Return [steps, shares]: the signed roots at −9 … 9 steps from the estimate."""
    return _signed(p, n, np.arange(-STEPS, STEPS + 1)[:, None] * step)


def _read_off(root: Floats, end: Floats, cut: Floats) -> tuple[Floats, Floats]:
    """Read the limits, in steps from the estimate, off the spline through the roots; NaN where it ends before them."""
    lower, upper = np.full(cut.shape, np.nan), np.full(cut.shape, np.nan)
    below, above = _taken(-root[STEPS - 1 :: -1], end), _taken(root[STEPS + 1 :], end)
    pair = below * (STEPS + 1) + above
    for both in np.unique(pair).tolist():
        few, many = divmod(both, STEPS + 1)
        here = np.flatnonzero(pair == both)
        curve = _spline(few + many + 1) @ root[STEPS - few : STEPS + many + 1, here]
        at = np.linspace(-few, many, curve.shape[0])
        lower[here], upper[here] = _crossing(curve, at, -cut[here]), _crossing(curve, at, cut[here])
    return lower, upper


def _taken(root: Floats, end: Floats) -> Ints:
    """Return how many steps R takes to one side: until the root has reached the end, nine at most."""
    reached = root >= end
    taken: Ints = np.where(reached.any(axis=0), reached.argmax(axis=0) + 1, STEPS)
    return taken


def _crossing(curve: Floats, at: Floats, level: Floats) -> Floats:
    """Return where each rising column of `curve` crosses its level, between its points on a straight line."""
    after = np.clip((curve < level).sum(axis=0), 1, len(at) - 1)
    column = np.arange(level.size)
    first, second = curve[after - 1, column], curve[after, column]
    where = at[after - 1] + (level - first) / (second - first) * (at[after] - at[after - 1])
    outside = (level < curve[0]) | (level > curve[-1])
    found: Floats = np.where(outside, np.nan, where)
    return found


@cache
def _spline(points: int) -> Floats:
    """Return the matrix that turns values at equal steps into the spline's values at three times as many points.

    The cubic spline of Forsythe, Malcolm & Moler, which R calls fmm: at each end its third derivative is that of the
    cubic through the four outermost points.
    """
    identity = np.eye(points)
    bend, right = np.zeros((points, points)), np.zeros((points, points))
    for i in range(1, points - 1):
        bend[i, i - 1 : i + 2] = (1, 4, 1)
        right[i] = 6 * (identity[i - 1] - 2 * identity[i] + identity[i + 1])
    bend[0, :2] = bend[-1, -2:] = (-1, 1)
    if points > 3:
        right[0], right[-1] = np.diff(identity[:4], 3, axis=0)[0], np.diff(identity[-4:], 3, axis=0)[0]
    second = np.linalg.solve(bend, right)
    place = np.linspace(0, points - 1, 3 * points)
    before = np.minimum(place.astype(np.int64), points - 2)
    u = (place - before)[:, None]
    straight = (1 - u) * identity[before] + u * identity[before + 1]
    bent = ((1 - u) ** 3 - (1 - u)) * second[before] + (u**3 - u) * second[before + 1]
    curved: Floats = straight + bent / 6
    return curved


def _solved(p: Floats, n: Floats, cut: Floats, sign: float) -> Floats:
    """Solve |signed root| = cut for the distance from the estimate on the log-odds scale, by halving."""
    centre = np.abs(special.logit(p))
    scarce = np.minimum(p, 1 - p)
    # The deviance grows at least as fast as a line of slope min(p, 1 − p) from here.
    far = (cut**2 / (2 * np.maximum(n - 1, 1)) + 2 * np.logaddexp(0.0, centre)) / scarce
    near = np.zeros(p.shape)
    for _ in range(80):
        middle = (near + far) / 2
        beyond = np.abs(_signed(p, n, sign * middle)) > cut
        near, far = np.where(beyond, near, middle), np.where(beyond, middle, far)
    away: Floats = sign * far
    return away
