"""How fast are near-duplicate interviews found, beside the plain loop and SciPy, and how many of them?

Interviews of 100 questions are drawn (yes or no, five answers, thirty answers); of 100 of them a copy is written over
another interview, with 5, 10, 20 and 30 % of its answers changed.

(a) all pairs, the greatest share of equal answers of each interview (Kuriakose & Robbins): DataShift's words of bits,
    beside the loop in numpy and scipy.spatial.distance.cdist(metric="hamming"), on the same interviews in the same run;
    the three must agree. The ratios mean something on any machine, the seconds do not.
(b) the whole check, with what chance gives. DataShift compares all pairs of up to 20,000 interviews, and proposed pairs
    of more; 1e5 interviews are taken both ways. Seconds of the clock, and in brackets of all cores together.
    search = of the copies, how many the search finds as the nearest of their source; told = how many the check tells.
    Copies stand anywhere (far) or within the work of the same interviewer, a few interviews on (near).

Run: .venv/bin/python benchmarks/near_duplicates.py [--rows 1e5 1e6] [--compare 5000] [--parts ab]
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from datashift.assess.alike.pairs import likeness
from datashift.assess.alike.search import most_shared, packed
from datashift.assess.checks import discoveries

QUESTIONS = 100
LISTS = {"yes or no": 2, "five answers": 5, "thirty answers": 30}
CHANGED = (0.05, 0.1, 0.2, 0.3)
COPIES = 100
EACH = 50
"""Interviews of one interviewer."""


def drawn(rows: int, answers: int, seed: int) -> Any:
    """Return interviews of people who answer by themselves."""
    return np.random.default_rng(seed).integers(0, answers, (rows, QUESTIONS), dtype=np.uint8)


def copied(sheets: Any, answers: int, share: float, near: bool, seed: int) -> tuple[Any, Any, Any]:
    """Return the interviews with copies among them, which interviews are sources, and which their copies."""
    rng = np.random.default_rng(seed)
    blocks = rng.choice(len(sheets) // EACH, 2 * COPIES, replace=False) * EACH
    source = blocks[:COPIES]
    copy = source + rng.integers(1, 10, COPIES) if near else blocks[COPIES:]
    sheets = sheets.copy()
    sheets[copy] = sheets[source]
    for one in copy:
        places = rng.choice(QUESTIONS, round(share * QUESTIONS), replace=False)
        sheets[one, places] = (sheets[one, places] + rng.integers(1, answers, len(places))) % answers
    return sheets, source, copy


def questions(sheets: Any) -> list[tuple[Any, Any]]:
    """Return interviews as the check takes them."""
    given = np.ones(len(sheets), dtype=np.bool_)
    return [(sheets[:, k].astype(np.int32), given) for k in range(QUESTIONS)]


def by_loop(sheets: Any) -> Any:
    """Return the most equal answers of each interview, one interview after another against all."""
    most = np.zeros(len(sheets), dtype=np.int64)
    for one, sheet in enumerate(sheets):
        same = (sheets == sheet).sum(axis=1)
        same[one] = 0
        most[one] = same.max()
    return most


def by_scipy(sheets: Any) -> Any:
    """Return the same from SciPy's distances, in pieces that fit into memory."""
    wide = sheets.astype(np.float64)
    most = np.zeros(len(sheets), dtype=np.int64)
    for start in range(0, len(sheets), 1000):
        same = np.rint(QUESTIONS * (1 - cdist(wide[start : start + 1000], wide, "hamming"))).astype(np.int64)
        same[np.arange(len(same)), start + np.arange(len(same))] = 0
        most[start : start + 1000] = same.max(axis=1)
    return most


def by_bits(sheets: Any) -> Any:
    """Return the same from words of bits."""
    return most_shared(packed(questions(sheets), len(sheets)))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of one run, and what it gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def against_others(rows: int) -> None:
    """Print part (a)."""
    print(f"(a) all pairs of {rows} interviews x {QUESTIONS} questions: seconds, and how many times as long")
    for name, answers in LISTS.items():
        sheets = drawn(rows, answers, 1)
        ours, most = timed(lambda: by_bits(sheets))  # noqa: B023 - run at once
        for rival, work in (("numpy loop", by_loop), ("scipy cdist", by_scipy)):
            seconds, same = timed(lambda: work(sheets))  # noqa: B023 - run at once
            agree = "agrees" if (same == most).all() else "DIFFERS"
            print(
                f"    {name:14s} DataShift {ours:6.2f} s   {rival} {seconds:7.2f} s  x {seconds / ours:5.1f}  {agree}"
            )


def whole_check(rows: int, everything: bool) -> None:
    """Print part (b)."""
    print(f"(b) {rows} interviews x {QUESTIONS} questions, {'all' if everything else 'proposed'} pairs")
    whose = np.arange(rows) // EACH
    for name, answers in LISTS.items():
        honest = drawn(rows, answers, 2)
        for near in (False,) if everything else (False, True):
            for share in (0.1, 0.2) if everything else CHANGED:
                sheets, source, copy = copied(honest, answers, share, near, 3)
                asked = questions(sheets)
                rng = np.random.default_rng(4)
                cores = time.process_time()
                seconds, found = timed(lambda: likeness(asked, whose, rng, rows if everything else 0))  # noqa: B023 - run at once
                cores = time.process_time() - cores
                told = discoveries(np.minimum(2 * found.p, 1))[1]
                true = QUESTIONS - round(share * QUESTIONS)
                recall = np.minimum(found.most[source], found.most[copy]) >= true
                others = told.sum() - told[source].sum() - told[copy].sum()
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
                print(
                    f"    {name:14s} {'near' if near else 'far ':4s} {100 * share:3.0f} % changed: "
                    f"{seconds:6.1f} s ({cores:.1f})  "
                    f"search {100 * recall.mean():4.0f} %  told {100 * told[copy].mean():4.0f} %  "
                    f"others told {others}  peak {peak:.1f} GB",
                    flush=True,
                )


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="*", type=float, default=[1e5, 1e6])
    parser.add_argument("--compare", type=float, default=5000)
    parser.add_argument("--parts", default="ab")
    options = parser.parse_args()
    if "a" in options.parts:
        against_others(int(options.compare))
    if "b" in options.parts:
        for rows in options.rows:
            for everything in (True, False) if rows <= 1e5 else (False,):
                whole_check(int(rows), everything)


if __name__ == "__main__":
    main()
