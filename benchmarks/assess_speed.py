"""How long do all checks take on a large survey, and how much memory?

A survey of 1,000,000 interviews and 100 columns is written as the pipeline has it after reading: a table of text.
500 interviewers in 3,000 areas; times, positions, consent, ages, 66 questions with a choice of answers, 18 with
numbers, two in own words. Everything is honest. Another process writes the table to a file, so that the peak of memory
is that of the checks with the table.

Run: .venv/bin/python benchmarks/assess_speed.py [--rows 1000000] [--check K17]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from seeded_errors import KIT

from datashift.assess.catalogue import CHECKS
from datashift.assess.evidence import Evidence
from datashift.assess.findings import assess
from datashift.model import Area, Effect, Harmonised, Recipe

CHOICES, NUMBERS = 66, 18
GRID = [f"q{k}" for k in range(20, 28)]
PEOPLE, AREAS = 500, 3_000
FIRST_DAY = 1_767_254_400 + 8 * 3_600
"""1 January 2026, eight o'clock."""

RECIPE = Recipe.model_validate({
    "id": "speed", "title": {"en": "Speed"}, "kit": "simulated", "producer": "a benchmark", "row_id": "id",
    "simulated": True, "source": [{"file": "speed.csv"}], "columns": {"q0": {"column": "q0"}},
    "place": {"country": "XX", "as_of": "2026-01-01", "column": "village", "latitude": "lat", "longitude": "lon"},
    "period": {"label": "2026"}, "design": {"sampling_type": "probability"},
    "paradata": {"enumerator": "enumerator", "device": "device", "start": "start", "end": "end",
                 "submitted": "submitted", "age": "age", "sex": "sex", "household": "household",
                 "consent": "consent", "accuracy": "accuracy", "comments": "comments"},
    "protocol": {"grids": [GRID], "consent": ["yes"], "least_age": 18},
})  # fmt: skip


def survey(n: int) -> pa.Table:
    """Return an honest survey as text."""
    rng = np.random.default_rng(1)
    village = np.sort(rng.integers(0, AREAS, n))
    person = (village * 7 + rng.integers(0, 3, n)) % PEOPLE
    start = _starts(rng, person, village)
    seconds = np.exp(rng.normal(np.log(1500), 0.3, n)).astype(np.int64)
    columns: dict[str, Any] = {
        "id": np.arange(n), "village": _named("v", village), "enumerator": _named("e", person),
        "device": _named("d", person), "start": _moments(start), "end": _moments(start + seconds),
        "submitted": _moments(start + seconds + np.exp(rng.normal(9, 0.8, n)).astype(np.int64)),
        "lat": _decimals(-3 + village * 1e-3 + rng.normal(0, 3e-3, n), 7),
        "lon": _decimals(31 + village % 50 * 0.02 + rng.normal(0, 3e-3, n), 7),
        "accuracy": _decimals(rng.gamma(4.0, 1.5, n) + 2, 1), "consent": np.full(n, "yes"),
        "age": np.clip(18 + rng.gamma(2.2, 10.0, n), 18, 97).astype(int),
        "sex": rng.choice(["female", "male"], n), "household": 1 + rng.poisson(4, n),
    }  # fmt: skip
    level = rng.normal(0, 0.4, AREAS)[village] + rng.normal(0, 0.7, n)
    for k in range(CHOICES):
        lean = rng.uniform(0.2, 1.0) * level
        if k % 3 == 0 and f"q{k}" not in GRID:
            columns[f"q{k}"] = np.where(rng.logistic(0, 1, n) < lean, "yes", "no")
        else:
            cuts = np.sort(rng.normal(0, 1.6, 4))
            columns[f"q{k}"] = np.array(["1", "2", "3", "4", "5"])[np.searchsorted(cuts, lean + rng.logistic(0, 1, n))]
    for k in range(NUMBERS):
        kinds = [np.exp(rng.normal(8, 0.8, n)).astype(int), rng.poisson(14, n), _decimals(rng.normal(61, 11, n), 1)]
        columns[f"n{k}"] = kinds[k % 3]
    columns["comments"] = np.where(rng.random(n) < 0.01, _named("the road was closed on day ", village % 90), "")
    columns["words"] = np.where(rng.random(n) < 0.2, _named("a borehole that was dug in year ", village % 40), "")
    return pa.table({"_row": np.arange(2, n + 2), **{name: _text(values) for name, values in columns.items()}})


