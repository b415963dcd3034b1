"""A survey estimated slowly and plainly, row by row, straight from the textbook: what the engine must match.

Särndal, Swensson & Wretman 1992 for stages and calibration, Deville & Särndal 1992 for the residuals, R survey for the
rules of lonely strata. Nothing here is shared with the engine.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Row = dict[str, Any]


class Lonely(Exception):
    """One unit was drawn of several, and the rule says to stop."""


@dataclass(frozen=True)
class Plan:
    """The design: names of columns; `fpc` per stage a column of counts or of shares (all values at most 1)."""

    weight: str | None = "w"
    strata: tuple[str, ...] = ()
    stages: tuple[tuple[str, ...], ...] = ()
    fpc: tuple[str, ...] = ()
    lonely: str = "fail"
    margins: dict[tuple[str, ...], dict[tuple, float]] = field(default_factory=dict)
    kind: str = ""


@dataclass(frozen=True)
class Ask:
    """A figure: Y / X over the rows that have both, or the total Y."""

    y: str
    x: str | None = None
    total: bool = False


@dataclass(frozen=True)
class Answer:
    n: int
    positive: int
    missing: int
    value: float | None
    variance: float
    simple: float | None
    df: int


def answer(rows: list[Row], ask: Ask, plan: Plan, inside: Callable[[Row], bool]) -> Answer:
    """Estimate one figure for the rows that are `inside`; all others stay in the design as zeros."""
    d = [1.0 if plan.weight is None else row[plan.weight] for row in rows]
    g = factors(rows, d, plan)
    w = [weight * factor for weight, factor in zip(d, g, strict=True)]
    known = [row[ask.y] is not None and (ask.x is None or row[ask.x] is not None) for row in rows]
    used = [inside(row) and has for row, has in zip(rows, known, strict=True)]
    y = [float(row[ask.y]) if use else 0.0 for row, use in zip(rows, used, strict=True)]
    x = [(float(row[ask.x]) if ask.x else 1.0) if use else 0.0 for row, use in zip(rows, used, strict=True)]
    top = math.fsum(a * b for a, b in zip(w, y, strict=True))
    bottom = math.fsum(a * b for a, b in zip(w, x, strict=True))
    counted = [row for row, use, weight in zip(rows, used, d, strict=True) if use and weight > 0]
    counts = (sum(used), len(counted), sum(inside(row) and not has for row, has in zip(rows, known, strict=True)))
    value, z = top, y
    if not ask.total and bottom:
        value = top / bottom
        z = [(a - value * b) / bottom for a, b in zip(y, x, strict=True)]
    elif not ask.total:
        z = [0.0] * len(rows)
    e = [weight * residual for weight, residual in zip(w, residuals(rows, d, z, plan), strict=True)]
    spread = variance(rows, e, plan)
    nothing = not counted or (not ask.total and not bottom)
    simple = _simple(ask, w, y, x, used, len(counted), value)
    return Answer(*counts, None if nothing else value, spread, simple, degrees(counted, plan))


def _simple(
    ask: Ask, w: list[float], y: list[float], x: list[float], used: list[bool], n: int, value: float
) -> float | None:
    """The variance of a simple random sample, drawn with replacement, of as many answers."""
    whole = math.fsum(weight for weight, use in zip(w, used, strict=True) if use)
    if n < 2 or not whole:
        return None
    if ask.total:
        mean = value / whole
        r = [(a - mean) * whole for a in y]
    else:
        bottom = math.fsum(a * b for a, b in zip(w, x, strict=True))
        if not bottom:
            return None
        r = [(a - value * b) * whole / bottom for a, b in zip(y, x, strict=True)]
    squares = math.fsum(weight * part**2 for weight, part, use in zip(w, r, used, strict=True) if use)
    return squares / whole / (n - 1)


# --- the variance -----------------------------------------------------------------------------------------------------


def label(row: Row, names: tuple[str, ...]) -> tuple:
    return tuple(row[name] for name in names)


def variance(rows: list[Row], e: list[float], plan: Plan) -> float:
    """Add up what every stage contributes; under `average` a lonely unit gets the mean of the others of its stage."""
    parts = list(_stage(list(zip(rows, e, strict=True)), plan, 0, 1.0))
    total = 0.0
    for depth in {depth for depth, _part, _lonely in parts}:
        here = [(part, lonely) for at, part, lonely in parts if at == depth]
        alone = sum(lonely for _part, lonely in here)
        scale = len(here) / max(len(here) - alone, 1) if plan.lonely == "average" else 1.0
        total += scale * math.fsum(part for part, _lonely in here)
    return total


def _stage(pairs: list[tuple[Row, float]], plan: Plan, depth: int, carried: float) -> Iterator[tuple[int, float, bool]]:
    """Give (stage, contribution, lonely?) of each group of units of this stage and of all below."""
    stages = plan.stages or (("_row",),)
    strata: dict[tuple, list[tuple[Row, float]]] = defaultdict(list)
    for row, value in pairs:
        strata[label(row, plan.strata) if depth == 0 else ()].append((row, value))
    grouped = {key: _clusters(of, stages[depth]) for key, of in strata.items()}
    drawn = sum(len(clusters) for clusters in grouped.values())
    mean = math.fsum(value for _row, value in pairs) / drawn
    for clusters in grouped.values():
        n = len(clusters)
        share = _share(clusters, plan, depth, n)
        sums = [math.fsum(value for _row, value in of) for of in clusters.values()]
        yield depth, carried * _between(sums, share, mean, plan, depth), n == 1 and share < 1
        if depth + 1 < len(stages) and depth < len(plan.fpc):
            for of in clusters.values():
                yield from _stage(of, plan, depth + 1, carried * share)


def _clusters(pairs: list[tuple[Row, float]], names: tuple[str, ...]) -> dict[tuple, list[tuple[Row, float]]]:
    found: dict[tuple, list[tuple[Row, float]]] = defaultdict(list)
    for k, (row, value) in enumerate(pairs):
        found[label(row, names) if names != ("_row",) else (k,)].append((row, value))
    return found


def _share(clusters: dict, plan: Plan, depth: int, n: int) -> float:
    if depth >= len(plan.fpc):
        return 0.0
    given = next(iter(clusters.values()))[0][0][plan.fpc[depth]]
    return float(given) if given <= 1 else n / given


def _between(sums: list[float], share: float, mean: float, plan: Plan, depth: int) -> float:
    n = len(sums)
    if share >= 1:
        return 0.0
    if n > 1:
        centre = math.fsum(sums) / n
        return (1 - share) * n / (n - 1) * math.fsum((value - centre) ** 2 for value in sums)
    if plan.lonely == "fail":
        raise Lonely
    return (1 - share) * (sums[0] - mean) ** 2 if plan.lonely == "adjust" and depth == 0 else 0.0


def degrees(counted: list[Row], plan: Plan) -> int:
    """Clusters minus strata of the rows with a weight and an answer."""
    strata = {label(row, plan.strata) for row in counted}
    if not plan.stages:
        return len(counted) - len(strata)
    return len({(label(row, plan.strata), label(row, plan.stages[0])) for row in counted}) - len(strata)


# --- calibration ------------------------------------------------------------------------------------------------------


def factors(rows: list[Row], d: list[float], plan: Plan) -> list[float]:
    """Factors on the weights: raking by turns until nothing moves, or regression."""
    g = [1.0] * len(rows)
    if not plan.margins:
        return g
    if plan.kind == "linear":
        x, totals = _dummies(rows, plan)
        before = np.array(d) @ x
        pull = np.linalg.pinv((x * np.array(d)[:, None]).T @ x) @ (totals - before)
        return list(1 + x @ pull)
    for _turn in range(1 if plan.kind == "poststratify" else 2000):
        moved = 0.0
        for names, totals in plan.margins.items():
            have: dict[tuple, float] = defaultdict(float)
            for row, weight, factor in zip(rows, d, g, strict=True):
                have[label(row, names)] += weight * factor
            change = {key: totals[key] / have[key] if have[key] else 1.0 for key in have}
            moved = max([moved, *(abs(step - 1) for step in change.values())])
            g = [factor * change[label(row, names)] for row, factor in zip(rows, g, strict=True)]
        if moved < 1e-14:
            break
    return g


def _dummies(rows: list[Row], plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    columns, totals = [], []
    for names, known in plan.margins.items():
        for key, total in known.items():
            columns.append([float(label(row, names) == key) for row in rows])
            totals.append(total)
    return np.array(columns).T, np.array(totals)


def residuals(rows: list[Row], d: list[float], z: list[float], plan: Plan) -> list[float]:
    """What the known totals leave of the influence of each row, by regression with the weights before calibration."""
    if not plan.margins:
        return z
    x, _totals = _dummies(rows, plan)
    weighted = x * np.array(d)[:, None]
    b = np.linalg.pinv(weighted.T @ x) @ (weighted.T @ np.array(z))
    return list(np.array(z) - x @ b)
