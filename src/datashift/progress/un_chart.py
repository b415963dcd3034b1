"""The UN Progress Chart: how much of the change needed is there in 2030, if growth goes on as from base to last year.

Three classes as Eustat words them after the Technical Note of 2023 (EUSTAT-DES/site _pages/en/metodologia.md @10f3c70);
the note itself could not be read. The five classes of 2024 and 2025 have no cut-offs that could be read: state them.
"""

from __future__ import annotations

import numpy as np

from datashift.progress.case import Case, base_of
from datashift.progress.label import Array, Judged, Method, Remark, Truth, Whole
from datashift.progress.open_sdg import growth

CUTS = (0.95, 0.10)
GROWTH_CUTS = (0.02, 0.005)
NEAR = 0.01
"""A target of 0 or 100 % counts as met within one point of it: this part of the range."""
LABELS = ("on_track_or_met", "fair_progress", "stagnation_or_regression")
FIVE = ("on_track", "moderate", "marginal", "stagnation", "regression")
SOURCE = "EUSTAT-DES/site@10f3c70 _pages/en/metodologia.md, after the UN Progress Chart Technical Note 2023"


def base_place(case: Case) -> int:
    """Return the place of the base year: the first from 2015 on, or the last before where two years need it."""
    found = base_of(case.years, case.base_year)
    return len(case.years) - 2 if found in (-1, len(case.years) - 1) else found


def met(case: Case, values: Array) -> Truth:
    """Say where values have met the target, or come within one point of a target of 0 or 100 %."""
    reached = np.asarray(case.met(values))
    bounds = case.series.bounds
    if bounds is None or case.target is None or case.target not in bounds or case.shape:
        return reached
    near = np.abs(values - case.target) <= NEAR * (bounds[1] - bounds[0]) + 1e-12
    return np.asarray(reached | near)


def refuses(case: Case) -> Remark | None:
    """Say why the rule cannot be used on a series."""
    if case.growth_rate:
        return Remark("growth-rate")
    place = base_place(case)
    base, now = case.values[place], case.values[-1]
    if case.target is not None and bool(met(case, now)):
        return None
    if base == 0:
        return Remark("zero-base")
    if base * now < 0:
        return Remark("sign-change", {"base": float(base), "now": float(now)})
    if case.target is None:
        return None
    if case.target_year <= case.years[place]:
        return Remark("target-year-past", {"target_year": case.target_year})
    if case.sign * (base - case.target) >= 0:
        return Remark("base-beyond", {"base": float(base), "target": case.target})
    return None


def refuses_five(case: Case) -> Remark | None:
    """Say why the rule of five classes cannot be used: most of all, that its cut-offs are not known."""
    if not case.rules.five or not case.rules.five_measure:
        return Remark("cutoffs-unknown", {"table": "un-five"})
    if case.target is None:
        return Remark("no-target")
    if case.target_year <= case.years[base_place(case)]:
        return Remark("target-year-past", {"target_year": case.target_year})
    return refuses(case)


def _changes(case: Case, matrix: Array) -> tuple[Array, Array, Array]:
    """Return growth rate, value in the target year, and its change as a share of the change needed."""
    place = base_place(case)
    base, now, last = matrix[:, place], matrix[:, -1], float(case.years[-1])
    pace = growth(now, base, last - float(case.years[place]))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        then = now * (1 + pace) ** (case.target_year - last)
        needed = (np.nan if case.target is None else case.target) - base
        return pace, then, np.where(needed == 0, np.nan, (then - base) / needed)


def judge(case: Case, matrix: Array) -> Judged:
    """Judge draws × years. Number: share of the change needed that is there in the target year; else the growth."""
    pace, then, share = _changes(case, matrix)
    if case.target is None:
        number, cuts, reached = case.sign * pace, GROWTH_CUTS, np.zeros(len(pace), bool)
    else:
        reached = met(case, matrix[:, -1])
        cuts = CUTS
        # From a base year beyond the target the share would turn round and call a fall progress.
        number = np.where(case.sign * (matrix[:, base_place(case)] - case.target) >= 0, np.nan, share)
    return Judged(number, _classes(number, cuts, reached), {"growth": pace, "then": then})


def judge_five(case: Case, matrix: Array) -> Judged:
    """Judge draws × years by the five classes, with the cut-offs stated."""
    found = judge(case, matrix)
    number = found.number
    if case.rules.five_measure == "growth" and case.target is not None:
        place = base_place(case)
        needed = growth(case.target, matrix[:, place], case.target_year - float(case.years[place]))
        with np.errstate(divide="ignore", invalid="ignore"):
            number = np.where(np.isfinite(number), found.more["growth"] / needed, np.nan)
    return Judged(number, _classes(number, case.rules.five, met(case, matrix[:, -1])), found.more)


def _classes(number: Array, cuts: tuple[float, ...], reached: Truth) -> Whole:
    with np.errstate(invalid="ignore"):
        below = sum((number < cut).astype(int) for cut in cuts)
    return np.where(reached, 0, np.where(np.isnan(number), -1, below))


METHOD = Method(
    name="un-chart", labels=LABELS, tones=(1, 0, -1), number="change", source=SOURCE, looks="ends",
    refuses=refuses, judge=judge,
)  # fmt: skip
FIVE_CLASSES = Method(
    name="un-five", labels=FIVE, tones=(1, 0, 0, -1, -1), number="change", source="", looks="ends",
    refuses=refuses_five, judge=judge_five,
)  # fmt: skip
