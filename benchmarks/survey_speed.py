"""How much does a standard error cost, beside a plain group-by and beside other tools?

A synthetic survey of 200 strata and 20,000 clusters is written as Parquet, in field order (cluster after cluster) and
in random order. Each contender runs in a process of its own, once cold and then several times warm; the best warm run
counts, the memory is the peak of its process. The ratios of one run mean something on any machine, the seconds do not.
DataShift and the group-by read the Parquet file in every run; svy and R survey get the rows in memory, and R survey its
finished svydesign. The last numbers are the sums of estimates and standard errors: they must agree.

(a) 20 domains with standard errors        : DuckDB's group-by of the domains, R survey, svy
(b) the cube of six breakdowns, all margins: one group-by of breakdowns x cluster
(c) growth of (a) and (b)                  : ten times the rows
(d) one per cent more rows                 : everything again
(e) raking to four margins                 : one group-by of the cells of the margins

Run: .venv/bin/python benchmarks/survey_speed.py --rows 1e6 1e7 [--folder DIR] [--svy-python PATH] [--parts abcde]
R survey is skipped where Rscript or the package is absent, svy where no interpreter that has it is named.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

STRATA, CLUSTERS = 200, 20_000
BY = ("region", "area", "sex", "age", "disability", "wealth")
LEVELS = (20, 2, 2, 5, 2, 6)
MARGINS = {"region": 20, "sex": 2, "age": 5, "wealth": 6}
PIECE = 1_000_000
R_MOST = 1_000_000
"""Rows from which R survey takes minutes; it is given a file of this size at most, and the table says so."""

# ---------------------------------------------------------------------------------------------------------------------
# The survey


def pieces(rows: int, in_field_order: bool, seed: int) -> Iterator[pa.Table]:
    """Make the rows piece by piece: region and area are constant in a stratum, shares differ by cluster."""
    rng = np.random.default_rng(seed)
    effect = np.random.default_rng(1).normal(0, 0.5, CLUSTERS)
    cuts = np.sort(rng.integers(0, rows, CLUSTERS - 1))  # clusters of unequal size
    for start in range(0, rows, PIECE):
        at = np.arange(start, min(start + PIECE, rows))
        psu = np.searchsorted(cuts, at, side="right") if in_field_order else rng.integers(0, CLUSTERS, len(at))
        drawn = {name: rng.integers(0, n, len(at)) for name, n in zip(BY[2:], LEVELS[2:], strict=True)}
        stratum = psu // (CLUSTERS // STRATA)
        lean = 0.4 + effect[psu] + 0.15 * (drawn["wealth"] - 2.5) - 0.3 * drawn["disability"]
        columns = {"stratum": stratum, "psu": psu, "region": stratum // 10, "area": stratum % 2, **drawn}
        table: dict[str, Any] = {name: pa.array(values.astype(np.int32)) for name, values in columns.items()}
        table["y"] = pa.array((rng.random(len(at)) < 1 / (1 + np.exp(-lean))).astype(np.float64))
        table["w"] = pa.array(rng.gamma(4.0, 25.0, len(at)) * (1 + 0.5 * (stratum % 3)))
        yield pa.table(table)


def survey(folder: Path, rows: int, in_field_order: bool, seed: int = 20261122) -> Path:
    """Write a survey unless it is there already, and return its path."""
    path = folder / f"survey_{rows}_{'field' if in_field_order else 'random'}_{seed}.parquet"
    if not path.exists():
        half = path.with_suffix(".half")
        writer = None
        for piece in pieces(rows, in_field_order, seed):
            writer = writer or pq.ParquetWriter(half, piece.schema, compression="zstd")
            writer.write_table(piece, row_group_size=122_880)
        assert writer is not None
        writer.close()
        half.rename(path)
    return path


# ---------------------------------------------------------------------------------------------------------------------
# The contenders: programs that print {"cold": s, "warm": s, "peak": bytes, "check": [...]}

TIMED = """
import json, re, sys, time
from pathlib import Path
def timed(work, times):
    seconds = []
    for _ in range(times + 1):
        start = time.perf_counter()
        check = work()
        seconds.append(time.perf_counter() - start)
    # Not ru_maxrss: a new process inherits that of the one that started it.
    status = Path("/proc/self/status")
    peak = 1024 * int(re.search("VmHWM:\\s*([0-9]+)", status.read_text())[1]) if status.exists() else 0
    print(json.dumps({"cold": seconds[0], "warm": min(seconds[1:]), "peak": peak, "check": check}))
"""

GROUP_BY = (
    TIMED
    + """
import duckdb
path, columns, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
at = duckdb.connect()
query = f"select {columns}, sum(w * y), sum(w), count(*) from '{path}' group by all"
timed(lambda: [at.execute(query).to_arrow_table().num_rows], times)
"""
)

SVY = (
    TIMED
    + """
