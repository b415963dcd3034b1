"""Open SDG's rule (Statistics Canada): the growth rate from base year to last year against the one needed.

Read in open-sdg/sdg-build sdg/ProgressMeasure.py (@139fede) and open-sdg/open-sdg docs/progress-methodology.md
(@26d2e38); written anew from what they say. Where program and document differ, `Rules.follow` chooses:
the document wants one sign in all years (the program looks at the two ends), takes 2014 for a base year where figures
come every four years or less often, and scores with exact slopes (the program rounds them to four digits). In one thing
neither is followed: from a base value below 0 to a target above it the program takes the size of a complex number for
the growth needed; there is none, so no label is given unless the target is met.
"""

from __future__ import annotations

import numpy as np

from datashift.progress.case import Case
from datashift.progress.label import Array, Judged, Method, Remark

ZERO = 0.001
"""What stands for a target or a base value of zero."""
POWER = 4.44
RATIO_CUTS = (0.95, 0.60, 0.0)
GROWTH_CUTS = (0.015, 0.005, 0.0)
LABELS = ("target_achieved", "substantial_progress", "moderate_progress", "limited_progress", "deterioration")
SOURCE = "open-sdg/sdg-build@139fede sdg/ProgressMeasure.py; open-sdg/open-sdg@26d2e38 docs/progress-methodology.md"


def growth(now: Array | float, before: Array | float, years: float) -> Array:
    """Return compound annual growth rates; NaN where the two values differ in sign."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(now, float) / np.asarray(before, float)
        return np.asarray(np.where(ratio >= 0, np.abs(ratio), np.nan) ** (1 / years) - 1)


def scaling(base: Array, limit: float | None) -> Array:
    """Return what the cut-offs without a target are multiplied with near a natural limit: 0 at the limit, 1 far off."""
    if limit is None:
        return np.ones_like(base)
    start, end = np.abs(base), abs(limit)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.where(start <= end, start / end, (2 * end - start) / end)
        return np.asarray(np.where(start >= 2 * end, 1.0, 1 - np.clip(near, 0.0, 1.0) ** POWER))


def base_place(case: Case) -> int:
    """Return the place of the base year; the document allows the year before where figures come every 4 years."""
    if case.rules.follow == "code" or case.base < 0 or case.years[case.base] == case.base_year:
        return case.base
    before = np.flatnonzero(case.years == case.base_year - 1)
    seldom = len(case.years) > 1 and float(np.median(np.diff(case.years))) >= 4
    return int(before[0]) if len(before) and seldom else case.base


def refuses(case: Case) -> Remark | None:
    """Say why the rule cannot be used on a series."""
    if case.growth_rate:
        return Remark("growth-rate")
    if case.base < 0 or (base_place(case) == len(case.years) - 1 and not _met_in_one_year(case)):
        return Remark("one-year-since", {"base_year": case.base_year})
    if case.target is not None and case.target_year <= case.years[case.base]:
        return Remark("target-year-past", {"target_year": case.target_year})
    if case.shape == "floor" and case.values[-1] < (case.target or 0.0):
        return Remark("below-floor", {"target": case.target or 0.0})
    if case.shape == "around" and case.target == 100 and (case.series.values < 25).any():
        return Remark("below-25")
    return None


def _met_in_one_year(case: Case) -> bool:
    # The program calls a target achieved on the strength of one year, although it has no growth rate then.
    return case.rules.follow == "code" and bool(case.met(case.values[-1]))


def judge(case: Case, matrix: Array) -> Judged:
    """Judge draws × years. Number: observed growth as a share of the growth needed; without a target, the growth."""
    place = base_place(case)
    base, now = matrix[:, place], matrix[:, -1]
    start = np.where(base == 0, ZERO, base)
    span = float(case.years[-1] - case.years[place])
    pace = growth(now, start, span) if span else np.full(len(now), np.nan)
    turned = np.where(base < 0, -1.0, 1.0) * case.sign
    aim = None if case.target is None else case.target or ZERO
    if aim is None:
        factor, needed = scaling(base, case.limit), None
        number, cuts = turned * pace, GROWTH_CUTS
        achieved = np.zeros(len(now), bool)
    else:
        factor = np.ones_like(base)
        needed = growth(aim, start, case.target_year - float(case.years[place]))
        with np.errstate(divide="ignore", invalid="ignore"):
            number = np.where(needed == 0, np.nan, turned * pace / np.abs(needed))
        cuts = RATIO_CUTS
        achieved = np.asarray(case.sign * (now - aim) >= 0)
    if case.rules.follow == "document":
        seen = np.where(matrix[:, place:] == 0, ZERO * np.sign(start)[:, None], matrix[:, place:])
        number = np.where((np.sign(seen) == np.sign(start)[:, None]).all(axis=1), number, np.nan)
    code = np.full(len(now), -1)
    code[~np.isnan(number)] = 4
    for label, cut in zip((3, 2, 1), reversed(cuts), strict=True):
        with np.errstate(invalid="ignore"):
            code[number >= cut * factor] = label
    code[achieved] = 0
    score = np.where(achieved, 5.0, _score(case, number, factor))
    more = {"growth": pace, "score": score, "scaling": factor}
    return Judged(number, code, more if needed is None else {**more, "growth_needed": needed})


def _score(case: Case, number: Array, factor: Array) -> Array:
    if case.target is not None:
        steep, start, flat = (7.1429, 4.2857, 4.1667) if case.rules.follow == "code" else (5 / 0.7, 3 / 0.7, 2.5 / 0.6)
        above = np.minimum(steep * number - start, 5.0)
        return np.asarray(np.where(number >= RATIO_CUTS[1], above, np.maximum(flat * number - 2.5, -5.0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(factor == 0, np.inf, number / factor)
    found = np.where(
        scaled >= GROWTH_CUTS[0], np.minimum(500 * scaled - 5, 5.0),
        np.where(scaled >= GROWTH_CUTS[1], 250 * scaled - 1.25, 500 * scaled - 2.5),
    )  # fmt: skip
    return np.where(number < 0, np.maximum(125 * number - 2.5, -5.0), np.where(np.isnan(number), np.nan, found))


def status(scores: list[float], achieved: bool) -> str:
    """Return the label of an indicator of several series, from the mean of their scores.

    achieved: all series have met their targets. Each class is a quarter of the range −5 to 5. "" without a score.
    """
    if not scores:
        return ""
    if achieved:
        return LABELS[0]
    mean = float(np.mean(scores))
    return LABELS[1] if mean >= 2.5 else LABELS[2] if mean >= 0 else LABELS[3] if mean >= -2.5 else LABELS[4]


METHOD = Method(
    name="open-sdg", labels=LABELS, tones=(1, 1, 0, 0, -1), number="ratio", source=SOURCE, looks="ends",
    refuses=refuses, judge=judge,
)  # fmt: skip
