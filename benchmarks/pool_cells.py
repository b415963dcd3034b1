"""How long does it take to pool 24,000 cells of up to 6 sources?

The rival is the same arithmetic cell by cell in plain Python floats: DerSimonian & Laird with a Hartung–Knapp interval,
and REML by Fisher scoring as metafor does it. Both run in this process, on the same figures; the best of some runs
counts. The answers are the same but for a handful of cells where the likelihood has two peaks: plain scoring stays at
the one it meets first, we take the higher one. Run: .venv/bin/python benchmarks/pool_cells.py
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from datashift.pooling import leave_one_out, meta, prediction

CELLS, SOURCES = 24_000, 6
QUANTILES = {df: float(special.stdtrit(df, 0.975)) for df in range(1, SOURCES)}

Cell = list[tuple[float, float]]


def figures() -> tuple[np.ndarray, np.ndarray]:
    """Figures and variances of all cells; one in five is absent."""
    rng = np.random.default_rng(1)
    v = rng.uniform(0.001, 0.01, (CELLS, SOURCES))
    y = rng.normal(0.5, np.sqrt(v + 0.005))
    y[:, 2:][rng.random((CELLS, SOURCES - 2)) < 0.2] = np.nan
    return y, v


def by_hand(cell: Cell, reml: bool) -> tuple[float, float, float]:
    """Estimate and its interval of one cell."""
    tau2 = likelihood(cell) if reml else moments(cell)
    weights = [1 / (v + tau2) for _y, v in cell]
    total = sum(weights)
    mean = sum(w * y for w, (y, _v) in zip(weights, cell, strict=True)) / total
    scatter = sum(w * (y - mean) ** 2 for w, (y, _v) in zip(weights, cell, strict=True)) / (len(cell) - 1)
    half = QUANTILES[len(cell) - 1] * math.sqrt(max(1.0, scatter) / total)
    return mean, mean - half, mean + half


def moments(cell: Cell) -> float:
    weights = [1 / v for _y, v in cell]
    total = sum(weights)
    mean = sum(w * y for w, (y, _v) in zip(weights, cell, strict=True)) / total
    q = sum(w * (y - mean) ** 2 for w, (y, _v) in zip(weights, cell, strict=True))
    return max(0.0, (q - len(cell) + 1) / (total - sum(w * w for w in weights) / total))


def likelihood(cell: Cell) -> float:
    tau2 = moments(cell)
    for _step in range(200):
        weights = [1 / (v + tau2) for _y, v in cell]
        one, two, three = (sum(w**power for w in weights) for power in (1, 2, 3))
        mean = sum(w * y for w, (y, _v) in zip(weights, cell, strict=True)) / one
        square = sum((w * (y - mean)) ** 2 for w, (y, _v) in zip(weights, cell, strict=True))
        then = max(0.0, tau2 + (square - one + two / one) / (two - 2 * three / one + (two / one) ** 2))
        if abs(then - tau2) < 1e-10:
            break
        tau2 = then
    return tau2


def best(what: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Milliseconds of the fastest of some runs, and the answer."""
    fastest, answer = math.inf, None
    for _run in range(times):
        started = time.perf_counter()
        answer = what()
        fastest = min(fastest, time.perf_counter() - started)
    return 1000 * fastest, answer


def main() -> None:
    y, v = figures()
    cells = [
        [(a, b) for a, b in zip(ys, vs, strict=True) if a == a] for ys, vs in zip(y.tolist(), v.tolist(), strict=True)
    ]
    print(f"{CELLS:,} cells, up to {SOURCES} sources each")
    for method in ("DL", "REML"):
        ours, found = best(lambda method=method: meta(y, v, method=method), 15)
        theirs, plain = best(lambda method=method: [by_hand(cell, method == "REML") for cell in cells], 2)
        values = np.array(plain) - np.column_stack([found.estimate, found.lower, found.upper])
        apart = int((np.abs(values).max(axis=1) > 1e-6).sum())
        times = f"one by one {theirs:8.0f} ms   together {ours:6.1f} ms   {theirs / ours:5.0f} x"
        print(f"{method:5} {times}   cells that differ: {apart}")
    left, _found = best(lambda: leave_one_out(y, v), 3)
    ahead, _found = best(lambda: prediction(y, v), 2)
    print(f"REML without each source in turn {left:6.0f} ms;  prediction intervals {ahead:6.0f} ms")


if __name__ == "__main__":
    main()
