"""Learn from forecasts that time has judged how wide the next ones must be."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from scipy import optimize, special

from datashift.estimation.random_effects import Array
from datashift.progress.outlook_learnt import FEW, KINDS, Learnt, Numbers, forecast_by
from datashift.progress.outlook_past import Past

START = Numbers(
    level=-2.0, level_noise=-1.0, damping=0.87, doubt=0.2, prior_years=1.0, typical=(0.02, 0.02, 0.1),
    floor=(0.002, 0.002, 0.02), walk=0.5, walk_growth=0.5, line=0.2, pace=0.4, pace_growth=0.9, few_years=1.0,
    tails=1.0, tails_years=0.5,
)  # fmt: skip
"""From here the search starts. Few years do not tell pace from noise, so there `doubt` is not learnt: it is 0."""
FREE = ("level", "level_noise", "walk_growth", "pace_growth", "tails_years")
HOLD = 0.002
"""Pull towards START: a number that the histories say nothing about stays where it is."""


def learn(seen: Past, ahead: Array, kinds: Array, outcomes: Array, *, rounds: int = 100) -> Learnt:
    """Return the numbers under which the outcomes are most likely (maximum likelihood of the t distributions).

    In: one row of `seen` per forecast, years ahead, kinds (places in KINDS) and what came, on the scale of each series.
    Rows count alike: draw them so that no indicator outweighs the others. Takes about 10 s for 20,000 rows.
    """
    short = seen.count < FEW
    few, many = (
        _learn(seen.rows(rows), ahead[rows], kinds[rows], outcomes[rows], doubted=doubted, rounds=rounds)
        for rows, doubted in ((np.flatnonzero(short), False), (np.flatnonzero(~short), True))
    )
    return Learnt(few=few, many=many)


def _learn(seen: Past, ahead: Array, kinds: Array, outcomes: Array, *, doubted: bool, rounds: int) -> Numbers:
    origin = _packed(START)

    def read(numbers: Array) -> Numbers:
        found = _unpacked(numbers)
        return found if doubted else replace(found, doubt=0.0)

    def surprise(numbers: Array) -> float:
        found = forecast_by(read(numbers), seen, ahead, kinds)
        told = -float(log_density(outcomes, found.centre, found.spread, found.degrees).mean())
        return told + HOLD * float(((numbers - origin) ** 2).mean()) if np.isfinite(told) else 1e6

    best = optimize.minimize(surprise, origin, method="L-BFGS-B", options={"maxiter": rounds, "maxfun": 100 * rounds})
    return read(best.x)


def log_density(values: Array, centre: Array, spread: Array, degrees: Array) -> Array:
    """Return the log density of Student t distributions."""
    away = (values - centre) / spread
    constant = special.gammaln((degrees + 1) / 2) - special.gammaln(degrees / 2) - 0.5 * np.log(degrees * np.pi)
    return np.asarray(constant - np.log(spread) - (degrees + 1) / 2 * np.log1p(away**2 / degrees))


def _packed(by: Numbers) -> Array:
    """Return the numbers as a vector without limits: a logit for the damping, logs of what must be above 0."""
    found: list[float] = []
    for field in fields(Numbers):
        given = np.atleast_1d(getattr(by, field.name)).astype(float)
        found += list(
            given if field.name in FREE else special.logit(given) if field.name == "damping" else np.log(given)
        )
    return np.asarray(found)


def _unpacked(numbers: Array) -> Numbers:
    place, found = 0, {}
    for field in fields(Numbers):
        size = len(KINDS) if field.name in ("typical", "floor") else 1
        given, place = numbers[place : place + size], place + size
        if field.name not in FREE:
            given = special.expit(given) if field.name == "damping" else np.exp(np.clip(given, -30, 10))
        found[field.name] = tuple(map(float, given)) if size > 1 else float(given[0])
    return Numbers(**found)  # type: ignore[arg-type]
