"""How far one of several stands apart from the others, when nobody is like anybody else."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from datashift.assess.encoded import Numbers, Whole

LEAST_OTHERS = 4
"""With fewer others, their spread is not known."""

_COUNTED = 400
"""Counts above are scaled down to this many, which loses strength and never gains any."""
_TAIL = 0.1


def apart_p(values: Numbers, least: float = 0.0) -> tuple[Numbers, Numbers]:
    """Return for each value the p values of lying so far below the others, and above; NaN where it cannot be asked.

    A new value from the normal distribution of the others, whose mean and spread are only estimated: Student's t of
    the deleted residual, with a spread of at least `least`. What differs from place to place by factors belongs in here
    as logarithms.
    """
    below, above = np.full(len(values), np.nan), np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    count = len(known)
    if count <= LEAST_OTHERS:
        return below, above
    inside = values[known]
    others = count - 1
    mean = (inside.sum() - inside) / others
    squares = np.maximum((inside**2).sum() - inside**2 - others * mean**2, 0.0)
    spread = np.maximum(np.sqrt(squares / (others - 1)), max(least, 1e-9)) * np.sqrt(1 + 1 / others)
    t = (inside - mean) / spread
    below[known], above[known] = stats.t.cdf(t, others - 1), stats.t.sf(t, others - 1)
    return below, above


def tail_p(values: Numbers) -> Numbers:
    """Return for each value the p value of lying so far above the others, NaN where it cannot be asked.

    What exceeds the highest tenth by how much is taken as exponential, of a mean that only the others tell: a new one
    is greater than y with probability (S / (S + y)) ** k, S being the sum of their k excesses. Logarithms of amounts
    belong in here: amounts with the heaviest usual tails (Pareto's) then fit, and lighter tails give larger p values.
    """
    p = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 10 * LEAST_OTHERS:
        return p
    inside = values[known]
    excess = inside - np.quantile(inside, 1 - _TAIL)
    above = excess > 0
    rest, others = excess[above].sum() - np.maximum(excess, 0.0), above.sum() - 1
    p[known] = 1.0
    shares = (np.maximum(rest, 1e-12) / (np.maximum(rest, 1e-12) + np.maximum(excess, 0.0))) ** max(others, 1)
    # Few excesses share one sum, which makes their p values depend on each other: a little more is asked of them.
    p[known[above]] = np.minimum(1.0, (_TAIL * shares)[above] * (others + 2) / max(others, 1))
    return p


def rate_p(hits: Whole, tries: Whole) -> Numbers:
    """Return for each of several the p value of so many hits among its tries, given the rates of the others.

    The others' rates have a beta distribution of unknown mean and spread; what they say about both is averaged over
    (beta-binomial prediction on a grid, flat in the logit of the mean and the log of the spread). NaN with fewer than
    four others, or without a try.
    """
    p = np.full(len(hits), np.nan)
    asked = np.flatnonzero(tries > 0)
    if len(asked) <= LEAST_OTHERS:
        return p
    scale = np.minimum(1.0, _COUNTED / tries[asked])
    n = np.round(tries[asked] * scale).astype(np.int64)
    x = np.floor(hits[asked] * scale + 1e-9).astype(np.int64)
    means, spreads = special.expit(np.linspace(-8, 6, 36)), np.geomspace(0.002, 0.8, 18)
    mean, spread = (grid.ravel() for grid in np.meshgrid(means, spreads))
    a, b = mean * (1 / spread - 1), (1 - mean) * (1 / spread - 1)
    told = special.betaln(x[:, None] + a, (n - x)[:, None] + b) - special.betaln(a, b)
    whole = told.sum(axis=0)
    pooled = x.sum() / n.sum()
    for k in range(len(asked)):
        if x[k] <= pooled * n[k]:
            p[asked[k]] = 1.0
            continue
        weight = whole - told[k]
        weight = np.exp(weight - weight.max())
        weight /= weight.sum()
        likely = weight > 1e-7
        tail = stats.betabinom.sf(x[k] - 1, n[k], a[likely], b[likely])
        p[asked[k]] = float(np.clip((weight[likely] * tail).sum(), 1e-12, 1.0))
    return p
