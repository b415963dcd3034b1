"""How likely one more survey is to change the label of a cell: what it would show, worked out before anybody asks.

Preposterior analysis (Raiffa and Schlaifer 1961): the value today is drawn from what its past foretells; a survey of n
interviews is drawn for each value; what one would then believe is the mean of both, weighted by their variances (linear
Bayes); the label of that is held against the label that one would give today without a survey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datashift.errors import BadCoverage, BadProgress, BadSeries, DesignError
from datashift.model import Target
from datashift.progress import un_chart
from datashift.progress.case import Case, case
from datashift.progress.outlook import outlook
from datashift.progress.targets import resolved
from datashift.trends.series import PER_CENT

DRAWS, SEED = 4000, 2030
NEAR = 1.0
"""A target of 0 or 100 % counts as met within one point of it, as in the UN Progress Chart."""

_Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Survey:
    """One more survey: how many interviews, and how many times the variance of a simple random sample it has."""

    interviews: int = 400
    design_effect: float = 1.5

    def __post_init__(self) -> None:
        """Raise BadCoverage for a survey that nobody can make."""
        if self.interviews < 1 or not 0 < self.design_effect < np.inf:
            raise BadCoverage("coverage.survey")


@dataclass(frozen=True)
class Prospect:
    """What is foretold of a share today, and the rule that labels it.

    rule: un-chart (three classes of the UN Progress Chart) or met (target reached or not; for a single figure).
    label: what one would say today without a survey.   years: of the figures, then today.
    """

    rule: str
    label: str
    target: Target
    values: _Draws
    _case: Case | None
    _past: tuple[float, ...]

    def chance(self, survey: Survey) -> float:
        """Return the probability that the label after the survey differs from the label today."""
        rng = np.random.default_rng(SEED + 1)
        share = np.clip(self.values / 100, 0, 1)
        error = 100 * np.sqrt(survey.design_effect * share * (1 - share) / survey.interviews)
        found = self.values + error * rng.standard_normal(len(self.values))
        before, noise = float(self.values.var()), float((error**2).mean())
        weight = before / (before + noise) if before > 0 else 0.0
        middle = self.values.mean()
        after = np.clip(middle + weight * (found - middle), 0, 100)
        return float(np.mean(self.labels(after) != self.labels(np.array([middle]))[0]))

    def labels(self, values: _Draws) -> NDArray[np.int64]:
        """Return the place of the label for each value that today might have."""
        if self._case is None:
            return met(values, self.target).astype(np.int64)
        past = np.tile(np.array(self._past), (len(values), 1))
        return un_chart.METHOD.judge(self._case, np.column_stack([past, self._case.shaped(values)])).code


def prospect(years: Sequence[float], values: Sequence[float], target: Target, now: int) -> Prospect | str:
    """Return what is foretold of a share in per cent in the year `now`, or the code of the reason why nothing is.

    In: the figures of one series, the target or direction. Reasons: no-target, no-outlook (what the figures are too few
    or too odd for), no-label (no rule labels such a series).
    """
    wanted = resolved(target, years, values)
    try:
        drawn = outlook(years, values, year=now, unit=PER_CENT, lower=0.0, upper=100.0).draws(DRAWS, SEED)
    except (DesignError, BadSeries):
        return "no-outlook"
    today = float(drawn.mean())
    if len(years) > 1:
        try:
            known = case([*years, now], [*values, today], None, wanted, {"unit": PER_CENT})
        except (DesignError, BadSeries, BadProgress):
            return "no-label"
        if un_chart.METHOD.refuses(known) is None:
            code = int(un_chart.METHOD.judge(known, known.values[None, :]).code[0])
            label = un_chart.LABELS[code] if code >= 0 else ""
            return Prospect("un-chart", label, wanted, drawn, known, tuple(known.values[:-1]))
    if wanted.value is None:
        return "no-target"
    label = "met" if met(np.array([today]), wanted)[0] else "not-met"
    return Prospect("met", label, wanted, drawn, None, ())


def met(values: _Draws, target: Target) -> NDArray[np.bool_]:
    """Say which values have reached the target, or come within one point of a target of 0 or 100 %."""
    wanted = float(target.value or 0.0)
    room = NEAR if wanted in (0.0, 100.0) else 0.0
    if target.rule.startswith("equal"):
        return np.asarray(np.abs(values - wanted) <= max(room, 0.5))
    return np.asarray(values >= wanted - room if target.direction == "up" else values <= wanted + room)