import polars as pl, svy
path, times = sys.argv[1], int(sys.argv[2])
data = pl.read_parquet(path, columns=["stratum", "psu", "region", "y", "w"])
sample = svy.Sample(data=data, design=svy.Design(stratum="stratum", psu="psu", wgt="w"))
def work():
    found = sample.estimation.mean(y="y", by="region")
    rows = found.to_polars()
    return [float(rows["est"].sum()), float(rows["se"].sum())]
timed(work, times)
"""
)

R_SURVEY = """
args <- commandArgs(TRUE); folder <- args[1]; n <- as.integer(args[2]); times <- as.integer(args[3])
suppressMessages(library(survey))
column <- function(name) readBin(file.path(folder, name), "double", n)
d <- as.data.frame(sapply(c("stratum", "psu", "region", "y", "w"), column))
seconds <- function(work) as.numeric(system.time(work)["elapsed"])
design_s <- seconds(des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d, nest = TRUE))
best <- min(sapply(seq_len(times), function(i) seconds(found <<- svyby(~y, ~region, des, svymean))))
status <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
peak <- 1024 * as.numeric(gsub("[^0-9]", "", status))
cat(sprintf('{"cold": %f, "warm": %f, "peak": %.0f, "check": [%.15g, %.15g]}', design_s + best, best, peak,
            sum(found$y), sum(found$se)))
"""

DATASHIFT = (
    TIMED
    + """
import datashift as ds
what, path, more, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
six = ["region", "area", "sex", "age", "disability", "wealth"]
design = ds.Design(weights="w", strata="stratum", clusters="psu")
def checked(found):
    return [float(sum(one.value for one in found)), float(sum(one.se for one in found))]
if what == "domains":
    timed(lambda: checked(ds.estimate(path, ds.mean("y"), by=["region"], design=design, deff=False)), times)
elif what == "ready":
    ready = ds.survey(path, design)
    timed(lambda: checked(ds.estimate(ready, ds.mean("y"), by=["region"], deff=False)), times)
elif what == "cube":
    timed(lambda: [len(ds.cube(path, ds.mean("y"), by=six, design=design, deff=False))], times)
elif what == "ready cube":
    ready = ds.survey(path, design)
    timed(lambda: [len(ds.cube(ready, ds.mean("y"), by=six, deff=False))], times)
elif what == "cells":
    more = {"margins": True, "deff": False}
    timed(lambda: [len(ds.cells(path, ds.mean("y"), by=six, design=design, **more).estimate())], times)
elif what in ("add", "add and estimate"):
    cells = ds.cells(path, ds.mean("y"), by=six, design=design, margins=True, deff=False)
    def work():
        cells.add(more)
        return [len(cells.estimate())] if what == "add and estimate" else []
    timed(work, times)
elif what == "rake":
    margins = json.loads(more)
    raked = design.model_copy(update={"calibration": ds.Calibration(kind="raking", margins=margins)})
    ready = ds.survey(path, raked)
    timed(lambda: [len(ready.calibrated().g)], times)
"""
)


def ran(interpreter: str, program: str, *arguments: str | Path | int) -> dict[str, Any] | str:
    """Run a contender and return what it measured, or in a few words why there is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contender"  # a file, since DuckDB draws a progress bar where there is none
        file.write_text(program)
        command = [interpreter, str(file), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))
    except (IndexError, ValueError):
        return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1][:90]


def group_by(path: Path, columns: str, times: int) -> dict[str, Any] | str:
    return ran(sys.executable, GROUP_BY, path, columns, times)


def datashift(what: str, path: Path, times: int, more: str = "") -> dict[str, Any] | str:
    return ran(sys.executable, DATASHIFT, what, path, more, times)


def svy(python: str, path: Path, times: int) -> dict[str, Any] | str:
    return ran(python, SVY, path, times) if python else "no interpreter named with --svy-python"


def r_survey(path: Path, rows: int, times: int) -> dict[str, Any] | str:
    if shutil.which("Rscript") is None:
        return "Rscript is not installed"
    with tempfile.TemporaryDirectory() as folder:
        found = duckdb.sql(f"select stratum, psu, region, y, w from '{path}'").fetchnumpy()
        for name, values in found.items():
            np.asarray(values, dtype=np.float64).tofile(Path(folder) / name)
        return ran("Rscript", R_SURVEY, folder, rows, times)


# ---------------------------------------------------------------------------------------------------------------------
# The table


class Lines:
    """The printed table: one line per contender, its ratio to the one it is named against."""

    def __init__(self) -> None:
        self.warm: dict[str, float] = {}
        print(f"{'':44} {'cold s':>8} {'warm s':>8} {'peak MB':>8}  ratio")

    def add(self, label: str, found: dict[str, Any] | str, against: str = "", promised: str = "") -> None:
        if isinstance(found, str):
            print(f"{label:44} skipped: {found}", flush=True)
            return
        self.warm[label] = found["warm"]
        ratio = self.warm[label] / self.warm[against] if against in self.warm else None
        told = "" if ratio is None else f"{ratio:6.2f} x {against.split(',')[0].strip()}  {promised}"
        numbers = f"{found['cold']:8.3f} {found['warm']:8.3f} {found['peak'] / 1e6:8.0f}"
        print(f"{label:44} {numbers}  {told}  {checked(found['check'])}", flush=True)


