"""ESCAP and the other regional commissions: anticipated progress by a weighted line, and current status.

What is public: a time-weighted linear regression on the years from 2000 on, recent years weighing more, brought to
2030; where the target is missed, the gap against the progress required 2015–2030
(w3.unece.org/sdg2026/technical-notes.html). Weights and cut-offs stand in papers that could not be read (SD/WP/04 and
05, 2017): they are stated by the user. The formula of current status: spalmas/SDG-MENARO (UNICEF), second hand.
"""

from __future__ import annotations

import numpy as np

from datashift.progress.case import Case
from datashift.progress.label import Array, Judged, Method, Remark

FIRST_YEAR = 2000
LABELS = ("maintain", "accelerate", "reverse")
SOURCE = "w3.unece.org/sdg2026/technical-notes.html; data.unescap.org progress-assessment-methodology (4 March 2026)"
STATUS_SOURCE = (
    "spalmas/SDG-MENARO@3505208 03_progress_assessment/progress_assessment_functions.R (UNICEF), second hand"
)


def refuses_status(case: Case) -> Remark | None:
    """Say why current status has no value."""
    if case.target is None:
        return Remark("no-target")
    if case.base < 0 or case.base == len(case.years) - 1:
        return Remark("one-year-since", {"base_year": case.base_year})
    if case.target_year <= case.years[case.base]:
        return Remark("target-year-past", {"target_year": case.target_year})
    if case.values[case.base] == case.target and not case.met(case.values[-1]):
        return Remark("nothing-to-go", {"target": case.target})
    return None


def refuses(case: Case) -> Remark | None:
    """Say why anticipated progress has no value: most of all, that the weights are not known."""
    if case.target is None:
        return Remark("no-target")
    if not case.rules.weights:
        return Remark("weights-unknown", {"table": "escap"})
    if case.base < 0:
        return Remark("one-year-since", {"base_year": case.base_year})
    if case.target_year <= case.years[-1]:
        return Remark("target-year-past", {"target_year": case.target_year})
    if (case.years >= FIRST_YEAR).sum() < 2:
        return Remark("one-year-since", {"base_year": FIRST_YEAR})
    return None


def judge_status(case: Case, matrix: Array) -> Judged:
    """Return 10 × the progress made since the base year against the progress needed; 10 where the target is met."""
    base, now = matrix[:, case.base], matrix[:, -1]
    assert case.target is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        made = 10 * case.sign * (now - base) / np.abs(case.target - base)
    number = np.where(case.met(now), 10.0, np.where(np.isfinite(made), made, np.nan))
    due = 10 * case.span / (case.target_year - float(case.years[case.base]))
    return Judged(number, np.full(len(now), -1), {"due": np.full(len(now), due)})


def judge(case: Case, matrix: Array) -> Judged:
    """Judge draws × years. Number: share of the progress needed since the base year that is expected."""
    assert case.target is not None
    then = matrix[:, case.years >= FIRST_YEAR] @ _reach(case)
    base = matrix[:, case.base]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = case.sign * (then - base) / np.abs(case.target - base)
    met = np.asarray(case.met(then))
    number = np.where(np.isfinite(share), share, np.nan)
    maintain, accelerate = case.rules.maintain, case.rules.accelerate
    code = np.full(len(then), -1)
    if maintain is not None and accelerate is not None:
        with np.errstate(invalid="ignore"):
            code = np.where(number >= maintain, 0, np.where(number >= accelerate, 1, 2))
        code = np.where(met, 0, np.where(np.isnan(number), -1, code))
    gap = np.where(met, 0.0, 1 - number)
    return Judged(number, code, {"then": then, "gap": gap})


def _reach(case: Case) -> Array:
    """Return what each year's value is multiplied with to give the weighted line's value in the target year."""
    years = case.years[case.years >= FIRST_YEAR]
    far = case.target_year - years
    w = far[0] / far if case.rules.weights == "inverse-distance" else np.ones_like(far)
    w = w / w.sum()
    x = years - w @ years
    return np.asarray(w + w * x * (case.target_year - w @ years) / (w @ x**2))


METHOD = Method(
    name="escap", labels=LABELS, tones=(1, 0, -1), number="expected", source=SOURCE, looks="all",
    refuses=refuses, judge=judge,
)  # fmt: skip
STATUS = Method(
    name="escap-status", labels=(), tones=(), number="status", source=STATUS_SOURCE, looks="ends",
    refuses=refuses_status, judge=judge_status,
)  # fmt: skip
