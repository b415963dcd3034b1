"""How long does an export of 132,000 submissions with 510 columns take, and how much memory, beside pandas?

This is the size of kpi#1757, an open issue of KoboToolbox. The submissions are made up: choices, whole numbers,
questions with several answers and texts that never come twice, four in ten not asked. Each export runs in a process of
its own, pandas on the same JSON in the same run, so that the ratios hold on any machine.

Run: .venv/bin/python benchmarks/export.py [--rows 132000] [--columns 510] [--formats csv xlsx] [--excel]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from datashift.export.layout import Choice, Column, Layout, Options, Sheet, Submission
from datashift.export.writing import KINDS, write

GROUP, PATTERNS, BATCH = 30, 400, 500
META = ("_id", "_uuid", "_submitted", "_version", "_state", "_enumerator")
CODES = tuple(Choice(code, {"en": code.replace("_", " ").title()}) for code in ("yes", "no", "dont_know", "refused"))
SECONDS, MEGABYTES = 60, 300


def layout(columns: int) -> Layout:
    """Return a form of so many questions."""
    kinds = ("choice", "choice", "choice", "number", "several", "text")
    made = []
    for place in range(columns):
        kind = kinds[place % len(kinds)]
        name = f"group_{place // GROUP}/{kind}_{place}"
        choices = CODES if kind in ("choice", "several") else ()
        made.append(Column(name, "int" if kind == "number" else "string", {"en": name}, choices, kind == "several"))
    return Layout((Sheet("Survey", tuple(made)),), META)


def submissions(form: Layout, rows: int) -> Iterator[list[Submission]]:
    """Yield batches as a database gives them. Texts carry the number of their submission: no two are the same."""
    chance = random.Random(1757)
    patterns = [json.dumps(_answers(form, chance)) for _ in range(PATTERNS)]
    for first in range(0, rows, BATCH):
        yield [
            Submission(
                (str(one), f"uuid:{one:032x}", "2026-02-28T10:00:00+03:00", "v3", "accepted", f"team-{one % 40}"),
                patterns[one % PATTERNS].replace("§", str(one)),
            )
            for one in range(first, min(rows, first + BATCH))
        ]


def _answers(form: Layout, chance: random.Random) -> dict[str, str]:
    answers = {}
    for column in form.sheets[0].columns:
        if chance.random() < 0.4:
            continue
        if column.choices:
            count = chance.randint(1, 3) if column.multiple else 1
            answers[column.name] = " ".join(choice.name for choice in chance.sample(CODES, count))
        elif column.kind == "int":
            answers[column.name] = str(chance.randrange(1000))
        else:
            answers[column.name] = f"What was said here, in a few words, by household §, {chance.randrange(10**6)}"
    return answers


def by_datashift(kind: str, form: Layout, rows: int, folder: Path) -> Path:
    """Write with DataShift."""
    path = folder / {"xlsx": "out.xlsx", "geopackage": "out.gpkg"}.get(kind, "out")
    write(kind, form, submissions(form, rows), path, Options())
    return path


def by_pandas(kind: str, form: Layout, rows: int, folder: Path) -> Path:
    """Write with pandas, from the same JSON."""
    import pandas as pd  # noqa: PLC0415 - measured in its own process only

    records = (
        dict(zip(META, one.meta, strict=True)) | json.loads(one.answers)
        for batch in submissions(form, rows) for one in batch
    )  # fmt: skip
    names = [*META, *(column.name for column in form.sheets[0].columns)]
    table = pd.DataFrame.from_records(list(records), columns=names)
    path = folder / f"out.{kind}"
    if kind == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_excel(path, index=False)
    return path


def child(asked: argparse.Namespace) -> None:
    """Do one export and print its seconds by the clock and of work, its peak memory and its size in megabytes."""
    form = layout(asked.columns)
    with tempfile.TemporaryDirectory() as folder:
        start, worked = time.perf_counter(), time.process_time()
        if asked.child == "none":
            path = Path(folder)
            for _ in submissions(form, asked.rows):
                pass
        else:
            path = (by_pandas if asked.pandas else by_datashift)(asked.child, form, asked.rows, Path(folder))
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
        written = sum(one.stat().st_size for one in path.rglob("*")) if path.is_dir() else path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "worked": worked, "peak": peak, "size": written / 2**20}))


def measured(asked: argparse.Namespace, kind: str, *more: str) -> dict[str, float]:
    """Run one export in a process of its own."""
    size = ["--rows", str(asked.rows), "--columns", str(asked.columns)]
    command = [sys.executable, __file__, "--child", kind, *size, *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    name = f"{'pandas' if more else 'DataShift'} {kind}" if kind != "none" else "making submissions only"
    times = f"{found['seconds']:8.1f} s by the clock {found['worked']:8.1f} s of work"
    print(f"{name:24s} {times} {found['peak']:8.0f} MB {found['size']:8.0f} MB written", flush=True)
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=132_000)
    parser.add_argument("--columns", type=int, default=510)
    parser.add_argument("--formats", nargs="*", choices=KINDS, default=["csv", "xlsx"])
    parser.add_argument("--excel", action="store_true", help="pandas writes a workbook too, which takes very long")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--pandas", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked)
        return
    print(f"{asked.rows:,} submissions, {asked.columns} columns: time, peak memory, size")
    measured(asked, "none")
    ours = {kind: measured(asked, kind) for kind in asked.formats}
    if find_spec("pandas"):
        for kind in ["csv", *(["xlsx"] if asked.excel else [])]:
            theirs = measured(asked, kind, "--pandas")
            if kind in ours:
                time_, peak = (ours[kind][what] / theirs[what] for what in ("worked", "peak"))
                print(f"{kind}: DataShift takes {time_:.2f} of the work and {peak:.2f} of the memory of pandas")
    if "csv" in ours:
        kept = ours["csv"]["seconds"] < SECONDS and ours["csv"]["peak"] < MEGABYTES
        print(f"CSV in less than {SECONDS} s and {MEGABYTES} MB: {'yes' if kept else 'NO'}")


if __name__ == "__main__":
    main()
