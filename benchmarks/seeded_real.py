"""How many errors planted in real files do the checks find?

The 578 interviews of Tal Afar that REACH kept (their raw answers), and the 59,400 rows of the Tanzanian register of
water points, both with the recipe in `examples/`. Real files have oddities of their own, so beside recall stands to how
many rows the same check points where nothing was planted. Rules at their published thresholds stand beside: 85 % of
answers identical with another interview (Kuriakose & Robbins 2016), three standard deviations.

Run: .venv/bin/python benchmarks/seeded_real.py [--worlds 5] [--case reach]   (reads ../shared/data)
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from datashift.inputs import gather
from datashift.model import Assessment
from datashift.pipeline import Setting, assessment, observations, raw_table, set_up

ROOT = Path(__file__).parents[1]
REACH = ROOT.parent / "shared" / "data" / "cgd" / "irq_reach_kobo"

Columns = dict[str, np.ndarray]


class Case(NamedTuple):
    """A real file: its setting and columns, and which of them an error may change. `number` has a usual size."""

    setting: Setting
    columns: Columns
    answers: list[str]
    number: str
    row_id: str
    interviewer: str
    times: tuple[str, ...] = ()
    position: str = ""


class World(NamedTuple):
    """A file with errors in some rows; `beside` belong to the error without being wrong."""

    columns: Columns
    planted: np.ndarray
    beside: np.ndarray


def reach(home: Path) -> Case:
    """Return the interviews that REACH kept, as they came in."""
    setting, columns = _read("irq-reach-water", home)
    with gzip.open(REACH / "clean_data.csv.gz", "rt", encoding="utf-8-sig") as stream:
        kept = {line["X_uuid"] for line in csv.DictReader(stream)}
    here = np.isin(columns["X_uuid"], list(kept))
    columns = {name: values[here] for name, values in columns.items()}
    start = list(columns).index("will_to_response_r")
    answers = [name for name in list(columns)[start:] if name not in ("X_uuid", "X_submission_time")]
    return Case(setting, columns, answers, "tot_expenses", "X_uuid", "enumerator_num", ("X.U.FEFF.start", "end"))


def register(home: Path) -> Case:
    """Return the register of water points."""
    setting, columns = _read("tza-waterpoints", home)
    answers = [name for name in columns if name not in ("id", "_row", "longitude", "latitude", "recorded_by")]
    return Case(setting, columns, answers, "gps_height", "id", "lga", position="latitude")


def _read(name: str, home: Path) -> tuple[Setting, Columns]:
    setting = set_up(gather(ROOT / "examples" / name / "recipe.toml", home))
    raw, _origins = raw_table(setting)
    return setting, {c: np.array(raw[c].to_pylist(), dtype=object) for c in raw.column_names if c != "_row"}


def looked(case: Case, columns: Columns) -> Assessment:
    """All checks on the file with these columns."""
    count = len(columns[case.row_id])
    raw = pa.table({"_row": pa.array(range(2, count + 2), pa.int64()),
                    **{name: pa.array(values.tolist(), pa.string()) for name, values in columns.items()}})  # fmt: skip
    return assessment(case.setting, raw, observations(case.setting, raw))


# --- errors -------------------------------------------------------------------------------------------------------


def _some(rng: np.random.Generator, case: Case, share: float) -> np.ndarray:
    count = len(case.columns[case.row_id])
    return np.sort(rng.choice(count, max(3, int(share * count)), replace=False))


def _of_one(rng: np.random.Generator, case: Case, share: float) -> np.ndarray:
    names, counts = np.unique(case.columns[case.interviewer].astype(str), return_counts=True)
    rows = np.flatnonzero(case.columns[case.interviewer].astype(str) == rng.choice(names[counts >= np.median(counts)]))
    return np.sort(rng.choice(rows, max(3, int(share * len(rows))), replace=False))


def _with(case: Case, rows: np.ndarray, new: Mapping[str, np.ndarray], beside: np.ndarray | None = None) -> World:
    columns = dict(case.columns)
    for name, values in new.items():
        columns[name] = columns[name].copy()
        columns[name][rows] = values
    return World(columns, rows, np.zeros(0, dtype=np.int64) if beside is None else beside)


def copied(changed: float) -> Callable[[np.random.Generator, Case], World]:
    """Ten rows take the answers of others, of which a share is changed to what others answered."""

    def plant(rng: np.random.Generator, case: Case) -> World:
        rows = np.unique(rng.choice(_of_one(rng, case, 1.0), 10))
        models = rng.choice(np.setdiff1d(np.arange(len(case.columns[case.row_id])), rows), len(rows), replace=False)
        new = {}
        for name in case.answers:
            values = case.columns[name][models].copy()
            other = rng.random(len(rows)) < changed
            values[other] = rng.choice(case.columns[name], int(other.sum()))
            new[name] = values
        return _with(case, rows, new, models)

    return plant


def sent_twice(rng: np.random.Generator, case: Case) -> World:
    """One row in a hundred stands there again under another id."""
    rows = _some(rng, case, 0.01)
    rows = rows[rows > 0]
    new = {name: values[rows - 1] for name, values in case.columns.items() if name != case.row_id}
    return _with(case, rows, new, rows - 1)


def slipped(rng: np.random.Generator, case: Case) -> World:
    """One number in a hundred has a digit too many."""
    values = case.columns[case.number]
    able = np.flatnonzero(_numbers(values) >= 10)
    rows = np.sort(rng.choice(able, max(3, len(able) // 100), replace=False))
    longer = [f"{whole}0{point}{rest}" for whole, point, rest in (text.partition(".") for text in values[rows])]
    return _with(case, rows, {case.number: np.array(longer, dtype=object)})


def rushed(rng: np.random.Generator, case: Case) -> World:
    """One interviewer ends a third of the interviews after three to five minutes."""
    rows = _of_one(rng, case, 0.33)
    start, end = case.times
    moments = [np.datetime64(str(text)[:19]) for text in case.columns[start][rows]]
    ends = [f"{moment + np.timedelta64(int(rng.integers(180, 300)), 's')}.000" for moment in moments]
    tails = [str(text)[23:] for text in case.columns[end][rows]]
    return _with(case, rows, {end: np.array([a + b for a, b in zip(ends, tails, strict=True)], dtype=object)})


def moved(rng: np.random.Generator, case: Case) -> World:
    """One position in a hundred lies three degrees further north."""
    rows = _some(rng, case, 0.01)
    lat = np.array([f"{float(text) + 3:.8f}" for text in case.columns[case.position][rows]], dtype=object)
    return _with(case, rows, {case.position: lat})


KINDS: dict[str, tuple[Callable[[np.random.Generator, Case], World], tuple[str, ...], str]] = {
    "copied, 5 % changed": (copied(0.05), ("K17",), "85 % identical"),
    "copied, 10 % changed": (copied(0.10), ("K17",), "85 % identical"),
    "copied, 20 % changed": (copied(0.20), ("K17",), "85 % identical"),
    "sent twice": (sent_twice, ("K2", "K17"), "85 % identical"),
    "a digit too many": (slipped, ("K15",), "3 SD"),
    "rushed": (rushed, ("K11",), "3 SD below"),
    "positions moved": (moved, ("K26",), ""),
}


def flagged(found: Assessment, checks: tuple[str, ...]) -> set[int]:
    """Rows (from 0) to which some checks point."""
    named = [one for one in found.findings if one.check in checks]
    return {row - 2 for one in named for rows in (one.rows, *(s.rows for s in one.subjects)) for row in rows}


# --- rules --------------------------------------------------------------------------------------------------------


def identical(case: Case, columns: Columns) -> np.ndarray:
    """Return per row the greatest share of answers that another row gives too."""
    codes = np.column_stack([np.unique(columns[n].astype(str), return_inverse=True)[1] for n in case.answers])
    best = np.zeros(len(codes))
    for at in range(0, len(codes), 50):
        match = (codes[at : at + 50, None, :] == codes[None, :, :]).mean(axis=2)
        match[np.arange(len(match)), at + np.arange(len(match))] = 0
        best[at : at + 50] = match.max(axis=1)
    return best


def far(case: Case, columns: Columns) -> np.ndarray:
    """Return per row how many standard deviations the number lies from the mean."""
    x = _numbers(columns[case.number])
    return np.nan_to_num(np.abs(x - np.nanmean(x)) / np.nanstd(x))


def short(case: Case, columns: Columns) -> np.ndarray:
    """Return per row how many standard deviations the length lies below the mean."""
    start, end = (np.array([np.datetime64(str(v)[:19]) for v in columns[name]]) for name in case.times)
    minutes = (end - start).astype(float)
    return (minutes.mean() - minutes) / minutes.std()


def _numbers(values: np.ndarray) -> np.ndarray:
    return np.array([float(v) if v not in (None, "", "NA") else np.nan for v in values])


RULES = {"85 % identical": (identical, 0.85), "3 SD": (far, 3.0), "3 SD below": (short, 3.0)}


# --- the run ------------------------------------------------------------------------------------------------------


def show(case: Case, worlds: int, most: int) -> None:
    """Print recall by check, by the queue and by the rule, and to how many rows they point without an error.

    A rule is shown twice: at its threshold, and at the one at which it points to as many rows of the untouched file as
    the check does.
    """
    plain = looked(case, case.columns)
    print(f"{'planted':24}{'by':36}{'recall':>8}{'points to, nothing planted':>29}")
    for kind, (plant, checks, rule) in KINDS.items():
        if (kind == "rushed" and not case.times) or (kind == "positions moved" and not case.position):
            continue
        alone = len(flagged(plain, checks))
        told: dict[str, tuple[list[float], str]] = {}
        for k in range(worlds):
            world = plant(np.random.default_rng([7, k]), case)
            found = looked(case, world.columns)
            truth, beside = set(world.planted.tolist()), set(world.beside.tolist())
            first = [one.row - 2 for one in found.interviews if one.row - 2 not in beside - truth]
            named = {" or ".join(checks): (flagged(found, checks), f"{alone:,}"),
                     "queue, first as many": (set(first[: len(truth)]), "")}  # fmt: skip
            if rule and len(case.columns[case.row_id]) <= most:
                named |= _by_rule(case, world, rule, alone)
            for name, (rows, said) in named.items():
                told.setdefault(name, ([], said))[0].append(len(rows & truth) / len(truth))
        for number, (name, (recalls, said)) in enumerate(told.items()):
            print(f"{'' if number else kind:24}{name:36}{np.mean(recalls):8.2f}{said:>29}", flush=True)


def _by_rule(case: Case, world: World, rule: str, alone: int) -> dict[str, tuple[set[int], str]]:
    statistic, threshold = RULES[rule]
    before, after = np.sort(statistic(case, case.columns)), statistic(case, world.columns)
    fair = before[-1 - alone]
    return {
        rule: (set(np.flatnonzero(after >= threshold).tolist()), f"{int((before >= threshold).sum()):,}"),
        f"{rule}, with as few": (set(np.flatnonzero(after > fair).tolist()), f"{alone:,}"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=5, help="files for each kind of error")
    parser.add_argument("--case", choices=("reach", "register"), help="only one of the two files")
    parser.add_argument("--most", type=int, default=2_000, help="rules are not run on files with more rows")
    options = parser.parse_args()
    with TemporaryDirectory() as home:
        for name, read in (("reach", reach), ("register", register)):
            if options.case in (None, name):
                case = read(Path(home))
                print(f"\n{name}: {len(case.columns[case.row_id]):,} rows, {len(case.answers)} columns of answers")
                show(case, options.worlds, options.most)


if __name__ == "__main__":
    main()