def _starts(rng: np.random.Generator, person: np.ndarray, village: np.ndarray) -> np.ndarray:
    """Interviews of one person follow each other, eight a day from about eight o'clock; a new village, a new day."""
    order = np.lexsort((village, person))
    visit = np.unique(person[order] * AREAS + village[order], return_inverse=True)[1]
    count = np.bincount(visit)
    turn = np.arange(len(person)) - (np.cumsum(count) - count)[visit]
    days = (count + 7) // 8
    before = (np.cumsum(days) - days)[visit]
    of_person = np.searchsorted(person[order], np.arange(PEOPLE))
    day = before - before[of_person][person[order]] + turn // 8
    start = np.empty(len(person), dtype=np.int64)
    start[order] = FIRST_DAY + day * 86_400 + turn % 8 * 4_500 + rng.integers(0, 300, len(turn))
    return start


def _text(values: Any) -> pa.Array:
    return pc.cast(values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values), pa.string())


def _named(prefix: str, numbers: np.ndarray) -> np.ndarray:
    return np.array([f"{prefix}{k}" for k in range(int(numbers.max()) + 1)])[numbers]


def _moments(seconds: np.ndarray) -> np.ndarray:
    return np.char.add(seconds.astype("datetime64[s]").astype(str), "+03:00")


def _decimals(values: np.ndarray, decimals: int) -> np.ndarray:
    return np.char.mod(f"%.{decimals}f", values)


def case(n: int) -> tuple[pa.Table, Harmonised, dict[str, Area]]:
    """Return the survey, its observations and its areas."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "survey.parquet"
        subprocess.run([sys.executable, __file__, "--rows", str(n), "--write", str(file)], check=True)
        raw = pq.read_table(file).combine_chunks()
    nothing = {"row": pa.array([], pa.int64()), **dict.fromkeys(("column", "code", "value", "text"),
                                                               pa.array([], pa.string()))}  # fmt: skip
    observations = pa.table({"row": raw["_row"], "area": raw["village"], "q0": raw["q0"]})
    areas = {f"v{k}": Area(f"v{k}", f"v{k}", "XX", 1) for k in range(AREAS)}
    return raw, Harmonised(observations, pa.table(nothing), n, n, 0), areas


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def each(n: int, only: str | None) -> None:
    """Print the seconds of each check; the columns are encoded first, which is timed by itself."""
    raw, taken, areas = case(n)
    size = f"{raw.num_rows:,} rows × {raw.num_columns - 1} columns, {raw.nbytes / 2**20:,.0f} MB of text"
    print(f"{size}; process {_megabytes():,.0f} MB")
    evidence = Evidence(raw, taken, RECIPE, KIT, date(2026, 12, 31), areas)
    begun = time.perf_counter()
    _prepared = evidence.columns, evidence.questions, evidence.answered, evidence.declared
    print(f"{'encoded':10}{time.perf_counter() - begun:8.2f} s")
    for check in CHECKS:
        if only in (None, check.id):
            begun = time.perf_counter()
            outcome = check.run(evidence)
            spent = time.perf_counter() - begun
            told = outcome.idle[:60] or [f"{one.code} {len(one.rows):,}" for one in outcome.findings]
            print(f"{check.id:10}{spent:8.2f} s {_megabytes():8,.0f} MB  {told}")


def together(n: int) -> None:
    """Print the seconds of all checks as a run does them, with the effect of every finding on a share."""
    raw, taken, areas = case(n)
    before = _megabytes()
    yes = pc.equal(raw["q0"], "yes").to_numpy(zero_copy_only=False)

    def effect(left_out: tuple[int, ...]) -> tuple[Effect, ...]:
        kept = np.ones(n, dtype=bool)
        kept[np.array(left_out, dtype=np.int64) - 2] = False
        return (Effect("SHARE", 100 * float(yes.mean()), 100 * float(yes[kept].mean()) if kept.any() else None, "PT"),)

    begun = time.perf_counter()
    found = assess(raw, taken, RECIPE, KIT, effect=effect, areas=areas, today=date(2026, 12, 31))
    spent = time.perf_counter() - begun
    looked = sum(not check.idle for check in found.checks)
    print(f"{looked} of {len(found.checks)} checks looked, {len(found.findings)} findings: {spent:.1f} s, peak "
          f"{_megabytes():,.0f} MB ({before:,.0f} MB before, with the table)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--check", help="time each check by itself, or only one (K17); all: every one")
    parser.add_argument("--write", help="write the survey to this file and end")
    options = parser.parse_args()
    if options.write:
        pq.write_table(survey(options.rows), options.write)
    elif options.check:
        each(options.rows, None if options.check == "all" else options.check)
    else:
        together(options.rows)


if __name__ == "__main__":
    main()
