"""One citizen figure and one official one: the limits of both, and what would have to be wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from datashift.compare.contest import SHARES, contest
from datashift.compare.uncertainty import (
    Apart,
    Known,
    careful,
    number_limits,
    positive_limits,
    share_limits,
    stated_share_limits,
    wider,
    with_bias,
)
from datashift.model import Benchmark, Contest, Estimate, Measure


@dataclass(frozen=True)
class Rules:
    """How figures are compared.

    confidence: of the intervals, and what a gap has to hold at.   stale_after: years after which an official figure
    says nothing any more.   same_year: an official figure must share a year with the citizen figure.
    population: by area, the number of all units (people, water points) that the answers stand for.
    """

    confidence: float = 0.95
    stale_after: int = 5
    same_year: bool = False
    population: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """A citizen figure and what it is compared with; the official figure with the uncertainty that is used."""

    estimate: Estimate
    official: Benchmark
    measure: Measure | None
    rules: Rules

    @property
    def share(self) -> bool:
        """Say whether the figures are shares, of which 0 and 100 per cent are the ends."""
        kind = self.measure.estimator if self.measure else "proportion"
        return self.estimate.unit == "PT" and kind in SHARES

    @property
    def relevant(self) -> float | None:
        """Return the difference that matters, as agreed in the kit; 0 says as little as none."""
        return (self.measure.relevant_difference or None) if self.measure else None


def careful_limits(given: Known, *, se: float, n: int, share: bool, confidence: float) -> Known:
    """Return a citizen figure with careful limits: never narrower than the published ones, which are `given`.

    In: its standard error, the number of answers, and whether it is a share in per cent.
    """
    value, df = float(given.value), float(given.df)  # type: ignore[arg-type]
    if math.isinf(df):
        return given
    if share and 0 <= value <= 100:
        return wider(given, share_limits(value, se, max(n, 1), df, confidence))
    if value > 0 and float(given.lower) >= 0:  # type: ignore[arg-type]
        return wider(given, positive_limits(value, se, df, confidence))
    return wider(given, number_limits(value, se, careful(df), confidence))


def citizen_limits(pair: Pair) -> Known:
    """Return the citizen figure with careful limits, and with the bias that it may have."""
    estimate, confidence = pair.estimate, pair.rules.confidence
    value, se = estimate.value or 0.0, estimate.se or 0.0
    df = estimate.df if estimate.df else math.inf
    if estimate.lower is not None and estimate.upper is not None:
        given = Known(value, estimate.lower, estimate.upper, df)
    else:
        given = number_limits(value, se, df, confidence)
    known = careful_limits(given, se=se, n=estimate.n, share=pair.share, confidence=confidence)
    bias = estimate.facts.get("bias_sd")
    return with_bias(known, float(bias), confidence) if bias else known


def official_limits(pair: Pair) -> Known:
    """Return the official figure with its limits: as published, else from its standard error."""
    official, confidence = pair.official, pair.rules.confidence
    df = official.facts.get("df") or math.inf
    limits = published(official)
    if limits:
        # Published limits are at 95 per cent unless the facts say otherwise.
        level = float(official.facts.get("confidence") or 0.95)
        ratio = _half(df, confidence) / _half(df, level)
        lower, upper = (official.value + ratio * (bound - official.value) for bound in limits)
        return Known(official.value, min(lower, official.value), max(upper, official.value), df)
    formed = stated_share_limits if pair.share else number_limits
    return formed(official.value, official.se or 0.0, df, confidence)


def published(official: Benchmark) -> tuple[float, float] | None:
    """Return the limits that the official source publishes, the lower first, or None."""
    ends = [official.facts.get("lower"), official.facts.get("upper")]
    known = sorted(float(end) for end in ends if end is not None and math.isfinite(end))
    return (known[0], known[1]) if len(known) == len(ends) else None


def uncertainty_known(pair: Pair) -> bool:
    """Say whether the official source publishes limits, or a standard error that can be one.

    A survey in which nobody, or everybody, says yes has a standard error of 0, and is not certain for that.
    """
    se, value = pair.official.se, pair.official.value
    if published(pair.official):
        return True
    return se is not None and math.isfinite(se) and se >= 0 and not (pair.share and se == 0 and value in (0, 100))


def _half(df: float, confidence: float) -> float:
    known = number_limits(0.0, 1.0, df, confidence)
    return float(known.upper)  # type: ignore[arg-type]


def probability(found: Apart, relevant: float | None) -> float:
    """Return how likely a true difference beyond what matters is; where nothing is agreed, one of the sign seen."""
    return float(found.sign() if relevant is None else found.beyond(relevant))


def contested(pair: Pair, reach: float) -> Contest:
    """Return what would have to be wrong for the official figure to be right; chance explains `reach` of it."""
    estimate, measure = pair.estimate, pair.measure
    kind = measure.estimator if measure else "proportion"
    # The population is that of all units; of those that a denominator picks, nobody says how many there are.
    whole = not estimate.breakdown and not (measure and measure.denominator)
    population = pair.rules.population.get(estimate.area) if whole else None
    return contest(estimate, pair.official.value, reach=reach, estimator=kind, population=population)


def own_reach(pair: Pair, difference: float) -> float:
    """Return how far what is known of both intervals reaches from the difference towards 0; 0 where nothing is."""
    estimate = pair.estimate
    bound = estimate.lower if difference > 0 else estimate.upper
    own = 0.0 if bound is None or estimate.value is None else abs(estimate.value - bound)
    if not uncertainty_known(pair):
        return own
    official = official_limits(pair)
    there = official.upper if difference > 0 else official.lower
    return math.hypot(own, float(there) - pair.official.value)  # type: ignore[arg-type]
