"""The trend through all years, with its prediction interval and the probability that it reaches the target."""

from __future__ import annotations

import numpy as np
from scipy import special

from datashift.progress.case import Case
from datashift.progress.label import Label, Remark
from datashift.trends import Trend, trend
from datashift.trends.series import Aim

SOURCE = "datashift.trends: least squares, or meta-regression where standard errors are known"
TONES = {"met": 1, "reaches": 1, "unclear": 0, "slow": 0, "away": -1, "plain": None}


def line(case: Case) -> Label:
    """Return what the trend says. Number: its value in the target year; `reached` from its t distribution."""
    if case.shape and case.shape != "floor":
        return _none(Remark("two-sided"))
    data = case.series
    bounds = data.bounds or (None, None)
    # With bounds the series itself knows how near is near enough.
    aim = Aim(
        target=case.goal if data.bounds is None else case.target, target_year=case.target_year, lower=bounds[0],
        upper=bounds[1], unit=data.unit, direction="up" if case.sign > 0 else "down", confidence=data.confidence,
    )  # fmt: skip
    found = trend(data.years, data.values, data.se, **aim)  # type: ignore[arg-type]
    return _told(case, found)


def _told(case: Case, found: Trend) -> Label:
    best = found.line
    interval = best.shown()
    more = {} if interval is None else {"lower": interval[0], "upper": interval[1]}
    right = _right_way(case, found)
    if case.target is None:
        code = "" if right is None else "right_way" if right >= 0.5 else "wrong_way"
        probabilities = {} if right is None else {"right_way": right, "wrong_way": 1 - right}
        tone, reached = (None if right is None else 1 if right >= 0.5 else -1), None
    else:
        code, reached = found.verdict, _reached(case, found)
        tone = TONES[code]
        probabilities = {} if reached is None else {"reached": reached, "missed": 1 - reached}
    return Label(
        method="trend", code=code, tone=tone, number=best.at_target, kind="value", looks="all", source=SOURCE,
        probabilities=probabilities, reached=reached, more=more,
        reason=None if code else Remark("two-years" if interval is None else "on-a-line"),
    )  # fmt: skip


def _reached(case: Case, found: Trend) -> float | None:
    """Return the probability that the value of the target year meets the target: t distribution on the line's scale."""
    best, data = found.line, found.series
    interval = best.shown()
    if interval is None or data.goal is None:
        return None
    start, slope = best.coefficients
    middle = start + slope * data.target_year
    ends = data.to(best.scale, np.asarray(interval))
    # An end may have run into a bound, where the scale has no number left; the other end then tells the width.
    halves = [half for half in (middle - float(ends[0]), float(ends[1]) - middle) if np.isfinite(half) and half > 0]
    goal = float(data.to(best.scale, data.goal))
    ahead = case.sign * (middle - goal)
    if not halves:
        return None if not np.isfinite(ahead) else float(ahead >= 0)
    sd = max(halves) / float(special.stdtrit(best.degrees, 0.5 + data.confidence / 2))
    return float(special.stdtr(best.degrees, ahead / sd))


def _right_way(case: Case, found: Trend) -> float | None:
    """Return the probability that the line leads the right way."""
    best = found.line
    if best.coefficients_se is None or best.coefficients_se[1] == 0:
        return None
    return float(special.stdtr(best.degrees, case.sign * best.coefficients[1] / best.coefficients_se[1]))


def _none(reason: Remark) -> Label:
    return Label(
        method="trend", code="", tone=None, number=None, kind="value", looks="all", source=SOURCE, reason=reason
    )
