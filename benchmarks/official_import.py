"""How long does it take to take official figures into the store?

(a) the UNSD extract of ../shared/data: 56,043 observations, gzip
(b) a generated SDMX-CSV of 1,000,000 observations with all 34 columns of the SDG data flow, 130 MB
(c) both again, one figure in a hundred changed: what was revised
(d) one series of one country out of the million

The rivals only read the same bytes into rows of text in memory: Python's csv module (what everybody has), and
pandas.read_csv where pandas is installed. They check nothing, keep nothing and know no codes. All run in this process;
the best of three runs counts, of the import the only one. The ratios of one run mean something on any machine, the
seconds do not. Run: .venv/bin/python benchmarks/official_import.py [--rows 1000000]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from datashift.official import changes, import_snapshot, time_series

PILOT = Path(__file__).resolve().parents[2] / "shared" / "data" / "official" / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz"
COLUMNS = (
    "DATAFLOW,FREQ,REPORTING_TYPE,SERIES,REF_AREA,SEX,AGE,URBANISATION,INCOME_WEALTH_QUANTILE,EDUCATION_LEV,OCCUPATION,"
    "CUST_BREAKDOWN,COMPOSITE_BREAKDOWN,DISABILITY_STATUS,ACTIVITY,PRODUCT,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT,"
    "UNIT_MEASURE,BASE_PER,NATURE,TIME_DETAIL,COMMENT_OBS,TIME_COVERAGE,UPPER_BOUND,LOWER_BOUND,SOURCE_DETAIL,"
    "COMMENT_TS,GEO_INFO_URL,GEO_INFO_TYPE,CUST_BREAKDOWN_LB,DATA_LAST_UPDATE"
)
AREAS = (4, 8, 12, 24, 28, 32, 36, 40, 50, 56, 64, 68, 76, 100, 104, 116, 120, 152, 156, 170, 404, 524, 566, 834)
NATURES = ("C", "CA", "E", "G", "M")


def sdmx_csv(rows: int, day: str = "2026-03-24", changed: bool = False) -> bytes:
    """Return `rows` observations, the same in every run: series x area x sex x urbanisation x year.

    changed: every hundredth value is another one.
    """
    value = np.random.default_rng(1).uniform(0, 100, rows).round(5)
    if changed:
        value[::100] += 1
    out = io.StringIO()
    out.write(f"{COLUMNS}\n")
    for i, number in enumerate(value.tolist()):
        year, rest = 2000 + i % 24, i // 24
        sex, rest = ("_T", "F", "M")[rest % 3], rest // 3
        place, rest = ("_T", "U", "R")[rest % 3], rest // 3
        area, series = AREAS[rest % len(AREAS)], rest // len(AREAS)
        nature = NATURES[(series + i) % 5]
        out.write(
            f"IAEG-SDGs:DF_SDG_GLH(1.24),A,G,SX_MADE_{series:04d},{area},{sex},_T,{place},_T,_T,_T,_T,_T,_T,_T,_T,{year},"
            f'{number},A,0,PT,,{nature},{year},,,,,"Survey, {year}",Made-up figures,,,,{day}T00:00:00\n'
        )
    return out.getvalue().encode()


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """The best of some runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def with_csv(data: bytes) -> int:
    text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return len(list(csv.DictReader(io.StringIO(text.decode(), newline=""))))


def with_pandas(data: bytes) -> int:
    import pandas as pd  # noqa: PLC0415 - a rival, not always there

    packed = "gzip" if data[:2] == b"\x1f\x8b" else None
    return len(pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, compression=packed))


def compared(name: str, ours: float, data: bytes) -> None:
    print(f"{name:<34}{ours:8.2f} s")
    for rival, read in (("csv.DictReader, reading only", with_csv), ("pandas.read_csv, reading only", with_pandas)):
        try:
            theirs = seconds(lambda read=read: read(data), 1 if len(data) > 50_000_000 else 3)
        except ImportError:
            print(f"  {rival:<32}  not installed")
            continue
        print(f"  {rival:<32}{theirs:8.2f} s   we take {ours / theirs:.1f} times as long")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    rows = options.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if PILOT.is_file():
            pilot = PILOT.read_bytes()
            import_snapshot(b"SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE\nA,KE,2020,1\n", "warm.csv", home, source="warm")
            compared(
                "(a) UNSD, 56,043 observations", seconds(lambda: import_snapshot(pilot, PILOT.name, home), 1), pilot
            )
        first, second = sdmx_csv(rows), sdmx_csv(rows, "2026-06-24", changed=True)
        name = f"(b) SDMX-CSV, {rows:,} observations"
        compared(name, seconds(lambda: import_snapshot(first, "first.csv", home, source="made"), 1), first)
        import_snapshot(second, "second.csv", home, source="made")
        found: list[Any] = []
        took = seconds(lambda: found.append(changes(home, source="made")[0]))
        print(f"{'(c) revisions between two of them':<34}{took:8.2f} s   {found[0].changed:,} changed")
        asked = {"series": "SX_MADE_0003", "area": "KE"}
        took = seconds(lambda: found.append(time_series(home, **asked)))
        print(f"{'(d) one series of one country':<34}{took:8.2f} s   {len(found[-1])} series")


if __name__ == "__main__":
    main()
