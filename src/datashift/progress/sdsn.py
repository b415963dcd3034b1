"""SDSN's arrows (Sustainable Development Report): yearly steps since 2015 against those needed to the threshold.

Rates are of a linear normalisation to 0–100, so that their ratio is the same in the unit of the values; censoring at 0
and 100 is left out, since the bounds of each indicator are not stated with the rule. The green threshold of each
indicator is not public in words: the target stands in unless `Rules.green` says otherwise.
"""

from __future__ import annotations

import numpy as np

from datashift.progress.case import Case
from datashift.progress.label import Array, Judged, Method, Remark

LABELS = ("on_track_or_maintaining", "moderately_improving", "stagnating", "decreasing")
SOURCE = "sdsna/sdgindex-starter@5eb5422 pages/chapitres/annexe.js (same method as the Sustainable Development Report)"


def green(case: Case) -> float | None:
    """Return the green threshold: the one stated, else the target."""
    return case.target if case.rules.green is None else case.rules.green


def refuses(case: Case) -> Remark | None:
    """Say why the rule cannot be used on a series."""
    if green(case) is None:
        return Remark("no-target")
    if case.base < 0 or case.base == len(case.years) - 1:
        return Remark("one-year-since", {"base_year": case.base_year})
    if case.target_year <= case.years[case.base]:
        return Remark("target-year-past", {"target_year": case.target_year})
    return None


def judge(case: Case, matrix: Array) -> Judged:
    """Judge draws × years. Number: yearly step so far as a share of the step needed from the base year."""
    threshold = green(case)
    assert threshold is not None
    base, now = matrix[:, case.base], matrix[:, -1]
    actual = case.sign * (now - base) / case.span
    needed = case.sign * (threshold - base) / (case.target_year - float(case.years[case.base]))
    with np.errstate(divide="ignore", invalid="ignore"):
        number = np.where(needed > 0, actual / needed, np.nan)
    there = case.sign * (now - threshold) >= 0
    with np.errstate(invalid="ignore"):
        # A base year beyond the threshold with a last year short of it has fallen: needed is 0 or below, actual too.
        code = np.where(
            there | (number >= 1), 0, np.where(actual < 0, 3, np.where(number >= case.rules.moderate, 1, 2))
        )
    return Judged(number, code, {"step": case.sign * actual, "step_needed": case.sign * needed})


METHOD = Method(
    name="sdsn", labels=LABELS, tones=(1, 0, -1, -1), number="ratio", source=SOURCE, looks="ends",
    refuses=refuses, judge=judge,
)  # fmt: skip
