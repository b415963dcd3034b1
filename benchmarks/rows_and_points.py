"""How long do a report and a plan for rows of people take, and how long to move points or count them in hexagons?

People are made up: district, age, sex, work and size of household, uneven as they are in surveys.

Run: .venv/bin/python benchmarks/rows_and_points.py [--rows 100000] [--points 1000000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import shapely

from datashift.protect.hexagons import hexagons_of_areas
from datashift.protect.microdata import Aim, Paper, leaving, propose, risk
from datashift.protect.points import Points, displaced

KNOWN = ("district", "age", "sex", "work", "household")


def people(rows: int) -> pa.Table:
    """Return made-up people."""
    rng = np.random.default_rng(5)
    columns = {
        "district": rng.zipf(1.4, rows) % 77,
        "age": np.clip(15 + rng.gamma(2, 12, rows), 15, 95).astype(int),
        "sex": rng.integers(0, 2, rows),
        "work": rng.zipf(1.7, rows) % 30,
        "household": np.clip(rng.poisson(4.5, rows), 1, 20),
        "paid": rng.random(rows) < 0.2,
        "weight": rng.lognormal(5, 0.4, rows),
    }
    return pa.table({name: pa.array(column) for name, column in columns.items()})


def places(count: int) -> tuple[Points, dict[str, shapely.Polygon]]:
    """Return made-up points in 77 areas, and their outlines."""
    rng = np.random.default_rng(6)
    x, y = rng.uniform(80, 87.7, count), rng.uniform(27, 28, count)
    area = np.floor((x - 80) * 10).astype(int)
    outlines = {str(k): shapely.box(80 + k / 10, 27, 80.1 + k / 10, 28) for k in range(77)}
    return Points(x, y, rng.random(count) < 0.2, [str(k) for k in area.tolist()]), outlines


def timed(what: str, done: Callable[[], object]) -> None:
    """Print how many seconds it took."""
    start = time.process_time()
    done()
    print(f"{what:45s} {time.process_time() - start:6.1f} s")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    asked = parser.parse_args()
    table, aim = people(asked.rows), Aim(KNOWN, sensitive=("paid",), weight="weight")
    timed(f"report on {asked.rows:,} rows", lambda: risk(table, aim))
    plan = propose(table, aim)
    timed(f"plan for {asked.rows:,} rows, with the report", lambda: propose(table, aim))
    paper = Paper("made up", aim, (), tuple(step.recode for step in plan.steps))
    timed(f"{asked.rows:,} rows made ready", lambda: leaving(table, paper, plan))
    points, outlines = places(asked.points)
    timed(f"{asked.points:,} points moved", lambda: displaced(points, key=bytes(32), outlines=outlines))
    timed(f"{asked.points:,} points in hexagons", lambda: hexagons_of_areas(points, least_n=10))


if __name__ == "__main__":
    main()