def checked(values: list[float]) -> str:
    return "[" + ", ".join(f"{value:.11g}" for value in values) + "]"


def domains(lines: Lines, path: Path, rows: int, mark: str, options: argparse.Namespace) -> None:
    plain, ours = f"(a) plain group-by{mark}", f"(a) DataShift, 20 domains{mark}"
    lines.add(plain, group_by(path, "region", options.times))
    lines.add(ours, datashift("ready", path, options.times), plain, "(promised: at most 2.5)")
    lines.add(f"(a) DataShift with the design{mark}", datashift("domains", path, options.times), plain)
    if "field" in mark:
        return  # the order of the rows changes nothing for those below, which sort them first
    lines.add(f"(a) svy{mark}", svy(options.svy_python, path, 2), ours, "(promised: at least 20)")
    if rows <= R_MOST or options.r_in_full:
        lines.add(f"(a) R survey, without svydesign{mark}", r_survey(path, rows, 1), ours, "(promised: at least 150)")
    else:
        print(f"(a) R survey: {rows:,} rows take minutes; asked with at most {R_MOST:,}, or with --r-in-full")


def cube(lines: Lines, path: Path, rows: int, mark: str, options: argparse.Namespace) -> None:
    plain = f"(b) group-by of breakdowns x cluster{mark}"
    lines.add(plain, group_by(path, "stratum, psu, " + ", ".join(BY), options.times))
    ours = datashift("ready cube", path, options.times)
    lines.add(f"(b) DataShift, cube{mark}", ours, plain, "(promised: at most 1.5)")
    lines.add(f"(b) DataShift, with the design{mark}", datashift("cube", path, options.times), plain)


def added(lines: Lines, path: Path, rows: int, mark: str, options: argparse.Namespace) -> None:
    day = options.folder / f"day-{path.stem}.parquet"
    # A day of field work: one in a hundred clusters. And, as the worst case, rows of all clusters.
    duckdb.sql(f"copy (from '{path}' where psu < 200) to '{day}' (format parquet)")
    anywhere = survey(options.folder, rows // 100, in_field_order=False, seed=7)
    whole = f"(d) DataShift, cells of all rows{mark}"
    lines.add(whole, datashift("cells", path, options.times))
    for label, more in (("a day, 1 % more", day), ("1 % more anywhere", anywhere)):
        found = datashift("add", path, options.times, str(more))
        lines.add(f"(d) DataShift, {label}{mark}", found, whole, "(promised: at most 0.05)")
        found = datashift("add and estimate", path, options.times, str(more))
        lines.add(f"(d) DataShift, {label}, estimated{mark}", found, whole)


def raked(lines: Lines, path: Path, rows: int, mark: str, options: argparse.Namespace) -> None:
    plain = f"(e) group-by of the cells of margins{mark}"
    lines.add(plain, group_by(path, ", ".join(MARGINS), options.times))
    total = duckdb.sql(f"select sum(w) from '{path}'").fetchall()[0][0]
    tilted = {name: np.linspace(0.9, 1.1, n) / np.linspace(0.9, 1.1, n).sum() for name, n in MARGINS.items()}
    margins = json.dumps({name: {str(i): total * s for i, s in enumerate(share)} for name, share in tilted.items()})
    ours = datashift("rake", path, options.times, margins)
    lines.add(f"(e) DataShift, raking{mark}", ours, plain, "(promised: at most 3)")


PARTS = {"a": domains, "b": cube, "d": added, "e": raked}


def measured(options: argparse.Namespace) -> None:
    lines = Lines()
    for rows, order in itertools.product(options.rows, options.orders):
        path = survey(options.folder, rows, order == "field")
        for part in options.parts:
            if part in PARTS:
                PARTS[part](lines, path, rows, f", {rows:.0e}, {order}", options)
    if "c" in options.parts:
        grown(lines)


def grown(lines: Lines) -> None:
    for label, warm in lines.warm.items():
        tenfold = label.replace(", 1e+06,", ", 1e+07,")
        if "DataShift" in label and tenfold != label and tenfold in lines.warm:
            print(f"(c) {label[4:]}: ten times the rows take {lines.warm[tenfold] / warm:.1f} x (promised: at most 10)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=lambda text: int(float(text)), nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--orders", nargs="+", choices=["random", "field"], default=["random", "field"])
    parser.add_argument("--parts", default="abcde")
    parser.add_argument("--times", type=int, default=5, help="warm runs of each contender")
    parser.add_argument("--folder", type=Path, help="where the surveys are kept; else a folder that is deleted")
    parser.add_argument("--svy-python", default="", help="an interpreter that has svy")
    parser.add_argument("--r-in-full", action="store_true", help="R survey with all rows, however long it takes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        options.folder = options.folder or Path(temporary)
        options.folder.mkdir(parents=True, exist_ok=True)
        measured(options)


if __name__ == "__main__":
    main()
